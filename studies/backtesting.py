"""backtest: what the model would have said about past quarters, against what happened.

A window is planned from what was known before its first day, simulated, and scored against the export. No figure is
fitted to the windows scored: every estimate sees only deals before the day. The method is another matter: parts of it
were chosen after a look at the last two quarters of the set in the README, which says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from scenarios.allocation import Allocation
from scenarios.crm.drafting import Draft, Request, draft_plan
from scenarios.crm.estimates import Estimates, estimate
from scenarios.crm.export import Export, read_export
from scenarios.crm.history import between, known_on
from scenarios.crm.mapping import Assumed, read_assumed, read_mapping
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import UsageError
from simulation.options import Options
from studies.backtests import (
    DIMENSIONS,
    METHODS,
    BacktestCause,
    BacktestFinding,
    BacktestResult,
    BacktestRow,
    BacktestScore,
    BacktestWindow,
    Dimension,
    Method,
)
from studies.batches import Batch
from studies.futures import Execution, Futures
from studies.replications import run_replications
from studies.requests import SimulatedRequest
from studies.statistics import quantiles
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "BacktestRequest", "Window", "backtest", "windows_of"]

Floats: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["quarter", "rolling"]
TREND_WEEKS = 26
ROLLING_WEEKS = 12
UNSTEERED = Allocation("no quotas", ())
"""No quota of ours was given in the past, so none steers: touches are done in the order they come due."""
LEVELS = (0.1, 0.5, 0.9)
DETAILED = 40
"""Replications whose deals are kept, to say which assumption a miss comes from."""


class BacktestRequest(SimulatedRequest):
    """Say what the model would have said about past quarters; ``source`` is the folder of an export."""

    study: Literal["backtest"] = "backtest"
    replications: Annotated[int, Field(ge=2, le=10_000_000)] = 200
    mapping: str = "maven"
    quarters: tuple[dt.date, ...] = ()
    """First days."""
    rolling: Annotated[int, Field(ge=0, le=104)] = 0
    """Number of windows of 12 weeks, the last that the export holds whole."""
    step_weeks: Annotated[int, Field(ge=1, le=52)] = 2
    """Weeks between their starts."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the past that is planned as if it lay ahead."""

    kind: Kind
    start: dt.date
    end: dt.date
    """First day after it."""

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days

    @property
    def weeks(self) -> int:
        """Whole weeks, which are simulated; a quarter has 13."""
        return self.days // 7


def windows_of(export: Export, quarters: Sequence[dt.date], rolling: int, step_weeks: int) -> list[Window]:
    """The quarters, and the last ``rolling`` windows of 12 weeks that the export holds whole, ``step_weeks`` apart.

    UsageError for a window that the export does not hold whole.
    """
    closed = export.deals["closed"][export.deals["outcome"].isin(["won", "lost"])].dropna()
    if closed.empty:
        raise UsageError("backtest: the export holds no closed deal, so there is nothing to compare with")
    last = closed.max().date()
    windows = []
    for start in sorted(quarters):
        end = (pd.Timestamp(start) + pd.DateOffset(months=3)).date()
        if (end - last).days > 7:
            text = f"the quarter from {start} ends on {end - dt.timedelta(days=1)}"
            raise UsageError(f"--quarters {start}: {text}, and the export's last closing is on {last}")
        windows.append(Window("quarter", start, end))
    whole = last + dt.timedelta(days=1) - dt.timedelta(weeks=ROLLING_WEEKS)
    newest = whole - dt.timedelta(days=whole.weekday())
    for number in reversed(range(rolling)):
        start = newest - dt.timedelta(weeks=step_weeks * number)
        windows.append(Window("rolling", start, start + dt.timedelta(weeks=ROLLING_WEEKS)))
    if not windows:
        raise UsageError("backtest: name at least one quarter (--quarters 2017-07-01) or windows (--rolling 8)")
    return windows


def backtest(request: BacktestRequest, futures: Futures, files: Mapping[str, str] | None = None) -> BacktestResult:
    """Plan, simulate and score every window; PlanFileError or UsageError where one cannot be planned at all.

    UsageError where the export is not the one whose ``files`` (name → SHA-256) are given.
    """
    columns, (assumed, nodes), folder = read_mapping(request.mapping), read_assumed(), Path(request.source)
    export = read_export(folder, columns)
    if files and dict(files) != _hashes(folder, export):
        raise UsageError(f"{folder} is not the export of the saved run any more: its files have changed")
    windows = windows_of(export, request.quarters, request.rolling, request.step_weeks)
    scored = [_window(export, window, columns, assumed, nodes, futures.execution) for window in windows]
    kinds: tuple[Kind, ...] = ("quarter", "rolling")
    scores = tuple(
        score for kind in kinds for score in _scores(kind, [window for window in scored if window.kind == kind])
    )
    return BacktestResult(
        export=folder.name,
        mapping=columns.name,
        description=columns.description,
        currency=columns.currency,
        seed=request.seed,
        replications=request.replications,
        windows=tuple(scored),
        scores=scores,
        findings=tuple(_findings(scored)),
    )


def _read(request: BacktestRequest) -> Inputs:
    """The plan of the newest window, which stands for all in the saved run, and the hashes of the export."""
    columns, (assumed, nodes), folder = read_mapping(request.mapping), read_assumed(), Path(request.source)
    export = read_export(folder, columns)
    window = windows_of(export, request.quarters, request.rolling, request.step_weeks)[-1]
    _, draft = _planned(export, window, columns, assumed, nodes)
    return Inputs(draft.plan, files=_hashes(folder, export))


def _hashes(folder: Path, export: Export) -> dict[str, str]:
    return {read.file: hashlib.sha256((folder / read.file).read_bytes()).hexdigest() for read in export.read}


def _answer(request: BacktestRequest, inputs: Inputs, futures: Futures) -> Answer:
    return Answer(UNSTEERED, backtest(request, futures, inputs.files))


def _planned(
    export: Export, window: Window, columns: ColumnMapping, assumed: Assumed, nodes: object
) -> tuple[Estimates, Draft]:
    """What was known on the window's first day, and the plan that an import would have made of it."""
    estimates = estimate(export, window.start, assumed, _use_accounts(export, columns))
    return estimates, draft_plan(estimates, columns, assumed, nodes, Request(window.start, None, 0.0, window.weeks))


def _use_accounts(export: Export, columns: ColumnMapping) -> bool:
    """Not where accounts are entered by the closing alone: then, in a later export, having one tells the outcome."""
    closed, blank = export.deals["outcome"] != "open", export.deals["account"] == ""
    give_away = bool((~closed & blank).any() and not (closed & blank).any())
    return columns.open_deal_accounts == "use" and not give_away


def _window(
    export: Export,
    window: Window,
    columns: ColumnMapping,
    assumed: Assumed,
    nodes: object,
    execution: Execution,
) -> BacktestWindow:
    estimates, draft = _planned(export, window, columns, assumed, nodes)
    # What risks of the plan struck in the past is not in an export; they are left out.
    options = Options.of(draft.plan, risks=(), plans=())
    parts = [
        run_replications(
            draft.plan,
            UNSTEERED,
            options,
            seed=execution.seed,
            numbers=numbers,
            workers=execution.workers,
            label=f"quarters from {window.start}",
            progress=execution.progress,
            keep_records=keep,
        )
        for numbers, keep in (
            (range(min(DETAILED, execution.replications)), True),
            (range(min(DETAILED, execution.replications), execution.replications), False),
        )
        if len(numbers)
    ]
    actual = between(export.deals[export.deals["outcome"].isin(["won", "lost"])], "closed", window.start, window.end)
    actual = actual[actual["engaged"].notna()]
    return BacktestWindow(
        kind=window.kind,
        start=window.start,
        end=window.end,
        weeks=window.weeks,
        open_deals=len(estimates.open_deals),
        deals_known=int(estimates.calibration.win.overall.count),
        hours=estimates.calibration.binding.verdict,
        rows=tuple(_rows(export, window, draft, estimates, parts, actual, _use_accounts(export, columns))),
        causes=tuple(_causes(window, draft, parts[0], actual)),
    )


def _stack(parts: Sequence[Batch], name: str) -> Floats:
    return np.concatenate([getattr(part, name) for part in parts])


def _rows(
    export: Export,
    window: Window,
    draft: Draft,
    estimates: Estimates,
    parts: Sequence[Batch],
    actual: pd.DataFrame,
    use_accounts: bool,
) -> list[BacktestRow]:
    """Forecasts of the model and of three simple methods beside what happened, member by member."""
    won = actual[actual["outcome"] == "won"]
    history = known_on(export.deals, window.start, use_accounts)
    before = window.start - dt.timedelta(days=window.days)
    if window.kind == "quarter":
        before = (pd.Timestamp(window.start) - pd.DateOffset(months=3)).date()
    last = between(history.won, "closed", before, window.start)
    now_open = _worth(history.open, estimates)
    then_open = _worth(known_on(export.deals, before, use_accounts).open, estimates)
    share = float(last["value"].sum()) / float(then_open["worth"].sum()) if len(then_open) else 0.0
    # A quarter of 92 days is simulated as 13 weeks of 91: what a week's calendar leaves over is added in proportion.
    scale = window.days / (7 * window.weeks)
    signed = _stack(parts, "by_week").sum(axis=1)[:, None]
    rows = [
        _row(
            "total",
            "total",
            "all",
            signed[:, 0] * scale,
            float(won["value"].sum()),
            last,
            now_open,
            share,
            history,
            window,
        )
    ]
    for dimension, name, names in (
        ("region", "by_region", draft.ids.regions),
        ("product", "by_product", draft.ids.products),
        ("rep", "by_rep", draft.ids.reps),
    ):
        values = _stack(parts, name)
        by_id = {id: label for label, id in names.items()}
        members = sorted(by_id)
        sold = won.groupby(dimension)["value"].sum()
        for number, id in enumerate(members):
            label = by_id[id]
            own = last[last[dimension] == label], now_open[now_open[dimension] == label]
            rows.append(
                _row(
                    dimension,  # type: ignore[arg-type]
                    id,
                    label,
                    values[:, number] * scale,
                    float(sold.get(label, 0.0)),
                    own[0],
                    own[1],
                    share,
                    history,
                    window,
                )
            )
    weekly = _stack(parts, "by_week")
    week = (won["closed"] - pd.Timestamp(window.start)).dt.days // 7
    sold = won["value"].groupby(week).sum()
    past = (last["closed"] - pd.Timestamp(before)).dt.days // 7
    repeated = last["value"].groupby(past).sum()
    even = float(now_open["worth"].sum()) * share / window.days * 7
    trend = _trend(history.won, window)
    for number in range(window.weeks):
        p10, p50, p90 = quantiles(weekly[:, number])
        rows.append(
            BacktestRow(
                dimension="week",
                id=str(number + 1),
                name=str(window.start + dt.timedelta(weeks=number)),
                actual=float(sold.get(number, 0.0)),
                mean=float(weekly[:, number].mean()),
                p10=p10,
                p50=p50,
                p90=p90,
                last=float(repeated.get(number, 0.0)),
                pipeline=even,
                drift=trend / window.days * 7,
            )
        )
    return rows


def _worth(deals: pd.DataFrame, estimates: Estimates) -> pd.DataFrame:
    value = {product.name: product.mean_deal.value for product in estimates.products}
    return deals.assign(worth=deals["product"].map(value).fillna(0.0))


def _row(
    dimension: Dimension,
    id: str,
    name: str,
    simulated: Floats,
    actual: float,
    last: pd.DataFrame,
    now_open: pd.DataFrame,
    share: float,
    history: object,
    window: Window,
) -> BacktestRow:
    won = history.won if dimension == "total" else history.won[history.won[dimension] == name]  # type: ignore[attr-defined]
    p10, p50, p90 = quantiles(simulated)
    return BacktestRow(
        dimension=dimension,
        id=id,
        name=name,
        actual=actual,
        mean=float(simulated.mean()),
        p10=p10,
        p50=p50,
        p90=p90,
        last=float(last["value"].sum()),
        pipeline=float(now_open["worth"].sum()) * share,
        drift=_trend(won, window),
    )


def _trend(won: pd.DataFrame, window: Window) -> float:
    """A straight line through the won value of the last 26 weeks, drawn on over the window; at least 0."""
    age = (pd.Timestamp(window.start) - won["closed"]).dt.days
    if won.empty:
        return 0.0
    weeks = int(min(age.max() // 7, TREND_WEEKS))
    if weeks < 4:
        return float(won["value"].sum()) / max(int(age.max()), 1) * window.days
    number = (age - 1) // 7
    weekly = np.array([float(won["value"][number == week].sum()) for week in range(weeks)])[::-1]
    x = np.arange(weeks) - weeks
    slope, level = np.polyfit(x + 0.5, weekly, 1)
    return max(float(level + slope * window.days / 14) * window.days / 7, 0.0)


def _causes(window: Window, draft: Draft, batch: Batch, actual: pd.DataFrame) -> list[BacktestCause]:
    """Where actual − forecast comes from, in total and by region, exactly (logarithmic mean weights).

    signed = deals closed x share won x mean value. The part of the closings is shared among those of new leads and
    those of what was open in proportion to their own differences.
    """
    scale = window.days / (7 * window.weeks)
    start = pd.Timestamp(window.start)
    causes = []
    regions = sorted(draft.ids.regions.items(), key=lambda item: item[1])
    for place, (id, name) in enumerate([("total", "all"), *((id, name) for name, id in regions)]):
        inside = actual if id == "total" else actual[actual["region"] == name]
        won = inside[inside["outcome"] == "won"]
        found = {
            "timing": float((inside["engaged"] < start).sum()),
            "leads": float((inside["engaged"] >= start).sum()),
            "won": float(len(won)),
            "value": float(won["value"].sum()),
        }
        ends = [
            deal
            for records in batch.records
            for deal in records.deals
            if deal.outcome != "open" and (id == "total" or deal.region == place - 1)
        ]
        each = scale / len(batch.records)
        forecast = {
            "timing": each * sum(deal.source == "pipeline" for deal in ends),
            "leads": each * sum(deal.source != "pipeline" for deal in ends),
            "won": each * sum(deal.outcome == "won" for deal in ends),
            "value": each * sum(deal.value for deal in ends if deal.outcome == "won"),
        }
        causes += _parts(id, name, forecast, found)
    return causes


def _parts(id: str, name: str, forecast: Mapping[str, float], found: Mapping[str, float]) -> list[BacktestCause]:
    closed_then, closed = forecast["timing"] + forecast["leads"], found["timing"] + found["leads"]
    if min(closed_then, closed, forecast["won"], found["won"], forecast["value"], found["value"]) <= 0:
        return []
    said, was = forecast["value"], found["value"]
    weight = (was - said) / math.log(was / said) if abs(was / said - 1) > 1e-9 else was
    closings = weight * math.log(closed / closed_then)
    share_of = {key: found[key] - forecast[key] for key in ("leads", "timing")}
    difference = closed - closed_then
    per_closing = closings / difference if abs(difference) > 1e-9 else was / closed
    win = found["won"] / closed, forecast["won"] / closed_then
    mean = was / found["won"], said / forecast["won"]
    return [
        BacktestCause(
            scope=id,
            name=name,
            id="leads",
            forecast=forecast["leads"],
            actual=found["leads"],
            amount=share_of["leads"] * per_closing,
        ),
        BacktestCause(
            scope=id,
            name=name,
            id="timing",
            forecast=forecast["timing"],
            actual=found["timing"],
            amount=share_of["timing"] * per_closing,
        ),
        BacktestCause(
            scope=id,
            name=name,
            id="win_rate",
            forecast=win[1],
            actual=win[0],
            amount=weight * math.log(win[0] / win[1]),
        ),
        BacktestCause(
            scope=id,
            name=name,
            id="value",
            forecast=mean[1],
            actual=mean[0],
            amount=weight * math.log(mean[0] / mean[1]),
        ),
    ]


def _scores(kind: Kind, windows: Sequence[BacktestWindow]) -> list[BacktestScore]:
    scores: list[BacktestScore] = []
    if not windows:
        return scores
    for dimension in DIMENSIONS:
        rows = [row for window in windows for row in window.rows if row.dimension == dimension]
        whole = sum(row.actual for row in rows) or 1.0
        loss = sum(_pinball(row.actual, (row.p10, row.p50, row.p90)) for row in rows) / whole
        scores.append(
            BacktestScore(
                kind=kind,
                dimension=dimension,
                count=len(rows),
                inside=sum(row.inside for row in rows),
                pinball=loss,
                wape={method: _wape(rows, method) for method in METHODS},
            )
        )
    return scores


def _wape(rows: Sequence[BacktestRow], method: Method) -> float:
    """Sum of absolute errors ÷ sum of what happened; of the model's P50, which is the value least far off."""
    off = sum(abs(row.forecast(method) - row.actual) for row in rows)
    return off / (sum(row.actual for row in rows) or 1.0)


def _pinball(actual: float, values: Sequence[float]) -> float:
    """Mean quantile loss at P10, P50 and P90 (Koenker, Bassett, Econometrica 46, 1978)."""
    losses = [
        max(level * (actual - value), (level - 1) * (actual - value))
        for level, value in zip(LEVELS, values, strict=True)
    ]
    return sum(losses) / len(losses)


def _findings(windows: Sequence[BacktestWindow]) -> list[BacktestFinding]:
    """What a planner should take from it: coverage, where the model was wrong and which assumption explains it."""
    findings = []
    for kind in ("quarter", "rolling"):
        chosen = [window for window in windows if window.kind == kind]
        if chosen:
            inside = sum(window.total.inside for window in chosen)
            findings.append(BacktestFinding(id=f"inside_{kind}", figures={"inside": inside, "count": len(chosen)}))
    for window in windows:
        if window.kind != "quarter":
            continue
        for scope in ["total", *(row.id for row in window.rows if row.dimension == "region")]:
            causes = [cause for cause in window.causes if cause.scope == scope]
            row = window.total if scope == "total" else window.row("region", scope)
            if not causes or row.actual <= 0:
                continue
            main = max(_told_together(causes), key=lambda cause: cause.amount * math.copysign(1, row.actual - row.mean))
            findings.append(
                BacktestFinding(
                    id=f"cause_{main.id}",
                    window=window.start,
                    name=main.name if scope != "total" else "",
                    figures={
                        "off": row.mean / row.actual - 1,
                        "inside": row.inside,
                        "forecast": main.forecast,
                        "actual": main.actual,
                        "amount": main.amount,
                    },
                )
            )
    return findings


def _told_together(causes: Sequence[BacktestCause]) -> list[BacktestCause]:
    """Leads and timing as one cause where they pull against each other: hours that bind make one of the other."""
    leads, timing, *rest = causes
    if leads.amount * timing.amount >= 0:
        return list(causes)
    whole = {
        "id": "closings",
        "forecast": leads.forecast + timing.forecast,
        "actual": leads.actual + timing.actual,
        "amount": leads.amount + timing.amount,
    }
    return [leads.model_copy(update=whole), *rest]


def _headline(result: BacktestResult) -> str:
    quarters = [window for window in result.windows if window.kind == "quarter"] or list(result.windows)
    inside = sum(window.total.inside for window in quarters)
    return f"{inside} of {len(quarters)} within P10–P90"


STUDY = Study(BacktestRequest, BacktestResult, _answer, headline=_headline, read=_read)
