"""Unit: customers without contact cool down, and a promised proposal that comes late costs the win (S3, S6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.health import cooled, scores
from simulation.kpis import measure
from simulation.options import Options
from simulation.quarter import Quarter
from tests.plans import small_plan

PLAN = small_plan(settings=["process.cycle_sigma=0"])


def quarter_of(hours_per_week: float, tier: dict[str, Any] | None = None, care: float = 0, **process: Any) -> Quarter:
    """O2 of the plan, tier A at its proposal (4 h and a touch of 1 h): nothing else to do but care of accounts."""
    idle: dict[str, Any] = {"baseline_leads": (), "cross_selling": None, "uncertainty": (), "risks": ()}
    idle |= {"receivables": (), "contingency_plans": (), "measures": ()}
    opportunity = {"id": "O1", "product": "S1", "region": "north", "rep": "R1", "customer_tier": "A", "value": 1000}
    opportunity |= {"stage": "proposal", "created": "2025-12-18"}  # entered on 4 January, a Sunday
    tiers = [{**row.model_dump(), "care_hours_per_touch": care, **(tier or {})} for row in PLAN.customer_tiers]
    reps = [{**rep.model_dump(), "hours_per_week": hours_per_week} for rep in PLAN.reps]
    rows = {"customer_tiers": tiers, "reps": reps, "opportunities": [opportunity]}
    rows["calendar"] = PLAN.calendar.model_dump() | {"blocks": ()}
    plan = Plan.model_validate(PLAN.model_dump() | idle | rows | {"process": PLAN.process.model_dump() | process})
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    return Quarter(model, draw_future(model, 1, 0))


def test_warmth_falls_for_every_week_beyond_the_cadences() -> None:
    process = PLAN.process.model_copy(update={"cooling_cadences": 2, "cooling_factor": 0.9})
    assert [cooled(process, days, 2.5) for days in (0, 5)] == [1, 1]
    assert [cooled(process, days, 2.5) for days in (10, 15)] == pytest.approx([0.9, 0.81])
    assert cooled(process, 10, 5) == 1


@pytest.mark.parametrize(("hours_per_week", "late_factor"), [(25, 1), (5, 0.5)])
def test_a_promised_proposal_is_due_at_once_and_costs_the_win_when_it_is_late(
    hours_per_week: float, late_factor: float
) -> None:
    """5 h take a day of 5 h, or five days of 1 h."""
    quarter = quarter_of(hours_per_week, {"proposal_promised_days": 3, "late_proposal_factor": 0.5})
    (deal,) = quarter.deals
    assert deal.due == 0
    quarter.env.run_until(5.01)
    assert (deal.touch, deal.hours, deal.warmth) == (1, 5, late_factor)
    assert deal.due > 5.01  # the next touch is due in its time


def test_without_a_promise_the_proposal_is_due_in_its_time() -> None:
    quarter = quarter_of(5, {"late_proposal_factor": 0.5})
    (deal,) = quarter.deals
    assert deal.due > 3
    quarter.env.run_until(deal.due + 5.01)
    assert (deal.touch, deal.warmth) == (1, 1)


def test_a_contact_that_comes_late_leaves_a_cooler_customer() -> None:
    """5 h of work at 0.1 h a day: 50 days, of which two cadences of 2.5 days are allowed."""
    quarter = quarter_of(0.5, care=0, cooling_cadences=2, cooling_factor=0.9)
    (deal,) = quarter.deals
    due = deal.due
    quarter.env.run_until(due + 50.01)
    assert deal.touch == 1
    assert deal.warmth == pytest.approx(0.9 ** ((50 - 2 * 2.5) / 5))
    assert quarter_of(0.5).deals[0].warmth == 1


def test_a_customer_whose_care_comes_late_renews_less() -> None:
    """C1's contract comes up on day 26; no care of 200 h is done before: 18.5 days too late."""
    assert renewal_of_c1(quarter_of(24, care=200)) == "renewed"
    # 0.9 x 0.5 ** 3.7 is 0.07, and 0.9 x 0.9 ** 3.7 is 0.61.
    assert renewal_of_c1(quarter_of(24, care=200, cooling_factor=0.5)) == "not renewed"
    assert renewal_of_c1(quarter_of(24, care=200, cooling_factor=0.9)) == "renewed"
    assert renewal_of_c1(quarter_of(24, care=1, cooling_factor=0.5)) == "renewed"


def renewal_of_c1(quarter: Quarter) -> str:
    """At a draw of 0.5."""
    quarter.future = replace(quarter.future, renewals=(0.5,) * 4)
    return next(renewal.outcome for renewal in quarter.run().renewals if renewal.account == 0)


def test_contact_in_time_and_proposals_in_time_change_nothing() -> None:
    calm = quarter_of(40, care=0.5).run()
    kept = {"proposal_promised_days": None, "late_proposal_factor": 0.5}
    assert quarter_of(40, kept, care=0.5, cooling_cadences=50, cooling_factor=0.5).run() == calm


HEALTH = {"weeks": [1, 2, 3], "interaction": 0.6, "need_match": 0.4, "budget_release": 0, "alarm_below": 0.5}


def test_a_low_score_sets_off_the_alarm_until_it_is_back() -> None:
    """Nobody has time for the care of C1 and C3, every 2.5 days: two cadences late, on day 7.5, interaction is 0.

    After week 1 it is 0.5, the score 0.7; after week 2 the score is 0.4. C2 and C4 have automated care.
    """
    worse = {"parameter": "strike_rate", "factor": 3, "scope": {"struck": True}}
    answer = {"id": "X", "name": "", "trigger": {"alarm": "S6"}, "delay_days": 1, "activation_cost": 7, "chosen": True}
    figures = quarter_of(24, care=200).model.plan.model_dump()
    policies = [{"id": "S6", "name": "", "health": HEALTH | {"effects": [worse]}}]
    plan = Plan.model_validate(figures | {"policies": policies, "contingency_plans": [answer], "scenarios": ()})
    assert plan_problems(plan) == []
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    quarter = Quarter(model, draw_future(model, 1, 0))
    quarter.env.run_until(9.9)
    assert scores(quarter) == pytest.approx([0.4, 1, 0.4, 1])
    assert "strike_rate" not in quarter.board.acting
    quarter.env.run_until(10.1)
    aims = [active.aim for active in quarter.board.acting["strike_rate"].in_order()]
    assert aims == [("account", "C1"), ("account", "C3")]
    quarter.accounts[0].last_contact = 14.0  # somebody came
    quarter.env.run_until(15.1)
    assert [active.aim for active in quarter.board.acting["strike_rate"].in_order()] == [("account", "C3")]
    records = quarter.run()
    assert [(row.plan, row.subject, row.day) for row in records.activations] == [("X", "C1", 11.0), ("X", "C3", 11.0)]
    assert measure(records, model).kpis["customer_health"] == pytest.approx((0.4 + 1 + 0.4 + 1) / 4)


def test_a_score_counts_lost_opportunities_and_closed_budgets() -> None:
    """C1 lost one of its two opportunities, and the textile industry releases no budget after week 2."""
    figures = quarter_of(40, care=0.5).model.plan.model_dump()
    row = figures["opportunities"][0] | {"account": "C1"}
    window = {"id": "w", "industries": ["textile"], "stage": "contract", "weeks": [1, 2]}
    health = HEALTH | {"interaction": 0.5, "need_match": 0.3, "budget_release": 0.2}
    sections = {
        "opportunities": [row, row | {"id": "O2"}],
        "policies": [{"id": "S6", "name": "", "health": health}],
        "calendar": figures["calendar"] | {"budget_windows": [window]},
    }
    plan = Plan.model_validate(figures | sections)
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    quarter = Quarter(model, draw_future(model, 1, 0))
    quarter.deals[1].end(quarter, "lost")
    found = []
    for day in (0.01, 10.01):
        quarter.env.run_until(day)
        quarter.deals[0].outcome = "open"
        found.append(scores(quarter)[:3])
    assert found == [pytest.approx([0.85, 1, 1]), pytest.approx([0.65, 1, 1])]
