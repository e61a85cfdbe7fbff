"""Intervals of means, proportions and paired differences, and quantiles of what may happen.

All at 95%; ``docs/statistics.md`` says of each when it does not hold. Means: Student's t. Proportions: Wilson's score
interval (E. B. Wilson, JASA 22, 1927). Differences of paired proportions: the adjusted Wald interval (D. G. Bonett and
R. M. Price, J. Educational and Behavioral Statistics 37, 2012). Quantiles: order statistics (H. A. David and H. N.
Nagaraja, Order Statistics, 2003, section 7.1). Mean of the worst tenth: its asymptotic variance (S. X. Chen,
J. Financial Econometrics 6, 2008). Differences too small to matter: two one-sided tests (D. J. Schuirmann,
J. Pharmacokinetics Biopharmaceutics 15, 1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.kpis import KPIS, Kpi
from studies.results import Difference, Estimate, KpiRow, Margins, Unknown

__all__ = [
    "Values",
    "chance_gap_estimate",
    "difference",
    "is_equivalent",
    "kpi_row",
    "kpi_rows",
    "mean_estimate",
    "mean_gap",
    "mean_of_rare",
    "moved_estimate",
    "needed",
    "proportion_estimate",
    "quantile_ends",
    "quantile_interval",
    "quantiles",
    "resampled_interval",
    "spared",
    "tail_mean",
    "unknown_part",
]

Values: TypeAlias = NDArray[np.float64]

CONFIDENCE = 0.95
TAIL = 0.1
"""Share of futures that the worst are taken from."""
RESAMPLES = 500
SEEN_ENOUGH = 10
"""Futures in which a difference has to show before its t interval is believed: a mean of which all but two or three
terms are zero is far from normal, and its interval far too narrow."""


def mean_estimate(values: Values) -> Estimate:
    """Mean with its t interval; a single value tells nothing of the spread, so its interval is infinitely wide."""
    _refuse_gaps(values)
    count = len(values)
    mean = float(np.mean(values))
    if count < 2:
        return Estimate(mean=mean, ci_low=-math.inf, ci_high=math.inf)
    half = _t(count - 1) * float(np.std(values, ddof=1)) / math.sqrt(count)
    return Estimate(mean=mean, ci_low=mean - half, ci_high=mean + half)


def proportion_estimate(hits: Values) -> Estimate:
    """Share of ones with Wilson's interval, which stays inside [0, 1] and has width at shares of 0 and 1."""
    _refuse_gaps(hits)
    count, share = len(hits), float(np.mean(hits))
    z = float(special.ndtri(0.5 + CONFIDENCE / 2))
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    # The interval holds the share, and 0 or 1 where that is all that was seen, also in the last digit.
    return Estimate(mean=share, ci_low=min(max(centre - half, 0.0), share), ci_high=max(min(centre + half, 1.0), share))


def chance_gap_estimate(gaps: Values) -> Estimate:
    """Mean of paired differences of 0 and 1 with an interval that has width also where none or all of them differ.

    The adjusted Wald interval of Bonett and Price (2012): one future more that differs in each direction. The t
    interval of −1, 0 and 1 is far too narrow where few differ, and says ± 0 where none does.
    """
    _refuse_gaps(gaps)
    count, z = len(gaps) + 2, float(special.ndtri(0.5 + CONFIDENCE / 2))
    up, down = ((int(np.count_nonzero(gaps == way)) + 1) / count for way in (1, -1))
    mean, centre = float(np.mean(gaps)), up - down
    half = z * math.sqrt((up + down - centre**2) / count)
    return Estimate(mean=mean, ci_low=max(centre - half, -1.0), ci_high=min(centre + half, 1.0))


def moved_estimate(values: Values, shifts: Values) -> Estimate:
    """Mean of values after shifts that were seen in the first of their futures only.

    Values have a mean over all their futures, shifts over theirs: two-phase sampling with the difference as estimator
    (W. G. Cochran, Sampling Techniques, 1977, 12.9). With all shifts seen it is the mean of the sums.
    """
    _refuse_gaps(values)
    _refuse_gaps(shifts)
    count, seen = len(values), len(shifts)
    mean = float(np.mean(values)) + float(np.mean(shifts))
    if seen < 2:
        return Estimate(mean=mean, ci_low=-math.inf, ci_high=math.inf)
    # The futures that both means share, and those that only one is of.
    variance = float(np.var(shifts + values[:seen] * (seen / count), ddof=1)) / seen
    variance += float(np.var(values, ddof=1)) * (count - seen) / count**2
    half = _t(seen - 1) * math.sqrt(variance)
    return Estimate(mean=mean, ci_low=mean - half, ci_high=mean + half)


def quantiles(values: Values) -> tuple[float, float, float]:
    """P10, P50 and P90 of what may happen."""
    _refuse_gaps(values)
    p10, p50, p90 = np.quantile(values, (0.1, 0.5, 0.9))
    return float(p10), float(p50), float(p90)


def quantile_interval(values: Values, share: float) -> tuple[float, float] | None:
    """Order statistics between which the quantile lies with at least 95%; None where there are too few values."""
    low, high = quantile_ends(values, share)
    return None if low is None or high is None else (low, high)


def quantile_ends(values: Values, share: float) -> tuple[float | None, float | None]:
    """The ends of a quantile's interval, each None where there are too few values beyond it."""
    _refuse_gaps(values)
    count, ordered = len(values), np.sort(values)
    low = _binomial_quantile((1 - CONFIDENCE) / 2, count, share) - 1
    high = _binomial_quantile((1 + CONFIDENCE) / 2, count, share)
    return float(ordered[low]) if low >= 0 else None, float(ordered[high]) if high < count else None


def _binomial_quantile(probability: float, count: int, share: float) -> int:
    """Hits that are not exceeded with that probability, at least; ``scipy.stats`` takes a third of a second to load."""
    number = math.ceil(special.bdtrik(probability, count, share))
    while number > 0 and special.bdtr(number - 1, count, share) >= probability:
        number -= 1
    return number


def tail_mean(values: Values, worst: Literal["low", "high"] = "low", share: float = TAIL) -> Estimate | None:
    """Mean of the worst ``share`` of futures, with the interval of its asymptotic variance; None below 10 of them.

    With the quantile q, the mean is q − E[(q − X)⁺] ÷ share: an average over all futures, whose variance is taken.
    """
    _refuse_gaps(values)
    count = len(values)
    if count * share < SEEN_ENOUGH:
        return None
    sign = 1.0 if worst == "low" else -1.0
    quantile = float(np.quantile(sign * values, share, method="inverted_cdf"))
    terms = quantile - np.maximum(quantile - sign * values, 0.0) / share
    mean = float(np.mean(terms))
    half = _t(count - 1) * float(np.std(terms, ddof=1)) / math.sqrt(count)
    low, high = mean - half, mean + half
    return Estimate(mean=sign * mean, ci_low=min(sign * low, sign * high), ci_high=max(sign * low, sign * high))


def mean_of_rare(values: Values) -> Estimate | None:
    """Mean with its t interval where differences show often enough for one; None where a few futures decide it."""
    seen = int(np.count_nonzero(values))
    return mean_estimate(values) if seen == 0 or seen >= SEEN_ENOUGH else None


def is_equivalent(figure: Estimate, margin: float) -> bool:
    """Whether the whole interval lies within ± ``margin``: the difference is surely too small to matter.

    Two one-sided tests (Schuirmann 1987), each at 2.5%, as the interval is one of 95%.
    """
    return -margin < figure.ci_low and figure.ci_high < margin


def needed(values: Values, margin: float, seen: int | None = None) -> int | None:
    """Replications from which on the mean's interval would leave zero out, or lie within ± ``margin``.

    That is, if mean and spread stay what they are. ``seen`` is in how many of them a difference shows; those that are
    not zero, if not given. None where there is no spread to go by. Rough: the mean itself is uncertain, that is why
    nothing can be told.
    """
    count, seen = len(values), int(np.count_nonzero(values)) if seen is None else seen
    mean, spread = abs(float(np.mean(values))), float(np.std(values, ddof=1)) if count > 1 else 0.0
    if spread == 0:
        return None
    half_width = max(mean, margin - mean)
    for_interval = (special.ndtri(0.5 + CONFIDENCE / 2) * spread / half_width) ** 2
    for_sight = count * SEEN_ENOUGH / max(seen, 1)
    return math.ceil(max(for_interval, for_sight, count))


def resampled_interval(table: Values, of: Callable[[Values], float], seed: int) -> tuple[float, float]:
    """Of a figure that follows from the means of a table's rows, by bootstrap over its columns, which are futures."""
    generator = np.random.default_rng(seed)
    count = table.shape[1]
    figures = [of(table[:, pick].mean(axis=1)) for pick in generator.integers(0, count, (RESAMPLES, count))]
    low, high = np.quantile(figures, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(low), float(high)


def spared(a: Values, b: Values) -> float | None:
    """How many times as many replications independent futures would take for the interval of B − A.

    The variance of the difference were they independent ÷ that of the paired differences; None without spread.
    """
    if len(a) < 2:
        return None
    paired = float(np.var(b - a, ddof=1))
    return float(np.var(a, ddof=1) + np.var(b, ddof=1)) / paired if paired > 0 else None


def unknown_part(values: Values, nature: Values) -> Unknown | None:
    """The part of the spread that comes from what nobody knows; None where nothing is drawn or too little is seen.

    The mean given the state of nature is fitted to the factors' logarithms, linear, by least squares. The share is R²
    adjusted for the number of factors; its interval that of the multiple correlation by Fisher's transformation. What
    the line does not follow counts as chance, so the share is a lower bound.
    """
    varying = nature[:, np.ptp(nature, axis=0) > 0] if len(nature) else nature
    count, factors = varying.shape
    if factors == 0 or count < max(30, 5 * factors) or not np.ptp(values) > 0:
        return None
    logs = np.log(np.maximum(varying, 1e-12))
    design = np.column_stack([np.ones(count), logs - logs.mean(axis=0)])
    fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    raw = float(np.var(fitted) / np.var(values))
    share = max(1 - (1 - raw) * (count - 1) / (count - factors - 1), 0.0)
    z, half = math.atanh(min(math.sqrt(share), 0.999999)), 1.96 / math.sqrt(count - factors - 2)
    low, high = math.tanh(max(z - half, 0.0)) ** 2, math.tanh(z + half) ** 2
    # Fitted values spread too far by their own error: they are drawn in to the variance that is explained.
    drawn_in = math.sqrt(share / raw) if raw > 0 else 0.0
    states = np.mean(values) + (fitted - np.mean(fitted)) * drawn_in
    p10, p90 = np.quantile(states, (0.1, 0.9))
    return Unknown(share=Estimate(mean=share, ci_low=low, ci_high=high), low=float(p10), high=float(p90))


def _t(freedom: int) -> float:
    return float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2))


def _refuse_gaps(values: Values) -> None:
    """What is not known gets no answer: a figure that is no number would make every verdict "cannot tell"."""
    if not len(values):
        raise ValueError("no replication, no estimate")
    if not np.isfinite(values).all():
        raise ValueError("a replication's figure is not finite")


def kpi_row(kpi: Kpi, values: Values, nature: Values | None = None) -> KpiRow:
    """A KPI over replications; a chance gets Wilson's interval and quantiles that are 0 or 1, never between."""
    is_chance = kpi.id == "p_target"
    if is_chance:
        estimate = proportion_estimate(values)
        p10, p50, p90 = (float(q) for q in np.quantile(values, (0.1, 0.5, 0.9), method="inverted_cdf"))
    else:
        estimate = mean_estimate(values)
        p10, p50, p90 = quantiles(values)
    return KpiRow(
        id=kpi.id,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        mean=estimate.mean,
        ci_low=estimate.ci_low,
        ci_high=estimate.ci_high,
        p10=p10,
        p50=p50,
        p90=p90,
        p10_interval=None if is_chance else quantile_interval(values, 0.1),
        p50_interval=None if is_chance else quantile_interval(values, 0.5),
        p90_interval=None if is_chance else quantile_interval(values, 0.9),
        worst_tenth=None if is_chance else tail_mean(values, "low" if kpi.direction == "more" else "high"),
        unknown=None if nature is None else unknown_part(values, nature),
    )


def kpi_rows(kpis: Mapping[str, Values], nature: Values | None = None) -> tuple[KpiRow, ...]:
    """All KPIs over replications."""
    return tuple(kpi_row(kpi, kpis[kpi.id], nature) for kpi in KPIS.values())


def mean_gap(a: Mapping[str, Values], b: Mapping[str, Values], kpi: str) -> Estimate:
    """Mean of a KPI in A less in B, pair by pair."""
    return mean_estimate(a[kpi] - b[kpi])


def difference(kpi: Kpi, a: Values, b: Values, margins: Margins) -> Difference:
    """B − A, replication by replication on identical futures."""
    gaps = b - a
    estimate = mean_estimate(gaps)
    better = gaps > 0 if kpi.direction == "more" else gaps < 0
    margin = margins.of(kpi.id, kpi.unit)
    verdict: Literal["better", "worse", "no difference", "does not matter", "cannot tell"]
    if not gaps.any():
        verdict = "no difference"
    elif np.count_nonzero(gaps) < SEEN_ENOUGH:
        verdict = "cannot tell"
    elif estimate.ci_low > 0 or estimate.ci_high < 0:
        verdict = "better" if (estimate.mean > 0) == (kpi.direction == "more") else "worse"
    elif margin is not None and is_equivalent(estimate, margin):
        verdict = "does not matter"
    else:
        verdict = "cannot tell"
    return Difference(
        id=kpi.id,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        mean_a=float(np.mean(a)),
        mean_b=float(np.mean(b)),
        mean=estimate.mean,
        ci_low=estimate.ci_low,
        ci_high=estimate.ci_high,
        verdict=verdict,
        p_b_beats_a=float(np.mean(better)),
        spared=spared(a, b),
    )
