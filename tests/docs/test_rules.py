"""Docs: the table of rules names every rule of the source plan, and only entries, modules and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from scenarios.expectations import with_measures
from scenarios.loading import load_plan
from scenarios.plan import Plan

ROOT = Path(__file__).parents[2]
GROUPS = {"T": 6, "S": 8, "E": 5, "R": 9, "M": 6, "K": 7}
IDS = [f"{letter}{number}" for letter, count in GROUPS.items() for number in range(1, count + 1)]
STATES = ("acts", "pure advice")


class Line(NamedTuple):
    """A row of the table."""

    rule: str
    entries: list[str]
    modules: list[str]
    tests: list[str]
    state: str
    reading: str


def lines() -> list[Line]:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = [re.split(r"(?<!\\)\|", row)[1:-1] for row in re.findall(r"^\| [TSERMK]\d .*\|$", text, flags=re.M)]
    quoted = [[re.findall(r"`([^`]+)`", cell) for cell in cells] for cells in rows]
    return [
        Line(cells[0].strip(), names[1], names[2], names[3], cells[4].strip(), cells[5].strip())
        for cells, names in zip(rows, quoted, strict=True)
    ]


LINES = lines()


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


def test_all_41_rules_are_there_in_order() -> None:
    assert len(IDS) == 41
    assert [line.rule for line in LINES] == IDS


def entry(plan: Plan, path: str) -> object:
    """What a dotted path leads to; entries of lists by id."""
    node: object = plan
    for step in path.split("."):
        if isinstance(node, tuple):
            node = next(one for one in node if one.id == step)
        elif isinstance(node, dict):
            node = node[step]
        else:
            node = getattr(node, step)
    return node


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.rule)
def test_what_a_rule_names_exists(line: Line, plan: Plan) -> None:
    for path in line.entries:
        assert entry(plan, path) is not None, path
    for module in line.modules:
        assert (ROOT / module).is_file(), module
    for name in line.tests:
        file, _, function = name.partition("::")
        assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8"), name
    assert line.state in STATES
    assert line.reading
    if line.state != "pure advice":
        assert line.entries
        assert line.modules
        assert line.tests


def test_the_proposal_tool_halves_proposal_hours(plan: Plan) -> None:
    hours = plan.process.stages[plan.process.stage_number("solution")].proposal_hours
    assert with_measures(plan, "proposal_hours", hours, {}) == hours / 2


def test_policies_said_to_be_off_are_off(plan: Plan) -> None:
    on = {policy.id for policy in plan.policies if policy.enabled}
    said_off = {line.rule for line in LINES if "witched off" in line.reading}
    assert on & said_off == set()
    assert said_off == {policy.id for policy in plan.policies if not policy.enabled and policy.id in IDS}
