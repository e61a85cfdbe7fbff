"""Saved runs: a folder with everything that a study was asked, decided and found. Saved first, shown later.

    manifest.json    what was asked, versions, hashes of the files read, times
    plan.json        the plan as resolved, overrides applied (to_plan.json: plan B of a comparison)
    allocation.csv   what was decided (given.csv, to_given.csv: hand-made ones that were handed in)
    result.json      the study's answer
    *.parquet        figures per replication; ends of opportunities, renewals, payments, strikes, activations

A folder is written under a temporary name and renamed, so that it is whole or absent.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import AwareDatetime, BeforeValidator, SerializeAsAny

from scenarios.allocation import Allocation
from scenarios.errors import PlanFileError, UsageError
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation, write_allocation
from studies.answering import Outcome, answer_from
from studies.decisions.comparing import CompareRequest
from studies.precision import PrecisionRow
from studies.registry import STUDIES, read_request
from studies.replay.replications import Progress
from studies.replay.stores import Store
from studies.requests import Request, SimulatedRequest
from studies.results import Change, Record
from studies.saved.tables import write_tables
from studies.saved.versions import versions
from studies.study import Inputs

__all__ = [
    "UNFINISHED",
    "Repeat",
    "RunSummary",
    "begin_run",
    "list_runs",
    "load_plan_of",
    "load_result",
    "read_unfinished",
    "repeat_run",
    "resolve_run",
    "save_run",
]

FORMAT = 3
"""Version of the run folder; another one is refused."""
UNFINISHED = ".unfinished"
"""How the folder of a run ends that is under way or was interrupted."""
LONG_AGO = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
"""When a damaged run was made, for all we know; it lists last."""


def _request(found: object) -> object:
    """The request of the study that it names."""
    return read_request(found) if isinstance(found, dict) else found


class Manifest(Record):
    """What determined a run, and when and with what it was computed."""

    format: int
    request: Annotated[SerializeAsAny[Request], BeforeValidator(_request)]
    plan: str
    started: AwareDatetime
    seconds: float
    versions: dict[str, str]
    files: dict[str, str]
    """File name → SHA-256."""
    changes: tuple[Change, ...]
    to_changes: tuple[Change, ...]
    headline: str
    solver: str
    precision: PrecisionRow | None = None
    """How the number of replications came about, where a precision was asked for."""


@dataclass(frozen=True)
class RunSummary:
    """A line in the list of runs; ``problem`` says why a folder cannot be read."""

    name: str
    folder: Path
    study: str = ""
    plan: str = ""
    created: dt.datetime = LONG_AGO
    headline: str = ""
    problem: str | None = None
    is_unfinished: bool = False
    """Under way, interrupted or killed: it can be continued."""
    precision: PrecisionRow | None = None
    source: str = "PLAN"
    """What it was asked about, as a command names it."""


@dataclass(frozen=True)
class Repeat:
    """A run computed again."""

    identical: bool
    differences: tuple[str, ...]
    """Files whose content differs."""
    result: Any


def save_run(outcome: Outcome, root: Path) -> Path:
    """Write the run's folder below ``root`` and return it; UsageError when the place cannot be written."""
    name = _name(outcome.started, outcome.request)
    return _written(root, name, lambda folder: _write(outcome, folder), "the run cannot be saved")


def begin_run(request: Request, inputs: Inputs, root: Path) -> Path:
    """Make the folder of a run that is under way, before anything is computed for it."""
    started = dt.datetime.now(dt.UTC)
    manifest = _manifest_of(request, inputs, started)

    def write(folder: Path) -> None:
        _write_json(folder / "manifest.json", manifest)
        _write_inputs(inputs, folder)

    return _written(root, _name(started, request), write, "a run cannot be kept", UNFINISHED)


def read_unfinished(folder: Path) -> tuple[Request, Inputs]:
    """What a run that is under way was asked, and its inputs as they were read."""
    manifest = _manifest(folder)
    return manifest.request, _saved_inputs(folder, manifest)


def _name(started: dt.datetime, request: Request) -> str:
    return f"{started.astimezone():%Y%m%d-%H%M%S}-{request.study}"


def _written(root: Path, name: str, write: Callable[[Path], None], problem: str, suffix: str = "") -> Path:
    """A folder filled under a temporary name, flushed to the disk, then renamed: whole or absent."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".saving-", dir=root))
        try:
            write(temporary)
            temporary.chmod(0o755)
            _flush(temporary)
            folder = _rename(temporary, root, name, suffix)
            _flush(root)
            return folder
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise UsageError(f"{problem} in {root}: {error.strerror or error}; choose another folder with --out") from error


def _flush(folder: Path) -> None:
    """Let the disk have a folder's list of files, where the system can."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems open no folders
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _rename(temporary: Path, root: Path, name: str, suffix: str) -> Path:
    for number in range(1, 1000):
        folder = root / f"{name}{'' if number == 1 else f'-{number}'}{suffix}"
        if not folder.exists():
            try:
                return temporary.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
    raise UsageError(f"{root} holds too many runs named {name}")


def _write(outcome: Outcome, folder: Path) -> None:
    request, inputs = outcome.request, outcome.inputs
    study = STUDIES[request.study]
    manifest = _manifest_of(request, inputs, outcome.started).model_copy(
        update={
            "seconds": outcome.seconds,
            "headline": study.headline(outcome.result),
            "solver": study.solver(outcome.result),
            "precision": outcome.precision,
        }
    )
    _write_json(folder / "manifest.json", manifest)
    _write_inputs(inputs, folder)
    write_allocation(outcome.allocation, folder / "allocation.csv")
    _write_json(folder / "result.json", outcome.result)
    for name, batch in outcome.batches.items():
        plan = inputs.to_plan if name == "b" and inputs.to_plan is not None else inputs.plan
        write_tables(batch, plan, folder, name)


def _manifest_of(request: Request, inputs: Inputs, started: dt.datetime) -> Manifest:
    return Manifest(
        format=FORMAT,
        request=request,
        plan=inputs.plan.name,
        started=started,
        seconds=0.0,
        versions=versions(),
        files=dict(inputs.files),
        changes=inputs.changes,
        to_changes=inputs.to_changes,
        headline="",
        solver="",
    )


def _write_inputs(inputs: Inputs, folder: Path) -> None:
    _write_json(folder / "plan.json", inputs.plan)
    if inputs.to_plan is not None:
        _write_json(folder / "to_plan.json", inputs.to_plan)
    for name, given in (("given.csv", inputs.allocation), ("to_given.csv", inputs.to_allocation)):
        if given is not None:
            write_allocation(given, folder / name)


def _write_json(path: Path, content: Record | Plan) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(content.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _manifest(folder: Path) -> Manifest:
    """The manifest of a run folder; UsageError when it is none, damaged or of a newer version."""
    path = folder / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text).get("format")
        if isinstance(found, int) and found > FORMAT:
            raise UsageError(f"{folder.name} was saved by a newer version (format {found}; this one reads {FORMAT})")
        if isinstance(found, int) and 0 < found < FORMAT:
            raise UsageError(f"{folder.name} was saved by an older version (format {found}; this one reads {FORMAT})")
        return Manifest.model_validate_json(text)
    except FileNotFoundError:
        raise UsageError(f"{folder} is no saved run: it has no manifest.json") from None
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise UsageError(f"{folder.name} is damaged: manifest.json cannot be read ({type(error).__name__})") from error


def load_result(folder: Path) -> tuple[RunSummary, Any]:
    """A saved run's answer, to be shown again."""
    manifest = _manifest(folder)
    return _summary(folder, manifest), _result(folder, manifest)


def _result(folder: Path, manifest: Manifest) -> Any:
    if folder.name.endswith(UNFINISHED):
        raise UsageError(f"{folder.name} is not finished; continue it with: quarterdeck run --resume {folder.name}")
    try:
        text = (folder / "result.json").read_text(encoding="utf-8")
        return STUDIES[manifest.request.study].result.model_validate_json(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder.name} is damaged: result.json cannot be read ({type(error).__name__})") from error


def _summary(folder: Path, manifest: Manifest) -> RunSummary:
    return RunSummary(
        folder.name,
        folder,
        manifest.request.study,
        manifest.plan,
        manifest.started,
        manifest.headline,
        is_unfinished=folder.name.endswith(UNFINISHED),
        precision=manifest.precision,
        source=manifest.request.source,
    )


def list_runs(root: Path) -> tuple[RunSummary, ...]:
    """Runs below a folder, newest first; a damaged one is listed with its problem, the others still list."""
    if not root.is_dir():
        return ()
    summaries = []
    for folder in sorted(root.iterdir()):
        if not folder.is_dir() or folder.name.startswith("."):
            continue
        try:
            manifest = _manifest(folder)
            if not folder.name.endswith(UNFINISHED):
                _result(folder, manifest)
            summaries.append(_summary(folder, manifest))
        except UsageError as error:
            summaries.append(RunSummary(folder.name, folder, problem=str(error)))
    return tuple(sorted(summaries, key=lambda run: (run.created, run.name), reverse=True))


def repeat_run(
    folder: Path, progress: Progress | None = None, jobs: int | None = None, cluster: str | None = None
) -> Repeat:
    """Compute a saved run again from what it saved, and compare answer and records bit for bit."""
    manifest = _manifest(folder)
    if folder.name.endswith(UNFINISHED):
        _result(folder, manifest)
    inputs = _saved_inputs(folder, manifest)
    request = manifest.request
    if isinstance(request, SimulatedRequest):
        request = request.computed_by(jobs, cluster)
    with tempfile.TemporaryDirectory() as name:
        again, parts = Path(name) / "again", Path(name) / "parts"
        again.mkdir()
        outcome = answer_from(request, inputs, progress, Store(parts))
        _write(outcome, again)
        compared = sorted(_names(folder) | _names(again))
        differences = tuple(name for name in compared if not _same(folder, again, name))
    return Repeat(not differences, differences, outcome.result)


def _names(folder: Path) -> set[str]:
    """Files that a run consists of; what else a planner keeps beside them is no part of it."""
    files = {path.name for path in folder.iterdir() if path.suffix in (".json", ".csv", ".parquet")}
    return files - {"manifest.json"}


def _same(saved: Path, again: Path, name: str) -> bool:
    if not (saved / name).exists() or not (again / name).exists():
        return False
    if (saved / name).read_bytes() == (again / name).read_bytes():
        return True
    try:
        if name == "result.json":
            texts = [(path / name).read_text(encoding="utf-8") for path in (saved, again)]
            return _timeless(json.loads(texts[0])) == _timeless(json.loads(texts[1]))
        if name.endswith(".parquet"):
            return pd.read_parquet(saved / name).equals(pd.read_parquet(again / name))
    except (OSError, ValueError, RecursionError):  # damaged: it cannot be the same
        return False
    return False


def _timeless(value: object) -> object:
    """A result without how long it took to compute."""
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items() if key != "seconds"}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


def load_plan_of(folder: Path, file: str = "plan.json") -> Plan:
    """The plan of a saved run as it was resolved; UsageError where it cannot be read."""
    try:
        return Plan.model_validate_json((folder / file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder.name} is damaged: its plan cannot be read ({type(error).__name__})") from error


def _saved_inputs(folder: Path, manifest: Manifest) -> Inputs:
    plan = load_plan_of(folder)
    to_plan = load_plan_of(folder, "to_plan.json") if (folder / "to_plan.json").exists() else None

    def given(name: str, of: Plan, file: str | None) -> Allocation | None:
        """A hand-made allocation under the name of the file that it came from."""
        if file is None:
            return None
        try:
            return replace(read_allocation(folder / name, of), name=Path(file).stem)
        except PlanFileError as error:
            raise UsageError(f"{folder.name} is damaged: {error}") from error

    to_file = manifest.request.to_allocation if isinstance(manifest.request, CompareRequest) else None
    return Inputs(
        plan,
        manifest.changes,
        given("given.csv", plan, manifest.request.allocation),
        to_plan,
        manifest.to_changes,
        given("to_given.csv", to_plan or plan, to_file),
        manifest.files,
    )


def resolve_run(root: Path, name: str) -> Path:
    """The folder of a run given by path, by name below ``root``, or as ``latest``."""
    if name == "latest":
        whole = [run for run in list_runs(root) if run.problem is None and not run.is_unfinished]
        if whole:
            return whole[0].folder
        raise UsageError(f"there is no run in {root}")
    places = [Path(name), root / name] if name else []
    if Path(name).name == name:  # a bare name is a run's, whatever else is called so where we stand
        places.reverse()
    for folder in places:
        if folder.is_dir():
            return folder
    known: Sequence[str] = [run.name for run in list_runs(root)[:5]]
    listed = f"; newest: {', '.join(known)}" if known else ""
    raise UsageError(f"there is no run {name} in {root}{listed}")
