"""Win rates of deals: of all, by month of the quarter, and by customer tier, product, region and rep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import Rates, beta_interval, share_interval, share_rates
from scenarios.calibration.seasons import MONTHS, Season, month_of_quarter, share_season
from scenarios.crm.groups import codes, sums
from scenarios.crm.history import History, Windows
from scenarios.crm.stage_history import PassedStages

__all__ = ["Dimension", "WinRates", "win_rates"]

Floats: TypeAlias = NDArray[np.float64]
Dimension = Literal["product", "region", "rep"]
DIMENSIONS: tuple[Dimension, ...] = ("product", "region", "rep")


@dataclass(frozen=True)
class WinRates:
    """Win rates: of all, by customer tier, and as factors on them by month, product, region and rep."""

    overall: Figure
    overall_sd: float
    season: Season
    by_tier: Mapping[str, Figure]
    tier_sd: Mapping[str, float]
    factors: Mapping[Dimension, Mapping[str, Figure]]
    """Factor on the rate of all; empty where a dimension's groups cannot be told apart."""
    factor_sd: Mapping[Dimension, Mapping[str, float]]
    rates: Mapping[Dimension, Mapping[str, Figure]]
    """The rates themselves, for the report."""


def win_rates(
    history: History,
    windows: Windows,
    closing_season: Season,
    tier_of: pd.Series[str] | None,
    tiers: Sequence[str],
    stages: PassedStages | None,
) -> WinRates:
    """All rates of the deals closed; ``closing_season`` says how much of a quarter's closings each month has.

    ``tier_of`` is the customer tier of each, empty where it is not known. Where ``stages`` are known the rate of all is
    that of passing them, around which tiers, months and groups differ as they do among the deals closed.
    """
    closed = history.closed
    is_won = np.asarray(closed["outcome"] == "won", dtype=float)
    won, count = int(is_won.sum()), len(closed)
    low, high = share_interval(won, count)
    basis = f"{won:,} won of {count:,} deals closed before {windows.as_of}"
    rate = won / count if won < count else (won + 0.5) / (count + 1)  # certainty cannot be learnt from deals
    if won == 0:
        rate = 0.5 / (count + 1)
    deals, of_closed, level = float(max(count, 2)), rate, 1.0
    month = month_of_quarter(np.asarray(closed["closed"].dt.month, dtype=np.int64))
    wins, totals = sums(month, is_won, MONTHS), sums(month, np.ones(count), MONTHS)
    season = share_season(wins, totals, np.array(closing_season.factors))
    if season.is_there:
        # Months are not equally often in the history; the quarter's mean is what the plan needs.
        whole = float(np.average(wins / totals, weights=closing_season.factors))
        low, high, rate = low + whole - rate, high + whole - rate, whole
        basis += ", each month of the quarter weighing as in a whole one"
    if stages is not None:
        passes_all, deals = stages.win_rate
        level, by_month = passes_all / of_closed, rate / of_closed
        low, high = (end * by_month for end in beta_interval(passes_all * deals, (1 - passes_all) * deals))
        rate = min(passes_all * by_month, 0.999)
        basis = f"share that passes every stage; {basis}"
    sd = math.sqrt(rate * (1 - rate) / deals)
    rates, factors, sds = {}, {}, {}
    for dimension in DIMENSIONS:
        names = sorted(set(history.deals[dimension]))
        group = codes(closed[dimension], names)
        n = np.bincount(group, minlength=len(names)).astype(float)
        w = sums(group, is_won, len(names))
        fit = share_rates(w, n)
        rates[dimension] = _figures(names, fit, n, w, level, windows)
        told = len(names) > 1 and float(np.std(fit.rate)) / fit.mean > 0.005
        factors[dimension] = {
            name: Figure(float(r / fit.mean), int(k), f"{int(v):,} won of {int(k):,} against {fit.mean:.1%} of all")
            for name, r, k, v in zip(names, fit.rate, n, w, strict=True)
            if told
        }
        sds[dimension] = {name: float(s / r) for name, s, r in zip(names, fit.sd, fit.rate, strict=True) if told}
    overall = Figure(rate, count, basis, max(low, 0.0), min(high, 1.0))
    by_tier, tier_sd = _by_tier(is_won, tier_of, tiers, overall, sd, windows, stages is not None)
    return WinRates(overall, sd, season, by_tier, tier_sd, factors, sds, rates)


def _figures(
    names: Sequence[str], fit: Rates, counts: Floats, won: Floats, level: float, windows: Windows
) -> dict[str, Figure]:
    """Rates; ``level`` is that of all as a factor on the share of the deals closed."""
    leaning = f"leaning on the rate of all by {fit.shrinkage:.0%} at a usual number of deals"
    return {
        name: Figure(
            min(float(rate) * level, 0.999),
            int(n),
            f"{int(w):,} won of {int(n):,} deals closed before {windows.as_of}, {leaning}",
            min(float(low) * level, 0.999),
            min(float(high) * level, 1.0),
        )
        for name, rate, n, w, low, high in zip(names, fit.rate, counts, won, fit.low, fit.high, strict=True)
    }


def _by_tier(
    is_won: Floats,
    tier_of: pd.Series[str] | None,
    tiers: Sequence[str],
    overall: Figure,
    sd: float,
    windows: Windows,
    of_stages: bool,
) -> tuple[dict[str, Figure], dict[str, float]]:
    """Rates by customer tier around the rate of all, few deals leaning on it."""
    if tier_of is None:
        text = f"rate of all deals: the accounts of open deals are not known, so tiers say nothing; {overall.basis}"
        return {tier: replace(overall, basis=text) for tier in tiers}, dict.fromkeys(tiers, sd)
    group = codes(tier_of, tiers)
    known = group >= 0
    n = np.bincount(group[known], minlength=len(tiers)).astype(float)
    w = sums(group[known], is_won[known], len(tiers))
    if not n.sum():
        return {tier: replace(overall, count=0) for tier in tiers}, dict.fromkeys(tiers, sd)
    fit = share_rates(w, n)
    by_stages = "leaning on the rate of all, which is that of passing every stage"
    leaning = by_stages if of_stages else "leaning on the rate of all"
    figures, sds = {}, {}
    for tier, rate, spread, low, high, count, won in zip(tiers, fit.rate, fit.sd, fit.low, fit.high, n, w, strict=True):
        scale = overall.value / fit.mean
        deals = f"{int(won):,} won of {int(count):,} deals of {tier} accounts closed before {windows.as_of}"
        basis = f"{deals}, {leaning}" if count else f"rate of all deals, as {deals}"
        ends = min(max(float(low * scale), 0.001), 0.999), min(max(float(high * scale), 0.001), 0.999)
        value = min(max(float(rate * scale), 0.001), 0.999)
        figures[tier] = Figure(value, int(count), basis, *ends)
        # No Beta distribution is wider than that of yes and no.
        sds[tier] = min(float(spread * scale), 0.49, 0.95 * math.sqrt(value * (1 - value)))
    return figures, sds
