"""Requests of an imported plan after its ranges were moved: what each request moves, widest first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from reports.pages.estimates import points
from reports.pages.request_table import MEASURED, RequestTable
from reports.pages.sensitivity import kpi_name, range_name, swing_text
from reports.wording import Wording
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.decisions.ranges import stated_ranges
from studies.decisions.sensitivity import RangeRow, SensitivityResult

__all__ = ["measured_rows", "ranges_of_requests"]


def ranges_of_requests(sheet: RequestTable, plan: Plan) -> tuple[str, ...]:
    """Paths of the stated ranges that a request waits for; UsageError where none does."""
    waits = _waiting(plan).items()
    named = [row[sheet.figures] for row in sheet.rows]
    found = [path for path, figures in waits if any(_is_named(one, cell) for one in figures for cell in named)]
    if not found:
        raise UsageError(sheet.words.say("request.nothing_ranged", path=sheet.path))
    return tuple(found)


def measured_rows(sheet: RequestTable, plan: Plan, result: SensitivityResult) -> list[Sequence[str]]:
    """The sheet's rows with what each request moves, the widest first, those that nothing measures after them.

    A request moves what the widest range of its figures does, from its low to its high end; that somebody does not
    know how often a risk strikes is such a range of its chance.
    """
    words, waits = sheet.words, _waiting(plan)
    found = [_ranges(row[sheet.figures], result.rows, waits) for row in sheet.rows]
    widest = [max(ranges, key=lambda line: abs(line.swing.mean), default=None) for ranges in found]
    swings = [math.inf if top is None else -abs(top.swing.mean) for top in widest]
    order = sorted(range(len(swings)), key=swings.__getitem__)  # a stable sort: the unmeasured stay as they were
    header, rows = list(sheet.header), list[Sequence[str]]()
    header[sheet.rank] = words.say(MEASURED)
    for number, at in enumerate(order, 1):
        row, top = list(sheet.rows[at]), widest[at]
        row[sheet.rank] = str(number)
        if top is None:
            row[sheet.effect] = words.say(_reason(row[sheet.figures], waits))
        else:
            row[sheet.effect] = _effect(top, len(found[at]), result, words)
        rows.append(row)
    return [header, *rows]


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
