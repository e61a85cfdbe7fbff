"""Unit: exports of other systems, in one file or several, and exports that hold next to nothing."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from scenarios.crm import ImportReport, import_crm
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan

AS_OF = dt.date(2024, 7, 1)
SALESFORCE = "Opportunity ID,Opportunity Owner,Account Name,Stage,Created Date,Close Date,Amount"
HUBSPOT = "Record ID,Deal owner,Associated Company,Deal Stage,Create Date,Close Date,Amount"


def imported(export: Path, out: Path, mapping: str | Path, as_of: dt.date = AS_OF) -> tuple[Plan, ImportReport]:
    report = import_crm(export, as_of, out, mapping)
    return load_plan(out).plan, report


def salesforce(path: Path, *rows: str) -> Path:
    path.write_text("\n".join((SALESFORCE, *rows)) + "\n", encoding="utf-8")
    return path


FIVE = (
    '006A,Ann Ng,Acme,Closed Won,4/1/2024,5/2/2024,"12,500.00"',
    "006B,Ann Ng,Acme,Closed Lost,4/3/2024,4/20/2024,8000",
    "006C,Bob Oz,Blue,Closed Won,4/9/2024,6/11/2024,USD 7000",
    "006D,Bob Oz,Cobalt,Negotiation/Review,5/9/2024,9/30/2024,9000",
    "006E,Ann Ng,Blue,Prospecting,6/3/2024,12/31/2024,",
)


def test_a_salesforce_report_of_five_deals(tmp_path: Path) -> None:
    """One file, dates month first, amounts with separators; the planned closing of open deals is not read."""
    plan, report = imported(salesforce(tmp_path / "report1719.csv", *FIVE), tmp_path / "plan", "salesforce")
    assert (report.read[0].file, report.read[0].rows) == ("report1719.csv", 5)
    assert [product.name for product in plan.products] == ["All"]
    assert [region.name for region in plan.regions] == ["All"]
    assert {rep.name: rep.last_quarter_sales for rep in plan.reps} == {"Ann Ng": 12500, "Bob Oz": 7000}
    assert {deal.id: deal.created for deal in plan.opportunities} == {
        "006D": dt.date(2024, 5, 9),
        "006E": dt.date(2024, 6, 3),
    }
    assert {account.name for account in plan.accounts} == {"Acme", "Blue", "Cobalt"}
    rate = next(figure for figure in report.estimates if figure.path == "process.stages.closing.conversion")
    assert (rate.count, rate.value) == (3, 0.666667)
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < 0.35 < 0.85 < rate.high  # two of three deals say little


def test_a_folder_with_two_files_is_told_so(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        salesforce(folder / name, *FIVE)
    with pytest.raises(PlanFileError, match=r"2 files are named so, and it has to be one\. There are: a\.csv, b\.csv"):
        import_crm(folder, AS_OF, tmp_path / "plan", "salesforce")


def test_a_hubspot_export(tmp_path: Path) -> None:
    rows = (
        "1,Ann Ng,Acme,Closed Won,2024-04-01 09:12,2024-05-02 17:00,12500",
        "2,Ann Ng,Acme,Closed Lost,2024-04-03 10:00,2024-04-20 08:00,8000",
        "3,Bob Oz,Blue,Contract Sent,2024-05-09 11:30,2024-07-31 11:30,9000",
    )
    (tmp_path / "hubspot-crm-exports-all-deals.csv").write_text("\n".join((HUBSPOT, *rows)), encoding="utf-8")
    plan, _ = imported(tmp_path / "hubspot-crm-exports-all-deals.csv", tmp_path / "plan", "hubspot")
    assert [deal.created for deal in plan.opportunities] == [dt.date(2024, 5, 9)]
    assert plan.process.stages[1].conversion == 0.5


def test_a_preset_stage_that_is_not_known_says_what_to_do(tmp_path: Path) -> None:
    export = salesforce(tmp_path / "r.csv", *FIVE, "006F,Ann Ng,Blue,Verbal Agreement,6/3/2024,12/31/2024,1")
    with pytest.raises(PlanFileError, match=r"unknown stage 'Verbal Agreement'.*Copy the preset, add yours"):
        import_crm(export, AS_OF, tmp_path / "plan", "salesforce")


def test_several_files_of_a_mapping_cannot_be_one(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError, match="is one file, and the mapping maven reads 4"):
        import_crm(salesforce(tmp_path / "r.csv", *FIVE), AS_OF, tmp_path / "plan", "maven")


CHINESE = """\
name: mine
currency: CNY
currencies: {USD: 7.2}
date_format: ["%Y年%m月%d日", "%Y-%m-%d"]
deals:
  file: 商机.xlsx
  columns:
    {id: 编号, rep: 负责人, product: 产品, region: 大区, currency: 币种, stage: 阶段,
     engaged: 立项, closed: 结束, value: 金额}
stages: {赢单: won, 输单: lost, 跟进: open}
"""


def test_a_chinese_workbook_with_two_currencies(tmp_path: Path) -> None:
    """Real dates and dates as text, ¥ and separators, no file of reps: a rep's region is that of most of the deals."""
    with xlsxwriter.Workbook(tmp_path / "商机.xlsx") as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        header = ["编号", "负责人", "产品", "大区", "币种", "阶段", "立项", "结束", "金额"]
        rows: list[list[object]] = [
            ["甲1", "李伟", "监测", "华东", "CNY", "赢单", dt.date(2024, 4, 1), dt.date(2024, 5, 6), 72000],
            ["甲2", "李伟", "监测", "华东", "USD", "赢单", "2024年4月2日", "2024年6月3日", "10,000"],
            ["甲3", "张敏", "监测", "西南", "CNY", "输单", "2024-04-02", "2024-06-03", "¥5,000"],
            ["甲4", "张敏", "平台", "西南", "", "跟进", "2024-06-02", "", ""],
        ]
        for number, cells in enumerate([header, *rows]):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), day)
                else:
                    sheet.write(number, column, cell)
    (tmp_path / "mine.yaml").write_text(CHINESE, encoding="utf-8")
    plan, _ = imported(tmp_path / "商机.xlsx", tmp_path / "plan", tmp_path / "mine.yaml")
    assert {rep.name: rep.last_quarter_sales for rep in plan.reps} == {"李伟": 144000, "张敏": 0}
    assert {region.name for region in plan.regions} == {"华东", "西南"}
    assert {product.name for product in plan.products} == {"监测", "平台"}


def test_a_currency_without_a_rate(tmp_path: Path) -> None:
    mapping = CHINESE.replace("商机.xlsx", "deals.csv").replace("USD: 7.2", "EUR: 7.8")
    (tmp_path / "mine.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "deals.csv").write_text(
        "编号,负责人,产品,大区,币种,阶段,立项,结束,金额\n1,李伟,监测,华东,USD,赢单,2024-04-01,2024-05-06,100\n",
        encoding="utf-8",
    )
    with pytest.raises(PlanFileError, match=r"no rate is known for currency 'USD'\. Give its worth in CNY"):
        import_crm(tmp_path, AS_OF, tmp_path / "plan", tmp_path / "mine.yaml")


class TestNextToNothing:
    """A finding or an error that helps, never nonsense."""

    def test_one_rep(self, tmp_path: Path) -> None:
        rows = [row.replace("Bob Oz", "Ann Ng") for row in FIVE]
        plan, _ = imported(salesforce(tmp_path / "r.csv", *rows), tmp_path / "plan", "salesforce")
        assert [rep.name for rep in plan.reps] == ["Ann Ng"]
        assert not [measure for measure in plan.measures if measure.id == "own-win-rates"]  # nobody to differ from

    def test_all_deals_open(self, tmp_path: Path) -> None:
        rows = [row.replace("Closed Won", "Prospecting").replace("Closed Lost", "Prospecting") for row in FIVE]
        with pytest.raises(PlanFileError, match="no deal was closed before 2024-07-01, so nothing can be estimated"):
            import_crm(salesforce(tmp_path / "r.csv", *rows), AS_OF, tmp_path / "plan", "salesforce")

    def test_all_deals_in_the_future(self, tmp_path: Path) -> None:
        with pytest.raises(PlanFileError, match="no deal was closed before 2023-01-01"):
            import_crm(salesforce(tmp_path / "r.csv", *FIVE), dt.date(2023, 1, 1), tmp_path / "plan", "salesforce")

    def test_won_in_the_future_is_open_today(self, tmp_path: Path) -> None:
        rows = (*FIVE, "006F,Ann Ng,Blue,Closed Won,6/3/2024,12/31/2025,99999")
        plan, _ = imported(salesforce(tmp_path / "r.csv", *rows), tmp_path / "plan", "salesforce")
        assert "006F" in {deal.id for deal in plan.opportunities}
        assert max(deal.value for deal in plan.opportunities) < 20_000

    def test_nothing_was_ever_won(self, tmp_path: Path) -> None:
        rows = [row.replace("Closed Won", "Closed Lost") for row in FIVE]
        with pytest.raises(PlanFileError, match="no deal was won in the last quarter"):
            import_crm(salesforce(tmp_path / "r.csv", *rows), AS_OF, tmp_path / "plan", "salesforce")
