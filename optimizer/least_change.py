"""Least change: of the allocations that relax least and contribute most, the one nearest to a previous allocation.

It comes before the stages of fairness, which decide what it leaves open: quotas that were announced are moved only
where rules or contribution ask for it. Reps alike in all inputs keep what tells them apart, their previous quotas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulp import LpAffineExpression, LpConstraint, LpConstraintEQ, LpVariable

from optimizer.model import Model
from optimizer.row import total
from optimizer.solved import Amounts, Further, Solved, solve
from scenarios.allocation import Allocation
from scenarios.plan import Plan

__all__ = ["LEAST_CHANGE", "change_between", "least_change"]

LEAST_CHANGE = "least change"
"""Name of the stage; its value is in money."""


def least_change(plan: Plan, previous: Allocation) -> Solved:
    """The plan solved with the stage least change after the contribution.

    UsageError where the previous allocation names what the plan does not have.
    """
    previous.refuse_strangers(plan)
    return solve(plan, _distances(previous))


def change_between(a: Amounts, b: Amounts) -> float:
    """Σ |q − q'| + Σ |x − x'|, in money."""
    return float(abs(a.quota - b.quota).sum() + abs(a.spend - b.spend).sum())


def _distances(previous: Allocation) -> Further:
    """Least Σ |q − q⁰| + Σ |x − x⁰|: q − q⁰ = more − less, and so for the money of each region and activity."""

    def state(model: Model) -> Mapping[str, Mapping[LpVariable, float]]:
        v, data = model.variables, model.data
        quotas, spend = dict.fromkeys(data.cells.quota, 0.0), dict.fromkeys(data.cells.budget, 0.0)
        for cell in previous.quotas:
            quotas[cell.product, cell.region, cell.rep] += cell.quota / data.money
        for entry in previous.budget:
            if (entry.region, entry.activity) in spend:  # elsewhere there is nothing to move it back to
                spend[entry.region, entry.activity] += entry.amount / data.money
        sums: list[tuple[list[LpVariable], float]] = [([v.quota_of[key]], amount) for key, amount in quotas.items()]
        sums += [(v.spend_of[key], amount) for key, amount in spend.items()]
        return {LEAST_CHANGE: total(_moves(model, sums))}

    return state


def _moves(model: Model, sums: Iterable[tuple[list[LpVariable], float]]) -> Iterable[LpVariable]:
    for number, (parts, before) in enumerate(sums):
        more, less = (model.problem.add_variable(f"{way}_{number}", lowBound=0) for way in ("more", "less"))
        expression = LpAffineExpression({**total(parts), more: -1.0, less: 1.0})
        model.problem.addConstraint(LpConstraint(expression, LpConstraintEQ, f"change_{number}", before))
        yield from (more, less)
