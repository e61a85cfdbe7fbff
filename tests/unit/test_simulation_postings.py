"""Unit: reps who move at the end of the month take the leads of the region they come to (M6)."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.options import Options
from simulation.quarter import Quarter
from simulation.records import PostingRow
from tests.unit.test_simulation_reviews import plan_of

NORTH, SOUTH = 0, 1
TEAM = (("N1", ["north"]), ("N2", ["north"]), ("S1", ["south"]), ("S2", ["south"]), ("S3", ["south"]))
QUOTAS = Allocation("by hand", tuple(QuotaCell("P", regions[0], rep, 1_000.0) for rep, regions in TEAM))
"""Six weeks from 5 January: the month ends with day 19, so that people move on day 20."""


def plan(reps_moved: int = 1, team: tuple[tuple[str, list[str]], ...] = TEAM) -> Plan:
    figures = plan_of({}).model_dump()
    stage = {"id": "deal", "name": "Deal", "conversion": 0.5, "cycle_share": 1, "touches": 1, "touch_hours": 2}
    reps = [{"id": id, "name": "", "tier": "core", "regions": list(r), "hours_per_week": 40} for id, r in team]
    policy = {"id": "M6", "name": "", "reallocation": {"reps_moved": reps_moved}}
    process = figures["process"] | {"stages": [stage]}
    return Plan.model_validate(figures | {"process": process, "reps": reps, "policies": [policy]})


def lead(day: float, region: int, draw: float = 0.1, value: float = 100.0) -> LeadPoint:
    return LeadPoint(day, region, 0.0, f"{day}-{region}", 0, 0, value, DealChance(0.0, (draw,), (0.9, 0.5, 0.9)))


def quarter_after(leads: list[LeadPoint], **changes: Any) -> Quarter:
    model = compile_model(plan(**changes), QUOTAS, Options.of(plan(**changes)), {"M6": lambda *_: {}})
    quarter = Quarter(model, Future(0, (), (), tuple(sorted(leads, key=lambda point: point.day))))
    quarter.run()
    return quarter


BETTER_IN_THE_NORTH = [lead(2, NORTH), lead(3, SOUTH, draw=0.9), lead(4, SOUTH)]
"""Two hours each: the north signed 100 in 2 hours, the south 100 in 4."""


def test_a_rep_moves_to_where_an_hour_returned_more() -> None:
    quarter = quarter_after([*BETTER_IN_THE_NORTH, *(lead(21 + n, NORTH) for n in range(5))])
    assert quarter.records.postings == [PostingRow(20.0, 2, "south", "north")]
    assert quarter.coverage == [[0, 1, 2], [3, 4]]
    assert {deal.rep for deal in quarter.deals if deal.created > 20} == {0, 1, 2}


def test_the_last_one_stays_and_nobody_is_moved_twice_to_one_place() -> None:
    quarter = quarter_after(BETTER_IN_THE_NORTH, reps_moved=9)
    assert [posting.rep for posting in quarter.records.postings] == [2, 3]
    assert quarter.coverage == [[0, 1, 2, 3], [4]]
    everywhere = tuple((id, ["north", "south"]) for id, _ in TEAM)
    assert quarter_after(BETTER_IN_THE_NORTH, team=everywhere).records.postings == []


@pytest.mark.parametrize("leads", [[], [lead(2, NORTH)], [lead(2, NORTH), lead(3, SOUTH)]], ids=["none", "one", "even"])
def test_without_a_difference_nobody_moves(leads: list[LeadPoint]) -> None:
    assert quarter_after(leads).records.postings == []


def test_open_work_stays_with_who_moved() -> None:
    slow = DealChance(30.0, (0.1,), (0.9, 0.5, 0.9))
    open_work = [LeadPoint(19.9 + v / 1e6, SOUTH, 0.0, f"{v}", 0, 0, v, slow) for v in (100.0, 900.0)]
    quarter = quarter_after([*BETTER_IN_THE_NORTH, *open_work], reps_moved=2)
    assert {deal.id: deal.rep for deal in quarter.deals if deal.outcome == "open"} == {"100.0": 3, "900.0": 4}
    assert [posting.rep for posting in quarter.records.postings] == [2, 3], "the least busy first"
