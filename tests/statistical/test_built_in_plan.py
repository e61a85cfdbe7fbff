"""Statistical: the built-in plan is a stretch, neither out of reach nor safe, whatever the seed.

The full check: ``pytest -m long tests/statistical/test_built_in_plan.py`` (about 4 minutes on 2 cores).
"""

from __future__ import annotations

import pytest

from optimizer import allocate
from scenarios.loading import load_plan
from simulation.options import Options
from studies.replay.replications import Batch, run_replications
from studies.replay.workers import Processes
from studies.statistics import proportion_estimate


def quarters(seed: int, replications: int) -> Batch:
    """With all risks, without contingency plans, under the default allocation."""
    plan = load_plan("quarter").plan
    options = Options.of(plan, plans=())
    return run_replications(
        plan, allocate(plan).allocation, options, seed=seed, numbers=range(replications), workers=Processes(2)
    )


def assert_a_stretch(batch: Batch) -> None:
    chance = proportion_estimate(batch.kpis["p_target"])
    assert chance.ci_low >= 0.35
    assert chance.ci_high <= 0.65


@pytest.mark.statistical
def test_the_chance_of_the_target_is_that_of_a_stretch() -> None:
    batch = quarters(seed=1, replications=400)
    assert_a_stretch(batch)
    assert 0.25 <= batch.kpis["reps_on_quota"].mean() <= 0.45  # quotas of 113% of a target met about half the time


@pytest.mark.statistical
@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_chance_of_the_target_is_that_of_a_stretch_for_every_seed(seed: int) -> None:
    assert_a_stretch(quarters(seed, replications=2_000))
