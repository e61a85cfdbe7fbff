"""The ramp: a rep who joined lately gets better week by week, sooner with a mentor (T6)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenarios.expectations import skill_in_week

if TYPE_CHECKING:
    from simulation.quarter import Quarter
    from simulation.reps import Rep

__all__ = ["start_ramp"]


def start_ramp(quarter: Quarter) -> None:
    """Set the skill of those who joined lately on every Monday."""
    plan = quarter.model.plan
    joined = [quarter.reps[number] for number, rep in enumerate(plan.reps) if rep.joined is not None]
    if plan.ramp is None or not joined:
        return
    _grow(quarter, joined, plan.ramp.weeks, 1)
    for week in range(2, plan.calendar.weeks + 1):
        monday = float(plan.calendar.first_day_of_week(week))
        quarter.at(monday, partial(_grow, quarter, joined, plan.ramp.weeks, week))


def _grow(quarter: Quarter, reps: list[Rep], weeks: float, week: int) -> None:
    plan, board = quarter.model.plan, quarter.board
    for rep in reps:
        there = board.value("ramp_weeks", weeks, rep.keys, rep.entity)
        rep.grow(skill_in_week(plan, plan.reps[rep.number], week, there))
