"""The back-test as a study. What reads an export and scores it takes long to load, and is only when it is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from scenarios.allocation import Allocation
from studies.backtest.backtests import BacktestResult
from studies.replay.futures import Futures
from studies.requests import SimulatedRequest
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "UNSTEERED", "BacktestRequest"]

UNSTEERED = Allocation("no quotas", ())
"""No quota of ours was given in the past, so none steers: touches are done in the order they come due."""


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


def _read(request: BacktestRequest) -> Inputs:
    from studies.backtest.backtesting import read_newest

    return read_newest(request)


def _answer(request: BacktestRequest, inputs: Inputs, futures: Futures) -> Answer:
    from studies.backtest.backtesting import backtest

    return Answer(UNSTEERED, backtest(request, futures, inputs.files))


def _headline(result: BacktestResult) -> str:
    quarters = [window for window in result.windows if window.kind == "quarter"] or list(result.windows)
    inside = sum(window.total.inside for window in quarters)
    return f"{inside} of {len(quarters)} within P10–P90"


STUDY = Study(BacktestRequest, BacktestResult, _answer, headline=_headline, read=_read)
