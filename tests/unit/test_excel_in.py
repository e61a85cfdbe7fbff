"""Unit: a workbook is the same plan as the folder, and what is wrong in it is said with sheet and cell."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.allocating import allocate
from reports.wording import CHINESE, ENGLISH
from reports.workbooks.plan_language import plan_in_language
from reports.workbooks.plan_workbook import meaning_of, plan_workbook
from scenarios.checks import findings
from scenarios.columns import Column, letters
from scenarios.errors import PlanFileError
from scenarios.loading import change_plan, load_plan
from scenarios.plan import Plan
from scenarios.sheets import SHEETS
from tests.random_plans import random_plan
from tests.workbooks import Sheets, formula, plan_sheets, set_cell, write


def problems(path: Path, scenarios: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        load_plan(path, scenarios)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(name="sheets")
def _sheets(small_plan: Plan) -> Sheets:
    return plan_sheets(small_plan)


def test_the_built_in_plan_as_a_template_reads_back_as_the_same_plan(tmp_path: Path) -> None:
    plan = load_plan("quarter").plan
    data = plan_workbook(plan, ENGLISH)
    assert data == plan_workbook(plan, ENGLISH)  # the same bytes
    (tmp_path / "plan.xlsx").write_bytes(data)
    loaded = load_plan(tmp_path / "plan.xlsx")
    assert loaded.plan == plan
    assert list(loaded.files) == ["plan.xlsx"]
    for scenario in plan.scenarios:
        assert load_plan(tmp_path / "plan.xlsx", [scenario.id]).plan == load_plan("quarter", [scenario.id]).plan


def test_in_chinese_the_template_says_in_chinese_what_it_is_and_is_the_same_plan(tmp_path: Path) -> None:
    """Ids and figures are the same; every column and setting has a name, every name and rule is in Chinese alone."""
    plan = load_plan("quarter").plan
    chinese = plan_in_language(plan, CHINESE)
    assert plan_in_language(plan, ENGLISH) is plan
    (tmp_path / "plan.xlsx").write_bytes(plan_workbook(chinese, CHINESE))
    loaded = load_plan(tmp_path / "plan.xlsx").plan
    assert loaded == chinese
    texts = [entry.name for entry in (*plan.products, *plan.regions, *plan.reps, *plan.risks, *plan.accounts)]
    theirs = [
        entry.name for entry in (*loaded.products, *loaded.regions, *loaded.reps, *loaded.risks, *loaded.accounts)
    ]
    assert all(text.endswith(name) and text != name for text, name in zip(texts, theirs, strict=True))
    said = [*(rule.sentence for rule in loaded.rules), *(one.name for one in loaded.uncertainty)]
    assert all(re.search(r"[\u4e00-\u9fff]", text) and not re.search(r"[a-z]{2,} [a-z]{2,}", text) for text in said)
    figures = allocate(plan, detail="none"), allocate(loaded, detail="none")
    assert figures[0].allocation.quotas == figures[1].allocation.quotas
    assert not [f for f in findings(loaded) if f.id.startswith("other_sentence")]


def test_every_column_and_setting_has_a_chinese_name_and_meaning() -> None:
    for sheet in SHEETS.values():
        for name in (*sheet.columns, *sheet.settings):
            assert f"field.{name}" in CHINESE.sentences, f"{sheet.name}: {name}"
        columns = [
            column for column in (*sheet.columns.values(), *sheet.settings.values()) if isinstance(column, Column)
        ]
        for column in columns:
            text = meaning_of(column)
            assert not text or text in CHINESE.messages, f"{sheet.name}: {column.name}: {text}"


@pytest.mark.parametrize("seed", range(6))
def test_random_plans_read_back_as_the_same_plan(tmp_path: Path, seed: int) -> None:
    plan = random_plan(seed)
    (tmp_path / "plan.xlsx").write_bytes(plan_workbook(plan, ENGLISH))
    assert load_plan(tmp_path / "plan.xlsx").plan == change_plan(plan, [])  # its entries in order of their ids


def test_every_field_of_a_plan_has_its_cell(small_plan: Plan, tmp_path: Path) -> None:
    """What none of the other plans uses: texts that look like something else, curves, free scenario values."""
    tree = small_plan.model_dump(mode="json", exclude_none=True)
    tree["name"] = '=cmd("x") "quoted"; +1'
    tree["description"] = "two\nlines, 007"
    tree["process"]["cycles"] = {"S1": {"days": [10, 20.5], "ended": [0.1, 0.30000000000000004]}}
    tree["calendar"]["phases"] = [
        {"id": "a", "name": "A", "from_week": 1, "to_week": 2, "acceptance": ['one; "two"', "three"]}
    ]
    tree["scenarios"] = [
        {"id": "odd", "name": "Odd", "set": {"name": "5", "target": 1e6, "calendar.holidays": ["2026-02-16"],
         "customer_tiers.A.win_rate": "-10%", "rules.T5.enabled": False, "base_period": "a: b"}},
    ]  # fmt: skip
    tree["policies"] = [{"id": "P", "name": "P", "reallocation": {}}]
    plan = Plan.model_validate(tree)
    (tmp_path / "plan.xlsx").write_bytes(plan_workbook(plan, ENGLISH))
    assert load_plan(tmp_path / "plan.xlsx").plan == plan


def test_lines_and_sheets_in_another_order_are_the_same_plan(tmp_path: Path, sheets: Sheets, small_plan: Plan) -> None:
    draw = random.Random(1)
    for name, (_, *lines) in sheets.items():
        if name not in ("stages", "phases", "payment_terms", "effects", "responses"):
            draw.shuffle(lines)
            sheets[name][1:] = lines
    names = list(sheets)
    draw.shuffle(names)
    mixed = {"# notes": [["anything", formula("=1/0", "#DIV/0!")]], **{name: sheets[name] for name in names}}
    sheets["reps"][0].append("# mine")
    sheets["reps"][1].append("my own note")
    assert load_plan(write(tmp_path / "p.xlsx", mixed)).plan == small_plan


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "said"),
    [
        ("reps", "R1", "hours_per_week", "many", "'many' is not a number"),
        ("reps", "R1", "hours_per_week", -4, "must be at least 0, is -4"),
        ("reps", "R1", "regions", "nroth", "there is no region nroth. Did you mean north?"),
        ("regions", "north", "base_amount", "15%", "'15%' is a percentage; here stands an amount"),
        ("accounts", "C1", "renewal_date", "10/2/2026", "day and month cannot be told apart"),
        ("accounts", "C1", "renewal_date", 46063, "46063 is no date. As a date of Excel it is 2026-02-10"),
        ("accounts", "C1", "region", dt.date(2026, 3, 1), "holds the date 2026-03-01 where a text is wanted"),
        ("accounts", "C1", "renewal_amount", formula("=A1*2"), "holds a formula without a result"),
        ("accounts", "C1", "renewal_amount", formula("=1/0", "#DIV/0!"), "holds the error #DIV/0!"),
        ("rules", "T5", "sense", "==", "'==' is none of >=, <=, ="),
        ("rules", "T5", "left.where", "rep_teir=top", "unknown key. Did you mean rep_tier?"),
        ("rules", "T5", "ratio", 1.5, "ratio stands at rules!F"),
        ("plan", "target", "value", None, "plan.target: is empty; a number is wanted"),
        ("plan", "target", "setting", "tragte", "unknown setting tragte. Did you mean target?"),
        ("plan", "calendar.weeks", "value", 12.5, "'12.5' is not a whole number"),
        ("plan", "calendar.start", "value", dt.date(2026, 1, 6), "a quarter starts on a Monday"),
        ("effects", "risks", "id", "K9", "there is no K9 in risks"),
        ("effects", "risks", "section", "risk", "there is no section risk. Did you mean risks?"),
        ("scenario_changes", "soft_market", "value", "[1", "is no YAML"),
        ("scenario_changes", "soft_market", "value", 0.1, "holds the number 0.1, which Excel also makes of +10%"),
        ("customer_tiers", "A", "win_rate", "+10%", "'+10%' can be 10% or a change by it"),
        ("scenarios", "soft_market", "id", "soft market", "'soft market' is not an id"),
    ],
)  # fmt: skip
def test_a_problem_names_sheet_and_cell(
    tmp_path: Path, sheets: Sheets, sheet: str, row: str, column: str, value: Any, said: str
) -> None:
    place = set_cell(sheets, sheet, row, column, value)
    found = problems(write(tmp_path / "p.xlsx", sheets))
    told = [problem for problem in found if said.removeprefix("plan.") in problem]
    assert told, found
    assert place.partition("!")[0] + "!" in told[0] or "Monday" in said
    if (
        "stands at" not in said
        and column not in ("setting", "section")
        and sheet not in ("effects",)
        and "Monday" not in said
    ):
        assert told[0].startswith(place), (place, told)


def test_all_problems_at_once_in_the_order_of_the_sheets(tmp_path: Path, sheets: Sheets) -> None:
    set_cell(sheets, "reps", "R3", "hours_per_week", "viele")
    set_cell(sheets, "plan", "target", "value", "1,0")
    set_cell(sheets, "receivables", "I1", "due_date", "5/1/2026")
    set_cell(sheets, "products", "S1", "margin", 7)
    found = problems(write(tmp_path / "p.xlsx", sheets))
    assert [problem.partition(" ")[0].partition("!")[0] for problem in found] == [
        "plan",
        "products",
        "reps",
        "receivables",
    ]


def test_what_cannot_be_read_in_a_column_of_ones_own_is_not_read(
    tmp_path: Path, sheets: Sheets, small_plan: Plan
) -> None:
    """The workbook of a run has sums in such a column, left without a result by who does not calculate."""
    lines = sheets["reps"]
    lines[0].append("# sum")
    for line in lines[1:]:
        line.append(formula("=SUM(E2:E9)"))
    assert load_plan(write(tmp_path / "p.xlsx", sheets)).plan == small_plan
    lines[1][4] = formula("=A1*2")
    assert problems(write(tmp_path / "q.xlsx", sheets))[0].startswith("reps!E2 reps: holds a formula without a result")
    lines[1][4] = 24
    more = [["R1", *lines[1][1:-1], formula("=1")] for _ in range(30)]
    sheets["reps"] = [*lines, *more]
    assert any("more cells that cannot be read" in text for text in problems(write(tmp_path / "r.xlsx", sheets)))


def test_a_cell_that_was_left_empty_is_named_itself(tmp_path: Path, sheets: Sheets) -> None:
    set_cell(sheets, "reps", "R2", "regions", None)
    column = sheets["reps"][0].index("regions")
    (row,) = (number for number, cells in enumerate(sheets["reps"], start=1) if cells[0] == "R2")
    assert problems(write(tmp_path / "p.xlsx", sheets)) == [f"reps!{letters(column)}{row} reps.R2.regions: missing"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["reps"][0].__setitem__(4, "hours"), "reps!E1 reps.hours: unknown column hours"),
        (lambda s: s["reps"][0].__setitem__(4, "hours"), "reps!A1 reps.hours_per_week: missing column hours_per_week"),
        (lambda s: s["reps"][0].__setitem__(1, "id"), "reps!B1 reps.id: column given twice"),
        (lambda s: s["reps"][1].append("note"), "stands in a column without a heading"),
        (lambda s: s["product_tiers"][0].__setitem__(1, "nmae"), "product_tiers.name: missing column name"),
        (lambda s: s["plan"][0].__setitem__(1, "vlaue"), "plan!A1 plan.value: missing column value"),
        (lambda s: s.pop("reps"), "p.xlsx reps: missing"),
        (lambda s: s.update(reps=[]), "reps reps: has no header"),
        (lambda s: s.update(Rep=[["x"]]), "Rep: is no sheet of a plan. Did you mean reps?"),
        (lambda s: s.update(Notes=[["x"]]), "Notes: is no sheet of a plan. Name it # Notes if it is a note."),
        (lambda s: s["reps"].append([None] * 500 + ["far"]), "reaches to SG"),
        (lambda s: s["plan"].append(["target", 5]), "target stands at plan!B"),
        (lambda s: s["plan"].append(["stages", 5]), "unknown setting stages. It has a sheet: stages."),
        (lambda s: s["product_tiers"].append(["star", "again"]), "product_tiers.star: id given twice"),
        (lambda s: s["product_tiers"].append([None, "nameless"]), "A4 product_tiers: is empty; an id is wanted"),
        (lambda s: s.update({"Reps ": s["reps"]}), "Reps  reps: sheet given twice"),
    ],
)  # fmt: skip
def test_sheets_and_headings_that_do_not_fit(
    tmp_path: Path, sheets: Sheets, change: Callable[[Sheets], None], said: str
) -> None:
    change(sheets)
    found = problems(write(tmp_path / "p.xlsx", sheets))
    assert any(said in problem for problem in found), found


def test_merged_cells_are_refused(tmp_path: Path, sheets: Sheets) -> None:
    path = write(tmp_path / "p.xlsx", sheets)
    path.write_bytes(
        changed(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(
            b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>')))  # fmt: skip
    assert (
        "plan!A2 plan: cells A2:B3 are merged; only the first of them holds anything. Undo the merging, fill each cell."
        in problems(path)
    )


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of it changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data) if info.filename == part else data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is damaged or no Excel workbook"),
        (b"PK\x03\x04", "is damaged or no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old or a protected Excel file. Remove the password"),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "p.xlsx").write_bytes(data)
    assert said in problems(tmp_path / "p.xlsx")[0]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, sheets: Sheets) -> None:
    path = write(tmp_path / "p.xlsx", sheets)
    path.write_bytes(changed(path, "xl/worksheets/sheet1.xml", lambda _: b" " * 100_000_001))
    assert "is larger than 100 MB when unpacked" in problems(path)[0]


def test_entities_that_multiply_are_refused(tmp_path: Path, sheets: Sheets) -> None:
    path = write(tmp_path / "p.xlsx", sheets)
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{levels}]><x>&a11;</x>'.encode()
    path.write_bytes(changed(path, "xl/worksheets/sheet1.xml", lambda _: bomb))
    assert "is damaged" in problems(path)[0]


def test_every_sheet_of_the_template_is_explained() -> None:
    assert {f"plan.sheet.{name}" for name in SHEETS} <= set(ENGLISH.sentences)


def test_a_cell_in_the_last_row_and_column_is_named_and_the_sheet_not_laid_out(tmp_path: Path, sheets: Sheets) -> None:
    path = write(tmp_path / "p.xlsx", sheets)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path.write_bytes(changed(path, "xl/worksheets/sheet2.xml", lambda data: data.replace(b"</sheetData>", far)))
    assert any("the sheet reaches to XFD1048576, with 7 filled cells" in problem for problem in problems(path))
