"""Unit: what hours and the answer say of a plan, against figures in the head."""

import pytest

from optimizer.data import prepare
from optimizer.findings import idle_rule_findings, overloaded_reps
from optimizer.results import IdleRule
from tests.allocation_plans import budget_plan

T5 = {"id": "T5", "left": {"over": "quota"}, "sense": "=", "each": "rep", "ratio": 1.2, "right": "target_per_head"}


def test_reps_whose_hours_cannot_carry_their_multiple() -> None:
    """Plan B: 1.2 x 150 = 180 at 1/18 hour per money is 10 hours: m has 20, g has 8."""
    (finding,) = overloaded_reps(prepare(budget_plan(rules=[T5])))
    assert finding.figures == pytest.approx({"g": 0.8})
    assert finding.message == (
        "Hours do not carry all quotas that T5 asks, at the mix of products of a rep's potential: they are enough for "
        "80% (g)."
    )
    assert (finding.severity, finding.rules) == ("warning", ("T5", "T5"))


@pytest.mark.parametrize(
    "change",
    [
        {"ratio": 0.9},  # 7.5 hours
        {"sense": "<="},  # nobody has to have so much
        {"left": {"over": "quota", "where": {"product": ["Q"]}}},  # the whole quota is not asked
    ],
)
def test_no_word_where_hours_are_enough_or_the_quota_is_not_asked(change: dict[str, object]) -> None:
    products = {"P": ("star", 0.5), "Q": ("star", 0.5)} if "left" in change else {"P": ("star", 0.5)}
    assert overloaded_reps(prepare(budget_plan(rules=[{**T5, **change}], products=products))) == ()


def test_a_rule_that_changes_nothing_is_said_with_its_room() -> None:
    plan = budget_plan()
    one, two = idle_rule_findings(plan, [IdleRule("R", 12_345.6), IdleRule("S", 0)])
    assert one.message == (
        "R changes nothing: the other rules and limits of the plan keep it in any case, with at least 12,346 CNY to "
        "spare."
    )
    assert two.message == "S changes nothing: the other rules and limits of the plan keep it in any case."
