"""Ranges that a plan states for what nobody knows: of its assumptions, and of its uncertainties."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scenarios.changing import changed, figure_at
from scenarios.errors import PlanFileError, UsageError
from scenarios.plan import Plan
from scenarios.risks import Distribution
from simulation.nature import nature_factor

__all__ = ["StatedRange", "plan_at", "stated_ranges", "without_range"]

_ENDS = (0.1, 0.9)
"""Quantiles of an uncertainty's distribution that are its range."""
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class StatedRange:
    """A figure, or a factor that is drawn once a quarter, with the range that the plan states."""

    path: str
    """Of the assumption; ``uncertainty.U-market``."""
    kind: Literal["assumption", "uncertainty"]
    name: str
    """Of an uncertainty; empty for an assumption."""
    low: float
    high: float
    now: float | None
    """The plan's figure; 1 of a factor; None where the plan has a table of figures."""
    grade: str
    source: str


def stated_ranges(plan: Plan, only: Sequence[str] | None = None) -> tuple[StatedRange, ...]:
    """Every assumption with a low and a high end and every enabled uncertainty (its P10 and P90), in the plan's order.

    ``only`` picks some by path; UsageError for one that states no range.
    """
    found = [
        StatedRange(
            entry.path, "assumption", "", entry.low, entry.high, _now(plan, entry.path), entry.grade, entry.source
        )
        for entry in plan.assumptions
        if entry.low is not None and entry.high is not None and entry.low < entry.high
        # A list or a table (payment terms) is no figure that could stand at an end.
        if _now(plan, entry.path) is not None
    ]
    for entry in plan.uncertainty:
        if entry.enabled:
            low, high = (float(x) for x in nature_factor(entry, np.array(_ENDS)))
            if low < high:
                path = f"uncertainty.{entry.id}"
                found.append(StatedRange(path, "uncertainty", entry.name, low, high, 1.0, entry.grade, entry.source))
    if only is None:
        return tuple(found)
    known = {entry.path for entry in found}
    for stranger in sorted(set(only) - known):
        raise UsageError(f"the plan states no range of {stranger}; there are: {_nearest(stranger, known)}")
    return tuple(entry for entry in found if entry.path in only)


def _nearest(stranger: str, known: Collection[str]) -> str:
    """Those that are written most alike; a plan of many reps has hundreds."""
    nearest = sorted(difflib.get_close_matches(stranger, sorted(known), n=_MOST_NAMED, cutoff=0.0))
    return ", ".join(nearest + ["…"] * (len(known) > len(nearest))) or "none"


def without_range(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Path and grade of assumptions for which no range is stated."""
    return tuple(
        (entry.path, entry.grade)
        for entry in plan.assumptions
        if entry.low is None or entry.high is None or _now(plan, entry.path) is None
    )


def plan_at(plan: Plan, values: Sequence[tuple[StatedRange, float]]) -> Plan:
    """The plan with each of these at a value; an uncertainty is then known, and drawn no more."""
    settings = [f"{entry.path}={value!r}" for entry, value in values if entry.kind == "assumption"]
    if settings:
        plan, _ = changed(plan, settings)
    fixed = {entry.path.partition(".")[2]: value for entry, value in values if entry.kind == "uncertainty"}
    if not fixed:
        return plan
    uncertainty = tuple(
        u.model_copy(update={"distribution": Distribution(kind="uniform", low=fixed[u.id], high=fixed[u.id])})
        if u.id in fixed
        else u
        for u in plan.uncertainty
    )
    return plan.model_copy(update={"uncertainty": uncertainty})


def _now(plan: Plan, path: str) -> float | None:
    try:
        return figure_at(plan, path)
    except (PlanFileError, ValueError, TypeError):
        return None
