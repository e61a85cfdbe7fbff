"""The list of saved runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.pages.parts import row, shortened
from reports.specs import Column, Mark, Page, Row, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from studies.saved.runs import RunSummary

__all__ = ["run_list_page"]


_PLAN_CELLS = 22


def run_list_page(runs: Sequence[RunSummary], folder: Path, words: Wording) -> Page:
    """Newest first, as they come; a damaged one says what is wrong with it."""
    if not runs:
        return Page((Sentence(words.say("runs.empty", folder=folder)),))
    columns = (
        Column(words.say("column.run"), least=40),
        Column(words.say("column.study"), gives_way=2),
        Column(words.say("column.plan_name"), gives_way=3, under=4),
        Column(words.say("column.when"), gives_way=1),
        Column(words.say("column.headline")),
    )
    return Page((Table(words.say("runs.title", folder=folder), columns, tuple(_row(run, words) for run in runs)),))


def _row(run: RunSummary, words: Wording) -> Row:
    if run.problem is not None:
        return row(run.name, "", "", "", Mark(run.problem, "bad"))
    if run.is_unfinished:
        unfinished = Mark(words.say("runs.unfinished", name=run.name), "warning")
        return row(run.name, run.study, shortened(run.plan, _PLAN_CELLS), "", unfinished)
    when = f"{run.created.astimezone():%Y-%m-%d %H:%M}"
    return row(run.name, run.study, shortened(run.plan, _PLAN_CELLS), when, translated(run.headline, words))
