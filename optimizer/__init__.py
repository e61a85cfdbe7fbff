"""The linear program that turns a plan into an allocation of quotas and budget."""

from __future__ import annotations

from optimizer.allocating import allocate
from optimizer.checking import RuleStatus, check_allocation
from optimizer.infeasibility import repair
from optimizer.results import AllocationResult, ExpectedCell, PoolResult, Price, RepResult, RuleResult, SolverReport

__all__ = [
    "AllocationResult",
    "ExpectedCell",
    "PoolResult",
    "Price",
    "RepResult",
    "RuleResult",
    "RuleStatus",
    "SolverReport",
    "allocate",
    "check_allocation",
    "repair",
]
