"""Whether reps' hours bind: closings against what came due, where closings against the pipeline do not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.calibration.capacity import Binding, binding, capacity_behind, chance_of_binding
from scenarios.calibration.cycles import CycleFit
from scenarios.calibration.figures import Figure
from scenarios.calibration.seasons import Season
from scenarios.crm.groups import codes, sums
from scenarios.crm.history import History, Windows
from scenarios.crm.pace import by_week, season_by_week

__all__ = ["HoursInDoubt", "hours_bind", "hours_in_doubt"]

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class HoursInDoubt:
    """Where it cannot be told whether hours bind: how likely they do, and what they allow if so."""

    chance: float
    weeks: int
    """Weeks of closings behind it."""
    closings: Mapping[str, float]
    """Rep → closings a week that were possible if hours bound."""


def hours_bind(history: History, season: Season, windows: Windows) -> Binding:
    """Whether closings a week follow the number of deals open at its start."""
    weeks = windows.rate_days // 7
    if weeks < 1:
        return Binding(None, None, None, 0, "cannot tell")
    starts = pd.date_range(end=windows.as_of, periods=weeks + 1, freq="7D")[:-1].to_numpy()
    deals = history.deals
    engaged = np.sort(deals["engaged"].to_numpy())
    gone = np.sort(history.closed["closed"].to_numpy())
    pipeline = np.searchsorted(engaged, starts, "left") - np.searchsorted(gone, starts, "left")
    return binding(by_week(history.closed["closed"], windows), pipeline.astype(float), season_by_week(season, windows))


def hours_in_doubt(
    history: History, cycle: CycleFit, closings: Mapping[str, Figure], season: Season, windows: Windows
) -> HoursInDoubt:
    """Weighs both: that hours set the closings, and that all was closed which came due by its age.

    If hours bound, a rep could close what makes the closings that there were: as many as were seen of one who had
    more to close than was closed, a few more of one who had not (``capacity_behind``).
    """
    reps = sorted(closings)
    due = _due_by_week(history.deals, cycle, reps, windows)
    seen = history.closed[history.closed["closed"] >= pd.Timestamp(windows.rates_start)]
    rep = codes(seen["rep"], reps)
    closed = np.bincount(rep[rep >= 0], minlength=len(reps)).astype(float)
    possible = {
        name: closings[name].value * (capacity_behind(float(n), float(d)) / float(n) if n > 0 else 1.0)
        for name, n, d in zip(reps, closed, due.sum(axis=0), strict=True)
    }
    known = history.closed["closed"][history.closed["rep"].isin(reps)]
    chance = chance_of_binding(by_week(known, windows), due.sum(axis=1), season_by_week(season, windows))
    return HoursInDoubt(chance, len(due), possible)


def _due_by_week(deals: pd.DataFrame, cycle: CycleFit, reps: Sequence[str], windows: Windows) -> Floats:
    """Deals expected to end by their age, by week before the date (the oldest first) and rep."""
    weeks, as_of = windows.rate_days // 7, pd.Timestamp(windows.as_of)
    begun = np.asarray((deals["engaged"] - as_of).dt.days, dtype=float)
    ended = np.asarray((deals["closed"] - as_of).dt.days.fillna(0), dtype=float)
    rep = codes(deals["rep"], reps)
    due = np.zeros((weeks, len(reps)))
    for week in range(weeks):
        start = -7.0 * (weeks - week)
        there = (begun < start + 7) & (ended >= start) & (rep >= 0)
        before, after = (
            cycle.ended_by(np.maximum(day - begun[there], 0.0)) for day in (np.maximum(start, begun[there]), start + 7)
        )
        share = np.where(before < 1, (after - before) / np.maximum(1 - before, 1e-9), 0.0)
        due[week] = sums(rep[there], share, len(reps))
    return due
