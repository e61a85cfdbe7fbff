"""Unit: comparisons, valuations, selections and back-tests in a workbook: figures of the answer, native and whole."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine as calamine

from reports.run_workbook import run_workbook
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from studies.backtests import BacktestCause, BacktestFinding, BacktestResult, BacktestRow, BacktestScore, BacktestWindow
from studies.results import Record
from studies.selecting import PlanSetRow, SelectResult
from studies.valuing import BreakEven, DelayPoint, Interaction, ValueResult, ValueRow
from tests.cli import samples
from tests.cli.samples import estimate


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


def value() -> ValueResult:
    row = ValueRow(
        plan="K5-handover",
        plan_name="Hand-over within a week",
        risk="K5",
        p_triggered=0.8,
        gain_signed=estimate(60_000, 9_000),
        gain_cash=estimate(40_000, 8_000),
        gain_p_target=estimate(0.017, 0.03),
        gain_contribution=estimate(48_321.5, 36_000),
        plan_cost=estimate(3_000, 100),
        retainer=1_000,
        activations=1_500,
        uses=500,
        gain_worst_tenth=None,
        reserve=4_000,
        reserve_interval=None,
        verdict="buy",
        seen=31,
        needed=None,
        spared=None,
        break_even=BreakEven(status="found", factor=0.4, factor_interval=(0.2, 0.7), chance=0.3, chance_now=0.6),
        delays=(
            DelayPoint(days_later=0, gain=estimate(48_321.5, 36_000)),
            DelayPoint(days_later=5, gain=estimate(-10, 2)),
        ),
        latest=4.9,
        interactions=(
            Interaction(
                other="K6-kpi", other_name="=KPI", shares="resource", difference=estimate(-1_000, 300)
            ),
        ),
    )  # fmt: skip
    return ValueResult(
        plan="Quarter", currency="CNY", target=18e6, allocation_name="optimised", seed=1, replications=60,
        criterion="contribution", in_depth=True, rows=(row,), kpis=(), replications_run=100, replications_known=20,
        violations=(samples.allocation().rules[1].model_copy(update={"status": "broken", "sentence": "=1+1"}),),
    )  # fmt: skip


def select() -> SelectResult:
    def row(*plans: str, gain: float, behind: float | None = None) -> PlanSetRow:
        return PlanSetRow(
            plans=plans, cost=estimate(3_000, 100), cost_p90=4_000, within_budget=True, gain=estimate(gain, 10),
            gain_contribution=estimate(gain, 10), gain_p_target=estimate(0.02, 0.01),
            behind=None if behind is None else estimate(behind, 5),
        )  # fmt: skip

    return SelectResult(
        plan="Quarter", currency="CNY", target=18e6, allocation_name="optimised", seed=1, criterion="contribution",
        budget=60_000, method="all sets", promised=True, confidence=0.95, delta=90_000, candidates=("K5", "K6"),
        only_cost=(), seldom=(), sets=4, affordable=4, chosen=row("K5", gain=48_000),
        rivals=(row("K5", "K6", gain=45_000, behind=3_000),), frontier=(row(gain=0.0), row("K5", gain=48_000)),
        shown=100, replications=100, figures=400, figures_equal=400, quarters_run=300,
    )  # fmt: skip


def backtest() -> BacktestResult:
    rows = tuple(
        BacktestRow(
            dimension=dimension, id=id_, name=name, actual=900.0, mean=1_000.0, p10=800.0, p50=990.0, p90=1_200.0,
            last=700.0, pipeline=950.0, drift=880.0,
        )
        for dimension, id_, name in (("total", "total", "total"), ("region", "east", "=East"))
    )  # fmt: skip
    cause = BacktestCause(scope="total", name="", id="win_rate", forecast=0.4, actual=0.35, amount=-100.0)
    window = BacktestWindow(
        kind="quarter", start=dt.date(2017, 7, 1), end=dt.date(2017, 10, 1), weeks=13, open_deals=5, deals_known=50,
        hours="", rows=rows, causes=(cause,),
    )  # fmt: skip
    score = BacktestScore(
        kind="quarter", dimension="total", count=1, inside=1, pinball=0.05,
        wape={"model": 0.1, "last": 0.2222, "pipeline": 0.05, "drift": 0.02}, expected_wape=0.0876,
    )  # fmt: skip
    finding = BacktestFinding(id="inside_quarter", figures={"inside": 1, "count": 1})
    return BacktestResult(
        export="export", mapping="maven", description="a CRM", currency="CNY", seed=1, replications=20,
        windows=(window,), scores=(score,), findings=(finding,),
    )  # fmt: skip


RESULTS = {"compare": samples.comparison, "value": value, "select": select, "backtest": backtest}


def sheets(result: Record, plan: Plan, words: Wording = ENGLISH, *further: Record) -> dict[str, list[list[Any]]]:
    data = run_workbook(result, plan, words, further)
    assert data == run_workbook(type(result).model_validate_json(result.model_dump_json()), plan, words, further)
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("study", RESULTS)
def test_the_same_answer_is_the_same_bytes_in_both_languages(study: str, words: Wording, plan: Plan) -> None:
    found = sheets(RESULTS[study](), plan, words)
    assert words.say(f"workbook.{study}") in found


def line(sheet: list[list[Any]], first: str) -> list[Any]:
    return next(row for row in sheet if row[0] == first)


def test_a_comparison_has_both_sides_and_their_difference(plan: Plan) -> None:
    result = samples.comparison()
    sheet = sheets(result, plan)["Comparison"]
    for difference in result.differences:
        row = line(sheet, ENGLISH.choose("kpi", difference.id, difference.label))
        assert row[1:3] == [difference.mean_a, difference.mean_b]
        assert row[3] == pytest.approx(difference.mean)
        assert row[4:7] == [difference.ci_low, difference.ci_high, difference.p_b_beats_a]


def test_a_valuation_has_verdicts_break_even_delays_and_interactions(plan: Plan) -> None:
    found = sheets(value(), plan)
    sheet = found["Contingency plans"]
    row = line(sheet, "K5-handover · Hand-over within a week")
    assert row[1:7] == ["K5", 0.8, 3_000, 100, 48_321.5, 36_000]
    assert row[11] == "buy"
    deep = [row for row in sheet if row[0] == "K5-handover"]
    assert deep[0][2:8] == ["found", 0.6, 0.3, 0.4, 0.2, 0.7]
    assert [row[2:4] for row in deep[1:3]] == [[0, 48_321.5], [5, -10]]
    assert deep[3][1] == "K6-kpi"
    assert ["T3 =1+1"] in [row[:1] for row in found["Changes and findings"]]


def test_a_selection_has_the_chosen_set_its_rivals_and_the_frontier(plan: Plan) -> None:
    sheet = sheets(select(), plan)["Choice"]
    assert line(sheet, "K5, K6")[8] == 3_000
    assert [row[4] for row in sheet if row[0] == "K5"] == [48_000, 48_000]
    assert line(sheet, "none")[4] == 0


def test_a_backtest_has_every_window_and_member(plan: Plan) -> None:
    found = sheets(backtest(), plan)
    row = line(found["Back-test"], "quarter")
    assert row[1:5] == [dt.date(2017, 7, 1), dt.date(2017, 10, 1), 900, 1_000]
    assert row[14] == pytest.approx(990 / 900 - 1)
    assert line(found["Back-test"], "quarters, total")[5:10] == [0.1, 0.2222, 0.05, 0.02, 0.0876]
    members = found["Back-test in detail"]
    assert members[-1][1:5] == ["by region", "east", "=East", 900]


def test_further_runs_have_further_sheets(plan: Plan) -> None:
    found = sheets(samples.run(), plan, ENGLISH, samples.comparison(), samples.comparison())
    assert {"Allocation", "Comparison", "Comparison 2"} < set(found)
    with pytest.raises(UsageError, match="one allocation"):
        run_workbook(samples.run(), plan, ENGLISH, [samples.allocation()])
