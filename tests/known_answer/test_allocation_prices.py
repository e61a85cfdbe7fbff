"""Known answer: prices of rules against fresh solves of changed plans."""

from __future__ import annotations

import pytest

from optimizer import allocate
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from scenarios.rules import Ratio
from tests.allocation_plans import budget_plan, quota_plan, random_plan


def changed(plan: Plan, rule_id: str, **update: object) -> Plan:
    rules = tuple(r.model_copy(update=update) if r.id == rule_id else r for r in plan.rules)
    return plan.model_copy(update={"rules": rules})


PLANS = {
    "budget": budget_plan,
    "quota": quota_plan,
    **{f"random {n}": (lambda n=n: random_plan(n)) for n in (3, 8, 21)},
}


@pytest.mark.parametrize("name", PLANS)
def test_prices_equal_the_difference_to_a_fresh_plan(name: str) -> None:
    plan = PLANS[name]()
    base = allocate(plan)
    start = dict(base.stages)
    compared = 0
    for result in base.rules:
        rule = next((r for r in plan.rules if r.id == result.id), None)
        if rule is None or isinstance(rule.ratio, Ratio):
            continue
        for sign, price in ((-1, result.price_down), (1, result.price_up)):
            shift = sign * result.step
            update = {"ratio": rule.ratio + shift} if rule.amount is None else {"amount": rule.amount + shift}
            try:
                fresh = dict(allocate(changed(plan, rule.id, **update)).stages)
            except NoFeasibleAllocation:
                assert price is None
                continue
            assert price is not None
            small = 1e-6 * plan.target
            assert price.relaxation == pytest.approx(fresh["relaxation"] - start["relaxation"], rel=1e-6, abs=small)
            assert price.contribution == pytest.approx(
                fresh["contribution"] - start["contribution"], rel=1e-6, abs=small
            )
            compared += 1
    assert compared
