"""The rep is the process: take the best due task, work on it, look again; sleep when nothing is due.

A touch is one call of the clock. A generator that yields a timeout would read much the same and make every touch a
sixth slower, and touches are most of what happens in a quarter.
"""

from __future__ import annotations

import math
from functools import partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from simulation.board import Keys
from simulation.opportunities import Opportunity
from simulation.tasks import Kind, Task

if TYPE_CHECKING:
    from simulation.accounts import Account
    from simulation.quarter import Quarter

__all__ = ["Rep"]

UNREAD: Final = object()
"""A state that no parameter is in, so that it is read anew."""

SAME_MOMENT: Final = 1e-9
"""Working days within which a task counts as due; sums of durations differ in the last digits."""


_Entry: TypeAlias = tuple[Any, ...]
"""Due day, id and task, in a queue; of unstated length, see ``clock``."""


def _is_due(queue: list[_Entry], moment: float) -> bool:
    """Whether the first of a queue is due."""
    if not queue:
        return False
    due: float = queue[0][0]
    return due <= moment


class Rep:
    """A sales representative's queue and clock. Touches are not interrupted and may span days.

    ``_look`` → ``_finish`` → ``_look`` … → ``_sleep`` → ``_awake`` → ``_look``, until the rep leaves.
    """

    def __init__(self, quarter: Quarter, number: int) -> None:
        self.quarter, self.number, self._env = quarter, number, quarter.env
        self.keys = Keys(quarter.model.rep_attributes[number])
        self.id = quarter.model.reps[number]
        self.entity = f"rep:{self.id}"
        self.quota = quarter.model.rep_quota[number]
        self.accounts: list[Account] = []
        self.opportunities: list[Opportunity] = []
        """All that were ever the rep's, in the order they came, like accounts."""
        self.signed = 0.0
        self.weighted = 0.0
        """Expected value of the rep's open opportunities."""
        self.hours = 0.0
        self.left_on = math.inf
        """Working day the rep left; infinite while here."""
        self.hours_there = 0.0
        """Hours there were up to the last count."""
        self._counted = 0.0
        self._ramp = self._skill = 1.0
        self._skill_state: object = None
        self._hours_state: object = None
        self._hours_per_day = quarter.model.hours_per_day[number]
        self._blocks = quarter.model.blocks[number]
        self._due: dict[Kind, list[_Entry]] = {}
        """Due tasks by kind, each a heap by due day and id."""
        self._upcoming: list[_Entry] = []
        self._in_hand: Task | None = None
        self._hours_in_hand = 0.0
        self._asleep = False
        self._sleeps = 0
        """How often the rep has fallen asleep: a call that was to end an earlier sleep wakes nobody."""
        self._wakes_at = math.inf
        quarter.env.call_first(self._look)

    def add(self, task: Task) -> None:
        """Put a task into the queue; wakes the rep when it is due before anything else."""
        if task.due <= self._env.now + SAME_MOMENT:
            self._make_due((task.due, task.id, task))
            self._wake()
        else:
            heappush(self._upcoming, (task.due, task.id, task))
            if task.due < self._wakes_at:
                self._wake()  # to sleep again until then

    @property
    def left(self) -> bool:
        """Whether the rep has left."""
        return self.left_on <= self._env.now

    def take_over(self, opportunity: Opportunity) -> None:
        """Own an opportunity from now on."""
        opportunity.rep = self.number
        self.opportunities.append(opportunity)
        self.reweigh(opportunity)

    def reweigh(self, opportunity: Opportunity) -> None:
        """Count the opportunity at its expected value as of now."""
        expected = opportunity.expected_value()
        self.weighted += expected - opportunity.weighted
        opportunity.weighted = expected

    def unmet_share(self) -> float:
        """Part of the quota covered neither by signatures nor by the expected value of the pipeline."""
        return 1 - (self.signed + self.weighted) / self.quota if self.quota > 0 else -math.inf

    def grow(self, skill: float) -> None:
        """Have this skill from now on, before effects (T6)."""
        self._ramp, self._skill_state = skill, UNREAD

    def skill(self) -> float:
        """Factor on the win rates of the rep's opportunities, now."""
        board = self.quarter.board
        state = board.state("skill")
        if state is not self._skill_state:
            self._skill = board.value("skill", self._ramp, self.keys, self.entity)
            self._skill_state = state
        return self._skill

    def count_hours(self) -> None:
        """Add up the hours there were since the last count; asked for whenever a rep's hours are about to change."""
        start, now = self._counted, self._env.now
        end, self._counted = min(now, self.left_on), now
        if end > start:
            away = math.fsum(
                max(min(last, end) - max(first, start), 0.0) for first, last in self.quarter.model.blocks[self.number]
            )
            per_week = 5 * self.quarter.model.hours_per_day[self.number]
            per_week = self.quarter.board.value("rep_hours", per_week, self.keys, self.entity)
            self.hours_there += per_week / 5 * (end - start - away)

    def leave(self) -> None:
        """Stop working; what is in the queue, also the task in hand, waits for the hand-over (K5)."""
        self.left_on = self._env.now
        self.quarter.muster()
        if self._in_hand is not None:
            self._make_due((self._in_hand.due, self._in_hand.id, self._in_hand))
        self._wake()

    def drop(self, task: Task) -> bool:
        """Take a task out of the queue; False where it is in hand, and nothing interrupts it."""
        if self._in_hand is task:
            return False
        self._upcoming[:] = [entry for entry in self._upcoming if entry[2] is not task]
        heapify(self._upcoming)
        due = [entry for entry in self._due.pop(task.kind, ()) if entry[2] is not task]
        if due:
            heapify(due)
            self._due[task.kind] = due
        return True

    def upcoming(self, before: float) -> list[Task]:
        """Tasks that are not due yet and come due before a day, in that order."""
        return [task for _, _, task in sorted(entry for entry in self._upcoming if entry[0] < before)]

    def bring_forward(self, tasks: list[Task]) -> None:
        """Let upcoming tasks be due now."""
        self._upcoming[:] = [entry for entry in self._upcoming if entry[2] not in tasks]
        heapify(self._upcoming)
        for task in tasks:
            task.due = self._env.now
            self.add(task)

    def hand_over(self) -> list[Task]:
        """Empty the queue of a rep who left, by due day and id."""
        waiting = [*self._upcoming, *(entry for queue in self._due.values() for entry in queue)]
        self._due.clear()
        self._upcoming.clear()
        return [task for _, _, task in sorted(waiting)]

    def _look(self) -> None:
        """Begin the best due task; where none is due, sleep."""
        quarter, env = self.quarter, self._env
        while env.now < self.left_on:
            task = self._best_due()
            if task is None:
                self._sleep()
                return
            hours = task.next_hours(quarter)
            if hours > 0:
                takes = self._takes(hours)
                if takes is None:  # no hours today; tomorrow may be different
                    self._make_due((task.due, task.id, task))
                    env.call(1.0, self._look)
                else:
                    self._in_hand, self._hours_in_hand = task, hours
                    env.call(takes, self._finish)
                return
            if task.done(quarter, hours):
                heappush(self._upcoming, (task.due, task.id, task))

    def _finish(self) -> None:
        """The task in hand is done, unless the rep has left meanwhile; look for the next."""
        task, hours = self._in_hand, self._hours_in_hand
        self._in_hand = None
        if task is None or self._env.now >= self.left_on:
            return
        self.hours += hours
        if task.done(self.quarter, hours):
            heappush(self._upcoming, (task.due, task.id, task))
        self._look()

    def _best_due(self) -> Task | None:
        """The due task that comes first: customer tier, lowest cell attainment, due day, id.

        A task overdue by more than two cadences moves up one tier, so that nobody waits for ever. Of the tasks of one
        kind the longest due comes first, promoted or not, so the first of each kind are all there is to compare.
        """
        now, upcoming, queues = self._env.now, self._upcoming, self._due
        moment = now + SAME_MOMENT
        while _is_due(upcoming, moment):
            entry = heappop(upcoming)
            if not queues and not _is_due(upcoming, moment):
                only: Task = entry[2]
                return only
            self._make_due(entry)
        if not queues:
            return None
        if len(queues) > 1:
            queue = self._first_of(queues, now)
        else:
            (queue,) = queues.values()
        task: Task = heappop(queue)[2]
        if not queue:
            del queues[task.kind]
        return task

    def _first_of(self, queues: dict[Kind, list[_Entry]], now: float) -> list[_Entry]:
        """The queue whose first task comes before those of the others."""
        attainment = self.quarter.attainment
        best_rank, best_share = 0, 0.0
        best: list[_Entry] = []
        for queue in queues.values():
            first = queue[0]
            due: float = first[0]
            task: Task = first[2]
            rank = task.priority - 1 if now - due > task.patience_days else task.priority
            if not best or rank < best_rank:
                best, best_rank, best_share = queue, rank, attainment[task.cell]
            elif rank == best_rank:
                share = attainment[task.cell]
                if share < best_share or (share == best_share and first[:2] < best[0][:2]):
                    best, best_share = queue, share
        return best

    def _make_due(self, entry: _Entry) -> None:
        task: Task = entry[2]
        queue = self._due.get(task.kind)
        if queue is None:
            self._due[task.kind] = [entry]
        else:
            heappush(queue, entry)

    def _takes(self, hours: float) -> float | None:
        """Working days that ``hours`` of work begun now take, with the blocked days; None when the rep has no hours."""
        quarter = self.quarter
        state = quarter.board.state("rep_hours")
        if state is not self._hours_state:
            per_week = 5 * quarter.model.hours_per_day[self.number]
            self._hours_per_day = quarter.board.value("rep_hours", per_week, self.keys, self.entity) / 5
            self._hours_state = state
        if self._hours_per_day <= 0:
            return None
        start = self._env.now
        day, left = start, hours / self._hours_per_day
        while self._blocks and self._blocks[0][1] <= start:
            self._blocks = self._blocks[1:]
        for block_start, block_end in self._blocks:
            if day + left <= block_start:
                break
            if day < block_end:
                left -= max(block_start - day, 0.0)
                day = block_end
        return day - start + left

    def _sleep(self) -> None:
        """Wait for the next task that comes due, or to be woken before."""
        upcoming = self._upcoming
        self._asleep, self._wakes_at = True, math.inf
        self._sleeps += 1
        wakes_at: float = upcoming[0][0] if upcoming else math.inf
        if wakes_at < self.quarter.model.horizon:
            self._wakes_at = wakes_at
            self._env.call(self._wakes_at - self._env.now, partial(self._awake, self._sleeps))

    def _awake(self, sleep: int) -> None:
        if self._asleep and sleep == self._sleeps:
            self._asleep = False
            self._look()

    def _wake(self) -> None:
        """Look again now instead of when the sleep ends."""
        if self._asleep:
            self._asleep = False
            self._env.call(0.0, self._look)
