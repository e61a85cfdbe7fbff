"""Sessions: what a team comes together for at set times, and what it takes away from it (E1, E2, S7, R1, T6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from scenarios.measures import Cases, Exam, Measure, Session, pass_chance
from simulation.board import ActiveEffect
from simulation.effects import DAYS_PER_WEEK, act
from simulation.records import ExamRow, SessionRow

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["start_sessions"]


def start_sessions(quarter: Quarter) -> None:
    """Hold the sessions of every measure on their days, and take their hours out of their weeks."""
    for measure in quarter.model.plan.measures:
        if measure.enabled and measure.session is not None:
            series = _Series(quarter, measure, measure.session)
            series.take_hours()
            for number, end in enumerate(measure.session.ends(quarter.model.plan.calendar)):
                quarter.at(end, partial(series.hold, number))


class _Series:
    """The sessions of one measure."""

    def __init__(self, quarter: Quarter, measure: Measure, session: Session) -> None:
        self.quarter, self.measure, self.session = quarter, measure, session
        tiers = [rep.tier for rep in quarter.model.plan.reps]
        self._takers = [number for number, tier in enumerate(tiers) if session.takes_part(tier)]
        self._on: dict[tuple[int, str], tuple[ActiveEffect, float]] = {}
        """(number of the effect, rep or nobody) → the effect that is on, and until when."""
        self._seen = self._passed = self._failed = 0
        exam = session.exam
        self._pass_chances = [] if exam is None else [pass_chance(exam, tier) for tier in tiers]
        needs = session.needs
        self._counts = [needs is None or not needs.rep_tiers or tier in needs.rep_tiers for tier in tiers]
        """Whether a rep's cases are among those that a session needs."""

    def take_hours(self) -> None:
        """Those who take part sell less in the weeks of the sessions."""
        calendar, weeks = self.quarter.model.plan.calendar, sorted(set(self.session.weeks))
        if self.session.hours == 0:
            return
        tiers = self.session.rep_tiers
        picks = (("rep_tier", tiers),) if tiers else ()
        for week in weeks:
            if week - 1 not in weeks:  # weeks in a row are one window
                last = next(one for one in range(week, calendar.weeks + 1) if one + 1 not in weeks)
                start, end = calendar.first_day_of_week(week), calendar.first_day_of_week(last + 1)
                fewer_hours = ActiveEffect("rep_hours", shift=-self.session.hours, picks=picks)
                act(self.quarter, fewer_hours, float(start), float(end))

    def hold(self, number: int) -> None:
        """The session is over: let its effects act, of an exam for those who passed."""
        if self.session.needs is not None and not self._has(self.session.needs):
            return
        quarter = self.quarter
        quarter.records.sessions.append(SessionRow(quarter.env.now, self.measure.id))
        self._take_effect("all", [""])
        here = [rep for rep in self._takers if not quarter.reps[rep].left]
        if self.session.exam is None:
            self._take_effect("each", [quarter.model.reps[rep] for rep in here])
        else:
            for rep in here:
                self._examine(self.session.exam, rep, number, 0)

    def _has(self, needs: Cases) -> bool:
        """Whether there are cases enough since the last session; if so, they are used up."""
        quarter, counts = self.quarter, self._counts
        for decision in quarter.decisions[self._seen :]:
            if counts[decision.opportunity.rep]:
                self._passed += decision.passed
                self._failed += not decision.passed
        self._seen = len(quarter.decisions)
        if self._passed < needs.passed or self._failed < needs.failed:
            return False
        self._passed = self._failed = 0
        return True

    def _examine(self, exam: Exam, rep: int, number: int, tries: int) -> None:
        """A rep takes the exam; who fails prepares and tries again, as often as that is allowed."""
        quarter = self.quarter
        if quarter.reps[rep].left:
            return
        place = quarter.model.exam_rows[self.measure.id] + rep
        draw = quarter.future.exams[place][number * (1 + exam.retakes) + tries]
        passed = draw < self._pass_chances[rep]
        quarter.records.exams.append(ExamRow(quarter.env.now, self.measure.id, rep, tries, passed))
        if passed:
            self._take_effect("each", [quarter.model.reps[rep]])
        elif tries < exam.retakes:
            again = quarter.env.now + exam.retake_days
            if exam.retake_hours > 0:
                aim = ("rep", quarter.model.reps[rep])
                start = max(again - DAYS_PER_WEEK, quarter.env.now)
                act(quarter, ActiveEffect("rep_hours", shift=-exam.retake_hours, aim=aim), start, again)
            quarter.at(again, partial(self._examine, exam, rep, number, tries + 1))

    def _take_effect(self, on: Literal["all", "each"], subjects: Sequence[str]) -> None:
        """Effects on all in scope, or on each rep named; one that is still on lasts longer instead."""
        quarter, now = self.quarter, self.quarter.env.now
        for number, effect in enumerate(self.session.effects):
            if not subjects or effect.scope.struck != (on == "each"):
                continue
            until = now + effect.duration_weeks * DAYS_PER_WEEK if effect.duration_weeks else math.inf
            for subject in subjects:
                key = number, subject
                if key in self._on:
                    active = self._on[key][0]
                else:
                    active = ActiveEffect.of(effect, target=("rep", subject))
                    quarter.board.switch_on(active)
                self._on[key] = active, until
            quarter.at(until, partial(self._expire, [(number, subject) for subject in subjects]))

    def _expire(self, keys: Sequence[tuple[int, str]]) -> None:
        """Switch off what no later session has made last longer; a session of this moment came before."""
        for key in keys:
            if key in self._on and self._on[key][1] <= self.quarter.env.now:
                self.quarter.board.switch_off(self._on.pop(key)[0])
