"""The clock: SimPy's environment, in which most of what happens is a plain call.

SimPy makes an event for everything that is to happen: an object with a list of who is called back. A quarter has
thousands of things that happen, and hardly any that somebody else waits for. So a call can stand in SimPy's queue
itself, between its events; what happens, and in which order, is SimPy's own, which a test holds side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias, cast

from simpy import Environment, Event
from simpy.events import NORMAL, URGENT

__all__ = ["Action", "Clock"]

Action: TypeAlias = Callable[[], None]
"""What is done when its time has come."""


class Clock(Environment):
    """An environment that runs from its start to one end."""

    now: float = 0.0
    """Working days since the quarter began."""

    def __init__(self) -> None:
        super().__init__()
        self._agenda = cast(list[tuple[float, int, int, Event | Action]], self._queue)
        """SimPy's queue: when, with which priority, in which order, and what."""

    def call(self, delay: float, action: Action) -> None:
        """Do something in ``delay`` working days: what ``timeout(delay)`` with that callback would do."""
        if delay < 0:
            raise ValueError(f"a delay of {delay} days")
        heappush(self._agenda, (self.now + delay, NORMAL, next(self._eid), action))

    def call_first(self, action: Action) -> None:
        """Do something before all else that happens now, as a process is started."""
        heappush(self._agenda, (self.now, URGENT, next(self._eid), action))

    def step(self) -> None:
        """Let the next thing happen; what a process raises comes out as it is."""
        self.now, _, _, due = heappop(self._agenda)
        self._now = self.now
        if not isinstance(due, Event):
            due()
            return
        callbacks, due.callbacks = due.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(due)
        if not due._ok and not hasattr(due, "_defused"):
            raise due._value

    def run_until(self, end: float) -> None:
        """Let everything happen that happens before ``end``."""
        agenda = self._agenda
        while agenda and agenda[0][0] < end:
            self.step()
        self.now = self._now = end

    def dissolve(self) -> None:
        """Let go of all that was still to happen: a process and the event it waits for hold each other."""
        for _, _, _, due in self._agenda:
            if isinstance(due, Event):
                due.callbacks = []
        self._agenda.clear()
        vars(self).clear()  # SimPy's shorthands for its own classes, bound to this very environment
