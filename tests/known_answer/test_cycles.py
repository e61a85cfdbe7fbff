"""Known answer: a cycle through points, worked out by hand; the simulation draws what the expectations integrate."""

import numpy as np
import pytest
from pydantic import ValidationError

from scenarios.cycles import NEVER, CurveCycle, LognormalCycle
from scenarios.process import CycleCurve
from simulation.distributions import curve

# Two humps: 40% within 10 days, nobody until day 50, another 40% until day 90, a fifth never.
HUMPS = CurveCycle((10.0, 50.0, 90.0), (0.4, 0.4, 0.8))


def test_a_curve_by_hand() -> None:
    assert HUMPS.cdf(5) == pytest.approx(0.2)
    assert HUMPS.cdf(30) == pytest.approx(0.4)
    assert HUMPS.cdf(70) == pytest.approx(0.6)
    assert (HUMPS.cdf(90), HUMPS.cdf(5000), HUMPS.cdf(float("inf"))) == (0.8, 0.8, 1.0)
    assert HUMPS.survival(5000) == pytest.approx(0.2)
    assert HUMPS.median == pytest.approx(60)
    # Areas: triangle 10 × 0.4 / 2 = 2; 40 × 0.4 = 16; 40 × 0.6 = 24; then 0.8 a day.
    assert HUMPS.integral(10) == pytest.approx(2)
    assert HUMPS.integral(90) == pytest.approx(42)
    assert HUMPS.integral(100) == pytest.approx(50)
    # Arrivals even over days 0–40 of 50: the mean of F over 10–50 = 0.4.
    assert HUMPS.mean_cdf(0, 40, 50) == pytest.approx(0.4)


def test_what_age_says_of_a_curve() -> None:
    # Open at 50: 0.6 is left, of which 0.4 ends by day 90 and 0.2 never.
    assert HUMPS.cdf_between(90, 50, float("inf")) == pytest.approx(2 / 3)
    assert HUMPS.cdf_between(70, 50, float("inf")) == pytest.approx(1 / 3)
    assert HUMPS.cdf_between(1000, 90, float("inf")) == 0  # older than anything that ever ended: dead
    assert HUMPS.cdf_between(60, 20, 70) == pytest.approx(0.5)


def test_quantiles_and_draws_of_a_curve() -> None:
    u = np.array([0.2, 0.39, 0.6, 0.79, 0.81, 0.999])
    assert curve(u, HUMPS) == pytest.approx([5, 9.75, 70, 89, NEVER, NEVER])
    assert [HUMPS.quantile(x) for x in u] == pytest.approx([5, 9.75, 70, 89, NEVER, NEVER])
    assert curve(np.array([0.5, 0.9]), HUMPS, 50.0) == pytest.approx([80, NEVER])
    assert curve(np.array([0.5]), HUMPS, 120.0) == pytest.approx([NEVER])
    assert curve(np.array([0.5]), HUMPS, 20.0, 70.0) == pytest.approx([60])


@pytest.mark.parametrize("low", [0.0, 7.0, 30.0, 55.0])
def test_draws_follow_the_expectation(low: float) -> None:
    u = (np.arange(4000) + 0.5) / 4000
    drawn = curve(u, HUMPS, low)
    for days in (8.0, 40.0, 60.0, 89.0, 500.0):
        assert np.mean(drawn <= days) == pytest.approx(HUMPS.cdf_between(days, low, float("inf")), abs=0.001)


def test_a_fine_curve_is_the_lognormal_it_was_made_of() -> None:
    lognormal = LognormalCycle(40, 0.6)
    days = tuple(float(d) for d in np.geomspace(1, 600, 400))
    fine = CurveCycle(days, tuple(lognormal.cdf(d) for d in days))
    assert fine.median == pytest.approx(40, rel=1e-3)
    assert fine.mean_cdf(0, 60, 60) == pytest.approx(lognormal.mean_cdf(0, 60, 60), rel=1e-3)
    assert fine.cdf_between(70, 30, float("inf")) == pytest.approx(
        lognormal.cdf_between(70, 30, float("inf")), rel=2e-3
    )


@pytest.mark.parametrize(
    ("days", "ended", "message"),
    [
        ([10, 20], [0.5], "do not make pairs"),
        ([20, 10], [0.4, 0.5], "have to rise"),
        ([10, 20], [0.5, 0.4], "must not fall"),
        ([10, 20], [0, 0], "no opportunity would ever end"),
    ],
)
def test_what_is_no_curve(days: list[float], ended: list[float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CycleCurve.model_validate({"days": days, "ended": ended})


def test_before_it_begins_no_cycle_has_ended() -> None:
    for cycle in (HUMPS, LognormalCycle(20, 0.5), LognormalCycle(20, 0)):
        for days in (-3.0, 0.0):
            assert (cycle.cdf(days), cycle.survival(days), cycle.integral(days)) == (0, 1, 0)


def test_arrivals_that_all_come_on_one_day() -> None:
    """Nothing to average over: P(C ≤ 50 − 20), or of the half of it that lies ahead P(C ≤ 60)."""
    assert HUMPS.mean_cdf(20, 20, 50) == HUMPS.cdf(30) == pytest.approx(0.4)
    assert HUMPS.mean_cdf(20, 20, 50, part=0.5) == HUMPS.cdf(60) == pytest.approx(0.5)


def test_an_age_that_hardly_any_cycle_reaches_leaves_it_at_its_nearer_end() -> None:
    """Between 10²⁰ and 10²¹ days lies no measurable probability: C is taken to be at the end nearer to the median."""
    cycle = LognormalCycle(20, 0.5)
    assert cycle.cdf_between(5e20, 1e20, 1e21) == 1
    assert cycle.cdf_between(5e-21, 1e-21, 1e-20) == 0
