"""Unit: what a simulation says of its batches: the bridge, the quarter without risks, optimism, chances by rep."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.model import Options
from studies.decisions.recommending import attainment
from studies.replay.batches import Batch
from studies.replay.futures import Execution, Futures
from studies.replay.replications import Progress, run_replications, run_variants
from studies.simulating import SimulateResult, simulate_study
from tests.plans import PLAN_YAML, small_plan, small_plan_files
from tests.unit.test_studies_replications import differing

SEED, REPLICATIONS = 5, 60
PLAN = small_plan(
    settings=(
        "target=170000",
        "risks.K1.chance_per_quarter=0.4",
        "contingency_plans.K1-answer.retainer=250000.3",
        "measures.proposal-tool.cost=90000",  # contributions near 0: a retainer off and on again would cost digits
    )
)
ALLOCATION = Allocation(
    "by hand",
    (QuotaCell("S1", "north", "R1", 90_000.0), QuotaCell("S1", "south", "R2", 80_000.0)),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)


def simulate(
    plan: Plan, options: Options, progress: Progress | None = None, expected_signed: float | None = None
) -> tuple[SimulateResult, Batch, Batch]:
    futures = Futures(Execution(SEED, REPLICATIONS, progress=progress))
    return simulate_study(plan, ALLOCATION, options, futures, expected_signed=expected_signed)


@pytest.fixture(scope="module", name="simulated")
def _simulated() -> tuple[SimulateResult, Batch, Batch]:
    return simulate(PLAN, Options.of(PLAN, plans=["K1-answer"]), expected_signed=500_000.0)


def test_the_bridge_adds_up(simulated: tuple[SimulateResult, Batch, Batch]) -> None:
    result, batch, calm = simulated
    level = 0.0
    totals = {}
    for step in result.bridge:
        if step.kind == "step":
            level += step.amount
        else:
            assert level == pytest.approx(step.amount, rel=1e-12), step.id
            totals[step.id] = step.amount
    assert totals == {
        "without_risks": calm.kpis["signed"].mean(),
        "mean": batch.kpis["signed"].mean(),
        "p50": np.median(batch.kpis["signed"]),
        "target": 170_000,
    }
    steps = {step.id: step for step in result.bridge}
    assert {"pipeline", "salon", "baseline", "cross_sell", "renewals", "risks"} <= set(steps)
    assert steps["pipeline"].label == "open pipeline"
    assert steps["salon"].label == "Industry salon"
    assert steps["risks"].label == "risks, with the plans held"
    assert steps["risks"].amount < 0
    for id in ("pipeline", "salon", "risks"):
        low, high = steps[id].ci_low, steps[id].ci_high
        assert low is not None
        assert high is not None
        assert low < steps[id].amount < high


@pytest.mark.parametrize("plans", [(), ("K1-answer",), ("K1-answer", "K5-answer")])
def test_the_quarter_without_risks_is_that_of_a_fresh_run(
    plans: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    real = run_variants.__globals__["run_quarter"]
    monkeypatch.setattr("studies.replay.replications.run_quarter", lambda m, f: (ran.append(1), real(m, f))[1])
    options = Options.of(PLAN, plans=plans)
    _, batch, calm = simulate(PLAN, options)
    monkeypatch.undo()
    bare = Options.of(PLAN, risks=(), plans=())
    fresh = run_replications(PLAN, ALLOCATION, bare, seed=SEED, numbers=range(REPLICATIONS))
    assert differing(calm, fresh) == []
    assert not any(counts.any() for counts in calm.struck.values())
    struck = sum(batch.struck.values()) > 0
    assert REPLICATIONS < len(ran) <= REPLICATIONS + struck.sum() < 2 * REPLICATIONS  # the others were known


def test_a_plan_set_off_by_a_date_is_not_mistaken_for_a_calm_quarter(tmp_path: Path) -> None:
    dated = """\
  - id: autumn-push
    name: Autumn push
    trigger: {week: 2}
    retainer: 1000.1
    activation_cost: 500
    effects:
      - {parameter: win_rate, factor: 1.4}
"""
    text = PLAN_YAML.replace("contingency_plans:\n", f"contingency_plans:\n{dated}")
    plan = load_plan(small_plan_files(tmp_path, plan=text), (), ("target=170000",)).plan
    _, batch, calm = simulate(plan, Options.of(plan, plans=["autumn-push"]))
    assert (batch.triggered["autumn-push"] == 1).all()
    bare = Options.of(plan, risks=(), plans=())
    fresh = run_replications(plan, ALLOCATION, bare, seed=SEED, numbers=range(REPLICATIONS))
    assert differing(calm, fresh) == []


def test_without_uncertainty_the_quarter_without_risks_has_none_either() -> None:
    options = Options.of(PLAN, uncertainty=False)
    _, _, calm = simulate(PLAN, options)
    bare = Options.of(PLAN, risks=(), plans=(), uncertainty=False)
    fresh = run_replications(PLAN, ALLOCATION, bare, seed=SEED, numbers=range(REPLICATIONS))
    assert differing(calm, fresh) == []


def test_optimism_is_what_the_optimiser_expects_too_much(simulated: tuple[SimulateResult, Batch, Batch]) -> None:
    result, _, calm = simulated
    optimism = result.optimism
    assert optimism is not None
    assert optimism.mean == pytest.approx(500_000 - calm.kpis["signed"].mean())
    assert 0 < optimism.ci_low < optimism.mean < optimism.ci_high
    assert result.expected_signed == 500_000


def test_a_hand_made_allocation_has_no_optimism() -> None:
    result, _, _ = simulate(PLAN, Options.of(PLAN))
    assert (result.expected_signed, result.optimism) == (None, None)


def test_chances_by_rep_product_and_region(simulated: tuple[SimulateResult, Batch, Batch]) -> None:
    result, batch, _ = simulated
    rows = {row.id: row for row in result.by_rep}
    assert list(rows) == ["R1", "R2", "R3"]
    assert (rows["R1"].name, rows["R1"].target, rows["R2"].target) == ("Ann", 90_000, 80_000)
    assert rows["R1"].p_quota == np.mean(batch.by_rep[:, 0] >= 90_000)
    assert 0 < rows["R1"].p_quota < 1
    assert (rows["R3"].target, rows["R3"].p_quota) == (0, None)  # no quota, no chance of it
    for spreads, values in ((result.by_product, batch.by_product), (result.by_region, batch.by_region)):
        for number, row in enumerate(spreads):
            assert row.mean == pytest.approx(values[:, number].mean())
            assert row.p10 <= row.p50 <= row.p90
    assert {row.id: row.target for row in result.by_product} == {"L1": 0, "S1": 170_000}
    assert {row.id: row.target for row in result.by_region} == {"north": 90_000, "south": 80_000}


def test_chances_are_of_the_quotas_that_weights_leave() -> None:
    """L1 takes half of S1's quota in week 2: R1 is asked 45,000, R2 40,000 and R3, who had 60,000 of L1, the rest."""
    weights = {"gain": {"product": ["L1"]}, "to_share": (60_000 + 85_000) / 230_000, "week": 2}
    figures = PLAN.model_dump() | {"policies": [{"id": "M3", "name": "", "weight_change": weights}]}
    plan = Plan.model_validate(figures)
    quotas = (*ALLOCATION.quotas, QuotaCell("L1", "south", "R3", 60_000.0))
    allocation = replace(ALLOCATION, quotas=quotas)
    futures = Futures(Execution(SEED, REPLICATIONS))
    result, batch, _ = simulate_study(plan, allocation, Options.of(plan), futures)
    final = [45_000, 40_000, 145_000]
    assert batch.quota_factors[0] == pytest.approx([145 / 60, 1 / 2])
    assert [row.target for row in result.by_rep] == [90_000, 80_000, 60_000]  # as handed out
    hits = [np.mean(batch.by_rep[:, number] >= quota) for number, quota in enumerate(final)]
    assert [row.p_quota for row in result.by_rep] == pytest.approx(hits)
    handed_out = [np.mean(batch.by_rep[:, n] >= row.target) for n, row in enumerate(result.by_rep)]
    assert hits != pytest.approx(handed_out)
    on_quota = next(kpi.mean for kpi in result.kpis if kpi.id == "reps_on_quota")
    assert on_quota == pytest.approx(np.mean(hits))
    assert attainment(plan, allocation, batch).on_quota.mean == pytest.approx(on_quota)
    assert [row.p_quota for row in result.by_product] == pytest.approx(
        [np.mean(batch.by_product[:, 0] >= 145_000), np.mean(batch.by_product[:, 1] >= 85_000)]
    )


def test_weeks_add_up_to_the_quarter(simulated: tuple[SimulateResult, Batch, Batch]) -> None:
    result, batch, _ = simulated
    assert [row.id for row in result.by_week] == [str(week) for week in range(1, 13)]
    assert sum(row.mean for row in result.by_week) == pytest.approx(batch.kpis["signed"].mean())
    assert sum(row.mean for row in result.cash_by_week) == pytest.approx(batch.kpis["cash"].mean())
    assert all(row.p_quota is None for row in result.by_week)


def test_what_was_in_play_is_said(simulated: tuple[SimulateResult, Batch, Batch]) -> None:
    result, batch, _ = simulated
    assert (result.risks, result.plans, result.forced) == (("K1", "K5", "K7"), ("K1-answer",), ())
    assert result.allocation_name == "by hand"
    chance = next(kpi for kpi in result.kpis if kpi.id == "p_target")
    assert chance.mean == batch.kpis["p_target"].mean()
    assert 0 < chance.mean < 1
    assert chance.ci_low < chance.mean < chance.ci_high
