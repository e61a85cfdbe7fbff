"""Intervals of means, proportions and paired differences, and quantiles of what may happen.

All at 95%. Means: Student's t. Proportions: Wilson's score interval (E. B. Wilson, JASA 22, 1927).
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.kpis import Kpi
from studies.results import Difference, Estimate, KpiRow

__all__ = ["Values", "difference", "kpi_row", "mean_estimate", "proportion_estimate", "quantiles"]

Values: TypeAlias = NDArray[np.float64]

CONFIDENCE = 0.95


def mean_estimate(values: Values) -> Estimate:
    """Mean with its t interval; a single value tells nothing of the spread, so its interval is infinitely wide."""
    _refuse_gaps(values)
    count = len(values)
    mean = float(np.mean(values))
    if count < 2:
        return Estimate(mean=mean, ci_low=-math.inf, ci_high=math.inf)
    half = float(special.stdtrit(count - 1, 0.5 + CONFIDENCE / 2) * np.std(values, ddof=1) / math.sqrt(count))
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


def quantiles(values: Values) -> tuple[float, float, float]:
    """P10, P50 and P90 of what may happen."""
    _refuse_gaps(values)
    p10, p50, p90 = np.quantile(values, (0.1, 0.5, 0.9))
    return float(p10), float(p50), float(p90)


def _refuse_gaps(values: Values) -> None:
    """What is not known gets no answer: a figure that is no number would make every verdict "cannot tell"."""
    if not len(values):
        raise ValueError("no replication, no estimate")
    if not np.isfinite(values).all():
        raise ValueError("a replication's figure is not finite")


def kpi_row(kpi: Kpi, values: Values) -> KpiRow:
    """A KPI over replications; a chance gets Wilson's interval and quantiles that are 0 or 1, never between."""
    if kpi.id == "p_target":
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
    )


def difference(kpi: Kpi, a: Values, b: Values) -> Difference:
    """B − A, replication by replication on identical futures."""
    gaps = b - a
    estimate = mean_estimate(gaps)
    better = gaps > 0 if kpi.direction == "more" else gaps < 0
    verdict: Literal["better", "worse", "no difference", "cannot tell"]
    if not gaps.any():
        verdict = "no difference"
    elif estimate.ci_low > 0 or estimate.ci_high < 0:
        verdict = "better" if (estimate.mean > 0) == (kpi.direction == "more") else "worse"
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
    )
