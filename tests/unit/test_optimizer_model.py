"""Unit: rows, names, the traps of PuLP and HiGHS, what counts as an answer."""

import math

import pulp
import pytest

from optimizer import allocate
from optimizer.data import prepare
from optimizer.live import Change, Infeasible, LiveModel
from optimizer.model import all_variables, state
from optimizer.stages import StagedModel
from scenarios.errors import NoFeasibleAllocation, PlanFileError, SolverFailed
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, plan_of, quota_plan, random_plan

EVERYTHING = {"over": "quota"}


def test_every_variable_and_row_is_in_the_problem_under_its_own_name() -> None:
    model = state(prepare(budget_plan()))
    names = [variable.name for variable in all_variables(model.variables)]
    assert sorted(names) == [variable.name for variable in model.problem.variables()]
    assert len(set(names)) == len(names)
    assert [row.name for row in model.rows] == [row.name for row in model.problem.constraints()]


def test_ids_that_pulp_would_give_one_name_stay_apart() -> None:
    plan = plan_of(
        target=300,
        products={"P": ("star", 0.5)},
        regions={"North-East": ("mature", 100), "North_East": ("mature", 200)},
        reps={"a": ("core", ["North-East"], 10), "b": ("core", ["North_East"], 10)},
        renewals={("P", "North-East", "a"): 100, ("P", "North_East", "b"): 200},
    )
    quotas = {cell.region: cell.quota for cell in allocate(plan).allocation.quotas}
    assert quotas == pytest.approx({"North-East": 100, "North_East": 200})


def test_two_variables_of_one_name_are_refused() -> None:
    problem = pulp.LpProblem("twins")
    first, second = problem.add_variable("x", 0), problem.add_variable("x", 0)
    problem.setObjective(pulp.LpAffineExpression({first: 1.0, second: 1.0}))
    with pytest.raises(AssertionError, match="share a name"):
        LiveModel(problem)


def test_an_infeasible_plan_raises_and_never_reads_as_zeros() -> None:
    rules = [
        {"id": "more", "left": EVERYTHING, "sense": ">=", "ratio": 2, "right": "target"},
        {"id": "less", "left": EVERYTHING, "sense": "<=", "ratio": 0.5, "right": "target"},
    ]
    with pytest.raises(NoFeasibleAllocation):
        allocate(budget_plan(rules=rules))


def test_an_unbounded_problem_is_no_answer_and_names_the_solver_s_status() -> None:
    problem = pulp.LpProblem("unbounded")
    x = problem.add_variable("x", 0)
    problem.setObjective(pulp.LpAffineExpression({x: 1.0}))
    live = LiveModel(problem)
    with pytest.raises(SolverFailed, match=r"calls the program unbounded.*Give the rules over it a bound") as stop:
        live.minimise(live.costs({x: -1.0}))
    assert stop.value.exit_code == 5


def test_rows_that_highs_does_not_take_are_named() -> None:
    problem = pulp.LpProblem("huge")
    x = problem.add_variable("x", 0)
    problem.setObjective(pulp.LpAffineExpression({x: 1.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({x: 1e16}), 1, "vast", 1.0))
    with pytest.raises(SolverFailed, match=r"rows vast lie too far .* Correct figures"):
        LiveModel(problem)


def test_a_solve_that_runs_out_of_time_has_no_answer_and_the_next_has_one() -> None:
    model = state(prepare(quota_plan()))
    costs = dict.fromkeys(model.variables.expected, -1.0)
    live = LiveModel(model.problem, seconds_per_solve=1e-9)
    with pytest.raises(SolverFailed, match=r"after 1e-09 seconds.* --set solver\.seconds_per_solve=2e-09"):
        live.minimise(live.costs(costs))
    live._seconds = 60
    assert live.minimise(live.costs(costs)) == pytest.approx(-600)  # the next run has its own time


def test_the_time_of_one_solve_is_not_that_of_all() -> None:
    """HiGHS counts the time of all runs of a model: here each may take as long as the limit."""
    staged = StagedModel(state(prepare(quota_plan())))
    staged.solve()
    used = staged.live._highs.getRunTime()
    staged.live._seconds = 0.2
    while staged.live._highs.getRunTime() < used + 0.3:
        staged.solve()


FAR = [
    (1e12, {"amount": 1e-3}, "rules.r: 0.001"),
    (1e-3, {"amount": 1e12}, "rules.r: 1e\\+12"),
    (300.0, {"ratio": 1e-12, "right": EVERYTHING}, "rules.r: 1e-12 of the other side"),
    (1e-9, {"ratio": 0.5, "right": EVERYTHING}, "demand for P in growth: 100"),
]


@pytest.mark.parametrize(("target", "side", "said"), FAR)
def test_figures_too_far_apart_are_named_with_what_to_do(target: float, side: dict[str, object], said: str) -> None:
    """What the solver cannot tell from nothing must not come back as nothing."""
    rule = {"id": "r", "left": {"over": "quota", "where": {"rep": ["g"]}}, "sense": ">=", **side}
    plan = budget_plan(rules=[rule]).model_copy(update={"target": target})
    with pytest.raises(SolverFailed, match=f"(?s)too far apart.*- {said}.*Correct the target or these figures"):
        allocate(plan)


@pytest.mark.parametrize("target", [1e-3, 1.0, 1e12])
@pytest.mark.parametrize("share", [1e-8, 1e-3, 0.5])
def test_targets_and_locks_of_any_size_are_met_to_a_millionth(target: float, share: float) -> None:
    lock = {"id": "l", "cells": {"over": "quota", "where": {"rep": ["a"]}}, "amount": share * target, "because": "so"}
    plan = Plan.model_validate({**quota_plan().model_dump(), "target": target, "rules": [], "locks": [lock]})
    quotas = allocate(plan, detail="none").allocation.quota_by_rep
    assert quotas == pytest.approx({"a": share * target, "b": (1 - share) * target}, rel=1e-6)


def test_a_contradiction_is_infeasible_also_where_cost_is_unbounded() -> None:
    problem = pulp.LpProblem("both")
    x, y = problem.add_variable("x", 0), problem.add_variable("y", 0)
    problem.setObjective(pulp.LpAffineExpression({x: 0.0, y: 0.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({y: 1.0}), -1, "below zero", -1.0))
    live = LiveModel(problem)
    with pytest.raises(Infeasible):
        live.minimise(live.costs({x: -1.0}))


def test_a_change_of_the_live_model_is_undone() -> None:
    problem = pulp.LpProblem("change")
    x = problem.add_variable("x", 0)
    problem.setObjective(pulp.LpAffineExpression({x: 1.0}))
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression({x: 2.0}), 1, "floor", 6.0))
    live = LiveModel(problem)
    costs, row = live.costs({x: 1.0}), live.row("floor")
    assert live.minimise(costs) == pytest.approx(3)
    with live.changed(Change({row: (12.0, math.inf)}, {(row, live.column(x)): 3.0})):
        assert live.minimise(costs) == pytest.approx(4)
    assert live.minimise(costs) == pytest.approx(3)
    assert (live.bounds_of(row), live.coefficients(row)[live.column(x)]) == ((6.0, math.inf), 2.0)


def test_equal_inputs_give_equal_answers_also_with_shuffled_tables() -> None:
    plan = random_plan(5)
    shuffled = plan.model_copy(
        update={
            name: tuple(reversed(getattr(plan, name)))
            for name in ("products", "regions", "reps", "accounts", "activities", "rules")
        }
    )
    assert allocate(plan) == allocate(plan) == allocate(shuffled)


def test_without_a_rule_for_the_sum_quotas_add_up_to_the_target() -> None:
    result = allocate(budget_plan())
    assert result.allocation.total_quota == pytest.approx(300)
    assert [rule.status for rule in result.rules if rule.id == "total quota"] == ["binds"]


def test_equalities_for_all_reps_decide_the_sum_and_no_total_is_added() -> None:
    t5 = {"id": "T5", "left": EVERYTHING, "sense": "=", "each": "rep", "ratio": 1.2, "right": "target_per_head"}
    result = allocate(budget_plan(rules=[t5]))
    assert result.allocation.total_quota == pytest.approx(360)
    assert result.over_assignment == pytest.approx(0.2)
    assert result.fairness == ("T5",)
    assert "total quota" not in {rule.id for rule in result.rules}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"left": {"over": "quota", "where": {"region": ["moon"]}}, "amount": 1}, "selects nothing"),
        ({"left": {"over": "budget", "where": {"rep": ["m"]}}, "amount": 1}, "have no rep"),
        ({"left": {"over": "budget"}, "each": "rep", "amount": 1}, "have no rep"),
        (
            {
                "left": EVERYTHING,
                "each": "rep",
                "ratio": {"by": "rep_tier", "values": {"top": 1}},
                "right": "target",
            },
            "no one value for rep g",
        ),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(rule: dict[str, object], message: str) -> None:
    with pytest.raises(PlanFileError, match=message) as caught:
        allocate(budget_plan(rules=[{"id": "odd", "sense": ">=", **rule}]))
    assert "rules.odd" in str(caught.value)


def test_a_share_asked_of_a_region_that_nobody_covers_is_not_passed_over() -> None:
    t3 = {
        "id": "T3",
        "left": EVERYTHING,
        "sense": "=",
        "each": "region",
        "ratio": {"proportional_to": "planned_amount"},
        "right": EVERYTHING,
    }
    regions = {"mature": ("mature", 200), "growth": ("growth", 100), "blank": ("growth", 100)}
    with pytest.raises(NoFeasibleAllocation) as caught:
        allocate(budget_plan(regions=regions, rules=[t3]))
    assert caught.value.conflict == ("rule:T3", "total quota")


def test_alike_reps_get_alike_quotas_and_a_rule_that_names_one_tells_them_apart() -> None:
    alike = {
        "target": 300,
        "products": {"P": ("star", 0.5), "Q": ("tail", 0.5)},
        "regions": {"east": ("mature", 100)},
        "reps": {"a": ("core", ["east"], 10), "b": ("core", ["east"], 10), "c": ("core", ["east"], 10)},
        "renewals": {(p, "east", s): 50 for p in "PQ" for s in "ab"},
    }
    by_rep = allocate(plan_of(**alike)).allocation.quotas
    assert [cell.quota for cell in by_rep if cell.rep == "a"] == [cell.quota for cell in by_rep if cell.rep == "b"]
    own = {"id": "own", "left": {"over": "quota", "where": {"rep": ["a"]}}, "sense": ">=", "amount": 200}
    sums = allocate(plan_of(**alike, rules=[own])).allocation.quota_by_rep
    assert sums["a"] == pytest.approx(200)
    assert sums["b"] < 100


def test_a_lock_is_kept_and_the_rest_is_solved_again() -> None:
    lock = {
        "id": "promised",
        "cells": {"over": "quota", "where": {"rep": ["m"]}},
        "amount": 120,
        "because": "the rep was promised it",
    }
    result = allocate(budget_plan(locks=[lock]))
    assert result.allocation.quota_by_rep == pytest.approx({"m": 120, "g": 180})
    assert {(rule.id, rule.status) for rule in result.rules} >= {("lock:promised", "binds"), ("T3", "relaxed")}


def test_the_three_readings_of_t5_give_over_assignment_exact_sum_and_band() -> None:
    reps = {"t": ("top", ["mature"], 20), "c": ("core", ["mature"], 20), "n": ("new", ["growth"], 20)}
    renewals = {("P", "mature", "t"): 100, ("P", "mature", "c"): 80, ("P", "growth", "n"): 60}
    values = {"top": 1.5, "core": 1.1, "new": 0.8}

    def t5(sense: str, right: str, factor: float = 1.0, **ratio: object) -> dict[str, object]:
        by = {"by": "rep_tier", "values": {tier: factor * m for tier, m in values.items()}, **ratio}
        name = {"=": "T5", ">=": "T5-low", "<=": "T5-high"}[sense]
        return {"id": name, "left": EVERYTHING, "sense": sense, "each": "rep", "ratio": by, "right": right}

    def quotas(*rules: dict[str, object]) -> dict[str, float]:
        return allocate(budget_plan(reps=reps, renewals=renewals, rules=rules)).allocation.quota_by_rep

    assert quotas(t5("=", "target_per_head")) == pytest.approx({"t": 150, "c": 110, "n": 80})
    exact = quotas(t5("=", "target", normalised=True))
    assert exact == pytest.approx({"t": 300 * 1.5 / 3.4, "c": 300 * 1.1 / 3.4, "n": 300 * 0.8 / 3.4})
    total = {"id": "T5-total", "left": EVERYTHING, "sense": "=", "ratio": 1.05, "right": "target"}
    band = quotas(t5(">=", "target_per_head", 0.9), t5("<=", "target_per_head", 1.1), total)
    assert sum(band.values()) == pytest.approx(315)
    for rep, middle in {"t": 150, "c": 110, "n": 80}.items():
        assert 0.9 * middle - 1e-6 <= band[rep] <= 1.1 * middle + 1e-6


def test_soft_rules_give_by_the_least_and_the_lower_priority_first() -> None:
    """Both ask 200 of a target of 300: 100 too much, given by the wish of priority 3 (weight 1), none by priority 1."""
    rules = [
        {"id": "m", "left": {"over": "quota", "where": {"rep": ["m"]}}, "sense": ">=", "amount": 200, "priority": 3},
        {"id": "g", "left": {"over": "quota", "where": {"rep": ["g"]}}, "sense": ">=", "amount": 200, "priority": 1},
    ]
    result = allocate(budget_plan(rules=[{**rule, "firmness": "soft"} for rule in rules]))
    assert dict(result.stages)["relaxation"] == pytest.approx(100)
    assert {rule.id: (rule.status, round(rule.gap, 6)) for rule in result.rules if rule.firmness == "soft"} == {
        "m": ("relaxed", 100),
        "g": ("binds", 0),
    }


def test_stated_objective_is_the_contribution() -> None:
    model = state(prepare(quota_plan()))
    objective = {variable.name: factor for variable, factor in model.problem.objective.items() if factor}
    assert objective == {"y_0_0_0": 0.25, "y_0_0_1": 0.25, "y_1_0_0": 0.5, "y_1_0_1": 0.5}
