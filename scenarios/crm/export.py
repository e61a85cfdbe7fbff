"""A CRM export, checked and typed. Nothing is estimated here, and nothing is dropped without being counted.

What cannot be read (a column that is not there, a date that is none, an unknown stage) is an error, all of them at
once. What can be read but not used (a deal of an unknown product) is left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scenarios.crm.cells import amounts_in, dates_in, in_plan_currency
from scenarios.crm.invoices import typed_invoices
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.renewals import typed_renewals
from scenarios.crm.sheets import Findings, Renamed, Unused, find_file, read_table
from scenarios.crm.staff import typed_staff
from scenarios.crm.stage_history import stage_columns, typed_stage_history, with_ids_of
from scenarios.errors import PlanFileError, Problem

__all__ = ["Export", "FileRead", "Renamed", "Unused", "read_export"]

ONLY = "All"
"""Name of the product or region where an export tells none apart."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file of the export and what was found in it."""

    file: str
    rows: int
    holds: str


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
    invoices: pd.DataFrame | None
    """id, account (a name of ours, else empty), amount, issued, due, paid; None where there is no file of them."""
    staff: pd.DataFrame | None
    """name (a rep's as the deals have it, where it is one), hired, left; None where there is no file of it."""
    stage_history: pd.DataFrame | None
    """deal, stage, entered; None where there is no file of it."""
    open_stages: tuple[str, ...]
    """Stages of open deals in their order."""
    renewals: pd.DataFrame | None
    """account (a name of ours, where it is one), product (the same), amount, due, decided, answer; None where there is
    no file of contracts."""
    deals_file: str
    read: tuple[FileRead, ...]
    unused: tuple[Unused, ...]
    renamed: tuple[Renamed, ...]
    remarks: tuple[str, ...]


def read_export(folder: Path, mapping: ColumnMapping) -> Export:
    """All tables of an export, a folder or a single file; PlanFileError with every problem of all files."""
    if not folder.exists():
        remedy = "Name the folder of the export, or its file."
        raise PlanFileError([Problem(folder.name, "", "there is no such folder", remedy)])
    named = list(dict.fromkeys(file.file for file in mapping.files.values()))
    if folder.is_file() and len(named) > 1:
        text = f"is one file, and the mapping {mapping.name} reads {len(named)}: {', '.join(named)}"
        raise PlanFileError([Problem(folder.name, "", text, "Name the folder that holds them.")])
    found = Findings()
    paths = {kind: find_file(folder, file.file, found, named) for kind, file in mapping.files.items()}
    if found.problems:
        raise PlanFileError(found.problems)
    columns = {kind: file.columns.model_dump() for kind, file in mapping.files.items()}
    if mapping.stage_history is not None:
        columns["stage_history"] = stage_columns(mapping)
    tables = {kind: read_table(path, columns[kind], mapping, found) for kind, path in paths.items()}
    readable = {kind: table for kind, table in tables.items() if table is not None}
    for kind, table in readable.items():
        if kind not in ("stage_history", "renewals"):
            _require_unique(kind, table, paths[kind].name, columns[kind], found)
    if "stage_history" in readable:
        file = paths["stage_history"].name
        readable["stage_history"] = typed_stage_history(readable["stage_history"], file, mapping, found)
        if "deals" in readable and not found.problems:
            ids, names = readable["deals"]["id"], (file, paths["deals"].name)
            readable["stage_history"] = with_ids_of(readable["stage_history"], ids, *names, found)
    if "deals" in readable:
        readable["deals"] = _typed_deals(readable["deals"], paths["deals"].name, mapping, found)
    if "products" in readable and mapping.products is not None:
        price = mapping.products.columns.list_price
        numbers = amounts_in(readable["products"], "list_price", paths["products"].name, price, mapping, found)
        readable["products"]["list_price"] = numbers
    if "invoices" in readable and mapping.invoices is not None:
        readable["invoices"] = typed_invoices(readable["invoices"], paths["invoices"].name, mapping, found)
    if "renewals" in readable:
        readable["renewals"] = typed_renewals(readable["renewals"], paths["renewals"].name, mapping, found)
    if "staff" in readable:
        readable["staff"] = typed_staff(readable["staff"], paths["staff"].name, mapping, found)
    if found.problems:
        raise PlanFileError(_in_file_order(found.problems, [path.name for path in paths.values()]))

    read = tuple(FileRead(paths[kind].name, len(table), kind.replace("_", " ")) for kind, table in readable.items())
    complete = {**_from_deals(readable["deals"], mapping), **readable}
    complete["reps"]["region"] = _one_spelling(complete["reps"]["region"])
    files = {kind: paths[kind].name if kind in paths else paths["deals"].name for kind in complete}
    deals = _named(complete, files, found)
    return Export(
        deals=deals,
        products=complete["products"][["name", "list_price"]],
        reps=complete["reps"][["name", "region"]],
        accounts=complete["accounts"][["name", "industry"]],
        invoices=_renamed(complete, "invoices", "account", "accounts"),
        staff=_renamed(complete, "staff", "name", "reps"),
        stage_history=readable.get("stage_history"),
        open_stages=mapping.open_stages,
        renewals=_contracts(complete),
        deals_file=paths["deals"].name,
        read=read,
        unused=tuple(found.unused),
        renamed=tuple(found.renamed),
        remarks=tuple(dict.fromkeys(found.remarks)),
    )


def _from_deals(deals: pd.DataFrame, mapping: ColumnMapping) -> dict[str, pd.DataFrame]:
    """Products, reps and accounts as the deals name them; a rep is of the region of most of the rep's deals."""

    def names(column: str) -> list[str]:
        spelt = _one_spelling(deals[column][deals[column] != ""])
        return sorted(set(spelt))

    if mapping.deals.columns.product is None:
        deals["product"] = ONLY
    deals["region"] = deals["region"] if mapping.deals.columns.region is not None else ONLY
    spelt = pd.DataFrame({"name": _one_spelling(deals["rep"]), "region": _one_spelling(deals["region"])})
    spelt = spelt[(spelt["name"] != "") & (spelt["region"] != "")]
    count = (
        spelt.value_counts()
        .reset_index(name="count")
        .sort_values(["name", "count", "region"], ascending=[True, False, True])
    )
    reps = count.drop_duplicates("name")[["name", "region"]].reset_index(drop=True)
    accounts = names("account")
    return {
        "products": pd.DataFrame({"name": names("product"), "list_price": float("nan")}),
        "reps": reps,
        "accounts": pd.DataFrame({"name": accounts, "industry": [""] * len(accounts)}),
    }


def _in_file_order(problems: Iterable[Problem], files: list[str]) -> list[Problem]:
    def order(problem: Problem) -> tuple[int, int]:
        file, _, line = problem.place.rpartition(":")
        return (files.index(file), int(line)) if file in files else (files.index(problem.place), 0)

    return sorted(problems, key=order)


def name_key(name: str) -> str:
    """What two spellings of a name have in common: ``GTX Pro`` and ``GTXPro`` are one product."""
    return "".join(name.split()).casefold()


def _require_unique(
    kind: str, table: pd.DataFrame, file: str, columns: Mapping[str, str | None], found: Findings
) -> None:
    """A key that is blank, or that two rows share."""
    ours = "id" if kind in ("deals", "invoices") else "name"
    column = columns[ours] or ours
    found.refuse(file, column, table[table[ours] == ""], ours, "is empty")
    keys = table[ours] if ours == "id" else table[ours].map(name_key)
    found.refuse(file, column, table[keys.duplicated() & (keys != "")], ours, "{value} is there twice")


def _typed_deals(table: pd.DataFrame, file: str, mapping: ColumnMapping, found: Findings) -> pd.DataFrame:
    """Dates as dates, values as numbers in the plan's currency, stages as outcomes."""
    columns = mapping.deals.columns
    deals = table[["line", "id", "rep", "product", "account", "region", "stage"]].copy()
    deals["outcome"] = table["stage"].map(mapping.stages)
    unknown = table[deals["outcome"].isna()]
    known = ", ".join(mapping.stages)
    remedy = f"The mapping knows: {known}."
    if mapping.is_shipped:
        remedy += " Copy the preset, add yours, and name the copy with --mapping."
    found.refuse(file, columns.stage, unknown, "stage", "unknown stage {value}", remedy)
    for ours, column in (("engaged", columns.engaged), ("closed", columns.closed)):
        deals[ours] = dates_in(table, ours, file, column, mapping, found)
    value = amounts_in(table, "value", file, columns.value, mapping, found)
    is_won = deals["outcome"] == "won"
    deals["value"] = in_plan_currency(value, table, is_won, file, columns.currency, mapping, found)
    # A deal that closed on an unknown day may have been open on any date, so nothing true can be said of it.
    undated = deals[deals["outcome"].isin(["won", "lost"]) & deals["closed"].isna() & (table["closed"] == "")]
    found.refuse(file, columns.closed, undated, "stage", "a deal in stage {value} has no date of closing")
    return deals


def _named(tables: Mapping[str, pd.DataFrame], files: Mapping[str, str], found: Findings) -> pd.DataFrame:
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
        reason = f"{ours} not in {files[kind]}"
        what = "accounts of deals" if ours == "account" else "deals"
        found.leave_out(what, reason, written[unknown], int(unknown.sum()))
        deals[ours] = names.fillna("")
        if ours != "account":
            deals = deals[~unknown]
    deals["region"] = deals["rep"].map(dict(zip(tables["reps"]["name"], tables["reps"]["region"], strict=True)))
    nowhere = deals["region"] == ""
    found.leave_out("deals", f"rep without a region in {files['reps']}", deals["rep"][nowhere], int(nowhere.sum()))
    return deals[~nowhere].sort_values("id").reset_index(drop=True)


def _renamed(tables: Mapping[str, pd.DataFrame], kind: str, ours: str, names: str) -> pd.DataFrame | None:
    """A further table whose names are spelt as in that of ``names``, where they are there."""
    if kind not in tables:
        return None
    rename = _matcher(tables[names])
    return tables[kind].assign(**{ours: [rename(name) or name for name in tables[kind][ours]]})


def _contracts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    contracts = _renamed(tables, "renewals", "account", "accounts")
    return None if contracts is None else _renamed({**tables, "renewals": contracts}, "renewals", "product", "products")


def _one_spelling(names: pd.Series[str]) -> pd.Series[str]:
    """Names that differ in blanks and case alone, written as the first of them in the alphabet."""
    spellings: dict[str, str] = {}
    for name in sorted(set(names)):
        spellings.setdefault(name_key(name), name)
    return names.map(lambda name: spellings[name_key(name)])


def _matcher(table: pd.DataFrame) -> Callable[[str], str | None]:
    names = {name_key(name): name for name in table["name"]}
    return lambda written: names.get(name_key(written))
