"""Work that activities' opportunities bring to a region's reps, against the hours there are (R4)."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.expectations import (
    accepted_opportunities,
    activity_money,
    lead_tier_mix,
    pass_probabilities,
    region_keys,
    rep_keys,
    responses_in,
    with_measures,
)
from scenarios.plan import Plan
from scenarios.process import Activity
from scenarios.tables import Region

__all__ = ["LeadWork", "lead_work"]


@dataclass(frozen=True, slots=True)
class LeadWork:
    """A region's new opportunities of a quarter and their hours."""

    accepted: float
    """Opportunities that activities bring at their full effect, or as far as their pool's money goes."""
    hours: float
    """Rep hours that these opportunities and the activities themselves take."""
    there: float
    """Hours of the region's reps."""


def lead_work(plan: Plan, region: Region) -> LeadWork:
    """Opportunities and hours that activities bring to a region before anything is allocated."""
    accepted = hours = 0.0
    for activity in plan.activities:
        bands = responses_in(activity, region)
        if not bands:
            continue
        units = bands[0].up_to_units * _affordable(plan, activity.pool)
        keys = {"activity": activity.id, **region_keys(region)}
        opportunities = accepted_opportunities(activity, region, units * activity.unit_cost)
        opportunities *= with_measures(plan, "lead_rate", 1.0, keys)
        accepted += opportunities
        hours += opportunities * _hours_of_one(plan, activity) + units * activity.rep_hours_per_unit
    return LeadWork(accepted, hours, _hours_there(plan, region))


def _hours_there(plan: Plan, region: Region) -> float:
    """Hours of the reps who cover a region, of those in several an equal part."""
    total = 0.0
    for rep in plan.reps:
        if region.id in rep.regions:
            weekly = with_measures(plan, "rep_hours", rep.hours_per_week, rep_keys(plan, rep))
            total += weekly / 5 * plan.calendar.days_worked(rep.tier) / len(rep.regions)
    return total


def _affordable(plan: Plan, pool: str) -> float:
    """Part of what a pool's activities could use everywhere at full effect that the pool can pay."""
    wanted = sum(
        bands[0].up_to_units * activity.unit_cost
        for activity in plan.activities
        if activity.pool == pool
        for region in plan.regions
        if (bands := responses_in(activity, region))
    )
    amount = sum(activity_money(plan, p) for p in plan.money.pools if p.id == pool)
    return min(1.0, amount / wanted) if wanted > 0 else 1.0


def _hours_of_one(plan: Plan, activity: Activity) -> float:
    """Expected rep hours of an opportunity that an activity brings, from its first stage to its end."""
    process, first = plan.process, plan.process.stage_number(activity.entry_stage)
    proposal = [with_measures(plan, "proposal_hours", stage.proposal_hours, {}) for stage in process.stages]
    total = 0.0
    for tier, share in lead_tier_mix(plan, activity.tier_mix).items():
        reached = share
        passes = pass_probabilities(process, plan.customer_tier[tier].win_rate)
        for number in range(first, len(process.stages)):
            stage = process.stages[number]
            total += reached * (stage.touches * stage.touch_hours + proposal[number])
            reached *= passes[number]
    return total
