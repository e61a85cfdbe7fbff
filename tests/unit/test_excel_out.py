"""Unit: workbooks as they leave us: the same bytes, texts that never run, sums that Excel adds up to our figures."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import python_calamine as calamine

from reports.wording import CHINESE, ENGLISH, Wording
from reports.workbooks.run_workbook import allocation_workbook, run_workbook
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import PlanFileError, UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation
from studies.main_job import RunResult
from tests.cli import answers, decided, samples
from tests.workbooks import formula, write

NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "'=1", "{=1}")
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_plan("quarter").plan


def formulas(data: bytes) -> Iterator[tuple[str, str, str, float]]:
    """Sheet part, cell, formula and its saved result."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("xl/worksheets/sheet"):
                for cell in ElementTree.fromstring(archive.read(name)).iter(f"{NAMESPACE}c"):
                    if (found := cell.find(f"{NAMESPACE}f")) is not None:
                        value = cell.find(f"{NAMESPACE}v")
                        assert value is not None
                        yield name, cell.get("r", ""), str(found.text), float(value.text or "nan")


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_run_is_the_same_bytes_every_time(plan: Plan, words: Wording) -> None:
    first = run_workbook(samples.run(), plan, words)
    assert first == run_workbook(RunResult.model_validate_json(samples.run().model_dump_json()), plan, words)
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(first))
    assert {"quotas", "budget"} < set(book.sheet_names)
    assert len(book.sheet_names) >= 8


def test_figures_are_the_runs_own(plan: Plan) -> None:
    run = samples.run()
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(run_workbook(run, plan, ENGLISH)))
    text = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    sums = [row for row in text["Allocation"] if row[0] == "Total"]
    assert [row[2] for row in sums[:2]] == pytest.approx([run.allocate.total_quota] * 2, abs=0.005)
    quotas = text["quotas"]
    assert quotas[0][:5] == ["product", "region", "rep", "quota", "expected"]
    assert [row[3] for row in quotas[1:] if row[0]] == [cell.quota for cell in run.allocate.quotas]  # to the last bit
    assert quotas[1][6] == pytest.approx(run.allocate.total_quota)
    chance = next(kpi for kpi in run.simulate.kpis if kpi.id == "p_target")
    shown = next(row for row in text["Simulation"] if row[0] == "Chance of the target")
    assert shown[1:4] == [chance.mean, chance.ci_low, chance.ci_high]
    weeks = [
        row for row in text["Simulation"] if str(row[0]) in {week.name or week.id for week in run.simulate.by_week}
    ]
    assert weeks[-1][4] == pytest.approx(sum(week.mean for week in run.simulate.by_week))


def test_texts_from_files_are_texts_and_never_formulas(plan: Plan) -> None:
    """Names of products, regions and reps, sentences of rules, findings, sources: all that a file may hold."""
    run = samples.run()
    allocate = run.allocate
    reps = tuple(rep.model_copy(update={"name": NASTY[n % len(NASTY)]}) for n, rep in enumerate(allocate.reps))
    rules = tuple(rule.model_copy(update={"sentence": NASTY[n % len(NASTY)]}) for n, rule in enumerate(allocate.rules))
    allocate = allocate.model_copy(update={"reps": reps, "rules": rules, "findings": NASTY, "plan": NASTY[0]})
    products = tuple(p.model_copy(update={"name": NASTY[n]}) for n, p in enumerate(plan.products))
    sources = tuple(a.model_copy(update={"source": NASTY[n % 8]}) for n, a in enumerate(plan.assumptions))
    odd = plan.model_copy(update={"products": products, "assumptions": sources})
    data = run_workbook(run.model_copy(update={"allocate": allocate}), odd, ENGLISH)
    ours = re.compile(r"(SUM|SUMPRODUCT|IF|MAX)\(.*\)|[A-Z]+\d+-[A-Z]+\d+")
    found = [text for _, _, text, _ in formulas(data)]
    assert len(found) > 40
    assert [text for text in found if not ours.fullmatch(text)] == []
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    texts = {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert set(NASTY) - {"\t=1"} <= texts


def test_only_studies_with_tables_of_their_own_have_a_workbook(plan: Plan) -> None:
    with pytest.raises(UsageError, match=r"a workbook is made of run, allocate, .* this run is of money"):
        run_workbook(answers.money(), plan, ENGLISH)


ALLOCATION = Allocation(
    "by-hand",
    (
        QuotaCell("L1", "north", "R1", 0.1 + 0.2),
        QuotaCell("S1", "north", "R2", 123456.78901234567),
        QuotaCell("S1", "south", "R3", 5e5 / 3),
    ),
    (BudgetCell("north", "salon", 1e5 / 7),),
)


def test_an_allocation_goes_out_and_comes_back_to_the_last_bit(tmp_path: Path, small_plan: Plan) -> None:
    path = tmp_path / "by-hand.xlsx"
    path.write_bytes(allocation_workbook(ALLOCATION, CHINESE))
    assert read_allocation(path, small_plan) == ALLOCATION


def test_the_allocation_of_an_exported_run_comes_back_edited(tmp_path: Path, plan: Plan) -> None:
    run = samples.run()
    quotas = [cell for cell in run.allocate.quotas if cell.region in plan.rep[cell.rep].regions]
    allocate = run.allocate.model_copy(update={"quotas": tuple(quotas), "budget": ()})
    (tmp_path / "run.xlsx").write_bytes(run_workbook(run.model_copy(update={"allocate": allocate}), plan, ENGLISH))
    back = read_allocation(tmp_path / "run.xlsx", plan)
    assert {(c.product, c.region, c.rep): c.quota for c in back.quotas} == {
        (c.product, c.region, c.rep): c.quota for c in quotas
    }


@pytest.mark.parametrize(
    ("quotas", "said"),
    [
        ([["S1", "north", "R1", "many"]], "quotas!D2 allocation[1].amount: 'many' is not a number"),
        ([["S1", "north", "R9", 5]], "quotas!C2 allocation.rep: no rep R9 in the plan. Known: R1, R2, R3."),
        ([["S1", "south", "R1", 5]], "R1 does not cover south. Covered: north."),
        ([["S1", "north", "R1", formula("=A1")]], "quotas!D2 quotas: holds a formula without a result"),
        ([["S1", "north", "R1", 5], ["S1", "north", "R1", 6]], "quotas!A3 allocation: S1 / north / R1 is given twice"),
        ([["S1", "north", "R1", "15%"]], "quotas!D2 quotas.quota: '15%' is a percentage; here stands an amount"),
        ([["S1", "north", "R1", None]], "quotas!A2 allocation[1].amount: missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_allocation_names_its_cell(
    tmp_path: Path, small_plan: Plan, quotas: list[list[object]], said: str
) -> None:
    sheets = {"quotas": [["product", "region", "rep", "quota"], *quotas], "budget": [["region", "activity", "amount"]]}
    with pytest.raises(PlanFileError) as caught:
        read_allocation(write(tmp_path / "a.xlsx", sheets), small_plan)
    assert any(said in str(problem) for problem in caught.value.problems), [str(p) for p in caught.value.problems]


def test_pasted_amounts_are_understood(tmp_path: Path, small_plan: Plan) -> None:
    lines = [
        ["S1", "north", "R1", "1,200,000"],
        ["S1", "north", "R2", "３０万"],
        ["L1", "north", "R2", formula("=2*3", 6)],
    ]
    sheets = {"Quotas": [["product", "region", "rep", "quota"], *lines], "Anything": [["else"]]}
    read = read_allocation(write(tmp_path / "a.xlsx", sheets), small_plan)
    assert sorted(cell.quota for cell in read.quotas) == [6, 300_000, 1_200_000]
    with pytest.raises(
        PlanFileError, match=r"there is no sheet quotas. Give it the columns product, region, rep, quota."
    ):
        read_allocation(write(tmp_path / "b.xlsx", {"Anything": [["else"]]}), small_plan)


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_libreoffice_calculates_our_figures_to_the_cent(tmp_path: Path, plan: Plan, words: Wording) -> None:
    """The saved results are taken out of the file first, so that every formula has to be calculated."""
    further = [samples.comparison(), decided.value(), decided.select(), decided.backtest()]
    data = run_workbook(samples.run(), plan, words, further)
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)
            new.writestr(name, part)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]  # fmt: skip  # noqa: E501
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(bare)], check=True, capture_output=True, timeout=300
    )
    ours = {(part, cell): value for part, cell, _, value in formulas(data)}
    theirs = {(part, cell): value for part, cell, _, value in formulas((tmp_path / "out" / "bare.xlsx").read_bytes())}
    assert ours.keys() == theirs.keys()
    assert len(ours) > 40
    assert {key: (value, theirs[key]) for key, value in ours.items() if abs(value - theirs[key]) > 0.005} == {}
