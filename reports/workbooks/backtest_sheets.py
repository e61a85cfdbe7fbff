"""A back-test in a workbook: every window and member with what was said, what simple methods said, what happened."""

from __future__ import annotations

from reports.pages.backtest import backtest_page
from reports.specs import Sentence
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import COLOURS, FAIR, GOOD, Head, Leaf, Line, Live, dress
from studies.backtest.backtests import METHODS, BacktestResult

__all__ = ["write_backtest_sheets"]


def write_backtest_sheets(book: Book, result: BacktestResult, words: Wording) -> None:
    """The total window by window, the scores, the causes; on a sheet of their own all members."""
    leaf = Leaf(book, words.say("workbook.backtest"), words.say("backtest.title"))
    for block in backtest_page(result, words).blocks:
        if isinstance(block, Sentence):
            leaf.note(block.text)
    leaf.gap()
    leaf.heading(words.say("backtest.windows"))
    yes, no = words.say("backtest.yes"), words.say("backtest.no")
    lines: list[Line] = []
    for number, window in enumerate(result.windows, start=1):
        total, actual = window.total, leaf.at(3, number)
        off = [
            Live(
                f'=IF({actual}=0,"",{leaf.at(10 + column, number)}/{actual}-1)',
                total.forecast(method) / total.actual - 1,
            )
            if total.actual
            else None
            for column, method in enumerate(METHODS)
        ]
        lines.append((
            words.say(f"workbook.window.{window.kind}"), window.start, window.end, total.actual, total.mean, total.p10,
            total.p50, total.p90, yes if total.inside else no, window.deals_known,
            *(total.forecast(method) for method in METHODS), *off,
        ))  # fmt: skip
    heads = (
        Head(words.say("column.window"), width=24),
        Head(words.say("workbook.first_day"), "date", 14),
        Head(words.say("workbook.day_after"), "date", 14),
        Head(words.say("column.actual"), "money", 14),
        *(Head(words.say(f"column.{key}"), "money", 14) for key in ("mean", "p10", "p50", "p90")),
        Head(words.say("column.inside"), width=10),
        Head(words.say("workbook.deals_known"), "money", 14),
        *(Head(words.say(f"backtest.{method}"), "money", 14) for method in METHODS),
        *(Head(words.say("workbook.off", method=words.say(f"backtest.{method}")), "points", 14) for method in METHODS),
    )
    area = leaf.table(heads, lines)
    leaf.colour(area, 8, {yes: GOOD, no: FAIR})
    leaf.note(words.say("backtest.methods"))
    leaf.gap()
    row = leaf.row
    chart = book.chart({"type": "column"})
    for column, key, colour in ((3, "column.actual", COLOURS[3]), (6, "column.p50", COLOURS[1])):
        series = {"name": words.say(key), "categories": area.cells(1), "values": area.cells(column)}
        chart.add_series({**series, "fill": {"color": colour}, "gap": 60})
    dress(chart, words.say("backtest.windows"))
    leaf.gap(18)
    leaf.chart(chart, row, 0, 900)
    _scores(leaf, result, words)
    _causes(leaf, result, words)
    leaf.freeze(2)
    _members(book, result, words)


def _scores(leaf: Leaf, result: BacktestResult, words: Wording) -> None:
    leaf.heading(words.say("backtest.scores"))
    heads = (
        Head(words.say("column.of_what"), width=24),
        Head(words.say("column.count"), "money", 14),
        Head(words.say("column.inside"), "money", 14),
        Head(words.say("column.share"), "share", 14),
        Head(words.say("column.pinball"), "share", 14),
        *(Head(words.say(f"backtest.{method}"), "share", 14) for method in METHODS),
        Head(words.say("backtest.chance"), "share", 14),
    )
    lines: list[Line] = []
    for number, score in enumerate(result.scores, start=1):
        dimension = words.say(f"backtest.by.{score.dimension}")
        share = Live(f"={leaf.at(2, number)}/{leaf.at(1, number)}", score.inside / score.count) if score.count else None
        wape = (score.wape[method] for method in METHODS)
        name = words.say(f"backtest.kind.{score.kind}", dimension=dimension)
        lines.append((name, score.count, score.inside, share, score.pinball, *wape, score.expected_wape))
    leaf.table(heads, lines)
    leaf.row -= 1
    for key in ("backtest.coverage", "backtest.wape", "backtest.pinball", "backtest.by_chance"):
        leaf.note(words.say(key))
    leaf.gap()


def _causes(leaf: Leaf, result: BacktestResult, words: Wording) -> None:
    lines = [
        (
            words.say("backtest.by.total") if cause.scope == "total" else cause.name, window.start,
            words.say(f"backtest.cause.{cause.id}"), cause.forecast, cause.actual, cause.amount,
        )
        for window in result.windows
        for cause in window.causes
    ]  # fmt: skip
    if not lines:
        return
    leaf.heading(words.say("backtest.causes"))
    heads = (
        Head(words.say("column.region"), width=24),
        Head(words.say("workbook.first_day"), "date", 14),
        Head(words.say("column.assumption"), width=18),
        Head(words.say("column.forecast"), "plain", 14),
        Head(words.say("column.actual"), "plain", 14),
        Head(words.say("column.effect"), "signed", 14),
    )
    leaf.table(heads, lines)


def _members(book: Book, result: BacktestResult, words: Wording) -> None:
    leaf = Leaf(book, words.say("workbook.members"), words.say("workbook.members"))
    heads = (
        Head(words.say("workbook.first_day"), "date", 14),
        Head(words.say("workbook.dimension"), width=14),
        Head(words.say("workbook.id"), width=20),
        Head(words.say("workbook.name"), width=30),
        Head(words.say("column.actual"), "money", 14),
        *(Head(words.say(f"column.{key}"), "money", 14) for key in ("mean", "p10", "p50", "p90")),
        *(Head(words.say(f"backtest.{method}"), "money", 14) for method in METHODS[1:]),
    )
    lines = [
        (
            window.start, words.say(f"backtest.by.{row.dimension}"), row.id, row.name, row.actual, row.mean, row.p10,
            row.p50, row.p90, row.last, row.pipeline, row.drift,
        )
        for window in result.windows
        for row in window.rows
    ]  # fmt: skip
    area = leaf.table(heads, lines)
    leaf.page.autofilter(area.first - 1, 0, area.last, len(heads) - 1)
    leaf.freeze(area.first)
