"""Steps that amounts are rounded to, and what a step is to a rule."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.data import AllocationData
from optimizer.selection import Key
from scenarios.plan import Plan

__all__ = ["step_of"]


def step_of(plan: Plan, over: str, cells: Iterable[Key], data: AllocationData | None = None) -> float:
    """Largest step of some cells: a product's sellable unit, or the step of money; 0 where they are not rounded.

    Expected sales are not rounded, but follow the budget: theirs is what a step of money sells where it sells most.
    """
    if over == "quota":
        return max((plan.product[cell[0]].unit for cell in cells), default=0.0)
    if over == "budget":
        return plan.money.step if any(True for _ in cells) else 0.0
    return plan.money.step * max((sum(s.gain) for s in data.segments), default=0.0) if data else 0.0
