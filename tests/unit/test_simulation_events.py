"""Unit: what an event does to a customer's open opportunities: they fall back and wait, shrink, split (K3, K4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import addon_chance, draw_future, passes_again
from simulation.kpis import measure
from simulation.opportunities import Opportunity
from simulation.options import ForcedStrike, Options
from simulation.quarter import Quarter
from tests.plans import small_plan

PLAN = small_plan(settings=["process.cycle_sigma=0"])
OPPORTUNITY = {"product": "S1", "region": "north", "rep": "R1", "customer_tier": "A", "created": "2026-01-02"}
AGES = {"need": "2025-12-31", "proposal": "2025-12-04", "contract": "2025-11-10"}
"""A cycle of 60 days is over 18 days after the need was accepted in the first stage, and 42 days in the second."""


def rows(**stages: str) -> list[dict[str, Any]]:
    """Opportunities of the customer C1, by id and stage, of 1,000 each."""
    same = {**OPPORTUNITY, "value": 1000, "account": "C1"}
    return [{**same, "id": id, "stage": stage, "created": AGES[stage]} for id, stage in stages.items()]


def quarter_of(event: str, answer: dict[str, Any] | None = None, week: int = 2, **sections: Any) -> Quarter:
    """A quarter in which an event hits C1 on the first day of a week, and nothing else happens."""
    figures = sections.pop("figures", {})
    risk = {"id": "K", "name": "", "subject": "account", "chance_per_quarter": 0, "event": event, "figures": figures}
    loss = {"id": "L", "name": "", "subject": "account", "chance_per_quarter": 0, "event": "account_lost"}
    idle: dict[str, Any] = {"baseline_leads": (), "cross_selling": None, "uncertainty": (), "measures": ()}
    held = {"id": "X", "name": "", "trigger": {"strike": "K"}, "chosen": True, **(answer or {})}
    forced = [ForcedStrike("K", week, "C1")]
    if lost_in := sections.pop("lost_in", None):
        forced.append(ForcedStrike("L", lost_in, "C1"))
    plan = Plan.model_validate(
        PLAN.model_dump() | idle | {"risks": [risk, loss], "contingency_plans": [held] if answer else []} | sections
    )
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan, forced=forced))
    return Quarter(model, replace(draw_future(model, 1, 0), thresholds=np.full(len(model.strikes), 1e12)))


def after(quarter: Quarter, day: float) -> Quarter:
    quarter.env.run_until(day + 1e-6)
    return quarter


def deals(quarter: Quarter) -> dict[str, Opportunity]:
    return {deal.id.removeprefix("opportunity:"): deal for deal in quarter.deals}


def passing(quarter: Quarter) -> Quarter:
    """Let every opportunity pass every stage it comes to."""
    for deal in quarter.deals:
        deal.passes = (0.0,) * len(deal.passes)
    return quarter


@pytest.mark.parametrize(("named", "stages"), [(None, (0, 0, 1)), ("need", (0, 0, 0)), ("contract", (0, 1, 2))])
def test_opportunities_fall_back_by_a_stage_or_to_the_one_named(named: str | None, stages: tuple[int, ...]) -> None:
    of = rows(O1="need", O2="proposal", O3="contract")
    quarter = quarter_of("decision_maker_changes", figures={"back_to_stage": named}, week=1, opportunities=of)
    before = tuple(deal.stage for deal in quarter.deals)
    assert before == (0, 1, 2)
    assert tuple(deal.stage for deal in after(quarter, 0).deals) == stages


def test_they_wait_and_then_begin_the_stage_anew() -> None:
    figures = {"stall_days": 7}
    quarter = quarter_of("decision_maker_changes", figures=figures, week=1, opportunities=rows(O1="proposal"))
    worked = after(quarter, 6.9).reps[0].hours
    (deal,) = quarter.deals
    assert (deal.stalled, deal.stage, deal.touch, deal.hours) == (True, 0, 0, 0)
    after(quarter, 7)
    assert (deal.stalled, deal.stage_start) == (False, 7)
    # The first of two touches of a stage of 0.3 x 60 x 5/7 working days is due after a quarter of them.
    assert deal.due == pytest.approx(7 + 0.25 * 0.3 * 60 * 5 / 7)
    assert quarter.reps[0].weighted == pytest.approx(1000 * quarter.model.win_from[0][0])
    passing(quarter)
    after(quarter, deal.due + 1)
    assert (deal.touch, deal.hours) == (1, 0.5)
    assert quarter.reps[0].hours >= worked + 0.5
    after(quarter, 7 + 0.3 * 60 * 5 / 7 + 0.1)
    assert deal.stage == 1  # it began on day 7 and took its time


def test_the_wait_is_looked_at_every_day_and_a_plan_shortens_it() -> None:
    figures = {"stall_days": 20}
    shorter = {"effects": [{"parameter": "stall_days", "shift": -12, "scope": {"struck": True}}], "cost_per_use": 5}
    quarter = quarter_of(
        "decision_maker_changes", {"delay_days": 4, **shorter}, figures=figures, opportunities=rows(O1="proposal")
    )
    (deal,) = quarter.deals
    assert after(quarter, 12.9).deals[0].stalled  # from day 5 on
    assert after(quarter, 13).deals[0].stage_start == 13  # eight days, known on day 9
    late = quarter_of(
        "decision_maker_changes", {"delay_days": 10.5, **shorter}, figures=figures, opportunities=rows(O1="proposal")
    )
    assert after(late, 15.9).deals[0].stalled  # the plan comes on day 15.5, when the eight days are over
    assert after(late, 16).deals[0].stage_start == 16
    records = quarter.run()
    assert measure(records, quarter.model).kpis["plan_cost"] == 5
    assert deal.turn == 1


def test_a_touch_in_hand_is_finished_and_counts_for_nothing() -> None:
    """A proposal of 4 h and a touch of 1 h begun before the change take until after it."""
    slow = [{**rep.model_dump(), "hours_per_week": 1} for rep in PLAN.reps]
    care = [{**tier.model_dump(), "care_hours_per_touch": 0} for tier in PLAN.customer_tiers]
    begun = {**rows(O1="proposal")[0], "created": "2025-12-20"}
    quarter = quarter_of(
        "decision_maker_changes",
        week=3,
        figures={"stall_days": 1},
        opportunities=[begun],
        reps=slow,
        customer_tiers=care,
        receivables=(),
    )
    (deal,) = quarter.deals
    after(quarter, 9.9)
    assert deal.due < 9  # in hand from its due day, for 25 days
    after(quarter, 12)
    assert (deal.stage, deal.touch, deal.hours, deal.stalled) == (0, 0, 0, False)
    passing(quarter)
    done = deal.due
    quarter.env.run_until(45)
    assert deal.hours >= 5
    assert deal.created < 0 < done


def test_stages_passed_again_have_chances_of_their_own() -> None:
    quarter = quarter_of("decision_maker_changes", week=1, opportunities=rows(O1="contract", O2="need"))
    first = {deal.id: deal.passes for deal in quarter.deals}
    after(quarter, 0)
    model, future = quarter.model, quarter.future
    contract, need = quarter.deals
    again = passes_again(model, future, contract.id, 1)
    assert again[1] not in first[contract.id]
    assert contract.passes == (first[contract.id][0], again[1], first[contract.id][2])
    assert need.passes == first[need.id]  # it had not passed the stage that it begins anew
    assert passes_again(model, future, contract.id, 2)[1] not in (again[1], first[contract.id][1])


def test_open_opportunities_shrink_to_a_share_of_their_value() -> None:
    other = {**rows(O9="need")[0], "account": None}
    quarter = quarter_of("deal_shrinks", figures={"shrink_share": 0.79}, opportunities=[*rows(O1="need"), other])
    after(quarter, 5)
    assert {id: deal.value for id, deal in deals(quarter).items()} == {"O1": 790, "O9": 1000}
    expected = [deal.expected_value() for deal in quarter.deals]
    assert quarter.reps[0].weighted == pytest.approx(sum(expected))


def test_an_effect_changes_what_a_shrinking_budget_leaves() -> None:
    kept = [{"id": "M", "name": "", "effects": [{"parameter": "shrink_share", "shift": 0.1}]}]
    quarter = quarter_of("deal_shrinks", figures={"shrink_share": 0.79}, opportunities=rows(O1="need"), measures=kept)
    assert after(quarter, 5).deals[0].value == pytest.approx(890)


SPLIT = {"base_share": 0.7, "addon_delay_days": 10, "addon_stage": "proposal"}


def test_an_opportunity_splits_into_a_base_and_an_add_on_that_starts_later() -> None:
    quarter = passing(quarter_of("deal_splits", figures=SPLIT, opportunities=rows(O1="need")))
    assert [deal.value for deal in after(quarter, 5).deals] == [700]
    after(quarter, 15)
    base, addon = quarter.deals
    assert base.value + addon.value == 1000
    assert (addon.id, addon.source, addon.created) == ("opportunity:O1/add_on1", "add_on", 15)
    assert (addon.stage, addon.rep, addon.account, addon.product) == (1, base.rep, base.account, base.product)
    assert addon.chance == addon_chance(quarter.model, quarter.future, addon.id, base.product)
    assert addon.passes != base.passes
    records = quarter.run()
    assert sum(deal.value for deal in records.deals) == 1000


def test_no_add_on_for_who_went_or_decided_against_the_base() -> None:
    lost = quarter_of("deal_splits", figures=SPLIT, opportunities=rows(O1="need"), lost_in=3)
    assert [deal.id for deal in after(lost, 20).deals] == ["opportunity:O1"]
    refused = quarter_of("deal_splits", figures=SPLIT, opportunities=rows(O1="contract"))
    after(passing(refused), 5).deals[0].end(refused, "lost")
    assert len(after(refused, 20).deals) == 1
    won = quarter_of("deal_splits", figures=SPLIT, opportunities=rows(O1="need"))
    after(passing(won), 14.9).deals[0].end(won, "won")
    assert len(after(won, 20).deals) == 2


def test_a_contingency_plan_splits_what_the_strike_hit() -> None:
    answer = {"event": "deal_splits", "figures": SPLIT, "delay_days": 2, "cost_per_use": 30}
    other = {**rows(O9="need")[0], "account": "C2", "customer_tier": "C"}
    opportunities = [*rows(O1="need", O2="proposal"), other]
    quarter = passing(quarter_of("deal_shrinks", answer, figures={"shrink_share": 0.5}, opportunities=opportunities))
    after(quarter, 7)
    assert {id: deal.value for id, deal in deals(quarter).items()} == {"O1": 350, "O2": 350, "O9": 1000}
    records = quarter.run()
    assert records.uses == {"X": 2}
    assert measure(records, quarter.model).kpis["plan_cost"] == 60
    assert sum(deal.value for deal in records.deals if deal.account == 0) == pytest.approx(1000)
