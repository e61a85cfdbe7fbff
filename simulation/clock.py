"""The clock: SimPy's processes and events, among which most of what happens is a plain call.

SimPy makes an event for everything that is to happen: an object with a list of who is called back. A quarter has
thousands of things that happen, and hardly any that somebody else waits for. So a call can stand in one queue
with SimPy's events; what happens, and in which order, is SimPy's own, which a test holds side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from itertools import chain
from typing import Any, Final, TypeAlias

from simpy import Environment, Event
from simpy.events import NORMAL, URGENT, EventPriority

__all__ = ["Action", "Clock", "Processes"]

Action: TypeAlias = Callable[[], None]
"""What is done when its time has come."""


_Entry: TypeAlias = tuple[Any, ...]
"""When, with which priority, after how many others, and what.

Compiled, a tuple of known length would be taken apart whenever it is read and made anew whenever two are compared.
"""


_SLICE_DAYS: Final = 0.25
_NORMAL: Final = 1
"""SimPy's ``NORMAL``, which compiled code would look up at every call."""


class Clock:
    """Runs from its start to one end.

    What is to happen in later slices of time waits by slice, unsorted, and is put in order once its slice has come: a
    calendar queue (R. Brown, Communications of the ACM 31, 1988).
    """

    def __init__(self) -> None:
        self.now = 0.0
        """Working days since the quarter began."""
        self.simpy = Processes(self)
        """What SimPy's own events, processes and resources take for their environment."""
        self._made = 0
        """How much was put into the queue so far: what is due at one moment happens in that order."""
        self._slice_ends = _SLICE_DAYS
        self._planned: list[_Entry] = []
        """What was known of the slice when it began, the next at the end."""
        self._agenda: list[_Entry] = []
        """What came up during the slice and happens in it, a heap."""
        self._later: dict[int, list[_Entry]] = {}
        """Number of the slice → what is to happen in it."""

    def call(self, delay: float, action: Action) -> None:
        """Do something in ``delay`` working days: what ``timeout(delay)`` with that callback would do."""
        if delay < 0:
            raise ValueError(f"a delay of {delay} days")
        self.put(self.now + delay, _NORMAL, action)

    def call_first(self, action: Action) -> None:
        """Do something before all else that happens now, as a process is started."""
        self.put(self.now, URGENT, action)

    def process(self, generator: Generator[Event, Any, Any]) -> None:
        """Start a process: it waits for every event that it yields."""
        self.simpy.process(generator)

    def timeout(self, delay: float) -> Event:
        """An event in ``delay`` working days, for a process to wait for."""
        return self.simpy.timeout(delay)

    def put(self, when: float, priority: int, what: Action) -> None:
        """Let something happen on a day, of several at one moment those of less priority first."""
        self._made += 1
        entry = (when, priority, self._made, what)
        if when < self._slice_ends:
            heappush(self._agenda, entry)
        else:
            number = int(when / _SLICE_DAYS)
            entries = self._later.get(number)
            if entries is None:
                self._later[number] = [entry]
            else:
                entries.append(entry)

    def run_until(self, end: float) -> None:
        """Let everything happen that happens before ``end``; what a process raises comes out as it is."""
        while self._slice_ends < end:
            self._happen_before(self._slice_ends)
            number = round(self._slice_ends / _SLICE_DAYS)
            self._slice_ends = (number + 1) * _SLICE_DAYS
            self._planned = sorted(self._later.pop(number, ()), reverse=True)
        self._happen_before(end)
        self.now = end

    def _happen_before(self, end: float) -> None:
        agenda, planned = self._agenda, self._planned
        while planned or agenda:
            is_planned = bool(planned) and (not agenda or planned[-1] < agenda[0])
            entry = planned[-1] if is_planned else agenda[0]
            when: float = entry[0]
            if when >= end:
                return
            if is_planned:
                planned.pop()
            else:
                heappop(agenda)
            self.now = when
            entry[3]()

    def dissolve(self) -> None:
        """Let go of all that was still to happen: a process and the event it waits for hold each other."""
        for _, _, _, due in chain(self._agenda, self._planned, *self._later.values()):
            if isinstance(due, _Occurrence):
                due.event.callbacks = []
        self._agenda.clear()
        self._planned.clear()
        self._later.clear()
        vars(self.simpy).clear()  # the clock, and SimPy's shorthands for its own classes, bound to this environment


class _Occurrence:
    """An event of SimPy happens: who waits for it goes on. What SimPy's own loop does with one."""

    __slots__ = ("event",)

    def __init__(self, event: Event) -> None:
        self.event = event

    def __call__(self) -> None:
        event = self.event
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
        if not event._ok and not hasattr(event, "_defused"):
            raise event._value


class Processes(Environment):
    """SimPy's environment, whose events stand in the queue of a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    @property
    def now(self) -> float:
        """Working days since the quarter began."""
        return self._clock.now

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0.0) -> None:
        """Let an event happen in ``delay`` working days; SimPy's own events and processes call this."""
        self._clock.put(self._clock.now + delay, priority, _Occurrence(event))

    def step(self) -> None:
        """Not by steps: SimPy's own loop knows nothing of what the clock holds."""
        raise NotImplementedError("a clock runs by run_until")
