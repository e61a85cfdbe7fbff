"""What an allocation comes to, in rows: quotas, budget, pools, rules with their prices, reps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studies.results import Change, Record

__all__ = [
    "AllocateResult",
    "BudgetRow",
    "Point",
    "PoolRow",
    "QuotaRow",
    "RepRow",
    "ResourceRow",
    "RoundingRow",
    "RuleRow",
    "StageRow",
]


class QuotaRow(Record):
    """Quota and expected sales of a product × region × rep."""

    product: str
    region: str
    rep: str
    quota: float
    expected: float


class BudgetRow(Record):
    """Money of an activity in a region."""

    region: str
    activity: str
    amount: float


class PoolRow(Record):
    """A pool of money: what is there, what is spent, what is left."""

    pool: str
    amount: float
    spent: float
    """By the allocation and by measures."""
    unspent: float
    held: bool = False
    """A reserve for contingency plans: what is left of it is no loss."""


class Point(Record):
    """Price of moving a rule by one unit: what the objective stages gain (+) or lose (−)."""

    step: float
    """Signed: of a ratio 0.01, a percentage point; money; hours."""
    unit: Literal["ratio", "money", "hours"]
    relaxation: float
    contribution: float


class RuleRow(Record):
    """A rule after the allocation."""

    id: str
    sentence: str
    firmness: Literal["hard", "soft", "lock", "data"]
    """``data``: a limit of the data, such as a pool's amount."""
    left: float
    right: float
    status: Literal["holds", "binds", "relaxed", "broken"]
    """``relaxed``: a soft rule given up by ``gap``."""
    member: str = ""
    """Member of the rule's ``each``: the rep or region this row is about."""
    gap: float = 0.0
    """Money of room, or by which the rule is relaxed or broken."""
    price: tuple[Point, ...] = ()
    """Both directions where both exist."""
    holds_from: float | None = None
    """Ratio or amount down to which the price down holds; None where no end was found or nobody looked."""
    holds_to: float | None = None
    """The same of the price up."""


class ResourceRow(Record):
    """What one step more, or less, of demand or of a rep's hours would do, all else as it is."""

    kind: Literal["demand of a cell", "demand of a product", "demand of a region", "hours"]
    id: str
    """``product/region``, product, region or rep."""
    there: float
    """Organic demand in money, or hours."""
    price: tuple[Point, ...] = ()
    holds_from: float | None = None
    """Demand or hours down to which the price down holds; None where no end was found or nobody looked."""
    holds_to: float | None = None


class RepRow(Record):
    """What a rep is asked and can do."""

    rep: str
    name: str
    tier: str
    quota: float
    expected: float
    potential: float
    stretch: float | None
    """Quota ÷ potential; None without potential."""
    hours_needed: float
    hours_there: float


class RoundingRow(Record):
    """What rounding to sellable units and money steps changed."""

    quota_step: float
    budget_step: float
    largest_cell: float
    """Largest change of one amount."""
    total_quota: float
    """Change of the sum of all quotas."""
    total_budget: float
    contribution: float
    """Change of the expected contribution."""
    largest_miss: float
    """By how much a hard rule, lock or sum is missed at most."""
    missed: str
    given_up: str
    """Why nothing is rounded after all; empty where it is."""


class StageRow(Record):
    """One stage of the lexicographic objective."""

    stage: str
    value: float
    note: str = ""


class AllocateResult(Record):
    """What to ask of whom and where the money goes."""

    study: Literal["allocate"] = "allocate"
    plan: str
    currency: str
    status: str
    """``optimal``: proven by the solver and by our own check of every rule."""
    target: float
    total_quota: float
    over_assignment: float
    """Σ quota ÷ target − 1 (T5)."""
    expected_signed: float
    expected_contribution: float
    expected_by_source: dict[str, float]
    allocation_name: str
    quotas: tuple[QuotaRow, ...]
    budget: tuple[BudgetRow, ...]
    pools: tuple[PoolRow, ...]
    rules: tuple[RuleRow, ...]
    reps: tuple[RepRow, ...]
    stages: tuple[StageRow, ...]
    fairness: tuple[str, ...]
    solver: str
    seconds: float
    changes: tuple[Change, ...] = ()
    names: dict[str, dict[str, str]] = Field(default_factory=dict)
    """``product``, ``region``, ``activity`` and ``pool``: id → name."""
    findings: tuple[str, ...] = ()
    detail: Literal["none", "prices", "ranges"] = "none"
    """How far prices were looked for; without, no rule or resource has one."""
    resources: tuple[ResourceRow, ...] = ()
    rounding: RoundingRow | None = None
    """None where the plan names no steps."""
