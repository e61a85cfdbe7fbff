"""How often customers stop buying, where nothing says so but their silence.

A silence is no loss by itself: who buys twice a year is silent for a quarter as a rule. Customers buy at a rate of
their own (gamma over customers) and stop at any time with the same chance (Schmittlein, Morrison, Colombo, Management
Science 33, 1987: "Pareto/NBD", here with one rate of stopping); what of a silence is chance follows from the rhythm.
Where purchases come in bursts, rhythm says nothing, and neither does a silence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

__all__ = ["Purchases", "Stopping", "stopping"]

Floats: TypeAlias = NDArray[np.float64]
LEAST_CUSTOMERS = 10
"""Customers who bought again from which anything is said."""
MOST_CUSTOMERS = 2000
"""Of more, every k-th by the number of purchases serves, and the interval is that of as many."""
RATES = np.geomspace(1e-3, 300, 160)
"""Purchases a quarter over which the customers' gamma is integrated."""
WIDEST = 0.08
"""Width of the interval, or the chance itself where it is greater, above which the chance is not told."""
BURSTS = 2.33
"""Standard deviations by which gaps are more uneven than chance makes them (1%)."""


@dataclass(frozen=True, eq=False)
class Purchases:
    """What customers bought after their first purchase; times in quarters since it."""

    again: Floats
    """Number of later purchases."""
    last: Floats
    """Time of the last one; 0 where there is none."""
    watched: Floats
    """Time until the date."""
    squares: Floats
    """Sum of the squared gaps, as shares of the time of the last purchase."""

    def __len__(self) -> int:
        return len(self.again)


@dataclass(frozen=True, slots=True)
class Stopping:
    """Chance that a customer stops within a quarter, or why it cannot be told."""

    chance: float
    sd: float
    low: float
    """Ends of the 90% interval."""
    high: float
    customers: int
    """Customers who bought again."""
    purchases: int
    """Their purchases after the first."""
    reason: Literal["", "few", "bursts", "wide"]
    """Empty where it can be told."""


def stopping(purchases: Purchases) -> Stopping:
    """The chance of stopping, averaged over its likelihood at the most likely rhythm of the customers.

    Even in the root of the rate of stopping, which is Jeffreys' prior of a rate.
    """
    repeat = purchases.again >= 1
    count, bought = int(repeat.sum()), int(purchases.again.sum())
    if count < LEAST_CUSTOMERS:
        return Stopping(math.nan, math.nan, 0.0, 1.0, count, bought, "few")
    if _unevenness(purchases) > BURSTS:
        return Stopping(math.nan, math.nan, 0.0, 1.0, count, bought, "bursts")
    some = _thinned(purchases)
    at = np.array([math.log(1.0), math.log(1.0 / max(float(np.mean(some.again / some.watched)), 1e-3))])
    roots, weight = np.linspace(0.001, 1.0, 30), np.ones(30)
    for _ in range(2):  # where the likelihood lies, and then that stretch more closely
        heights = []
        for root in roots:
            at, height = _most_likely(some, root**2, at)
            heights.append(height)
        weight = np.exp(np.array(heights) - max(heights))
        there = np.flatnonzero(weight > 1e-4)
        ends = roots[max(there[0] - 1, 0)], roots[min(there[-1] + 1, len(roots) - 1)]
        chances, last = -np.expm1(-(roots**2)), roots
        roots = np.linspace(*ends, len(roots))
    weight /= weight.sum()
    mean = float(weight @ chances)
    sd = math.sqrt(max(float(weight @ chances**2) - mean**2, 0.0))
    by = np.concatenate(([0.0], np.cumsum(weight)))
    edges = np.concatenate(([last[0]], (last[1:] + last[:-1]) / 2, [last[-1]]))
    low, high = (float(-np.expm1(-(np.interp(share, by, edges) ** 2))) for share in (0.05, 0.95))
    wide = high - low > max(WIDEST, mean)
    return Stopping(mean, sd, low, high, count, bought, "wide" if wide else "")


def _unevenness(purchases: Purchases) -> float:
    """How far gaps between purchases are from those of chance, in standard deviations.

    Whenever a customer stops, purchases between the first and the last lie evenly by chance: of n gaps of one unit,
    squares add up to 2 / (n + 1) (Greenwood, J. Royal Statistical Society 109, 1946).
    """
    several = purchases.again >= 2
    n = purchases.again[several]
    if not len(n):
        return 0.0
    variance = 4 * (n - 1) / ((n + 1) ** 2 * (n + 2) * (n + 3))
    return float((purchases.squares[several] - 2 / (n + 1)).sum() / math.sqrt(variance.sum()))


def _thinned(purchases: Purchases) -> Purchases:
    step = -(-len(purchases) // MOST_CUSTOMERS)
    order = np.argsort(purchases.again, kind="stable")[::step]
    return Purchases(*(part[order] for part in (purchases.again, purchases.last, purchases.watched, purchases.squares)))


def _most_likely(purchases: Purchases, rate: float, start: Floats) -> tuple[Floats, float]:
    """Logarithms of the gamma's shape and rate, and the log-likelihood there, where customers stop at ``rate``."""
    lam = RATES[None, :]
    again, last, watched = (part[:, None] for part in (purchases.again, purchases.last, purchases.watched))
    both = lam + rate
    stopped = math.log(rate) - both * last
    still = np.log(lam) - both * watched
    terms = again * np.log(lam) - np.log(both) + np.logaddexp(stopped, still)
    peak = terms.max(axis=1, keepdims=True)
    scaled, base = np.exp(terms - peak), float(peak.sum())
    width = math.log(RATES[1] / RATES[0])

    def minus(at: Floats) -> float:
        shape, scale = math.exp(min(max(at[0], -6.0), 6.0)), math.exp(min(max(at[1], -9.0), 9.0))
        density = np.exp(shape * math.log(scale) - gammaln(shape) + shape * np.log(RATES) - scale * RATES)
        return float(-(np.log(np.maximum(scaled @ density * width, 1e-300)).sum() + base))

    found = minimize(minus, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-4, "maxiter": 200})
    return np.asarray(found.x, dtype=float), -float(found.fun)
