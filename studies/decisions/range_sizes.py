"""On how many futures each range is seen, so that none is less sure than the least sure one is on all of them.

The first futures are a pilot of every range. A range whose figure has the half-width h there is seen on (h ÷ the widest
h)² of all futures: Stein's two-stage rule (Annals of Mathematical Statistics 16, 1945), asking of every range what the
one that spreads most reaches with all. It goes by spreads alone, not by where a mean lies, and is settled before the
rest is run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from studies.results import Estimate
from studies.statistics import SEEN_ENOUGH, Values, chance_gap_estimate, mean_estimate

__all__ = ["PILOT", "futures_of_ranges", "gap_estimate", "spread_of"]

PILOT = 60
"""Futures that every range is seen on: with fewer a spread is no more than a guess."""


def gap_estimate(kpi: str, gaps: Values) -> Estimate:
    """Mean paired difference of a KPI; a chance has the interval that differences of chances have."""
    return chance_gap_estimate(gaps) if kpi == "p_target" else mean_estimate(gaps)


def spread_of(kpi: str, gaps: Values) -> float | None:
    """Half-width of a pilot's mean difference; None where it shows in too few futures to say how far it spreads.

    Of a chance it always says so: a future differs by one at most.
    """
    if kpi != "p_target" and np.count_nonzero(gaps) < SEEN_ENOUGH:
        return None
    return gap_estimate(kpi, gaps).half_width


def futures_of_ranges(spreads: Sequence[Sequence[float | None]], count: int) -> list[int]:
    """Number of futures by range, from the spreads of its figures in the pilot; ``count`` is all there are.

    Every range has the same figures in the same order, each set against that figure of the others. All futures where
    one is not known.
    """
    if not spreads:
        return []
    widest = [max((spread or 0.0 for spread in figure), default=0.0) for figure in zip(*spreads, strict=True)]
    return [
        count
        if any(spread is None for spread in figures)
        else max(min(PILOT, count), *(_needed(s or 0.0, w, count) for s, w in zip(figures, widest, strict=True)))
        for figures in spreads
    ]


def _needed(spread: float, widest: float, count: int) -> int:
    return math.ceil(count * (spread / widest) ** 2) if widest > 0 else 0
