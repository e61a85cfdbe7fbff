"""why: what fixes a rep's or region's quota, what its potential is made of, what stops it from moving."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from pydantic import ConfigDict

from optimizer.explaining import Explanation, explain
from optimizer.overriding import overridden
from optimizer.solved import solve
from scenarios.plan import Plan
from studies.results import Record

__all__ = ["ExplainResult", "ExplanationRow", "LockRow", "explain_study"]


class _Taken(Record):
    """A record taken from an object of the optimiser with the same fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class FixedByRow(_Taken):
    """A rule or lock over exactly these quotas: quota ``sense`` ratio × base."""

    id: str
    sentence: str
    firmness: str
    sense: str
    ratio: float
    base: float
    base_name: str
    misses: float


class PartRow(_Taken):
    """A source of potential, in money."""

    source: str
    amount: float


class RelaxedRow(_Taken):
    """A soft rule that a push would relax further, or less where negative."""

    id: str
    member: str
    amount: float


class StopRow(_Taken):
    """What a push of one step up or down meets; see ``optimizer.explaining.Stop``."""

    step: float
    reason: Literal["rules", "soft rules", "contribution", "fairness", "nothing", "zero"]
    rules: tuple[str, ...]
    stage: str
    relaxed: tuple[RelaxedRow, ...]
    contribution: float
    distance: float


class ExplanationRow(_Taken):
    """One rep's or region's quota, taken apart."""

    kind: Literal["rep", "region"]
    id: str
    name: str
    quota: float
    fixed_by: tuple[FixedByRow, ...]
    also_in: tuple[str, ...]
    by_product: tuple[tuple[str, float, float], ...]
    """Product, quota, share."""
    potential: float
    parts: tuple[PartRow, ...]
    stretch: float
    mean_stretch: float
    rank: int
    of: int
    expected: float
    hours_needed: float
    hours_there: float
    higher: StopRow
    lower: StopRow


class LockRow(_Taken):
    """A locked sum beside what would be calculated without any lock."""

    id: str
    because: str
    calculated: float
    locked: float


class ExplainResult(Record):
    """Why these numbers."""

    study: Literal["explain"] = "explain"
    plan: str
    currency: str
    rows: tuple[ExplanationRow, ...]
    locks: tuple[LockRow, ...] = ()
    locks_relaxation: float = 0.0
    """What all locks together add to the relaxation of soft rules …"""
    locks_contribution: float = 0.0
    """… and to the contribution."""
    seconds: float = 0.0


def explain_study(plan: Plan, reps: Sequence[str] | None = None, regions: Sequence[str] | None = None) -> ExplainResult:
    """Explain the quotas of some reps and regions; all of them where neither is named."""
    start = time.perf_counter()
    everything = reps is None and regions is None
    solved = solve(plan)
    rows = []
    if everything or reps:
        rows += [_row(e, plan.rep[e.id].name) for e in explain(solved, "rep", None if everything else reps)]
    if everything or regions:
        rows += [_row(e, plan.region[e.id].name) for e in explain(solved, "region", None if everything else regions)]
    locks = overridden(solved)
    return ExplainResult(
        plan=plan.name,
        currency=plan.currency,
        rows=tuple(rows),
        locks=tuple(LockRow.model_validate(lock) for lock in locks.locks),
        locks_relaxation=locks.relaxation,
        locks_contribution=locks.contribution,
        seconds=time.perf_counter() - start,
    )


def _row(explanation: Explanation, name: str) -> ExplanationRow:
    own = {field: getattr(explanation, field) for field in ExplanationRow.model_fields if field != "name"}
    return ExplanationRow.model_validate({**own, "name": name}, from_attributes=True)
