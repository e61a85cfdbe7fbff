"""From a command's options to a request, and the files that go with its answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commands.arguments import cores, ids_of

if TYPE_CHECKING:
    from reports.wording import Wording
    from scenarios.allocation import Allocation

Options = dict[str, Any]


def request_of(study: str, plan: str, options: Options) -> Any:
    """Make the study's request of a command's options, those given."""
    from studies.registry import read_request

    given = {name: value for name, value in options.items() if value is not None}
    for name in ("risks", "only", "plans", "to_plans"):
        if name in given:
            given[name] = ids_of(given[name], plan, "contingency_plans" if name.endswith("plans") else "risks")
    given |= {name: str(given[name]) for name in ("allocation", "to_allocation") if name in given}
    jobs = {} if study == "allocate" else {"jobs": cores()}
    return read_request({**jobs, **given, "study": study, "source": plan})


def computed_by(jobs: int | None, cluster: str | None) -> Options:
    """Who computes: processes of this computer or a cluster."""
    if jobs is not None and cluster is not None:
        raise typer.BadParameter("give --jobs or --cluster, not both")
    return {"jobs": jobs, "cluster": cluster}


def refuse_existing(path: Path | None, sentence: str, words: Wording) -> None:
    """Refuse to write over a file: UsageError with a sentence that has a blank for the path."""
    if path is not None and os.path.lexists(path):
        from scenarios.errors import UsageError

        raise UsageError(words.say(sentence, path=path))


def export_to(allocation: Allocation, path: Path | None, words: Wording) -> None:
    """Write an allocation where a path was given; UsageError where that fails."""
    if path is None:
        return
    from reports.messages import say
    from reports.session import write_given

    write_given(allocation, path, words)
    say(words.say("export.done", path=path))
