"""The page of a back-test: whether what happened lay in the range, against simple methods, and why not."""

from __future__ import annotations

from reports.pages.parts import money_title, row
from reports.specs import Block, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.wording import Wording
from studies.backtest.backtests import METHODS, BacktestFinding, BacktestResult, BacktestScore, BacktestWindow, Method

__all__ = ["backtest_page", "said_finding"]

_COVERAGE = ("inside_quarter", "inside_rolling")
_SELDOM = 0.05
"""A lead that chance makes less often than this is put down to more than chance."""
_GIVES_WAY: dict[Method, int] = {"model": 0, "last": 0, "pipeline": 3, "drift": 4}


def backtest_page(result: BacktestResult, words: Wording, source: str = "EXPORT") -> Page:
    """Findings first, then every window, then the scores, then where misses come from."""
    export = " · ".join(filter(None, (result.export, result.description)))
    detail = words.say("backtest.detail", export=export, n=result.replications, seed=result.seed)
    blocks: list[Block] = [
        Heading(words.say("backtest.title"), detail),
        *(Sentence(_finding(finding, words), "headline") for finding in result.findings if finding.id in _COVERAGE),
        *(Sentence(_lucky(finding, words)) for finding in result.findings if finding.id == "last_nearer"),
        Sentence(words.say("backtest.untuned")),
        _windows(result, words),
        _scores(result, words),
    ]
    causes = tuple(_finding(finding, words) for finding in result.findings if finding.window is not None)
    if causes:
        blocks.append(Listing(words.say("backtest.causes"), causes))
    blocks += [
        _causes(window, result.currency, words)
        for window in result.windows
        if window.kind == "quarter" and window.causes
    ]
    return Page(tuple(blocks))


def _windows(result: BacktestResult, words: Wording) -> Table:
    scale = words.scale([window.total.actual for window in result.windows])
    columns = (
        Column(words.say("column.window")),
        Column(words.say("column.actual"), "figure"),
        Column(words.say("column.mean"), "figure", gives_way=2),
        Column("P10", "figure"),
        Column("P50", "figure"),
        Column("P90", "figure"),
        Column(words.say("column.inside"), "figure"),
        *(
            Column(words.say(f"backtest.{method}"), "figure", gives_way=n)
            for n, method in zip((0, 0, 3, 4), METHODS, strict=True)
        ),
    )
    rows: list[Row] = []
    for window in result.windows:
        total = window.total
        off = (
            words.signed_percent(total.forecast(method) / total.actual - 1) if total.actual else "–"
            for method in METHODS
        )
        rows.append(
            row(
                words.say(f"backtest.window.{window.kind}", start=window.start, end=window.end),
                scale.of(total.actual),
                scale.of(total.mean),
                scale.of(total.p10),
                scale.of(total.p50),
                scale.of(total.p90),
                _yes(total.inside, words),
                *off,
            )
        )
    notes = (
        (words.say("backtest.methods"), words.say("backtest.rolling"))
        if _rolling(result)
        else (words.say("backtest.methods"),)
    )
    return Table(money_title(words, "backtest.windows", scale, result.currency), columns, tuple(rows), notes)


def _rolling(result: BacktestResult) -> bool:
    return any(window.kind == "rolling" for window in result.windows)


def _yes(inside: bool, words: Wording) -> Mark:
    return Mark(words.say("backtest.yes"), "good") if inside else Mark(words.say("backtest.no"), "warning")


def _scores(result: BacktestResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.of_what")),
        Column(words.say("column.within"), "figure"),
        Column(words.say("column.pinball"), "figure"),
        *(Column(words.say(f"backtest.{method}"), "figure") for method in METHODS),
        Column(words.say("backtest.chance"), "figure"),
    )
    rows = tuple(_score(score, words) for score in result.scores)
    notes = (
        words.say("backtest.coverage"),
        words.say("backtest.wape"),
        words.say("backtest.pinball"),
        words.say("backtest.by_chance"),
    )
    return Table(words.say("backtest.scores"), columns, rows, notes)


def _score(score: BacktestScore, words: Wording) -> Row:
    best = min(score.wape.values())
    errors = (
        Mark(words.percent(score.wape[method], 1), "good")
        if score.wape[method] == best
        else words.percent(score.wape[method], 1)
        for method in METHODS
    )
    name = words.say(f"backtest.kind.{score.kind}", dimension=words.say(f"backtest.by.{score.dimension}"))
    within = words.say("backtest.within", n=score.inside, count=score.count)
    chance = words.say("backtest.not_known") if score.expected_wape is None else words.percent(score.expected_wape, 1)
    return row(name, within, words.percent(score.pinball, 1), *errors, chance)


def _causes(window: BacktestWindow, currency: str, words: Wording) -> Table:
    scale = words.scale([cause.amount for cause in window.causes])
    columns = (
        Column(words.say("column.region")),
        Column(words.say("column.assumption")),
        Column(words.say("column.forecast"), "figure"),
        Column(words.say("column.actual"), "figure"),
        Column(words.say("column.effect"), "figure"),
    )
    rows = []
    for cause in window.causes:
        figures = (
            words.percent(figure, 1) if cause.id == "win_rate" else words.figure(round(figure))
            for figure in (cause.forecast, cause.actual)
        )
        is_whole, name = cause.scope == "total", words.say(f"backtest.cause.{cause.id}")
        scope = words.say("backtest.by.total") if is_whole else cause.name
        rows.append(row(scope, name, *figures, scale.signed(cause.amount), strong=is_whole))
    table = words.say("backtest.cause_table", start=window.start)
    title = words.say("title.money", title=table, unit=words.unit_of(scale, currency))
    return Table(title, columns, tuple(rows), (words.say("backtest.adds_up"),))


def _lucky(finding: BacktestFinding, words: Wording) -> str:
    figures, seldom = finding.figures, finding.figures["as_far_ahead"] < _SELDOM
    return words.say(
        "backtest.last_nearer",
        dimension=words.say(f"backtest.by.{finding.name}"),
        last=words.percent(figures["last"], 1),
        model=words.percent(figures["model"], 1),
        expected=words.percent(figures["expected"], 1),
        near=words.percent(figures["as_near"], 0),
        ahead=words.percent(figures["as_far_ahead"], 0),
        verdict=words.say("backtest.last_by_more" if seldom else "backtest.last_by_chance"),
    )


def said_finding(finding: BacktestFinding, words: Wording) -> str:
    """A finding of a back-test in words."""
    return _lucky(finding, words) if finding.id == "last_nearer" else _finding(finding, words)


def _finding(finding: BacktestFinding, words: Wording) -> str:
    figures = finding.figures
    if finding.window is None:
        return words.say(f"backtest.{finding.id}", n=int(figures["inside"]), count=int(figures["count"]))
    share = finding.id == "cause_win_rate"
    said, was = (
        words.percent(figures[key], 1) if share else words.figure(round(figures[key])) for key in ("forecast", "actual")
    )
    direction = "over" if figures["off"] > 0 else "under"
    where = words.say("backtest.range_inside" if figures["inside"] else "backtest.range_outside")
    what = finding.name or words.say("backtest.whole")
    return words.say(
        f"backtest.{direction}",
        window=finding.window,
        what=what,
        off=words.percent(abs(figures["off"]), 1),
        because=words.say(f"backtest.because.{finding.id.removeprefix('cause_')}", said=said, was=was),
        where=where,
    )
