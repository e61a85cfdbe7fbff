"""Plan files on disk: read within limits, decoded, parsed to nodes with their lines. Nothing is judged here."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.columns import NOTE, Columns, Line, Row, columns_of, read_rows
from scenarios.errors import Problem
from scenarios.fields import Section
from scenarios.nodes import Node
from scenarios.yaml_nodes import parse_yaml

__all__ = ["MAX_BYTES", "MAX_ROWS", "MISSING", "Reading", "Sheets", "Table", "leads_out"]

MAX_BYTES = 100_000_000
"""Larger files are refused before reading: no plan is that large, and a wrong file should not fill the memory."""
MAX_YAML_BYTES = 1_000_000
"""Of YAML, which takes seconds a megabyte; long tables belong into CSV files or a workbook."""
MAX_ROWS, MAX_COLUMNS = 100_000, 500
"""Of a table."""

MISSING = "missing"
"""Message of a required field that is not there."""


@dataclass(frozen=True)
class Table:
    """Rows of a table, and the place of their headings."""

    place: str
    rows: Sequence[Row]


@dataclass
class Sheets:
    """Sheets of a workbook that were wanted, by name, and the titles of others that are no notes."""

    tables: dict[str, Table] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """Files read so far: the problems met and, for the record of a run, the hash of each file."""

    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    """Sections that could not be had, so that nothing more is said of their being missing."""
    missing_columns: set[tuple[str, str]] = field(default_factory=set)
    folder: Path | None = None
    """Of a plan in a folder: nothing outside of it is read."""
    order: list[str] = field(default_factory=list)
    """Files and sheets, as they were read."""

    def unsaid(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems without those that were said better: a value missing in a whole column, a cell that was refused."""
        missing = {(table, name.rpartition(".")[2]) for table, name in self.missing_columns}
        said = {(said.place, "" if "!" in said.place else _field(said)) for said in self.problems}

        def is_new(problem: Problem) -> bool:
            if problem.message == MISSING and any(
                name == _field(problem) and table in problem.key for table, name in missing
            ):
                return False
            return (problem.place, "" if "!" in problem.place else _field(problem)) not in said

        return [problem for problem in problems if is_new(problem)]

    def refuse(self, place: str, key: str, message: str, remedy: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(place, key, message, remedy))

    def yaml(self, path: Path) -> Node | None:
        """The mapping in a YAML file; None, with a problem noted, when it cannot be had."""
        text = self._text(path, MAX_YAML_BYTES)
        if text is None:
            return None
        node = parse_yaml(text, path.name, self.problems)
        if node is not None and node.value is None:
            return Node(path.name, {})
        if node is not None and not isinstance(node.value, dict):
            self.refuse(path.name, "", "holds no mapping of keys to values")
            return None
        return node

    def csv(self, path: Path, table: str, row_type: type[Section]) -> Node | None:
        """The rows of a CSV table; None, with a problem noted, when they cannot be had."""
        text = self._text(path)
        if text is None:
            return None
        lines = csv.reader(io.StringIO(text, newline=""))
        try:
            found = self._table(
                _csv_lines(lines, path.name), table, {c.name: c for c in columns_of(row_type)}, path.name
            )
        except csv.Error as error:
            self.refuse(f"{path.name}:{lines.line_num}", table, f"is no CSV: {error}")
            return None
        return None if found is None else Node(path.name, [row.nested() for row in found.rows])

    def sheets(self, path: Path, wanted: Mapping[str, Columns]) -> Sheets | None:
        """The wanted sheets of a workbook; None, with a problem noted, when it cannot be read."""
        from scenarios.workbooks import NotAWorkbook, read_sheets  # not to be paid for by who has no workbook

        data = self._bytes(path)
        if data is None:
            return None
        try:
            read = read_sheets(data)
        except NotAWorkbook as error:
            self.refuse(path.name, "", error.message, error.remedy)
            return None
        found = Sheets()
        for sheet in read:
            self.order.append(sheet.name)
            name = sheet.name.strip().lower()
            if name in found.tables:
                self.refuse(sheet.name, name, "sheet given twice")
            elif name in wanted:
                unreadable = sheet.unreadable_beside_notes()
                for place, message, remedy in unreadable:
                    self.refuse(place, name, message, remedy)
                table = self._table(iter(sheet.lines), name, wanted[name], sheet.name)
                if table is None or unreadable:
                    self.unread.add(name)
                if table is not None:
                    found.tables[name] = table
            elif not name.startswith(NOTE):
                found.others.append(sheet.name)
        return found

    def _table(self, lines: Iterator[Line], table: str, columns: Columns, file: str) -> Table | None:
        found = read_rows(lines, table, columns, self.refuse, file)
        if found is None:
            return None
        self.missing_columns.update((table, name) for name in found[1])
        return Table(file, found[0])

    def _text(self, path: Path, most: int = MAX_BYTES) -> str | None:
        data = self._bytes(path, most)
        if data is None:
            return None
        marked = data.startswith(b"\xef\xbb\xbf")
        for encoding in ("utf-8-sig",) if marked else ("utf-8", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.refuse(path.name, "", "is neither UTF-8 nor GB18030 text", "Save it as UTF-8.")
        return None

    def _bytes(self, path: Path, most: int = MAX_BYTES) -> bytes | None:
        if self.folder is not None and leads_out(path, self.folder):
            self.refuse(path.name, "", "is a link that leads out of the plan's folder", "Put the file itself there.")
            return None
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                self.refuse(path.name, "", "is not a file")
                return None
            if status.st_size > most:
                size, limit = status.st_size / 1e6, most / 1e6
                remedy = "Put long tables into CSV files or a workbook." if most == MAX_YAML_BYTES else ""
                self.refuse(path.name, "", f"is {size:.0f} MB large; such files may have {limit:.0f} MB", remedy)
                return None
            data = path.read_bytes()
        except FileNotFoundError:
            self.refuse(path.name, "", "the file is missing")
            return None
        except OSError as error:
            self.refuse(path.name, "", f"cannot be read: {error.strerror}")
            return None
        self.order.append(path.name)
        self.hashes[path.name] = hashlib.sha256(data).hexdigest()
        return data


def _field(problem: Problem) -> str:
    return problem.key.rpartition(".")[2]


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a file of a folder is really elsewhere."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a link in circles, a name that no file can have
        return True


def _csv_lines(lines: Any, file: str) -> Iterator[Line]:
    """Lines with the number of the first that they stand on: a cell in quotes may go over several."""
    end = 0
    for number, cells in enumerate(lines):
        if number > MAX_ROWS:
            raise csv.Error(f"more than {MAX_ROWS:,} rows")
        if len(cells) > MAX_COLUMNS:
            raise csv.Error(f"more than {MAX_COLUMNS} columns")
        place, end = f"{file}:{end + 1}", lines.line_num
        yield Line(place, cells)
