"""Docs: every command that the README shows runs as it stands there, in order, in one folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CRM = ROOT.parent / "shared" / "data" / "crm"
SLOW = ("run", "simulate", "stress", "compare", "backtest")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", README, flags=re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


def test_the_readme_shows_commands() -> None:
    assert len(commands()) >= 12
    assert {words[0] for words in commands()} == {"quarterdeck"}


@pytest.mark.docs
def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two replications instead of 500: what is shown is not judged here, only that the command does its work."""
    monkeypatch.chdir(tmp_path)
    if CRM.is_dir():
        shutil.copytree(CRM, tmp_path / "crm-export")
    for words in commands():
        if not CRM.is_dir() and any("crm" in word for word in words):
            continue
        arguments = words[1:]
        if arguments[0] in SLOW and "--repeat" not in arguments:
            arguments += ["--replications", "2", "--jobs", "1"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"


@pytest.mark.docs
def test_the_crm_commands_are_run_where_the_export_is() -> None:
    if not CRM.is_dir():
        pytest.skip("the CRM export is not beside this checkout: its two commands in the README were not run")
    assert any("import-crm" in words for words in commands())
