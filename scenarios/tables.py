"""Rows of the plan's tables. Ids key everything; the order of rows changes no result."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.fields import Amount, Count, Day, Id, Positive, Section, Share

__all__ = ["Account", "BaselineLeads", "Opportunity", "Product", "Receivable", "Region", "Rep"]


class Product(Section):
    """A product and what a deal of it looks like."""

    id: Id
    name: str
    tier: Id
    """Product tier, for instance star, potential, long-tail (T1)."""
    mean_deal: Positive
    """Mean signed amount of a new deal."""
    median_cycle_days: Positive
    """Median calendar days from an accepted need to the signature, for deals that are won."""
    margin: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
    """Gross margin as a share of the signed amount."""
    list_price: Amount | None = None
    unit: Amount = 0
    """Smallest sellable amount; quotas are rounded to it, 0 leaves them alone."""


class Region(Section):
    """A sales region."""

    id: Id
    name: str
    maturity: Id
    """Market maturity, for instance mature, growth, emerging (T3)."""
    base_amount: Amount
    """Sales of the base period that the plan names; 0 for a blank region, which has a target."""
    growth: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] | None = None
    """Growth on the base; empty takes the growth of the region's maturity."""
    target: Amount | None = None
    """Target in money, for a blank region without a base."""


class Rep(Section):
    """A sales representative."""

    id: Id
    name: str
    tier: Id
    """Rep tier, for instance top, core, new (T5)."""
    regions: tuple[Id, ...]
    """Regions the rep covers, the home region first; in a table separated by ``;``."""
    hours_per_week: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    """Customer-facing hours a week."""
    joined: Day | None = None
    """Day the rep joined, of those for whom that is not long ago; empty means full skill."""
    last_quarter_sales: Amount | None = None
    performance: str = ""
    """What the tier rests on, in words."""


class Account(Section):
    """A customer we have."""

    id: Id
    name: str
    customer_tier: Id
    region: Id
    rep: Id
    """The account's named owner."""
    industry: str = ""
    product: Id | None = None
    """Product of the contract that renews."""
    renewal_amount: Amount = 0
    """Amount of the contract that comes up for renewal this quarter; 0 when none does."""
    renewal_date: Day | None = None


class Opportunity(Section):
    """An opportunity open at the start of the quarter."""

    id: Id
    product: Id
    region: Id
    rep: Id
    customer_tier: Id
    stage: Id
    value: Positive
    created: Day
    """Day the need was accepted; the start of the sales cycle."""
    account: Id | None = None
    industry: str = ""


class Receivable(Section):
    """An invoice open at the start of the quarter."""

    id: Id
    amount: Positive
    due_date: Day
    account: Id | None = None


class BaselineLeads(Section):
    """Accepted opportunities that come by themselves, without any budget, in one product and region."""

    id: Id
    product: Id
    region: Id
    accepted_per_quarter: Count
    rep: Id | None = None
    """Rep to whom they come; empty takes the rep of the region who lacks them most."""
    tier_mix: dict[str, Share] = Field(default_factory=dict)
    """Customer-tier shares; empty takes the sales process's ``lead_tier_mix``."""
