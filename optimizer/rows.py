"""The rows of the linear program, one function per family: what must hold, in words and as a formula.

Symbols: q[p,r,s] quota, y[p,r,s] expected sales, x[r,a,k] money in segment k of activity a's response, u and v the
relaxations of a soft rule; p product, r region, s rep. Quota rules never bind y; demand and hours never bind q.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pulp import LpVariable

from optimizer.data import AllocationData
from optimizer.fairness import cell_stretch, evenness, rep_stretch, sums
from optimizer.row import Row, total
from optimizer.selection import RuleLine, select
from optimizer.variables import Variables

__all__ = ["FAMILIES", "RuleRow", "bands", "demand", "hours", "locks", "pools", "rule_row", "rules", "total_quota"]


def demand(data: AllocationData, v: Variables) -> Iterable[Row]:
    """Nobody sells more than there is to sell: organic demand and what the budget adds.

    Σ_s y[p,r,s] ≤ D[p,r] + Σ_{a,k} G[p,r,a,k] · x[r,a,k].
    """
    gains: dict[str, list[tuple[LpVariable, tuple[float, ...]]]] = {}
    for segment, x in zip(data.segments, v.spend, strict=True):
        gains.setdefault(segment.region, []).append((x, segment.gain))
    for (p, r), sold in v.pair_total.items():
        number = data.product_number[p], data.region_number[r]
        terms = {sold: 1.0} | {x: -gain[number[0]] for x, gain in gains.get(r, []) if gain[number[0]]}
        yield Row(f"demand_{number[0]}_{number[1]}", f"demand:{p}/{r}", terms, "<=", float(data.organic[number]))


def hours(data: AllocationData, v: Variables) -> Iterable[Row]:
    """Nobody works more hours than there are: those of expected sales and those at paid events.

    Σ_{p,r} h[p,r] · y[p,r,s] + Σ_{r,a,k} duty[r,a,s] · x[r,a,k] ≤ max(H[s], 0).
    """
    terms: dict[str, dict[LpVariable, float]] = {rep: {} for rep in data.reps}
    for (p, r, s), y in zip(data.cells.quota, v.expected, strict=True):
        terms[s][y] = float(data.hours_per_money[data.product_number[p], data.region_number[r]])
    for segment, x in zip(data.segments, v.spend, strict=True):
        for rep, duty in segment.duty.items():
            terms[rep][x] = duty
    for number, rep in enumerate(data.reps):
        yield Row(f"hours_{number}", f"hours:{rep}", terms[rep], "<=", max(float(data.hours[number]), 0.0))


def bands(data: AllocationData, v: Variables) -> Iterable[Row]:
    """An activity takes no more money at an effect than that band of its response is wide. Rule R4.

    x[r,a,k] ≤ unit cost · (units up to the end of band k − units up to its start).
    """
    for segment, x in zip(data.segments, v.spend, strict=True):
        if segment.capacity is not None:
            yield Row(f"band_{x.name}", f"bands:{segment.activity}/{segment.region}", {x: 1.0}, "<=", segment.capacity)


def pools(data: AllocationData, v: Variables) -> Iterable[Row]:
    """A pool that is paid as spent pays no more than it holds.

    Σ_{r, a of the pool, k} x[r,a,k] ≤ amount.
    """
    of = {pool: [] for pool in data.pools}  # type: dict[str, list[LpVariable]]
    for segment, x in zip(data.segments, v.spend, strict=True):
        if segment.is_cost:
            of[data.plan.activity[segment.activity].pool].append(x)
    for number, (pool, amount) in enumerate(data.pools.items()):
        if of[pool]:
            yield Row(f"pool_{number}", f"pool:{pool}", total(of[pool]), "<=", amount)


def total_quota(data: AllocationData, v: Variables) -> Iterable[Row]:
    """The quotas add up to the target, unless rules or locks decide their sum.

    Σ q = T.
    """
    if not data.is_total_fixed:
        yield Row("total_quota", "total quota", {v.quota_total: 1.0}, "=", data.target)


def locks(data: AllocationData, v: Variables) -> Iterable[Row]:
    """What was decided by hand stays.

    Σ of the locked cells = amount.
    """
    for number, lock in enumerate(sorted(data.plan.locks, key=lambda lock: lock.id)):
        cells = select(data.plan, lock.cells, data.cells, f"locks.{lock.id}")
        terms = total(v.cells(lock.cells.over, cells))
        yield Row(f"lock_{number}", f"lock:{lock.id}", terms, "=", lock.amount / data.money)


@dataclass(frozen=True)
class RuleRow:
    """A rule line's row, taken apart so that its ratio can be changed on the live model."""

    line: RuleLine
    left: dict[LpVariable, float]
    right: dict[LpVariable, float]
    slack: dict[LpVariable, float]
    fixed: float

    def terms(self, ratio: float) -> dict[LpVariable, float]:
        """Left side less ratio x right side, and the relaxations; zeros stay, as places to change."""
        terms = dict(self.left)
        for variable, factor in self.right.items():
            terms[variable] = terms.get(variable, 0.0) - ratio * factor
        return terms | self.slack

    def bound(self, ratio: float) -> float:
        """The constant on the right."""
        return ratio * self.fixed


def rule_row(data: AllocationData, v: Variables, number: int) -> RuleRow:
    """A rule line in variables: Σ left + u − v  sense  ratio · Σ right."""
    line = data.lines[number]
    slack = {}
    if number in v.lacking:
        slack[v.lacking[number]] = 1.0
    if number in v.exceeding:
        slack[v.exceeding[number]] = -1.0
    return RuleRow(
        line=line,
        left=total(v.cells(line.rule.left.over, line.left)),
        right=total(v.cells(line.right_over, line.right)),
        slack=slack,
        fixed=0.0 if line.fixed is None else line.fixed / data.money,
    )


def rules(data: AllocationData, v: Variables) -> Iterable[Row]:
    """The plan's ratio rules and bounds: T1, T3, T5, R3, R5, R7 and whatever else it says.

    Σ left + u − v  ≥ | ≤ | =  ratio · Σ right, with u, v for soft rules only, of the sides that may give.
    """
    for number, line in enumerate(data.lines):
        row = rule_row(data, v, number)
        yield Row(
            f"rule_{number}", f"rule:{line.rule.id}", row.terms(line.ratio), line.rule.sense, row.bound(line.ratio)
        )


FAMILIES: dict[str, Callable[[AllocationData, Variables], Iterable[Row]]] = {
    family.__name__: family
    for family in (
        demand,
        hours,
        bands,
        pools,
        total_quota,
        locks,
        rules,
        sums,
        rep_stretch,
        cell_stretch,
        evenness,
    )
}
"""Every family of rows by name, in the order in which they are stated."""
