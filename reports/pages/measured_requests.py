"""The data request sheet of an imported plan, after its ranges were moved: what each request moves, widest first."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.pages.data_request import COLUMNS
from reports.pages.estimates import points
from reports.pages.sensitivity import kpi_name, range_name, swing_text
from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import UsageError
from scenarios.loading import DATA_REQUEST
from scenarios.plan import Plan
from studies.decisions.ranges import stated_ranges
from studies.decisions.sensitivity import ExplainRequest, RangeRow, SensitivityResult
from studies.replay.stores import replace_file
from studies.requests import Request

__all__ = ["RequestSheet", "ranges_of_requests", "read_request_sheet", "sheet_to_fill", "write_effects"]

_JUDGED, _MEASURED = "request.column.rank", "request.column.measured"
"""Headings of the ranks, before and after measuring."""


@dataclass(frozen=True)
class RequestSheet:
    """The sheet as it lies in the plan's folder, with what a planner has written into it."""

    path: Path
    words: Wording
    """Of the language that it was written in."""
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """As long as the header."""
    rank: int
    figures: int
    effect: int
    """Positions of the columns that are read and written; all others are a planner's."""


def sheet_to_fill(request: Request, words: Wording) -> RequestSheet | None:
    """The sheet that a request's answer goes into; None where it goes into none."""
    if isinstance(request, ExplainRequest) and request.data_request:
        return read_request_sheet(request.source, words)
    return None


def read_request_sheet(plan: str, words: Wording) -> RequestSheet:
    """The sheet in a plan's folder; UsageError where there is none, or a column of ours is missing."""
    path = Path(plan) / DATA_REQUEST
    if not path.is_file():
        raise UsageError(words.say("request.no_sheet", path=path))
    lines = _lines(path, words)
    header = tuple(cell.strip() for cell in lines[0]) if lines else ()
    # A sheet keeps its language whatever the command speaks: the one of which it has most columns.
    own = max((words, ENGLISH, CHINESE), key=lambda one: sum(name in header for name in _names(one)))
    ranks = [name for name in (own.say(_JUDGED), own.say(_MEASURED)) if name in header]
    figures, effect = (own.say(f"request.column.{column}") for column in ("figures", "effect"))
    missing = [name for name in (figures, effect) if name not in header] + ([] if ranks else [own.say(_MEASURED)])
    if missing:
        raise UsageError(words.say("request.columns_missing", path=path, columns=words.listed(missing)))
    rows = [(*line, *[""] * (len(header) - len(line))) for line in lines[1:] if any(line)]
    for row in rows:
        if len(row) > len(header):
            raise UsageError(words.say("request.long_row", path=path, row=words.listed(row[:2])))
    return RequestSheet(path, own, header, tuple(rows), *(header.index(name) for name in (ranks[0], figures, effect)))


def ranges_of_requests(sheet: RequestSheet, plan: Plan) -> tuple[str, ...]:
    """Paths of the stated ranges that a request waits for; UsageError where none does."""
    waits = _waiting(plan).items()
    named = [row[sheet.figures] for row in sheet.rows]
    found = [path for path, figures in waits if any(_is_named(one, cell) for one in figures for cell in named)]
    if not found:
        raise UsageError(sheet.words.say("request.nothing_ranged", path=sheet.path))
    return tuple(found)


def write_effects(sheet: RequestSheet, plan: Plan, result: SensitivityResult) -> None:
    """Write what each request moves into its row, the widest first, those that nothing measures after them.

    A request moves what the widest range of its figures does, from its low to its high end; that somebody does not
    know how often a risk strikes is such a range of its chance. UsageError where the file cannot be written; it is
    then as it was.
    """
    words, waits = sheet.words, _waiting(plan)
    found = [_ranges(row[sheet.figures], result.rows, waits) for row in sheet.rows]
    widest = [max(ranges, key=lambda line: abs(line.swing.mean), default=None) for ranges in found]
    swings = [math.inf if top is None else -abs(top.swing.mean) for top in widest]
    order = sorted(range(len(swings)), key=swings.__getitem__)  # a stable sort: the unmeasured stay as they were
    header, rows = list(sheet.header), []
    header[sheet.rank] = words.say(_MEASURED)
    for number, at in enumerate(order, 1):
        row, top = list(sheet.rows[at]), widest[at]
        row[sheet.rank] = str(number)
        if top is None:
            row[sheet.effect] = words.say(_reason(row[sheet.figures], waits))
        else:
            row[sheet.effect] = _effect(top, len(found[at]), result, words)
        rows.append(row)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    try:
        with replace_file(sheet.path) as file:
            file.write(buffer.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=sheet.path, reason=error.strerror)) from error


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


def _names(words: Wording) -> list[str]:
    return [words.say(f"request.column.{column}") for column in (*COLUMNS, "measured")]


def _waiting(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Path of a stated range → the figures that it is a range of."""
    figures: dict[str, tuple[str, ...]] = {
        entry.path: (entry.path,) for entry in stated_ranges(plan) if entry.kind == "assumption"
    }
    for entry in plan.uncertainty:
        if entry.parameter == "strike_rate":
            risks = entry.scope.risk or tuple(risk.id for risk in plan.risks)
            figures[f"uncertainty.{entry.id}"] = tuple(f"risks.{risk}.chance_per_quarter" for risk in risks)
    return figures


def _ranges(named: str, rows: Sequence[RangeRow], waits: dict[str, tuple[str, ...]]) -> list[RangeRow]:
    """Ranges of the figures that a cell of the sheet names."""
    return [line for line in rows if any(_is_named(path, named) for path in waits.get(line.path, ()))]


def _is_named(path: str, cell: str) -> bool:
    """Whether a cell (``products.*.margin (7); handover.days``) names a figure; a star stands for one id."""
    for part in re.split(r"[;；]", cell):
        name = re.split(r"[\s(（]", part.strip(), maxsplit=1)[0]
        if re.fullmatch(re.escape(name).replace(r"\*", r"[^.]+"), path):
            return True
    return False


def _reason(named: str, waits: dict[str, tuple[str, ...]]) -> str:
    """Why nothing measures a request."""
    if not named.strip():
        return "request.no_effect"
    ranged = any(_is_named(path, named) for paths in waits.values() for path in paths)
    return "request.not_moved" if ranged else "request.no_range"


def _effect(top: RangeRow, count: int, result: SensitivityResult, words: Wording) -> str:
    text = words.say(
        "request.measured",
        kpi=kpi_name(result, words),
        swing=swing_text(result, words, top.swing),
        path=range_name(top),
        low=words.figure(top.low),
        high=words.figure(top.high),
    )
    if result.kpi != "p_target":
        text += words.say("request.measured_chance", points=points(words, top.p_target_swing))
    return text + (words.say("request.widest_of", n=count) if count > 1 else "")
