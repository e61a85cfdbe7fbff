"""Unit: intervals and verdicts, against figures worked out by hand or published."""

import math

import numpy as np
import pytest

from simulation.kpis import KPIS
from studies.statistics import difference, kpi_row, mean_estimate, proportion_estimate, quantiles

MORE, LESS = KPIS["signed"], KPIS["accounts_lost"]


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
    assert difference(MORE, a, a + gap).verdict == more
    assert difference(LESS, a, a + gap).verdict == less


def test_a_few_pairs_give_no_verdict() -> None:
    a = values(100, 200, 300, 400)
    assert difference(MORE, a, a + values(9, 10, 11, 10)).verdict == "cannot tell"


def test_pairing_finds_what_the_spread_of_the_values_would_hide() -> None:
    a = np.linspace(0, 1e6, 50)
    row = difference(MORE, a, a + np.tile([9.0, 11.0], 25))
    assert row.verdict == "better"
    assert row.mean == pytest.approx(10)
    assert row.mean_b - row.mean_a == pytest.approx(10)
    assert row.p_b_beats_a == 1


def test_share_of_pairs_in_which_b_beats_a_goes_by_direction() -> None:
    a, b = values(1, 1, 1, 1), values(2, 0, 0, 1)
    assert difference(MORE, a, b).p_b_beats_a == 0.25
    assert difference(LESS, a, b).p_b_beats_a == 0.5


def test_one_pair_tells_nothing() -> None:
    assert difference(MORE, values(1), values(2)).verdict == "cannot tell"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_gets_no_answer(bad: float) -> None:
    for estimate in (mean_estimate, proportion_estimate, quantiles):
        with pytest.raises(ValueError, match="finite"):
            estimate(values(1, bad, 0))
    with pytest.raises(ValueError, match="finite"):
        difference(MORE, values(1, 2), values(1, bad))


def test_no_replication_gets_no_answer() -> None:
    for estimate in (mean_estimate, proportion_estimate, quantiles):
        with pytest.raises(ValueError, match="no replication"):
            estimate(values())
