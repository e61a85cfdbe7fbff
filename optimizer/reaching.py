"""What single change reaches a contribution: every figure that binds, moved until it does, the least move first.

Moves are compared in percent of the figure, as ratios, money and hours have no common price. A change that relaxes soft
rules further does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.results import Progress, counted
from optimizer.rows import hours
from optimizer.solved import Solved, solve
from optimizer.sweeping import Way, binding_rules, is_live, moved
from scenarios.changing import with_figure
from scenarios.errors import NoFeasibleAllocation, PlanFileError
from scenarios.plan import Plan
from scenarios.rules import Ratio, Rule

__all__ = ["Lever", "Reach", "reach_contribution"]

_STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
"""Moves tried, as shares of the figure; the first that reaches is then narrowed down."""
_PRECISION = 1e-3
"""To a thousandth of the figure."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A figure and how far it must move."""

    path: str
    now: float
    value: float | None
    """Value that reaches the contribution; None where no move up to the whole of the figure does."""
    contribution: float
    """At that value; without one, the most that moving it brings."""
    way: Way

    @property
    def move(self) -> float | None:
        """Change as a share of the figure."""
        return None if self.value is None else self.value / self.now - 1


@dataclass(frozen=True, slots=True)
class Reach:
    """Levers that reach a contribution, the smallest move first, then those that do not, the most helpful first."""

    goal: float
    now: float
    levers: tuple[Lever, ...]


def reach_contribution(plan: Plan, goal: float, progress: Progress | None = None) -> Reach:
    """The least change of one figure with which the best contribution is at least the goal.

    Tried are rules' ratios and amounts, locks, the target, pools and reps' weekly hours: where a row has room, moving
    it changes nothing (the program being convex), so only those that bind, and of inequalities the easing side.
    """
    base = solve(plan)
    now = base.solution.contribution * base.money
    tried = [] if now >= goal else list(_candidates(base))
    levers = (_lever(base, path, at, ways, goal) for path, at, ways in tried)
    found = list(counted(levers, len(tried), "figures moved", progress))
    found.sort(key=lambda lever: (lever.value is None, abs(lever.move or 0.0), -lever.contribution, lever.path))
    return Reach(goal, now, tuple(found))


def _candidates(base: Solved) -> Iterable[tuple[str, float, tuple[int, ...]]]:
    """Path, present value and directions (+1, −1) of the figures that bind."""
    plan = base.plan
    binding, relaxed = binding_rules(base)
    live_rules = {name.partition("/")[0] for name in (*binding, *relaxed)}
    yield "target", plan.target, (1, -1)
    for rule in sorted(plan.rules, key=lambda rule: rule.id):
        if rule.enabled and (rule.sense == "=" or rule.id in live_rules):
            ways = {"=": (1, -1), ">=": (-1,), "<=": (1,)}[rule.sense]
            for path, at in _figures(rule):
                yield path, at, ways
    for lock in sorted(plan.locks, key=lambda lock: lock.id):
        if lock.amount > 0:
            yield f"locks.{lock.id}.amount", lock.amount, (1, -1)
    for pool in sorted(plan.money.pools, key=lambda pool: pool.id):
        if f"pool:{pool.id}" in binding and pool.amount > 0:
            yield f"money.pools.{pool.id}.amount", pool.amount, (1,)
    values, live = base.solution.values, base.staged.live
    for row in hours(base.staged.model.data, base.staged.model.variables):
        used = sum(factor * values[live.column(variable)] for variable, factor in row.terms.items())
        rep = row.group.removeprefix("hours:")
        if row.bound - used <= 1e-6 and plan.rep[rep].hours_per_week > 0:
            yield f"reps.{rep}.hours_per_week", plan.rep[rep].hours_per_week, (1,)


def _figures(rule: Rule) -> Iterable[tuple[str, float]]:
    if isinstance(rule.ratio, Ratio):
        yield from ((f"rules.{rule.id}.ratio.values.{key}", at) for key, at in rule.ratio.values.items() if at > 0)
    elif rule.amount is None and rule.ratio > 0:
        yield f"rules.{rule.id}.ratio", rule.ratio
    if rule.amount:
        yield f"rules.{rule.id}.amount", rule.amount


def _lever(base: Solved, path: str, now: float, ways: tuple[int, ...], goal: float) -> Lever:
    best: Lever | None = None
    for way in ways:
        lever = _one_way(base, path, now, way, goal)
        if best is None or _rank(lever) < _rank(best):
            best = lever
    assert best is not None, "a candidate has a direction"
    return best


def _rank(lever: Lever) -> tuple[bool, float, float]:
    return lever.value is None, abs(lever.move or 0.0), -lever.contribution


def _one_way(base: Solved, path: str, now: float, way: int, goal: float) -> Lever:
    before, most = 0.0, base.solution.contribution * base.money
    kind: Way = "live" if is_live(path) else "rebuilt"
    for step in _STEPS:
        found = _contribution(base, path, now * (1 + way * step))
        # No such figure, nothing feasible, soft rules give, or no gain: the program being convex, further on no better.
        if found is None or found <= most + 1e-7 * abs(most):
            break
        most = found
        if found >= goal:
            low, high, at = before, step, found
            while high - low > _PRECISION:
                middle = (low + high) / 2
                between = _contribution(base, path, now * (1 + way * middle))
                if between is not None and between >= goal:
                    high, at = middle, between
                else:
                    low = middle
            return Lever(path, now, _figure(now * (1 + way * high)), at, kind)
        before = step
    return Lever(path, now, None, most, kind)


def _contribution(base: Solved, path: str, value: float) -> float | None:
    """Best contribution with a figure changed; None where soft rules give further, or there is none."""
    try:
        plan = with_figure(base.plan, path, _figure(value))
        after = moved(base, plan, "contribution") if is_live(path) else solve(plan)
    except (NoFeasibleAllocation, PlanFileError):
        return None
    before = base.solution.relaxation * base.money
    if after.solution.relaxation * after.money > before + 1e-6 * max(before, base.plan.target / 1000):
        return None
    return after.solution.contribution * after.money


def _figure(value: float) -> float:
    return float(f"{value:.9g}")
