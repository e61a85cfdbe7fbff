"""Why there is no allocation: a smallest set of rules, locks and data limits that contradict each other."""

from __future__ import annotations

import math

from optimizer.live import LiveModel
from optimizer.model import Model
from scenarios.plan import Plan

__all__ = ["find_conflict", "sentence"]

_DATA_LIMITS = ("hours", "demand", "bands", "pool")


def find_conflict(model: Model, live: LiveModel) -> tuple[str, ...]:
    """A smallest set of groups of rows that has no solution, although without any one of them it has.

    By deletion: each group is lifted in turn, and stays lifted when the contradiction stays. What a planner cannot
    change at once, the limits in the data, is lifted first, so that rules and locks are named where they suffice.
    """
    groups: dict[str, list[int]] = {}
    for row in model.rows:
        if row.group:
            groups.setdefault(row.group, []).append(live.row(row.name))
    bounds = {row: live.bounds_of(row) for rows in groups.values() for row in rows}
    order = sorted(groups, key=lambda group: (_kind(group) not in _DATA_LIMITS, _kind(group), group))

    def lift(names: list[str]) -> None:
        for name in names:
            for row in groups[name]:
                live.set_bounds(row, -math.inf, math.inf)

    def restore(names: list[str]) -> None:
        for name in names:
            for row in groups[name]:
                live.set_bounds(row, *bounds[row])

    def needed(names: list[str]) -> list[str]:
        lift(names)
        if not live.is_feasible():
            return []
        restore(names)
        if len(names) == 1:
            return names
        half = len(names) // 2
        return needed(names[:half]) + needed(names[half:])

    try:
        conflict = [name for kind in dict.fromkeys(map(_kind, order)) for name in needed(_of_kind(order, kind))]
        for name in conflict:
            lift([name])
            if not live.is_feasible():
                raise AssertionError(f"the conflict {conflict} does not need {name}")
            restore([name])
    finally:
        restore(order)
    return tuple(sorted(conflict, key=lambda group: (_kind(group) in _DATA_LIMITS, group)))


def sentence(plan: Plan, group: str) -> str:
    """What a rule, lock or data limit says."""
    kind, _, id_ = group.partition(":")
    if kind == "rule":
        return next(rule.sentence for rule in plan.rules if rule.id == id_)
    if kind == "lock":
        lock = next(lock for lock in plan.locks if lock.id == id_)
        return f"decided by hand: {lock.amount:,.0f} {plan.currency}, because {lock.because}"
    if kind == "pool":
        pool = next(pool for pool in plan.money.pools if pool.id == id_)
        return f"{pool.name} holds {pool.amount:,.0f} {plan.currency}"
    first, _, second = id_.partition("/")
    if kind == "hours":
        return f"the hours of {plan.rep[first].name}"
    if kind == "demand":
        return f"what {plan.product[first].name} is expected to sell in {plan.region[second].name}"
    if kind == "bands":
        return f"{plan.activity[first].name} in {plan.region[second].name} takes no more money than its response covers"
    return f"the quotas add up to the target of {plan.target:,.0f} {plan.currency}"


def _kind(group: str) -> str:
    return group.partition(":")[0]


def _of_kind(groups: list[str], kind: str) -> list[str]:
    return [group for group in groups if _kind(group) == kind]
