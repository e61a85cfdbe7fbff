"""Unit: commands that decide, on the small plan: what they show, save and export, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

import cli
from scenarios.loading import load_plan
from studies.allocation.allocations import read_allocation
from tests.plans import STEERED_YAML, small_plan_files

FEW = ("--replications", "8", "--jobs", "1", "--set", "target=170000")
ENOUGH = ("--replications", "20", *FEW[2:])
COMMANDS = {
    "select": ("--budget", "9000", "--delta", "5%"),
    "recommend": ("--count", "1"),
    "explain": ("--verdict", "K1-answer", "--kpi", "contribution", "--figure", "customer_tiers.A.win_rate"),
    "reach": ("--chance", "90%"),
    "over-assign": ("--chance", "30%"),
    "lights": (),
    "design": ("--policy", "M5"),
    "allocate": ("--rounds", "1"),
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def plan() -> str:
    return str(small_plan_files(Path("small"), plan=STEERED_YAML))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_shown_in_both_languages_saved_and_shown_again(plan: str, command: str) -> None:
    given = {"allocate": FEW[:4], "select": ENOUGH, "design": ENOUGH}.get(command, FEW)
    result = call(command, plan, *COMMANDS[command], *given)
    assert result.exit_code == 0, result.output
    assert all(cell_len(line) <= 80 for line in result.stdout.splitlines()), result.stdout
    assert "Saved as" in result.stderr
    again = call("show", "latest")
    assert again.exit_code == 0
    assert again.stdout.replace("PLAN", plan) == result.stdout.replace("PLAN", plan)
    chinese = call("show", "latest", "--language", "zh")
    assert chinese.exit_code == 0
    assert all(cell_len(line) <= 80 for line in chinese.stdout.splitlines()), chinese.stdout
    assert not set(filter(lambda line: len(line.split()) > 8, chinese.stdout.splitlines())) & set(
        result.stdout.splitlines()
    )
    saved = json.loads(call("show", "latest", "--json").stdout)
    assert saved["study"] in {command.replace("-", "_"), "reach_chance", "rounds"}


def test_the_first_of_a_ranking_and_equal_chances_can_be_exported(plan: str) -> None:
    loaded = load_plan(plan).plan
    for command in ("recommend", "over-assign"):
        path = Path(f"{command}.csv")
        assert call(command, plan, *FEW, "--export", str(path)).exit_code == 0
        assert read_allocation(path, loaded).total_quota > 0
        assert call(command, plan, *FEW, "--export", str(path)).exit_code == 2


def test_b_of_a_comparison_may_be_a_named_allocation(plan: str) -> None:
    result = call("compare", plan, "--to-allocation", "even", *FEW)
    assert result.exit_code == 0, result.output
    assert "allocation even" in " ".join(result.stdout.split())
    unknown = call("compare", plan, "--to-allocation", "fair", *FEW)
    assert unknown.exit_code in (2, 3)
    assert "fair" in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("reach", "small"), "either --contribution or --chance"),
        (("reach", "small", "--contribution", "much"), "much is no amount of money; write 600000 or 60万"),
        (("select", "small", "--budget", "-5"), "-5 is no amount of money"),
        (("reach", "small", "--contribution", "1", "--chance", "50%"), "either --contribution or --chance"),
        (("select", "small", "--among", "K9", *ENOUGH), "no contingency plan K9"),
        (("design", "small", "--policy", "M9", *FEW), "no strategy test M9"),
        (("allocate", "small", "--rounds", "1", "--ranges"), "--rounds goes with none"),
        (("select", "small", "--confidence", "lots", *ENOUGH), "no share"),
    ],
)
def test_wrong_usage_is_said(plan: str, arguments: tuple[str, ...], says: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.stderr.replace("│", " ").split())


def test_a_selection_is_repeated_bit_for_bit(plan: str) -> None:
    assert call("select", plan, *ENOUGH).exit_code == 0
    again = call("run", "--repeat", "latest")
    assert again.exit_code == 0, again.stderr
