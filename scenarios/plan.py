"""The plan: everything written in the plan files, frozen and typed.

All loaders end here. Sections live beside this module: calendar, tables, process, rules, effects, risks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import Field

from scenarios.calendar import Calendar
from scenarios.fields import Id, Positive, Section
from scenarios.measures import Measure, StandingEffect, standing_effects
from scenarios.people import Ramp
from scenarios.policies import Policy
from scenarios.process import Activity, CrossSelling, CustomerTier, Handover, Money, SalesProcess
from scenarios.risks import ContingencyPlan, Resource, Risk, Uncertainty
from scenarios.rules import Lock, Rule
from scenarios.tables import Account, BaselineLeads, Opportunity, Product, Receivable, Region, Rep

__all__ = ["TABLES", "Assumption", "Maturity", "Plan", "Scenario", "SmallestDifference", "Solver"]


class Assumption(Section):
    """Where a figure of the plan comes from and how far it can be trusted."""

    path: str
    """Dotted path of the figure: ``customer_tiers.A.win_rate``."""
    grade: Literal["A", "B", "C", "D", "own"]
    """A peer-reviewed, B survey or data set with a stated sample, C vendor page or second hand, D assumption,
    own: estimated from the company's own data."""
    source: str
    low: float | None = None
    high: float | None = None
    """Range that is thought possible."""
    count: int | None = None
    """Number of observations behind an own estimate."""


class Maturity(Section):
    """A region maturity and the growth it is asked for (T3)."""

    id: Id
    name: str
    growth: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)]


class Solver(Section):
    """How long the solver of the allocation may take."""

    seconds_per_solve: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 600.0
    """Of one solve; an allocation takes five, its prices hundreds of short ones. Reaching it gives no answer."""


class SmallestDifference(Section):
    """From which size on a difference between two decisions matters; a surely smaller one is told as none."""

    share_of_target: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.005
    """Of amounts of money."""
    chance: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.05
    """Of chances: 0.05 is 5 points."""


class Scenario(Section):
    """What may happen: named overrides of the plan, composed of other scenarios where they do not overlap."""

    id: Id
    name: str
    description: str = ""
    includes: tuple[Id, ...] = ()
    set: dict[str, Any] = Field(default_factory=dict)
    """Dotted path → new value."""


class Plan(Section):
    """A sales quarter as planned. Rows and entries are sorted by id on loading; every reference is by id."""

    format: Literal[1] = 1
    """Version of the plan format."""
    name: str
    currency: str
    target: Positive
    """Signed amount wanted in the quarter, renewals included."""
    base_period: str = ""
    """What ``regions.base_amount`` is: last quarter, same quarter last year."""
    description: str = ""
    calendar: Calendar
    process: SalesProcess
    handover: Handover = Handover(days=0)
    ramp: Ramp | None = None
    """How a rep who joined lately grows into the work (T6)."""
    product_tiers: dict[Id, str]
    """Product tier id → name."""
    rep_tiers: dict[Id, str]
    """Rep tier id → name."""
    maturities: tuple[Maturity, ...]
    customer_tiers: tuple[CustomerTier, ...]
    activities: tuple[Activity, ...] = ()
    cross_selling: CrossSelling | None = None
    money: Money = Money()
    rules: tuple[Rule, ...] = ()
    locks: tuple[Lock, ...] = ()
    solver: Solver = Solver()
    smallest_difference: SmallestDifference = SmallestDifference()
    measures: tuple[Measure, ...] = ()
    risks: tuple[Risk, ...] = ()
    resources: tuple[Resource, ...] = ()
    contingency_plans: tuple[ContingencyPlan, ...] = ()
    policies: tuple[Policy, ...] = ()
    uncertainty: tuple[Uncertainty, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    reps: Annotated[tuple[Rep, ...], Field(min_length=1)]
    accounts: tuple[Account, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    receivables: tuple[Receivable, ...] = ()
    baseline_leads: tuple[BaselineLeads, ...] = ()

    @cached_property
    def product(self) -> dict[str, Product]:
        """Products by id."""
        return by_id(self.products)

    @cached_property
    def region(self) -> dict[str, Region]:
        """Regions by id."""
        return by_id(self.regions)

    @cached_property
    def rep(self) -> dict[str, Rep]:
        """Reps by id."""
        return by_id(self.reps)

    @cached_property
    def account(self) -> dict[str, Account]:
        """Accounts by id."""
        return by_id(self.accounts)

    @cached_property
    def customer_tier(self) -> dict[str, CustomerTier]:
        """Customer tiers by id."""
        return by_id(self.customer_tiers)

    @cached_property
    def activity(self) -> dict[str, Activity]:
        """Activities by id."""
        return by_id(self.activities)

    @cached_property
    def standing_effects(self) -> tuple[StandingEffect, ...]:
        """Effects of the enabled measures with the part of the quarter that they are expected to act."""
        return tuple(standing_effects(self.measures, self.calendar, [rep.tier for rep in self.reps]))

    def growth_of(self, region: Region) -> float:
        """Growth asked of a region: its own, or its maturity's (T3)."""
        if region.growth is not None:
            return region.growth
        return next(m.growth for m in self.maturities if m.id == region.maturity)

    def planned_amount(self, region: Region) -> float:
        """Base x (1 + growth), or the region's target in money where it has one (T3)."""
        if region.target is not None:
            return region.target
        return region.base_amount * (1 + self.growth_of(region))


TABLES: dict[str, type[Section]] = {
    "products": Product,
    "regions": Region,
    "reps": Rep,
    "accounts": Account,
    "opportunities": Opportunity,
    "receivables": Receivable,
    "baseline_leads": BaselineLeads,
}
"""Sections of the plan that a folder keeps as CSV tables, with the type of a row."""


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_HasId)


def by_id(entries: Iterable[T]) -> dict[str, T]:
    """Entries keyed by their id, in order."""
    return {entry.id: entry for entry in entries}
