"""The back-test."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    "backtest.title": "Back-test: what the model would have said",
    "backtest.detail": "{export} · {n} simulations a window · seed {seed}",
    "backtest.inside_quarter": "On {n} of {count} quarters the total fell inside P10–P90.",
    "backtest.inside_rolling": "On {n} of {count} windows of 12 weeks the total fell inside P10–P90.",
    "backtest.untuned": "Every window is planned from what was known before its first day. No figure is fitted to the "
    "windows.",
    "backtest.last_nearer": "Last was nearer than Model ({dimension}): off by {last} against {model}. If every figure "
    "of the plans were true, Last would be off by {expected} on average, as near as it was in {near} of cases, and as "
    "far ahead of Model in {ahead}. {verdict}",
    "backtest.last_by_chance": "That can be chance.",
    "backtest.last_by_more": "Chance alone seldom makes that: something there changes less than Model expects.",
    "backtest.windows": "Total, window by window",
    "backtest.methods": "Percentages: how far a method was off; the model by its P50. Last: the window before, again. "
    "Pipeline: open value × the share of it that the window before signed. Line: a straight line through 26 weeks, "
    "drawn on.",
    "backtest.rolling": "Windows of 12 weeks overlap, so they do not count as so many separate trials.",
    "backtest.window.quarter": "quarter {start} – {end}",
    "backtest.window.rolling": "12 weeks {start} – {end}",
    "backtest.model": "Model",
    "backtest.last": "Last",
    "backtest.pipeline": "Pipeline",
    "backtest.drift": "Line",
    "backtest.chance": "Chance",
    "backtest.by_chance": "Chance: the error that Model would have on average if every figure of its plans were true; "
    "a difference between methods that is small beside it says little.",
    "backtest.not_known": "–",
    "backtest.scores": "How good over all windows",
    "backtest.coverage": "Inside: rows whose result lay within P10–P90; eight of ten are wanted.",
    "backtest.wape": "Model to Line: sum of all errors ÷ sum of what happened; the least stands out.",
    "backtest.pinball": "Loss: mean quantile loss at P10, P50 and P90 as a share of what happened; it punishes wide "
    "ranges too.",
    "backtest.within": "{n} of {count}",
    "backtest.kind.quarter": "quarters, {dimension}",
    "backtest.kind.rolling": "12 weeks, {dimension}",
    "backtest.by.total": "total",
    "backtest.by.region": "by region",
    "backtest.by.product": "by product",
    "backtest.by.rep": "by rep",
    "backtest.by.week": "by week",
    "backtest.yes": "yes",
    "backtest.no": "no",
    "backtest.causes": "Where it was off, and which assumption explains most of it",
    "backtest.over": "{window}: {what} was overestimated by {off} ({where}), above all because {because}.",
    "backtest.under": "{window}: {what} was underestimated by {off} ({where}), above all because {because}.",
    "backtest.whole": "the total",
    "backtest.range_inside": "inside P10–P90",
    "backtest.range_outside": "outside P10–P90",
    "backtest.because.leads": "{was} deals engaged in the window were closed in it, not {said}",
    "backtest.because.timing": "{was} of the deals open before were closed, not {said}",
    "backtest.because.closings": "{was} deals were closed, not {said}",
    "backtest.because.win_rate": "{was} of the deals closed were won, not {said}",
    "backtest.because.value": "a deal won was worth {was}, not {said}",
    "backtest.cause_table": "What makes up the difference, quarter from {start}",
    "backtest.cause.leads": "closed of new deals",
    "backtest.cause.timing": "closed of open deals",
    "backtest.cause.win_rate": "share won",
    "backtest.cause.value": "mean value",
    "backtest.adds_up": "The effects of one region add up to what happened less the mean forecast.",
    "column.window": "Window",
    "column.actual": "Happened",
    "column.inside": "Inside",
    "column.within": "Inside",
    "column.pinball": "Loss",
    "column.of_what": "Of what",
    "column.assumption": "Assumption",
    "column.forecast": "Forecast",
    "column.effect": "Effect",
}
