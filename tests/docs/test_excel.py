"""Docs: every command of the page on Excel runs as it stands there, in order, in one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

PAGE = (Path(__file__).parents[2] / "docs" / "excel.md").read_text(encoding="utf-8")
SIMULATES = ("run", "simulate", "compare")


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE, flags=re.M | re.S)
    return [shlex.split(line) for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.docs
def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two replications instead of 500, and no prices: what is shown is not judged here."""
    monkeypatch.chdir(tmp_path)
    assert len(commands()) == 10
    for words in commands():
        arguments = words[1:]
        if arguments[0] in SIMULATES:
            arguments += ["--replications", "2", "--jobs", "1"]
        if arguments[0] == "allocate":
            arguments += ["--no-prices"]
        if arguments[0] == "export":
            arguments += ["--anyway"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"
