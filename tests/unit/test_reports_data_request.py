"""Unit: the data request sheet of an imported plan."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from reports.documents.request_sheet import write_request_sheet
from reports.pages.data_request import TOPICS, data_requests
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.crm import AssumedFigure, EstimatedFigure, ImportReport, import_crm
from scenarios.crm.mapping import read_assumed
from scenarios.errors import UsageError
from scenarios.loading import DATA_REQUEST, load_plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
AS_OF = dt.date(2017, 7, 1)


@pytest.fixture
def report(tmp_path: Path) -> ImportReport:
    return import_crm(SMALL, AS_OF, tmp_path / "plan")


def sheet(report: ImportReport) -> dict[str, dict[str, str]]:
    """Rows by what is missing."""
    header, *rows = data_requests(report, ENGLISH)
    return {row[1]: dict(zip(header, row, strict=True)) for row in rows}


def test_finance_is_asked_for_margins_and_told_what_stands_in_their_place(report: ImportReport) -> None:
    row = sheet(report)["Contribution margin of each product"]
    assert row["From whom"] == "Finance"
    assert row["Figures of the plan"] == "products.*.margin (2)"
    assert row["Taken meanwhile"] == "margin 0.5 (D)"
    assert row["Grade"] == "D"
    assert row["Source"].startswith("not in a CRM export")


def test_no_effect_is_claimed(report: ImportReport) -> None:
    for row in sheet(report).values():
        see = f"see quarterdeck explain {report.out} --data-request"
        said = see if row["Figures of the plan"] else "not in the plan, so quarterdeck explain cannot see it"
        assert row["Effect on the result"] == f"not measured; {said}"


def test_every_assumed_figure_is_asked_for_once(report: ImportReport) -> None:
    """All but the group of last resort: a new default wants a request of its own."""
    named = [path.split(" (")[0] for row in sheet(report).values() for path in row["Figures of the plan"].split("; ")]
    assert "Other figures that the export does not hold" not in sheet(report)
    for figure in report.assumed:
        parts = figure.path.split(".")
        starred = ".".join([parts[0], "*", *parts[2:]])
        assert named.count(figure.path) + named.count(starred) == 1, figure.path
    assert len(read_assumed()[0].assumptions) > 20


def test_a_figure_nobody_thought_of_is_asked_for_all_the_same(report: ImportReport) -> None:
    asked = replace(report, assumed=(*report.assumed, AssumedFigure("policies.E3.delay", 2, "D", "assumed")))
    assert sheet(asked)["Other figures that the export does not hold"]["Figures of the plan"] == "policies.E3.delay"


def test_what_the_plan_has_nothing_in_place_of(report: ImportReport) -> None:
    row = sheet(report)["Invoices that are open on the first day"]
    assert (row["From whom"], row["Grade"], row["Figures of the plan"]) == ("Finance", "none", "")
    assert row["Taken meanwhile"] == "Nothing: no money comes from before the quarter"
    nothing = {topic for topic, paths in TOPICS.items() if not paths}
    assert nothing == {"renewals", "calendar", "receivables", "marketing", "stages"}
    plan = load_plan(report.out).plan
    assert not plan.receivables
    assert not plan.activities
    assert not plan.calendar.holidays
    assert {account.renewal_amount for account in plan.accounts} == {0}


def test_stages_and_renewals_are_asked_for_until_a_file_of_them_tells_enough(report: ImportReport) -> None:
    """Whether a file was read does not count: it may hold three deals."""
    for missing, path in (
        ("Day on which each deal entered each stage", "process.stages.propose.cycle_share"),
        (
            "Contracts that renew, and customers who order again without a deal in the CRM",
            "customer_tiers.A.renewal_rate",
        ),
    ):
        assert missing in sheet(report)
        told = EstimatedFigure(path, 0.5, 40, "")
        assert missing not in sheet(replace(report, estimates=(*report.estimates, told)))


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_sheet_changes_nothing_of_the_plan(report: ImportReport, words: Wording) -> None:
    before = load_plan(report.out)
    write_request_sheet(report.out / DATA_REQUEST, data_requests(report, words), words)
    after = load_plan(report.out)
    assert after.plan == before.plan
    assert after.files == before.files
    with (report.out / DATA_REQUEST).open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.reader(file))
    assert [tuple(row) for row in read] == data_requests(report, words)
    assert (report.out / DATA_REQUEST).read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_sheet_that_cannot_be_written_is_said(report: ImportReport) -> None:
    (report.out / DATA_REQUEST).mkdir()
    with pytest.raises(UsageError, match=r"data-request\.csv"):
        write_request_sheet(report.out / DATA_REQUEST, data_requests(report, ENGLISH), ENGLISH)


def test_the_command_writes_it_and_says_so_in_one_line(tmp_path: Path) -> None:
    out = tmp_path / "plan"
    arguments = ["import-crm", str(SMALL), "--as-of", "2017-07-01", "--out", str(out)]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "400"})
    assert result.exit_code == 0, result.output
    assert (out / DATA_REQUEST).is_file()
    said = " ".join(result.stdout.split())
    assert "What to ask for, from whom and what stands in its place meanwhile (" in said
    assert CliRunner().invoke(app, ["check", str(out)]).exit_code == 0
