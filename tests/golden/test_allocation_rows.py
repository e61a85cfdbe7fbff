"""Golden: the LP text of each family of rows on a small plan. To renew: UPDATE_GOLDEN=1 pytest tests/golden."""

import os
from pathlib import Path

import pytest

from optimizer.data import prepare
from optimizer.model import state
from optimizer.rows import FAMILIES
from tests.allocation_plans import budget_plan

FOLDER = Path(__file__).parent / "lp"
LOCK = {
    "id": "promised",
    "cells": {"over": "quota", "where": {"rep": ["m"]}},
    "amount": 120,
    "because": "the rep was promised it",
}
TRIPS = {"id": "trips", "name": "Trips", "pool": "travel", "unit_cost": 1}


def lp_text(family: str, tmp_path: Path) -> str:
    plan = budget_plan(locks=[LOCK])
    salon = plan.activities[0].model_dump() | {"rep_hours_per_unit": 2}
    pools = {"pools": [*plan.money.model_dump()["pools"], {"id": "travel", "name": "Travel", "amount": 20}]}
    plan = budget_plan(locks=[LOCK], activities=[salon, TRIPS], money=pools)
    model = state(prepare(plan), [family])
    model.problem.writeLP(str(tmp_path / "model.lp"))
    return (tmp_path / "model.lp").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES)
def test_lp_text(family: str, tmp_path: Path) -> None:
    kept = FOLDER / f"{family}.lp"
    text = lp_text(family, tmp_path)
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(text, encoding="utf-8")
    assert kept.exists(), f"the family {family!r} has no golden LP text"
    assert text == kept.read_text(encoding="utf-8")


def test_every_golden_text_belongs_to_a_family() -> None:
    assert {path.stem for path in FOLDER.glob("*.lp")} == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_says_what_it_enforces(family: str) -> None:
    words = FAMILIES[family].__doc__ or ""
    assert words.split("\n")[0].endswith(".")
    assert any(sign in words for sign in "≤=≥"), "no formula"
