"""Property: the clock lets happen what SimPy's own loop would, in the same order."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy import Environment, Event, Resource

from simulation.clock import Clock

WAITS = st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 7.25]), min_size=1, max_size=6)


def seen(env: Environment, waits: list[list[float]], places: int) -> list[tuple[float, int, str]]:
    """What several processes that share a resource note down."""
    notes: list[tuple[float, int, str]] = []
    shared = Resource(env, places)

    def process(number: int, of: list[float]) -> Generator[Event, Any, None]:
        for wait in of:
            yield env.timeout(wait)
            notes.append((env.now, number, "asks"))
            with shared.request() as turn:
                yield turn
                notes.append((env.now, number, "has"))
                yield env.timeout(wait)
        notes.append((env.now, number, "ends"))

    for number, of in enumerate(waits):
        env.process(process(number, of))
    return notes


@settings(max_examples=60, deadline=None)
@given(waits=st.lists(WAITS, min_size=1, max_size=5), places=st.integers(1, 2))
def test_the_same_happens_at_the_same_time(waits: list[list[float]], places: int) -> None:
    ours, theirs = Clock(), Environment()
    notes = [seen(env, waits, places) for env in (ours.simpy, theirs)]
    ours.run_until(20.0)
    theirs.run(until=20.0)
    assert notes[0] == notes[1]
    assert ours.now == theirs.now == 20.0
    assert notes[0][0][0] < 20.0


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_calls_happen_as_timeouts_with_a_callback_would(data: st.DataObject) -> None:
    """Each call makes the next ones when it happens, as calls on the clock and as timeouts in SimPy's own."""
    days = st.sampled_from([0.0, 0.25, 1.0, 1.75, 2.0, 6.5])
    makes = data.draw(st.lists(st.lists(days, max_size=3), min_size=1, max_size=25))
    ours, theirs = Clock(), Environment()
    notes: tuple[list[tuple[float, int]], ...] = ([], [])

    def happen(number: int, on: Clock | Environment) -> None:
        notes[on is theirs].append((on.now, number))
        for place, delay in enumerate(makes[number] if number < len(makes) else ()):
            then = partial(happen, 3 * number + place + 1, on)
            if isinstance(on, Clock):
                on.call(delay, then)
            else:
                on.timeout(delay).callbacks.append(lambda _, then=then: then())

    happen(0, ours)
    happen(0, theirs)
    ours.run_until(15.5)
    theirs.run(until=15.5)
    assert notes[0] == notes[1]
    with pytest.raises(NotImplementedError, match="run_until"):
        ours.simpy.run(until=20.0)


def test_what_a_process_raises_comes_out() -> None:
    clock = Clock()

    def fails() -> Generator[Event, Any, None]:
        yield clock.timeout(1.0)
        raise ValueError("of the process")

    clock.process(fails())
    with pytest.raises(ValueError, match="of the process"):
        clock.run_until(2.0)
    assert clock.now == 1.0


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match=r"a delay of -1\.5 days"):
        Clock().call(-1.5, list)


def test_calls_stand_between_events_in_the_order_they_were_made() -> None:
    clock, notes = Clock(), list[str]()

    def process() -> Generator[Event, Any, None]:
        notes.append("process")
        yield clock.timeout(1.0)
        notes.append("event")

    clock.process(process())
    clock.call(1.0, lambda: notes.append("call before"))
    clock.call(0.0, lambda: clock.call(1.0, lambda: notes.append("call after")))
    clock.call_first(lambda: notes.append("first"))
    clock.run_until(1.5)
    assert notes == ["process", "first", "call before", "event", "call after"]
