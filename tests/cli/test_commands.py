"""Unit: the command line, on the small plan: exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from tests.plans import PLAN_YAML, small_plan_files

FEW = ("--replications", "6", "--jobs", "1")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def plan() -> str:
    return str(small_plan_files(Path("small")))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def only_json(result: Result) -> object:
    """What is on stdout, which is JSON and nothing else."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help_names_every_command_with_an_example() -> None:
    assert call("--help").exit_code == 0
    for command in cli.app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        text = call(name, "--help").stdout
        assert f"Example: quarterdeck {name} " in " ".join(text.split()) + " ", name


def test_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", call("--version").stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run",),
        ("run", "small", "--repeat", "latest"),
        ("simulate", "small", "--replications", "1"),
        ("compare", "small", "--allocation", "perhaps"),
        ("import-crm", "export", "--out", "x"),
        ("import-crm", "export", "--as-of", "tomorrow", "--out", "x"),
    ],
)
def test_wrong_usage_is_2_without_a_traceback(arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate", "--risks", "K99", *FEW), "no risk K99"),
        (("simulate", "--plans", "posters", *FEW), "no contingency plan posters"),
        (("simulate", "--force", "K1", *FEW), "--force K1"),
        (("simulate", "--require", "p_target=>0.6", *FEW), "--require p_target=>0.6"),
        (("run", "--require", "luck>0", *FEW), "there is no KPI luck"),
    ],
)
def test_what_is_not_there_is_named(plan: str, arguments: tuple[str, ...], said: str) -> None:
    result = call(arguments[0], plan, *arguments[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not Path("runs").exists()


def test_new_copies_a_plan_that_can_be_checked_and_refuses_to_overwrite() -> None:
    made = call("new", "my-quarter")
    assert (made.exit_code, made.stdout) == (0, "")
    assert "quarterdeck check my-quarter" in made.stderr
    assert call("check", "my-quarter").exit_code == 0
    before = Path("my-quarter/plan.yaml").read_bytes()
    again = call("new", "my-quarter")
    assert again.exit_code == 2
    assert "my-quarter exists already" in again.stderr
    assert Path("my-quarter/plan.yaml").read_bytes() == before
    assert "there are quarter" in call("new", "other", "--from", "nothing").stderr


@pytest.mark.parametrize("command", ["check", "run", "allocate", "simulate", "stress", "compare"])
def test_a_bad_plan_is_3_with_every_problem_and_nothing_written(command: str) -> None:
    text = PLAN_YAML.replace("currency: CNY", "currancy: CNY").replace("target: 1000000", "target: -5")
    result = call(command, str(small_plan_files(Path("bad"), plan=text)))
    assert (result.exit_code, result.stdout) == (3, "")
    said = result.stderr.splitlines()
    assert "plan.yaml currency: missing" in said
    assert any("Did you mean currency?" in line for line in said)
    assert any("target: must be more than 0" in line for line in said)
    assert said[-1] == "3 problems; nothing was written"
    assert "Traceback" not in result.stderr
    assert not Path("runs").exists()


def test_a_plan_that_is_not_there_is_3() -> None:
    result = call("run", "nowhere")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines()[-1] == "1 problem; nothing was written"


def test_rules_that_contradict_each_other_are_4() -> None:
    rule = """rules:
  - id: too-much
    sentence: Ann alone carries three targets.
    left: {over: quota, where: {rep: [R1]}}
    sense: ">="
    ratio: 3
    right: target
"""
    text = PLAN_YAML.replace("rules:\n", rule, 1)
    result = call("allocate", str(small_plan_files(Path("tight"), plan=text)))
    assert (result.exit_code, result.stdout) == (4, "")
    assert "too-much" in result.stderr
    assert "Traceback" not in result.stderr


def test_check_as_tables_and_as_json(plan: str) -> None:
    assert "Check · Small company" in call("check", plan).stdout
    found = only_json(call("check", plan, "--json"))
    assert isinstance(found, dict)
    assert set(found) == {"plan", "findings"}
    assert call("check", plan, "--set", "target=2000000").exit_code == 0


def test_allocation_goes_out_and_comes_back(plan: str) -> None:
    made = call("allocate", plan, "--export", "allocation.csv")
    assert made.exit_code == 0
    assert "Proven best" in made.stdout
    assert "--allocation-file allocation.csv" in made.stderr
    with Path("allocation.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["kind", "product", "region", "rep", "activity", "amount"]
    assert {row["kind"] for row in rows} == {"quota", "budget"}
    assert sum(float(row["amount"]) for row in rows if row["kind"] == "quota") == pytest.approx(1_133_333.33)
    again = call("allocate", plan, "--export", "allocation.csv")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    back = only_json(call("simulate", plan, "--allocation-file", "allocation.csv", "--json", *FEW))
    own = only_json(call("simulate", plan, "--json", *FEW))
    assert isinstance(back, dict)
    assert isinstance(own, dict)
    assert back["allocation_name"] == "allocation"
    assert back["kpis"] == own["kpis"]


def test_an_export_that_cannot_be_written_is_said(plan: str) -> None:
    result = call("allocate", plan, "--export", "no/such/folder/a.csv")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("study", ["simulate", "stress", "compare", "run"])
def test_studies_as_tables_and_as_json(study: str, plan: str) -> None:
    tables = call(study, plan, *FEW)
    assert tables.exit_code == 0, tables.output
    assert "Small company" in tables.stdout
    assert max(map(len, tables.stdout.splitlines())) <= 80
    assert re.search(r"Saved as runs\S+", tables.stderr)
    found = only_json(call(study, plan, "--json", *FEW))
    assert isinstance(found, dict)
    assert found["study"] == study
    shown = call("show", "latest", "--json")
    assert only_json(shown) == found


def test_options_reach_the_study(plan: str) -> None:
    options = ("--scenario", "soft_market", "--set", "target=900000", "--seed", "7", "--risks", "K1,K5")
    found = only_json(call("simulate", plan, *options, "--plans", "all", "--force", "K1@week3", "--json", *FEW))
    assert isinstance(found, dict)
    assert (found["target"], found["seed"], found["replications"]) == (900_000, 7, 6)
    assert set(found["risks"]) == {"K1", "K5"}
    assert set(found["plans"]) == {"K1-answer", "K5-answer"}
    assert found["forced"] == ["K1@week3"]
    assert {change["path"] for change in found["changes"]} >= {"target", "customer_tiers.A.win_rate"}
    none = only_json(call("simulate", plan, "--risks", "none", "--plans", "none", "--json", *FEW))
    assert isinstance(none, dict)
    assert (none["risks"], none["plans"]) == ([], [])
    stressed = only_json(call("stress", plan, "--criterion", "cash", "--attribution", "--json", *FEW))
    assert isinstance(stressed, dict)
    assert stressed["criterion"] == "cash"
    assert {row["risk"] for row in stressed["attribution"]} == {"K1", "K5", "K7"}


def test_compare_names_what_differs(plan: str) -> None:
    to = ("--to-scenario", "price_war", "--to-set", "target=900000", "--to-plans", "K1-answer")
    found = only_json(call("compare", plan, *to, "--allocation", "resolve", "--json", *FEW))
    assert isinstance(found, dict)
    assert found["allocation"] == "resolve"
    assert {"target", "risks.K1.chance_per_quarter"} <= {change["path"] for change in found["changes"]}


def test_a_requirement_that_fails_is_6_after_everything_is_shown(plan: str) -> None:
    result = call("simulate", plan, "--require", "signed>=1", "--require", "p_target>=101%", *FEW)
    assert result.exit_code == 6
    assert "Chance of reaching" in result.stdout
    assert "required p_target>=101%" in result.stderr
    assert Path("runs").is_dir()
    assert call("simulate", plan, "--require", "signed>=1", *FEW).exit_code == 0


def test_runs_are_listed_newest_first_and_repeated(plan: str) -> None:
    assert "There is no run in runs yet" in call("runs").stdout
    assert only_json(call("runs", "--json")) == []
    call("allocate", plan)
    call("simulate", plan, *FEW)
    found = only_json(call("runs", "--json"))
    assert isinstance(found, list)
    assert [run["study"] for run in found] == ["simulate", "allocate"]
    assert found[0]["name"] in call("runs").stdout
    repeated = call("run", "--repeat", "latest", "--jobs", "1")
    assert repeated.exit_code == 0, repeated.output
    assert "identical to the last bit" in repeated.stderr
    saved = Path("runs", found[0]["name"], "result.json")
    saved.write_text(saved.read_text(encoding="utf-8").replace('"p10"', '"p10" ', 1).replace("0.", "1.", 1))
    differs = call("run", "--repeat", found[0]["name"], "--jobs", "1")
    assert differs.exit_code == 6
    assert "different in result.json" in differs.stderr


def test_show_says_which_runs_there_are() -> None:
    result = call("show", "yesterday")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no run yesterday" in result.stderr


def test_a_run_that_cannot_be_saved_is_said(plan: str) -> None:
    Path("taken").write_text("a file")
    result = call("simulate", plan, "--out", "taken", *FEW)
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_import_makes_a_plan_that_can_be_checked() -> None:
    export = Path(cli.__file__).parent / "tests" / "data" / "crm_small"
    result = call("import-crm", str(export), "--as-of", "2017-10-01", "--out", "imported")
    assert result.exit_code == 0, result.output
    assert "Plan from a CRM export" in result.stdout
    assert call("check", "imported").exit_code == 0
    shutil.rmtree("imported")
    found = only_json(call("import-crm", str(export), "--as-of", "2017-10-01", "--out", "imported", "--json"))
    assert isinstance(found, dict)
    assert {"target", "estimates", "assumed", "unused", "warnings"} <= set(found)
    assert call("import-crm", str(export), "--as-of", "2017-10-01", "--out", "imported").exit_code == 2


def test_interrupted_is_130(plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reports.session.answer_and_save", interrupt)
    result = call("simulate", plan, *FEW)
    assert result.exit_code == 130
    assert "Interrupted" in result.stderr
    assert "Traceback" not in result.stderr


def test_our_bug_is_1_with_a_traceback(plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("reports.session.answer_and_save", fail)
    result = call("simulate", plan, *FEW)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Traceback" in result.stderr
    assert "Please report it" in result.stderr
