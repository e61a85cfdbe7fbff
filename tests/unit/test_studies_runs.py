"""Unit: saved runs: whole or absent, listed, loaded, repeated bit for bit; what is damaged is named."""

import datetime as dt
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.records import DealEnd, Payment, Records
from studies.allocation.allocations import write_allocation
from studies.answering import Outcome, answer
from studies.registry import read_request
from studies.saved.repeating import repeat_run
from studies.saved.runs import list_runs, load_result, resolve_run, save_run
from studies.saved.tables import record_files
from tests.plans import PLAN_YAML, small_plan, small_plan_files

HAND = Allocation(
    "mine",
    (QuotaCell("S1", "north", "R1", 90_000.0), QuotaCell("S1", "south", "R2", 80_000.0)),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)
FILES = {"manifest.json", "plan.json", "allocation.csv", "result.json"}
RECORDS = ("activations", "deals", "figures", "payments", "renewals", "strikes")


@pytest.fixture(scope="module", name="place")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small plan and a hand-made allocation."""
    place = tmp_path_factory.mktemp("place")
    small_plan_files(place / "small", plan=PLAN_YAML.replace("target: 1000000", "target: 170000"))
    write_allocation(HAND, place / "mine.csv")
    return place


@pytest.fixture(scope="module", name="ask")
def _ask(place: Path) -> Callable[..., Outcome]:
    def ask(study: str, **words: object) -> Outcome:
        asked = {"study": study, "source": str(place / "small"), **words}
        return answer(read_request(asked if study == "allocate" else {"replications": 25, "seed": 3, **asked}))

    return ask


@pytest.fixture(scope="module", name="simulated")
def _simulated(ask: Callable[..., Outcome]) -> Outcome:
    return ask("simulate", settings=("risks.K1.chance_per_quarter=0.5",), plans=("K1-answer",))


@pytest.fixture(name="saved")
def _saved(simulated: Outcome, tmp_path: Path) -> Path:
    return save_run(simulated, tmp_path / "runs")


STUDIES: list[tuple[str, dict[str, object], set[str]]] = [
    ("allocate", {}, set()),
    ("simulate", {"scenarios": ("soft_market",), "forced": ("K1@week3",)}, {"quarters", "without_risks"}),
    ("simulate", {"allocation": "mine.csv"}, {"quarters", "without_risks"}),
    ("stress", {"allocation": "mine.csv", "risks": ("K1",)}, {"quarters"}),
    ("compare", {"to_scenarios": ("price_war",), "decide": "resolve"}, {"a", "b"}),
    ("compare", {"to_settings": ("target=99",), "to_allocation": "mine.csv", "to_plans": ("K5-answer",)}, {"a", "b"}),
    ("run", {}, {"quarters", "without_risks"}),
    ("run", {"plans": ("K1-answer", "K5-answer")}, {"quarters", "without_risks", "without_plans"}),
]  # fmt: skip


@pytest.mark.parametrize(("study", "words", "batches"), STUDIES)
def test_a_run_of_every_study_goes_round(
    ask: Callable[..., Outcome], place: Path, tmp_path: Path, study: str, words: dict[str, object], batches: set[str]
) -> None:
    words = {key: str(place / value) if value == "mine.csv" else value for key, value in words.items()}
    outcome = ask(study, **words)
    folder = save_run(outcome, tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert names >= FILES
    assert {name.partition("-")[0] for name in names if name.endswith(".parquet")} == batches
    assert ("given.csv" in names) == ("allocation" in words)
    assert ("to_given.csv" in names) == ("to_allocation" in words)
    assert ("to_plan.json" in names) == (study == "compare")

    [summary] = list_runs(tmp_path)
    assert (summary.study, summary.plan, summary.problem) == (study, "Small company", None)
    assert (summary.name, summary.folder, summary.created) == (folder.name, folder, outcome.started)
    assert summary.headline

    again, result = load_result(folder)
    assert (again, result) == (summary, outcome.result)

    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    repeat = repeat_run(folder, jobs=2)
    assert (repeat.identical, repeat.differences) == (True, ())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before  # nothing of the run was touched


def test_a_run_can_be_repeated_when_its_plan_is_gone(simulated: Outcome, place: Path, tmp_path: Path) -> None:
    folder = save_run(simulated, tmp_path)
    shutil.move(place / "small", tmp_path / "elsewhere")
    try:
        assert repeat_run(folder).identical
    finally:
        shutil.move(tmp_path / "elsewhere", place / "small")


def test_what_is_saved(simulated: Outcome, saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_text())
    assert manifest["format"] == 5
    assert manifest["request"]["settings"] == ["risks.K1.chance_per_quarter=0.5"]
    assert set(manifest["files"]) > {"plan.yaml", "reps.csv"}
    assert all(len(digest) == 64 for digest in manifest["files"].values())
    assert [row["path"] for row in manifest["changes"]] == ["risks.K1.chance_per_quarter"]
    assert {"python", "quarterdeck", "numpy", "simpy"} <= set(manifest["versions"])
    assert manifest["seconds"] > 0
    plan = Plan.model_validate_json((saved / "plan.json").read_text())
    assert plan == simulated.inputs.plan
    batch = simulated.batches["quarters"]
    figures = pd.read_parquet(saved / "quarters-figures.parquet")
    assert figures["replication"].tolist() == list(range(25))
    for column, values in (
        ("signed", batch.kpis["signed"]),
        ("strikes:K1", batch.struck["K1"]),
        ("triggered:K1-answer", batch.triggered["K1-answer"]),
        ("signed_from:pipeline", batch.sources["pipeline"]),
        (f"signed_by_rep:{plan.reps[1].id}", batch.by_rep[:, 1]),
        ("cash_by_week:12", batch.cash_by_week[:, 11]),
    ):
        assert figures[column].tolist() == values.tolist(), column
    deals = pd.read_parquet(saved / "quarters-deals.parquet")
    assert len(deals) == sum(len(records.deals) for records in batch.records)
    assert deals[deals["outcome"] == "won"]["value"].sum() > 0
    assert deals["rep"].tolist() == [plan.reps[deal.rep].id for records in batch.records for deal in records.deals]
    assert set(deals["product"]) <= set(plan.product)
    assert {path.name for path in saved.glob("*.parquet")} == {
        *(f"quarters-{name}.parquet" for name in RECORDS),
        "without_risks-figures.parquet",
    }


def test_record_tables_hold_every_value_of_the_rows() -> None:
    """Of all kinds: texts in any script, whole numbers, infinities, truths, ids by position and none at all."""
    plan = small_plan()
    deals = [
        DealEnd("商机-1", "pipeline", 1, 0, -1, 0, -1, -3.25, 60.0, "open", 2, 1e9, 0.0),
        DealEnd("", "add_on", 0, 1, 2, 1, 0, 0.0, 7.5, "won", 0, 0.1, 33.3),
    ]
    payments = [Payment("é/1", 0.0, math.inf, 5.0, bad=True), *[Payment("b", n, n, 1.0, bad=n == 4) for n in range(9)]]
    records = [Records(7, deals=deals, payments=payments), Records(3), Records(9, deals=deals[:1])]
    files = {name: pq.read_table(pa.BufferReader(file)) for name, file in record_files(records, plan).items()}
    found = files["deals"].to_pylist()
    ids = {
        "product": list(plan.product),
        "region": list(plan.region),
        "rep": list(plan.rep),
        "tier": list(plan.customer_tier),
        "account": list(plan.account),
        "stage": [stage.id for stage in plan.process.stages],
    }
    for row, (number, deal) in zip(found, [(7, deals[0]), (7, deals[1]), (9, deals[0])], strict=True):
        expected = {
            name: (ids[name][value] if value >= 0 else None) if name in ids else value
            for name, value in deal._asdict().items()
        }
        assert row == {"replication": number, **expected}
    assert [tuple(row.values()) for row in files["payments"].to_pylist()] == [(7, *payment) for payment in payments]
    assert files["renewals"].num_rows == 0
    assert files["renewals"].schema.field("contacted").type == pa.bool_()
    assert [table.column("replication").null_count for table in files.values()] == [0] * len(files)


def test_a_run_is_saved_without_loading_pandas(place: Path, tmp_path: Path) -> None:
    """In every process it takes longer to load than all tables take to write."""
    program = """
import sys
from pathlib import Path
from studies.registry import read_request
from studies.saved.sessions import answer_and_save
asked = {"study": "simulate", "source": sys.argv[1], "replications": 3}
answer_and_save(read_request(asked), Path(sys.argv[2]))
print("pandas" in sys.modules)
"""
    words = [sys.executable, "-c", program, str(place / "small"), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.split() == ["False"]
    assert len(list(tmp_path.glob("*/quarters-deals.parquet"))) == 1


def test_a_run_may_be_read_by_others(saved: Path) -> None:
    assert saved.stat().st_mode & 0o555 == 0o555


def test_two_runs_in_a_second_have_two_names(simulated: Outcome, tmp_path: Path) -> None:
    folders = [save_run(simulated, tmp_path) for _ in range(3)]
    assert [folder.name.removeprefix(folders[0].name) for folder in folders] == ["", "-2", "-3"]
    assert folders[0].name.endswith("-simulate")
    assert len(list_runs(tmp_path)) == 3


# What cannot be written


def test_a_failure_while_writing_leaves_nothing(
    simulated: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no room left")  # as pyarrow does: with words and without a number

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(UsageError, match="no room left; choose another folder with --out"):
        save_run(simulated, tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_an_interruption_while_writing_leaves_nothing(
    simulated: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pq.ParquetWriter, "write_table", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_run(simulated, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_a_file(simulated: Outcome, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(UsageError, match="runs: File exists"):
        save_run(simulated, tmp_path / "runs")


# What was changed since


def damage_parquet(folder: Path) -> None:
    frame = pd.read_parquet(folder / "quarters-figures.parquet")
    frame.loc[3, "signed"] += 1e-9 * frame.loc[3, "signed"]
    frame.to_parquet(folder / "quarters-figures.parquet", index=False)


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def cut(name: str, length: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:length])

    return change


@pytest.mark.parametrize(
    ("change", "differing"),
    [
        (edit("allocation.csv", "quota,S1,north,R1,,", "quota,S1,north,R1,,1"), {"allocation.csv"}),
        (damage_parquet, {"quarters-figures.parquet"}),
        (cut("quarters-deals.parquet", 100), {"quarters-deals.parquet"}),
        (lambda folder: (folder / "quarters-deals.parquet").unlink(), {"quarters-deals.parquet"}),
        (
            lambda folder: shutil.copy(folder / "quarters-deals.parquet", folder / "a-deals.parquet"),
            {"a-deals.parquet"},
        ),
        (lambda folder: shutil.copy(folder / "allocation.csv", folder / "given.csv"), {"given.csv"}),
        (edit("result.json", '"mean":', '"mean":1'), {"result.json"}),
        (cut("result.json", 500), {"result.json"}),
        (lambda folder: (folder / "result.json").unlink(), {"result.json"}),
    ],
)
def test_what_was_changed_since_is_found(saved: Path, change: Callable[[Path], None], differing: set[str]) -> None:
    change(saved)
    repeat = repeat_run(saved)
    assert not repeat.identical
    assert set(repeat.differences) == differing


def test_another_seed_is_another_run(saved: Path) -> None:
    edit("manifest.json", '"seed": 3', '"seed": 4')(saved)
    repeat = repeat_run(saved)
    assert {"result.json", "quarters-figures.parquet", "quarters-deals.parquet"} <= set(repeat.differences)
    assert "allocation.csv" not in repeat.differences


def test_what_a_planner_keeps_beside_a_run_is_not_compared(saved: Path) -> None:
    (saved / "notes.txt").write_text("shown to the board")
    (saved / ".DS_Store").write_bytes(b"\0")
    assert repeat_run(saved).identical


def test_a_damaged_plan_or_allocation_cannot_be_repeated(
    ask: Callable[..., Outcome], place: Path, tmp_path: Path
) -> None:
    outcome = ask("simulate", allocation=str(place / "mine.csv"), replications=2)
    for name, problem in (("plan.json", "its plan cannot be read"), ("given.csv", "given.csv:1 ")):
        folder = save_run(outcome, tmp_path)
        (folder / name).write_text("{}")
        with pytest.raises(UsageError, match=f"{folder.name} is damaged: {problem}"):
            repeat_run(folder)
        (folder / name).unlink()
        with pytest.raises(UsageError, match=f"{folder.name} is damaged: "):
            repeat_run(folder)


# What cannot be read


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"format": 6, "anything": true}', "was saved by a newer version (format 6; this one reads 5)"),
        ('{"format": 1, "anything": true}', "was saved by an older version (format 1; this one reads 5)"),
        ("{}", "is damaged: manifest.json cannot be read (ValidationError)"),
        ("[]", "is damaged: manifest.json cannot be read (AttributeError)"),
        ("", "is damaged: manifest.json cannot be read (JSONDecodeError)"),
        ('{"format": ' + "9" * 5000 + "}", "is damaged: manifest.json cannot be read (ValueError)"),
        ("[" * 100_000, "is damaged: manifest.json cannot be read (RecursionError)"),
        (b"\xff\xfe", "is damaged: manifest.json cannot be read (UnicodeDecodeError)"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_named_and_the_others_still_list(
    simulated: Outcome, tmp_path: Path, text: str | bytes, problem: str
) -> None:
    bad, good = save_run(simulated, tmp_path), save_run(simulated, tmp_path)
    (bad / "manifest.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    first, last = list_runs(tmp_path)
    assert (first.name, first.problem) == (good.name, None)
    assert (last.name, last.problem) == (bad.name, f"{bad.name} {problem}")
    for use in (load_result, repeat_run):
        with pytest.raises(UsageError) as caught:
            use(bad)
        assert str(caught.value) == f"{bad.name} {problem}"
    assert resolve_run(tmp_path, "latest") == good


def test_a_manifest_whose_time_has_no_zone_does_not_spoil_the_list(simulated: Outcome, tmp_path: Path) -> None:
    bad, good = save_run(simulated, tmp_path), save_run(simulated, tmp_path)
    manifest = json.loads((bad / "manifest.json").read_text())
    manifest["started"] = "2026-01-05T10:00:00"
    (bad / "manifest.json").write_text(json.dumps(manifest))
    assert [(run.name, run.problem is None) for run in list_runs(tmp_path)] == [(good.name, True), (bad.name, False)]


@pytest.mark.parametrize("text", ["", "{}", '{"study": "simulate"}', "[" * 100_000])
def test_a_result_that_cannot_be_read_is_named_and_the_run_still_lists(saved: Path, text: str) -> None:
    (saved / "result.json").write_text(text)
    with pytest.raises(UsageError, match=f"{saved.name} is damaged: result.json cannot be read"):
        load_result(saved)
    assert [run.name for run in list_runs(saved.parent)] == [saved.name]


def test_a_folder_that_is_no_run_is_listed_with_its_problem(saved: Path) -> None:
    (saved.parent / "drafts").mkdir()
    (saved.parent / ".saving-x").mkdir()  # an interrupted save is no run
    (saved.parent / "notes.txt").write_text("")
    problems = {run.name: run.problem for run in list_runs(saved.parent)}
    assert problems == {
        saved.name: None,
        "drafts": f"{saved.parent / 'drafts'} is no saved run: it has no manifest.json",
    }


def test_runs_list_newest_first(simulated: Outcome, tmp_path: Path) -> None:
    days = [2, 10, 7]
    for day in days:
        save_run(replace(simulated, started=dt.datetime(2026, 1, day, tzinfo=dt.UTC)), tmp_path)
    assert [run.created.day for run in list_runs(tmp_path)] == [10, 7, 2]
    assert list_runs(tmp_path / "nowhere") == ()


# Which run is meant


def test_a_run_by_path_by_name_or_the_latest(
    simulated: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (
        save_run(replace(simulated, started=dt.datetime(2026, 1, day, tzinfo=dt.UTC)), tmp_path) for day in (5, 6)
    )
    assert resolve_run(tmp_path, old.name) == old
    assert resolve_run(tmp_path, str(old)) == old
    assert resolve_run(tmp_path, "latest") == new
    monkeypatch.chdir(old)
    assert resolve_run(tmp_path, ".").resolve() == old.resolve()


@pytest.mark.parametrize("name", ["nothing-like-it", "", "../runs/nothing", "nul\0"])
def test_a_run_that_is_not_there(saved: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_run(saved.parent, name)
    assert str(caught.value) == f"there is no run {name} in {saved.parent}; newest: {saved.name}"


def test_no_run_at_all(tmp_path: Path) -> None:
    for name in ("latest", "some"):
        with pytest.raises(UsageError, match="there is no run"):
            resolve_run(tmp_path / "runs", name)


def test_a_name_is_found_below_the_root_before_it_is_a_path(
    simulated: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_run(simulated, tmp_path / "runs")
    (tmp_path / folder.name).mkdir()  # a folder of the same name where we happen to stand
    (tmp_path / "latest").mkdir()
    monkeypatch.chdir(tmp_path)
    assert resolve_run(tmp_path / "runs", folder.name) == folder
    assert resolve_run(tmp_path / "runs", "latest") == folder
