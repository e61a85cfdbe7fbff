"""What studies answer, as frozen records: the same thing is saved in a run, printed as ``--json`` and shown in tables.

Money is in the plan's currency, chances and shares between 0 and 1, days working days.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = [
    "AllocateResult",
    "AllocationPart",
    "BridgeStep",
    "BudgetRow",
    "Change",
    "CompareResult",
    "Difference",
    "Estimate",
    "KpiRow",
    "Margins",
    "PlanRow",
    "Point",
    "PoolRow",
    "QuotaRow",
    "RepRow",
    "ResourceRow",
    "RoundingRow",
    "RuleRow",
    "RunResult",
    "ShareRow",
    "SimulateResult",
    "Spread",
    "StageRow",
    "StressResult",
    "StressRow",
    "Unknown",
]


class Record(BaseModel):
    """Base of all results."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(Record):
    """An input or decision that differs: old → new."""

    path: str
    old: str
    new: str
    by: str
    """``scenario soft_market``, ``--set``, ``allocation``."""


class Estimate(Record):
    """A mean over replications with its 95% interval, which more replications shrink."""

    mean: float
    ci_low: float
    ci_high: float


class Margins(Record):
    """From which size on a difference matters, as the plan's ``smallest_difference`` says."""

    amount: float
    """Of money."""
    chance: float

    def of(self, kpi: str, unit: str) -> float | None:
        """That of a KPI; None where nothing is said of what matters."""
        if unit == "money":
            return self.amount
        return self.chance if kpi == "p_target" else None


Interval: TypeAlias = tuple[float, float]
"""Ends of a 95% interval."""


class KpiRow(Estimate):
    """A KPI: mean with interval, and the spread of what may happen, which no number of replications shrinks."""

    id: str
    label: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    p10: float
    p50: float
    p90: float
    p10_interval: Interval | None = None
    """95% interval of the quantile itself, by order statistics; None where there are too few replications."""
    p50_interval: Interval | None = None
    p90_interval: Interval | None = None
    worst_tenth: Estimate | None = None
    """Mean of the worst 10% of futures (CVaR); None for a chance and where there are too few replications."""
    unknown: Unknown | None = None
    """How much of the spread is there because nobody knows; None where nothing is drawn that nobody knows."""


class Unknown(Record):
    """The part of a KPI's spread that comes from what nobody knows: no number of replications shrinks it."""

    share: Estimate
    """Share of the variance over futures."""
    low: float
    """The KPI's mean in the states of what nobody knows that only a tenth of them fall below …"""
    high: float
    """… and above."""


class Spread(Record):
    """Mean and spread of the signed amount of one product, region, rep or week."""

    id: str
    name: str
    target: float
    """Quota of a product, region or rep; for a week 0."""
    mean: float
    p10: float
    p50: float
    p90: float
    p_quota: float | None = None
    """Chance of reaching ``target``; None where there is none."""
    mean_interval: Interval | None = None
    """95% interval of the mean."""
    p50_interval: Interval | None = None
    p_quota_interval: Interval | None = None


class CriterionRow(Record):
    """A criterion by which a phase is accepted."""

    id: str
    name: str
    phase: str
    phase_name: str
    figure: str
    """``signed_share``, ``collection_rate``, ``exam_passed`` or ``renewals_contacted``."""
    at_least: float
    mean: Estimate
    """Of the figure at the phase's end."""
    met: Estimate
    """Chance that it is reached."""


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


class AllocationPart(Record):
    """An allocation in rows."""

    name: str
    quotas: tuple[QuotaRow, ...]
    budget: tuple[BudgetRow, ...]


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
    names: dict[str, dict[str, str]] = {}
    """``product``, ``region``, ``activity`` and ``pool``: id → name."""
    findings: tuple[str, ...] = ()
    detail: Literal["none", "prices", "ranges"] = "none"
    """How far prices were looked for; without, no rule or resource has one."""
    resources: tuple[ResourceRow, ...] = ()
    rounding: RoundingRow | None = None
    """None where the plan names no steps."""


class BridgeStep(Record):
    """One step of the bridge from expected sources to the median and the target."""

    id: str
    label: str
    amount: float
    ci_low: float | None = None
    ci_high: float | None = None
    kind: Literal["step", "total"]

    @property
    def half_width(self) -> float | None:
        """Half the 95% interval; None where there is none."""
        return None if self.ci_low is None or self.ci_high is None else (self.ci_high - self.ci_low) / 2


class QuarterResult(Record):
    """What an answer about the simulated quarter begins with: whose quarter, and which futures."""

    study: str
    plan: str
    currency: str
    target: float
    allocation_name: str
    seed: int
    replications: int


class SimulateResult(QuarterResult):
    """What may happen in the quarter."""

    study: Literal["simulate"] = "simulate"
    risks: tuple[str, ...]
    plans: tuple[str, ...]
    forced: tuple[str, ...]
    kpis: tuple[KpiRow, ...]
    bridge: tuple[BridgeStep, ...]
    by_product: tuple[Spread, ...]
    by_region: tuple[Spread, ...]
    by_rep: tuple[Spread, ...]
    by_week: tuple[Spread, ...]
    cash_by_week: tuple[Spread, ...]
    criteria: tuple[CriterionRow, ...] = ()
    """By which the phases are accepted, by phase."""
    expected_signed: float | None
    """What the optimiser expects, with neither risks nor friction; None for a hand-made allocation."""
    optimism: Estimate | None
    """``expected_signed`` − simulated mean without risks."""
    clips: dict[str, float]
    """Parameter → mean number of values per replication clipped to their domain."""
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    """Rules that a hand-made allocation does not keep."""
    seconds: float = 0.0


class Difference(Record):
    """A KPI in A and in B and their paired difference on identical futures."""

    id: str
    label: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    mean_a: float
    mean_b: float
    mean: float
    """Mean of B − A over pairs."""
    ci_low: float
    ci_high: float
    verdict: Literal["better", "worse", "no difference", "does not matter", "cannot tell"]
    """Of B against A; ``no difference`` only where all pairs are equal, ``does not matter`` where the whole
    interval is within the smallest difference that does."""
    p_b_beats_a: float
    spared: float | None = None
    """How many times as many replications independent futures would take for the same interval; None without spread."""


class CompareResult(Record):
    """A against B on identical futures."""

    study: Literal["compare"] = "compare"
    plan: str
    currency: str
    target: float
    seed: int
    replications: int
    name_a: str
    name_b: str
    allocation: Literal["keep", "resolve"]
    changes: tuple[Change, ...]
    decisions: tuple[Change, ...]
    """Quotas, budgets and contingency plans held that differ: old → new."""
    kpis: tuple[KpiRow, ...]
    """Of B."""
    kpis_a: tuple[KpiRow, ...]
    differences: tuple[Difference, ...]
    smallest_difference: Margins
    violations: tuple[RuleRow, ...] = ()
    """Rules that the allocation of B does not keep in plan B."""
    violations_a: tuple[RuleRow, ...] = ()
    """Rules that the allocation of A does not keep in plan A."""
    seconds: float = 0.0


class StressRow(Record):
    """One risk, without any plan (``plan`` empty) or with one contingency plan held ready against it."""

    risk: str
    risk_name: str
    plan: str = ""
    plan_name: str = ""
    forced: bool = False
    p_strike: Estimate
    strikes: float
    """Mean number of strikes."""
    cost_signed: Estimate
    """Expected signed amount lost to the risk: without the risk − with it, on identical futures."""
    cost_signed_given_strike: Estimate | None
    cost_cash: Estimate
    cost_contribution: Estimate
    cost_p_target: Estimate
    gain_signed: Estimate | None = None
    """What the plan gains, before its costs: with − without the plan, the risk on."""
    gain_cash: Estimate | None = None
    gain_contribution: Estimate | None = None
    """After the plan's costs."""
    gain_p_target: Estimate | None = None
    plan_cost: Estimate | None = None
    p_triggered: float | None = None
    verdict: str = ""
    """Of a plan, by the criterion after its costs: ``buy``, ``do not buy``. Of a risk: ``hurts``, ``helps``,
    ``harmless``. Of either ``does not matter``, ``cannot tell yet``, and ``never struck``, where no
    replication says anything."""
    seen: int = 0
    """Futures in which the risk, or the plan, made any difference."""
    needed: int | None = None
    """Replications that a verdict would take, roughly; None where there is one, or no figure for it."""
    spared: float | None = None
    """How many times as many replications independent futures would take for the interval that decides."""


class PlanRow(Record):
    """A contingency plan that answers a light, a date or an alarm instead of a strike."""

    plan: str
    plan_name: str
    trigger: Literal["light", "date", "alarm"]
    p_triggered: Estimate
    gain_signed: Estimate
    gain_cash: Estimate
    gain_contribution: Estimate
    """After the plan's costs."""
    gain_p_target: Estimate
    plan_cost: Estimate
    verdict: str
    seen: int
    needed: int | None
    spared: float | None


class ShareRow(Record):
    """A risk's share of what all risks cost, by Shapley's value over the sets of risks, future by future."""

    risk: str
    risk_name: str
    signed: Estimate
    cash: Estimate
    contribution: Estimate
    p_target: Estimate
    alone: Estimate
    """Signed amount lost where this risk is the only one in play."""


class StressResult(QuarterResult):
    """Every risk × its contingency plans."""

    study: Literal["stress"] = "stress"
    forced: tuple[str, ...]
    p_target: Estimate
    """All risks, no plan."""
    p_target_no_risk: Estimate
    rows: tuple[StressRow, ...]
    other_plans: tuple[PlanRow, ...] = ()
    """Plans that answer no strike: set against the same futures without them."""
    criterion: Literal["contribution", "signed", "cash", "p_target"] = "contribution"
    """What a plan's verdict is about; money after the plan's costs."""
    smallest_difference: Margins
    attribution: tuple[ShareRow, ...] = ()
    """Who has which share of the shortfall; empty unless asked for. Shares add up to ``shortfall``."""
    shortfall: Estimate | None = None
    """Signed amount without the stressed risks less with them; None unless the attribution was asked for."""
    kpis: tuple[KpiRow, ...] = ()
    """All risks, no plan."""
    replications_run: int
    replications_known: int
    """Replications taken from another run because the difference could not touch them."""
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    """Rules that a hand-made allocation does not keep."""
    seconds: float = 0.0


class RunResult(Record):
    """The main job: allocate → simulate → stress."""

    study: Literal["run"] = "run"
    allocate: AllocateResult
    simulate: SimulateResult
    stress: StressResult
