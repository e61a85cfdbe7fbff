"""A saved run for tests of documents: the sample results with a plan and weeks that fit them, nothing simulated."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from scenarios.plan import Plan
from studies.results import Record
from studies.saved.reporting import SavedRun, WeekBand
from studies.saved.runs import RunSummary
from tests.cli import samples


def saved_run(plan: Plan, result: Record | None = None, size: float = 1.0) -> SavedRun:
    """The main job's sample, or another result, as if it had been saved."""
    created = dt.datetime(2027, 6, 28, 9, 30, tzinfo=dt.UTC)
    summary = RunSummary("20270628-093000-run", Path("runs"), "run", plan.name, created)
    return SavedRun(summary, result or samples.run(size), plan, weeks(size))


def weeks(size: float = 1.0) -> tuple[WeekBand, ...]:
    """Twelve weeks on the way to 17.9 million in the middle."""
    return tuple(
        WeekBand(
            week=week,
            ends=dt.date(2027, 7, 2) + dt.timedelta(weeks=week - 1),
            **{name: amount * size * week / 12 for name, amount in ENDS.items()},
        )
        for week in range(1, 13)
    )


ENDS = {
    "p10": 15.4e6,
    "p25": 16.5e6,
    "p50": 17.9e6,
    "p75": 19.2e6,
    "p90": 20.6e6,
    "mean_signed": 17.9e6,
    "mean_cash": 14.5e6,
}
