"""Sales cycles: how long an opportunity takes from an accepted need to its end, in working days.

Two families: lognormal, and a curve through points, which holds whatever shape a company's own deals have: two humps,
or a share of opportunities that never end.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["NEVER", "CurveCycle", "Cycle", "LognormalCycle"]

NEVER = 1e9
"""Working days of a cycle that does not end; finite, so that a part of it is a number too."""


class Cycle(ABC):
    """Distribution of a sales cycle C > 0 in working days. Two equal cycles are equal and hash alike."""

    median: float
    """Median; where fewer than half ever end, the longest that does."""

    @abstractmethod
    def cdf(self, days: float) -> float:
        """P(C <= days)."""

    @abstractmethod
    def survival(self, days: float) -> float:
        """P(C > days), accurate in the far tail."""

    @abstractmethod
    def integral(self, days: float) -> float:
        """Integral of the distribution function from 0 to ``days``."""

    def mean_cdf(self, start: float, end: float, horizon: float, part: float = 1.0) -> float:
        """Mean over arrivals uniform on [start, end) of P(part * C <= horizon - arrival).

        ``part`` is the share of the cycle that lies ahead of an opportunity that enters at a later stage.
        """
        if part <= 0:
            return min(max((horizon - start) / (end - start), 0.0), 1.0) if end > start else float(start <= horizon)
        if end <= start:
            return self.cdf((horizon - start) / part)
        upper, lower = (horizon - start) / part, (horizon - end) / part
        return (self.integral(upper) - self.integral(lower)) * part / (end - start)

    def cdf_between(self, days: float, low: float, high: float) -> float:
        """P(C <= days | low < C <= high).

        Where the condition has no measurable probability C sits at the end of (low, high] nearer to the median.
        """
        if days <= low:
            return 0.0
        if days >= high:
            return 1.0
        tail = self.survival if low > self.median else self.cdf
        whole = abs(tail(high) - tail(low))
        if whole < 1e-300:
            return 1.0 if low > self.median else 0.0
        return min(abs(tail(days) - tail(low)) / whole, 1.0)


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


@dataclass(frozen=True)
class LognormalCycle(Cycle):
    """``ln C ~ Normal(ln median, sigma)``; sigma 0 is the median itself."""

    median: float
    sigma: float

    def cdf(self, days: float) -> float:
        """P(C <= days)."""
        if days <= 0:
            return 0.0
        if self.sigma == 0:
            return 1.0 if days >= self.median else 0.0
        if math.isinf(days):
            return 1.0
        return _normal_cdf(math.log(days / self.median) / self.sigma)

    def survival(self, days: float) -> float:
        """P(C > days), accurate in the far tail."""
        if days <= 0:
            return 1.0
        if self.sigma == 0:
            return 1.0 - self.cdf(days)
        if math.isinf(days):
            return 0.0
        return _normal_cdf(-math.log(days / self.median) / self.sigma)

    def integral(self, days: float) -> float:
        """Integral of the distribution function from 0 to ``days``: x F(x) - E[C; C <= x]."""
        if days <= 0:
            return 0.0
        if self.sigma == 0:
            return max(days - self.median, 0.0)
        z = math.log(days / self.median) / self.sigma
        partial_mean = self.median * math.exp(self.sigma**2 / 2) * _normal_cdf(z - self.sigma)
        return days * _normal_cdf(z) - partial_mean


@dataclass(frozen=True)
class CurveCycle(Cycle):
    """Straight lines through (0, 0) and the points (days, share ended by then); what is missing to 1 never ends."""

    days: tuple[float, ...]
    """Working days above 0, rising."""
    ended: tuple[float, ...]
    """Shares, not falling, the last one above 0."""

    median: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        median = self.quantile(0.5) if self.ended[-1] >= 0.5 else self.days[-1]
        object.__setattr__(self, "median", median)

    @cached_property
    def _points(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return (0.0, *self.days), (0.0, *self.ended)

    @cached_property
    def _areas(self) -> tuple[float, ...]:
        """Integral up to each point."""
        days, ended = self._points
        areas = [0.0]
        for n in range(1, len(days)):
            areas.append(areas[-1] + (days[n] - days[n - 1]) * (ended[n] + ended[n - 1]) / 2)
        return tuple(areas)

    def cdf(self, days: float) -> float:
        """P(C <= days); 1 at infinity alone where some never end."""
        if days <= 0:
            return 0.0
        if math.isinf(days):
            return 1.0
        if days >= self.days[-1]:
            return self.ended[-1]
        at, share = self._points
        n = bisect_right(at, days)
        return share[n - 1] + (share[n] - share[n - 1]) * (days - at[n - 1]) / (at[n] - at[n - 1])

    def survival(self, days: float) -> float:
        """P(C > days)."""
        return 1.0 - self.cdf(days)

    def integral(self, days: float) -> float:
        """Integral of the distribution function from 0 to ``days``."""
        if days <= 0:
            return 0.0
        at, _ = self._points
        if days >= at[-1]:
            return self._areas[-1] + (days - at[-1]) * self.ended[-1]
        n = bisect_right(at, days)
        return self._areas[n - 1] + (days - at[n - 1]) * (self.cdf(at[n - 1]) + self.cdf(days)) / 2

    def quantile(self, share: float) -> float:
        """Least number of days by which this share has ended; ``NEVER`` above what ever ends."""
        at, ended = self._points
        if share > ended[-1]:
            return NEVER
        n = max(bisect_left(ended, share), 1)
        rise = ended[n] - ended[n - 1]
        return at[n] if rise <= 0 else at[n - 1] + (at[n] - at[n - 1]) * (share - ended[n - 1]) / rise
