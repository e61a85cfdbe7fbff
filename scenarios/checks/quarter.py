"""What the calendar and the terms of payment leave outside the quarter."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from scenarios.checks.finding import Finding, finding
from scenarios.expectations import never_paid
from scenarios.plan import Plan

__all__ = ["late_collection", "outside_calendar", "overdue_receivables"]

_LARGE_INSTALMENT = 0.25
_NOTICE = dt.timedelta(days=30)
"""How long before its end a contract's customer is to be contacted (E4)."""
_MUCH_LOST = 0.25
"""Share of the money overdue at the start, never paid by the plan's own lateness, that is worth a warning."""


def outside_calendar(plan: Plan) -> Iterator[Finding]:
    """12 weeks x the calendar, E4 x the calendar."""
    calendar = plan.calendar
    if calendar.weeks < 13 and not calendar.thirteenth_week:
        yield finding("thirteenth_week", "warning", ("E1",), {"weeks": calendar.weeks})
    if not calendar.holidays:
        yield finding("no_holidays", "note", (), {"days": calendar.working_days})
    if idle := [day for day in calendar.holidays if day.weekday() >= 5]:
        dates = ", ".join(map(str, idle))
        yield finding("holidays_on_days_off", "note", (), {"count": len(idle)}, dates=dates)
    if calendar.phases:
        last = max(calendar.phases, key=lambda phase: phase.from_week)
        start = calendar.start + dt.timedelta(weeks=last.from_week - 1)
        due = [(a.renewal_date, a.renewal_amount) for a in plan.accounts if a.renewal_date and a.renewal_amount > 0]
        early = [amount for date, amount in due if date < start]
        short = [amount for date, amount in due if start <= date < start + _NOTICE]
        if last.from_week > 1 and (early or short):
            figures = {"count": len(early), "amount": sum(early), "short": len(short), "short_amount": sum(short)}
            yield finding("late_renewals", "warning", ("E4",), figures, phase=last.name, date=start.isoformat())


def late_collection(plan: Plan) -> Iterator[Finding]:
    """R6 x payment terms: what is signed late in the quarter is due after it."""
    quarter = 7.0 * plan.calendar.weeks
    terms = plan.money.payment_terms
    due = sum(part.share * max(1 - part.due_days / quarter, 0) for part in terms)
    if plan.money.team_building_share > 0 and due < plan.money.collection_threshold:
        figures = {"due": due, "threshold": plan.money.collection_threshold}
        yield finding("collection_rate", "warning", ("R6",), figures)
    large = [part for part in terms if part.share >= _LARGE_INSTALMENT]
    latest = max(large, key=lambda part: part.due_days, default=None)
    if latest is not None and latest.due_days > quarter / 2:
        first = max(quarter - latest.due_days, 0)
        figures = {"share": latest.share, "days": latest.due_days, "first": first, "quarter": quarter}
        yield finding("long_terms", "warning", ("R6",), figures)


def overdue_receivables(plan: Plan) -> Iterator[Finding]:
    """Receivables overdue for longer than the plan's lateness lets anybody hope."""
    lateness, late = plan.money.lateness, [r for r in plan.receivables if plan.calendar.day_of(r.due_date) < 0]
    amount = math.fsum(r.amount for r in late)
    lost = math.fsum(
        r.amount * never_paid(lateness, lateness.bad_debt, -plan.calendar.day_of(r.due_date)) for r in late
    )
    if lost > _MUCH_LOST * amount:
        figures = {"count": float(len(late)), "amount": amount, "share": lost / amount}
        yield finding("overdue_receivables", "warning", ("R6",), figures)
