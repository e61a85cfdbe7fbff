"""The import as a whole: export → estimates → plan folder, and the report of what was and was not used."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

from scenarios.crm.drafting import Draft, Request, draft_plan
from scenarios.crm.estimates import Estimates, estimate
from scenarios.crm.export import Export, FileRead, Unused, read_export
from scenarios.crm.mapping import Mapping, read_assumed, read_mapping
from scenarios.crm.telling import Say
from scenarios.crm.writing import refuse_existing, write_folder
from scenarios.errors import UsageError

__all__ = ["AssumedFigure", "EstimatedFigure", "ImportReport", "import_crm"]


@dataclass(frozen=True, slots=True)
class EstimatedFigure:
    """A figure estimated from the export's deals."""

    path: str
    value: float
    count: int
    """Deals behind it."""
    basis: str
    low: float | None = None
    """Ends of its 90% interval."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class AssumedFigure:
    """A figure that the export does not hold."""

    path: str
    value: object
    grade: str
    source: str


@dataclass(frozen=True)
class ImportReport:
    """What an import read, used, left out, estimated and assumed."""

    out: Path
    mapping: str
    as_of: dt.date
    target: float
    currency: str
    read: tuple[FileRead, ...]
    used: tuple[tuple[str, int], ...]
    """Table of the plan and its number of rows."""
    unused: tuple[Unused, ...]
    estimates: tuple[EstimatedFigure, ...]
    assumed: tuple[AssumedFigure, ...]
    warnings: tuple[str, ...]


def import_crm(
    export: Path,
    as_of: dt.date,
    out: Path,
    mapping: str | Path = "maven",
    target: float | None = None,
    growth: float = 0.05,
    weeks: int = 13,
    say: Say = str,
) -> ImportReport:
    """Make a plan folder of a CRM export, from what was known before ``as_of`` alone.

    The target is the last quarter's won value × (1 + ``growth``) unless ``target`` is given; ``say`` puts what the
    import writes in its own words into the planner's. Raises UsageError for
    arguments that make no sense or an ``out`` that exists, PlanFileError with every problem of the export.
    """
    request = _request(as_of, target, growth, weeks)
    refuse_existing(out)
    columns = read_mapping(mapping)
    assumed, nodes = read_assumed()
    tables = read_export(export, columns)
    estimates = estimate(tables, as_of, assumed, columns.open_deal_accounts == "use")
    draft = draft_plan(estimates, columns, assumed, nodes, request)
    write_folder(draft.texts(say), out)
    return _report(out, columns, tables, estimates, draft, request)


def _request(as_of: dt.date, target: float | None, growth: float, weeks: int) -> Request:
    if target is not None and not (math.isfinite(target) and target > 0):
        raise UsageError(f"--target {target} is no amount of money above zero")
    if not -1 < growth <= 10:
        raise UsageError(f"--growth {growth} is not between -1 and 10; 0.05 means 5% more")
    if not 1 <= weeks <= 53:
        raise UsageError(f"--weeks {weeks} is not between 1 and 53")
    return Request(as_of, target, growth, weeks)


def _report(
    out: Path, columns: Mapping, tables: Export, estimates: Estimates, draft: Draft, request: Request
) -> ImportReport:
    figures = [
        EstimatedFigure(path, figure.value, figure.count, figure.basis, figure.low, figure.high)
        for path, figure in draft.figures.items()
        if figure.count or path.startswith("reps.")
    ]
    assumed = [
        AssumedFigure(entry.path, _value_at(draft, entry.path), entry.grade, entry.source)
        for entry in draft.plan.assumptions
        if entry.grade != "own"
    ]
    return ImportReport(
        out=out,
        mapping=columns.name,
        as_of=request.as_of,
        target=draft.target,
        currency=columns.currency,
        read=tables.read,
        used=tuple((name, len(rows)) for name, rows in draft.tables.items()),
        unused=estimates.unused,
        estimates=tuple(figures),
        assumed=tuple(assumed),
        warnings=(*_warnings(tables, estimates, request, draft), *estimates.warnings),
    )


def _warnings(tables: Export, estimates: Estimates, request: Request, draft: Draft) -> list[str]:
    texts = []
    count = estimates.renewed_last_quarter_count
    renewed = f" and {count:,} renewed contracts" if count else ""
    if request.target is None:
        texts.append(
            f"the target {draft.target:,.0f} is the last quarter's {estimates.won_last_quarter:,.0f} "
            f"({estimates.won_last_quarter_count:,} deals{renewed}, {estimates.windows.last_quarter}) × "
            f"{1 + request.growth:g}"
        )
    texts += [
        f"{item.kind} {item.written!r} was taken for {item.taken_for!r} ({item.rows:,} deals)"
        for item in tables.renamed
    ]
    texts += tables.remarks
    gap = (request.start - request.as_of).days
    if gap:
        texts.append(f"the quarter starts on Monday {request.start}, {gap} day{'s' if gap > 1 else ''} after the date")
    if request.weeks not in (12, 13):
        texts.append(f"the target is one of a quarter, the plan runs {request.weeks} weeks: give --target")
    return texts


def _value_at(draft: Draft, path: str) -> object:
    """The plan's value at a dotted path, ids instead of positions."""
    place: object = draft.plan.model_dump()
    for step in path.split("."):
        if isinstance(place, dict):
            place = place[step]
        elif isinstance(place, list | tuple):
            place = next(entry for entry in place if entry["id"] == step)
    return place
