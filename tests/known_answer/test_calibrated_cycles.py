"""Known answer: the sales cycle of deals whose ages are whole days, where a lognormal serves and where none does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenarios.calibration.cycles import CycleFit, Durations, calibrate_cycle


def cycle_of(days: np.ndarray[tuple[int], np.dtype[np.float64]]) -> CycleFit:
    """All ended, and all was seen."""
    fit = calibrate_cycle(Durations.of(days, np.ones(len(days), dtype=bool), np.zeros(len(days))))
    assert fit is not None
    return fit


def in_whole_days(rng: np.random.Generator, median: float, sigma: float, count: int) -> CycleFit:
    """Days between the dates of two moments."""
    begun = rng.uniform(0, 1, count)
    return cycle_of(np.floor(begun + median * rng.lognormal(0, sigma, count)))


def test_a_curve_runs_through_the_middles_of_its_steps() -> None:
    """60 deals ended after 10 days and 60 after 50: a quarter by 10.0, all by 50, half of them a third of the way.

    A lognormal lies a standard deviation from each, at 15.9% on day 10: 9.1 points less, and half a deal is 0.4; 8.1
    would do.
    """
    fit = cycle_of(np.repeat([10.0, 50.0], 60))
    assert fit.distance == pytest.approx(0.25 - 0.158655 + 1 / 240, abs=1e-4)
    assert fit.limit == pytest.approx(0.886 / math.sqrt(120))
    assert (fit.days, fit.shares) == ((10, 50), (0.25, 1))
    assert fit.median == pytest.approx(10 + 40 / 3)
    # Greenwood at 10 days: 0.5 × √(60 ÷ (120 × 60)) = 0.0456, so the quarter may be 0.3251 or 0.1749.
    low, high = 10 + 40 * (0.5 - 0.3251) / (1 - 0.3251), 10 + 40 * (0.5 - 0.1749) / (1 - 0.1749)
    assert fit.log_median_se == pytest.approx(math.log(high / low) / 3.29, rel=1e-3)


@pytest.mark.statistical
@pytest.mark.parametrize("median", [4.0, 8.0, 30.0])
def test_whole_days_alone_refuse_no_lognormal(median: float) -> None:
    """5% of true lognormals may be refused: of 100 sets at most 11, in 99 of 100 cases."""
    rng = np.random.default_rng(5)
    fits = [in_whole_days(rng, median, 0.6, 600) for _ in range(100)]
    assert sum(bool(fit.days) for fit in fits) <= 11
    middle = np.array([math.log(fit.median / median) / fit.log_median_se for fit in fits])
    assert abs(middle.mean()) < 0.4


@pytest.mark.statistical
def test_the_median_of_a_curve_lies_in_its_interval() -> None:
    """Half of the deals about 10 days, half about 60: no lognormal. 90 of 100 intervals hold, ± 3 in 100 sets."""
    rng, held = np.random.default_rng(5), 0
    many = np.concatenate([median * rng.lognormal(0, 0.5, 400_000) for median in (10.0, 60.0)])
    truth = math.log(np.median(many))
    for _ in range(100):
        days = np.where(rng.uniform(size=500) < 0.5, 10.0, 60.0) * rng.lognormal(0, 0.5, 500)
        fit = cycle_of(np.floor(rng.uniform(size=500) + days))
        assert fit.days
        held += abs(math.log(fit.median) - truth) <= 1.645 * fit.log_median_se
    assert 82 <= held <= 97
