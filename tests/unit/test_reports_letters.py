"""Unit: a quota letter says the number, why, and a path that ends at it; the chance only where it was asked for."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest
import python_calamine as calamine

from reports.documents.letters import letter_of, write_letters
from reports.specs import Listing
from reports.wording import CHINESE, ENGLISH, Wording
from reports.workbooks.letters_sheet import letters_workbook
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.allocating import allocate_study
from studies.allocation.commitments import Commitment, commitments
from studies.allocation.results import AllocateResult
from studies.main_job import RunResult
from studies.saved.reporting import SavedRun
from studies.saved.runs import RunSummary
from tests.cli import samples


@pytest.fixture(scope="module", name="allocated")
def _allocated(small_plan: Plan) -> AllocateResult:
    return allocate_study(small_plan)[0]


@pytest.fixture(scope="module", name="run")
def _run(small_plan: Plan, allocated: AllocateResult) -> SavedRun:
    summary = RunSummary("a-run", Path("a-run"), "allocate", small_plan.name, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return SavedRun(summary, allocated, small_plan, ())


@pytest.fixture(scope="module", name="asked")
def _asked(run: SavedRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[Commitment, ...]:
    return commitments(run, tmp_path_factory.mktemp("run"))


def test_every_rep_with_a_quota_gets_a_letter(asked: tuple[Commitment, ...], allocated: AllocateResult) -> None:
    assert {entry.rep: entry.quota for entry in asked} == {rep.rep: rep.quota for rep in allocated.reps}


def test_the_path_ends_at_the_quota_and_follows_working_days(asked: tuple[Commitment, ...]) -> None:
    """12 weeks with two holidays in the week of 16 February: 58 days, 3 of them in week 7."""
    entry = asked[0]
    assert entry.weeks[-1].so_far == entry.quota
    assert sum(week.in_week for week in entry.weeks) == pytest.approx(entry.quota)
    assert entry.weeks[6].in_week == pytest.approx(entry.quota * 3 / 58, abs=1)
    assert not entry.is_own_path


def test_the_path_has_the_shape_of_what_the_rep_signs(run: SavedRun, tmp_path: Path, small_plan: Plan) -> None:
    """One rep wins 100 on day 1 and renews 300 on day 6 (week 2): a quarter of the quota is due in week 1."""
    rep = small_plan.reps[0].id
    deals = {"rep": [rep, rep, None], "outcome": ["won", "lost", "won"], "ended": [1.5, 2.0, 3.0], "value": [100.0] * 3}
    renewals = {"rep": [rep], "outcome": ["renewed"], "day": [6.2], "value": [300.0]}
    pd.DataFrame(deals).to_parquet(tmp_path / "quarters-deals.parquet")
    pd.DataFrame(renewals).to_parquet(tmp_path / "quarters-renewals.parquet")
    by_rep = {entry.rep: entry for entry in commitments(run, tmp_path)}
    assert by_rep[rep].is_own_path
    assert by_rep[rep].weeks[0].so_far == pytest.approx(by_rep[rep].quota / 4, abs=1)
    assert by_rep[rep].weeks[1].so_far == pytest.approx(by_rep[rep].quota)
    assert not by_rep[small_plan.reps[1].id].is_own_path


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_chance_is_told_only_where_it_was_asked_for(
    asked: tuple[Commitment, ...], small_plan: Plan, words: object
) -> None:
    entry = asked[0].model_copy(update={"chance": 0.37})
    assert "37%" not in str(letter_of(entry, small_plan, words))  # type: ignore[arg-type]
    assert "37%" in str(letter_of(entry, small_plan, words, with_chance=True))  # type: ignore[arg-type]


def test_letters_are_files_and_one_to_print(
    run: SavedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("reports.documents.letters.read_run", lambda folder: run)
    write_letters(tmp_path, tmp_path / "out", ENGLISH)
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == sorted([*(f"{rep.id}.html" for rep in run.plan.reps), "letters.html"])
    text = (tmp_path / "out" / "letters.html").read_text(encoding="utf-8")
    assert text.count('<section class="letter"') == len(run.plan.reps)
    assert "https://" not in text
    assert f"{len(run.plan.reps)} letters are in" in capsys.readouterr().err


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_letters_are_one_sheet_too(asked: tuple[Commitment, ...], small_plan: Plan, words: Wording) -> None:
    """A line per rep, sums of quotas and of each week; the chance only where it was asked for."""
    told = [entry.model_copy(update={"chance": 0.37, "name": "=1+1"}) for entry in asked]
    data = letters_workbook(told, small_plan, words)
    assert data == letters_workbook(told, small_plan, words)
    (sheet,) = (calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(),)
    lines = [row for row in sheet if row[0] in {entry.rep for entry in told}]
    assert [(row[0], row[1], row[4]) for row in lines] == [(entry.rep, "=1+1", entry.quota) for entry in told]
    assert [row[-1] for row in lines] == [entry.quota for entry in told]
    assert lines[0][7] == told[0].weeks[0].so_far
    assert lines[0][5] == pytest.approx(told[0].quota / small_plan.target)
    assert sheet[-1][4] == pytest.approx(sum(entry.quota for entry in told))
    assert not any(0.37 in row for row in sheet)
    with_chances = calamine.CalamineWorkbook.from_filelike(io.BytesIO(letters_workbook(told, small_plan, words, True)))
    assert sum(0.37 in row for row in with_chances.get_sheet_by_index(0).to_python()) == len(told)


def test_the_sheet_is_written_beside_the_letters_or_nothing_is(
    run: SavedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.documents.letters.read_run", lambda folder: run)
    (tmp_path / "there.xlsx").touch()
    with pytest.raises(UsageError, match="exists already"):
        write_letters(tmp_path, tmp_path / "out", ENGLISH, excel=tmp_path / "there.xlsx")
    assert not (tmp_path / "out").exists()
    write_letters(tmp_path, tmp_path / "out", ENGLISH, excel=tmp_path / "letters.xlsx")
    assert (tmp_path / "letters.xlsx").exists()


def test_a_run_without_quotas_has_no_letters(run: SavedRun, tmp_path: Path) -> None:
    compared = SavedRun(run.summary, samples.comparison(), run.plan, ())
    with pytest.raises(UsageError, match="decided no quotas"):
        commitments(compared, tmp_path)


def test_the_chance_comes_from_the_simulation(run: SavedRun, tmp_path: Path, allocated: AllocateResult) -> None:
    rep = run.plan.reps[0].id
    row = samples.simulation().by_rep[0].model_copy(update={"id": rep, "p_quota": 0.42})
    simulated = samples.simulation().model_copy(update={"by_rep": (row,)})
    whole = RunResult(allocate=allocated, simulate=simulated, stress=samples.stress())
    found = {entry.rep: entry.chance for entry in commitments(SavedRun(run.summary, whole, run.plan, ()), tmp_path)}
    assert found[rep] == 0.42


def test_a_letter_names_products_and_no_rule_that_only_the_planner_knows(
    asked: tuple[Commitment, ...], small_plan: Plan
) -> None:
    entry = next(entry for entry in asked if entry.explanation.also_in)
    (why,) = (block for block in letter_of(entry, small_plan, ENGLISH).blocks if isinstance(block, Listing))
    assert f"S1 {small_plan.product['S1'].name} " in why.entries[-1]
    assert not any("also depends" in text for text in why.entries)
