"""Unit: a report holds everything, reaches for nothing, and is the same every time."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from reports.documents.document import report_of
from reports.documents.drawing import svg_of
from reports.documents.html import report_html
from reports.documents.risk_charts import tornado_chart
from reports.export import write_report
from reports.pages.review import checks_table
from reports.specs import Mark, Report
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import RequirementFailed, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.kpis import KPIS
from studies.decisions.sensitivity import RangeRow
from studies.results import Estimate
from studies.reviewing import Check, review
from studies.saved.reporting import coverage_by_region, coverage_by_rep, week_bands
from tests.cli import samples
from tests.cli.saved import saved_run

PICTURE = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    """The plan whose reps and regions the samples are about."""
    return load_plan("quarter").plan


@pytest.fixture(scope="module", name="report")
def _report(plan: Plan) -> Report:
    return report_of([saved_run(plan)], ENGLISH)


@pytest.fixture(scope="module", name="page")
def _page(report: Report) -> str:
    return report_html(report, ENGLISH)


def test_it_is_one_file_that_reaches_for_nothing(page: str) -> None:
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert set(re.findall(r'(?:src|href)="([^"]{5})', page)) <= {"data:", *(f"#{name[:4]}" for name in ids(page))}
    assert "http://" not in page
    assert "https://" not in page


def ids(page: str) -> list[str]:
    return re.findall(r'<section id="([^"]+)"', page)


def test_it_is_the_same_in_bytes_on_every_rebuild(page: str, plan: Plan) -> None:
    assert report_html(report_of([saved_run(plan)], ENGLISH), ENGLISH) == page


def test_every_chart_is_drawn_with_something_in_it(page: str, report: Report) -> None:
    pictures = [base64.b64decode(text).decode() for text in PICTURE.findall(page)]
    assert {chart.id for chart in report.charts} == {
        *("bridge", "fan", "cash", "chance", "fairness", "coverage-region", "coverage-rep", "risks", "worth")
    }
    assert len(pictures) == len(report.board.charts) + sum(len(section.charts) for section in report.sections)
    for picture in pictures:
        assert re.search(r'<path aria-label="[^"]+"[^>]*d="M', picture), "no mark"
        assert "NaN" not in picture


def test_what_a_chart_shows_is_also_said(report: Report) -> None:
    alts = {chart.id: chart.alt for chart in report.charts}
    assert all(alts.values())
    assert "Target: 10.50" in alts["bridge"]
    assert alts["fan"].startswith("By the last week the median quarter has signed 17.9 M")


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("size", [0.001, 1.0, 1000.0])
def test_names_and_figures_have_room_in_a_chart(words: Wording, size: float, plan: Plan) -> None:
    """Names stand in the padding that was left for them: 6.7 pixels a letter at 12 pixels of height."""
    for chart in report_of([saved_run(plan, size=size)], words).charts:
        spec = json.loads(chart.vega)
        assert spec["width"] >= 180, chart.id
        if spec["autosize"] == "none":
            assert spec["width"] + spec["padding"]["left"] + spec["padding"]["right"] == 480


def test_names_from_files_are_text(plan: Plan) -> None:
    name = "<img src=http://evil.example onerror=alert(1)>"
    run = saved_run(plan.model_copy(update={"name": name}))
    page = report_html(report_of([run], ENGLISH), ENGLISH, board_only=True)
    assert "<img src=http" not in page
    assert "&lt;img src=http" in page


def test_a_board_pack_is_one_section(report: Report) -> None:
    page = report_html(report, ENGLISH, board_only=True)
    assert ids(page) == ["board"]
    assert "47.6%" in page
    assert "8 of 10 quarters: 15.4 M to 20.6 M" in page
    assert len(PICTURE.findall(page)) == 4


@pytest.mark.parametrize("study", ["allocation", "simulation", "comparison", "stress"])
def test_every_study_has_a_report(study: str, plan: Plan) -> None:
    run = saved_run(plan, getattr(samples, study)())
    report = report_of([run], CHINESE)
    assert report.sections[1].blocks
    assert [section.id for section in report.sections[:1]] == ["checks"]


def test_further_runs_become_sections(plan: Plan) -> None:
    runs = [saved_run(plan), saved_run(plan, samples.comparison())]
    sections = [section.id for section in report_of(runs, ENGLISH).sections]
    assert sections == ["checks", "allocate", "simulate", "stress", "compare", "assumptions", "changes"]


def test_checks_pass_are_reviewed_or_fail(plan: Plan) -> None:
    by_id = {check.id: check for check in review(samples.run(), plan)}
    assert by_id["proof"].status == "PASS"
    assert by_id["soft_rules"] == Check(id="soft_rules", status="REVIEW", figures={"amount": 497_000.0}, names=("T3",))
    assert by_id["precision"].status == "PASS"
    assert by_id["chance"].status == "REVIEW"
    broken = samples.allocation().rules[1].model_copy(update={"status": "broken"})
    missed = samples.simulation().model_copy(update={"violations": (broken,)})
    failing = [check for check in review(missed, plan) if check.status == "FAIL"]
    assert [(check.id, check.names) for check in failing] == [("hard_rules", ("T3",))]
    first = checks_table(failing, ENGLISH).rows[0]
    assert first.cells[0] == Mark("FAIL", "bad")
    assert first.cells[2:] == (
        "Broken: T3.",
        "Change the allocation, or make these rules soft if they may give way.",
    )


def test_a_simulation_is_checked_for_what_it_has(plan: Plan) -> None:
    """Optimism beyond what is hoped, strikes that were forced, figures that were clipped; and none of them."""
    simulated = samples.simulation().model_copy(update={"violations": ()})
    found = {check.id: check for check in review(simulated, plan)}
    assert (found["forced"].status, found["forced"].names) == ("REVIEW", ("K1@week5",))
    assert (found["clips"].status, found["clips"].names) == ("REVIEW", ("win_rate",))
    assert (found["optimism"].status, found["optimism"].figures["share"]) == ("REVIEW", 1_290_000 / 18_800_000)
    assert "hard_rules" not in found
    nothing = {"forced": (), "clips": {}, "optimism": None, "kpis": samples.kpis()[:0]}
    bare = {check.id: check.status for check in review(simulated.model_copy(update=nothing), plan)}
    assert bare == {"clips": "PASS", "assumptions": "REVIEW"}


def test_reps_without_any_potential_are_no_matter_of_fairness(plan: Plan) -> None:
    reps = tuple(rep.model_copy(update={"potential": 0.0}) for rep in samples.allocation().reps)
    assert "fairness" in {check.id for check in review(samples.allocation(), plan)}
    none = samples.allocation().model_copy(update={"reps": reps})
    assert "fairness" not in {check.id for check in review(none, plan)}


def test_a_chance_that_is_hardly_known_fails(plan: Plan) -> None:
    wide = tuple(
        kpi.model_copy(update={"ci_low": 0.3, "ci_high": 0.65}) if kpi.id == "p_target" else kpi
        for kpi in samples.kpis()
    )
    found = review(samples.simulation().model_copy(update={"kpis": wide}), plan)
    assert {check.id: check.status for check in found}["precision"] == "FAIL"


def test_a_failing_run_is_exported_only_anyway(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = samples.allocation().rules[1].model_copy(update={"status": "broken"})
    run = saved_run(plan, samples.simulation().model_copy(update={"violations": (broken,)}))
    monkeypatch.setattr("reports.export.read_run", lambda folder: run)
    path = tmp_path / "report.html"
    with pytest.raises(RequirementFailed, match=r"1 check of this run fails \(Hard rules\).*--anyway"):
        write_report([tmp_path], path, ENGLISH, board_only=True)
    assert not path.exists()
    write_report([tmp_path], path, ENGLISH, board_only=True, anyway=True)
    assert "FAIL" in path.read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"The report is in {path}.\n"
    with pytest.raises(UsageError, match="cannot be written"):
        write_report([tmp_path], tmp_path / "nowhere" / "report.html", ENGLISH, board_only=True, anyway=True)


def test_charts_are_written_and_a_missing_chinese_font_is_said(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = saved_run(plan, samples.stress())
    monkeypatch.setattr("reports.export.read_run", lambda folder: run)
    monkeypatch.setattr("reports.export.has_chinese_font", lambda: False)
    write_report([tmp_path], tmp_path / "r.html", ENGLISH, charts=tmp_path / "charts")
    files = sorted(path.name for path in (tmp_path / "charts").iterdir())
    assert files == ["risks.png", "risks.svg", "worth.png", "worth.svg"]
    assert (tmp_path / "charts" / "risks.png").read_bytes()[:4] == b"\x89PNG"
    assert "no Chinese font" in capsys.readouterr().err


def test_weeks_are_quantiles_of_what_is_signed_so_far(small_plan: Plan, tmp_path: Path) -> None:
    """Five replications that sign 0, 1, 2, 3, 4 a week and collect half of it: after week 2 the median has 4."""
    count = range(small_plan.calendar.weeks)
    figures = {f"signed_by_week:{week + 1}": [0.0, 1.0, 2.0, 3.0, 4.0] for week in count}
    figures |= {f"cash_by_week:{week + 1}": [0.0, 0.5, 1.0, 1.5, 2.0] for week in count}
    path = tmp_path / "quarters-figures.parquet"
    pd.DataFrame(figures).to_parquet(path)
    second = week_bands(path, small_plan)[1]
    assert (second.week, second.p25, second.p50, second.p75, second.mean_cash) == (2, 2.0, 4.0, 6.0, 2.0)
    assert second.p10 == pytest.approx(0.8)
    assert week_bands(tmp_path / "nothing.parquet", small_plan) == ()
    path.write_bytes(b"no table")
    with pytest.raises(UsageError, match=r"is damaged: quarters-figures.parquet cannot be read"):
        week_bands(path, small_plan)


def test_a_rule_whose_step_brings_nothing_is_not_drawn(plan: Plan) -> None:
    worth = samples.allocation().rules[0].price[0].model_copy(update={"contribution": 1874.0})
    rules = tuple(rule.model_copy(update={"price": (*rule.price, worth)}) for rule in samples.allocation().rules[:1])
    run = saved_run(plan, samples.allocation().model_copy(update={"rules": rules}))
    chart = next(chart for chart in report_of([run], CHINESE).charts if chart.id == "prices")
    assert chart.alt.startswith("R3 ")
    assert chart.alt.endswith("：+1,874")


def test_a_tornado_is_drawn_where_there_is_one() -> None:
    """Both ends of a range stand on their side of zero, the widest first, as the study orders them."""

    def end(mean: float) -> Estimate:
        return Estimate(mean=mean, ci_low=mean - 0.01, ci_high=mean + 0.01)

    rows = [
        RangeRow(
            path=path,
            kind="assumption",
            grade="D",
            source="assumed",
            low=0.2,
            now=0.3,
            high=0.4,
            at_low=end(-size),
            at_high=end(size / 2),
            swing=end(1.5 * size),
            p_target_swing=end(1.5 * size),
            seen=60,
        )
        for path, size in (("customer_tiers.A.win_rate_of_a_very_long_name", 0.12), ("products.S1.margin", 0.03))
    ]
    chart = tornado_chart(rows, KPIS["p_target"], CHINESE, "CNY")
    assert chart.alt == "customer_tiers.A.win_rate_of_a_very_long_name：−12.0 / +6.0、products.S1.margin：−3.0 / +1.5"
    assert "NaN" not in svg_of(chart)
    money = tornado_chart(
        [row.model_copy(update={"at_low": end(-2e6)}) for row in rows], KPIS["signed"], ENGLISH, "CNY"
    )
    assert "−2,000 / 0" in money.alt


def test_coverage_is_open_pipeline_over_what_is_asked(small_plan: Plan) -> None:
    regions = coverage_by_region(small_plan)
    assert sum(region.pipeline for region in regions) == sum(deal.value for deal in small_plan.opportunities)
    rep = small_plan.reps[0].id
    own = sum(deal.value for deal in small_plan.opportunities if deal.rep == rep)
    assert coverage_by_rep(small_plan, [(rep, 100.0)])[0].ratio == own / 100
    assert coverage_by_rep(small_plan, [(rep, 0.0)])[0].ratio is None


def test_a_chart_is_the_same_picture_every_time(report: Report) -> None:
    chart = report.charts[0]
    assert svg_of(chart) == svg_of(chart)
