"""Known answer: days and weeks that matter, worked out by hand: the attack day, budgets, the end of the quarter.

One rep of 40 hours in four weeks from Monday 5 January 2026 (days 0 to 19). A cycle has two halves: "offer" with one
touch of 4 hours in its middle, and "sign" with one touch of 4 hours in its middle. So an opportunity of cycle C that
comes on day b has its touches due on b + C/4 and b + 3C/4, and its stages end on b + C/2 and b + C. A win rate of 0.64
means that each half is passed with 0.8.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.quarter import Quarter
from simulation.records import DealEnd
from simulation.tracing import trace_quarter

PAID = (0.9, 0.5, 0.9)
TIER_A, TIER_B = 0, 1


def plan_of(*, proposal_hours: float = 0, **sections: Any) -> Plan:
    stage = {"name": "", "conversion": 0.5, "cycle_share": 0.5, "touches": 1, "touch_hours": 4}
    plan = {
        "name": "calendar",
        "currency": "CNY",
        "target": 1000,
        "calendar": {"start": dt.date(2026, 1, 5), "weeks": 4},
        "process": {
            "stages": [{"id": "offer", **stage, "proposal_hours": proposal_hours}, {"id": "sign", **stage}],
            "qualified_stage": "offer",
            "cycle_sigma": 0.5,
            "value_sigma": 0,
            "lead_tier_mix": {"A": 1},
        },
        "product_tiers": {"star": "Star"},
        "rep_tiers": {"core": "Core"},
        "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
        "customer_tiers": [
            {"id": "A", "name": "A", "priority": 1, "win_rate": 0.64, "touches_per_week": 1},
            {"id": "B", "name": "B", "priority": 2, "win_rate": 0.64, "touches_per_week": 1},
        ],
        "products": [{"id": "P", "name": "", "tier": "star", "mean_deal": 100, "median_cycle_days": 14, "margin": 1}],
        "regions": [{"id": "north", "name": "", "maturity": "mature", "base_amount": 1000}],
        "reps": [{"id": "R1", "name": "", "tier": "core", "regions": ["north"], "hours_per_week": 40}],
        "baseline_leads": [{"id": "L", "product": "P", "region": "north", "accepted_per_quarter": 100}],
        "money": {"payment_terms": [{"share": 1, "due_days": 700}]},
    }
    made = Plan.model_validate(plan | sections)
    assert plan_problems(made) == []
    return made


def lead(
    id: str, day: float, cycle: float, *, tier: int = TIER_A, draws: tuple[float, float] = (0.1, 0.1)
) -> LeadPoint:
    return LeadPoint(day, 0, 0.0, id, 0, tier, 100, DealChance(cycle, draws, PAID))


def quarter_of(plan: Plan, *points: LeadPoint) -> tuple[Quarter, Future]:
    future = Future(0, (), (), tuple(sorted(points, key=lambda point: point.day)))
    return Quarter(compile_model(plan, Allocation("nobody", ())), future), future


def ends(plan: Plan, *points: LeadPoint) -> dict[str, tuple[str, float]]:
    quarter, _ = quarter_of(plan, *points)
    return {deal.id: (deal.outcome, deal.ended) for deal in quarter.run().deals}


def touches(plan: Plan, *points: LeadPoint) -> list[tuple[str, str, float]]:
    _, future = quarter_of(plan, *points)
    trace = trace_quarter(compile_model(plan, Allocation("nobody", ())), future)
    return [(touch.kind, touch.subject, touch.start) for touch in trace.touches]


FOCUS = {"weeks": [1], "day": "wednesday", "customer_tier": ["A"], "conversations": 2}


def focus(**figures: Any) -> list[dict[str, Any]]:
    return [{"id": "E2", "name": "", "focus_day": FOCUS | figures}]


def test_the_attack_day_brings_the_next_conversations_of_the_chosen_customers_forward() -> None:
    """E2. Due on 3, 4, 5 and 9: on day 2 the first two of tier A are held; the third, B's and what is far off wait."""
    points = [
        *(lead("first", 0.0, 12.0), lead("second", 0.0, 16.0), lead("third", 0.0, 20.0), lead("far", 0.0, 36.0)),
        lead("of B", 0.0, 14.0, tier=TIER_B),
    ]
    without, held = touches(plan_of(), *points), touches(plan_of(policies=focus()), *points)
    in_turn = [("opportunity", name, day) for name, day in (("first", 3), ("of B", 3.5), ("second", 4), ("third", 5))]
    assert [touch for touch in without if touch[2] < 6] == in_turn
    assert [touch for touch in held if touch[2] < 6] == [
        ("opportunity", "first", 2.0),
        ("opportunity", "second", 2.5),
        ("opportunity", "of B", 3.5),
        ("opportunity", "third", 5.0),
    ]
    # Held early, a stage ends no sooner: the customer takes the time.
    assert ends(plan_of(policies=focus()), *points) == ends(plan_of(), *points)
    off = [policy | {"enabled": False} for policy in focus()]
    assert touches(plan_of(policies=off), *points) == without


def test_a_proposal_that_was_worked_over_is_won_more_easily() -> None:
    """E2. Both proposals are out on day 5, both are decided on 12; 0.8 x 1.21 ** 0.5 = 0.88.

    On Wednesday of week 2, day 7, the one worth more is worked over; the other one stays at 0.8.
    """
    better = focus(weeks=[2], conversations=0, iterations=1, iteration_hours=4, iteration_factor=1.21)
    points = [lead(id, 0.0, 12.0, draws=(0.1, 0.85)) for id in ("large", "small")]
    points[0] = points[0]._replace(value=200)
    plan = plan_of(proposal_hours=4, policies=better)
    assert ends(plan, *points) == {"large": ("won", 12.0), "small": ("lost", 12.0)}
    assert ("iteration", "large/week2", 7.0) in touches(plan, *points)
    quarter, _ = quarter_of(plan, *points)
    assert {deal.id: deal.hours for deal in quarter.run().deals} == {"large": 16.0, "small": 12.0}
    # Without a stage that opens with a proposal there is none to work over.
    assert ends(plan_of(policies=better), *points)["large"] == ("lost", 12.0)


WINDOW = {"id": "w", "industries": ["steel"], "stage": "sign", "weeks": [1, 4]}


def account_plan(weeks: list[int], pull: float = 0.0, industry: str = "steel") -> Plan:
    account = {"id": "C1", "name": "", "customer_tier": "A", "region": "north", "rep": "R1", "industry": industry}
    deal = {"id": "O1", "product": "P", "region": "north", "rep": "R1", "customer_tier": "A", "stage": "sign"}
    deal |= {"value": 100, "created": dt.date(2025, 12, 29), "account": "C1"}  # 5 working days old
    return plan_of(
        calendar={"start": dt.date(2026, 1, 5), "weeks": 4, "budget_windows": [WINDOW | {"weeks": weeks}]},
        accounts=[account, account | {"id": "C2", "industry": "steel"}],
        opportunities=[deal],
        measures=[{"id": "S2", "name": "", "effects": [{"parameter": "budget_pull", "shift": pull}]}],
        baseline_leads=(),
    )


def end_of(plan: Plan, cycle: float = 10.0) -> DealEnd:
    """An open opportunity whose cycle of 10 began on day -5: "sign" runs from 0 to 5, with its touch on 2.5."""
    future = Future(0, (), (DealChance(cycle, (0.1, 0.1), PAID),), (), renewals=(0.5, 0.5), renewal_payments=((), ()))
    return Quarter(compile_model(plan, Allocation("nobody", ())), future).run().deals[0]


@pytest.mark.parametrize(
    ("weeks", "pull", "industry", "outcome", "day"),
    [
        ([1, 2], 0.0, "steel", "won", 5.0),  # day 5 is in week 2
        ([1, 4], 0.0, "steel", "won", 15.0),  # the budget is gone in weeks 2 and 3
        ([1], 0.0, "steel", "open", 20.0),  # and does not come back
        ([1], 0.3, "steel", "won", 3.5),  # 30% of 5 days are saved to be in time for week 1
        ([4], 0.3, "steel", "won", 15.0),  # too early is no use
        ([4], 0.0, "food", "won", 5.0),  # another industry
    ],
)
def test_a_stage_ends_in_the_weeks_in_which_its_industry_releases_budgets(
    weeks: list[int], pull: float, industry: str, outcome: str, day: float
) -> None:
    """S2."""
    end = end_of(account_plan(weeks, pull, industry))
    assert (end.outcome, end.ended) == (outcome, pytest.approx(day))


def test_touches_are_done_before_a_budget_s_weeks_can_be_met() -> None:
    """With 90% saved the stage could end on 0.5, but its touch is due on 2.5 and takes half a day."""
    assert end_of(account_plan([1], pull=0.9)).ended == pytest.approx(3.0)


CLOSING = {"from_week": 4, "stages": ["sign"], "pull_days": 5, "effects": [{"parameter": "deal_value", "factor": 0.88}]}


def test_the_last_week_closes_what_would_be_ripe_in_the_week_after_at_smaller_amounts() -> None:
    """Four contracts, ripe on 18, 21, 24 and 28. From day 15 on the rest comes 5 days sooner, at the earliest at once.

    The first has its touch behind it: it is signed on 15. The second has its touch due on 15.75, now at once: to 15.5;
    signed on 16. So has the third, due on 18: to 16; signed on 19. The fourth is ripe on 23.
    """
    points = [lead("18", 0.0, 18.0), lead("21", 0.0, 21.0), lead("24", 0.0, 24.0), lead("28", 0.0, 28.0)]
    push = [{"id": "Q", "name": "", "quarter_end": CLOSING}]
    assert ends(plan_of(), *points) == {"18": ("won", 18.0), **dict.fromkeys(("21", "24", "28"), ("open", 20.0))}
    quarter, _ = quarter_of(plan_of(policies=push), *points)
    records = quarter.run()
    found = {deal.id: (deal.outcome, deal.ended, deal.value) for deal in records.deals}
    assert found == {
        "18": ("won", 15.0, 88.0),
        "21": ("won", 16.0, 88.0),
        "24": ("won", 19.0, 88.0),
        "28": ("open", 20.0, 100.0),
    }
    assert [decision.day for decision in quarter.decisions if decision.stage == 1] == [15.0, 16.0, 19.0]
    assert math.isclose(sum(deal.value for deal in records.deals if deal.outcome == "won"), 264.0)
