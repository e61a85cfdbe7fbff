"""Property: whatever goes on and off, a parameter is what the effects that reach a thing make of it one by one."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.effects import in_scope
from simulation.board import ActiveEffect, Board, Keys

THINGS: list[dict[str, str | tuple[str, ...]]] = [
    {"rep": "R1", "region": ("north", "south"), "product": "S1"},
    {"rep": "R1", "region": "north", "product": "S2", "account": "C1"},
    {"rep": "R2", "region": "south", "product": "S1", "account": "C2"},
    {"region": "south"},
]
AIMS = st.sampled_from([None, ("rep", "R1"), ("rep", "R2"), ("account", "C1"), ("region", "south"), ("", "")])
PICKS = st.sampled_from([(), (("product", ("S1",)),), (("region", ("north",)),), (("product", ("S1", "S2")),)])
EFFECTS = st.builds(
    ActiveEffect,
    st.just("cycle_time"),
    shift=st.sampled_from([0.0, 1.0, 2.0]),
    factor=st.sampled_from([0.5, 1.0, 2.0]),
    picks=PICKS,
    aim=AIMS,
    plan=st.sampled_from([None, "X", "Y"]),
)


def reaches(active: ActiveEffect, thing: dict[str, Any]) -> bool:
    """Worked out from nothing but the effect and the thing."""
    if active.aim is None:
        return in_scope(active.picks, thing)
    kind, id = active.aim
    subject = thing.get(kind, ())
    hit = subject == id if isinstance(subject, str) else id in subject
    return hit and in_scope(active.picks, thing)


@settings(max_examples=150, deadline=None)
@given(effects=st.lists(EFFECTS, max_size=8), turns=st.lists(st.integers(0, 7), max_size=24))
def test_what_is_read_follows_every_change(effects: list[ActiveEffect], turns: list[int]) -> None:
    """Everything is read after every change, so that whatever was remembered too long would show."""
    board, on = Board(), list[ActiveEffect]()
    keys = [Keys(thing) for thing in THINGS]
    for turn in turns:
        if turn >= len(effects):
            continue
        active = effects[turn]
        if active in on:
            on.remove(active)
            board.switch_off(active)
        else:
            on.append(active)
            board.switch_on(active)
        board.uses.clear()
        used: dict[str, set[str]] = {}
        for number, thing in enumerate(THINGS):
            there = [entry for entry in on if reaches(entry, thing)]
            expected = (10.0 + math.fsum(entry.shift for entry in there)) * math.prod(entry.factor for entry in there)
            assert board.value("cycle_time", 10.0, keys[number], f"thing {number}") == expected
            for entry in there:
                if entry.plan is not None:
                    used.setdefault(entry.plan, set()).add(f"thing {number}")
        assert board.uses == used
    for active in on:
        board.switch_off(active)
    assert board.acting == {}
