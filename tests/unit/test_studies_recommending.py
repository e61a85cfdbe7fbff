"""Unit: options ranked on identical futures, over-assignment, and quotas at which all have the same chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.decisions.over_assigning import OverAssignResult, equal_chance_quotas, over_assign_study
from studies.decisions.recommending import RecommendResult, attainment, recommend_study
from studies.replay.futures import Execution, Futures
from tests.plans import small_plan

SETTINGS = ("target=150000",)


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return small_plan(settings=SETTINGS)


def futures(replications: int = 24) -> Futures:
    return Futures(Execution(seed=5, replications=replications))


@pytest.fixture(scope="module", name="recommended")
def _recommended(plan: Plan) -> tuple[RecommendResult, Allocation]:
    return recommend_study(plan, Options.of(plan), futures(), count=1)


@pytest.fixture(scope="module", name="over")
def _over(plan: Plan) -> tuple[OverAssignResult, Allocation]:
    allocation = named_allocation(plan, "optimised")
    return over_assign_study(plan, allocation, Options.of(plan), futures(), wanted=0.3, shown=(0.0, 0.2, 0.5))


def test_options_come_with_the_greatest_contribution_first(recommended: tuple[RecommendResult, Allocation]) -> None:
    result, first = recommended
    means = [row.contribution.mean for row in result.rows]
    broken = [any(rule.firmness != "soft" for rule in row.option.broken) for row in result.rows]
    assert broken == sorted(broken)  # what keeps the rules comes first
    for group in (False, True):
        own = [mean for mean, breaks in zip(means, broken, strict=True) if breaks is group]
        assert own == sorted(own, reverse=True)
    assert {"even", "ratios taken literally"} <= {row.option.name for row in result.rows}
    assert "last_quarter" in result.not_made
    assert result.rows[0].option.name == first.name
    assert result.rows[0].contribution_behind is None
    for row in result.rows[1:]:
        assert row.contribution_behind is not None
        assert row.contribution_behind.mean == pytest.approx(means[0] - row.contribution.mean)
    assert all(set(row.ranks) == {"p_target", "contribution", "p10", "fairness"} for row in result.rows)
    assert min(row.ranks["contribution"] for row in result.rows) == 1


def test_an_option_that_equals_the_first_is_tied_with_it(plan: Plan) -> None:
    mine = replace(named_allocation(plan, "optimised"), name="mine")
    result, _ = recommend_study(plan, Options.of(plan), futures(6), count=1, by_hand=[mine])
    row = next(row for row in result.rows if row.option.name == "mine")
    assert row.contribution_behind is not None
    assert (row.contribution_behind.mean, row.contribution_behind.half_width) == (0, 0)
    assert result.rows[0].contribution_behind is None
    assert "mine" in result.tied


def test_who_is_dominated_is_worse_in_nothing_less_than_everything(
    recommended: tuple[RecommendResult, Allocation],
) -> None:
    rows = {row.option.name: row for row in recommended[0].rows}
    for row in rows.values():
        if row.dominated_by:
            other = rows[row.dominated_by]
            assert other.contribution.mean >= row.contribution.mean
            assert other.p_target.mean >= row.p_target.mean
            assert other.contribution_p10 >= row.contribution_p10
    assert rows[recommended[1].name].dominated_by is None or rows[recommended[1].name].p_target.mean < 1


def test_luck_and_decision_make_up_the_spread_among_reps(plan: Plan) -> None:
    allocation = named_allocation(plan, "even")
    batch = futures(10).replay(plan, allocation, Options.of(plan))
    row = attainment(plan, allocation, batch)
    quotas = np.array([allocation.quota_by_rep[rep.id] for rep in plan.reps])
    attained = batch.by_rep / quotas
    assert row.decided**2 + row.luck * attained.var(axis=1).mean() == pytest.approx(attained.var(axis=1).mean())
    assert row.chance_least <= row.chance_greatest
    assert attainment(plan, Allocation("none", ()), batch).on_quota.mean == 0


def test_quotas_scaled_by_one_factor_change_nothing_in_what_is_sold(plan: Plan) -> None:
    """What over-assign takes for granted when it scales quotas without simulating anew."""
    allocation = named_allocation(plan, "optimised")
    quotas = tuple(QuotaCell(c.product, c.region, c.rep, 1.25 * c.quota) for c in allocation.quotas)
    scaled = Allocation("scaled", quotas, allocation.budget)
    a, b = (futures(15).replay(plan, each, Options.of(plan)) for each in (allocation, scaled))
    assert np.array_equal(a.by_rep, b.by_rep)
    assert np.array_equal(a.kpis["signed"], b.kpis["signed"])


def test_more_over_assignment_covers_more_and_leaves_fewer_on_quota(over: tuple[OverAssignResult, Allocation]) -> None:
    result, _ = over
    covered = [row.covered.mean for row in result.rows]
    chances = [row.rep_chance for row in result.rows]
    assert covered == sorted(covered)
    assert chances == sorted(chances, reverse=True)
    assert max(covered) <= result.p_target.mean
    assert result.now in [pytest.approx(row.over_assignment) for row in result.rows]
    if result.needed is not None:
        assert result.p_target.mean >= result.wanted
        assert result.needed_low is not None
        assert result.needed_low <= result.needed


def test_over_assigning_no_quotas_is_refused(plan: Plan) -> None:
    budget = named_allocation(plan, "optimised").budget
    with pytest.raises(UsageError, match="asks for no quota"):
        over_assign_study(plan, Allocation("none", (), budget), Options.of(plan), futures(2), wanted=0.5)


def test_quotas_of_a_quarter_in_which_nothing_is_signed_are_refused(plan: Plan) -> None:
    nothing = {"opportunities": (), "accounts": (), "receivables": (), "baseline_leads": (), "cross_selling": None}
    dead = plan.model_copy(update=nothing)
    allocation = replace(named_allocation(plan, "optimised"), budget=())
    options = Options.of(dead, risks=(), plans=())
    with pytest.raises(UsageError, match="nothing is signed in any of 2 quarters"):
        over_assign_study(dead, allocation, options, futures(2), wanted=0.5)


def test_a_chance_beyond_the_quarters_own_is_not_promised(plan: Plan) -> None:
    hard = small_plan(settings=["target=900000"])
    allocation = named_allocation(hard, "optimised")
    result, _ = over_assign_study(hard, allocation, Options.of(hard), futures(10), wanted=0.9)
    assert result.needed is None
    assert result.p_target.mean < 0.9


def test_equal_chances_are_equal_and_add_up(plan: Plan, over: tuple[OverAssignResult, Allocation]) -> None:
    result, equal = over
    assert equal.total_quota == pytest.approx(sum(row.quota for row in result.reps))
    assert equal.name == "equal chances"
    allocation = named_allocation(plan, "optimised")
    batch = futures().replay(plan, allocation, Options.of(plan))
    # Amounts without steps, so that a quantile can be met; reps of unlike size and spread.
    draws = np.random.default_rng(2).lognormal((10, 11, 12), (0.2, 0.5, 0.8), (len(batch), 3))
    batch = replace(batch, by_rep=draws)
    once = equal_chance_quotas(plan, allocation, batch, allocation.total_quota)
    assert once.total_quota == pytest.approx(allocation.total_quota)
    chances = [float(np.mean(draws[:, n] >= once.quota_by_rep[rep.id] - 0.005)) for n, rep in enumerate(plan.reps)]
    assert max(chances) - min(chances) <= 1.5 / len(batch)  # a quantile is met within a future
    cells = {(c.product, c.region, c.rep): c.quota / once.quota_by_rep[c.rep] for c in once.quotas}
    for cell in allocation.quotas:
        if cell.quota > 0:
            share = cell.quota / allocation.quota_by_rep[cell.rep]
            assert cells[cell.product, cell.region, cell.rep] == pytest.approx(share)


def test_equal_chances_are_those_of_reps_with_a_quota(plan: Plan) -> None:
    """A rep without a quota sells too; the others' quotas add up to what was asked of them before, not to less."""
    allocation = named_allocation(plan, "optimised")
    spared = plan.reps[0].id
    some = Allocation("some", tuple(c for c in allocation.quotas if c.rep != spared), allocation.budget)
    batch = futures().replay(plan, some, Options.of(plan))
    draws = np.random.default_rng(2).lognormal((10, 11, 12), (0.2, 0.5, 0.8), (len(batch), 3))
    equal = equal_chance_quotas(plan, some, replace(batch, by_rep=draws), some.total_quota)
    assert set(equal.quota_by_rep) == {rep.id for rep in plan.reps[1:]}
    assert equal.total_quota == pytest.approx(some.total_quota)
    result, _ = over_assign_study(plan, some, Options.of(plan), futures(4), wanted=0.5)
    assert {row.rep for row in result.reps} == {rep.id for rep in plan.reps[1:]}


def test_where_nobody_ever_sells_anything_quotas_stay(plan: Plan) -> None:
    allocation = named_allocation(plan, "optimised")
    batch = futures(3).replay(plan, allocation, Options.of(plan))
    equal = equal_chance_quotas(plan, allocation, replace(batch, by_rep=np.zeros((3, 3))), allocation.total_quota)
    assert equal.quotas == allocation.quotas
