"""Unit: on how many futures each range is seen."""

import numpy as np
import pytest

from studies.decisions.range_sizes import PILOT, futures_of_ranges, gap_estimate, spread_of
from studies.statistics import chance_gap_estimate, mean_estimate


def test_a_range_gets_the_square_of_its_share_of_the_widest_half_width() -> None:
    assert futures_of_ranges([[4.0], [2.0], [3.0], [0.1]], 1000) == [1000, 250, 563, PILOT]


def test_a_range_is_seen_as_often_as_the_figure_asks_that_asks_most() -> None:
    assert futures_of_ranges([[4.0, 1.0], [2.0, 10.0], [1.0, 6.0]], 1000) == [1000, 1000, 360]


def test_a_range_of_which_nothing_is_known_yet_is_seen_on_all_and_sets_no_measure() -> None:
    assert futures_of_ranges([[None], [2.0], [1.0]], 1000) == [1000, 1000, 250]
    assert futures_of_ranges([[None, 1.0], [2.0, 2.0], [1.0, 1.0]], 1000) == [1000, 1000, 250]
    assert futures_of_ranges([[None], [None]], 100) == [100, 100]


def test_few_futures_are_all_seen_and_none_is_asked_for_where_nothing_moves() -> None:
    assert futures_of_ranges([[4.0], [1.0]], PILOT - 1) == [PILOT - 1, PILOT - 1]
    assert futures_of_ranges([[0.0], [0.0]], 1000) == [PILOT, PILOT]
    assert futures_of_ranges([], 1000) == []


def test_what_shows_in_a_few_futures_has_a_spread_only_if_it_is_a_chance() -> None:
    gaps = np.zeros(60)
    gaps[:9] = 1
    assert spread_of("signed", gaps) is None
    assert spread_of("p_target", gaps) == chance_gap_estimate(gaps).half_width
    gaps[9] = 1
    assert spread_of("signed", gaps) == mean_estimate(gaps).half_width
    assert gap_estimate("signed", gaps) == mean_estimate(gaps)
    assert gap_estimate("p_target", gaps) == chance_gap_estimate(gaps)


def test_a_constant_shift_is_known_from_the_pilot() -> None:
    assert spread_of("contribution", np.full(60, -3000.0)) == pytest.approx(0)
