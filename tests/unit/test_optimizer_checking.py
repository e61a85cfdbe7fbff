"""Unit: the independent check lists what a hand-made allocation breaks, and the built-in plan's figures."""

import pytest

from optimizer import allocate, check_allocation
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from tests.allocation_plans import budget_plan


def hand_made(m: float, g: float, mature: float, growth: float) -> Allocation:
    return Allocation(
        name="by hand",
        quotas=(QuotaCell("P", "mature", "m", m), QuotaCell("P", "growth", "g", g)),
        budget=(BudgetCell("mature", "salon", mature), BudgetCell("growth", "salon", growth)),
    )


def missed(allocation: Allocation, **expected: float) -> dict[tuple[str, str], float]:
    cells = {("P", {"m": "mature", "g": "growth"}[rep], rep): amount for rep, amount in expected.items()}
    statuses = check_allocation(budget_plan(), allocation, cells or None)
    return {(s.id, s.member): round(s.violation, 6) for s in statuses if not s.holds}


def test_an_allocation_that_keeps_everything_has_no_violation() -> None:
    assert missed(hand_made(200, 100, 20, 30), m=180, g=144) == {}


def test_every_violation_of_a_hand_made_allocation_is_listed_with_its_size() -> None:
    assert missed(hand_made(150, 140, 40, 20)) == {
        ("R3", ""): 16,
        ("T3", "growth"): pytest.approx(140 - 290 / 3),
        ("T3", "mature"): pytest.approx(290 * 2 / 3 - 150),
        ("pool:marketing", ""): 10,
        ("total quota", ""): 10,
    }


def test_demand_and_hours_are_checked_where_expected_sales_are_given() -> None:
    """Growth sells 100 + 4 x 20 + 3 x 10 = 210 at 30 of spend; g's 8 hours are enough for 144."""
    assert missed(hand_made(200, 100, 20, 30), m=200, g=216) == {
        ("demand", "P/growth"): 6,
        ("demand", "P/mature"): 20,
        ("hours", "g"): 4,
    }


def test_what_the_plan_does_not_have_is_refused() -> None:
    plan = budget_plan()
    with pytest.raises(UsageError, match="by hand: the plan has no X / mature / m"):
        check_allocation(plan, Allocation("by hand", (QuotaCell("X", "mature", "m", 1),)))
    with pytest.raises(UsageError, match="m has a quota in growth, which is not covered"):
        check_allocation(plan, Allocation("by hand", (QuotaCell("P", "growth", "m", 1),)))
    with pytest.raises(UsageError, match="no fair in mature"):
        check_allocation(plan, Allocation("by hand", (), (BudgetCell("mature", "fair", 1),)))


def test_the_built_in_plan_s_expected_sales_come_from_where_the_company_says() -> None:
    sessions = [measure.id for measure in load_plan("quarter").plan.measures if measure.session is not None]
    # The company counts what its people sell as they are: nobody new, nobody made better by what the quarter holds.
    as_they_are = [*(f"measures.{id}.enabled=false" for id in sessions), "ramp.at_start=1"]
    result = allocate(load_plan("quarter", (), as_they_are).plan)
    by_source = dict(result.demand)
    wanted = {"pipeline": 9.46e6, "cross_sell": 4.10e6, "renewals": 2.06e6, "referral": 0.42e6, "digital": 0.39e6}
    assert {source: by_source[source] for source in wanted} == pytest.approx(wanted, rel=0.04)
    assert by_source["salon"] == pytest.approx(2.25e6, rel=0.08)
    assert result.expected_total == pytest.approx(18.68e6, rel=0.02)
    assert result.over_assignment == pytest.approx(0.13, abs=1e-6)
    assert result.fairness == ("T5",)
    assert {pool.pool: round(pool.unspent) for pool in result.pools if pool.pool in ("marketing", "travel")} == {
        "marketing": 0,
        "travel": 0,
    }


def test_negative_amounts_of_a_hand_made_allocation_are_named() -> None:
    quotas = (QuotaCell("P", "mature", "m", 320.0), QuotaCell("P", "growth", "g", -20.0))
    rows = check_allocation(budget_plan(), Allocation("hand", quotas, ()))
    found = {row.member: row for row in rows if row.id == "amount"}
    assert set(found) == {"P/growth/g"}
    assert (found["P/growth/g"].holds, found["P/growth/g"].violation) == (False, 20)


def test_rules_and_locks_over_expected_sales_are_judged_where_those_are_given() -> None:
    over = {"over": "expected", "where": {"region": ["growth"]}}
    rule = {"id": "G", "left": over, "sense": ">=", "ratio": 0.25, "right": {"over": "expected"}}
    lock = {"id": "L", "cells": over, "amount": 60, "because": "promised"}
    plan = budget_plan(rules=[rule], locks=[lock])
    quotas = (QuotaCell("P", "mature", "m", 200.0), QuotaCell("P", "growth", "g", 100.0))
    hand = Allocation("hand", quotas, ())
    assert not {"G", "lock:L"} & {row.id for row in check_allocation(plan, hand)}
    expected = {("P", "mature", "m"): 100.0, ("P", "growth", "g"): 40.0}
    found = {row.id: row for row in check_allocation(plan, hand, expected)}
    assert (found["G"].holds, found["G"].left, found["G"].right) == (True, 40, 0.25 * 140)
    assert (found["lock:L"].holds, found["lock:L"].violation) == (False, 20)
