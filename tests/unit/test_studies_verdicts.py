"""Unit: verdicts on contingency plans at the edges of their interval, and the size from which on differences matter."""

import math

import pytest

from scenarios.changing import changed
from scenarios.errors import PlanFileError
from studies.deciding import margins_of
from studies.decisions.worth import PlanVerdict, plan_verdict
from studies.results import Estimate
from tests.plans import small_plan


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.01, 0.02, "buy"),
        (0.01, 1000, "buy"),
        (-0.02, -0.01, "do not buy"),
        (-5, 0, "do not buy"),
        (-1000, -999, "do not buy"),
        (0, 0, "does not matter"),
        (0, 9.99, "does not matter"),
        (-9.99, 9.99, "does not matter"),
        (-10, 1, "cannot tell yet"),
        (-1, 10, "cannot tell yet"),
        (-math.inf, math.inf, "cannot tell yet"),
    ],
)
def test_the_sign_goes_before_the_size(low: float, high: float, verdict: PlanVerdict) -> None:
    assert plan_verdict(Estimate(mean=(low + high) / 2, ci_low=low, ci_high=high), 10) == verdict


def test_half_a_percent_of_the_target_matters_and_five_points_unless_the_plan_says_otherwise() -> None:
    plan = small_plan()
    margins = margins_of(plan)
    assert (margins.amount, margins.chance) == (0.005 * plan.target, 0.05)
    said, _ = changed(plan, ["smallest_difference.share_of_target=0.02", "smallest_difference.chance=0.01"])
    margins = margins_of(said)
    assert (margins.amount, margins.chance) == (0.02 * plan.target, 0.01)


@pytest.mark.parametrize("value", ["0", "1.5", "-0.01"])
def test_a_size_that_no_difference_or_every_one_has_is_refused(value: str) -> None:
    for figure in ("share_of_target", "chance"):
        with pytest.raises(PlanFileError, match=f"smallest_difference.{figure}"):
            changed(small_plan(), [f"smallest_difference.{figure}={value}"])
