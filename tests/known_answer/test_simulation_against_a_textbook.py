"""Known answer: on the same draws a textbook SimPy model ends every opportunity as ours does, where both can.

The textbook version is another program by another rule of construction: a process per opportunity, a ``Resource`` per
rep. It is also what ``benchmarks/quarter.py`` measures ours against.
"""

from __future__ import annotations

import pytest

from benchmarks.monte_carlo import SAME
from benchmarks.textbook import core_allocation, core_of, difference, run_textbook
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.kpis import measure
from simulation.options import Options
from simulation.quarter import run_quarter
from tests.plans import small_plan


def exponential(plan: Plan) -> Plan:
    process = plan.process.model_copy(update={"touch_spread": "exponential"})
    return plan.model_copy(update={"process": process})


@pytest.mark.parametrize(
    ("plan", "load", "replications"),
    [
        (small_plan(), 1.0, 20),
        (small_plan(), 6.0, 20),
        (exponential(small_plan()), 6.0, 20),
        (load_plan("quarter").plan, 1.5, 2),
        (exponential(load_plan("quarter").plan), 4.0, 1),
    ],
    ids=["small", "small, busy", "small, busy, exponential", "built in", "built in, busy, exponential"],
)
def test_every_opportunity_ends_the_same(plan: Plan, load: float, replications: int) -> None:
    core = core_of(plan, load)
    model = compile_model(core, core_allocation(core), Options.of(core))
    outcomes = set()
    for number in range(replications):
        future = draw_future(model, 7, number)
        ours, textbook = run_quarter(model, future), run_textbook(model, future)
        assert difference(ours, textbook) == ""
        kpis, theirs = measure(ours, model).kpis, measure(textbook, model).kpis
        assert {kpi: kpis[kpi] for kpi in SAME} == pytest.approx({kpi: theirs[kpi] for kpi in SAME})
        outcomes |= {deal.outcome for deal in ours.deals}
        assert ours.payments == ours.renewals == ours.strikes == []
    assert outcomes == {"won", "lost", "open"}


def test_a_difference_is_seen() -> None:
    core = core_of(small_plan(), 6.0)
    model = compile_model(core, core_allocation(core), Options.of(core))
    future = draw_future(model, 7, 0)
    ours, textbook = run_quarter(model, future), run_textbook(model, future)
    later = [deal._replace(ended=deal.ended + 0.01) for deal in textbook.deals]
    textbook.deals = later
    assert "against" in difference(ours, textbook)
    textbook.deals = later[1:]
    assert "opportunities against" in difference(ours, textbook)
