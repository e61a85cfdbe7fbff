"""Unit and known answer: a file of contracts beside a CRM export: how many renew, and what comes up."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest

from scenarios.calibration.rates import share_rates
from scenarios.crm import ImportReport, import_crm, refresh_crm
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.plan import Plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
MAVEN = Path(__file__).parents[2] / "scenarios" / "library" / "crm" / "maven.yaml"
AS_OF = dt.date(2017, 7, 1)
MAPPING = """
renewals:
  file: 合同.csv
  columns: {account: 客户, product: 产品, amount: 金额, due: 到期, renewed: 续约, decided: 确定}
  answers: {是: renewed, 否: lost}
"""
DECIDED = (
    "Acme,Anvil,700,2016-09-01,是,",
    "Acme,Anvil,700,2017-03-01,是,2017-02-01",
    "Acme,,300,2017-04-15,是,",  # in the last quarter: part of its sales
    "Blue,Bolt Kit,500,2017-05-01,否,2017-05-20",
    "blue,Anvil,200,2017-06-01,是,",  # in the last quarter
    "Blue,Anvil,200,2017-06-20,,",  # not decided
)
AHEAD = (
    "Acme,Anvil,800,2017-08-01,,",
    "Acme,Bolt Kit,100,2017-09-01,,",
    "Blue,Dynamo,400,2017-07-10,,",  # of a product that no deal has
    "Blue,Anvil,900,2017-10-15,,",  # after the quarter
    "Stranger,Anvil,999,2017-08-01,,",
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SMALL, tmp_path / "export"))
    text = MAVEN.read_text(encoding="utf-8").replace("name: maven", "name: mine") + MAPPING
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    return folder


def write(export: Path, *rows: str) -> None:
    (export / "合同.csv").write_text("\n".join(["客户,产品,金额,到期,续约,确定", *rows]) + "\n", encoding="utf-8")


def made(export: Path, *rows: str, name: str = "plan") -> tuple[Plan, ImportReport]:
    write(export, *rows)
    report = import_crm(export, AS_OF, export.parent / name, export.parent / "mine.yaml")
    return load_plan(report.out).plan, report


def contracts(plan: Plan) -> dict[str, tuple[str | None, float, dt.date | None]]:
    return {row.id: (row.product, row.renewal_amount, row.renewal_date) for row in plan.accounts}


def test_rates_by_tier_lean_on_all(export: Path) -> None:
    plan, report = made(export, *DECIDED, *AHEAD)
    tier = {row.id: row.customer_tier for row in plan.accounts}
    assert tier == {"acme": "B", "blue": "C"}
    fit = share_rates([0, 3, 1], [0, 3, 2])
    for number, name in enumerate("ABC"):
        figure = (
            next(f for f in report.estimates if f.path == f"customer_tiers.{name}.renewal_rate") if number else None
        )
        assert plan.customer_tier[name].renewal_rate == pytest.approx(fit.rate[number], rel=1e-5)
        if figure:
            assert (figure.low, figure.high) == (pytest.approx(fit.low[number]), pytest.approx(fit.high[number]))
            assert figure.count == (0, 3, 2)[number]
    figure = next(f for f in report.estimates if f.path == "customer_tiers.C.renewal_rate")
    assert figure.basis == "1 renewed of 2 contracts of C accounts decided before 2017-07-01, few leaning on all"
    unknown = {entry.id: entry for entry in plan.uncertainty}
    assert unknown["U-renewal-B"].parameter == "renewal_rate"
    assert unknown["U-renewal-B"].scope.customer_tier == ("B",)
    assert unknown["U-renewal-B"].distribution.sd == pytest.approx(fit.sd[1], abs=1e-3)
    assert {a.path: a.grade for a in plan.assumptions}["customer_tiers.B.renewal_rate"] == "own"


def test_what_comes_up_in_the_quarter_is_in_the_plan(export: Path) -> None:
    """Two contracts of a customer count together, on the day of the greater; a strange product is the most bought."""
    plan, report = made(export, *DECIDED, *AHEAD)
    assert contracts(plan) == {
        "acme": ("anvil", 900, dt.date(2017, 8, 1)),
        "blue": ("bolt-kit", 400, dt.date(2017, 7, 10)),
    }
    said = [(item.what, item.reason, item.count, item.names) for item in report.unused]
    assert ("contracts", "of accounts without a deal in use, so without a rep", 1, ("Stranger",)) in said
    assert ("contracts", "due before the date and not decided", 1, ()) in said
    text = "contracts of products that no deal has count as what their account bought most: Dynamo"
    assert text in report.warnings


def test_what_was_renewed_is_part_of_the_last_quarter(export: Path) -> None:
    """300 + 200, of Ann's and of Bob's customer, beside what deals brought."""
    plain, _ = made(export, *AHEAD, name="plain")
    plan, report = made(export, *DECIDED, *AHEAD)
    assert plan.target == pytest.approx(plain.target + 500 * 1.05)
    sales = [{row.id: row.last_quarter_sales or 0 for row in each.reps} for each in (plain, plan)]
    assert sales[1]["ann-ng"] - sales[0]["ann-ng"] == 300
    assert sales[1]["bob-oz"] - sales[0]["bob-oz"] == 200
    bases = [sum(region.base_amount for region in each.regions) for each in (plain, plan)]
    assert bases[1] - bases[0] == pytest.approx(500)
    assert any("deals and 2 renewed contracts, 2017-04-01 to 2017-06-30" in text for text in report.warnings)


def test_an_answer_on_the_day_or_later_changes_nothing(export: Path) -> None:
    made(export, *DECIDED, *AHEAD, name="before")
    later = [row + "2017-07-01" if row == DECIDED[-1] else row for row in DECIDED]
    answered = [row.replace(",,", ",否,", 1) for row in later[-1:]] + [row.replace(",,", ",是,", 1) for row in AHEAD]
    made(export, *later[:-1], *answered, name="after")
    before, after = (
        {path.name: path.read_bytes() for path in (export.parent / name).iterdir()} for name in ("before", "after")
    )
    assert before == after


def test_renewals_that_are_deals_too_come_once(export: Path) -> None:
    """D01 to D03 and D05 of 90, 110, 900 and 1000, as contracts."""
    rows = (
        "Acme,,90,2017-03-01,是,",
        "Acme,,110,2017-04-10,是,",
        "Acme,,900,2017-05-30,是,",
        "Blue,,1000,2017-05-01,是,",
    )
    plan, report = made(export, *rows, "Blue,,1,2017-05-01,否,", *AHEAD)
    assert {amount for _, amount, _ in contracts(plan).values()} == {0}
    assert any(text.startswith("4 of 4 renewed contracts are among the deals won") for text in report.warnings)
    plain, _ = made(export, *AHEAD, name="plain")
    assert plan.target == plain.target
    assert not any(entry.id.startswith("U-renewal") for entry in plan.uncertainty)


def test_too_few_decided(export: Path) -> None:
    plan, report = made(export, *DECIDED[:4], *AHEAD)
    assert {amount for _, amount, _ in contracts(plan).values()} == {0}
    assert not any(figure.path.endswith("renewal_rate") for figure in report.estimates)
    assert any(
        text.startswith("4 contracts were decided before 2017-07-01, and 5 are wanted") for text in report.warnings
    )


def test_a_newer_export_renews_contracts_but_for_those_edited_by_hand(export: Path, tmp_path: Path) -> None:
    made(export, *DECIDED, *AHEAD)
    table = tmp_path / "plan" / "accounts.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["id"] == "acme"
    rows[0]["renewal_amount"] = "850"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    write(export, *DECIDED, AHEAD[0].replace("800", "801"), AHEAD[2].replace("400", "450"))
    report = refresh_crm(export, AS_OF, tmp_path / "plan", tmp_path / "new", tmp_path / "mine.yaml")
    plan = load_plan(tmp_path / "new").plan
    assert contracts(plan) == {
        "acme": ("anvil", 850, dt.date(2017, 8, 1)),
        "blue": ("bolt-kit", 450, dt.date(2017, 7, 10)),
    }
    [said] = [
        text for text in report.warnings if text.startswith("accounts whose contract differs, the plan's is kept")
    ]
    assert "acme (850 2017-08-01 anvil in the plan, 801 2017-08-01 anvil in the export)" in said
    said = "accounts that get the contract that the export has now (1): blue (400 2017-07-10 bolt-kit → 450 2017-07-10"
    assert any(text.startswith(said) for text in report.warnings)
    write(export, *DECIDED)
    refresh_crm(export, AS_OF, tmp_path / "new", tmp_path / "third", tmp_path / "mine.yaml")
    assert contracts(load_plan(tmp_path / "third").plan)["blue"] == (None, 0, None)


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("Acme,,700,,,", "合同.csv:8 到期: the day on which the contract of 'Acme' ends is missing"),
            (",,700,2017-08-01,,", "合同.csv:8 客户: is empty"),
            ("Acme,,much,2017-08-01,,", "合同.csv:8 金额: 'much' is no amount of money"),
            (
                "Acme,,700,2017-01-01,maybe,",
                "合同.csv:8 续约: 'maybe' does not say whether it was renewed. "
                "The mapping knows under `answers`: 是, 否.",
            ),
        ],
    )
    def test_a_wrong_cell_has_a_place(self, export: Path, row: str, said: str) -> None:
        with pytest.raises(PlanFileError) as caught:
            made(export, *DECIDED, row)
        assert [str(problem) for problem in caught.value.problems] == [said]

    def test_answers_that_all_mean_the_same(self, export: Path) -> None:
        mapping = export.parent / "mine.yaml"
        mapping.write_text(mapping.read_text(encoding="utf-8").replace("否: lost", "否: renewed"), encoding="utf-8")
        with pytest.raises(PlanFileError, match=r"mine\.yaml:\d+ renewals\.answers: no answer means lost"):
            made(export, *DECIDED)
