"""Docs: every command of the CRM tutorial runs on an export that it was not written for."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from scenarios.crm.mapping import read_mapping
from scenarios.loading import load_plan
from tests.crm_exports import Company, write_salesforce

PAGE = (Path(__file__).parents[2] / "docs" / "crm.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


def own_files(folder: Path) -> None:
    """The page's sections in a copy of the preset; invoices and staff in the columns that they name."""
    [sections] = [text for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.M | re.S) if "invoices:" in text]
    preset = (folder / "mine.yaml").read_text(encoding="utf-8")
    (folder / "mine.yaml").write_text(preset + sections, encoding="utf-8")
    day = dt.date(2023, 8, 1)
    rows = [
        f"I{n:03},Account {n % 20:02},1000,{day - dt.timedelta(days=60)},{day},{day + dt.timedelta(days=n % 9)}"
        for n in range(40)
    ]
    open_row = f"I999,Account 01,500,{day},{day + dt.timedelta(days=70)},"
    text = "\n".join(["Invoice,Customer,Amount,Issued,Due,Paid", *rows, open_row])
    (folder / "export" / "invoices.csv").write_text(text + "\n", encoding="utf-8")
    staff = [f"Rep {n:02},2020-01-06," for n in range(8)]
    text = "\n".join(["姓名,入职,离职", *staff, "Gone,2020-01-06,2022-03-01"])
    (folder / "export" / "员工.csv").write_text(text + "\n", encoding="utf-8")
    contracts = [f"Account {n:02},,500,2023-0{1 + n % 8}-15,{'yes' if n % 4 else 'no'}," for n in range(20)]
    text = "\n".join(["Customer,Product,Amount,Due,Renewed,Decided", *contracts, "Account 05,,700,2023-11-01,,"])
    (folder / "export" / "contracts.csv").write_text(text + "\n", encoding="utf-8")
    with (folder / "export" / "report.csv").open(encoding="utf-8") as file:
        deals = list(csv.DictReader(file))
    days = [(row["Opportunity ID"], dt.date.fromisoformat(row["Created Date"])) for row in deals]
    text = "\n".join(
        ["Deal,Stage,Entered"]
        + [f"{deal},Prospecting,{day}\n{deal},Negotiation/Review,{day + dt.timedelta(days=5)}" for deal, day in days]
    )
    (folder / "export" / "stages.csv").write_text(text + "\n", encoding="utf-8")


@pytest.mark.docs
def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_salesforce(tmp_path / "export" / "report.csv", Company(leads_a_week=2.0), seed=5)
    named = ["new", "import-crm", "check", "explain", "import-crm", "import-crm", "backtest"]
    assert [words[1] for words in commands()] == named
    for words in commands():
        arguments = words[1:]
        if "mine.yaml" in arguments and "invoices:\n" not in (tmp_path / "mine.yaml").read_text(encoding="utf-8"):
            own_files(tmp_path)
        if arguments[0] in ("backtest", "explain"):
            arguments += ["--replications", "2", "--jobs", "1"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"
    sheet = (tmp_path / "my-quarter" / "data-request.csv").read_text(encoding="utf-8-sig")
    assert "Contribution:" in sheet.splitlines()[1]
    plan = load_plan(tmp_path / "my-own-quarter").plan
    assert [receivable.id for receivable in plan.receivables] == ["I999"]
    own = {assumption.path for assumption in plan.assumptions if assumption.grade == "own"}
    assert {"money.lateness.late_share", "risks.K5.chance_per_quarter"} <= own
    assert {row.name: row.renewal_amount for row in plan.accounts if row.renewal_amount} == {"Account 05": 700}
    assert [stage.name for stage in plan.process.stages] == ["Prospecting", "Negotiation/Review"]


@pytest.mark.docs
def test_the_mapping_of_the_page_is_one(tmp_path: Path) -> None:
    [text] = [text for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.M | re.S) if "deals:" in text]
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    mapping = read_mapping(tmp_path / "mine.yaml")
    assert (mapping.amount_unit, mapping.open_stages) == (10_000, ("初步接洽", "方案报价"))
