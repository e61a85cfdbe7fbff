"""Tables of cells as rows of the plan: which columns a kind of row has, and rows read under their headings.

A CSV file and a sheet of a workbook are read by the same rules; they differ in how they say where something stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.nodes import Node, nearest
from scenarios.schema import alternatives, entry_type, is_choice
from scenarios.texts import CellKind, Raw, Unclear

__all__ = ["NOTE", "Column", "Columns", "Line", "Row", "columns_of", "letters", "position_of", "put", "read_rows"]

NOTE = "#"
"""A heading or a sheet that begins with it is the planner's own and not read."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row, or of what stands in it: ``trigger.strike``."""

    path: tuple[str, ...]
    kind: CellKind
    owner: type[BaseModel]
    """Section whose field it is."""
    info: FieldInfo
    is_required: bool
    """Whether every row has to have it."""

    @property
    def name(self) -> str:
        """Its heading."""
        return ".".join(self.path)


def columns_of(model: type[BaseModel], above: tuple[str, ...] = (), is_required: bool = True) -> Iterator[Column]:
    """A row's columns: its fields, and in the place of a section in it that section's fields.

    What is itself a list of entries, or has no type of its own, has no column.
    """
    for name, info in model.model_fields.items():
        path, needed = (*above, name), is_required and info.is_required()
        kinds = list(alternatives(info.annotation))
        sections = [kind for kind in kinds if _is_section(kind) and not is_choice(kind)]
        if entry_type(info.annotation) or any(_holds_entries(kind) for kind in kinds):
            continue
        if len(kinds) > len(sections):
            yield Column(path, CellKind.of(info.annotation, info.metadata), model, info, needed and not sections)
        for section in sections:
            yield from columns_of(section, path, needed and len(kinds) == 1)


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _holds_entries(kind: Any) -> bool:
    """Whether a mapping holds sections, lists of them, or anything at all."""
    if get_origin(kind) is not dict:
        return False
    inner = get_args(kind)[1]
    return inner is Any or entry_type(inner) is not None or any(_is_section(below) for below in alternatives(inner))


@dataclass(frozen=True, slots=True)
class Line:
    """Cells of one line, blank ones empty texts, with the place that a problem of it names."""

    place: str
    """``reps.csv:3``, or of a sheet the cell's letters aside: ``reps!`` and 3."""
    cells: Sequence[Raw]
    number: int | None = None
    """Of a sheet: the row, so that a cell has a place of its own."""

    def at(self, position: int) -> str:
        """Place of a cell."""
        return self.place if self.number is None else f"{self.place}{letters(position)}{self.number}"

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return all(_is_blank(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Row:
    """A line read: nodes by the names of their columns."""

    place: str
    cells: Mapping[str, Node]
    places: Mapping[str, str]
    """Where each column's cell is, blank or not."""
    raw: Mapping[str, Raw]
    """Cells of columns without a kind, as they are."""

    def nested(self, leave_out: Iterable[str] = ()) -> Node:
        """The row as a node of the plan: ``trigger.strike`` stands in ``trigger``."""
        root: dict[str, Node] = {}
        for name, node in self.cells.items():
            if name not in leave_out:
                put(root, name.split("."), node)
        return Node(self.place, root, blanks={name: at for name, at in self.places.items() if name not in self.cells})


def put(root: dict[str, Node], path: Sequence[str], node: Node) -> None:
    """Put a node at its place below ``root``; Unclear where a single value stands on the way."""
    for step in path[:-1]:
        below = root.setdefault(step, Node(node.place, {}))
        if not isinstance(below.value, dict):
            raise Unclear(f"{step} stands at {below.place} as a single value already", "Keep one of them.")
        root = below.value
    if path[-1] in root:
        raise Unclear(f"{path[-1]} stands at {root[path[-1]].place} already", "Keep one of them.")
    root[path[-1]] = node


def letters(position: int) -> str:
    """A spreadsheet's name of a column; the first is 0."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def position_of(name: str) -> int:
    """Position of a spreadsheet's column, the first is 0."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


Refuse = Callable[[str, str, str, str], None]
"""Notes a problem: place, key, message, remedy."""
Columns = Mapping[str, Column | CellKind | None]
"""By heading; of a bare kind where it is no field of a row, None where only its row says what it means."""


def read_rows(
    lines: Iterator[Line], table: str, columns: Columns, refuse: Refuse, file: str
) -> tuple[list[Row], set[str]] | None:
    """Rows under the headings in the first line that is not blank, and required columns that are not there.

    None where there is no heading at all. Everything that cannot be read is noted.
    """
    header = next((line for line in lines if not line.is_blank), None)
    if header is None:
        refuse(file, table, "has no header", "")
        return None
    names = _headings(header, table, columns, refuse)
    missing = {name for name, column in columns.items() if _is_required(column) and name not in names}
    for name in columns:
        if name in missing:
            refuse(header.at(0), f"{table}.{name}", f"missing column {name}", "")
    kinds = {name: column.kind if isinstance(column, Column) else column for name, column in columns.items()}
    read = [_row(line, names, kinds, table, refuse) for line in lines if not line.is_blank]
    return [row for row in read if row is not None], missing


def _is_required(column: Column | CellKind | None) -> bool:
    if isinstance(column, Column):
        return column.is_required
    return column is None or not column.is_optional


def _headings(line: Line, table: str, known: Mapping[str, Any], refuse: Refuse) -> list[str]:
    """Names of the columns; what is not known is refused here, and its cells are left out."""
    names: list[str] = []
    for position, cell in enumerate(line.cells):
        name = str(cell).partition("\n")[0].strip()  # below its id a heading may say in words what it is
        if name in names and name:
            refuse(line.at(position), f"{table}.{name}", "column given twice", "")
        elif name in known:
            names.append(name)
            continue
        elif not (name.startswith(NOTE) or (not name and line.number is not None)):
            remedy = nearest(name, known)
            if len(line.cells) == 1 and re.search(r"[;\t]", name):
                remedy = "Separate columns by commas."
            refuse(line.at(position), f"{table}.{name}".rstrip("."), f"unknown column {name or '(no name)'}", remedy)
        names.append("" if name or line.number is None else NOTE)
    return names


def _row(line: Line, names: list[str], kinds: Mapping[str, CellKind | None], table: str, refuse: Refuse) -> Row | None:
    if len(line.cells) != len(names):
        refuse(line.place, table, f"has {len(line.cells)} cells where the header has {len(names)}", "")
        return None
    cells: dict[str, Node] = {}
    places: dict[str, str] = {}
    raw: dict[str, Raw] = {}
    for position, (name, cell) in enumerate(zip(names, line.cells, strict=True)):
        if name == NOTE:
            if not _is_blank(cell):
                refuse(
                    line.at(position),
                    table,
                    f"'{cell}' stands in a column without a heading",
                    "Give it one, or empty it.",
                )
            continue
        if not name:
            continue
        places[name] = line.at(position)
        kind = kinds[name]
        if kind is None:
            raw[name] = cell
        elif not _is_blank(cell):
            try:
                cells[name] = kind.node(line.at(position), cell)
            except Unclear as error:
                row_id = next((str(node.value) for key, node in cells.items() if key == "id"), "")
                key = ".".join(part for part in (table, row_id, name) if part)
                refuse(line.at(position), key, error.message, error.remedy)
                cells[name] = Node(line.at(position), str(cell))  # so that its row is known to be wrong
    if not cells and all(_is_blank(cell) for cell in raw.values()):  # only notes
        return None
    return Row(line.at(0), cells, places, raw)


def _is_blank(cell: Raw) -> bool:
    return isinstance(cell, str) and not cell.strip()
