"""Why this number: what fixes a quota, what potential it rests on, and what keeps it from being higher or lower.

Nothing here is a guess from duals: a quota is pushed up and down by one step on the live model, and what gets worse, or
which rows then contradict each other, is the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pulp import LpVariable

from optimizer.allocating import asked_amounts
from optimizer.conflicts import find_conflict
from optimizer.equity import hours_needed
from optimizer.live import Change, Infeasible
from optimizer.selection import Key, QuotaKey, RuleLine, select
from optimizer.solved import Amounts, Solved
from optimizer.stages import Solution
from scenarios.errors import UsageError

__all__ = ["Explanation", "FixedBy", "PotentialPart", "Relaxed", "Stop", "explain"]

Kind = Literal["rep", "region"]
Reason = Literal["rules", "soft rules", "contribution", "fairness", "nothing", "zero"]


@dataclass(frozen=True, slots=True)
class FixedBy:
    """A rule or lock over exactly these quotas: quota ``sense`` ratio × base."""

    id: str
    """Rule id, or ``lock:`` and the lock's id."""
    sentence: str
    firmness: str
    sense: str
    ratio: float
    base: float
    """What the ratio multiplies, in money: the target per head, the target, a sum of cells, an amount."""
    base_name: str
    """``target_per_head``, ``target``, ``quotas``, ``expected sales``, ``budget`` or ``amount``."""
    misses: float
    """Money by which the quota does not follow it; 0 where it does."""


@dataclass(frozen=True, slots=True)
class PotentialPart:
    """A source of potential: the rep's own pipeline, renewals and leads, a share by hours of a region's others."""

    source: str
    """``pipeline``, ``renewals``, ``baseline``, ``cross_sell`` or ``activities`` (leads that the budget brings)."""
    amount: float


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A soft rule that a push would relax further (or less, where negative)."""

    id: str
    member: str
    amount: float


@dataclass(frozen=True, slots=True)
class Stop:
    """What a push of one step up or down meets."""

    step: float
    reason: Reason
    """``rules``: nothing feasible is left; ``zero``: no quota is negative; else the first stage that gets worse."""
    rules: tuple[str, ...] = ()
    """Groups that contradict the push: ``rule:T5``, ``lock:…``, ``total quota``, ``hours:R01`` …"""
    stage: str = ""
    relaxed: tuple[Relaxed, ...] = ()
    contribution: float = 0.0
    """Change of the contribution by the push."""
    distance: float = 0.0
    """Change of the stage's distance of stretches."""


@dataclass(frozen=True)
class Explanation:
    """One rep's or region's quota, taken apart. Money in the plan's currency."""

    kind: Kind
    id: str
    name: str
    quota: float
    """What is asked, as `allocate` asks it: after rounding."""
    before_rounding: float
    unit: float
    """Largest of the units to which these quotas are rounded; 0 where they are not."""
    fixed_by: tuple[FixedBy, ...]
    """Rules and locks over exactly these quotas, hard ones first; empty where only fairness decides."""
    also_in: tuple[str, ...]
    """Other rules over quotas in which these cells stand, by id."""
    by_product: tuple[tuple[str, float, float], ...]
    """Product, quota, share of the quota."""
    potential: float
    parts: tuple[PotentialPart, ...]
    stretch: float
    mean_stretch: float
    """Σ quotas ÷ Σ potentials of all."""
    rank: int
    """Place among its kind, 1 the most stretched."""
    of: int
    expected: float
    hours_needed: float
    hours_there: float
    higher: Stop
    lower: Stop


def explain(solved: Solved, kind: Kind, ids: Sequence[str] | None = None) -> tuple[Explanation, ...]:
    """Explain the quotas of some reps or regions, or of all, in order of ids; UsageError for an unknown one."""
    data = solved.data
    known = data.reps if kind == "rep" else data.regions
    wanted = known if ids is None else tuple(ids)
    strangers = [id_ for id_ in wanted if id_ not in known]
    if strangers:
        raise UsageError(f"the plan has no {kind} {', '.join(strangers)}; known: {', '.join(known)}")
    place = 2 if kind == "rep" else 1
    cells = {id_: [n for n, key in enumerate(data.cells.quota) if key[place] == id_] for id_ in known}
    own_cells = {id_: own for id_, own in cells.items() if own}
    view = _View(solved, asked_amounts(solved), solved.amounts(), kind, own_cells)
    rows = {id_: solved.staged.add_sum(view.variables(id_)) for id_ in wanted if id_ in view.cells}
    return tuple(view.explanation(id_, row) for id_, row in rows.items())


@dataclass(frozen=True)
class _View:
    """What all explanations of one kind share; things without any quota cell have none."""

    solved: Solved
    amounts: Amounts
    exact: Amounts
    """Before rounding: where the live models stand."""
    kind: Kind
    cells: dict[str, list[int]]

    def variables(self, id_: str) -> list[LpVariable]:
        return [self.solved.staged.model.variables.quota[n] for n in self.cells[id_]]

    def explanation(self, id_: str, row: int) -> Explanation:
        data, amounts, cells = self.solved.data, self.amounts, self.cells[id_]
        keys = [data.cells.quota[n] for n in cells]
        quota, exact = float(amounts.quota[cells].sum()), float(self.exact.quota[cells].sum())
        products: dict[str, float] = {}
        for key, n in zip(keys, cells, strict=True):
            products[key[0]] = products.get(key[0], 0.0) + float(amounts.quota[n])
        fixed_by, also_in = _rules_of(self.solved, amounts, self.exact, keys)
        reps = [data.rep_number[rep] for rep in sorted({rep for _, _, rep in keys})]
        sources = {source: float(data.potential_by_source[source][cells].sum()) for source in _SOURCES}
        return Explanation(
            kind=self.kind,
            id=id_,
            name=(data.plan.rep if self.kind == "rep" else data.plan.region)[id_].name,
            quota=quota,
            before_rounding=exact,
            unit=max(data.plan.product[p].unit for p, _, _ in keys),
            fixed_by=fixed_by,
            also_in=also_in,
            by_product=tuple((p, amount, amount / quota if quota > 0 else 0.0) for p, amount in products.items()),
            potential=self.potential[id_],
            parts=tuple(PotentialPart(source, amount) for source, amount in sources.items()),
            stretch=self.stretch[id_],
            mean_stretch=float(amounts.quota.sum()) / sum(self.potential.values()),
            rank=1 + sum(other > self.stretch[id_] * (1 + 1e-9) for other in self.stretch.values()),
            of=len(self.stretch),
            expected=float(amounts.expected[cells].sum()),
            hours_needed=float(hours_needed(data, amounts)[reps].sum()),
            hours_there=float(data.hours[reps].sum()),
            higher=_push(self.solved, row, exact, 1, keys),
            lower=_push(self.solved, row, exact, -1, keys),
        )

    @cached_property
    def potential(self) -> dict[str, float]:
        data = self.solved.data
        return {id_: max(float(data.potential[n].sum()), data.potential_floor()) for id_, n in self.cells.items()}

    @cached_property
    def stretch(self) -> dict[str, float]:
        return {id_: float(self.amounts.quota[n].sum()) / self.potential[id_] for id_, n in self.cells.items()}


_SOURCES = ("pipeline", "renewals", "baseline", "cross_sell", "activities")


def _rules_of(
    solved: Solved, amounts: Amounts, exact: Amounts, keys: Sequence[QuotaKey]
) -> tuple[tuple[FixedBy, ...], tuple[str, ...]]:
    """Rules and locks over exactly these cells, and ids of the others in which some of them stand."""
    plan, own = solved.plan, set(keys)
    quota, before = (_sum(which, "quota", own) for which in (amounts, exact))
    listed, others = [], []
    for line in solved.data.lines:
        if line.rule.left.over != "quota" or not own & {*line.left}:
            continue
        if set(line.left) == own:
            was = _missed(line, _base(line, exact), before)
            base = _base(line, amounts)
            listed.append(_fixed_by(line, base, _missed(line, base, quota) if was else 0.0))
        else:
            others.append(line.rule.id)
    for lock in sorted(plan.locks, key=lambda lock: lock.id):
        if lock.cells.over != "quota":
            continue
        locked = set(select(plan, lock.cells, solved.data.cells, f"locks.{lock.id}"))
        if locked == own:
            misses = abs(quota - lock.amount) if abs(before - lock.amount) > 1e-6 * lock.amount else 0.0
            listed.append(FixedBy(f"lock:{lock.id}", lock.because, "lock", "=", 1.0, lock.amount, "amount", misses))
        elif locked & own:
            others.append(f"lock:{lock.id}")
    order = {"lock": 0, "hard": 1, "soft": 2}
    listed.sort(key=lambda fixed: (order[fixed.firmness], fixed.id))
    return tuple(listed), tuple(dict.fromkeys(others))


def _base(line: RuleLine, amounts: Amounts) -> float:
    return line.fixed if line.fixed is not None else _sum(amounts, line.right_over, line.right)


def _missed(line: RuleLine, base: float, quota: float) -> float:
    """Money by which a quota does not follow the line; 0 where it does."""
    side = line.ratio * base
    gap = {"=": abs(quota - side), ">=": side - quota, "<=": quota - side}[line.rule.sense]
    return gap if gap > 1e-6 * max(side, quota) else 0.0


def _fixed_by(line: RuleLine, base: float, misses: float) -> FixedBy:
    names = {"quota": "quotas", "expected": "expected sales", "budget": "budget"}
    if line.fixed is None:
        name = names[line.right_over]
    else:
        name = "amount" if line.rule.amount is not None else str(line.rule.right)
    return FixedBy(
        line.rule.id, line.rule.sentence, line.rule.firmness, line.rule.sense, line.ratio, base, name, misses
    )


def _sum(amounts: Amounts, over: str, cells: Iterable[Key]) -> float:
    found = {"quota": amounts.quota, "expected": amounts.expected, "budget": amounts.spend}[over]
    universe = amounts.data.cells.over(over)
    wanted = set(cells)
    return float(sum(amount for key, amount in zip(universe, found.tolist(), strict=True) if key in wanted))


def _push(solved: Solved, row: int, quota: float, sign: int, keys: Sequence[QuotaKey]) -> Stop:
    """Solve again with the sum one step further up or down, and say what first gets worse.

    Where a hard equality or a lock covers exactly these quotas nothing needs solving.
    """
    staged, money = solved.staged, solved.money
    step = min(1.0, quota / money) if sign < 0 else 1.0
    if step <= 0:
        return Stop(0.0, "zero")
    fixing = _fixing(solved, set(keys))
    if fixing:
        return Stop(step * money, "rules", fixing)
    bound = quota / money + sign * step
    bounds = (bound, math.inf) if sign > 0 else (-math.inf, bound)
    with staged.live.changed(Change({row: bounds})):
        try:
            after = staged.solve()
        except Infeasible:
            return Stop(step * money, "rules", find_conflict(staged.model, staged.live))
    before = solved.solution
    for name, was, now in zip(staged.stages, before.stages, after.stages, strict=True):
        change = now - was
        if abs(change) <= 1e-6 * max(1.0, abs(was)):
            continue
        reason: Reason = "fairness" if name not in ("relaxation", "contribution") else "contribution"
        return Stop(
            step=step * money,
            reason="soft rules" if name == "relaxation" else reason,
            stage=name,
            relaxed=_relaxed(solved, after) if name == "relaxation" else (),
            contribution=_clean(after.contribution - before.contribution) * money,
            distance=change if name.endswith("stretch") else 0.0,
        )
    return Stop(step * money, "nothing")


def _clean(change: float) -> float:
    return change if abs(change) > 1e-6 else 0.0


def _fixing(solved: Solved, own: set[QuotaKey]) -> tuple[str, ...]:
    groups = [
        f"rule:{line.rule.id}"
        for line in solved.data.lines
        if line.rule.firmness == "hard" and line.rule.sense == "=" and line.fixed is not None
        if line.rule.left.over == "quota" and set(line.left) == own
    ]
    locks = [lock for lock in solved.plan.locks if lock.cells.over == "quota"]
    groups += [f"lock:{k.id}" for k in locks if set(select(solved.plan, k.cells, solved.data.cells, k.id)) == own]
    return tuple(sorted(groups))


def _relaxed(solved: Solved, after: Solution) -> tuple[Relaxed, ...]:
    """Soft rules whose relaxation differs after a push."""
    v, live = solved.staged.model.variables, solved.staged.live
    found = []
    for number, line in enumerate(solved.data.lines):
        slacks = [side[number] for side in (v.lacking, v.exceeding) if number in side]
        columns = [live.column(slack) for slack in slacks]
        change = float((after.values[columns] - solved.solution.values[columns]).sum()) * solved.money
        if abs(change) > 1e-6 * solved.money:
            found.append(Relaxed(line.rule.id, line.member, change))
    return tuple(found)
