"""Unit and known answer: a file of the stages that deals came to, beside a CRM export."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.calibration.figures import Figure
from scenarios.calibration.passing import Journeys, passing
from scenarios.crm import ImportReport, import_crm, refresh_crm
from scenarios.crm.ages import Ages
from scenarios.crm.estimates import estimate
from scenarios.crm.export import read_export
from scenarios.crm.history import History
from scenarios.crm.mapping import read_assumed, read_mapping
from scenarios.crm.stage_history import PassedStages
from scenarios.errors import PlanFileError
from scenarios.expectations import pass_probabilities
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.crm_exports import STAGES, START, Company, write_stages

COMPANY = Company(reps=4, leads_a_week=2.5, weeks=52)
AS_OF = START + dt.timedelta(weeks=COMPANY.weeks)
FAR = np.inf


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_stages(tmp_path / "export", COMPANY, seed=3)
    return tmp_path / "export"


def made(export: Path, as_of: dt.date = AS_OF, name: str = "plan") -> tuple[Plan, ImportReport]:
    report = import_crm(export, as_of, export.parent / name, export.parent / "export.yaml")
    return load_plan(report.out).plan, report


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def append(path: Path, *rows: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")


def own(report: ImportReport) -> dict[str, tuple[float, int]]:
    return {figure.path: (figure.value, figure.count) for figure in report.estimates}


class TestPassingByHand:
    """Deals begun on day 0 of three stages; watched from day 0 to day 100."""

    def journeys(self, *rows: tuple[list[float], float, bool]) -> Journeys:
        entered, ended, won = zip(*rows, strict=True)
        return Journeys.of(np.array(entered), np.zeros(len(rows)), np.array(ended), np.array(won))

    def test_where_a_deal_is_and_when_it_left(self) -> None:
        found = self.journeys(
            ([0, 5, 9], 12, True),  # stage after stage, won
            ([0, FAR, 9], 12, False),  # the second was skipped, and lost in the third
            ([0, 5, FAR], FAR, False),  # open in the second
            ([0, FAR, FAR], 7, True),  # won at once
            ([0, 5, 20], 12, False),  # put into the third after it was lost in the second
        )
        assert found.furthest.tolist() == [2, 2, 1, 2, 1]
        expected = [[5, 9, 12], [9, 9, 12], [5, FAR, FAR], [7, 7, 7], [5, 12, FAR]]
        assert found.left.tolist() == expected

    def test_a_deal_taken_back_is_still_where_it_came_to(self) -> None:
        found = self.journeys(([3, 5, 1], FAR, False))  # in the third on day 1, back in the first on day 3
        assert found.reached.tolist() == [[0, 1, 1]]
        assert found.furthest.tolist() == [2]

    def test_shares_and_parts_by_hand(self) -> None:
        """40 won after 10, 20 and 10 days; 10 lost in the first stage, 40 in the second; 5 open there."""
        rows: list[tuple[list[float], float, bool]] = [([0, 10, 30], 40, True)] * 40
        rows += [([0, FAR, FAR], 10, False)] * 10 + [([0, 10, FAR], 30, False)] * 40 + [([0, 10, FAR], FAR, False)] * 5
        found = passing(self.journeys(*rows), 0, 100)
        assert found is not None
        assert found.stages == (0, 1, 2)
        assert found.passed.tolist() == [85, 40, 40]
        assert found.left.tolist() == [95, 80, 40]
        assert found.rate.tolist() == pytest.approx([85.5 / 96, 40.5 / 81, 40.5 / 41])
        assert found.part.tolist() == [0.25, 0.5, 0.25]
        assert found.part_by.tolist() == [0.25, 0.75, 1]
        assert found.visits == pytest.approx(1 + 85.5 / 96 + 85.5 / 96 / 2)
        assert found.low[1] < 0.5 < found.high[1]

    def test_what_was_left_before_is_not_counted(self) -> None:
        """From day 20 on: nothing of the first stage, whose early losses are in no export."""
        rows: list[tuple[list[float], float, bool]] = [([0, 10, 30], 40, True)] * 40 + [([0, 10, FAR], 30, False)] * 40
        rows += [([0, 25, 30], 40, True)] * 30
        found = passing(self.journeys(*rows), 20, 100)
        assert found is not None
        assert found.left.tolist() == [30, 110, 70]

    def test_a_stage_that_few_left_is_part_of_the_one_before(self) -> None:
        rows: list[tuple[list[float], float, bool]] = [([0, FAR, 30], 40, True)] * 40 + [([0, FAR, FAR], 9, False)] * 20
        middle = [([0.0, 10.0, FAR], FAR, False)] * 9
        found = passing(self.journeys(*rows, *middle), 0, 100)
        assert found is not None
        assert found.stages == (0, 1, 2)  # whoever passes it left it: skipped is passed
        few = passing(self.journeys(*rows[:20], *rows[40:], *middle), 0, 100)
        assert few is None  # the last stage was left by 20 alone, and so there is one

    def test_too_few_won(self) -> None:
        rows: list[tuple[list[float], float, bool]] = [([0, 10, 30], 40, False)] * 80
        assert passing(self.journeys(*rows, *[([0, 10, 30], 40, True)] * 14), 0, 100) is None


def test_the_plan_has_the_stages_of_the_export(export: Path) -> None:
    plan, report = made(export)
    stages = plan.process.stages
    assert [stage.name for stage in stages] == list(STAGES)
    assert plan.process.qualified_stage == stages[0].id
    for stage, (passes, part) in zip(stages, STAGES.values(), strict=True):
        figure = next(entry for entry in report.estimates if entry.path == f"process.stages.{stage.id}.conversion")
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < stage.conversion < figure.high
        assert stage.conversion == pytest.approx(passes, abs=0.08)
        assert stage.cycle_share == pytest.approx(part, abs=0.03)
        assert figure.count > 100
        assert re.fullmatch(r"[\d,]+ of [\d,]+ deals that left the stage before 2024-01-01 passed it", figure.basis)
    assert sum(stage.cycle_share for stage in stages) == pytest.approx(1, abs=1e-12)
    # Passing all is the win rate, as of all deals closed; each stage has its part of it.
    assert all(0.35 < tier.win_rate < 0.5 for tier in plan.customer_tiers)
    assert pass_probabilities(plan.process, 0.432)[0] == pytest.approx(0.8, abs=0.06)
    assumptions = {entry.path: entry for entry in plan.assumptions}
    assert assumptions["process.stages.propose.conversion"].grade == "own"
    assert assumptions["process.stages.propose.conversion"].low is not None
    assert assumptions["process.stages.propose.touch_hours"].grade == "D"
    assert "process.stages.closing.touch_hours" not in assumptions
    assert not any(path.startswith("process.stages.closing") for path in own(report))


def test_what_a_stage_leaves_open_is_simulated_and_the_win_rate_has_but_the_rest(export: Path) -> None:
    """The variances of the logarithms of the stages' shares and of the rest add up to that of the tier's win rate."""
    plan, _ = made(export)
    found = estimate(read_export(export, read_mapping(export.parent / "export.yaml")), AS_OF, read_assumed()[0])
    entries = {entry.id: entry for entry in plan.uncertainty}
    assert found.stages is not None
    stages = 0.0
    for stage, figure in zip(plan.process.stages, found.stages.passed, strict=True):
        entry = entries[f"U-stage-{stage.id}"]
        assert (entry.parameter, entry.scope.picked) == ("stage_difficulty", {"stage": (stage.id,)})
        assert entry.distribution.sigma is not None
        # A share of n deals has the standard deviation sqrt(c (1 - c) / n), so its logarithm sqrt((1 - c) / (c n)).
        c = stage.conversion
        assert entry.distribution.sigma * -math.log(c) == pytest.approx(math.sqrt((1 - c) / c / figure.count), rel=0.03)
        stages += (entry.distribution.sigma * math.log(c)) ** 2
    win = found.calibration.win
    for tier in plan.customer_tiers:
        rest = entries[f"U-win-{tier.id}"].distribution
        assert rest.mean == pytest.approx(tier.win_rate)
        assert rest.sd is not None
        variance = (win.tier_sd[tier.id] / tier.win_rate) ** 2
        assert variance - (rest.sd / tier.win_rate) ** 2 == pytest.approx(stages, rel=0.03)
        assert 0.1 < stages / variance < 0.9


def test_stages_of_a_short_history_are_no_wider_than_the_win_rate_of_all_deals(export: Path) -> None:
    entries = export / "stages.csv"
    lines = entries.read_text(encoding="utf-8").splitlines()
    kept = [lines[0], *(line for line in lines[1:] if line.rpartition(",")[2] >= "2023-09-01")]
    entries.write_text("\n".join(kept) + "\n", encoding="utf-8")
    plan, _ = made(export)
    found = estimate(read_export(export, read_mapping(export.parent / "export.yaml")), AS_OF, read_assumed()[0])
    win = found.calibration.win
    assert found.stages is not None
    assert found.stages.win_spread > 1.2 * win.overall_sd / win.overall.value
    drawn = {entry.id: entry.distribution.sigma or 0.0 for entry in plan.uncertainty}
    spreads = [drawn[f"U-stage-{stage.id}"] * math.log(stage.conversion) for stage in plan.process.stages]
    assert math.hypot(*spreads) == pytest.approx(win.overall_sd / win.overall.value, rel=0.01)
    ended = [row for row in rows_of(export / "sales_pipeline.csv") if row["deal_stage"] in ("Won", "Lost")]
    before = [row["deal_stage"] for row in ended if row["engage_date"] < "2023-09-01"]
    assert found.stages.beside == (before.count("Won"), len(before))


def test_deals_that_the_stages_do_not_hold_come_to_those_that_they_are_worth() -> None:
    """0.5 × 0.8, known to a hundredth in the square of the logarithm, is 60 won of 150: 0.6 ÷ (0.4 × 150) = 0.01."""
    passed = tuple(Figure(share, 100, "") for share in (0.5, 0.8))
    spread = tuple(-math.sqrt(0.005) / math.log(share) for share in (0.5, 0.8))
    stages = PassedStages(("Meet", "Agree"), passed, spread, (), 1.5, {}, (), (0, 0))
    assert stages.win_rate == pytest.approx((0.4, 150))
    assert replace(stages, beside=(30, 100)).win_rate == pytest.approx((90 / 250, 250))


def test_deals_lost_early_do_not_lower_the_win_rate_of_a_first_year(tmp_path: Path) -> None:
    """Ten deals begin each week; five are lost in Meet after 7 days, of the others four are won after 70 and one lost.

    Of those closed in 52 weeks 51 × 5 were lost in Meet and 42 × 5 came to an end in Agree: 168 of 465 won, and yet of
    those that begin 4 of 10 are won. The week of the first closing is not counted.
    """
    mapping = write_stages(tmp_path / "export", COMPANY, 1, {"Meet": (0.5, 0.1), "Agree": (0.8, 0.9)})
    header, deals, entries = rows_of(tmp_path / "export" / "sales_pipeline.csv")[0], [], ["deal,stage,day"]
    for week, number in itertools.product(range(52), range(10)):
        days = [week * 7, week * 7 + 7, week * 7 + (7 if number < 5 else 70)]
        begun, meets, ended = (START + dt.timedelta(days=day) for day in days)
        stage = "Lost" if number < 6 else "Won"
        entries.append(f"D{week}-{number},Meet,{begun}")
        if number >= 5 and meets < AS_OF:
            entries.append(f"D{week}-{number},Agree,{meets}")
        if ended >= AS_OF:
            stage, ended = ("Agree" if number >= 5 and meets < AS_OF else "Meet"), ""
        value = 900 if stage == "Won" else ""
        deals.append(f"D{week}-{number},Rep 00,Anvil,Account 00,{stage},{begun},{ended},{value}")
    (tmp_path / "export" / "sales_pipeline.csv").write_text(
        "\n".join([",".join(header), *deals]) + "\n", encoding="utf-8"
    )
    (tmp_path / "export" / "stages.csv").write_text("\n".join(entries) + "\n", encoding="utf-8")
    found = estimate(read_export(tmp_path / "export", read_mapping(mapping)), AS_OF, read_assumed()[0])
    win = found.calibration.win
    assert found.stages is not None
    assert win.overall.basis == "share that passes every stage; 168 won of 465 deals closed before 2024-01-01"
    assert [figure.count for figure in found.stages.passed] == [500, 210]
    assert win.overall.value == pytest.approx(250.5 / 501 * 168.5 / 211)
    assert win.overall_sd / win.overall.value == pytest.approx(found.stages.win_spread)
    assert win.rates["rep"]["Rep 00"].value == pytest.approx(win.overall.value, rel=0.01)
    [account] = [figure for figure in win.by_tier.values() if figure.count]
    assert account.value == pytest.approx(win.overall.value, rel=0.01)


def test_the_cycle_is_that_of_deals_that_pass_all(export: Path) -> None:
    """Lost deals saw a part of theirs; their ages alone would make a median of half as long."""
    plan, _ = made(export)
    assert plan.products[0].median_cycle_days == pytest.approx(COMPANY.median_days, rel=0.15)


def test_open_deals_stand_where_they_were_on_the_day(export: Path) -> None:
    day = AS_OF - dt.timedelta(weeks=8)
    plan, _ = made(export, day)
    entered: dict[str, str] = {}
    for row in rows_of(export / "stages.csv"):
        if row["day"] < day.isoformat():
            entered[row["deal"]] = row["stage"].lower()
    assert {deal.stage for deal in plan.opportunities} == {"meet", "propose", "agree"}
    assert {deal.id: deal.stage for deal in plan.opportunities} == {d.id: entered[d.id] for d in plan.opportunities}


def test_hours_of_a_deal_are_those_of_a_closing(export: Path) -> None:
    """Over the stages that a deal comes to on average, the work adds up to that of one closing."""
    plan, _ = made(export)
    rates = [stage.conversion for stage in plan.process.stages]
    visits = 1 + rates[0] + rates[0] * rates[1]
    assert sum({stage.touch_hours for stage in plan.process.stages}) * visits == pytest.approx(3, rel=1e-3)


def test_an_entry_on_the_day_or_later_changes_nothing(export: Path) -> None:
    day = AS_OF - dt.timedelta(weeks=8)
    made(export, day, "before")
    entries = export / "stages.csv"
    later = [row for row in rows_of(entries) if row["day"] >= day.isoformat()]
    assert len(later) > 50
    lines = entries.read_text(encoding="utf-8").splitlines()
    kept = [lines[0], *(line for line in lines[1:] if line.rpartition(",")[2] < day.isoformat())]
    known = [row["deal"] for row in rows_of(entries) if row["day"] < day.isoformat()]
    planted = [f"{deal},Agree,{day + dt.timedelta(days=number % 40)}" for number, deal in enumerate(known[-60:])]
    entries.write_text("\n".join([*kept, *planted]) + "\n", encoding="utf-8")
    report = made(export, day, "after")[1]
    for name in ("plan.yaml", "opportunities.csv", "baseline_leads.csv", "reps.csv", "products.csv"):
        assert (export.parent / "before" / name).read_bytes() == (export.parent / "after" / name).read_bytes(), name
    said = [(item.what, item.reason, item.count) for item in report.unused]
    assert ("entries of stages", f"dated on {day} or later", 60) in said


def test_what_says_too_little_leaves_the_stages_out(export: Path) -> None:
    entries = export / "stages.csv"
    entries.write_text("\n".join(entries.read_text(encoding="utf-8").splitlines()[:40]) + "\n", encoding="utf-8")
    plan, report = made(export)
    assert [stage.id for stage in plan.process.stages] == ["engaging", "closing"]
    assert {deal.stage for deal in plan.opportunities} == {"engaging"}
    assert any(text.startswith("the stage history tells too little: two stages") for text in report.warnings)


def test_a_stage_that_nobody_comes_to_is_no_stage(export: Path) -> None:
    mapping = export.parent / "export.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("  Meet: open\n", "  Look: open\n  Meet: open\n  Talk: open\n"), encoding="utf-8")
    append(export / "stages.csv", "D000001,Look,2023-01-05", "D000002,Talk,2023-01-05")
    plan, report = made(export)
    assert [stage.name for stage in plan.process.stages] == list(STAGES)
    said = "too few deals came to these stages or left them, each counts as part of the one before: Look, Talk"
    assert said in report.warnings


def test_all_in_the_future(export: Path) -> None:
    entries = export / "stages.csv"
    entries.write_text(re.sub(r"202[34]-", "2030-", entries.read_text(encoding="utf-8")), encoding="utf-8")
    report = made(export)[1]
    assert f"no deal came to any stage before {AS_OF} in the stage history: deals count by their age" in report.warnings


def test_an_order_that_deals_contradict_is_said(export: Path) -> None:
    mapping = export.parent / "export.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(
        text.replace("  Meet: open\n  Propose: open\n", "  Propose: open\n  Meet: open\n"), encoding="utf-8"
    )
    report = made(export)[1]
    [said] = [text for text in report.warnings if "the other way" in text]
    assert re.match(r"[\d,]+ deals went from stage Meet to Propose and 0 the other way: list the open stages", said)


def test_a_column_for_each_stage_says_the_same(export: Path) -> None:
    """As HubSpot exports it, in the file of the deals."""
    made(export, name="long")
    deals = rows_of(export / "sales_pipeline.csv")
    days = {(row["deal"], row["stage"]): row["day"] for row in rows_of(export / "stages.csv")}
    with (export / "sales_pipeline.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*deals[0], *(f"Date entered {stage}" for stage in STAGES)])
        writer.writeheader()
        for row in deals:
            more = {f"Date entered {stage}": days.get((row["opportunity_id"], stage), "") for stage in STAGES}
            writer.writerow(row | more)
    mapping = export.parent / "export.yaml"
    head = mapping.read_text(encoding="utf-8").partition("\nstage_history:")[0] + "\n"
    columns = ", ".join(f"{stage}: Date entered {stage}" for stage in STAGES)
    head += "stage_history:\n  file: sales_pipeline.csv\n  columns:\n    deal: opportunity_id\n"
    mapping.write_text(f"{head}    entered_by_stage: {{{columns}}}\n", encoding="utf-8")
    made(export, name="wide")
    for name in ("plan.yaml", "opportunities.csv"):
        assert (export.parent / "wide" / name).read_bytes() == (export.parent / "long" / name).read_bytes()


def test_long_ids_of_salesforce_are_those_of_its_reports(export: Path) -> None:
    made(export, name="plain")
    for name in ("sales_pipeline.csv", "stages.csv"):
        text = (export / name).read_text(encoding="utf-8")
        long = r"\g<0>" + ("00000000" if name == "sales_pipeline.csv" else "00000000IAA")
        (export / name).write_text(re.sub(r"^D\d{6}", long, text, flags=re.M), encoding="utf-8")
    made(export, name="ids")
    settings = [(export.parent / name / "plan.yaml").read_bytes() for name in ("plain", "ids")]
    assert settings[0] == settings[1]


def test_a_newer_export_moves_deals_on_but_for_a_stage_given_by_hand(export: Path, tmp_path: Path) -> None:
    before, after = AS_OF - dt.timedelta(weeks=8), AS_OF - dt.timedelta(weeks=6)
    made(export, before)
    settings = tmp_path / "plan" / "plan.yaml"
    start = next(line for line in settings.read_text(encoding="utf-8").splitlines() if line.startswith("  start:"))
    moved = settings.read_text(encoding="utf-8").replace(start, f"  start: {AS_OF}")
    settings.write_text(moved, encoding="utf-8")
    newer = {row["deal"]: row["stage"] for row in rows_of(export / "stages.csv") if row["day"] < after.isoformat()}
    table = tmp_path / "plan" / "opportunities.csv"
    then = {row["id"]: row for row in rows_of(table)}
    is_open = {
        row["opportunity_id"]
        for row in rows_of(export / "sales_pipeline.csv")
        if not row["close_date"] or row["close_date"] >= after.isoformat()
    }
    went_on = sorted(id for id, row in then.items() if id in is_open and newer[id].lower() != row["stage"])
    assert len(went_on) > 3
    mine = went_on[0]
    text = table.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(mine))
    by_hand = "agree" if newer[mine].lower() != "agree" else "meet"
    stage = then[mine]["stage"]
    table.write_text(text.replace(line, line.replace(f",{stage},", f",{by_hand},", 1)), encoding="utf-8")
    report = refresh_crm(export, after, tmp_path / "plan", tmp_path / "new", tmp_path / "export.yaml")
    now = {row["id"]: row["stage"] for row in rows_of(tmp_path / "new" / "opportunities.csv")}
    assert now[mine] == by_hand
    assert {id: now[id] for id in went_on[1:]} == {id: newer[id].lower() for id in went_on[1:]}
    assert any(text.startswith("open deals in another stage, the plan's is kept (1)") for text in report.warnings)


class TestFilesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (",Meet,2023-02-01", r"stages\.csv:\d+ deal: is empty"),
            (
                "D000001,Gossip,2023-02-01",
                r"stages\.csv:\d+ stage: unknown stage 'Gossip'. The mapping knows: Meet, .+",
            ),
            ("D000001,Meet,", r"stages\.csv:\d+ day: the day on which deal 'D000001' came to the stage is missing"),
            ("D000001,Meet,2023-02-31", r"stages\.csv:\d+ day: '2023-02-31' is no date of the form YYYY-MM-DD"),
        ],
    )
    def test_a_wrong_cell_has_a_place(self, export: Path, row: str, said: str) -> None:
        append(export / "stages.csv", row)
        with pytest.raises(PlanFileError) as caught:
            made(export)
        [problem] = caught.value.problems
        assert re.fullmatch(said, str(problem).rstrip("."))

    def test_ids_of_something_else(self, export: Path) -> None:
        entries = export / "stages.csv"
        entries.write_text(re.sub(r"^D", "X", entries.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")
        with pytest.raises(PlanFileError, match=r"stages\.csv: none of its deals is in sales_pipeline\.csv: 'X000000'"):
            made(export)

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ("{deal: deal}", "give stage and entered"),
            ("{deal: deal, stage: stage}", "give stage and entered"),
            ("{deal: deal, stage: stage, entered: day, entered_by_stage: {Meet: day}}", "give stage and entered"),
            (
                "{deal: deal, entered_by_stage: {Gossip: day}}",
                r"export\.yaml:\d+ stage_history: entered_by_stage names what is no stage: Gossip",
            ),
        ],
    )
    def test_a_mapping_that_says_it_wrong(self, export: Path, columns: str, said: str) -> None:
        mapping = export.parent / "export.yaml"
        head = mapping.read_text(encoding="utf-8").partition("  columns: {deal: deal")[0]
        mapping.write_text(f"{head}  columns: {columns}\n", encoding="utf-8")
        with pytest.raises(PlanFileError, match=said):
            made(export)


def test_ages_of_parts_of_a_cycle_are_whole_days() -> None:
    """A curve through 15.0075 and 15.0093 days had two points on one day when it was written, and was no curve."""
    days = pd.to_datetime(["2023-01-02", "2023-01-03", "2023-01-09"])
    deals = pd.DataFrame({"id": ["a", "b", "c"], "rep": "Ann", "product": "All", "engaged": days})
    closed = pd.to_datetime(["2023-01-20", "2023-02-08", None])
    history = History(deals.assign(outcome=["won", "lost", "open"], closed=closed), ())
    passed = (Figure(0.5, 100, ""), Figure(0.8, 50, ""))
    stages = PassedStages(("Meet", "Agree"), passed, (), (), 1.5, {"a": 1, "b": 0, "c": 0}, (0.3333, 1.0), (0, 0))
    ages = Ages.of(history, pd.Timestamp("2023-02-20"), ["All"], ["Ann"], stages)
    assert ages.days.tolist() == [18, 108, 126]  # 18, 36 ÷ 0.3333 and 42 ÷ 0.3333
    assert ages.entry.tolist() == [18, 51, 33]


def test_open_deals_are_watched_to_the_end_of_the_stages_in_which_they_may_end() -> None:
    """Of ten in Meet half may be lost there and a fifth in Agree; of those in Agree two of five, of one that one."""
    ids = [*(f"m{number}" for number in range(10)), "a0", "won", "lost"]
    outcomes = ["open"] * 11 + ["won", "lost"]
    deals = pd.DataFrame({"id": ids, "outcome": outcomes, "engaged": pd.date_range("2023-01-02", periods=13)})
    passed = tuple(Figure(share, 100, "") for share in (0.5, 0.6, 0.9))
    at = dict.fromkeys(ids, 0) | {"a0": 1, "won": 2}
    stages = PassedStages(("Meet", "Agree", "Sign"), passed, (), (), 1.8, at, (0.2, 0.7, 1.0), (0, 0))
    # Multiples and a half of 0.618 less their whole: below 0.5 lost in Meet, below 0.5 + 0.5 × 0.4 = 0.7 in Agree.
    expected = [0.2, 1, 0.7, 0.2, 1, 0.2, 0.2, 0.7, 0.2, 1, 0.7, 1, 0.2]
    found = dict(zip(ids, stages.part_at_end(deals).tolist(), strict=True))
    mixed = deals.sample(frac=1, random_state=1)
    assert dict(zip(mixed["id"], stages.part_at_end(mixed).tolist(), strict=True)) == found
    assert found == dict(zip(ids, expected, strict=True))
