"""A study asked for and saved as a run; while it is under way, what is finished is kept, so that it can be continued.

``<run>.unfinished`` beside the runs holds what was asked, the inputs as read, and ``parts``. It
goes when the run has been saved, and stays when the study is interrupted or its process killed. Two processes that
continue the same one write the same parts and save two runs.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from scenarios.errors import UsageError
from studies.answering import Outcome, answer_from, read_inputs
from studies.replay.replications import Progress
from studies.replay.stores import Store
from studies.requests import Request, SimulatedRequest
from studies.saved.runs import UNFINISHED, begin_run, read_asked, save_run
from studies.saved.unfinished import PARTS
from studies.study import Inputs

__all__ = ["Interrupted", "Step", "answer_and_save", "resume_run"]


class Step(NamedTuple):
    """How far a study is with one of the variants that it simulates, as its progress bar says."""

    label: str
    done: int
    total: int


class Interrupted(KeyboardInterrupt):
    """A study was interrupted; what is finished of it is kept in a folder."""

    def __init__(self, folder: Path, kept: int, step: Step | None) -> None:
        self.folder = folder
        self.kept = kept
        """Replications that are finished, of all variants."""
        self.step = step
        """Where it was; None where it had not got on since it was continued."""
        super().__init__(folder.name)


def answer_and_save(request: Request, root: Path, progress: Progress | None = None) -> tuple[Outcome, Path]:
    """Answer a request and save it as a run below ``root``. Interrupted where it is, with something to continue."""
    inputs = read_inputs(request)
    if not isinstance(request, SimulatedRequest):
        outcome = answer_from(request, inputs, progress)
        return outcome, save_run(outcome, root)
    is_new = not root.exists()
    try:
        return _carry_on(begin_run(request, inputs, root), request, inputs, root, progress)
    finally:
        if is_new:
            with suppress(OSError):  # where something is in it, it stays
                root.rmdir()


def resume_run(
    folder: Path, root: Path, progress: Progress | None = None, jobs: int | None = None, cluster: str | None = None
) -> tuple[Outcome, Path]:
    """Continue a study from what is finished of it; UsageError where there is nothing to continue."""
    if not folder.name.endswith(UNFINISHED):
        raise UsageError(f"{folder.name} is finished; show it with: quarterdeck show {folder.name}")
    request, inputs = read_asked(folder)
    if isinstance(request, SimulatedRequest):
        request = request.computed_by(jobs, cluster)
    return _carry_on(folder, request, inputs, root, progress)


def _carry_on(
    folder: Path, request: Request, inputs: Inputs, root: Path, progress: Progress | None
) -> tuple[Outcome, Path]:
    store = Store(folder / PARTS)
    step: Step | None = None

    def watch(*told: Any) -> None:
        nonlocal step
        step = Step(*told)
        if progress is not None:
            progress(*told)

    try:
        outcome = answer_from(request, inputs, watch, store)
        saved = save_run(outcome, root)
    except BaseException as stop:
        if store.is_empty():
            shutil.rmtree(folder, ignore_errors=True)
        elif isinstance(stop, KeyboardInterrupt):
            raise Interrupted(folder, store.count(), step) from None
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return outcome, saved
