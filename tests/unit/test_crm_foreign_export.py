"""Unit: what a planner meets who brings an export of their own: how amounts and dates are written, and what is said.

Chinese columns, GB18030, amounts in 万元, dates as 2025/3/1.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from reports.translating import problem_text, translated
from reports.wording import CHINESE
from scenarios.crm import ImportReport, import_crm
from scenarios.crm.mapping import LIBRARY, read_mapping
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from studies.decisions.ranges import stated_ranges, without_range
from tests.crm_exports import STAGES, Company, write_salesforce, write_stages
from tests.unit.test_crm_any_export import AS_OF

HEADER = "编号,负责人,产品,阶段,立项,结束,金额（万元）"
DEALS = (
    "1,李伟,监测,赢单,2024/4/1,2024/5/6,12.5",
    "2,李伟,监测,输单,2024/4/2,2024/6/3,8",
    "3,张敏,监测,赢单,2024/4/2,2024/6/3,20万",
    "4,张敏,平台,跟进,2024/6/2,,",
)
MAPPING = """\
name: mine
currency: CNY
amount_unit: 10000
date_format: "%Y/%m/%d"
deals:
  file: 商机.csv
  columns: {id: 编号, rep: 负责人, product: 产品, stage: 阶段, engaged: 立项, closed: 结束, value: 金额（万元）}
stages: {赢单: won, 输单: lost, 跟进: open}
"""
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def made(folder: Path, mapping: str = MAPPING, deals: tuple[str, ...] = DEALS) -> tuple[Plan, ImportReport]:
    (folder / "mine.yaml").write_text(mapping, encoding="utf-8")
    (folder / "商机.csv").write_text("\n".join([HEADER, *deals]) + "\n", encoding="gb18030")
    report = import_crm(folder / "商机.csv", AS_OF, folder / "plan", folder / "mine.yaml")
    return load_plan(report.out).plan, report


def refused(folder: Path, mapping: str = MAPPING, deals: tuple[str, ...] = DEALS) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        made(folder, mapping, deals)
    for problem in caught.value.problems:
        assert not ENGLISH.search(problem_text(problem, CHINESE)), problem_text(problem, CHINESE)
    return [str(problem) for problem in caught.value.problems]


def sales(plan: Plan) -> dict[str, float | None]:
    return {rep.name: rep.last_quarter_sales for rep in plan.reps}


class TestAmounts:
    def test_in_ten_thousands(self, tmp_path: Path) -> None:
        """A cell that says its own unit is taken at its word."""
        assert sales(made(tmp_path)[0]) == {"李伟": 125_000, "张敏": 200_000}

    @pytest.mark.parametrize(
        ("cell", "amount"), [("1.2亿", 120_000_000), ("1,200万元", 12_000_000), ("¥3万", 30_000), ("5元", 50_000)]
    )
    def test_with_a_unit_of_their_own(self, cell: str, amount: float, tmp_path: Path) -> None:
        deals = (*DEALS[:2], f'3,张敏,监测,赢单,2024/4/2,2024/6/3,"{cell}"')
        assert sales(made(tmp_path, deals=deals)[0])["张敏"] == amount

    def test_a_column_that_names_a_unit_which_the_mapping_does_not(self, tmp_path: Path) -> None:
        report = made(tmp_path, MAPPING.replace("amount_unit: 10000\n", ""))[1]
        said = "column 金额（万元） seems to be in 万: `amount_unit: 10000` in the mapping takes its amounts so"
        assert said in report.warnings
        assert not ENGLISH.search(translated(said, CHINESE))

    def test_none_is_said_where_it_does(self, tmp_path: Path) -> None:
        assert not any("amount_unit" in text for text in made(tmp_path)[1].warnings)

    def test_invoices_and_prices_are_in_it_too(self, tmp_path: Path) -> None:
        mapping = MAPPING.replace(
            "stages:",
            "invoices:\n  file: 发票.csv\n  columns: {id: 号, amount: 额, due: 到期, paid: 收}\n"
            "products:\n  file: 产品.csv\n  columns: {name: 产品, list_price: 价}\nstages:",
        )
        (tmp_path / "发票.csv").write_text("号,额,到期,收\n1,3.5,2024/7/9,\n", encoding="utf-8")
        (tmp_path / "产品.csv").write_text("产品,价\n监测,15\n平台,30\n", encoding="utf-8")
        (tmp_path / "mine.yaml").write_text(mapping, encoding="utf-8")
        (tmp_path / "商机.csv").write_text("\n".join([HEADER, *DEALS]) + "\n", encoding="gb18030")
        import_crm(tmp_path, AS_OF, tmp_path / "plan", tmp_path / "mine.yaml")
        plan = load_plan(tmp_path / "plan").plan
        assert [row.amount for row in plan.receivables] == [35_000]
        assert {row.name: row.list_price for row in plan.products} == {"监测": 150_000, "平台": 300_000}


class TestDates:
    def test_a_column_in_another_form_is_one_problem_with_the_form_it_has(self, tmp_path: Path) -> None:
        said = refused(tmp_path, MAPPING.replace("%Y/%m/%d", "%Y-%m-%d"))
        assert said == [
            "商机.csv:2 立项: '2024/4/1' is no date of the form YYYY-MM-DD (4 of 4 rows). `date_format` in the mapping "
            'says how dates are written; "%Y/%m/%d" would fit.',
            "商机.csv:2 结束: '2024/5/6' is no date of the form YYYY-MM-DD (3 of 3 rows). `date_format` in the mapping "
            'says how dates are written; "%Y/%m/%d" would fit.',
        ]

    def test_a_form_that_nobody_knows(self, tmp_path: Path) -> None:
        deals = tuple(row.replace("2024/4", "Q4/24") for row in DEALS)
        [said] = refused(tmp_path, deals=deals)
        assert said.endswith("(3 of 4 rows). `date_format` in the mapping says how dates are written, as in strptime.")

    def test_one_slip_is_one_slip(self, tmp_path: Path) -> None:
        deals = (*DEALS, "5,张敏,平台,跟进,2024/6/31,,", *(f"{n},张敏,平台,跟进,2024/6/2,," for n in range(6, 12)))
        assert refused(tmp_path, deals=deals) == ["商机.csv:6 立项: '2024/6/31' is no date of the form YYYY/MM/DD"]


class TestWhatIsRefusedIsSaidInChinese:
    """``refused`` looks at each."""

    def test_unknown_stages(self, tmp_path: Path) -> None:
        deals = (*DEALS, *(f"{n},张敏,平台,阶段{n},2024/6/2,," for n in range(5, 13)))
        said = refused(tmp_path, deals=(*deals, "13,张敏,平台,阶段5,2024/6/2,,"))
        assert said[0] == "商机.csv:6 阶段: unknown stage '阶段5' (2 rows). The mapping knows: 赢单, 输单, 跟进."
        assert said[-1] == "商机.csv:11 阶段: and 3 more values of this kind in 3 rows"

    def test_a_column_that_is_not_there(self, tmp_path: Path) -> None:
        assert refused(tmp_path, MAPPING.replace("rep: 负责人", "rep: 负责")) == [
            "商机.csv:1 负责: there is no such column. Did you mean 负责人? Columns are named in the mapping."
        ]
        [said] = refused(tmp_path, MAPPING.replace("rep: 负责人", "rep: owner"))
        assert said.startswith("商机.csv:1 owner: there is no such column. There are: 编号, 负责人, 产品")

    def test_a_row_with_too_many_cells(self, tmp_path: Path) -> None:
        said = refused(tmp_path, deals=(*DEALS, "5,a,b,c,d,e,f,g", "6,a,b,c,d,e,f,g"))
        assert said == ["商机.csv:6: the row has 8 cells, the header 7, and 1 more such rows"]

    def test_amounts(self, tmp_path: Path) -> None:
        assert refused(tmp_path, deals=(*DEALS, "5,张敏,平台,跟进,2024/6/2,,很多")) == [
            "商机.csv:6 金额（万元）: '很多' is no amount of money"
        ]

    def test_a_file_where_several_are_wanted(self, tmp_path: Path) -> None:
        (tmp_path / "商机.csv").write_text(HEADER, encoding="utf-8")
        with pytest.raises(PlanFileError) as caught:
            import_crm(tmp_path / "商机.csv", AS_OF, tmp_path / "plan")
        [problem] = caught.value.problems
        assert not ENGLISH.search(problem_text(problem, CHINESE))

    def test_a_folder_without_the_files_of_the_preset_says_that_there_are_mappings(self, tmp_path: Path) -> None:
        with pytest.raises(PlanFileError) as caught:
            import_crm(tmp_path, AS_OF, tmp_path / "plan")
        problem = caught.value.problems[0]
        assert str(problem) == (
            "sales_pipeline.csv: there is no such file in the export. The mapping maven names it; --mapping takes "
            "another one."
        )
        assert not ENGLISH.search(problem_text(problem, CHINESE))


def test_nothing_is_said_of_open_deals_that_all_have_accounts(tmp_path: Path) -> None:
    mapping = MAPPING.replace("product: 产品", "account: 产品")
    assert not any("have no account" in text for text in made(tmp_path, mapping)[1].warnings)


@pytest.mark.parametrize("preset", ["maven", "salesforce", "hubspot"])
def test_a_preset_can_be_copied_by_name(preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the program is installed."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", "mine", "--mapping", preset])
    assert result.exit_code == 0, result.output
    assert "mine.yaml" in result.output
    text = (LIBRARY / f"{preset}.yaml").read_text(encoding="utf-8")
    copy = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert copy == text.replace(f"name: {preset}\n", "name: mine\n")
    mapping = read_mapping("mine.yaml")
    assert (mapping.name, mapping.is_shipped) == ("mine", False)
    again = CliRunner().invoke(app, ["new", "mine", "--mapping", preset])
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert CliRunner().invoke(app, ["new", "other", "--mapping", "sap"]).exit_code == 2
    assert CliRunner().invoke(app, ["new", "other", "--mapping", preset, "--from", "my-plan"]).exit_code == 2
    assert CliRunner().invoke(app, ["new", "--excel", "o.xlsx", "--mapping", preset]).exit_code == 2


@pytest.mark.parametrize("preset", ["maven", "salesforce", "hubspot"])
def test_sections_of_a_preset_are_read_once_their_marks_are_taken_away(preset: str, tmp_path: Path) -> None:
    text = (LIBRARY / f"{preset}.yaml").read_text(encoding="utf-8")
    head, mark, tail = text.partition("docs/crm.md says what becomes of them.\n")
    sections, gap, rest = tail.partition("\n\n")
    assert mark
    assert all(line.startswith("# ") for line in sections.splitlines())
    bare = "\n".join(line[2:] for line in sections.splitlines())
    (tmp_path / "mine.yaml").write_text(head + mark + bare + gap + rest, encoding="utf-8")
    assert {"deals", "invoices", "staff", "stage_history", "renewals"} <= set(
        read_mapping(tmp_path / "mine.yaml").files
    )


def test_an_export_of_one_file_is_back_tested_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And quarters may be named one by one."""
    monkeypatch.chdir(tmp_path)
    write_salesforce(tmp_path / "report.csv", Company(leads_a_week=2.0), seed=5)
    arguments = ["backtest", "report.csv", "--mapping", "salesforce", "--replications", "2", "--jobs", "1"]
    result = CliRunner().invoke(app, [*arguments, "--quarters", "2023-07-03", "--quarters", "2023-10-02"])
    assert result.exit_code == 0, result.output
    assert "Total, window by window (k USD)" in result.output
    shown = CliRunner().invoke(app, ["show", "latest", "--language", "zh"]).output
    assert re.search(r"各区间总额（.*万.*）\n", shown), "amounts of its table are in ten thousands"
    assert "2023-07-03" in result.output
    assert "2023-10-02" in result.output
    assert CliRunner().invoke(app, ["run", "--repeat", "latest"]).exit_code == 0


def test_what_the_data_request_points_to_works_on_an_imported_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``explain`` takes each stated range to its ends; payment terms have one, and are no single figure."""
    monkeypatch.chdir(tmp_path)
    made(tmp_path)
    arguments = ["explain", "plan", "--replications", "2", "--jobs", "1", "--figure", "money.lateness.bad_debt"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    plan = load_plan(tmp_path / "plan").plan
    ranges = {entry.path for entry in stated_ranges(plan)}
    assert {"process.value_sigma", "money.lateness.bad_debt", "handover.days"} <= ranges
    assert "money.payment_terms" not in ranges
    assert "money.payment_terms" in dict(without_range(plan))


def test_a_plan_made_in_chinese_says_in_chinese_what_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, sources and remarks of the import; figures, ids and the export's own names are the same."""
    monkeypatch.chdir(tmp_path)
    write_stages(tmp_path / "export", Company(weeks=52), seed=3)
    plans = {}
    for code in ("en", "zh"):
        arguments = ["import-crm", "export", "--mapping", "export.yaml", "--as-of", "2024-01-01", "--out", code]
        result = CliRunner().invoke(app, [*arguments, "--language", code])
        assert result.exit_code == 0, result.output
        plans[code] = load_plan(tmp_path / code).plan
    text = (tmp_path / "zh" / "plan.yaml").read_text(encoding="utf-8")
    cited = r"quarterdeck import-crm|Journal of Marketing|\b(?:[a-z]+_)+[a-z]+\b"
    left = {line for line in text.splitlines() if re.search(r"[A-Za-z]{2,} [a-z]{2,}", re.sub(cited, "", line))}
    assert left == set()
    assert [stage.name for stage in plans["zh"].process.stages] == list(STAGES)
    assert {risk.id: risk.name for risk in plans["zh"].risks}["K5"] == "销售离职"
    assert (plans["zh"].reps[0].name, plans["zh"].reps[0].performance[:4]) == ("Rep 00", "上一季度")

    def figures(node: object) -> object:
        words = ("name", "source", "sentence", "description", "base_period", "performance")
        if isinstance(node, dict):
            return {key: figures(value) for key, value in node.items() if key not in words}
        return [figures(part) for part in node] if isinstance(node, list | tuple) else node

    skip = {"product_tiers", "rep_tiers"}
    en, zh = (figures(plan.model_dump(exclude=skip)) for plan in plans.values())
    assert en == zh
