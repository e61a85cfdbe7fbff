"""A session: a request is answered, the run saved, the answer shown and held against what was required."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from reports.documents.request_sheet import sheet_to_fill, write_effects
from reports.json_texts import print_json, runs_json
from reports.messages import say
from reports.pages.answers import Answer, answer_page
from reports.pages.precision import precision_page
from reports.pages.run import page_of
from reports.pages.run_list import run_list_page
from reports.progress import ProgressBars
from reports.requirements import check_requirements, read_requirements
from reports.terminal import show
from reports.translating import translated
from reports.wording import Wording
from scenarios.allocation import Allocation
from scenarios.errors import RequirementFailed, UsageError
from studies.allocation.allocations import write_allocation
from studies.answering import Outcome
from studies.precision import PrecisionRow
from studies.registry import STUDIES
from studies.requests import Request
from studies.results import Change, Record
from studies.saved.repeating import repeat_run
from studies.saved.runs import list_runs, read_asked
from studies.saved.sessions import Interrupted, answer_and_save, resume_run
from studies.saved.unfinished import partial_result

__all__ = [
    "answer_request",
    "export_allocations",
    "repeat_saved",
    "resume_saved",
    "show_answer",
    "show_result",
    "show_runs",
    "show_unfinished",
    "write_given",
]


def answer_request(request: Request, out: Path, json: bool, require: Sequence[str], words: Wording) -> Outcome:
    """Answer, save first, show then. RequirementFailed where the answer does not meet what was required."""
    requirements = read_requirements(require, STUDIES[request.study], words)
    sheet_to_fill(request, words)  # refused before minutes are spent on what could not be written
    with ProgressBars(words) as progress, _kept_when_interrupted(out, words):
        outcome, folder = answer_and_save(request, out, progress)
    _show_outcome(outcome, folder, json, words)
    check_requirements(requirements, STUDIES[request.study].kpis(outcome.result), words)
    return outcome


def resume_saved(
    folder: Path,
    jobs: int,
    cluster: str | None,
    out: Path,
    json: bool,
    require: Sequence[str],
    words: Wording,
) -> None:
    """Continue a study that was interrupted, save and show it."""
    request, _ = read_asked(folder)
    requirements = read_requirements(require, STUDIES[request.study], words)
    sheet_to_fill(request, words)  # refused before minutes are spent on what could not be written
    with ProgressBars(words) as progress, _kept_when_interrupted(out, words):
        outcome, saved = resume_run(folder, out, progress, jobs, cluster)
    _show_outcome(outcome, saved, json, words)
    check_requirements(requirements, STUDIES[request.study].kpis(outcome.result), words)


@contextmanager
def _kept_when_interrupted(out: Path, words: Wording) -> Iterator[None]:
    """Say what is there of a study that is interrupted, how to see it, and how to go on with it."""
    try:
        yield
    except Interrupted as stop:
        text = words.say("runs.interrupted", kept=words.money(stop.kept))
        if stop.step is not None:
            done, total = words.money(stop.step.done), words.money(stop.step.total)
            text += words.say("runs.under_way", step=translated(stop.step.label, words), done=done, total=total)
        run = f"{stop.folder.name} --out {shlex.quote(str(out))}"
        raise KeyboardInterrupt(f"{text}\n{words.say('runs.go_on', run=run)}") from None


def show_unfinished(folder: Path, json: bool, words: Wording) -> None:
    """Show what there is of a study that was interrupted."""
    show_result(partial_result(folder), json, words)


def _show_outcome(outcome: Outcome, folder: Path, json: bool, words: Wording) -> None:
    show_result(outcome.result, json, words, outcome.request.source, outcome.precision)
    say(words.say("runs.saved", folder=folder))
    sheet = sheet_to_fill(outcome.request, words)  # as it is now: somebody may have written into it meanwhile
    if sheet is not None:
        write_effects(sheet, outcome.inputs.plan, outcome.result)
        say(words.say("request.done", path=sheet.path))


def repeat_saved(folder: Path, jobs: int, cluster: str | None, json: bool, words: Wording) -> None:
    """Compute a saved run again. RequirementFailed where it is not the same to the last bit."""
    with ProgressBars(words) as progress:
        again = repeat_run(folder, progress, jobs, cluster)
    show_result(again.result, json, words)
    if not again.identical:
        files = words.listed(again.differences)
        raise RequirementFailed(words.say("repeat.differs", name=folder.name, files=files))
    say(words.say("repeat.identical", name=folder.name))


def show_result(
    result: Record, json: bool, words: Wording, source: str = "PLAN", precision: PrecisionRow | None = None
) -> None:
    """Show a result as tables or as JSON."""
    if json:
        print_json(result.model_dump_json(indent=2))
    else:
        show(page_of(result, words, source) + precision_page(precision, words), words)


def show_answer(
    result: Answer,
    json: bool,
    words: Wording,
    changed: Sequence[Change] = (),
    source: str = "PLAN",
    in_full: bool = False,
) -> None:
    """Show an answer that is not saved as a run, with what was changed in its plan."""
    answered = result.model_copy(update={"changes": tuple(changed)})
    if json:
        print_json(answered.model_dump_json(indent=2))
    else:
        show(answer_page(answered, words, source, in_full), words)


def export_allocations(allocations: Mapping[str, Allocation], options: int, folder: Path, words: Wording) -> None:
    """Write the allocations of so many options as CSV files into a folder that is not there yet."""
    files = {name: re.sub(r"[^\w]+", "-", name).strip("-") + ".csv" for name in allocations}
    twice = [file for file, n in Counter(files.values()).items() if n > 1]
    if twice or len(allocations) < options:
        raise UsageError(words.say("options.twice"))
    try:
        folder.mkdir(parents=True)
        for name, allocation in allocations.items():
            write_allocation(allocation, folder / files[name])
    except FileExistsError as error:
        raise UsageError(words.say("options.exists", path=folder)) from error
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(words.say("options.exported", path=folder, files=words.listed(files.values())))


def write_given(allocation: Allocation, path: Path, words: Wording) -> None:
    """Write an allocation, to be edited and handed back: a workbook where its name says so, else CSV."""
    if path.suffix.lower() == ".xlsx":
        from reports.files import WORKBOOK, write_new
        from reports.workbooks.run_workbook import allocation_workbook

        write_new(path, allocation_workbook(allocation, words), WORKBOOK, words)
        return
    try:
        write_allocation(allocation, path)
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=path, reason=error.strerror)) from error


def show_runs(folder: Path, json: bool, words: Wording) -> None:
    """Show the runs saved in a folder."""
    found = list_runs(folder)
    if json:
        print_json(runs_json(found))
    else:
        show(run_list_page(found, folder, words), words)
