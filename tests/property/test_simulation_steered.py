"""Property: all that a quarter conserves it conserves while every policy steers it, and nobody works two hours at once.

The invariants are those of test_simulation_conservation.py, on the same random companies with lights that set shared
plans off (E3), money that moves every week (M6), weights that change (M3) and a strategy that is rolled out (M5).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Money, Options
from simulation.quarter import replicate
from simulation.tracing import Trace, trace_replication
from tests.property import test_simulation_conservation as conservation
from tests.property.test_simulation_plans import Company, changed, companies, outcome
from tests.property.test_simulation_policies import LIGHT, REALLOCATION

EXAMPLES = settings(max_examples=25, deadline=None, derandomize=True)
SLACK = 1e-6
INVARIANTS: tuple[Callable[..., None], ...] = (
    conservation.test_every_opportunity_ends_once,
    conservation.test_money_due_is_received_outstanding_or_bad,
    conservation.test_every_sum_of_money_is_the_same_money,
    conservation.test_nobody_works_more_hours_than_there_are,
    conservation.test_nothing_happens_outside_the_quarter,
    conservation.test_who_left_owns_nothing_after_the_hand_over,
    conservation.test_a_lost_account_signs_nothing_more,
)


def half_to_the_last(spent: Money, left: Money, roi: Money, weeks_left: float) -> Money:
    """Half of what is left of the first place goes to the last one."""
    if len(roi) < 2:
        return {}
    first, last = min(roi), max(roi)
    return {first: left[first] / 2, last: left[last] + left[first] / 2}


@dataclass(frozen=True)
class Steered(Company):
    """A company in which money moves."""

    @property
    def model(self) -> Model:
        return compile_model(self.plan, self.allocation, self.options, {"M6": half_to_the_last})


@st.composite
def steered(draw: st.DrawFn) -> Steered:
    """A random company that all policies steer, with a place in a shared team that two plans wait for."""
    company = draw(companies())
    figures = company.plan.model_dump()
    weeks = figures["calendar"]["weeks"]
    lights = {"conversion": LIGHT, "deal_size": LIGHT, "collection": LIGHT, "weeks": list(range(1, weeks + 1))}
    effect = {"parameter": "win_rate", "factor": 1.2}
    test = {"share": 0.5, "from_week": 1, "weeks": 1, "success_from": -1, "at_least": 1, "effects": [effect]}
    weights = {"gain": {"product": ["P1"]}, "to_share": draw(st.sampled_from((0.2, 0.9))), "week": min(2, weeks)}
    policies = [
        {"id": "E3", "name": "", "lights": lights},
        {"id": "M3", "name": "", "weight_change": weights},
        {"id": "M5", "name": "", "strategy_test": test},
        {"id": "M6", "name": "", **REALLOCATION},
    ]
    waiting = {"name": "", "resource": "team", "effects": [effect | {"duration_weeks": 1}], "cost_per_use": 3}
    plans = [
        waiting | {"id": "W1", "trigger": {"light": "conversion"}, "activation_cost": 20},
        waiting | {"id": "W2", "trigger": {"light": "conversion", "each_region": True}, "retainer": 50},
    ]
    plan = changed(
        company.plan,
        policies=[*figures["policies"], *policies],
        resources=[{"id": "team", "name": "", "per_week": 1}],
        contingency_plans=[*figures["contingency_plans"], *plans],
    )
    options = Options.of(plan, plans=company.options.plans | {"W1", "W2"}, forced=company.options.forced)
    return Steered(plan, company.allocation, options, company.seed)


@EXAMPLES
@given(steered())
def test_all_is_conserved_while_policies_steer(company: Steered) -> None:
    for invariant in INVARIANTS:
        invariant.hypothesis.inner_test(company)  # type: ignore[attr-defined]


@EXAMPLES
@given(steered())
def test_money_is_spent_once(company: Steered) -> None:
    """What is moved is neither made nor lost, and a pool's spend is what the allocation gave it."""
    records, measured = outcome(company)
    given_out = sum(cell.amount for cell in company.allocation.budget)
    moved = sum(move.after - move.before for move in records.moves)
    assert abs(moved) <= 0.02 * (1 + len(records.moves))
    still = measure(replace(records, moves=[]), company.model)
    assert abs(still.before_plans - measured.before_plans - moved) < SLACK
    for day in {move.day for move in records.moves}:
        assert sum(move.before for move in records.moves if move.day == day) <= given_out + SLACK


@EXAMPLES
@given(steered())
def test_a_shared_team_does_no_more_than_its_week_holds(company: Steered) -> None:
    """One use in any five days, of both plans together."""
    records, _ = outcome(company)
    began = sorted(a.day for a in records.activations if a.plan in ("W1", "W2") and a.day < math.inf)
    assert all(later - first >= 5 - SLACK for first, later in pairwise(began))


@EXAMPLES
@given(st.one_of(companies(), steered()))
def test_nobody_does_two_things_at_once_or_works_after_leaving(company: Company) -> None:
    """Touch by touch: one after the other, each in the hours of its days, none after the rep or the quarter is over."""
    model = company.model
    trace = trace_replication(model, company.seed, 0)
    gone = conservation.left_on(trace.records, company.plan)
    for number, rep in enumerate(company.plan.reps):
        assert_one_at_a_time(model, trace, number, min(gone.get(rep.id, math.inf), model.horizon))
    assert all(0 <= step.day < model.horizon for step in trace.steps)


def assert_one_at_a_time(model: Model, trace: Trace, number: int, until: float) -> None:
    touches = sorted((touch for touch in trace.touches if touch.rep == number), key=lambda touch: touch.end)
    free = 0.0
    for touch in touches:
        assert free - SLACK <= touch.start <= touch.end <= until + SLACK
        free = touch.end
        away = [(max(start, touch.start), min(end, touch.end)) for start, end in model.blocks[number]]
        days = touch.end - touch.start - sum(end - start for start, end in away if start < end)
        # Effects of these plans give nobody more hours than the plan does.
        assert touch.hours <= days * model.hours_per_day[number] + SLACK


@EXAMPLES
@given(companies(), st.sampled_from(("conversion", "deal_size", "collection", "rep_conversion")))
def test_a_plan_that_waits_for_a_light_that_nobody_gives_costs_its_retainer_alone(company: Company, light: str) -> None:
    figures = company.plan.model_dump()
    unlit = [policy for policy in figures["policies"] if policy["lights"] is None]
    effects = [{"parameter": "win_rate", "factor": 3}, {"parameter": "lead_rate", "factor": 3}]
    idle = {"id": "V", "name": "", "trigger": {"light": light}, "effects": effects, "retainer": 512}
    idle |= {"activation_cost": 99, "cost_per_use": 9}
    plan = changed(company.plan, policies=unlit)
    held = changed(plan, contingency_plans=[*figures["contingency_plans"], idle])
    options = Options.of(held, plans=company.options.plans | {"V"}, forced=company.options.forced)
    without, measured = outcome(replace(company, plan=plan))
    with_it, measured_with = outcome(replace(company, plan=held, options=options))
    assert with_it == without
    assert measured_with.kpis["plan_cost"] == measured.kpis["plan_cost"] + 512


@EXAMPLES
@given(steered(), st.sampled_from(("A", "ZZ")))
def test_a_new_account_or_rep_moves_no_group_and_no_exam(company: Steered, prefix: str) -> None:
    """Draws of strategy tests, exams and leads while all policies are on, by what they are known by."""
    figures = company.plan.model_dump()
    rep = figures["reps"][0] | {"id": f"{prefix}0", "regions": figures["reps"][-1]["regions"]}
    account = {"id": f"{prefix}1", "name": "", "customer_tier": "A", "region": rep["regions"][0], "rep": rep["id"]}
    joined = company.with_plan(reps=[*figures["reps"], rep], accounts=[*figures["accounts"], account])
    before, after = (drawn_by_id(other) for other in (company, joined))
    assert before == {key: after[key] for key in before}
    assert all(prefix in key for key in after.keys() - before.keys())


def drawn_by_id(company: Company) -> dict[str, Any]:
    model = company.model
    future = draw_future(model, company.seed, 2)
    drawn: dict[str, Any] = {f"lead {p.id}": p._replace(source=0) for p in future.leads}
    drawn |= {f"group {a}": u for a, u in zip(model.accounts, future.account_groups, strict=True)}
    for measure_id, first in model.exam_rows.items():
        rows = future.exams[first : first + len(model.reps)]
        drawn |= {f"exam {measure_id} {rep}": row for rep, row in zip(model.reps, rows, strict=True)}
    return drawn


@EXAMPLES
@given(steered(), st.integers(0, 20))
def test_a_steered_replication_is_a_function_of_its_number(company: Steered, number: int) -> None:
    once = replicate(company.model, company.seed, number)
    assert replicate(company.model, company.seed, number) == once
