"""Statistical: how near "last quarter again" comes where the model is true, against exact sums over multinomials."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from studies.backtest.luck import Past, luck_of

pytestmark = pytest.mark.statistical

DEALS, SHARES = 60, np.array([0.5, 0.2, 0.2, 0.1])


def simulated(rng: np.random.Generator, replications: int, shares: NDArray[np.float64] = SHARES) -> NDArray[np.float64]:
    return rng.multinomial(DEALS, shares, size=replications).astype(float)


def test_the_error_that_it_would_have_is_that_of_binomials() -> None:
    """E|last − X| of each product, X ~ Binomial(60, share), summed and divided by the 60 deals."""
    rng = np.random.default_rng(1)
    last, replications = np.array([26.0, 15.0, 13.0, 6.0]), 40_000
    counts = np.arange(DEALS + 1)
    exact = sum(
        float(abs(counts - before) @ stats.binom.pmf(counts, DEALS, share))
        for before, share in zip(last, SHARES, strict=True)
    )
    runs = simulated(rng, replications)
    found = luck_of([Past(runs, DEALS * SHARES, last, actual=last)]).expected
    sd = float(abs(runs - last).sum(axis=1).std()) / DEALS
    assert abs(found - exact / DEALS) < 4 * sd / np.sqrt(replications)


def test_the_chance_of_two_products_is_that_of_a_binomial() -> None:
    """With two products the error is 2 |X − last| ÷ n, so as near as 3 deals off is X within 3 of last."""
    rng, replications = np.random.default_rng(2), 40_000
    shares = np.array([0.4, 0.6])
    last, actual = np.array([27.0, 33.0]), np.array([30.0, 30.0])
    said = luck_of([Past(simulated(rng, replications, shares), DEALS * shares, last, actual)])
    near = stats.binom.cdf(30, DEALS, 0.4) - stats.binom.cdf(23, DEALS, 0.4)
    assert abs(said.as_near - near) < 4 * np.sqrt(near * (1 - near) / replications)
    # The model says 24 and is 6 off, 3 deals farther than last: so X - 24 > X - 27 by 3, which is X of 27 or more.
    ahead = stats.binom.sf(26, DEALS, 0.4)
    assert abs(said.as_far_ahead - ahead) < 4 * np.sqrt(ahead * (1 - ahead) / replications)


def test_chances_are_even_where_the_model_is_true() -> None:
    """Two quarters, what happened drawn as the simulated ones are: a chance below x comes with a chance of x."""
    rng = np.random.default_rng(3)
    near, ahead = [], []
    for _ in range(600):
        windows = []
        for _ in range(2):
            last, actual = simulated(rng, 1)[0], simulated(rng, 1)[0]
            noise = rng.uniform(0, 1e-6, size=(401, 4))  # money is never equal; deals are, and would come in steps
            windows.append(Past(simulated(rng, 400) + noise[:-1], DEALS * SHARES, last, actual + noise[-1]))
        said = luck_of(windows)
        near.append(said.as_near)
        ahead.append(said.as_far_ahead)
    for chances in (near, ahead):
        assert stats.kstest(chances, "uniform").pvalue > 1e-4
        assert abs(np.mean(chances) - 0.5) < 4 / np.sqrt(12 * 600)


def test_a_model_that_misses_the_mix_is_told_from_luck() -> None:
    """Where the mix stays what it was and the model says another one, last is ahead by more than chance makes."""
    rng = np.random.default_rng(4)
    wrong = np.array([0.1, 0.2, 0.2, 0.5])
    windows = [
        Past(simulated(rng, 400, wrong), DEALS * wrong, simulated(rng, 1)[0], simulated(rng, 1)[0]) for _ in range(2)
    ]
    assert luck_of(windows).as_far_ahead < 0.01


def test_windows_do_not_share_their_draws() -> None:
    """The same replications twice are not one window with twice the error: the errors even out."""
    rng = np.random.default_rng(5)
    runs, last = simulated(rng, 20_000), DEALS * SHARES
    one, two = Past(runs, last, last, runs[0]), [Past(runs, last, last, runs[0])] * 2
    spread = abs(runs - last).sum(axis=1) / DEALS
    below = float(np.quantile(spread, 0.1))
    at = next(row for row in runs if abs(row - last).sum() / DEALS <= below)
    alone = luck_of([Past(runs, last, last, at)]).as_near
    together = luck_of([Past(runs, last, last, at)] * 2).as_near
    assert luck_of([one]).expected == pytest.approx(luck_of(two).expected)
    assert together < 0.6 * alone
