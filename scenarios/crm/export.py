"""A CRM export, checked and typed. Nothing is estimated here, and nothing is dropped without being counted.

What cannot be read (a column that is not there, a date that is none, an unknown stage) is an error, all of them at
once. What can be read but not used (a deal of an unknown product) is left out and counted.
"""

from __future__ import annotations

import csv
import difflib
import io
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import PlanFileError, Problem
from scenarios.files import leads_out

__all__ = ["Export", "FileRead", "Renamed", "Unused", "read_export"]

MAX_BYTES = 200_000_000
MAX_VALUES_NAMED = 5
"""Different wrong values of a column that are named; further ones are counted."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of the export and what was found in it."""

    file: str
    rows: int
    holds: str


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


@dataclass(frozen=True, eq=False)
class Export:
    """The tables of an export. Names are those of the products', reps' and accounts' own files."""

    deals: pd.DataFrame
    """id, rep, region, product, account (empty where there is none), stage, outcome, engaged, closed, value."""
    products: pd.DataFrame
    """name, list_price."""
    reps: pd.DataFrame
    """name, region."""
    accounts: pd.DataFrame
    """name, industry."""
    deals_file: str
    read: tuple[FileRead, ...]
    unused: tuple[Unused, ...]
    renamed: tuple[Renamed, ...]


@dataclass
class _Findings:
    problems: list[Problem] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)

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
        if count:
            self.unused.append(Unused(what, reason, count, tuple(sorted(set(names)))))


def read_export(folder: Path, mapping: ColumnMapping) -> Export:
    """All tables of an export; PlanFileError with every problem of all files."""
    if not folder.is_dir():
        raise PlanFileError([Problem(folder.name, "", "there is no such folder", "Name the folder of the export.")])
    found = _Findings()
    files = {
        "deals": (mapping.deals.file, mapping.deals.columns.model_dump()),
        "products": (mapping.products.file, mapping.products.columns.model_dump()),
        "reps": (mapping.reps.file, mapping.reps.columns.model_dump()),
        "accounts": (mapping.accounts.file, mapping.accounts.columns.model_dump()),
    }
    tables = {kind: _read_table(folder / file, columns, found) for kind, (file, columns) in files.items()}
    readable = {kind: table for kind, table in tables.items() if table is not None}
    for kind, table in readable.items():
        _require_unique(kind, table, *files[kind], found)
    if "deals" in readable:
        readable["deals"] = _typed_deals(readable["deals"], mapping, found)
    if "products" in readable:
        price = mapping.products.columns.list_price
        numbers = _numbers(readable["products"], "list_price", mapping.products.file, price, found)
        readable["products"]["list_price"] = numbers
    if found.problems:
        raise PlanFileError(_in_file_order(found.problems, [file for file, _ in files.values()]))

    readable["reps"]["region"] = _one_spelling(readable["reps"]["region"])
    deals = _named(readable, mapping, found)
    return Export(
        deals=deals,
        products=readable["products"][["name", "list_price"]],
        reps=readable["reps"][["name", "region"]],
        accounts=readable["accounts"][["name", "industry"]],
        deals_file=mapping.deals.file,
        read=tuple(FileRead(files[kind][0], len(table), kind) for kind, table in tables.items() if table is not None),
        unused=tuple(found.unused),
        renamed=tuple(found.renamed),
    )


def _in_file_order(problems: Iterable[Problem], files: list[str]) -> list[Problem]:
    def order(problem: Problem) -> tuple[int, int]:
        file, _, line = problem.place.rpartition(":")
        return (files.index(file), int(line)) if file in files else (files.index(problem.place), 0)

    return sorted(problems, key=order)


def name_key(name: str) -> str:
    """What two spellings of a name have in common: ``GTX Pro`` and ``GTXPro`` are one product."""
    return "".join(name.split()).casefold()


def _read_table(path: Path, columns: Mapping[str, str | None], found: _Findings) -> pd.DataFrame | None:
    """Columns of a CSV file as text, under our names, with the line each row ends on; None where it cannot be read."""
    rows = _rows(path, found)
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


def _rows(path: Path, found: _Findings) -> list[tuple[int, list[str]]] | None:
    """Non-empty rows of a CSV file, each with the number of the line it ends on."""
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
        remedy = "Files are named in the mapping."
        found.problems.append(Problem(path.name, "", "there is no such file in the export", remedy))
        return None
    except OSError as error:
        found.problems.append(Problem(path.name, "", f"cannot be read: {error.strerror}"))
        return None
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


def _require_unique(
    kind: str, table: pd.DataFrame, file: str, columns: Mapping[str, str | None], found: _Findings
) -> None:
    """A key that is blank, or that two rows share."""
    ours = "id" if kind == "deals" else "name"
    column = columns[ours] or ours
    found.refuse(file, column, table[table[ours] == ""], ours, "is empty")
    keys = table[ours] if kind == "deals" else table[ours].map(name_key)
    found.refuse(file, column, table[keys.duplicated() & (keys != "")], ours, "{value} is there twice")


def _typed_deals(table: pd.DataFrame, mapping: ColumnMapping, found: _Findings) -> pd.DataFrame:
    """Dates as dates, values as numbers, stages as outcomes."""
    file, columns = mapping.deals.file, mapping.deals.columns
    deals = table[["line", "id", "rep", "product", "account", "stage"]].copy()
    deals["outcome"] = table["stage"].map(mapping.stages)
    unknown = table[deals["outcome"].isna()]
    known = ", ".join(mapping.stages)
    found.refuse(file, columns.stage, unknown, "stage", "unknown stage {value}", f"The mapping knows: {known}.")
    for ours, column in (("engaged", columns.engaged), ("closed", columns.closed)):
        parsed = pd.to_datetime(table[ours].where(table[ours] != ""), format=mapping.date_format, errors="coerce")
        deals[ours] = parsed
        wrong = table[parsed.isna() & (table[ours] != "")]
        found.refuse(file, column, wrong, ours, "{value} is no date of the form " + _shown(mapping.date_format))
    deals["value"] = _numbers(table, "value", file, columns.value, found)
    # A deal that closed on an unknown day may have been open on any date, so nothing true can be said of it.
    undated = deals[deals["outcome"].isin(["won", "lost"]) & deals["closed"].isna() & (table["closed"] == "")]
    found.refuse(file, columns.closed, undated, "stage", "a deal in stage {value} has no date of closing")
    return deals


def _shown(date_format: str) -> str:
    return date_format.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")


def _numbers(table: pd.DataFrame, ours: str, file: str, column: str, found: _Findings) -> pd.Series[float]:
    """A column of amounts; blank is NaN."""
    text = table[ours]
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    wrong = (numbers.isna() & (text != "")) | (numbers < 0) | (numbers > 1e15)
    found.refuse(file, column, table[wrong], ours, "{value} is no amount of money")
    return numbers


def _named(tables: Mapping[str, pd.DataFrame], mapping: ColumnMapping, found: _Findings) -> pd.DataFrame:
    """Deals with the names of the other files; deals of an unknown rep or product are left out, accounts blanked."""
    deals = tables["deals"].copy()
    for kind, ours, rename in (
        ("products", "product", _matcher(tables["products"])),
        ("reps", "rep", _matcher(tables["reps"])),
        ("accounts", "account", _matcher(tables["accounts"])),
    ):
        written = deals[ours]
        names = written.map(rename)
        differs = names.notna() & (names != written)
        for (was, name), rows in deals[differs].groupby([written[differs], names[differs]]):
            found.renamed.append(Renamed(ours, str(was), str(name), len(rows)))
        unknown = names.isna() & (written != "") if ours == "account" else names.isna()
        reason = f"{ours} not in {getattr(mapping, kind).file}"
        what = "accounts of deals" if ours == "account" else "deals"
        found.leave_out(what, reason, written[unknown], int(unknown.sum()))
        deals[ours] = names.fillna("")
        if ours != "account":
            deals = deals[~unknown]
    deals["region"] = deals["rep"].map(dict(zip(tables["reps"]["name"], tables["reps"]["region"], strict=True)))
    nowhere = deals["region"] == ""
    found.leave_out("deals", f"rep without a region in {mapping.reps.file}", deals["rep"][nowhere], int(nowhere.sum()))
    return deals[~nowhere].sort_values("id").reset_index(drop=True)


def _one_spelling(names: pd.Series[str]) -> pd.Series[str]:
    """Names that differ in blanks and case alone, written as the first of them in the alphabet."""
    spellings: dict[str, str] = {}
    for name in sorted(set(names)):
        spellings.setdefault(name_key(name), name)
    return names.map(lambda name: spellings[name_key(name)])


def _matcher(table: pd.DataFrame) -> Callable[[str], str | None]:
    names = {name_key(name): name for name in table["name"]}
    return lambda written: names.get(name_key(written))
