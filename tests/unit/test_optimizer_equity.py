import pytest

from optimizer.equity import equity, hours_needed, unevenness
from optimizer.frontier import frontier, load_spread
from optimizer.options import amounts_of
from optimizer.solved import solve
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from tests.allocation_plans import budget_plan, plan_of, quota_plan


def test_unevenness_of_burdens_1_2_and_3() -> None:
    """Mean 2, variance 2/3; Gini: the pairs' distances add up to 8, over 2 · 9 · 2."""
    found = unevenness([3, 1, 2])
    assert (found.least, found.greatest, found.mean, found.spread) == (1, 3, 2, 2)
    assert found.cv == pytest.approx((2 / 3) ** 0.5 / 2)
    assert found.gini == pytest.approx(8 / 36)


def test_nobody_differs_where_all_carry_the_same_or_nothing() -> None:
    assert unevenness([5, 5]).gini == unevenness([5, 5]).cv == 0
    assert unevenness([0, 0]).gini == unevenness([0, 0]).cv == 0


def test_stretch_and_load_of_the_plan_on_paper() -> None:
    """Known answer B: stretches 200/180 and 100/180; m needs 129 1/3 / 18 of 20 hours, g all of its 8."""
    solved = solve(budget_plan())
    found = equity(solved.data, solved.amounts())
    assert (found.stretch.least, found.stretch.greatest) == pytest.approx((100 / 180, 200 / 180))
    assert found.load is not None
    assert (found.load.least, found.load.greatest) == pytest.approx(((100 + 88 / 3) / 18 / 20, 1))


def test_reps_without_hours_are_named_and_not_in_the_load() -> None:
    solved = solve(
        plan_of(
            target=100,
            products={"P": ("star", 0.5)},
            regions={"east": ("mature", 100)},
            reps={"a": ("top", ["east"], 10), "b": ("top", ["east"], 0)},
            renewals={("P", "east", "a"): 60},
            renewal_hours=1,
        )
    )
    found = equity(solved.data, solved.amounts())
    assert found.without_hours == ("b",)
    assert found.load is not None
    assert found.load.greatest == pytest.approx(0.1)
    assert hours_needed(solved.data, solved.amounts()) == pytest.approx([1, 0])


def test_fairness_of_hours_costs_contribution_where_two_reps_sell_in_different_regions() -> None:
    """a has 100 to sell with 10 hours of 10, b 100 with 10 hours of 20, margin 0.5; best: loads 1 and 1/2, 100.

    At a spread ε, a's load is at most 1/2 + ε: contribution 50 + 50 · (1/2 + ε). So a line from 100 down to 75.
    """
    plan = plan_of(
        target=200,
        products={"P": ("star", 0.5)},
        regions={"east": ("mature", 100), "west": ("mature", 100)},
        reps={"a": ("top", ["east"], 10), "b": ("top", ["west"], 20)},
        renewals={("P", "east", "a"): 100, ("P", "west", "b"): 100},
        renewal_hours=10,
    )
    curve = frontier(plan, "load", 3)
    assert [(p.unevenness, p.contribution) for p in curve.points] == [
        (pytest.approx(0.5), pytest.approx(100)),
        (pytest.approx(0.25), pytest.approx(87.5)),
        (pytest.approx(0, abs=1e-6), pytest.approx(75)),
    ]


def test_the_stretch_has_one_point_where_quotas_bind_no_sales() -> None:
    curve = frontier(quota_plan(), "stretch", 5)
    assert len(curve.points) == 1
    assert curve.points[0].unevenness == pytest.approx(2 - 1.5)


def test_a_rule_that_ties_quotas_to_sales_gives_even_stretches_a_price() -> None:
    """Quotas 400 over potentials of 200 each; a's quota is at least twice a's sales. b sells 100 (5 hours of 10).

    Best: a sells 200, so has all the quota: stretches 2 and 0, contribution 0.5 · 300. At a spread ε a has 200 + 100 ε
    and sells half of it: 100 + 25 ε.
    """
    plan = plan_of(
        target=400,
        products={"P": ("star", 0.5)},
        regions={"east": ("mature", 100), "west": ("mature", 100)},
        reps={"a": ("top", ["east"], 100), "b": ("top", ["west"], 5)},
        renewals={("P", "east", "a"): 200, ("P", "west", "b"): 200},
        renewal_hours=10,
        rules=[
            {
                "id": "twice",
                "left": {"over": "quota", "where": {"rep": ["a"]}},
                "sense": ">=",
                "ratio": 2,
                "right": {"over": "expected", "where": {"rep": ["a"]}},
            }
        ],
    )
    curve = frontier(plan, "stretch", 3)
    assert [(p.unevenness, p.contribution) for p in curve.points] == [
        (pytest.approx(2), pytest.approx(150)),
        (pytest.approx(1), pytest.approx(125)),
        (pytest.approx(0, abs=1e-6), pytest.approx(100)),
    ]


def test_a_curve_needs_two_points() -> None:
    with pytest.raises(UsageError, match="at least 2"):
        frontier(budget_plan(), "load", 1)


def test_what_evens_the_load_is_who_sells_which_no_allocation_holds() -> None:
    """At the evenest load that costs nothing all reps' quotas and all money of the built-in plan are as they are.

    Handed back, its decisions come to a load as uneven as before.
    """
    plan = load_plan("quarter").plan
    allocated, even = solve(plan), solve(plan, load_spread)
    now, evened = (equity(one.data, one.amounts()).load for one in (allocated, even))
    assert now is not None
    assert evened is not None
    assert (round(now.spread, 2), round(evened.spread, 2)) == (0.70, 0.19)
    asked, decided = allocated.amounts().allocation("now"), even.amounts().allocation("even load")
    assert decided.quota_by_rep == pytest.approx(asked.quota_by_rep)
    assert decided.amount == pytest.approx(asked.amount, abs=0.01)
    back = equity(allocated.data, amounts_of(allocated.data, decided)).load
    assert back is not None
    assert back.spread > 0.6
