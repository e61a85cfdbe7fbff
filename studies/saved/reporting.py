"""What a report shows beside the answer of a saved run: the plan as it was resolved, and the quarter's path by week.

Everything is read from the run's folder, so that a report can be made again at any time and is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.results import Record
from studies.saved.runs import RunSummary, load_plan_of, load_result

__all__ = ["Coverage", "SavedRun", "WeekBand", "coverage_by_region", "coverage_by_rep", "read_run", "week_bands"]

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


class WeekBand(Record):
    """What is signed and collected up to the end of a week: quantiles over replications, in the plan's currency."""

    week: int
    ends: dt.date
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float
    mean_signed: float
    mean_cash: float


class Coverage(Record):
    """Open pipeline at face value against what is asked."""

    id: str
    name: str
    pipeline: float
    asked: float
    """Quota of a rep, planned amount of a region."""

    @property
    def ratio(self) -> float | None:
        """Pipeline ÷ what is asked; None where nothing is."""
        return self.pipeline / self.asked if self.asked > 0 else None


@dataclass(frozen=True)
class SavedRun:
    """A run's answer and the plan that it is about."""

    summary: RunSummary
    result: Record
    plan: Plan
    weeks: tuple[WeekBand, ...]
    """None where the run simulated nothing."""


def read_run(folder: Path) -> SavedRun:
    """Everything that a report needs of a saved run; UsageError where it is damaged."""
    summary, result = load_result(folder)
    plan = load_plan_of(folder)
    return SavedRun(summary, result, plan, week_bands(folder / "quarters-figures.parquet", plan))


def week_bands(path: Path, plan: Plan) -> tuple[WeekBand, ...]:
    """Quantiles of what is signed up to each week, from the figures of every replication."""
    if not path.exists():
        return ()
    weeks = range(1, plan.calendar.weeks + 1)
    signed_names = [f"signed_by_week:{week}" for week in weeks]
    cash_names = [f"cash_by_week:{week}" for week in weeks]
    try:
        table = pq.read_table(path, columns=[*signed_names, *cash_names])
        signed, cash = (
            np.cumsum([table[name].to_numpy() for name in names], axis=0) for names in (signed_names, cash_names)
        )
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{path.parent.name} is damaged: {path.name} cannot be read ({type(error).__name__})"
        ) from error
    bands = []
    for number, week in enumerate(weeks):
        p10, p25, p50, p75, p90 = (float(x) for x in np.quantile(signed[number], QUANTILES))
        bands.append(
            WeekBand(
                week=week,
                ends=plan.calendar.start + dt.timedelta(days=7 * week - 3),
                p10=p10,
                p25=p25,
                p50=p50,
                p75=p75,
                p90=p90,
                mean_signed=float(signed[number].mean()),
                mean_cash=float(cash[number].mean()),
            )
        )
    return tuple(bands)


def coverage_by_region(plan: Plan) -> tuple[Coverage, ...]:
    """Open pipeline of each region against its planned amount."""
    return tuple(
        Coverage(
            id=region.id,
            name=region.name,
            pipeline=sum(deal.value for deal in plan.opportunities if deal.region == region.id),
            asked=plan.planned_amount(region),
        )
        for region in plan.regions
    )


def coverage_by_rep(plan: Plan, quotas: Sequence[tuple[str, float]]) -> tuple[Coverage, ...]:
    """Open pipeline in each rep's hands against the rep's quota."""
    return tuple(
        Coverage(
            id=rep,
            name=plan.rep[rep].name,
            pipeline=sum(deal.value for deal in plan.opportunities if deal.rep == rep),
            asked=quota,
        )
        for rep, quota in quotas
    )
