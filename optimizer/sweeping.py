"""One figure moved over a range, and one figure moved until a contribution is reached.

Where the figure is a ratio, an amount or the target, the live model takes it as bounds and coefficients; anything else
moves what is expected, so the plan is prepared and stated again. Either way a point equals a fresh solve.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from optimizer.conflicts import find_conflict
from optimizer.data import AllocationData
from optimizer.equity import Equity, equity
from optimizer.live import Change, Infeasible
from optimizer.prices import interval
from optimizer.rows import pools, rule_row
from optimizer.selection import RuleLine, spell_out, with_figures_of
from optimizer.solved import Solved, solve
from scenarios.changing import changed, figure_at
from scenarios.errors import NoFeasibleAllocation, UsageError
from scenarios.plan import Plan
from scenarios.rules import Ratio

__all__ = ["Range", "SweepPoint", "binding_rules", "is_live", "moved", "point", "read_range", "sweep"]

_NEGLIGIBLE = 1e-7
"""Unit of money below which a row counts as binding and a relaxation as none."""

Way = Literal["live", "rebuilt"]

_RANGE = re.compile(r"\s*([^=\s]+)\s*=\s*(.+?)\s*\.\.\s*(.+?)\s*")
_END = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([%％]?)")
_LIVE = (
    re.compile(r"target"),
    re.compile(r"rules\.[^.]+\.(ratio|amount)(\..+)?"),
    re.compile(r"locks\.[^.]+\.amount"),
    re.compile(r"regions\.[^.]+\.(base_amount|growth|target)"),
    re.compile(r"maturities\.[^.]+\.growth"),
)
"""Figures that only rules, locks and the total of quotas know."""


@dataclass(frozen=True, slots=True)
class Range:
    """A figure and the values it is to take, in order."""

    path: str
    now: float
    values: tuple[float, ...]


@dataclass(frozen=True)
class SweepPoint:
    """The plan with one figure at one value; everything but ``conflict`` is None where no allocation is feasible."""

    value: float
    way: Way
    """Whether the live model took the change or the plan was stated again."""
    contribution: float | None
    relaxation: float | None
    signed: float | None
    total_quota: float | None
    equity: Equity | None
    binding: tuple[str, ...] = ()
    """Rules, locks and pools without room, soft rules that give included; equalities that always bind left out."""
    relaxed: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


def read_range(plan: Plan, text: str, points: int) -> Range:
    """``target=-10%..+20%`` or ``rules.R3.ratio=0.5..0.7``: percentages are of what the plan holds now.

    UsageError where it is no range; PlanFileError where the path leads to no number.
    """
    match = _RANGE.fullmatch(text)
    ends = [_END.fullmatch(end) for end in match.groups()[1:]] if match else []
    if not match or not all(ends):
        raise UsageError(f"{text!r} is no path=from..to; write target=-10%..+20% or rules.R3.ratio=0.5..0.7")
    if points < 2:
        raise UsageError("a sweep takes at least 2 points")
    now = figure_at(plan, match[1])
    low, high = (now * (1 + float(end[1]) / 100) if end[2] else float(end[1]) for end in ends if end)
    return Range(match[1], now, tuple(float(f"{value:.12g}") for value in np.linspace(low, high, points)))


def is_live(path: str) -> bool:
    """Whether the live model can take a figure."""
    return any(pattern.fullmatch(path) for pattern in _LIVE)


def sweep(plan: Plan, text: str, points: int = 13) -> Iterator[SweepPoint]:
    """Solve the plan with a figure at evenly spaced values of a range, in order."""
    over = read_range(plan, text, points)
    plans = [changed(plan, [f"{over.path}={value!r}"])[0] for value in over.values]
    solved = _base([plan, *plans]) if is_live(over.path) else None
    for changed_plan, value in zip(plans, over.values, strict=True):
        yield point(changed_plan, value, solved)


def _base(plans: Sequence[Plan]) -> Solved | None:
    """The first plan that has an allocation, live; None where none has, so that each conflict is found anew."""
    for plan in plans:
        with contextlib.suppress(NoFeasibleAllocation):
            return solve(plan)
    return None


def point(plan: Plan, value: float, live: Solved | None = None) -> SweepPoint:
    """One point of a sweep: on a live model of the plan before the change, or stated anew."""
    way: Way = "rebuilt" if live is None else "live"
    try:
        solved = solve(plan) if live is None else moved(live, plan)
    except NoFeasibleAllocation as error:
        return SweepPoint(value, way, None, None, None, None, None, conflict=error.conflict)
    amounts = solved.amounts()
    binding, relaxed = binding_rules(solved)
    return SweepPoint(
        value=value,
        way=way,
        contribution=solved.solution.contribution * solved.money,
        relaxation=solved.solution.relaxation * solved.money,
        signed=float(amounts.expected.sum()),
        total_quota=float(amounts.quota.sum()),
        equity=equity(solved.data, amounts),
        binding=binding,
        relaxed=relaxed,
    )


def moved(base: Solved, plan: Plan, last: str | None = None) -> Solved:
    """A plan that differs from the base's in figures of ``is_live`` alone, solved on the base's live model.

    The live model is left as it was; NoFeasibleAllocation with a smallest conflict where nothing is feasible.
    """
    staged, data = base.staged, base.data
    changed_data = replace(data, plan=plan, target=plan.target, lines=_lines(data, plan))
    with staged.live.changed(_difference(base, changed_data)):
        try:
            solution = staged.solve(last or staged.stages[-1])
        except Infeasible:
            conflict = find_conflict(staged.model, staged.live)
            raise NoFeasibleAllocation(f"nothing keeps all of {', '.join(conflict)}", conflict) from None
    return base.with_answer(changed_data, solution)


def _lines(data: AllocationData, plan: Plan) -> tuple[RuleLine, ...]:
    """Rules spelled out: of those that are the same in a plan whose other figures are the same, the lines there are."""
    before = data.plan
    if plan.regions != before.regions or plan.maturities != before.maturities:
        return spell_out(plan, data.cells)
    pairs = zip(plan.rules, before.rules, strict=True)
    other = {rule.id: rule for rule, old in pairs if rule is not old and rule != old}
    by_member = tuple(rule for rule in other.values() if isinstance(rule.ratio, Ratio))
    fresh = spell_out(plan.model_copy(update={"rules": by_member}), data.cells) if by_member else ()
    new = {(line.rule.id, line.member): line for line in fresh}
    scale = plan.target / before.target
    lines = []
    for line in data.lines:
        if (line.rule.id, line.member) in new:
            lines.append(new[line.rule.id, line.member])
        elif line.rule.id in other:
            lines.append(with_figures_of(plan, line, other[line.rule.id]))
        elif scale != 1 and line.fixed is not None and line.rule.amount is None:
            lines.append(replace(line, fixed=line.fixed * scale))
        else:
            lines.append(line)
    return tuple(lines)


def _difference(base: Solved, data: AllocationData) -> Change:
    """Bounds and coefficients of the rows of rules, locks and the total of quotas that differ."""
    live, model = base.staged.live, base.staged.model
    v, money = model.variables, base.money
    bounds: dict[int, tuple[float, float]] = {}
    coefficients: dict[tuple[int, int], float] = {}
    for number, (old, new) in enumerate(zip(model.data.lines, data.lines, strict=True)):
        fixed = None if new.fixed is None else new.fixed / money
        row = rule_row(model.data, v, number) if (old.ratio, old.fixed) != (new.ratio, new.fixed) else None
        if row is None:
            continue
        place = live.row(f"rule_{number}")
        if fixed is not None:
            bounds[place] = interval(new.rule.sense, new.ratio * fixed)
        terms = row.terms(new.ratio)
        coefficients |= {(place, live.column(variable)): terms[variable] for variable in row.right}
    for number, lock in enumerate(sorted(data.plan.locks, key=lambda lock: lock.id)):
        bounds[live.row(f"lock_{number}")] = interval("=", lock.amount / money)
    if not data.is_total_fixed:
        bounds[live.row("total_quota")] = interval("=", data.target / money)
    return Change(bounds, coefficients)


def binding_rules(solved: Solved) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rules (with their member), pools and soft rules given up, at a solution: those without room, those relaxed.

    Hard equalities and locks, which always bind, are left out.
    """
    data, v, live = solved.data.in_money_of(solved.money), solved.staged.model.variables, solved.staged.live
    values = solved.solution.values
    binding, relaxed = [], []
    for number, line in enumerate(data.lines):
        name = f"{line.rule.id}/{line.member}" if line.member else line.rule.id
        slack = sum(values[live.column(side[number])] for side in (v.lacking, v.exceeding) if number in side)
        if slack > _NEGLIGIBLE:
            relaxed.append(name)
        elif line.rule.sense != "=":
            row = rule_row(data, v, number)
            gap = sum(f * values[live.column(x)] for x, f in row.terms(line.ratio).items()) - row.bound(line.ratio)
            if abs(gap) <= _NEGLIGIBLE:
                binding.append(name)
    binding += [
        pool.group
        for pool in pools(data, v)
        if pool.bound - sum(f * values[live.column(x)] for x, f in pool.terms.items()) <= _NEGLIGIBLE
    ]
    return tuple(binding), tuple(relaxed)
