"""The plan compiled for the quarter: ids to numbers, rules to plain values. Made once, read by every replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple, TypeAlias

from scenarios.allocation import Allocation
from scenarios.cycles import CurveCycle
from scenarios.expectations import (
    product_keys,
    region_keys,
)
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Uncertainty
from simulation.distributions import Floats
from simulation.draws import Entities, Integers, PoissonLayers
from simulation.finder import Attributes, Finder
from simulation.options import Options, Reallocate
from simulation.sources import LeadSource
from simulation.strikes import PossibleStrike

__all__ = ["DealKind", "DealStart", "Model", "OpenInvoice", "OurAccount", "StageTable", "TierHabits"]

DealKind: TypeAlias = tuple[str, int, int, int, int, str, int]
"""By what effects pick an opportunity: its source, product, region, customer tier, account, industry and rep."""


class StageTable(NamedTuple):
    """The sales process as plain lists, one entry per stage."""

    ids: list[str]
    weights: list[float]
    """Exponent of the win rate with which the stage is passed."""
    positions: list[list[float]]
    """Position of each touch in the cycle."""
    before: list[float]
    """Part of the cycle before each stage, and 1."""
    touch_hours: list[float]
    proposal_hours: list[float]
    first_touch: list[int]
    """Number of touches in the stages before each, and of all."""
    offsets: list[list[float]]
    """Part of the cycle from a stage's start to each of its touches, and to its end."""


class TierHabits(NamedTuple):
    """How a customer tier is worked, as plain values."""

    priority: int
    cadence_days: float
    patience_days: float
    """Working days after which due work moves up one tier: two cadences."""
    win_rate: float
    proposal_promised_days: float | None
    cools_after_days: float
    """Working days of lateness from which a customer cools down; infinite where nobody does."""


class DealStart(NamedTuple):
    """An opportunity as it enters the quarter, by positions."""

    id: str
    source: str
    """``pipeline`` when it was open before, else what brought it."""
    product: int
    region: int
    tier: int
    account: int
    industry: str
    rep: int
    stage: int
    value: float
    created: float
    """Working day; negative when it was open before."""


class OurAccount(NamedTuple):
    """An account, by positions."""

    id: str
    attributes: Attributes
    tier: int
    region: int
    rep: int
    product: int
    renewal_amount: float
    renewal_day: float
    """Working day of the renewal; infinite when none is due."""
    care_hours: float
    """Rep hours of a care touch; 0 where care is automated."""


class OpenInvoice(NamedTuple):
    """A receivable open at the start, by positions."""

    id: str
    amount: float
    due: float
    """Working day it falls due; 0 when it was overdue."""
    overdue: float
    """Working days it was overdue at the start."""
    account: int
    rep: int
    """Who collects it."""


@dataclass(frozen=True)
class Model:
    """A compiled plan with its allocation and options. Lists are by position of the sorted ids."""

    plan: Plan
    allocation: Allocation
    options: Options
    horizon: float
    stages: StageTable
    tier_habits: list[TierHabits]
    win_from: list[list[float]]
    """Probability of winning from each stage, by customer tier, at the plan's win rates."""
    products: tuple[str, ...]
    regions: tuple[str, ...]
    reps: tuple[str, ...]
    tiers: tuple[str, ...]
    accounts: tuple[str, ...]
    rep_number: dict[str, int]
    """Position of each rep."""
    account_number: dict[str, int]
    coverage: list[list[int]]
    """Reps covering each region."""
    rep_quota: list[float]
    cell_quota: list[list[float]]
    """Quota by product and region."""
    rep_attributes: list[Attributes]
    hours_per_day: list[float]
    """Customer-facing hours of a rep per working day, before effects and after automated touches."""
    blocks: list[list[tuple[float, float]]]
    """Working-day intervals in which a rep sells nothing, in order."""
    open_deals: tuple[DealStart, ...]
    open_bounds: tuple[Floats, Floats]
    """Bounds of each open opportunity's cycle in working days."""
    open_products: Integers
    our_accounts: tuple[OurAccount, ...]
    invoices: tuple[OpenInvoice, ...]
    sources: tuple[LeadSource, ...]
    source_window: tuple[Floats, Floats]
    source_bound: Floats
    source_products: Floats
    """Product shares by source, shape (sources, products)."""
    source_tiers: Floats
    layers: PoissonLayers
    lead_points: Entities
    open_entities: Entities
    account_entities: Entities
    receivable_entities: Entities
    nature_entities: Entities
    uncertainties: tuple[Uncertainty, ...]
    held_plans: tuple[ContingencyPlan, ...]
    """Contingency plans that are in play."""
    strikes: tuple[PossibleStrike, ...]
    strike_entities: Entities
    strike_subjects: tuple[str, ...]
    """Who is counted as a use of a contingency plan that acts on a strike's rate."""
    strike_finder: Finder
    strike_hazard: Floats
    strike_window: tuple[Floats, Floats]
    cycle_medians: Floats
    cycle_curves: Mapping[int, CurveCycle]
    """Product → its own curve, where it has one."""
    mean_deals: Floats
    deal_industry: dict[str, str]
    """Industry of open opportunities that state one, by record id."""
    marketing_budget: float
    """Money of the pools whose activities bring leads; the base of R6."""
    week_of_day: list[int]
    """Week (from 0) of each working day."""
    budget_windows: Mapping[tuple[str, int], list[tuple[float, float]]]
    """Industry and stage → working days [start, end) in which alone the stage can end (S2)."""
    exam_rows: Mapping[str, int]
    """Measure with an exam → where its reps' draws begin."""
    exam_tries: int
    """Tries that the exam with the most sessions and retakes allows a rep."""
    exam_entities: Entities
    tested: bool
    """Whether a strategy test is held (M5)."""
    instalments: list[tuple[float, float]]
    """Share of a contract and working days until it falls due, in order."""
    reallocations: Mapping[str, Reallocate]
    """Policy of re-allocation → what decides where its money goes (M6)."""
    _attributes: dict[DealKind, Attributes] = field(default_factory=dict, repr=False, compare=False)
    """Attributes of opportunities met so far: the same in every replication, and few kinds make up most."""

    def __reduce__(self) -> tuple[type[Model], tuple[object, ...]]:
        """A compiled class has no ``__dict__`` in which pickle would find what is to be sent to other processes."""
        return Model, tuple(getattr(self, one.name) for one in fields(self))

    def rep_quotas(self, factors: Sequence[float]) -> list[float]:
        """Quota of each rep where every product's quotas have changed by its factor (M3)."""
        factor = dict(zip(self.products, factors, strict=True))
        quotas = [0.0] * len(self.reps)
        for cell in self.allocation.quotas:
            quotas[self.rep_number[cell.rep]] += cell.quota * factor[cell.product]
        return quotas

    def deal_attributes(self, kind: DealKind) -> Attributes:
        """By what effects pick an opportunity; its account's industry counts where it states none."""
        found = self._attributes.get(kind)
        if found is None:
            plan, (source, product, region, tier, account, industry, rep) = self.plan, kind
            attributes: Attributes = {
                **product_keys(plan.products[product]),
                **region_keys(plan.regions[region]),
                "customer_tier": self.tiers[tier],
                "rep": self.reps[rep],
                "rep_tier": plan.reps[rep].tier,
                "source": source,
                "industry": industry,
            }
            if account >= 0:
                attributes["account"] = self.accounts[account]
                attributes["industry"] = industry or plan.accounts[account].industry
            found = self._attributes[kind] = attributes
        return found
