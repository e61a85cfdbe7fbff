"""From saved runs to files: a report is made, its checks are heeded, and it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reports.documents.document import report_of
from reports.documents.drawing import has_chinese_font, write_charts
from reports.documents.html import report_html
from reports.files import DECK, WORKBOOK, refuse, write_new
from reports.messages import say
from reports.slides.deck import deck_of
from reports.slides.slides import deck_file
from reports.specs import Report
from reports.wording import Wording
from reports.workbooks.run_workbook import run_workbook
from scenarios.errors import RequirementFailed, UsageError
from studies.reviewing import review
from studies.saved.reporting import SavedRun, read_run

__all__ = ["export_runs", "write_report"]

_HAN = re.compile(r"[\u4e00-\u9fff]")


def write_report(
    folders: Sequence[Path],
    path: Path,
    words: Wording,
    *,
    board_only: bool = False,
    charts: Path | None = None,
    anyway: bool = False,
) -> None:
    """Write the report of a run and of others that belong to it.

    RequirementFailed where a check fails and nobody said ``anyway``; UsageError where a file cannot be written.
    """
    runs = _read(folders, words, anyway)
    report = report_of(runs, words)
    text = report_html(report, words, board_only)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=path, reason=error.strerror)) from error
    say(words.say("report.done", path=path))
    if charts is not None:
        _write_charts(report, charts, words)


def export_runs(
    folders: Sequence[Path],
    words: Wording,
    *,
    excel: Path | None = None,
    pptx: Path | None = None,
    anyway: bool = False,
) -> None:
    """Write a run, and others that belong to it, as a workbook, as slides, or both: all of them or none.

    RequirementFailed where a check fails and nobody said ``anyway``; UsageError where a file cannot be written.
    """
    for path, suffix in ((excel, WORKBOOK), (pptx, DECK)):
        if path is not None:
            refuse(path, suffix, words)
    runs = _read(folders, words, anyway)
    workbook = (
        None if excel is None else run_workbook(runs[0].result, runs[0].plan, words, [run.result for run in runs[1:]])
    )
    slides = None if pptx is None else deck_file(deck_of(runs, words), words)
    if excel is not None and workbook is not None:
        write_new(excel, workbook, WORKBOOK, words)
        say(words.say("workbook.done", path=excel))
    if pptx is not None and slides is not None:
        write_new(pptx, slides, DECK, words)
        say(words.say("deck.done", path=pptx))


def _read(folders: Sequence[Path], words: Wording, anyway: bool) -> list[SavedRun]:
    """The runs; RequirementFailed where a check of one fails and nobody said ``anyway``."""
    runs = [read_run(folder) for folder in folders]
    failing = [check for run in runs for check in review(run.result, run.plan) if check.status == "FAIL"]
    if failing and not anyway:
        names = words.listed(dict.fromkeys(words.say(f"check.of.{check.id}") for check in failing))
        raise RequirementFailed(words.count("report.fails", len(failing), checks=names))
    return runs


def _write_charts(report: Report, folder: Path, words: Wording) -> None:
    if any(_HAN.search(chart.vega) for chart in report.charts) and not has_chinese_font():
        say(words.say("report.no_font"))
    try:
        write_charts(report.charts, folder)
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(words.say("report.charts", n=len(report.charts), folder=folder))
