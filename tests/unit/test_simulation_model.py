"""Unit: plans that the checks let pass and that the simulation must take, or refuse in a planner's words."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import PlanFileError, UsageError
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.compiling import compile_model
from simulation.future import draw_future
from tests.plans import small_plan

BUDGET = Allocation("by hand", (), (BudgetCell("south", "online", 40_000.0),))


def plan_of(**sections: Any) -> Plan:
    plan = Plan.model_validate(small_plan().model_dump() | sections)
    assert plan_problems(plan) == []
    return plan


def test_shares_written_to_seven_digits_are_shares() -> None:
    figures = small_plan().model_dump()
    third = 0.3333333
    products = [*figures["products"], figures["products"][0] | {"id": "T1"}]
    mix = {"L1": third, "S1": third, "T1": third}
    activities = [activity | {"product_mix": mix} for activity in figures["activities"]]
    process = figures["process"] | {"lead_tier_mix": {"A": 2 * third, "C": third}}
    cross_selling = figures["cross_selling"] | {"product_mix": mix}
    plan = plan_of(products=products, activities=activities, process=process, cross_selling=cross_selling)
    model = compile_model(plan, BUDGET)
    assert model.source_products.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert model.source_tiers.sum(axis=1) == pytest.approx(1, abs=1e-12)
    drawn = {point.product for number in range(5) for point in draw_future(model, 1, number).leads}
    assert drawn == {0, 1, 2}


@pytest.mark.parametrize("shares", [(0, 0.5, 0.5), (0.5, 0, 0.5)])
def test_an_opportunity_in_a_stage_that_takes_no_time_is_refused(shares: tuple[float, ...]) -> None:
    """Its age would say exactly, or not at all, how long its cycle is."""
    figures = small_plan().model_dump()
    stages = [s | {"cycle_share": share} for s, share in zip(figures["process"]["stages"], shares, strict=True)]
    stage = next(s["id"] for s in stages if s["cycle_share"] == 0)
    rows = [figures["opportunities"][0] | {"stage": stage}]
    with pytest.raises(PlanFileError, match=rf"opportunities.O1.stage: stage {stage} takes no part of the sales cycle"):
        compile_model(plan_of(process=figures["process"] | {"stages": stages}, opportunities=rows), BUDGET)
    others = [figures["opportunities"][0] | {"stage": "contract"}]
    compile_model(plan_of(process=figures["process"] | {"stages": stages}, opportunities=others), BUDGET)


def test_an_allocation_that_names_a_cell_twice_is_refused(small_plan: Plan) -> None:
    cell, money = QuotaCell("S1", "north", "R1", 1.0), BudgetCell("north", "salon", 1.0)
    with pytest.raises(UsageError, match="a quota is given twice"):
        compile_model(small_plan, Allocation("twice", (cell, cell)))
    with pytest.raises(UsageError, match="a budget is given twice"):
        compile_model(small_plan, Allocation("twice", (cell,), (money, money)))
