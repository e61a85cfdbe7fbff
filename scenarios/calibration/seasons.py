"""The season inside the quarter: what differs between its first, second and third month.

Months are told by their position in a quarter of the calendar; a fiscal quarter that begins in another month of the
same rhythm has the same three classes under other numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

__all__ = ["Season", "month_of_quarter", "rate_season", "share_season"]

Floats: TypeAlias = NDArray[np.float64]
MONTHS = 3
LEAST_PER_MONTH = 20
"""Observations of each month below which no season can be told."""
SIGNIFICANCE = 0.01
"""Chance of seeing a season where there is none; strict, since a season is seen only as often as quarters passed."""


@dataclass(frozen=True, slots=True)
class Season:
    """Factors of the three months on the quarter's mean; all 1 where the data show no season."""

    factors: tuple[float, float, float]
    counts: tuple[int, int, int]
    """Observations in each month."""
    p_value: float
    """Chance of differences as large without any season."""

    @property
    def is_there(self) -> bool:
        """Whether there is a season."""
        return self.factors != NONE


NONE = (1.0, 1.0, 1.0)


def month_of_quarter(month: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """0, 1 or 2 for a calendar month 1 to 12."""
    return np.asarray((np.asarray(month) - 1) % MONTHS, dtype=np.int64)


def share_season(won: Floats, closed: Floats, exposure: Floats) -> Season:
    """Season of a share, from three months' sums; ``exposure`` weighs the months in the quarter's mean."""
    counts = _counts(closed)
    if min(counts) < LEAST_PER_MONTH:
        return Season(NONE, counts, 1.0)
    pooled = float(won.sum() / closed.sum())
    if not 0 < pooled < 1:
        return Season(NONE, counts, 1.0)
    statistic = float(np.sum((won - closed * pooled) ** 2 / (closed * pooled * (1 - pooled))))
    return _season(statistic, won / closed, exposure, counts)


def rate_season(events: Floats, days: Floats, dispersion: float = 1.0) -> Season:
    """Season of events a day, from three months' sums; ``dispersion`` is variance ÷ mean, 1 for a Poisson process."""
    counts = _counts(events)
    if float(days.min()) <= 0 or min(counts) < LEAST_PER_MONTH:
        return Season(NONE, counts, 1.0)
    expected = days * float(events.sum() / days.sum())
    statistic = float(np.sum((events - expected) ** 2 / expected)) / dispersion
    return _season(statistic, events / days, np.ones(MONTHS), counts)


def _counts(values: Floats) -> tuple[int, int, int]:
    return int(values[0]), int(values[1]), int(values[2])


def _season(statistic: float, rates: Floats, weights: Floats, counts: tuple[int, int, int]) -> Season:
    """Factors shrunk by the part of the differences that chance alone would make (positive-part James-Stein)."""
    p_value = float(chdtrc(MONTHS - 1, statistic))
    mean = float(np.average(rates, weights=weights))
    if p_value > SIGNIFICANCE or mean <= 0:
        return Season(NONE, counts, p_value)
    kept = max(1 - (MONTHS - 1) / statistic, 0.0)
    first, second, third = (1 + kept * (float(rate) / mean - 1) for rate in rates)
    return Season((first, second, third), counts, p_value)
