"""An independent check: a plan, an allocation, and whether every rule, lock, pool and data limit holds.

It reads the allocation's own amounts and none of the linear program's rows, so it judges the optimiser's answers and a
planner's hand-made allocation alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optimizer.data import AllocationData, prepare
from optimizer.selection import Key, fixes_total, select, spell_out, universe, with_budget
from optimizer.steps import step_of
from scenarios.allocation import Allocation
from scenarios.expectations import effective_units, measure_costs
from scenarios.plan import Plan

__all__ = ["RELATIVE_TOLERANCE", "RuleStatus", "check_allocation"]

RELATIVE_TOLERANCE = 1e-6
"""A side may miss by this much of the larger side, or of a thousandth of the target where both are small."""


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """Whether one rule (for one member), lock, pool or data limit holds, in the plan's currency or in hours."""

    id: str
    member: str
    sentence: str
    firmness: str
    """``hard``, ``soft``, ``lock`` or ``data``."""
    sense: str
    left: float
    right: float
    violation: float
    """By how much it is missed; 0 when it is met."""
    holds: bool
    """Whether it is met within the tolerance, or within a step where amounts are rounded."""

    @property
    def relative_violation(self) -> float:
        """The violation as a share of the larger side."""
        return self.violation / max(abs(self.left), abs(self.right), 1e-300) if self.violation else 0.0


def check_allocation(
    plan: Plan,
    allocation: Allocation,
    expected: Mapping[tuple[str, str, str], float] | None = None,
    data: AllocationData | None = None,
    is_rounded: bool = True,
) -> tuple[RuleStatus, ...]:
    """Every rule, lock and pool; with expected sales, by (product, region, rep), also demand and hours.

    Rules over expected sales are judged only where these are given. In a plan with sellable units or money steps a
    rule, lock or the total may be missed by one step, unless the amounts are said not to be rounded.
    """
    allocation.refuse_strangers(plan)
    amounts: dict[str, dict[Key, float]] = {"quota": {}, "budget": {}, "expected": {}}
    amounts["expected"].update((expected or {}).items())
    booked = [("quota", (c.product, c.region, c.rep), c.quota) for c in allocation.quotas]
    for over, key, amount in [*booked, *(("budget", (b.region, b.activity), b.amount) for b in allocation.budget)]:
        amounts[over][key] = amounts[over].get(key, 0.0) + amount
    small = plan.target / 1000
    if expected is not None:
        data = data or prepare(plan)
    found = list(_plan_statuses(plan, amounts, expected is not None, small, data, is_rounded))
    found += _negatives(amounts, small)
    if expected is not None:
        assert data is not None
        found += _data_statuses(data, allocation, expected, small)
    return tuple(found)


def _plan_statuses(
    plan: Plan,
    amounts: Mapping[str, Mapping[Key, float]],
    with_expected: bool,
    small: float,
    data: AllocationData | None,
    is_rounded: bool,
) -> Iterable[RuleStatus]:
    def step(*sums: tuple[str, Iterable[Key]]) -> float:
        return max(step_of(plan, over, keys, data) for over, keys in sums) if is_rounded else 0.0

    cells = universe(plan)
    all_cells = with_budget(cells, [(region, activity) for region, activity in amounts["budget"]])

    def total(over: str, keys: Iterable[Key]) -> float:
        return sum(amounts[over].get(key, 0.0) for key in keys)

    for line in spell_out(plan, all_cells):
        rule = line.rule
        if with_expected or "expected" not in (rule.left.over, line.right_over):
            right = line.ratio * (line.fixed if line.fixed is not None else total(line.right_over, line.right))
            left = total(rule.left.over, line.left)
            may = step((rule.left.over, line.left), (line.right_over, line.right))
            yield _judge(rule.id, line.member, rule.sentence, rule.firmness, rule.sense, left, right, small, may)
    for lock in sorted(plan.locks, key=lambda lock: lock.id):
        if with_expected or lock.cells.over != "expected":
            keys = select(plan, lock.cells, all_cells, f"locks.{lock.id}")
            left, may = total(lock.cells.over, keys), step((lock.cells.over, keys))
            yield _judge(f"lock:{lock.id}", "", lock.because, "lock", "=", left, lock.amount, small, may)
    for pool in sorted(plan.money.pools, key=lambda pool: pool.id):
        if pool.paid == "as_spent":
            spent = sum(a for key, a in amounts["budget"].items() if plan.activity[key[1]].pool == pool.id)
            spent += measure_costs(plan, pool.id)
            yield _judge(f"pool:{pool.id}", "", pool.name, "data", "<=", spent, pool.amount, small)
    if not fixes_total(plan, cells):
        everything = sum(amounts["quota"].values())
        sentence = "Quotas add up to the target."
        may = step(("quota", cells.quota))
        yield _judge("total quota", "", sentence, "data", "=", everything, plan.target, small, may)


def _data_statuses(
    data: AllocationData, allocation: Allocation, expected: Mapping[tuple[str, str, str], float], small: float
) -> Iterable[RuleStatus]:
    """Demand and hours, from the plan's expectations and the amounts of money as a whole, not by band."""
    plan = data.plan
    supply = data.organic.copy()
    duty = dict.fromkeys(data.reps, 0.0)
    first = {(s.region, s.activity): s for s in reversed(data.segments)}
    for (region, activity_id), amount in allocation.amount.items():
        segment, activity = first.get((region, activity_id)), plan.activity[activity_id]
        if segment is None:
            continue
        full = effective_units(activity, plan.region[region], activity.unit_cost) or 1.0
        units = effective_units(activity, plan.region[region], amount) / full
        for number, gain in enumerate(segment.gain):
            supply[number, data.region_number[region]] += gain * activity.unit_cost * units
        for rep, hours in segment.duty.items():
            duty[rep] += hours * amount
    sold: dict[tuple[str, str], float] = {}
    worked = dict(duty)
    for (p, r, s), amount in expected.items():
        sold[p, r] = sold.get((p, r), 0.0) + amount
        worked[s] += amount * float(data.hours_per_money[data.product_number[p], data.region_number[r]])
    for (p, r), amount in sorted(sold.items()):
        most = float(supply[data.product_number[p], data.region_number[r]])
        yield _judge("demand", f"{p}/{r}", "Nobody sells more than there is.", "data", "<=", amount, most, small)
    for number, rep in enumerate(data.reps):
        there = max(float(data.hours[number]), 0.0)
        yield _judge("hours", rep, "Nobody works more hours than there are.", "data", "<=", worked[rep], there, 1.0)


def _negatives(amounts: Mapping[str, Mapping[Key, float]], small: float) -> Iterable[RuleStatus]:
    for over, cells in amounts.items():
        for key, amount in sorted(cells.items()):
            if amount < 0:
                yield _judge("amount", "/".join(key), f"No {over} is negative.", "data", ">=", amount, 0.0, small)


def _judge(
    id_: str,
    member: str,
    sentence: str,
    firmness: str,
    sense: str,
    left: float,
    right: float,
    small: float,
    step: float = 0.0,
) -> RuleStatus:
    gap = {">=": right - left, "<=": left - right, "=": abs(left - right)}[sense]
    violation = max(gap, 0.0)
    holds = violation <= max(RELATIVE_TOLERANCE * max(abs(left), abs(right), small), step * (1 + 1e-9))
    return RuleStatus(id_, member, sentence, firmness, sense, left, right, violation, holds)
