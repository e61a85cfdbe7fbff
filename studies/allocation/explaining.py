"""why: what fixes a rep's or region's quota, what its potential is made of, what stops it from moving."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from optimizer.explaining import Explanation, FixedBy, PotentialPart, Relaxed, Stop, explain
from optimizer.overriding import LockEffect, overridden
from optimizer.solved import solve
from scenarios.plan import Plan
from scenarios.tables import Region, Rep
from studies.results import Change, Record

__all__ = [
    "ExplainResult",
    "Explanation",
    "FixedBy",
    "LockEffect",
    "PotentialPart",
    "Relaxed",
    "Stop",
    "explain_study",
]


class ExplainResult(Record):
    """Why these numbers."""

    study: Literal["explain"] = "explain"
    plan: str
    currency: str
    rows: tuple[Explanation, ...]
    locks: tuple[LockEffect, ...] = ()
    locks_relaxation: float = 0.0
    """What all locks together add to the relaxation of soft rules …"""
    locks_contribution: float = 0.0
    """… and to the contribution."""
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


def _ids(entries: Sequence[Rep] | Sequence[Region], named: Sequence[str] | None) -> list[str] | None:
    """Ids of whom ids or names name; an imported plan has ids that nobody knows by heart."""
    if named is None:
        return None
    names = Counter(entry.name for entry in entries)
    by_name = {entry.name: entry.id for entry in entries if names[entry.name] == 1}
    known = {entry.id for entry in entries}
    return [name if name in known else by_name.get(name, name) for name in named]


def explain_study(plan: Plan, reps: Sequence[str] | None = None, regions: Sequence[str] | None = None) -> ExplainResult:
    """Explain the quotas of some reps and regions, by id or a name that one alone has; of all where none is named."""
    start = time.perf_counter()
    reps, regions = _ids(plan.reps, reps), _ids(plan.regions, regions)
    everything = reps is None and regions is None
    solved = solve(plan)
    rows: list[Explanation] = []
    if everything or reps:
        rows += explain(solved, "rep", None if everything else reps)
    if everything or regions:
        rows += explain(solved, "region", None if everything else regions)
    locks = overridden(solved)
    return ExplainResult(
        plan=plan.name,
        currency=plan.currency,
        rows=tuple(rows),
        locks=locks.locks,
        locks_relaxation=locks.relaxation,
        locks_contribution=locks.contribution,
        seconds=time.perf_counter() - start,
    )
