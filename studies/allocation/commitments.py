"""What each rep is asked to commit to: the quota, why it is that, and a path by week that ends at it.

The path has the shape in which the rep's own signed amount comes about in the saved replications, so a rep of long
cycles is not asked for a twelfth in week 1; where the run holds none it follows the working days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.explaining import Explanation, explain_study
from studies.allocation.results import AllocateResult
from studies.main_job import RunResult
from studies.results import Record
from studies.saved.reporting import SavedRun

__all__ = ["Commitment", "WeekGoal", "commitments"]


class WeekGoal(Record):
    """What is to be signed up to the end of a week."""

    week: int
    ends: dt.date
    in_week: float
    so_far: float


class Commitment(Record):
    """A rep's quota letter in figures. Money in the plan's currency."""

    rep: str
    name: str
    tier: str
    regions: tuple[str, ...]
    quota: float
    explanation: Explanation
    weeks: tuple[WeekGoal, ...]
    is_own_path: bool
    """Whether the path has the rep's own shape rather than that of the working days."""
    chance: float | None
    """Chance of reaching the quota; None where the run did not simulate."""


def commitments(run: SavedRun, folder: Path) -> tuple[Commitment, ...]:
    """A commitment per rep who has a quota; UsageError where the run decided none."""
    allocated = _allocated(run.result)
    if allocated is None:
        raise UsageError(
            f"{run.summary.name} decided no quotas ({run.summary.study}); letters are made of a run or of an allocation"
        )
    plan = run.plan
    shapes = _shapes(folder, plan)
    simulated = run.result.simulate if isinstance(run.result, RunResult) else None
    chances = {rep.id: rep.p_quota for rep in simulated.by_rep} if simulated is not None else {}
    asked = [rep.rep for rep in allocated.reps if rep.quota > 0]
    why = {row.id: row for row in explain_study(plan, asked, []).rows}
    even = _working_days(plan)
    return tuple(
        Commitment(
            rep=rep.rep,
            name=rep.name,
            tier=plan.rep_tiers[rep.tier],
            regions=tuple(plan.region[region].name for region in plan.rep[rep.rep].regions),
            quota=rep.quota,
            explanation=why[rep.rep],
            weeks=_path(rep.quota, shapes.get(rep.rep, even), plan),
            is_own_path=rep.rep in shapes,
            chance=chances.get(rep.rep),
        )
        for rep in allocated.reps
        if rep.quota > 0
    )


def _allocated(result: Record) -> AllocateResult | None:
    if isinstance(result, RunResult):
        return result.allocate
    return result if isinstance(result, AllocateResult) else None


def _path(quota: float, shape: NDArray[np.float64], plan: Plan) -> tuple[WeekGoal, ...]:
    """The quota by week, in whole units of money that add up to it."""
    sums = np.round(quota * np.cumsum(shape) / shape.sum())
    sums[-1] = quota
    before = [0.0, *sums[:-1].tolist()]
    return tuple(
        WeekGoal(
            week=number + 1,
            ends=plan.calendar.start + dt.timedelta(days=7 * number + 4),
            in_week=float(total - earlier),
            so_far=float(total),
        )
        for number, (total, earlier) in enumerate(zip(sums, before, strict=True))
    )


def _week_of_day(plan: Plan) -> NDArray[np.int64]:
    """Week, from 0, of each working day."""
    return np.array([(date - plan.calendar.start).days // 7 for date in plan.calendar.working_dates])


def _working_days(plan: Plan) -> NDArray[np.float64]:
    return np.bincount(_week_of_day(plan), minlength=plan.calendar.weeks).astype(float)


def _shapes(folder: Path, plan: Plan) -> Mapping[str, NDArray[np.float64]]:
    """Rep → what is signed in each week, over all replications; only of reps who sign anything."""
    weeks = _week_of_day(plan)
    signed: dict[str, NDArray[np.float64]] = {}
    for table, outcome, day, value in (
        ("deals", "won", "ended", "value"),
        ("renewals", "renewed", "day", "value"),
    ):
        path = folder / f"quarters-{table}.parquet"
        if not path.exists():
            continue
        try:
            frame = pd.read_parquet(path, columns=["rep", "outcome", day, value])
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(
                f"{folder.name} is damaged: {path.name} cannot be read ({type(error).__name__})"
            ) from error
        frame = frame[(frame["outcome"] == outcome) & frame["rep"].notna()]
        number = np.clip(frame[day].to_numpy().astype(int), 0, len(weeks) - 1)
        for rep, rows in frame.assign(week=weeks[number]).groupby("rep", observed=True):
            sums = np.bincount(rows["week"], weights=rows[value], minlength=plan.calendar.weeks)
            signed[str(rep)] = signed.get(str(rep), np.zeros(plan.calendar.weeks)) + sums
    return {rep: sums for rep, sums in signed.items() if sums.sum() > 0}
