"""Known answer: the mixed-integer choice of plans against every set tried out."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from optimizer.plan_choice import Criterion, Sample, choose_plans, value_of

PLANS, FUTURES = 5, 40


def sample(seed: int) -> Sample:
    draws = np.random.default_rng(seed)
    struck = draws.random((FUTURES, PLANS)) < 0.5
    cost = draws.uniform(5, 40, PLANS)
    return Sample(
        base=draws.normal(1000, 150, FUTURES),
        gain=struck * draws.normal(60, 80, (FUTURES, PLANS)) - cost,
        pairs={(0, 1): -30.0 * (struck[:, 0] & struck[:, 1]), (2, 4): 25.0 * (struck[:, 2] & struck[:, 4])},
        cost=cost,
    )


@pytest.mark.parametrize("criterion", ["mean", "cvar", "p_target"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("budget", [math.inf, 50.0, 0.0])
def test_it_is_the_best_of_all_sets(criterion: Criterion, seed: int, budget: float) -> None:
    futures = sample(seed)
    best = max(
        value_of(futures.values(chosen), criterion, 0.1, 1050.0)
        for bits in itertools.product((False, True), repeat=PLANS)
        for chosen in (np.array(bits),)
        if futures.cost @ chosen <= budget
    )
    found = choose_plans(futures, budget, criterion, target=1050.0)
    assert found.value == pytest.approx(best)
    assert futures.cost @ found.chosen <= budget + 1e-9


def test_the_worst_tenth_of_twenty_is_the_mean_of_two_and_of_fifteen_one_and_a_half() -> None:
    assert value_of(np.arange(20.0), "cvar", 0.1, 0.0) == pytest.approx(0.5)
    assert value_of(np.arange(15.0), "cvar", 0.1, 0.0) == pytest.approx((0 + 0.5 * 1) / 1.5)


def test_without_plans_nothing_is_chosen() -> None:
    nothing = Sample(np.ones(3), np.zeros((3, 0)), {}, np.zeros(0))
    assert not choose_plans(nothing, 10.0, "mean").chosen.size
