"""What sets the number of closings: the hours of the reps, or how much there is to close."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr, stdtrit

__all__ = ["Binding", "binding", "capacity_behind", "chance_of_binding", "drift", "expected_least"]

Floats: TypeAlias = NDArray[np.float64]
LEAST_WEEKS = 10
LEAST_SPREAD = 0.25
"""Range of the logarithm of the open pipeline (a rise of 28%) below which closings cannot be told to follow it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """How closings a week answer to the open pipeline: 0 not at all (hours bind), 1 in proportion (they do not)."""

    elasticity: float | None
    low: float | None
    high: float | None
    weeks: int
    verdict: Literal["hours bind", "hours do not bind", "cannot tell"]


def binding(closings: Floats, pipeline: Floats, season: Floats) -> Binding:
    """Slope of ln(closings a week ÷ season) on ln(deals open at its start), least squares, 90% interval.

    "hours bind" where the interval lies below 1/2, "do not bind" where it lies above.
    """
    usable = (closings > 0) & (pipeline > 0)
    weeks = int(usable.sum())
    x, y = np.log(pipeline[usable]), np.log(closings[usable] / season[usable])
    if weeks < LEAST_WEEKS or float(np.ptp(x)) < LEAST_SPREAD:
        return Binding(None, None, None, weeks, "cannot tell")
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    residuals = y - y.mean() - slope * centred
    error = math.sqrt(float(residuals @ residuals) / (weeks - 2) / float(centred @ centred))
    half = float(stdtrit(weeks - 2, 0.95)) * error
    low, high = slope - half, slope + half
    verdict: Literal["hours bind", "hours do not bind", "cannot tell"] = "cannot tell"
    if high < 0.5:
        verdict = "hours bind"
    elif low > 0.5:
        verdict = "hours do not bind"
    return Binding(slope, low, high, weeks, verdict)


def chance_of_binding(closings: Floats, due: Floats, season: Floats) -> float:
    """Chance that hours set the closings a week, not what came due (expected numbers by the deals' ages).

    Either was as likely before, and speaks by when the closings came, given how many there were: in the proportions of
    the season alone, or of what came due × season (multinomial). The likelihoods' ratio is taken down by as much as
    weeks vary more than chance lets them under the better of the two.
    """
    count = float(closings.sum())
    if len(closings) < LEAST_WEEKS or count == 0 or due.min() <= 0 or season.min() <= 0:
        return 0.5
    bound, free = season / season.sum(), due * season / float(due @ season)
    excess = min(float(np.sum((closings - count * p) ** 2 / (count * p))) for p in (bound, free)) / (len(closings) - 1)
    return float(expit(float(closings @ np.log(bound / free)) / max(excess, 1.0)))


def drift(counts: Floats, expected: Floats) -> float:
    """Standard deviation, as a share, of what moves blocks of weeks up and down beyond chance (moments).

    ``counts`` are of shape (members, blocks), each member about its own mean; ``expected`` is the season, by block.
    """
    if counts.shape[1] < 3 or expected.min() <= 0:
        return 0.0
    counts = counts[counts.sum(axis=1) > 0]
    usual = counts.sum(axis=1, keepdims=True) * expected / expected.sum()
    excess = float(np.sum((counts - usual) ** 2 / usual)) - len(counts) * (counts.shape[1] - 1)
    return math.sqrt(max(excess, 0.0) / float(usual.sum())) if len(counts) else 0.0


def expected_least(first: float, second: float) -> float:
    """Mean of the lesser of two independent Poisson numbers, by Clark's formula for normals (Op. Res. 9, 1961)."""
    spread = math.sqrt(first + second)
    if spread == 0:
        return 0.0
    z = (first - second) / spread
    greater = first * float(ndtr(z)) + second * float(ndtr(-z)) + spread * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return max(first + second - greater, 0.0)


def capacity_behind(closed: float, due: float, most: float = 1.3) -> float:
    """Number that could have been closed where ``closed`` were, of ``due`` that came due: closed = E[min(both)].

    Who had more to close than time closed what there was time for; who had less did not show what was possible. At
    most ``most`` times what was closed, since beyond that nothing was seen.
    """
    low, high = closed, closed * most
    if closed <= 0 or expected_least(high, due) <= closed:
        return high
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if expected_least(middle, due) < closed else (low, middle)
    return (low + high) / 2
