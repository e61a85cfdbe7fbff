"""why: what fixes a rep's or region's quota, what its potential is made of, what stops it from moving."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from optimizer.explaining import Explanation, FixedBy, PotentialPart, Relaxed, Stop, explain
from optimizer.overriding import LockEffect, overridden
from optimizer.solved import solve
from scenarios.plan import Plan
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


def explain_study(plan: Plan, reps: Sequence[str] | None = None, regions: Sequence[str] | None = None) -> ExplainResult:
    """Explain the quotas of some reps and regions; all of them where neither is named."""
    start = time.perf_counter()
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
