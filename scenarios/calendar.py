"""The quarter's calendar: working days, holidays, phases, days on which reps do not sell.

Time in the model is counted in working days from the start of the quarter: holidays and weekends do not exist on
that axis, make-up days do. Day ``d`` covers the interval ``[d, d + 1)``.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.fields import Day, Id, Section, Week
from scenarios.phases import Criterion, Phase

__all__ = ["WEEKDAYS", "Block", "Calendar", "Weekday"]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Block(Section):
    """Whole working days on which the chosen reps sell nothing, for instance a closed training (E1)."""

    id: Id
    name: str
    from_week: Week
    days: Annotated[int, Field(ge=1, le=60)]
    """Working days, counted from the first working day of ``from_week``."""
    rep_tiers: tuple[str, ...] = ()
    """Tiers of the reps away; empty means all."""
    source: str = ""


class BudgetWindow(Section):
    """Weeks in which an industry releases its budgets: elsewhere in the quarter a stage cannot end (S2)."""

    id: Id
    industries: Annotated[tuple[str, ...], Field(min_length=1)]
    stage: Id
    """Stage that ends only in these weeks, for instance the approval of the contract."""
    weeks: Annotated[tuple[Week, ...], Field(min_length=1)]
    enabled: bool = True
    source: str = ""


class Calendar(Section):
    """When the quarter is and which of its days are worked."""

    start: Day
    """First day of week 1; a Monday, so that weeks are calendar weeks."""
    weeks: Annotated[int, Field(ge=1, le=260)] = 12
    """Weeks the model runs; a quarter has 13, ``thirteenth_week`` says what the other is for."""
    holidays: tuple[Day, ...] = ()
    makeup_days: tuple[Day, ...] = ()
    """Saturdays and Sundays worked to make up for a holiday."""
    thirteenth_week: str = ""
    phases: tuple[Phase, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    """Figures by which the phases are accepted."""
    blocks: tuple[Block, ...] = ()
    budget_windows: tuple[BudgetWindow, ...] = ()
    review_day: Weekday = "friday"
    review_weeks: tuple[Week, ...] = ()
    """Weeks with a Friday review (E3)."""

    @model_validator(mode="after")
    def _dates_fit(self) -> Self:
        if self.start.weekday() != 0:
            raise ValueError(f"start {self.start} is a {WEEKDAYS[self.start.weekday()]}; a quarter starts on a Monday")
        for label, days in (("holiday", self.holidays), ("make-up day", self.makeup_days)):
            for day in days:
                if not self.start <= day <= self.last_date:
                    raise ValueError(f"{label} {day} is outside the quarter ({self.start} to {self.last_date})")
        for day in self.makeup_days:
            if day.weekday() < 5:
                raise ValueError(f"make-up day {day} is a {WEEKDAYS[day.weekday()]}, a working day anyway")
        for phase in self.phases:
            if not phase.from_week <= phase.to_week <= self.weeks:
                raise ValueError(
                    f"phase {phase.id} runs from week {phase.from_week} to {phase.to_week} of {self.weeks}"
                )
        if not self.working_dates:
            raise ValueError("the quarter has no working day")
        return self

    @property
    def last_date(self) -> dt.date:
        """Last day of the last week, a Sunday."""
        return self.start + dt.timedelta(days=7 * self.weeks - 1)

    @cached_property
    def working_dates(self) -> tuple[dt.date, ...]:
        """Dates of the working days, in order; their positions are the model's time axis."""
        holidays, makeup = set(self.holidays), set(self.makeup_days)
        dates = (self.start + dt.timedelta(days=i) for i in range(7 * self.weeks))
        return tuple(d for d in dates if (d.weekday() < 5 and d not in holidays) or d in makeup)

    @property
    def working_days(self) -> int:
        """Length of the quarter in working days (60 for 12 weeks without holidays)."""
        return len(self.working_dates)

    @cached_property
    def _day_numbers(self) -> dict[dt.date, int]:
        return {date: number for number, date in enumerate(self.working_dates)}

    def day_of(self, date: dt.date) -> float:
        """Working day number of ``date``; a day off counts as the next working day.

        Before the quarter calendar days count 5/7 (negative result); after it the result is ``working_days`` or
        more, counted the same way.
        """
        if date < self.start:
            return (date - self.start).days * 5 / 7
        if date > self.last_date:
            return self.working_days + (date - self.last_date).days * 5 / 7
        while date <= self.last_date:
            if date in self._day_numbers:
                return float(self._day_numbers[date])
            date += dt.timedelta(days=1)
        return float(self.working_days)

    def week_of(self, day: float) -> int:
        """Week of the quarter (from 1) in which working day ``day`` lies."""
        number = min(max(int(day), 0), self.working_days - 1)
        return (self.working_dates[number] - self.start).days // 7 + 1

    def first_day_of_week(self, week: int) -> int:
        """Number of the first working day in or after ``week``; ``working_days`` when there is none."""
        if 1 <= week <= self.weeks + 1:
            return self._first_days[week - 1]
        return 0 if week < 1 else self.working_days

    @cached_property
    def _first_days(self) -> tuple[int, ...]:
        mondays = (self.start + dt.timedelta(days=7 * week) for week in range(self.weeks + 1))
        return tuple(bisect_left(self.working_dates, monday) for monday in mondays)

    def intervals(self, weeks: Iterable[Week]) -> list[tuple[float, float]]:
        """Working days [start, end) of weeks, those in a row as one."""
        found: list[tuple[float, float]] = []
        for week in sorted(set(weeks)):
            start, end = float(self.first_day_of_week(week)), float(self.first_day_of_week(week + 1))
            if found and found[-1][1] == start:
                found[-1] = found[-1][0], end
            elif start < end:
                found.append((start, end))
        return found

    def end_of_weekday(self, week: int, weekday: Weekday) -> float | None:
        """Working day at whose start a week's weekday is over.

        Where it is a day off, the last working day of that week before it; None where there is none.
        """
        monday = self.start + dt.timedelta(weeks=week - 1)
        last = monday + dt.timedelta(days=WEEKDAYS.index(weekday))
        over = bisect_right(self.working_dates, last)
        return float(over) if over > 0 and self.working_dates[over - 1] >= monday else None

    def evenings(self, weeks: Iterable[Week], weekday: Weekday) -> dict[int, float]:
        """Week → working day at whose start its weekday is over, in order; only those that a working day follows."""
        ends = {week: self.end_of_weekday(week, weekday) for week in sorted(set(weeks))}
        return {week: end for week, end in ends.items() if end is not None and end < self.working_days}

    def away(self, rep_tier: str) -> list[tuple[float, float]]:
        """Working days [start, end) on which reps of a tier sell nothing; blocks that overlap or touch are one."""
        starts = sorted(
            (float(self.first_day_of_week(block.from_week)), block.days)
            for block in self.blocks
            if not block.rep_tiers or rep_tier in block.rep_tiers
        )
        found: list[tuple[float, float]] = []
        for start, days in starts:
            end = min(start + days, float(self.working_days))
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            elif start < end:
                found.append((start, end))
        return found

    def days_worked(self, rep_tier: str) -> float:
        """Working days of the quarter on which reps of a tier are not away."""
        return self.working_days - sum(end - start for start, end in self.away(rep_tier))
