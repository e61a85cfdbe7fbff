"""Property: alternatives, least change, sweeps, explanations and re-allocations of random plans keep what they say."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optimizer.alternatives import alternatives
from optimizer.baselines import baseline
from optimizer.checking import check_allocation
from optimizer.explaining import explain
from optimizer.frontier import frontier
from optimizer.least_change import LEAST_CHANGE, change_between, least_change
from optimizer.options import amounts_of
from optimizer.reallocation import reallocate
from optimizer.solved import Solved, solve
from optimizer.sweeping import sweep
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.changing import with_figure
from scenarios.errors import NoFeasibleAllocation, PlanFileError
from scenarios.references import plan_problems
from tests.allocation_plans import random_plan

FEW = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much])
SEEDS = st.integers(0, 400)


def _solved(seed: int) -> Solved:
    try:
        return solve(random_plan(seed))
    except NoFeasibleAllocation:
        assume(False)
        raise


@given(seed=SEEDS, within=st.sampled_from([0.0, 0.01, 0.1]))
@FEW
def test_alternatives_stay_within_their_share_of_the_best_and_pass_the_checker(seed: int, within: float) -> None:
    solved = _solved(seed)
    best, *others = alternatives(solved, 2, within)
    small = solved.plan.target / 1000
    for option in others:
        assert option.contribution >= best.contribution - within * abs(best.contribution) - 1e-5 * small
        assert option.relaxation <= best.relaxation + 1e-3 * max(best.relaxation, small)
        statuses = check_allocation(solved.plan, option.allocation, option.amounts.expected_of, solved.data)
        assert all(status.holds for status in statuses if status.firmness != "soft")
        assert option.from_best.together > 1e-6


@given(seed=SEEDS, shift=st.floats(0, 1))
@FEW
def test_least_change_changes_no_more_than_a_fresh_answer_and_is_as_good(seed: int, shift: float) -> None:
    solved = _solved(seed)
    target, cells = solved.plan.target, solved.data.cells
    previous = Allocation(
        "before",
        tuple(QuotaCell(*key, target * (n + shift) / len(cells.quota) ** 2) for n, key in enumerate(cells.quota)),
        tuple(BudgetCell(*key, 10 * shift) for key in cells.budget),
    )
    kept = least_change(solved.plan, previous)
    before = amounts_of(solved.data, previous)
    changed, fresh = (change_between(answer.amounts(), before) for answer in (kept, solved))
    assert changed <= fresh + 1e-5 * target
    assert changed == pytest.approx(kept.stage(LEAST_CHANGE) * kept.money, abs=1e-5 * target)
    for stage in ("relaxation", "contribution"):
        assert kept.stage(stage) == pytest.approx(solved.stage(stage), rel=1e-6, abs=1e-6)


@given(seed=SEEDS)
@FEW
def test_changing_nothing_changes_nothing(seed: int) -> None:
    solved = _solved(seed)
    kept = least_change(solved.plan, solved.amounts().allocation("before"))
    assert change_between(kept.amounts(), solved.amounts()) <= 1e-5 * solved.plan.target


@given(seed=SEEDS, spread=st.sampled_from(["-20%..+20%", "-5%..+60%"]))
@FEW
def test_a_sweep_point_equals_a_fresh_solve(seed: int, spread: str) -> None:
    plan = random_plan(seed)
    assume(not plan_problems(plan))  # a rule may name a tier that nobody has
    ratios = [f"rules.{rule.id}.ratio" for rule in plan.rules if rule.amount is None and isinstance(rule.ratio, float)]
    for path in ["target", *ratios[:2]]:
        try:
            points = list(sweep(plan, f"{path}={spread}", 3))
        except PlanFileError:
            assert path != "target"
            continue  # a share beyond the whole is refused
        for point in points:
            try:
                fresh = solve(with_figure(plan, path, point.value))
            except NoFeasibleAllocation:
                assert point.contribution is None
                continue
            assert point.contribution == pytest.approx(fresh.stage("contribution") * fresh.money, rel=1e-6, abs=1e-4)
            assert point.relaxation == pytest.approx(fresh.stage("relaxation") * fresh.money, rel=1e-6, abs=1e-4)


@given(seed=SEEDS)
@FEW
def test_no_baseline_contributes_more_than_the_best_unless_it_breaks_a_rule(seed: int) -> None:
    solved = _solved(seed)
    for name in ("even", "literal"):
        option = baseline(solved.data, name)
        kept = option.keeps_hard_rules and option.relaxation <= solved.solution.relaxation * solved.money + 1e-6
        if kept:
            best = solved.amounts().contribution()
            assert option.contribution <= best + 1e-6 * max(abs(best), solved.plan.target / 1000)


@given(seed=SEEDS)
@FEW
def test_explanations_add_up(seed: int) -> None:
    solved = _solved(seed)
    for kind in ("rep", "region"):
        rows = explain(solved, kind)
        assert sum(row.quota for row in rows) == pytest.approx(float(solved.amounts().quota.sum()))
        for row in rows:
            assert sum(amount for _, amount, _ in row.by_product) == pytest.approx(row.quota)
            whole = sum(part.amount for part in row.parts)
            assert whole == pytest.approx(row.potential) or whole < solved.data.potential_floor()
            if row.higher.reason == "soft rules":
                assert any(change.amount > 0 for change in row.higher.relaxed)


@given(seed=SEEDS)
@settings(parent=FEW, max_examples=8)
def test_the_curve_of_fairness_falls_evenly_and_never_below_its_chord(seed: int) -> None:
    """Concave: each step towards evenness costs at least as much as the one before."""
    points = frontier(_solved(seed).plan, "load", 4).points
    costs = [a.contribution - b.contribution for a, b in pairwise(points)]
    scale = max(abs(points[0].contribution), 1.0)
    assert all(cost >= -1e-6 * scale for cost in costs)
    assert all(later >= earlier - 1e-5 * scale for earlier, later in pairwise(costs))


@given(seed=SEEDS, done=st.floats(0, 0.9), limit=st.sampled_from([0.05, 0.1, 0.5]))
@FEW
def test_re_allocation_keeps_pools_and_its_limit_and_loses_nothing_by_its_own_estimates(
    seed: int, done: float, limit: float
) -> None:
    solved = _solved(seed)
    allocation = solved.amounts().allocation("now")
    spent = {cell: amount * done for cell, amount in allocation.amount.items()}
    roi = {cell: 1.0 + n % 3 for n, cell in enumerate(allocation.amount)}
    weeks = 12 * (1 - done)
    found = reallocate(solved.plan, allocation, spent, roi, weeks, limit)
    left = {cell: amount * (1 - done) for cell, amount in allocation.amount.items()}
    for pool in solved.plan.money.pools:
        cells = [cell for cell in left if solved.plan.activity[cell[1]].pool == pool.id]
        whole = sum(left[cell] for cell in cells)
        assert sum(found.amount[cell] for cell in cells) == pytest.approx(whole, abs=1e-6 * max(whole, 1))
        shifted = sum(abs(found.amount[cell] - left[cell]) for cell in cells) / 2
        assert shifted <= limit * whole + 1e-6 * max(whole, 1)
    assert all(amount >= 0 for amount in found.amount.values())
    assert found.moved == pytest.approx(sum(max(found.amount[cell] - left[cell], 0) for cell in left), abs=1e-5)
