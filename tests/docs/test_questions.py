"""Docs: the three questions are answered by the commands as they stand there, in order, in one folder.

Where the built-in plan changes on purpose, ``python -m tests.docs.test_questions`` puts the new figures into the
transcripts; the words around them are to be read again by whoever changed it.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
TEXT = PAGE.read_text(encoding="utf-8")
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
        output, start = f"\n{output_of(command, shown)}", 0
        for part in parts(shown):
            found = output.find(f"\n{part}\n", start) if part else start
            assert found >= 0, f"{command} no longer shows\n{part}\nbut\n{output}"
            start = found + len(part)


def output_of(command: str, shown: list[str]) -> str:
    """What a command says, two replications instead of 500 where it simulates."""
    arguments = shlex.split(command)[1:]
    if arguments[0] == "compare":
        arguments += ["--replications", "2", "--jobs", "1"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == (4 if shown and shown[0].startswith(REFUSED) else 0), f"{command}\n{result.output}"
    return result.output


def parts(shown: list[str]) -> list[str]:
    """Lines that stand together."""
    return "\n".join(shown).split(f"\n{LEFT_OUT}\n")


def renewed(command: str, shown: list[str]) -> str:
    """The same lines with the figures of now: each part from its first to its last, found again by their words."""

    def words(line: str) -> str:
        return " ".join(re.sub(r"[−+]?\d[\d,.]*[%×]?|░", " ", line).split())

    lines, start, found = output_of(command, shown).splitlines(), 0, []
    for part in parts(shown):
        first, last = (words(line) for line in (part.splitlines()[0], part.splitlines()[-1]))
        low = next(n for n in range(start, len(lines)) if words(lines[n]) == first)
        rows = len(part.splitlines())
        ends = [n for n in range(low, len(lines)) if words(lines[n]) == last]
        high = min(ends, key=lambda n: abs(n - low + 1 - rows))
        found.append("\n".join(lines[low : high + 1]))
        start = high + 1
    return f"\n{LEFT_OUT}\n".join(found)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    page = TEXT
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for step, old in steps():
            if old:
                page = page.replace("\n".join(old), renewed(step, old))
        os.chdir(PAGE.parent)
    PAGE.write_text(page, encoding="utf-8")
