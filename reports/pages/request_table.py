"""The data request sheet as a table: its columns, and what is found of them in one that a planner has edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.wording import CHINESE, ENGLISH, Wording
from scenarios.errors import UsageError

__all__ = ["COLUMNS", "MEASURED", "RequestTable", "request_table"]

COLUMNS = ("rank", "missing", "use", "from", "form", "figures", "default", "grade", "source", "effect")
"""Of the sheet as it is first written, in their order."""
JUDGED, MEASURED = "request.column.rank", "request.column.measured"
"""Headings of the ranks, before and after measuring."""


@dataclass(frozen=True)
class RequestTable:
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


def request_table(path: Path, lines: Sequence[Sequence[str]], words: Wording) -> RequestTable:
    """What the sheet at a path says; UsageError where a column of ours is missing or a row is too long."""
    header = tuple(cell.strip() for cell in lines[0]) if lines else ()
    # A sheet keeps its language whatever the command speaks: the one of which it has most columns.
    own = max((words, ENGLISH, CHINESE), key=lambda one: sum(name in header for name in _names(one)))
    ranks = [name for name in (own.say(JUDGED), own.say(MEASURED)) if name in header]
    figures, effect = (own.say(f"request.column.{column}") for column in ("figures", "effect"))
    missing = [name for name in (figures, effect) if name not in header] + ([] if ranks else [own.say(MEASURED)])
    if missing:
        raise UsageError(words.say("request.columns_missing", path=path, columns=words.listed(missing)))
    rows = [(*line, *[""] * (len(header) - len(line))) for line in lines[1:] if any(line)]
    for row in rows:
        if len(row) > len(header):
            raise UsageError(words.say("request.long_row", path=path, row=words.listed(row[:2])))
    return RequestTable(path, own, header, tuple(rows), *(header.index(name) for name in (ranks[0], figures, effect)))


def _names(words: Wording) -> list[str]:
    return [words.say(f"request.column.{column}") for column in (*COLUMNS, "measured")]
