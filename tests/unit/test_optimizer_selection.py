"""Unit: rules of plans made in memory, whose files nobody has checked, are refused where they cannot be meant."""

from typing import Any

import pytest

from optimizer.selection import spell_out, universe
from scenarios.errors import PlanFileError
from scenarios.plan import Plan
from tests.allocation_plans import budget_plan

QUOTA = {"over": "quota"}
REGIONS = {"proportional_to": "planned_amount"}


def plan_with(**rule: Any) -> Plan:
    return budget_plan(rules=[{"id": "X", "left": QUOTA, "sense": "=", "right": QUOTA} | rule])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"ratio": 1, "right": {"over": "quota", "where": {"region": ["nowhere"]}}}, "its right side selects nothing"),
        ({"ratio": 1, "left": {"over": "quota", "where": {"region": ["nowhere"]}}}, "it selects nothing"),
        ({"ratio": 1, "left": {"over": "quota", "where": {"pool": ["marketing"]}}}, "cells of quota have no pool"),
        ({"ratio": REGIONS, "each": "rep"}, "'each' must be region or maturity"),
        (
            {"ratio": {"by": "pool", "values": {"marketing": 1}}, "each": "cell"},
            "cells of quota are not told apart by pool",
        ),
        (
            {"ratio": {"by": "region", "values": {"mature": 0, "growth": 0}, "normalised": True}, "each": "region"},
            "all its weights are zero",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_rules_id(rule: dict[str, Any], said: str) -> None:
    plan = plan_with(**rule)
    with pytest.raises(PlanFileError, match=said) as caught:
        spell_out(plan, universe(plan))
    assert all(problem.key.startswith("rules.X") for problem in caught.value.problems)


def test_planned_amounts_are_shared_among_the_regions_that_a_rule_is_about() -> None:
    """Base amounts are 200 and 100: of both two thirds and one third, of the growth region alone all of it."""
    both, alone = (
        plan_with(ratio=REGIONS, each="region"),
        plan_with(ratio=REGIONS, each="region", left={"over": "quota", "where": {"region": ["growth"]}}),
    )
    assert {line.member: line.ratio for line in spell_out(both, universe(both))} == pytest.approx(
        {"mature": 2 / 3, "growth": 1 / 3}
    )
    assert {line.member: line.ratio for line in spell_out(alone, universe(alone))} == {"growth": 1}


def test_a_member_without_cells_stays_only_where_the_rule_asks_something_of_it() -> None:
    """A region without reps gets a share of nothing, which is seen to be impossible; not where others are meant."""
    plan = budget_plan()
    empty = plan.regions[0].model_copy(update={"id": "empty", "name": "Empty"})
    every = plan_with(ratio=0.1, each="region", sense=">=").model_copy(update={"regions": (*plan.regions, empty)})
    assert {line.member: len(line.left) for line in spell_out(every, universe(every))} == {
        "empty": 0, "growth": 1, "mature": 1
    }  # fmt: skip
    some = plan_with(ratio=0.1, each="region", sense=">=", left={"over": "quota", "where": {"region": ["growth"]}})
    some = some.model_copy(update={"regions": (*plan.regions, empty)})
    assert [line.member for line in spell_out(some, universe(some))] == ["growth"]
