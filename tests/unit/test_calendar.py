"""Unit: dates, working days and weeks of a quarter."""

import datetime as dt

import pytest
from pydantic import ValidationError

from scenarios.calendar import Calendar
from scenarios.expectations import skill_in_week
from scenarios.people import Ramp
from scenarios.plan import Plan

START = dt.date(2026, 1, 5)
HOLIDAY_WEEK = tuple(dt.date(2026, 1, 19) + dt.timedelta(days=n) for n in range(5))


def test_dates_before_within_and_after_the_quarter() -> None:
    """Four weeks, of which the third is off; its last day is Sunday, 1 February."""
    calendar = Calendar(start=START, weeks=4, holidays=HOLIDAY_WEEK)
    assert calendar.working_days == 15
    assert calendar.day_of(START - dt.timedelta(days=7)) == -5
    assert calendar.day_of(dt.date(2026, 1, 19)) == 10  # the Monday after the week off
    assert calendar.day_of(dt.date(2026, 1, 31)) == 15  # a weekend with nothing behind it
    assert calendar.day_of(dt.date(2026, 2, 8)) == 15 + 5


def test_weeks_outside_the_quarter_begin_at_its_ends() -> None:
    calendar = Calendar(start=START, weeks=4, holidays=HOLIDAY_WEEK)
    assert [calendar.first_day_of_week(week) for week in (-1, 0, 1, 2, 3, 4, 5, 9)] == [0, 0, 0, 5, 10, 10, 15, 15]


def test_a_week_without_working_days_is_no_interval() -> None:
    calendar = Calendar(start=START, weeks=4, holidays=HOLIDAY_WEEK)
    assert calendar.intervals([3]) == []
    assert calendar.intervals([4, 2, 3]) == [(5.0, 15.0)]
    assert calendar.intervals([1, 4]) == [(0.0, 5.0), (10.0, 15.0)]


def test_a_quarter_has_a_working_day() -> None:
    off = tuple(START + dt.timedelta(days=n) for n in range(5))
    with pytest.raises(ValidationError, match="the quarter has no working day"):
        Calendar(start=START, weeks=1, holidays=off)


def test_without_a_ramp_everybody_has_full_skill(small_plan: Plan) -> None:
    joined = small_plan.reps[0].model_copy(update={"joined": START})
    assert small_plan.ramp is None
    assert skill_in_week(small_plan, joined, 1, 10) == 1


def test_skill_rises_from_joining_on_and_is_full_for_who_has_long_been_here() -> None:
    """Half on the first day, three quarters after five of ten weeks."""
    ramp = Ramp(weeks=10, at_start=0.5)
    assert [ramp.skill(START, START + dt.timedelta(weeks=n), 10) for n in (-1, 0, 5, 10, 20)] == [0.5, 0.5, 0.75, 1, 1]
    assert ramp.skill(None, START, 10) == 1


def test_a_region_may_grow_otherwise_than_its_maturity(small_plan: Plan) -> None:
    """North is mature: 500,000 and 15% of it; with a growth of its own of 40%, 700,000."""
    north = small_plan.region["north"]
    assert small_plan.planned_amount(north) == 575_000
    assert small_plan.planned_amount(north.model_copy(update={"growth": 0.4})) == 700_000
    assert small_plan.planned_amount(north.model_copy(update={"growth": 0.0})) == 500_000
