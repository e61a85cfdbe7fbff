"""How we sell and to whom: stages, win rates, customer tiers, activities that bring leads, money terms."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.fields import Amount, Count, Hours, Id, Positive, Probability, Section, Share, Week

__all__ = [
    "Activity",
    "Bonus",
    "Collections",
    "CrossSelling",
    "CustomerTier",
    "CycleCurve",
    "ExpertFee",
    "Handover",
    "Instalment",
    "Lateness",
    "MentorPair",
    "Money",
    "Pool",
    "Response",
    "SalesProcess",
    "Stage",
]


class Stage(Section):
    """A stage of an opportunity; the last one ends in a signature."""

    id: Id
    name: str
    conversion: Annotated[float, Field(gt=0, le=1)]
    """Share of opportunities that pass this stage, on average over customers."""
    cycle_share: Share
    """Part of the sales cycle spent in this stage."""
    touches: Annotated[int, Field(ge=1, le=50)]
    """Customer contacts that the stage takes."""
    touch_hours: Hours
    """Rep hours a contact takes."""
    proposal_hours: Hours = 0
    """Rep hours of proposal work on entering the stage (S3, S8)."""


class CycleCurve(Section):
    """How long a product's opportunities take until they are won or lost, as points of a curve.

    Between the points the share rises evenly; what is missing to 1 at the last point never ends.
    """

    days: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=200)]
    """Calendar days from an accepted need, rising."""
    ended: Annotated[tuple[Share, ...], Field(min_length=1, max_length=200)]
    """Share of the opportunities that have ended by each of the days."""

    @model_validator(mode="after")
    def _a_curve(self) -> Self:
        if len(self.days) != len(self.ended):
            raise ValueError(f"{len(self.days)} days and {len(self.ended)} shares do not make pairs")
        if any(b <= a for a, b in pairwise(self.days)) or any(b < a for a, b in pairwise(self.ended)):
            raise ValueError("days have to rise, and shares must not fall")
        if self.ended[-1] == 0:
            raise ValueError("no opportunity would ever end")
        return self


class SalesProcess(Section):
    """The path from an accepted need to a signature."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    qualified_stage: Id
    """Stage from which the customer tiers' win rates count ("win rate of a qualified opportunity")."""
    cycle_sigma: Annotated[float, Field(ge=0, le=3)]
    """Standard deviation of the logarithm of the sales cycle."""
    cycles: dict[Id, CycleCurve] = Field(default_factory=dict)
    """Product → its own curve, instead of a lognormal around its median."""
    value_sigma: Annotated[float, Field(ge=0, le=3)]
    """Standard deviation of the logarithm of a new deal's value."""
    lead_tier_mix: dict[str, Share]
    """Customer-tier shares of new leads; add up to 1."""
    orphan_win_factor: Probability = 0.85
    """Win-rate factor of opportunities taken over from a rep who left (K5)."""

    touch_spread: Literal["fixed", "exponential"] = "fixed"
    """Whether every touch of a stage takes its hours, or they are exponential around them."""
    renewal_hours: Hours = 0
    """Rep hours that a due renewal takes (E4)."""
    renewal_lead_days: Annotated[float, Field(ge=0, le=365)] = 30
    """Calendar days before the renewal date at which its work starts (E4)."""
    renewals_from_week: Week = 1
    """Week from whose first day customers are approached ahead of their renewal date (E4); a registered parameter."""
    cooling_cadences: Annotated[float, Field(ge=1, le=50)] = 2
    """Cadences of its tier by which a customer's contact may be late before the customer cools down (S6)."""
    cooling_factor: Annotated[float, Field(gt=0, le=1)] = 1
    """Factor on win rate and renewal rate for every further week without contact."""
    late_renewal_factor: Probability = 1
    """Factor on the renewal rate where the work was not done before the renewal date (E4)."""
    collection_hours: Hours = 0
    """Rep hours that collecting an open receivable takes (E4)."""

    def stage_number(self, stage_id: str) -> int:
        """Position of a stage, the first is 0; KeyError when there is none of that id."""
        for number, stage in enumerate(self.stages):
            if stage.id == stage_id:
                return number
        raise KeyError(stage_id)


class CustomerTier(Section):
    """A tier of customers: what they are worth, how often they are contacted, how they stay."""

    id: Id
    name: str
    priority: Annotated[int, Field(ge=1, le=9)]
    """Order in which due touches are served, 1 first (S3–S5)."""
    win_rate: Annotated[float, Field(gt=0, lt=1)]
    """Win probability of a qualified opportunity."""
    touches_per_week: Annotated[float, Field(gt=0, le=14)]
    """Contact cadence (S3, S4, S5)."""
    care_hours_per_touch: Hours = 0
    """Rep hours of a care touch with an account we have."""
    proposal_promised_days: Annotated[float, Field(gt=0, le=260)] | None = None
    """Working days after entering its stage within which a proposal is promised (S3); its work is then due at once."""
    late_proposal_factor: Probability = 1
    """Factor on the win rate of an opportunity whose proposal came later than promised."""
    automated_hours_per_touch: Hours = 0
    """Rep hours of an automated touch."""
    automated_in: tuple[Id, ...] = ()
    """Region maturities where account care is automated (T4)."""
    renewal_rate: Probability = 1
    """Share of due contracts that renew."""
    cross_sell_per_quarter: Count = 0
    """Cross-sell and repeat-order opportunities per account and quarter (T2)."""


class CrossSelling(Section):
    """Cross-sell and repeat orders of accounts we have."""

    entry_stage: Id
    product_mix: dict[str, Share]


class Response(Section):
    """Concave response of an activity in a region: full effect up to a number of units, then falling (R4)."""

    up_to_units: Positive
    effect: Probability
    """Share of the full leads that units in this band bring; falls from band to band."""


class Activity(Section):
    """Something marketing money is spent on in a region, with the accepted opportunities it brings (R3, R4)."""

    id: Id
    name: str
    pool: Id
    """Budget pool that pays."""
    unit_cost: Positive
    """Money per unit: per salon, per visit, per 1,000 of online spend."""
    leads_per_unit: Count = 0
    acceptance: Probability = 1
    """Share of leads accepted as opportunities (R4: at least 15% of a salon's leads)."""
    entry_stage: Id
    product_mix: dict[str, Share] = Field(default_factory=dict)
    tier_mix: dict[str, Share] = Field(default_factory=dict)
    """Customer-tier shares; empty takes the sales process's ``lead_tier_mix``."""
    from_week: Week = 1
    to_week: Week | None = None
    """Weeks in which leads arrive; empty means to the end of the quarter."""
    responses: dict[str, tuple[Response, ...]] = Field(default_factory=dict)
    """Response bands by region maturity or region id; the key ``all`` serves the others. A region without any
    response does not run the activity."""
    rep_hours_per_unit: Hours = 0
    """Hours that reps of the region spend at one unit, together (two reps at a salon, five hours each: 10)."""
    reps_per_unit: Annotated[int, Field(ge=1, le=100)] = 1
    """Reps among whom those hours are shared."""
    customer_tier: Id | None = None
    """Tier of customers a pool is spent on, where that is a rule's subject (R7: A-visits)."""


class Pool(Section):
    """A sum of money for one purpose."""

    id: Id
    name: str
    amount: Amount
    paid: Literal["as_spent", "as_earned", "held"] = "as_spent"
    """``as_earned``: the pool is a provision, the cost is what bonuses pay out (R5). ``held``: a reserve that is kept
    for contingency plans, so that what is unspent of it is no loss."""
    source: str = ""


class Bonus(Section):
    """A bonus as a rate on what it rewards (R5)."""

    id: Id
    activity: Id
    """Budget entry of the incentive pool that pays it."""
    basis: Literal["signed", "cash", "renewed"]
    rate: Share
    """Money paid per unit of money of the basis."""


class ExpertFee(Section):
    """Fee of outside experts on large contracts of hard customers (R2)."""

    rate: Share
    above_amount: Amount
    industries: tuple[str, ...] = ()
    """Industries of hard customers; empty means all."""


class Instalment(Section):
    """One part of a contract's payment terms."""

    share: Share
    due_days: Annotated[float, Field(ge=0, le=3650)]
    """Calendar days from the signature to the day the part is due."""


class Lateness(Section):
    """When customers really pay."""

    late_share: Probability
    median_days_late: Positive
    """Median calendar days late, of those late; lognormal."""
    sigma: Annotated[float, Field(ge=0, le=3)]
    bad_debt: Probability
    """Share of receivables never paid."""


class Collections(Section):
    """Collections of the closing weeks: a rep goes after every payment that is overdue in them, once (E4)."""

    from_week: Week
    to_week: Week | None = None
    """Last week in which this is begun; empty means to the end of the quarter."""
    hours: Hours
    """Rep hours that going after one payment takes."""
    delay_factors: dict[str, Probability]
    """Factor on the time that is still to pass until the customer pays, by customer tier: 1 changes nothing, for a
    tier that is not named nobody goes. Who owes it without being a customer of ours counts as of the last tier."""


class MentorPair(Section):
    """Who takes over from a leaver where it is not a similar rep: a newcomer with a mentor (K5)."""

    rep_tiers: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Tiers of the reps who take over; where a region has none, a similar rep does after all."""
    mentor_tiers: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Tiers of the reps who stand by them: of those who cover the region, the one who is nearest to the quota."""
    mentor_hours: Hours
    """Rep hours a week that this takes the mentor."""
    mentor_weeks: Annotated[float, Field(gt=0, le=53)]
    enabled: bool = True


class Handover(Section):
    """What happens to a rep's work when the rep leaves, without any plan (K5)."""

    days: Annotated[float, Field(ge=0, le=365)]
    """Working days until somebody has taken over."""
    pair: MentorPair | None = None
    """A newcomer and a mentor take over instead of a similar rep."""


class Money(Section):
    """Pools, bonuses, fees, payment terms."""

    pools: tuple[Pool, ...] = ()
    step: Amount = 0
    """Budget amounts are rounded to multiples of it; 0 leaves them alone."""
    bonuses: tuple[Bonus, ...] = ()
    expert_fee: ExpertFee | None = None
    payment_terms: tuple[Instalment, ...] = (Instalment(share=1, due_days=60),)
    lateness: Lateness = Lateness(late_share=0, median_days_late=1, sigma=0, bad_debt=0)
    collections: Collections | None = None
    team_building_share: Share = 0
    """Share of the marketing pool paid to the team when the collection rate reaches its threshold (R6)."""
    collection_threshold: Probability = 1
    renewal_accelerator: Annotated[float, Field(ge=1, le=10)] = 1
    """Factor on renewal commission above the threshold (E5)."""
    renewal_threshold: Annotated[float, Field(ge=1, le=10)] = 1
    renewal_target: Amount = 0

    @model_validator(mode="after")
    def _terms_add_up(self) -> Self:
        total = sum(part.share for part in self.payment_terms)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"payment_terms add up to {total:.4g}, not 1")
        return self
