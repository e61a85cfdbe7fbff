"""How a quarter stands by the criteria of its phases: figures of its records at a phase's end (E1, E4, R6)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from scenarios.phases import Criterion, PhaseFigure
from simulation.model import Model
from simulation.records import Records

__all__ = ["acceptance"]

_Weeks: TypeAlias = tuple[float, float]
"""Working days [start, end) of a phase."""


def acceptance(records: Records, model: Model) -> tuple[float, ...]:
    """The figure of every criterion, in the plan's order; what nothing came up for is fully kept."""
    calendar = model.plan.calendar
    phases = {phase.id: phase for phase in calendar.phases}
    found = []
    for criterion in calendar.criteria:
        phase = phases[criterion.phase]
        start, end = calendar.first_day_of_week(phase.from_week), calendar.first_day_of_week(phase.to_week + 1)
        found.append(_FIGURES[criterion.figure](records, model, criterion, (float(start), float(end))))
    return tuple(found)


def _signed_share(records: Records, model: Model, _: Criterion, weeks: _Weeks) -> float:
    signed = math.fsum(deal.value for deal in records.deals if deal.outcome == "won" and deal.ended < weeks[1])
    return (signed + math.fsum(row.value for row in records.renewals if row.day < weeks[1])) / model.plan.target


def _collection_rate(records: Records, model: Model, _: Criterion, weeks: _Weeks) -> float:
    due = [payment for payment in records.payments if payment.due < weeks[1]]
    owed = math.fsum(payment.amount for payment in due)
    return math.fsum(payment.amount for payment in due if payment.paid < weeks[1]) / owed if owed > 0 else 1.0


def _exam_passed(records: Records, model: Model, criterion: Criterion, weeks: _Weeks) -> float:
    session = next(entry.session for entry in model.plan.measures if entry.id == criterion.measure)
    takers = [rep.id for rep in model.plan.reps if session is None or session.takes_part(rep.tier)]
    held = [row for row in records.exams if row.measure == criterion.measure and row.day <= weeks[1]]
    passed = {row.rep for row in held if row.passed}
    return len(passed) / len(takers) if takers else 1.0


def _renewals_contacted(records: Records, model: Model, _: Criterion, weeks: _Weeks) -> float:
    came_up = [row for row in records.renewals if weeks[0] <= row.day < weeks[1] and row.outcome != "account lost"]
    return sum(row.contacted for row in came_up) / len(came_up) if came_up else 1.0


_FIGURES: Mapping[PhaseFigure, Callable[[Records, Model, Criterion, _Weeks], float]] = {
    "signed_share": _signed_share,
    "collection_rate": _collection_rate,
    "exam_passed": _exam_passed,
    "renewals_contacted": _renewals_contacted,
}
