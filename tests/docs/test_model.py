"""Docs: the page of the model names every variable, row and stage, and only fields that a plan has."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import optimizer
from optimizer.rows import FAMILIES
from optimizer.stages import STAGES
from optimizer.variables import Variables
from scenarios.plan import Plan

PAGE = Path(optimizer.__file__).parents[1] / "docs" / "model.md"
TEXT = PAGE.read_text(encoding="utf-8")
PAPER = TEXT.partition("## Five plans on paper")[2]


def section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_rows_has_its_formula(family: str) -> None:
    (row,) = re.findall(rf"^\| {family.replace('_', ' ')} \| (.+) \|.*\|$", section("Rows"), flags=re.M)
    assert re.search(r"[=≤≥]", row)


def test_every_variable_stands_there() -> None:
    views = {"quota_of", "expected_of", "spend_of"}  # the same variables by cell
    names = {field.name for field in dataclasses.fields(Variables)} - views
    assert names <= set(re.findall(r"`(\w+)`", section("Variables")))


def test_every_stage_stands_there_in_order() -> None:
    assert tuple(re.findall(r"^\d\. \*\*(.+?)\*\*", section("Stages"), flags=re.M)) == STAGES


def test_fields_of_the_plan_are_there() -> None:
    roots = re.findall(r"`(\w+)(?:\[\]|\.)", section("Data: what a plan lets us expect"))
    assert len(set(roots)) >= 10
    assert set(roots) <= {*Plan.model_fields, "scenarios"}


@pytest.mark.parametrize("rule", ["T1", "R3", "T3", "T5", "R5"])
def test_a_plan_on_paper_for_each_of_five_rules_goes_through_every_stage(rule: str) -> None:
    (plan,) = re.findall(rf"^\*\*[A-E]\. {rule}[,:](.+?)(?=^\*\*[A-E]\.|\Z)", PAPER, flags=re.M | re.S)
    named = [name for cell in re.findall(r"^\| (.+?) \|", plan, flags=re.M) for name in cell.split(", ")]
    assert set(STAGES) <= set(named)
