"""Unit: the data request sheet after explain has measured what its figures move."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from reports.documents.request_sheet import read_request_sheet, write_effects, write_request_sheet
from reports.pages.data_request import data_requests
from reports.pages.measured_requests import ranges_of_requests
from reports.progress import ProgressBars
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.crm import import_crm
from scenarios.errors import UsageError
from scenarios.loading import DATA_REQUEST, load_plan
from studies.answering import answer
from studies.decisions.ranges import stated_ranges
from studies.decisions.sensitivity import ExplainRequest, SensitivityResult
from studies.results import Estimate
from studies.saved.runs import list_runs

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
DEBT, HANDOVER, LEAVING, PRICE_CUT = (
    "money.lateness.bad_debt",
    "handover.days",
    "risks.K5.chance_per_quarter",
    "uncertainty.U-K1",
)
INVOICES, LEAVERS, CUTS = (
    "Payment terms, how late customers pay, and what is never paid",
    "Who left sales and when, and what became of their deals",
    "Price cuts of competitors, and what they did to the win rate",
)
EFFECT = "Effect on the result"
MEASURED = "No. (by the effect that was measured, the rest last)"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def imported(words: Wording = ENGLISH) -> Path:
    """The sheet of a plan made of a small export."""
    report = import_crm(SMALL, dt.date(2017, 7, 1), Path("plan"))
    sheet = Path("plan") / DATA_REQUEST
    write_request_sheet(sheet, data_requests(report, words), words)
    return sheet


def read(sheet: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with sheet.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def write(sheet: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> None:
    with sheet.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def explained(*ranges: str, **words: object) -> SensitivityResult:
    request = ExplainRequest(source="plan", ranges=ranges, replications=4, jobs=1, **words)  # type: ignore[arg-type]
    found = answer(request).result
    assert isinstance(found, SensitivityResult)
    return found


def swings(result: SensitivityResult) -> SensitivityResult:
    """The same result with swings, and chances of the target, that are known."""

    def estimate(mean: float, half: float, like: Estimate) -> Estimate:
        return like.model_copy(update={"mean": mean, "ci_low": mean - half, "ci_high": mean + half})

    known = {DEBT: (-31_000, -0.05), HANDOVER: (4_000, 0.01), LEAVING: (-12_000, -0.02), PRICE_CUT: (-25_000, -0.04)}
    rows = tuple(
        row.model_copy(
            update={
                "swing": estimate(known[row.path][0], 1_500, row.swing),
                "p_target_swing": estimate(known[row.path][1], 0.004, row.p_target_swing),
            }
        )
        for row in result.rows
    )
    return result.model_copy(update={"rows": rows})


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), env={"COLUMNS": "400"})


def test_requests_are_ranked_by_the_widest_range_of_their_figures() -> None:
    sheet = imported()
    before = read(sheet)
    result = swings(explained(HANDOVER, PRICE_CUT, DEBT, LEAVING))
    write_effects(read_request_sheet("plan", ENGLISH), load_plan("plan").plan, result)
    after = read(sheet)
    assert [row[MEASURED] for row in after] == [str(number) for number in range(1, len(before) + 1)]
    missing = [row["What is missing"] for row in after]
    assert missing[:3] == [INVOICES, CUTS, LEAVERS]
    assert missing[3:] == [row["What is missing"] for row in before if row["What is missing"] not in missing[:3]]
    assert [row[EFFECT] for row in after[:3]] == [
        "Signed, with renewals: −31.0 k ±1.50 k as money.lateness.bad_debt goes from 0.013 to 0.05; "
        "chance of the target −5.0 ±0.4 points",
        "Signed, with renewals: −25.0 k ±1.50 k as uncertainty.U-K1 · True chance of a price cut goes from 0.6 to 1.4; "
        "chance of the target −4.0 ±0.4 points",
        "Signed, with renewals: −12.0 k ±1.50 k as risks.K5.chance_per_quarter goes from 0.038 to 0.092; "
        "chance of the target −2.0 ±0.4 points; the widest of its 2 ranges",
    ]
    by_name = {row["What is missing"]: row[EFFECT] for row in after}
    assert by_name["Contribution margin of each product"].startswith("not measured; no figure of it has a range")
    assert by_name["Invoices that are open on the first day"].startswith("not measured; not in the plan")
    assert by_name["Customers lost, and the alarms before"] == (
        "not measured; its range was not among those that --figure asked for"
    )


def test_the_command_writes_the_rows_of_its_own_result() -> None:
    sheet = imported()
    given = ("--kpi", "cash", "--figure", DEBT, "--replications", "8", "--jobs", "1", "--out", "runs")
    result = call("explain", "plan", "--data-request", *given)
    assert result.exit_code == 0, result.output
    assert f"What each request moves is in {sheet}" in result.stderr
    [row] = answer(ExplainRequest(source="plan", ranges=(DEBT,), kpi="cash", replications=8, jobs=1)).result.rows
    assert row.swing.mean < 0
    first = read(sheet)[0]
    assert first["What is missing"] == INVOICES
    half = ENGLISH.half_width(row.swing.ci_low, row.swing.ci_high, "money")
    assert f": {ENGLISH.difference(row.swing.mean, 'money')} {half} as {DEBT} goes from" in first[EFFECT]
    plain = read(sheet)
    assert call("explain", "plan", *given).exit_code == 0
    assert read(sheet) == plain


def test_what_a_planner_wrote_stays_and_a_second_time_ranks_anew() -> None:
    sheet = imported()
    rows = read(sheet)
    edited = next(row for row in rows if row["What is missing"] == INVOICES)
    edited |= {"From whom": "Ms Li, finance", "What is missing": "Invoices, please", "Grade": ""}
    mine = [{"Asked on": f"day {number}", **row} for number, row in enumerate(rows)]
    write(sheet, mine)
    result, plan = swings(explained(DEBT, HANDOVER)), load_plan("plan").plan
    write_effects(read_request_sheet("plan", ENGLISH), plan, result)
    first = read(sheet)[0]
    kept = {name: text for name, text in edited.items() if name not in (EFFECT, "No. (order judged, not measured)")}
    asked = next(row["Asked on"] for row in mine if row["What is missing"] == "Invoices, please")
    assert {name: first[name] for name in kept} == kept
    assert (first["Asked on"], first[MEASURED]) == (asked, "1")
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    again = sheet.read_bytes()
    write_effects(read_request_sheet("plan", ENGLISH), plan, result)
    assert sheet.read_bytes() == again
    only = result.model_copy(update={"rows": tuple(row for row in result.rows if row.path == HANDOVER)})
    write_effects(read_request_sheet("plan", ENGLISH), plan, only)
    assert read(sheet)[0]["What is missing"] == LEAVERS


def test_a_sheet_keeps_its_language_and_may_be_saved_by_a_chinese_excel() -> None:
    sheet = imported(CHINESE)
    write(sheet, read(sheet), encoding="gb18030")
    write_effects(read_request_sheet("plan", ENGLISH), load_plan("plan").plan, swings(explained(PRICE_CUT)))
    first, *others = read(sheet)
    assert first["对结果的影响"].endswith("变动 −2.50万 ±1,500；目标达成概率变动 −4.0 ±0.4 个百分点")
    assert first["对应的计划数值"] == LEAVING.replace("K5", "K1")
    assert first["序号（按测算的影响排序，未测算的在后）"] == "1"
    assert all(row["对结果的影响"].startswith("未测算；") for row in others)
    assert any("（3 项）" in row["对应的计划数值"] for row in others), "a star that stands for several ids"


def test_a_star_stands_for_one_id() -> None:
    """A range that a planner states of one margin measures what the sheet asks of all of them."""
    sheet = imported()
    text = Path("plan/plan.yaml").read_text(encoding="utf-8")
    margin = "{path: products.anvil.margin, grade: D,"
    assert margin in text
    Path("plan/plan.yaml").write_text(text.replace(margin, f"{margin} low: 0.3, high: 0.6,"), encoding="utf-8")
    result = explained("products.anvil.margin", kpi="p_target")
    write_effects(read_request_sheet("plan", ENGLISH), load_plan("plan").plan, result)
    first = read(sheet)[0]
    assert first["Figures of the plan"] == "products.*.margin (2)"
    assert first[EFFECT].startswith("Chance of the target: 0.0 ±")
    assert first[EFFECT].endswith(" points as products.anvil.margin goes from 0.3 to 0.6")


def test_a_plan_without_a_sheet_is_refused_before_anything_is_simulated() -> None:
    for plan in ("quarter", "plan.yaml"):
        result = call("explain", plan, "--data-request", "--replications", "2", "--out", "runs")
        assert result.exit_code == UsageError.exit_code, result.output
        assert f"there is no {Path(plan) / DATA_REQUEST}; quarterdeck import-crm writes it" in result.stderr
    imported().unlink()
    result = call("explain", "plan", "--data-request", "--replications", "2", "--language", "zh", "--out", "runs")
    assert "没有 plan/data-request.csv" in result.stderr
    assert not Path("runs").exists()


def test_columns_that_are_missing_are_named() -> None:
    sheet = imported()
    rows = [{name: text for name, text in row.items() if name != EFFECT} for row in read(sheet)]
    write(sheet, rows)
    result = call("explain", "plan", "--data-request", "--replications", "2", "--out", "runs")
    assert result.exit_code == UsageError.exit_code
    assert f"has no column {EFFECT}: " in result.stderr
    assert not Path("runs").exists()
    sheet.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"has no column Figures of the plan.+Effect on the result.+No\. \(by"):
        read_request_sheet("plan", ENGLISH)


def test_a_row_that_fits_no_header_and_a_file_that_is_no_text_are_refused() -> None:
    sheet = imported()
    text = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(f"{text}99,Costs, of travel,,,,,,,,,,\n", encoding="utf-8-sig")
    with pytest.raises(UsageError, match=r"the row 99.+Costs"):
        read_request_sheet("plan", ENGLISH)
    sheet.write_bytes(b"\xff\xff\xff")
    with pytest.raises(UsageError, match="UTF-8 or GB18030"):
        read_request_sheet("plan", ENGLISH)


def test_where_it_cannot_be_written_the_sheet_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = imported()
    before, result, plan = sheet.read_bytes(), explained(DEBT), load_plan("plan").plan
    found = read_request_sheet("plan", ENGLISH)

    def locked(*_: object) -> None:
        raise PermissionError(13, "open in Excel")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(UsageError, match=r"data-request\.csv cannot be written: open in Excel"):
        write_effects(found, plan, result)
    assert sheet.read_bytes() == before
    assert [path.name for path in sheet.parent.iterdir() if path.name.startswith(".")] == []


def test_only_what_requests_wait_for_is_moved_unless_ranges_are_named() -> None:
    """An imported plan states ranges of every rep and product, which no request waits for."""
    sheet, plan = read_request_sheet(str(imported().parent), ENGLISH), load_plan("plan").plan
    waiting = ranges_of_requests(sheet, plan)
    assert {DEBT, HANDOVER, LEAVING, PRICE_CUT} <= set(waiting)
    assert not [path for path in waiting if path.startswith(("reps.", "products.", "uncertainty.U-win"))]
    assert len(waiting) < len(stated_ranges(plan)) / 2
    rows = read(sheet.path)
    write(sheet.path, [row for row in rows if not row["Figures of the plan"]])
    with pytest.raises(UsageError, match="states no range of any figure that a request waits for"):
        ranges_of_requests(read_request_sheet("plan", ENGLISH), plan)


def test_the_command_moves_what_requests_wait_for_and_no_more() -> None:
    waiting = ranges_of_requests(read_request_sheet(str(imported().parent), ENGLISH), load_plan("plan").plan)
    said = call("explain", "plan", "--data-request", "--replications", "2", "--jobs", "1", "--json", "--out", "runs")
    assert said.exit_code == 0, said.output
    assert {row["path"] for row in json.loads(said.stdout)["rows"]} == set(waiting)


def interrupted(monkeypatch: pytest.MonkeyPatch, *given: str) -> str:
    """Name of the run of an explain of the small plan that is stopped once some of its quarters are done."""

    class Stopping(ProgressBars):
        def __call__(self, label: str, done: int, total: int) -> None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("reports.session.ProgressBars", Stopping)
        call("explain", "plan", *given)
    [left] = list_runs(Path("runs"))
    assert left.is_unfinished
    return left.name


WHOLE = ("--kpi", "cash", "--figure", DEBT, "--replications", "8", "--jobs", "1", "--out", "runs")


def test_a_study_that_is_continued_writes_the_same_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = imported()
    before = sheet.read_bytes()
    assert call("explain", "plan", "--data-request", *WHOLE, "--out", "whole").exit_code == 0
    whole = sheet.read_bytes()
    sheet.write_bytes(before)
    left = interrupted(monkeypatch, "--data-request", *WHOLE)
    assert sheet.read_bytes() == before
    result = call("run", "--resume", left, "--jobs", "1", "--out", "runs")
    assert result.exit_code == 0, result.output
    assert f"What each request moves is in {sheet}" in result.stderr
    assert sheet.read_bytes() == whole != before


def test_a_study_that_was_not_asked_to_leaves_the_sheet_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = imported()
    before = sheet.read_bytes()
    left = interrupted(monkeypatch, *WHOLE)
    assert call("run", "--resume", left, "--jobs", "1", "--out", "runs").exit_code == 0
    assert sheet.read_bytes() == before


def test_without_its_sheet_a_study_is_not_continued_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it is continued from another folder than the one in which it was begun."""
    sheet = imported()
    left = interrupted(monkeypatch, "--data-request", *WHOLE)
    there = sheet.read_bytes()
    sheet.unlink()
    result = call("run", "--resume", left, "--jobs", "1", "--out", "runs")
    assert result.exit_code == UsageError.exit_code
    assert f"there is no {sheet}" in result.stderr
    assert [run.name for run in list_runs(Path("runs"))] == [left]
    sheet.write_bytes(there)
    assert call("run", "--resume", left, "--jobs", "1", "--out", "runs").exit_code == 0


def test_what_is_written_into_the_sheet_while_it_is_measured_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = imported()
    left = interrupted(monkeypatch, "--data-request", *WHOLE)
    write(sheet, [{**row, "From whom": "Ms Li"} for row in read(sheet)])
    assert call("run", "--resume", left, "--jobs", "1", "--out", "runs").exit_code == 0
    first = read(sheet)[0]
    assert (first["What is missing"], first["From whom"]) == (INVOICES, "Ms Li")
    assert DEBT in first[EFFECT]
