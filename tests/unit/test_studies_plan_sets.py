"""Unit: every set of plans has the figures of a fresh run, whichever run they were taken from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from scenarios.plan import Plan
from simulation.options import Options
from studies.decisions.plan_sets import PlanSets, only_costs
from studies.replay.replications import Batch
from tests.unit.test_studies_stressing import plan_with_controls, run

CANDIDATES = ("K1-answer", "K5-answer", "free", "useless", "rare-answer", "autumn-push")
NUMBERS = range(8)


@pytest.fixture(scope="module", name="plan")
def _plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_with_controls(tmp_path_factory.mktemp("plan"))


def sets_of(plan: Plan, asked: list[tuple[frozenset[str], tuple[int, ...]]]) -> PlanSets:
    def run_many(tasks: Sequence[tuple[frozenset[str], tuple[int, ...]]]) -> list[Batch]:
        asked.extend(tasks)
        return [run(plan, Options.of(plan, plans=held), numbers) for held, numbers in tasks]

    return PlanSets([entry for entry in plan.contingency_plans if entry.id in CANDIDATES], run_many)


def test_all_sets_are_those_of_fresh_runs_and_few_are_run(plan: Plan) -> None:
    asked: list[tuple[frozenset[str], tuple[int, ...]]] = []
    sets = sets_of(plan, asked)
    masks = np.arange(2 ** len(CANDIDATES))
    found = {kpi: sets.kpi(kpi, masks, NUMBERS) for kpi in ("signed", "contribution", "p_target", "cash")}
    costs = sets.costs(masks, NUMBERS)
    for mask in (0, 1, 5, 11, 32, 37, 46, 63):
        fresh = run(plan, Options.of(plan, plans=sets.names(mask)), NUMBERS)
        for kpi, figures in found.items():
            np.testing.assert_allclose(figures[:, mask], fresh.kpis[kpi], rtol=1e-12)
        np.testing.assert_allclose(costs[:, mask], fresh.kpis["plan_cost"])
    simulated = sum(len(numbers) for _, numbers in asked)
    assert simulated == sets.ran
    # What never strikes doubles no run, and neither does a strike that does not come in that future.
    assert simulated <= len(NUMBERS) * 2**5
    assert sets.ran < len(masks) * len(NUMBERS) / 3


def test_what_was_run_is_not_run_again(plan: Plan) -> None:
    asked: list[tuple[frozenset[str], tuple[int, ...]]] = []
    sets = sets_of(plan, asked)
    masks = np.array([0, 63])
    first = sets.contribution(masks, NUMBERS)
    before = len(asked)
    assert np.array_equal(sets.contribution(masks, NUMBERS), first)
    assert len(asked) == before


def test_a_set_is_named_by_its_plans(plan: Plan) -> None:
    sets = sets_of(plan, [])
    mask = sets.mask(["K5-answer", "useless"])
    assert set(sets.names(mask)) == {"K5-answer", "useless"}
    assert sets.retainers(np.array([mask]))[0] == 2500


def test_plans_that_only_cost_are_known_without_running(tmp_path: Path) -> None:
    plan = plan_with_controls(tmp_path)
    assert {entry.id for entry in plan.contingency_plans if only_costs(entry)} == {"useless", "free"}
