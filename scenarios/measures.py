"""Measures: what we do anyway, standing effects and sessions at set times, and how much of the quarter they act."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from scenarios.calendar import Calendar, Weekday
from scenarios.effects import Effect, Scope
from scenarios.fields import Amount, Count, Hours, Id, Probability, Section, Share, Week

__all__ = ["Cases", "Exam", "Measure", "Session", "StandingEffect", "pass_chance", "standing_effects"]

DAYS_PER_WEEK = 5
"""Working days of an effect's week of duration."""


class Cases(Section):
    """What a session works on: stages passed and stages not passed since it was last held (S7)."""

    rep_tiers: tuple[Id, ...] = ()
    """Tiers of the reps whose cases they are; empty means all."""
    passed: Count = 0
    failed: Count = 0


class Exam(Section):
    """A test at the end of a session, of every rep who takes part (E1, R1)."""

    questions: Annotated[int, Field(ge=1, le=200)]
    """Questions or mock objections of the test, each by itself."""
    success_rate: Probability | dict[str, Probability]
    """Chance of mastering one; a table gives it by rep tier."""
    pass_mark: Share
    """Share of the questions from which on the test is passed."""
    retakes: Annotated[int, Field(ge=0, le=10)] = 0
    """How often somebody who failed may try again."""
    retake_days: Annotated[float, Field(gt=0, le=260)] = 5
    """Working days from one try to the next."""
    retake_hours: Hours = 0
    """Rep hours that preparing for another try takes, in the five working days before it."""


class Session(Section):
    """What a team comes together for: a training, a meeting, the renewal of talk tracks.

    Its effects start when the day is over, and last their ``duration_weeks`` from the latest session on. With
    ``struck`` in its scope an effect acts on the reps who took part alone, and where there is an exam, who passed.
    """

    weeks: Annotated[tuple[Week, ...], Field(min_length=1)]
    """Weeks in which it is held."""
    day: Weekday = "friday"
    """Weekday; where that is a day off, the last working day of that week before it, if there is one."""
    rep_tiers: tuple[Id, ...] = ()
    """Tiers of the reps who take part; empty means all."""
    hours: Hours = 0
    """Rep hours that it takes each of them, out of the week's hours."""
    needs: Cases | None = None
    """What there must be to work on; with less the session is not held, and the cases count for the next one."""
    exam: Exam | None = None
    effects: tuple[Effect, ...] = ()

    def takes_part(self, rep_tier: str) -> bool:
        """Whether reps of a tier take part."""
        return not self.rep_tiers or rep_tier in self.rep_tiers

    def ends(self, calendar: Calendar) -> list[float]:
        """Working days at whose start each session is over, in order."""
        found = (calendar.end_of_weekday(week, self.day) for week in sorted(set(self.weeks)))
        return [day for day in found if day is not None]


class Measure(Section):
    """What we do anyway, with its effects and its cost."""

    id: Id
    name: str
    cost: Amount = 0
    """Money per quarter, paid whatever happens."""
    pool: Id | None = None
    """Budget pool that pays it."""
    effects: tuple[Effect, ...] = ()
    """What acts in its weeks whatever happens."""
    session: Session | None = None
    """What is held at set times, and what it brings about."""
    enabled: bool = True
    source: str = ""

    @property
    def all_effects(self) -> tuple[Effect, ...]:
        """Effects of its own and of its session."""
        return self.effects if self.session is None else (*self.effects, *self.session.effects)


def pass_chance(exam: Exam, rep_tier: str) -> float:
    """Chance that a rep of a tier passes in one try: Binomial(questions, success rate) at the mark or above."""
    rate = exam.success_rate if isinstance(exam.success_rate, float) else exam.success_rate[rep_tier]
    least = math.ceil(exam.pass_mark * exam.questions - 1e-9)
    n = exam.questions
    return math.fsum(math.comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(least, n + 1))


@dataclass(frozen=True, slots=True)
class StandingEffect:
    """An effect of what we do anyway, and the part of the quarter that it is expected to act."""

    effect: Effect
    coverage: float
    """Share of the quarter, on average over the reps."""
    by_rep_tier: Mapping[str, float] | None = None
    """The same by rep tier, where it acts only on reps who took part or passed."""

    def expected(self, keys: Mapping[str, str | tuple[str, ...]]) -> float:
        """Share of the quarter that it acts on a thing in its scope."""
        tier = keys.get("rep_tier")
        if self.by_rep_tier is None or not isinstance(tier, str):
            return self.coverage
        return self.by_rep_tier[tier]


def standing_effects(measures: Iterable[Measure], calendar: Calendar, rep_tiers: list[str]) -> Iterator[StandingEffect]:
    """Effects of the enabled measures; ``rep_tiers`` holds the tier of each rep.

    A session is expected to be held; whoever may fail its exam has its effects in proportion to the chance.
    """
    for measure in measures:
        if measure.enabled:
            for effect in measure.effects:
                first, last = effect.from_week or 1, min(effect.to_week or calendar.weeks, calendar.weeks)
                yield StandingEffect(effect, max(last - first + 1, 0) / calendar.weeks)
            if measure.session is not None:
                yield from _session_effects(measure.session, calendar, rep_tiers)


def _session_effects(session: Session, calendar: Calendar, rep_tiers: list[str]) -> Iterator[StandingEffect]:
    ends = session.ends(calendar)
    if session.hours > 0:
        weeks = len(ends) / calendar.weeks
        scope = Scope(rep_tier=session.rep_tiers)
        yield StandingEffect(Effect(parameter="rep_hours", shift=-session.hours, scope=scope), weeks)
    for effect in session.effects:
        if effect.scope.struck:
            shares = {tier: _coverage(session, effect, ends, calendar, tier) for tier in dict.fromkeys(rep_tiers)}
            mean = sum(shares[tier] for tier in rep_tiers) / len(rep_tiers) if rep_tiers else 0.0
            yield StandingEffect(effect, mean, shares)
        else:
            yield StandingEffect(effect, _coverage(session, effect, ends, calendar, None))


def _coverage(session: Session, effect: Effect, ends: list[float], calendar: Calendar, rep_tier: str | None) -> float:
    """Mean over the working days of the chance that the effect is on."""
    if rep_tier is not None and not session.takes_part(rep_tier):
        return 0.0
    exam = session.exam if rep_tier is not None else None
    chance = pass_chance(exam, rep_tier) if exam and rep_tier is not None else 1.0
    length = effect.duration_weeks * DAYS_PER_WEEK if effect.duration_weeks else math.inf
    total = 0.0
    for day in range(calendar.working_days):
        off = 1.0
        for end in ends:
            tries = 0
            for number in range(1 + (exam.retakes if exam else 0)):
                start = end + number * (exam.retake_days if exam else 0)
                tries += start <= day < start + length
            off *= (1 - chance) ** tries
        total += 1 - off
    return total / calendar.working_days
