"""Rep hours: how many there are for opportunities, and how many an event takes of whom."""

from __future__ import annotations

from scenarios.expectations import rep_keys, with_measures
from scenarios.plan import Plan
from scenarios.process import Activity
from scenarios.tables import Rep

__all__ = ["duty_hours", "hours_there"]


def hours_there(plan: Plan) -> dict[str, float]:
    """Hours of each rep left for opportunities and renewals in the quarter, by rep in order of ids.

    Weekly hours (after measures) x weeks worked, less days away, care of the rep's accounts and collecting their
    open receivables that fall due in the quarter; a receivable of no account is everybody's. May be negative: the rest
    of the work is too much.
    """
    there = {rep.id: _worked(plan, rep) for rep in sorted(plan.reps, key=lambda rep: rep.id)}
    for account in sorted(plan.accounts, key=lambda account: account.id):
        tier = plan.customer_tier[account.customer_tier]
        automated = plan.region[account.region].maturity in tier.automated_in  # T4, S5
        each = tier.automated_hours_per_touch if automated else tier.care_hours_per_touch
        there[account.rep] -= tier.touches_per_week / 5 * plan.calendar.working_days * each
    due = [r for r in plan.receivables if plan.calendar.day_of(r.due_date) < plan.calendar.working_days]
    owners = [plan.account[r.account].rep if r.account else None for r in due]
    for rep in there:
        there[rep] -= plan.process.collection_hours * owners.count(None) / len(there)
    for owner in owners:
        if owner is not None:
            there[owner] -= plan.process.collection_hours
    return there


def duty_hours(plan: Plan, region: str, activity: Activity) -> dict[str, float]:
    """Hours of each rep that a unit of money spent on an activity's events takes in a region.

    Borne in equal parts by the reps whose home region it is, or by all who cover it where it is nobody's home.
    """
    hours = activity.rep_hours_per_unit / activity.unit_cost
    at_home = [rep.id for rep in plan.reps if rep.regions[:1] == (region,)]
    bearers = sorted(at_home or [rep.id for rep in plan.reps if region in rep.regions])
    return {rep: hours / len(bearers) for rep in bearers} if hours > 0 else {}


def _worked(plan: Plan, rep: Rep) -> float:
    per_week = with_measures(plan, "rep_hours", rep.hours_per_week, rep_keys(plan, rep))
    return per_week / 5 * plan.calendar.days_worked(rep.tier)
