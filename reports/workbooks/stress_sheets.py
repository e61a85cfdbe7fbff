"""A stress test in a workbook: what risks cost, what contingency plans are worth."""

from __future__ import annotations

from reports.pages.parts import named
from reports.pages.stress import chance_triggered, judged, set_off_by
from reports.pages.verdicts import smallest_difference
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import (
    Head,
    Leaf,
    dress,
    mean_and_half,
    with_half,
)
from studies.decisions.stressing import StressResult

__all__ = ["write_stress_sheet"]


def write_stress_sheet(book: Book, result: StressResult, words: Wording) -> None:
    """Risks, then contingency plans, on one sheet with a chart of each."""
    leaf = Leaf(book, words.say("workbook.stress"), words.say("stress.title", plan=result.plan))
    leaf.note(words.say("stress.risks_note"))
    leaf.note(words.say(f"stress.by_{result.criterion}"))
    risks = [row for row in result.rows if not row.plan]
    plans = judged(result)
    verdicts = [*(("signed", row.verdict) for row in risks), *((result.criterion, row.verdict) for row in plans)]
    for note in smallest_difference(words, result.smallest_difference, result.currency, verdicts):
        leaf.note(note)
    leaf.gap()
    charts = []
    if risks:
        leaf.heading(words.say("stress.risks"))
        lines = [
            (
                named(row.risk, row.risk_name), row.p_strike.mean,
                *mean_and_half(row.cost_signed_given_strike), *mean_and_half(row.cost_signed),
                -row.cost_p_target.mean, words.choose("verdict", row.verdict, row.verdict),
            )
            for row in risks
        ]  # fmt: skip
        heads = (
            Head(words.say("column.risk"), width=56),
            Head(words.say("column.p_strike"), "share", 12),
            *with_half(words, "column.cost_given_strike"),
            *with_half(words, "column.expected_cost"),
            Head(words.say("column.chance_of_target"), "points", 12),
            Head(words.say("column.verdict"), width=24),
        )
        area = leaf.table(heads, lines)
        leaf.verdicts(area, 7, words)
        charts.append((words.say("column.expected_cost"), area, 4, "#C00000"))
    if plans:
        leaf.heading(words.say("stress.plans"))
        held = [
            (
                named(row.plan, row.plan_name), chance_triggered(row),
                *mean_and_half(row.plan_cost), *mean_and_half(row.gain_contribution),
                row.gain_p_target.mean if row.gain_p_target else None,
                words.choose("verdict", row.verdict, row.verdict), set_off_by(words, row),
            )
            for row in plans
        ]  # fmt: skip
        columns = (
            Head(words.say("column.plan"), width=56),
            Head(words.say("column.triggered"), "share", 12),
            *with_half(words, "column.plan_cost"),
            *with_half(words, "column.gain", "signed"),
            Head(words.say("column.chance_of_target"), "points", 12),
            Head(words.say("column.verdict"), width=24),
            Head(words.say("column.against"), width=10),
        )
        area = leaf.table(columns, held)
        leaf.verdicts(area, 7, words)
        charts.append((words.say("column.gain"), area, 4, "#70AD47"))
    for number, (title, area, column, colour) in enumerate(charts):
        chart = book.chart({"type": "bar"})
        series = {"categories": area.cells(0), "values": area.cells(column), "gap": 50, "fill": {"color": colour}}
        chart.add_series({**series, "invert_if_negative": True, "invert_if_negative_color": "#C00000"})
        dress(chart, title, legend=False, across=True)
        leaf.chart(chart, 5 + 22 * number, 10, 760, 400)
    leaf.freeze(2)
