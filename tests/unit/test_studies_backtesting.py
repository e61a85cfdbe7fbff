"""Unit: a back-test sees nothing of what it is scored against, and its sums are right.

The export is generated: two regions, eight reps, 52 weeks. Few replications, as it is the arithmetic that is tested.
"""

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest

from reports.pages.backtest import backtest_page
from reports.specs import Sentence
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import PlanFileError, UsageError
from studies.answering import answer
from studies.backtest.backtesting import backtest
from studies.backtest.backtests import BacktestFinding, BacktestResult, BacktestRow
from studies.backtest.study import BacktestRequest
from studies.replay.futures import Execution, Futures
from studies.saved.repeating import repeat_run
from studies.saved.runs import load_result, save_run
from tests.crm_exports import START, Company, write_export

QUARTER = START + dt.timedelta(weeks=36)


def run(folder: Path, **fields: object) -> BacktestResult:
    request = BacktestRequest.model_validate(
        {"source": str(folder), "quarters": (QUARTER,), "replications": 6, **fields}
    )
    return backtest(request, Futures(Execution(request.seed, request.replications)))


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "export"
    write_export(folder, Company(leads_a_week=2.0), seed=3)
    return folder


@pytest.fixture(scope="module")
def result(export: Path) -> BacktestResult:
    return run(export, rolling=2, step_weeks=4)


def rewritten(export: Path, folder: Path, change: object) -> Path:
    shutil.copytree(export, folder)
    with (folder / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        change(number, row)  # type: ignore[operator]
    with (folder / "sales_pipeline.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_what_happened_later_changes_no_forecast(export: Path, result: BacktestResult, tmp_path: Path) -> None:
    """Every deal that was open or not yet there on the first day ends otherwise, at another value."""

    def change(number: int, row: dict[str, str]) -> None:
        if row["close_date"] >= QUARTER.isoformat() or not row["close_date"]:
            late = max(QUARTER, dt.date.fromisoformat(row["engage_date"])) + dt.timedelta(days=number % 60)
            row.update(
                deal_stage=("Won", "Lost")[number % 2], close_date=late.isoformat(), close_value=str(7 * number + 1)
            )

    again = run(rewritten(export, tmp_path / "later", change))
    before, after = result.windows[0], again.windows[0]
    assert before.total.actual != after.total.actual
    assert [row.model_copy(update={"actual": 0.0}) for row in before.rows] == [
        row.model_copy(update={"actual": 0.0}) for row in after.rows
    ]
    assert [(cause.id, cause.forecast) for cause in before.causes] == [(c.id, c.forecast) for c in after.causes]


def test_what_happened_before_does_change_it(export: Path, result: BacktestResult, tmp_path: Path) -> None:
    def change(number: int, row: dict[str, str]) -> None:
        if row["deal_stage"] == "Won" and row["close_date"] < QUARTER.isoformat() and number % 2:
            row.update(deal_stage="Lost", close_value="0")

    again = run(rewritten(export, tmp_path / "before", change))
    assert again.windows[0].total.mean < 0.8 * result.windows[0].total.mean
    assert again.windows[0].total.actual == result.windows[0].total.actual


def test_windows(result: BacktestResult) -> None:
    quarter, *rolling = result.windows
    assert (quarter.kind, quarter.start, quarter.weeks) == ("quarter", QUARTER, 13)
    assert quarter.end == dt.date(2023, 12, 11)
    assert {(window.kind, (window.end - window.start).days) for window in rolling} == {("rolling", 84)}
    assert (rolling[1].start - rolling[0].start).days == 28
    assert all(window.start.weekday() == 0 for window in rolling)


def test_members_add_up_to_what_happened(result: BacktestResult) -> None:
    for window in result.windows:
        for dimension in ("region", "product", "rep"):
            rows = [row for row in window.rows if row.dimension == dimension]
            assert sum(row.actual for row in rows) == pytest.approx(window.total.actual)
            assert sum(row.mean for row in rows) == pytest.approx(window.total.mean)
            assert sum(row.last for row in rows) == pytest.approx(window.total.last)
            assert sum(row.pipeline for row in rows) == pytest.approx(window.total.pipeline)


def test_causes_add_up_to_the_difference(result: BacktestResult) -> None:
    for window in result.windows:
        for scope in ("total", "east", "west"):
            row = window.total if scope == "total" else window.row("region", scope)
            causes = [cause for cause in window.causes if cause.scope == scope]
            assert [cause.id for cause in causes] == ["leads", "timing", "win_rate", "value"]
            assert sum(cause.amount for cause in causes) == pytest.approx(row.actual - row.mean, abs=1e-6 * row.actual)


def test_scores_by_hand(result: BacktestResult) -> None:
    (total,) = (score for score in result.scores if (score.kind, score.dimension) == ("quarter", "total"))
    row = result.windows[0].total
    assert total.wape["last"] == pytest.approx(abs(row.last - row.actual) / row.actual)
    assert total.wape["model"] == pytest.approx(abs(row.p50 - row.actual) / row.actual)
    assert (total.count, total.inside) == (1, int(row.p10 <= row.actual <= row.p90))
    off = {0.1: row.p10, 0.5: row.p50, 0.9: row.p90}
    losses = [
        level * (row.actual - q) if row.actual > q else (1 - level) * (q - row.actual) for level, q in off.items()
    ]
    assert total.pinball == pytest.approx(sum(losses) / 3 / row.actual)


def test_the_range_holds_the_model_and_the_methods_are_what_they_say() -> None:
    row = BacktestRow(
        dimension="total", id="total", name="all", actual=10, mean=9, p10=8, p50=9, p90=11, last=7, pipeline=6, drift=5
    )
    assert row.inside
    assert not row.model_copy(update={"actual": 11.5}).inside
    assert [row.forecast(method) for method in ("model", "last", "pipeline", "drift")] == [9, 7, 6, 5]


def test_a_steady_company_is_forecast(export: Path) -> None:
    """Two leads a week and rep, 55% won: the forecast of a year's last quarter is near what happened."""
    window = run(export, replications=30).windows[0]
    assert window.total.mean == pytest.approx(window.total.actual, rel=0.2)


def test_saved_shown_and_repeated(export: Path, tmp_path: Path) -> None:
    request = BacktestRequest(source=str(export), quarters=(QUARTER,), replications=3)
    folder = save_run(answer(request), tmp_path / "runs")
    summary, saved = load_result(folder)
    assert summary.study == "backtest"
    assert isinstance(saved, BacktestResult)
    assert repeat_run(folder).identical
    for words in (ENGLISH, CHINESE):
        assert backtest_page(saved, words).blocks


def test_a_changed_export_is_not_repeated(export: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(export, tmp_path / "export"))
    folder = save_run(answer(BacktestRequest(source=str(copy), quarters=(QUARTER,), replications=2)), tmp_path / "runs")
    with (copy / "accounts.csv").open("a", encoding="utf-8") as file:
        file.write("Account 99,retail\n")
    with pytest.raises(UsageError, match="its files have changed"):
        repeat_run(folder)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quarters": ()}, "name at least one quarter"),
        ({"quarters": (dt.date(2024, 1, 1),)}, "the export's last closing is on"),
    ],
)
def test_windows_that_cannot_be_compared(export: Path, fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run(export, **fields)


def test_a_window_before_all_deals(export: Path) -> None:
    with pytest.raises(PlanFileError, match="no deal was closed before 2022-01-01"):
        run(export, quarters=(dt.date(2022, 1, 1),))


def test_last_again_is_set_against_simulated_quarters_where_it_was_nearer(result: BacktestResult) -> None:
    """A finding for each split in which it was, with the errors of the scores, and none for the others."""
    scores = {score.dimension: score for score in result.scores if score.kind == "quarter"}
    nearer = {dimension for dimension, score in scores.items() if score.wape["last"] < score.wape["model"]}
    found = {finding.name: finding.figures for finding in result.findings if finding.id == "last_nearer"}
    assert found.keys() == nearer
    for dimension, figures in found.items():
        assert figures["last"] == scores[dimension].wape["last"]  # type: ignore[index]
        assert 0 <= figures["as_far_ahead"] <= 1
        assert figures["expected"] > 0


def test_quarters_that_overlap_are_no_separate_trials(export: Path) -> None:
    overlapping = run(export, quarters=(QUARTER, QUARTER - dt.timedelta(weeks=4)))
    assert not [finding for finding in overlapping.findings if finding.id == "last_nearer"]


def test_luck_is_said_in_words_with_what_to_make_of_it(result: BacktestResult) -> None:
    figures = {"last": 0.074, "model": 0.094, "expected": 0.099, "as_near": 0.19}

    def said(ahead: float, words: Wording) -> str:
        finding = BacktestFinding(id="last_nearer", name="product", figures=figures | {"as_far_ahead": ahead})
        page = backtest_page(result.model_copy(update={"findings": (finding,)}), words)
        return " ".join(block.text for block in page.blocks if isinstance(block, Sentence))

    assert (
        "Last was nearer than Model (by product): off by 7.4% against 9.4%. If every figure of the plans were true, "
        "Last would be off by 9.9% on average, as near as it was in 19% of cases, and as far ahead of Model in 6%. "
        "That can be chance."
    ) in said(0.06, ENGLISH)
    assert "Chance alone seldom makes that" in said(0.049, ENGLISH)
    assert "有 19% 的情形与实际一样接近，有 6% 的情形同样领先模型。这可能出于偶然。" in said(0.06, CHINESE)


def test_the_error_that_chance_alone_makes(result: BacktestResult) -> None:
    """It is that of the simulated windows about their P50, so it grows as a total is told apart into more parts."""
    for kind in ("quarter", "rolling"):
        scores = {score.dimension: score for score in result.scores if score.kind == kind}
        expected = [scores[dimension].expected_wape for dimension in ("total", "region", "rep")]
        assert None not in expected
        assert expected == sorted(expected)  # type: ignore[type-var]
        rows = [
            row for window in result.windows if window.kind == kind for row in window.rows if row.dimension == "rep"
        ]
        # A normal's mean distance from its median is 0.311 of P10 to P90; of six replications, roughly.
        spread = sum(0.311 * (row.p90 - row.p10) for row in rows) / sum(row.actual for row in rows)
        assert expected[2] == pytest.approx(spread, rel=0.35)
