"""Statistical: what the built-in plan ships to be told apart: a risk that does nothing, a plan that only costs.

Both are decided by what they are, so a few futures are enough; fresh runs, of which nothing is taken as known, say the
same. The futures hold strikes of both risks.
"""

from __future__ import annotations

import numpy as np
import pytest

from optimizer import allocate
from scenarios.allocation import Allocation
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.decisions.selecting import select_study
from studies.decisions.set_choice import Terms
from studies.decisions.stressing import stress_study
from studies.decisions.valuing import value_study
from studies.replay.futures import Execution, Futures
from studies.replay.replications import run_replications

pytestmark = pytest.mark.statistical

SEED, REPLICATIONS = 1, 8


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


@pytest.fixture(scope="module", name="allocation")
def _allocation(plan: Plan) -> Allocation:
    return allocate(plan, detail="none").allocation


@pytest.fixture(scope="module", name="futures")
def _futures() -> Futures:
    return Futures(Execution(SEED, REPLICATIONS))


def test_the_rumour_is_harmless(plan: Plan, allocation: Allocation, futures: Futures) -> None:
    result, base = stress_study(plan, allocation, Options.of(plan), futures, only=["N1"])
    [row] = result.rows
    assert (row.risk, row.verdict) == ("N1", "harmless")
    assert 0 < row.p_strike.mean < 1
    assert (row.cost_signed.mean, row.cost_cash.mean, row.cost_contribution.mean) == (0, 0, 0)
    without = Options.of(plan, risks=[risk.id for risk in plan.risks if risk.id != "N1"], plans=())
    fresh = run_replications(plan, allocation, without, seed=SEED, numbers=range(REPLICATIONS))
    assert [kpi for kpi in KPIS if not np.array_equal(fresh.kpis[kpi], base.kpis[kpi], equal_nan=True)] == []


def test_the_posters_are_not_bought(plan: Plan, allocation: Allocation, futures: Futures) -> None:
    result = value_study(plan, allocation, Options.of(plan), futures, named=["N2"])
    [row] = result.rows
    assert (row.plan, row.verdict, row.p_triggered > 0) == ("N2", "do not buy", True)
    assert row.gain_contribution.mean == pytest.approx(-20_000)
    base, held = (
        run_replications(plan, allocation, Options.of(plan, plans=plans), seed=SEED, numbers=range(REPLICATIONS))
        for plans in ((), ("N2",))
    )
    gain = held.kpis["contribution"] - base.kpis["contribution"]
    assert gain == pytest.approx(np.full(REPLICATIONS, -20_000.0))
    assert np.array_equal(held.kpis["signed"], base.kpis["signed"])


def test_the_posters_are_chosen_into_no_set(plan: Plan, allocation: Allocation, futures: Futures) -> None:
    terms = Terms("contribution", None, 0.005 * plan.target, 0.95, REPLICATIONS, REPLICATIONS)
    result = select_study(
        plan, allocation, Options.of(plan, plans=()), futures, terms, candidates=["K7-early-renewal", "N2"]
    )
    assert result.only_cost == ("N2",)
    assert "N2" not in result.chosen.plans
