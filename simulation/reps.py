"""The rep is the process: take the best due task, work on it, look again; sleep when nothing is due."""

from __future__ import annotations

import math
from collections.abc import Generator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Protocol

from simpy import Event

from simulation.board import Keys
from simulation.opportunities import Opportunity

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Errand", "Rep", "Task"]

SAME_MOMENT = 1e-9
"""Working days within which a task counts as due; sums of durations differ in the last digits."""


class Task(Protocol):
    """Something a rep does that takes hours: an opportunity's next touch, a care touch, an errand."""

    id: str
    due: float
    priority: int
    cadence_days: float

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes now."""

    def cell_attainment(self, quarter: Quarter) -> float:
        """Signed ÷ quota of what it belongs to; the lowest is served first."""

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Take note that it is done; True when it comes due again at its new ``due``."""


class Errand:
    """A single piece of work with a fixed date: renewal work, a collection, duty at a marketing event."""

    __slots__ = ("cadence_days", "due", "hours", "id", "priority")

    def __init__(self, id: str, due: float, hours: float, priority: int, cadence_days: float) -> None:
        self.id, self.due, self.hours = id, due, hours
        self.priority, self.cadence_days = priority, cadence_days

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes."""
        return self.hours

    def cell_attainment(self, quarter: Quarter) -> float:
        """Belongs to no cell: ranks as one that is exactly on quota."""
        return 1.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Happens once."""
        return False


class Rep:
    """A sales representative's queue and clock. Touches are not interrupted and may span days."""

    def __init__(self, quarter: Quarter, number: int, keys: Keys) -> None:
        self.quarter, self.number, self.keys = quarter, number, keys
        self.id = quarter.model.reps[number]
        self.quota = quarter.model.rep_quota[number]
        self.signed = 0.0
        self.weighted = 0.0
        """Expected value of the rep's open opportunities."""
        self.hours = 0.0
        self.left = False
        self._due: list[Task] = []
        self._upcoming: list[tuple[float, str, Task]] = []
        self._in_hand: Task | None = None
        self._asleep: Event | None = None
        self._alarm_day = float("inf")
        quarter.env.process(self._work())

    def add(self, task: Task) -> None:
        """Put a task into the queue; wakes the rep when it is due before anything else."""
        now = self.quarter.env.now
        if task.due <= now + SAME_MOMENT:
            self._due.append(task)
            self._wake()
        else:
            heappush(self._upcoming, (task.due, task.id, task))
            if self._asleep is not None and task.due < self._alarm_day:
                self._set_alarm(task.due)

    def take_over(self, opportunity: Opportunity) -> None:
        """Own an opportunity from now on."""
        opportunity.rep = self.number
        self.reweigh(opportunity)

    def reweigh(self, opportunity: Opportunity) -> None:
        """Count the opportunity at its expected value as of now."""
        expected = opportunity.expected_value(self.quarter)
        self.weighted += expected - opportunity.weighted
        opportunity.weighted = expected

    def unmet_share(self) -> float:
        """Part of the quota covered neither by signatures nor by the expected value of the pipeline."""
        return 1 - (self.signed + self.weighted) / self.quota if self.quota > 0 else -1.0

    def leave(self) -> None:
        """Stop working; what is in the queue, also the task in hand, waits for the hand-over (K5)."""
        self.left = True
        if self._in_hand is not None:
            self._due.append(self._in_hand)
        self._wake()

    def hand_over(self) -> list[Task]:
        """Empty the queue of a rep who left, by due day and id."""
        tasks = sorted([*self._due, *(entry[2] for entry in self._upcoming)], key=lambda task: (task.due, task.id))
        self._due, self._upcoming = [], []
        return tasks

    def _work(self) -> Generator[Event, Any, None]:
        quarter, env = self.quarter, self.quarter.env
        while not self._gone():
            task = self._best_due()
            if task is None:
                yield from self._sleep()
                continue
            hours = task.next_hours(quarter)
            if hours > 0:
                start, end = env.now, self._finish(env.now, hours)
                if end is None:  # no hours today; tomorrow may be different
                    self._due.append(task)
                    yield env.timeout(1)
                    continue
                self._in_hand = task
                yield env.timeout(end - start)
                self._in_hand = None
                if self._gone():
                    return
                self.hours += hours
            if task.done(quarter, hours):
                self.add(task)

    def _gone(self) -> bool:
        return self.left

    def _best_due(self) -> Task | None:
        """The due task that comes first: customer tier, lowest cell attainment, due day, id.

        A task overdue by more than two cadences moves up one tier, so that nobody waits for ever.
        """
        now, upcoming = self.quarter.env.now, self._upcoming
        while upcoming and upcoming[0][0] <= now + SAME_MOMENT:
            self._due.append(heappop(upcoming)[2])
        due = self._due
        if len(due) <= 1:
            return due.pop() if due else None
        best, best_rank = due[0], math.inf
        for task in due:
            rank = task.priority - (now - task.due > 2 * task.cadence_days)
            if rank < best_rank or (rank == best_rank and self._order(task) < self._order(best)):
                best, best_rank = task, rank
        due.remove(best)
        return best

    def _order(self, task: Task) -> tuple[float, float, str]:
        return task.cell_attainment(self.quarter), task.due, task.id

    def _finish(self, start: float, hours: float) -> float | None:
        """Working day on which ``hours`` of work begun at ``start`` are done; None when the rep has no hours."""
        quarter = self.quarter
        per_week = 5 * quarter.model.hours_per_day[self.number]
        per_day = quarter.board.value("rep_hours", per_week, self.keys, self.id) / 5
        if per_day <= 0:
            return None
        day, left = start, hours / per_day
        for block_start, block_end in quarter.model.blocks[self.number]:
            if day + left <= block_start:
                break
            if day < block_end:
                left -= max(block_start - day, 0.0)
                day = block_end
        return day + left

    def _sleep(self) -> Generator[Event, Any, None]:
        self._asleep = Event(self.quarter.env)
        self._alarm_day = float("inf")
        if self._upcoming:
            self._set_alarm(self._upcoming[0][0])
        yield self._asleep
        self._asleep = None

    def _set_alarm(self, day: float) -> None:
        self._alarm_day = day
        if day < self.quarter.model.horizon:
            alarm = self.quarter.env.timeout(day - self.quarter.env.now)
            alarm.callbacks.append(lambda _: self._wake())

    def _wake(self) -> None:
        if self._asleep is not None and not self._asleep.triggered:
            self._asleep.succeed()
