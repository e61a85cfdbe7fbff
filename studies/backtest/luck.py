"""Whether a simple method was lucky: how near it would come, and how often, if the model were true.

What a method says of a window is known before it, so it can be set against simulated windows as it is against what
happened. A chance that is small speaks against the model, or for the method's luck; it cannot say which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studies.backtest.backtests import BacktestFinding, BacktestScore, BacktestWindow, Dimension

__all__ = ["Luck", "Past", "luck_of", "lucky_findings"]

Floats: TypeAlias = NDArray[np.float64]
_ROUNDING = 1e-12
"""Of errors, which are shares: what is as near but for it is as near."""


@dataclass(frozen=True, slots=True)
class Past:
    """One window of one dimension, member by member."""

    simulated: Floats
    """Replications × members."""
    model: Floats
    """What the model says."""
    said: Floats
    """What the method says."""
    actual: Floats


@dataclass(frozen=True, slots=True)
class Luck:
    """How a method would do if the model were true. Errors are sums over windows and members ÷ what happens."""

    expected: float
    """Its error, on average."""
    as_near: float
    """Chance that it is as near as it was, or nearer."""
    as_far_ahead: float
    """Chance that its error is below the model's by as much as it was, or by more."""


def luck_of(windows: Sequence[Past]) -> Luck:
    """Over windows that do not overlap, each simulated from what was known before it."""
    # Each window stands for itself: replication 7 of the first is set beside 8 of the second, whose draws are others.
    simulated = [np.roll(window.simulated, number, axis=0) for number, window in enumerate(windows)]
    said = _error(simulated, [window.said for window in windows])
    ahead = said - _error(simulated, [window.model for window in windows])
    actual = [window.actual[None, :] for window in windows]
    said_then = float(_error(actual, [window.said for window in windows])[0])
    ahead_then = said_then - float(_error(actual, [window.model for window in windows])[0])
    return Luck(
        expected=float(said.mean()),
        as_near=float((said <= said_then + _ROUNDING).mean()),
        as_far_ahead=float((ahead <= ahead_then + _ROUNDING).mean()),
    )


def lucky_findings(
    scores: Sequence[BacktestScore], windows: Sequence[BacktestWindow], pasts: Sequence[Mapping[Dimension, Past]]
) -> list[BacktestFinding]:
    """Where "last quarter again" was nearer than the model, and how often it is if the model is true.

    Nothing of quarters that overlap: they are no separate trials.
    """
    quarters = sorted((window.start, window.end) for window in windows)
    if any(later[0] < earlier[1] for earlier, later in pairwise(quarters)):
        return []
    findings = []
    for score in scores:
        if score.kind == "quarter" and score.wape["last"] < score.wape["model"]:
            luck = luck_of([past[score.dimension] for past in pasts])
            figures = {
                "last": score.wape["last"],
                "model": score.wape["model"],
                "expected": luck.expected,
                "as_near": luck.as_near,
                "as_far_ahead": luck.as_far_ahead,
            }
            findings.append(BacktestFinding(id="last_nearer", name=score.dimension, figures=figures))
    return findings


def _error(happened: Sequence[Floats], said: Sequence[Floats]) -> Floats:
    """Sum of absolute errors ÷ sum of what happens, in each row."""
    off = np.sum([abs(rows - values).sum(axis=1) for rows, values in zip(happened, said, strict=True)], axis=0)
    whole = np.sum([rows.sum(axis=1) for rows in happened], axis=0)
    return np.asarray(off / np.where(whole > 0, whole, 1.0))
