"""The primitives: what the plan lets us expect. The optimiser integrates them, the simulation draws from them.

Pure functions of the plan, so that allocation and simulation cannot believe different things. Time is in working
days from the start of the quarter; ``horizon`` is the quarter's length.

An opportunity has one sales cycle C (lognormal around its product's median, or the product's own curve; calendar days
x 5/7), split over the stages by fixed shares; stage i passes with probability p ** w_i, p its customer tier's win rate.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from scenarios.cycles import CurveCycle, Cycle, LognormalCycle
from scenarios.effects import PARAMETERS
from scenarios.plan import Plan
from scenarios.process import Activity, Lateness, Pool, Response, SalesProcess
from scenarios.tables import Account, Opportunity, Product, Region, Rep

__all__ = [
    "accepted_opportunities",
    "activity_money",
    "activity_window",
    "age_days",
    "approached_from",
    "cycle_bounds",
    "cycle_of",
    "effective_units",
    "expected_renewal_rate",
    "expected_skill",
    "expected_stage_weights",
    "lead_tier_mix",
    "measure_costs",
    "never_paid",
    "pass_probabilities",
    "responses_in",
    "skill_in_week",
    "stage_weights",
    "with_measures",
    "working_days",
]


def working_days(calendar_days: float) -> float:
    """Working days in a number of calendar days: 5/7 of them."""
    return calendar_days * 5 / 7


def cycle_of(plan: Plan, product: Product) -> Cycle:
    """Sales cycle of a product's deals, from an accepted need to its end: its own curve, or lognormal."""
    curve = plan.process.cycles.get(product.id)
    if curve is not None:
        return CurveCycle(tuple(working_days(days) for days in curve.days), curve.ended)
    return LognormalCycle(working_days(product.median_cycle_days), plan.process.cycle_sigma)


def stage_weights(process: SalesProcess) -> list[float]:
    """Exponents w_i with which a win rate is spread over the stages: ln c_i / sum of ln c_j from the qualified stage.

    So passing all stages from the qualified one on has exactly the tier's win rate, and stages keep their relative
    difficulty. Where no conversion from there on is below 1 the last stage carries it all.
    """
    logs = [math.log(stage.conversion) for stage in process.stages]
    total = sum(logs[process.stage_number(process.qualified_stage) :])
    if total == 0:
        return [0.0] * (len(logs) - 1) + [1.0]
    return [log / total for log in logs]


def expected_stage_weights(plan: Plan, keys: Mapping[str, str | tuple[str, ...]]) -> list[float]:
    """Exponents of the win rate by stage after measures, for an opportunity of these attributes."""
    return [
        with_measures(plan, "stage_difficulty", weight, {**keys, "stage": stage.id})
        for weight, stage in zip(stage_weights(plan.process), plan.process.stages, strict=True)
    ]


def pass_probabilities(process: SalesProcess, win_rate: float) -> list[float]:
    """Probability of passing each stage, for a win rate of a qualified opportunity."""
    return [win_rate**weight for weight in stage_weights(process)]


def win_probability(process: SalesProcess, win_rate: float, stage: int) -> float:
    """Probability of winning from the start of stage number ``stage``."""
    return math.prod(pass_probabilities(process, win_rate)[stage:])


def shares_before(process: SalesProcess) -> list[float]:
    """Part of the cycle that lies before each stage, and 1 at the end: one value more than there are stages."""
    sums = [0.0]
    for stage in process.stages:
        sums.append(sums[-1] + stage.cycle_share)
    sums[-1] = 1.0
    return sums


def touch_positions(process: SalesProcess, stage: int) -> list[float]:
    """Position in the cycle (0 to 1) at which each touch of a stage is due: the middles of its equal parts.

    The stage ends when its time is over and all its touches are done, so a touch may be half a part late for free.
    """
    before, count = shares_before(process), process.stages[stage].touches
    width = before[stage + 1] - before[stage]
    return [before[stage] + width * (k + 0.5) / count for k in range(count)]


def age_days(plan: Plan, opportunity: Opportunity) -> float:
    """Working days from the acceptance of an open opportunity to the start of the quarter."""
    return max(-plan.calendar.day_of(opportunity.created), 0.0)


def cycle_bounds(process: SalesProcess, stage: int, age: float) -> tuple[float, float]:
    """What being in ``stage`` at ``age`` says of an open opportunity's cycle: low < C <= high.

    It left the stage before at share * C <= age and leaves this one after: age / share_after < C <= age / share_before.
    """
    before = shares_before(process)
    low = age / before[stage + 1] if before[stage + 1] > 0 else math.inf
    high = age / before[stage] if before[stage] > 0 else math.inf
    return low, high


def lead_tier_mix(plan: Plan, own: Mapping[str, float]) -> dict[str, float]:
    """Customer-tier shares of leads, an activity's own or the sales process's, by tier id in order of ids."""
    mix = own or plan.process.lead_tier_mix
    return {tier: mix[tier] for tier in sorted(mix)}


def activity_window(plan: Plan, activity: Activity) -> tuple[float, float]:
    """Working days [start, end) in which an activity's leads arrive, evenly."""
    start = plan.calendar.first_day_of_week(activity.from_week)
    end = plan.calendar.first_day_of_week((activity.to_week or plan.calendar.weeks) + 1)
    return float(start), float(end)


def responses_in(activity: Activity, region: Region) -> Sequence[Response]:
    """Response bands of an activity in a region: by the region's id, else its maturity, else ``all``, else none."""
    for key in (region.id, region.maturity, "all"):
        if key in activity.responses:
            return activity.responses[key]
    return ()


def effective_units(activity: Activity, region: Region, amount: float) -> float:
    """Units that an amount of money buys in a region, counted at their falling effect; concave in the amount (R4)."""
    units = amount / activity.unit_cost
    effective = previous = 0.0
    for band in responses_in(activity, region):
        effective += band.effect * max(min(units, band.up_to_units) - previous, 0.0)
        previous = band.up_to_units
    return effective


def accepted_opportunities(activity: Activity, region: Region, amount: float) -> float:
    """Expected accepted opportunities per quarter from an amount of money in a region (R3, R4)."""
    return effective_units(activity, region, amount) * activity.leads_per_unit * activity.acceptance


def product_keys(product: Product) -> dict[str, str]:
    """Scope attributes of a product."""
    return {"product": product.id, "product_tier": product.tier}


def region_keys(region: Region) -> dict[str, str]:
    """Scope attributes of a region."""
    return {"region": region.id, "maturity": region.maturity}


def rep_keys(plan: Plan, rep: Rep) -> dict[str, str | tuple[str, ...]]:
    """Scope attributes of a rep; any of the regions covered counts."""
    maturities = tuple(plan.region[region].maturity for region in rep.regions)
    return {"rep": rep.id, "rep_tier": rep.tier, "region": rep.regions, "maturity": maturities}


def account_keys(plan: Plan, account: Account) -> dict[str, str | tuple[str, ...]]:
    """Scope attributes of an account."""
    return {
        "account": account.id,
        "customer_tier": account.customer_tier,
        "industry": account.industry,
        "rep": account.rep,
        **region_keys(plan.region[account.region]),
    }


def expected_renewal_rate(plan: Plan, account: Account) -> float:
    """Chance that an account's contract renews: its tier's rate after measures, less where nobody can come before (E4).

    Reps are taken to do the work in time where the plan lets them begin before the renewal date.
    """
    keys = account_keys(plan, account)
    rate = with_measures(plan, "renewal_rate", plan.customer_tier[account.customer_tier].renewal_rate, keys)
    if account.renewal_date is None or plan.process.late_renewal_factor == 1:
        return rate
    week = with_measures(plan, "renewals_from_week", plan.process.renewals_from_week, keys)
    ahead = approached_from(plan, week) < plan.calendar.day_of(account.renewal_date)
    return rate if ahead else rate * plan.process.late_renewal_factor


def approached_from(plan: Plan, week: float) -> float:
    """Working day on which the weeks begin in which renewals are approached ahead; a part of a week is a later one."""
    return float(plan.calendar.first_day_of_week(math.ceil(week)))


def never_paid(lateness: Lateness, bad_debt: float, overdue: float) -> float:
    """Chance that a receivable is never paid, given that it is open ``overdue`` working days after it fell due.

    By Bayes b / (b + (1 - b) l S(t)): open after t days are the bad ones, and of the others those that are late (share
    l) by more than t days. ``bad_debt`` is b under what acts; l and S are the plan's own, since what acts in the
    quarter has delayed nobody before it.
    """
    if overdue <= 0:
        return bad_debt
    days_late = LognormalCycle(working_days(lateness.median_days_late), lateness.sigma)
    still_open = bad_debt + (1 - bad_debt) * lateness.late_share * days_late.survival(overdue)
    return bad_debt / still_open if still_open > 0 else 0.0


def measure_costs(plan: Plan, pool: str) -> float:
    """Money that a pool's enabled measures take from it per quarter."""
    return sum(measure.cost for measure in plan.measures if measure.enabled and measure.pool == pool)


def activity_money(plan: Plan, pool: Pool) -> float:
    """Money of a pool that its activities can spend: its amount less what measures take."""
    return max(pool.amount - measure_costs(plan, pool.id), 0.0)


def with_measures(plan: Plan, parameter: str, base: float, keys: Mapping[str, str | tuple[str, ...]]) -> float:
    """A parameter after the plan's enabled measures: clip((base + shifts) x factors).

    Exact for effects that last the whole quarter; one that lasts some weeks, or acts on those who pass an exam, counts
    in proportion.
    """
    shift, factor = 0.0, 1.0
    for standing in plan.standing_effects:
        effect = standing.effect
        if effect.parameter == parameter and effect.scope.matches(keys):
            coverage = standing.expected(keys)
            shift += effect.shift * coverage
            factor *= 1 + (effect.factor - 1) * coverage
    domain = PARAMETERS[parameter]
    return min(max((base + shift) * factor, domain.low), domain.high)


def skill_in_week(plan: Plan, rep: Rep, week: int, ramp_weeks: float) -> float:
    """Skill that a rep's ramp gives in a week, as on its Monday; 1 where the plan has no ramp (T6)."""
    if plan.ramp is None:
        return 1.0
    return plan.ramp.skill(rep.joined, plan.calendar.start + dt.timedelta(weeks=week - 1), ramp_weeks)


def expected_skill(plan: Plan, rep: Rep) -> float:
    """Mean skill of a rep over the quarter, after measures: a factor on win rates."""
    keys, base = rep_keys(plan, rep), 1.0
    if plan.ramp is not None and rep.joined is not None:
        weeks = with_measures(plan, "ramp_weeks", plan.ramp.weeks, keys)
        base = sum(skill_in_week(plan, rep, n + 1, weeks) for n in range(plan.calendar.weeks)) / plan.calendar.weeks
    return with_measures(plan, "skill", base, keys)
