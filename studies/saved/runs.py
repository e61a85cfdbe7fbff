"""Saved runs: a folder with everything that a study was asked, decided and found. Saved first, shown later.

manifest.json    what was asked, versions, hashes of the files read, times
plan.json        the plan as resolved, overrides applied (to_plan.json: plan B of a comparison)
allocation.csv   what was decided (given.csv, to_given.csv: hand-made ones that were handed in)
result.json      the study's answer
*.parquet        figures per replication; ends of opportunities, renewals, payments, strikes, activations
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.allocation import Allocation
from scenarios.errors import PlanFileError, UsageError
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation, write_allocation
from studies.answering import Outcome
from studies.decisions.comparing import CompareRequest
from studies.precision import PrecisionRow
from studies.registry import STUDIES
from studies.requests import Request
from studies.saved.folders import write_json, written
from studies.saved.manifests import Manifest, manifest_of, read_manifest
from studies.saved.tables import write_tables
from studies.study import Inputs

__all__ = [
    "UNFINISHED",
    "RunSummary",
    "begin_run",
    "list_runs",
    "load_plan_of",
    "load_result",
    "read_asked",
    "refuse_unfinished",
    "resolve_run",
    "save_run",
    "write_answer",
]

UNFINISHED = ".unfinished"
"""How the folder of a run ends that is under way or was interrupted."""
LONG_AGO = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
"""When a damaged run was made, for all we know; it lists last."""


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


def save_run(outcome: Outcome, root: Path) -> Path:
    """Write the run's folder below ``root`` and return it; UsageError when the place cannot be written."""
    name = _name(outcome.started, outcome.request)
    return written(root, name, lambda folder: write_answer(outcome, folder), "the run cannot be saved")


def begin_run(request: Request, inputs: Inputs, root: Path) -> Path:
    """Make the folder of a run that is under way, before anything is computed for it."""
    started = dt.datetime.now(dt.UTC)
    manifest = manifest_of(request, inputs, started)

    def write(folder: Path) -> None:
        write_json(folder / "manifest.json", manifest)
        _write_inputs(inputs, folder)

    return written(root, _name(started, request), write, "a run cannot be kept", UNFINISHED)


def read_asked(folder: Path) -> tuple[Request, Inputs]:
    """What a run was asked, and its inputs as they were read; it may be under way."""
    manifest = read_manifest(folder)
    return manifest.request, _saved_inputs(folder, manifest)


def _name(started: dt.datetime, request: Request) -> str:
    return f"{started.astimezone():%Y%m%d-%H%M%S}-{request.study}"


def write_answer(outcome: Outcome, folder: Path) -> None:
    """Write all files of a run into a folder."""
    request, inputs = outcome.request, outcome.inputs
    study = STUDIES[request.study]
    manifest = manifest_of(request, inputs, outcome.started).model_copy(
        update={
            "seconds": outcome.seconds,
            "headline": study.headline(outcome.result),
            "solver": study.solver(outcome.result),
            "precision": outcome.precision,
        }
    )
    write_json(folder / "manifest.json", manifest)
    _write_inputs(inputs, folder)
    write_allocation(outcome.allocation, folder / "allocation.csv")
    write_json(folder / "result.json", outcome.result)
    for name, batch in outcome.batches.items():
        plan = inputs.to_plan if name == "b" and inputs.to_plan is not None else inputs.plan
        write_tables(batch, plan, folder, name)


def _write_inputs(inputs: Inputs, folder: Path) -> None:
    write_json(folder / "plan.json", inputs.plan)
    if inputs.to_plan is not None:
        write_json(folder / "to_plan.json", inputs.to_plan)
    for name, given in (("given.csv", inputs.allocation), ("to_given.csv", inputs.to_allocation)):
        if given is not None:
            write_allocation(given, folder / name)


def load_result(folder: Path) -> tuple[RunSummary, Any]:
    """A saved run's answer, to be shown again."""
    manifest = read_manifest(folder)
    return _summary(folder, manifest), _result(folder, manifest)


def refuse_unfinished(folder: Path) -> None:
    """UsageError where a run is under way or was interrupted."""
    if folder.name.endswith(UNFINISHED):
        raise UsageError(f"{folder.name} is not finished; continue it with: quarterdeck run --resume {folder.name}")


def _result(folder: Path, manifest: Manifest) -> Any:
    refuse_unfinished(folder)
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
            manifest = read_manifest(folder)
            if not folder.name.endswith(UNFINISHED):
                _result(folder, manifest)
            summaries.append(_summary(folder, manifest))
        except UsageError as error:
            summaries.append(RunSummary(folder.name, folder, problem=str(error)))
    return tuple(sorted(summaries, key=lambda run: (run.created, run.name), reverse=True))


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
