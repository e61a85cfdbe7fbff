"""Known answer: in which order a rep does what is due, and what nobody does any more; on hand-written draws.

One stage of one touch of 8 hours, a day's work. New opportunities have a cycle of no length: their touch is due when
they arrive, and they are decided (lost, at these draws) when it is done; so ``ended`` says when the rep was at it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.options import Options
from simulation.quarter import run_quarter
from simulation.records import DealEnd, Records

L1, S1 = 0, 1
FROM_L1, FROM_S1 = 0, 1
TIER_A, TIER_C = 0, 1


def plan_of(**sections: Any) -> Plan:
    """Two products and one rep; tier C comes second, with a cadence of a day."""
    plan = {
        "name": "order",
        "currency": "CNY",
        "target": 1000,
        "calendar": {"start": dt.date(2026, 1, 5), "weeks": 2},
        "process": {
            "stages": [
                {"id": "deal", "name": "Deal", "conversion": 0.5, "cycle_share": 1, "touches": 1, "touch_hours": 8}
            ],
            "qualified_stage": "deal",
            "cycle_sigma": 0.5,
            "value_sigma": 0,
            "lead_tier_mix": {"A": 1},
        },
        "product_tiers": {"star": "Star"},
        "rep_tiers": {"core": "Core"},
        "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
        "customer_tiers": [
            {"id": "A", "name": "A", "priority": 1, "win_rate": 0.5, "touches_per_week": 1, "care_hours_per_touch": 8},
            {"id": "C", "name": "C", "priority": 2, "win_rate": 0.5, "touches_per_week": 5},
        ],
        "products": [
            {"id": p, "name": p, "tier": "star", "mean_deal": 100, "median_cycle_days": 14, "margin": 1}
            for p in ("L1", "S1")
        ],
        "regions": [{"id": "north", "name": "North", "maturity": "mature", "base_amount": 1000}],
        "reps": [{"id": "R1", "name": "Ann", "tier": "core", "regions": ["north"], "hours_per_week": 40}],
        "baseline_leads": [
            {"id": p, "product": p, "region": "north", "accepted_per_quarter": 10} for p in ("L1", "S1")
        ],
    }
    return Plan.model_validate({**plan, **sections})


def lead(day: float, id_: str, product: int, tier: int) -> LeadPoint:
    return LeadPoint(day, product, 0.0, id_, product, tier, 100, DealChance(0.0, (0.99,), (0.9,) * 3))


def run(plan: Plan, allocation: Allocation, leads: list[LeadPoint], **chance: Any) -> Records:
    model = compile_model(plan, allocation, Options.of(plan))
    return run_quarter(model, Future(0, (), **{"open_deals": (), **chance}, leads=tuple(leads)))


def test_tier_then_the_least_signed_cell_then_the_due_day_then_the_id() -> None:
    """The rep does a day's work at a time from 0.1 on; C1 renews S1 on day 1: 120 of a quota of 100.

      0.1  x, alone: to 1.1
      1.1  c, d, e of L1 (0 signed) come before b of S1 (1.2 of quota), and d and e (due 0.4) before c (due 0.5), d by
           its id; a is of the second tier. d to 2.1, e to 3.1
      3.1  a has been due for 2.9 days, more than two cadences: one tier up, yet S1 is behind L1: c to 4.1
      4.1  C1's care (due 2.5) ranks as exactly on quota, before S1: to 5.1
      5.1  a (due 0.2) before b (due 0.3), now of one tier: to 6.1; b to 7.1
    C1's next care is due a cadence of 5 days after 5.1: on 10.1, after the end.
    """
    plan = plan_of(
        accounts=[
            {"id": "C1", "name": "Alpha", "customer_tier": "A", "region": "north", "rep": "R1", "product": "S1"}
            | {"renewal_amount": 120, "renewal_date": "2026-01-06"}
        ]
    )
    quotas = (QuotaCell("L1", "north", "R1", 100), QuotaCell("S1", "north", "R1", 100))
    leads = [
        lead(0.1, "x", S1, TIER_A),
        lead(0.2, "a", S1, TIER_C),
        lead(0.3, "b", S1, TIER_A),
        lead(0.4, "e", L1, TIER_A),
        lead(0.4, "d", L1, TIER_A),
        lead(0.5, "c", L1, TIER_A),
    ]
    chance = {"renewals": (0.5,), "renewal_payments": ((0.9,) * 3,)}
    records = run(plan, Allocation("by hand", quotas), leads, **chance)
    assert {deal.id: deal.ended for deal in records.deals} == pytest.approx(
        {"x": 1.1, "d": 2.1, "e": 3.1, "c": 4.1, "a": 6.1, "b": 7.1}
    )
    assert records.hours == pytest.approx([56])


def test_nobody_works_on_the_opportunity_of_an_account_that_was_lost() -> None:
    """C1 is struck on day 0 and lost on day 1, while its opportunity waits for the rep, who is at x until 1.1.

    O1 is 5 days old, its cycle 11: its touch is due on 11 / 2 - 5 = 0.5. y, due on 1.05, is next: to 2.1.
    """
    plan = plan_of(
        accounts=[{"id": "C1", "name": "Alpha", "customer_tier": "A", "region": "north", "rep": "R1"}],
        opportunities=[
            {"id": "O1", "product": "S1", "region": "north", "rep": "R1", "customer_tier": "A", "stage": "deal"}
            | {"value": 100, "created": "2025-12-29", "account": "C1"}
        ],
        risks=[
            {"id": "K7", "name": "Churn", "subject": "account", "chance_per_quarter": 1, "event": "account_lost"}
            | {"notice_days": 1}
        ],
    )
    leads = [lead(0.1, "x", S1, TIER_A), lead(1.05, "y", S1, TIER_A)]
    chance = {
        "open_deals": (DealChance(11, (0.1,), (0.9,) * 3),),
        "renewals": (0.5,),
        "thresholds": np.array([1.0]),
        "events": (0.5,),
    }
    records = run(plan, Allocation("by hand", ()), leads, **chance)
    lost = DealEnd("opportunity:O1", "pipeline", S1, 0, 0, TIER_A, 0, -5, 1, "lost", 0, 100, 0)
    assert records.deals[0] == lost
    assert {deal.id: deal.ended for deal in records.deals[1:]} == pytest.approx({"x": 1.1, "y": 2.1})
    assert records.hours == pytest.approx([16])


def test_reps_take_turns_at_events() -> None:
    """2.5 units over the two weeks make three events, of 16, 16 and 8 hours shared by two reps each.

    In turn: R1 R2, R3 R1, R2 R3: 8 + 8, 8 + 4 and 8 + 4 hours. R4, at home elsewhere, has none.
    """
    plan = plan_of(
        regions=[{"id": r, "name": r, "maturity": "mature", "base_amount": 1000} for r in ("north", "south")],
        reps=[
            {"id": f"R{n}", "name": "R", "tier": "core", "regions": ["north"], "hours_per_week": 40} for n in (1, 2, 3)
        ]
        + [{"id": "R4", "name": "R", "tier": "core", "regions": ["south", "north"], "hours_per_week": 40}],
        activities=[
            {"id": "salon", "name": "Salon", "pool": "marketing", "unit_cost": 100, "entry_stage": "deal"}
            | {"responses": {"all": [{"up_to_units": 5, "effect": 1}]}, "rep_hours_per_unit": 16, "reps_per_unit": 2}
        ],
        money={"pools": [{"id": "marketing", "name": "Marketing", "amount": 1000}]},
    )
    records = run(plan, Allocation("by hand", (), (BudgetCell("north", "salon", 250),)), [])
    assert records.hours == pytest.approx([16, 12, 12, 0])
