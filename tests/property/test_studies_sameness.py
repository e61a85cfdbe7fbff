"""Property: replications said to be the same under other options are those of a fresh run, to the last bit."""

import functools
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.loading import load_plan
from scenarios.measures import Measure
from scenarios.plan import Plan
from simulation.options import ForcedStrike, Options
from studies.replay.futures import Execution, Futures
from studies.replay.replications import run_replications
from studies.replay.sameness import as_under, same_under
from tests.plans import PLAN_YAML, small_plan_files
from tests.unit.test_studies_replications import ALLOCATION, differing

REPLICATIONS = 8
RISKS = """\
  - id: rumour
    name: A rumour
    chance_per_quarter: 0.6
    detection_days: 4
    effects:
      - {parameter: win_rate, factor: 1}
  - id: late-payers
    name: Customers pay late
    chance_per_quarter: 0.6
    effects:
      - {parameter: days_late, factor: 3}
"""
PLANS = """\
  - id: posters
    name: A plan for the drawer
    trigger: {strike: K1}
    retainer: 2500.7
    activation_cost: 300.1
    effects:
      - {parameter: win_rate, factor: 1}
  - id: answer-to-rumour
    name: A campaign
    trigger: {strike: rumour}
    delay_days: 20
    activation_cost: 70
    cost_per_use: 3.3
    effects:
      - {parameter: win_rate, factor: 1.1}
  - id: reserve
    name: Somebody in reserve
    trigger: {strike: K5}
    retainer: 100.3
    activation_cost: 11.1
    max_activations: 1
    resource: visits
  - id: visit
    name: A visit
    trigger: {strike: K7}
    resource: visits
    delay_days: 2
    effects:
      - {parameter: event_probability, factor: 0.5, scope: {risk: [K7], struck: true}}
  - id: autumn-push
    name: Autumn push
    trigger: {week: 12}
    delay_days: 6
    activation_cost: 40
    effects:
      - {parameter: win_rate, factor: 1.2}
  - id: care-campaign
    name: Care for everybody
    trigger: {week: 2}
    cost_per_use: 1.7
    effects:
      - {parameter: strike_rate, factor: 0.5, scope: {risk: [K7]}}
  - id: on-red
    name: On a red light
    trigger: {light: conversion}
    cost_per_use: 2
    effects:
      - {parameter: win_rate, factor: 1.3}
  - id: on-alarm
    name: On an alarm
    trigger: {alarm: health}
    activation_cost: 5
    effects:
      - {parameter: win_rate, factor: 1.3, scope: {struck: true}}
  - id: coaching
    name: Coaching
    trigger: {light: rep_conversion}
    activation_cost: 5
    effects:
      - {parameter: skill, factor: 1.3, scope: {struck: true}}
"""
MEASURES = """\
  - id: scan
    name: Scan
    effects:
      - {parameter: detection_days, shift: -3, scope: {risk: [K1]}}
"""
LIGHTS = """\
policies:
  - id: lights
    name: Friday lights
    lights:
      conversion: {red: 0.9, amber: 0.95, at_least: 2}
      look_back_weeks: 4
  - id: of-reps
    name: Lights of reps
    lights:
      rep_conversion: {red: 0.9, amber: 0.95, at_least: 2}
      look_back_weeks: 4
      weeks: [3, 5, 7]
  - id: health
    name: Health
    health: {weeks: [3, 6], interaction: 0.5, need_match: 0.5, budget_release: 0, alarm_below: 0.8}
"""
RESOURCES = "resources:\n  - {id: visits, name: Visits, per_week: 1}\n"


@functools.cache
def plan() -> Plan:
    text = PLAN_YAML.replace("contingency_plans:\n", f"{RISKS}\n{RESOURCES}\ncontingency_plans:\n{PLANS}")
    text = text.replace("measures:\n", f"measures:\n{MEASURES}")
    if "policies:" not in text:
        text += f"\n{LIGHTS}"
    with tempfile.TemporaryDirectory() as folder:
        settings = ("target=170000", "risks.K1.chance_per_quarter=0.5", "risks.K5.chance_per_quarter=0.4")
        settings += ("calendar.review_weeks=[2,4,6,8,10,12]",)
        return load_plan(small_plan_files(Path(folder), plan=text), (), settings).plan


@st.composite
def in_play(draw: st.DrawFn) -> Options:
    risks = draw(st.sets(st.sampled_from([risk.id for risk in plan().risks])))
    plans = draw(st.sets(st.sampled_from([entry.id for entry in plan().contingency_plans]), max_size=4))
    forced = draw(st.sampled_from([(), (), (ForcedStrike("K1", 5),), (ForcedStrike("K5", 3, "R2"),)]))
    return Options.of(plan(), risks, plans, forced)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Options, Options]:
    """Options, and the same with risks taken away and plans exchanged."""
    old = draw(in_play())
    removed = draw(st.sets(st.sampled_from(sorted(old.risks)))) if old.risks else set()
    plans = draw(st.sets(st.sampled_from([entry.id for entry in plan().contingency_plans]), max_size=4))
    kept = tuple(strike for strike in old.forced if strike.risk not in removed)
    return old, Options(old.risks - removed, frozenset(plans), kept, old.uncertainty)


@settings(max_examples=16, deadline=None, derandomize=True)
@given(steps(), st.integers(0, 2**32 - 1))
def test_what_is_said_to_be_the_same_is(change: tuple[Options, Options], seed: int) -> None:
    old, new = change
    numbers = range(REPLICATIONS)
    before = run_replications(plan(), ALLOCATION, old, seed=seed, numbers=numbers)
    after = run_replications(plan(), ALLOCATION, new, seed=seed, numbers=numbers)
    same = same_under(plan(), before, old, new)
    found = as_under(plan(), before.rows(same), old, new)
    assert differing(found, after.rows(same)) == []


@settings(max_examples=5, deadline=None, derandomize=True)
@given(st.lists(in_play(), min_size=2, max_size=5), st.integers(0, 2**32 - 1))
def test_futures_replayed_one_after_the_other_are_those_of_fresh_runs(tried: list[Options], seed: int) -> None:
    futures = Futures(Execution(seed, REPLICATIONS))
    for options in tried:
        found = futures.replay(plan(), ALLOCATION, options)
        fresh = run_replications(plan(), ALLOCATION, options, seed=seed, numbers=range(REPLICATIONS))
        assert differing(found, fresh) == []
    assert futures.run + futures.known == REPLICATIONS * len(tried)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(in_play(), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
def test_futures_prepared_together_are_those_replayed_one_after_the_other(tried: list[Options], seed: int) -> None:
    """And counted like them; then nothing is left to be run."""
    together, apart = (Futures(Execution(seed, REPLICATIONS)) for _ in range(2))
    together.prepare(plan(), ALLOCATION, tried[:2], label="", records_of=tried[:1])
    together.prepare(plan(), ALLOCATION, tried, label="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studies.replay.replications.run_quarter", lambda *_: pytest.fail("not prepared"))
        found = [together.replay(plan(), ALLOCATION, options) for options in tried]
        with_records = together.replay(plan(), ALLOCATION, tried[0], keep_records=True)
    for options, batch in zip(tried, found, strict=True):
        assert differing(replace(batch, records=()), apart.replay(plan(), ALLOCATION, options)) == []
    assert len(with_records.records) == REPLICATIONS
    assert (together.run, together.known - REPLICATIONS) == (apart.run, apart.known)


def test_most_is_known_where_little_can_differ() -> None:
    """Each rule spares replications here: without it the figure would be 0."""
    old = Options.of(plan(), plans=())
    batch = run_replications(plan(), ALLOCATION, old, seed=1, numbers=range(40))
    every = frozenset(risk.id for risk in plan().risks)
    struck = {risk: batch.struck.get(risk, np.zeros(40)) > 0 for risk in every}
    shares = {}
    for risk in every:
        shares[risk] = same_under(plan(), batch, old, Options(every - {risk}, frozenset())).mean()
    assert shares["K1"] == 1 - struck["K1"].mean() < 1
    assert shares["rumour"] == 1 > 1 - struck["rumour"].mean()
    assert shares["K5"] > 1 - struck["K5"].mean()
    held = {}
    for entry in plan().contingency_plans:
        held[entry.id] = same_under(plan(), batch, old, Options(every, frozenset({entry.id}))).mean()
    assert held["posters"] == held["reserve"] == held["autumn-push"] == 1
    assert held["answer-to-rumour"] > 1 - struck["rumour"].mean()
    assert 0 < held["on-red"] < 1


def test_a_risk_whose_hazard_is_acted_on_makes_a_difference_before_it_strikes() -> None:
    """Whom a plan keeps from being struck is a use of it, and a hazard pressed below zero is clipped and counted."""
    pressed = {"parameter": "strike_rate", "shift": -1, "scope": {"risk": ["rumour"]}, "from_week": 9}
    watch = Measure.model_validate({"id": "watch", "name": "Watch", "effects": [pressed]})
    watched = plan().model_copy(update={"measures": (*plan().measures, watch)})
    for of, risk, held, differ in (
        (plan(), "K7", {"care-campaign"}, ["kpis", "uses"]),
        (watched, "rumour", set[str](), ["clips"]),
    ):
        old = Options(frozenset({"K1", risk}), frozenset(held))
        new = Options(frozenset({"K1"}), frozenset(held))
        before = run_replications(of, ALLOCATION, old, seed=1, numbers=range(REPLICATIONS))
        after = run_replications(of, ALLOCATION, new, seed=1, numbers=range(REPLICATIONS))
        idle = before.struck.get(risk, np.zeros(REPLICATIONS)) == 0
        assert idle.any()
        assert differing(as_under(of, before.rows(idle), old, new), after.rows(idle)) == differ
        assert not same_under(of, before, old, new)[idle].any()


@pytest.mark.parametrize("forced", [(ForcedStrike("K1", 5),), ()])
def test_a_strike_forced_otherwise_or_a_risk_added_is_another_quarter(forced: tuple[ForcedStrike, ...]) -> None:
    batch = run_replications(plan(), ALLOCATION, Options(frozenset({"K5"}), frozenset()), seed=1, numbers=range(3))
    new = Options(frozenset({"K5", "K1"}) if not forced else frozenset({"K5"}), frozenset(), forced)
    assert not same_under(plan(), batch, Options(frozenset({"K5"}), frozenset()), new).any()
