"""Spreads of a few observations, which by themselves may be anything down to 0."""

from __future__ import annotations

import math

__all__ = ["ENOUGH", "leaning_spread", "worth_of_usual"]

ENOUGH = 30
"""Observations from which a spread stands by itself."""
USUAL = 4.0
"""Observations that the usual spread is worth beside hardly any."""


def worth_of_usual(count: int) -> float:
    """Observations that the usual spread is worth beside ``count`` of one's own: up to 4, and none beside 30."""
    return USUAL * max(1 - count / ENOUGH, 0.0)


def leaning_spread(own: float, count: int, usual: float) -> float:
    """Spread of a few observations that leans on the usual one: means of squares, each with its worth.

    Two deals that took 45 and 50 days do not say that all take 47: by themselves they would.
    """
    worth = worth_of_usual(count)
    return math.sqrt((worth * usual**2 + count * own**2) / (worth + count))
