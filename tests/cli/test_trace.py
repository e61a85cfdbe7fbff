"""Unit: the command trace on the small plan: exit codes, JSON only, and a page that fits 80 columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

import cli
from tests.plans import PLAN_YAML, small_plan_files

FORCED = ("--replication", "3", "--force", "K5:R1@week3", "--force", "K1@week2", "--plans", "all")


@pytest.fixture(autouse=True)
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return str(small_plan_files(Path("small")))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["trace", *arguments])


@pytest.mark.parametrize(
    "focus",
    [
        (),
        ("--rep", "R2"),
        ("--rep", "R2", "--week", "4"),
        ("--week", "4"),
        ("--account", "C1"),
        ("--opportunity", "O2"),
    ],
)
@pytest.mark.parametrize("columns", ["80", "60", "120"])
def test_every_story_fits_the_terminal(
    plan: str, focus: tuple[str, ...], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = call(plan, *FORCED, *focus)
    assert result.exit_code == 0, result.output
    assert [line for line in result.stdout.splitlines() if cell_len(line) > int(columns)] == []
    assert not Path("runs").exists()


def test_the_story_of_a_quarter(plan: str) -> None:
    text = " ".join(call(plan, *FORCED).stdout.split())
    for said in (
        "Replication 3 · Small company",
        "of the target of 1.00 M",
        "What nobody knew before the quarter",
        "What struck",
        "left on Mon 2 Feb",
        "What was tried",
        "Mon 19 Jan (R1)",
        "What it changed",
        "Signed by week",
        "Signed by rep, against quota",
        "Look closer: quarterdeck trace",
    ):
        assert said in text


def test_the_story_of_an_opportunity_and_of_a_rep(plan: str) -> None:
    text = " ".join(call(plan, *FORCED, "--opportunity", "O2").stdout.split())
    assert "O2 · Energy platform" in text
    assert "Mon 5 Jan Open at the start, in Proposal, 45.0 k" in text
    assert "Contact in Contract, 1 h" in text
    rep = " ".join(call(plan, *FORCED, "--rep", "R1").stdout.split())
    assert "R1 Ann signs" in rep
    assert "Left on Mon 2 Feb." in rep
    assert "Week by week" in rep


STEERED = (
    PLAN_YAML
    + """
policies:
  - id: M6
    name: Money moves
    reallocation: {every_weeks: 4, most_moved: 0.5, prior_leads: 1}
  - id: M3
    name: Weights
    weight_change: {gain: {product: [L1]}, to_share: 0.5, give: {product: [S1]}, week: 5}
  - id: M5
    name: Strategy test
    strategy_test: {from_week: 2, share: 0.5, effects: [{parameter: win_rate, factor: 1.2}], at_least: 1}
"""
)


@pytest.mark.parametrize("columns", ["80", "60"])
def test_steering_is_told(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    steered = str(small_plan_files(Path("steered"), plan=STEERED))
    result = call(steered, "--replication", "3")
    assert result.exit_code == 0, result.output
    assert [line for line in result.stdout.splitlines() if cell_len(line) > int(columns)] == []
    text = " ".join(result.stdout.split())
    for said in ("How it was steered", "M3 · Weights: share", "from 40.0% to 50.0%", "M5 · Strategy test:"):
        assert said in text
    week = " ".join(call(steered, "--replication", "3", "--week", "5").stdout.split())
    assert "M3 · Weights: share" in week
    assert "How it was steered" not in week


@pytest.mark.parametrize(
    ("language", "said", "of_one", "week"),
    [
        (
            "en",
            ("Handed out Quota", "R2 Bo 367 433", "R3 Chen 267 261", "Quota: as weights left it"),
            "R2 Bo signs 134 k of a quota of 433 k (367 k until it was moved)",
            "Of quota: of the one that stands in the end.",
        ),
        (
            "zh",
            ("R2 Bo 36.7 43.3", "销售指标：权重调整后的指标；原指标："),
            "R2 Bo 销售指标 43.3万（调整前 36.7万）",
            "占指标：按季度末的指标计算。",
        ),
    ],
)
def test_quotas_that_were_moved_are_told_as_they_stand_and_as_they_were(
    language: str, said: tuple[str, ...], of_one: str, week: str
) -> None:
    steered = str(small_plan_files(Path("steered"), plan=STEERED))
    text = " ".join(call(steered, "--replication", "3", "--language", language).stdout.split())
    assert [words for words in said if words not in text] == []
    rep = " ".join(call(steered, "--replication", "3", "--rep", "R2", "--language", language).stdout.split())
    assert of_one in rep
    assert week in rep


def test_quotas_that_stay_are_told_once(plan: str) -> None:
    whole, one = call(plan, *FORCED).stdout, call(plan, *FORCED, "--rep", "R2").stdout
    assert "Handed out" not in whole
    assert "moved" not in one
    assert "Of quota:" not in one


def test_without_risk_nothing_struck_and_nothing_is_changed(plan: str) -> None:
    text = " ".join(call(plan, "--risks", "none").stdout.split())
    assert "No risk struck." in text
    assert "nothing was tried" in text
    assert "it would sign as much" in text


def test_json_and_nothing_else(plan: str) -> None:
    result = call(plan, *FORCED, "--week", "4", "--seed", "5", "--set", "target=900000", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["study"], found["replication"], found["seed"], found["target"]) == ("trace", 3, 5, 900_000)
    assert found["forced"] == ["K1@week2", "K5:R1@week3"]
    assert found["focus"] == {"rep": None, "opportunity": None, "account": None, "week": 4}
    assert {change["path"] for change in found["changes"]} == {"target"}
    assert any(row["kind"] == "touch" for row in found["story"])


def test_its_figures_are_those_of_simulate(plan: str) -> None:
    """The mean of replications 0 and 1 is the mean of their traces."""
    arguments = ("simulate", plan, "--replications", "2", "--jobs", "1", "--json")
    simulated = json.loads(CliRunner().invoke(cli.app, list(arguments)).stdout)
    means = {kpi["id"]: kpi["mean"] for kpi in simulated["kpis"]}
    traced = [json.loads(call(plan, "--replication", n, "--json").stdout)["kpis"] for n in "01"]
    for one, other in zip(*traced, strict=True):
        assert (one["value"] + other["value"]) / 2 == pytest.approx(means[one["id"]])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rep", "R9"), "no rep R9"),
        (("--opportunity", "O77"), "no opportunity O77 in replication 0"),
        (("--week", "99"), "the quarter has weeks 1 to 12"),
        (("--force", "K1"), "--force K1"),
        (("--replication", "-1"), "--replication"),
    ],
)
def test_what_is_not_there_is_2(plan: str, arguments: tuple[str, str], said: str) -> None:
    result = call(plan, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_plan_is_3() -> None:
    bad = small_plan_files(Path("bad"), plan=PLAN_YAML.replace("target: 1000000", "target: -5"))
    result = call(str(bad))
    assert (result.exit_code, result.stdout) == (3, "")


def test_people_and_money_that_moved_are_told_in_both_languages() -> None:
    moving = ["policies.M6.enabled=true", "policies.M6.reallocation.reps_moved=2"]
    asked = ["quarter", "--replication", "3", *(word for change in moving for word in ("--set", change))]
    told = call(*asked, "--json")
    posted = [row for row in json.loads(told.stdout)["story"] if row["kind"] == "posted"]
    assert len(posted) >= 2
    for language, said in (("en", "takes leads of"), ("zh", "改为承接")):
        for focus in ((), ("--rep", posted[0]["rep"])):
            result = call(*asked, *focus, "--language", language)
            assert result.exit_code == 0, result.output
            assert said in " ".join(result.stdout.split())
