"""Draws against theory, at fixed seeds. A fair generator fails one assertion here about once in 100,000 seeds."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from scipy import stats

from simulation.distributions import exponential_threshold, poisson_count
from simulation.draws import Draws, Entities, PoissonLayers, Purpose, philox4x32, poisson_points
from tests.many_draws import uniforms_block

pytestmark = pytest.mark.statistical

LEAST_P = 1e-5
MOST_Z = 4.4  # two-sided p of 1e-5

# Ids as plans have them: alike but for the last digits.
ENTITIES = Entities.of(f"opportunity:O-{number:05d}" for number in range(20_000))
FEW = Entities.of(f"account:A-{number}/cross_sell/S{number % 4}" for number in range(40))


def assert_uniform(values):
    counts = np.bincount((values.ravel() * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > LEAST_P
    assert stats.kstest(values.ravel(), "uniform").pvalue > LEAST_P
    # The low bits of the words decide as much as the high ones.
    low_bits = ((values * 2**32 - 0.5).astype(np.int64) & 0xFF).ravel()
    assert stats.chisquare(np.bincount(low_bits, minlength=256)).pvalue > LEAST_P


def assert_independent(first, second):
    first, second = first.ravel(), second.ravel()
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) * np.sqrt(first.size) < MOST_Z
    cells = (first * 16).astype(int) * 16 + (second * 16).astype(int)
    assert stats.chisquare(np.bincount(cells, minlength=256)).pvalue > LEAST_P


@pytest.mark.parametrize("seed", [0, 1, 2026, 2**32 - 1])
def test_uniform_over_entities(seed):
    assert_uniform(Draws(seed, 0).uniforms(Purpose.VALUE, ENTITIES, 5))


def test_uniform_over_replications_of_one_entity():
    assert_uniform(uniforms_block(7, np.arange(100_000), Purpose.STRIKE, FEW.take(np.array([0]))))


def test_uniform_over_indices_of_one_entity():
    assert_uniform(Draws(7, 3).uniforms(Purpose.STRIKE, FEW.take(np.array([0])), 100_000))


def test_uniform_over_seeds():
    values = [Draws(seed, 0).uniforms(Purpose.NATURE, FEW) for seed in range(2_000)]
    assert_uniform(np.array(values))


def test_neighbouring_ids_are_independent():
    values = Draws(11, 4).uniforms(Purpose.CYCLE, ENTITIES, 4)
    assert_independent(values[:-1], values[1:])


def test_neighbouring_indices_are_independent():
    values = Draws(11, 4).uniforms(Purpose.CYCLE, ENTITIES, 8)
    for left, right in pairwise(range(8)):
        assert_independent(values[:, left], values[:, right])
    assert_independent(values[:, :4], values[:, 4:])


def test_purposes_are_independent():
    values = [Draws(11, 4).uniforms(purpose, ENTITIES) for purpose in Purpose]
    correlations = np.corrcoef(np.array(values)[:, :, 0])
    between = correlations[np.triu_indices(len(Purpose), 1)] * np.sqrt(len(ENTITIES))
    # All pairs: the limit is that of the largest of them.
    assert np.abs(between).max() < stats.norm.isf(LEAST_P / (2 * between.size))
    for first, second in pairwise(values):
        assert_independent(first, second)


def test_neighbouring_replications_are_independent():
    values = uniforms_block(11, np.arange(3_000), Purpose.EVENT, FEW)
    assert_independent(values[:-1], values[1:])
    # A replication's total is what results are made of: its neighbours say nothing about it.
    totals = stats.norm.cdf((values.sum(axis=(1, 2)) - 20) / np.sqrt(40 / 12))
    assert_independent(totals[:-1], totals[1:])


def test_neighbouring_seeds_are_independent():
    values = np.array([Draws(seed, 9).uniforms(Purpose.EVENT, ENTITIES) for seed in (100, 101, 102, 103)])
    for first, second in pairwise(values):
        assert_independent(first, second)
    # Seeds and replications must not be interchangeable: (1, 2) is not (2, 1).
    swapped = [Draws(*pair).uniforms(Purpose.EVENT, ENTITIES) for pair in ((1, 2), (2, 1))]
    assert_independent(*swapped)


def test_every_pair_of_purposes_fills_the_square_evenly():
    """Over ids and replications at once; the limit is that of the least of 105 p-values."""
    few = ENTITIES.take(np.arange(200))
    cells = {p: (uniforms_block(11, np.arange(40), p, few) * 8).astype(int).ravel() for p in Purpose}
    pairs = list(combinations(Purpose, 2))
    least = min(stats.chisquare(np.bincount(8 * cells[a] + cells[b], minlength=64)).pvalue for a, b in pairs)
    assert least > LEAST_P / len(pairs)


def test_an_id_its_neighbour_another_purpose_and_the_next_replication_fill_the_space_evenly():
    """Four draws that differ by one step in one direction each: 6 ** 4 cells."""
    values = uniforms_block(11, np.arange(61), Purpose.CYCLE, ENTITIES.take(np.arange(1_001)))[:, :, 0]
    other = uniforms_block(11, np.arange(61), Purpose.VALUE, ENTITIES.take(np.arange(1_001)))[:, :, 0]
    directions = values[:-1, :-1], values[:-1, 1:], other[:-1, :-1], values[1:, :-1]
    cells = np.zeros(directions[0].shape, dtype=int)
    for steps in directions:
        cells = 6 * cells + (steps * 6).astype(int)
    assert stats.chisquare(np.bincount(cells.ravel(), minlength=6**4)).pvalue > LEAST_P


@pytest.mark.parametrize("over", ["ids", "replications"])
def test_no_lag_shows(over):
    """Correlation of one draw with those of the 100 ids or replications after it."""
    if over == "ids":
        values = Draws(5, 1).uniforms(Purpose.RENEWAL, ENTITIES)[:, 0]
    else:
        values = uniforms_block(5, np.arange(20_000), Purpose.RENEWAL, FEW.take(np.array([3])))[:, 0, 0]
    centred = values - 0.5
    found = [12 * float(centred[:-lag] @ centred[lag:]) / np.sqrt(len(values) - lag) for lag in range(1, 101)]
    assert np.abs(found).max() < stats.norm.isf(LEAST_P / 200)


def test_one_bit_of_id_purpose_seed_index_or_replication_flips_half_of_the_words():
    """Each of the 128 bits of the counter and the 64 of the key, on counters as small as those of indices and seeds."""
    counters = np.arange(4 * 64, dtype=np.uint32).reshape(4, 64)
    key = (3, 17)
    words = philox4x32(tuple(counters), key)
    shares = []
    for bit in range(6 * 32):
        word, flip = bit // 32, np.uint32(1 << bit % 32)
        flipped, other = counters.copy(), list(key)
        if word < 4:
            flipped[word] ^= flip
        else:
            other[word - 4] ^= int(flip)
        changed = words ^ philox4x32(tuple(flipped), (other[0], other[1]))
        shares.append(np.unpackbits(changed.view(np.uint8)).mean())
    z = (np.array(shares) - 0.5) * 2 * np.sqrt(words.size * 32)
    assert np.abs(z).max() < stats.norm.isf(LEAST_P / (2 * z.size))


def test_spacings_of_birthdays_coincide_as_often_as_they_should():
    """G. Marsaglia's test: of m birthdays in a year of 2 ** 32 days m ** 3 / 2 ** 34 spacings coincide, Poisson."""
    born, years = 4_096, 60
    ids = ENTITIES.take(np.arange(born))
    coincide = 0
    for replication in range(years):
        days = np.sort(Draws(23, replication).uniforms(Purpose.EVENT, ids)[:, 0] * 2**32)
        coincide += born - 1 - len(np.unique(np.diff(days)))
    expected = years * born**3 / 2**34
    assert abs(coincide - expected) < MOST_Z * np.sqrt(expected)


def test_exponential_thresholds_have_mean_and_variance_1():
    values = exponential_threshold(Draws(13, 0).uniforms(Purpose.EVENT, ENTITIES, 4))
    assert abs(values.mean() - 1) * np.sqrt(values.size) < MOST_Z
    assert abs(values.var() - 1) * np.sqrt(values.size / 8) < MOST_Z


@pytest.mark.parametrize("mean", [0.3, 4.0, 50.0])
def test_poisson_counts_follow_their_distribution(mean):
    counts = poisson_count(Draws(13, 0).uniforms(Purpose.ARRIVAL_COUNT, ENTITIES), mean).ravel()
    lowest, highest = stats.poisson(mean).ppf([0.001, 0.999]).astype(int)
    middle = np.arange(lowest, highest)
    expected = np.concatenate(
        [[stats.poisson.cdf(lowest - 1, mean)], stats.poisson.pmf(middle, mean), [stats.poisson.sf(highest - 1, mean)]]
    )
    observed = np.bincount(np.clip(counts, lowest - 1, highest) - lowest + 1, minlength=expected.size)
    possible = expected > 0
    assert observed[~possible].sum() == 0
    assert stats.chisquare(observed[possible], expected[possible] * len(ENTITIES)).pvalue > LEAST_P


def test_leads_under_a_stepped_rate_are_a_poisson_process():
    """Rate 0.55 a day, 0.2 from day 20 to day 45: number, times and the halves' independence."""
    layers = PoissonLayers.of(["west", "east"], 6, 60.0, 0.1)
    replications = 2_000
    counts = np.zeros((replications, 2, 3))
    times = []
    for replication in range(replications):
        points = poisson_points(Draws(17, replication), layers)
        slow = (points.time >= 20) & (points.time < 45)
        exists = points.height < np.where(slow, 0.2, 0.55)
        part = np.digitize(points.time, [20, 45])
        np.add.at(counts[replication], (points.source[exists], part[exists]), 1)
        times.append(points.time[exists & (part == 0)])
    means = np.array([11.0, 5.0, 8.25])
    z = (counts.mean(axis=0) - means) / np.sqrt(means / replications)
    assert np.abs(z).max() < MOST_Z + 0.4  # six of them
    dispersion = (counts.var(axis=0, ddof=1) / means - 1) * np.sqrt(replications / 2)
    assert np.abs(dispersion).max() < MOST_Z + 0.6  # six of them, and the variance of a count is skewed
    correlations = np.corrcoef(counts.reshape(replications, 6).T)[np.triu_indices(6, 1)]
    assert np.abs(correlations).max() * np.sqrt(replications) < MOST_Z + 0.6  # fifteen of them
    assert stats.kstest(np.concatenate(times) / 20, "uniform").pvalue > LEAST_P
