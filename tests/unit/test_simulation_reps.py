"""Unit: who gets a new lead, which task comes first, and how long work takes a rep."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from simulation import native
from simulation.board import ActiveEffect
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.options import Options
from simulation.quarter import Quarter
from simulation.reps import Rep
from simulation.tasks import Errand
from tests.plans import small_plan

NORTH, SOUTH = 0, 1
R1, R2, R3 = 0, 1, 2
QUOTAS = (
    QuotaCell("S1", "north", "R1", 100_000.0),
    QuotaCell("S1", "north", "R2", 50_000.0),
    QuotaCell("L1", "south", "R3", 50_000.0),
)

pytestmark = pytest.mark.skipif(native.in_use() is not None, reason="no compiled class allows tasks of a test's own")


def quarter_of(quotas: tuple[QuotaCell, ...] = QUOTAS, budget: tuple[BudgetCell, ...] = (), **sections: Any) -> Quarter:
    """A quarter with nothing to do but what a test adds; all rows that bring work are left out."""
    nothing = {"accounts": (), "opportunities": (), "receivables": (), "risks": (), "contingency_plans": ()}
    nothing |= {"uncertainty": (), "baseline_leads": (), "cross_selling": None}
    plan = Plan.model_validate(small_plan().model_dump() | nothing | sections)
    model = compile_model(plan, Allocation("by hand", quotas, budget), Options.of(plan))
    return Quarter(model, replace(draw_future(model, 1, 0), leads=()))


def test_a_lead_goes_to_the_largest_unmet_share_of_quota() -> None:
    quarter = quarter_of()
    assert quarter.rep_for_lead(NORTH, R2) == R2  # the lead is R2's own
    assert quarter.rep_for_lead(NORTH) == R1  # nobody has anything: by id
    quarter.signed(R1, 1, NORTH, 10_000.0)
    assert quarter.rep_for_lead(NORTH) == R2  # 90% unmet against 100%
    quarter.signed(R2, 1, NORTH, 5_000.0)
    assert quarter.rep_for_lead(NORTH) == R1  # 90% against 90%: by id
    quarter.reps[R1].weighted += 1.0
    assert quarter.rep_for_lead(NORTH) == R2  # pipeline counts at what can be expected of it
    assert quarter.rep_for_lead(SOUTH) == R3  # R2 has 90%, R3 100%


def test_a_lead_goes_to_nobody_who_left_or_has_no_quota_while_others_can_take_it() -> None:
    quarter = quarter_of((QUOTAS[0],))
    assert quarter.rep_for_lead(SOUTH) == R2  # neither R2 nor R3 has a quota: by id
    quarter.signed(R1, 1, NORTH, 150_000.0)
    assert quarter.rep_for_lead(NORTH) == R1  # R2 has none, and R1 not twice as much as asked
    quarter.reps[R1].leave()
    assert quarter.rep_for_lead(NORTH) == R2
    quarter.reps[R2].leave()
    assert quarter.rep_for_lead(NORTH) == R3  # nobody who covers it is left
    quarter.reps[R3].leave()
    assert quarter.rep_for_lead(NORTH) == R1  # nobody at all is left


class Task(Errand):
    """An errand of a cell, as an opportunity's touch is."""

    def __init__(self, id: str, due: float = 1.0, priority: int = 2, cadence: float = 5.0, cell: float = 1.0) -> None:
        super().__init__(id, due, 1.0, priority, cadence)
        self.attained = cell
        self.kind = (priority, cadence + int(cell * 100))

    def belong(self, quarter: Quarter) -> None:
        """Be of a cell with the attainment wanted."""
        self.cell = len(quarter.attainment)
        quarter.attainment.append(self.attained)


def order(now: float, *tasks: Task) -> list[str]:
    """Ids in the order in which a rep would do the tasks."""
    quarter = quarter_of()
    quarter.env.run_until(now)
    rep = quarter.reps[R1]
    for task in tasks:
        task.belong(quarter)
        rep.add(task)
    found = []
    while (task := rep._best_due()) is not None:
        found.append(task.id)
    return found


def test_customer_tier_comes_first_then_the_cell_then_the_due_day_then_the_id() -> None:
    tasks = [
        Task("tier", due=1.9, priority=1, cell=2.0),
        Task("cell", due=1.9, cell=0.2),
        Task("due", due=1.0, cell=0.5),
        Task("a", due=1.5, cell=0.5),
        Task("b", due=1.5, cell=0.5),
        Task("last", due=0.5, priority=3, cell=0.0),
        Task("not yet", due=2.5, priority=1),
    ]
    wanted = ["tier", "cell", "due", "a", "b", "last"]
    assert order(2.0, *tasks) == wanted
    assert order(2.0, *reversed(tasks)) == wanted


def test_a_task_overdue_by_more_than_two_cadences_moves_up_one_tier() -> None:
    promoted, in_time = Task("promoted", due=1.0, priority=2, cadence=2.0), Task("in time", due=2.0, priority=1)
    assert order(5.0, promoted, in_time) == ["in time", "promoted"]  # two cadences to the day
    assert order(5.01, promoted, in_time) == ["promoted", "in time"]  # of one tier now, and due before
    third = Task("third", due=1.0, priority=3, cadence=0.1)
    assert order(5.01, third, in_time) == ["in time", "third"]  # one tier, not two


def test_nothing_is_due_before_its_day() -> None:
    assert order(2.0, Task("later", due=2.1)) == []


class Noted(Errand):
    """An errand that notes the day on which it is done."""

    day = math.inf

    def done(self, quarter: Quarter, hours: float) -> bool:
        self.day = quarter.env.now
        return False


def finished(hours_per_week: float, start: float, hours: float, *blocks: tuple[int, int]) -> float:
    """Day on which a rep has done the work; blocks as (week, days). Infinite when not in the quarter."""
    away = [{"id": f"b{n}", "name": "", "from_week": w, "days": d} for n, (w, d) in enumerate(blocks)]
    reps = [{"id": "R1", "name": "", "tier": "top", "regions": ["north"], "hours_per_week": hours_per_week}]
    quarter = quarter_of((), calendar=small_plan().calendar.model_dump() | {"blocks": away}, reps=reps)
    work = Noted("work", start, hours, 1, 5.0)
    quarter.reps[R1].add(work)
    quarter.env.run_until(quarter.model.horizon)
    return work.day


@pytest.mark.parametrize(
    ("start", "hours", "blocks", "day"),
    [
        (1.0, 4.0, (), 2.0),
        (1.0, 10.0, (), 3.5),
        (1.0, 4.0, ((2, 2),), 2.0),
        (3.0, 8.0, ((2, 2),), 5.0),  # done when the block begins
        (4.5, 4.0, ((2, 2),), 7.5),  # half a day before the block of days 5 and 6, half a day after
        (5.5, 4.0, ((2, 2),), 8.0),  # begun inside it
        (4.0, 48.0, ((2, 2), (3, 1)), 4 + 12 + 3),
        (4.0, 8.0, ((2, 5), (3, 1)), 4 + 2 + 6),  # two blocks without a day between
        (4.0, 8.0, ((2, 3), (2, 1)), 4 + 2 + 3),  # one inside the other
    ],
)
def test_work_goes_on_after_a_block(
    start: float, hours: float, blocks: tuple[tuple[int, int], ...], day: float
) -> None:
    assert finished(20, start, hours, *blocks) == pytest.approx(day)


def test_without_hours_no_work_is_ever_done() -> None:
    assert finished(0, 1.0, 1.0) == math.inf
    assert finished(1e-9, 1.0, 1.0) == math.inf


def test_a_rep_without_hours_works_when_there_are_some_and_never_before() -> None:
    more = {"parameter": "rep_hours", "shift": 20, "from_week": 3, "to_week": 3}
    reps = [{"id": "R1", "name": "", "tier": "top", "regions": ["north"], "hours_per_week": 0}]
    quarter = quarter_of((), reps=reps, measures=[{"id": "M", "name": "", "effects": [more]}])
    for number in range(10):
        quarter.reps[R1].add(Errand(f"work{number}", 0.0, 4.0, 1, 5.0))
    quarter.env.run_until(10)
    assert quarter.reps[R1].hours == 0
    quarter.run()
    # Five days of four hours in week 3; looking once a day, the rep is at it from the day's first moment.
    assert quarter.reps[R1].hours == pytest.approx(5 * 4)


@pytest.mark.parametrize("due", [0.0, 3.0, 7.25])
def test_a_sleeping_rep_wakes_for_what_is_due(due: float) -> None:
    quarter = quarter_of((), calendar=small_plan().calendar.model_dump() | {"blocks": ()})
    rep = quarter.reps[R1]
    for day in (50.0, 20.0, due):  # each is due before what the rep is waiting for
        rep.add(Errand(f"on {day}", day, 4.8, 1, 5.0))
    quarter.env.run_until(due + 0.999)
    assert rep.hours == 0
    quarter.env.run_until(due + 1.001)
    assert rep.hours == 4.8
    quarter.run()
    assert rep.hours == pytest.approx(3 * 4.8)


def test_a_rep_who_left_does_nothing_with_what_still_comes() -> None:
    quarter = quarter_of(())
    rep: Rep = quarter.reps[R1]
    rep.add(Errand("in hand", 3.0, 24.0, 1, 5.0))
    rep.add(Errand("later", 20.0, 1.0, 1, 5.0))
    quarter.env.run_until(4)
    rep.leave()
    rep.add(Errand("new", 4.0, 1.0, 1, 5.0))
    quarter.run()
    assert rep.hours == 0
    assert [task.id for task in rep.hand_over()] == ["in hand", "new", "later"]
    assert rep.hand_over() == []


def test_where_nothing_is_asked_nothing_comes_before_what_is() -> None:
    """A cell without a quota ranks as one that is exactly on quota; when it has signed, behind all."""
    quarter = quarter_of()
    assert quarter.attainment[:-1] == [1.0, 0.0, 0.0, 1.0]  # L1 has a quota in the south, S1 in the north
    quarter.signed(R1, 1, NORTH, 75_000.0)
    quarter.signed(R1, 0, NORTH, 1.0)
    assert quarter.attainment == [float("inf"), 0.0, 0.5, 1.0, 1.0]  # the last for what is of no cell


@pytest.mark.parametrize(
    ("aim", "fewer"),
    [(("rep", "R1"), {R1}), (("region", "south"), {R2, R3}), (("account", "C1"), set()), (None, {R1, R2, R3})],
)
def test_hours_there_are_those_of_the_days_before_and_after_an_effect(
    aim: tuple[str, str] | None, fewer: set[int]
) -> None:
    """From day 20 on half the hours of whom it is aimed at: R1 covers the north, R3 the south, R2 both."""
    quarter = quarter_of((), calendar=small_plan().calendar.model_dump() | {"blocks": ()})
    quarter.at(20.0, lambda: quarter.board.switch_on(ActiveEffect("rep_hours", factor=0.5, aim=aim)))
    there = quarter.run().hours_there
    horizon = quarter.model.horizon
    for rep, hours in enumerate(there):
        days = 20.0 + (horizon - 20.0) * (0.5 if rep in fewer else 1.0)
        assert hours == pytest.approx(quarter.model.hours_per_day[rep] * days)
