"""Unit: amounts that were promised beforehand hold where figures are rounded, moved or looked for."""

import pytest

from optimizer import allocate
from optimizer.reaching import reach_contribution
from optimizer.solved import solve
from optimizer.sweeping import is_live, moved
from scenarios.changing import changed, with_figure
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, plan_of
from tests.unit.test_optimizer_rounding import with_steps

SPEND = {"id": "fair", "cells": {"over": "budget", "where": {"region": ["mature"]}}, "amount": 5, "because": "booked"}
QUOTA = {"id": "promised", "cells": {"over": "quota", "where": {"rep": ["m"]}}, "amount": 120, "because": "a promise"}


def test_a_locked_sum_that_is_a_whole_number_of_steps_stays_when_its_cells_are_rounded() -> None:
    """Six reps alike: three are promised 50 of 100, 16 2/3 each. Each to its nearest step would make it 51."""
    reps = {s: ("core", ["east"], 10) for s in "abcdef"}
    half = {"over": "quota", "where": {"rep": ["a", "b", "c"]}}
    plan = plan_of(
        target=100,
        products={"P": ("star", 0.5)},
        regions={"east": ("mature", 100)},
        reps=reps,
        renewals={("P", "east", s): 50 for s in reps},
        locks=[{"id": "L", "cells": half, "amount": 50, "because": "x"}],
    )
    quotas = allocate(with_steps(plan, {"P": 1})).allocation.quota_by_rep
    assert sum(quotas[rep] for rep in "abc") == 50
    assert sorted(quotas[rep] for rep in "abc") == [16, 17, 17]


@pytest.mark.parametrize("setting", ["target=320", "locks.promised.amount=100", "locks.fair.amount=8"])
def test_a_live_point_of_a_plan_with_locks_equals_a_fresh_solve(setting: str) -> None:
    plan = budget_plan(locks=[QUOTA, SPEND])
    assert is_live(setting.partition("=")[0])
    after, _ = changed(plan, [setting])
    live, fresh = moved(solve(plan), after), solve(after)
    for name in ("relaxation", "contribution", "evenness"):  # each in the live model's own units of money
        assert live.stage(name) * live.money == pytest.approx(fresh.stage(name) * fresh.money, rel=1e-6, abs=1e-6)
    for name in ("rep stretch", "cell stretch"):
        assert live.stage(name) == pytest.approx(fresh.stage(name), rel=1e-6, abs=1e-6)
    assert live.amounts().allocation("x").quota_by_rep == pytest.approx(fresh.amounts().allocation("x").quota_by_rep)


def test_a_lock_that_costs_contribution_is_a_figure_to_move() -> None:
    """118 1/3 are possible without the lock; it lets the mature region spend 5 alone."""
    plan: Plan = budget_plan(locks=[SPEND])
    before = solve(plan).amounts().contribution()
    goal = before + 0.5
    assert before < goal < 118 + 1 / 3
    (lever,) = (found for found in reach_contribution(plan, goal).levers if found.path == "locks.fair.amount")
    assert lever.value is not None
    assert lever.value > 5
    assert solve(with_figure(plan, lever.path, lever.value)).amounts().contribution() >= goal - 1e-6
    nearer = solve(with_figure(plan, lever.path, 5 + 0.99 * (lever.value - 5))).amounts().contribution()
    assert nearer < goal


def test_a_lock_on_nothing_is_no_figure_to_move() -> None:
    plan = budget_plan(locks=[SPEND | {"amount": 0}])
    assert "locks.fair.amount" not in {lever.path for lever in reach_contribution(plan, 1e6).levers}
