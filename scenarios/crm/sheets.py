"""The files of an export as tables of text: CSV in UTF-8 or GB18030, or the first sheet of an Excel workbook."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import fnmatch
import io
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import Problem
from scenarios.files import leads_out

__all__ = ["Findings", "Renamed", "Unused", "find_file", "read_table"]

MAX_BYTES = 200_000_000
MAX_VALUES_NAMED = 5
"""Different wrong values of a column that are named; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Unused:
    """Something of the export that the plan does not use, why, and how often."""

    what: str
    reason: str
    count: int
    names: tuple[str, ...] = ()
    """Which ones, where they can be named."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A name that is written differently in two files and was taken for the same."""

    kind: str
    written: str
    taken_for: str
    rows: int


@dataclass
class Findings:
    """Problems met so far, and what was left out."""

    problems: list[Problem] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What is read, and may not be meant."""

    def refuse(self, file: str, column: str, rows: pd.DataFrame, cells: str, message: str, remedy: str = "") -> None:
        """One problem per different wrong value, at its first line; ``message`` holds ``{value}``."""
        groups = [(str(value), group["line"]) for value, group in rows.groupby(cells, sort=False)]
        for value, lines in groups[:MAX_VALUES_NAMED]:
            more = f" ({len(lines):,} rows)" if len(lines) > 1 else ""
            place = f"{file}:{lines.iloc[0]}"
            self.problems.append(Problem(place, column, message.replace("{value}", repr(value)) + more, remedy))
        if len(groups) > MAX_VALUES_NAMED:
            rest = groups[MAX_VALUES_NAMED:]
            text = f"and {len(rest):,} more values of this kind in {sum(len(lines) for _, lines in rest):,} rows"
            self.problems.append(Problem(f"{file}:{rest[0][1].iloc[0]}", column, text))

    def leave_out(self, what: str, reason: str, names: Iterable[str], count: int) -> None:
        """Count what is left out, and why."""
        if count:
            self.unused.append(Unused(what, reason, count, tuple(sorted(set(names)))))


def find_file(folder: Path, name: str, found: Findings, others: Iterable[str] = ()) -> Path:
    """The file of a name; where it holds ``*`` there has to be one such file, those with a name of their own aside.

    A single file may be called anything.
    """
    if folder.is_file():
        return folder
    if "*" not in name:
        return folder / name
    named = set(others)
    files = (path for path in folder.iterdir() if path.is_file() and path.name not in named)
    matching = sorted(path for path in files if fnmatch.fnmatch(path.name, name))
    if len(matching) == 1:
        return matching[0]
    text = f"{len(matching)} files are named so, and it has to be one"
    there = ", ".join(path.name for path in matching[:MAX_VALUES_NAMED])
    remedy = f"There are: {there}. Name one of them instead of the folder." if matching else ""
    found.problems.append(Problem(name, "", text, remedy or "Name the file instead of the folder."))
    return folder / name


def read_table(
    path: Path, columns: Mapping[str, str | None], mapping: ColumnMapping, found: Findings
) -> pd.DataFrame | None:
    """Columns of a file as text, under our names, with the line each row ends on; None where it cannot be read.

    Dates of a workbook are put into the mapping's first form.
    """
    rows = _rows(path, mapping, found)
    if rows is None:
        return None
    if not rows:
        found.problems.append(Problem(path.name, "", "the file is empty"))
        return None
    (line, header), body = rows[0], rows[1:]
    header = [cell.strip() for cell in header]
    complete = True
    for column in [name for name in columns.values() if name]:
        if header.count(column) != 1:
            complete = False
            close = difflib.get_close_matches(column, header, n=1)
            known = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(header)}."
            what = "there is no such column" if column not in header else "the column occurs more than once"
            remedy = f"{known} Columns are named in the mapping." if column not in header else ""
            found.problems.append(Problem(f"{path.name}:{line}", column, what, remedy))
    if not complete:
        return None
    if not body:
        found.problems.append(Problem(path.name, "", "the table has no rows"))
        return None
    ragged = [(number, cells) for number, cells in body if len(cells) != len(header)]
    if ragged:
        number, cells = ragged[0]
        more = f", and {len(ragged) - 1:,} more such rows" if len(ragged) > 1 else ""
        text = f"the row has {len(cells)} cells, the header {len(header)}{more}"
        found.problems.append(Problem(f"{path.name}:{number}", "", text))
        return None
    table = pd.DataFrame({"line": [number for number, _ in body]})
    for ours, name in columns.items():
        position = header.index(name) if name else -1
        table[ours] = [_clean(cells[position]) if name else "" for _, cells in body]
    return table


def _clean(cell: str) -> str:
    """One line of text: single blanks, no control characters, so that a name can stand in any file."""
    text = " ".join(cell.split())
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())


def _rows(path: Path, mapping: ColumnMapping, found: Findings) -> list[tuple[int, list[str]]] | None:
    """Non-empty rows of a file, each with the number of the line it ends on."""
    if leads_out(path, path.parent):
        found.problems.append(Problem(path.name, "", "is a link that leads out of the export's folder"))
        return None
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            found.problems.append(Problem(path.name, "", "is not a file"))
            return None
        if status.st_size > MAX_BYTES:
            found.problems.append(Problem(path.name, "", f"the file is larger than {MAX_BYTES // 10**6} MB"))
            return None
        content = path.read_bytes()
    except FileNotFoundError:
        remedy = f"The mapping {mapping.name} names it; --mapping takes another one."
        found.problems.append(Problem(path.name, "", "there is no such file in the export", remedy))
        return None
    except OSError as error:
        found.problems.append(Problem(path.name, "", f"cannot be read: {error.strerror}"))
        return None
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
        return _workbook_rows(path, mapping.date_formats[0], found)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        found.problems.append(Problem(path.name, "", "is neither UTF-8 nor GB18030", "Save it as CSV in UTF-8."))
        return None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        found.problems.append(Problem(f"{path.name}:{reader.line_num}", "", f"this is no CSV: {error}"))
        return None


def _workbook_rows(path: Path, date_format: str, found: Findings) -> list[tuple[int, list[str]]] | None:
    """Rows of the first sheet, every cell as text."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError) as error:
        found.problems.append(Problem(path.name, "", f"this workbook cannot be read: {error}"))
        return None
    texts = ((number, [_text(cell, date_format) for cell in row]) for number, row in enumerate(rows, start=1))
    return [(number, row) for number, row in texts if any(cell.strip() for cell in row)]


def _text(cell: object, date_format: str) -> str:
    if isinstance(cell, dt.datetime | dt.date):
        return cell.strftime(date_format)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
