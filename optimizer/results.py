"""What the optimiser hands back: the allocation, how it came about, what binds and at what price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from scenarios.allocation import Allocation

__all__ = [
    "AllocationResult",
    "Detail",
    "ExpectedCell",
    "IdleRule",
    "PoolResult",
    "Price",
    "PriceRange",
    "Progress",
    "RepResult",
    "Resource",
    "ResourcePrice",
    "Rounding",
    "RuleResult",
    "SolverReport",
    "counted",
]

T = TypeVar("T")
Status = Literal["holds with room", "binds", "relaxed", "violated"]
Detail = Literal["none", "prices", "ranges"]
"""Whether to look for prices, and for the ranges in which they hold, which take ten solves and more for each."""
Progress = Callable[[str, int, int], None]
"""Told (what is being done, steps done, steps in all)."""
Resource = Literal["demand of a cell", "demand of a product", "demand of a region", "hours"]


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
class PriceRange:
    """Ratios or amounts between which a step has the same price: within 5% for ratios, exactly for amounts."""

    low: float | None
    """Down to which the price down holds; None where no end was found."""
    high: float | None
    """Up to which the price up holds; None where no end was found."""


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
    """What the prices are for: 0.01 of a ratio is a percentage point, of an amount money; 0 has no price."""
    price_down: Price | None = None
    """When the ratio or amount falls by a step; None where nothing feasible is left then."""
    price_up: Price | None = None
    """When it rises by a step."""
    holds: PriceRange | None = None
    """Where the prices hold; None where that was not asked for."""
    is_ratio: bool = False
    """Whether step and range are of a ratio, not of an amount of money."""


@dataclass(frozen=True, slots=True)
class ResourcePrice:
    """What one more, or one less, of what the plan has to sell or to sell with would do, all else as it is."""

    kind: Resource
    id: str
    """``product/region``, product, region or rep."""
    there: float
    """Organic demand in money, or hours of the rep; spending may add to demand."""
    step: float
    """A unit of money, or 1 hour; a product's or region's step is spread in proportion to its demand."""
    down: Price | None
    """One step less; None where nothing feasible is left, or there is not so much."""
    up: Price | None
    holds: PriceRange | None = None
    """Where the prices hold; None where that was not asked for."""


@dataclass(frozen=True, slots=True)
class IdleRule:
    """A rule that changes nothing, because whatever else the plan allows keeps it."""

    id: str
    room: float
    """Money of room that it has at worst."""


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
class Rounding:
    """What rounding to sellable units and money steps changed. Money in the plan's currency."""

    quota_step: float
    """Largest sellable unit; 0 where quotas are not rounded."""
    budget_step: float
    largest_cell: float
    """Largest change of one amount."""
    total_quota: float
    """Change of the sum of all quotas."""
    total_budget: float
    contribution: float
    """Change of the expected contribution."""
    largest_miss: float = 0.0
    """By how much a hard rule, lock or sum is missed at most; never more than one step."""
    missed: str = ""
    """Which one that is."""
    given_up: str = ""
    """Why the amounts are not rounded after all; empty where they are."""


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
    fairness: tuple[str, ...]
    """Which rules leave the reps' quotas no freedom; none where they are free."""
    solver: SolverReport
    detail: Detail = "none"
    """How far prices were looked for; without, no rule has a step, and there are neither resources nor idle rules."""
    resources: tuple[ResourcePrice, ...] = ()
    idle_rules: tuple[IdleRule, ...] = ()
    """Rules that can never bind."""
    rounding: Rounding | None = None
    """None where the plan names no steps."""


def counted(found: Iterable[T], total: int, label: str, progress: Progress | None) -> Iterator[T]:
    """The same entries, with progress told after each of so many."""
    for done, entry in enumerate(found, start=1):
        if progress is not None:
            progress(label, min(done, total), total)
        yield entry
    if progress is not None:
        progress(label, total, total)
