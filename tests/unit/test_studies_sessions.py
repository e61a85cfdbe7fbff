"""Unit: what befalls a study on its way: interruptions, killed processes, full disks, clocks and locales."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from joblib.externals.loky import reusable_executor

from scenarios.errors import UsageError
from studies.answering import Outcome, answer, answer_from, read_inputs
from studies.registry import read_request
from studies.replay.replications import run_replications, run_variants
from studies.replay.stores import Store
from studies.replay.workers import Processes
from studies.requests import Request
from studies.saved.repeating import repeat_run
from studies.saved.runs import list_runs, load_result, resolve_run, save_run
from studies.saved.sessions import Interrupted, Step, answer_and_save, resume_run
from studies.saved.unfinished import partial_result
from tests.plans import PLAN_YAML, STEERED_YAML, small_plan_files
from tests.unit.test_studies_replications import ALLOCATION, OPTIONS, PLAN, differing, run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", name="place")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_plan_files(
        tmp_path_factory.mktemp("place") / "small", plan=PLAN_YAML.replace("target: 1000000", "target: 170000")
    )


def request(place: Path, study: str = "stress", **words: object) -> Request:
    return read_request({"study": study, "source": str(place), "replications": 24, "seed": 3, **words})


@pytest.fixture(scope="module", name="whole")
def _whole(place: Path) -> Outcome:
    return answer(request(place))


def timeless(result: object) -> object:
    return result.model_copy(update={"seconds": 0.0})  # type: ignore[attr-defined]


def stop_after(parts: int) -> Callable[[str, int, int], None]:
    """Progress that is interrupted after so many parts."""
    told: list[int] = []

    def tell(*_: object) -> None:
        told.append(1)
        if len(told) == parts:
            raise KeyboardInterrupt

    return tell


# Ctrl-C


@pytest.mark.parametrize("parts", [25])
def test_an_interrupted_study_goes_on_to_the_same_figures(
    place: Path, whole: Outcome, tmp_path: Path, parts: int
) -> None:
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place), tmp_path, stop_after(parts))
    [left] = list_runs(tmp_path)
    assert (left.folder, left.is_unfinished, left.problem) == (stop.value.folder, True, None)
    told: list[str] = []
    outcome, saved = resume_run(left.folder, tmp_path, lambda label, *_: told.append(label))
    assert timeless(outcome.result) == timeless(whole.result)
    assert [run.name for run in list_runs(tmp_path)] == [saved.name]
    assert repeat_run(saved).identical


def test_what_is_finished_is_not_computed_again(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place, "simulate"), tmp_path, stop_after(10))
    ran: list[int] = []
    real = run_variants.__globals__["run_quarter"]
    monkeypatch.setattr(
        "studies.replay.replications.run_quarter", lambda m, f: (ran.append(f.replication), real(m, f))[1]
    )
    resume_run(stop.value.folder, tmp_path)
    assert (ran[0], min(ran[:10])) == (10, 10)  # ten parts of one were there


def test_what_other_code_has_finished_is_computed_again(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place, "simulate"), tmp_path, stop_after(10))
    ran: list[int] = []
    real = run_variants.__globals__["run_quarter"]
    monkeypatch.setattr(
        "studies.replay.replications.run_quarter", lambda m, f: (ran.append(f.replication), real(m, f))[1]
    )
    monkeypatch.setattr("studies.replay.stores.code", lambda: "of another state")
    resume_run(stop.value.folder, tmp_path)
    assert ran[0] == 0


@pytest.fixture(scope="module", name="steered")
def _steered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = STEERED_YAML.replace("target: 1000000", "target: 170000")
    return small_plan_files(tmp_path_factory.mktemp("steered") / "small", plan=text)


DECIDING: dict[str, dict[str, object]] = {
    "lights": {},
    "design": {},
    "rounds": {"rounds": 1},
    "value": {"plans": ("K1-answer",)},
    "select": {},
    "recommend": {"count": 1},
    "explain": {"verdicts": ("K1-answer",), "ranges": ("customer_tiers.A.win_rate",)},
    "reach_chance": {"chance": 0.9},
    "over_assign": {"chance": 0.3},
}


@pytest.mark.parametrize("study", DECIDING)
def test_every_study_goes_on_where_it_was(
    steered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: str
) -> None:
    """To the same figures, and no quarter that was finished is simulated again."""
    ran: list[int] = []
    real = run_variants.__globals__["run_quarter"]
    monkeypatch.setattr(
        "studies.replay.replications.run_quarter", lambda m, f: (ran.append(f.replication), real(m, f))[1]
    )
    steps: list[str] = []
    asked = request(steered, study, replications=20, **DECIDING[study])
    whole = answer_from(asked, read_inputs(asked), lambda label, *_: steps.append(label), Store(tmp_path / "whole"))
    once = len(ran)
    with pytest.raises(Interrupted) as stop:
        answer_and_save(asked, tmp_path / "runs", stop_after(2 * len(steps) // 3))
    outcome, _ = resume_run(stop.value.folder, tmp_path / "runs")
    assert timeless(outcome.result) == timeless(whole.result)
    assert len(ran) == 2 * once


def test_a_part_that_is_not_whole_is_computed_again(place: Path, whole: Outcome, tmp_path: Path) -> None:
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place), tmp_path, stop_after(10))
    parts = sorted(stop.value.folder.glob("parts/*/*.npz"))
    parts[0].write_bytes(parts[0].read_bytes()[:500])
    parts[1].write_bytes(b"")
    next(stop.value.folder.glob("parts/*/*-deals.parquet")).unlink()
    outcome, _ = resume_run(stop.value.folder, tmp_path)
    assert timeless(outcome.result) == timeless(whole.result)


def test_an_interruption_before_anything_is_finished_leaves_nothing(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("studies.replay.replications.run_quarter", interrupt)
    with pytest.raises(KeyboardInterrupt) as stop:
        answer_and_save(request(place), tmp_path)
    assert not isinstance(stop.value, Interrupted)
    assert list(tmp_path.iterdir()) == []


def test_an_error_before_anything_is_finished_leaves_nothing(place: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no risk K9"):
        answer_and_save(request(place, risks=("K9",)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_there_is_of_an_interrupted_study_are_its_first_quarters(place: Path, tmp_path: Path) -> None:
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place), tmp_path, stop_after(30))
    assert (stop.value.kept, stop.value.step) == (61, Step("without each risk, with each contingency plan", 13, 30))
    part = partial_result(stop.value.folder)
    assert (part.of, part.replications, part.asked, part.kept) == ("stress", 24, 24, 61)
    assert (part.plans, "K1" in part.risks) == ((), True)
    first = answer(request(place, "simulate", plans=())).result
    assert [(row.id, row.mean, row.p10) for row in part.kpis] == [(row.id, row.mean, row.p10) for row in first.kpis]


def test_a_part_ends_at_the_first_quarter_that_is_not_done(place: Path, tmp_path: Path) -> None:
    """Whatever came after it: quarters that take longer than others are not left out of the middle."""
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place, "simulate"), tmp_path, stop_after(12))
    [variant] = [path.parent for path in stop.value.folder.glob("parts/*/in-play.json") if '"K1"' in path.read_text()]
    parts = sorted(variant.glob("*.npz"))
    parts[7].unlink()
    assert (partial_result(stop.value.folder).replications, partial_result(stop.value.folder).kept) == (7, 23)
    parts[1].write_bytes(b"")
    with pytest.raises(UsageError, match=r"says nothing yet; continue it with: quarterdeck run --resume"):
        partial_result(stop.value.folder)


def test_only_what_is_unfinished_can_be_continued_and_it_cannot_be_shown(place: Path, tmp_path: Path) -> None:
    _, saved = answer_and_save(request(place, "simulate", replications=4), tmp_path)
    with pytest.raises(UsageError, match="is finished; show it with: quarterdeck show"):
        resume_run(saved, tmp_path)
    with pytest.raises(Interrupted) as stop:
        answer_and_save(request(place), tmp_path, stop_after(3))
    for use in (load_result, repeat_run):
        with pytest.raises(UsageError, match=r"not finished; continue it with: quarterdeck run --resume"):
            use(stop.value.folder)
    assert resolve_run(tmp_path, "latest") == saved


def test_a_study_that_simulates_nothing_keeps_no_folder(place: Path, tmp_path: Path) -> None:
    answer_and_save(read_request({"study": "allocate", "source": str(place)}), tmp_path)
    assert [path.name.endswith("-allocate") for path in tmp_path.iterdir()] == [True]


# Processes that are killed


def test_a_killed_worker_loses_nothing() -> None:
    killed: list[int] = []

    def kill_one(*_: object) -> None:
        if not killed:
            killed.extend(list(reusable_executor._executor._processes)[:1])
            os.kill(killed[0], signal.SIGKILL)

    batch = run(range(80), workers=Processes(2), progress=kill_one)
    assert killed
    assert differing(batch, run(range(80))) == []


def test_processes_that_are_always_killed_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    class Dead:
        def __init__(self, **_: object) -> None:
            pass

        def __call__(self, _: object) -> Iterator[object]:
            raise TerminatedWorkerError

    monkeypatch.setattr("studies.replay.workers.Parallel", Dead)
    with pytest.raises(UsageError, match=r"killed 3 times in a row.*--jobs 1"):
        run_replications(PLAN, ALLOCATION, OPTIONS, seed=3, numbers=range(80), workers=Processes(2))


def in_a_process(program: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, words)], capture_output=True, encoding="utf-8", cwd=ROOT, check=False
    )


SAVE = """
import sys, os, signal, resource, pathlib
import studies.saved.runs
from studies.registry import read_request
from studies.saved.sessions import answer_and_save
from scenarios.errors import UsageError
source, out = sys.argv[1], pathlib.Path(sys.argv[2])
asked = read_request({"study": "simulate", "source": source, "replications": 24, "seed": 3})
"""


def test_a_process_killed_while_it_saves_leaves_no_half_run(place: Path, tmp_path: Path) -> None:
    kill = """
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
studies.saved.runs.write_tables = die
answer_and_save(asked, out)
"""
    assert in_a_process(SAVE + kill, place, tmp_path).returncode == -signal.SIGKILL
    [left] = list_runs(tmp_path)
    assert left.is_unfinished
    outcome, saved = resume_run(left.folder, tmp_path)
    assert timeless(outcome.result) == timeless(answer(request(place, "simulate")).result)
    assert [run.name for run in list_runs(tmp_path)] == [saved.name]


# Disks


@pytest.mark.parametrize(("most_bytes", "kept"), [(2_000, False), (20_000, True)])
def test_a_disk_without_room(place: Path, tmp_path: Path, most_bytes: int, kept: bool) -> None:
    """A limit on the size of files stands in for a full disk: the write fails in the middle."""
    full = f"""
resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes}))
try:
    answer_and_save(asked, out)
except UsageError as error:
    print(error)
"""
    done = in_a_process(SAVE + full, place, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "File too large" in done.stdout
    assert "choose another folder with --out" in done.stdout
    assert [run.is_unfinished for run in list_runs(tmp_path)] == [True] * kept
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".saving-")] == []


def test_a_place_that_cannot_be_written_is_said_before_anything_is_computed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "studies.replay.replications.run_quarter", lambda *_: pytest.fail("computed before it was said")
    )
    with pytest.raises(UsageError, match=r"cannot be kept in /proc/quarterdeck: .*choose another folder with --out"):
        answer_and_save(request(place), Path("/proc/quarterdeck"))


def test_runs_saved_at_once_in_one_folder_have_names_of_their_own(whole: Outcome, tmp_path: Path) -> None:
    saved: list[Path] = []
    threads = [threading.Thread(target=lambda: saved.append(save_run(whole, tmp_path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(saved)) == 6
    assert {run.name for run in list_runs(tmp_path)} == {folder.name for folder in saved}
    assert all(run.problem is None for run in list_runs(tmp_path))


def test_two_processes_that_save_at_the_same_moment_save_every_run_whole(place: Path, tmp_path: Path) -> None:
    """The same study begun in the same second, so that both ask for the same names."""
    together = """
import dataclasses, datetime, time
from studies.answering import answer
outcome = dataclasses.replace(answer(asked), started=datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC))
gate = pathlib.Path(sys.argv[3])
(gate / str(os.getpid())).touch()
while len(list(gate.iterdir())) < 2:
    time.sleep(0.001)
for _ in range(4):
    studies.saved.runs.save_run(outcome, out)
"""
    gate, out = tmp_path / "gate", tmp_path / "out"
    gate.mkdir()
    command = [sys.executable, "-c", SAVE + together, str(place), str(out), str(gate)]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    assert [process.communicate(timeout=300)[1] for process in both] == ["", ""]
    runs = list_runs(out)
    assert [run.problem for run in runs] == [None] * 8
    assert {path.name for path in out.iterdir()} == {run.name for run in runs}, "something was left beside the runs"
    contents = [
        {path.name: path.read_bytes() for path in run.folder.iterdir() if path.suffix == ".parquet"} for run in runs
    ]
    assert contents == [contents[0]] * 8
    assert repeat_run(runs[0].folder).identical


# Clocks and locales


def test_a_clock_set_back_and_another_zone_neither_overwrite_nor_disorder(
    whole: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        names.append(save_run(whole, tmp_path).name)
    later = save_run(replace(whole, started=whole.started.replace(year=2050)), tmp_path)
    earlier = save_run(replace(whole, started=whole.started.replace(year=2001)), tmp_path)
    monkeypatch.undo()
    time.tzset()
    listed = [run.name for run in list_runs(tmp_path)]
    assert len(set(names)) == 4
    assert (listed[0], listed[-1]) == (later.name, earlier.name)
    assert repeat_run(tmp_path / names[1]).identical


def test_a_locale_with_a_decimal_comma_changes_no_figure(place: Path, tmp_path: Path) -> None:
    program = """
import locale, sys
from unittest import mock
conventions = locale.localeconv() | {"decimal_point": ",", "thousands_sep": "."}
try:
    locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
except locale.Error:  # not installed: at least what Python itself asks for has a comma
    mock.patch("locale.localeconv", lambda: conventions).start()
from cli import app
app(["simulate", sys.argv[1], "--replications", "6", "--json", "--jobs", "1", "--out", sys.argv[2]])
"""
    german = in_a_process(program, place, tmp_path)
    assert german.returncode == 0, german.stderr
    plain = answer(request(place, "simulate", replications=6, seed=1)).result
    assert json.loads(german.stdout) | {"seconds": 0} == json.loads(plain.model_dump_json()) | {"seconds": 0}
    [run] = list_runs(tmp_path)
    assert repeat_run(run.folder).identical


def _heed_interrupts() -> None:
    """What is started in the background of a shell without job control ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_command_is_interrupted_and_continued(place: Path, tmp_path: Path) -> None:
    words = ["simulate", str(place), "--replications", "4000", "--jobs", "2", "--out", str(tmp_path)]
    command = [sys.executable, str(ROOT / "cli.py")]
    with subprocess.Popen(
        [*command, *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    ) as started:
        end = time.monotonic() + 120
        first = "*.unfinished/parts/*/00000000-*.npz"  # of two processes either may be the first to finish a part
        while time.monotonic() < end and not list(tmp_path.glob(first)):
            time.sleep(0.05)
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=120)
    assert (started.returncode, out) == (130, "")
    [left] = list_runs(tmp_path)
    assert f"\nContinue with: quarterdeck run --resume {left.name} --out {tmp_path}" in err
    assert f"\nSee what there is: quarterdeck show {left.name} --out {tmp_path}" in err
    assert "Traceback" not in err
    shown = subprocess.run(
        [*command, "show", left.name, "--out", str(tmp_path), "--language", "en"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "of 4,000 quarters of what it simulates first" in " ".join(shown.stdout.split())
