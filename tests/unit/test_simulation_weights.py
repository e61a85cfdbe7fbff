"""Unit: products take over quotas on a date or for a cause, and what that steers (M3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.kpis import measure
from simulation.options import ForcedStrike, Options
from simulation.quarter import Quarter
from simulation.records import WeightRow
from tests.unit.test_simulation_reviews import plan_of

# R1 is to sell 500 of P; R2 300 of L and 200 of M.
QUOTAS = Allocation(
    "by hand",
    (QuotaCell("L", "north", "R2", 300), QuotaCell("M", "south", "R2", 200), QuotaCell("P", "north", "R1", 500)),
)
REP = {"name": "", "tier": "core", "regions": ["north", "south"], "hours_per_week": 40}
PRODUCT = {"name": "", "mean_deal": 100, "median_cycle_days": 14, "margin": 1}


def plan(to_share: float, **change: Any) -> Plan:
    change = {"gain": {"product_tier": ["star"]}, "to_share": to_share} | change
    return plan_of(
        {},
        product_tiers={"star": "", "other": ""},
        products=[PRODUCT | {"id": id, "tier": tier} for id, tier in (("L", "other"), ("M", "other"), ("P", "star"))],
        reps=[REP | {"id": "R1"}, REP | {"id": "R2"}],
        risks=[{"id": "up", "name": "", "chance_per_quarter": 0, "detection_days": 2}],
        policies=[{"id": "M3", "name": "", "weight_change": change}],
    )


def quarter_of(made: Plan, *leads: LeadPoint, struck: int | None = None) -> Quarter:
    forced = (ForcedStrike("up", struck),) if struck else ()
    model = compile_model(made, QUOTAS, Options.of(made, forced=forced))
    thresholds = np.full(len(model.strikes), 1e9)
    return Quarter(model, Future(0, (), (), leads, thresholds=thresholds, events=(0.5,) * len(thresholds)))


def lead(day: float, id: str, draw: float) -> LeadPoint:
    return LeadPoint(day, 0, 0.0, id, 2, 0, 100, DealChance(0.0, (draw,), (0.9, 0.5, 0.9)))


def test_all_others_give_in_proportion() -> None:
    quarter = quarter_of(plan(0.6, week=2))
    records = quarter.run()
    assert records.weights == [WeightRow(5.0, "M3", 0.5, pytest.approx(0.6))]
    assert quarter.cell_quota == pytest.approx([240, 0, 0, 160, 600, 0])
    assert records.quota_factors == pytest.approx((0.8, 0.8, 1.2))


def test_some_give_and_not_more_than_they_have() -> None:
    giving = {"give": {"product": ["M"]}}
    quarter = quarter_of(plan(0.65, week=2, **giving))
    assert quarter.run().weights == [WeightRow(5.0, "M3", 0.5, pytest.approx(0.65))]
    assert quarter.cell_quota == pytest.approx([300, 0, 0, 50, 650, 0])
    greedy = quarter_of(plan(0.9, week=2, **giving))
    assert greedy.run().weights == [WeightRow(5.0, "M3", 0.5, pytest.approx(0.7))]
    assert greedy.attainment[:-1] == [0, 1, 1, 1, 0, 1]


def test_weights_change_once_for_a_cause_when_it_is_known() -> None:
    assert quarter_of(plan(0.6, strike="up")).run().weights == []
    assert [row.day for row in quarter_of(plan(0.6, strike="up"), struck=2).run().weights] == [7.0]


def test_new_weights_steer_leads_and_effort() -> None:
    """R1 and R2 have signed 100 each; at a fifth of all quotas R1 has half of it, and R2 an eighth of 800."""
    leads = lead(1, "a", 0.1), lead(2, "b", 0.1), lead(6, "c", 0.9)
    taken = {deal.id: deal.rep for deal in quarter_of(plan(0.5, week=2), *leads).run().deals}
    assert taken == {"a": 0, "b": 1, "c": 0}
    quarter = quarter_of(plan(0.2, week=2), *leads)
    assert {deal.id: deal.rep for deal in quarter.run().deals} == {"a": 0, "b": 1, "c": 1}
    assert quarter.attainment[4] == pytest.approx(200 / 200)  # both contracts were of P


def test_reps_are_measured_by_the_quota_they_have_in_the_end() -> None:
    leads = lead(1, "a", 0.1), lead(2, "b", 0.1)
    quarter = quarter_of(plan(0.1, week=2), *leads)
    assert measure(quarter.run(), quarter.model).kpis["reps_on_quota"] == 0.5  # 100 of 100, 100 of 900
    same = quarter_of(plan(0.5, week=2), *leads)
    assert measure(same.run(), same.model).kpis["reps_on_quota"] == 0
    assert same.records.quota_factors == ()
