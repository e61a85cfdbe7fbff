"""Unit and property: rounding to sellable units and money steps keeps sums and rules within one step."""

import random
from typing import Any

import pytest

from optimizer import allocate, check_allocation, rounding
from scenarios.errors import NoFeasibleAllocation
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, plan_of, random_plan


def with_steps(plan: Plan, units: dict[str, float], step: float = 0.0) -> Plan:
    products = tuple(p.model_copy(update={"unit": units.get(p.id, 0.0)}) for p in plan.products)
    return plan.model_copy(update={"products": products, "money": plan.money.model_copy(update={"step": step})})


def thirds(**changes: Any) -> Plan:
    """Three reps alike share 100 of one product: 33 1/3 each."""
    reps = {s: ("core", ["east"], 10) for s in "abc"}
    figures: dict[str, Any] = {
        "target": 100,
        "products": {"P": ("star", 0.5)},
        "regions": {"east": ("mature", 100)},
        "reps": reps,
        "renewals": {("P", "east", s): 50 for s in reps},
    }
    return plan_of(**{**figures, **changes})


def test_thirds_of_a_hundred_add_up_to_a_hundred() -> None:
    result = allocate(with_steps(thirds(), {"P": 1}))
    assert sorted(cell.quota for cell in result.allocation.quotas) == [33, 33, 34]
    assert result.rounding is not None
    assert result.rounding.largest_cell == pytest.approx(2 / 3)
    assert (result.rounding.quota_step, result.rounding.budget_step) == (1, 0)
    assert result.rounding.total_quota == pytest.approx(0)
    assert result.rounding.given_up == ""
    (total,) = (rule for rule in result.rules if rule.id == "total quota")
    assert (total.left, total.status) == (100, "binds")


def test_a_sum_that_is_no_multiple_goes_to_one_next_to_it() -> None:
    result = allocate(with_steps(thirds(target=100.4), {"P": 1}))
    assert result.allocation.total_quota in (100, 101)
    assert result.rounding is not None
    assert result.rounding.largest_miss == pytest.approx(abs(result.allocation.total_quota - 100.4))
    assert result.rounding.missed == "total quota"


def test_without_steps_nothing_is_rounded() -> None:
    assert allocate(thirds()).rounding is None
    result = allocate(with_steps(thirds(), {}))
    assert {round(cell.quota, 6) for cell in result.allocation.quotas} == {33.333333}


def test_money_is_rounded_under_its_pool_and_sales_follow_it() -> None:
    """Plan B: 11 to growth and 7 1/3 to mature; in steps of 2: R3 within one step, no more than the pool holds."""
    plan = with_steps(budget_plan(), {}, step=2)
    result = allocate(plan)
    spend = result.allocation.amount
    assert {amount % 2 for amount in spend.values()} == {0}
    assert spend["growth", "salon"] in (10, 12)
    assert spend["mature", "salon"] in (6, 8)
    sold = {cell.region: cell.expected for cell in result.expected}
    assert sold["mature"] <= 100 + 4 * spend["mature", "salon"] + 1e-6
    assert sold["growth"] <= min(100 + 4 * spend["growth", "salon"], 144) + 1e-6
    gained = 0.5 * sum(sold.values()) - sum(spend.values())
    assert result.expected_contribution == pytest.approx(gained)
    assert result.rounding is not None
    assert result.rounding.contribution == pytest.approx(gained - 118 - 1 / 3)


def test_a_full_pool_is_not_overspent() -> None:
    money = {"pools": [{"id": "marketing", "name": "Marketing", "amount": 15}], "step": 10}
    reps = {"m": ("core", ["mature"], 500), "g": ("core", ["growth"], 500)}
    result = allocate(budget_plan(money=money, reps=reps))
    assert sum(result.allocation.amount.values()) == 10
    assert result.pools[0].unspent == pytest.approx(5)


def test_amounts_stay_as_they_are_where_a_rule_would_be_missed_by_more_than_a_step() -> None:
    """Mature gets 5 times what growth gets of 28, in steps of 10: 20 and 0 is off by 20, 20 and 10 by 30, more is not
    there; 23 1/3 and 4 2/3 stay."""
    five = {
        "id": "five",
        "left": {"over": "budget", "where": {"region": ["mature"]}},
        "sense": "=",
        "ratio": 5,
        "right": {"over": "budget", "where": {"region": ["growth"]}},
    }
    reps = {"m": ("core", ["mature"], 500), "g": ("core", ["growth"], 500)}
    money = {"pools": [{"id": "marketing", "name": "Marketing", "amount": 28}], "step": 10}
    salon = budget_plan().activities[0].model_dump() | {"responses": {"all": [{"up_to_units": 200, "effect": 1}]}}
    result = allocate(budget_plan(reps=reps, money=money, rules=[five], activities=[salon]))
    assert result.rounding is not None
    assert result.rounding.given_up == "five would be missed by 20"
    assert result.rounding.largest_cell == 0
    assert result.allocation.amount["mature", "salon"] == pytest.approx(23 + 1 / 3)


@pytest.mark.parametrize("way", ["integer program", "rep by rep"])
@pytest.mark.parametrize("seed", range(20))
def test_rules_hold_within_one_step_and_sums_add_up(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "rep by rep":
        monkeypatch.setattr(rounding, "_LARGE", 0)
    rng = random.Random(seed)
    plan = random_plan(seed)
    unit = rng.choice([0.5, 1.0, 2.0])
    units = {p.id: unit if rng.random() < 0.8 else 2 * unit for p in plan.products}
    plan = with_steps(plan, units, rng.choice([0.0, 0.5, 1.0]))
    try:
        result = allocate(plan, detail="none", repairs=False)
    except NoFeasibleAllocation:
        return
    report = result.rounding
    assert report is not None
    expected = {(c.product, c.region, c.rep): c.expected for c in result.expected}
    for status in check_allocation(plan, result.allocation, expected):
        assert status.holds or status.firmness == "soft", status
    if report.given_up:
        assert way == "rep by rep", report
        return
    for cell in result.allocation.quotas:
        step = units[cell.product]
        assert abs(cell.quota / step - round(cell.quota / step)) < 1e-6
    assert report.largest_cell <= max(2 * unit, plan.money.step)
    assert abs(report.total_quota) <= 2 * unit
    assert report.largest_miss <= max(2 * unit, plan.money.step * max(1, report.largest_miss))


def test_the_built_in_plan_s_quotas_are_whole_thousands_and_still_t5_s() -> None:
    result = allocate(load_plan("quarter", (), ["money.step=1000"]).plan, detail="none")
    assert {cell.quota % 1000 for cell in result.allocation.quotas} == {0}
    assert {amount % 1000 for amount in result.allocation.amount.values()} == {0}
    assert {row.quota for row in result.reps} == {1_350_000, 990_000, 720_000}
    assert result.allocation.total_quota == 20_340_000
    by_product = {
        p: sum(c.quota for c in result.allocation.quotas if c.product in p) for p in (("S1", "S2"), ("P1", "P2"))
    }
    assert by_product[("S1", "S2")] == pytest.approx(0.4 * 20_340_000, abs=1000)
    assert result.rounding is not None
    assert result.rounding.largest_cell < 1000
    assert abs(result.rounding.contribution) < 10_000
