"""Allocations that have a name and need no file: rules of thumb, and what the optimiser decides."""

from __future__ import annotations

from pathlib import Path

from optimizer.baselines import BASELINES, baseline
from optimizer.data import prepare
from optimizer.solved import solve
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation

__all__ = ["NAMES", "allocation_called", "named_allocation"]

NAMES = ("optimised", *BASELINES)
"""``optimised`` is what the linear program decides of the plan in question."""


def named_allocation(plan: Plan, name: str) -> Allocation:
    """The allocation of that name in a plan; UsageError where there is none, or where the plan lacks what it needs."""
    if name == "optimised":
        return solve(plan).amounts().allocation(name)
    if name not in BASELINES:
        raise UsageError(f"there is no allocation {name}; by name there are: {', '.join(NAMES)}")
    return baseline(prepare(plan), name).allocation


def allocation_called(plan: Plan, text: str) -> Allocation:
    """A named allocation, or the one of a file; a file that is there counts first."""
    if text in NAMES and not Path(text).exists():
        return named_allocation(plan, text)
    return read_allocation(Path(text), plan)
