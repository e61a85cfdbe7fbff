"""Unit: what decides during the quarter decides alike in whatever order and process it is asked (M6)."""

from __future__ import annotations

import pickle

import pytest

from scenarios.allocation import Allocation, BudgetCell
from scenarios.plan import Plan
from simulation.options import Options
from studies.replay.replications import run_replications
from studies.replay.steering import compile_steered
from studies.replay.workers import Processes
from tests.plans import small_plan

NORTH, SOUTH = ("north", "salon"), ("south", "salon")
BUDGET = Allocation("by hand", (), (BudgetCell(*NORTH, 30_000.0), BudgetCell(*SOUTH, 20_000.0)))


def plan_of(most_moved: float) -> Plan:
    policy = {"id": "M6", "name": "", "reallocation": {"every_weeks": 3, "most_moved": most_moved}}
    return Plan.model_validate(small_plan().model_dump() | {"policies": [policy]})


def test_replications_do_not_depend_on_what_was_asked_before() -> None:
    plan = plan_of(0.3)

    def run(numbers: list[int], jobs: int = 1) -> dict[int, object]:
        options = Options.of(plan)
        batch = run_replications(
            plan, BUDGET, options, seed=1, numbers=numbers, workers=Processes(jobs), keep_records=True
        )
        return {records.replication: records for records in batch.records}

    forward = run([0, 1, 2, 3])
    assert forward == run([3, 2, 1, 0])
    assert forward == run([0, 1, 2, 3], jobs=2)


def test_a_move_starts_from_what_is_left_now() -> None:
    decide = compile_steered(plan_of(0.1), BUDGET, Options.of(plan_of(0.1))).reallocations["M6"]
    spent, roi = {NORTH: 15_000.0, SOUTH: 9_000.0}, {NORTH: 1.0, SOUTH: 5.0}
    first = decide(spent, {NORTH: 15_000.0, SOUTH: 9_000.0}, roi, 6.0)
    assert sum(first.values()) == pytest.approx(24_000)
    again = pickle.loads(pickle.dumps(decide))(spent, first, roi, 6.0)
    assert sum(again.values()) == pytest.approx(24_000)
    assert again[SOUTH] >= first[SOUTH] > 9_000


def test_where_no_money_can_move_nothing_moves() -> None:
    """A plan without activities, as an import from a CRM without marketing is."""
    figures = plan_of(0.3).model_dump() | {"activities": [], "rules": []}
    plan, nothing = Plan.model_validate(figures), Allocation("by hand", (), ())
    still = Plan.model_validate(figures | {"policies": []})
    moving, bare = (
        run_replications(one, nothing, Options.of(one), seed=1, numbers=[0, 1], keep_records=True).records
        for one in (plan, still)
    )
    assert moving == bare
