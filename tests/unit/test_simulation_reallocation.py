"""Unit: when money moves, what is told to whom decides, and what the money does where it came to (M6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from scenarios.allocation import Allocation, BudgetCell
from scenarios.calendar import Calendar
from scenarios.errors import QuarterdeckError
from scenarios.plan import Plan
from scenarios.policies import Reallocation
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.kpis import measure
from simulation.model import Model
from simulation.quarter import Quarter, run_quarter
from simulation.reallocation import move_days
from simulation.records import MoveRow, Records
from tests.unit.test_simulation_reviews import plan_of

FAIR = {"id": "fair", "name": "", "pool": "marketing", "unit_cost": 100, "leads_per_unit": 1, "entry_stage": "deal"}
FAIR |= {"product_mix": {"P": 1}, "rep_hours_per_unit": 3}
FAIR |= {"responses": {"all": [{"up_to_units": 10, "effect": 1}, {"up_to_units": 20, "effect": 0.5}]}}
NORTH, SOUTH = ("north", "fair"), ("south", "fair")
BUDGET = Allocation("by hand", (), (BudgetCell(*NORTH, 600.0), BudgetCell(*SOUTH, 600.0)))
"""6 units of 1 lead in 30 days each: 0.2 a day."""
Told = tuple[dict[Any, float], dict[Any, float], dict[Any, float], float]


def plan() -> Plan:
    """Six weeks from 5 January: the month ends with day 19, so that money moves on day 20."""
    return plan_of(
        {},
        activities=[FAIR],
        baseline_leads=[],
        money={"pools": [{"id": "marketing", "name": "", "amount": 1200}]},
        policies=[{"id": "M6", "name": "", "reallocation": {"prior_leads": 4}}],
    )


class Decider:
    """Answers with a fixed division of the money that is left, and keeps what it was told."""

    def __init__(self, after: dict[Any, float]) -> None:
        self.after, self.told = after, list[Told]()

    def __call__(
        self, spent: Mapping[Any, float], left: Mapping[Any, float], roi: Mapping[Any, float], weeks_left: float
    ) -> dict[Any, float]:
        self.told.append((dict(spent), dict(left), dict(roi), weeks_left))
        return self.after


def model_of(decider: Decider) -> Model:
    return compile_model(plan(), BUDGET, None, {"M6": decider})


def lead(day: float, region: int, height: float, draw: float = 0.1) -> LeadPoint:
    return LeadPoint(day, region, height, f"{day}-{region}", 0, 0, 100, DealChance(0.0, (draw,), (0.9, 0.5, 0.9)))


def run(decider: Decider, *leads: LeadPoint) -> Records:
    return run_quarter(model_of(decider), Future(0, (), (), leads))


def came(records: Records) -> list[str]:
    return [deal.id for deal in records.deals]


TO_NORTH = {NORTH: 400.0, SOUTH: 0.0}
SOME = (lead(2, 0, 0.1), lead(9, 0, 0.1), lead(19, 0, 0.3), lead(21, 0, 0.3), lead(22, 0, 0.37), lead(23, 1, 0.1))


def test_money_brings_leads_at_the_pace_at_which_it_is_spent() -> None:
    # From day 20 on 400 in ten days, a pace of 12 units a window: 10 + 2 × 0.5 leads in 30 days, 0.3667 a day.
    assert came(run(Decider(TO_NORTH), *SOME)) == ["2-0", "9-0", "21-0"]
    assert came(run(Decider({}), *SOME)) == ["2-0", "9-0", "23-1"]


def test_what_is_told() -> None:
    decider = Decider(TO_NORTH)
    run(decider, *SOME)
    # An accepted lead is worth 0.5 × 125, so 100 of money 0.625 each. Of 4 leads expected so far (0.2 × 20 days) 3.2
    # came in the north, two contracts of 100, and none in the south; the plan's expectation weighs as 4 leads.
    spent = {NORTH: pytest.approx(400), SOUTH: pytest.approx(400)}
    roi = {NORTH: pytest.approx(0.625 * 7.2 / 8), SOUTH: pytest.approx(0.625 * 4 / 8)}
    left = {NORTH: pytest.approx(200), SOUTH: pytest.approx(200)}
    assert decider.told == [(spent, left, roi, pytest.approx(2))]


def test_moves_are_recorded_and_cost_nothing_by_themselves() -> None:
    model = model_of(Decider(TO_NORTH))
    records = run_quarter(model, Future(0, (), (), ()))
    assert records.moves == [
        MoveRow(20.0, *NORTH, pytest.approx(200), 400.0),
        MoveRow(20.0, *SOUTH, pytest.approx(200), 0.0),
    ]
    assert measure(records, model).kpis["contribution"] == pytest.approx(-1200)
    less = model_of(Decider({SOUTH: 50.0}))
    assert measure(run_quarter(less, Future(0, (), (), ())), less).kpis["contribution"] == pytest.approx(-1050)


def test_duty_at_events_follows_the_money() -> None:
    # Events of 3 hours every 5 days, the fourth on day 17.5; then 4 more in the north, 2.5 days apart.
    quarter = Quarter(model_of(Decider(TO_NORTH)), Future(0, (), (), ()))
    assert quarter.run().hours == [pytest.approx(3 * (8 + 4))]
    held = [(errand.due, errand.hours) for errand in quarter.duty[NORTH] if errand.hours > 0]
    assert held == [(day, 3.0) for day in (2.5, 7.5, 12.5, 17.5, 21.25, 23.75, 26.25, 28.75)]


def test_money_that_stays_changes_nothing() -> None:
    still = plan().model_copy(update={"policies": ()})
    before = run_quarter(compile_model(still, BUDGET), Future(0, (), (), SOME))
    assert run(Decider({NORTH: 200.001, SOUTH: 200.0}), *SOME) == before


def test_what_cannot_be() -> None:
    with pytest.raises(QuarterdeckError, match=r"the money moved is more than the 400\.00 that are left"):
        run(Decider({NORTH: 401.0}))
    with pytest.raises(QuarterdeckError, match="policy M6 moves money"):
        Quarter(compile_model(plan(), BUDGET), Future(0, (), (), ()))


def test_money_moves_after_the_last_working_day_of_a_month_or_every_so_many_weeks() -> None:
    holidays = (dt.date(2026, 1, 30), dt.date(2026, 2, 27))
    calendar = Calendar(start=dt.date(2026, 1, 5), weeks=8, holidays=holidays)
    # 29 January is day 18; the quarter ends with February's last working day, after which nothing can move.
    assert move_days(calendar, Reallocation()) == [19.0]
    assert move_days(calendar, Reallocation(every_weeks=3)) == [15.0, 29.0]
