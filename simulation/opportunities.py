"""An opportunity: a state machine that touches push through the stages of the sales process."""

from __future__ import annotations

import math
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from simpy import Event

from simulation.board import Keys
from simulation.future import DealChance, passes_again
from simulation.health import cooled
from simulation.records import DealEnd
from simulation.tasks import Task

if TYPE_CHECKING:
    from simulation.model import DealStart
    from simulation.quarter import Quarter

__all__ = ["Decision", "Opportunity"]


SAME_MOMENT: Final = 1e-9
"""Working days; sums of durations differ in the last digits."""


class Opportunity(Task):
    """One opportunity. A stage ends when its time is over and its touches are done; passing the last is a signature."""

    __slots__ = (
        "account",
        "chance",
        "created",
        "ended",
        "hours",
        "industry",
        "keys",
        "orphan_factor",
        "outcome",
        "passes",
        "product",
        "region",
        "rep",
        "returns",
        "source",
        "splits",
        "stage",
        "stage_start",
        "stalled",
        "tier",
        "touch",
        "turn",
        "value",
        "void",
        "warmth",
        "weighted",
        "win_from",
    )

    def __init__(self, quarter: Quarter, start: DealStart, chance: DealChance, keys: Keys) -> None:
        model = quarter.model
        (
            id,
            self.source,
            self.product,
            self.region,
            self.tier,
            self.account,
            self.industry,
            self.rep,
            self.stage,
            self.value,
            self.created,
        ) = start
        habits = model.tier_habits[self.tier]
        cell = self.product * len(model.regions) + self.region
        kind = cell * len(model.tiers) + self.tier
        super().__init__(id, quarter.env.now, kind, habits.priority, habits.patience_days, cell)
        self.chance, self.keys = chance, keys
        self.win_from = model.win_from[self.tier]
        self.orphan_factor = self.warmth = 1.0
        self.weighted = 0.0
        self.hours = 0.0
        self.outcome = "open"
        self.ended = model.horizon
        self.passes = chance.passes
        self.returns = self.splits = self.turn = 0
        # Waiting for a new decision-maker; and whether a touch in hand was overtaken by that (K4).
        self.stalled = self.void = False
        self.stage_start = quarter.env.now
        self.touch = 0
        if self.created < 0:  # what an open opportunity has behind it: the part of its cycle that its age says
            stages, age = model.stages, -self.created
            self.stage_start -= max(age - stages.before[self.stage] * chance.cycle, 0.0)
            self.touch = sum(place * chance.cycle <= age for place in stages.positions[self.stage])

    def start(self, quarter: Quarter) -> None:
        """Put the next step under way: a touch in the rep's queue, or the end of the stage."""
        if self._next(quarter):
            quarter.reps[self.rep].add(self)

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours of the due touch, with the proposal where the stage opens with one (S3, S8); none once it ended."""
        if self.outcome != "open" or self.stalled:
            return 0.0
        self.void = False
        stages, board, stage = quarter.model.stages, quarter.board, self.stage
        hours = stages.touch_hours[stage]
        if "touch_hours" in board.acting:
            hours = board.value("touch_hours", hours, self.keys, self.id)
        if self.chance.touch_factors:
            hours *= self.chance.touch_factors[stages.first_touch[stage] + self.touch]
        if self.touch == 0 and stages.proposal_hours[stage] > 0:
            hours += board.value("proposal_hours", stages.proposal_hours[stage], self.keys, self.id)
        return hours

    def expected_value(self) -> float:
        """Value × probability of winning from the current stage at the plan's win rate; 0 once it has ended."""
        return self.value * self.win_from[self.stage] if self.outcome == "open" else 0.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Take note of a touch; True when another one is due next."""
        self.hours += hours
        if self.outcome != "open":
            return False
        if self.stalled:
            self.void = False
            return False
        if self.void:  # with whom it was is gone
            self.void = False
        else:
            habits, now = quarter.model.tier_habits[self.tier], quarter.env.now
            if now - self.due > habits.cools_after_days:
                self.warmth *= cooled(quarter.model.plan.process, now - self.due, habits.cadence_days)
            if self.touch == 0 and habits.proposal_promised_days is not None:
                self._proposed(quarter, habits.proposal_promised_days + SAME_MOMENT)
            self.touch += 1
        return self._next(quarter)

    def _proposed(self, quarter: Quarter, within_days: float) -> None:
        """A proposal that comes later than promised leaves a cooler customer (S3).

        What was open at the start may have been promised before; then the quarter's first day counts.
        """
        late = quarter.env.now - max(self.stage_start, 0.0) > within_days
        if late and quarter.model.stages.proposal_hours[self.stage] > 0:
            self.warmth *= quarter.model.plan.customer_tiers[self.tier].late_proposal_factor

    def _promised(self, quarter: Quarter) -> bool:
        """Whether the next touch brings a proposal that is promised, and so is due at once (S3)."""
        promised = quarter.model.tier_habits[self.tier].proposal_promised_days is not None
        return promised and quarter.model.stages.proposal_hours[self.stage] > 0

    def _next(self, quarter: Quarter) -> bool:
        """Set the day of the next touch; where all touches of the stage are done, let the stage end in its time.

        A stage takes the customer its part of the cycle from the day it began, and as long as its touches take:
        friction only lengthens.
        """
        stages, now, touch = quarter.model.stages, quarter.env.now, self.touch
        offsets = stages.offsets[self.stage]
        wait = offsets[touch] * self.chance.cycle
        if "cycle_time" in quarter.board.acting:
            wait = quarter.board.value("cycle_time", wait, self.keys, self.id)
        day = self.stage_start + wait
        if touch < len(offsets) - 1:
            self.due = now if day < now or (touch == 0 and self._promised(quarter)) else day
            return True
        if quarter.model.budget_windows:
            day = self._released(quarter, max(day, now))
        if day <= now:
            return self._stage_ends(quarter)
        if day < quarter.model.horizon:
            quarter.env.call(day - now, partial(self._stage_ends_in_time, quarter, self.turn))
        return False

    def _released(self, quarter: Quarter, day: float) -> float:
        """The day on which the stage can end by the budgets of the customer's industry; infinite if none comes (S2).

        Who knows when budgets are released saves a part of the stage to be in time for the weeks before.
        """
        industry = str(self.keys.attributes["industry"])
        windows = quarter.model.budget_windows.get((industry, self.stage))
        if windows is None or any(start <= day < end for start, end in windows):
            return day
        saved = quarter.board.value("budget_pull", 0.0, self.keys, self.id) * (day - self.stage_start)
        earliest = max(quarter.env.now, day - saved)
        in_time = [max(start, earliest) for start, end in windows if start <= day and earliest < end]
        return in_time[-1] if in_time else min((start for start, _ in windows if start > day), default=math.inf)

    def hasten(self, quarter: Quarter, days: float) -> None:
        """Let the rest of the stage come that many working days sooner, at the earliest now."""
        rep = quarter.reps[self.rep]
        self.stage_start -= days
        if self.outcome != "open" or self.stalled or not rep.drop(self):
            return  # what is in hand goes on from there
        self.turn += 1  # the end that was set is not the end any more
        if self._next(quarter):
            rep.add(self)

    def _stage_ends_in_time(self, quarter: Quarter, turn: int) -> None:
        if self.outcome == "open" and turn == self.turn and self._stage_ends(quarter):
            quarter.reps[self.rep].add(self)

    def _stage_ends(self, quarter: Quarter) -> bool:
        """Pass on to the next stage, sign, or lose; True when a touch of the next stage is due."""
        passed = self._passes(quarter)
        quarter.decisions.append(Decision(quarter.env.now, self, self.stage, passed))
        if not passed:
            self.end(quarter, "lost")
            return False
        if self.stage + 1 == len(quarter.model.stages.positions):
            self.value = quarter.board.value("deal_value", self.value, self.keys, self.id)
            self.end(quarter, "won")
            return False
        self.stage, self.touch, self.stage_start = self.stage + 1, 0, quarter.env.now
        quarter.reps[self.rep].reweigh(self)
        return self._next(quarter)

    def _passes(self, quarter: Quarter) -> bool:
        base = quarter.model.tier_habits[self.tier].win_rate
        rate = quarter.board.value("win_rate", base, self.keys, self.id) * self.orphan_factor * self.warmth
        rate *= quarter.reps[self.rep].skill()
        stages, board = quarter.model.stages, quarter.board
        weight = stages.weights[self.stage]
        if "stage_difficulty" in board.acting:
            weight = board.value("stage_difficulty", weight, self.keys.in_stage(stages.ids[self.stage]), self.id)
        passes: bool = self.passes[self.stage] < rate**weight
        return passes

    def fall_back(self, quarter: Quarter, stage: int | None, stall_days: float) -> None:
        """Wait, then begin a stage anew: the one named if it was passed, else the one before (K4).

        Stages between are passed again, with chances of their own.
        """
        stage = min(self.stage, max(self.stage - 1, 0) if stage is None else stage)
        if stage < self.stage:
            self.returns += 1
            again = passes_again(quarter.model, quarter.future, self.id, self.returns)
            self.passes = (*self.passes[:stage], *again[stage : self.stage], *self.passes[self.stage :])
        rep = quarter.reps[self.rep]
        self.void = not rep.drop(self)
        self.stage, self.touch, self.turn, self.stalled = stage, 0, self.turn + 1, True
        rep.reweigh(self)
        quarter.env.process(self._stall(quarter, self.turn, stall_days))

    def _stall(self, quarter: Quarter, turn: int, days: float) -> Generator[Event, Any, None]:
        """Look every day whether the wait is over: a contingency plan may shorten it."""
        env = quarter.env
        begun = env.now
        while (left := begun + quarter.board.value("stall_days", days, self.keys, self.id) - env.now) > 0:
            yield env.timeout(min(left, 1.0))
            if self.outcome != "open" or turn != self.turn:
                return
        self.stalled, self.stage_start = False, env.now
        if self._next(quarter) and not self.void:
            quarter.reps[self.rep].add(self)

    def change_value(self, quarter: Quarter, value: float) -> None:
        """Stand at another value from now on."""
        self.value = value
        quarter.reps[self.rep].reweigh(self)

    def end(self, quarter: Quarter, outcome: str) -> None:
        """Close the opportunity as won or lost."""
        self.outcome, self.ended = outcome, quarter.env.now
        quarter.deal_ends(self)

    def row(self) -> DealEnd:
        """The opportunity as a record."""
        return tuple.__new__(
            DealEnd,
            (
                self.id,
                self.source,
                self.product,
                self.region,
                self.rep,
                self.tier,
                self.account,
                self.created,
                self.ended,
                self.outcome,
                self.stage,
                self.value,
                self.hours,
            ),
        )


class Decision:
    """A stage that ended: the customer went on to the next one, or not."""

    __slots__ = ("day", "opportunity", "passed", "stage")

    def __init__(self, day: float, opportunity: Opportunity, stage: int, passed: bool) -> None:
        self.day, self.opportunity, self.stage, self.passed = day, opportunity, stage, passed
