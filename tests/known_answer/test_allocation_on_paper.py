"""Known answer: two linear programs and all their stages, worked out on paper (derivations in docs/model.md)."""

import pytest

from optimizer import allocate
from tests.allocation_plans import budget_plan, quota_plan


def test_quotas_when_two_wishes_add_up_to_more_than_the_target() -> None:
    """Target 1000; a wants >= 700 (priority 2: weight 10), b >= 400 (priority 1: weight 100); star share 60%.

    Relaxation: 100 too much is asked; a gives, 10 x 100 = 1000: a 600, b 400.
    Contribution: all demand is sold, 0.5 x 400 + 0.25 x 200 = 250.
    Reps: potentials 400 and 200, stretches 1.5 and 2, their mean 1000/600; the larger distance is 1/3.
    Cells: at those stretches star has 1.5 x 300 + 2 x 100 = 650, and may have 600. a and b each move d from S to L;
    the cells' potentials are 100 or more, so d / 100 is the distance, least when both move 25: 1/4.
    Evenness: reps 2 x 66 2/3, cells 4 x 25, expected sales none: 233 1/3.
    """
    result = allocate(quota_plan())
    assert dict(result.stages) == pytest.approx(
        {
            "relaxation": 1000,
            "contribution": 250,
            "rep stretch": 1 / 3,
            "cell stretch": 1 / 4,
            "evenness": 233 + 1 / 3,
        },
        rel=1e-6,
    )
    quotas = {(cell.product, cell.rep): cell.quota for cell in result.allocation.quotas}
    assert quotas == pytest.approx({("S", "a"): 425, ("L", "a"): 175, ("S", "b"): 175, ("L", "b"): 225}, rel=1e-6)
    expected = {(cell.product, cell.rep): cell.expected for cell in result.expected}
    assert expected == pytest.approx({("S", "a"): 300, ("L", "a"): 100, ("S", "b"): 100, ("L", "b"): 100}, rel=1e-6)
    relaxed = {rule.id: rule.gap for rule in result.rules if rule.status == "relaxed"}
    assert relaxed == pytest.approx({"a-700": 100}, rel=1e-6)


def test_a_budget_held_back_by_hours_in_one_region_and_by_a_ratio_in_the_other() -> None:
    """A unit of money in a salon brings 4 in its first 20, 3 in the next 20, worth 0.5 each, for a cost of 1.

    At reference spend (20 a region) a region sells 100 + 80 with 10 hours: 1/18 h each. g has 8 hours, so sells 144 at
    most, which 11 of spend allow; more there costs 1 and lets R3 admit 2/3 more in mature, worth 2/3: not worth it.
    R3: mature gets 11 x 0.4 / 0.6 = 7 1/3, sells 129 1/3. Contribution 0.5 x 273 1/3 - 18 1/3 = 118 1/3.
    Quotas by T3 are 200 and 100 at potentials of 180 each: mean stretch 300/360, distance 50/180; evenness 2 x 50.
    """
    result = allocate(budget_plan())
    amounts = {region: amount for (region, _), amount in result.allocation.amount.items()}
    assert amounts == pytest.approx({"growth": 11, "mature": 22 / 3}, rel=1e-6)
    expected = {cell.region: cell.expected for cell in result.expected}
    assert expected == pytest.approx({"growth": 144, "mature": 100 + 88 / 3}, rel=1e-6)
    assert dict(result.stages) == pytest.approx(
        {
            "relaxation": 0,
            "contribution": 118 + 1 / 3,
            "rep stretch": 50 / 180,
            "cell stretch": 0,
            "evenness": 100,
        },
        rel=1e-6,
        abs=1e-6,
    )
    assert result.expected_contribution == pytest.approx(118 + 1 / 3, rel=1e-6)
    (pool,) = result.pools
    assert (pool.spent, pool.unspent) == pytest.approx((18 + 1 / 3, 50 - 18 - 1 / 3), rel=1e-6)
    assert {rep.rep: rep.hours_needed for rep in result.reps} == pytest.approx({"g": 8, "m": (100 + 88 / 3) / 18})


def test_the_price_of_a_ratio_is_what_the_next_percentage_point_does() -> None:
    """R3 at 59%: mature gets 11 x 0.41 / 0.59, each unit more worth 1; at 61% 11 x 0.39 / 0.61."""
    (r3,) = (rule for rule in allocate(budget_plan()).rules if rule.id == "R3")
    assert r3.price_down is not None
    assert r3.price_up is not None
    assert r3.step == 0.01
    assert r3.price_down.contribution == pytest.approx(11 * 0.41 / 0.59 - 22 / 3, rel=1e-6)
    assert r3.price_up.contribution == pytest.approx(11 * 0.39 / 0.61 - 22 / 3, rel=1e-6)
    assert (r3.price_down.relaxation, r3.price_up.relaxation) == (0, 0)
