"""What a back-test answers, as frozen records."""

from __future__ import annotations

import datetime as dt
from typing import Literal, TypeAlias

from studies.results import Record

__all__ = [
    "DIMENSIONS",
    "METHODS",
    "BacktestCause",
    "BacktestFinding",
    "BacktestResult",
    "BacktestRow",
    "BacktestScore",
    "BacktestWindow",
    "Dimension",
    "Method",
]

Dimension: TypeAlias = Literal["total", "region", "product", "rep", "week"]
Method: TypeAlias = Literal["model", "last", "pipeline", "drift"]
DIMENSIONS: tuple[Dimension, ...] = ("total", "region", "product", "rep", "week")
METHODS: tuple[Method, ...] = ("model", "last", "pipeline", "drift")


class BacktestRow(Record):
    """Signed amount of one member in one window: what the model said, what simple methods said, what happened."""

    dimension: Dimension
    id: str
    name: str
    actual: float
    mean: float
    p10: float
    p50: float
    p90: float
    last: float
    """The window before, again."""
    pipeline: float
    """The open pipeline × the share of it that the window before signed."""
    expected_error: float | None = None
    """Mean distance of a simulated window from P50: how far off P50 is by chance alone. None in runs saved before."""
    drift: float
    """A straight line through the last 26 weeks, drawn on."""

    @property
    def inside(self) -> bool:
        """Whether what happened lies within P10 to P90."""
        return self.p10 <= self.actual <= self.p90

    def forecast(self, method: Method) -> float:
        """A method's single figure; of the model its P50."""
        return {"model": self.p50, "last": self.last, "pipeline": self.pipeline, "drift": self.drift}[method]


class BacktestCause(Record):
    """What one assumption contributes to actual − forecast; those of one scope add up to it."""

    scope: str
    """``total`` or a region's id."""
    name: str
    id: Literal["leads", "timing", "win_rate", "value", "closings"]
    """leads: deals closed of those engaged in the window; timing: of those open before it; closings: both together."""
    forecast: float
    """Deals, a share or money per deal."""
    actual: float
    amount: float
    """Money."""


class BacktestWindow(Record):
    """One window: as of its first day, against what happened until its end."""

    kind: Literal["quarter", "rolling"]
    start: dt.date
    end: dt.date
    """First day after it."""
    weeks: int
    open_deals: int
    deals_known: int
    """Deals closed before it, from which everything was estimated."""
    hours: str
    """Whether hours were found to bind before it."""
    rows: tuple[BacktestRow, ...]
    causes: tuple[BacktestCause, ...]

    @property
    def total(self) -> BacktestRow:
        """The row of the total."""
        return self.rows[0]

    def row(self, dimension: Dimension, id: str) -> BacktestRow:
        """The row of a member; KeyError where there is none."""
        for row in self.rows:
            if row.dimension == dimension and row.id == id:
                return row
        raise KeyError((dimension, id))


class BacktestScore(Record):
    """How good the forecasts of a dimension were over all windows of a kind."""

    kind: Literal["quarter", "rolling"]
    dimension: Dimension
    count: int
    """Members × windows."""
    inside: int
    """Of which within P10 to P90; 80% are wanted."""
    pinball: float
    """Mean quantile loss at P10, P50, P90, as a share of what happened."""
    wape: dict[Method, float]
    """Sum of absolute errors ÷ sum of what happened."""
    expected_wape: float | None = None
    """The model's, where every figure of its plans were true: chance alone."""


class BacktestFinding(Record):
    """A finding; its sentence is found by its id."""

    id: str
    window: dt.date | None = None
    name: str = ""
    figures: dict[str, float]


class BacktestResult(Record):
    """What the model would have said, against what happened."""

    study: Literal["backtest"] = "backtest"
    export: str
    mapping: str
    description: str
    currency: str
    seed: int
    replications: int
    windows: tuple[BacktestWindow, ...]
    scores: tuple[BacktestScore, ...]
    findings: tuple[BacktestFinding, ...]
