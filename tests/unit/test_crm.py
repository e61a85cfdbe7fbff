"""Unit and known answer: a plan from a CRM export.

The tiny export in tests/data/crm_small, as of 2017-07-01, is worked out by hand. Closed before the date: D01–D06, of
which D01, D02, D03 and D05 were won. Open on it: D07, D08 (closed on the date itself), D11, D14. D09 is engaged on the
date, D10 undated, D12 of no known product, D13 of no known rep. Last quarter: 2017-04-01 to 2017-06-30.
"""

import csv
import datetime as dt
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.calibration.seasons import Season
from scenarios.calibration.spreads import leaning_spread
from scenarios.crm import ImportReport, import_crm
from scenarios.crm.entities import tiers_by_other_deals
from scenarios.crm.history import History, Windows
from scenarios.crm.win_rates import win_rates
from scenarios.crm.writing import slugs
from scenarios.errors import PlanFileError, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan

SMALL = Path(__file__).parents[1] / "data" / "crm_small"
AS_OF = dt.date(2017, 7, 1)
MAVEN = Path(__file__).parents[3] / "shared" / "data" / "crm"
needs_maven = pytest.mark.skipif(not MAVEN.is_dir(), reason="the Maven CRM set is not at ../shared/data/crm")

Rows = list[dict[str, str]]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the tiny export, to change."""
    return Path(shutil.copytree(SMALL, tmp_path / "export"))


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def change(export: Path, deal: str, **cells: str) -> None:
    rows = rows_of(export / "sales_pipeline.csv")
    for row in rows:
        if row["opportunity_id"] == deal:
            row.update(cells)
    write_rows(export / "sales_pipeline.csv", rows)


def append(path: Path, *cells: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + ",".join(cells) + "\n", encoding="utf-8")


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def imported(export: Path, out: Path, as_of: dt.date = AS_OF) -> tuple[Plan, ImportReport]:
    report = import_crm(export, as_of, out)
    return load_plan(out).plan, report


def problems_of(export: Path, out: Path, as_of: dt.date = AS_OF) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        import_crm(export, as_of, out)
    assert not out.exists()
    assert {path.name for path in out.parent.iterdir()} <= {"export"}
    return [str(problem) for problem in caught.value.problems]


class TestTheTinyExportByHand:
    @pytest.fixture
    def plan(self, tmp_path: Path) -> Plan:
        return imported(SMALL, tmp_path / "plan")[0]

    def test_the_target_is_the_last_quarter_and_5_percent(self, plan: Plan) -> None:
        assert plan.target == 2110.5  # (110 + 900 + 1000) × 1.05
        assert plan.currency == "USD"

    def test_the_quarter_starts_on_the_monday_after_the_date(self, plan: Plan) -> None:
        assert plan.calendar.start == dt.date(2017, 7, 3)
        assert plan.calendar.weeks == 13

    def test_win_rates(self, plan: Plan) -> None:
        assert [stage.conversion for stage in plan.process.stages] == [1, 0.666667]  # 4 of 6, decided at the closing
        # Acme bought for 1,100, Blue for 1,000: of two accounts 15% is none, 50% is one.
        rate = {tier.id: tier.win_rate for tier in plan.customer_tiers}
        assert rate["A"] == pytest.approx(0.666667, abs=1e-6)  # no A account: the rate of all
        # By what they bought in other deals Acme is B but for D02 (110) and D03 (900), without which Blue bought more,
        # and Blue is C: of B D01 won and D04 lost, of C three won and D06 lost, leaning on the rate of all.
        assert 0.5 < rate["B"] < 0.6667 < rate["C"] < 0.75

    def test_products(self, plan: Plan) -> None:
        anvil, bolt = plan.product["anvil"], plan.product["bolt-kit"]
        # Discounts 0.9, 1.1, 0.9, 1.0: mean 0.975, and four deals do not tell the products apart.
        assert (anvil.mean_deal, anvil.list_price) == (97.5, 100)
        assert (bolt.mean_deal, bolt.list_price) == (975, 1000)
        # Six deals ended after 4 to 40 days and four are open: the open ones count, so the median is above 15.
        assert anvil.median_cycle_days == bolt.median_cycle_days > 15
        assert (anvil.tier, bolt.tier) == ("long_tail", "star")  # 110 and 1,900 of 2,010
        assert {product.margin for product in plan.products} == {0.5}

    def test_spreads(self, plan: Plan) -> None:
        assert 0.3 < plan.process.cycle_sigma < 1.5
        # ln(90/100), ln(110/100), ln(900/950), ln(1000/950): mean -0.00321, squares about it 0.02570, ÷ 3. Beside four
        # deals the usual 0.5 is worth 4 × 26/30 of them: root of (3.467 × 0.25 + 4 × 0.008567) ÷ 7.467.
        assert plan.process.value_sigma == 0.3474

    def test_regions_carry_the_last_quarter(self, plan: Plan) -> None:
        assert {region.id: region.base_amount for region in plan.regions} == {"north": 1010, "south": 1000}
        assert [(m.id, m.growth) for m in plan.maturities] == [("mature", 0.05)]
        assert sum(plan.planned_amount(region) for region in plan.regions) == pytest.approx(plan.target, rel=1e-12)

    def test_reps(self, plan: Plan) -> None:
        ann, bob = plan.rep["ann-ng"], plan.rep["bob-oz"]
        assert set(plan.rep) == {"ann-ng", "bob-oz"}
        assert (ann.name, bob.name) == ("Ann Ng", "Bob Öz")
        assert (ann.tier, bob.tier) == ("top", "new")  # 30% of 2 is 0.6, one; 70% is 1.4, one
        assert (ann.regions, bob.regions) == (("north",), ("south",))
        assert (ann.last_quarter_sales, bob.last_quarter_sales) == (1010, 1000)
        # 4 and 2 closings in the 16 weeks since the first one × 3 h: 0.75 and 0.375, leaning on 0.5625. Whether hours
        # bind cannot be told, so w = 2% of 13 weeks' closings may wait: u² ÷ (1 - u) = w, at 2 ÷ 16 a week u = 0.165,
        # at 3 ÷ 16 u = 0.198: Bob's u serves both. If they bind, up to 1.3 times as many could have been closed.
        assert 0.375 / 0.198 < bob.hours_per_week < 1.3 * 0.5625 / 0.165
        assert 0.5625 / 0.198 < ann.hours_per_week < 1.3 * 0.75 / 0.165
        assert bob.hours_per_week < ann.hours_per_week

    def test_accounts(self, plan: Plan) -> None:
        acme, blue = plan.account["acme"], plan.account["blue"]
        assert set(plan.account) == {"acme", "blue"}
        assert (acme.customer_tier, acme.rep, acme.region, acme.industry) == ("B", "ann-ng", "north", "technolgy")
        assert (blue.customer_tier, blue.rep, blue.region, blue.industry) == ("C", "bob-oz", "south", "medical")
        assert {account.renewal_amount for account in plan.accounts} == {0}

    def test_open_deals_are_worth_list_price_times_usual_discount(self, plan: Plan) -> None:
        open_deals = {
            deal.id: (deal.product, deal.rep, deal.customer_tier, deal.account, deal.value)
            for deal in plan.opportunities
        }
        assert open_deals == {
            "D07": ("bolt-kit", "bob-oz", "C", None, 975),
            "D08": ("anvil", "ann-ng", "C", "blue", 97.5),
            "D11": ("bolt-kit", "ann-ng", "B", "acme", 975),
            "D14": ("anvil", "ann-ng", "C", None, 97.5),
        }
        assert {deal.id: deal.created for deal in plan.opportunities}["D08"] == dt.date(2017, 6, 30)

    def test_leads_are_the_engagements_since_closings_are_seen(self, plan: Plan) -> None:
        leads = {(lead.product, lead.rep): lead.accepted_per_quarter for lead in plan.baseline_leads}
        assert set(leads) == {(p, r) for p in ("anvil", "bolt-kit") for r in ("ann-ng", "bob-oz")}
        assert all(lead.region == plan.rep[lead.rep or ""].regions[0] for lead in plan.baseline_leads)
        # 9 from 2017-03-11 to 07-01, which is 16 weeks: D02–D08, D11, D14
        assert sum(leads.values()) == pytest.approx(9 / 16 * 13, rel=1e-4)
        assert leads["anvil", "ann-ng"] > leads["bolt-kit", "ann-ng"]  # D02, D04, D08, D14 against D03, D11
        assert plan.process.lead_tier_mix == {"A": 0, "B": 0.4444, "C": 0.5556}  # D02, D03, D04, D11 of Acme

    def test_rules_are_the_last_quarters_shares(self, plan: Plan) -> None:
        rules = {rule.id: rule for rule in plan.rules}
        assert {rule.id: rule.firmness for rule in plan.rules} == {
            "total": "hard",
            "T1": "soft",
            "T3": "soft",
            "T5": "soft",
        }
        assert (rules["total"].ratio, rules["total"].sense, rules["total"].right) == (1.0, "=", "target")
        assert rules["T1"].ratio.values == {"long_tail": 110, "star": 1900}
        assert rules["T5"].ratio.values == {"ann-ng": 1010, "bob-oz": 1000}
        assert rules["T1"].ratio.normalised
        assert rules["T5"].ratio.normalised

    def test_risks_have_their_plans(self, plan: Plan) -> None:
        assert [risk.id for risk in plan.risks] == ["K1", "K5", "K7"]
        assert {p.id: p.trigger.strike for p in plan.contingency_plans} == {
            "K1-pack": "K1",
            "K5-handover": "K5",
            "K7-winback": "K7",
        }
        assert all(risk.grade for risk in plan.risks)

    def test_win_rates_are_as_unsure_as_their_deals_are_few(self, plan: Plan) -> None:
        spreads = {u.id: u.distribution for u in plan.uncertainty if u.grade == "own"}
        assert set(spreads) == {
            "U-binding",
            *(f"U-win-{tier}" for tier in "ABC"),
            *("U-hours-ann-ng", "U-hours-bob-oz", "U-mix-ann-ng", "U-mix-bob-oz", "U-leads", "U-cycle", "U-value"),
        } | {name for name in spreads if name.startswith("U-win-")}
        sd = {tier: spreads[f"U-win-{tier}"].sd or 0 for tier in "ABC"}
        assert sd["A"] > sd["B"] > sd["C"] > 0.1  # no deal, two deals, four deals

    def test_every_estimate_says_on_how_many_deals_it_rests(self, plan: Plan) -> None:
        own = {a.path: a.count for a in plan.assumptions if a.grade == "own"}
        assert own["process.stages.closing.conversion"] == 6
        assert own["customer_tiers.B.win_rate"] == 2
        assert own["products.bolt-kit.mean_deal"] == 2
        assert own["reps.ann-ng.hours_per_week"] == 4
        graded = {a.path: a.grade for a in plan.assumptions}
        assert graded["products.anvil.margin"] == "D"
        assert graded["customer_tiers.A.win_rate"] == "D"  # no A account: the rate of all
        assert graded["money.lateness.late_share"] == "B"

    def test_figures_stand_beside_where_they_come_from(self, tmp_path: Path) -> None:
        import_crm(SMALL, AS_OF, tmp_path / "plan")
        text = (tmp_path / "plan" / "plan.yaml").read_text(encoding="utf-8")
        assert "conversion: 0.666667  # 4 won of 6 deals closed before 2017-07-01" in text
        assert "# Bolt Kit: list price × 0.9750, 2 deals won before 2017-07-01, few leaning on all products" in text


class TestTheReport:
    @pytest.fixture
    def report(self, tmp_path: Path) -> ImportReport:
        return import_crm(SMALL, AS_OF, tmp_path / "plan")

    def test_says_what_was_read_and_used(self, report: ImportReport) -> None:
        assert {read.holds: (read.file, read.rows) for read in report.read} == {
            "deals": ("sales_pipeline.csv", 14),
            "products": ("products.csv", 3),
            "reps": ("sales_teams.csv", 3),
            "accounts": ("accounts.csv", 3),
        }
        assert dict(report.used)["opportunities"] == 4

    def test_says_what_was_not_used_and_why(self, report: ImportReport) -> None:
        unused = {(item.what, item.reason): (item.count, item.names) for item in report.unused}
        assert unused == {
            ("deals", "product not in products.csv"): (1, ("Dynamo",)),
            ("deals", "rep not in sales_teams.csv"): (1, ("Eve Who",)),
            ("accounts of deals", "account not in accounts.csv"): (1, ("Nobody Ltd",)),
            ("deals in stage Prospecting", "no date of engagement, so neither pipeline nor history"): (1, ()),
            ("deals", "engaged on 2017-07-01 or later"): (1, ()),
            ("reps", "no deal won in the last quarter and none open: no quota"): (1, ("Cid Lo",)),
            ("accounts", "no deal engaged before the date"): (1, ("Cobalt",)),
            ("products", "no deal engaged before 2017-07-01"): (1, ("Crate",)),
        }

    def test_says_which_names_were_taken_for_the_same(self, report: ImportReport) -> None:
        assert "product 'BoltKit' was taken for 'Bolt Kit' (1 deals)" in report.warnings
        assert "product 'bolt kit' was taken for 'Bolt Kit' (1 deals)" in report.warnings

    def test_says_that_open_deals_have_no_account(self, report: ImportReport) -> None:
        assert "2 of 4 open deals have no account and count as tier C" in report.warnings

    def test_says_that_a_history_is_short(self, tmp_path: Path) -> None:
        report = import_crm(
            SMALL, dt.date(2017, 5, 15), tmp_path / "early"
        )  # quarter from 15 February, 13 weeks from 13
        assert [text for text in report.warnings if "too low" in text] == [
            "closings start on 2017-03-11, later than 2017-02-15 from which the last quarter is counted: "
            "the target is too low",
        ]

    def test_gives_every_assumed_figure_with_its_grade(self, report: ImportReport, tmp_path: Path) -> None:
        assumed = {figure.path: (figure.value, figure.grade) for figure in report.assumed}
        assert assumed["handover.days"] == (20, "D")
        assert assumed["process.stages.closing.touch_hours"] == (3, "D")
        assert assumed["risks.K5.chance_per_quarter"] == (0.064, "B")
        plan = load_plan(tmp_path / "plan").plan
        paths = {figure.path for figure in report.assumed} | {
            figure.path for figure in report.estimates if not figure.path.startswith("opportunities.value")
        }
        shapes = {"process.cycles", "measures.own-season.effects", "measures.own-win-rates.effects"}
        assert paths == {assumption.path for assumption in plan.assumptions} - shapes


class TestNothingOfTheFutureReachesThePlan:
    def test_later_values_and_outcomes(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        change(export, "D08", deal_stage="Lost", close_date="2017-09-30", close_value="0")
        change(export, "D11", deal_stage="Won", close_date="2017-07-01", close_value="888888")
        change(export, "D07", deal_stage="Won", close_date="2017-08-01", close_value="777777")
        change(export, "D14", deal_stage="Lost", close_date="2017-07-02", close_value="0")
        change(export, "D09", deal_stage="Engaging", close_date="", close_value="")
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") == written(tmp_path / "after")

    def test_later_deals_reps_products_and_accounts(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        append(export / "products.csv", "Anvil!", "A", "5")  # would share Anvil's id
        append(export / "sales_teams.csv", "Ann  Ng Jr", "Mia", "East")
        append(export / "accounts.csv", "Acme 2", "x", "", "", "", "", "")
        for number in range(20):
            deal = f"A{number:02}", "Ann Ng Jr", "Anvil!", "Acme 2", "Won", "2017-07-01", "2017-07-09", "123456"
            append(export / "sales_pipeline.csv", *deal)
        append(export / "sales_pipeline.csv", "A99", "Cid Lo", "Crate", "Cobalt", "Prospecting", "", "", "")
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") == written(tmp_path / "after")

    def test_the_order_of_rows(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        for path in export.iterdir():
            write_rows(path, rows_of(path)[::-1])
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") == written(tmp_path / "after")

    def test_what_happened_the_day_before_does_count(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        change(export, "D08", close_date="2017-06-30")
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") != written(tmp_path / "after")

    def test_the_account_of_an_open_deal_can_be_left_out(self, export: Path, tmp_path: Path) -> None:
        mapping = tmp_path / "mine.yaml"
        preset = Path(sys.modules["scenarios.crm.mapping"].__file__ or "").parents[1] / "library" / "crm" / "maven.yaml"
        text = preset.read_text(encoding="utf-8").replace("open_deal_accounts: use", "open_deal_accounts: ignore")
        mapping.write_text(text, encoding="utf-8")
        import_crm(export, AS_OF, tmp_path / "before", mapping)
        change(export, "D08", account="")
        change(export, "D07", account="Acme")
        import_crm(export, AS_OF, tmp_path / "after", mapping)
        assert written(tmp_path / "before") == written(tmp_path / "after")
        plan = load_plan(tmp_path / "after").plan
        assert {(deal.account, deal.customer_tier) for deal in plan.opportunities} == {(None, "C")}
        # of D02, D03, D04 (Acme, B), D05 and D06 (Blue, C), which are closed
        assert plan.process.lead_tier_mix == {"A": 0, "B": 0.6, "C": 0.4}
        assert len({tier.win_rate for tier in plan.customer_tiers}) == 1  # no open deal has a tier to tell


class TestBadExports:
    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        return tmp_path / "plan"

    def test_all_problems_come_at_once(self, export: Path, out: Path) -> None:
        (export / "accounts.csv").unlink()
        teams = export / "sales_teams.csv"
        teams.write_text(
            teams.read_text(encoding="utf-8").replace("regional_office", "region_office"), encoding="utf-8"
        )
        append(export / "products.csv", "anvil", "A", "cheap")
        change(export, "D02", engage_date="01.04.2017")
        change(export, "D03", deal_stage="Closed Won")
        change(export, "D05", close_value="-1", opportunity_id="D04")
        assert problems_of(export, out) == [
            "sales_pipeline.csv:3 engage_date: '01.04.2017' is no date of the form YYYY-MM-DD",
            "sales_pipeline.csv:4 deal_stage: unknown stage 'Closed Won'. "
            "The mapping knows: Prospecting, Engaging, Won, Lost. "
            "Copy the preset, add yours, and name the copy with --mapping.",
            "sales_pipeline.csv:6 opportunity_id: 'D04' is there twice",
            "sales_pipeline.csv:6 close_value: '-1' is no amount of money",
            "products.csv:5 product: 'anvil' is there twice",
            "products.csv:5 sales_price: 'cheap' is no amount of money",
            "sales_teams.csv:1 regional_office: there is no such column. Did you mean region_office? "
            "Columns are named in the mapping.",
            "accounts.csv: there is no such file in the export. "
            "The mapping maven names it; --mapping takes another one.",
        ]

    def test_equal_mistakes_are_one_problem(self, export: Path, out: Path) -> None:
        deals = export / "sales_pipeline.csv"
        deals.write_text(deals.read_text(encoding="utf-8").replace(",Engaging,", ",Working,"), encoding="utf-8")
        (problem,) = problems_of(export, out)
        assert problem.startswith("sales_pipeline.csv:8 deal_stage: unknown stage 'Working' (2 rows)")

    def test_of_many_different_mistakes_the_first_are_named(self, export: Path, out: Path) -> None:
        for number in range(9):
            append(
                export / "sales_pipeline.csv", f"X{number}", "Ann Ng", "Anvil", "", f"S{number}", "2017-01-02", "", ""
            )
        found = problems_of(export, out)
        assert len(found) == 6
        assert found[-1] == "sales_pipeline.csv:21 deal_stage: and 4 more values of this kind in 4 rows"

    def test_a_closed_deal_without_a_day_may_have_been_open(self, export: Path, out: Path) -> None:
        change(export, "D08", close_date="")
        assert problems_of(export, out) == [
            "sales_pipeline.csv:9 close_date: a deal in stage 'Won' has no date of closing"
        ]

    def test_nothing_closed_before_the_date(self, export: Path, out: Path) -> None:
        (problem,) = problems_of(export, out, dt.date(2017, 3, 11))
        assert problem.startswith("sales_pipeline.csv: no deal was closed before 2017-03-11")

    def test_nothing_won_in_the_last_quarter(self, export: Path, out: Path) -> None:
        (problem,) = problems_of(export, out, dt.date(2018, 7, 1))
        assert "no deal was won in the last quarter, 2018-04-01 to 2018-06-30" in problem

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "products.csv: the file is empty"),
            ("product,sales_price\n", "products.csv: the table has no rows"),
            ("product,sales_price\nAnvil,100,1\n", "products.csv:2: the row has 3 cells, the header 2"),
            ("product,sales_price,product\nAnvil,1,2\n", "products.csv:1 product: the column occurs more than once"),
            ("product,sales_price\n,1\n", "products.csv:2 product: is empty"),
            ("product,sales_price\nAnvil,nan\n", "products.csv:2 sales_price: 'nan' is no amount of money"),
        ],
    )
    def test_bad_tables(self, export: Path, out: Path, content: str, message: str) -> None:
        (export / "products.csv").write_text(content, encoding="utf-8")
        assert problems_of(export, out) == [message]

    def test_neither_utf_8_nor_gb18030(self, export: Path, out: Path) -> None:
        (export / "products.csv").write_bytes(b"product,sales_price\n\xff\xff,1\n")
        (problem,) = problems_of(export, out)
        assert problem.startswith("products.csv: is neither UTF-8 nor GB18030")

    def test_too_large(self, export: Path, out: Path) -> None:
        with (export / "products.csv").open("r+b") as file:
            file.truncate(200_000_001)  # sparse: takes no room
        assert problems_of(export, out) == ["products.csv: the file is larger than 200 MB"]

    def test_no_such_folder(self, tmp_path: Path, out: Path) -> None:
        (problem,) = problems_of(tmp_path / "nowhere", out)
        assert problem.startswith("nowhere: there is no such folder")


class TestFewDeals:
    def test_a_spread_of_a_few_deals_leans_on_the_usual_one(self) -> None:
        assert leaning_spread(0.0, 2, 0.6) == pytest.approx(math.sqrt(4 * 28 / 30 * 0.36 / (4 * 28 / 30 + 2)))
        assert leaning_spread(0.2, 30, 0.6) == leaning_spread(0.2, 3000, 0.6) == pytest.approx(0.2)
        assert leaning_spread(0.6, 7, 0.6) == pytest.approx(0.6)

    def test_that_there_are_few_is_said(self, export: Path, tmp_path: Path) -> None:
        plan, report = imported(export, tmp_path / "plan")
        [said] = [text for text in report.warnings if text.startswith("only 6 deals were closed before 2017-07-01")]
        assert re.search(r"the win rate may be anything from \d\d% to \d\d%, and all else is as unsure$", said)
        unknown = {entry.id: entry.distribution for entry in plan.uncertainty}
        assert (unknown["U-cycle"].sigma or 0) >= plan.process.cycle_sigma / math.sqrt(6) * 0.99

    def test_where_nothing_is_closed_yet_the_first_closing_is_named(self, export: Path, tmp_path: Path) -> None:
        [problem] = problems_of(export, tmp_path / "plan", dt.date(2016, 1, 1))
        first = min(row["close_date"] for row in rows_of(export / "sales_pipeline.csv") if row["close_date"])
        assert f"The first closing of the export is on {first}: choose an --as-of after it." in problem
        rows = rows_of(export / "sales_pipeline.csv")
        still = {"deal_stage": "Engaging", "close_date": "", "close_value": ""}
        write_rows(export / "sales_pipeline.csv", [row | still for row in rows])
        [problem] = problems_of(export, tmp_path / "plan")
        assert "No deal of the export is won or lost: export those too, and see what `stages`" in problem


class TestTiersByOtherDeals:
    def test_a_deal_that_lifted_its_customer_counts_where_the_customer_was_without_it(self) -> None:
        """Of four customers the best is A, the next B: a (50 + 60), b (80), c (10), d (nothing)."""
        rows = [("a", 50.0), ("a", 60.0), ("a", None), ("b", 80.0), ("b", None), ("c", 10.0), ("d", None), ("", 5.0)]
        deals = pd.DataFrame(rows, columns=["account", "value"]).astype({"value": float})
        deals = deals.assign(outcome=["won" if value is not None else "lost" for _, value in rows])
        found = tiers_by_other_deals(History(deals, ()), {"A": 0.25, "B": 0.25})
        # a without 50 has 60, without 60 it has 50: b is ahead both times. b without 80 and c without 10 have nothing.
        assert found.tolist() == ["B", "B", "A", "C", "B", "C", "C", ""]

    def test_customers_who_are_alike_have_tiers_that_win_alike(self) -> None:
        """Each wins half of twenty deals; by all they bought A would win two of three."""
        rng = np.random.default_rng(1)
        account, is_won = np.repeat(np.arange(200), 20).astype(str), rng.uniform(size=4000) < 0.5
        deals = pd.DataFrame({"account": account, "value": np.where(is_won, rng.lognormal(0, 0.5, 4000), np.nan)})
        deals = deals.assign(outcome=np.where(is_won, "won", "lost"))
        shares = {"A": 0.15, "B": 0.35}
        tier = tiers_by_other_deals(History(deals, ()), shares)
        for name in ("A", "B", "C"):
            of_tier = is_won[tier == name]
            assert len(of_tier) > 400
            assert abs(of_tier.mean() - 0.5) < 4 * 0.5 / len(of_tier) ** 0.5


class TestWhatIsOddIsCounted:
    def test_closings_before_the_engagement_and_wins_without_a_value(self, export: Path, tmp_path: Path) -> None:
        change(export, "D02", close_date="2017-03-31")
        change(export, "D01", close_value="")
        plan, report = imported(export, tmp_path / "plan")
        assert {item.reason: item.names for item in report.unused if item.what == "deals" and item.names} == {
            "product not in products.csv": ("Dynamo",),
            "rep not in sales_teams.csv": ("Eve Who",),
            "closed before they were engaged": ("D02",),
            "won without a value": ("D01",),
        }
        assert plan.process.stages[1].conversion == 0.5  # D03, D05 of D03–D06

    def test_a_later_win_without_a_value_is_open_like_any_other(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        change(export, "D08", close_value="")
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") == written(tmp_path / "after")

    def test_the_expected_closing_of_an_open_deal_is_not_read(self, export: Path, tmp_path: Path) -> None:
        import_crm(export, AS_OF, tmp_path / "before")
        change(export, "D07", close_date="2017-06-25", close_value="4000")
        import_crm(export, AS_OF, tmp_path / "after")
        assert written(tmp_path / "before") == written(tmp_path / "after")

    def test_a_product_that_was_never_won_takes_the_others_figures(self, export: Path, tmp_path: Path) -> None:
        append(export / "sales_pipeline.csv", "X1", "Ann Ng", "Crate", "", "Engaging", "2017-06-01", "", "")
        plan, report = imported(export, tmp_path / "plan")
        # usual discounts of the four wins: 0.9, 1.1, 0.9, 1.0, mean 0.975; the cycle of all products
        assert plan.product["crate"].mean_deal == 9.75
        assert plan.product["crate"].median_cycle_days == plan.product["anvil"].median_cycle_days
        assert plan.product["crate"].tier == "long_tail"
        grades = {assumption.path: assumption.grade for assumption in plan.assumptions}
        assert grades["products.crate.mean_deal"] == "D"
        assert "products.crate.mean_deal" in {figure.path for figure in report.assumed}

    def test_where_nothing_was_lost_the_win_rate_is_not_1(self, export: Path, tmp_path: Path) -> None:
        change(export, "D04", deal_stage="Won", close_value="100")
        change(export, "D06", deal_stage="Won", close_value="100")
        plan, _ = imported(export, tmp_path / "plan")
        assert plan.process.stages[1].conversion == 0.928571  # 6.5 ÷ 7
        assert all(0.9 < tier.win_rate < 1 for tier in plan.customer_tiers)

    def test_a_rep_who_closed_nothing_leans_on_the_team(self, export: Path, tmp_path: Path) -> None:
        append(export / "sales_pipeline.csv", "X1", "Cid Lo", "Anvil", "", "Engaging", "2017-06-01", "", "")
        plan, _ = imported(export, tmp_path / "plan")
        assert 0 < plan.rep["cid-lo"].hours_per_week < plan.rep["bob-oz"].hours_per_week
        assert plan.rep["cid-lo"].last_quarter_sales == 0
        assert plan.rep["cid-lo"].tier == "new"

    def test_where_closings_ask_for_too_many_hours_a_touch_is_shorter(self, export: Path, tmp_path: Path) -> None:
        for number in range(636):  # with D01–D04 640 in 16 weeks: 40 a week × 3 h = 120 h, twice what is possible
            deal = f"X{number:03}", "Ann Ng", "Anvil", "Acme", "Lost", "2017-05-01", "2017-05-09", "0"
            append(export / "sales_pipeline.csv", *deal)
        plan, report = imported(export, tmp_path / "plan")
        assert plan.rep["ann-ng"].hours_per_week == 60
        # Bob closes least, and so little of his hours, a quarter or less, is in use that nobody waits: so for both.
        assert 0.2 < plan.process.stages[1].touch_hours < 0.45
        assert any("h instead of 3 h" in text for text in report.warnings)

    def test_amounts_beyond_what_a_rule_holds_are_written_in_larger_units(self, export: Path, tmp_path: Path) -> None:
        change(export, "D03", close_value="900000000")
        plan, _ = imported(export, tmp_path / "plan")
        values = next(rule for rule in plan.rules if rule.id == "T1").ratio.values
        assert values == {"long_tail": 0.00011, "star": 900.001}

    def test_stars_are_what_made_half_and_potential_what_outgrew_the_company(self) -> None:
        from scenarios.crm.entities import product_tiers

        now = {"a": 40.0, "b": 30.0, "c": 20.0, "d": 10.0, "e": 0.0}
        before = {"a": 60.0, "b": 30.0, "c": 10.0, "d": 20.0, "e": 0.0}  # the company: 100 after 120
        assert product_tiers(now, before, 0.5) == {
            "a": "star",
            "b": "star",  # 40 is less than half
            "c": "potential",  # doubled
            "d": "long_tail",  # halved
            "e": "long_tail",
        }
        assert product_tiers(now, dict.fromkeys(now, 0.0), 0.5)["c"] == "long_tail"  # no quarter before: no growth


class TestWhatThePlannerAsksFor:
    def test_a_target(self, tmp_path: Path) -> None:
        import_crm(SMALL, AS_OF, tmp_path / "plan", target=4020)
        plan = load_plan(tmp_path / "plan").plan
        assert plan.target == 4020
        assert plan.maturities[0].growth == 1  # twice the last quarter's 2,010
        assert sum(plan.planned_amount(region) for region in plan.regions) == pytest.approx(4020)

    def test_growth_and_weeks(self, tmp_path: Path) -> None:
        report = import_crm(SMALL, AS_OF, tmp_path / "plan", growth=0, weeks=26)
        plan = load_plan(tmp_path / "plan").plan
        assert plan.target == 2010
        assert plan.calendar.weeks == 26
        leads = sum(lead.accepted_per_quarter for lead in plan.baseline_leads)
        assert leads == pytest.approx(9 / 16 * 26, rel=1e-4)
        assert any("give --target" in text for text in report.warnings)

    @pytest.mark.parametrize(
        "wrong",
        [{"target": 0}, {"target": float("nan")}, {"target": 1e9}, {"growth": -1}, {"growth": 11}, {"weeks": 0}],
    )
    def test_what_makes_no_sense_is_refused(self, tmp_path: Path, wrong: dict[str, float]) -> None:
        with pytest.raises(UsageError):
            import_crm(SMALL, AS_OF, tmp_path / "plan", **wrong)  # type: ignore[arg-type]
        assert list(tmp_path.iterdir()) == []

    def test_an_existing_folder_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "plan").mkdir()
        with pytest.raises(UsageError, match="exists already"):
            import_crm(SMALL, AS_OF, tmp_path / "plan")
        assert list((tmp_path / "plan").iterdir()) == []

    def test_folders_above_are_made(self, tmp_path: Path) -> None:
        import_crm(SMALL, AS_OF, tmp_path / "plans" / "2017" / "q3")
        assert [path.name for path in (tmp_path / "plans" / "2017").iterdir()] == ["q3"]

    def test_nothing_is_left_half_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_path: Path, *_: object, **__: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(UsageError, match="No space left on device"):
            import_crm(SMALL, AS_OF, tmp_path / "plan")
        assert list(tmp_path.iterdir()) == []


MINE = """\
name: mine
currency: CNY
date_format: "%d.%m.%Y"
deals:
  file: 商机.csv
  columns: {id: 编号, rep: 销售, product: 产品, account: 客户, stage: 阶段, engaged: 开始, closed: 结束, value: 金额}
products:
  file: 产品.csv
  columns: {name: 产品, list_price: 价格}
reps:
  file: 团队.csv
  columns: {name: 销售, region: 大区}
accounts:
  file: 客户.csv
  columns: {name: 客户}
stages: {赢单: won, 输单: lost, 跟进中: open}
maturities: {西南: growth}
"""


class TestMappings:
    def test_an_export_in_chinese(self, tmp_path: Path) -> None:
        folder = tmp_path / "导出"
        folder.mkdir()
        deals = [
            "编号,销售,产品,客户,阶段,开始,结束,金额",
            "甲-1,李伟,监测系统,永信,赢单,01.04.2017,11.04.2017,900",
            "甲-2,李伟,监测系统,永信,输单,01.04.2017,11.04.2017,",
            "甲-3,张敏,监测系统,,跟进中,01.06.2017,,",
        ]
        (folder / "商机.csv").write_text("\n".join(deals), encoding="gb18030")
        (folder / "产品.csv").write_text("产品,价格\n监测系统,1000\n", encoding="utf-8-sig")
        (folder / "团队.csv").write_text("销售,大区\n李伟,华东\n张敏,西南\n", encoding="gb18030")
        (folder / "客户.csv").write_text("客户\n永信\n", encoding="gb18030")
        (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
        import_crm(folder, AS_OF, tmp_path / "plan", tmp_path / "mine.yaml")
        plan = load_plan(tmp_path / "plan").plan
        assert plan.currency == "CNY"
        assert [product.name for product in plan.products] == ["监测系统"]
        assert {rep.name for rep in plan.reps} == {"李伟", "张敏"}
        assert {region.name: region.maturity for region in plan.regions} == {"华东": "mature", "西南": "growth"}
        assert [deal.value for deal in plan.opportunities] == [900]
        assert all(rep.id.isascii() for rep in plan.reps)

    def test_no_such_preset(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"there is no mapping 'mavn'\. Did you mean maven\?"):
            import_crm(SMALL, AS_OF, tmp_path / "plan", "mavn")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("currency: CNY", "curency: CNY", "mine.yaml:2 curency: unknown key. Did you mean currency?"),
            ("list_price: 价格", "price: 价格", "mine.yaml:9 products.columns.list_price: missing"),
            ("跟进中: open", "跟进中: pending", "mine.yaml:16 stages.跟进中: 'pending' is none of open, won, lost"),
            ("赢单: won, ", "", "mine.yaml:16 stages: no stage means won"),
            ("name: mine", "name: [", "mine.yaml:3: is no YAML: expected ',' or ']', but got ':'"),
        ],
    )
    def test_mistakes_in_a_mapping(self, tmp_path: Path, old: str, new: str, message: str) -> None:
        (tmp_path / "mine.yaml").write_text(MINE.replace(old, new), encoding="utf-8")
        with pytest.raises(PlanFileError) as caught:
            import_crm(SMALL, AS_OF, tmp_path / "plan", tmp_path / "mine.yaml")
        texts = [str(problem) for problem in caught.value.problems]
        assert message in texts

    def test_a_mapping_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(PlanFileError, match=r"other\.yaml: the file is missing"):
            import_crm(SMALL, AS_OF, tmp_path / "plan", tmp_path / "other.yaml")


class TestIds:
    def test_ids_are_ascii_slugs(self) -> None:
        assert slugs(["Moses Frase", "Mei-Mei Johns", "Łukasz Öz"]) == {
            "Moses Frase": "moses-frase",
            "Mei-Mei Johns": "mei-mei-johns",
            "Łukasz Öz": "ukasz-oz",
        }

    def test_equal_slugs_are_told_apart_whatever_the_order(self) -> None:
        names = ["GTX+", "GTX", "GTX 2", "GTX!"]
        assert slugs(names) == slugs(names[::-1]) == {"GTX": "gtx", "GTX 2": "gtx-2", "GTX!": "gtx-3", "GTX+": "gtx-4"}

    def test_a_name_without_ascii_letters_has_an_id_of_its_own(self) -> None:
        first, both = slugs(["李伟"]), slugs(["张敏", "李伟"])
        assert first["李伟"] == both["李伟"] != both["张敏"]

    def test_long_names_leave_room_for_pairs(self) -> None:
        assert len(slugs(["x" * 500])["x" * 500]) <= 36


def test_pandas_is_loaded_by_the_import_alone() -> None:
    program = "import sys, scenarios.loading, scenarios.plan; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, ImportReport]:
    return imported(MAVEN, tmp_path_factory.mktemp("maven") / "plan", dt.date(2017, 10, 1))


@needs_maven
class TestTheMavenSet:
    AS_OF = dt.date(2017, 10, 1)

    def test_open_on_the_date(self, made: tuple[Plan, ImportReport]) -> None:
        plan, report = made
        assert len(plan.opportunities) == 2409
        assert "1,008 of 2,409 open deals have no account and count as tier C" in report.warnings
        assert sum(deal.account is None and deal.customer_tier == "C" for deal in plan.opportunities) == 1008

    def test_what_was_closed_before(self, made: tuple[Plan, ImportReport]) -> None:
        figures = {figure.path: figure for figure in made[1].estimates}
        rate = figures["process.stages.closing.conversion"]
        # 3,042 ÷ 4,726 is 0.644; with the months of the quarter in equal parts, of which the history holds March thrice
        assert (rate.count, rate.value) == (4726, 0.618138)
        assert rate.low == pytest.approx(0.6066, abs=1e-3)
        assert rate.high == pytest.approx(0.6295, abs=1e-3)
        assert figures["products.gtx-pro.mean_deal"].count == 529

    def test_the_target_is_the_third_quarter_and_5_percent(self, made: tuple[Plan, ImportReport]) -> None:
        assert made[0].target == 3131367.75  # 2,982,255 × 1.05
        assert sum(region.base_amount for region in made[0].regions) == 2982255
        assert sum(rep.last_quarter_sales or 0 for rep in made[0].reps) == 2982255

    def test_traps(self, made: tuple[Plan, ImportReport]) -> None:
        plan, report = made
        unused = {(item.what, item.reason): item for item in report.unused}
        assert (
            unused["deals in stage Prospecting", "no date of engagement, so neither pipeline nor history"].count == 500
        )
        assert unused["reps", "no deal won in the last quarter and none open: no quota"].names == (
            "Carl Lin",
            "Carol Thompson",
            "Elizabeth Anderson",
            "Mei-Mei Johns",
            "Natalya Ivanova",
        )
        assert "product 'GTXPro' was taken for 'GTX Pro' (1,480 deals)" in report.warnings
        assert len(plan.reps) == 30
        assert len(plan.accounts) == 85
        assert "technolgy" in {account.industry for account in plan.accounts}

    def test_hours_allow_the_closings_that_were_seen(self, made: tuple[Plan, ImportReport]) -> None:
        plan = made[0]
        closings = sum(rep.hours_per_week for rep in plan.reps) / plan.process.stages[1].touch_hours
        assert 155 < closings < 160  # 4,060 closed in the 26 weeks before: 156 a week

    def test_hours_bind_and_old_deals_are_dead(self, made: tuple[Plan, ImportReport]) -> None:
        """The open pipeline grew sevenfold and closings a week did not follow it."""
        plan, report = made
        assert any("535 of 2,409 open deals are older than any that was ever closed" in w for w in report.warnings)
        assert set(plan.process.cycles) == {product.id for product in plan.products}

    def test_the_third_month_of_a_quarter_wins_more(self, made: tuple[Plan, ImportReport]) -> None:
        (season,) = (measure for measure in made[0].measures if measure.id == "own-season")
        win = [(e.from_week, e.to_week, e.factor) for e in season.effects if e.parameter == "win_rate"]
        assert [weeks[:2] for weeks in win] == [(1, 4), (5, 9), (10, 13)]
        assert [round(weeks[2], 2) for weeks in win] == [0.79, 0.9, 1.31]  # 49, 56 and 81% of deals closed

    def test_changed_futures_make_the_same_plan(self, made: tuple[Plan, ImportReport], tmp_path: Path) -> None:
        export = Path(shutil.copytree(MAVEN, tmp_path / "export", copy_function=shutil.copyfile))
        rows, outcomes = rows_of(export / "sales_pipeline.csv"), ("Won", "Lost", "Engaging")
        changed = 0
        for number, row in enumerate(rows):
            later = row["engage_date"] and not (row["close_date"] and row["close_date"] < "2017-10-01")
            if later:
                row["deal_stage"] = outcomes[number % 3]
                row["close_date"] = "" if number % 3 == 2 else f"2017-1{number % 2}-{1 + number % 28:02}"
                row["close_date"] = max(row["close_date"], row["engage_date"]) if row["close_date"] else ""
                row["close_value"] = "" if number % 3 == 2 else str(number * 7)
                changed += 1
        assert changed == 2409 + 1165
        write_rows(export / "sales_pipeline.csv", rows)
        import_crm(export, self.AS_OF, tmp_path / "after")
        assert written(tmp_path / "after") == written(made[1].out)


def test_the_mix_of_a_reps_leads_is_uncertain(tmp_path: Path) -> None:
    """Anvils at 97.5 and Bolt Kits at 975: a handful of leads leaves open what one is worth on average."""
    plan, _ = imported(SMALL, tmp_path / "plan")
    entries = {entry.id: entry for entry in plan.uncertainty}
    mix = entries["U-mix-ann-ng"]
    assert (mix.parameter, mix.scope.rep, mix.scope.source) == ("deal_value", ("ann-ng",), ("baseline",))
    leads = {lead.product: lead.accepted_per_quarter for lead in plan.baseline_leads if lead.rep == "ann-ng"}
    share = leads["anvil"] / sum(leads.values())
    mean = share * 97.5 + (1 - share) * 975
    spread = math.sqrt(share * (97.5 / mean - 1) ** 2 + (1 - share) * (975 / mean - 1) ** 2)
    # By Dirichlet's variance: her six deals, and what they lean on.
    assert mix.distribution.sigma is not None
    assert spread / math.sqrt(1e3) < mix.distribution.sigma <= spread / math.sqrt(6)
    assert mix.source.startswith("sampling error of the products of")


def test_a_win_rate_that_every_tier_takes_is_a_share_with_both_ends() -> None:
    """A first month that lost half and hardly counts, and two that won all: moved up, the interval passed 100%."""
    rows = [(month, "lost" if month == 1 and n % 2 else "won") for month in (1, 2, 3) for n in range(30)]
    months, outcomes = zip(*rows, strict=True)
    closed = pd.to_datetime([f"2024-{month:02}-15" for month in months])
    deals = pd.DataFrame({"closed": closed, "outcome": outcomes, "region": "East", "product": "Anvil", "rep": "Ann"})
    days = (dt.date(2024, 4, 1), dt.date(2024, 1, 1), dt.date(2023, 10, 1), dt.date(2024, 1, 1))
    season = Season((0.03, 1.48, 1.49), (30, 30, 30), 0.01)
    found = win_rates(History(deals, ()), Windows(*days), season, None, ["A"], None)
    assert found.season.is_there
    tier = found.by_tier["A"]
    assert (tier.value, tier.low, tier.high) == (found.overall.value, found.overall.low, 1.0)
    assert found.overall.value == pytest.approx(1 - 0.5 * 0.03 / 3)
