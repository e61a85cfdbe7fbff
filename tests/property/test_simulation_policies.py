"""Property: a policy that is off, or changes nothing, leaves every record of a random quarter as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Money, Reallocate
from simulation.quarter import replicate
from simulation.records import Records
from tests.property.test_simulation_plans import Company, companies, outcome

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)

LIGHT = {"red": 0.8, "amber": 0.9, "at_least": 1}
LIGHTS = {"lights": {"conversion": LIGHT, "deal_size": LIGHT, "collection": LIGHT, "look_back_weeks": 2}}
REALLOCATION = {"reallocation": {"every_weeks": 1}}
WEIGHTS = {"weight_change": {"gain": {"product": ["P1"]}, "to_share": 0.9, "week": 1}}
TEST = {"strategy_test": {"share": 0.5, "from_week": 1, "weeks": 1, "success_from": -1, "at_least": 1}}
IDLE = {"parameter": "win_rate", "factor": 1.0}
POLICIES = (LIGHTS, REALLOCATION, WEIGHTS, {"strategy_test": TEST["strategy_test"] | {"effects": [IDLE]}})


def steered(company: Company, *policies: dict[str, Any], enabled: bool = True) -> Records:
    """A replication of the company with reviews in all weeks and these policies."""
    figures = company.plan.model_dump()
    weeks = figures["calendar"] | {"review_weeks": range(1, figures["calendar"]["weeks"] + 1)}
    rows = [{"id": f"P{n}", "name": "", "enabled": enabled} | policy for n, policy in enumerate(policies)]
    return outcome(company.with_plan(calendar=weeks, policies=rows))[0]


def bare(company: Company) -> Records:
    """The same replication without any policy."""
    return outcome(company.with_plan(policies=()))[0]


@EXAMPLES
@given(companies())
def test_policies_that_are_off_change_nothing(company: Company) -> None:
    assert steered(company, *POLICIES, enabled=False) == bare(company)


@EXAMPLES
@given(companies())
def test_lights_that_set_nothing_off_change_nothing(company: Company) -> None:
    records = steered(company, LIGHTS)
    assert {row.colour for row in records.lights} <= {"red", "amber", "green"}
    assert replace(records, lights=[]) == bare(company)


@EXAMPLES
@given(companies(), st.data())
def test_a_light_sees_nothing_of_what_is_to_come(company: Company, data: st.DataObject) -> None:
    """Ending the quarter's reviews earlier leaves the earlier lights as they were."""
    figures = company.plan.model_dump()
    last = data.draw(st.integers(1, figures["calendar"]["weeks"]))
    weeks = figures["calendar"] | {"review_weeks": range(1, last + 1)}
    some = outcome(company.with_plan(calendar=weeks, policies=[{"id": "P0", "name": ""} | LIGHTS]))[0].lights
    assert some == [row for row in steered(company, LIGHTS).lights if row.week <= last]


def moving(company: Company, decide: Reallocate) -> tuple[Company, Model]:
    """The company with money that moves every week."""
    made = company.with_plan(policies=[{"id": "M6", "name": ""} | REALLOCATION])
    return made, compile_model(made.plan, made.allocation, made.options, {"M6": decide})


@EXAMPLES
@given(companies())
def test_money_that_stays_where_it_is_changes_nothing(company: Company) -> None:
    _, model = moving(company, lambda spent, left, roi, weeks_left: {})
    assert replicate(model, company.seed, 0) == bare(company)
    # More possible leads are drawn, above all rates that money which stays can have.
    few, many = (draw_future(other, company.seed, 0).leads for other in (company.model, model))
    assert {point.id for point in few} <= {point.id for point in many}


@EXAMPLES
@given(companies(), st.integers(0, 5))
def test_wherever_money_moves_it_is_spent_once_and_no_lead_is_missing(company: Company, turn: int) -> None:
    """All that is left goes to one place after the other; a rate above the bound drawn would be an error."""
    turns = [turn]

    def decide(spent: Money, left: Money, roi: Money, weeks_left: float) -> Money:
        turns[0] += 1
        chosen = sorted(roi)[turns[0] % len(roi)] if roi else None
        return {cell: sum(left[other] for other in roi) * (cell == chosen) for cell in roi}

    made, model = moving(company, decide)
    records = replicate(model, made.seed, 0)
    for day in {move.day for move in records.moves}:
        moves = [move for move in records.moves if move.day == day]
        assert abs(sum(move.after - move.before for move in moves)) < 0.02 + 0.01 * len(company.plan.regions)
    moved = sum(move.after - move.before for move in records.moves)
    unmoved = measure(replace(records, moves=[]), model).before_plans
    assert measure(records, model).before_plans == pytest.approx(unmoved - moved)


@EXAMPLES
@given(companies())
def test_weights_that_wait_for_what_never_strikes_change_nothing(company: Company) -> None:
    never = {"id": "K9", "name": "", "chance_per_quarter": 0}
    waiting = {"weight_change": {"gain": {"product": ["P1"]}, "to_share": 0.9, "strike": "K9"}}
    risks = [*company.plan.model_dump()["risks"], never]
    policies = [{"id": "M3", "name": ""} | waiting]
    assert outcome(company.with_plan(risks=risks, policies=policies))[0] == bare(company)


@EXAMPLES
@given(companies())
def test_weights_move_quotas_and_make_none(company: Company) -> None:
    records = steered(company, WEIGHTS)
    assert [0 <= row.before <= row.after + 1e-9 <= 1 + 2e-9 or row.before > 0.9 for row in records.weights] == [True]
    if records.quota_factors:
        factor = dict(zip((product.id for product in company.plan.products), records.quota_factors, strict=True))
        moved = sum(cell.quota * factor[cell.product] for cell in company.allocation.quotas)
        assert moved == pytest.approx(company.allocation.total_quota)


@EXAMPLES
@given(companies())
def test_a_strategy_that_changes_nothing_changes_nothing_rolled_out_or_not(company: Company) -> None:
    records = steered(company, POLICIES[-1])
    assert replace(records, tests=[]) == bare(company)


@EXAMPLES
@given(companies())
def test_who_is_tried_moves_no_other_draw(company: Company) -> None:
    tested = company.with_plan(policies=[{"id": "M5", "name": ""} | POLICIES[-1]])
    with_groups, without = (draw_future(other.model, company.seed, 0) for other in (tested, company))
    plain = tuple(point._replace(chance=point.chance._replace(group=1.0)) for point in with_groups.leads)
    assert plain == without.leads
    assert with_groups.renewals == without.renewals
