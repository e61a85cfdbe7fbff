"""What the model and three simple methods say about a past window, beside what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.crm.drafting import Draft
from scenarios.crm.estimates import Estimates
from scenarios.crm.export import Export
from scenarios.crm.history import between, known_on
from studies.backtest.backtests import BacktestRow, Dimension
from studies.backtest.luck import Past
from studies.backtest.past_windows import Window
from studies.replay.batches import Batch
from studies.statistics import quantiles

__all__ = ["Forecast", "forecast"]

Floats: TypeAlias = NDArray[np.float64]
TREND_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is said of a window beside what happened, and the simulations behind what the model says."""

    rows: tuple[BacktestRow, ...]
    simulated: Mapping[Dimension, Floats]
    """Replications × members, in the order of their rows."""

    def pasts(self) -> dict[Dimension, Past]:
        """The window again against what was simulated, dimension by dimension."""
        found: dict[Dimension, Past] = {}
        for dimension, simulated in self.simulated.items():
            rows = [row for row in self.rows if row.dimension == dimension]
            said, last, actual = (np.array([getattr(row, name) for row in rows]) for name in ("p50", "last", "actual"))
            found[dimension] = Past(simulated, said, last, actual)
        return found


def forecast(
    export: Export,
    window: Window,
    draft: Draft,
    estimates: Estimates,
    parts: Sequence[Batch],
    actual: pd.DataFrame,
    use_accounts: bool,
) -> Forecast:
    """Forecasts of the model and of three simple methods beside what happened, member by member."""
    won = actual[actual["outcome"] == "won"]
    history = known_on(export.deals, window.start, use_accounts)
    before = window.start - dt.timedelta(days=window.days)
    if window.kind == "quarter":
        before = (pd.Timestamp(window.start) - pd.DateOffset(months=3)).date()
    last = between(history.won, "closed", before, window.start)
    now_open = _worth(history.open, estimates)
    then_open = _worth(known_on(export.deals, before, use_accounts).open, estimates)
    share = float(last["value"].sum()) / float(then_open["worth"].sum()) if len(then_open) else 0.0
    # A quarter of 92 days is simulated as 13 weeks of 91: what a week's calendar leaves over is added in proportion.
    scale = window.days / (7 * window.weeks)
    weekly = _stack(parts, "by_week")
    simulated: dict[Dimension, Floats] = {"total": weekly.sum(axis=1, keepdims=True) * scale}

    def row(dimension: Dimension, id: str, name: str, drawn: Floats) -> BacktestRow:
        def own(deals: pd.DataFrame) -> pd.DataFrame:
            return deals if dimension == "total" else deals[deals[dimension] == name]

        return BacktestRow(
            dimension=dimension,
            id=id,
            name=name,
            actual=float(own(won)["value"].sum()),
            **_spread(drawn),
            last=float(own(last)["value"].sum()),
            pipeline=float(own(now_open)["worth"].sum()) * share,
            drift=_trend(own(history.won), window),
        )

    rows = [row("total", "total", "all", simulated["total"][:, 0])]
    dimensions: tuple[tuple[Dimension, str, Mapping[str, str]], ...] = (
        ("region", "by_region", draft.ids.regions),
        ("product", "by_product", draft.ids.products),
        ("rep", "by_rep", draft.ids.reps),
    )
    for dimension, table, names in dimensions:
        values, by_id = _stack(parts, table) * scale, {id: name for name, id in names.items()}
        rows += [row(dimension, id, by_id[id], values[:, number]) for number, id in enumerate(sorted(by_id))]
        simulated[dimension] = values[:, : len(by_id)]
    sold = _by_week(won, window.start)
    repeated = _by_week(last, before)
    even = float(now_open["worth"].sum()) * share / window.days * 7
    trend = _trend(history.won, window) / window.days * 7
    rows += [
        BacktestRow(
            dimension="week",
            id=str(number + 1),
            name=str(window.start + dt.timedelta(weeks=number)),
            actual=float(sold.get(number, 0.0)),
            **_spread(weekly[:, number]),
            last=float(repeated.get(number, 0.0)),
            pipeline=even,
            drift=trend,
        )
        for number in range(window.weeks)
    ]
    simulated["week"] = weekly[:, : window.weeks]
    return Forecast(tuple(rows), simulated)


def _spread(simulated: Floats) -> dict[str, float]:
    p10, p50, p90 = quantiles(simulated)
    off = float(abs(simulated - p50).mean())
    return {"mean": float(simulated.mean()), "p10": p10, "p50": p50, "p90": p90, "expected_error": off}


def _by_week(deals: pd.DataFrame, start: dt.date) -> pd.Series[float]:
    """Value by number of the week."""
    return deals["value"].groupby((deals["closed"] - pd.Timestamp(start)).dt.days // 7).sum()


def _stack(parts: Sequence[Batch], name: str) -> Floats:
    return np.concatenate([getattr(part, name) for part in parts])


def _worth(deals: pd.DataFrame, estimates: Estimates) -> pd.DataFrame:
    value = {product.name: product.mean_deal.value for product in estimates.products}
    return deals.assign(worth=deals["product"].map(value).fillna(0.0))


def _trend(won: pd.DataFrame, window: Window) -> float:
    """A straight line through the won value of the last 26 weeks, drawn on over the window; at least 0."""
    age = (pd.Timestamp(window.start) - won["closed"]).dt.days
    if won.empty:
        return 0.0
    weeks = int(min(age.max() // 7, TREND_WEEKS))
    if weeks < 4:
        return float(won["value"].sum()) / max(int(age.max()), 1) * window.days
    number = (age - 1) // 7
    weekly = np.array([float(won["value"][number == week].sum()) for week in range(weeks)])[::-1]
    x = np.arange(weeks) - weeks
    slope, level = np.polyfit(x + 0.5, weekly, 1)
    return max(float(level + slope * window.days / 14) * window.days / 7, 0.0)
