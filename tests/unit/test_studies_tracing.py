"""Unit: a trace is the replication of the Monte Carlo, told; its sums are those of the KPIs."""

from __future__ import annotations

import datetime as dt

import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from scenarios.policies import Policy, ProductChoice, WeightChange
from scenarios.risks import ContingencyPlan, Trigger
from simulation.options import ForcedStrike, Options
from studies.replay.replications import run_replications
from studies.trace.traces import Focus, TraceResult
from studies.trace.tracing import trace_study
from tests.golden.test_kpi_table import by_hand
from tests.unit.test_simulation_tracing import ALLOCATION

REPLICATION, SEED = 7, 3


def options_of(plan: Plan) -> Options:
    return Options.of(plan, plans=["K1-answer", "K5-answer"], forced=[ForcedStrike("K5", 3, "R1")])


def told(plan: Plan, **focus: str | int) -> TraceResult:
    about = Focus.model_validate(focus)
    return trace_study(plan, ALLOCATION, options_of(plan), seed=SEED, replication=REPLICATION, focus=about)


def test_the_figures_are_those_of_the_monte_carlo(small_plan: Plan) -> None:
    options = options_of(small_plan)
    batch = run_replications(small_plan, ALLOCATION, options, seed=SEED, numbers=range(REPLICATION + 1))
    bare = Options.of(small_plan, risks=(), plans=())
    calm = run_replications(small_plan, ALLOCATION, bare, seed=SEED, numbers=range(REPLICATION + 1))
    result = told(small_plan)
    assert {kpi.id: kpi.value for kpi in result.kpis} == {id: values[REPLICATION] for id, values in batch.kpis.items()}
    assert {kpi.id: kpi.without_risks for kpi in result.kpis} == {id: v[REPLICATION] for id, v in calm.kpis.items()}
    assert [week.signed for week in result.weeks] == batch.by_week[REPLICATION].tolist()
    assert [week.cash for week in result.weeks] == batch.cash_by_week[REPLICATION].tolist()
    assert [rep.signed for rep in result.reps] == batch.by_rep[REPLICATION].tolist()


def test_the_figures_of_the_built_in_plan_are_those_of_the_monte_carlo() -> None:
    plan = load_plan("quarter").plan
    options, allocation = Options.of(plan), by_hand(plan)
    batch = run_replications(plan, allocation, options, seed=1, numbers=[REPLICATION])
    result = trace_study(plan, allocation, options, seed=1, replication=REPLICATION)
    assert {kpi.id: kpi.value for kpi in result.kpis} == {id: values[0] for id, values in batch.kpis.items()}


def test_parts_add_up(small_plan: Plan) -> None:
    result = told(small_plan)
    kpis = {kpi.id: kpi for kpi in result.kpis}
    signed = kpis["signed"]
    assert sum(end.signed - end.signed_without_risks for end in result.changed) == pytest.approx(
        signed.value - signed.without_risks
    )
    assert sum(rep.signed for rep in result.reps) == pytest.approx(signed.value)
    assert result.weeks[-1].so_far == pytest.approx(signed.value)
    assert result.weeks[-1].without_risks_so_far == pytest.approx(signed.without_risks)
    assert sum(plan.cost for plan in result.contingency_plans) == pytest.approx(kpis["plan_cost"].value)


def test_a_strike_is_told_with_its_dates(small_plan: Plan) -> None:
    result = told(small_plan)
    strike = next(row for row in result.strikes if row.risk == "K5" and row.subject == "R1")
    assert (strike.date, strike.week, strike.subject_name) == ("2026-01-19", 3, "Ann")
    assert strike.event_date == "2026-02-02"  # ten working days later
    ann = next(rep for rep in result.reps if rep.rep == "R1")
    assert ann.left_date == "2026-02-02"
    plan = next(row for row in result.contingency_plans if row.plan == "K5-answer")
    assert "2026-01-19 R1" in plan.started
    assert plan.used_on


def test_a_story_is_about_what_was_asked_for(small_plan: Plan) -> None:
    everything = told(small_plan)
    assert {row.kind for row in everything.story} & {"touch", "paid", "open", "stage"} == set()
    rep = told(small_plan, rep="R2")
    assert {row.rep for row in rep.story} == {"R2"}
    assert sum(row.hours or 0 for row in rep.story) == pytest.approx(rep.reps[1].hours)
    week = told(small_plan, rep="R2", week=4)
    assert week.story == tuple(row for row in rep.story if row.week == 4)
    deal = told(small_plan, opportunity="O2")
    assert deal.focus.opportunity == "opportunity:O2"
    assert {row.opportunity for row in deal.story} == {"opportunity:O2"}
    assert (deal.story[0].kind, deal.story[0].stage) == ("open", "Proposal")
    customer = told(small_plan, account="C1")
    assert {row.account for row in customer.story} == {"C1"}
    assert {row.kind for row in customer.story} >= {"touch", "open", "paid"}


def test_lights_are_told_on_the_day_of_their_review() -> None:
    plan = load_plan("quarter").plan
    options, allocation = Options.of(plan), by_hand(plan)
    batch = run_replications(plan, allocation, options, seed=1, numbers=[0], keep_records=True)
    given = [light for light in batch.records[0].lights if light.colour != "green"]
    story = trace_study(plan, allocation, options, seed=1, replication=0).story
    told_lights = [row for row in story if row.kind in ("amber_light", "red_light")]
    assert given
    assert [(row.subject, row.region, row.week) for row in told_lights] == [
        (light.metric, light.scope, light.week) for light in given
    ]
    assert {dt.date.fromisoformat(row.date).weekday() for row in told_lights} == {4}


def test_steering_training_and_coaching_are_told_as_they_are_in_the_records() -> None:
    """M3, M5, M6, R8 and the sessions, of a replication of the Monte Carlo with all of them in play."""
    on = [f"policies.{id}.enabled=true" for id in ("M3", "M5", "M6")]
    plan = load_plan("quarter", settings=[*on, "policies.M6.reallocation.reps_moved=1"]).plan
    options, allocation = Options.of(plan, plans=["R8-coaching"]), by_hand(plan)
    batch = run_replications(plan, allocation, options, seed=1, numbers=[REPLICATION], keep_records=True)
    (records,) = batch.records
    result = trace_study(plan, allocation, options, seed=1, replication=REPLICATION)
    story = result.story

    def told_of(*kinds: str) -> list[tuple[object, ...]]:
        return [(row.kind, row.subject, row.region, row.before, row.amount) for row in story if row.kind in kinds]

    assert records.moves
    assert told_of("moved") == [("moved", m.activity, m.region, m.before, m.after) for m in records.moves]
    assert records.postings
    posted = [(row.rep, row.region, row.subject) for row in story if row.kind == "posted"]
    assert posted == [(plan.reps[p.rep].id, p.region, p.to) for p in records.postings]
    assert told_of("weights") == [("weights", w.policy, None, w.before, w.after) for w in records.weights]
    (verdict,) = records.tests
    kind = "rolled_out" if verdict.rolled_out else "not_rolled_out"
    assert told_of("rolled_out", "not_rolled_out") == [(kind, "M5", None, None, verdict.gain)]
    assert [row.cases for row in story if row.kind == kind] == [verdict.tried]
    held = [row for row in story if row.kind == "session"]
    assert [(row.subject, row.week) for row in held] == [
        (s.measure, plan.calendar.week_of(s.day - 0.001)) for s in records.sessions
    ]
    tries = [(row.subject, row.rep, row.kind == "exam_passed") for row in story if row.kind.startswith("exam")]
    assert tries == [(e.measure, plan.reps[e.rep].id, e.passed) for e in records.exams]
    coached = [row.rep for row in story if row.kind == "plan" and row.subject == "R8-coaching"]
    assert sorted(coached) == sorted(a.subject for a in records.activations)
    assert {row.subject for row in story if row.kind in ("moved", "weights", kind, "session")} <= result.names.keys()
    of_one = trace_study(plan, allocation, options, seed=1, replication=REPLICATION, focus=Focus(rep="R01")).story
    assert [row for row in of_one if row.kind.startswith("exam")] == [
        row for row in story if row.kind.startswith("exam") and row.rep == "R01"
    ]


def test_a_rep_is_held_against_the_quota_that_stands_in_the_end(small_plan: Plan) -> None:
    """L1 goes from 200 k to 500 k of the 800 k that are asked, a factor of 2.5; S1 keeps half of its 600 k (M3)."""
    asked = (
        QuotaCell("S1", "north", "R1", 200_000),
        QuotaCell("L1", "north", "R1", 80_000),
        QuotaCell("L1", "north", "R2", 120_000),
        QuotaCell("S1", "south", "R3", 400_000),
    )
    allocation = Allocation("by hand", asked)
    change = WeightChange(gain=ProductChoice(product=("L1",)), to_share=0.625, week=5)
    plan = small_plan.model_copy(update={"policies": (Policy(id="M3", name="Weights", weight_change=change),)})
    moved, left = (
        trace_study(steered, allocation, Options.of(steered), seed=SEED, replication=REPLICATION).reps
        for steered in (plan, small_plan)
    )
    assert [rep.quota for rep in moved] == [rep.quota for rep in left] == [280_000, 120_000, 400_000]
    assert [rep.final_quota for rep in moved] == pytest.approx([300_000, 300_000, 200_000])
    assert [rep.final_quota for rep in left] == [280_000, 120_000, 400_000]


def test_days_and_dates_are_in_order_and_inside_the_quarter(small_plan: Plan) -> None:
    story = told(small_plan, week=6).story
    assert [row.day for row in story] == sorted(row.day for row in story)
    first, last = dt.date(2026, 2, 9), dt.date(2026, 2, 15)
    assert all(first <= dt.date.fromisoformat(row.date) <= last for row in story)


@pytest.mark.parametrize(
    ("focus", "said"),
    [
        ({"rep": "R9"}, "no rep R9 in the plan"),
        ({"account": "C9"}, "no account C9 in the plan"),
        ({"opportunity": "O77"}, "no opportunity O77 in replication 7"),
        ({"week": 13}, "the quarter has weeks 1 to 12"),
    ],
)
def test_what_is_not_there_is_refused(small_plan: Plan, focus: dict[str, str | int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        told(small_plan, **focus)


def test_a_plan_that_comes_too_late_is_told_on_the_day_on_which_its_strike_was_known(small_plan: Plan) -> None:
    """K5 takes R1 in week 9 and R2 in week 11; the answers start after the quarter, each told on its own day.

    What waits for a date and comes too late counts as the last day.
    """
    dated = ContingencyPlan(id="dated", name="Dated", trigger=Trigger(week=11), delay_days=100)
    answers = {entry.id: entry for entry in small_plan.contingency_plans}
    late = answers["K5-answer"].model_copy(update={"delay_days": 100})
    plan = small_plan.model_copy(update={"contingency_plans": (answers["K1-answer"], late, dated)})
    forced = [ForcedStrike("K5", 9, "R1"), ForcedStrike("K5", 11, "R2")]
    options = Options.of(plan, risks=(), plans=["K5-answer", "dated"], forced=forced)
    result = trace_study(plan, ALLOCATION, options, seed=SEED, replication=0, focus=Focus())
    strikes = {row.rep: row.date for row in result.story if row.kind == "strike"}
    detection = next(risk.detection_days for risk in plan.risks if risk.id == "K5")
    assert detection == 0
    told = {(row.subject, row.rep): row for row in result.story if row.kind == "plan"}
    assert {rep: told["K5-answer", rep].date for rep in ("R1", "R2")} == {rep: strikes[rep] for rep in ("R1", "R2")}
    assert strikes["R1"] < strikes["R2"]
    assert all(row.until is None for row in told.values())
    assert told["dated", None].date == plan.calendar.working_dates[-1].isoformat()
