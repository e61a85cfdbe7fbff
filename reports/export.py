"""From saved runs to files: a report is made, its checks are heeded, and it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from reports.document import report_of
from reports.drawing import has_chinese_font, write_charts
from reports.html import report_html
from reports.messages import say
from reports.specs import Report
from reports.wording import Wording
from scenarios.errors import RequirementFailed, UsageError
from studies.reporting import read_run
from studies.reviewing import review

__all__ = ["write_report"]

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
    runs = [read_run(folder) for folder in folders]
    failing = [check for run in runs for check in review(run.result, run.plan) if check.status == "FAIL"]
    if failing and not anyway:
        names = words.listed(dict.fromkeys(words.say(f"check.of.{check.id}") for check in failing))
        raise RequirementFailed(words.count("report.fails", len(failing), checks=names))
    report = report_of(runs, words)
    text = report_html(report, words, board_only)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=path, reason=error.strerror)) from error
    say(words.say("report.done", path=path))
    if charts is not None:
        _write_charts(report, charts, words)


def _write_charts(report: Report, folder: Path, words: Wording) -> None:
    if any(_HAN.search(chart.vega) for chart in report.charts) and not has_chinese_font():
        say(words.say("report.no_font"))
    try:
        write_charts(report.charts, folder)
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(words.say("report.charts", n=len(report.charts), folder=folder))
