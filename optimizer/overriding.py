"""Decisions by hand: what the locks override, and everything that a hand-made allocation does not keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.checking import RELATIVE_TOLERANCE, RuleStatus, check_allocation
from optimizer.data import AllocationData, prepare
from optimizer.options import amounts_of
from optimizer.selection import select
from optimizer.solved import Amounts, Solved, solve
from scenarios.allocation import Allocation
from scenarios.plan import Plan

__all__ = ["LockEffect", "Overridden", "check_by_hand", "overridden"]


@dataclass(frozen=True, slots=True)
class LockEffect:
    """A locked sum beside what would be calculated without any lock."""

    id: str
    because: str
    calculated: float
    locked: float


@dataclass(frozen=True, slots=True)
class Overridden:
    """What all locks together change; money in the plan's currency."""

    locks: tuple[LockEffect, ...]
    relaxation: float
    """Priority-weighted relaxation of soft rules with the locks, less without them."""
    contribution: float
    """Expected contribution with the locks, less without them."""


def overridden(solved: Solved) -> Overridden:
    """The plan solved again without its locks; NoFeasibleAllocation where only the locks make it feasible."""
    plan = solved.plan
    if not plan.locks:
        return Overridden((), 0.0, 0.0)
    free = solve(plan.model_copy(update={"locks": ()}))
    amounts = free.amounts()
    effects = []
    for lock in sorted(plan.locks, key=lambda lock: lock.id):
        cells = set(select(plan, lock.cells, solved.data.cells, f"locks.{lock.id}"))
        values = {"quota": amounts.quota, "expected": amounts.expected, "budget": amounts.spend}[lock.cells.over]
        universe = solved.data.cells.over(lock.cells.over)
        calculated = sum(amount for key, amount in zip(universe, values.tolist(), strict=True) if key in cells)
        effects.append(LockEffect(lock.id, lock.because, calculated, lock.amount))
    return Overridden(
        tuple(effects),
        solved.solution.relaxation * solved.money - free.solution.relaxation * free.money,
        solved.solution.contribution * solved.money - free.solution.contribution * free.money,
    )


def check_by_hand(plan: Plan, allocation: Allocation) -> tuple[RuleStatus, ...]:
    """Every rule, lock, pool and data limit for an allocation that comes without expected sales.

    Rules over expected sales are judged by the best sales that the allocation leaves possible, hours by those and the
    paid events. Money is looked at where the optimiser never puts any, too: beyond what a response takes, where an
    activity does not run, and in pools that are no budget to spend.
    """
    data = prepare(plan)
    amounts = amounts_of(data, allocation)
    statuses = check_allocation(plan, allocation, amounts.expected_of, data)
    return (*statuses, *_idle_money(data, allocation), *_other_pools(plan, amounts))


def _idle_money(data: AllocationData, allocation: Allocation) -> Iterable[RuleStatus]:
    """No more money in a place than its response takes. Rule R4."""
    takes: dict[tuple[str, str], float] = {}
    for segment in data.segments:
        cell = segment.region, segment.activity
        room = float("inf") if segment.capacity is None else segment.capacity
        takes[cell] = takes.get(cell, 0.0) + room
    for cell, amount in sorted(allocation.amount.items()):
        most = takes.get(cell, 0.0)
        over = max(amount - most, 0.0)
        if over > RELATIVE_TOLERANCE * max(amount, most):
            words = "Money is spent only as far as it brings something."
            yield RuleStatus("bands", f"{cell[1]}/{cell[0]}", words, "data", "<=", amount, most, over, False)


def _other_pools(plan: Plan, amounts: Amounts) -> Iterable[RuleStatus]:
    """A pool paid as earned provides no more than it holds, a reserve is not spent. Rule R5."""
    for pool in sorted(plan.money.pools, key=lambda pool: pool.id):
        if pool.paid == "as_spent":
            continue
        cells = zip(amounts.data.cells.budget, amounts.spend.tolist(), strict=True)
        placed = sum(amount for (_, activity), amount in cells if plan.activity[activity].pool == pool.id)
        most = 0.0 if pool.paid == "held" else pool.amount
        over = max(placed - most, 0.0)
        holds = over <= RELATIVE_TOLERANCE * max(placed, most)
        yield RuleStatus(f"pool:{pool.id}", "", pool.name, "data", "<=", placed, most, over, holds)
