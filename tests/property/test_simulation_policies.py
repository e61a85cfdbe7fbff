"""Property: a policy that is off, or changes nothing, leaves every record of a random quarter as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.records import Records
from tests.property.test_simulation_plans import Company, companies, outcome

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)

LIGHT = {"red": 0.8, "amber": 0.9, "at_least": 1}
LIGHTS = {"lights": {"conversion": LIGHT, "deal_size": LIGHT, "collection": LIGHT, "look_back_weeks": 2}}
POLICIES = (LIGHTS,)


def steered(company: Company, *policies: dict[str, Any], enabled: bool = True) -> Records:
    """A replication of the company with reviews in all weeks and these policies."""
    figures = company.plan.model_dump()
    weeks = figures["calendar"] | {"review_weeks": range(1, figures["calendar"]["weeks"] + 1)}
    rows = [{"id": f"P{n}", "name": "", "enabled": enabled} | policy for n, policy in enumerate(policies)]
    return outcome(company.with_plan(calendar=weeks, policies=rows))[0]


@EXAMPLES
@given(companies())
def test_policies_that_are_off_change_nothing(company: Company) -> None:
    assert steered(company, *POLICIES, enabled=False) == outcome(company)[0]


@EXAMPLES
@given(companies())
def test_lights_that_set_nothing_off_change_nothing(company: Company) -> None:
    records = steered(company, LIGHTS)
    assert {row.colour for row in records.lights} <= {"red", "amber", "green"}
    assert replace(records, lights=[]) == outcome(company)[0]


@EXAMPLES
@given(companies(), st.data())
def test_a_light_sees_nothing_of_what_is_to_come(company: Company, data: st.DataObject) -> None:
    """Ending the quarter's reviews earlier leaves the earlier lights as they were."""
    figures = company.plan.model_dump()
    last = data.draw(st.integers(1, figures["calendar"]["weeks"]))
    weeks = figures["calendar"] | {"review_weeks": range(1, last + 1)}
    some = outcome(company.with_plan(calendar=weeks, policies=[{"id": "P0", "name": ""} | LIGHTS]))[0].lights
    assert some == [row for row in steered(company, LIGHTS).lights if row.week <= last]
