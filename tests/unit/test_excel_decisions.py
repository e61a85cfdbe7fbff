"""Unit: comparisons, valuations, selections and back-tests in a workbook: figures of the answer, native and whole."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine as calamine

from reports.pages.backtest import said_finding
from reports.pages.verdicts import size_that_matters
from reports.wording import CHINESE, ENGLISH, Wording
from reports.workbooks.run_workbook import run_workbook
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from studies.decisions.stress_rows import PlanRow
from studies.results import Record
from tests.cli import decided, samples


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


RESULTS = {
    "compare": samples.comparison,
    "value": decided.value,
    "select": decided.select,
    "backtest": decided.backtest,
}


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


@pytest.mark.parametrize(("words", "against"), [(ENGLISH, "light"), (CHINESE, "红灯")], ids=["en", "zh"])
def test_a_stress_test_has_every_plan_that_the_page_has(plan: Plan, words: Wording, against: str) -> None:
    """Those that a light or a date sets off too, and what the verdict of no difference means."""
    result = samples.stress()
    fields = result.rows[1].model_dump(include=set(PlanRow.model_fields))
    early = fields | {"plan": "E3", "plan_name": "Early", "trigger": "light", "p_triggered": samples.estimate(0.4, 0.1)}
    result = result.model_copy(update={"other_plans": (PlanRow.model_validate(early | {"verdict": "do not buy"}),)})
    sheet = sheets(result, plan, words)[words.say("workbook.stress")]
    row = line(sheet, "E3 · Early")
    assert row[1] == 0.4
    assert row[7:9] == [words.say("verdict.do not buy"), against]
    assert line(sheet, "K5-notes")[7:9] == [words.say("verdict.does not matter"), "K5"]
    size = size_that_matters(words, result.smallest_difference, "CNY", "contribution")
    assert line(sheet, words.say("verdict.equivalent_note", size=size))


def test_a_valuation_has_verdicts_break_even_delays_and_interactions(plan: Plan) -> None:
    found = sheets(decided.value(), plan)
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
    sheet = sheets(decided.select(), plan)["Choice"]
    assert line(sheet, "K5, K6")[8] == 3_000
    assert [row[4] for row in sheet if row[0] == "K5"] == [48_000, 48_000]
    assert line(sheet, "none")[4] == 0


def test_a_backtest_has_every_window_and_member(plan: Plan) -> None:
    found = sheets(decided.backtest(), plan)
    row = line(found["Back-test"], "quarter")
    assert row[1:5] == [dt.date(2017, 7, 1), dt.date(2017, 10, 1), 900, 1_000]
    assert row[14] == pytest.approx(990 / 900 - 1)
    assert line(found["Back-test"], "quarters, total")[5:10] == [0.1, 0.2222, 0.05, 0.02, 0.0876]
    members = found["Back-test in detail"]
    assert members[-1][1:5] == ["by region", "east", "=East", 900]


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=lambda words: words.code)
def test_what_a_backtest_found_stands_there_in_words(plan: Plan, words: Wording) -> None:
    """As on its page; it stood there as the record that it is kept in."""
    result = decided.backtest()
    cells = [str(cell) for row in sheets(result, plan, words)[words.say("workbook.about")] for cell in row]
    assert result.findings
    assert all(said_finding(finding, words) in cells for finding in result.findings)
    assert not any("BacktestFinding" in cell or "{'" in cell for cell in cells)


def test_further_runs_have_further_sheets(plan: Plan) -> None:
    found = sheets(samples.run(), plan, ENGLISH, samples.comparison(), samples.comparison())
    assert {"Allocation", "Comparison", "Comparison 2"} < set(found)
    with pytest.raises(UsageError, match="one allocation"):
        run_workbook(samples.run(), plan, ENGLISH, [samples.allocation()])
