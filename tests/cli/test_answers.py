"""Unit: commands that answer about the allocation, on the small plan: what goes to stdout, to stderr, into files."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from tests.plans import PLAN_YAML, small_plan_files

FEW = ("--replications", "4", "--jobs", "1")
CONTRADICTION = """rules:
  - id: too-much
    sentence: Ann alone carries three targets.
    left: {over: quota, where: {rep: [R1]}}
    sense: ">="
    ratio: 3
    right: target
"""
LOCKED = """locks:
  - id: ann
    cells: {over: budget, where: {activity: [salon], region: [north]}}
    amount: 20000
    because: the hall is booked
rules:
"""
ANSWERS = {
    "explain": ("why",),
    "alternatives": ("options", "--count", "1"),
    "fairness": ("fairness",),
    "money": ("money",),
    "sweep": ("sweep", "target=-10%..+20%", "--points", "3"),
    "reach": ("reach", "--contribution", "1e9"),
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def plan() -> str:
    return str(small_plan_files(Path("small")))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def only_json(result: Result) -> dict[str, object]:
    """What is on stdout, which is JSON and nothing else."""
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("study", ANSWERS)
def test_answers_as_tables_and_as_json_and_never_saved(study: str, plan: str) -> None:
    command, *rest = ANSWERS[study]
    changed = ("--scenario", "soft_market", "--set", "target=900000")
    shown = call(command, plan, *rest, *changed)
    assert shown.exit_code == 0, shown.output
    assert "Small company" in shown.stdout
    assert "--set" in shown.stdout  # what was changed is said
    assert max(map(len, shown.stdout.splitlines())) <= 80
    found = only_json(call(command, plan, *rest, "--json", "--set", "target=900000"))
    assert found["study"] == study
    assert found["changes"] == [{"path": "target", "old": "1000000", "new": "900000", "by": "--set"}]
    assert not Path("runs").exists()


def test_why_answers_for_those_named_and_knows_who_there_is(plan: str) -> None:
    some = only_json(call("why", plan, "--rep", "R1", "--region", "north", "--json"))
    assert [row["id"] for row in some["rows"]] == ["R1", "north"]  # type: ignore[attr-defined]
    assert "is asked" in call("why", plan, "--rep", "R1").stdout
    unknown = call("why", plan, "--rep", "R9")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "known: R1, R2, R3" in unknown.stderr


def test_options_go_out_as_files_that_other_commands_read(plan: str) -> None:
    by_hand = call("allocate", plan, "--export", "mine.csv")
    assert by_hand.exit_code == 0
    made = call("options", plan, "--allocation-file", "mine.csv", "--export", "choices")
    assert made.exit_code == 0, made.output
    files = sorted(path.name for path in Path("choices").iterdir())
    assert {"best.csv", "even.csv", "mine.csv"} <= set(files)
    assert all(name in made.stderr for name in files)
    for name in files:
        with Path("choices", name).open(encoding="utf-8-sig", newline="") as file:
            assert sum(float(row["amount"]) for row in csv.DictReader(file) if row["kind"] == "quota") > 999_999
    simulated = call("simulate", plan, "--allocation-file", "choices/even.csv", *FEW)
    assert simulated.exit_code == 0, simulated.output
    compared = call("compare", plan, "--to-allocation", "choices/even.csv", *FEW)
    assert compared.exit_code == 0, compared.output


def test_options_overwrite_nothing_and_refuse_two_of_one_name(plan: str) -> None:
    Path("choices").mkdir()
    again = call("options", plan, "--export", "choices")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "choices exists already" in again.stderr
    call("allocate", plan, "--export", "even.csv")
    twice = call("options", plan, "--count", "1", "--allocation-file", "even.csv", "--export", "new")
    assert twice.exit_code == 2
    assert "same name" in twice.stderr
    assert not Path("new").exists()


@pytest.mark.parametrize("within", ["much", "%", ""])
def test_a_share_is_a_share(within: str, plan: str) -> None:
    wrong = call("options", plan, "--within", within)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "--within" in wrong.stderr


def test_shares_may_be_written_either_way(plan: str) -> None:
    for text in ("2%", "0.02"):
        assert only_json(call("options", plan, "--count", "1", "--within", text, "--json"))["within"] == 0.02


@pytest.mark.parametrize("over", ["target", "target=1..x", "nothing.here=1..2"])
def test_a_range_that_is_none_is_refused(over: str, plan: str) -> None:
    wrong = call("sweep", plan, over)
    assert wrong.exit_code in (2, 3)
    assert wrong.stdout == ""
    assert "Traceback" not in wrong.stderr


def test_money_of_a_hand_made_allocation(plan: str) -> None:
    call("allocate", plan, "--export", "mine.csv")
    own, given = (only_json(call("money", plan, *extra, "--json")) for extra in ((), ("--allocation-file", "mine.csv")))
    assert [row["purpose"] for row in own["rows"]] == [row["purpose"] for row in given["rows"]]  # type: ignore[attr-defined]


def test_prices_are_optional_and_ranges_more(plan: str) -> None:
    shown = call("allocate", plan, "--no-prices")
    assert "Prices were not looked for." in " ".join(shown.stdout.split())
    details = {
        extra: only_json(call("allocate", plan, extra, "--json"))["detail"] for extra in ("--prices", "--ranges")
    }
    assert details == {"--prices": "prices", "--ranges": "ranges"}
    assert "What more demand or hours would bring" in call("allocate", plan).stdout
    assert "Holds" in call("allocate", plan, "--ranges").stdout
    assert call("allocate", plan, "--ranges", "--no-prices").exit_code == 2
    assert call("run", "--repeat", "latest").exit_code == 0


@pytest.fixture
def tight() -> str:
    return str(small_plan_files(Path("tight"), plan=PLAN_YAML.replace("rules:\n", CONTRADICTION, 1)))


def test_a_plan_without_an_allocation_is_offered_repairs(tight: str) -> None:
    refused = call("allocate", tight)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "- too-much: Ann alone carries three targets." in refused.stderr
    assert "1. gives up " in refused.stderr
    assert "These cannot hold together:" not in refused.stderr
    assert "--repair 1" in refused.stderr


def test_a_repair_is_applied_recorded_and_repeated(tight: str) -> None:
    found = only_json(call("allocate", tight, "--repair", "1", "--json"))
    changes = found["changes"]
    assert isinstance(changes, list)
    assert changes
    assert {change["by"] for change in changes} == {"--repair 1"}
    again = call("run", "--repeat", "latest", "--json")
    assert only_json(again)["changes"] == changes
    assert "identical to the last bit" in again.stderr


def test_a_repair_that_is_not_there_is_refused(tight: str, plan: str) -> None:
    assert "there is no repair 99" in call("allocate", tight, "--repair", "99").stderr
    needless = call("allocate", plan, "--repair", "1")
    assert needless.exit_code == 2
    assert "nothing to repair" in needless.stderr


def test_the_nearest_allocation_is_shown_and_written(plan: str) -> None:
    call("allocate", plan, "--export", "before.csv")
    close = call("allocate", plan, "--set", "target=+5%", "--keep-close", "before.csv", "--export", "after.csv")
    assert close.exit_code == 0, close.output
    assert "nearest to “before”" in close.stdout
    assert "target" in close.stdout
    assert Path("after.csv").exists()
    assert only_json(call("allocate", plan, "--keep-close", "before.csv", "--json"))["changed"] == pytest.approx(
        0, abs=1
    )
    assert call("allocate", plan, "--keep-close", "before.csv", "--ranges").exit_code == 2
    assert call("allocate", plan, "--keep-close", "nowhere.csv").exit_code == 3


def test_locks_are_shown_beside_what_would_be_calculated() -> None:
    plan = str(small_plan_files(Path("locked"), plan=PLAN_YAML.replace("rules:\n", LOCKED, 1)))
    shown = call("why", plan)
    assert shown.exit_code == 0, shown.output
    assert "Decided by hand" in shown.stdout
    assert "the hall is booked" in shown.stdout


def test_money_takes_chances_and_pay_outs_from_a_run_of_the_same_plan() -> None:
    """Together the simulated bonuses, team building and fees are what the run's own cost KPIs say."""
    lower = ("--set", "money.collection_threshold=0.92")  # so that some quarters reach it
    simulated = only_json(call("simulate", "quarter", *FEW, "--plans", "K3-split,K5-handover", *lower, "--json"))
    kpis = {kpi["id"]: kpi["mean"] for kpi in simulated["kpis"]}  # type: ignore[attr-defined]
    found = only_json(call("money", "quarter", *lower, "--run", "latest", "--json"))
    paid = {row["purpose"]: row["simulated"]["mean"] for row in found["rows"] if row["simulated"]}  # type: ignore[attr-defined]
    held = set(simulated["plans"])  # type: ignore[call-overload]
    extra = paid.pop("team_building") + paid.pop("renewal_accelerator")
    bonuses = [amount for purpose, amount in paid.items() if purpose.endswith("_bonus")]
    assert len(bonuses) == 3
    assert extra > 0
    assert sum(bonuses) + extra == pytest.approx(kpis["bonuses"], abs=0.01)
    assert paid.get("expert_fee", 0.0) == pytest.approx(kpis["expert_fees"], abs=0.01)
    assert sum(paid[name] for name in paid if name in {*held, "uses"}) == pytest.approx(kpis["plan_cost"], abs=0.01)
    assert all(0 <= row["chance"]["ci_low"] <= row["chance"]["ci_high"] <= 1 for row in found["chances"])  # type: ignore[attr-defined]
    assert found["replications"] == simulated["replications"]
    shown = call("money", "quarter", *lower, "--run", "latest")
    assert "Chances, in simulated quarters" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_money_refuses_a_run_of_something_else(plan: str) -> None:
    assert call("simulate", plan, *FEW).exit_code == 0
    other = call("money", plan, "--run", "latest", "--set", "target=+1%")
    assert (other.exit_code, other.stdout) == (2, "")
    assert "it differs in target" in other.stderr
    assert call("allocate", plan).exit_code == 0
    kind = call("money", plan, "--run", "latest")
    assert kind.exit_code == 2
    assert "a run of allocate" in kind.stderr


@pytest.mark.parametrize("arguments", [("allocate",), ("why",), ("sweep", "target=-1%..+1%"), ("run", *FEW)])
def test_without_a_proven_answer_there_is_none_and_the_exit_code_is_5(plan: str, arguments: tuple[str, ...]) -> None:
    found = call(arguments[0], plan, *arguments[1:], "--set", "solver.seconds_per_solve=1e-9")
    assert (found.exit_code, found.stdout) == (5, "")
    assert "Allow it more with --set solver.seconds_per_solve" in " ".join(found.stderr.split())
    assert not Path("runs").exists() or not [path for path in Path("runs").iterdir() if path.name[0] != "."]


def test_targets_of_a_thousandth_and_of_a_trillion_together_are_5_with_what_to_do() -> None:
    far = call("allocate", "quarter", "--set", "target=1e12", "--set", "regions.east.target=1e-3")
    assert (far.exit_code, far.stdout) == (5, "")
    assert "- rules.T3 (east): " in far.stderr
    assert "Correct the target or these figures" in far.stderr
    assert not Path("runs").exists()


def test_a_missing_solver_is_5_with_what_to_install(plan: str) -> None:
    """As when the environment lost it: a module of its name that cannot be loaded stands in its place."""
    Path("broken").mkdir()
    Path("broken/highspy.py").write_text("raise ImportError('no such library')\n", encoding="utf-8")
    path = os.pathsep.join(["broken", str(Path(cli.__file__).parent)])
    command = [sys.executable, "-m", "cli", "allocate", plan]
    found = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (5, "")
    assert "no such library" in found.stderr
    assert "pip install highspy" in found.stderr
    assert "Traceback" not in found.stderr
