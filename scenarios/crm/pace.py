"""The pace of deals: how many begin and end a week, by rep, with its season and what moves it for weeks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.calibration.capacity import capacity_behind, drift
from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import count_interval, count_rates, mixes
from scenarios.calibration.seasons import MONTHS, Season, month_of_quarter, rate_season
from scenarios.crm.ages import Ages
from scenarios.crm.groups import codes
from scenarios.crm.history import History, Windows, between

__all__ = [
    "Leads",
    "by_week",
    "capacities",
    "closing_season",
    "closings_by_rep",
    "drift_of",
    "leads_of",
    "season_by_week",
]

Floats: TypeAlias = NDArray[np.float64]
WEEKS_PER_BLOCK = 4


def closings_by_rep(
    observed: pd.DataFrame, reps: Sequence[str], season: Season, windows: Windows, joined: Mapping[str, dt.date]
) -> tuple[dict[str, Figure], dict[str, float]]:
    """Closings of each rep a week of usual season; few weeks lean on the team."""
    group = codes(observed["rep"], reps)
    counts = np.bincount(group[group >= 0], minlength=len(reps)).astype(float)
    fit = count_rates(counts, _weeks_there(reps, season, windows, joined))
    since = f"since {windows.rates_start}"
    figures = {
        name: Figure(
            float(rate), int(n), f"{int(n):,} deals closed {since}, few leaning on the team", float(lo), float(hi)
        )
        for name, rate, n, lo, hi in zip(reps, fit.rate, counts, fit.low, fit.high, strict=True)
    }
    # Who joined in these weeks moves for that reason.
    whole = [number for number, name in enumerate(reps) if not _is_newer(name, joined, windows)]
    moving = drift_of(observed["closed"], season, windows, codes(pd.Series(group), whole), len(whole)) if whole else 0.0
    spreads = {
        name: math.hypot(float(sd / rate), moving) for name, sd, rate in zip(reps, fit.sd, fit.rate, strict=True)
    }
    return figures, spreads


def capacities(ages: Ages, closings: Mapping[str, Figure], due: Floats) -> dict[str, float]:
    """Closings a week that were possible: more than were seen for a rep who had little to close."""
    known = ages.ended & (ages.rep >= 0)
    closed = np.bincount(ages.rep[known], minlength=len(due)).astype(float)
    return {
        name: figure.value * (capacity_behind(float(n), float(d)) / float(n) if n > 0 else 1.0)
        for (name, figure), n, d in zip(closings.items(), closed, due, strict=True)
    }


@dataclass(frozen=True)
class Leads:
    """Deals engaged a week."""

    by_product_and_rep: Mapping[tuple[str, str], float]
    by_rep: Mapping[str, Figure]
    sd: float
    """Standard deviation, as a share, of what the rate of all may be."""
    season: Season
    mix_sizes: Mapping[str, float]
    """Rep → number of deals that the rep's mix of products is worth."""


def leads_of(
    history: History, reps: Sequence[str], products: Sequence[str], windows: Windows, joined: Mapping[str, dt.date]
) -> Leads:
    """Leads by product and rep: each rep's number, in the rep's own mix of products."""
    engaged = between(history.deals, "engaged", windows.rates_start, windows.as_of)
    engaged = engaged[engaged["rep"].isin(reps)]
    season = _dispersed(engaged["engaged"], windows)
    weeks = float(_days_by_month(windows) @ np.array(season.factors)) / 7
    row, column = (codes(engaged[key], names) for key, names in (("rep", reps), ("product", products)))
    counts = np.zeros((len(reps), len(products)))
    np.add.at(counts, (row, column), 1.0)
    if not counts.sum():
        return Leads({}, {}, 0.0, season, {})
    numbers = counts.sum(axis=1)
    there = _weeks_there(reps, season, windows, joined)
    fit = count_rates(numbers, there)
    scale = numbers.sum() / float(fit.rate @ there)
    shares, sizes = mixes(counts)
    region = history.deals.drop_duplicates("rep").set_index("rep")["region"].reindex(list(reps))
    for name in sorted(set(region.dropna())):
        rows = (region == name).to_numpy()
        if counts[rows].sum():
            shares[rows], sizes[rows] = mixes(counts[rows])
    leads = {
        (product, rep): float(fit.rate[i] * scale * shares[i, j])
        for i, rep in enumerate(reps)
        for j, product in enumerate(products)
        if shares[i, j] > 0
    }
    since = f"deals engaged since {windows.rates_start}, few leaning on the team"
    by_rep = {
        rep: Figure(float(rate), int(n), f"{int(n):,} {since}", float(low), float(high))
        for rep, rate, n, low, high in zip(reps, fit.rate, numbers, fit.low, fit.high, strict=True)
    }
    low, high = count_interval(int(numbers.sum()), weeks)
    sampling = (high - low) / 2 / 1.645 / (numbers.sum() / weeks)
    moving = drift_of(engaged["engaged"], season, windows, np.zeros(len(engaged), dtype=np.int64), 1)
    worth = dict(zip(reps, sizes.tolist(), strict=True))
    return Leads(leads, by_rep, math.hypot(float(sampling), moving), season, worth)


def closing_season(observed: pd.DataFrame, windows: Windows) -> Season:
    """Season inside the quarter of closings."""
    return _dispersed(observed["closed"], windows)


def drift_of(
    dates: pd.Series[pd.Timestamp], season: Season, windows: Windows, member: NDArray[np.int64], members: int
) -> float:
    """What moves members up and down for weeks, beyond chance and season, as a share."""
    expected = season_by_week(season, windows)
    blocks = len(expected) // WEEKS_PER_BLOCK
    if blocks < 3:
        return 0.0
    first = len(expected) - blocks * WEEKS_PER_BLOCK
    weekly = np.array([by_week(dates[member == number], windows)[first:] for number in range(members)])
    counts = weekly.reshape(members, blocks, WEEKS_PER_BLOCK).sum(axis=2)
    return drift(counts, expected[first:].reshape(blocks, WEEKS_PER_BLOCK).sum(axis=1))


def _weeks_there(reps: Sequence[str], season: Season, windows: Windows, joined: Mapping[str, dt.date]) -> Floats:
    """Weeks of usual season in which each rep was there, of those from which rates are counted."""
    factors = np.array(season.factors)
    whole = float(_days_by_month(windows) @ factors) / 7
    return np.array(
        [
            float(_days_by_month(windows, joined[name]) @ factors) / 7 if _is_newer(name, joined, windows) else whole
            for name in reps
        ]
    )


def _is_newer(name: str, joined: Mapping[str, dt.date], windows: Windows) -> bool:
    return name in joined and joined[name] > windows.rates_start


def _dispersed(dates: pd.Series[pd.Timestamp], windows: Windows) -> Season:
    """Season of events a day, where differences have to stand out from those between weeks of one month."""
    events = np.bincount(month_of_quarter(np.asarray(dates.dt.month, dtype=np.int64)), minlength=MONTHS).astype(float)
    days = _days_by_month(windows)
    season = rate_season(events, days)
    if not season.is_there or windows.rate_days < 7 * 6:
        return Season((1.0, 1.0, 1.0), season.counts, season.p_value)
    weekly, expected = by_week(dates, windows), season_by_week(season, windows)
    expected = expected * weekly.sum() / expected.sum()
    excess = float(np.sum((weekly - expected) ** 2 / expected)) / max(len(weekly) - MONTHS, 1)
    return rate_season(events, days, max(excess, 1.0))


def _days_by_month(windows: Windows, since: dt.date | None = None) -> Floats:
    """Calendar days of each month of the quarter, from a day on or in the weeks from which rates are counted."""
    days = pd.date_range(since or windows.rates_start, windows.as_of, inclusive="left")
    return np.bincount(month_of_quarter(np.asarray(days.month, dtype=np.int64)), minlength=MONTHS).astype(float)


def by_week(dates: pd.Series[pd.Timestamp], windows: Windows) -> Floats:
    """Events of each whole week before the date, the oldest first."""
    weeks = windows.rate_days // 7
    age = (pd.Timestamp(windows.as_of) - dates).dt.days.to_numpy()
    number = weeks - 1 - (age - 1) // 7
    return np.bincount(number[(number >= 0) & (number < weeks)], minlength=weeks).astype(float)


def season_by_week(season: Season, windows: Windows) -> Floats:
    """Mean factor of each whole week before the date."""
    weeks = windows.rate_days // 7
    days = pd.date_range(end=windows.as_of, periods=weeks * 7 + 1, inclusive="left")
    factors = np.array(season.factors)[month_of_quarter(np.asarray(days.month, dtype=np.int64))]
    return np.asarray(factors.reshape(weeks, 7).mean(axis=1))
