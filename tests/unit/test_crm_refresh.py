"""Unit: a newer export into an edited plan.

The tiny export (see test_crm) is imported as of 2017-06-26, edited, and refreshed as of 2017-07-01: D06 has closed and
D08 was engaged in between.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from scenarios.crm import import_crm, refresh_crm
from scenarios.errors import PlanFileError, UsageError
from scenarios.loading import load_plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
BEFORE, AS_OF = dt.date(2017, 6, 26), dt.date(2017, 7, 1)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "export"))


@pytest.fixture
def plan(tmp_path: Path, export: Path) -> Path:
    """Imported before, its quarter moved to the Monday after the newer date, and edited by hand."""
    folder = tmp_path / "plan"
    import_crm(export, BEFORE, folder)
    settings = folder / "plan.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "start: 2017-06-26" in text
    settings.write_text(text.replace("start: 2017-06-26", "start: 2017-07-03") + "# my own remark\n", encoding="utf-8")
    edit(folder / "reps.csv", "bob-oz", hours_per_week="17.5")
    return folder


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def write(path: Path, rows: dict[str, dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows.values() for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows.values())


def edit(path: Path, row_id: str, **cells: str) -> None:
    rows = rows_of(path)
    rows[row_id].update(cells)
    write(path, rows)


def append(path: Path, *cells: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + ",".join(cells) + "\n", encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_deals_are_renewed_and_the_rest_is_the_same_to_the_byte(plan: Path, export: Path, tmp_path: Path) -> None:
    before = contents(plan)
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    after = contents(tmp_path / "new")
    assert contents(plan) == before  # the edited plan itself is left alone
    assert {name for name in before if after[name] != before[name]} == {"opportunities.csv"}
    assert before.keys() == after.keys()
    assert set(rows_of(plan / "opportunities.csv")) == {"D06", "D07", "D11", "D14"}
    assert set(rows_of(tmp_path / "new" / "opportunities.csv")) == {"D07", "D08", "D11", "D14"}
    assert "deals taken out, as they are closed in the export (1): D06" in report.warnings
    assert "open deals added (1): D08" in report.warnings
    assert load_plan(tmp_path / "new").plan.rep["bob-oz"].hours_per_week == 17.5


def test_the_same_export_on_the_same_day_changes_nothing(export: Path, tmp_path: Path) -> None:
    import_crm(export, AS_OF, tmp_path / "plan")
    report = refresh_crm(export, AS_OF, tmp_path / "plan", tmp_path / "new")
    assert contents(tmp_path / "new") == contents(tmp_path / "plan")
    assert len(report.warnings) == 1  # what is kept


def test_a_table_saved_by_a_chinese_excel(plan: Path, export: Path, tmp_path: Path) -> None:
    """GB18030 comes back as UTF-8 with the mark that Excel knows."""
    edit(plan / "opportunities.csv", "D07", **{"#备注": "周一再打电话"})
    path = plan / "opportunities.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("gb18030"))
    refresh_crm(export, AS_OF, plan, tmp_path / "new")
    assert (tmp_path / "new" / "opportunities.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows_of(tmp_path / "new" / "opportunities.csv")["D07"]["#备注"] == "周一再打电话"


def test_what_a_planner_put_in_stays(plan: Path, export: Path, tmp_path: Path) -> None:
    """A stage, a column of notes, a deal made by hand; another value is the export's, and is said."""
    deals = rows_of(plan / "opportunities.csv")
    deals["D07"] |= {"stage": "closing", "#note": "call on Monday"}
    deals["D11"]["value"] = "5000"
    deals["mine"] = {**deals["D14"], "id": "mine"}
    write(plan / "opportunities.csv", deals)
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    after = rows_of(tmp_path / "new" / "opportunities.csv")
    assert (after["D07"]["stage"], after["D07"]["#note"]) == ("closing", "call on Monday")
    assert after["mine"] == deals["mine"] | {"#note": ""}
    assert float(after["D11"]["value"]) < 1100
    assert "deals that the export does not know, kept (1): mine" in report.warnings
    assert any(text.startswith("open deals whose value changes by more than a tenth") for text in report.warnings)


def test_an_account_with_another_rep_keeps_the_plans(plan: Path, export: Path, tmp_path: Path) -> None:
    """Where the table does not say what was imported, nobody knows what was edited."""
    edit(plan / "reps.csv", "bob-oz", regions="south;north")
    rows = rows_of(plan / "accounts.csv")
    rows["acme"]["rep"] = "bob-oz"
    write(
        plan / "accounts.csv",
        {id: {key: cell for key, cell in row.items() if key[0] != "#"} for id, row in rows.items()},
    )
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    said = "accounts with another rep, the plan's is kept (1): acme (bob-oz in the plan, ann-ng in the export)"
    assert said in report.warnings
    assert load_plan(tmp_path / "new").plan.account["acme"].rep == "bob-oz"


def test_a_rep_the_plan_does_not_have(plan: Path, export: Path, tmp_path: Path) -> None:
    append(export / "sales_pipeline.csv", "D20", "Cid Lo", "Anvil", "Acme", "Engaging", "2017-06-28", "", "")
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    [said] = [text for text in report.warnings if text.startswith("rep cid-lo is in the export and not in the plan")]
    assert "1 open deals worth" in said
    assert "D20" not in rows_of(tmp_path / "new" / "opportunities.csv")


def test_a_rep_the_export_does_not_have_any_more(plan: Path, export: Path, tmp_path: Path) -> None:
    pipeline = export / "sales_pipeline.csv"
    pipeline.write_text(pipeline.read_text(encoding="utf-8").replace("Bob Öz", "Ann Ng"), encoding="utf-8")
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    assert "reps of the plan that the export has no current deal of, kept as they are (1): Bob Öz" in report.warnings
    assert "bob-oz" in load_plan(tmp_path / "new").plan.rep


def test_a_rep_who_was_given_another_region_takes_the_deals_along(plan: Path, export: Path, tmp_path: Path) -> None:
    """Bob sells in the north too now, and no longer in the south."""
    edit(plan / "reps.csv", "bob-oz", regions="north")
    edit(plan / "accounts.csv", "blue", region="north")
    edit(plan / "opportunities.csv", "D07", region="north")
    for table in ("opportunities", "baseline_leads"):
        rows = rows_of(plan / f"{table}.csv")
        write(plan / f"{table}.csv", {name: row | {"region": "north"} for name, row in rows.items()})
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    assert "open deals put into the region that the plan gives their rep (1): D07 (north)" in report.warnings
    assert rows_of(tmp_path / "new" / "opportunities.csv")["D07"]["region"] == "north"


def test_names_edited_in_the_plan_are_found_by_id_and_ids_by_name(plan: Path, export: Path, tmp_path: Path) -> None:
    edit(plan / "products.csv", "anvil", name="Amboss")
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    assert not [text for text in report.warnings if "not in the plan" in text]
    assert rows_of(tmp_path / "new" / "opportunities.csv")["D08"]["product"] == "anvil"


def test_a_new_account_is_added_and_the_others_stay(plan: Path, export: Path, tmp_path: Path) -> None:
    edit(plan / "accounts.csv", "acme", customer_tier="A")
    append(export / "sales_pipeline.csv", "D20", "Ann Ng", "Anvil", "Cobalt", "Engaging", "2017-06-28", "", "")
    report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
    renewed = load_plan(tmp_path / "new").plan
    assert set(renewed.account) == {"acme", "blue", "cobalt"}
    assert renewed.account["acme"].customer_tier == "A"
    deals = {deal.id: deal for deal in renewed.opportunities}
    assert (deals["D20"].account, deals["D11"].customer_tier) == ("cobalt", "A")
    assert "accounts added (1): cobalt" in report.warnings


def test_nothing_of_the_future_reaches_it(plan: Path, export: Path, tmp_path: Path) -> None:
    refresh_crm(export, AS_OF, plan, tmp_path / "one")
    append(export / "sales_pipeline.csv", "D21", "Ann Ng", "Anvil", "Cobalt", "Won", "2017-07-01", "2017-07-09", "9999")
    refresh_crm(export, AS_OF, plan, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_nothing_is_written_where_the_result_would_not_load(plan: Path, export: Path, tmp_path: Path) -> None:
    """Tier C is called Z in the plan, and the export brings a new deal of no account, which is C."""
    append(export / "sales_pipeline.csv", "D22", "Ann Ng", "Anvil", "", "Engaging", "2017-06-28", "", "")
    for name in ("plan.yaml", "accounts.csv", "opportunities.csv"):
        text = re.sub(r"(?<!grade: )\bC\b", "Z", (plan / name).read_text(encoding="utf-8"))
        (plan / name).write_text(text, encoding="utf-8")
    assert "Z" in load_plan(plan).plan.customer_tier
    with pytest.raises(PlanFileError, match="nothing was written, as the renewed plan would not load"):
        refresh_crm(export, AS_OF, plan, tmp_path / "new")
    assert not (tmp_path / "new").exists()


class TestArgumentsThatMakeNoSense:
    def test_a_day_inside_the_quarter(self, plan: Path, export: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="later than the first day of the plan's quarter, 2017-07-03"):
            refresh_crm(export, dt.date(2017, 7, 4), plan, tmp_path / "new")

    def test_no_folder_or_one_that_exists(self, plan: Path, export: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is no plan folder"):
            refresh_crm(export, AS_OF, tmp_path / "nothing", tmp_path / "new")
        with pytest.raises(UsageError, match="exists already"):
            refresh_crm(export, AS_OF, plan, plan)

    def test_another_currency(self, plan: Path, export: Path, tmp_path: Path) -> None:
        settings = plan / "plan.yaml"
        settings.write_text(settings.read_text(encoding="utf-8").replace("currency: USD", "currency: CNY"), "utf-8")
        with pytest.raises(UsageError, match="the export is in USD and the plan in CNY"):
            refresh_crm(export, AS_OF, plan, tmp_path / "new")


def test_the_command(plan: Path, export: Path, tmp_path: Path) -> None:
    arguments = ["import-crm", str(export), "--as-of", "2017-07-01", "--refresh", str(plan), "--out"]
    result = CliRunner().invoke(app, [*arguments, str(tmp_path / "new")], env={"COLUMNS": "300"})
    assert result.exit_code == 0, result.output
    assert "open deals added (1): D08" in result.stdout
    assert CliRunner().invoke(app, ["check", str(tmp_path / "new")]).exit_code == 0
    assert CliRunner().invoke(app, [*arguments, str(tmp_path / "other"), "--target", "5"]).exit_code == 2
    assert not (tmp_path / "other").exists()


class TestWhoseAccountItIs:
    """As of 26 June Acme is Ann's: she won all of its deals. Then Bob wins one for 5,000 there."""

    @pytest.fixture
    def newer(self, plan: Path, export: Path) -> Path:
        """Bob covers the north too, so that Acme can be his."""
        edit(plan / "reps.csv", "bob-oz", regions="south;north")
        append(
            export / "sales_pipeline.csv", "D30", "Bob Öz", "Anvil", "Acme", "Won", "2017-06-27", "2017-06-29", "5000"
        )
        return export

    def test_what_nobody_edited_follows_the_export(self, plan: Path, newer: Path, tmp_path: Path) -> None:
        report = refresh_crm(newer, AS_OF, plan, tmp_path / "new")
        account = load_plan(tmp_path / "new").plan.account["acme"]
        assert (account.rep, account.region) == ("bob-oz", "south")
        assert "accounts given to the rep that the export has now (1): acme (ann-ng → bob-oz)" in report.warnings
        assert rows_of(tmp_path / "new" / "accounts.csv")["acme"]["#imported rep"] == "bob-oz"

    def test_what_was_edited_stays_and_is_a_conflict_where_the_export_moved_too(
        self, plan: Path, export: Path, tmp_path: Path
    ) -> None:
        edit(plan / "accounts.csv", "acme", customer_tier="A")
        append(
            export / "sales_pipeline.csv", "D31", "Ann Ng", "Anvil", "Blue", "Won", "2017-06-27", "2017-06-29", "9000"
        )
        report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
        assert load_plan(tmp_path / "new").plan.account["acme"].customer_tier == "A"
        said = "accounts of another tier, the plan's is kept (1): acme (A in the plan, C in the export)"
        assert said in report.warnings
        again = refresh_crm(export, AS_OF, tmp_path / "new", tmp_path / "newer")
        assert said not in again.warnings  # it has been told, and the export has not moved since

    def test_what_was_edited_stays_in_silence_where_the_export_did_not_move(
        self, plan: Path, export: Path, tmp_path: Path
    ) -> None:
        edit(plan / "accounts.csv", "acme", customer_tier="A")
        report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
        assert load_plan(tmp_path / "new").plan.account["acme"].customer_tier == "A"
        assert not [text for text in report.warnings if "tier" in text]

    def test_a_tier_that_the_export_has_now_is_that_of_the_deals_too(
        self, plan: Path, export: Path, tmp_path: Path
    ) -> None:
        """Blue buys for 9,000 more than Acme: of two accounts the greater is B."""
        append(
            export / "sales_pipeline.csv", "D31", "Ann Ng", "Anvil", "Blue", "Won", "2017-06-27", "2017-06-29", "9000"
        )
        append(export / "sales_pipeline.csv", "D32", "Bob Öz", "Anvil", "Blue", "Engaging", "2017-06-27", "", "")
        assert [rows_of(plan / "accounts.csv")[id]["customer_tier"] for id in ("acme", "blue")] == ["B", "C"]
        report = refresh_crm(export, AS_OF, plan, tmp_path / "new")
        renewed = load_plan(tmp_path / "new").plan
        assert [renewed.account[id].customer_tier for id in ("acme", "blue")] == ["C", "B"]
        assert {deal.id: deal.customer_tier for deal in renewed.opportunities}["D32"] == "B"
        said = "accounts put into the tier that the export has now (2): acme (B → C), blue (C → B)"
        assert said in report.warnings


def test_open_invoices_are_renewed_where_the_export_has_a_file_of_them(export: Path, tmp_path: Path) -> None:
    """One is paid since, one is new, one was put in by hand; the quarter is that of the older day."""
    sections = (
        "invoices:\n  file: i.csv\n  columns: {id: no, account: who, amount: money, issued: at, due: due, paid: paid}\n"
    )
    preset = Path(__file__).parents[2] / "scenarios" / "library" / "crm" / "maven.yaml"
    mapping = tmp_path / "m.yaml"
    mapping.write_text(preset.read_text(encoding="utf-8").replace("name: maven", "name: mine") + sections, "utf-8")
    (export / "i.csv").write_text(
        "no,who,money,at,due,paid\n"
        "1,Acme,100,2017-05-01,2017-07-20,2017-06-28\n"
        "2,Blue,200,2017-05-01,2017-07-21,\n"
        "3,Acme,300,2017-06-27,2017-08-21,\n",
        encoding="utf-8",
    )
    import_crm(export, BEFORE, tmp_path / "plan", mapping)
    settings = tmp_path / "plan" / "plan.yaml"
    settings.write_text(settings.read_text("utf-8").replace("start: 2017-06-26", "start: 2017-07-03"), "utf-8")
    append(tmp_path / "plan" / "receivables.csv", "mine", "50", "2017-07-30", "")
    assert set(rows_of(tmp_path / "plan" / "receivables.csv")) == {"1", "2", "mine"}
    report = refresh_crm(export, AS_OF, tmp_path / "plan", tmp_path / "new", mapping)
    assert {id: row["amount"] for id, row in rows_of(tmp_path / "new" / "receivables.csv").items()} == {
        "2": "200",
        "3": "300",
        "mine": "50",
    }
    assert "invoices taken out, as they are paid in the export or overdue for too long (1): 1" in report.warnings
    assert "invoices that the export does not know, kept (1): mine" in report.warnings
    assert ("receivables", 3) in report.used
