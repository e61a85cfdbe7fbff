"""Risks strike and contingency plans answer, both through effects and events alone.

A strike comes when a subject's cumulative hazard reaches its threshold; hazards add up day by day, so an effect on
``strike_rate`` acts from the day it is on.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from simpy import Environment, Event
from simpy.events import NORMAL, EventPriority

from scenarios.risks import ContingencyPlan
from simulation.board import ActiveEffect, Crowd, Keys
from simulation.distributions import Floats
from simulation.effects import DAYS_PER_WEEK, act
from simulation.records import Activation, Strike
from simulation.strikes import PossibleStrike
from simulation.weights import answer_upside

if TYPE_CHECKING:
    from simulation.accounts import Account
    from simulation.quarter import Quarter

__all__ = ["RiskWatch", "answer_alarm", "answer_light", "start_measures", "start_nature", "start_risks"]


def start_nature(quarter: Quarter) -> None:
    """Let what nobody knows act from the start, at this future's factors."""
    for entry, factor in zip(quarter.model.uncertainties, quarter.future.nature, strict=True):
        picks = tuple(entry.scope.picked.items())
        quarter.board.switch_on(ActiveEffect(entry.parameter, factor=factor, picks=picks))


def start_measures(quarter: Quarter) -> None:
    """Let what we do anyway act in its weeks."""
    calendar = quarter.model.plan.calendar
    for measure in quarter.model.plan.measures:
        if not measure.enabled:
            continue
        for effect in measure.effects:
            start = float(calendar.first_day_of_week(effect.from_week or 1))
            end = float(calendar.first_day_of_week((effect.to_week or calendar.weeks) + 1))
            act(quarter, ActiveEffect.of(effect), start, end)


def start_risks(quarter: Quarter) -> None:
    """Put hazards, forced strikes and dated contingency plans under way."""
    quarter.risks.start()
    calendar = quarter.model.plan.calendar
    for plan in quarter.model.held_plans:
        if plan.trigger.week is not None and plan.trigger.week <= calendar.weeks:
            quarter.env.process(_dated(quarter, plan, float(calendar.first_day_of_week(plan.trigger.week))))


def _dated(quarter: Quarter, plan: ContingencyPlan, day: float) -> Generator[Event, Any, None]:
    yield quarter.env.timeout(day)
    _activate(quarter, plan, "date", None)


class _LastOfTheMoment(Event):
    """A timeout that comes after all others of its moment, whenever they were set."""

    def __init__(self, env: Environment, delay: float) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, priority=EventPriority(NORMAL + 1), delay=delay)


class RiskWatch:
    """Cumulative hazards of everything that can be struck."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter, model = quarter, quarter.model
        self.keys = [Keys(strike.attributes) for strike in model.strikes]
        self._crowd = Crowd(self.keys, model.strike_subjects, model.strike_hazard, model.strike_finder)
        self.cumulative: Floats = np.zeros(len(self.keys))
        self.struck = np.zeros(len(self.keys), dtype=bool)
        self._ahead: Floats = quarter.future.thresholds.copy()
        """Thresholds; infinite of what was struck."""
        self._state: object = None
        """Of the effects on hazards, when they were last read."""
        self._stale = True
        self._of_account: dict[str, list[int]] = {}
        """Account → strikes that can hit it."""
        for number, strike in enumerate(quarter.model.strikes):
            if strike.subject is not None and strike.risk.subject == "account":
                self._of_account.setdefault(strike.subject, []).append(number)

    def start(self) -> None:
        """Watch day by day, and let what is forced happen."""
        quarter = self.quarter
        if self.keys:
            quarter.env.process(self._days())
        for forced in quarter.model.options.forced:
            day = float(quarter.model.plan.calendar.first_day_of_week(forced.week))
            quarter.env.process(self._forced(forced.risk, forced.subject, day))

    def _days(self) -> Generator[Event, Any, None]:
        """At the start of each day its hazard is added; whoever reaches the threshold is struck.

        Everything else of that moment comes before: what goes on then counts all day, what ends counts no more.
        """
        yield _LastOfTheMoment(self.quarter.env.simpy, 0.0)
        quarter, model = self.quarter, self.quarter.model
        first, end = model.strike_window
        turns = {*first.tolist(), *end.tolist()}
        today = np.zeros(len(self.keys))
        for day in range(int(model.horizon)):
            state = quarter.board.state("strike_rate")
            if self._stale or state is not self._state or day in turns:
                self._state, self._stale = state, False
                # What cannot strike by chance gets no chance from a shift.
                hazards = quarter.board.values("strike_rate", self._crowd)
                today = np.where((first <= day) & (day < end), hazards, 0.0)
            self.cumulative += today
            reached = self.cumulative >= self._ahead
            if np.count_nonzero(reached):
                for number in np.flatnonzero(reached).tolist():
                    if self._gone(model.strikes[number]):
                        self._is_struck(number)  # its time has come and there is nobody to hit
                    else:
                        self._strike(number)
            yield _LastOfTheMoment(quarter.env.simpy, 1.0)

    def _forced(self, risk_id: str, subject: str | None, day: float) -> Generator[Event, Any, None]:
        """One that names nobody takes whom chance would have struck first of those that no other one names."""
        yield self.quarter.env.timeout(day)
        forced = self.quarter.model.options.forced
        spoken_for = {other.subject for other in forced if other.risk == risk_id} - {None, subject}
        able = [
            number
            for number, strike in enumerate(self.quarter.model.strikes)
            if strike.risk.id == risk_id
            and subject in (None, strike.subject)
            and strike.subject not in spoken_for
            and not self.struck[number]
            and not self._gone(strike)
        ]
        if able:
            self._strike(min(able, key=lambda number: (self.quarter.future.thresholds[number], number)))

    def _gone(self, strike: PossibleStrike) -> bool:
        """Whether whom it would hit has left or was lost before."""
        quarter, subject = self.quarter, strike.subject
        if subject is None:
            return False
        if strike.risk.subject == "rep":
            return quarter.reps[quarter.model.rep_number[subject]].left
        return quarter.accounts[quarter.model.account_number[subject]].lost

    def _is_struck(self, number: int) -> None:
        self.struck[number], self._ahead[number] = True, math.inf

    def _strike(self, number: int) -> None:
        self._is_struck(number)
        self.quarter.env.process(_strike_unfolds(self.quarter, number))

    def renew_keys(self, account: Account) -> None:
        """Let effects pick what can hit an account by what the account is now."""
        for number in self._of_account.get(account.row.id, ()):
            attributes = {**self.quarter.model.strikes[number].attributes, **account.keys.attributes}
            self._crowd.renew(number, Keys(attributes))
            self._stale = True


def _strike_unfolds(quarter: Quarter, number: int) -> Generator[Event, Any, None]:
    """Effects from the strike on; contingency plans once it is detected; after the notice its event, if it comes."""
    env, day = quarter.env, quarter.env.now
    strike = quarter.model.strikes[number]
    risk, subject = strike.risk, strike.subject or "market"
    row = len(quarter.records.strikes)
    quarter.records.strikes.append(Strike(risk.id, subject, day, math.inf))
    for effect in risk.effects:
        end = day + effect.duration_weeks * DAYS_PER_WEEK if effect.duration_weeks else math.inf
        act(quarter, ActiveEffect.of(effect, target=strike.target), day, end)
    keys = quarter.risks.keys[number]
    hidden = quarter.board.value("detection_days", risk.detection_days, keys, strike.entity)
    quarter.records.known_on.append(day + hidden)
    env.process(_detected(quarter, strike, hidden))
    if risk.event is None:
        return
    yield env.timeout(risk.notice_days)
    keys = quarter.risks.keys[number]
    chance = quarter.board.value("event_probability", risk.event_probability, keys, strike.entity)
    if quarter.future.events[number] < chance:
        quarter.records.strikes[row] = Strike(risk.id, subject, day, env.now)
        quarter.happen(risk.event, subject, risk.figures)


def _detected(quarter: Quarter, strike: PossibleStrike, hidden: float) -> Generator[Event, Any, None]:
    """Once the strike is known, every plan held against the risk is triggered."""
    yield quarter.env.timeout(hidden)
    answer_upside(quarter, strike.risk.id)
    for plan in quarter.model.held_plans:
        if plan.trigger.strike == strike.risk.id:
            _activate(quarter, plan, strike.subject or "market", strike.target)


def answer_light(quarter: Quarter, light: str, target: tuple[str, str] | None) -> None:
    """A light has turned red, over all or of a region or rep: every plan held against it is triggered (E3, R8)."""
    of_region = target is not None and target[0] == "region"
    for plan in quarter.model.held_plans:
        if plan.trigger.light == light and plan.trigger.each_region == of_region:
            _activate(quarter, plan, target[1] if target else "all", target)


def answer_alarm(quarter: Quarter, policy: str, account: str) -> None:
    """A customer's score has fallen below a policy's alarm: every plan held against it is triggered (S6)."""
    for plan in quarter.model.held_plans:
        if plan.trigger.alarm == policy:
            _activate(quarter, plan, account, ("account", account))


def _activate(quarter: Quarter, plan: ContingencyPlan, subject: str, target: tuple[str, str] | None) -> None:
    """A trigger: pay for the activation and let the plan's effects act after its delay."""
    done = sum(activation.plan == plan.id for activation in quarter.records.activations)
    if plan.max_activations is not None and done >= plan.max_activations:
        return
    start, row = quarter.env.now + plan.delay_days, len(quarter.records.activations)
    started = start if start < quarter.model.horizon and plan.resource is None else math.inf
    quarter.records.activations.append(Activation(plan.id, subject, started))
    if plan.resource is None:
        _answer(quarter, plan, target, start)
    else:
        quarter.env.process(_take_turn(quarter, plan, plan.resource, target, row))


def _take_turn(
    quarter: Quarter, plan: ContingencyPlan, resource: str, target: tuple[str, str] | None, row: int
) -> Generator[Event, Any, None]:
    """A use of what plans share takes one of its places for a week; while all are taken it waits."""
    env, activations = quarter.env, quarter.records.activations
    yield env.timeout(plan.delay_days)
    with quarter.resources[resource].request() as turn:
        if not turn.triggered:
            yield turn
        activations[row] = activations[row]._replace(day=env.now)
        _answer(quarter, plan, target, env.now)
        yield env.timeout(DAYS_PER_WEEK)


def _answer(quarter: Quarter, plan: ContingencyPlan, target: tuple[str, str] | None, start: float) -> None:
    """Let a plan's effects act and its event happen from a day on."""
    for effect in plan.effects:
        end = start + effect.duration_weeks * DAYS_PER_WEEK if effect.duration_weeks else math.inf
        act(quarter, ActiveEffect.of(effect, plan=plan.id, target=target), start, end)
    if plan.event is not None and target is not None:
        quarter.at(start, partial(quarter.happen, plan.event, target[1], plan.figures, plan.id))
