"""Unit: renewals are approached 30 days ahead, from a week on, and renew less where nobody came in time (E4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.expectations import expected_renewal_rate
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.options import Options
from simulation.quarter import Quarter
from tests.plans import small_plan

PLAN = small_plan()
LATE = [{"id": "M", "name": "", "effects": [{"parameter": "renewals_from_week", "shift": -3}]}]


def quarter_of(hours_per_week: float = 24, draw: float = 0.5, **sections: Any) -> Quarter:
    """C1 (A, 0.9, 10 February: day 26) and C2 (C, 0.7, 2 March: day 38) come up; nothing else is to be done."""
    process = PLAN.process.model_dump() | {"late_renewal_factor": 0.5} | sections.pop("process", {})
    idle: dict[str, Any] = {"baseline_leads": (), "cross_selling": None, "uncertainty": (), "risks": ()}
    idle |= {"opportunities": (), "receivables": (), "contingency_plans": (), "measures": ()}
    tiers = [{**tier.model_dump(), "care_hours_per_touch": 0} for tier in PLAN.customer_tiers]
    reps = [{**rep.model_dump(), "hours_per_week": hours_per_week} for rep in PLAN.reps]
    rows = {"process": process, "customer_tiers": tiers, "reps": reps}
    plan = Plan.model_validate(PLAN.model_dump() | idle | rows | sections)
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    return Quarter(model, replace(draw_future(model, 1, 0), renewals=(draw,) * 4))


def contacted(quarter: Quarter, day: float) -> list[bool]:
    quarter.env.run_until(day)
    return [account.contacted for account in quarter.accounts[:2]]


def outcomes(quarter: Quarter) -> list[tuple[float, str]]:
    return [(renewal.day, renewal.outcome) for renewal in quarter.run().renewals]


def test_work_starts_thirty_days_ahead_and_the_outcome_falls_on_the_day() -> None:
    quarter = quarter_of(process={"renewal_hours": 4.8})  # a day's work
    start = 26 - 30 * 5 / 7
    assert contacted(quarter, start + 0.99) == [False, False]
    assert contacted(quarter, start + 1.01) == [True, False]
    assert contacted(quarter, 38 - 30 * 5 / 7 + 1.01) == [True, True]
    assert outcomes(quarter) == [(26, "renewed"), (38, "renewed")]


def test_nobody_comes_before_the_week_in_which_renewals_are_approached() -> None:
    """Week 7 begins on day 30: too late for day 26, in time for day 38, also where the work takes no hours."""
    for hours in (0, 1):
        quarter = quarter_of(process={"renewals_from_week": 7, "renewal_hours": hours})
        assert contacted(quarter, 26) == [False, False]
        assert contacted(quarter, 29.9) == [hours > 0, False]  # the work on the first is done after its date
        assert contacted(quarter, 30.3) == [hours > 0, True]
        assert outcomes(quarter) == [(26, "not renewed"), (38, "renewed")]  # 0.5 is above 0.45 and below 0.7


def test_an_effect_begins_the_weeks_of_renewals_earlier() -> None:
    assert outcomes(quarter_of(process={"renewals_from_week": 7}, measures=LATE)) == [(26, "renewed"), (38, "renewed")]
    dated = {"id": "X", "name": "", "trigger": {"week": 5}, "chosen": True, "effects": LATE[0]["effects"]}
    quarter = quarter_of(process={"renewals_from_week": 7}, contingency_plans=[dated])
    assert contacted(quarter, 19.9) == [False, False]  # week 5 begins on day 20, and its weeks from 4 on are there
    assert contacted(quarter, 20.1) == [True, True]


def test_work_that_is_not_done_in_time_is_late() -> None:
    slow = quarter_of(hours_per_week=0.2, process={"renewal_hours": 4})
    assert outcomes(slow) == [(26, "not renewed"), (38, "not renewed")]  # 0.5 is above 0.45 and 0.35
    assert outcomes(quarter_of(hours_per_week=0.2, process={"renewal_hours": 4, "late_renewal_factor": 1})) == [
        (26, "renewed"),
        (38, "renewed"),
    ]


@pytest.mark.parametrize(("week", "factors"), [(1, (1, 1)), (6, (1, 1)), (7, (0.5, 1)), (9, (0.5, 0.5))])
def test_expectations_know_who_cannot_be_approached_in_time(week: int, factors: tuple[float, float]) -> None:
    plan = quarter_of(process={"renewals_from_week": week}).model.plan
    rates = [expected_renewal_rate(plan, account) for account in plan.accounts[:2]]
    assert rates == pytest.approx([0.9 * factors[0], 0.7 * factors[1]])
    helped = quarter_of(process={"renewals_from_week": week}, measures=LATE).model.plan
    assert expected_renewal_rate(helped, helped.accounts[1]) == pytest.approx(0.7)


def test_late_renewals_that_renew_as_well_change_nothing_but_that_nobody_came_before() -> None:
    before = quarter_of(process={"late_renewal_factor": 1}).run()
    late = quarter_of(process={"late_renewal_factor": 1, "renewals_from_week": 12}).run()
    assert [row.contacted for row in before.renewals] == [True, True]
    assert [row.contacted for row in late.renewals] == [False, False]
    late.renewals = [row._replace(contacted=True) for row in late.renewals]
    assert late == before
