"""Docs: the three questions are answered by the commands as they stand there, in order, in one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

TEXT = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
STEP = re.compile(r"^```console\n(.*?)\n```\n(?:\n```text\n(.*?)\n```\n)?", re.M | re.S)
LEFT_OUT = "[…]"
REFUSED = "No allocation satisfies these together"


def steps() -> list[tuple[str, list[str]]]:
    """Each command with the lines that it is said to show."""
    return [(command, shown.splitlines()) for command, shown in STEP.findall(TEXT)]


def test_three_questions_are_answered() -> None:
    assert len(re.findall(r"^## .*\?$", TEXT, re.M)) == 3
    assert len(steps()) == TEXT.count("```console")
    assert sum(bool(shown) for _, shown in steps()) == TEXT.count("```text")
    assert {command.partition(" ")[0] for command, _ in steps()} == {"quarterdeck"}


@pytest.mark.docs
def test_every_command_shows_what_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that stand together come together, those after a gap come later."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for command, shown in steps():
        arguments = shlex.split(command)[1:]
        if arguments[0] == "compare":
            arguments += ["--replications", "2", "--jobs", "1"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == (4 if shown and shown[0].startswith(REFUSED) else 0), f"{command}\n{result.output}"
        output, start = f"\n{result.output}", 0
        for part in "\n".join(shown).split(f"\n{LEFT_OUT}\n"):
            found = output.find(f"\n{part}\n", start) if part else start
            assert found >= 0, f"{command} no longer shows\n{part}\nbut\n{result.output}"
            start = found + len(part)
