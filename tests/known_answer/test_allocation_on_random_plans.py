"""Known answer: random plans of every size and rule against an independent formulation; conflicts minimal by deletion.

In full, on 500 plans with and 200 without an allocation:
pytest -m long tests/known_answer/test_allocation_on_random_plans.py
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from optimizer import allocate, check_allocation
from optimizer.data import prepare
from optimizer.model import Model, state
from optimizer.repairs import WANTED
from optimizer.row import Row
from scenarios.errors import NoFeasibleAllocation
from scenarios.loading import change_plan
from scenarios.plan import Plan
from tests.independent_lp import IndependentLP
from tests.random_plans import random_plan

SHORT, LONG = range(40), range(40, 900)
STRICT_SHORT, STRICT_LONG = range(10_000, 10_060), range(10_060, 10_700)


def compare(plan: Plan, seed: int) -> bool:
    """All stages within 1e-6, and the independent check; whether the plan has an allocation at all."""
    lp = IndependentLP(plan)
    theirs = lp.stages()
    try:
        result = allocate(plan, detail="none", repairs=False)
    except NoFeasibleAllocation:
        assert theirs is None, seed
        return False
    assert theirs is not None, seed
    # where money has no response, evenness also spreads it: compared where all money has one
    has_free_money = any(segment.capacity is None for segment in lp.data.segments)
    scales = (plan.target, plan.target / 1000, 1, 1, plan.target)
    for (name, ours), other, scale in zip(result.stages, theirs, scales, strict=True):
        if not (has_free_money and name == "evenness"):
            assert abs(ours - other) <= 1e-6 * max(abs(other), scale), (seed, name, ours, other)
    expected = {(cell.product, cell.region, cell.rep): cell.expected for cell in result.expected}
    for status in check_allocation(plan, result.allocation, expected):
        assert status.holds or status.firmness == "soft", (seed, status)
    return True


def is_feasible(rows: list[Row], columns: dict[str, int]) -> bool:
    """Whether rows can be satisfied together, solved afresh by SciPy."""
    sides: dict[str, list[tuple[dict[int, float], float]]] = {"=": [], "<=": []}
    for row in rows:
        sign = -1.0 if row.sense == ">=" else 1.0
        terms = {columns[variable.name]: sign * factor for variable, factor in row.terms.items()}
        sides["=" if row.sense == "=" else "<="].append((terms, sign * row.bound))

    def matrix(listed: list[tuple[dict[int, float], float]]) -> tuple[csr_array | None, list[float] | None]:
        place = [(n, k, f) for n, (terms, _) in enumerate(listed) for k, f in terms.items()]
        if not listed:
            return None, None
        row, column, factor = zip(*place, strict=True) if place else ((), (), ())
        return csr_array((factor, (row, column)), shape=(len(listed), len(columns))), [bound for _, bound in listed]

    (less, most), (equal, equals) = matrix(sides["<="]), matrix(sides["="])
    found = linprog([0.0] * len(columns), A_ub=less, b_ub=most, A_eq=equal, b_eq=equals, method="highs")
    assert found.status in (0, 2), found.message
    return bool(found.success)


def check_conflict(model: Model, conflict: tuple[str, ...], seed: int) -> None:
    """The groups contradict each other; without any one of them they do not."""
    columns = {variable.name: number for number, variable in enumerate(model.problem.variables())}
    definitions = [row for row in model.rows if not row.group]
    groups = {name: [row for row in model.rows if row.group == name] for name in conflict}

    def rows(names: set[str]) -> list[Row]:
        return definitions + [row for name in names for row in groups[name]]

    assert not is_feasible(rows(set(conflict)), columns), (seed, conflict)
    for name in conflict:
        assert is_feasible(rows(set(conflict) - {name}), columns), (seed, name, conflict)


def conflicts(seeds: range) -> Iterator[tuple[int, Plan, tuple[str, ...]]]:
    for seed in seeds:
        plan = random_plan(seed, strict=True)
        try:
            allocate(plan, detail="none", repairs=False)
        except NoFeasibleAllocation as error:
            yield seed, plan, error.conflict


def test_all_stages_equal_an_independent_formulation() -> None:
    feasible = sum(compare(random_plan(seed), seed) for seed in SHORT)
    assert feasible >= 25


def test_conflicts_are_minimal_when_solved_afresh() -> None:
    sizes = []
    for seed, plan, conflict in conflicts(STRICT_SHORT):
        check_conflict(state(prepare(plan)), conflict, seed)
        sizes.append(len(conflict))
        if len(sizes) == 20:
            break
    assert len(sizes) == 20
    assert max(sizes) >= 3


def check_repairs(plan: Plan, seed: int) -> None:
    """At least three, no two alike, the least given up first, and each leaves a plan that has an allocation."""
    with pytest.raises(NoFeasibleAllocation) as caught:
        allocate(plan, detail="none")
    repairs = caught.value.repairs
    assert len({repair.settings for repair in repairs}) == len({repair.sentence for repair in repairs}) >= WANTED, seed
    given_up = [repair.given_up for repair in repairs]
    assert given_up == pytest.approx(sorted(given_up), abs=1e-5 * plan.target), seed
    for repair in repairs:
        allocate(change_plan(plan, repair.settings), detail="none", repairs=False)


@pytest.mark.parametrize("seed", [10_179, 10_183, 10_206])
def test_what_few_figures_can_mend_has_three_repairs_too(seed: int) -> None:
    """T3 or T5 against T5: shares that no single figure moves."""
    check_repairs(random_plan(seed, strict=True), seed)


@pytest.mark.long
def test_all_stages_of_five_hundred_plans_equal_an_independent_formulation() -> None:
    feasible = 0
    for seed in LONG:
        feasible += compare(random_plan(seed), seed)
        if feasible == 500:
            break
    assert feasible == 500


@pytest.mark.long
def test_two_hundred_conflicts_are_minimal_and_have_three_repairs_when_solved_afresh() -> None:
    found = 0
    for seed, plan, conflict in conflicts(STRICT_LONG):
        check_conflict(state(prepare(plan)), conflict, seed)
        check_repairs(plan, seed)
        found += 1
        if found == 200:
            break
    assert found == 200
