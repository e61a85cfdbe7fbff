"""Known answer: what makes a stage harder moves who passes it, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.outlook import Outlooks
from scenarios.allocation import Allocation
from scenarios.effects import Effect
from scenarios.errors import PlanFileError
from scenarios.expectations import expected_stage_weights, stage_weights
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.board import ActiveEffect
from simulation.compiling import compile_model
from simulation.future import DealChance, draw_future
from simulation.options import Options
from simulation.quarter import Quarter
from tests.plans import small_plan, small_plan_files

PLAN = small_plan(settings=["process.cycle_sigma=0"])
HARDER = {"parameter": "stage_difficulty", "factor": 3, "scope": {"stage": ["proposal"], "product": ["S1"]}}
KEYS = {"product": "S1", "customer_tier": "A"}


def plan_of(measures: Any = (), **products: str) -> Plan:
    """Three stages as hard as each other, the second one qualified, of which a quarter of A pass the last two.

    So each has the weight 1/2: 0.25 ** 0.5 = 0.5 pass it. Opportunities by id and product, all in the first stage.
    """
    figures = PLAN.model_dump()
    stages = [stage | {"conversion": 0.5} for stage in figures["process"]["stages"]]
    tiers = [tier | {"win_rate": 0.25} for tier in figures["customer_tiers"]]
    same = {"region": "north", "rep": "R1", "customer_tier": "A", "created": "2026-01-02", "value": 1000}
    rows = [{**same, "id": id, "product": product, "stage": "need"} for id, product in products.items()]
    idle: dict[str, Any] = {"baseline_leads": (), "cross_selling": None, "uncertainty": (), "risks": ()}
    idle |= {"contingency_plans": (), "measures": measures, "opportunities": rows, "receivables": ()}
    process = figures["process"] | {"stages": stages, "qualified_stage": "proposal"}
    return Plan.model_validate(figures | idle | {"process": process, "customer_tiers": tiers})


def ends(plan: Plan, passes: dict[str, tuple[float, ...]], *effects: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Outcome of each opportunity and the stage of it, for its draws."""
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    future = draw_future(model, 1, 0)
    chances = tuple(DealChance(20.0, passes[deal.id.partition(":")[2]], (0.5,) * 9) for deal in model.open_deals)
    quarter = Quarter(model, replace(future, open_deals=chances))
    for effect in effects:
        quarter.board.switch_on(ActiveEffect.of(Effect.model_validate(effect)))
    return {row.id.partition(":")[2]: (row.outcome, row.stage) for row in quarter.run().deals}


def test_a_stage_that_is_three_times_as_hard_is_passed_three_times_running() -> None:
    """0.25 ** (1/2) = 0.5 pass each stage, 0.25 ** (3/2) = 0.125 the harder one."""
    plan = plan_of(O1="S1", O2="S1", O3="S1", O4="L1")
    passes = {"O1": (0.499, 0.124, 0.499), "O2": (0.499, 0.126, 0.0), "O3": (0.501, 0.0, 0.0)}
    passes |= {"O4": (0.499, 0.499, 0.501)}
    alike = {"O1": ("won", 2), "O3": ("lost", 0), "O4": ("lost", 2)}  # O4: a product of which the effect says nothing
    assert ends(plan, passes) == {**alike, "O2": ("won", 2)}
    assert ends(plan, passes, HARDER) == {**alike, "O2": ("lost", 1)}


def test_a_stage_without_difficulty_is_passed_by_all() -> None:
    plan = plan_of(O1="S1", O2="S1")
    passes = {"O1": (0.499, 0.999999, 0.499), "O2": (0.499, 0.999999, 0.501)}
    none = {**HARDER, "factor": 0}
    assert ends(plan, passes, none) == {"O1": ("won", 2), "O2": ("lost", 2)}


def test_plans_to_which_nothing_happens_in_a_stage_are_the_same_to_the_bit() -> None:
    plan = plan_of(O1="S1", O2="S1")
    passes = {"O1": (0.499, 0.499, 0.499), "O2": (0.499, 0.499, 0.501)}
    assert ends(plan, passes, {**HARDER, "factor": 1}) == ends(plan, passes)


def test_the_linear_program_expects_what_the_simulation_does() -> None:
    plan = plan_of(({"id": "M", "name": "", "effects": [HARDER]},), O1="S1", O2="L1")
    assert stage_weights(plan.process) == pytest.approx([0.5, 0.5, 0.5])
    assert expected_stage_weights(plan, KEYS) == pytest.approx([0.5, 1.5, 0.5])
    assert expected_stage_weights(plan, KEYS | {"product": "L1"}) == pytest.approx([0.5, 0.5, 0.5])
    without = plan_of(O1="S1", O2="L1")
    harder, before = ([Outlooks(each).of_open(deal).value for deal in each.opportunities] for each in (plan, without))
    assert harder == pytest.approx([before[0] * 0.25, before[1]])  # 0.25 ** (3/2 - 1/2)


def test_only_a_stage_s_parameter_is_picked_by_stage(tmp_path: Any) -> None:
    files = small_plan_files(tmp_path)
    text = files.joinpath("plan.yaml").read_text(encoding="utf-8")
    entry = "\nuncertainty:\n  - {{id: U-x, name: x, parameter: {}, scope: {{stage: [{}]}}, "
    entry += "distribution: {{kind: lognormal, sigma: 0.2}}}}\n"
    for parameter, stage, said in (
        ("win_rate", "need", "win_rate cannot be picked by stage"),
        ("stage_difficulty", "needs", "there is no stage needs. Did you mean need"),
    ):
        written = text.replace("\nuncertainty:\n", entry.format(parameter, stage))
        files.joinpath("plan.yaml").write_text(written, encoding="utf-8")
        with pytest.raises(PlanFileError, match=said):
            load_plan(files)
