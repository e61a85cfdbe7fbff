"""Statistical: 95% intervals hold what they are about in 95% of cases, at fixed seeds."""

import numpy as np
import pytest
from scipy import stats

from studies.statistics import mean_estimate, proportion_estimate

pytestmark = pytest.mark.statistical

MACRO = 600
ALLOWED = 4 * (0.95 * 0.05 / MACRO) ** 0.5
"""z = 4 for a coverage of 95% over the macro-replications: 3.6 percentage points."""


def test_interval_of_a_mean_covers_it() -> None:
    samples = np.random.default_rng(20260105).normal(100, 30, (MACRO, 12))
    intervals = [mean_estimate(sample) for sample in samples]
    covered = np.mean([i.ci_low <= 100 <= i.ci_high for i in intervals])
    assert abs(covered - 0.95) <= ALLOWED


def test_interval_of_a_mean_covers_it_where_amounts_are_skewed() -> None:
    # Amounts signed are sums of lognormal deals; at 100 replications and this skewness the t interval still holds.
    samples = np.random.default_rng(20260106).lognormal(0, 0.6, (MACRO, 100))
    mean = np.exp(0.6**2 / 2)
    intervals = [mean_estimate(sample) for sample in samples]
    covered = np.mean([i.ci_low <= mean <= i.ci_high for i in intervals])
    assert abs(covered - 0.95) <= ALLOWED


@pytest.mark.parametrize("chance", [0.5, 0.2, 0.05])
def test_interval_of_a_chance_covers_it(chance: float) -> None:
    """By the same seed against theory: Wilson's coverage at a finite n is a sum of binomial probabilities."""
    n = 100
    hits = np.arange(n + 1)
    intervals = [proportion_estimate(np.repeat([1.0, 0.0], [k, n - k])) for k in hits]
    holds = np.array([i.ci_low <= chance <= i.ci_high for i in intervals])
    theory = float(stats.binom.pmf(hits, n, chance) @ holds)
    assert 0.93 <= theory <= 0.975
    drawn = np.random.default_rng(20260107).binomial(n, chance, MACRO)
    assert abs(np.mean(holds[drawn]) - theory) <= 4 * (theory * (1 - theory) / MACRO) ** 0.5
