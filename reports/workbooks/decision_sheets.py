"""Comparisons, valuations and selections in a workbook: what a decision rests on, as figures to work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.pages.comparison import comparison_page
from reports.pages.parts import named
from reports.pages.selection import selection_page
from reports.pages.verdicts import smallest_difference
from reports.specs import Page, Sentence
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import (
    KINDS,
    Head,
    Kind,
    Leaf,
    Line,
    Live,
    dress,
    mean_and_half,
    with_half,
)
from studies.decisions.comparing import CompareResult
from studies.decisions.selecting import PlanSetRow, SelectResult
from studies.decisions.valuing import ValueResult, ValueRow
from studies.results import Difference

__all__ = ["write_compare_sheet", "write_select_sheet", "write_value_sheet"]


def write_compare_sheet(book: Book, result: CompareResult, words: Wording) -> None:
    """Every KPI in A and in B, their difference on identical futures, and what was decided otherwise."""
    leaf = Leaf(book, words.say("workbook.compare"), words.say("compare.title", plan=result.plan))
    _notes(leaf, comparison_page(result, words))
    for unit, kind in KINDS.items():
        rows = [row for row in result.differences if row.unit == unit]
        if not rows:
            continue
        heads = (
            Head(words.say("workbook.figure"), width=46),
            Head(result.name_a, kind, 16),
            Head(result.name_b, kind, 16),
            Head(words.say("workbook.difference"), "points" if kind == "share" else "signed", 14),
            Head(words.say("workbook.low"), "points" if kind == "share" else "signed", 14),
            Head(words.say("workbook.high"), "points" if kind == "share" else "signed", 14),
            Head(words.say("workbook.b_beats_a"), "share", 14),
            Head(words.say("column.verdict"), width=24),
        )
        area = leaf.table(heads, [_difference(leaf, number, row, words) for number, row in enumerate(rows, start=1)])
        leaf.verdicts(area, 7, words)
    if result.decisions:
        leaf.heading(words.say("compare.decisions"))
        keys = ("column.what", "column.old", "column.new", "column.by")
        columns = [Head(words.say(key), width=46 if key == "column.what" else 20) for key in keys]
        leaf.table(columns, [(change.path, change.old, change.new, change.by) for change in result.decisions])
    leaf.freeze(2)


def _difference(leaf: Leaf, number: int, row: Difference, words: Wording) -> Line:
    return (
        words.choose("kpi", row.id, row.label), row.mean_a, row.mean_b,
        Live(f"={leaf.at(2, number)}-{leaf.at(1, number)}", row.mean), row.ci_low, row.ci_high, row.p_b_beats_a,
        words.choose("verdict", row.verdict, row.verdict),
    )  # fmt: skip


def write_value_sheet(book: Book, result: ValueResult, words: Wording) -> None:
    """What each contingency plan is worth, and of those looked at in depth what the verdict hangs on."""
    leaf = Leaf(book, words.say("workbook.value"), words.say("value.title", plan=result.plan))
    leaf.note(words.say(f"stress.by_{result.criterion}"))
    judged = [(result.criterion, row.verdict) for row in result.rows]
    for note in smallest_difference(words, result.smallest_difference, result.currency, judged):
        leaf.note(note)
    leaf.note(words.say("value.worst_note"))
    leaf.note(words.say("value.reserve_note"))
    leaf.gap()
    if not result.rows:
        leaf.note(words.say("value.none"))
        return
    heads = (
        Head(words.say("column.plan"), width=56),
        Head(words.say("column.against"), width=10),
        Head(words.say("column.triggered"), "share", 12),
        *with_half(words, "column.plan_cost"),
        *with_half(words, "column.gain", "signed"),
        *with_half(words, "column.in_worst", "signed"),
        Head(words.say("column.chance_of_target"), "points", 12),
        Head(words.say("column.reserve"), "money", 14),
        Head(words.say("column.verdict"), width=24),
    )
    lines = [
        (
            named(row.plan, row.plan_name), row.risk, row.p_triggered, *mean_and_half(row.plan_cost),
            *mean_and_half(row.gain_contribution), *mean_and_half(row.gain_worst_tenth), row.gain_p_target.mean,
            row.reserve, words.choose("verdict", row.verdict, row.verdict),
        )
        for row in result.rows
    ]  # fmt: skip
    area = leaf.table(heads, lines)
    leaf.verdicts(area, 11, words)
    chart = book.chart({"type": "bar"})
    chart.add_series({"categories": area.cells(0), "values": area.cells(5), "gap": 50, "fill": {"color": "#70AD47"}})
    dress(chart, words.say("column.gain"), legend=False, across=True)
    leaf.chart(chart, 5, 13, 760, 400)
    if result.in_depth:
        _break_even(leaf, result.rows, words)
        _delays(leaf, result, words)
        _interactions(leaf, result, words)
    leaf.freeze(2)


def _break_even(leaf: Leaf, rows: Sequence[ValueRow], words: Wording) -> None:
    lines: list[Line] = []
    for row in rows:
        found = row.break_even
        if found is not None:
            low, high = found.factor_interval or (None, None)
            status = words.say(f"workbook.break_even.{found.status}")
            lines.append((row.plan, row.risk, status, found.chance_now, found.chance, found.factor, low, high))
    heads = (
        Head(words.say("column.plan"), width=56),
        Head(words.say("column.against"), width=10),
        Head(words.say("column.status"), width=12),
        Head(words.say("workbook.chance_now"), "share", 14),
        Head(words.say("workbook.chance_needed"), "share", 14),
        Head(words.say("workbook.factor"), "times", 14),
        Head(words.say("workbook.low"), "times", 11),
        Head(words.say("workbook.high"), "times", 14),
    )
    _titled(leaf, words.say("workbook.break_even"), heads, lines)


def _delays(leaf: Leaf, result: ValueResult, words: Wording) -> None:
    lines = [
        (row.plan, row.risk, point.days_later, *mean_and_half(point.gain))
        for row in result.rows
        if len(row.delays) > 1
        for point in row.delays
    ]
    heads = (
        Head(words.say("column.plan"), width=56),
        Head(words.say("column.against"), width=10),
        Head(words.say("column.days_later"), "plain", 12),
        *with_half(words, "column.gains", _kind(result)),
    )
    _titled(leaf, words.say(f"value.delays_{result.criterion}"), heads, lines)


def _interactions(leaf: Leaf, result: ValueResult, words: Wording) -> None:
    lines = [
        (row.plan, entry.other, words.say(f"value.shares_{entry.shares}"), *mean_and_half(entry.difference))
        for row in result.rows
        for entry in row.interactions
    ]
    heads = (
        Head(words.say("column.plan"), width=56),
        Head(words.say("column.other_plan"), width=18),
        Head(words.say("column.shares"), width=18),
        *with_half(words, "column.changes_gain", _kind(result)),
    )
    _titled(leaf, words.say(f"value.interactions_{result.criterion}"), heads, lines)


def _kind(result: ValueResult) -> Kind:
    """How gains in what the verdict is about are shown."""
    return "points" if result.criterion == "p_target" else "signed"


def _titled(leaf: Leaf, title: str, heads: Sequence[Head], lines: Sequence[Line]) -> None:
    """A table under its name; nothing where it has no lines."""
    if lines:
        leaf.heading(title)
        leaf.table(heads, lines)


def write_select_sheet(book: Book, result: SelectResult, words: Wording) -> None:
    """The chosen set of contingency plans, those beside it, and what more money would bring."""
    leaf = Leaf(book, words.say("workbook.select"), words.say("select.title", plan=result.plan))
    _notes(leaf, selection_page(result, words))
    is_chance = result.criterion == "p_target"
    heads = (
        Head(words.say("deciding.plans"), width=56),
        *with_half(words, "deciding.cost"),
        Head(words.say("deciding.cost_p90"), "money", 14),
        *with_half(words, "deciding.gain.contribution", "signed"),
        *with_half(words, "deciding.gain_chance", "points"),
        Head(words.say("deciding.behind"), "points" if is_chance else "signed", 14),
        Head(words.say("deciding.p_best"), "share", 14),
    )
    line = _set_line(words)
    for key, rows in (("select.rivals", (result.chosen, *result.rivals)), ("select.frontier", result.frontier)):
        leaf.heading(words.say(key))
        leaf.table(heads, [line(row) for row in rows])
        leaf.row -= 1
        leaf.note(words.say(f"{key}_note", n=words.money(result.shown)))
        leaf.gap()
    leaf.freeze(2)


def _set_line(words: Wording) -> Callable[[PlanSetRow], Line]:
    def line(row: PlanSetRow) -> Line:
        behind = None if row.behind is None else row.behind.mean
        return (
            words.listed(row.plans) or words.say("select.nothing"), *mean_and_half(row.cost), row.cost_p90,
            *mean_and_half(row.gain_contribution), *mean_and_half(row.gain_p_target), behind, row.p_best,
        )  # fmt: skip

    return line


def _notes(leaf: Leaf, page: Page) -> None:
    """What the page says in sentences, on top of the sheet."""
    for block in page.blocks:
        if isinstance(block, Sentence) and block.tone != "quiet":
            leaf.note(block.text)
    leaf.gap()
