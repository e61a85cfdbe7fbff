"""Unit: levers for a wanted chance, the loop closed between expectation and simulation, lights, and strategy tests."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from optimizer.allocating import allocate
from optimizer.correcting import Correction
from scenarios.effects import Effect
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.policies import Light, Lights, Policy, RepLight, StrategyTest
from scenarios.risks import ContingencyPlan, Trigger
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.decisions.levers import levers_of
from studies.decisions.reaching import STUDY as REACH
from studies.decisions.reaching import ReachChanceResult, reach_chance_study, target_with_chance
from studies.decisions.rounds import STUDY as ROUNDS
from studies.decisions.rounds import RoundsRequest, RoundsResult, _best, _next, rounds_study
from studies.decisions.trial_design import STUDY as DESIGN
from studies.decisions.trial_design import DesignResult, design_study
from studies.decisions.warning import STUDY as LIGHTS
from studies.decisions.warning import LightsResult, lights_study
from studies.replay.batches import Batch
from studies.replay.futures import Execution, Futures
from studies.study import Inputs
from tests.plans import small_plan


def futures(replications: int = 16) -> Futures:
    return Futures(Execution(seed=11, replications=replications))


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    settings = ["target=170000", "risks.K1.chance_per_quarter=0.8", "measures.proposal-tool.enabled=false"]
    return small_plan(settings=settings)


@pytest.fixture(scope="module", name="reached")
def _reached(plan: Plan) -> ReachChanceResult:
    allocation = named_allocation(plan, "optimised")
    return reach_chance_study(plan, allocation, Options.of(plan), futures(), wanted=0.9, hour_cost=100.0)


def test_every_lever_has_a_gain_and_a_price_only_beyond_its_interval(reached: ReachChanceResult) -> None:
    found = {(lever.kind, lever.id, lever.more): lever for lever in reached.levers}
    assert ("contingency plan", "K1-answer", None) in found
    assert ("measure", "proposal-tool", None) in found
    assert ("pool", "marketing", 0.2) in found
    assert ("hours", "all reps", 0.1) in found
    for lever in reached.levers:
        assert (lever.per_point is not None) == (lever.verdict == "helps")
        assert lever.chance.mean == pytest.approx(reached.now.mean + lever.gain.mean)
        if lever.per_point is not None:
            assert lever.per_point == pytest.approx((lever.money or 0) / (100 * lever.gain.mean))
    assert found["measure", "proposal-tool", None].money == 2000
    # 58 working days: 12 weeks with two holidays
    assert found["hours", "all reps", 0.1].hours == pytest.approx(0.1 * 72 / 5 * 58)


def test_the_mix_takes_the_cheapest_point_first_and_rises_step_by_step(plan: Plan) -> None:
    """Two measures that surely help; the dearer one is taken second, and the chance is not there before."""
    effects = ({"parameter": "win_rate", "factor": 1.4}, {"parameter": "deal_value", "factor": 1.5})
    measures = [
        {"id": id, "name": "", "enabled": False, "cost": cost, "effects": [effect]}
        for id, cost, effect in zip(("cheap", "dear"), (1_000, 9_000), effects, strict=True)
    ]
    plan = Plan.model_validate(plan.model_dump() | {"measures": measures, "target": 190_000})
    result = reach_chance_study(
        plan, named_allocation(plan, "optimised"), Options.of(plan), futures(60), wanted=0.999, hour_cost=None
    )
    gains = {lever.id: lever for lever in result.levers if lever.kind == "measure"}
    assert gains["cheap"].verdict == gains["dear"].verdict == "helps"
    assert (gains["cheap"].per_point or 0) < (gains["dear"].per_point or 0)
    assert [step.lever for step in result.mix][:2] == ["cheap", "dear"]
    assert [step.money for step in result.mix][:2] == [1_000, 10_000]
    chances = [result.now.mean, *(step.chance.mean for step in result.mix)]
    assert all(before < after for before, after in pairwise(chances))
    assert result.mix[0].chance.mean == pytest.approx(gains["cheap"].chance.mean)


def test_hours_without_a_price_are_in_no_mix(plan: Plan) -> None:
    allocation = named_allocation(plan, "optimised")
    result = reach_chance_study(plan, allocation, Options.of(plan), futures(8), wanted=0.99)
    hours = [lever for lever in result.levers if lever.kind == "hours"]
    assert all(lever.money is None and lever.per_point is None for lever in hours)
    assert "all reps" not in {step.lever for step in result.mix}


def test_the_target_with_a_chance_is_a_quantile_with_order_statistics() -> None:
    """Of 1 … 100 the amount reached with 70% is near 30; a binomial of 100 and 0.3 lies in 21 … 39 with 95%."""
    target, low, high = target_with_chance(np.arange(1.0, 101.0), 0.7)
    assert target == pytest.approx(30.7)
    assert (low, high) == (21, 40)
    assert target_with_chance(np.arange(3.0), 0.99)[1] is None


@pytest.mark.statistical
def test_the_interval_of_that_target_covers_at_its_rate() -> None:
    truth = -0.5244005127080409  # the 30% quantile of a standard normal
    covered = 0
    for seed in range(1000):
        _, low, high = target_with_chance(np.random.default_rng(seed).standard_normal(200), 0.7)
        assert low is not None
        assert high is not None
        covered += low <= truth <= high
    assert 0.94 <= covered / 1000 <= 0.985


@pytest.fixture(scope="module", name="rounds")
def _rounds(plan: Plan) -> RoundsResult:
    return rounds_study(plan, Options.of(plan), futures(), 2)[0]


def test_a_correction_scales_demand_and_hours_of_its_cell_alone(plan: Plan) -> None:
    base = allocate(plan, detail="none")
    halved = allocate(plan, detail="none", correction=Correction({("S1", "north"): 0.5}))
    assert halved.expected_total < base.expected_total
    assert allocate(plan, detail="none", correction=Correction()).expected_total == pytest.approx(base.expected_total)
    by_cell = {(c.product, c.region): 0.0 for c in halved.expected}
    for cell in halved.expected:
        by_cell[cell.product, cell.region] += cell.expected
    before = {key: sum(c.expected for c in base.expected if (c.product, c.region) == key) for key in by_cell}
    assert by_cell["S1", "north"] == pytest.approx(before["S1", "north"] / 2, rel=0.2)
    everywhere = {(product.id, region.id): 50.0 for product in plan.products for region in plan.regions}
    slow = allocate(plan, detail="none", correction=Correction({}, everywhere))
    assert slow.expected_total < 0.9 * base.expected_total


def test_rounds_bring_expectation_and_simulation_nearer(rounds: RoundsResult) -> None:
    assert [row.number for row in rounds.rows] == [0, 1, 2]
    for row in rounds.rows:
        assert row.optimism.mean == pytest.approx(row.expected - row.simulated.mean, abs=1e-3)
    assert abs(rounds.rows[-1].optimism.mean) < abs(rounds.rows[0].optimism.mean)
    assert rounds.rows[0].gain is None
    chance = rounds.rows[0].p_target
    assert chance.ci_high - chance.mean > chance.mean - chance.ci_low > 0  # Wilson's: not even
    assert rounds.corrections
    assert all(0.05 < row.demand < 17 for row in rounds.corrections)


def with_policies(plan: Plan, *policies: Policy, answers: tuple[ContingencyPlan, ...] = ()) -> Plan:
    return plan.model_copy(update={"policies": policies, "contingency_plans": (*plan.contingency_plans, *answers)})


@pytest.fixture(scope="module", name="lights")
def _lights(plan: Plan) -> LightsResult:
    light = Light(red=0.8, amber=0.9, at_least=1)
    policy = Policy(id="E3", name="Lights", lights=Lights(conversion=light, collection=light))
    talk = ContingencyPlan(
        id="talk",
        name="Talk track",
        trigger=Trigger(light="conversion"),
        retainer=1,
        effects=(Effect(parameter="win_rate", factor=1.5),),
    )
    of_reps = Policy(id="A", name="", lights=Lights(rep_conversion=RepLight(red=0.8, amber=0.9), weeks=(2, 9)))
    lit = with_policies(plan, of_reps, policy, answers=(talk,))
    lit = lit.model_copy(update={"calendar": plan.calendar.model_copy(update={"review_weeks": (3, 5, 7)})})
    return lights_study(lit, named_allocation(lit, "optimised"), Options.of(lit, plans=["talk"]), futures(24))


def contributing(*means: float) -> list[Batch]:
    """Batches of rounds by contribution in 40 futures, with the same luck in each but for a little."""
    luck, generator = np.random.default_rng(1).normal(0, 50, 40), np.random.default_rng(2)
    empty = Batch.unpacked(["numbers", "before_plans"], np.zeros((40, 2)))
    return [replace(empty, kpis={"contribution": mean + luck + generator.normal(0, 1, 40)}) for mean in means]


def test_an_earlier_round_is_handed_out_only_if_it_contributes_more_beyond_the_interval() -> None:
    assert _best(contributing(100, 110, 105)) == 1
    assert _best(contributing(120, 110, 105)) == 0
    assert _best(contributing(100, 105, 110)) == 2
    assert _best(contributing(110, 110, 110)) == 2


def test_a_cell_that_sells_next_to_nothing_keeps_its_figures(plan: Plan) -> None:
    answer = allocate(plan, detail="none")
    batch = futures(2).replay(plan, answer.allocation, Options.of(plan, risks=(), plans=()))
    cells = [(product.id, region.id) for product in plan.products for region in plan.regions]
    sold, worked = np.full((2, len(cells)), 1000.0), np.full((2, len(cells)), 10.0)
    sold[:, 0] = 0
    worked[:, 1] = 0
    before = Correction({cells[0]: 0.7}, {cells[0]: 1.3, cells[1]: 0.9})
    after = _next(plan, before, answer, replace(batch, signed_by_cell=sold, hours_by_cell=worked))
    assert (after.demand[cells[0]], after.hours[cells[0]]) == (0.7, 1.3)
    assert after.hours[cells[1]] == 0.9
    expected = {cell: sum(c.expected for c in answer.expected if (c.product, c.region) == cell) for cell in cells}
    assert after.demand[cells[1]] == pytest.approx(min(max(1000 / expected[cells[1]], 0.25), 4))
    assert cells[2] in after.hours


def test_alarms_are_judged_against_what_came_true(lights: LightsResult) -> None:
    """Lights of reps, whose policy comes first, are none over all and are looked at in weeks of their own."""
    rows = {row.metric: row for row in lights.rows}
    assert set(rows) == {"conversion", "collection"}
    assert lights.reviews == (3, 5, 7)
    row = rows["conversion"]
    assert row.false_alarms is not None
    assert row.missed_alarms is not None
    good = 1 - row.p_bad.mean
    # Red is a false alarm of a good quarter, or a right one of a bad quarter.
    assert row.p_red.mean == pytest.approx(row.false_alarms.mean * good + (1 - row.missed_alarms.mean) * row.p_bad.mean)
    if row.tells is not None and row.p_bad_if_red is not None and row.p_bad_if_not is not None:
        assert row.tells.mean == pytest.approx(row.p_bad_if_red.mean - row.p_bad_if_not.mean)
    if row.weeks_of_warning is not None:
        assert 12 - 7 <= row.weeks_of_warning.mean <= 12 - 3


def test_a_higher_threshold_is_red_more_often(lights: LightsResult) -> None:
    reds = [row.p_red for row in lights.thresholds if row.metric == "conversion"]
    assert reds == sorted(reds)
    assert next(r.p_red for r in lights.thresholds if r.metric == "conversion" and r.red_at == 0.8) == pytest.approx(
        next(row.p_red.mean for row in lights.rows if row.metric == "conversion")
    )


def test_acting_on_a_light_has_a_worth(lights: LightsResult) -> None:
    (row,) = lights.acting
    assert row.plan == "talk"
    assert row.p_triggered.mean == pytest.approx(
        next(r.p_red.mean for r in lights.rows if r.metric == "conversion"), abs=0.2
    )
    assert row.verdict in ("buy", "do not buy", "cannot tell yet")


def test_a_plan_without_lights_or_tests_is_told_so(plan: Plan) -> None:
    allocation = named_allocation(plan, "even")
    with pytest.raises(UsageError, match="no policy that is enabled with a light"):
        lights_study(plan, allocation, Options.of(plan), futures(2))
    with pytest.raises(UsageError, match="no policy with a strategy test"):
        design_study(plan, allocation, Options.of(plan), futures(2))


@pytest.fixture(scope="module", name="design")
def _design(plan: Plan) -> DesignResult:
    test = StrategyTest(
        share=0.5,
        from_week=2,
        weeks=6,
        at_least=1,
        success_from=0.25,
        effects=(Effect(parameter="win_rate", factor=1.6),),
    )
    tested = with_policies(plan, Policy(id="M5", name="Test", strategy_test=test, enabled=False))
    return design_study(tested, named_allocation(tested, "optimised"), Options.of(tested), futures(30))


def test_an_effect_is_rolled_out_more_often_than_none(design: DesignResult) -> None:
    assert design.effect.mean > 0
    assert design.power.mean >= design.false_roll_outs.mean
    assert design.spread > 0
    assert design.smallest == pytest.approx(2.4865 * design.spread, rel=1e-3)
    assert design.smallest_by_rule > design.success_from


def test_larger_tests_see_smaller_effects(design: DesignResult) -> None:
    own = next(row for row in design.sizes if (row.share, row.weeks) == (design.share, design.weeks))
    assert own.smallest == pytest.approx(design.smallest, rel=0.05)
    longer = [row.smallest for row in design.sizes if row.share == 0.5]
    assert longer == sorted(longer, reverse=True)
    assert all(row.is_enough == (row.smallest <= design.effect.mean) for row in design.sizes)


def with_a_test(plan: Plan, **words: object) -> Plan:
    effect = Effect(parameter="win_rate", factor=1.6)
    words = {"share": 0.5, "from_week": 2, "weeks": 6, "at_least": 1, "success_from": 0.25} | words
    test = StrategyTest.model_validate(words | {"effects": (effect,)})
    return with_policies(plan, Policy(id="M5", name="Test", strategy_test=test))


def test_a_test_without_a_verdict_in_the_quarter_is_refused(plan: Plan) -> None:
    allocation = named_allocation(plan, "even")
    for wrong, policy, message in (
        (with_a_test(plan), "M6", "no strategy test M6 in the plan; there are: M5"),
        (with_a_test(plan, from_week=7), None, "M5 does not end before the quarter does"),
        (
            with_a_test(plan, at_least=1000),
            None,
            "M5 comes to a verdict in 0 of 3 quarters; more replications, a lower at_least",
        ),
    ):
        with pytest.raises(UsageError, match=message):
            design_study(wrong, allocation, Options.of(wrong), futures(3), policy)


def test_sizes_end_before_the_quarter_and_leave_somebody_to_compare_with(plan: Plan) -> None:
    late = with_a_test(plan, from_week=7, weeks=5)
    result = design_study(late, named_allocation(plan, "optimised"), Options.of(late), futures(40))
    assert {row.weeks for row in result.sizes} <= {1, 2, 3, 4, 5}
    assert all(0 < row.share < 1 for row in result.sizes)
    early = with_a_test(plan, from_week=1, weeks=5)
    longer = design_study(early, named_allocation(plan, "optimised"), Options.of(early), futures(40))
    assert max(row.weeks for row in longer.sizes) > 5


def test_levers_are_what_is_not_pulled_yet_and_can_be(plan: Plan) -> None:
    """What is held is no lever, nor is a pool that is not spent, or more of no hours."""
    found = {lever.key for lever in levers_of(plan, Options.of(plan, plans=["K1-answer"]))}
    assert ("contingency plan", "K1-answer") not in found
    assert {("contingency plan", "K5-answer"), ("pool", "marketing"), ("hours", "all reps")} <= found
    (pool,) = plan.money.pools
    reserve = plan.money.model_copy(update={"pools": (pool.model_copy(update={"paid": "held"}),)})
    idle = tuple(rep.model_copy(update={"hours_per_week": 0}) for rep in plan.reps)
    bound = plan.model_copy(update={"money": reserve, "reps": idle})
    assert {lever.kind for lever in levers_of(bound, Options.of(bound))} == {"contingency plan", "measure"}


def test_a_lever_under_which_no_allocation_keeps_the_rules_is_told_and_in_no_mix(plan: Plan) -> None:
    """The allocation was made by hand; with a lock on more than the pool holds none can be decided anew."""
    allocation = named_allocation(plan, "optimised")
    locked = Plan.model_validate(
        plan.model_dump() | {"locks": [{"id": "L", "cells": {"over": "budget"}, "amount": 1e6, "because": "promised"}]}
    )
    result = reach_chance_study(locked, allocation, Options.of(locked), futures(6), wanted=0.99, hour_cost=1.0)
    refused = [lever for lever in result.levers if not lever.is_feasible]
    assert {lever.kind for lever in refused} == {"pool", "hours"}
    assert all((lever.verdict, lever.money, lever.gain.mean) == ("cannot tell", None, 0) for lever in refused)
    assert all(lever.chance == result.now for lever in refused)
    assert all(lever.is_feasible for lever in result.levers if lever not in refused)


def test_a_plan_that_can_only_cost_makes_no_difference(plan: Plan) -> None:
    drawer = ContingencyPlan(id="drawer", name="For the drawer", trigger=Trigger(strike="K1"), retainer=500)
    plan = plan.model_copy(update={"contingency_plans": (*plan.contingency_plans, drawer)})
    result = reach_chance_study(plan, named_allocation(plan, "even"), Options.of(plan), futures(2), wanted=0.99)
    (row,) = (lever for lever in result.levers if lever.id == "drawer")
    assert (row.verdict, row.gain.mean, row.money) == ("no difference", 0, 500)


def test_the_mix_ends_where_the_chance_is_there_and_leaves_out_what_adds_nothing(plan: Plan) -> None:
    """The second measure does what the first has done: together they reach no more than the first alone."""
    effect = {"parameter": "win_rate", "shift": 0.9}
    measures = [
        {"id": id, "name": "", "enabled": False, "cost": cost, "effects": [effect]}
        for id, cost in (("first", 1_000), ("again", 9_000))
    ]
    plan = Plan.model_validate(plan.model_dump() | {"measures": measures, "target": 300_000})
    allocation = named_allocation(plan, "optimised")
    result = reach_chance_study(plan, allocation, Options.of(plan), futures(40), wanted=0.999)
    helpful = [lever for lever in result.levers if lever.per_point is not None]
    assert [lever.id for lever in helpful][:2] == ["first", "again"]
    assert result.now.mean < helpful[0].chance.mean == result.mix[0].chance.mean
    assert "again" not in {step.lever for step in result.mix}
    reached = reach_chance_study(plan, allocation, Options.of(plan), futures(40), wanted=result.mix[0].chance.mean)
    assert reached.mix == result.mix[:1]
    assert reached.mix_reaches in ("yes", "cannot tell")


def test_a_precision_is_asked_of_what_a_study_answers(
    reached: ReachChanceResult, lights: LightsResult, design: DesignResult
) -> None:
    gains = [lever.gain_contribution for lever in reached.levers]
    assert REACH.figures(reached, "contribution") == gains
    assert REACH.figures(reached, "p_target") == [reached.now, *(lever.gain for lever in reached.levers)]
    assert not REACH.figures(reached, "cash")
    assert LIGHTS.figures(lights, "cash") == [row.gain_cash for row in lights.acting]
    assert not LIGHTS.figures(lights, "signed")
    assert DESIGN.figures(design, "contribution") == [design.worth]
    assert not DESIGN.figures(design, "cash")


def test_rounds_take_no_allocation_that_is_decided_already(plan: Plan) -> None:
    inputs = Inputs(plan, allocation=named_allocation(plan, "even"))
    with pytest.raises(UsageError, match="rounds decide by themselves"):
        ROUNDS.answer(RoundsRequest(source="small"), inputs, futures(2))
