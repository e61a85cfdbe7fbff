"""Unit: the figures by which phases are accepted, on records written by hand (E1, E4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.allocation import Allocation
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.acceptance import acceptance
from simulation.compiling import compile_model
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Options
from simulation.records import DealEnd, ExamRow, Payment, Records, RenewalEnd
from tests.plans import PLAN_YAML, small_plan, small_plan_files

EXAM = {"questions": 5, "success_rate": 0.9, "pass_mark": 0.8}
MEASURE = {"id": "E1", "name": "", "session": {"weeks": [1], "rep_tiers": ["top", "core"], "exam": EXAM}}
"""R1 is top, R2 core, R3 new: two take part."""
ATTACK_ENDS, QUARTER_ENDS = 38, 58
"""Working days: weeks 1 to 8 less two holidays, and all 12."""


def model_of(*criteria: dict[str, Any]) -> Model:
    figures = small_plan().model_dump()
    calendar = figures["calendar"] | {"criteria": [{"name": "", "at_least": 0.8, **entry} for entry in criteria]}
    plan = Plan.model_validate(figures | {"calendar": calendar, "measures": [MEASURE]})
    assert plan_problems(plan) == []
    return compile_model(plan, Allocation("nobody", ()), Options.of(plan))


def deal(value: float, ended: float, outcome: str = "won") -> DealEnd:
    return DealEnd("O", "pipeline", 0, 0, 0, 0, -1, -1.0, ended, outcome, 2, value, 1.0)


def renewal(day: float, outcome: str = "renewed", contacted: bool = True) -> RenewalEnd:
    return RenewalEnd(0, 0, 0, 0, day, outcome, 1_000.0 if outcome == "renewed" else 0.0, contacted)


def figure(records: Records, **criterion: Any) -> float:
    (found,) = acceptance(records, model_of({"id": "x", **criterion}))
    return found


def test_signed_share_counts_contracts_and_renewals_until_the_phase_ends() -> None:
    deals = [deal(250_000, ATTACK_ENDS - 0.1), deal(70_000, ATTACK_ENDS), deal(9_000, 3.0, "lost")]
    records = Records(0, deals=deals, renewals=[renewal(4.0), renewal(ATTACK_ENDS)])
    assert figure(records, phase="attack", figure="signed_share") == pytest.approx(0.251)
    assert figure(records, phase="closing", figure="signed_share") == pytest.approx(0.322)


def test_collection_rate_is_cash_of_what_fell_due_by_then() -> None:
    payments = [
        Payment("a", 10.0, 12.0, 600.0, False),
        Payment("b", 30.0, ATTACK_ENDS, 400.0, False),  # paid as the next phase begins
        Payment("c", ATTACK_ENDS, ATTACK_ENDS, 500.0, False),
    ]
    records = Records(0, payments=payments)
    assert figure(records, phase="attack", figure="collection_rate") == pytest.approx(0.6)
    assert figure(records, phase="closing", figure="collection_rate") == 1
    assert figure(Records(0), phase="closing", figure="collection_rate") == 1, "nothing fell due"


def test_exam_passed_is_a_share_of_those_who_take_part() -> None:
    exams = [
        ExamRow(3.0, "E1", 0, 0, False),
        ExamRow(8.0, "E1", 0, 1, True),
        ExamRow(3.0, "other", 1, 0, True),
        ExamRow(12.0, "E1", 1, 0, True),
    ]
    records = Records(0, exams=exams)
    assert figure(records, phase="start-up", figure="exam_passed", measure="E1") == 0.5, "R2 passed after week 2"
    assert figure(records, phase="attack", figure="exam_passed", measure="E1") == 1


def test_renewals_contacted_are_those_that_came_up_in_the_phase() -> None:
    renewals = [
        renewal(5.0, contacted=False),
        renewal(40.0),
        renewal(45.0, "not renewed"),
        renewal(50.0, "renewed", contacted=False),
        renewal(50.0, "not renewed", contacted=False),
        renewal(51.0, "account lost", contacted=False),
    ]
    records = Records(0, renewals=renewals)
    assert figure(records, phase="closing", figure="renewals_contacted") == 0.5
    assert figure(records, phase="start-up", figure="renewals_contacted") == 0
    assert figure(records, phase="attack", figure="renewals_contacted") == 1, "none came up"


def test_criteria_stand_in_the_plan_s_order_and_in_what_is_measured() -> None:
    model = model_of(
        {"id": "money", "phase": "closing", "figure": "collection_rate"},
        {"id": "attack", "phase": "attack", "figure": "signed_share"},
    )
    records = Records(0, deals=[deal(500_000, 3.0)], payments=[Payment("a", 1.0, QUARTER_ENDS + 1.0, 100.0, False)])
    assert acceptance(records, model) == (0.0, 0.5)
    assert measure(records, model).acceptance == (0.0, 0.5)


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        ("phase: never, figure: signed_share", "there is no phase never"),
        ("phase: attack, figure: signed_shares", "signed_share"),
        ("phase: attack, figure: exam_passed", "whose exam?"),
        ("phase: attack, figure: exam_passed, measure: proposal-tool", "proposal-tool holds no exam"),
        ("phase: attack, figure: exam_passed, measure: nobody", "there is no measure nobody"),
        ("phase: attack, figure: signed_share, measure: proposal-tool", "is no figure of a measure"),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(tmp_path: Path, criterion: str, message: str) -> None:
    written = f"  criteria:\n    - {{id: x, name: x, at_least: 0.8, {criterion}}}\n  blocks:\n"
    folder = small_plan_files(tmp_path / "plan", plan=PLAN_YAML.replace("  blocks:\n", written, 1))
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder)
    assert message in str(caught.value)
