"""Plans for the optimiser's tests, built in memory so that demand can be read off.

Demand is renewals at a rate of 1, each taking ``renewal_hours``. A lead is won with probability 0.5, and half of the
leads of a quarter close in it: the cycle is exactly 30 of the 60 working days. So an activity's unit that brings one
lead is worth a quarter of a deal.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.calendar import Calendar
from scenarios.plan import Maturity, Plan
from scenarios.process import Activity, CustomerTier, Money, SalesProcess, Stage
from scenarios.rules import Lock, Rule
from scenarios.tables import Account, Product, Region, Rep

HORIZON_DAYS = 60


def plan_of(
    *,
    products: Mapping[str, tuple[str, float]],
    regions: Mapping[str, tuple[str, float]],
    reps: Mapping[str, tuple[str, Sequence[str], float]],
    renewals: Mapping[tuple[str, str, str], float],
    target: float,
    rules: Sequence[Mapping[str, Any]] = (),
    locks: Sequence[Mapping[str, Any]] = (),
    activities: Sequence[Mapping[str, Any]] = (),
    money: Mapping[str, Any] | None = None,
    renewal_hours: float = 0,
    mean_deal: float = 160,
) -> Plan:
    """products: tier, margin; regions: maturity, base; reps: tier, regions, hours in the quarter; renewals by cell."""
    stage = Stage(id="deal", name="Deal", conversion=0.5, cycle_share=1, touches=1, touch_hours=0)
    return Plan(
        name="test",
        currency="CNY",
        target=target,
        calendar=Calendar(start=dt.date(2026, 1, 5)),
        process=SalesProcess(
            stages=(stage,),
            qualified_stage="deal",
            cycle_sigma=0,
            value_sigma=0,
            lead_tier_mix={"A": 1},
            renewal_hours=renewal_hours,
        ),
        product_tiers={tier: tier for tier, _ in products.values()},
        rep_tiers={tier: tier for tier, _, _ in reps.values()},
        maturities=tuple(Maturity(id=m, name=m, growth=0) for m in sorted({m for m, _ in regions.values()})),
        customer_tiers=(CustomerTier(id="A", name="A", priority=1, win_rate=0.5, touches_per_week=1),),
        activities=tuple(Activity.model_validate({"entry_stage": "deal", **a}) for a in activities),
        money=Money.model_validate(money or {}),
        rules=tuple(Rule.model_validate({"sentence": rule["id"], **rule}) for rule in rules),
        locks=tuple(Lock.model_validate(lock) for lock in locks),
        products=tuple(
            Product(id=p, name=p, tier=tier, mean_deal=mean_deal, median_cycle_days=42, margin=margin)
            for p, (tier, margin) in products.items()
        ),
        regions=tuple(Region(id=r, name=r, maturity=m, base_amount=base) for r, (m, base) in regions.items()),
        reps=tuple(
            Rep(id=s, name=s, tier=tier, regions=tuple(covered), hours_per_week=hours / 12)
            for s, (tier, covered, hours) in reps.items()
        ),
        accounts=tuple(
            Account(
                id=f"C{number:03}",
                name="",
                customer_tier="A",
                region=r,
                rep=s,
                product=p,
                renewal_amount=amount,
                renewal_date=dt.date(2026, 2, 2),
            )
            for number, ((p, r, s), amount) in enumerate(renewals.items())
        ),
    )


def quota_plan() -> Plan:
    """Known answer A: two products, two reps of one region, soft wishes that cannot both be met; see docs/model.md."""
    return plan_of(
        target=1000,
        products={"S": ("star", 0.5), "L": ("long-tail", 0.25)},
        regions={"east": ("mature", 1000)},
        reps={"a": ("top", ["east"], 100), "b": ("new", ["east"], 100)},
        renewals={
            ("S", "east", "a"): 300,
            ("L", "east", "a"): 100,
            ("S", "east", "b"): 100,
            ("L", "east", "b"): 100,
        },
        rules=[
            {
                "id": "T1",
                "left": {"over": "quota", "where": {"product_tier": ["star"]}},
                "sense": "=",
                "ratio": 0.6,
                "right": {"over": "quota"},
            },
            {
                "id": "a-700",
                "left": {"over": "quota", "where": {"rep": ["a"]}},
                "sense": ">=",
                "amount": 700,
                "firmness": "soft",
                "priority": 2,
            },
            {
                "id": "b-400",
                "left": {"over": "quota", "where": {"rep": ["b"]}},
                "sense": ">=",
                "amount": 400,
                "firmness": "soft",
                "priority": 1,
            },
        ],
    )


def budget_plan(**changes: Any) -> Plan:
    """Known answer B: one product, a mature and a growth region, salons under R3 and short hours; docs/model.md."""
    figures: dict[str, Any] = {
        "target": 300,
        "products": {"P": ("star", 0.5)},
        "regions": {"mature": ("mature", 200), "growth": ("growth", 100)},
        "reps": {"m": ("core", ["mature"], 20), "g": ("core", ["growth"], 8)},
        "renewals": {("P", "mature", "m"): 100, ("P", "growth", "g"): 100},
        "renewal_hours": 10,
        "activities": [
            {
                "id": "salon",
                "name": "Salon",
                "pool": "marketing",
                "unit_cost": 10,
                "leads_per_unit": 1,
                "product_mix": {"P": 1},
                "responses": {"all": [{"up_to_units": 2, "effect": 1}, {"up_to_units": 4, "effect": 0.75}]},
            }
        ],
        "money": {"pools": [{"id": "marketing", "name": "Marketing", "amount": 50}]},
        "rules": [
            {
                "id": "R3",
                "left": {"over": "budget", "where": {"maturity": ["growth"]}},
                "sense": ">=",
                "ratio": 0.6,
                "right": {"over": "budget"},
            },
            {
                "id": "T3",
                "left": {"over": "quota"},
                "sense": "=",
                "each": "region",
                "ratio": {"proportional_to": "planned_amount"},
                "right": {"over": "quota"},
                "firmness": "soft",
            },
        ],
    }
    return plan_of(**{**figures, **changes})


def random_plan(seed: int, hard: bool = False) -> Plan:
    """A plan of random size and figures; its hard rules may contradict each other, and often do if all are hard."""
    rng = random.Random(seed)
    tiers, maturities = ["star", "potential", "tail", "star"], ["growth", "mature", "growth", "mature"]
    products = {f"p{n}": (tiers[n], rng.uniform(0.2, 0.7)) for n in range(rng.randint(2, 4))}
    regions = {f"r{n}": (maturities[n], rng.uniform(50, 500)) for n in range(rng.randint(2, 4))}
    reps = {}
    for n in range(rng.randint(4, 7)):
        home = sorted(regions)[n % len(regions)]
        covered = list(dict.fromkeys([home, *([rng.choice(sorted(regions))] if rng.random() < 0.5 else [])]))
        reps[f"s{n}"] = (rng.choice(["top", "core", "new"]), covered, rng.choice([20.0, 60.0, 200.0]))
    cells = [(p, r, s) for p in products for s, (_, covered, _) in reps.items() for r in covered]
    renewals = {cell: rng.uniform(5, 100) for cell in cells if rng.random() < 0.6}
    target = 1.2 * sum(renewals.values()) + 100
    salon = {
        "id": "salon",
        "name": "Salon",
        "pool": "marketing",
        "unit_cost": 10,
        "leads_per_unit": rng.uniform(0.5, 2),
        "product_mix": dict.fromkeys(products, 1 / len(products)),
        "responses": {
            "growth": [{"up_to_units": 3, "effect": 1}, {"up_to_units": 6, "effect": 0.5}],
            "all": [{"up_to_units": 2, "effect": 1}],
        },
        "rep_hours_per_unit": rng.choice([0, 2]),
    }
    trips = {"id": "trips", "name": "Trips", "pool": "travel", "unit_cost": 1}
    return plan_of(
        target=target,
        products=products,
        regions=regions,
        reps=reps,
        renewals=renewals,
        renewal_hours=rng.choice([0, 5]),
        activities=[salon, trips],
        money={
            "pools": [
                {"id": "marketing", "name": "Marketing", "amount": rng.uniform(20, 120)},
                {"id": "travel", "name": "Travel", "amount": 40},
            ]
        },
        rules=_random_rules(rng, target, hard),
    )


def _random_rules(rng: random.Random, target: float, all_hard: bool) -> list[dict[str, Any]]:
    def firmness(hard: float) -> dict[str, Any]:
        return {"firmness": "hard" if rng.random() < hard or all_hard else "soft", "priority": rng.randint(1, 3)}

    quota = {"over": "quota"}
    marketing = {"over": "budget", "where": {"pool": ["marketing"]}}
    rules: list[dict[str, Any]] = [
        {
            "id": "T1",
            "left": {"over": "quota", "where": {"product_tier": ["star"]}},
            "sense": rng.choice([">=", "<=", "="]),
            "ratio": rng.uniform(0.2, 0.6),
            "right": quota,
            **firmness(0.0),
        },
        {
            "id": "T3",
            "left": quota,
            "sense": "=",
            "each": "region",
            "ratio": {"proportional_to": "planned_amount"},
            "right": quota,
            **firmness(0.2),
        },
        {
            "id": "T5",
            "left": quota,
            "sense": rng.choice([">=", "="]),
            "each": "rep",
            "ratio": {
                "by": "rep_tier",
                "values": {"top": 1.5, "core": 1.1, "new": 0.8},
                "normalised": rng.random() < 0.5,
            },
            "right": "target",
            **firmness(0.3),
        },
        {
            "id": "R3",
            "left": {"over": "budget", "where": {"pool": ["marketing"], "maturity": ["growth"]}},
            "sense": ">=",
            "ratio": rng.uniform(0.3, 0.8),
            "right": marketing,
            **firmness(0.7),
        },
        {
            "id": "R7",
            "left": {"over": "budget", "where": {"activity": ["trips"]}},
            "sense": "=",
            "amount": rng.choice([30, 40]),
            **firmness(0.8),
        },
        {
            "id": "E",
            "left": {"over": "expected", "where": {"region": ["r0"]}},
            "sense": ">=",
            "ratio": rng.uniform(0.05, 0.4),
            "right": {"over": "expected"},
            **firmness(0.4),
        },
        {
            "id": "B",
            "left": {"over": "quota", "where": {"region": ["r1"]}},
            "sense": "<=",
            "amount": target * rng.uniform(0.2, 0.6),
            **firmness(0.3),
        },
    ]
    return [rule for rule in rules if rng.random() < 0.75]
