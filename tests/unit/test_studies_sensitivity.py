"""Unit: ranges that a plan states, and what moves with them."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.errors import UsageError
from scenarios.plan import Assumption, Plan
from scenarios.risks import Distribution
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.decisions.range_sizes import PILOT, gap_estimate
from studies.decisions.ranges import plan_at, stated_ranges, without_range
from studies.decisions.sensitivity import STUDY, ExplainRequest, SensitivityResult, explain_sensitivity
from studies.replay.futures import Execution, Futures
from studies.statistics import mean_estimate, moved_estimate, proportion_estimate
from tests.plans import small_plan

WIN_RATE, MARKET = "customer_tiers.A.win_rate", "uncertainty.market"


def explain(plan: Plan, replications: int = 12, **words: object) -> SensitivityResult:
    request = ExplainRequest(source="small", **words)  # type: ignore[arg-type]
    futures = Futures(Execution(seed=3, replications=replications))
    return explain_sensitivity(plan, named_allocation(plan, "optimised"), Options.of(plan), futures, request)


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return small_plan()


@pytest.fixture(scope="module", name="result")
def _result(plan: Plan) -> SensitivityResult:
    return explain(plan, against="even", verdicts=("K1-answer",))


def test_ranges_are_those_of_assumptions_and_uncertainties(plan: Plan) -> None:
    win_rate, market = stated_ranges(plan)
    assert (win_rate.path, win_rate.low, win_rate.now, win_rate.high) == (WIN_RATE, 0.4, 0.5, 0.6)
    assert market.path == MARKET
    assert market.low == pytest.approx(np.exp(-0.06 * 1.2815516 - 0.06**2 / 2))
    assert market.high == pytest.approx(np.exp(0.06 * 1.2815516 - 0.06**2 / 2))
    assert stated_ranges(plan, [MARKET]) == (market,)
    assert without_range(plan) == ()
    with pytest.raises(UsageError, match="states no range of target"):
        stated_ranges(plan, ["target"])


def test_a_range_at_a_value_is_a_plan_with_that_value(plan: Plan) -> None:
    win_rate, market = stated_ranges(plan)
    moved = plan_at(plan, [(win_rate, 0.45), (market, 0.9)])
    assert moved.customer_tier["A"].win_rate == 0.45
    assert (moved.uncertainty[0].distribution.low, moved.uncertainty[0].distribution.high) == (0.9, 0.9)
    assert plan_at(plan, []) == plan


def test_a_higher_win_rate_signs_more_and_the_widest_range_leads(result: SensitivityResult) -> None:
    rows = {row.path: row for row in result.rows}
    assert set(rows) == {WIN_RATE, MARKET}
    assert rows[WIN_RATE].at_low.mean < 0 < rows[WIN_RATE].at_high.mean
    for row in rows.values():
        assert row.swing.mean == pytest.approx(row.at_high.mean - row.at_low.mean)
    assert abs(result.rows[0].swing.mean) >= abs(result.rows[1].swing.mean)


def test_a_chance_that_is_explained_has_one_interval(plan: Plan) -> None:
    found = explain(plan, kpi="p_target", ranges=(WIN_RATE,))
    assert (found.now, found.weak_low, found.weak_high) == (found.p_target, found.weak_p_low, found.weak_p_high)
    name = next(entry.name for entry in plan.uncertainty if f"uncertainty.{entry.id}" == MARKET)
    assert [row.name for row in explain(plan, ranges=(MARKET,)).rows] == [name]


def test_weak_figures_move_together_and_grades_share_the_swings(result: SensitivityResult) -> None:
    win_rate = next(row for row in result.rows if row.path == WIN_RATE)
    assert result.weak_low is not None
    assert result.weak_high is not None
    # The win rate is the only figure of grade D; the market has no grade.
    assert result.weak_low.mean == pytest.approx(result.now.mean + win_rate.at_low.mean)
    assert result.weak_high.mean == pytest.approx(result.now.mean + win_rate.at_high.mean)
    assert sum(grade.share for grade in result.grades) == pytest.approx(1)


def test_decisions_have_a_worth_and_every_range_a_verdict(result: SensitivityResult) -> None:
    assert set(result.worth) == {"allocation", "K1-answer"}
    assert len(result.flips) == 4
    for row in result.flips:
        if row.flips == "yes":
            assert row.value is not None
            assert row.move is not None
            assert 0 < row.move < 1
            assert row.low <= row.value <= row.high
        else:
            assert row.value is None


def test_a_price_that_is_too_high_turns_the_verdict_where_the_line_crosses_zero() -> None:
    """Between a retainer of nothing and one of 90,000 the plan stops being worth it at what it brings."""
    settings = ["risks.K1.chance_per_quarter=1", "contingency_plans.K1-answer.activation_cost=0"]
    settings += ["contingency_plans.K1-answer.effects=[{parameter: win_rate, factor: 3}]"]
    plan = small_plan(settings=[*settings, "contingency_plans.K1-answer.delay_days=0"])
    price = Assumption(path="contingency_plans.K1-answer.retainer", grade="D", source="x", low=0, high=90000)
    plan = plan.model_copy(update={"assumptions": (price,), "uncertainty": ()})
    result = explain(plan, replications=30, against=None, verdicts=("K1-answer",))
    (flip,) = result.flips
    gross = result.worth["K1-answer"].mean + 3000
    assert flip.at_low.mean == pytest.approx(gross)
    assert flip.at_high.mean == pytest.approx(gross - 90000)
    assert (flip.flips, flip.value) == ("yes", pytest.approx(gross))
    # On the way from the retainer of 3,000 to that of 90,000.
    assert flip.move == pytest.approx((gross - 3000) / (90000 - 3000))
    near = plan.model_copy(update={"assumptions": (price.model_copy(update={"high": 3500}),)})
    (kept,) = explain(near, replications=30, against=None, verdicts=("K1-answer",)).flips
    assert kept.at_high.mean == pytest.approx(gross - 3500)
    assert (kept.flips, kept.value, kept.move) == ("no", None, None)


def test_a_range_is_seen_on_as_many_futures_as_make_it_as_sure_as_the_widest() -> None:
    plan = small_plan(settings=["target=170000"])
    count, allocation, options = PILOT + 60, named_allocation(plan, "optimised"), Options.of(plan)
    futures = Futures(Execution(seed=3, replications=count))
    request = ExplainRequest(source="small", kpi="p_target")
    result = explain_sensitivity(plan, allocation, options, futures, request)
    rows = {row.path: row for row in result.rows}
    assert max(row.seen for row in result.rows) == count
    assert PILOT <= rows[MARKET].seen < count
    fresh = Futures(Execution(seed=3, replications=count))
    now = fresh.replay(plan, allocation, options).kpis
    for entry in stated_ranges(plan):
        row = rows[entry.path]
        low, high = (
            fresh.replay(plan_at(plan, [(entry, x)]), allocation, options).kpis for x in (entry.low, entry.high)
        )
        for found, gaps in (
            (row.at_low, low["p_target"] - now["p_target"]),
            (row.swing, high["p_target"] - low["p_target"]),
        ):
            assert found == gap_estimate("p_target", gaps[: row.seen])
    assert result.now == result.p_target == proportion_estimate(now["p_target"])
    # The plan as it is, both ends of each range, and all of grade D at its ends: the win rate at its own ends again.
    assert futures.run == count + 2 * sum(row.seen for row in result.rows)


def test_what_a_decision_is_worth_at_an_end_is_its_worth_and_the_shift_that_was_seen(plan: Plan) -> None:
    """The price of a plan shifts its worth by the same in every future: the pilot knows that shift for good."""
    price = Assumption(path="contingency_plans.K1-answer.retainer", grade="D", source="x", low=0, high=9000)
    plan = plan.model_copy(update={"assumptions": (*plan.assumptions, price), "uncertainty": ()})
    allocation, count = named_allocation(plan, "optimised"), PILOT + 40
    futures = Futures(Execution(seed=3, replications=count))
    with_it, without = (
        futures.replay(plan, allocation, Options.of(plan, plans=plans)).kpis["contribution"]
        for plans in (("K1-answer",), ())
    )
    rows = {row.path: row for row in explain(plan, replications=count, verdicts=("K1-answer",)).flips}
    dear = rows["contingency_plans.K1-answer.retainer"].at_high
    worth = moved_estimate(with_it - without, np.full(PILOT, 3000.0 - 9000.0))
    assert (dear.mean, dear.half_width) == pytest.approx((worth.mean, worth.half_width))
    assert dear.half_width == pytest.approx(mean_estimate(with_it - without).half_width, rel=0.1)


@pytest.mark.parametrize("indices", ["morris", "sobol"])
def test_indices_rank_the_ranges(plan: Plan, indices: str) -> None:
    result = explain(plan, replications=4, indices=indices, points=4, against=None)
    assert result.indices[0].total == max(row.total for row in result.indices)
    assert {row.path for row in result.indices} == {WIN_RATE, MARKET}
    assert all(np.isfinite((row.total, row.total_half)).all() for row in result.indices)


def test_what_cannot_be_asked_is_refused_before_anything_is_simulated(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "studies.replay.replications.run_quarter", lambda *_: pytest.fail("simulated before it was said")
    )
    with pytest.raises(UsageError, match="power of two"):
        explain(plan, replications=2, indices="sobol", points=5, against=None)
    with pytest.raises(UsageError, match="no contingency plan K9"):
        explain(plan, replications=2, verdicts=("K9",), against=None)
    with pytest.raises(UsageError, match="no allocation fair"):
        explain(plan, replications=2, against="fair")
    with pytest.raises(UsageError, match="two ranges"):
        explain(plan, replications=2, ranges=(MARKET,), indices="morris", against=None)


def test_a_kpi_that_no_range_moves_has_no_indices(plan: Plan) -> None:
    with pytest.raises(UsageError, match="the same over all ranges: there is nothing to share out"):
        explain(plan, replications=2, kpi="p_target", indices="sobol", points=4, against=None)


def test_what_is_known_for_sure_or_not_drawn_has_no_range(plan: Plan) -> None:
    (market,) = plan.uncertainty
    fixed = Distribution(kind="uniform", low=1.1, high=1.1)
    others = (
        market.model_copy(update={"id": "off", "enabled": False}),
        market.model_copy(update={"id": "known", "distribution": fixed}),
    )
    more = plan.model_copy(update={"uncertainty": (market, *others)})
    assert stated_ranges(more) == stated_ranges(plan)


def test_a_precision_is_asked_of_what_is_explained_of_chances_or_of_worths(result: SensitivityResult) -> None:
    assert STUDY.figures(result, "signed") == [result.now, *(row.swing for row in result.rows)]
    assert STUDY.figures(result, "p_target") == [result.p_target, *(row.p_target_swing for row in result.rows)]
    assert STUDY.figures(result, "contribution") == list(result.worth.values())
    assert STUDY.figures(result, "cash") == []


def test_of_many_ranges_those_written_most_alike_are_named(plan: Plan) -> None:
    """An imported plan has hundreds, which nobody reads."""
    entry = plan.uncertainty[0]
    many = tuple(entry.model_copy(update={"id": f"U-hours-{number}"}) for number in range(40))
    with pytest.raises(UsageError, match=r"states no range of uncertainty\.U-hour-7; there are: ") as refusal:
        stated_ranges(plan.model_copy(update={"uncertainty": many}), ["uncertainty.U-hour-7"])
    named = str(refusal.value).partition("there are: ")[2].split(", ")
    assert len(named) == 13
    assert "uncertainty.U-hours-7" in named
    assert named[-1] == "…"
