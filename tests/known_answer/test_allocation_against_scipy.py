"""Known answer: the first three stages against a formulation of our own, solved by SciPy; prices against fresh plans.

The formulation shares the plan's expectations (demand, gains, hours, potentials) with the optimiser and nothing else:
rules are read from the plan by a few lines here, rows are dense arrays, no variable exists twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from optimizer import allocate
from optimizer.data import AllocationData, prepare
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from scenarios.rules import Cells, Ratio, Rule
from tests.allocation_plans import budget_plan, quota_plan, random_plan

WEIGHTS = {1: 100, 2: 10, 3: 1}


class Formulation:
    """minimise c.v subject to A v <= b, E v = f, v >= 0; columns q, y, x, z and two for each soft row."""

    def __init__(self, plan: Plan, data: AllocationData) -> None:
        self.plan, self.data = plan, data
        self.cells = list(data.cells.quota)
        self.q, self.y = 0, len(self.cells)
        self.x = 2 * len(self.cells)
        self.z = self.x + len(data.segments)
        self.width = self.z + 1
        self.less: list[tuple[dict[int, float], float]] = []
        self.equal: list[tuple[dict[int, float], float]] = []
        self.weights: dict[int, float] = {}
        self._state_data_limits()
        for rule in plan.rules:
            self._state_rule(rule)
        self._state_fairness()

    def sum_of(self, cells: Cells, member: dict[str, str]) -> dict[int, float]:
        """Columns in a sum, further narrowed to a member's attributes."""
        wanted = {name: getattr(cells.where, name) for name in type(cells.where).model_fields}
        wanted = {name: set(values) for name, values in wanted.items() if values}
        picked = {}
        for place, attributes in self.attributes(cells.over):
            narrowed = all(attributes[name] == value for name, value in member.items())
            if narrowed and all(attributes[name] in values for name, values in wanted.items()):
                picked[place] = 1.0
        return picked

    def attributes(self, over: str) -> list[tuple[int, dict[str, str]]]:
        plan = self.plan
        if over == "budget":
            return [
                (
                    self.x + n,
                    {
                        "region": s.region,
                        "maturity": plan.region[s.region].maturity,
                        "activity": s.activity,
                        "pool": plan.activity[s.activity].pool,
                    },
                )
                for n, s in enumerate(self.data.segments)
            ]
        first = self.q if over == "quota" else self.y
        return [
            (
                first + n,
                {
                    "product": p,
                    "product_tier": plan.product[p].tier,
                    "region": r,
                    "maturity": plan.region[r].maturity,
                    "rep": s,
                    "rep_tier": plan.rep[s].tier,
                },
            )
            for n, (p, r, s) in enumerate(self.cells)
        ]

    def _state_data_limits(self) -> None:
        data, plan = self.data, self.plan
        for row, p in enumerate(data.products):
            for column, r in enumerate(data.regions):
                sold = {self.y + n: 1.0 for n, cell in enumerate(self.cells) if cell[:2] == (p, r)}
                gains = {self.x + n: -s.gain[row] for n, s in enumerate(data.segments) if s.region == r}
                if sold:
                    self.less.append((sold | gains, float(sum(d[row, column] for d in data.demand.values()))))
        for number, rep in enumerate(data.reps):
            work = {
                self.y + n: float(data.hours_per_money[data.products.index(p), data.regions.index(r)])
                for n, (p, r, s) in enumerate(self.cells)
                if s == rep
            }
            duty = {self.x + n: s.duty[rep] for n, s in enumerate(data.segments) if rep in s.duty}
            self.less.append((work | duty, max(float(data.hours[number]), 0.0)))
        for n, segment in enumerate(data.segments):
            if segment.capacity is not None:
                self.less.append(({self.x + n: 1.0}, segment.capacity))
        for pool in plan.money.pools:
            of_pool = [n for n, s in enumerate(data.segments) if plan.activity[s.activity].pool == pool.id]
            self.less.append(({self.x + n: 1.0 for n in of_pool}, pool.amount))
        t5 = [r for r in plan.rules if r.id in ("T5", "total") and r.sense == "=" and r.firmness == "hard"]
        if not t5:
            self.equal.append(({self.q + n: 1.0 for n in range(len(self.cells))}, plan.target))

    def _state_rule(self, rule: Rule) -> None:
        members: list[dict[str, str]] = [{}]
        if rule.each == "region":
            members = [{"region": r.id} for r in self.plan.regions]
        elif rule.each == "rep":
            members = [{"rep": s.id} for s in self.plan.reps]
        for member, ratio in zip(members, self._ratios(rule), strict=True):
            terms = self.sum_of(rule.left, member)
            constant = 0.0
            if isinstance(rule.right, Cells):
                for place, factor in self.sum_of(rule.right, {}).items():
                    terms[place] = terms.get(place, 0.0) - ratio * factor
            elif rule.amount is not None:
                constant = ratio * rule.amount
            else:
                heads = len(self.plan.reps) if rule.right == "target_per_head" else 1
                constant = ratio * self.plan.target / heads
            if rule.firmness == "soft":
                if rule.sense != "<=":
                    terms[self._slack(rule)] = 1.0
                if rule.sense != ">=":
                    terms[self._slack(rule)] = -1.0
            sign = -1.0 if rule.sense == ">=" else 1.0
            target = self.equal if rule.sense == "=" else self.less
            target.append(({k: sign * f for k, f in terms.items()}, sign * constant))

    def _ratios(self, rule: Rule) -> list[float]:
        if not isinstance(rule.ratio, Ratio):
            count = {"region": len(self.plan.regions), "rep": len(self.plan.reps), None: 1}[rule.each]
            return [rule.ratio] * count
        if rule.ratio.proportional_to:
            return [r.base_amount / sum(o.base_amount for o in self.plan.regions) for r in self.plan.regions]
        values = [rule.ratio.values[s.tier] for s in self.plan.reps]
        return [v / sum(values) for v in values] if rule.ratio.normalised else values

    def _slack(self, rule: Rule) -> int:
        self.weights[self.width] = WEIGHTS[rule.priority]
        self.width += 1
        return self.width - 1

    def _state_fairness(self) -> None:
        own = dict.fromkeys(self.data.reps, 0.0)
        for (_, _, s), potential in zip(self.cells, self.data.potential, strict=True):
            own[s] += float(potential)
        floor = 0.01 * float(np.mean(self.data.potential))
        own = {rep: max(potential, floor) for rep, potential in own.items()}
        whole = sum(own.values())
        for rep, potential in own.items():
            for sign in (1.0, -1.0):
                terms = {
                    self.q + n: sign * ((s == rep) / potential - 1 / whole) for n, (_, _, s) in enumerate(self.cells)
                }
                self.less.append((terms | {self.z: -1.0}, 0.0))

    def minimise(self, costs: dict[int, float]) -> float | None:
        def matrix(rows: list[tuple[dict[int, float], float]]) -> tuple[Any, Any]:
            dense = np.zeros((len(rows), self.width))
            for number, (terms, _) in enumerate(rows):
                for place, factor in terms.items():
                    dense[number, place] = factor
            return (dense, [bound for _, bound in rows]) if rows else (None, None)

        (less, most), (equal, equals) = matrix(self.less), matrix(self.equal)
        vector = [costs.get(place, 0.0) for place in range(self.width)]
        found = linprog(vector, A_ub=less, b_ub=most, A_eq=equal, b_eq=equals)
        return float(found.fun) if found.success else None

    def stages(self) -> list[float] | None:
        data = self.data
        contribution = {
            self.y + n: -float(data.contribution_rate[data.products.index(p), data.regions.index(r)])
            for n, (p, r, _) in enumerate(self.cells)
        } | {self.x + n: 1.0 for n in range(len(data.segments))}
        reached = []
        for costs in (self.weights, contribution, {self.z: 1.0}):
            value = self.minimise(costs)
            if value is None:
                return None
            reached.append(value)
            self.less.append((costs, value + 1e-9 * max(abs(value), 1)))
        return [reached[0], -reached[1], reached[2]]


def close(ours: float, theirs: float, scale: float) -> bool:
    return abs(ours - theirs) <= 1e-6 * max(abs(theirs), scale)


@pytest.mark.parametrize("seed", range(40))
def test_three_stages_equal_an_independent_formulation(seed: int) -> None:
    plan = random_plan(seed)
    theirs = Formulation(plan, prepare(plan)).stages()
    try:
        ours = [value for _, value in allocate(plan).stages]
    except NoFeasibleAllocation:
        assert theirs is None
        return
    assert theirs is not None
    assert close(ours[0], theirs[0], plan.target)
    assert close(ours[1], theirs[1], plan.target / 1000)
    assert close(ours[2], theirs[2], 1)


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
