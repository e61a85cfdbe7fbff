"""The plan compiled for the quarter: ids to numbers, rules to plain values. Made once, read by every replication."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scenarios.allocation import Allocation
from scenarios.effects import Effect
from scenarios.errors import UsageError
from scenarios.expectations import (
    accepted_opportunities,
    account_keys,
    activity_window,
    age_days,
    cycle_bounds,
    cycle_of,
    lead_tier_mix,
    product_keys,
    region_keys,
    rep_keys,
    shares_before,
    stage_weights,
    touch_positions,
    win_probability,
)
from scenarios.plan import Plan
from scenarios.risks import Risk, Uncertainty
from scenarios.tables import Account
from simulation.distributions import Floats, beta, lognormal_factor, triangular, uniform
from simulation.draws import LARGEST_UNIFORM, Entities, PoissonLayers, layers_covering

__all__ = ["ForcedStrike", "LeadSource", "Model", "Options", "StageTable", "compile_model", "nature_factor"]

CERTAIN_HAZARD = 1e6
"""Per day; far above any exponential threshold that can be drawn (22.9), yet finite under a factor of 0."""
POINTS_PER_LAYER = 4.0
"""Mean number of points in a layer of possible leads: one evaluation of the generator."""


@dataclass(frozen=True, slots=True, order=True)
class ForcedStrike:
    """A strike that happens whatever chance says: "if it strikes, do we still make it?"."""

    risk: str
    week: int
    subject: str | None = None
    """Rep or account hit; None takes the one most likely to be struck in that future."""


@dataclass(frozen=True, slots=True)
class Options:
    """What of the plan's risks and contingency plans is in play; never part of the draws."""

    risks: frozenset[str]
    plans: frozenset[str]
    forced: tuple[ForcedStrike, ...] = ()
    uncertainty: bool = True
    """Whether what nobody knows is drawn; without it every rate is at the plan's figure."""

    @classmethod
    def of(
        cls,
        plan: Plan,
        risks: Iterable[str] | None = None,
        plans: Iterable[str] | None = None,
        forced: Iterable[ForcedStrike] = (),
        uncertainty: bool = True,
    ) -> Options:
        """Options by ids; None means the plan's enabled risks, its chosen contingency plans."""
        known_risks = {risk.id for risk in plan.risks}
        known_plans = {entry.id for entry in plan.contingency_plans}
        chosen_risks = {r.id for r in plan.risks if r.enabled} if risks is None else set(risks)
        chosen_plans = {p.id for p in plan.contingency_plans if p.chosen} if plans is None else set(plans)
        forced = tuple(sorted(forced, key=lambda f: (f.risk, f.week, f.subject or "")))
        for unknown in sorted((chosen_risks | {f.risk for f in forced}) - known_risks):
            raise UsageError(f"no risk {unknown} in the plan; there are: {', '.join(sorted(known_risks)) or 'none'}")
        for unknown in sorted(chosen_plans - known_plans):
            raise UsageError(
                f"no contingency plan {unknown} in the plan; there are: {', '.join(sorted(known_plans)) or 'none'}"
            )
        for strike in forced:
            if not 1 <= strike.week <= plan.calendar.weeks:
                raise UsageError(f"{strike.risk}@week{strike.week}: the quarter has weeks 1 to {plan.calendar.weeks}")
        return cls(frozenset(chosen_risks), frozenset(chosen_plans), forced, uncertainty)


@dataclass(frozen=True, slots=True)
class StageTable:
    """The sales process as plain lists, one entry per stage."""

    weights: list[float]
    """Exponent of the win rate with which the stage is passed."""
    positions: list[list[float]]
    """Position of each touch in the cycle; the last one of a stage ends it."""
    before: list[float]
    """Part of the cycle before each stage, and 1."""
    touch_hours: list[float]
    proposal_hours: list[float]


@dataclass(frozen=True, slots=True)
class LeadSource:
    """Something that brings opportunities during the quarter, as a Poisson process in time."""

    id: str
    kind: str
    """``activity``, ``baseline`` or ``cross_sell``."""
    name: str
    """What the records call it: an activity's id, ``baseline``, ``cross_sell``."""
    parameter: str
    """Registered parameter that moves its rate."""
    attributes: dict[str, str]
    region: int
    account: int | None
    rate: float
    """Accepted opportunities per working day."""
    highest_rate: float
    """Bound of the rate under all effects that may act; no opportunity can exist above it."""
    start: float
    end: float
    stage: int
    product_shares: list[float]
    tier_shares: list[float]


@dataclass(frozen=True)
class Model:
    """A compiled plan with its allocation and options. Lists are by position of the sorted ids."""

    plan: Plan
    allocation: Allocation
    options: Options
    horizon: float
    stages: StageTable
    win_from: list[list[float]]
    """Probability of winning from each stage, by customer tier, at the plan's win rates."""
    products: tuple[str, ...]
    regions: tuple[str, ...]
    reps: tuple[str, ...]
    tiers: tuple[str, ...]
    accounts: tuple[str, ...]
    coverage: list[list[int]]
    """Reps covering each region."""
    rep_quota: list[float]
    cell_quota: list[list[float]]
    """Quota by product and region."""
    hours_per_day: list[float]
    """Customer-facing hours of a rep per working day, before effects and after automated touches."""
    blocks: list[list[tuple[float, float]]]
    """Working-day intervals in which a rep sells nothing, in order."""
    sources: tuple[LeadSource, ...]
    layers: PoissonLayers
    lead_points: Entities
    open_entities: Entities
    account_entities: Entities
    receivable_entities: Entities
    nature_entities: Entities
    uncertainties: tuple[Uncertainty, ...]
    strike_entities: Entities
    strike_attributes: tuple[dict[str, str | tuple[str, ...]], ...]
    strikes: tuple[tuple[Risk, str | None], ...]
    """Every (risk, subject) that can strike; the subject of a market risk is None."""
    cycle_medians: Floats
    mean_deals: Floats
    open_bounds: tuple[Floats, Floats]
    """Bounds of each open opportunity's cycle in working days."""
    deal_industry: dict[str, str]
    """Industry of open opportunities that state one, by record id."""
    marketing_budget: float
    """Money of the pools whose activities bring leads; the base of R6."""
    week_of_day: list[int]
    """Week (from 0) of each working day."""


def compile_model(plan: Plan, allocation: Allocation, options: Options | None = None) -> Model:
    """Compile a plan, what was decided and what is in play; UsageError when the allocation does not fit the plan."""
    options = options or Options.of(plan)
    products, regions = tuple(p.id for p in plan.products), tuple(r.id for r in plan.regions)
    reps, accounts = tuple(r.id for r in plan.reps), tuple(a.id for a in plan.accounts)
    tiers = tuple(t.id for t in plan.customer_tiers)
    _refuse_strangers(plan, allocation)
    process, horizon = plan.process, float(plan.calendar.working_days)
    sources = tuple(_lead_sources(plan, allocation, tiers, options))
    layer_height = POINTS_PER_LAYER / horizon
    highest = np.array([s.highest_rate for s in sources], dtype=float)
    layers = PoissonLayers.of([s.id for s in sources], layers_covering(highest, layer_height), horizon, layer_height)
    bounds = [cycle_bounds(process, process.stage_number(o.stage), age_days(plan, o)) for o in plan.opportunities]
    strikes = tuple(_possible_strikes(plan, options))
    return Model(
        plan=plan,
        allocation=allocation,
        options=options,
        horizon=horizon,
        stages=StageTable(
            weights=stage_weights(process),
            positions=[touch_positions(process, i) for i in range(len(process.stages))],
            before=shares_before(process),
            touch_hours=[stage.touch_hours for stage in process.stages],
            proposal_hours=[stage.proposal_hours for stage in process.stages],
        ),
        win_from=[
            [win_probability(process, tier.win_rate, i) for i in range(len(process.stages))]
            for tier in plan.customer_tiers
        ],
        products=products,
        regions=regions,
        reps=reps,
        tiers=tiers,
        accounts=accounts,
        coverage=[[i for i, rep in enumerate(plan.reps) if region in rep.regions] for region in regions],
        rep_quota=[allocation.quota_by_rep.get(rep, 0.0) for rep in reps],
        cell_quota=_cell_quotas(allocation, products, regions),
        hours_per_day=[_hours_per_day(plan, rep.id) for rep in plan.reps],
        blocks=[_blocks(plan, rep.tier) for rep in plan.reps],
        sources=sources,
        layers=layers,
        lead_points=layers.possible_points(),
        open_entities=Entities.of(f"opportunity:{o.id}" for o in plan.opportunities),
        account_entities=Entities.of(f"account:{a}" for a in accounts),
        receivable_entities=Entities.of(f"receivable:{r.id}" for r in plan.receivables),
        nature_entities=Entities.of(f"uncertainty:{u.id}" for u in plan.uncertainty if u.enabled),
        uncertainties=tuple(u for u in plan.uncertainty if u.enabled),
        strike_entities=Entities.of(f"strike:{risk.id}/{subject or 'market'}" for risk, subject in strikes),
        strike_attributes=tuple(_strike_attributes(plan, risk, subject) for risk, subject in strikes),
        strikes=strikes,
        cycle_medians=np.array([cycle_of(plan, p).median for p in plan.products]),
        mean_deals=np.array([p.mean_deal for p in plan.products]),
        open_bounds=(np.array([b[0] for b in bounds], dtype=float), np.array([b[1] for b in bounds], dtype=float)),
        deal_industry={f"opportunity:{o.id}": o.industry for o in plan.opportunities if o.industry},
        marketing_budget=sum(
            pool.amount
            for pool in plan.money.pools
            if any(a.pool == pool.id and a.leads_per_unit > 0 for a in plan.activities)
        ),
        week_of_day=[plan.calendar.week_of(day) - 1 for day in range(plan.calendar.working_days)],
    )


def nature_factor(uncertainty: Uncertainty, u: Floats) -> Floats:
    """Factor on the uncertain parameter at quantiles ``u``."""
    d = uncertainty.distribution
    if d.kind == "lognormal" and d.sigma is not None:
        return lognormal_factor(u, d.sigma)
    if d.kind == "beta" and d.mean is not None and d.sd is not None:
        return beta(u, d.mean, d.sd) / d.mean
    if d.kind == "triangular" and d.low is not None and d.mode is not None and d.high is not None:
        return triangular(u, d.low, d.mode, d.high)
    if d.kind == "uniform" and d.low is not None and d.high is not None:
        return uniform(u, d.low, d.high)
    raise ValueError(f"uncertainty {uncertainty.id}: {d.kind} without its figures")


def hazard_per_day(risk: Risk, chance: float, days: float) -> float:
    """Constant hazard with P(strike in ``days``) = chance; a certain strike comes on the first day."""
    if chance >= 1:
        return CERTAIN_HAZARD
    return -math.log1p(-chance) / days if days > 0 else 0.0


def _refuse_strangers(plan: Plan, allocation: Allocation) -> None:
    for cell in allocation.quotas:
        rep = plan.rep.get(cell.rep)
        if cell.product not in plan.product or cell.region not in plan.region or rep is None:
            raise UsageError(
                f"allocation {allocation.name}: no {cell.product} / {cell.region} / {cell.rep} in the plan"
            )
        if cell.region not in rep.regions and cell.quota > 0:
            raise UsageError(f"allocation {allocation.name}: {cell.rep} has a quota in {cell.region}, not covered")
    for entry in allocation.budget:
        if entry.region not in plan.region or entry.activity not in plan.activity:
            raise UsageError(f"allocation {allocation.name}: no {entry.activity} in {entry.region} in the plan")


def _lead_sources(plan: Plan, allocation: Allocation, tiers: tuple[str, ...], options: Options) -> Iterable[LeadSource]:
    """Every source of new opportunities, also those without money: their draws must not depend on the decision."""
    products = [p.id for p in plan.products]
    highest = {p: _highest_factor(plan, p, options) for p in ("lead_rate", "baseline_rate", "cross_sell_rate")}
    horizon, stage_of = float(plan.calendar.working_days), plan.process.stage_number
    for activity in plan.activities:
        if not activity.leads_per_unit:
            continue
        start, end = activity_window(plan, activity)
        mix = lead_tier_mix(plan, activity.tier_mix)
        for number, region in enumerate(plan.regions):
            amount = allocation.amount.get((region.id, activity.id), 0.0)
            rate = accepted_opportunities(activity, region, amount) / (end - start)
            yield LeadSource(
                id=f"activity:{activity.id}/{region.id}",
                kind="activity",
                name=activity.id,
                parameter="lead_rate",
                attributes={"activity": activity.id, **region_keys(region)},
                region=number,
                account=None,
                rate=rate,
                highest_rate=rate * highest["lead_rate"],
                start=start,
                end=end,
                stage=stage_of(activity.entry_stage),
                product_shares=[activity.product_mix.get(p, 0.0) for p in products],
                tier_shares=[mix.get(t, 0.0) for t in tiers],
            )
    regions = [r.id for r in plan.regions]
    for leads in plan.baseline_leads:
        mix = lead_tier_mix(plan, leads.tier_mix)
        yield LeadSource(
            id=f"baseline:{leads.id}",
            kind="baseline",
            name="baseline",
            parameter="baseline_rate",
            attributes={**product_keys(plan.product[leads.product]), **region_keys(plan.region[leads.region])},
            region=regions.index(leads.region),
            account=None,
            rate=leads.accepted_per_quarter / horizon,
            highest_rate=leads.accepted_per_quarter / horizon * highest["baseline_rate"],
            start=0.0,
            end=horizon,
            stage=0,
            product_shares=[float(p == leads.product) for p in products],
            tier_shares=[mix.get(t, 0.0) for t in tiers],
        )
    if plan.cross_selling is None:
        return
    for number, account in enumerate(plan.accounts):
        rate = plan.customer_tier[account.customer_tier].cross_sell_per_quarter / horizon
        yield LeadSource(
            id=f"cross_sell:{account.id}",
            kind="cross_sell",
            name="cross_sell",
            parameter="cross_sell_rate",
            attributes=account_keys(plan, account),
            region=regions.index(account.region),
            account=number,
            rate=rate,
            highest_rate=rate * highest["cross_sell_rate"],
            start=0.0,
            end=horizon,
            stage=stage_of(plan.cross_selling.entry_stage),
            product_shares=[plan.cross_selling.product_mix.get(p, 0.0) for p in products],
            tier_shares=[float(t == account.customer_tier) for t in tiers],
        )


def _highest_factor(plan: Plan, parameter: str, options: Options) -> float:
    """Largest factor that effects can put on a lead rate together; the layers of possible leads reach up to it."""
    effects: list[Effect] = [e for m in plan.measures if m.enabled for e in m.effects]
    effects += [e for r in plan.risks if r.id in options.risks or r.id in _forced(options) for e in r.effects]
    effects += [e for p in plan.contingency_plans if p.id in options.plans for e in p.effects]
    highest = math.prod(max(effect.factor, 1.0) for effect in effects if effect.parameter == parameter)
    if options.uncertainty:
        top = np.array([LARGEST_UNIFORM])
        for entry in plan.uncertainty:
            if entry.enabled and entry.parameter == parameter:
                highest *= max(float(nature_factor(entry, top)[0]), 1.0)
    return highest


def _forced(options: Options) -> frozenset[str]:
    return frozenset(strike.risk for strike in options.forced)


def _possible_strikes(plan: Plan, options: Options) -> Iterable[tuple[Risk, str | None]]:
    for risk in plan.risks:
        if risk.id not in options.risks and risk.id not in _forced(options):
            continue
        if risk.subject == "market":
            yield risk, None
        elif risk.subject == "rep":
            yield from ((risk, rep.id) for rep in plan.reps if risk.scope.matches(rep_keys(plan, rep)))
        else:
            yield from ((risk, a.id) for a in plan.accounts if risk.scope.matches(account_keys(plan, a)))


def _strike_attributes(plan: Plan, risk: Risk, subject: str | None) -> dict[str, str | tuple[str, ...]]:
    if subject is None:
        return {"risk": risk.id}
    own = rep_keys(plan, plan.rep[subject]) if risk.subject == "rep" else account_keys(plan, plan.account[subject])
    return {"risk": risk.id, **own}


def _cell_quotas(allocation: Allocation, products: tuple[str, ...], regions: tuple[str, ...]) -> list[list[float]]:
    sums = {(p, r): 0.0 for p in products for r in regions}
    for cell in allocation.quotas:
        sums[cell.product, cell.region] += cell.quota
    return [[sums[p, r] for r in regions] for p in products]


def account_care(plan: Plan, account: Account) -> tuple[bool, float]:
    """Whether an account's care is automated (T4, S5), and the rep hours of one touch."""
    tier = plan.customer_tier[account.customer_tier]
    automated = plan.region[account.region].maturity in tier.automated_in
    return automated, tier.automated_hours_per_touch if automated else tier.care_hours_per_touch


def _hours_per_day(plan: Plan, rep_id: str) -> float:
    """Customer-facing hours per working day less automated touches, which run beside and interrupt nothing."""
    rep = plan.rep[rep_id]
    automated = 0.0
    for account in plan.accounts:
        if account.rep == rep_id:
            is_automated, hours = account_care(plan, account)
            if is_automated:
                automated += hours * plan.customer_tier[account.customer_tier].touches_per_week
    return max(rep.hours_per_week - automated, 0.0) / 5


def _blocks(plan: Plan, rep_tier: str) -> list[tuple[float, float]]:
    intervals = []
    for block in plan.calendar.blocks:
        if not block.rep_tiers or rep_tier in block.rep_tiers:
            start = float(plan.calendar.first_day_of_week(block.from_week))
            intervals.append((start, start + block.days))
    return sorted(intervals)
