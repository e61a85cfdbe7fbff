"""When customers pay: on time, late by a lognormal number of days, or never.

An invoice that is open is not left out: it is late, or bad, by as many days as have passed since it fell due
(right-censoring). Whether it will ever be paid shows only in those that fell due so long ago that hardly a payment
comes later; where such are too few, the share that is never paid cannot be told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from scenarios.calibration.cycles import Durations, fit_lognormal
from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import share_interval

__all__ = ["DaysLate", "Payments", "bad_debt_share", "days_late", "late_share", "long_overdue"]

Floats: TypeAlias = NDArray[np.float64]
LEAST_DUE = 30
"""Invoices fallen due from which the share paid late can be told; the same of old ones for bad debt."""
LEAST_LATE = 15
"""Late payments from which their days can be told."""
LONG = 2.576
"""Standard deviations of the log of days: 99.5% of late payments come sooner."""
Z = 1.645


@dataclass(frozen=True, eq=False)
class Payments:
    """Invoices that fell due before a date; arrays of one length."""

    age: Floats
    """Calendar days from the due day to the date."""
    days: Floats
    """Calendar days from the due day to the payment; the age where it is open."""
    paid: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.age)

    @property
    def late(self) -> NDArray[np.bool_]:
        """Paid after the due day or, fallen due and open, not paid on it."""
        return (self.days > 0) | ~self.paid


@dataclass(frozen=True, slots=True)
class DaysLate:
    """Days late of those late: lognormal."""

    median: Figure
    sigma: Figure
    log_median_se: float
    distance: float
    """Largest distance between the days paid late and the lognormal, in shares."""


def days_late(payments: Payments, basis: str) -> DaysLate | None:
    """Median and spread of days late, open invoices counted; None where too few were paid late."""
    late = payments.late
    ended = payments.paid[late]
    count = int(ended.sum())
    # Paid d days late is paid at some hour of day d; open on the date is not paid by the end of the day before.
    days = np.where(ended, payments.days[late] - 0.5, payments.days[late] - 1.0)
    seen = days > 0
    days, ended = days[seen], ended[seen]
    if count < LEAST_LATE or float(np.ptp(days[ended])) == 0:
        return None
    durations = Durations.of(days, ended, np.zeros(len(days)))
    cure = not bool(ended.all())
    fit, covariance = fit_lognormal(durations, cure)
    if cure and not math.isfinite(covariance[0, 0]):
        fit, covariance = fit_lognormal(durations, cure=False)
    mu, sigma = float(fit[0]), math.exp(float(fit[1]))
    sampling = sigma / math.sqrt(count), 1 / math.sqrt(2 * count)
    error, spread = (math.sqrt(covariance[n, n]) if math.isfinite(covariance[n, n]) else sampling[n] for n in (0, 1))
    at = np.sort(days[ended])
    distance = float(np.max(abs((np.arange(count) + 0.5) / count - ndtr((np.log(at) - mu) / sigma))))
    median = Figure(math.exp(mu), count, basis, math.exp(mu - Z * error), math.exp(mu + Z * error))
    ends = min(sigma * math.exp(-Z * spread), 3.0), min(sigma * math.exp(Z * spread), 3.0)
    return DaysLate(median, Figure(min(sigma, 3.0), count, basis, *ends), error, distance)


def long_overdue(median: float, sigma: float) -> float:
    """Days after which hardly a late payment comes any more (one of 200)."""
    return median * math.exp(LONG * sigma)


def bad_debt_share(payments: Payments, long: float) -> Figure | None:
    """Share never paid: of those fallen due ``long`` days ago or earlier, what is open; None where they are too few."""
    old = payments.age >= long
    count, unpaid = int(old.sum()), int((old & ~payments.paid).sum())
    if count < LEAST_DUE:
        return None
    text = f"{unpaid:,} of {count:,} invoices due {long:.0f} days before or earlier are open still"
    # Jeffreys' mean, as none of a few is not never.
    return Figure((unpaid + 0.5) / (count + 1), count, text, *share_interval(unpaid, count))


def late_share(payments: Payments, bad_debt: float, basis: str) -> Figure | None:
    """Share paid late of what is paid at all, given the share that never is; None where too few fell due."""
    count, late = len(payments), int(payments.late.sum())
    if count < LEAST_DUE:
        return None
    low, value, high = (
        min(max((share - bad_debt) / (1 - bad_debt), 0.0), 1.0)
        for share in (share_interval(late, count)[0], late / count, share_interval(late, count)[1])
    )
    return Figure(value, count, basis, low, high)
