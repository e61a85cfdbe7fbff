"""Unit and known answer: a file of invoices beside a CRM export: when customers pay, and what they owe at the start."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from scenarios.crm import ImportReport, import_crm
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
MAVEN = Path(__file__).parents[2] / "scenarios" / "library" / "crm" / "maven.yaml"
AS_OF = dt.date(2017, 7, 1)
MAPPING = """
invoices:
  file: invoices.csv
  columns: {id: no, account: customer, amount: amount, issued: issued, due: due, paid: paid}
"""
Row = tuple[str, str, str, str, str, str]
"""Number, customer, amount, written, due, paid."""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SMALL, tmp_path / "export"))
    (tmp_path / "mine.yaml").write_text(
        MAVEN.read_text(encoding="utf-8").replace("name: maven", "name: mine") + MAPPING
    )
    return folder


def write(export: Path, rows: Sequence[Row], header: str = "no,customer,amount,issued,due,paid") -> None:
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    (export / "invoices.csv").write_text(text, encoding="utf-8")


def made(export: Path, name: str = "plan") -> tuple[Plan, ImportReport]:
    out = export.parent / name
    report = import_crm(export, AS_OF, out, export.parent / "mine.yaml")
    return load_plan(out).plan, report


def day(days_before: int) -> str:
    return (AS_OF - dt.timedelta(days=days_before)).isoformat()


def paid_invoices(late: Sequence[int], on_time: int, due_before: int = 200) -> list[Row]:
    """Invoices due one after the other, paid as many days late as said, and others on the day."""
    lateness = [*late, *[0] * on_time]
    return [
        (
            f"P{n:04}",
            "Acme",
            "100",
            day(due_before + 30 + n % 40),
            day(due_before + n % 40),
            day(due_before + n % 40 - d),
        )
        for n, d in enumerate(lateness)
    ]


HISTORY = paid_invoices([2, 4, 6, 8, 10, 12, 14, 16, 20, 30] * 4, 60)


def test_when_customers_pay_by_hand(export: Path) -> None:
    """40 of 100 late; the median of their days is between 10 and 12, a lognormal's a little lower."""
    write(export, HISTORY)
    plan, report = made(export)
    lateness = plan.money.lateness
    assert lateness.late_share == pytest.approx((0.4 - lateness.bad_debt) / (1 - lateness.bad_debt), abs=1e-4)
    assert lateness.bad_debt == pytest.approx(0.5 / 101, abs=1e-4)  # none of 100 old ones: Jeffreys' mean
    assert 8 < lateness.median_days_late < 11
    assert 0.6 < lateness.sigma < 1.0
    figures = {figure.path: figure for figure in report.estimates}
    days = figures["money.lateness.median_days_late"]
    assert days.count == 40
    assert days.low is not None
    assert days.high is not None
    assert days.low < days.value < days.high
    assert days.basis == "of 100 invoices due before 2017-07-01, 40 were not paid on the day, 40 of them later"
    own = {a.path: a.count for a in plan.assumptions if a.grade == "own"}
    assert own["money.lateness.late_share"] == own["money.lateness.bad_debt"] == 100
    assert {"U-late-share", "U-days-late", "U-bad-debt"} <= {entry.id for entry in plan.uncertainty}
    text = (report.out / "plan.yaml").read_text(encoding="utf-8")
    assert "# 0 of 100 invoices due 90 days before or earlier are open still" in text


def test_without_a_file_nothing_changes(export: Path) -> None:
    (export.parent / "mine.yaml").write_text(MAVEN.read_text(encoding="utf-8"), encoding="utf-8")
    plan, _ = made(export)
    assert plan.money.lateness.late_share == 0.46
    assert not plan.receivables


def test_open_invoices_are_the_receivables(export: Path) -> None:
    """Not yet due, overdue, of a customer we do not know; paid on the date itself is open on it."""
    owed: list[Row] = [
        ("A/1", "ACME", "1,234.50", day(10), day(-20), ""),
        ("A/2", "Somebody", "50", day(40), day(10), ""),
        ("A/3", "Blue", "70", day(40), day(9), AS_OF.isoformat()),
    ]
    write(export, [*HISTORY, *(tuple(f'"{cell}"' for cell in row) for row in owed)])  # type: ignore[misc]
    plan, report = made(export)
    found = {r.id: (r.amount, r.due_date, r.account) for r in plan.receivables}
    assert found == {
        "A-1": (1234.5, dt.date(2017, 7, 21), "acme"),
        "A-2": (50, dt.date(2017, 6, 21), None),
        "A-3": (70, dt.date(2017, 6, 22), "blue"),
    }
    assert dict(report.used)["receivables"] == 3
    # The two that are overdue and open count as late.
    assert plan.money.lateness.late_share == pytest.approx(42 / 102, abs=0.01)


def test_open_ones_make_late_payments_longer(export: Path) -> None:
    """Ten that are 25 days overdue and open: leaving them out would say that all late ones pay like the rest."""
    write(export, HISTORY)
    before = made(export, "before")[0].money.lateness
    write(export, [*HISTORY, *((f"O{n}", "Acme", "10", day(60), day(25), "") for n in range(10))])
    after = made(export, "after")[0].money.lateness
    assert after.median_days_late > before.median_days_late * 1.05
    assert after.late_share > before.late_share


def test_what_is_never_paid(export: Path) -> None:
    """8 of 108 old ones are open for 200 days: bad debt, and no receivables."""
    write(export, [*HISTORY, *((f"B{n}", "Acme", "500", day(260), day(200), "") for n in range(8))])
    plan, report = made(export)
    assert plan.money.lateness.bad_debt == pytest.approx(8.5 / 109, abs=1e-4)
    assert plan.money.lateness.median_days_late < 12  # they are no late payments
    assert not plan.receivables
    [dead] = [entry for entry in report.unused if entry.what.startswith("invoices worth")]
    assert (dead.what, dead.count) == ("invoices worth 4,000", 8)
    assert dead.reason.startswith("open, and overdue by more than 90 days")


def test_what_happens_on_the_date_or_later_changes_nothing(export: Path) -> None:
    open_ones: list[Row] = [("O1", "Acme", "10", day(60), day(20), ""), ("O2", "Blue", "20", day(5), day(-25), "")]
    write(export, [*HISTORY, *open_ones])
    made(export, "before")
    later = [(*row[:5], day(-3 - n)) for n, row in enumerate(open_ones)]
    new: list[Row] = [
        ("N1", "Acme", "999", day(0), day(-30), ""),
        ("N2", "Acme", "999", day(-2), day(-1), day(-1)),
        ("N3", "Cobalt", "999", day(-9), day(-400), ""),
    ]
    write(export, [*HISTORY, *later, *new])
    report = made(export, "after")[1]
    contents = [
        {path.name: path.read_bytes() for path in (export.parent / name).iterdir()} for name in ("before", "after")
    ]
    assert contents[0] == contents[1]
    assert ("invoices", "written on 2017-07-01 or later", 3) in [(u.what, u.reason, u.count) for u in report.unused]


def test_without_a_day_of_writing_it_is_as_long_before_the_due_day_as_the_terms_say(export: Path) -> None:
    """60 days: due 59 days after the date was written before it, due 60 days after it was not."""
    path = export.parent / "mine.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("issued: issued, ", ""), encoding="utf-8")
    rows: list[Row] = [("O1", "Acme", "10", "", day(-59), ""), ("O2", "Acme", "10", "", day(-60), "")]
    write(export, [*HISTORY, *rows])
    assert [r.id for r in made(export)[0].receivables] == ["O1"]


class TestFilesThatSayLittle:
    def test_one_open_invoice(self, export: Path) -> None:
        write(export, [("O1", "Acme", "10", day(20), day(-20), "")])
        plan, report = made(export)
        assert (plan.money.lateness.late_share, plan.money.lateness.bad_debt) == (0.46, 0.03)
        assert [r.id for r in plan.receivables] == ["O1"]
        said = "no invoice was paid before 2017-07-01, so when customers pay stays assumed"
        assert said in report.warnings
        assert {f.path for f in report.assumed} >= {"money.lateness.late_share", "money.lateness.sigma"}

    def test_all_open(self, export: Path) -> None:
        """The column may just not be kept: that all are late is not said."""
        write(export, [(*row[:5], "") for row in HISTORY])
        plan, report = made(export)
        assert plan.money.lateness.late_share == 0.46
        assert not plan.receivables  # all are overdue by more than 150 days
        assert any(entry.what == "invoices worth 10,000" for entry in report.unused)

    def test_one_paid_invoice(self, export: Path) -> None:
        write(export, HISTORY[:1])
        plan, report = made(export)
        assert plan.money.lateness.late_share == 0.46
        assert "1 invoices fell due before the date, too few to say how many are paid late" in report.warnings
        assert "too few invoices were paid late to say by how many days" in report.warnings

    def test_nobody_pays_late(self, export: Path) -> None:
        write(export, paid_invoices([], 80))
        lateness = made(export)[0].money.lateness
        assert lateness.late_share == 0
        assert lateness.median_days_late == 8  # assumed, and of no effect

    def test_all_in_the_future(self, export: Path) -> None:
        write(export, [("N1", "Acme", "10", "2099-01-01", "2099-02-01", "2099-03-01")])
        plan, report = made(export)
        assert not plan.receivables
        assert [u.count for u in report.unused if u.what == "invoices"] == [1]
        assert not [text for text in report.warnings if "invoice" in text]

    def test_credit_notes_and_rows_without_a_due_day_are_counted(self, export: Path) -> None:
        rows: list[Row] = [("C1", "Acme", "-50", day(9), day(-9), ""), ("C2", "Acme", "5", day(9), "", "")]
        write(export, [*HISTORY, *rows])
        plan, report = made(export)
        assert not plan.receivables
        assert {(u.reason, u.count) for u in report.unused if u.what == "invoices"} == {
            ("no due day", 1),
            ("nothing owed: no amount, zero or a credit note", 1),
        }


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (("P0000", "Acme", "1", day(9), day(5), ""), "invoices.csv:102 no: 'P0000' is there twice"),
            (("", "Acme", "1", day(9), day(5), ""), "invoices.csv:102 no: is empty"),
            (("X", "Acme", "1", day(9), "soon", ""), "invoices.csv:102 due: 'soon' is no date of the form YYYY-MM-DD"),
            (("X", "Acme", "1", day(9), day(5), "31/12/16"), "invoices.csv:102 paid: '31/12/16' is no date"),
            (("X", "Acme", "much", day(9), day(5), ""), "invoices.csv:102 amount: 'much' is no amount of money"),
        ],
    )
    def test_a_wrong_cell_has_a_place(self, export: Path, row: Row, said: str) -> None:
        write(export, [*HISTORY, row])
        with pytest.raises(PlanFileError) as caught:
            made(export)
        assert any(str(problem).startswith(said) for problem in caught.value.problems), caught.value.problems
        assert not (export.parent / "plan").exists()

    def test_empty_no_column_and_not_there(self, export: Path) -> None:
        for content, said in (
            ("", "invoices.csv: the file is empty"),
            ("no,customer,amount,issued,due,paid\n", "invoices.csv: the table has no rows"),
            (
                "no,customer,amount,issued,due\nA,Acme,1,2017-01-01,2017-01-02\n",
                "invoices.csv:1 paid: there is no such",
            ),
            (None, "invoices.csv: there is no such file in the export"),
        ):
            (export / "invoices.csv").unlink(missing_ok=True)
            if content is not None:
                (export / "invoices.csv").write_text(content, encoding="utf-8")
            with pytest.raises(PlanFileError) as caught:
                made(export)
            assert str(caught.value.problems[0]).startswith(said)


def test_a_chinese_file_beside_the_only_csv_of_a_salesforce_report(tmp_path: Path) -> None:
    """The invoices have a name of their own, so ``*.csv`` is still one file; GB18030, ¥ and Chinese dates."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "商机.csv").write_bytes(
        "编号,负责人,客户,阶段,立项,结束,金额\n"
        "甲1,李伟,海康,赢单,2024年4月1日,2024年5月6日,72000\n"
        "甲2,李伟,海康,跟进,2024年6月1日,,5000\n".encode("gb18030")
    )
    (folder / "发票.csv").write_bytes(
        "发票号,客户,金额,开票日,到期日,收款日\n"
        "票1,海康,¥36000,2024年5月6日,2024年7月5日,\n"
        "票2,海康,¥36000,2024年5月6日,2024年6月5日,2024年6月20日\n".encode("gb18030")
    )
    (tmp_path / "m.yaml").write_text(
        "name: mine\ncurrency: CNY\ndate_format: '%Y年%m月%d日'\n"
        "deals:\n  file: '*.csv'\n"
        "  columns: {id: 编号, rep: 负责人, account: 客户, stage: 阶段, engaged: 立项, closed: 结束, value: 金额}\n"
        "invoices:\n  file: 发票.csv\n"
        "  columns: {id: 发票号, account: 客户, amount: 金额, issued: 开票日, due: 到期日, paid: 收款日}\n"
        "stages: {赢单: won, 输单: lost, 跟进: open}\n",
        encoding="utf-8",
    )
    import_crm(folder, dt.date(2024, 7, 1), tmp_path / "plan", tmp_path / "m.yaml")
    plan = load_plan(tmp_path / "plan").plan
    [owed] = plan.receivables
    assert (owed.amount, owed.due_date) == (36000, dt.date(2024, 7, 5))
    assert plan.account[owed.account or ""].name == "海康"
