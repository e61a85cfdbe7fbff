"""Unit: intervals and verdicts, against figures worked out by hand or published."""

import math
from typing import Literal

import numpy as np
import pytest

from simulation.kpis import KPIS
from studies.results import Estimate, Margins
from studies.statistics import (
    chance_gap_estimate,
    difference,
    is_equivalent,
    kpi_row,
    mean_estimate,
    moved_estimate,
    needed,
    proportion_estimate,
    quantile_interval,
    quantiles,
    spared,
    tail_mean,
    unknown_part,
)

MORE, LESS, CHANCE = KPIS["signed"], KPIS["accounts_lost"], KPIS["p_target"]
MARGINS = Margins(amount=1.0, chance=0.05)
"""Smaller than what is open in most of these tests."""


def values(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)


def test_mean_interval_by_hand() -> None:
    # 1 … 5: mean 3, s² = (4 + 1 + 0 + 1 + 4) / 4 = 2.5, t(0.975; 4) = 2.776445, half = t × √(2.5 / 5) = 1.963243
    estimate = mean_estimate(values(1, 2, 3, 4, 5))
    assert estimate.mean == 3
    assert (estimate.ci_low, estimate.ci_high) == pytest.approx((1.036757, 4.963243), abs=1e-6)


def test_interval_of_two_values_by_hand() -> None:
    # 0 and 2: s² = 2, t(0.975; 1) = 12.706205, half = t × √(2 / 2)
    estimate = mean_estimate(values(0, 2))
    assert (estimate.ci_low, estimate.ci_high) == pytest.approx((1 - 12.706205, 1 + 12.706205), abs=1e-6)


def test_one_value_has_no_bounds() -> None:
    estimate = mean_estimate(values(7))
    assert (estimate.mean, estimate.ci_low, estimate.ci_high) == (7, -math.inf, math.inf)


def test_equal_values_have_an_interval_without_width() -> None:
    estimate = mean_estimate(values(-3000, -3000, -3000))
    assert (estimate.mean, estimate.ci_low, estimate.ci_high) == (-3000, -3000, -3000)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_against_published_values(hits: int, count: int, low: float, high: float) -> None:
    estimate = proportion_estimate(np.repeat([1.0, 0.0], [hits, count - hits]))
    assert estimate.mean == pytest.approx(hits / count)
    assert (estimate.ci_low, estimate.ci_high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_interval_of_all_has_width_and_ends_at_one() -> None:
    estimate = proportion_estimate(np.ones(20))
    assert estimate.ci_high == 1
    assert estimate.ci_low == pytest.approx(1 - 0.1611, abs=5e-5)


def test_interval_of_a_paired_difference_of_chances_by_hand() -> None:
    """98 pairs of which 9 differ, all one way: 10 and 1 of 100, so 0.09 ± 1.96 √((0.11 − 0.0081) ÷ 100)."""
    found = chance_gap_estimate(np.array([1.0] * 9 + [0.0] * 89))
    assert found.mean == pytest.approx(9 / 98)
    assert (found.ci_low, found.ci_high) == pytest.approx((0.09 - 0.062565, 0.09 + 0.062565), abs=1e-6)
    lost = chance_gap_estimate(np.array([-1.0] * 9 + [0.0] * 89))
    assert (lost.mean, lost.ci_low, lost.ci_high) == pytest.approx((-found.mean, -found.ci_high, -found.ci_low))


def test_pairs_none_of_which_differs_leave_room_for_a_difference_and_all_of_them_end_at_one() -> None:
    none = chance_gap_estimate(np.zeros(58))
    assert (none.mean, none.ci_high) == pytest.approx((0, 1.959964 * math.sqrt(2 / 60 / 60)))
    assert none.ci_low == -none.ci_high
    every = chance_gap_estimate(np.ones(20))
    assert (every.mean, every.ci_high) == (1, 1)
    assert every.ci_low < 1


def test_a_mean_moved_by_what_was_seen_in_a_part_by_hand() -> None:
    """Var = ½ Var(1 + ½, 3 + 1) + Var(1, 2, 3, 4) · 2 ÷ 4² = 1.5625 + 0.2083; t of 1 degree of freedom is 12.706."""
    found = moved_estimate(np.array([1.0, 2, 3, 4]), np.array([1.0, 3]))
    assert found.mean == 4.5
    assert found.half_width == pytest.approx(12.7062 * math.sqrt(1.5625 + 5 / 3 * 2 / 16), rel=1e-5)


def test_a_mean_moved_by_what_was_seen_in_all_is_that_of_the_sums() -> None:
    values, shifts = np.array([1.0, 2, 4, 8]), np.array([1.0, -1, 3, 5])
    assert moved_estimate(values, shifts).half_width == pytest.approx(mean_estimate(values + shifts).half_width)
    assert moved_estimate(values, shifts).mean == pytest.approx(mean_estimate(values + shifts).mean)
    assert moved_estimate(values[:1], shifts[:1]).ci_high == math.inf


def test_quantiles() -> None:
    assert quantiles(np.arange(101.0)) == (10, 50, 90)


def test_a_chance_gets_wilsons_interval_and_only_values_that_can_happen_as_quantiles() -> None:
    row = kpi_row(KPIS["p_target"], np.repeat([0.0, 1.0], 50))
    assert row.mean == 0.5
    assert row.ci_low == pytest.approx(proportion_estimate(np.repeat([0.0, 1.0], 50)).ci_low)
    # A quarter reaches the target or does not: nothing in between is what may happen.
    assert (row.p10, row.p50, row.p90) == (0, 0, 1)


def test_an_amount_gets_the_t_interval() -> None:
    row = kpi_row(MORE, values(1, 2, 3, 4, 5))
    assert (row.ci_low, row.p50) == (mean_estimate(values(1, 2, 3, 4, 5)).ci_low, 3)
    assert (row.id, row.unit, row.direction) == ("signed", "money", "more")


@pytest.mark.parametrize(
    ("gaps", "more", "less"),
    [
        ((9, 10, 11, 10), "better", "worse"),
        ((-9, -10, -11, -10), "worse", "better"),
        ((0, 0, 0, 0), "no difference", "no difference"),
        ((-9, 10, -11, 12), "cannot tell", "cannot tell"),
        ((0, 0, 0, 1), "cannot tell", "cannot tell"),
        ((5, 5, 5, 5), "better", "worse"),
    ],
)
def test_verdict_of_paired_differences(gaps: tuple[float, ...], more: str, less: str) -> None:
    a, gap = np.tile(values(100, 200, 300, 400), 3), np.tile(values(*gaps), 3)
    assert difference(MORE, a, a + gap, MARGINS).verdict == more
    assert difference(LESS, a, a + gap, MARGINS).verdict == less


def test_a_difference_whose_whole_interval_is_too_small_to_matter_is_told() -> None:
    """±10 in twelve pairs: half the interval is 2.200985 × √(1200 ÷ 11 ÷ 12) = 6.6363, all of it open around zero."""
    a, gap = np.full(12, 100.0), np.tile([10.0, -10.0], 6)
    for margin, verdict in ((6.64, "does not matter"), (6.63, "cannot tell")):
        assert difference(MORE, a, a + gap, Margins(amount=margin, chance=0.05)).verdict == verdict
    # What is surely more is better, however little it is; nothing is said of how many accounts matter.
    assert difference(MORE, a, a + 1.0, Margins(amount=1e6, chance=0.05)).verdict == "better"
    assert difference(LESS, a, a + gap, Margins(amount=1e6, chance=1.0)).verdict == "cannot tell"


def test_a_difference_of_chances_has_a_margin_of_its_own() -> None:
    """Ten of a thousand pairs each way: half the interval is 1.962341 × √(20 ÷ 999 ÷ 1000) = 0.00878."""
    gaps = np.repeat([1.0, -1.0, 0.0], [10, 10, 980])
    a = (gaps < 0).astype(float)
    for margin, verdict in ((0.0088, "does not matter"), (0.0087, "cannot tell")):
        assert difference(CHANCE, a, a + gaps, Margins(amount=1e6, chance=margin)).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "is_small"),
    [
        (-4.99, 4.99, True),
        (-5.0, 4.0, False),
        (-4.0, 5.0, False),
        (-4.0, 5.01, False),
        (1.0, 4.0, True),
        (-math.inf, math.inf, False),
    ],
)
def test_an_interval_that_touches_the_margin_is_not_within_it(low: float, high: float, is_small: bool) -> None:
    assert is_equivalent(Estimate(mean=0.0, ci_low=low, ci_high=high), 5.0) == is_small


def test_a_few_pairs_give_no_verdict() -> None:
    a = values(100, 200, 300, 400)
    assert difference(MORE, a, a + values(9, 10, 11, 10), MARGINS).verdict == "cannot tell"


def test_pairing_finds_what_the_spread_of_the_values_would_hide() -> None:
    a = np.linspace(0, 1e6, 50)
    row = difference(MORE, a, a + np.tile([9.0, 11.0], 25), MARGINS)
    assert row.verdict == "better"
    assert row.mean == pytest.approx(10)
    assert row.mean_b - row.mean_a == pytest.approx(10)
    assert row.p_b_beats_a == 1


def test_share_of_pairs_in_which_b_beats_a_goes_by_direction() -> None:
    a, b = values(1, 1, 1, 1), values(2, 0, 0, 1)
    assert difference(MORE, a, b, MARGINS).p_b_beats_a == 0.25
    assert difference(LESS, a, b, MARGINS).p_b_beats_a == 0.5


def test_one_pair_tells_nothing() -> None:
    assert difference(MORE, values(1), values(2), MARGINS).verdict == "cannot tell"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_gets_no_answer(bad: float) -> None:
    for estimate in (mean_estimate, proportion_estimate, quantiles):
        with pytest.raises(ValueError, match="finite"):
            estimate(values(1, bad, 0))
    with pytest.raises(ValueError, match="finite"):
        difference(MORE, values(1, 2), values(1, bad), MARGINS)


def test_no_replication_gets_no_answer() -> None:
    for estimate in (mean_estimate, proportion_estimate, quantiles):
        with pytest.raises(ValueError, match="no replication"):
            estimate(values())


def test_interval_of_a_median_is_the_published_pair_of_order_statistics() -> None:
    """Of a hundred the 40th and the 61st; P10 has one from 36 on, since 0.9³⁶ is below 2.5% and 0.9³⁵ is not."""
    assert quantile_interval(np.arange(1.0, 101.0), 0.5) == (40, 61)
    assert quantile_interval(np.arange(35.0), 0.1) is None
    assert quantile_interval(np.arange(36.0), 0.1) is not None


@pytest.mark.parametrize(("worst", "mean"), [("low", 5.5), ("high", 95.5)])
def test_mean_of_the_worst_tenth_by_hand(worst: Literal["low", "high"], mean: float) -> None:
    """Of 1, …, 100 the mean of the ten worst. What they miss the tenth by, 9, 8, …, 0 and ninety zeros, sums to 45 and
    its squares to 285: variance (285 − 45² ÷ 100) ÷ 99, ten times its root, and t = 1.98422 with 99 degrees of freedom.
    """
    found = tail_mean(np.arange(1.0, 101.0), worst)
    assert found is not None
    half = 1.984217 * 10 * math.sqrt((285 - 45**2 / 100) / 99) / 10
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((mean, mean - half, mean + half))


def test_fewer_than_ten_futures_are_no_worst_tenth() -> None:
    assert tail_mean(np.arange(99.0)) is None


def test_what_pairing_spares_by_hand() -> None:
    """Variances 5/3 and 5/3 of A and B, 2/3 of the differences 1, 2, 0, 1: a fifth of the replications does."""
    assert spared(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 4.0, 3.0, 5.0])) == pytest.approx(5)


def test_replications_needed_by_hand() -> None:
    """(1.95996 × 10.0504 ÷ 1)² = 388.03 for the interval; where one in a hundred shows, a thousand to see ten."""
    assert needed(np.array([11.0, -9.0] * 50), 1.5) == 389
    assert needed(np.array([1.0] + [0.0] * 99), 0.01) == 1000
    assert needed(np.zeros(5), 1.0) is None


def test_replications_needed_until_a_difference_is_too_small_to_matter_by_hand() -> None:
    """Of ±10.0504 around 1, within ±3: (1.95996 × 10.0504 ÷ 2)² = 97.01, fewer than were run; within ±2.9: 107.5."""
    assert needed(np.array([11.0, -9.0] * 50), 3.0) == 100
    assert needed(np.array([11.0, -9.0] * 50), 2.9) == 108
    assert needed(np.array([10.0, -10.0] * 50), 0.5) == 1553


def test_the_part_that_nobody_knows_by_hand() -> None:
    """Half the variance goes with the factor: R² 1/2, adjusted 1 − 1/2 × 39/38 for one factor and 40 futures."""
    factor, chance = np.array([1.0, 1.0, -1.0, -1.0] * 10), np.array([1.0, -1.0] * 20)
    found = unknown_part(5 + factor + chance, np.exp(factor)[:, None])
    assert found is not None
    assert found.share.mean == pytest.approx(1 - 0.5 * 39 / 38)
