"""What decides during the quarter, handed to a simulation that knows no optimiser (M6)."""

from __future__ import annotations

from typing import Any

from optimizer.reallocation import Money, Reallocator
from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.model import Model
from simulation.options import Options

__all__ = ["compile_steered"]


def compile_steered(plan: Plan, allocation: Allocation, options: Options) -> Model:
    """The compiled plan with a re-allocation for every policy that asks for one."""
    moves = {
        policy.id: _Move(plan, allocation, policy.reallocation.most_moved)
        for policy in plan.policies
        if policy.enabled and policy.reallocation is not None
    }
    return compile_model(plan, allocation, options, moves)


class _Move:
    """Re-allocation by returns. Goes to other processes as its plan: each states the program once for itself."""

    def __init__(self, plan: Plan, allocation: Allocation, most_moved: float) -> None:
        self._asked = plan, allocation, most_moved
        self._program: Reallocator | None = None

    def __call__(self, spent: Money, left: Money, roi: Money, weeks_left: float) -> Money:
        if self._program is None:
            self._program = Reallocator(*self._asked)
        return self._program(spent, roi, weeks_left, left).amount

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_program": None}
