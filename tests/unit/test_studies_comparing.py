"""Unit: A against B on identical futures; decisions old → new; rules that an allocation breaks."""

import numpy as np
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.allocation.allocating import allocate_study
from studies.allocation.rules import broken_rules
from studies.decisions.comparing import STUDY as COMPARE
from studies.decisions.comparing import CompareRequest, CompareResult, compare_study, decisions_changed
from studies.replay.batches import Batch
from studies.replay.futures import Execution, Futures
from studies.study import Inputs
from tests.plans import small_plan
from tests.unit.test_studies_replications import differing

PLAN = small_plan(settings=("target=170000",))
WAR = small_plan(scenarios=("price_war",), settings=("target=170000",))
HAND = Allocation(
    "by hand",
    (QuotaCell("S1", "north", "R1", 90_000.0), QuotaCell("S1", "south", "R2", 80_000.0)),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)
GROWTH = Allocation("growth", HAND.quotas, (BudgetCell("north", "salon", 0.0), BudgetCell("south", "salon", 40_000.0)))


def compare(
    a: tuple[Plan, Allocation, Options], b: tuple[Plan, Allocation, Options], replications: int = 30
) -> tuple[CompareResult, Batch, Batch]:
    return compare_study(
        a[0],
        b[0],
        a[1],
        b[1],
        a[2],
        b[2],
        futures=Futures(Execution(2, replications)),
        names=("A", "B"),
        decision="keep",
    )


def test_the_same_twice_differs_in_nothing() -> None:
    side = (PLAN, HAND, Options.of(PLAN, plans=["K1-answer"]))
    result, a, b = compare(side, side)
    assert differing(a, b) == []
    assert [row.id for row in result.differences] == list(KPIS)
    for row in result.differences:
        assert row.verdict == "no difference"
        assert (row.mean, row.ci_low, row.ci_high, row.p_b_beats_a) == (0, 0, 0, 0)
        assert row.mean_a == row.mean_b
    assert (result.decisions, result.changes) == ((), ())
    assert result.kpis == result.kpis_a


def test_differences_are_paired() -> None:
    result, a, b = compare((PLAN, HAND, Options.of(PLAN)), (WAR, HAND, Options.of(WAR)))
    assert (b.struck["K1"] == 1).all()
    row = next(row for row in result.differences if row.id == "signed")
    gaps = b.kpis["signed"] - a.kpis["signed"]
    assert row.mean == gaps.mean()
    assert row.p_b_beats_a == np.mean(gaps > 0)
    assert (gaps <= 0).all()  # on the same future a price war wins nothing
    assert (row.mean_a, row.mean_b) == (a.kpis["signed"].mean(), b.kpis["signed"].mean())
    assert next(kpi.mean for kpi in result.kpis if kpi.id == "signed") == row.mean_b
    assert next(kpi.mean for kpi in result.kpis_a if kpi.id == "signed") == row.mean_a


def test_money_moved_to_a_region_moves_its_leads() -> None:
    result, a, b = compare((PLAN, HAND, Options.of(PLAN)), (PLAN, GROWTH, Options.of(PLAN)))
    assert not np.array_equal(a.kpis["leads"], b.kpis["leads"])
    assert {(row.path, row.old, row.new) for row in result.decisions} == {
        ("budget.north.salon", "20,000", "0"),
        ("budget.south.salon", "20,000", "40,000"),
    }


def test_contingency_plans_held_are_a_decision() -> None:
    result, _, _ = compare((PLAN, HAND, Options.of(PLAN)), (PLAN, HAND, Options.of(PLAN, plans=["K5-answer"])), 2)
    assert [(row.path, row.old, row.new) for row in result.decisions] == [("contingency plans", "none", "K5-answer")]


# Decisions


def allocation(*quotas: tuple[str, str, str, float]) -> Allocation:
    return Allocation("some", tuple(QuotaCell(*quota) for quota in quotas))


def listed(a: Allocation, b: Allocation) -> list[tuple[str, str, str]]:
    return [(row.path, row.old, row.new) for row in decisions_changed(a, b)]


def test_a_quota_that_moves_between_reps() -> None:
    a = allocation(("S1", "north", "R1", 1000), ("S1", "north", "R2", 500))
    b = allocation(("S1", "north", "R1", 700), ("S1", "north", "R2", 800))
    assert listed(a, b) == [("quota.R1", "1,000", "700"), ("quota.R2", "500", "800")]


def test_a_quota_that_moves_between_products_of_a_rep() -> None:
    a = allocation(("L1", "north", "R1", 1000), ("S1", "north", "R1", 500))
    b = allocation(("L1", "north", "R1", 700), ("S1", "north", "R1", 800))
    assert listed(a, b) == [("quota.L1.north", "1,000", "700"), ("quota.S1.north", "500", "800")]


def test_quotas_that_two_reps_swap() -> None:
    a = allocation(
        ("L1", "north", "R1", 9), ("S1", "north", "R1", 5), ("L1", "north", "R2", 5), ("S1", "north", "R2", 9)
    )
    b = allocation(
        ("L1", "north", "R1", 5), ("S1", "north", "R1", 9), ("L1", "north", "R2", 9), ("S1", "north", "R2", 5)
    )
    assert listed(a, b) == [
        ("quota.L1.north.R1", "9", "5"),
        ("quota.L1.north.R2", "5", "9"),
        ("quota.S1.north.R1", "5", "9"),
        ("quota.S1.north.R2", "9", "5"),
    ]


def test_less_than_a_unit_of_money_is_no_decision() -> None:
    assert listed(allocation(("S1", "north", "R1", 1000)), allocation(("S1", "north", "R1", 1000.9))) == []


def test_a_cell_that_is_new_or_gone() -> None:
    assert listed(allocation(), allocation(("S1", "north", "R1", 1000))) == [
        ("quota.R1", "0", "1,000"),
        ("quota.S1.north", "0", "1,000"),
    ]


# Rules


def test_rules_that_a_hand_made_allocation_breaks_are_listed() -> None:
    rows = broken_rules(PLAN, HAND)
    assert [(row.id, row.member, row.firmness, row.status) for row in rows] == [
        ("R3", "", "hard", "broken"),
        ("T1", "", "hard", "broken"),
        ("T3", "north", "soft", "relaxed"),
        ("T3", "south", "soft", "relaxed"),
        ("T5", "R1", "hard", "broken"),
        ("T5", "R2", "hard", "broken"),
        ("T5", "R3", "hard", "broken"),
    ]
    assert (rows[0].left, rows[0].right, rows[0].gap) == (20_000, 24_000, pytest.approx(4_000))
    assert rows[0].sentence == "Growth regions get at least 60% of the marketing money spent."


def test_the_optimisers_allocation_breaks_no_hard_rule() -> None:
    _, answer = allocate_study(PLAN)
    assert [row for row in broken_rules(PLAN, answer.allocation) if row.firmness != "soft"] == []


def test_rules_broken_by_either_side_are_listed() -> None:
    _, answer = allocate_study(PLAN)
    result, _, _ = compare((PLAN, HAND, Options.of(PLAN)), (PLAN, answer.allocation, Options.of(PLAN)), 2)
    assert result.violations == broken_rules(PLAN, answer.allocation)
    assert result.violations_a == broken_rules(PLAN, HAND)


def test_there_is_something_to_compare_with(small_plan: Plan) -> None:
    with pytest.raises(UsageError, match="needs a second plan"):
        COMPARE.answer(CompareRequest(source="small"), Inputs(small_plan), Futures(Execution(1, 2)))
