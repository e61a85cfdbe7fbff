"""What the optimiser hands back: the allocation, how it came about, what binds and at what price."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from scenarios.allocation import Allocation

__all__ = ["AllocationResult", "ExpectedCell", "PoolResult", "Price", "RepResult", "RuleResult", "SolverReport"]

Status = Literal["holds with room", "binds", "relaxed", "violated"]


@dataclass(frozen=True, slots=True, order=True)
class ExpectedCell:
    """Sales we believe a rep makes of a product in a region, in money per quarter."""

    product: str
    region: str
    rep: str
    expected: float


@dataclass(frozen=True, slots=True)
class Price:
    """What a change of one step does, found by solving again."""

    relaxation: float
    """Change of the priority-weighted relaxation of soft rules, in money."""
    contribution: float
    """Change of the expected contribution, in money."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule for one member, a lock, a pool or the total of quotas, at the allocation found."""

    id: str
    member: str
    """Member of the rule's ``each``; empty without."""
    sentence: str
    firmness: str
    """``hard``, ``soft``, ``lock`` or ``data``."""
    sense: str
    left: float
    right: float
    status: Status
    gap: float
    """Money of room, or by which the rule is relaxed or violated; 0 where it binds."""
    step: float = 0.0
    """What the prices are for: 0.01 is a percentage point of the ratio, anything above 1 is money; 0 has no price."""
    price_down: Price | None = None
    """When the ratio or amount falls by a step; None where nothing feasible is left then."""
    price_up: Price | None = None
    """When it rises by a step."""


@dataclass(frozen=True, slots=True)
class RepResult:
    """A rep's quota against potential and hours."""

    rep: str
    quota: float
    expected: float
    potential: float
    stretch: float
    """Quota / potential."""
    hours_needed: float
    hours_there: float


@dataclass(frozen=True, slots=True)
class PoolResult:
    """What of a pool is spent, or for a pool paid as earned, provided."""

    pool: str
    amount: float
    spent: float
    unspent: float


@dataclass(frozen=True, slots=True)
class SolverReport:
    """Which solver gave the answer, and how long it took."""

    status: str
    version: str
    rows: int
    columns: int
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class AllocationResult:
    """An allocation with everything that explains it. Money in the plan's currency, per quarter."""

    allocation: Allocation
    target: float
    expected: tuple[ExpectedCell, ...]
    stages: tuple[tuple[str, float], ...]
    """Name and value of each stage; money, or a distance of stretches."""
    rules: tuple[RuleResult, ...]
    reps: tuple[RepResult, ...]
    pools: tuple[PoolResult, ...]
    demand: tuple[tuple[str, float], ...]
    """Expected sales that are there by source, at the budget found: pipeline, renewals, activities …"""
    expected_total: float
    expected_contribution: float
    over_assignment: float
    """Sum of quotas / target − 1."""
    fairness: str
    """Which rules leave the reps' quotas no freedom (``decided by T5``), or empty."""
    solver: SolverReport

    @property
    def unsold(self) -> float:
        """Demand that nobody has the hours for, or that is not worth its cost."""
        return max(sum(amount for _, amount in self.demand) - self.expected_total, 0.0)
