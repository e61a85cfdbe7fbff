"""Unit: what a contingency plan is worth, in depth: costs, break-even, delays, interactions; the negative controls."""

from collections.abc import Sequence

import numpy as np
import pytest

from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import Resource, Trigger
from simulation.options import Options
from studies.decisions.stressing import stress_study
from studies.decisions.valuing import ValueResult, value_study
from studies.decisions.worth import Criterion
from studies.replay.futures import Execution, Futures
from tests.unit.test_studies_stressing import ALLOCATION, REPLICATIONS, SEED, plan_with_controls, run


@pytest.fixture(scope="module", name="plan")
def _plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_with_controls(
        tmp_path_factory.mktemp("plan"),
        "contingency_plans.K1-answer.retainer=1000",
        "contingency_plans.K1-answer.activation_cost=100",
        "contingency_plans.K1-answer.effects=[{parameter: win_rate, factor: 2}]",
        "contingency_plans.K5-answer.chosen=true",
    )


@pytest.fixture(scope="module", name="futures")
def _futures() -> Futures:
    return Futures(Execution(SEED, REPLICATIONS))


@pytest.fixture(scope="module", name="valued")
def _valued(plan: Plan, futures: Futures) -> ValueResult:
    return value_study(plan, ALLOCATION, Options.of(plan), futures, named=["K1-answer", "useless"])


def test_value_and_stress_agree_on_the_same_futures(plan: Plan, futures: Futures, valued: ValueResult) -> None:
    ran = futures.run
    stressed, _ = stress_study(plan, ALLOCATION, Options.of(plan), futures, only=["K1"])
    rows = {row.plan: row for row in stressed.rows if row.plan}
    for row in valued.rows:
        other = rows[row.plan]
        for field in (
            "gain_signed",
            "gain_cash",
            "gain_contribution",
            "gain_p_target",
            "plan_cost",
            "verdict",
            "needed",
        ):
            assert getattr(row, field) == getattr(other, field), field
    assert futures.run - ran < 2 * REPLICATIONS  # what value ran was not run again


def test_gain_costs_and_reserve_are_those_of_fresh_runs(plan: Plan, valued: ValueResult) -> None:
    base, held = run(plan, Options.of(plan, plans=())), run(plan, Options.of(plan, plans=["K1-answer"]))
    row, cost = valued.rows[0], held.kpis["plan_cost"]
    assert row.gain_contribution.mean == np.mean(held.kpis["contribution"] - base.kpis["contribution"])
    assert row.retainer + row.activations + row.uses == pytest.approx(row.plan_cost.mean)
    assert row.plan_cost.mean == cost.mean()
    assert np.mean(cost <= row.reserve) >= 0.9 > np.mean(cost < row.reserve)


def test_a_plan_without_effects_is_not_bought_and_not_looked_into(valued: ValueResult) -> None:
    row = valued.rows[1]
    assert (row.plan, row.verdict, row.seen) == ("useless", "do not buy", 0)
    assert (row.break_even, row.delays, row.interactions) == (None, (), ())
    assert row.gain_contribution.mean == pytest.approx(-row.plan_cost.mean)


def test_the_gain_along_the_rate_is_that_of_fresh_runs(plan: Plan, valued: ValueResult) -> None:
    found = valued.rows[0].break_even
    assert found is not None
    assert found.points[0].gain.mean == pytest.approx(-1000)  # nothing ever strikes: the retainer
    for point in found.points[1:]:
        there = plan_at(plan, point.factor)
        base = run(there, Options.of(there, plans=()))
        held = run(there, Options.of(there, plans=["K1-answer"]))
        assert point.gain.mean == pytest.approx(np.mean(held.kpis["contribution"] - base.kpis["contribution"]))


def plan_at(plan: Plan, factor: float) -> Plan:
    risks = tuple(
        risk.model_copy(update={"chance_per_quarter": 1 - (1 - risk.chance_per_quarter) ** factor})  # type: ignore[operator]
        if risk.id == "K1"
        else risk
        for risk in plan.risks
    )
    return plan.model_copy(update={"risks": risks})


def test_the_gain_of_a_later_trigger_is_that_of_a_fresh_run(plan: Plan, valued: ValueResult) -> None:
    base = run(plan, Options.of(plan, plans=()))
    delays = valued.rows[0].delays[1:3]
    assert delays
    for point in delays:
        later = tuple(
            entry.model_copy(update={"delay_days": entry.delay_days + point.days_later})
            if entry.id == "K1-answer"
            else entry
            for entry in plan.contingency_plans
        )
        there = plan.model_copy(update={"contingency_plans": later})
        held = run(there, Options.of(there, plans=["K1-answer"]))
        assert point.gain.mean == pytest.approx(np.mean(held.kpis["contribution"] - base.kpis["contribution"]))


def test_a_certain_risk_breaks_even_at_a_chance(plan: Plan, futures: Futures) -> None:
    """It has no rate to multiply: the gain is that of fresh runs at lower chances, down to none at all."""
    certain = at_chance(plan, 1.0)
    [row] = value_study(certain, ALLOCATION, Options.of(certain), futures, named=["K1-answer"]).rows
    found = row.break_even
    assert found is not None
    assert (found.status, found.chance_now) == ("found", 1.0)
    assert [point.chance for point in found.points] == [point.factor for point in found.points]
    for point in found.points:
        assert point.chance is not None
        there = at_chance(plan, point.chance)
        base, held = run(there, Options.of(there, plans=())), run(there, Options.of(there, plans=["K1-answer"]))
        assert point.gain.mean == pytest.approx(np.mean(held.kpis["contribution"] - base.kpis["contribution"]))
    below, above = (point.chance for point in found.points if point.gain.mean <= 0), found.points[-1].chance
    assert found.chance is not None
    assert above is not None
    assert max(chance for chance in below if chance is not None) < found.chance < above


def test_what_a_certain_risk_does_not_make_worth_its_costs_nothing_does(plan: Plan, futures: Futures) -> None:
    certain = at_chance(plan, 1.0)
    dear = tuple(
        entry.model_copy(update={"retainer": 1e6}) if entry.id == "K1-answer" else entry
        for entry in certain.contingency_plans
    )
    certain = certain.model_copy(update={"contingency_plans": dear})
    [row] = value_study(certain, ALLOCATION, Options.of(certain), futures, named=["K1-answer"]).rows
    assert row.break_even is not None
    assert (row.break_even.status, [p.chance for p in row.break_even.points]) == ("never", [0.0, 1.0])


def at_chance(plan: Plan, chance: float) -> Plan:
    risks = tuple(
        risk.model_copy(update={"chance_per_quarter": chance}) if risk.id == "K1" else risk for risk in plan.risks
    )
    return plan.model_copy(update={"risks": risks})


@pytest.mark.parametrize("trigger", [{"light": "rep_conversion"}, {"alarm": "health"}])
def test_a_plan_whose_calls_nobody_records_may_come_late_too(
    plan: Plan, futures: Futures, trigger: dict[str, str]
) -> None:
    """Alarms, and lights of reps for which nobody waits, leave no trace in quarters without the plan."""
    red = {"red": 1, "amber": 1, "at_least": 1}
    health = {"weeks": [1, 2], "interaction": 1, "need_match": 0, "budget_release": 0, "alarm_below": 0.999}
    policies = [
        {"id": "reps", "name": "", "lights": {"rep_conversion": red, "weeks": [1, 2, 3, 4]}},
        {"id": "health", "name": "", "health": health},
    ]
    effect = {"parameter": "win_rate", "factor": 3}
    answer = {"id": "care", "name": "", "trigger": trigger, "activation_cost": 1, "effects": [effect]}
    watched = Plan.model_validate(plan.model_dump() | {"policies": policies, "contingency_plans": [answer]})
    [row] = value_study(watched, ALLOCATION, Options.of(watched, plans=()), futures, named=["care"]).rows
    assert row.delays[0].gain.mean > 0
    base = run(watched, Options.of(watched, plans=()))
    for point in row.delays[1:3]:
        later = [answer | {"delay_days": point.days_later}]
        there = Plan.model_validate(watched.model_dump() | {"contingency_plans": later})
        held = run(there, Options.of(there, plans=["care"]))
        assert point.gain.mean == pytest.approx(np.mean(held.kpis["contribution"] - base.kpis["contribution"]))
        assert point.gain.mean != 0


@pytest.mark.parametrize("criterion", ["signed", "cash"])
def test_depth_follows_what_the_verdict_is_about(plan: Plan, futures: Futures, criterion: Criterion) -> None:
    """Money after the plan's costs, along the rate, the delay and with another plan, against fresh runs."""
    [row] = value_study(plan, ALLOCATION, Options.of(plan), futures, named=["K1-answer"], criterion=criterion).rows
    found = row.break_even
    assert found is not None
    assert found.points[0].gain.mean == pytest.approx(-1000)
    for point in found.points[1:]:
        assert point.gain.mean == pytest.approx(net_gain(plan_at(plan, point.factor), criterion))
    assert row.delays[0].gain.mean == pytest.approx(net_gain(plan, criterion))
    assert row.delays[0].gain == next(point.gain for point in found.points if point.factor == 1)
    assert row.interactions
    for entry in row.interactions:
        both = net_gain(plan, criterion, ["K1-answer", entry.other]) - net_gain(plan, criterion, [entry.other])
        assert entry.difference.mean == pytest.approx(both - net_gain(plan, criterion))


def net_gain(plan: Plan, criterion: str, plans: Sequence[str] = ("K1-answer",)) -> float:
    base, held = run(plan, Options.of(plan, plans=())), run(plan, Options.of(plan, plans=plans))
    return float(np.mean(held.kpis[criterion] - held.kpis["plan_cost"] - base.kpis[criterion]))


def test_a_chance_breaks_even_with_nothing_and_is_lost_by_coming_late(plan: Plan, futures: Futures) -> None:
    [row] = value_study(plan, ALLOCATION, Options.of(plan), futures, named=["K1-answer"], criterion="p_target").rows
    assert row.break_even is None
    assert row.delays[0].gain == row.gain_p_target
    assert all(abs(point.gain.mean) <= 1 for point in row.delays)
    assert [point.days_later for point in row.delays[:2]] == [0, 5]
    if not row.latest_is_open:
        assert row.delays[-1].gain.mean <= 0


def test_the_latest_delay_has_an_interval_that_holds_it(valued: ValueResult) -> None:
    row = valued.rows[0]
    assert row.latest is not None
    assert row.latest_interval is not None
    low, high = row.latest_interval
    assert 0 <= low <= row.latest <= high <= row.delays[-1].days_later


def test_only_plans_of_the_plan_can_be_valued(plan: Plan, futures: Futures) -> None:
    with pytest.raises(UsageError, match="no contingency plan posters in the plan"):
        value_study(plan, ALLOCATION, Options.of(plan), futures, named=["posters"])


def test_what_costs_only_where_it_helps_is_always_worth_it(plan: Plan, futures: Futures) -> None:
    """Without a retainer nothing is lost where the risk does not strike: one lower rate is enough to see it."""
    free = {"retainer": 0.0, "activation_cost": 0.0, "delay_days": 0.0}
    plans = tuple(
        entry.model_copy(update=free) if entry.id == "K1-answer" else entry for entry in plan.contingency_plans
    )
    plan = plan.model_copy(update={"contingency_plans": plans})
    [row] = value_study(plan, ALLOCATION, Options.of(plan), futures, named=["K1-answer"]).rows
    assert row.gain_contribution.mean > 0
    assert row.break_even is not None
    assert (row.break_even.status, row.break_even.factor) == ("always", None)
    assert [point.factor for point in row.break_even.points] == [0.0, 0.5, 1.0]
    assert row.break_even.points[0].gain.mean == 0


def test_interactions_are_with_plans_that_share_a_resource_a_trigger_or_the_planners_choice(plan: Plan) -> None:
    """A shared resource is named first; what can do nothing, and what shares nothing, is left out."""
    by_id = {entry.id: entry for entry in plan.contingency_plans}
    own = by_id["K1-answer"].model_copy(update={"resource": "experts"})
    others = (
        own.model_copy(update={"id": "same-queue"}),
        own.model_copy(update={"id": "same-strike", "resource": None}),
        own.model_copy(update={"id": "stranger", "resource": None, "trigger": Trigger(week=3)}),
        own.model_copy(update={"id": "idle", "effects": ()}),
    )
    chosen = by_id["K5-answer"]
    assert chosen.chosen
    resources = (Resource(id="experts", name="Experts", per_week=1),)
    plan = plan.model_copy(update={"contingency_plans": (own, chosen, *others), "resources": resources})
    [row] = value_study(plan, ALLOCATION, Options.of(plan), Futures(Execution(SEED, 12)), named=["K1-answer"]).rows
    assert {line.other: line.shares for line in row.interactions} == {
        "same-queue": "resource",
        "same-strike": "trigger",
        "K5-answer": "chosen",
    }
