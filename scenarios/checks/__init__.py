"""Findings: what is no error and yet pulls against itself, said with figures.

Nothing here knows the built-in plan's entries by name: a rule is recognised by what it does.
"""

from __future__ import annotations

from scenarios.checks.coverage import automated_care, lead_hours, regions_and_reps
from scenarios.checks.finding import SENTENCES, Finding
from scenarios.checks.idle import idle_criteria, idle_entries, last_evenings
from scenarios.checks.quarter import late_collection, outside_calendar, overdue_receivables
from scenarios.checks.quotas import minimum_shares, other_sentences, over_assignment, region_growth
from scenarios.plan import Plan

__all__ = ["SENTENCES", "Finding", "findings"]

_CHECKS = (
    over_assignment,
    region_growth,
    minimum_shares,
    other_sentences,
    outside_calendar,
    late_collection,
    overdue_receivables,
    lead_hours,
    automated_care,
    idle_entries,
    idle_criteria,
    last_evenings,
    regions_and_reps,
)


def findings(plan: Plan) -> tuple[Finding, ...]:
    """Everything worth a planner's eye, in a fixed order."""
    return tuple(finding for check in _CHECKS for finding in check(plan))
