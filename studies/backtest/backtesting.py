"""backtest: what the model would have said about past quarters, against what happened.

A window is planned from what was known before its first day, simulated, and scored against the export. No figure is
fitted to the windows scored: every estimate sees only deals before the day. The method is another matter: parts of it
were chosen after a look at the last two quarters of the set in the README, which says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scenarios.crm.drafting import Draft, Request, draft_plan
from scenarios.crm.estimates import Estimates, estimate
from scenarios.crm.export import Export, read_export
from scenarios.crm.history import between
from scenarios.crm.mapping import Assumed, read_assumed, read_mapping
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import UsageError
from simulation.options import Options
from studies.backtest.backtests import BacktestResult, BacktestWindow
from studies.backtest.forecasts import Forecast, forecast
from studies.backtest.luck import lucky_findings
from studies.backtest.misses import causes_of, findings_of
from studies.backtest.past_windows import Kind, Window, accounts_are_known, windows_of
from studies.backtest.scores import scores_of
from studies.backtest.study import UNSTEERED, BacktestRequest
from studies.replay.futures import Execution, Futures
from studies.replay.replications import run_replications
from studies.study import Inputs

__all__ = ["backtest", "read_newest"]

DETAILED = 40
"""Replications whose deals are kept, to say which assumption a miss comes from."""


def backtest(request: BacktestRequest, futures: Futures, files: Mapping[str, str] | None = None) -> BacktestResult:
    """Plan, simulate and score every window; PlanFileError or UsageError where one cannot be planned at all.

    UsageError where the export is not the one whose ``files`` (name → SHA-256) are given.
    """
    columns, (assumed, nodes), folder = read_mapping(request.mapping), read_assumed(), Path(request.source)
    export = _deals_alone(folder, columns)
    if files and dict(files) != _hashes(folder, export):
        raise UsageError(f"{folder} is not the export of the saved run any more: its files have changed")
    windows = windows_of(export, request.quarters, request.rolling, request.step_weeks)
    found = [_window(export, window, columns, assumed, nodes, futures.execution) for window in windows]
    scored = [window for window, _ in found]
    kinds: tuple[Kind, ...] = ("quarter", "rolling")
    scores = tuple(
        score for kind in kinds for score in scores_of(kind, [window for window in scored if window.kind == kind])
    )
    pasts = [said.pasts() for window, said in found if window.kind == "quarter"]
    return BacktestResult(
        export=folder.name,
        mapping=columns.name,
        description=columns.description,
        currency=columns.currency,
        seed=request.seed,
        replications=request.replications,
        windows=tuple(scored),
        scores=scores,
        findings=(*findings_of(scored), *lucky_findings(scores, [w for w in scored if w.kind == "quarter"], pasts)),
    )


def read_newest(request: BacktestRequest) -> Inputs:
    """The plan of the newest window, which stands for all in the saved run, and the hashes of the export."""
    columns, (assumed, nodes), folder = read_mapping(request.mapping), read_assumed(), Path(request.source)
    export = _deals_alone(folder, columns)
    window = windows_of(export, request.quarters, request.rolling, request.step_weeks)[-1]
    _, draft = _planned(export, window, columns, assumed, nodes)
    return Inputs(draft.plan, files=_hashes(folder, export))


def _deals_alone(folder: Path, columns: ColumnMapping) -> Export:
    """The export without contracts that come up: what happened is compared deal by deal, and they are none."""
    return replace(read_export(folder, columns), renewals=None)


def _hashes(folder: Path, export: Export) -> dict[str, str]:
    paths = {read.file: folder if folder.is_file() else folder / read.file for read in export.read}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


def _planned(
    export: Export, window: Window, columns: ColumnMapping, assumed: Assumed, nodes: object
) -> tuple[Estimates, Draft]:
    """What was known on the window's first day, and the plan that an import would have made of it."""
    estimates = estimate(export, window.start, assumed, accounts_are_known(export, columns))
    return estimates, draft_plan(estimates, columns, assumed, nodes, Request(window.start, None, 0.0, window.weeks))


def _window(
    export: Export,
    window: Window,
    columns: ColumnMapping,
    assumed: Assumed,
    nodes: object,
    execution: Execution,
) -> tuple[BacktestWindow, Forecast]:
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
    said = forecast(export, window, draft, estimates, parts, actual, accounts_are_known(export, columns))
    scored = BacktestWindow(
        kind=window.kind,
        start=window.start,
        end=window.end,
        weeks=window.weeks,
        open_deals=len(estimates.open_deals),
        deals_known=int(estimates.calibration.win.overall.count),
        hours=estimates.calibration.binding.verdict,
        rows=said.rows,
        causes=tuple(causes_of(window, draft, parts[0], actual)),
    )
    return scored, said
