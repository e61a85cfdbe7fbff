"""Docs: every command of the CRM tutorial runs on an export that it was not written for."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from tests.crm_exports import Company, write_salesforce

PAGE = (Path(__file__).parents[2] / "docs" / "crm.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.docs
def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_salesforce(tmp_path / "export" / "report.csv", Company(leads_a_week=2.0), seed=5)
    assert [words[1] for words in commands()] == ["import-crm", "check", "import-crm", "backtest"]
    for words in commands():
        arguments = words[1:]
        if arguments[0] == "backtest":
            arguments += ["--replications", "2", "--jobs", "1"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"
