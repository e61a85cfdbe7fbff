"""What a company's own deals say before a date: rates, cycles, values, each with its interval and its count.

Everything is taken from a ``History``, which holds nothing that happened on the date or later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from scenarios.calibration.capacity import Binding, binding, capacity_behind, drift
from scenarios.calibration.cycles import CycleFit, Durations, calibrate_cycle, without_waiting
from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import (
    Rates,
    count_interval,
    count_rates,
    mixes,
    share_interval,
    share_rates,
)
from scenarios.calibration.seasons import MONTHS, Season, month_of_quarter, rate_season, share_season
from scenarios.crm.history import History, Windows, between
from scenarios.crm.mapping import Assumed

__all__ = ["Calibration", "Dimension", "WinRates", "calibrate"]

Floats: TypeAlias = NDArray[np.float64]
Dimension = Literal["product", "region", "rep"]
DIMENSIONS: tuple[Dimension, ...] = ("product", "region", "rep")
LEAST_LOADED = 1 / 3
"""Share of the deals, those of the least loaded reps, from which the cycle is taken where hours bind."""
LEAST_REPS = 5
NOT_TOLD_APART = 1e9
"""Number of own deals below which a group is as the whole, where groups show no difference."""
LEAST_TO_STAND_ALONE = 100
"""Ended deals from which a product has a cycle of its own; others take that of all products."""
WEEKS_PER_BLOCK = 4
LEAST_REPEATS = 3
"""Deals won in a quarter by a customer who, buying at that rate, would be silent for a quarter by chance in 5%."""


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


@dataclass(frozen=True)
class Calibration:
    """Calibrated figures; names as in the export."""

    win: WinRates
    cycles: Mapping[str, CycleFit]
    """Product → its cycle; products without one take ``cycle``."""
    cycle: CycleFit | None
    closings: Mapping[str, Figure]
    """Rep → deals closed a week."""
    closings_sd: Mapping[str, float]
    """Rep → standard deviation of what the rate may be, as a share of it."""
    capacity: Mapping[str, float]
    """Rep → deals a week that the rep could close where enough were due."""
    closing_season: Season
    closing_drift: float
    binding: Binding
    leads: Mapping[tuple[str, str], float]
    """Product, rep → deals engaged a week."""
    leads_by_rep: Mapping[str, Figure]
    leads_sd: float
    """Standard deviation, as a share, of what the rate of all leads may be."""
    lead_season: Season
    ratio: Figure | None
    """Value ÷ list price over all products; None without list prices."""
    mean_deal: Mapping[str, Figure]
    value_sigma: Figure
    value_sd: float
    losses: Mapping[str, Figure] | None
    """Customer tier → chance that a customer who bought often stops within a quarter; None where too few repeat."""


def calibrate(
    history: History,
    windows: Windows,
    reps: Sequence[str],
    products: Mapping[str, float],
    tier_of: Mapping[str, str] | None,
    assumed: Assumed,
) -> Calibration:
    """Everything that deals say; ``products`` are name → list price (NaN where there is none).

    ``tier_of`` maps accounts to tiers, None where the accounts of open deals are not known and tiers serve nothing.
    """
    as_of = pd.Timestamp(windows.as_of)
    observed = between(history.closed, "closed", windows.rates_start, windows.as_of)
    season = _closing_season(observed, windows)
    binds = _binding(history, season, windows)
    names, ages = sorted(products), _Ages.of(history, as_of, sorted(products), reps)
    free = binds.verdict == "hours do not bind"
    who = np.ones(len(ages.days), dtype=bool) if free else _least_loaded(ages, len(reps))
    by_product, cycle = _cycles(ages, names, who, not free)
    closings, closings_sd = _closings(observed, reps, season, windows)
    capacity = {name: figure.value for name, figure in closings.items()}
    if cycle is not None and not free:
        capacity = _capacity(ages, closings, _came_due(ages, names, by_product, cycle, len(reps)))
    leads, leads_by_rep, leads_sd, lead_season = _leads(history, reps, sorted(products), windows)
    ratio, mean_deal, sigma, value_sd = _values(history, products, windows, assumed)
    return Calibration(
        win=_win_rates(history, windows, season, tier_of, sorted(assumed.customer_tiers)),
        cycles=by_product,
        cycle=cycle,
        closings=closings,
        closings_sd=closings_sd,
        closing_season=season,
        closing_drift=_drift(observed["closed"], season, windows, np.zeros(len(observed), dtype=np.int64), 1),
        binding=binds,
        capacity=capacity,
        leads=leads,
        leads_by_rep=leads_by_rep,
        leads_sd=leads_sd,
        lead_season=lead_season,
        ratio=ratio,
        mean_deal=mean_deal,
        value_sigma=sigma,
        value_sd=value_sd,
        losses=None if tier_of is None else _losses(history, windows, tier_of, sorted(assumed.customer_tiers)),
    )


def _win_rates(
    history: History, windows: Windows, closing_season: Season, tier_of: Mapping[str, str] | None, tiers: Sequence[str]
) -> WinRates:
    closed = history.closed
    is_won = np.asarray(closed["outcome"] == "won", dtype=float)
    won, count = int(is_won.sum()), len(closed)
    low, high = share_interval(won, count)
    basis = f"{won:,} won of {count:,} deals closed before {windows.as_of}"
    rate = won / count if won < count else (won + 0.5) / (count + 1)  # certainty cannot be learnt from deals
    if won == 0:
        rate = 0.5 / (count + 1)
    month = month_of_quarter(np.asarray(closed["closed"].dt.month, dtype=np.int64))
    wins, totals = _sums(month, is_won, MONTHS), _sums(month, np.ones(count), MONTHS)
    season = share_season(wins, totals, np.array(closing_season.factors))
    if season.is_there:
        # Months are not equally often in the history; the quarter's mean is what the plan needs.
        whole = float(np.average(wins / totals, weights=closing_season.factors))
        low, high, rate = low + whole - rate, high + whole - rate, whole
        basis += ", each month of the quarter weighing as in a whole one"
    sd = math.sqrt(rate * (1 - rate) / max(count, 2))
    rates, factors, sds = {}, {}, {}
    for dimension in DIMENSIONS:
        names = sorted(set(history.deals[dimension]))
        group = _codes(closed[dimension], names)
        n = np.bincount(group, minlength=len(names)).astype(float)
        w = _sums(group, is_won, len(names))
        fit = share_rates(w, n)
        rates[dimension] = _figures(names, fit, n, w, windows)
        told = len(names) > 1 and float(np.std(fit.rate)) / fit.mean > 0.005
        factors[dimension] = {
            name: Figure(float(r / fit.mean), int(k), f"{int(v):,} won of {int(k):,} against {fit.mean:.1%} of all")
            for name, r, k, v in zip(names, fit.rate, n, w, strict=True)
            if told
        }
        sds[dimension] = {name: float(s / r) for name, s, r in zip(names, fit.sd, fit.rate, strict=True) if told}
    by_tier, tier_sd = _by_tier(closed, is_won, tier_of, tiers, Figure(rate, count, basis, low, high), sd, windows)
    overall = Figure(rate, count, basis, max(low, 0.0), min(high, 1.0))
    return WinRates(overall, sd, season, by_tier, tier_sd, factors, sds, rates)


def _figures(names: Sequence[str], fit: Rates, counts: Floats, won: Floats, windows: Windows) -> dict[str, Figure]:
    leaning = f"leaning on the rate of all by {fit.shrinkage:.0%} at a usual number of deals"
    return {
        name: Figure(
            float(rate),
            int(n),
            f"{int(w):,} won of {int(n):,} deals closed before {windows.as_of}, {leaning}",
            float(low),
            float(high),
        )
        for name, rate, n, w, low, high in zip(names, fit.rate, counts, won, fit.low, fit.high, strict=True)
    }


def _by_tier(
    closed: pd.DataFrame,
    is_won: Floats,
    tier_of: Mapping[str, str] | None,
    tiers: Sequence[str],
    overall: Figure,
    sd: float,
    windows: Windows,
) -> tuple[dict[str, Figure], dict[str, float]]:
    """Rates by customer tier around the rate of all, few deals leaning on it."""
    if tier_of is None:
        text = f"rate of all deals: the accounts of open deals are not known, so tiers say nothing; {overall.basis}"
        return {tier: replace(overall, basis=text) for tier in tiers}, dict.fromkeys(tiers, sd)
    group = _codes(closed["account"].map(lambda name: tier_of.get(name, "")), tiers)
    known = group >= 0
    n = np.bincount(group[known], minlength=len(tiers)).astype(float)
    w = _sums(group[known], is_won[known], len(tiers))
    if not n.sum():
        return {tier: replace(overall, count=0) for tier in tiers}, dict.fromkeys(tiers, sd)
    fit = share_rates(w, n)
    figures, sds = {}, {}
    for tier, rate, spread, low, high, count, won in zip(tiers, fit.rate, fit.sd, fit.low, fit.high, n, w, strict=True):
        scale = overall.value / fit.mean
        deals = f"{int(won):,} won of {int(count):,} deals of {tier} accounts closed before {windows.as_of}"
        basis = f"{deals}, leaning on the rate of all" if count else f"rate of all deals, as {deals}"
        ends = min(max(float(low * scale), 0.001), 0.999), min(max(float(high * scale), 0.001), 0.999)
        value = min(max(float(rate * scale), 0.001), 0.999)
        figures[tier] = Figure(value, int(count), basis, *ends)
        # No Beta distribution is wider than that of yes and no.
        sds[tier] = min(float(spread * scale), 0.49, 0.95 * math.sqrt(value * (1 - value)))
    return figures, sds


@dataclass(frozen=True, eq=False)
class _Ages:
    """Deals as durations, with who had them."""

    days: Floats
    ended: NDArray[np.bool_]
    entry: Floats
    product: NDArray[np.int64]
    rep: NDArray[np.int64]

    @classmethod
    def of(cls, history: History, as_of: pd.Timestamp, products: Sequence[str], reps: Sequence[str]) -> _Ages:
        """What is open counts with its age; nothing before the first closing could be seen."""
        deals = history.deals
        ended = (deals["outcome"] != "open").to_numpy()
        end = deals["closed"].where(deals["outcome"] != "open", as_of)
        days = np.asarray((end - deals["engaged"]).dt.days, dtype=float)
        entry = np.asarray((history.closed["closed"].min() - deals["engaged"]).dt.days, dtype=float)
        return cls(
            days, ended, np.clip(entry, 0.0, None), _codes(deals["product"], products), _codes(deals["rep"], reps)
        )

    def fit(self, rows: NDArray[np.bool_], waiting: bool) -> CycleFit | None:
        """Cycle of some of the deals, where they wait for reps without that wait."""
        durations = Durations.of(self.days[rows], self.ended[rows], self.entry[rows])
        fit = calibrate_cycle(durations)
        return without_waiting(durations, fit) if fit is not None and waiting else fit


def _cycles(
    ages: _Ages, products: Sequence[str], who: NDArray[np.bool_], waiting: bool
) -> tuple[dict[str, CycleFit], CycleFit | None]:
    """Cycles by product, from the deals of those reps (``who``) in whose hands deals waited least.

    A product has a cycle of its own where it ended enough deals and the deals tell products apart.
    """
    whole = ages.fit(who, waiting)
    if whole is None or not _products_differ(ages, who, len(products)):
        return {}, whole
    fits = {}
    for number, name in enumerate(products):
        rows = who & (ages.product == number)
        if int(ages.ended[rows].sum()) >= LEAST_TO_STAND_ALONE:
            fit = ages.fit(rows, waiting)
            if fit is not None:
                fits[name] = fit
    return fits, whole


def _products_differ(ages: _Ages, who: NDArray[np.bool_], products: int) -> bool:
    """Log-rank test of one cycle for all products (Mantel, Cancer Chemotherapy Reports 50, 1966), at 1%."""
    whole = ages.fit(who, waiting=False)
    if whole is None:
        return False
    passed = [-np.log1p(-np.minimum(whole.ended_by(np.maximum(at, 0.5)), 0.999)) for at in (ages.days, ages.entry)]
    hazard = np.clip(passed[0] - np.where(ages.entry > 0, passed[1], 0.0), 0.0, None)
    rows = who & (ages.days > ages.entry)
    expected = _sums(ages.product[rows], hazard[rows], products)
    ended = _sums(ages.product[rows], ages.ended[rows].astype(float), products)
    known = expected >= 5
    if int(known.sum()) < 2:
        return False
    expected = expected[known] * ended[known].sum() / expected[known].sum()
    statistic = float(np.sum((ended[known] - expected) ** 2 / expected))
    return float(chi2.sf(statistic, int(known.sum()) - 1)) < 0.01


def _least_loaded(ages: _Ages, reps: int) -> NDArray[np.bool_]:
    """Deals of the reps with the fewest open days per closing, who have a third of all deals; all where they are few.

    Where hours bind a deal's age at its end holds the wait for the rep, which the simulation adds itself: the
    customer's own cycle shows best where there was least to wait for.
    """
    exposed = np.clip(ages.days - ages.entry, 0.0, None)
    known = ages.rep >= 0
    open_days = _sums(ages.rep[known], exposed[known], reps)
    closed = _sums(ages.rep[known], ages.ended[known].astype(float), reps)
    deals = np.bincount(ages.rep[known], minlength=reps).astype(float)
    load = np.where(closed > 0, open_days / np.maximum(closed, 1), np.inf)
    order = np.lexsort((np.arange(reps), load))
    before = np.concatenate(([0.0], np.cumsum(deals[order])[:-1]))
    chosen = np.zeros(reps, dtype=bool)
    chosen[order[before < LEAST_LOADED * deals.sum()]] = True
    rows = known & chosen[np.maximum(ages.rep, 0)]
    if reps < LEAST_REPS or int(ages.ended[rows].sum()) < LEAST_TO_STAND_ALONE:
        return np.ones(len(ages.days), dtype=bool)
    return rows


def _came_due(ages: _Ages, products: Sequence[str], fits: Mapping[str, CycleFit], whole: CycleFit, reps: int) -> Floats:
    """Expected number of each rep's deals whose cycle ended since closings are seen, closed or not."""
    share = np.zeros(len(ages.days))
    for number, name in enumerate(products):
        rows = ages.product == number
        fit = fits.get(name, whole)
        at, before = fit.ended_by(np.maximum(ages.days[rows], 0.5)), fit.ended_by(ages.entry[rows])
        share[rows] = np.where(before < 1, (at - before) / np.maximum(1 - before, 1e-9), 0.0)
    share = np.where(ages.ended, 1.0, np.clip(share, 0.0, 1.0)) * (ages.days > ages.entry)
    known = ages.rep >= 0
    return _sums(ages.rep[known], share[known], reps)


def _sums(group: NDArray[np.int64], weights: Floats, groups: int) -> Floats:
    """Sum of the weights of each group."""
    return np.bincount(group, weights, groups).astype(float)


def _codes(names: pd.Series[str], order: Sequence[str]) -> NDArray[np.int64]:
    """Position of each name in the order; -1 where it is not there."""
    return np.asarray(pd.Index(list(order)).get_indexer(pd.Index(names)), dtype=np.int64)


def _days_by_month(windows: Windows) -> Floats:
    """Calendar days of each month of the quarter in the weeks from which rates are counted."""
    days = pd.date_range(windows.rates_start, windows.as_of, inclusive="left")
    return np.bincount(month_of_quarter(np.asarray(days.month, dtype=np.int64)), minlength=MONTHS).astype(float)


def _weekly(dates: pd.Series[pd.Timestamp], windows: Windows) -> Floats:
    """Events of each whole week before the date, the oldest first."""
    weeks = windows.rate_days // 7
    age = (pd.Timestamp(windows.as_of) - dates).dt.days.to_numpy()
    number = weeks - 1 - (age - 1) // 7
    return np.bincount(number[(number >= 0) & (number < weeks)], minlength=weeks).astype(float)


def _weekly_season(season: Season, windows: Windows) -> Floats:
    """Mean factor of each whole week before the date."""
    weeks = windows.rate_days // 7
    days = pd.date_range(end=windows.as_of, periods=weeks * 7 + 1, inclusive="left")
    factors = np.array(season.factors)[month_of_quarter(np.asarray(days.month, dtype=np.int64))]
    return np.asarray(factors.reshape(weeks, 7).mean(axis=1))


def _dispersed(dates: pd.Series[pd.Timestamp], windows: Windows) -> Season:
    """Season of events a day, where differences have to stand out from those between weeks of one month."""
    events = np.bincount(month_of_quarter(np.asarray(dates.dt.month, dtype=np.int64)), minlength=MONTHS).astype(float)
    days = _days_by_month(windows)
    season = rate_season(events, days)
    if not season.is_there or windows.rate_days < 7 * 6:
        return Season((1.0, 1.0, 1.0), season.counts, season.p_value)
    weekly, expected = _weekly(dates, windows), _weekly_season(season, windows)
    expected = expected * weekly.sum() / expected.sum()
    excess = float(np.sum((weekly - expected) ** 2 / expected)) / max(len(weekly) - MONTHS, 1)
    return rate_season(events, days, max(excess, 1.0))


def _closing_season(observed: pd.DataFrame, windows: Windows) -> Season:
    return _dispersed(observed["closed"], windows)


def _drift(
    dates: pd.Series[pd.Timestamp], season: Season, windows: Windows, member: NDArray[np.int64], members: int
) -> float:
    """What moves members up and down for weeks, beyond chance and season, as a share."""
    expected = _weekly_season(season, windows)
    blocks = len(expected) // WEEKS_PER_BLOCK
    if blocks < 3:
        return 0.0
    first = len(expected) - blocks * WEEKS_PER_BLOCK
    weekly = np.array([_weekly(dates[member == number], windows)[first:] for number in range(members)])
    counts = weekly.reshape(members, blocks, WEEKS_PER_BLOCK).sum(axis=2)
    return drift(counts, expected[first:].reshape(blocks, WEEKS_PER_BLOCK).sum(axis=1))


def _binding(history: History, season: Season, windows: Windows) -> Binding:
    """Whether closings a week follow the number of deals open at its start."""
    weeks = windows.rate_days // 7
    if weeks < 1:
        return Binding(None, None, None, 0, "cannot tell")
    starts = pd.date_range(end=windows.as_of, periods=weeks + 1, freq="7D")[:-1].to_numpy()
    deals = history.deals
    engaged = np.sort(deals["engaged"].to_numpy())
    gone = np.sort(history.closed["closed"].to_numpy())
    pipeline = np.searchsorted(engaged, starts, "left") - np.searchsorted(gone, starts, "left")
    return binding(_weekly(history.closed["closed"], windows), pipeline.astype(float), _weekly_season(season, windows))


def _closings(
    observed: pd.DataFrame, reps: Sequence[str], season: Season, windows: Windows
) -> tuple[dict[str, Figure], dict[str, float]]:
    """Closings of each rep a week of usual season; few weeks lean on the team."""
    group = _codes(observed["rep"], reps)
    counts = np.bincount(group[group >= 0], minlength=len(reps)).astype(float)
    weeks = float(_days_by_month(windows) @ np.array(season.factors)) / 7
    fit = count_rates(counts, np.full(len(reps), weeks))
    since = f"since {windows.rates_start}"
    figures = {
        name: Figure(
            float(rate), int(n), f"{int(n):,} deals closed {since}, few leaning on the team", float(lo), float(hi)
        )
        for name, rate, n, lo, hi in zip(reps, fit.rate, counts, fit.low, fit.high, strict=True)
    }
    moving = _drift(observed["closed"], season, windows, group, len(reps))
    spreads = {
        name: math.hypot(float(sd / rate), moving) for name, sd, rate in zip(reps, fit.sd, fit.rate, strict=True)
    }
    return figures, spreads


def _capacity(ages: _Ages, closings: Mapping[str, Figure], due: Floats) -> dict[str, float]:
    """Closings a week that were possible: more than were seen for a rep who had little to close."""
    known = ages.ended & (ages.rep >= 0)
    closed = np.bincount(ages.rep[known], minlength=len(due)).astype(float)
    return {
        name: figure.value * (capacity_behind(float(n), float(d)) / float(n) if n > 0 else 1.0)
        for (name, figure), n, d in zip(closings.items(), closed, due, strict=True)
    }


def _leads(
    history: History, reps: Sequence[str], products: Sequence[str], windows: Windows
) -> tuple[dict[tuple[str, str], float], dict[str, Figure], float, Season]:
    """Deals engaged a week, by product and rep: each rep's number, in the rep's own mix of products."""
    engaged = between(history.deals, "engaged", windows.rates_start, windows.as_of)
    engaged = engaged[engaged["rep"].isin(reps)]
    season = _dispersed(engaged["engaged"], windows)
    weeks = float(_days_by_month(windows) @ np.array(season.factors)) / 7
    row, column = (_codes(engaged[key], names) for key, names in (("rep", reps), ("product", products)))
    counts = np.zeros((len(reps), len(products)))
    np.add.at(counts, (row, column), 1.0)
    if not counts.sum():
        return {}, {}, 0.0, season
    numbers = counts.sum(axis=1)
    fit = count_rates(numbers, np.full(len(reps), weeks))
    scale = numbers.sum() / weeks / float(fit.rate.sum())
    shares = mixes(counts)
    region = history.deals.drop_duplicates("rep").set_index("rep")["region"].reindex(list(reps))
    for name in sorted(set(region.dropna())):
        rows = (region == name).to_numpy()
        if counts[rows].sum():
            shares[rows] = mixes(counts[rows])
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
    moving = _drift(engaged["engaged"], season, windows, np.zeros(len(engaged), dtype=np.int64), 1)
    return leads, by_rep, math.hypot(float(sampling), moving), season


def _values(
    history: History, products: Mapping[str, float], windows: Windows, assumed: Assumed
) -> tuple[Figure | None, dict[str, Figure], Figure, float]:
    """Mean deal by product: list price × usual discount, few deals leaning on that of all; without a price the mean."""
    won, deals_won = history.won, f"deals won before {windows.as_of}"
    price = won["product"].map(products)
    ratio = (won["value"] / price.where(price > 0)).dropna()
    whole = None
    if len(ratio):
        mean, spread = float(ratio.mean()), float(ratio.std()) if len(ratio) > 1 else 0.0
        half = 1.645 * spread / math.sqrt(len(ratio))
        whole = Figure(mean, len(ratio), f"mean of {len(ratio):,} {deals_won}", mean - half, mean + half)
    grouped = won.groupby("product")["value"]
    means, sds, counts = grouped.mean(), grouped.std(), grouped.size()
    figures = {}
    equal = _equal_deals(ratio, won["product"].loc[ratio.index])
    for name, listed in products.items():
        count = int(counts.get(name, 0))
        if whole is not None and listed > 0:
            own = ratio[won["product"].loc[ratio.index] == name]
            share = whole.value
            if len(own):
                kept = len(own) / (len(own) + equal)
                share += kept * (float(own.mean()) - whole.value)
            error = float(ratio.std()) / math.sqrt(max(len(own), 1)) if len(ratio) > 1 else 0.0
            half = 1.645 * listed * error
            text = f"list price × {share:.4f}, {count:,} {deals_won}, few leaning on all products"
            if not count:
                text = f"no {deals_won}; list price × usual discount of all products"
            figures[name] = Figure(listed * share, count, text, max(listed * share - half, 0.0), listed * share + half)
        elif count:
            half = 1.645 * float(sds[name]) / math.sqrt(count) if count > 1 else 0.0
            value = float(means[name])
            ends = (max(value - half, 0.0), value + half) if count > 1 else (None, None)
            figures[name] = Figure(value, count, f"mean of {count:,} {deals_won}", *ends)
        else:
            figures[name] = Figure(float(won["value"].mean()), 0, f"no {deals_won}; mean of all products")
    logs = np.log(won["value"].to_numpy() / won["product"].map(means).to_numpy())
    if len(logs) < 2:
        sigma = Figure(assumed.value_sigma, 0, "default, fewer than two deals won")
    else:
        value = min(float(np.std(logs, ddof=1)), 3.0)
        basis = f"standard deviation of the log of value ÷ the product's mean, {len(logs):,} {deals_won}"
        sigma = Figure(value, len(logs), basis, *_sigma_interval(value, len(logs)))
    variance = sigma.value**2 / max(len(logs), 1)
    return whole, figures, sigma, math.sqrt(variance)


def _equal_deals(ratio: pd.Series[float], product: pd.Series[str]) -> float:
    """Number of deals of a product at which its own discount and that of all weigh the same (moments)."""
    if ratio.empty:
        return NOT_TOLD_APART
    groups = ratio.groupby(product)
    n, mean = groups.size(), groups.mean()
    within = float(((ratio - product.map(mean)) ** 2).sum()) / max(len(ratio) - len(n), 1)
    if len(n) < 2 or within == 0:
        return 0.0
    whole = float(ratio.mean())
    excess = float((n * (mean - whole) ** 2).sum()) - (len(n) - 1) * within
    between_groups = excess / float(n.sum() - (n**2).sum() / n.sum())
    return within / between_groups if between_groups > 0 else NOT_TOLD_APART


def _sigma_interval(sigma: float, count: int) -> tuple[float, float]:
    freedom = count - 1
    return (
        sigma * math.sqrt(freedom / float(chi2.ppf(0.95, freedom))),
        sigma * math.sqrt(freedom / float(chi2.ppf(0.05, freedom))),
    )


def _losses(
    history: History, windows: Windows, tier_of: Mapping[str, str], tiers: Sequence[str]
) -> dict[str, Figure] | None:
    """Customers who bought often in the quarter before the last one and not at all in the last one, by tier."""
    if history.closed["closed"].min() >= pd.Timestamp(windows.quarter_start):
        return None
    before = between(history.won, "closed", windows.previous_start, windows.quarter_start)
    last = set(between(history.won, "closed", windows.quarter_start, windows.as_of)["account"])
    bought = before[before["account"] != ""].groupby("account").size()
    often = sorted(str(name) for name, n in bought.items() if n >= LEAST_REPEATS)
    if len(often) < LEAST_REPEATS:
        return None
    tier = np.array([tiers.index(tier_of.get(name, tiers[-1])) for name in often])
    stopped = np.array([name not in last for name in often], dtype=float)
    n, lost = np.bincount(tier, minlength=len(tiers)).astype(float), _sums(tier, stopped, len(tiers))
    fit = share_rates(lost, n)
    text = f"that won {LEAST_REPEATS} deals or more in the quarter from {windows.previous_start}, none in the next"
    return {
        name: Figure(float(rate), int(k), f"{int(x):,} of {int(k):,} customers {text}", float(low), float(high))
        for name, rate, k, x, low, high in zip(tiers, fit.rate, n, lost, fit.low, fit.high, strict=True)
    }
