"""Unit: in the closing weeks reps go after what is overdue, and customers pay sooner (E4)."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.effects import Effect
from scenarios.expectations import never_paid
from scenarios.plan import Plan
from scenarios.process import Lateness
from simulation.board import ActiveEffect
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.options import Options
from simulation.quarter import Quarter
from tests.plans import small_plan

PLAN = small_plan()
LATE, NEVER = (0.0, 0.5, 0.5), (0.0, 0.5, 0.0)
"""Late by the median; never paid."""


def quarter_of(
    chances: tuple[tuple[float, ...], ...] = (LATE, LATE), hours_per_week: float = 24, **figures: Any
) -> Quarter:
    """C1 (A) and C2 (C) owe 1,000 each, due on the Monday of week 3 (day 10); late ones pay 14 x 5/7 = 10 days late."""
    collections = {"from_week": 3, "hours": 4.8, "delay_factors": {"A": 0.5, "C": 0.75}, **figures}
    money = PLAN.money.model_dump() | {"collections": collections if figures.pop("held", True) else None}
    money["lateness"] = {"late_share": 0.5, "median_days_late": 14, "sigma": 0, "bad_debt": 0.1}
    due = figures.pop("due", PLAN.calendar.start + dt.timedelta(weeks=2))
    receivables = [{"id": f"I{n}", "amount": 1000, "due_date": due, "account": f"C{n}"} for n in (1, 2)]
    accounts = [{**account.model_dump(), "renewal_amount": 0} for account in PLAN.accounts]
    reps = [{**rep.model_dump(), "hours_per_week": hours_per_week} for rep in PLAN.reps]
    tiers = [{**tier.model_dump(), "care_hours_per_touch": 0, "automated_in": ()} for tier in PLAN.customer_tiers]
    idle: dict[str, Any] = {"baseline_leads": (), "cross_selling": None, "uncertainty": (), "risks": ()}
    idle |= {"opportunities": (), "contingency_plans": (), "measures": ()}
    rows = {"money": money, "receivables": receivables, "accounts": accounts, "reps": reps, "customer_tiers": tiers}
    plan = Plan.model_validate(PLAN.model_dump() | idle | rows)
    model = compile_model(plan, Allocation("nobody", ()), Options.of(plan))
    return Quarter(model, replace(draw_future(model, 1, 0), payments=chances))


def paid(quarter: Quarter) -> list[float]:
    return [payment.paid for payment in quarter.run().payments]


def test_what_is_left_of_the_delay_shrinks_by_the_tiers_factor_once_the_work_is_done() -> None:
    quarter = quarter_of()
    # R1 and R2 work 4.8 h on it from day 10 on: a day. Nine days are left, and half or three quarters of them then.
    assert paid(quarter) == pytest.approx([11 + 4.5, 11 + 6.75])
    assert quarter.reps[0].hours == quarter.reps[1].hours == 4.8
    assert paid(quarter_of(held=False)) == [20, 20]


def test_nobody_goes_after_who_has_paid_or_before_the_weeks_or_for_a_tier_that_is_not_named() -> None:
    in_time = (0.9, 0.5, 0.5)
    quarter = quarter_of((in_time, LATE), delay_factors={"A": 0.5})
    assert paid(quarter) == [10, 20]
    assert quarter.reps[0].hours == quarter.reps[1].hours == 0
    assert paid(quarter_of(from_week=4)) == pytest.approx([16 + 2, 16 + 3])  # week 4 begins on day 15
    assert paid(quarter_of(from_week=1, to_week=2)) == [20, 20]
    late = quarter_of(hours_per_week=1)  # 4.8 h take 24 days: they have paid before it is done
    assert paid(late) == [20, 20]


def test_who_never_pays_is_gone_after_all_the_same() -> None:
    quarter = quarter_of((NEVER, LATE))
    assert paid(quarter) == [math.inf, pytest.approx(17.75)]
    assert [payment.bad for payment in quarter.records.payments] == [True, False]
    assert quarter.reps[0].hours == 4.8


def test_effects_move_who_pays_late_account_by_account() -> None:
    """The share paid late is half; each pays late whose draw lies below it."""
    between = (0.3, 0.5, 0.5)
    assert paid(quarter_of((between, between), held=False)) == [20, 20]
    effect = {"parameter": "late_share", "factor": 0.5, "scope": {"account": ["C2"]}}
    fewer = quarter_of((between, between), held=False)
    fewer.board.switch_on(ActiveEffect.of(Effect.model_validate(effect)))
    assert paid(fewer) == [20, 10]


def test_who_is_overdue_for_longer_is_likelier_bad() -> None:
    """Median 14 days, sigma 1, bad 0.1, late 0.5. Open after 0 days: 0.1 are bad; after 14: 0.1 of 0.1 + 0.9 x 0.25.

    After 2 years none of the late is open; and where nothing is bad, what is open is paid.
    """
    lateness = Lateness(late_share=0.5, median_days_late=14, sigma=1, bad_debt=0.1)
    assert never_paid(lateness, 0.1, 0) == never_paid(lateness, 0.1, -5) == 0.1
    assert never_paid(lateness, 0.1, 10) == pytest.approx(0.1 / 0.325)
    assert never_paid(lateness, 0.1, 1e9) == pytest.approx(1)
    assert never_paid(lateness, 0, 10) == never_paid(lateness, 0, 1e9) == 0
    assert never_paid(lateness, 1, 10) == 1
    exact = lateness.model_copy(update={"sigma": 0})
    assert never_paid(exact, 0.1, 9) == pytest.approx(0.1 / 0.55)
    assert never_paid(exact, 0.1, 11) == 1
    assert never_paid(exact.model_copy(update={"late_share": 0.0}), 0.0, 11) == 0


def test_effects_move_the_share_never_paid_also_of_what_is_overdue() -> None:
    """Overdue by 5 of the 10 working days of who pays late: 0.1 / (0.1 + 0.9 x 0.5) = 2/11 are bad, 0.05 of it 1/10.5.

    What acts on lateness now has delayed nobody before: it moves the days to come alone.
    """
    overdue = PLAN.calendar.start - dt.timedelta(weeks=1)
    between = (0.9, 0.5, 0.14)
    assert paid(quarter_of((between, between), held=False, due=overdue)) == [math.inf, math.inf]
    halved = {"parameter": "bad_debt", "factor": 0.5, "scope": {"account": ["C2"]}}
    sooner = {"parameter": "days_late", "factor": 0.8, "scope": {"account": ["C2"]}}
    never_late = {"parameter": "late_share", "factor": 0, "scope": {"account": ["C2"]}}
    helped = quarter_of((between, between), held=False, due=overdue)
    for effect in (halved, sooner, never_late):
        helped.board.switch_on(ActiveEffect.of(Effect.model_validate(effect)))
    assert paid(helped) == [math.inf, pytest.approx(3)]


def test_factors_of_1_without_hours_change_nothing() -> None:
    same = quarter_of(delay_factors={"A": 1, "C": 1}, hours=0).run()
    assert same == quarter_of(held=False).run()
