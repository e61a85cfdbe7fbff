"""Inverse distribution functions over arrays.

Every function maps uniforms `u` of the open interval (0, 1) to values; it is pure, does not decrease in `u`,
and broadcasts its parameters against `u`. Inverses keep common random numbers common: the same `u` under
another parameter gives the same quantile, so a changed plan moves each value a little and reshuffles nothing.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scenarios.cycles import NEVER, CurveCycle

Floats: TypeAlias = NDArray[np.float64]
Parameter: TypeAlias = float | NDArray[np.floating]


def exponential_threshold(u: Floats) -> Floats:
    """Threshold of mean 1 that a cumulative hazard has to reach before its event happens."""
    return -np.log1p(-u)


def lognormal(u: Floats, median: Parameter, sigma: Parameter) -> Floats:
    """Lognormal value by its median and the standard deviation of its logarithm."""
    _require("median", median, np.greater(median, 0), "above 0")
    _require("sigma", sigma, np.greater_equal(sigma, 0), "at least 0")
    return np.asarray(median * np.exp(sigma * special.ndtri(u)))


def lognormal_factor(u: Floats, sigma: Parameter) -> Floats:
    """Lognormal factor of mean 1: it spreads a quantity without moving its expectation."""
    _require("sigma", sigma, np.greater_equal(sigma, 0), "at least 0")
    return np.asarray(np.exp(sigma * special.ndtri(u) - np.square(sigma) / 2))


def truncated_lognormal(
    u: Floats, median: Parameter, sigma: Parameter, low: Parameter = 0.0, high: Parameter = np.inf
) -> Floats:
    """Lognormal value given that it lies in (low, high]; what remains of a cycle that has already lasted `low`.

    The result is inside the interval whatever the rounding. Where the interval's probability is beyond floating
    point, or sigma is 0 and the median outside, it is the end nearer the median, the limit of both cases.
    """
    _require("median", median, np.greater(median, 0), "above 0")
    _require("sigma", sigma, np.greater_equal(sigma, 0), "at least 0")
    _require("low", low, np.greater_equal(low, 0), "at least 0")
    _require("low", low, np.less(low, high), "below high")
    spread = np.where(np.equal(sigma, 0), 1.0, sigma)
    with np.errstate(divide="ignore", over="ignore"):  # log 0 = −∞ is the open lower end
        standard_low = (np.log(low) - np.log(median)) / spread
        standard_high = (np.log(high) - np.log(median)) / spread
    deviation = _truncated_normal(u, standard_low, standard_high)
    with np.errstate(over="ignore", under="ignore"):  # the clip below brings both back
        value = median * np.exp(sigma * deviation)
    return np.clip(value, np.nextafter(low, high), high)


def curve(u: Floats, cycle: CurveCycle, low: Parameter = 0.0, high: Parameter = np.inf) -> Floats:
    """Days of a curve given that they lie in (low, high]; ``NEVER`` for what never ends, which only ``high`` excludes.

    Where the interval's probability is 0 it is the end nearer the median, as of the lognormal.
    """
    days, ended = np.array([0.0, *cycle.days]), np.array([0.0, *cycle.ended])
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    below = np.interp(low, days, ended)
    above = np.where(np.isinf(high), 1.0, np.interp(high, days, ended))
    share = below + u * (above - below)
    value = np.where(share > ended[-1], NEVER, np.interp(share, ended, days))
    nearer = np.where(low > cycle.median, low, high)
    return np.clip(np.where(above > below, value, nearer), np.nextafter(low, high), high)


def _truncated_normal(u: Floats, low: Floats, high: Floats) -> Floats:
    """Standard normal value in (low, high], through logarithms of probabilities so that far tails keep digits."""
    # Above the median 1 − Φ keeps its digits and Φ does not: mirror those intervals into the lower tail.
    above = low > 0
    near = np.where(above, -low, high)
    far = np.where(above, -high, low)
    share_from_near = np.where(above, u, 1 - u)
    log_near = special.log_ndtr(near)
    lost = np.isneginf(log_near)
    log_ratio = special.log_ndtr(far) - np.where(lost, 0.0, log_near)
    # log of Φ(near) − share · (Φ(near) − Φ(far)), without forming either Φ.
    log_probability = log_near + np.log1p(share_from_near * np.expm1(np.where(lost, 0.0, log_ratio)))
    value = np.where(lost, near, special.ndtri_exp(log_probability))
    return np.where(above, -value, value)


def beta(u: Floats, mean: Parameter, standard_deviation: Parameter) -> Floats:
    """Beta-distributed share by its mean and standard deviation; a standard deviation of 0 returns the mean."""
    mean, standard_deviation = np.asarray(mean, dtype=float), np.asarray(standard_deviation, dtype=float)
    _require("mean", mean, (mean > 0) & (mean < 1), "between 0 and 1")
    variance = np.square(standard_deviation)
    limit = mean * (1 - mean)
    sensible = (standard_deviation >= 0) & (variance < limit)
    _require("standard_deviation", standard_deviation, sensible, "at least 0 and below √(mean · (1 − mean))")
    certain = variance == 0
    concentration = limit / np.where(certain, 1.0, variance) - 1
    concentration = np.where(certain, 1.0, concentration)
    share = special.betaincinv(mean * concentration, (1 - mean) * concentration, u)
    return np.where(certain, mean, share)


def uniform(u: Floats, low: Parameter, high: Parameter) -> Floats:
    """Value spread evenly over [low, high]."""
    _require("low", low, np.less_equal(low, high), "at most high")
    return np.clip(low + u * np.subtract(high, low), low, high)


def two_point(u: Floats, low: Parameter, high: Parameter, low_share: Parameter) -> Floats:
    """The low value with its chance, else the high one."""
    _require("low", low, np.less_equal(low, high), "at most high")
    _require("low_share", low_share, np.less_equal(0, low_share) & np.less_equal(low_share, 1), "between 0 and 1")
    return np.where(u < low_share, low, high)


def triangular(u: Floats, low: Parameter, mode: Parameter, high: Parameter) -> Floats:
    """Value of a triangular density over [low, high] with its peak at the mode."""
    _require("mode", mode, np.less_equal(low, mode) & np.less_equal(mode, high), "between low and high")
    width, rise, fall = np.subtract(high, low), np.subtract(mode, low), np.subtract(high, mode)
    value = np.where(u * width < rise, low + np.sqrt(u * width * rise), high - np.sqrt((1 - u) * width * fall))
    return np.clip(value, low, high)


def categorical(u: Floats, shares: Floats) -> NDArray[np.intp]:
    """Index of the chosen category; `shares` runs over categories on its last axis, the others broadcast with `u`."""
    shares = np.asarray(shares, dtype=float)
    _require("shares", shares, shares >= 0, "at least 0")
    total = shares.sum(axis=-1)
    _require("sum of shares", total, np.abs(total - 1) <= 1e-9, "1")
    cumulative = np.cumsum(shares, axis=-1)
    # Dividing by the last sum makes it exactly 1, so that a category of share 0 at the end is never chosen.
    bounds = cumulative[..., :-1] / cumulative[..., -1:]
    return np.asarray((np.asarray(u)[..., np.newaxis] >= bounds).sum(axis=-1))


def poisson_count(u: Floats, mean: Parameter) -> NDArray[np.int64]:
    """Least count whose cumulative Poisson probability reaches `u`."""
    _require("mean", mean, np.greater_equal(mean, 0) & np.isfinite(mean), "finite and at least 0")
    u, mean = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(mean, dtype=float))
    shape, u, mean = u.shape, u.ravel(), mean.ravel()
    # The Cornish-Fisher expansion lands within a few counts; steps along the exact distribution function do the rest.
    normal = special.ndtri(u)
    count = np.maximum(np.floor(mean + np.sqrt(mean) * normal + (np.square(normal) - 1) / 6), 0)
    short = np.flatnonzero(special.pdtr(count, mean) < u)
    while short.size:
        count[short] += 1
        short = short[special.pdtr(count[short], mean[short]) < u[short]]
    far = np.flatnonzero(count > 0)
    while (far := far[special.pdtr(count[far] - 1, mean[far]) >= u[far]]).size:
        count[far] -= 1
        far = far[count[far] > 0]
    return count.astype(np.int64).reshape(shape)


def _require(name: str, value: Parameter, holds: NDArray[np.bool_] | np.bool_, what: str) -> None:
    """Raise a ValueError that names the parameter and the first value that breaks its rule; NaN breaks every rule."""
    if not np.all(holds):
        wrong = np.broadcast_to(value, np.shape(holds))[~np.asarray(holds)].ravel()[0]
        raise ValueError(f"{name} must be {what}, found {wrong:g}")
