"""The linear program that turns a plan into an allocation of quotas and budget."""

from __future__ import annotations

from importlib import import_module

try:
    for library in ("highspy", "pulp"):
        import_module(library)
except ImportError as error:
    from scenarios.errors import SolverFailed

    raise SolverFailed(
        f"The solver cannot be loaded ({error}). Install Quarterdeck anew in an environment of its own, or its solver: "
        "pip install highspy pulp"
    ) from error

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
