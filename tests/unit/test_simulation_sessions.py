"""Unit: sessions are held on their days, their exams decide whom they help, and their hours are gone (E1, S7, R1, T6).

Two reps, top and core, in six weeks from Monday 5 January 2026; a working week is five days. Draws are written by hand.
"""

from __future__ import annotations

import datetime as dt
from math import comb
from typing import Any

import pytest

from optimizer.outlook import Outlooks
from scenarios.allocation import Allocation
from scenarios.expectations import expected_skill, with_measures
from scenarios.measures import Exam, pass_chance
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.quarter import Quarter
from simulation.records import ExamRow, SessionRow

TOP, CORE = 0, 1
NEVER_BAD = (0.9, 0.5, 0.9)
HALF_AS_GOOD_AGAIN = {"parameter": "skill", "factor": 1.5}


def plan_of(session: dict[str, Any] | None = None, **sections: Any) -> Plan:
    measures = [{"id": "M", "name": "", "session": session}] if session else []
    plan = {
        "name": "sessions",
        "currency": "CNY",
        "target": 1000,
        "calendar": {"start": dt.date(2026, 1, 5), "weeks": 6},
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
        "rep_tiers": {"core": "Core", "top": "Top"},
        "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
        "customer_tiers": [{"id": "A", "name": "A", "priority": 1, "win_rate": 0.4, "touches_per_week": 1}],
        "products": [{"id": "P", "name": "", "tier": "star", "mean_deal": 125, "median_cycle_days": 14, "margin": 1}],
        "regions": [{"id": r, "name": "", "maturity": "mature", "base_amount": 1000} for r in ("north", "south")],
        "reps": [
            {"id": "R1", "name": "", "tier": "top", "regions": ["north"], "hours_per_week": 40},
            {"id": "R2", "name": "", "tier": "core", "regions": ["south"], "hours_per_week": 40},
        ],
        "baseline_leads": [
            {"id": r, "product": "P", "region": r, "accepted_per_quarter": 100} for r in ("north", "south")
        ],
        "measures": measures,
    }
    made = Plan.model_validate(plan | sections)
    assert plan_problems(made) == []
    return made


def lead(day: float, region: int, draw: float) -> LeadPoint:
    """Decided the moment it comes; won where its draw lies below 0.4 times the skill of the region's rep."""
    return LeadPoint(day, region, 0.0, f"{day}-{region}-{draw}", 0, 0, 100, DealChance(0.0, (draw,), NEVER_BAD))


def quarter_of(plan: Plan, *points: LeadPoint, exams: tuple[tuple[float, ...], ...] = ()) -> Quarter:
    future = Future(0, (), (), tuple(sorted(points, key=lambda point: point.day)), exams=exams)
    return Quarter(compile_model(plan, Allocation("nobody", ())), future)


def outcomes(quarter: Quarter) -> dict[str, str]:
    return {deal.id: deal.outcome for deal in quarter.run().deals}


def test_a_session_s_effect_starts_when_its_day_is_over_and_lasts_until_a_week_after_the_last() -> None:
    """Held on the Wednesdays of weeks 2 and 3, days 7 and 12: so from 8 to 18, without a gap between."""
    session = {"weeks": [2, 3], "day": "wednesday", "effects": [HALF_AS_GOOD_AGAIN | {"duration_weeks": 1}]}
    points = [lead(day, CORE, 0.5) for day in (7.9, 8.1, 12.9, 13.1, 17.9, 18.1)]
    quarter = quarter_of(plan_of(session), *points)
    assert list(outcomes(quarter).values()) == ["lost", "won", "won", "won", "won", "lost"]
    assert quarter.records.sessions == [SessionRow(8.0, "M"), SessionRow(13.0, "M")]


def test_an_effect_is_on_those_who_took_part_if_it_says_so() -> None:
    session = {"weeks": [1], "rep_tiers": ["core"], "effects": [HALF_AS_GOOD_AGAIN | {"scope": {"struck": True}}]}
    quarter = quarter_of(plan_of(session), lead(6.0, TOP, 0.5), lead(6.0, CORE, 0.5))
    assert list(outcomes(quarter).values()) == ["lost", "won"]


EXAM = {"questions": 10, "success_rate": {"top": 0.9, "core": 0.75}, "pass_mark": 0.8}


def test_the_chance_of_passing_is_that_of_enough_successes() -> None:
    exam = Exam.model_validate(EXAM)
    by_hand = sum(comb(10, k) * 0.75**k * 0.25 ** (10 - k) for k in (8, 9, 10))
    assert pass_chance(exam, "core") == pytest.approx(by_hand) == pytest.approx(0.5256, abs=1e-4)
    assert pass_chance(exam, "top") == pytest.approx(0.9298, abs=1e-4)
    assert pass_chance(exam.model_copy(update={"pass_mark": 0.9}), "core") == pytest.approx(0.2440, abs=1e-4)
    assert pass_chance(exam.model_copy(update={"pass_mark": 0}), "core") == 1
    assert pass_chance(Exam(questions=3, success_rate=1, pass_mark=1), "core") == 1


def test_an_exam_decides_whom_the_session_helps_and_who_failed_tries_again() -> None:
    """Wednesday of week 1 is day 2: the exam is over on 3.0, the retake five days later on 8.0."""
    session = {
        "weeks": [1],
        "day": "wednesday",
        "exam": EXAM | {"retakes": 1, "retake_hours": 10},
        "effects": [HALF_AS_GOOD_AGAIN | {"scope": {"struck": True}}],
    }
    points = [lead(day, region, 0.5) for day in (2.9, 3.1, 8.1) for region in (TOP, CORE)]
    quarter = quarter_of(plan_of(session), *points, exams=((0.6, 0.0), (0.9, 0.5)))  # the top rep, then the core rep
    assert list(outcomes(quarter).values()) == ["lost", "lost", "won", "lost", "won", "won"]
    assert quarter.records.exams == [
        ExamRow(3.0, "M", TOP, 0, True),
        ExamRow(3.0, "M", CORE, 0, False),
        ExamRow(8.0, "M", CORE, 1, True),
    ]
    assert quarter.records.hours_there == pytest.approx([240.0, 230.0])  # ten hours to prepare


def test_somebody_who_fails_for_good_stays_as_before() -> None:
    session = {"weeks": [1], "exam": EXAM, "effects": [HALF_AS_GOOD_AGAIN | {"scope": {"struck": True}}]}
    quarter = quarter_of(plan_of(session), lead(20.0, CORE, 0.5), exams=((0.99,), (0.99,)))
    assert list(outcomes(quarter).values()) == ["lost"]
    assert [row.passed for row in quarter.records.exams] == [False, False]


def test_without_cases_enough_nothing_is_renewed_and_the_cases_count_next_time() -> None:
    """S7: 1 success and 1 failure of top reps. Week 1 has only a failure, week 2 the success; others do not count."""
    session = {
        "weeks": [1, 2, 3],
        "needs": {"rep_tiers": ["top"], "passed": 1, "failed": 1},
        "effects": [HALF_AS_GOOD_AGAIN | {"duration_weeks": 1}],
    }
    cases = [lead(1.0, TOP, 0.9), lead(2.0, CORE, 0.1), lead(2.0, CORE, 0.9), lead(6.0, TOP, 0.1)]
    tried = [lead(day, CORE, 0.5) for day in (5.5, 10.5, 14.5, 15.5)]
    quarter = quarter_of(plan_of(session), *cases, *tried)
    found = outcomes(quarter)
    assert [found[point.id] for point in tried] == ["lost", "won", "won", "lost"]
    assert quarter.records.sessions == [SessionRow(10.0, "M")]


def test_hours_are_taken_from_those_who_take_part_in_the_weeks_of_the_sessions() -> None:
    session = {"weeks": [2, 3, 5], "rep_tiers": ["core"], "hours": 4, "effects": []}
    assert quarter_of(plan_of(session)).run().hours_there == pytest.approx([240.0, 228.0])
    plan = plan_of(session)
    core = {"rep": "R2", "rep_tier": "core"}
    assert with_measures(plan, "rep_hours", 40.0, core) == pytest.approx(40 - 4 * 3 / 6)
    assert with_measures(plan, "rep_hours", 40.0, core | {"rep_tier": "top"}) == 40


def test_what_is_switched_off_is_not_held() -> None:
    plan = plan_of({"weeks": [1], "hours": 4, "effects": [HALF_AS_GOOD_AGAIN]})
    off = plan.model_copy(update={"measures": tuple(m.model_copy(update={"enabled": False}) for m in plan.measures)})
    quarter = quarter_of(off, lead(20.0, CORE, 0.5))
    assert outcomes(quarter) == {"20.0-1-0.5": "lost"}
    assert quarter.records.sessions == []
    assert quarter.records.hours_there == [240.0, 240.0]
    assert off.standing_effects == ()


def test_the_allocation_expects_a_session_in_proportion_to_who_passes_and_for_how_long() -> None:
    """Over on day 15 of 30: half of the quarter; core passes with 52.6%, top with 93.0%."""
    session = {"weeks": [3], "exam": EXAM, "effects": [HALF_AS_GOOD_AGAIN | {"scope": {"struck": True}}]}
    plan = plan_of(session)
    core, top = pass_chance(Exam.model_validate(EXAM), "core"), pass_chance(Exam.model_validate(EXAM), "top")
    assert expected_skill(plan, plan.rep["R2"]) == pytest.approx(1 + 0.5 * 0.5 * core)
    assert expected_skill(plan, plan.rep["R1"]) == pytest.approx(1 + 0.5 * 0.5 * top)
    outlooks = Outlooks(plan)
    assert outlooks._passes("A", {"rep": "R2", "rep_tier": "core"}) == pytest.approx([0.4 * (1 + 0.25 * core)])


def test_sessions_one_after_the_other_cover_the_quarter_once() -> None:
    session = {"weeks": [2, 3], "effects": [HALF_AS_GOOD_AGAIN | {"duration_weeks": 2}]}
    plan = plan_of(session)  # days 10 to 25 of 30
    assert with_measures(plan, "skill", 1.0, {}) == pytest.approx(1 + 0.5 * 15 / 30)


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ({"weeks": [7]}, "measures.M.session.weeks[1]: week 7 is beyond the quarter's 6 weeks"),
        ({"weeks": [1], "rep_tiers": ["junior"]}, "measures.M.session.rep_tiers: there is no rep tier junior"),
        (
            {"weeks": [1], "effects": [{"parameter": "skill", "from_week": 2}]},
            "measures.M.session.effects[1].from_week: the effect starts with its session; its length is duration_weeks",
        ),
        (
            {"weeks": [1], "effects": [{"parameter": "lead_rate", "scope": {"struck": True}}]},
            "measures.M.session.effects[1].scope.struck: lead_rate is not of a rep, so it cannot act on those who "
            "took part",
        ),
        (
            {"weeks": [1], "exam": {"questions": 5, "success_rate": {"top": 1.0}, "pass_mark": 1}},
            "measures.M.session.exam.success_rate: no rate for rep tier core",
        ),
    ],
)
def test_a_session_that_cannot_be_held_is_said_to_be_one(session: dict[str, Any], message: str) -> None:
    figures = plan_of().model_dump()
    plan = Plan.model_validate(figures | {"measures": [{"id": "M", "name": "", "session": session}]})
    assert [f"{problem.key}: {problem.message}" for problem in plan_problems(plan)] == [message]


def test_a_rep_who_joined_lately_gets_better_week_by_week_and_sooner_with_a_mentor() -> None:
    """T6: 10 weeks from 0.5 to 1; 4 weeks behind at the start: 0.7, and 0.8 two weeks later.

    A mentor from week 3 on halves the ramp: 6 weeks of 5 are full skill.
    """
    reps = plan_of().model_dump()["reps"]
    reps = [reps[0], reps[1] | {"joined": dt.date(2025, 12, 8)}]
    mentor = {"parameter": "ramp_weeks", "factor": 0.5, "scope": {"rep_tier": ["core"]}, "from_week": 3}
    ramp = {"weeks": 10, "at_start": 0.5}
    points = [lead(day, CORE, draw) for day in (0.5, 10.5) for draw in (0.27, 0.29, 0.31, 0.33, 0.39)]
    found = {}
    for name, effects in (("alone", []), ("mentored", [mentor])):
        plan = plan_of(reps=reps, ramp=ramp, measures=[{"id": "T6", "name": "", "effects": effects}])
        found[name] = list(outcomes(quarter_of(plan, *points)).values())
    at_first = ["won", "lost", "lost", "lost", "lost"]  # 0.4 x 0.7 = 0.28
    assert found["alone"] == [*at_first, "won", "won", "won", "lost", "lost"]  # 0.4 x 0.8 = 0.32
    assert found["mentored"] == [*at_first, "won", "won", "won", "won", "won"]
    plan = plan_of(reps=reps, ramp=ramp)
    assert expected_skill(plan, plan.rep["R2"]) == pytest.approx(sum(0.5 + 0.05 * n for n in range(4, 10)) / 6)
    assert expected_skill(plan, plan.rep["R1"]) == 1
    assert expected_skill(plan_of(reps=reps), plan.rep["R2"]) == 1
