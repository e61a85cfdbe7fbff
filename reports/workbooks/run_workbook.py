"""A saved run as a workbook: its figures in sheets that go on calculating, with charts that are Excel's own.

``quotas`` and ``budget`` are the allocation as plain lists: edited, they come back with ``--allocation-file``, and the
sums of the other sheets follow. They keep their names and headings in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from reports.pages.backtest import said_finding
from reports.pages.run import parts_of
from reports.translating import translated
from reports.wording import Wording
from reports.workbooks.allocation_sheets import AllocationData, write_allocation_sheets
from reports.workbooks.backtest_sheets import write_backtest_sheets
from reports.workbooks.decision_sheets import write_compare_sheet, write_select_sheet, write_value_sheet
from reports.workbooks.simulation_sheets import write_simulation_sheet
from reports.workbooks.stress_sheets import write_stress_sheet
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import BAD, FAIR, GOOD, Head, Leaf
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.results import AllocateResult, RuleRow
from studies.backtest.backtests import BacktestFinding, BacktestResult
from studies.decisions.comparing import CompareResult
from studies.decisions.selecting import SelectResult
from studies.decisions.stressing import StressResult
from studies.decisions.valuing import ValueResult
from studies.results import Change, Record
from studies.simulating import SimulateResult

__all__ = ["allocation_workbook", "run_workbook"]


def run_workbook(result: Record, plan: Plan, words: Wording, further: Sequence[Record] = ()) -> bytes:
    """The workbook of a study's answer and the plan that it is about; ``further`` answers have further sheets."""
    book = Book(words)
    parts = [part for one in (result, *further) for part in parts_of(one)]
    for part in parts:
        if type(part) not in _SHEETS and not isinstance(part, AllocateResult):
            raise UsageError(words.say("workbook.not_of", study=str(type(part).model_fields["study"].default)))
    if sum(isinstance(part, AllocateResult) for part in parts) > 1:
        raise UsageError(words.say("workbook.one_allocation"))
    for part in parts:
        if isinstance(part, AllocateResult):
            write_allocation_sheets(book, part, plan, words)
        else:
            _SHEETS[type(part)](book, part, words)
    _assumptions(book, plan, words)
    _about(book, parts, words)
    return book.bytes()


_SHEETS: dict[type[Record], Callable[[Book, Any, Wording], None]] = {
    SimulateResult: write_simulation_sheet,
    StressResult: write_stress_sheet,
    CompareResult: write_compare_sheet,
    ValueResult: write_value_sheet,
    SelectResult: write_select_sheet,
    BacktestResult: write_backtest_sheets,
}
"""Type of an answer → its sheets; those of an allocation want the plan too."""


def allocation_workbook(allocation: Allocation, words: Wording) -> bytes:
    """An allocation alone, to be edited and handed back."""
    book = Book(words)
    AllocationData(book, words).write(allocation.quotas, allocation.budget)
    return book.bytes()


def _assumptions(book: Book, plan: Plan, words: Wording) -> None:
    if not plan.assumptions:
        return
    leaf = Leaf(book, words.say("workbook.assumptions"), words.say("workbook.assumptions_title"))
    leaf.note(words.say("import.assumed_note"))
    leaf.gap()
    lines = [(a.path, a.grade, a.source, a.low, a.high, a.count) for a in plan.assumptions]
    heads = (
        Head(words.say("column.figure"), width=44),
        Head(words.say("column.grade"), width=9),
        Head(words.say("column.source"), width=80),
        Head(words.say("workbook.least"), "plain", 10),
        Head(words.say("workbook.most"), "plain", 10),
        Head(words.say("column.count"), "plain", 10),
    )
    area = leaf.table(heads, lines)
    leaf.colour(area, 1, {"A": GOOD, "own": GOOD, "C": FAIR, "D": BAD})
    leaf.page.autofilter(area.first - 1, 0, area.last, len(heads) - 1)
    leaf.freeze(area.first)


def _about(book: Book, parts: Sequence[Any], words: Wording) -> None:
    """What was changed in the plan, what is odd in it."""
    changes: list[Change] = list(dict.fromkeys(change for part in parts for change in getattr(part, "changes", ())))
    broken: list[RuleRow] = [
        rule for part in parts for key in ("violations", "violations_a") for rule in getattr(part, key, ())
    ]
    findings = [_said(finding, words) for part in parts for finding in getattr(part, "findings", ())]
    if not (changes or broken or findings):
        return
    leaf = Leaf(book, words.say("workbook.about"), words.say("workbook.about_title"))
    if changes:
        leaf.heading(words.say("changes.title"))
        keys = ("column.what", "column.old", "column.new", "column.by")
        heads = [Head(words.say(key), width=40) for key in keys]
        leaf.table(heads, [(change.path, change.old, change.new, change.by) for change in changes])
    _texts(
        leaf,
        words.say("rules.missed_by_hand"),
        dict.fromkeys(f"{rule.id} {translated(rule.sentence, words)}" for rule in broken),
    )
    _texts(leaf, words.say("findings.title"), findings)


def _said(finding: str | BacktestFinding, words: Wording) -> str:
    return translated(finding, words) if isinstance(finding, str) else said_finding(finding, words)


def _texts(leaf: Leaf, title: str, texts: Iterable[str]) -> None:
    lines = [(text,) for text in texts]
    if lines:
        leaf.table([Head(title, width=150)], lines)
