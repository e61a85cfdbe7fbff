"""Unit: who is struck and when, how long effects act, and when a contingency plan answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation
from scenarios.effects import EVENTS
from scenarios.plan import Plan
from simulation.board import Keys
from simulation.compiling import compile_model
from simulation.events import EVENT_HANDLERS
from simulation.future import Future, draw_future
from simulation.kpis import measure
from simulation.options import ForcedStrike, Options
from simulation.quarter import Quarter
from simulation.receivables import Payer, contract_signed
from tests.plans import small_plan

PLAN = small_plan(settings=("process.cycle_sigma=0",))
NOBODY = Allocation("nobody", ())
ANY = Keys({"product_tier": "star"})


def with_sections(plan: Plan = PLAN, **sections: Any) -> Plan:
    """The plan with other sections; nothing of what nobody knows."""
    return Plan.model_validate(plan.model_dump() | {"uncertainty": ()} | sections)


def risk(id: str = "K", subject: str = "market", **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": "", "subject": subject, "chance_per_quarter": 0.5, **fields}


def answer(id: str = "X", strike: str | None = "K", **fields: Any) -> dict[str, Any]:
    trigger = fields.pop("trigger", {"strike": strike})
    return {"id": id, "name": "", "trigger": trigger, "chosen": True, **fields}


def quarter_of(
    plan: Plan, thresholds: Mapping[str, float] | None = None, forced: tuple[ForcedStrike, ...] = ()
) -> Quarter:
    """A quarter in which strikes come at the given cumulative hazards, by entity id, all others never."""
    model = compile_model(plan, NOBODY, Options.of(plan, forced=forced))
    future: Future = draw_future(model, 1, 0)
    hazards = [(thresholds or {}).get(strike.id, 1e12) for strike in model.strikes]
    return Quarter(model, replace(future, thresholds=np.array(hazards), events=(0.5,) * len(hazards)))


def after(quarter: Quarter, day: float) -> Quarter:
    """The quarter run up to just after everything of a day's first moment."""
    quarter.env.run_until(day + 1e-6)
    return quarter


WIN = {"parameter": "win_rate", "factor": 0.5}


def win_rate(quarter: Quarter, keys: Keys = ANY) -> float:
    return quarter.board.value("win_rate", 0.4, keys, "opportunity:X")


def test_every_event_has_a_handler() -> None:
    assert EVENT_HANDLERS.keys() == EVENTS.keys()


def test_a_hazard_strikes_at_the_start_of_the_day_that_reaches_its_threshold() -> None:
    plan = with_sections(
        risks=[risk(from_week=2, to_week=3, chance_per_quarter=1 - math.exp(-1.0))], contingency_plans=()
    )
    # Ten days from day 5 on: a tenth each. The third tenth is there at the start of day 7.
    quarter = quarter_of(plan, {"strike:K/market": 0.25})
    records = quarter.run()
    assert [(s.risk, s.subject, s.day, s.event_day) for s in records.strikes] == [("K", "market", 7.0, math.inf)]
    # The whole hazard of the window is 1; a threshold above it is never reached, also not after the window.
    assert quarter_of(plan, {"strike:K/market": 1.0 + 1e-9}).run().strikes == []


def test_an_effect_acts_from_the_strike_for_its_weeks() -> None:
    plan = with_sections(risks=[risk(effects=[{**WIN, "duration_weeks": 2}])], contingency_plans=())
    quarter = quarter_of(plan, forced=(ForcedStrike("K", 3),))
    assert win_rate(after(quarter, 9.9)) == 0.4
    assert win_rate(after(quarter, 10)) == 0.2
    assert win_rate(after(quarter, 19.9)) == 0.2
    assert win_rate(after(quarter, 20)) == 0.4


def test_a_measure_acts_from_its_first_to_its_last_week() -> None:
    weeks = {"from_week": 2, "to_week": 3}
    plan = with_sections(
        risks=(), contingency_plans=(), measures=[{"id": "M", "name": "", "effects": [{**WIN, **weeks}]}]
    )
    quarter = quarter_of(plan)
    assert [win_rate(after(quarter, day)) for day in (0, 4.9, 5, 14.9, 15)] == [0.4, 0.4, 0.2, 0.2, 0.4]


def test_a_plan_answers_after_detection_and_its_delay() -> None:
    plan = with_sections(
        risks=[risk(detection_days=3)],
        contingency_plans=[
            answer(delay_days=4, effects=[{**WIN, "duration_weeks": 1}], activation_cost=10, retainer=5)
        ],
    )
    quarter = quarter_of(plan, forced=(ForcedStrike("K", 2),))
    # Struck on day 5, known on day 8, acting on [12, 17).
    assert [win_rate(after(quarter, day)) for day in (5, 8, 11.9, 12, 16.9, 17)] == [0.4, 0.4, 0.4, 0.2, 0.2, 0.4]
    records = quarter.run()
    assert [(a.plan, a.subject, a.day) for a in records.activations] == [("X", "market", 12.0)]
    assert measure(records, quarter.model).kpis["plan_cost"] == 5 + 10


def test_a_scan_makes_a_strike_known_sooner() -> None:
    """S1: eight days from the strike on day 5 without the scan, three with it; another risk's detection stays."""
    scan = {"parameter": "detection_days", "shift": -5, "scope": {"risk": ["K"]}}
    starts = []
    for effects in ([], [scan]):
        plan = with_sections(
            risks=[risk(detection_days=8), risk("L", detection_days=8)],
            contingency_plans=[answer(), answer("Y", "L")],
            measures=[{"id": "S1", "name": "", "effects": effects}],
        )
        records = quarter_of(plan, forced=(ForcedStrike("K", 2), ForcedStrike("L", 2))).run()
        starts.append({activation.plan: activation.day for activation in records.activations})
        assert records.known_on == [starts[-1]["X"], starts[-1]["Y"]]
    assert starts == [{"X": 13.0, "Y": 13.0}, {"X": 8.0, "Y": 13.0}]


def test_instalments_fall_due_later_where_an_effect_says_so() -> None:
    """K2: 14 calendar days more are 10 working days; a contract of another industry is due as before."""
    later = {"parameter": "payment_days", "shift": 14, "scope": {"industry": ["food"]}}
    dues = []
    for effects in ([], [later]):
        plan = with_sections(
            risks=(),
            contingency_plans=(),
            measures=[{"id": "M", "name": "", "effects": effects}],
            money=PLAN.money.model_dump() | {"payment_terms": [{"share": 1, "due_days": 7}]},
        )
        quarter = quarter_of(plan)
        for industry in ("food", "textile"):
            payer = Payer(Keys({"industry": industry}), industry, 0, -1, 0)
            contract_signed(quarter, industry, 100.0, (0.9, 0.5, 0.9), payer)
        dues.append({payment.id: payment.due for payment in quarter.run().payments if payment.amount == 100})
    assert dues == [{"food/1": 5.0, "textile/1": 5.0}, {"food/1": 15.0, "textile/1": 5.0}]


def test_a_plan_that_starts_after_the_quarter_is_paid_and_does_nothing() -> None:
    plan = with_sections(risks=[risk()], contingency_plans=[answer(delay_days=5, effects=[WIN], activation_cost=10)])
    quarter = quarter_of(plan, forced=(ForcedStrike("K", 12),))
    records = quarter.run()
    assert [activation.day for activation in records.activations] == [math.inf]
    assert measure(records, quarter.model).kpis["plan_cost"] == 10
    assert win_rate(quarter) == 0.4


def test_a_dated_plan_starts_on_the_monday_of_its_week() -> None:
    plan = with_sections(risks=(), contingency_plans=[answer(trigger={"week": 7}, effects=[WIN], cost_per_use=1)])
    quarter = quarter_of(plan)
    monday = float(plan.calendar.first_day_of_week(7))
    assert monday == 30  # the holidays of 16 and 17 February are in week 7: its first working day
    assert [win_rate(after(quarter, day)) for day in (monday - 0.1, monday)] == [0.4, 0.2]
    assert [(a.subject, a.day) for a in quarter.run().activations] == [("date", monday)]


def test_a_plan_is_triggered_at_most_as_often_as_it_may() -> None:
    plan = with_sections(
        risks=[risk(subject="account", chance_per_quarter=1)],
        contingency_plans=[answer("often", effects=[]), answer("twice", max_activations=2)],
    )
    quarter = quarter_of(plan, {f"strike:K/C{n}": 0.0 for n in (1, 2, 3, 4)})
    names = [activation.plan for activation in quarter.run().activations]
    assert (names.count("often"), names.count("twice")) == (4, 2)


def test_an_event_comes_after_its_notice_if_its_chance_says_so() -> None:
    def strikes(chance: float, notice: float) -> list[float]:
        churn = risk(subject="account", event="account_lost", notice_days=notice, event_probability=chance)
        plan = with_sections(risks=[churn], contingency_plans=())
        records = quarter_of(plan, forced=(ForcedStrike("K", 2, "C1"),)).run()
        return [strike.event_day for strike in records.strikes]

    assert strikes(0.51, 6) == [11.0]
    assert strikes(0.49, 6) == [math.inf]  # the draw is 0.5
    assert strikes(1, 100) == [math.inf]  # after the quarter


def test_a_risk_of_no_chance_cannot_be_given_one() -> None:
    """A shift of the hazard adds to chances that there are: nobody is struck by what cannot happen."""
    raised = [{"id": "M", "name": "", "effects": [{"parameter": "strike_rate", "shift": 10}]}]
    plan = with_sections(risks=[risk(chance_per_quarter=0)], contingency_plans=(), measures=raised)
    assert quarter_of(plan, {"strike:K/market": 0.5}).run().strikes == []
    plan = with_sections(risks=[risk(chance_per_quarter=1e-9)], contingency_plans=(), measures=raised)
    assert len(quarter_of(plan, {"strike:K/market": 0.5}).run().strikes) == 1


def test_a_risk_that_is_only_forced_strikes_when_forced_alone() -> None:
    raised = [{"id": "M", "name": "", "effects": [{"parameter": "strike_rate", "shift": 10}]}]
    churn = risk(subject="account", enabled=False)
    plan = with_sections(risks=[churn], contingency_plans=(), measures=raised)
    quarter = quarter_of(plan, {f"strike:K/C{n}": 0.5 for n in (1, 2, 3, 4)}, forced=(ForcedStrike("K", 4, "C2"),))
    assert [(strike.subject, strike.day) for strike in quarter.run().strikes] == [("C2", 15.0)]


def test_a_forced_strike_hits_whom_it_names_or_who_was_nearest_to_it() -> None:
    plan = with_sections(risks=[risk(subject="rep")], contingency_plans=())
    thresholds = {"strike:K/R1": 50.0, "strike:K/R2": 20.0, "strike:K/R3": 30.0}
    # R2 is the nearest, but is named for week 5: week 3 takes the next one.
    forced = (ForcedStrike("K", 3), ForcedStrike("K", 5, "R2"))
    records = quarter_of(plan, thresholds, forced).run()
    assert [(strike.subject, strike.day) for strike in records.strikes] == [("R3", 10.0), ("R2", 20.0)]


def test_who_left_or_was_lost_is_struck_no_more() -> None:
    churn = risk("K7", "account", event="account_lost", chance_per_quarter=0)
    shrinks = risk("K3", "account", effects=[{**WIN, "scope": {"struck": True}}])
    plan = with_sections(risks=[shrinks, churn], contingency_plans=[answer(strike="K3", activation_cost=100)])
    forced = (ForcedStrike("K7", 2, "C1"),)
    # K3 adds its hazard evenly; C1 and C2 reach their thresholds in week 4.
    late = -math.log(0.5) / 58 * 18
    quarter = quarter_of(plan, {"strike:K3/C1": late, "strike:K3/C2": late}, forced)
    records = quarter.run()
    assert [(strike.risk, strike.subject) for strike in records.strikes] == [("K7", "C1"), ("K3", "C2")]
    assert [activation.subject for activation in records.activations] == ["C2"]
    # Nor by force: the strike that names nobody takes somebody who is there.
    forced = (ForcedStrike("K7", 2, "C1"), ForcedStrike("K3", 4), ForcedStrike("K3", 5, "C1"))
    records = quarter_of(plan, {"strike:K3/C1": 1e3, "strike:K3/C4": 2e3}, forced).run()
    assert [(strike.risk, strike.subject) for strike in records.strikes] == [("K7", "C1"), ("K3", "C4")]


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_an_effect_on_a_hazard_counts_the_days_that_it_is_on(delay: int) -> None:
    """Also on days that begin with it, set before or after the day's hazard: [10 + delay, 20 + delay)."""
    churn = risk("K7", "account", chance_per_quarter=1 - math.exp(-5.8))  # a hazard of 0.1 a day
    more = {"parameter": "strike_rate", "factor": 3, "scope": {"risk": ["K7"]}, "duration_weeks": 2}
    plan = with_sections(risks=[risk(), churn], contingency_plans=[answer(delay_days=delay, effects=[more])])
    quarter = after(quarter_of(plan, forced=(ForcedStrike("K", 3),)), 9.5)
    number = quarter.model.strike_entities.ids.index("strike:K7/C1")

    def hazard() -> float:
        return float(quarter.risks.cumulative[number])

    assert hazard() == pytest.approx(1.0)
    after(quarter, 9.6 + delay)
    assert hazard() == pytest.approx(1.0 + 0.1 * delay)
    after(quarter, 10.5 + delay)
    assert hazard() == pytest.approx(1.3 + 0.1 * delay)
    quarter.run()
    assert hazard() == pytest.approx(0.1 * 48 + 0.3 * 10)


def test_a_strike_on_one_is_felt_by_that_one_alone() -> None:
    churn = risk(subject="account", effects=[{**WIN, "scope": {"struck": True}}])
    plan = with_sections(risks=[churn], contingency_plans=())
    quarter = after(quarter_of(plan, forced=(ForcedStrike("K", 1, "C2"),)), 0)
    assert win_rate(quarter, Keys({"account": "C2"})) == 0.2
    assert win_rate(quarter, Keys({"account": "C1"})) == 0.4
    assert win_rate(quarter, Keys({})) == 0.4


@pytest.mark.parametrize("day", [0, 1, 2])
def test_strikes_and_plans_that_begin_with_the_quarter_act_from_its_first_moment(day: int) -> None:
    plan = with_sections(
        risks=[risk(chance_per_quarter=1, effects=[WIN])], contingency_plans=[answer(delay_days=day, effects=[WIN])]
    )
    quarter = quarter_of(plan, {"strike:K/market": 1.0})
    assert win_rate(after(quarter, day)) == pytest.approx(0.1)
    assert day == 0 or win_rate(quarter_at(plan, day - 0.1)) == pytest.approx(0.2)


def quarter_at(plan: Plan, day: float) -> Quarter:
    return after(quarter_of(plan, {"strike:K/market": 1.0}), day)


VISITS = [{"id": "visits", "name": "", "per_week": 1}]


def struck_accounts(per_week: int | None, *answers: dict[str, Any]) -> Quarter:
    """All four accounts are struck on the first day; the plans share visits."""
    resources = [{**VISITS[0], "per_week": per_week}] if per_week else ()
    plan = with_sections(
        risks=[risk(subject="account", chance_per_quarter=1)], contingency_plans=answers, resources=resources
    )
    return quarter_of(plan, {f"strike:K/C{n}": 0.0 for n in (1, 2, 3, 4)})


def test_uses_beyond_a_shared_limit_wait_for_their_turn() -> None:
    visit = answer("visit", delay_days=3, resource="visits", effects=[{**WIN, "scope": {"struck": True}}])
    quarter = struck_accounts(1, {**visit, "activation_cost": 10})
    assert win_rate(after(quarter, 7.9), Keys({"account": "C2"})) == 0.4
    assert win_rate(after(quarter, 8), Keys({"account": "C2"})) == 0.2
    records = quarter.run()
    assert [(a.subject, a.day) for a in records.activations] == [("C1", 3), ("C2", 8), ("C3", 13), ("C4", 18)]
    assert measure(records, quarter.model).kpis["plan_cost"] == 40
    days = [a.day for a in struck_accounts(3, visit).run().activations]
    assert days == [3, 3, 3, 8]


def test_plans_share_a_resource_first_come_first_served() -> None:
    first, second = (answer(id, delay_days=days, resource="visits") for id, days in (("A", 2), ("B", 1)))
    activations = struck_accounts(2, first, second).run().activations
    # The four uses of B come on day 1, those of A on day 2: two begin every week.
    assert sorted(a.day for a in activations if a.plan == "B") == [1, 1, 6, 6]
    assert sorted(a.day for a in activations if a.plan == "A") == [11, 11, 16, 16]


def test_a_use_whose_turn_comes_after_the_quarter_starts_never() -> None:
    visit = answer("visit", delay_days=50, resource="visits", effects=[WIN])
    assert [a.day for a in struck_accounts(1, visit).run().activations] == [50, 55, math.inf, math.inf]


def test_a_limit_that_is_never_reached_changes_nothing() -> None:
    visit = answer("visit", delay_days=3, effects=[{**WIN, "scope": {"struck": True}, "duration_weeks": 2}])
    assert struck_accounts(4, {**visit, "resource": "visits"}).run() == struck_accounts(None, visit).run()
