"""Unit: ``--precision`` and ``--max-time`` from the command line to the saved run, on the small plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from reports.pages.precision import precision_page
from reports.specs import Sentence
from reports.wording import ENGLISH
from studies.precision import PrecisionRow
from studies.saved.runs import list_runs
from tests.plans import STEERED_YAML, small_plan_files

PILOT = ("--replications", "20", "--jobs", "1", "--set", "target=170000", "--language", "en")
OFTEN = ("--set", "risks.K1.chance_per_quarter=0.7", "--set", "risks.K5.chance_per_quarter=0.7")
"""So that what differs shows in most futures of the pilot."""
ASKING = {
    "run": (),
    "simulate": (),
    "compare": ("--to-set", "customer_tiers.A.win_rate=0.3"),
    "stress": ("--only", "K1", *OFTEN),
    "value": OFTEN,
    "recommend": ("--count", "1"),
    "reach": ("--chance", "90%"),
    "over-assign": (),
    "explain": ("--figure", "customer_tiers.A.win_rate"),
    "lights": (),
    "design": ("--policy", "M5"),
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    small_plan_files(Path("small"), plan=STEERED_YAML)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def reached(command: str, *arguments: str) -> tuple[PrecisionRow, str]:
    """How the number of replications came about, by the newest run, and what was shown."""
    result = call(command, "small", *ASKING[command], *PILOT, *arguments)
    assert result.exit_code == 0, result.output
    row = list_runs(Path("runs"))[0].precision
    assert row is not None
    return row, " ".join(result.stdout.split())


@pytest.mark.parametrize("command", ASKING)
def test_as_many_quarters_as_the_asked_half_width_needs(command: str) -> None:
    """The pilot's own half-width is reached without more; seven tenths of it take about twice as many."""
    pilot, _ = reached(command, "--precision", "1000000000")
    assert (pilot.replications, pilot.stopped_by) == (20, "precision")
    asked = 0.7 * pilot.reached
    row, shown = reached(command, "--precision", f"{pilot.kpi}={asked:f}")
    assert row.stopped_by == "precision"
    assert 40 <= row.replications <= 42
    assert row.reached <= 1.1 * asked
    assert f"{row.replications} replications, from a pilot of 20, give" in shown


def test_a_pilot_that_was_too_small_is_said() -> None:
    row = PrecisionRow(kpi="cash", asked=1000, reached=1200, pilot=20, replications=41, stopped_by="precision")
    [sentence] = precision_page(row, ENGLISH).blocks
    assert isinstance(sentence, Sentence)
    assert (sentence.tone, "larger --replications to begin with" in sentence.text) == ("warning", True)
    [enough] = precision_page(row.model_copy(update={"reached": 1050}), ENGLISH).blocks
    assert isinstance(enough, Sentence)
    assert enough.tone == "quiet"


def test_the_figure_asked_for_is_that_of_the_page() -> None:
    result = call("simulate", "small", *PILOT, "--precision", "signed=12000", "--json")
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    [signed] = (row for row in shown["kpis"] if row["id"] == "signed")
    [saved] = list_runs(Path("runs"))
    assert saved.precision is not None
    assert shown["replications"] == saved.precision.replications > 20
    assert (signed["ci_high"] - signed["ci_low"]) / 2 == pytest.approx(saved.precision.reached)
    assert saved.precision.reached <= 1.1 * 12_000


def test_time_that_is_not_enough_is_said() -> None:
    row, shown = reached("simulate", "--precision", "0.00001", "--max-time", "0.01")
    assert row.stopped_by == "time"
    assert row.replications >= 20
    assert row.reached > row.asked
    assert f"the time was enough for {row.replications:,} replications" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("simulate", "small", "--max-time", "1"), "--max-time limits a --precision"),
        (("simulate", "small", *PILOT, "--precision", "a lot"), "write a half-width"),
        (("recommend", "small", "--precision", "cash=1", *PILOT), "recommend answers nothing about cash"),
        (("explain", "small", "--precision", "cash=9", *PILOT), "explain answers nothing about cash"),
        (("simulate", "small", "--precision", "share=1%", *PILOT), "simulate answers nothing about share"),
        (("explain", "small", "--precision", "0.02", *PILOT), "write signed=1% of the target"),
        (("reach", "small", "--contribution", "1", "--precision", "0.1"), "allocated, not simulated"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: tuple[str, ...], says: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.stderr.replace("│", " ").split())
