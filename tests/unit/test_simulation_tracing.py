"""Unit: a trace holds what was done, and watching changes nothing."""

from __future__ import annotations

import itertools
import math

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.model import Model
from simulation.options import ForcedStrike, Options
from simulation.quarter import replicate
from simulation.tracing import Trace, trace_replication

ALLOCATION = Allocation(
    "by hand",
    tuple(QuotaCell("S1", region, rep, 300_000) for region, rep in (("north", "R1"), ("north", "R2"), ("south", "R3"))),
    (BudgetCell("south", "salon", 40_000),),
)


def model_of(plan: Plan, forced: tuple[ForcedStrike, ...] = ()) -> Model:
    return compile_model(plan, ALLOCATION, Options.of(plan, plans=["K1-answer", "K5-answer"], forced=forced))


@pytest.fixture
def left(small_plan: Plan) -> Trace:
    """A quarter in which rep R1 gives notice in week 3 and leaves ten working days later."""
    return trace_replication(model_of(small_plan, (ForcedStrike("K5", 3, "R1"),)), 1, 0)


@pytest.mark.parametrize("replication", range(5))
def test_watching_changes_nothing(small_plan: Plan, replication: int) -> None:
    model = model_of(small_plan, (ForcedStrike("K1", 2),))
    assert trace_replication(model, 3, replication).records == replicate(model, 3, replication)


def test_touches_add_up_to_the_hours_of_reps_and_opportunities(left: Trace) -> None:
    by_rep, by_deal = [0.0] * len(left.records.hours), {deal.id: 0.0 for deal in left.records.deals}
    for touch in left.touches:
        by_rep[touch.rep] += touch.hours
        if touch.kind == "opportunity":
            by_deal[touch.subject] += touch.hours
    assert by_rep == pytest.approx(left.records.hours)
    assert by_deal == pytest.approx({deal.id: deal.hours for deal in left.records.deals})


def test_a_rep_does_one_thing_at_a_time_none_before_it_is_due_and_none_while_away(left: Trace) -> None:
    for rep in range(3):
        done = [touch for touch in left.touches if touch.rep == rep]
        assert all(touch.start < touch.end and touch.waited >= 0 for touch in done)
        assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(done))
    assert min(touch.start for touch in left.touches) >= 2  # the closed training takes the first two days
    assert {touch.kind for touch in left.touches} >= {"opportunity", "care", "event"}


def test_steps_tell_an_opportunity_from_its_start_to_its_end(left: Trace) -> None:
    for deal in left.records.deals:
        steps = [step for step in left.steps if step.opportunity == deal.id]
        assert steps[0].what == ("open" if deal.created < 0 else "accepted")
        assert [step.what for step in steps[1:] if step.what in ("won", "lost")] == [deal.outcome][
            : deal.outcome != "open"
        ]
        assert (steps[-1].stage, steps[-1].rep, steps[-1].value) == (deal.stage, deal.rep, deal.value)
        assert [step.day for step in steps] == sorted(step.day for step in steps)


def test_a_leaver_s_opportunities_are_taken_over_and_the_plan_was_used_on_the_leaver(left: Trace) -> None:
    strike = next(row for row in left.records.strikes if row.risk == "K5" and row.subject == "R1")
    assert math.isfinite(strike.event_day)
    assert all(touch.rep != 0 or touch.end < strike.event_day for touch in left.touches)
    taken = [step for step in left.steps if step.what == "taken_over"]
    assert taken
    assert {step.rep for step in taken} <= {1, 2}
    assert left.used_on["K5-answer"] == ("rep:R1",)
    assert {plan: len(ids) for plan, ids in left.used_on.items()} == left.records.uses
