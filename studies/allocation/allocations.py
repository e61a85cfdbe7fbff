"""A hand-made allocation as a file: exported, edited in a spreadsheet, read back.

As CSV the columns are ``kind,product,region,rep,activity,amount``; ``kind`` is ``quota`` (product, region, rep) or
``budget`` (region, activity). As a workbook there is a sheet ``quotas`` (product, region, rep, quota) and a sheet
``budget`` (region, activity, amount); others, such as those of an exported run, are not read. Amounts are numbers in
the plan's currency.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.columns import Columns, columns_of
from scenarios.errors import PlanFileError, Problem
from scenarios.fields import Amount, Id, Section, SignedAmount
from scenarios.files import Reading
from scenarios.nodes import Node, nearest
from scenarios.plan import Plan
from scenarios.validation import validate_entries

__all__ = ["AllocationRow", "allocation_text", "read_allocation", "write_allocation"]


class AllocationRow(Section):
    """One line of the file."""

    kind: Literal["quota", "budget"]
    product: Id | None = None
    region: Id
    rep: Id | None = None
    activity: Id | None = None
    amount: Amount


class _QuotaRow(Section):
    """One line of the sheet ``quotas``."""

    product: Id
    region: Id
    rep: Id
    quota: Amount
    expected: SignedAmount | None = None
    """What the optimiser expected, for information; not read."""


class _BudgetRow(Section):
    """One line of the sheet ``budget``."""

    region: Id
    activity: Id
    amount: Amount


def allocation_text(allocation: Allocation) -> str:
    """The allocation as CSV; amounts keep every digit, so that reading it back gives the same allocation."""
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerow(AllocationRow.model_fields)
    for cell in allocation.quotas:
        rows.writerow(("quota", cell.product, cell.region, cell.rep, "", repr(cell.quota)))
    for entry in allocation.budget:
        rows.writerow(("budget", "", entry.region, "", entry.activity, repr(entry.amount)))
    return buffer.getvalue()


def write_allocation(allocation: Allocation, path: Path) -> None:
    """Write the CSV file, with the mark by which Excel knows UTF-8."""
    path.write_text(allocation_text(allocation), encoding="utf-8-sig", newline="")


def read_allocation(path: Path, plan: Plan) -> Allocation:
    """Read a hand-made allocation, CSV or workbook, for a plan; PlanFileError with every problem of the file.

    Rules that it breaks are no problem of the file: studies list them.
    """
    reading = Reading()
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        lines = _lines_of_workbook(path, reading)
    else:
        node = reading.csv(path, "allocation", AllocationRow)
        lines = node.value if node is not None and isinstance(node.value, list) else []
    rows, problems = validate_entries(lines, "allocation", AllocationRow)
    problems = reading.unsaid(problems) + reading.problems
    quotas: dict[tuple[str, str, str], QuotaCell] = {}
    budget: dict[tuple[str, str], BudgetCell] = {}
    if not problems:
        for line, row in zip(lines, rows, strict=True):
            for name, words in _wrong(row, plan):
                problems.append(Problem(line.nearest_place((name,)), f"allocation.{name}", *words))
            if row.kind == "quota":
                key = (row.product or "", row.region, row.rep or "")
                if key in quotas:
                    problems.append(Problem(line.place, "allocation", f"{' / '.join(key)} is given twice"))
                quotas[key] = QuotaCell(*key, row.amount)
            else:
                entry = (row.region, row.activity or "")
                if entry in budget:
                    problems.append(Problem(line.place, "allocation", f"{' / '.join(entry)} is given twice"))
                budget[entry] = BudgetCell(*entry, row.amount)
    if not problems and not quotas:
        problems.append(Problem(path.name, "allocation", "has no quota"))
    if problems:
        raise PlanFileError(problems)
    return Allocation(path.stem, tuple(sorted(quotas.values())), tuple(sorted(budget.values())))


def _lines_of_workbook(path: Path, reading: Reading) -> list[Node]:
    """Rows of both sheets as they would stand in a CSV file, each cell with its place."""
    columns: dict[str, Columns] = {
        "quotas": {column.name: column for column in columns_of(_QuotaRow)},
        "budget": {column.name: column for column in columns_of(_BudgetRow)},
    }
    found = reading.sheets(path, columns)
    if found is None:
        return []
    lines = []
    for name, kind, amount in (("quotas", "quota", "quota"), ("budget", "budget", "amount")):
        for row in found.tables[name].rows if name in found.tables else ():
            cells = {key: node for key, node in row.cells.items() if key not in ("expected", amount)}
            if amount in row.cells:
                cells["amount"] = row.cells[amount]
            lines.append(Node(row.place, {"kind": Node(row.place, kind), **cells}))
    if "quotas" not in found.tables and not reading.problems:
        remedy = "Give it the columns product, region, rep, quota."
        reading.refuse(path.name, "quotas", "there is no sheet quotas", remedy)
    return lines


def _wrong(row: AllocationRow, plan: Plan) -> list[tuple[str, tuple[str, str]]]:
    """Fields of a row that name nothing in the plan, are missing or do not belong to its kind."""
    known: dict[str, Mapping[str, object]] = {
        "product": plan.product,
        "region": plan.region,
        "rep": plan.rep,
        "activity": plan.activity,
    }
    wanted = ("product", "region", "rep") if row.kind == "quota" else ("region", "activity")
    found = []
    for key, entries in known.items():
        value = getattr(row, key)
        if key not in wanted:
            if value is not None:
                found.append((key, (f"does not belong to a {row.kind}", "")))
        elif value is None:
            found.append((key, (f"missing; a {row.kind} needs it", "")))
        elif value not in entries:
            found.append((key, (f"no {key} {value} in the plan.", nearest(value, entries))))
    rep = plan.rep.get(row.rep or "")
    if row.kind == "quota" and rep is not None and row.region in plan.region and row.region not in rep.regions:
        found.append(("region", (f"{rep.id} does not cover {row.region}.", f"Covered: {', '.join(rep.regions)}.")))
    return found
