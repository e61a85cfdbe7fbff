"""Unit: an infeasible plan names a smallest set that contradicts itself."""

from typing import Any

import pytest
from scipy.optimize import linprog

from optimizer import allocate
from optimizer.data import prepare
from optimizer.model import Model, state
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, random_plan

QUOTA = {"over": "quota"}
M_250 = {"id": "m-250", "left": {"over": "quota", "where": {"rep": ["m"]}}, "sense": ">=", "amount": 250}
G_250 = {"id": "g-250", "left": {"over": "quota", "where": {"rep": ["g"]}}, "sense": ">=", "amount": 250}
IDLE = {"id": "idle", "left": QUOTA, "sense": ">=", "amount": 10}
SPEND = {"id": "spend", "left": {"over": "budget"}, "sense": ">=", "amount": 60}
SELL = {"id": "sell", "left": {"over": "expected", "where": {"region": ["growth"]}}, "sense": ">=", "amount": 170}
SHIFT = {"over": "budget", "where": {"region": ["growth"]}}


def conflict_of(plan: Plan) -> tuple[str, ...]:
    with pytest.raises(NoFeasibleAllocation) as caught:
        allocate(plan)
    return caught.value.conflict


@pytest.mark.parametrize(
    ("rules", "conflict"),
    [
        ([M_250, G_250, IDLE], ("rule:g-250", "rule:m-250", "total quota")),
        ([SPEND, IDLE], ("rule:spend", "pool:marketing")),
        ([SELL, IDLE], ("rule:sell", "hours:g")),
        ([{**SELL, "amount": 500}, IDLE], ("rule:sell", "hours:g")),
        ([{**SPEND, "left": SHIFT, "amount": 45}], ("rule:spend", "bands:salon/growth")),
    ],
)
def test_the_smallest_conflict_is_named(rules: list[dict[str, Any]], conflict: tuple[str, ...]) -> None:
    assert conflict_of(budget_plan(rules=rules)) == conflict


def test_demand_is_named_where_nobody_could_sell_so_much() -> None:
    reps = {"m": ("core", ["mature"], 500), "g": ("core", ["growth"], 500)}
    assert conflict_of(budget_plan(reps=reps, rules=[{**SELL, "amount": 500}])) in {
        ("rule:sell", "bands:salon/growth", "demand:P/growth"),
        ("rule:sell", "demand:P/growth", "pool:marketing"),
    }


def test_a_lock_against_a_rule_is_said_in_the_planner_s_words() -> None:
    lock = {
        "id": "cap",
        "cells": {"over": "quota", "where": {"rep": ["m"]}},
        "amount": 100,
        "because": "on leave in March",
    }
    with pytest.raises(NoFeasibleAllocation, match="on leave in March") as caught:
        allocate(budget_plan(rules=[M_250], locks=[lock]))
    assert caught.value.conflict == ("lock:cap", "rule:m-250")
    assert caught.value.exit_code == 4


def is_feasible(model: Model, groups: set[str]) -> bool:
    """Whether the rows of some groups, and the definitions, have a solution; solved afresh by SciPy."""
    column = {variable.name: number for number, variable in enumerate(model.problem.variables())}
    sides: dict[str, tuple[list[list[float]], list[float]]] = {"=": ([], []), "<=": ([], [])}
    for row in model.rows:
        if row.group and row.group not in groups:
            continue
        factors = [0.0] * len(column)
        sign = -1.0 if row.sense == ">=" else 1.0
        for variable, factor in row.terms.items():
            factors[column[variable.name]] = sign * factor
        matrix, bounds = sides["=" if row.sense == "=" else "<="]
        matrix.append(factors)
        bounds.append(sign * row.bound)
    (equal, equals), (less, most) = sides["="], sides["<="]
    return linprog(
        [0.0] * len(column), A_ub=less or None, b_ub=most or None, A_eq=equal or None, b_eq=equals or None
    ).success


def test_conflicts_of_random_plans_are_minimal_when_solved_afresh() -> None:
    sizes = []
    for seed in range(40):
        plan = random_plan(seed, hard=True)
        try:
            allocate(plan)
        except NoFeasibleAllocation as error:
            model = state(prepare(plan))
            conflict = set(error.conflict)
            sizes.append(len(conflict))
            assert not is_feasible(model, conflict), seed
            for name in conflict:
                assert is_feasible(model, conflict - {name}), (seed, name)
    assert len(sizes) >= 15
    assert max(sizes) >= 3
