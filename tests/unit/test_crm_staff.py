"""Unit and known answer: a file of staff beside a CRM export: how many leave, and who joined lately."""

from __future__ import annotations

import datetime as dt
import math
import shutil
from pathlib import Path

import pytest

from scenarios.crm import ImportReport, import_crm
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
MAVEN = Path(__file__).parents[2] / "scenarios" / "library" / "crm" / "maven.yaml"
AS_OF = dt.date(2017, 7, 1)
MAPPING = "\nstaff:\n  file: 员工.csv\n  columns: {name: 姓名, hired: 入职, left: 离职}\n"
TEN_YEARS = (
    "Ann Ng,2013-01-07,",
    "bob öz,2014-07-01,",
    "Gone One,2013-01-07,2015-07-01",
    "Gone Two,2014-07-01,2016-07-01",
    "Long Ago,2001-01-01,2012-12-31",
    "Another,2013-01-07,",
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SMALL, tmp_path / "export"))
    text = MAVEN.read_text(encoding="utf-8").replace("name: maven", "name: mine") + MAPPING
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def made(export: Path, *rows: str, name: str = "plan") -> tuple[Plan, ImportReport]:
    (export / "员工.csv").write_text("\n".join(["姓名,入职,离职", *rows]) + "\n", encoding="utf-8")
    report = import_crm(export, AS_OF, export.parent / name, export.parent / "mine.yaml")
    return load_plan(report.out).plan, report


def test_how_many_leave_by_hand(export: Path) -> None:
    """156 weeks from 2014-07-05: three of 2.99 years, one of 0.99 and one of 1.99 years: 11.95, in which two left."""
    plan, report = made(export, *TEN_YEARS)
    [risk] = [risk for risk in plan.risks if risk.id == "K5"]
    rate = 2.5 / 11.95
    assert risk.chance_per_quarter == pytest.approx(1 - math.exp(-rate * 91 / 365.25), abs=2e-4)
    figure = next(figure for figure in report.estimates if figure.path == "risks.K5.chance_per_quarter")
    assert figure.count == 2
    assert figure.basis == "2 left in 11.9 years of 5 reps' work since 2014-07-05"
    # Gamma(2.5): 5% at 0.5727, 95% at 5.5353
    low, high = (1 - math.exp(-events / 11.95 * 91 / 365.25) for events in (0.5727, 5.5353))
    assert (figure.low, figure.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-3))
    [unknown] = [entry for entry in plan.uncertainty if entry.id == "U-K5"]
    assert unknown.distribution.kind == "lognormal"
    assert unknown.distribution.sigma == pytest.approx(math.sqrt(math.log1p(1 / 2.5)), abs=1e-3)
    assert "own" in {a.grade for a in plan.assumptions if a.path == "risks.K5.chance_per_quarter"}
    assert "risks.K5.chance_per_quarter" not in {figure.path for figure in report.assumed}


def test_who_leaves_or_is_hired_on_the_date_or_later_changes_nothing(export: Path) -> None:
    made(export, *TEN_YEARS, name="before")
    later = [row + "2017-07-01" if row.startswith("Ann") else row for row in TEN_YEARS]
    report = made(export, *later, "New One,2017-07-01,", "New Two,2018-01-01,2018-02-01", name="after")[1]
    before, after = (
        {path.name: path.read_bytes() for path in (export.parent / name).iterdir()} for name in ("before", "after")
    )
    assert before == after
    assert ("staff", "hired on 2017-07-01 or later", 2) in [(u.what, u.reason, u.count) for u in report.unused]


def test_who_joined_lately_is_not_at_full_skill(export: Path) -> None:
    """Bob joined on 15 May: his closings and leads are those of the weeks in which he was there."""
    plain, _ = made(export, *TEN_YEARS, name="before")
    plan, report = made(export, *(row.replace("2014-07-01,", "2017-05-15,") for row in TEN_YEARS[:2]), *TEN_YEARS[2:])
    assert plan.rep["bob-oz"].joined == dt.date(2017, 5, 15)
    assert plan.rep["ann-ng"].joined is None
    assert plan.ramp is not None
    assert (plan.ramp.weeks, plan.ramp.at_start) == (22, 0.6)
    assert plain.ramp is None
    assert {"ramp.weeks", "ramp.at_start"} <= {figure.path for figure in report.assumed}
    assert plan.rep["bob-oz"].hours_per_week > plain.rep["bob-oz"].hours_per_week


def test_a_leaver_with_open_deals_is_named(export: Path) -> None:
    rows = [row + "2017-06-25" if row.startswith("bob") else row for row in TEN_YEARS]
    report = made(export, *rows)[1]
    [said] = [text for text in report.warnings if text.startswith("Bob Öz left before the date")]
    assert "1 open deals worth 975" in said


def test_reps_who_are_not_in_it_are_named(export: Path) -> None:
    report = made(export, *(row for row in TEN_YEARS if "Ann" not in row))[1]
    assert "reps with deals who are not in the file of staff (1): Ann Ng" in report.warnings


class TestFilesThatSayLittle:
    def test_nobody_left(self, export: Path) -> None:
        """A list of those who are still there would say so too."""
        plan, report = made(export, *TEN_YEARS[:2])
        [risk] = [risk for risk in plan.risks if risk.id == "K5"]
        assert risk.chance_per_quarter == 0.064
        assert any(text.startswith("nobody left before 2017-07-01") for text in report.warnings)
        assert "U-K5" in {entry.id for entry in plan.uncertainty}

    def test_a_short_time(self, export: Path) -> None:
        report = made(export, "Ann Ng,2017-01-01,", "Gone One,2017-01-01,2017-06-30")[1]
        assert any(text.startswith("the file of staff covers 1.0 years") for text in report.warnings)
        assert "risks.K5.chance_per_quarter" in {figure.path for figure in report.assumed}

    def test_all_in_the_future(self, export: Path) -> None:
        report = made(export, "Ann Ng,2018-01-01,")[1]
        assert any(text.startswith("nobody left") for text in report.warnings)


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("Ann Ng,2017-01-01,", "员工.csv:8 姓名: 'Ann Ng' is there twice"),
            ("New,,", "员工.csv:8 入职: the day 'New' was hired is missing"),
            ("New,2017-01-41,", "员工.csv:8 入职: '2017-01-41' is no date of the form YYYY-MM-DD"),
            ("New,2017-01-01,2016-01-01", "员工.csv:8 离职: 'New' left before the day of hiring"),
        ],
    )
    def test_a_wrong_cell_has_a_place(self, export: Path, row: str, said: str) -> None:
        with pytest.raises(PlanFileError) as caught:
            made(export, *TEN_YEARS, row)
        assert said in [str(problem) for problem in caught.value.problems]

    def test_no_rows(self, export: Path) -> None:
        with pytest.raises(PlanFileError, match=r"员工\.csv: the table has no rows"):
            made(export)
