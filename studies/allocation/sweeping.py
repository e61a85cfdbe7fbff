"""sweep and reach: what moving one figure does, and which single figure reaches a contribution with the least move."""

from __future__ import annotations

import time
from typing import Literal

from optimizer.reaching import reach_contribution
from optimizer.results import Progress, counted
from optimizer.sweeping import SweepPoint, read_range, sweep
from scenarios.plan import Plan
from studies.allocation.choosing import EquityRow, equity_row
from studies.results import Change, Record

__all__ = ["LeverRow", "ReachResult", "SweepResult", "SweepRow", "reach_study", "sweep_study"]


class SweepRow(Record):
    """The plan with the figure at one value; figures are None where no allocation is feasible."""

    value: float
    way: Literal["live", "rebuilt"]
    """Whether the live model took the change, or the plan was prepared and stated again."""
    contribution: float | None
    relaxation: float | None
    signed: float | None
    total_quota: float | None
    equity: EquityRow | None
    binding: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


class SweepResult(Record):
    """One figure moved over a range."""

    study: Literal["sweep"] = "sweep"
    plan: str
    currency: str
    path: str
    now: float
    rows: tuple[SweepRow, ...]
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


class LeverRow(Record):
    """A figure and how far it must move."""

    path: str
    now: float
    value: float | None
    """None where no move up to the whole of the figure reaches the goal."""
    move: float | None
    """As a share of the figure."""
    contribution: float
    """At that value; without one, the most that moving it brings."""
    way: Literal["live", "rebuilt"]


class ReachResult(Record):
    """Single changes that reach a contribution, the smallest move first."""

    study: Literal["reach"] = "reach"
    plan: str
    currency: str
    goal: float
    now: float
    levers: tuple[LeverRow, ...]
    """Empty where the goal is reached already."""
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


def sweep_study(plan: Plan, text: str, points: int = 13, progress: Progress | None = None) -> SweepResult:
    """Solve the plan with one figure over a range: ``target=-10%..+20%``, ``rules.R3.ratio=0.5..0.7``."""
    start = time.perf_counter()
    over = read_range(plan, text, points)
    swept = counted(sweep(plan, text, points), points, over.path, progress)
    rows = tuple(_sweep_row(point) for point in swept)
    return SweepResult(
        plan=plan.name,
        currency=plan.currency,
        path=over.path,
        now=over.now,
        rows=rows,
        seconds=time.perf_counter() - start,
    )


def reach_study(plan: Plan, goal: float, progress: Progress | None = None) -> ReachResult:
    """Which single figure, moved least, brings the best contribution to the goal."""
    start = time.perf_counter()
    found = reach_contribution(plan, goal, progress)
    return ReachResult(
        plan=plan.name,
        currency=plan.currency,
        goal=found.goal,
        now=found.now,
        levers=tuple(
            LeverRow(
                path=lever.path,
                now=lever.now,
                value=lever.value,
                move=lever.move,
                contribution=lever.contribution,
                way=lever.way,
            )
            for lever in found.levers
        ),
        seconds=time.perf_counter() - start,
    )


def _sweep_row(point: SweepPoint) -> SweepRow:
    return SweepRow(
        value=point.value,
        way=point.way,
        contribution=point.contribution,
        relaxation=point.relaxation,
        signed=point.signed,
        total_quota=point.total_quota,
        equity=equity_row(point.equity) if point.equity else None,
        binding=point.binding,
        relaxed=point.relaxed,
        conflict=point.conflict,
    )
