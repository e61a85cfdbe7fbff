"""Excel workbooks on disk: their sheets as lines of cells, within limits. Nothing is judged of what the cells say.

Values are read by python-calamine. It gives a blank for a cell that holds an error (#DIV/0!) or a formula whose result
was never saved, and it lays a sheet out in full up to its last cell. So the file is looked through first: such cells
are refused by name, sheets that reach too far are not laid out, and only what was looked through is handed on.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from xml.etree import ElementTree

import python_calamine as calamine

from scenarios.columns import NOTE, Line, letters, position_of
from scenarios.errors import Unfit

__all__ = ["NotAWorkbook", "SheetRead", "read_sheets"]

MAX_UNPACKED = 100_000_000
"""Bytes of all parts together; a plan with 12,000 accounts and 20,000 opportunities has a tenth of it."""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 100_000, 500, 2_000_000
T = TypeVar("T")
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_NAMED = 20
"""Unreadable cells of a sheet that are named; further ones are counted."""


class NotAWorkbook(Unfit):
    """A file that cannot be read as a workbook; says why and what to do."""


@dataclass
class SheetRead:
    """A sheet's lines, and cells of which nothing can be had, by place."""

    name: str
    lines: list[Line] = field(default_factory=list)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    """Place, message and remedy."""
    is_too_large: bool = False

    def unreadable_beside_notes(self) -> list[tuple[str, str, str]]:
        """Unreadable cells of columns that are read: a planner's own column may hold what nobody can read.

        All of them where there are so many that not each is named.
        """
        if len(self.unreadable) > _MOST_NAMED:
            return self.unreadable
        header = next((line for line in self.lines if not line.is_blank), None)
        cells = header.cells if header else ()
        notes = {letters(number) for number, cell in enumerate(cells) if str(cell).strip().startswith(NOTE)}
        return [one for one in self.unreadable if one[0].rpartition("!")[2].rstrip("0123456789") not in notes]


def read_sheets(data: bytes) -> list[SheetRead]:
    """The sheets of an .xlsx or .xlsm file, in order; NotAWorkbook where the file is damaged or none."""
    parts = _parts(data)
    found = {name: _looked_through(name, parts[part]) for name, part in _sheet_parts(parts).items()}
    book = _opened(parts)
    for sheet in found.values():
        if not sheet.is_too_large:
            _lay_out(sheet, book)
    return list(found.values())


def _parts(data: bytes) -> dict[str, bytes]:
    """The XML parts of the file, unpacked and checked against their sums."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = [info for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))]
            if sum(info.file_size for info in wanted) > MAX_UNPACKED:
                raise NotAWorkbook(f"is larger than {MAX_UNPACKED // 10**6} MB when unpacked")
            return {info.filename: archive.read(info) for info in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            remedy = "Remove the password, or save it as an Excel workbook (.xlsx)."
            raise NotAWorkbook("is an old or a protected Excel file", remedy) from None
        raise NotAWorkbook(f"is damaged or no Excel workbook ({error})", "Save it again as .xlsx.") from None


def _tree(parts: dict[str, bytes], name: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(parts[name])
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise NotAWorkbook(f"is damaged: {name} cannot be read ({error})", "Save it again as .xlsx.") from None


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Names of the worksheets, in order, with the parts that hold them."""
    package = {_kind(link): link.get("Target", "") for link in _tree(parts, "_rels/.rels")}
    main = package.get("officeDocument", "xl/workbook.xml").lstrip("/")
    folder, file = posixpath.split(main)
    links = {link.get("Id"): link for link in _tree(parts, f"{folder}/_rels/{file}.rels")}
    names: dict[str, str] = {}
    for sheet in _tree(parts, main).iter():
        if _local(sheet.tag) == "sheet":
            link = next((links[key] for name, key in sheet.items() if name.endswith("}id") and key in links), None)
            name, target = sheet.get("name", ""), link.get("Target", "") if link is not None else ""
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if name in names or part not in parts:
                raise NotAWorkbook(f"is damaged: the sheet {name} cannot be found", "Save it again as .xlsx.")
            if link is not None and _kind(link) == "worksheet":
                names[name] = part
    if not names:
        raise NotAWorkbook("has no worksheet")
    return names


def _kind(link: ElementTree.Element) -> str:
    return link.get("Type", "").rpartition("/")[2]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _looked_through(name: str, part: bytes) -> SheetRead:
    """A sheet's cells one by one: what cannot be had of them, and whether they reach too far."""
    sheet = SheetRead(name)
    unreadable: list[tuple[str, str, str]] = []
    count = last_row = last_column = 0
    row, column = 0, -1
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(part), events=("start", "end")):
            tag = _local(element.tag)
            if event == "start":
                if tag == "row":
                    row, column = _number(element.get("r"), row + 1), -1
                continue
            if tag == "c":
                row, column = _position(element.get("r"), row, column + 1)
                if (said := _said(element)) is not None:
                    count, last_row, last_column = count + 1, max(last_row, row), max(last_column, column)
                    if said:
                        unreadable.append((f"{name}!{letters(column)}{row}", *said))
            elif tag == "mergeCell" and (area := element.get("ref", "")).partition(":")[0]:
                message = f"cells {area} are merged; only the first of them holds anything"
                unreadable.append((f"{name}!{area.partition(':')[0]}", message, "Undo the merging, fill each cell."))
            if tag in ("c", "row"):
                element.clear()
    except (ElementTree.ParseError, ValueError) as error:
        raise NotAWorkbook(
            f"is damaged: the sheet {name} cannot be read ({error})", "Save it again as .xlsx."
        ) from None
    sheet.unreadable = unreadable[:_MOST_NAMED]
    if len(unreadable) > _MOST_NAMED:
        place, more = unreadable[_MOST_NAMED][0], len(unreadable) - _MOST_NAMED
        sheet.unreadable.append((place, f"and {more:,} more cells that cannot be read", ""))
    if last_row > MAX_ROWS or last_column >= MAX_COLUMNS or last_row * (last_column + 1) > MAX_CELLS:
        sheet.is_too_large = True
        corner = f"{letters(last_column)}{last_row}"
        message = f"the sheet reaches to {corner}, with {count:,} filled cells; that is further than a table goes"
        sheet.unreadable.append((f"{name}!{corner}", message, "Delete the rows and columns behind the table."))
    return sheet


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default


def _position(text: str | None, row: int, column: int) -> tuple[int, int]:
    """Row (from 1) and column (from 0) of a cell; one that does not say it follows the one before."""
    if text is None:
        return row, column
    match = _CELL.fullmatch(text)
    if match is None:
        raise ValueError(f"a cell is called {text}")
    return int(match[2]), position_of(match[1])


def _said(cell: ElementTree.Element) -> tuple[str, str] | tuple[()] | None:
    """None of a blank cell, () of one with a value, message and remedy where a value cannot be had."""
    inner = {_local(child.tag): child for child in cell}
    value = inner["v"].text if "v" in inner else None
    if cell.get("t") == "e":
        return f"holds the error {value or '(unknown)'}", "Mend the formula, or write the value."
    if value is None and "f" in inner and cell.get("t") not in ("str", "inlineStr"):
        return "holds a formula without a result", "Open the workbook in Excel, let it calculate, and save it."
    if value is None and "is" not in inner:
        return None
    return ()


def _opened(parts: dict[str, bytes]) -> calamine.CalamineWorkbook:
    """The workbook made of the parts that were looked through."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("error")
        for name, part in parts.items():
            archive.writestr(name, part)
    buffer.seek(0)
    return _guarded(lambda: calamine.CalamineWorkbook.from_filelike(buffer))


def _lay_out(sheet: SheetRead, book: calamine.CalamineWorkbook) -> None:
    rows = _guarded(lambda: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
    sheet.lines = [Line(f"{sheet.name}!", cells, number) for number, cells in enumerate(rows, start=1)]


def _guarded(read: Callable[[], T]) -> T:
    """What the reader gives; its errors, and a panic of its own, mean a damaged file."""
    try:
        return read()
    except BaseException as error:
        foreseen = isinstance(error, (calamine.CalamineError, OSError, ValueError))
        if not foreseen and type(error).__name__ != "PanicException":
            raise
        raise NotAWorkbook(f"is damaged ({error})", "Save it again as .xlsx.") from None
