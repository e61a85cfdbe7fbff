"""The data request sheet in a plan's folder: written with the plan, read again, written anew once it is measured."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from reports.pages.measured_requests import measured_rows
from reports.pages.request_table import RequestTable, request_table
from reports.wording import Wording
from scenarios.errors import UsageError
from scenarios.loading import DATA_REQUEST
from scenarios.plan import Plan
from studies.decisions.sensitivity import ExplainRequest, SensitivityResult
from studies.replay.stores import replace_file
from studies.requests import Request

__all__ = ["read_request_sheet", "sheet_to_fill", "write_effects", "write_request_sheet"]


def write_request_sheet(path: Path, rows: Iterable[Sequence[str]], words: Wording) -> None:
    """Write the sheet, with the mark by which Excel knows UTF-8; UsageError where that fails, and it is as it was."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    try:
        with replace_file(path) as file:
            file.write(buffer.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=path, reason=error.strerror)) from error


def read_request_sheet(plan: str, words: Wording) -> RequestTable:
    """The sheet in a plan's folder; UsageError where there is none, or a column of ours is missing."""
    path = Path(plan) / DATA_REQUEST
    if not path.is_file():
        raise UsageError(words.say("request.no_sheet", path=path))
    return request_table(path, _lines(path, words), words)


def sheet_to_fill(request: Request, words: Wording) -> RequestTable | None:
    """The sheet that a request's answer goes into; None where it goes into none."""
    if isinstance(request, ExplainRequest) and request.data_request:
        return read_request_sheet(request.source, words)
    return None


def write_effects(sheet: RequestTable, plan: Plan, result: SensitivityResult) -> None:
    """Write what each request moves into the sheet; UsageError where that fails, and it is as it was."""
    write_request_sheet(sheet.path, measured_rows(sheet, plan, result), sheet.words)


def _lines(path: Path, words: Wording) -> list[list[str]]:
    """UTF-8, or GB18030 as Excel saves it in China."""
    try:
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        return list(csv.reader(io.StringIO(text, newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(words.say("request.unreadable", path=path, reason=error)) from error
