"""Unit: money by purpose with the chances and payments that a run's quarters show, worked out by hand."""

import pandas as pd
import pytest

from optimizer.money import team_building
from scenarios.plan import Plan
from studies.allocation.naming import named_allocation
from studies.allocation.paying import MoneyResult, Quarters, money_study

HELD = ("K1-answer", "K5-answer")


def figures(**columns: list[float]) -> pd.DataFrame:
    """Four quarters; K1-answer (3,000, and 10,000 a trigger) answers twice, K5-answer (1,000 a use) once."""
    usual = {
        "signed": [400_000.0] * 4,
        "cash": [300_000.0] * 4,
        "renewed": [10_000.0, 30_000.0, 50_000.0, 40_000.0],
        "expert_fees": [0.0, 0.0, 8_000.0, 0.0],
        "collection_rate": [0.96, 0.90, 0.95, 1.0],
        "plan_cost": [3_000.0, 13_000.0, 3_000.0, 15_000.0],
        "triggered:K1-answer": [0.0, 1.0, 0.0, 1.0],
        "triggered:K5-answer": [0.0, 0.0, 0.0, 1.0],
    }
    return pd.DataFrame(usual | columns)


def study(plan: Plan, table: pd.DataFrame, held: tuple[str, ...] = HELD) -> MoneyResult:
    return money_study(plan, quarters=Quarters("a-run", named_allocation(plan, "even"), ("K1",), held, table))


def with_accelerator(plan: Plan) -> Plan:
    """The bonus on renewals is 2%, and doubles from 40,000 on."""
    money = plan.money.model_dump() | {
        "bonuses": [{"id": "R", "activity": "salon", "basis": "renewed", "rate": 0.02}],
        "renewal_target": 40_000,
        "renewal_threshold": 1.0,
        "renewal_accelerator": 2.0,
    }
    return Plan.model_validate(plan.model_dump() | {"money": money})


def test_what_only_a_chance_decides_is_counted_in_the_quarters(small_plan: Plan) -> None:
    result = study(with_accelerator(small_plan), figures())
    chances = {row.purpose: row.chance.mean for row in result.chances}
    assert chances == {"team_building": 0.75, "renewal_accelerator": 0.5, "K1-answer": 0.5, "K5-answer": 0.25}
    assert (result.run, result.replications, result.risks) == ("a-run", 4, ("K1",))
    rows = {row.purpose: row for row in result.rows}
    prize = rows["team_building"]
    assert prize.treatment == "chance from simulation"
    assert prize.expected == pytest.approx(0.75 * team_building(small_plan))
    extra = rows["renewal_accelerator"].simulated
    assert extra is not None
    assert extra.mean == pytest.approx(0.02 * (50_000 + 40_000) / 4)


def test_what_plans_cost_by_use_is_a_row_where_there_is_any(small_plan: Plan) -> None:
    """3,000 + 10,000 × triggers leave 2,000 of the last quarter's 15,000: two uses."""
    uses = next(row for row in study(small_plan, figures()).rows if row.purpose == "uses")
    assert (uses.expected, uses.treatment) == (500, "chance from simulation")
    none = figures(plan_cost=[3_000.0, 13_000.0, 3_000.0, 13_000.0])
    assert "uses" not in {row.purpose for row in study(small_plan, none).rows}


def test_what_the_plan_does_not_pay_and_what_was_not_held_has_no_chance(small_plan: Plan) -> None:
    money = small_plan.money.model_copy(update={"team_building_share": 0.0})
    plain = small_plan.model_copy(update={"money": money})
    assert study(plain, figures(plan_cost=[0.0] * 4), held=()).chances == ()
    held = study(plain, figures(plan_cost=[3_000.0, 13_000.0, 3_000.0, 13_000.0]), held=("K1-answer",))
    assert [row.purpose for row in held.chances] == ["K1-answer"]
