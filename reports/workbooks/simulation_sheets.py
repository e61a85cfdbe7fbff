"""A simulation in a workbook: figures with their intervals, the bridge, spreads, weeks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from reports.pages.parts import named, quarter_detail
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import (
    COLOURS,
    KINDS,
    Area,
    Head,
    Leaf,
    Live,
    dress,
    ratio,
)
from studies.simulating import SimulateResult, Spread

__all__ = ["write_simulation_sheet"]


def write_simulation_sheet(book: Book, result: SimulateResult, words: Wording) -> None:
    """The simulation on one sheet, with the bridge and the path by week as charts."""
    leaf = Leaf(book, words.say("workbook.simulation"), words.say("simulate.title", plan=result.plan))
    leaf.note(quarter_detail(result, words))
    leaf.gap()
    leaf.heading(words.say("kpis.title"))
    _kpis(leaf, result, words)
    leaf.heading(words.say("bridge.title"))
    area = _bridge(leaf, result, words)
    chart = book.chart({"type": "column", "subtype": "stacked"})
    for number, colour in ((3, None), (4, COLOURS[1]), (5, "#70AD47"), (6, "#C00000")):
        series = {"categories": area.cells(0), "values": area.cells(number), "gap": 40}
        series |= {"fill": {"none": True}} if colour is None else {"fill": {"color": colour}}
        chart.add_series(series)
    dress(chart, words.say("bridge.title"), legend=False)
    leaf.chart(chart, 3, 8, 900, 420)
    for heading, entries in (
        ("simulate.by_product", result.by_product),
        ("simulate.by_region", result.by_region),
        ("simulate.by_rep", result.by_rep),
    ):
        leaf.heading(words.say(heading))
        spread = _spread(leaf, entries, words)
        leaf.scale(spread, 6)
    leaf.heading(words.say("simulate.by_week"))
    weeks = _weeks(leaf, result, words)
    line = book.chart({"type": "line"})
    for number, name in ((4, "column.so_far"), (5, "workbook.cash_so_far")):
        colour = COLOURS[1] if number == 4 else COLOURS[3]
        series = {"name": words.say(name), "categories": weeks.cells(0), "values": weeks.cells(number)}
        line.add_series({**series, "line": {"color": colour, "width": 2.25}})
    dress(line, words.say("workbook.path"))
    leaf.chart(line, 30, 8, 900, 360)
    leaf.freeze(2)


def _kpis(leaf: Leaf, result: SimulateResult, words: Wording) -> None:
    heads = [Head(words.say("workbook.figure"), width=46)]
    keys = ("column.mean", "workbook.low", "workbook.high", "column.p10", "column.p50", "column.p90")
    for unit, kind in KINDS.items():
        rows = [kpi for kpi in result.kpis if kpi.unit == unit]
        lines = []
        for kpi in rows:
            spread = (None, None, None) if kpi.id == "p_target" else (kpi.p10, kpi.p50, kpi.p90)
            lines.append((words.choose("kpi", kpi.id, kpi.label), kpi.mean, kpi.ci_low, kpi.ci_high, *spread))
        if lines:
            leaf.table([*heads, *(Head(words.say(key), kind, 14) for key in keys)], lines)
            leaf.row -= 1
    leaf.gap()


def _bridge(leaf: Leaf, result: SimulateResult, words: Wording) -> Area:
    """Steps with what a waterfall is drawn of: an unseen foot, totals, gains and losses."""
    lines = []
    level = 0.0
    for number, step in enumerate(result.bridge, start=1):
        is_total = step.kind == "total"
        before, level = level, (step.amount if is_total else level + step.amount)
        own = leaf.at(1, number)
        label = words.choose("bridge", step.id, step.label)
        foot = 0.0 if is_total else min(before, level)
        up, down = f"=MAX({own},0)", f"=MAX(-{own},0)"
        lines.append((
            label, step.amount, step.half_width, foot,
            step.amount if is_total else None,
            None if is_total else Live(up, max(step.amount, 0.0)),
            None if is_total else Live(down, max(-step.amount, 0.0)),
        ))  # fmt: skip
    heads = (
        Head(words.say("workbook.step"), width=46),
        Head(words.say("column.amount"), "signed", 14),
        Head(words.say("column.half_width"), "money", 14),
        *(Head(words.say(f"workbook.bridge.{key}"), "money", 14) for key in ("foot", "total", "gain", "loss")),
    )
    return leaf.table(heads, lines)


def _spread(leaf: Leaf, entries: Sequence[Spread], words: Wording) -> Area:
    lines = [
        (
            named(entry.id, entry.name, " "), entry.target, entry.p10, entry.p50, entry.p90,
            ratio(leaf.at(3, n), leaf.at(1, n), entry.p50, entry.target), entry.p_quota,
        )
        for n, entry in enumerate(entries, start=1)
    ]  # fmt: skip
    heads = (
        Head(words.say("workbook.name"), width=46),
        Head(words.say("column.quota"), "money", 14, True),
        *(Head(words.say(f"column.{key}"), "money", 14) for key in ("p10", "p50", "p90")),
        Head(words.say("column.p50_of_quota"), "share", 14),
        Head(words.say("column.p_quota"), "share", 14),
    )
    return leaf.table(heads, lines, words.say("total"))


def _weeks(leaf: Leaf, result: SimulateResult, words: Wording) -> Area:
    cash = {week.id: week.mean for week in result.cash_by_week}
    signed = list(accumulate(week.mean for week in result.by_week))
    paid = list(accumulate(cash.get(week.id, 0.0) for week in result.by_week))
    lines = []
    for n, week in enumerate(result.by_week, start=1):
        so_far = f"=SUM({_fixed_row(leaf.at(1, 1))}:{leaf.at(1, n)})"
        cash_so_far = f"=SUM({_fixed_row(leaf.at(6, 1))}:{leaf.at(6, n)})"
        lines.append((
            week.name or week.id, week.mean, week.p10, week.p90, Live(so_far, signed[n - 1]),
            Live(cash_so_far, paid[n - 1]), cash.get(week.id, 0.0),
        ))  # fmt: skip
    heads = (
        Head(words.say("column.week"), width=46),
        Head(words.say("column.signed"), "money", 14, True),
        Head(words.say("column.p10"), "money", 14),
        Head(words.say("column.p90"), "money", 14),
        Head(words.say("column.so_far"), "money", 14),
        Head(words.say("workbook.cash_so_far"), "money", 14),
        Head(words.say("column.cash"), "money", 14, True),
    )
    return leaf.table(heads, lines, words.say("total"))


def _fixed_row(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}${cell[len(letters) :]}"
