"""How long deals take until they are won or lost, where some are still open and some never end.

Two corrections decide whether such a figure means anything. An open deal is not left out: it has lasted at least its
age (right-censoring). And an export that begins on some day holds of the deals engaged before only those that were
still open then, so a deal counts from the age it had on that day (left truncation, delayed entry). Kaplan and Meier,
JASA 53, 1958; for delayed entry Tsai, Jewell, Wang, Biometrika 74, 1987; for deals that never end, the cure model of
Boag, J. Royal Statistical Society B 11, 1949.

Ages are whole days between dates, so of the deals that ended at an age of 30 days half had ended by 30.0: a curve is
read through the middles of its steps (the mid-distribution of tied values: Parzen, Statistical Science 19, 2004). Read
at the upper ends it is half a day early, which of a cycle of a week looks like no lognormal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_ndtr, ndtr

__all__ = ["CycleFit", "Durations", "calibrate_cycle", "fit_lognormal", "kaplan_meier", "without_waiting"]

Floats: TypeAlias = NDArray[np.float64]
LILLIEFORS = 0.886
"""Lilliefors' critical distance × √n at 5%, for a normal distribution whose parameters were estimated (1967)."""
TOLERANCE = 0.004
"""Largest distance, in shares, between a curve and the one with fewer points that is written for it."""
YOUNG_DAYS = 14.0
"""Ages in which a deal has not yet waited long for its rep."""
LEAST_ENDED = 30
"""Ends from which on a shape can be told; fewer take a lognormal."""


@dataclass(frozen=True, eq=False)
class Durations:
    """Calendar days of deals; arrays of one length."""

    days: Floats
    """Age at the end, or on the day of looking for what is open; at least half a day."""
    ended: NDArray[np.bool_]
    entry: Floats
    """Age from which on its end would have been seen."""

    @classmethod
    def of(cls, days: Floats, ended: NDArray[np.bool_], entry: Floats) -> Durations:
        """Durations of which an end was possible to see; an end on the day of the start counts as half a day."""
        days = np.maximum(np.asarray(days, dtype=float), 0.5)
        entry = np.clip(np.asarray(entry, dtype=float), 0.0, None)
        seen = days > entry
        return cls(days[seen], np.asarray(ended, dtype=bool)[seen], entry[seen])

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True, eq=False)
class CycleFit:
    """A sales cycle from deals: lognormal with a share that ends, or a curve where no lognormal fits."""

    median: float
    """Median calendar days of those that end."""
    sigma: float
    ever: float
    """Share of deals that ever end."""
    log_median_se: float
    """Standard error of the logarithm of the median."""
    ever_interval: tuple[float, float]
    days: tuple[float, ...]
    """Curve: calendar days and the share ended by then; empty where a lognormal in which all end fits."""
    shares: tuple[float, ...]
    distance: float
    """Largest distance between the curve of the deals and the lognormal."""
    limit: float
    """Distance above which the lognormal is refused."""
    count: int
    """Deals that ended."""
    open: int
    waiting: bool = False
    """Whether the wait for the rep was taken out."""

    def ended_by(self, days: Floats) -> Floats:
        """Share of deals that have ended by an age in calendar days."""
        if self.days:
            return np.interp(days, (0.0, *self.days), (0.0, *self.shares))
        with np.errstate(divide="ignore"):
            return np.asarray(self.ever * ndtr((np.log(days) - math.log(self.median)) / self.sigma))


def kaplan_meier(durations: Durations) -> tuple[Floats, Floats, Floats]:
    """Days of ends, the share ended by then, and its standard error (Greenwood)."""
    days = np.unique(durations.days[durations.ended])
    ends = np.searchsorted(days, durations.days[durations.ended])
    events = np.bincount(ends, minlength=len(days))
    entered = np.searchsorted(np.sort(durations.entry), days, side="left")
    gone = np.searchsorted(np.sort(durations.days), days, side="left")
    at_risk = entered - gone
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
    return days, 1 - survival, survival * np.sqrt(np.cumsum(terms))


def fit_lognormal(durations: Durations, cure: bool = True) -> tuple[Floats, Floats]:
    """Most likely (ln median, ln sigma[, logit of the share that ends]) and their covariance.

    Ln L = sum over ends of ln(c f) + over open of ln(1 - c F) - over all of ln(1 - c F(entry)).
    """
    log_days, log_entry = np.log(durations.days), np.log(np.maximum(durations.entry, 1e-9))
    ended, late = durations.ended, durations.entry > 0

    def minus_log_likelihood(parameters: Floats) -> float:
        mu, sigma = parameters[0], math.exp(min(max(parameters[1], -6.0), 4.0))
        ever = float(expit(parameters[2])) if cure else 1.0
        z = (log_days - mu) / sigma
        of_ends = math.log(max(ever, 1e-12)) - z[ended] ** 2 / 2 - math.log(sigma) - log_days[ended]
        of_open = np.log1p(-ever * ndtr(z[~ended])) if cure else log_ndtr(-z[~ended])
        entry = (log_entry[late] - mu) / sigma
        of_entry = np.log1p(-ever * ndtr(entry)) if cure else log_ndtr(-entry)
        return float(-(of_ends.sum() + of_open.sum() - of_entry.sum()))

    logs = log_days[ended]
    start = [float(np.median(logs)), math.log(max(float(np.std(logs)), 0.05))]
    if cure:
        share = min(max(float(ended.mean()), 0.05), 0.95)
        start.append(math.log(share / (1 - share)))
    options = {"xatol": 1e-5, "fatol": 1e-7, "maxiter": 4000}
    found = minimize(minus_log_likelihood, np.array(start), method="Nelder-Mead", options=options)  # type: ignore[call-overload]
    best = np.asarray(found.x, dtype=float)
    return best, _covariance(minus_log_likelihood, best)


def _covariance(function: Callable[[Floats], float], at: Floats) -> Floats:
    """Inverse of the second differences; NaN where the likelihood is flat."""
    size, step = len(at), 1e-3
    hessian = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            value = 0.0
            for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)):
                point = at.copy()
                point[i] += a * step
                point[j] += b * step
                value += sign * function(point)
            hessian[i, j] = hessian[j, i] = value / (4 * step**2)
    try:
        covariance = np.linalg.inv(hessian)
    except np.linalg.LinAlgError:
        return np.full((size, size), np.nan)
    usable = bool((np.diag(covariance) > 0).all())
    return np.asarray(covariance, dtype=float) if usable else np.full((size, size), np.nan)


def calibrate_cycle(durations: Durations, thinned: int = 4000) -> CycleFit | None:
    """The cycle that deals show; None where fewer than two have ended.

    A lognormal serves where the deals do not contradict it; else the curve of the deals themselves. Of more than
    ``thinned`` deals every k-th, by duration, serves for the lognormal's parameters; all of them for the curve.
    """
    count = int(durations.ended.sum())
    rest = len(durations) - count
    if count < 2 or float(np.ptp(durations.days[durations.ended])) == 0:
        return None
    some = _thin(durations, thinned)
    plain, covariance = fit_lognormal(some, cure=False)
    mu, sigma, ever, interval = plain[0], math.exp(plain[1]), 1.0, (1.0, 1.0)
    if count >= LEAST_ENDED and not durations.ended.all():
        cured, with_cure = fit_lognormal(some)
        # Twice the gain in log-likelihood above 2.71: 5% on the edge of the range (Self, Liang, JASA 82, 1987).
        if math.isfinite(with_cure[2, 2]) and 2 * _gain(some, plain, cured) > 2.71:
            ever = float(expit(cured[2]))
            se = math.sqrt(with_cure[2, 2])
            interval = float(expit(cured[2] - 1.645 * se)), float(expit(cured[2] + 1.645 * se))
            mu, sigma, covariance = cured[0], math.exp(cured[1]), with_cure
    days, ended, error = kaplan_meier(durations)
    middle = (ended + np.concatenate(([0.0], ended[:-1]))) / 2
    # Where no two deals ended at one age, the steps' ends are half a deal farther off than their middles.
    distance = float(np.max(abs(middle - ever * ndtr((np.log(days) - mu) / sigma)))) + 1 / (2 * count)
    limit = LILLIEFORS / math.sqrt(count)
    scale = math.sqrt(len(some) / len(durations))
    se = math.sqrt(covariance[0, 0]) * scale if math.isfinite(covariance[0, 0]) else sigma / math.sqrt(count)
    if count >= LEAST_ENDED and distance > limit:
        ever, last = float(ended[-1]), float(error[-1])
        middle[-1] = ever
        points, shares = _simplified(days, middle)
        # Ages at which the curve may be half way, by its own error (Brookmeyer, Crowley, Biometrics 38, 1982).
        low, median, high = (
            float(np.interp(ever / 2, (0.0, *np.maximum.accumulate(middle + side * error)), (0.0, *days)))
            for side in (1.645, 0.0, -1.645)
        )
        se = math.log(high / low) / (2 * 1.645)
        interval = max(ever - 1.645 * last, 0.0), min(ever + 1.645 * last, 1.0)
        return CycleFit(
            median, sigma, ever, se, interval, points, shares, distance, limit, count, len(durations) - count
        )
    points, shares = ((), ()) if ever == 1 else _lognormal_curve(mu, sigma, ever)
    rest = len(durations) - count
    return CycleFit(math.exp(mu), sigma, ever, se, interval, points, shares, distance, limit, count, rest)


def without_waiting(durations: Durations, fit: CycleFit) -> CycleFit:
    """The customer's own cycle where deals wait for the rep: the rate of ending at the youngest ages, kept for all.

    Where hours bind, an age at the end is mostly the wait for a rep, which a simulation adds by itself; in the first
    two weeks a deal has waited least. A constant rate also says that whoever is open is as ready as anybody, up to the
    longest age at which a deal ever ended, after which it is dead.
    """
    share = float(fit.ended_by(np.array([YOUNG_DAYS]))[0])
    mean = -YOUNG_DAYS / math.log(1 - min(max(share, 0.01), 0.99))
    longest = max(float(durations.days[durations.ended].max()), YOUNG_DAYS)
    days = np.linspace(longest / 40, longest, 40)
    shares = -np.expm1(-days / mean)
    young = max(share * fit.count, 1.0)
    return replace(
        fit,
        median=mean * math.log(2),
        log_median_se=1 / math.sqrt(young),
        days=_plain(days),
        shares=tuple(round(float(value), 9) for value in shares),
        ever=float(shares[-1]),
        waiting=True,
    )


def _gain(durations: Durations, plain: Floats, cured: Floats) -> float:
    def log_likelihood(mu: float, sigma: float, ever: float) -> float:
        z, entry = (np.log(x) - mu for x in (durations.days, np.maximum(durations.entry, 1e-9)))
        z, entry = z / sigma, entry / sigma
        ended = durations.ended
        ends = math.log(ever) * ended.sum() - (z[ended] ** 2).sum() / 2 - math.log(sigma) * ended.sum()
        rest = np.log(np.maximum(1 - ever * ndtr(z[~ended]), 1e-300)).sum()
        return float(ends + rest - np.log(np.maximum(1 - ever * ndtr(entry), 1e-300)).sum())

    whole = log_likelihood(plain[0], math.exp(plain[1]), 1.0)
    return log_likelihood(cured[0], math.exp(cured[1]), float(expit(cured[2]))) - whole


def _thin(durations: Durations, most: int) -> Durations:
    if len(durations) <= most:
        return durations
    order = np.lexsort((durations.entry, durations.ended, durations.days))
    chosen = order[np.linspace(0, len(order) - 1, most).round().astype(int)]
    return Durations(durations.days[chosen], durations.ended[chosen], durations.entry[chosen])


def _lognormal_curve(mu: float, sigma: float, ever: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    z = np.linspace(-3.2, 3.2, 41)
    return _plain(np.exp(mu + sigma * z)), _plain(ever * ndtr(z))


def _simplified(days: Floats, ended: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Fewest points, chosen one after the other, whose lines stay within the tolerance of the curve."""
    at, share = np.concatenate(([0.0], days)), np.concatenate(([0.0], ended))
    kept, start = [], 0
    while start < len(at) - 1:
        end = start + 1
        while end + 1 < len(at):
            line = np.interp(at[start : end + 2], at[[start, end + 1]], share[[start, end + 1]])
            if np.max(abs(line - share[start : end + 2])) > TOLERANCE:
                break
            end += 1
        kept.append(end)
        start = end
    return _plain(at[kept]), _plain(share[kept])


def _plain(values: Floats) -> tuple[float, ...]:
    """Digits that a reader can use; neither falling nor, for days, equal after it (shares may be)."""
    return tuple(float(f"{value:.5g}") for value in values)
