"""Unit: what happens to the work when a rep leaves or a customer is lost (K5, K7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.options import ForcedStrike, Options
from simulation.quarter import Quarter
from tests.plans import small_plan

PLAN = small_plan()
REPS = [
    {"id": "R1", "name": "", "tier": "top", "regions": ("north",), "hours_per_week": 20},
    {"id": "R2", "name": "", "tier": "core", "regions": ("north", "south"), "hours_per_week": 20},
    {"id": "R3", "name": "", "tier": "new", "regions": ("south",), "hours_per_week": 20},
    {"id": "R4", "name": "", "tier": "top", "regions": ("north",), "hours_per_week": 20},
    {"id": "R5", "name": "", "tier": "top", "regions": ("north",), "hours_per_week": 20},
]
QUOTAS = Allocation(
    "by hand",
    tuple(QuotaCell("S1", "north", rep, quota) for rep, quota in (("R1", 1e6), ("R2", 9e6), ("R4", 1e6), ("R5", 2e6))),
)


def leaving(event: str = "rep_leaves", subject: str = "rep", **fields: Any) -> dict[str, Any]:
    return {"id": "K", "name": "", "subject": subject, "chance_per_quarter": 0, "event": event, **fields}


def quarter_of(struck: str, *strikes: dict[str, Any], week: int = 2, **sections: Any) -> Quarter:
    """A quarter in which the risk K hits somebody in a week; nothing else strikes, no new opportunity comes."""
    sections = {"reps": REPS, "risks": [*strikes], "uncertainty": (), "contingency_plans": (), **sections}
    plan = Plan.model_validate(PLAN.model_dump() | {"baseline_leads": (), "cross_selling": None} | sections)
    quotas = Allocation("by hand", tuple(cell for cell in QUOTAS.quotas if cell.rep in plan.rep))
    model = compile_model(plan, quotas, Options.of(plan, forced=(ForcedStrike("K", week, struck),)))
    future = draw_future(model, 1, 0)
    return Quarter(model, replace(future, thresholds=np.full(len(model.strikes), 1e12)))


def owners(quarter: Quarter) -> dict[str, str]:
    return {deal.id.removeprefix("opportunity:"): quarter.model.reps[deal.rep] for deal in quarter.deals}


def account_owners(quarter: Quarter) -> dict[str, str]:
    return {account.row.id: quarter.model.reps[account.rep] for account in quarter.accounts}


OPPORTUNITIES = [{**row.model_dump(), "stage": "need"} for row in PLAN.opportunities]
NEVER_ENDS = {
    "process": {**PLAN.process.model_dump(), "cycle_sigma": 0},
    "products": [{**product.model_dump(), "median_cycle_days": 5000} for product in PLAN.products],
    "opportunities": OPPORTUNITIES,
}


def test_work_waits_for_the_hand_over_and_goes_to_a_similar_rep_of_the_region() -> None:
    sections = {**NEVER_ENDS, "opportunities": [*OPPORTUNITIES, {**OPPORTUNITIES[1], "id": "O6", "rep": "R4"}]}
    quarter = quarter_of("R1", leaving(notice_days=2), handover={"days": 3}, **sections)
    quarter.env.run_until(9.9)  # struck on day 5, gone on day 7, handed over on day 10
    assert quarter.reps[0].left
    assert owners(quarter) == {"O1": "R1", "O2": "R2", "O3": "R1", "O4": "R3", "O5": "R2", "O6": "R4"}
    worked = quarter.reps[0].hours
    quarter.env.run_until(10.1)
    # R2 has the largest quota, but R4 and R5 are of R1's tier; of them R5 has the larger part of its quota unmet.
    assert owners(quarter) == {"O1": "R5", "O2": "R2", "O3": "R5", "O4": "R3", "O5": "R2", "O6": "R4"}
    assert account_owners(quarter) == {"C1": "R5", "C2": "R2", "C3": "R3", "C4": "R2"}
    assert quarter.reps[0].weighted == pytest.approx(0, abs=1e-6)
    assert quarter.reps[4].weighted > 0
    assert [deal.orphan_factor for deal in quarter.deals] == [0.85, 1, 0.85, 1, 1, 1]
    quarter.run()
    assert quarter.reps[0].hours == worked
    assert quarter.reps[4].hours > 0


def test_a_newcomer_takes_over_with_a_mentor_where_the_plan_pairs_them() -> None:
    """R1, a top rep, leaves the north: R2, of the core, takes over; of the top reps R4 and R5 one gives two hours."""
    pair = {"rep_tiers": ["core"], "mentor_tiers": ["top"], "mentor_hours": 2, "mentor_weeks": 1}
    quarter = quarter_of("R1", leaving(), handover={"days": 3, "pair": pair}, **NEVER_ENDS)
    quarter.env.run_until(8.1)  # struck and gone on day 5
    assert owners(quarter)["O1"] == "R2"
    assert account_owners(quarter)["C1"] == "R2"
    mentoring = [active.aim for active in quarter.board.acting["rep_hours"].in_order()]
    assert mentoring == [("rep", "R4")]  # the nearer to the quota
    quarter.env.run_until(13.1)
    assert "rep_hours" not in quarter.board.acting
    quarter = quarter_of("R1", leaving(), handover={"days": 3, "pair": {**pair, "enabled": False}}, **NEVER_ENDS)
    quarter.env.run_until(8.1)
    assert owners(quarter)["O1"] == "R4"


def test_equal_successors_are_taken_by_id() -> None:
    twins = [{**rep, "tier": "top"} for rep in REPS]
    quarter = quarter_of("R2", leaving(), reps=twins, handover={"days": 0}, **NEVER_ENDS)
    quarter.env.run_until(5.1)
    # In the north R1 has much in hand; R4 and R5 have nothing, and an equal part of their quotas unmet.
    assert owners(quarter)["O2"] == "R4"
    assert owners(quarter)["O5"] == "R3"  # the only one left in the south


def test_where_nobody_covers_the_region_any_rep_takes_over() -> None:
    alone = [REPS[0], {**REPS[1], "regions": ("north",)}, REPS[2]]
    quarter = quarter_of(
        "R3",
        leaving(),
        reps=alone,
        handover={"days": 0},
        accounts=[row for row in PLAN.accounts if row.id != "C4"],
        **{**NEVER_ENDS, "opportunities": OPPORTUNITIES[:4]},
    )
    quarter.env.run_until(5.1)
    assert owners(quarter)["O4"] in ("R1", "R2")
    assert account_owners(quarter)["C3"] == owners(quarter)["O4"]


def test_where_nobody_is_left_work_stays_where_it_is() -> None:
    rows = {
        "accounts": [{**row.model_dump(), "rep": "R2"} for row in PLAN.accounts],
        "opportunities": [{**row, "rep": "R2"} for row in OPPORTUNITIES],
    }
    quarter = quarter_of("R2", leaving(), reps=[REPS[1]], handover={"days": 0}, **{**NEVER_ENDS, **rows})
    records = quarter.run()
    assert {deal.rep for deal in records.deals} == {0}
    assert records.hours[0] <= 5 * 4  # five days of four hours until the first day of week 2
    assert all(deal.outcome == "open" for deal in records.deals)


HALF_WHERE = {"parameter": "renewal_rate", "factor": 0.5}


@pytest.mark.parametrize(
    ("effect", "before", "after"),
    [
        ({**HALF_WHERE, "scope": {"rep": ["R1"]}}, 0.4, 0.8),
        ({**HALF_WHERE, "scope": {"rep": ["R4"]}}, 0.8, 0.4),
    ],
)
def test_an_account_is_picked_by_the_rep_who_has_it_now(effect: dict[str, Any], before: float, after: float) -> None:
    measures = [{"id": "M", "name": "", "effects": [effect]}]
    quarter = quarter_of("R1", leaving(), measures=measures, handover={"days": 1}, **NEVER_ENDS)

    def rate() -> float:
        return quarter.board.value("renewal_rate", 0.8, quarter.accounts[0].keys, "account:C1")

    quarter.env.run_until(5.9)
    assert rate() == before
    quarter.env.run_until(6.1)
    assert rate() == after


def test_hazards_and_cross_sell_of_an_account_follow_the_rep_who_has_it_now() -> None:
    risks = [leaving(), {"id": "K7", "name": "", "subject": "account", "chance_per_quarter": 0.5}]
    effects = [
        {"parameter": "strike_rate", "factor": 0, "scope": {"rep": ["R4"], "risk": ["K7"]}},
        {"parameter": "cross_sell_rate", "factor": 0, "scope": {"rep": ["R4"]}},
    ]
    tiers = [{**tier.model_dump(), "cross_sell_per_quarter": 50} for tier in PLAN.customer_tiers]
    quarter = quarter_of(
        "R1",
        *risks,
        measures=[{"id": "M", "name": "", "effects": effects}],
        handover={"days": 1},
        customer_tiers=tiers,
        cross_selling=PLAN.cross_selling,
        **NEVER_ENDS,
    )
    records = quarter.run()
    cross_sell = [deal.created for deal in records.deals if deal.source == "cross_sell" and deal.account == 0]
    assert len(cross_sell) > 0
    assert max(cross_sell) < 6  # C1 is R4's from day 6 on
    assert max(deal.created for deal in records.deals if deal.account == 1) > 50
    number = quarter.model.strike_entities.ids.index("strike:K7/C1")
    hazards = quarter.risks.cumulative
    assert hazards[number] == pytest.approx(6 / 58 * hazards[number + 1])


SHORT = {
    "products": [{**product.model_dump(), "median_cycle_days": 20} for product in PLAN.products],
    # Just accepted: its touches are due on days 0.36 and 2.50.
    "opportunities": [{**PLAN.opportunities[0].model_dump(), "stage": "need", "created": "2026-01-04"}],
    "receivables": (),
}


def process(**fields: Any) -> dict[str, Any]:
    return {**PLAN.process.model_dump(), "cycle_sigma": 0, **fields}


def test_a_lost_customer_takes_its_opportunities_along_and_nobody_s_time() -> None:
    """O1 and the work on the renewal of C1 wait in R1's queue when C1 goes; R1 does not work on them any more."""
    slow = [{**rep, "hours_per_week": 0.05} for rep in REPS]
    work = process(renewal_hours=7, renewal_lead_days=35)
    quarter = quarter_of("C1", leaving("account_lost", "account"), reps=slow, process=work, **SHORT)
    quarter.env.run_until(5.1)
    lost = quarter.deals[0]
    assert (lost.outcome, lost.ended, quarter.accounts[0].lost) == ("lost", 5.0, True)
    waiting = {task.id: task.next_hours(quarter) for task in quarter.reps[0].hand_over()}
    assert waiting == {"opportunity:O1": 0, "renewal:C1": 0}
    records = quarter.run()
    assert [(end.outcome, end.value) for end in records.renewals if end.account == 0] == [("account lost", 0.0)]


def test_a_customer_lost_in_the_middle_of_a_touch_counts_its_hours_and_no_more() -> None:
    """At 0.2 h a day from day 2 on, a touch of 0.5 h takes 2.5 days: to day 4.5, and the next one to day 7."""
    slow = [{**rep, "hours_per_week": 1} for rep in REPS]
    no_care = [{**tier.model_dump(), "care_hours_per_touch": 0} for tier in PLAN.customer_tiers]
    lost = leaving("account_lost", "account")
    quarter = quarter_of("C1", lost, reps=slow, process=process(), customer_tiers=no_care, **SHORT)
    quarter.env.run_until(5.1)
    assert quarter.deals[0].hours == 0.5
    records = quarter.run()
    assert records.hours[0] == records.deals[0].hours == 1.0
    assert (records.deals[0].outcome, records.deals[0].ended) == ("lost", 5.0)
