"""Unit: rules as data, by every selector and for every kind of member; rules that change nothing."""

from typing import Any

import pytest

from optimizer import allocate
from optimizer.data import prepare
from optimizer.live import LiveModel
from optimizer.model import state
from optimizer.redundancy import idle_rules
from optimizer.selection import spell_out, universe
from scenarios.cells import problems
from scenarios.errors import NoFeasibleAllocation
from scenarios.loading import load_plan
from scenarios.nodes import Node
from scenarios.plan import Plan
from scenarios.rules import Rule
from tests.allocation_plans import budget_plan, plan_of, random_plan

QUOTA = {"over": "quota"}


def two_by_two(**changes: Any) -> Plan:
    """Two products, two reps of one region, renewals of 100 in every cell."""
    figures: dict[str, Any] = {
        "target": 400,
        "products": {"S": ("star", 0.5), "L": ("tail", 0.5)},
        "regions": {"east": ("mature", 400)},
        "reps": {"a": ("top", ["east"], 10), "b": ("new", ["east"], 10)},
        "renewals": {(p, "east", s): 100 for p in "SL" for s in "ab"},
    }
    return plan_of(**{**figures, **changes})


def lines(rule: dict[str, Any]) -> dict[str, tuple[float, int]]:
    """Member → ratio and number of cells of a rule, read in a plan with visits for two customer tiers."""
    visits = [
        {"id": id_, "name": id_, "pool": "travel", "unit_cost": 1, "customer_tier": tier}
        for id_, tier in (("visit-a", "A"), ("visit-a2", "A"), ("tickets", None))
    ]
    money = {"pools": [{"id": "travel", "name": "Travel", "amount": 40}]}
    plan = two_by_two(rules=[{"id": "odd", "sense": "<=", **rule}], activities=visits, money=money)
    return {line.member: (line.ratio, len(line.left)) for line in spell_out(plan, universe(plan))}


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ({"left": QUOTA, "each": "cell", "amount": 150}, dict.fromkeys(
            ("L/east/a", "L/east/b", "S/east/a", "S/east/b"), (1, 1))),
        ({"left": {"over": "quota", "where": {"rep": ["a"]}}, "each": "cell", "amount": 1,
          "ratio": {"by": "product_tier", "values": {"star": 3, "tail": 2}}},
         {"L/east/a": (2, 1), "S/east/a": (3, 1)}),
        ({"left": {"over": "expected"}, "each": "cell", "right": QUOTA,
          "ratio": {"by": "rep_tier", "values": {"top": 3, "new": 1}, "normalised": True}},
         {"L/east/a": (0.375, 1), "L/east/b": (0.125, 1), "S/east/a": (0.375, 1), "S/east/b": (0.125, 1)}),
        ({"left": {"over": "budget"}, "each": "cell", "amount": 9},
         {"east/tickets": (1, 1), "east/visit-a": (1, 1), "east/visit-a2": (1, 1)}),
        ({"left": {"over": "budget"}, "each": "customer_tier", "amount": 9}, {"A": (1, 2)}),
        ({"left": {"over": "budget", "where": {"customer_tier": ["A"]}}, "each": "activity",
          "right": {"over": "budget"}, "ratio": {"by": "customer_tier", "values": {"A": 0.5}}},
         {"visit-a": (0.5, 1), "visit-a2": (0.5, 1)}),
    ],
)  # fmt: skip
def test_members_and_ratios(rule: dict[str, Any], members: dict[str, tuple[float, int]]) -> None:
    assert lines(rule) == members


SELECTORS = [
    *((over, key, value) for over in ("quota", "expected") for key, value in (
        ("product", "S1"), ("product_tier", "star"), ("region", "east"), ("maturity", "growth"), ("rep", "R05"),
        ("rep_tier", "core"))),
    *(("budget", key, value) for key, value in (
        ("region", "east"), ("maturity", "growth"), ("activity", "salon"), ("pool", "travel"),
        ("customer_tier", "A"))),
]  # fmt: skip


@pytest.fixture(scope="module")
def quarter() -> Plan:
    return load_plan("quarter").plan


@pytest.mark.parametrize(("over", "key", "value"), SELECTORS)
def test_every_selector_picks_its_cells_and_the_rule_is_kept(quarter: Plan, over: str, key: str, value: str) -> None:
    """These cells' sum is a third of the whole, the only rule there is."""
    attributes = {
        "product": lambda cell: cell[0],
        "product_tier": lambda cell: quarter.product[cell[0]].tier,
        "region": lambda cell: cell[over != "budget"],
        "maturity": lambda cell: quarter.region[cell[over != "budget"]].maturity,
        "rep": lambda cell: cell[2],
        "rep_tier": lambda cell: quarter.rep[cell[2]].tier,
        "activity": lambda cell: cell[1],
        "pool": lambda cell: quarter.activity[cell[1]].pool,
        "customer_tier": lambda cell: quarter.activity[cell[1]].customer_tier,
    }
    rule = Rule.model_validate(
        {"id": "third", "sentence": "a third", "left": {"over": over, "where": {key: [value]}}, "sense": "=",
         "ratio": 1 / 3, "right": {"over": over}}
    )  # fmt: skip
    plan = quarter.model_copy(update={"rules": (rule,)})
    (line,) = spell_out(plan, universe(plan))
    cells = universe(plan).over(over)
    assert set(line.left) == {cell for cell in cells if attributes[key](cell) == value} != set(cells)
    result = allocate(plan, detail="none")
    amounts = {
        "quota": {(c.product, c.region, c.rep): c.quota for c in result.allocation.quotas},
        "expected": {(c.product, c.region, c.rep): c.expected for c in result.expected},
        "budget": dict(result.allocation.amount),
    }[over]
    chosen = sum(amount for cell, amount in amounts.items() if cell in set(line.left))
    unit = max(product.unit for product in plan.products) if over == "quota" else 1e-3  # quotas are sold in units
    assert chosen == pytest.approx(sum(amounts.values()) / 3, rel=1e-6, abs=unit)


def test_a_bound_on_each_cell_is_kept_by_each_cell() -> None:
    """a would carry 300 of 400; at most 120 a cell leave a 240."""
    wish = {"id": "a-300", "left": {"over": "quota", "where": {"rep": ["a"]}}, "sense": ">=", "amount": 300}
    cap = {"id": "cap", "left": QUOTA, "sense": "<=", "each": "cell", "amount": 120}
    result = allocate(two_by_two(rules=[{**wish, "firmness": "soft"}, cap]))
    assert result.allocation.quota_by_rep == pytest.approx({"a": 240, "b": 160})
    assert max(cell.quota for cell in result.allocation.quotas) == pytest.approx(120)
    assert {rule.member for rule in result.rules if rule.id == "cap" and rule.status == "binds"} == {
        "L/east/a",
        "S/east/a",
    }


def test_a_ratio_of_cells_needs_an_attribute_that_cells_have() -> None:
    ratio = {"by": "activity", "values": {"salon": 1}}
    rule = {"id": "odd", "left": QUOTA, "sense": ">=", "each": "cell", "ratio": ratio, "right": "target"}
    plan = two_by_two(rules=[rule])
    found = [problem.message for problem in problems(plan, Node.of(plan.model_dump(mode="json")), frozenset())]
    assert found == [
        "a cell is not told apart by activity; by product or product_tier or region or maturity or rep or rep_tier"
    ]


def idle(*rules: dict[str, Any], **changes: Any) -> dict[str, float]:
    plan = budget_plan(rules=[{"sense": "<=", **rule} for rule in rules], **changes)
    return {rule.id: round(rule.room, 6) for rule in allocate(plan).idle_rules}


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        # the pool of 50 is all there is; 45 can be passed
        ([{"id": "R", "left": {"over": "budget"}, "amount": 60}], {"R": 10}),
        ([{"id": "R", "left": {"over": "budget"}, "amount": 45}], {}),
        # a wish is judged as a rule is
        ([{"id": "R", "left": {"over": "budget"}, "amount": 60, "firmness": "soft"}], {"R": 10}),
        # hours: g sells 144 at most
        ([{"id": "R", "left": {"over": "expected", "where": {"rep": ["g"]}}, "amount": 150}], {"R": 6}),
        # what one rule implies of another is said of the other alone, and of one of two that say the same
        ([{"id": "low", "left": {"over": "quota", "where": {"rep": ["g"]}}, "sense": ">=", "amount": 100},
          {"id": "m", "left": {"over": "quota", "where": {"rep": ["m"]}}, "sense": "<=", "amount": 250}], {"m": 50}),
        ([{"id": "one", "left": {"over": "quota", "where": {"rep": ["g"]}}, "amount": 100},
          {"id": "two", "left": {"over": "quota", "where": {"rep": ["g"]}}, "amount": 100}], {"one": 0}),
        # a rule for each member binds where one of them can
        ([{"id": "R", "left": {"over": "budget"}, "each": "region", "amount": 45}], {"R": 5}),
        ([{"id": "R", "left": {"over": "expected"}, "each": "rep", "amount": 150}], {}),
    ],
)  # fmt: skip
def test_a_rule_that_can_never_bind(rules: list[dict[str, Any]], found: dict[str, float]) -> None:
    assert idle(*rules) == found


def test_rules_that_change_nothing_can_all_be_left_out() -> None:
    """On random plans: without the idle rules every stage is as it was."""
    compared = 0
    for seed in range(60):
        plan = random_plan(seed)
        try:
            result = allocate(plan)
        except NoFeasibleAllocation:
            continue
        gone = {rule.id for rule in result.idle_rules}
        if gone:
            rest = plan.model_copy(update={"rules": tuple(r for r in plan.rules if r.id not in gone)})
            small = 1e-6 * plan.target
            for name, value in dict(allocate(rest, detail="none").stages).items():
                assert value == pytest.approx(dict(result.stages)[name], rel=1e-5, abs=small), (seed, name)
            compared += 1
    assert compared >= 2


def test_looking_for_idle_rules_leaves_the_model_as_it_was() -> None:
    model = state(prepare(budget_plan()))
    live = LiveModel(model.problem)
    before = [live.bounds_of(live.row(row.name)) for row in model.rows]
    idle_rules(model, live)
    assert [live.bounds_of(live.row(row.name)) for row in model.rows] == before
