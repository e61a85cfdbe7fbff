"""Unit: what a light is said to be worth as an alarm, and what acting on one brings."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenarios.effects import Effect
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.policies import Light, Lights, Policy
from scenarios.risks import ContingencyPlan, Trigger
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.decisions.warning import LightsResult, WarningRow, _warning, lights_study
from studies.replay.futures import Execution, Futures
from tests.plans import small_plan

WEEKS = 12


def warning(bad: list[bool], week_3: list[float], week_6: list[float], red_at: float = 0.8) -> WarningRow:
    return _warning("conversion", red_at, {3: np.array(week_3), 6: np.array(week_6)}, np.array(bad), WEEKS)


def test_a_light_that_is_red_where_it_ends_badly_warns_from_its_first_red_week_on() -> None:
    """Ten bad quarters, half of them red in week 3 and the others in week 6: 9 and 6 weeks ahead of the end."""
    row = warning([True] * 10 + [False] * 10, [0.7] * 5 + [1.0] * 15, [0.5] * 10 + [0.81] * 10)
    assert row.verdict == "warns"
    assert row.weeks_of_warning is not None
    assert row.weeks_of_warning.mean == 7.5
    assert row.false_alarms is not None
    assert row.missed_alarms is not None
    assert (row.false_alarms.mean, row.missed_alarms.mean) == (0, 0)
    # Wilson's intervals of 10 of 10 and 0 of 10 end at 0.7225 and 0.2775: Newcombe's distance from 1 is √2 × 0.2775.
    assert row.tells is not None
    assert (row.tells.mean, row.tells.ci_low) == pytest.approx((1, 1 - math.sqrt(2) * 0.27753), abs=1e-4)


def test_a_light_that_is_red_where_it_ends_well_misleads() -> None:
    row = warning([False] * 10 + [True] * 10, [0.7] * 10 + [1.0] * 10, [1.0] * 20)
    assert row.verdict == "misleads"
    assert row.weeks_of_warning is None
    assert row.false_alarms == row.missed_alarms
    assert row.p_bad_if_not is not None
    assert row.p_bad_if_not.mean == 1


def test_a_light_that_is_red_as_often_either_way_tells_nothing() -> None:
    assert warning([True, False] * 10, [0.7, 0.7, 1.0, 1.0] * 5, [1.0] * 20).verdict == "tells nothing yet"


def test_a_light_that_never_or_always_stands_at_red_tells_nothing_apart() -> None:
    bad, week_3, week_6 = [True, False, True], [0.9, 0.95, 1.0], [0.85, 1.0, 1.0]
    never, always = warning(bad, week_3, week_6, 0.8), warning(bad, week_3, week_6, 1.0)
    assert (never.verdict, never.p_bad_if_red, never.tells) == ("never red", None, None)
    assert never.missed_alarms is not None
    assert never.missed_alarms.mean == 1
    assert (always.verdict, always.p_bad_if_not, always.tells) == ("always red", None, None)
    assert always.false_alarms is not None
    assert always.false_alarms.mean == 1


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    """A light of conversion that is mostly red, one of collection that never is, and plans that wait for them."""
    conversion, collection = Light(red=0.95, amber=1, at_least=1), Light(red=0.001, amber=0.9, at_least=1)
    policy = Policy(id="E3", name="Lights", lights=Lights(conversion=conversion, collection=collection))
    push = (Effect(parameter="win_rate", factor=1.5),)
    answers = (
        ContingencyPlan(id="talk", name="Talk", trigger=Trigger(light="conversion"), retainer=1, effects=push),
        ContingencyPlan(id="memo", name="Memo", trigger=Trigger(light="conversion"), retainer=70),
        ContingencyPlan(id="dunning", name="Dunning", trigger=Trigger(light="collection"), retainer=900, effects=push),
    )
    plan = small_plan(settings=["target=170000", "calendar.review_weeks=[3, 5, 7]"])
    return plan.model_copy(update={"policies": (policy,), "contingency_plans": (*plan.contingency_plans, *answers)})


def study(plan: Plan, replications: int) -> LightsResult:
    futures = Futures(Execution(seed=11, replications=replications))
    return lights_study(plan, named_allocation(plan, "optimised"), Options.of(plan, plans=["talk"]), futures)


def test_acting_is_judged_by_what_is_known_of_it(plan: Plan) -> None:
    """Eight futures are too few for a verdict; that a plan can only cost, or was never set off, shows in fewer."""
    rows = {row.plan: row for row in study(plan, 8).acting}
    assert rows["talk"].p_triggered.mean > 0
    assert {name: row.verdict for name, row in rows.items()} == {
        "talk": "cannot tell yet",
        "memo": "do not buy",
        "dunning": "never triggered",
    }
    assert rows["memo"].gain_contribution.mean == pytest.approx(-70)
    assert (rows["dunning"].p_triggered.mean, rows["dunning"].gain_contribution.mean) == pytest.approx((0, -900))


def test_acting_that_brings_half_as_many_wins_more_for_next_to_nothing_is_bought(plan: Plan) -> None:
    talk = next(row for row in study(plan, 40).acting if row.plan == "talk")
    assert talk.gain_contribution.ci_low > 0
    assert talk.verdict == "buy"


def test_lights_that_nobody_looks_at_are_told(plan: Plan) -> None:
    blind = plan.model_copy(update={"calendar": plan.calendar.model_copy(update={"review_weeks": ()})})
    with pytest.raises(UsageError, match=r"never looked at: name weeks in calendar\.review_weeks"):
        study(blind, 2)
