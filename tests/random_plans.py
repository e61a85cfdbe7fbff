"""Seeded random plans of 2–8 products, 2–6 regions and 3–40 reps, with random hard and soft rules of every form."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scenarios.plan import Plan
from tests.allocation_plans import plan_of

TIERS = ("star", "potential", "tail")
MATURITIES = ("mature", "growth", "emerging")
REP_TIERS = {"top": 1.5, "core": 1.1, "new": 0.8}


def random_plan(seed: int, *, strict: bool = False, free_money: bool | None = None) -> Plan:
    """A plan; ``strict`` makes most rules hard, so that many contradict each other; money without a response or not."""
    rng = random.Random(seed)
    products = {f"p{n}": (TIERS[n % 3], rng.uniform(0.15, 0.7)) for n in range(rng.randint(2, 8))}
    regions = {f"r{n}": (MATURITIES[n % 3], rng.uniform(50, 500)) for n in range(rng.randint(2, 6))}
    reps = {f"s{n:02}": _rep(rng, n, sorted(regions)) for n in range(rng.randint(3, 40))}
    cells = [(p, r, s) for p in products for s, (_, covered, _) in reps.items() for r in covered]
    renewals = {cell: rng.uniform(5, 100) for cell in cells if rng.random() < 0.5} or {cells[0]: 50.0}
    target = round(rng.uniform(0.8, 1.5) * sum(renewals.values()) + 100, 2)
    is_free = rng.random() < 0.4 if free_money is None else free_money
    activities = [_salon(rng, products), _online(rng, products)]
    if is_free:
        activities += [
            {"id": f"trips-{tier}", "name": "Trips", "pool": "travel", "unit_cost": 1, "customer_tier": named}
            for tier, named in (("a", "A"), ("rest", None))
        ]
    pools = [{"id": "marketing", "name": "Marketing", "amount": rng.uniform(30, 300)}]
    if is_free:
        pools.append({"id": "travel", "name": "Travel", "amount": 40})
    covered_regions = {r for _, covered, _ in reps.values() for r in covered}
    return plan_of(
        target=target,
        products=products,
        regions=regions,
        reps=reps,
        renewals=renewals,
        renewal_hours=rng.choice([0, 2, 5]),
        activities=activities,
        money={"pools": pools},
        rules=_rules(
            rng,
            products,
            sorted(covered_regions),
            [tier for tier, _, _ in reps.values()],
            target,
            strict,
            is_free,
        ),
        locks=_locks(rng, sorted(reps), target),
    )


def _rep(rng: random.Random, number: int, regions: Sequence[str]) -> tuple[str, list[str], float]:
    home = regions[number % len(regions)]
    second = [rng.choice(regions)] if rng.random() < 0.4 else []
    return rng.choice(list(REP_TIERS)), list(dict.fromkeys([home, *second])), rng.choice([15.0, 40.0, 120.0])


def _salon(rng: random.Random, products: Mapping[str, Any]) -> dict[str, Any]:
    return {
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


def _online(rng: random.Random, products: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": "online",
        "name": "Online",
        "pool": "marketing",
        "unit_cost": 1,
        "leads_per_unit": rng.uniform(0.02, 0.1),
        "product_mix": {min(products): 1},
        "customer_tier": "A",
        "responses": {"all": [{"up_to_units": 20, "effect": 1}, {"up_to_units": 50, "effect": 0.4}]},
    }


def _rules(
    rng: random.Random,
    products: Mapping[str, Any],
    regions: Sequence[str],
    rep_tiers: Sequence[str],
    target: float,
    strict: bool,
    is_free: bool,
) -> list[dict[str, Any]]:
    """A random choice of rules; every sense, selector, kind of member and form of ratio turns up somewhere."""
    heads = len(rep_tiers)
    quota, expected, budget = {"over": "quota"}, {"over": "expected"}, {"over": "budget"}
    marketing = {"over": "budget", "where": {"pool": ["marketing"]}}
    tiers = sorted({tier for tier, _ in products.values()})
    by_tier = {"by": "rep_tier", "values": REP_TIERS}
    about = {"by": "rep_tier", "values": {tier: m * rng.uniform(0.5, 1.3) for tier, m in REP_TIERS.items()}}

    def where(over: Mapping[str, Any], **keys: str) -> dict[str, Any]:
        return {**over, "where": {key: [value] for key, value in keys.items()}}

    def sense(*senses: str) -> str:
        return rng.choice(senses)

    drafts: list[tuple[float, Callable[[], dict[str, Any]]]] = [
        (0.7, lambda: {"id": "T1", "left": where(quota, product_tier="star"), "sense": sense(">=", "<=", "="),
                       "ratio": rng.uniform(0.2, 0.6), "right": quota}),
        (0.3, lambda: {"id": "T1-each", "left": quota, "sense": ">=", "each": "product_tier",
                       "ratio": {"by": "product_tier", "values": {t: rng.uniform(0.1, 0.4) for t in tiers}},
                       "right": quota}),
        (0.5, lambda: {"id": "T3", "left": quota, "sense": "=", "each": rng.choice(["region", "maturity"]),
                       "ratio": {"proportional_to": "planned_amount"}, "right": quota}),
        (0.4, lambda: {"id": "T5", "left": quota, "sense": sense(">=", "=", "<="), "each": "rep",
                       "ratio": by_tier | {"normalised": rng.random() < 0.5}, "right": "target"}),
        (0.3, lambda: {"id": "T5-head", "left": quota, "sense": sense(">=", "<="), "each": "rep",
                       "ratio": about, "right": "target_per_head"}),
        (0.3, lambda: {"id": "cap", "left": where(quota, product=rng.choice(sorted(products))), "sense": "<=",
                       "each": "cell", "amount": round(target / heads * rng.uniform(0.2, 2), 2)}),
        (0.3, lambda: {"id": "floor", "left": where(quota, rep_tier=rng.choice(rep_tiers)), "sense": ">=",
                       "each": "cell", "ratio": rng.uniform(0.0, 0.4) / heads / len(products), "right": quota}),
        (0.3, lambda: {"id": "B", "left": where(quota, region=rng.choice(regions)), "sense": "<=",
                       "amount": round(target * rng.uniform(0.1, 0.6), 2)}),
        (0.6, lambda: {"id": "R3", "left": where(marketing, pool="marketing", maturity="growth"), "sense": ">=",
                       "ratio": rng.uniform(0.2, 0.8), "right": marketing}),
        (0.2, lambda: {"id": "R-each", "left": budget, "sense": ">=", "each": rng.choice(["region", "cell"]),
                       "ratio": rng.uniform(0, 0.1), "right": marketing}),
        (0.2, lambda: {"id": "R-activity", "left": marketing, "sense": "<=", "each": "activity",
                       "amount": rng.uniform(20, 200)}),
        (0.2, lambda: {"id": "R-tier", "left": budget, "sense": "<=", "each": "customer_tier",
                       "ratio": rng.uniform(0.3, 1), "right": budget}),
        (0.3, lambda: {"id": "E", "left": where(expected, region=regions[0]), "sense": sense(">=", "<="),
                       "ratio": rng.uniform(0.05, 0.4), "right": expected}),
        (0.2, lambda: {"id": "E-rep", "left": expected, "sense": "<=", "each": "rep",
                       "ratio": rng.uniform(1, 6) / heads, "right": quota}),
        (0.2, lambda: {"id": "Q-E", "left": where(quota, product_tier="star"), "sense": "<=",
                       "ratio": rng.uniform(0.3, 3), "right": where(expected, product_tier="star")}),
    ]  # fmt: skip
    if is_free:
        drafts += [
            (0.7, lambda: {"id": "R7", "left": where(budget, pool="travel"), "sense": "=",
                           "amount": rng.choice([30, 40])}),
            (0.5, lambda: {"id": "R7-a", "left": where(budget, activity="trips-a"), "sense": ">=",
                           "ratio": 0.55, "right": where(budget, pool="travel")}),
        ]  # fmt: skip
    hard = 0.95 if strict else 0.35
    rules = [draft() for chance, draft in drafts if rng.random() < chance]
    return [
        rule | {"firmness": "hard" if rng.random() < hard else "soft", "priority": rng.randint(1, 3)} for rule in rules
    ]


def _locks(rng: random.Random, reps: Sequence[str], target: float) -> list[dict[str, Any]]:
    if rng.random() < 0.8:
        return []
    cells = {"over": "quota", "where": {"rep": [rng.choice(reps)]}}
    return [
        {"id": "lock", "cells": cells, "amount": round(target / len(reps) * rng.uniform(0.5, 2), 2), "because": "so"}
    ]
