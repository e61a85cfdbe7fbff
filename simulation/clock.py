"""The clock: SimPy's environment with the time as a plain attribute and the loop in one piece.

A quarter asks for the time five times for every event, and has thousands of events: a property, and a call for every
step, are a sixth of its run. What happens, and in which order, is SimPy's own: a test holds both side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from simpy import Environment, Event, Timeout
from simpy.events import NORMAL, URGENT

__all__ = ["Clock"]


class _Wait(Timeout):
    """A timeout, most of which bring no value."""

    _ok, _delay = True, 0.0
    _value: object = None


_new_wait = _Wait.__new__


class Clock(Environment):
    """An environment that runs from its start to one end."""

    now: float = 0.0
    """Working days since the quarter began."""

    def timeout(self, delay: float = 0.0, value: object = None) -> Timeout:
        """An event that happens ``delay`` working days from now."""
        if delay < 0:
            raise ValueError(f"a delay of {delay} days")
        event = _new_wait(_Wait)
        event.env, event.callbacks = self, []
        if value is not None:
            event._value = value
        heappush(self._queue, (self.now + delay, NORMAL, next(self._eid), event))
        return event

    def call(self, delay: float, callback: Callable[[Event], None]) -> Timeout:
        """A timeout that calls somebody back: what ``timeout(delay).callbacks.append(callback)`` would do."""
        if delay < 0:
            raise ValueError(f"a delay of {delay} days")
        event = _new_wait(_Wait)
        event.env, event.callbacks = self, [callback]
        heappush(self._queue, (self.now + delay, NORMAL, next(self._eid), event))
        return event

    def call_first(self, callback: Callable[[Event], None]) -> None:
        """Call somebody back before all else that happens now, as a process is started."""
        event = Event(self)
        event.callbacks, event._ok, event._value = [callback], True, None
        self.schedule(event, URGENT)

    def step(self) -> None:
        """Let the next thing happen."""
        self.now = self.peek()
        super().step()

    def run_until(self, end: float) -> None:
        """Let everything happen that happens before ``end``; what a process raises comes out as it is."""
        queue = self._queue
        while queue and queue[0][0] < end:
            self.now, _, _, event = heappop(queue)
            self._now = self.now
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
        self.now = self._now = end
