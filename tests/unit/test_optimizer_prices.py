"""Unit: prices of the data's limits and ranges of prices, worked out by hand and against fresh solves."""

from dataclasses import replace

import numpy as np
import pytest

from optimizer import allocate
from optimizer.data import AllocationData, prepare
from optimizer.model import state
from optimizer.resources import price_resources
from optimizer.results import AllocationResult, Price, PriceRange, ResourcePrice
from optimizer.stages import Solution, StagedModel
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan, quota_plan, random_plan


def resource(result: AllocationResult, kind: str, id_: str) -> ResourcePrice:
    return next(r for r in result.resources if (r.kind, r.id) == (kind, id_))


def gain(price: Price | None) -> float:
    assert price is not None
    assert price.relaxation == 0
    return price.contribution


def test_an_hour_of_the_rep_whose_hours_bind() -> None:
    """Plan B: an hour of g is 18 of sales, for 4.5 of spend: 4.5, and R3 lets mature spend 3 more, worth 1 each: 7.5.

    It holds until growth has spent its 20 at full effect: 11 + 4.5 h = 20 at 2 hours more.
    """
    result = allocate(budget_plan(), detail="ranges")
    hours = resource(result, "hours", "g")
    assert (hours.there, hours.step) == (pytest.approx(8), 1)
    assert (gain(hours.down), gain(hours.up)) == (pytest.approx(-7.5), pytest.approx(7.5))
    assert hours.holds == PriceRange(low=pytest.approx(6), high=pytest.approx(10))
    idle = resource(result, "hours", "m")
    assert (idle.down, idle.up) == (Price(0, 0), Price(0, 0))
    assert idle.holds == PriceRange(low=pytest.approx(8), high=None)


def test_a_unit_of_demand_in_a_cell_a_product_and_a_region() -> None:
    """Plan B, step 0.1. In mature it is sold: 0.05. In growth, where hours bind, it saves 0.025 of spend, and with it
    R3 takes 0.025 x 2/3 from mature, worth 1 each: 0.1/12. The product's is half of each."""
    result = allocate(budget_plan())
    mature = resource(result, "demand of a cell", "P/mature")
    assert (mature.there, mature.step) == (pytest.approx(100), pytest.approx(0.1))
    assert gain(mature.up) == pytest.approx(0.05)
    assert gain(resource(result, "demand of a region", "mature").up) == pytest.approx(0.05)
    growth = resource(result, "demand of a region", "growth")
    assert (gain(growth.down), gain(growth.up)) == (pytest.approx(-0.1 / 12), pytest.approx(0.1 / 12))
    assert gain(resource(result, "demand of a product", "P").up) == pytest.approx((0.05 + 0.1 / 12) / 2)


def test_the_range_of_a_ratio_s_price_and_of_an_amount_s() -> None:
    """Plan B with hours enough, a pool of 30: worth 1 each up to 20 a region, under R3 up to 20 + 13 1/3 together."""
    money = {"pools": [{"id": "marketing", "name": "Marketing", "amount": 30}]}
    reps = {"m": ("core", ["mature"], 500), "g": ("core", ["growth"], 500)}
    rules = allocate(budget_plan(money=money, reps=reps), detail="ranges").rules
    pool = next(r for r in rules if r.id == "pool:marketing")
    assert pool.price_up is not None
    assert pool.price_up.contribution == pytest.approx(0.1)
    assert pool.holds is not None
    assert pool.holds.low == pytest.approx(0, abs=0.11)
    assert pool.holds.high is not None
    assert 33.1 <= pool.holds.high <= 33 + 1 / 3
    r3 = next(r for r in allocate(budget_plan(), detail="ranges").rules if r.id == "R3")
    assert r3.holds is not None
    assert r3.holds.low is not None
    assert r3.holds.high is not None

    # 11 (1 - r) / r: its mean slope over k points is within 5% of that over one
    def worth(points: float) -> float:
        return (11 * (0.4 - points) / (0.6 + points) - 11 * 0.4 / 0.6) / points

    for end in (r3.holds.low, r3.holds.high):
        sign = 0.01 if end > 0.6 else -0.01
        assert worth(end - 0.6) == pytest.approx(worth(sign), rel=0.05)
        assert worth(end - 0.6 + sign) != pytest.approx(worth(sign), rel=0.05)


def solved(data: AllocationData) -> Solution | None:
    staged = StagedModel(state(data))
    try:
        return staged.solve("contribution")
    except Exception:
        return None


def more_demand(data: AllocationData, shares: dict[tuple[str, str], float], amount: float) -> AllocationData:
    matrix = data.demand["renewals"].copy()
    for (p, r), share in shares.items():
        matrix[data.product_number[p], data.region_number[r]] += amount * share
    return replace(data, demand={**data.demand, "renewals": matrix})


def moved(data: AllocationData, price: ResourcePrice, sign: float) -> AllocationData:
    """Data in which there is a step more or less, stated afresh."""
    if price.kind == "hours":
        hours = data.hours.copy()
        hours[data.rep_number[price.id]] += sign
        return replace(data, hours=hours)
    pairs = {(p, r) for p, r, _ in data.cells.quota}
    of = [pair for pair in pairs if price.id in ("/".join(pair), *pair)]
    there = {(p, r): float(data.organic[data.product_number[p], data.region_number[r]]) for p, r in of}
    whole = sum(there.values())
    return more_demand(data, {pair: there[pair] / whole if whole else 1.0 for pair in of}, sign * price.step)


PLANS = {
    "budget": budget_plan,
    "quota": quota_plan,
    **{f"random {n}": (lambda n=n: random_plan(n)) for n in (3, 8, 21)},
}


@pytest.mark.parametrize("name", PLANS)
def test_prices_of_demand_and_hours_equal_fresh_solves(name: str) -> None:
    plan: Plan = PLANS[name]()
    data = prepare(plan)
    staged = StagedModel(state(data))
    unit, base = staged.model.data.money, staged.solve("contribution")
    compared = 0
    for price in price_resources(staged, base):
        for sign, side in ((-1.0, price.down), (1.0, price.up)):
            if side is None and price.there < price.step:
                continue
            fresh = solved(moved(data, price, sign))
            if fresh is None:
                assert side is None
                continue
            assert side is not None
            wanted = np.array([fresh.relaxation - base.relaxation, fresh.contribution - base.contribution]) * unit
            small = 1e-6 * plan.target
            assert (side.relaxation, side.contribution) == pytest.approx(tuple(wanted), rel=1e-5, abs=small), price
            compared += 1
    assert compared > 10 or name in ("budget", "quota")


def test_an_hour_a_week_more_in_the_plan_is_worth_what_the_price_says() -> None:
    """Hours in the plan: 12 weeks; so 1/12 an hour a week more is the hour that the price is for."""
    for seed in (8, 21, 33):
        plan = random_plan(seed)
        base = allocate(plan)
        for row in plan.reps:
            update = {"hours_per_week": row.hours_per_week + 1 / 12}
            reps = tuple(r.model_copy(update=update) if r.id == row.id else r for r in plan.reps)
            fresh = allocate(plan.model_copy(update={"reps": reps}), detail="none")
            price = resource(base, "hours", row.id).up
            assert price is not None
            wanted = fresh.expected_contribution - base.expected_contribution
            assert price.contribution == pytest.approx(wanted, rel=1e-5, abs=1e-6 * plan.target)


def test_a_pool_s_price_equals_a_plan_with_a_larger_pool_where_no_average_rests_on_it() -> None:
    """Without hours nothing but the row changes with the amount of a pool."""
    compared = 0
    for seed in range(40):
        plan = random_plan(seed)
        if plan.process.renewal_hours or plan.activity["salon"].rep_hours_per_unit:
            continue
        try:
            base = allocate(plan)
        except NoFeasibleAllocation:
            continue
        price = next(r for r in base.rules if r.id == "pool:marketing")
        pools = [p.model_dump() | {"amount": p.amount + price.step * (p.id == "marketing")} for p in plan.money.pools]
        money = plan.money.model_validate({**plan.money.model_dump(), "pools": pools})
        fresh = dict(allocate(plan.model_copy(update={"money": money}), detail="none").stages)
        before = dict(base.stages)
        assert price.price_up is not None
        assert price.price_up.contribution == pytest.approx(
            fresh["contribution"] - before["contribution"], rel=1e-5, abs=1e-6 * plan.target
        )
        compared += 1
    assert compared >= 3


def test_duals_agree_with_prices_where_a_small_step_changes_no_basis() -> None:
    """Cross-check: HiGHS's row duals of the contribution stage against the price per unit of money or hour."""
    staged = StagedModel(state(prepare(budget_plan())))
    base = staged.solve("contribution")
    solution = staged.live._highs.getSolution()
    row = staged.live.row("hours_0")
    hours = next(p for p in price_resources(staged, base) if p.kind == "hours" and p.id == "g")
    assert staged.model.data.reps[0] == "g"
    staged.live.minimise(staged._costs[1])
    solution = staged.live._highs.getSolution()
    assert -solution.row_dual[row] * staged.model.data.money == pytest.approx(gain(hours.up))


def test_a_large_plan_is_not_priced_unless_asked() -> None:
    quota = {"over": "quota"}
    many = [{"id": f"r{n}", "left": quota, "sense": ">=", "amount": n / 10} for n in range(201)]
    result = allocate(budget_plan(rules=many))
    assert (result.detail, result.resources, result.idle_rules) == ("none", (), ())
    assert {rule.step for rule in result.rules} == {0}
    few = allocate(budget_plan(rules=many[:3]))
    assert few.detail == "prices"
    assert {rule.holds for rule in few.rules} == {None}
