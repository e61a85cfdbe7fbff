"""Unit: layout of tables, requirements, progress, messages, pages that are no study's."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from reports.layout import balanced, lay_out, wrapped
from reports.messages import say_error
from reports.pages.crm_import import import_page
from reports.pages.plan_check import check_page
from reports.pages.run_list import run_list_page
from reports.progress import ProgressBars
from reports.requirements import check_requirements, read_requirement
from reports.specs import Card, Column, Listing, Row, Table
from reports.terminal import show
from reports.wording import ENGLISH
from scenarios.checks import Finding
from scenarios.crm import AssumedFigure, EstimatedFigure, ImportReport
from scenarios.crm.export import FileRead, Unused
from scenarios.errors import (
    NoFeasibleAllocation,
    PlanFileError,
    Problem,
    QuarterdeckError,
    RequirementFailed,
    SolverFailed,
    UsageError,
)
from scenarios.plan import Plan
from studies.saved.runs import RunSummary
from tests.cli import samples

TABLE = Table(
    "Three columns and one that moves",
    (
        Column("Name"),
        Column("First", "figure"),
        Column("Second", "figure", gives_way=2),
        Column("Remark", gives_way=1, under=0),
    ),
    (Row(("Anna", "1,000,000", "2,000,000", "sells a great deal to a great many")), Row(("Bo", "3", "4", ""))),
)


def test_all_columns_stand_where_there_is_room() -> None:
    layout = lay_out(TABLE, 100)
    assert list(layout.widths) == [0, 1, 2, 3]
    assert layout.left_out == ()


def test_the_column_with_the_largest_number_gives_way_first_and_is_named() -> None:
    layout = lay_out(TABLE, 40)
    assert list(layout.widths) == [0, 1, 3]
    assert layout.left_out == ("Second",)
    assert layout.full_width == 4 + 9 + 9 + 18 + 3 * 2 + 2


def test_a_column_can_move_under_another_one() -> None:
    layout = lay_out(TABLE, 32)
    assert list(layout.widths) == [0, 1]
    assert layout.rows[0].cells[0] == "Anna\nRemark: sells a great deal to a great many"
    assert layout.rows[1].cells[0] == "Bo"


def test_rows_are_stacked_where_not_even_what_stays_fits() -> None:
    assert lay_out(TABLE, 12).is_stacked


@pytest.mark.parametrize("width", range(1, 40))
@pytest.mark.parametrize(
    "text",
    ["plain words in a row", "products.gtx-plus-pro.median_cycle_days", "能效管理平台 and 运维服务包", "", "a\nb c"],
)
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    lines = wrapped(text, width).split("\n")
    assert all(cell_len(line) <= max(width, 2) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_chinese_is_broken_between_letters_and_not_beside_the_wrong_mark() -> None:
    """A line fills up; none begins with a closing mark or ends with an opening one; ids stay whole where they can."""
    text = "T5 使销售指标合计为 21,715,909，为公司季度目标 19,500,000 的 111%；达成概率始终以季度目标（不是指标）衡量。"
    for width in range(12, 100):
        lines = wrapped(text, width).split("\n")
        assert all(cell_len(line) <= width for line in lines)
        assert all(line[0] not in "，。；）" and line[-1] not in "（“" for line in lines)
        assert all(cell_len(line) > width - 22 for line in lines[:-1]), "no line is left half empty"
    assert wrapped("尚无法判断：E3-talk-track、K5-talent-reserve", 30).split("\n") == [
        "尚无法判断：E3-talk-track、",
        "K5-talent-reserve",
    ]


def test_headings_in_chinese_are_broken_into_lines_about_as_long_as_each_other() -> None:
    assert balanced("弹性规则缺口", 10) == "弹性规\n则缺口"
    assert balanced("达成概率（百分点）", 10) == "达成概率\n（百分点）"
    assert balanced("Soft rules missed", 10) == "Soft rules\nmissed"
    assert balanced("边际贡献", 10) == "边际贡献"
    assert balanced("指标/资金 变动", 10) == "指标/资金\n变动"
    assert wrapped("Collection bonus 回款奖", 20) == "Collection bonus\n回款奖"


def test_long_names_break_after_a_separator() -> None:
    assert wrapped("products.gtx-pro.mean_deal", 20).split("\n") == ["products.gtx-pro.", "mean_deal"]


@pytest.mark.parametrize(
    ("text", "kpi", "sense", "threshold"),
    [
        ("p_target>=0.6", "p_target", ">=", 0.6),
        ("p_target >= 60%", "p_target", ">=", 0.6),
        ("signed>17,500,000", "signed", ">", 17_500_000),
        ("accounts_lost<=3", "accounts_lost", "<=", 3),
        ("contribution<-1e0", None, None, None),
    ],
)
def test_requirements_are_read(text: str, kpi: str | None, sense: str, threshold: float) -> None:
    if kpi is None:
        with pytest.raises(UsageError, match="for instance"):
            read_requirement(text, ENGLISH)
    else:
        read = read_requirement(text, ENGLISH)
        assert (read.kpi, read.sense, read.threshold) == (kpi, sense, pytest.approx(threshold))


def test_a_share_that_misses_its_percent_sign_is_refused() -> None:
    """60 for 60% could never be met, and every quarter would fail."""
    with pytest.raises(UsageError, match="p_target is a share, at most 100%; write p_target>60%"):
        read_requirement("p_target>60", ENGLISH)


@pytest.mark.parametrize("text", ["p_target", "p_target=0.6", "p_target=>0.6", ">=0.6", "p_target>=much", ""])
def test_what_is_no_requirement_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"p_target>=0\.6"):
        read_requirement(text, ENGLISH)


def test_an_unknown_kpi_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="there is no KPI p_goal; there are p_target, signed"):
        read_requirement("p_goal>=0.6", ENGLISH)


def test_every_failed_requirement_is_said_with_value_and_interval() -> None:
    texts = ("p_target>=0.6", "p_target>=0.49", "signed>=17000000", "wins<100")
    wanted = [read_requirement(text, ENGLISH) for text in texts]
    with pytest.raises(RequirementFailed) as caught:
        check_requirements(wanted, samples.kpis(), ENGLISH)
    assert str(caught.value).split("\n") == [
        "required p_target>=0.6, but p_target is 47.6% (95% interval 45.4–49.8)",
        "required p_target>=0.49, but p_target is 47.6% (95% interval 45.4–49.8); "
        "the interval includes the threshold: more replications may decide otherwise",
        "required wins<100, but wins is 119 (95% interval 117–122)",
    ]


def test_requirements_that_hold_say_nothing() -> None:
    check_requirements([read_requirement("p_target>0.4", ENGLISH)], samples.kpis(), ENGLISH)


def progress_of(is_terminal: bool, patience: float, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("reports.progress._PATIENCE_SECONDS", patience)
    stream = io.StringIO()
    with ProgressBars(ENGLISH, Console(file=stream, width=80, force_terminal=is_terminal)) as progress:
        for done in range(1, 4):
            progress("quarters", done, 4)
    return stream.getvalue()


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "quarters" in progress_of(True, 0, monkeypatch)


def test_progress_is_not_shown_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_of(False, 0, monkeypatch).strip() == ""


def test_what_is_quick_stays_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_of(True, 60, monkeypatch) == ""


@pytest.mark.parametrize(
    ("error", "code", "texts"),
    [
        (UsageError("no risk K99"), 2, ["no risk K99"]),
        (
            PlanFileError([Problem("plan.yaml:3", "target", "missing"), Problem("plan.yaml:9", "x", "unknown key")]),
            3,
            ["plan.yaml:3 target: missing", "plan.yaml:9 x: unknown key", "2 problems; nothing was written"],
        ),
        (
            NoFeasibleAllocation("no allocation keeps all hard rules", ["T1", "T5"]),
            4,
            ["no allocation keeps all hard rules", "These cannot hold together:", "  T1", "  T5"],
        ),
        (SolverFailed("time limit"), 5, ["time limit"]),
        (RequirementFailed("required"), 6, ["required"]),
    ],
)
def test_errors_are_said_with_their_exit_code(
    error: QuarterdeckError, code: int, texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert say_error(error, ENGLISH) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == texts


def test_a_bug_shows_its_traceback_without_locals_and_where_to_report_it(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(secret: list[str]) -> None:
        raise ZeroDivisionError(len(secret))

    with pytest.raises(ZeroDivisionError) as caught:
        fail(["sesame"[::-1]])
    assert say_error(caught.value, ENGLISH) == 1
    text = capsys.readouterr().err
    assert "Traceback" in text
    assert "emases" not in text
    assert "Please report it" in text.splitlines()[-1]


def shown(page: object) -> str:
    stream = io.StringIO()
    show(page, ENGLISH, Console(file=stream, width=80, markup=False, highlight=False))  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_check_lists_warnings_before_notes(small_plan: Plan) -> None:
    findings = [
        Finding("b", "note", (), "B customers are automated.", {}),
        Finding("a", "warning", ("T5", "T3"), "T5 gives 113%.", {"share": 1.13}),
    ]
    page = check_page(small_plan, findings, ENGLISH)
    listings = [block for block in page.blocks if isinstance(block, Listing)]
    assert [(block.title, block.entries) for block in listings] == [
        ("Warnings", ("T5 gives 113%. [T5, T3]",)),
        ("Notes", ("B customers are automated.",)),
    ]
    assert "1 warnings" not in shown(page)


def test_a_check_names_only_rules_that_the_plan_speaks_of(small_plan: Plan) -> None:
    """R4 is a rule of the built-in plan's source; who has never read it would look for it in vain."""
    found = [Finding("a", "warning", ("R4", "T5"), "Hours are short.", {}), Finding("b", "note", ("E4",), "Late.", {})]
    entries = [entry for block in check_page(small_plan, found, ENGLISH).blocks if isinstance(block, Listing)
               for entry in block.entries]  # fmt: skip
    assert entries == ["Hours are short. [T5]", "Late."]


def test_a_check_says_what_was_read_so_that_a_lost_row_shows(small_plan: Plan) -> None:
    cards = {block.label: block for block in check_page(small_plan, [], ENGLISH).blocks if isinstance(block, Card)}
    assert (cards["Target"].figure, cards["Target"].meaning[-7:]) == ("1,000,000 CNY", "965,000")
    assert (cards["Reps"].figure, cards["Reps"].meaning) == ("3", "1 core, 1 new, 1 top")
    assert (cards["Open opportunities"].figure, cards["Open opportunities"].meaning) == ("5", "worth 176,000 in all")
    fewer = small_plan.model_copy(update={"opportunities": small_plan.opportunities[1:]})
    cards = {block.label: block for block in check_page(fewer, [], ENGLISH).blocks if isinstance(block, Card)}
    assert cards["Open opportunities"].meaning == "worth 116,000 in all"


def test_runs_are_listed_with_what_is_wrong_with_a_damaged_one() -> None:
    runs = (
        RunSummary(
            "20270705-run", Path("runs/a"), "run", samples.PLAN, dt.datetime(2027, 7, 5, tzinfo=dt.UTC), "47.6%"
        ),
        RunSummary("broken", Path("runs/b"), problem="broken is damaged: manifest.json cannot be read"),
    )
    text = " ".join(shown(run_list_page(runs, Path("runs"), ENGLISH)).split())
    assert "20270705-run" in text
    assert "47.6%" in text
    assert "broken is damaged:" in text
    assert "There is no run in runs yet." in shown(run_list_page((), Path("runs"), ENGLISH))


def test_an_import_groups_what_differs_in_an_id_alone() -> None:
    report = ImportReport(
        out=Path("my-quarter"),
        mapping="maven",
        as_of=dt.date(2017, 10, 1),
        target=3_131_368,
        currency="USD",
        read=(FileRead("sales_pipeline.csv", 8800, "deals"),),
        used=(("products", 7),),
        unused=(Unused("reps", "no deal won", 2, ("Carl Lin", "Carol Thompson")),),
        estimates=(
            EstimatedFigure("products.a.mean_deal", 55.15, 12, "mean of 12 deals"),
            EstimatedFigure("products.b.mean_deal", 26_436.2, 658, "mean of 658 deals"),
            EstimatedFigure("process.cycle_sigma", 1.3436, 3042, "standard deviation"),
            EstimatedFigure("process.value_sigma", 0.0996, 3042, "standard deviation"),
        ),
        assumed=(
            AssumedFigure("products.a.margin", 0.5, "D", "not in a CRM export"),
            AssumedFigure("products.b.margin", 0.5, "D", "not in a CRM export"),
            AssumedFigure("handover.days", 20, "D", "four weeks"),
        ),
        warnings=("product 'GTXPro' was taken for 'GTX Pro' (1,480 deals)",),
    )
    lines = [" ".join(line.split()) for line in shown(import_page(report, ENGLISH)).splitlines()]
    text = "\n".join(lines)
    assert "Target: 3,131,368 USD" in text
    assert "products.*.mean_deal (2) 55.15–26,436 12–658" in text
    assert "process.cycle_sigma 1.3436 3,042" in text
    assert "process.value_sigma 0.0996 3,042" in text
    assert "products.*.margin (2) D not in a CRM export" in text
    assert "reps: Carl Lin, Carol Thompson" in text.replace("\n", " ")
