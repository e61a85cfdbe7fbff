"""How often people leave: events in a time of being watched, which ends for whom is still there with the date."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import count_interval

__all__ = ["Leaving", "leaving_rate"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A rate of leaving, the same for all and constant in time."""

    per_year: Figure
    spread: float
    """Standard deviation of what the rate may be, as a share of it."""

    def chance(self, years: float) -> Figure:
        """Chance that one person leaves within a time, with the ends of its interval."""
        rate = self.per_year
        assert rate.low is not None
        assert rate.high is not None
        value, low, high = (-math.expm1(-each * years) for each in (rate.value, rate.low, rate.high))
        return Figure(value, rate.count, rate.basis, low, high)


def leaving_rate(left: int, years: float, basis: str) -> Leaving:
    """Rate from leavers and person-years: gamma with Jeffreys' prior, of which the mean is taken."""
    low, high = count_interval(left, years)
    return Leaving(Figure((left + 0.5) / years, left, basis, low, high), 1 / math.sqrt(left + 0.5))
