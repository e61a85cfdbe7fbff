"""Known answer: five linear programs and all their stages, worked out on paper (derivations in docs/model.md)."""

import pytest

from optimizer import allocate
from scenarios.plan import Maturity
from tests.allocation_plans import budget_plan, plan_of, quota_plan


def test_quotas_when_two_wishes_add_up_to_more_than_the_target() -> None:
    """Target 1000; a wants >= 700 (priority 2: weight 10), b >= 400 (priority 1: weight 100); star share 60%.

    Relaxation: 100 too much is asked; a gives, 10 x 100 = 1000: a 600, b 400.
    Contribution: all demand is sold, 0.5 x 400 + 0.25 x 200 = 250.
    Reps: potentials 400 and 200, stretches 1.5 and 2, their mean 1000/600; the larger distance is 1/3.
    Cells: at those stretches star has 1.5 x 300 + 2 x 100 = 650, and may have 600. a and b each move d from S to L;
    the cells' potentials are 100 or more, so d / 100 is the distance, least when both move 25: 1/4.
    Evenness: reps 2 x 66 2/3, cells 4 x 25, expected sales none: 233 1/3.
    """
    result = allocate(quota_plan())
    assert dict(result.stages) == pytest.approx(
        {
            "relaxation": 1000,
            "contribution": 250,
            "rep stretch": 1 / 3,
            "cell stretch": 1 / 4,
            "evenness": 233 + 1 / 3,
        },
        rel=1e-6,
    )
    quotas = {(cell.product, cell.rep): cell.quota for cell in result.allocation.quotas}
    assert quotas == pytest.approx({("S", "a"): 425, ("L", "a"): 175, ("S", "b"): 175, ("L", "b"): 225}, rel=1e-6)
    expected = {(cell.product, cell.rep): cell.expected for cell in result.expected}
    assert expected == pytest.approx({("S", "a"): 300, ("L", "a"): 100, ("S", "b"): 100, ("L", "b"): 100}, rel=1e-6)
    relaxed = {rule.id: rule.gap for rule in result.rules if rule.status == "relaxed"}
    assert relaxed == pytest.approx({"a-700": 100}, rel=1e-6)


def test_a_budget_held_back_by_hours_in_one_region_and_by_a_ratio_in_the_other() -> None:
    """A unit of money in a salon brings 4 in its first 20, 3 in the next 20, worth 0.5 each, for a cost of 1.

    At reference spend (20 a region) a region sells 100 + 80 with 10 hours: 1/18 h each. g has 8 hours, so sells 144 at
    most, which 11 of spend allow; more there costs 1 and lets R3 admit 2/3 more in mature, worth 2/3: not worth it.
    R3: mature gets 11 x 0.4 / 0.6 = 7 1/3, sells 129 1/3. Contribution 0.5 x 273 1/3 - 18 1/3 = 118 1/3.
    Quotas by T3 are 200 and 100 at potentials of 180 each: mean stretch 300/360, distance 50/180; evenness 2 x 50.
    """
    result = allocate(budget_plan())
    amounts = {region: amount for (region, _), amount in result.allocation.amount.items()}
    assert amounts == pytest.approx({"growth": 11, "mature": 22 / 3}, rel=1e-6)
    expected = {cell.region: cell.expected for cell in result.expected}
    assert expected == pytest.approx({"growth": 144, "mature": 100 + 88 / 3}, rel=1e-6)
    assert dict(result.stages) == pytest.approx(
        {
            "relaxation": 0,
            "contribution": 118 + 1 / 3,
            "rep stretch": 50 / 180,
            "cell stretch": 0,
            "evenness": 100,
        },
        rel=1e-6,
        abs=1e-6,
    )
    assert result.expected_contribution == pytest.approx(118 + 1 / 3, rel=1e-6)
    (pool,) = result.pools
    assert (pool.spent, pool.unspent) == pytest.approx((18 + 1 / 3, 50 - 18 - 1 / 3), rel=1e-6)
    assert {rep.rep: rep.hours_needed for rep in result.reps} == pytest.approx({"g": 8, "m": (100 + 88 / 3) / 18})


def test_the_price_of_a_ratio_is_what_the_next_percentage_point_does() -> None:
    """R3 at 59%: mature gets 11 x 0.41 / 0.59, each unit more worth 1; at 61% 11 x 0.39 / 0.61."""
    (r3,) = (rule for rule in allocate(budget_plan()).rules if rule.id == "R3")
    assert r3.price_down is not None
    assert r3.price_up is not None
    assert r3.step == 0.01
    assert r3.price_down.contribution == pytest.approx(11 * 0.41 / 0.59 - 22 / 3, rel=1e-6)
    assert r3.price_up.contribution == pytest.approx(11 * 0.39 / 0.61 - 22 / 3, rel=1e-6)
    assert (r3.price_down.relaxation, r3.price_up.relaxation) == (0, 0)


def test_regions_in_proportion_to_base_and_growth_against_a_lock() -> None:
    """T3 asks 250 x 1.2 = 300 of north and 200 x 1.5 = 300 of south, half each of 600; s is locked at 240.

    Relaxation: north has 60 too much, south 60 too little, weight 10 each: 1200. Contribution: 0.4 x 450 = 180.
    Reps: s has stretch 240/150 = 1.6 against 600/450 = 4/3: 4/15. Each rep has one cell: 0.
    Evenness: s is 40 above an equal stretch, n1 and n2 together 40 below: 80.
    """
    plan = plan_of(
        target=600,
        products={"P": ("star", 0.4)},
        regions={"north": ("mature", 250), "south": ("growth", 200)},
        reps={"n1": ("core", ["north"], 10), "n2": ("core", ["north"], 10), "s": ("core", ["south"], 10)},
        renewals={("P", "north", "n1"): 200, ("P", "north", "n2"): 100, ("P", "south", "s"): 150},
        rules=[
            {
                "id": "T3",
                "left": {"over": "quota"},
                "sense": "=",
                "each": "region",
                "ratio": {"proportional_to": "planned_amount"},
                "right": {"over": "quota"},
                "firmness": "soft",
                "priority": 2,
            }
        ],
        locks=[
            {"id": "s-240", "cells": {"over": "quota", "where": {"rep": ["s"]}}, "amount": 240, "because": "on leave"}
        ],
    )
    growth = {"mature": 0.2, "growth": 0.5}
    plan = plan.model_copy(
        update={"maturities": tuple(Maturity(id=m, name=m, growth=growth[m]) for m in sorted(growth))}
    )
    result = allocate(plan)
    assert dict(result.stages) == pytest.approx(
        {"relaxation": 1200, "contribution": 180, "rep stretch": 4 / 15, "cell stretch": 0, "evenness": 80},
        rel=1e-6,
        abs=1e-6,
    )
    quotas = result.allocation.quota_by_rep
    assert quotas["s"] == pytest.approx(240)
    assert quotas["n1"] + quotas["n2"] == pytest.approx(360)
    relaxed = {rule.member: rule.gap for rule in result.rules if rule.status == "relaxed"}
    assert relaxed == pytest.approx({"north": 60, "south": 60}, rel=1e-6)


def test_quotas_by_tier_over_assign_and_hours_bind_sales() -> None:
    """T5 at 1.5 / 1.1 / 0.8 of 100 a head: 150 + 110 + 80 = 340, 13 1/3% above the target of 300.

    Three renewals of 250 together take 30 hours: 0.12 a unit of money. Hours 6, 12, 7.2 sell 50 + 100 + 60 = 210 of
    250: contribution 105. Stretches 1.25, 1.1, 2 2/3 against 340/250 = 1.36: 1 23/75. One cell a rep: 0.
    Evenness: reps 13.2 + 26 + 39.2; sales against 210 by potential, 100.8, 84, 25.2: 50.8 + 16 + 34.8; together 180.
    """
    plan = plan_of(
        target=300,
        products={"P": ("star", 0.5)},
        regions={"east": ("mature", 300)},
        reps={"t": ("top", ["east"], 6), "c": ("core", ["east"], 12), "n": ("new", ["east"], 7.2)},
        renewals={("P", "east", "t"): 120, ("P", "east", "c"): 100, ("P", "east", "n"): 30},
        renewal_hours=10,
        rules=[
            {
                "id": "T5",
                "left": {"over": "quota"},
                "sense": "=",
                "each": "rep",
                "ratio": {"by": "rep_tier", "values": {"top": 1.5, "core": 1.1, "new": 0.8}},
                "right": "target_per_head",
            }
        ],
    )
    result = allocate(plan)
    assert dict(result.stages) == pytest.approx(
        {
            "relaxation": 0,
            "contribution": 105,
            "rep stretch": 80 / 30 - 1.36,
            "cell stretch": 0,
            "evenness": 180,
        },
        rel=1e-6,
        abs=1e-6,
    )
    assert result.allocation.quota_by_rep == pytest.approx({"t": 150, "c": 110, "n": 80})
    assert {cell.rep: cell.expected for cell in result.expected} == pytest.approx({"t": 50, "c": 100, "n": 60})
    assert result.over_assignment == pytest.approx(2 / 15)
    assert result.fairness == ("T5",)


def test_an_incentive_pool_is_divided_by_purpose_and_by_region() -> None:
    """R5: 40 of 100 are collection bonuses, 20 renewal bonuses, 40 remain for signing; growth is promised 50.

    Bonuses of 2% of signed, 3.5% of cash of which 1 - 60 x 5/7 / 60 = 2/7 comes in the quarter, and 5% of renewals,
    which all sales are: 8%. Contribution (0.5 - 0.08) x 300 = 126; the pool is a provision and costs no more.
    Relaxation: by planned amounts growth would have 33 1/3; 16 2/3 more, and less in mature, weight 1: 33 1/3.
    Potentials 200 and 100 of quotas of 360: the same stretch, nothing uneven. Each purpose is halved: 20, 20, 10.
    """
    incentive = {"over": "budget", "where": {"pool": ["incentive"]}}

    def share(rule_id: str, activity: str, ratio: float) -> dict[str, object]:
        left = {"over": "budget", "where": {"activity": [activity]}}
        return {"id": rule_id, "left": left, "sense": "=", "ratio": ratio, "right": incentive}

    growth = {"over": "budget", "where": {"pool": ["incentive"], "region": ["growth"]}}
    plan = plan_of(
        target=360,
        products={"P": ("star", 0.5)},
        regions={"mature": ("mature", 200), "growth": ("growth", 100)},
        reps={"m": ("core", ["mature"], 10), "g": ("core", ["growth"], 10)},
        renewals={("P", "mature", "m"): 200, ("P", "growth", "g"): 100},
        activities=[
            {"id": f"{name}_bonus", "name": name, "pool": "incentive", "unit_cost": 1}
            for name in ("signing", "collection", "renewal")
        ],
        money={
            "pools": [{"id": "incentive", "name": "Incentives", "amount": 100, "paid": "as_earned"}],
            "bonuses": [
                {"id": "signing", "activity": "signing_bonus", "basis": "signed", "rate": 0.02},
                {"id": "collection", "activity": "collection_bonus", "basis": "cash", "rate": 0.035},
                {"id": "renewal", "activity": "renewal_bonus", "basis": "renewed", "rate": 0.05},
            ],
        },
        rules=[
            share("R5", "collection_bonus", 0.4),
            share("R5-renewal", "renewal_bonus", 0.2),
            {"id": "R5-pool", "left": incentive, "sense": "=", "amount": 100},
            {"id": "R5-growth", "left": growth, "sense": ">=", "amount": 50},
            {
                "id": "R5-regions",
                "left": incentive,
                "sense": "=",
                "each": "region",
                "ratio": {"proportional_to": "planned_amount"},
                "right": incentive,
                "firmness": "soft",
                "priority": 3,
            },
        ],
    )
    result = allocate(plan)
    assert dict(result.stages) == pytest.approx(
        {"relaxation": 33 + 1 / 3, "contribution": 126, "rep stretch": 0, "cell stretch": 0, "evenness": 0},
        rel=1e-6,
        abs=1e-6,
    )
    halves = {"signing_bonus": 20, "collection_bonus": 20, "renewal_bonus": 10}
    wanted = {(region, activity): amount for region in ("mature", "growth") for activity, amount in halves.items()}
    assert result.allocation.amount == pytest.approx(wanted, rel=1e-6)
    (pool,) = result.pools
    assert (pool.spent, pool.unspent) == pytest.approx((100, 0), abs=1e-6)
