"""How good forecasts of past windows were: coverage, quantile loss, absolute errors."""

from __future__ import annotations

from collections.abc import Sequence

from studies.backtest.backtests import DIMENSIONS, METHODS, BacktestRow, BacktestScore, BacktestWindow, Method
from studies.backtest.past_windows import Kind

__all__ = ["scores_of"]

LEVELS = (0.1, 0.5, 0.9)


def scores_of(kind: Kind, windows: Sequence[BacktestWindow]) -> list[BacktestScore]:
    """A score for each dimension over all windows of a kind."""
    scores: list[BacktestScore] = []
    if not windows:
        return scores
    for dimension in DIMENSIONS:
        rows = [row for window in windows for row in window.rows if row.dimension == dimension]
        whole = sum(row.actual for row in rows) or 1.0
        loss = sum(_pinball(row.actual, (row.p10, row.p50, row.p90)) for row in rows) / whole
        scores.append(
            BacktestScore(
                kind=kind,
                dimension=dimension,
                count=len(rows),
                inside=sum(row.inside for row in rows),
                pinball=loss,
                wape={method: _wape(rows, method) for method in METHODS},
                expected_wape=sum(row.expected_error or 0.0 for row in rows) / whole,
            )
        )
    return scores


def _wape(rows: Sequence[BacktestRow], method: Method) -> float:
    """Sum of absolute errors ÷ sum of what happened; of the model's P50, which is the value least far off."""
    off = sum(abs(row.forecast(method) - row.actual) for row in rows)
    return off / (sum(row.actual for row in rows) or 1.0)


def _pinball(actual: float, values: Sequence[float]) -> float:
    """Mean quantile loss at P10, P50 and P90 (Koenker, Bassett, Econometrica 46, 1978)."""
    losses = [
        max(level * (actual - value), (level - 1) * (actual - value))
        for level, value in zip(LEVELS, values, strict=True)
    ]
    return sum(losses) / len(losses)
