"""Unit: what a Friday light is given for, when it is red, and what a red one sets off (E3); on hand-written draws.

A lead has a cycle of no length and a touch of no hours, so it is decided when it comes: won for 100 with the uniform
0.1, lost with 0.9. The win rate is 0.5, so half of all are expected to be won.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.calendar import Calendar
from scenarios.plan import Plan
from scenarios.process import Lateness
from scenarios.references import plan_problems
from simulation.board import Keys
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.options import Options
from simulation.quarter import Quarter
from simulation.records import Activation
from simulation.reviews import expected_paid

NOBODY = Allocation("nobody", ())
NORTH, SOUTH = 0, 1
LIGHT = {"red": 0.5, "amber": 0.8, "at_least": 4}
WIN_HALF = {"parameter": "win_rate", "factor": 0.5}


def plan_of(lights: dict[str, Any], **sections: Any) -> Plan:
    plan = {
        "name": "lights",
        "currency": "CNY",
        "target": 1000,
        "calendar": {"start": dt.date(2026, 1, 5), "weeks": 6, "review_weeks": [2, 3, 4, 5]},
        "process": {
            "stages": [
                {"id": "deal", "name": "Deal", "conversion": 0.5, "cycle_share": 1, "touches": 1, "touch_hours": 0}
            ],
            "qualified_stage": "deal",
            "cycle_sigma": 0.5,
            "value_sigma": 0,
            "lead_tier_mix": {"A": 1},
        },
        "product_tiers": {"star": "Star"},
        "rep_tiers": {"core": "Core"},
        "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
        "customer_tiers": [{"id": "A", "name": "A", "priority": 1, "win_rate": 0.5, "touches_per_week": 1}],
        "products": [{"id": "P", "name": "", "tier": "star", "mean_deal": 125, "median_cycle_days": 14, "margin": 1}],
        "regions": [{"id": r, "name": "", "maturity": "mature", "base_amount": 1000} for r in ("north", "south")],
        "reps": [{"id": "R1", "name": "", "tier": "core", "regions": ["north", "south"], "hours_per_week": 40}],
        "baseline_leads": [
            {"id": r, "product": "P", "region": r, "accepted_per_quarter": 100} for r in ("north", "south")
        ],
        "policies": [{"id": "E3", "name": "", "lights": lights}],
    }
    return Plan.model_validate(plan | sections)


def leads(day: float, region: int, won: int, lost: int) -> list[LeadPoint]:
    chances = [DealChance(0.0, (draw,), (0.9, 0.5, 0.9)) for draw in (0.1,) * won + (0.9,) * lost]
    return [
        LeadPoint(day, region, 0.0, f"{day}-{region}-{number}", 0, 0, 100, chance)
        for number, chance in enumerate(chances)
    ]


def quarter_of(plan: Plan, points: list[LeadPoint], payments: tuple[tuple[float, ...], ...] = ()) -> Quarter:
    model = compile_model(plan, NOBODY, Options.of(plan))
    return Quarter(model, Future(0, (), (), tuple(sorted(points, key=lambda p: p.day)), payments=payments))


def given(quarter: Quarter, metric: str, scope: str) -> list[tuple[int, float, float, str]]:
    rows = [row for row in quarter.run().lights if (row.metric, row.scope) == (metric, scope)]
    return [(row.week, row.value, row.target, row.colour) for row in rows]


# Wins and losses by week in north: 1 of 4, 5 of 8 and 5 of 16 and of 26 so far; in south 3 of 3, then of 4.
NORTHERN = [*leads(1, NORTH, 1, 3), *leads(11, NORTH, 4, 0), *leads(16, NORTH, 0, 8), *leads(21, NORTH, 0, 10)]
SOUTHERN = [*leads(2, SOUTH, 3, 0), *leads(13, SOUTH, 0, 1)]


def test_conversion_is_what_passed_against_the_expected_rate() -> None:
    plan = plan_of({"conversion": LIGHT})
    points = NORTHERN + SOUTHERN
    assert given(quarter_of(plan, points), "conversion", "north") == [
        (2, 0.25, 0.5, "red"),  # half of what is expected is red
        (3, 0.625, 0.5, "green"),
        (4, 0.3125, 0.5, "amber"),
        (5, pytest.approx(5 / 26), 0.5, "red"),
    ]
    # Three decisions are too few; over all there are seven.
    assert [week for week, *_ in given(quarter_of(plan, points), "conversion", "south")] == [3, 4, 5]
    assert given(quarter_of(plan, points), "conversion", "all")[0] == (2, pytest.approx(4 / 7), 0.5, "green")


def test_a_light_can_look_back_on_some_weeks_and_leave_the_regions_out() -> None:
    plan = plan_of({"conversion": LIGHT, "look_back_weeks": 2, "by_region": False})
    quarter = quarter_of(plan, NORTHERN)
    # Weeks 1-2, 2-3, 3-4 and 4-5: 1 of 4, 4 of 4, 4 of 12, none of 18.
    assert given(quarter, "conversion", "all") == [
        (2, 0.25, 0.5, "red"),
        (3, 1.0, 0.5, "green"),
        (4, pytest.approx(1 / 3), 0.5, "amber"),
        (5, 0.0, 0.5, "red"),
    ]
    assert {row.scope for row in quarter.records.lights} == {"all"}


def test_deal_size_is_what_was_signed_against_the_products_means() -> None:
    plan = plan_of({"deal_size": LIGHT})
    assert given(quarter_of(plan, NORTHERN), "deal_size", "north") == [
        (week, 100.0, 125.0, "amber") for week in (3, 4, 5)
    ]  # 100 is 0.8 of 125; one contract in week 2 is too few


def test_a_red_light_sets_a_plan_off_once_until_it_is_red_anew() -> None:
    answer = {"id": "X", "name": "", "trigger": {"light": "conversion", "each_region": True}, "chosen": True}
    answer |= {"delay_days": 1, "activation_cost": 7, "effects": [WIN_HALF | {"scope": {"struck": True}}]}
    over_all = {"id": "Y", "name": "", "trigger": {"light": "conversion"}, "chosen": True}
    plan = plan_of({"conversion": LIGHT}, contingency_plans=[answer, over_all])
    assert quarter_of(plan, NORTHERN + SOUTHERN).run().activations == [
        Activation("X", "north", 11.0),
        Activation("X", "north", 26.0),
    ]
    # With both lights red in weeks 2 to 5 each plan is set off once.
    steady = [*leads(1, NORTH, 1, 3), *leads(1, SOUTH, 2, 2)]
    red = quarter_of(plan_of({"conversion": LIGHT | {"red": 0.75}}, contingency_plans=[answer, over_all]), steady)
    assert red.run().activations == [Activation("Y", "all", 10.0), Activation("X", "north", 11.0)]


def test_a_plan_set_off_by_a_region_acts_there() -> None:
    answer = {"id": "X", "name": "", "trigger": {"light": "conversion", "each_region": True}, "chosen": True}
    answer |= {"effects": [WIN_HALF | {"scope": {"struck": True}}]}
    quarter = quarter_of(plan_of({"conversion": LIGHT}, contingency_plans=[answer]), NORTHERN)
    rates = []
    for day in (9.9, 10.1):
        quarter.env.run_until(day)
        rates += [quarter.board.value("win_rate", 0.5, Keys({"region": r}), "") for r in ("north", "south")]
    assert rates == [0.5, 0.5, 0.25, 0.5]


def test_a_rep_with_visits_on_plan_and_low_conversion_is_coached() -> None:
    """R8: both reps win a quarter instead of a half, R1 in 8 of 40 hours, R2 in 4; then R2 wins 3 of 4 in 4 hours."""
    light = LIGHT | {"busy_from": 0.15}
    coaching = {"id": "X", "name": "", "trigger": {"light": "rep_conversion"}, "delay_days": 1, "chosen": True}
    better = {"parameter": "skill", "factor": 1.2, "scope": {"struck": True}, "duration_weeks": 2}
    figures = plan_of({}).model_dump()
    figures["process"]["stages"][0]["touch_hours"] = 1
    rep = figures["reps"][0]
    plan = plan_of(
        {"rep_conversion": light, "look_back_weeks": 1, "weeks": [1, 2]},
        process=figures["process"],
        reps=[rep | {"regions": ["north"]}, rep | {"id": "R2", "regions": ["south"]}],
        contingency_plans=[coaching | {"effects": [better]}],
    )
    assert plan_problems(plan) == []
    points = [*leads(1, NORTH, 2, 6), *leads(1, SOUTH, 1, 3), *leads(6, SOUTH, 3, 1)]
    quarter = quarter_of(plan, points)
    skills = []
    for day in (5.9, 6.1, 15.9, 16.1):
        quarter.env.run_until(day)
        skills.append(tuple(one.skill() for one in quarter.reps))
    assert skills == [(1.0, 1.0), (1.2, 1.0), (1.2, 1.0), (1.0, 1.0)]
    assert quarter.records.activations == [Activation("X", "R1", 6.0)]
    assert [(row.scope, row.week, row.value, row.colour) for row in quarter.records.lights] == [("R1", 1, 0.25, "red")]
    busier = quarter_of(plan, [*points, *leads(7, SOUTH, 3, 1)])  # 8 of 40 hours in the second week
    assert [(row.scope, row.week, row.value) for row in busier.run().lights] == [("R1", 1, 0.25), ("R2", 2, 0.75)]


def test_collection_is_cash_against_what_the_plan_s_lateness_expects() -> None:
    money = {"lateness": {"late_share": 0.5, "median_days_late": 7, "sigma": 0, "bad_debt": 0.2}}
    rows = [{"id": f"I{n}", "amount": 100, "due_date": dt.date(2026, 1, 12)} for n in range(4)]
    plan = plan_of({"collection": LIGHT}, money=money, receivables=rows)
    never, late, punctual = (0.9, 0.5, 0.1), (0.1, 0.5, 0.9), (0.9, 0.5, 0.9)
    quarter = quarter_of(plan, [], (never, never, late, punctual))
    # Due on day 5; late ones pay 5 working days after. At the end of day 9 the late half is expected too: 80 of 100.
    assert given(quarter, "collection", "all") == [
        (2, 0.5, pytest.approx(0.8), "amber"),
        *((week, 0.5, pytest.approx(0.8), "amber") for week in (3, 4, 5)),
    ]


def test_expected_payments_follow_the_lateness() -> None:
    lateness = Lateness(late_share=0.5, median_days_late=14, sigma=0.7, bad_debt=0.1)
    assert expected_paid(lateness, 0, 0) == pytest.approx(0.9 * 0.5)
    assert expected_paid(lateness, 10, 0) == pytest.approx(0.9 * 0.75)  # half of the late ones within the median
    # Ten days overdue at the start: the slower half, of which a part pays within ten days more.
    slower = 0.5 * math.erfc(-math.log(2) / 0.7 / math.sqrt(2))
    # Open after ten days are the tenth that is bad and half of the late half of the rest: 0.1 of 0.1 + 0.9 x 0.25.
    assert expected_paid(lateness, 10, 10) == pytest.approx(0.225 / 0.325 * (slower - 0.5) / 0.5)
    assert expected_paid(lateness, 0, 10) == 0


def test_reviews_are_at_the_end_of_their_day_or_of_the_working_day_before() -> None:
    holidays = (dt.date(2026, 1, 16), *(dt.date(2026, 1, 19) + dt.timedelta(days=n) for n in range(5)))
    calendar = Calendar(start=dt.date(2026, 1, 5), weeks=4, holidays=holidays, makeup_days=(dt.date(2026, 1, 24),))
    assert [calendar.end_of_weekday(week, "friday") for week in (1, 2, 3, 4)] == [5.0, 9.0, None, 15.0]
    assert [calendar.end_of_weekday(week, "wednesday") for week in (1, 2, 4)] == [3.0, 8.0, 13.0]
    assert calendar.evenings((4, 2, 1, 3, 2), "friday") == {1: 5.0, 2: 9.0}  # the last one ends the quarter
    assert calendar.evenings((4,), "thursday") == {4: 14.0}
