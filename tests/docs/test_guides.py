"""Docs: every command of the tutorial and of the how-to pages runs as it stands there, in order, in one folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

ROOT = Path(__file__).parents[2]
CRM = ROOT.parent / "shared" / "data" / "crm"
SLOW = ("run", "simulate", "stress", "compare")
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```", flags=re.M | re.S)


def blocks(page: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in BLOCK.finditer((ROOT / "docs" / page).read_text(encoding="utf-8"))]


@pytest.mark.docs
@pytest.mark.parametrize("page", ["tutorial.md", "howto.md"])
def test_every_command_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two replications instead of 500, of which no report would be made: ``--anyway`` makes it."""
    monkeypatch.chdir(tmp_path)
    if page == "howto.md":
        invoke(["new", "my-quarter"])
    if CRM.is_dir():
        shutil.copytree(CRM, tmp_path / "crm-export")
    for kind, text in blocks(page):
        if kind == "yaml":
            add_to_plan(tmp_path / "my-quarter" / "plan.yaml", text)
            invoke(["check", "my-quarter"])
            continue
        for line in text.splitlines():
            words = shlex.split(line)
            assert words[0] == "quarterdeck"
            if CRM.is_dir() or not any("crm" in word for word in words):
                invoke(shortened(words[1:]))


def shortened(words: list[str]) -> list[str]:
    if words[0] in SLOW and "--repeat" not in words:
        words = ["2" if before == "--replications" else word for before, word in zip(["", *words], words, strict=False)]
        return [*words, "--jobs", "1", *(["--only", "K5"] if words[0] == "run" else [])]
    return [*words, "--anyway"] if words[0] in ("report", "export") else words


def invoke(words: list[str]) -> None:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"


def add_to_plan(plan: Path, block: str) -> None:
    """Put the entries of a block of YAML under the heading that is its first line."""
    heading, _, entries = block.partition("\n")
    text = plan.read_text(encoding="utf-8")
    assert text.count(f"\n{heading}\n") == 1, heading
    plan.write_text(text.replace(f"\n{heading}\n", f"\n{heading}\n{entries}"), encoding="utf-8")


def test_links_lead_somewhere() -> None:
    for page in ("tutorial.md", "howto.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https:)([^)#]+)\)", text):
            assert (ROOT / "docs" / link).exists(), link
