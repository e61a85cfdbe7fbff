"""All that a plan takes from an export as of a date: who and what is in it, and what the deals say.

Everything is taken from a ``History``, which holds nothing that happened on the date or later.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.calibration.figures import Figure
from scenarios.calibration.spreads import ENOUGH, worth_of_usual
from scenarios.crm.calibrating import Calibration, calibrate
from scenarios.crm.entities import (
    AccountEstimate,
    OpenDeal,
    accounts_of,
    open_deals_of,
    product_tiers,
    ranks,
    rep_tiers,
    tiers_by_other_deals,
)
from scenarios.crm.export import Export, Unused
from scenarios.crm.history import History, Windows, between, known_on, windows_before
from scenarios.crm.invoices import Invoices, invoices_known_on
from scenarios.crm.mapping import Assumed
from scenarios.crm.renewals import Renewals, renewals_known_on
from scenarios.crm.staff import Staff, staff_known_on
from scenarios.crm.stage_history import PassedStages, StageRecord, stages_known_on
from scenarios.errors import PlanFileError, Problem

__all__ = ["Estimates", "ProductEstimate", "RepEstimate", "estimate"]


@dataclass(frozen=True, slots=True)
class ProductEstimate:
    """A product and what its deals were like."""

    name: str
    tier: str
    list_price: float | None
    won_last_quarter: float
    mean_deal: Figure
    median_cycle_days: Figure


@dataclass(frozen=True, slots=True)
class RepEstimate:
    """A rep and how much the rep sold and closed."""

    name: str
    region: str
    tier: str
    won_last_quarter: float
    rank: int
    hours_per_week: Figure


@dataclass(frozen=True)
class Estimates:
    """All that an import takes from an export. Every sequence is in order of names."""

    windows: Windows
    won_last_quarter: float
    """With the contracts renewed, where they are no deals."""
    won_last_quarter_count: int
    """Deals."""
    renewed_last_quarter_count: int
    products: tuple[ProductEstimate, ...]
    regions: tuple[tuple[str, float], ...]
    """Name and won value of the last quarter."""
    reps: tuple[RepEstimate, ...]
    accounts: tuple[AccountEstimate, ...]
    open_deals: tuple[OpenDeal, ...]
    lead_tier_mix: Mapping[str, float]
    leads_count: int
    cycle_sigma: Figure
    touch_hours: float
    hours_in_use: Mapping[str, float]
    """Rep → part of the hours that closings take; all of it where hours bind."""
    calibration: Calibration
    invoices: Invoices | None
    """None where the export has no file of them."""
    staff: Staff | None
    stages: PassedStages | None
    """None where nothing, or too little, says which stages deals came to."""
    renewals: Renewals | None
    """None where the export has no file of contracts."""
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]


def estimate(export: Export, as_of: dt.date, assumed: Assumed, use_open_accounts: bool = True) -> Estimates:
    """Everything a plan takes from an export as of a date; PlanFileError where the history holds too little."""
    method = assumed.method
    history = known_on(export.deals, as_of, use_open_accounts)
    first = None if history.closed.empty else history.closed["closed"].min().date()
    windows = windows_before(as_of, method.rate_weeks, first)
    _require_history(history, windows, export)
    unused = [*export.unused, *history.unused]

    last_quarter = between(history.won, "closed", windows.quarter_start, as_of)
    active = sorted(set(last_quarter["rep"]) | set(history.open["rep"]))
    unused += _left_out("reps", "no deal won in the last quarter and none open: no quota", export.reps, active)
    rep_region = dict(zip(export.reps["name"], export.reps["region"], strict=True))

    accounts, lost_accounts = accounts_of(history, export.accounts, active, rep_region, method.customer_tiers)
    unused += lost_accounts
    tier_of = {account.name: account.tier for account in accounts}
    tier_names = sorted(assumed.customer_tiers)
    renewals = None
    sales = last_quarter[["rep", "region", "product", "value"]]
    if export.renewals is not None:
        renewals = renewals_known_on(export.renewals, history, windows, accounts, tier_names)
        sales = pd.concat([sales, renewals.renewed]) if len(renewals.renewed) else sales
    sold = sales.groupby("rep")["value"].sum()
    rep_sales = {name: float(sold.get(name, 0.0)) for name in active}

    # Seen before the date: a product launched later must not appear in the plan.
    seen_products = sorted(set(history.deals["product"]))
    unused += _left_out("products", f"no deal engaged before {as_of}", export.products, seen_products)
    price = dict(zip(export.products["name"], export.products["list_price"].astype(float), strict=True))
    listed = {name: price.get(name, math.nan) for name in seen_products}
    staff = None if export.staff is None else staff_known_on(export.staff, as_of, method.staff_weeks, active)
    joined = staff.joined if staff else {}
    record = StageRecord(None, (), ())
    if export.stage_history is not None:
        record = stages_known_on(export.stage_history, history, as_of, export.open_stages)
    tiers_known = tiers_by_other_deals(history, method.customer_tiers) if use_open_accounts else None
    calibration = calibrate(history, windows, active, listed, tiers_known, assumed, joined, record.passed)
    invoices = None if export.invoices is None else invoices_known_on(export.invoices, as_of, assumed.money, tier_of)
    unused += [entry for part in (invoices, staff, record, renewals) if part for entry in part.unused]
    products = _products(history, calibration, listed, windows, assumed, sales)

    used = _in_use(calibration, assumed)
    touch_hours, hours = _hours(calibration, used, assumed)
    tiers = rep_tiers(rep_sales, method.rep_tiers)
    rank = {name: number for number, name in enumerate(ranks(rep_sales), start=1)}
    open_deals = open_deals_of(history, {product.name: product.mean_deal.value for product in products}, tier_of)
    engaged = between(history.deals, "engaged", windows.rates_start, as_of)
    # Where accounts are entered at closing, only closed deals can say whose they are.
    placed = engaged if use_open_accounts else engaged[engaged["outcome"] != "open"]
    regions = sorted({rep_region[name] for name in active})
    region_sales = sales.groupby("region")["value"].sum()
    return Estimates(
        windows=windows,
        won_last_quarter=float(sales["value"].sum()),
        won_last_quarter_count=len(last_quarter),
        renewed_last_quarter_count=len(sales) - len(last_quarter),
        products=products,
        regions=tuple((name, float(region_sales.get(name, 0.0))) for name in regions),
        reps=tuple(
            RepEstimate(name, rep_region[name], tiers[name], rep_sales[name], rank[name], hours[name])
            for name in active
        ),
        accounts=accounts,
        open_deals=open_deals,
        lead_tier_mix=_tier_mix(placed, tier_of, tier_names),
        leads_count=len(placed),
        cycle_sigma=_cycle_sigma(calibration, windows, assumed),
        touch_hours=touch_hours,
        hours_in_use=used,
        calibration=calibration,
        invoices=invoices,
        staff=staff,
        stages=record.passed,
        renewals=renewals,
        unused=tuple(unused),
        warnings=(
            *_warnings(history, windows, assumed, touch_hours, use_open_accounts, calibration, record.passed),
            *record.warnings,
            *(renewals.warnings if renewals else ()),
            *(invoices.warnings if invoices else ()),
            *(staff.warnings if staff else ()),
            *_leavers_with_deals(staff, open_deals),
        ),
    )


def _require_history(history: History, windows: Windows, export: Export) -> None:
    """What no plan can do without."""
    file = export.deals_file
    if history.closed.empty:
        text = f"no deal was closed before {windows.as_of}, so nothing can be estimated"
        ends = export.deals["closed"][export.deals["outcome"] != "open"]
        if ends.empty:
            remedy = (
                "No deal of the export is won or lost: export those too, and see what `stages` of the mapping says."
            )
        else:
            remedy = f"The first closing of the export is on {ends.min().date()}: choose an --as-of after it."
        raise PlanFileError([Problem(file, "", text, remedy)])
    if between(history.won, "closed", windows.quarter_start, windows.as_of).empty:
        text = f"no deal was won in the last quarter, {windows.last_quarter}, whose shares the plan rests on"
        raise PlanFileError([Problem(file, "", text, "Choose an --as-of that follows a quarter with sales.")])


def _left_out(what: str, reason: str, table: pd.DataFrame, kept: Sequence[str]) -> list[Unused]:
    names = tuple(sorted(set(table["name"]) - set(kept)))
    return [Unused(what, reason, len(names), names)] if names else []


def _tier_mix(engaged: pd.DataFrame, tier_of: Mapping[str, str], tiers: Sequence[str]) -> dict[str, float]:
    """Tier shares of engagements, no account counts as C; four digits that add up to 1."""
    tier = engaged["account"].map(lambda name: tier_of.get(name, "C"))
    counts = [int((tier == name).sum()) for name in tiers]
    total = sum(counts)
    if total == 0:
        return {name: float(name == "C") for name in tiers}
    units = [count * 10_000 // total for count in counts]
    order = sorted(range(len(tiers)), key=lambda i: (-(counts[i] * 10_000 % total), i))
    for i in order[: 10_000 - sum(units)]:
        units[i] += 1
    return {name: unit / 10_000 for name, unit in zip(tiers, units, strict=True)}


def _products(
    history: History,
    calibration: Calibration,
    listed: Mapping[str, float],
    windows: Windows,
    assumed: Assumed,
    sales: pd.DataFrame,
) -> tuple[ProductEstimate, ...]:
    """Sales, tier, usual deal and usual cycle of each product."""
    won, quarter = history.won, sales.groupby("product")["value"].sum()
    before = between(won, "closed", windows.previous_start, windows.quarter_start).groupby("product")["value"].sum()
    values = {name: float(quarter.get(name, 0.0)) for name in listed}
    tiers = product_tiers(values, {name: float(before.get(name, 0.0)) for name in listed}, assumed.method.star_share)
    return tuple(
        ProductEstimate(
            name,
            tiers[name],
            price if price > 0 else None,
            values[name],
            calibration.mean_deal[name],
            _median_cycle(name, history, calibration, windows),
        )
        for name, price in listed.items()
    )


def _median_cycle(name: str, history: History, calibration: Calibration, windows: Windows) -> Figure:
    """Median calendar days, with open deals counted; of all products where this one ended too few."""
    fit = calibration.cycles.get(name)
    if fit is not None:
        text = f"{fit.count:,} deals ended and {fit.open:,} still open on {windows.as_of}"
    elif calibration.cycle is not None:
        fit = calibration.cycle
        text = f"of all products: {fit.count:,} deals ended and {fit.open:,} still open on {windows.as_of}"
    else:
        return Figure(max(float(history.closed["days"].median()), 1.0), 0, "median of the few deals closed")
    half = 1.645 * fit.log_median_se
    ends = fit.median * math.exp(-half), fit.median * math.exp(half)
    return Figure(max(fit.median, 0.5), fit.count, f"median, {text}", *ends)


def _cycle_sigma(calibration: Calibration, windows: Windows, assumed: Assumed) -> Figure:
    fits = list(calibration.cycles.values()) or ([calibration.cycle] if calibration.cycle else [])
    if not fits:
        return Figure(assumed.cycle_sigma, 0, "default, fewer than two deals closed on different days of their age")
    count = sum(fit.count for fit in fits)
    sigma = math.sqrt(sum(fit.sigma**2 * fit.count for fit in fits) / count)
    half = 1.645 / math.sqrt(2 * (count + worth_of_usual(count)))
    basis = f"spread of the log of days around the product's median, {count:,} deals closed before {windows.as_of}"
    if count < ENOUGH:
        basis = f"{basis}, few leaning on the usual {assumed.cycle_sigma:g}"
    return Figure(min(sigma, 3.0), count, basis, sigma * (1 - half), min(sigma * (1 + half), 3.0))


def _hours(calibration: Calibration, used: Mapping[str, float], assumed: Assumed) -> tuple[float, dict[str, Figure]]:
    """Hours of a closing, and of each rep a week: what the closings take that the rep can do."""
    touch_hours = assumed.touch_hours
    busiest = max(possible / used[name] for name, possible in calibration.capacity.items()) * touch_hours
    if busiest > assumed.method.most_hours_per_week:
        touch_hours *= assumed.method.most_hours_per_week / busiest
    hours = {}
    for name, figure in calibration.closings.items():
        possible = calibration.capacity[name]
        basis = f"{figure.value:.4g} closings a week ({figure.basis})"
        if possible > figure.value * 1.005:
            basis += f", {possible:.4g} possible as not enough came due"
        basis += f" × {touch_hours:.4g} h"
        if used[name] < 1:
            basis += f" ÷ {used[name]:.0%}, the part of the hours in use"
        each = touch_hours / used[name] * possible / figure.value
        hours[name] = Figure(
            figure.value * each, figure.count, basis, (figure.low or 0.0) * each, (figure.high or 0.0) * each
        )
    return touch_hours, hours


def _in_use(calibration: Calibration, assumed: Assumed) -> dict[str, float]:
    """Part of each rep's hours in use: all where hours bind; else so little that the wait for the rep adds hardly any.

    The cycle then holds the waits that there were. Of exponential work at a utilisation u, u² ÷ (1 - u) deals wait on
    average (Pollaczek, Khinchine): at most ``most_waiting`` of a quarter's closings. Where it is in doubt whether hours
    bind the part is the same for all, so that one factor on hours takes from all what they have to spare.
    """
    if calibration.binding.verdict == "hours bind":
        return dict.fromkeys(calibration.closings, 1.0)
    waiting = {name: assumed.method.most_waiting * rate.value * 13 for name, rate in calibration.closings.items()}
    used = {name: min((math.sqrt(w**2 + 4 * w) - w) / 2, assumed.utilisation) for name, w in waiting.items()}
    return used if calibration.doubt is None else dict.fromkeys(used, min(used.values()))


def _warnings(
    history: History,
    windows: Windows,
    assumed: Assumed,
    touch_hours: float,
    use_open_accounts: bool,
    calibration: Calibration,
    stages: PassedStages | None,
) -> tuple[str, ...]:
    texts = []
    first = history.closed["closed"].min().date()
    if (first - windows.quarter_start).days > 7:
        texts.append(
            f"closings start on {first}, later than {windows.quarter_start} from which the last quarter is counted: "
            "the target is too low"
        )
    overall = calibration.win.overall
    if overall.count < ENOUGH:
        texts.append(
            f"only {overall.count:,} deals were closed before {windows.as_of}: the win rate may be anything from "
            f"{overall.low or 0:.0%} to {overall.high or 1:.0%}, and all else is as unsure"
        )
    if windows.rate_days < 6 * 7:
        texts.append(f"leads and closings a week are counted over {windows.rate_days} days alone, from {first}")
    early = int((history.deals["engaged"] < pd.Timestamp(first) - pd.Timedelta(days=7)).sum())
    if early:
        texts.append(
            f"no closing before {first} is in the export, though {early:,} deals were engaged before: they count from "
            "the age they had on that day"
        )
    latest = max(history.deals["engaged"].max(), history.closed["closed"].max()).date()
    if (windows.as_of - latest).days > 14:
        texts.append(f"nothing was engaged or closed in the {(windows.as_of - latest).days} days before the date")
    if touch_hours < assumed.touch_hours:
        texts.append(
            f"closings per week ask for more than {assumed.method.most_hours_per_week:g} hours of a rep: a closing is "
            f"taken to last {touch_hours:.3g} h instead of {assumed.touch_hours:g} h"
        )
    texts += _account_warnings(history, use_open_accounts)
    texts += _dead_deals(history, windows, calibration, stages)
    return tuple(texts)


def _leavers_with_deals(staff: Staff | None, deals: Sequence[OpenDeal]) -> list[str]:
    """Reps who have left are in the plan with hours and a quota, as the deals name them."""
    texts = []
    for name in staff.gone if staff else ():
        own = [deal.value for deal in deals if deal.rep == name]
        texts.append(
            f"{name} left before the date and is in the plan with {len(own):,} open deals worth {sum(own):,.0f}: give "
            "these and the accounts to somebody else, and set the hours to 0"
        )
    return texts


def _account_warnings(history: History, use_open_accounts: bool) -> list[str]:
    blank_open = int((history.open["account"] == "").sum())
    blank_closed = int((history.closed["account"] == "").sum())
    if not use_open_accounts:
        return ["the accounts of open deals are left out, as the mapping says: customer tiers say nothing of them"]
    texts = []
    if blank_open:
        texts.append(f"{blank_open:,} of {len(history.open):,} open deals have no account and count as tier C")
    if blank_closed == 0 and blank_open:
        texts.append(
            f"all {len(history.closed):,} closed deals have an account: it seems to be entered by the closing, so in "
            "an export drawn after the date having one may give an open deal's outcome away; `open_deal_accounts: "
            "ignore` in the mapping leaves the accounts of open deals out"
        )
    return texts


def _dead_deals(history: History, windows: Windows, calibration: Calibration, stages: PassedStages | None) -> list[str]:
    """What of the open pipeline will never end, by the cycle it has."""
    fit = calibration.cycle
    if fit is None or not fit.days or history.open.empty:
        return []
    age = (pd.Timestamp(windows.as_of) - history.open["engaged"]).dt.days
    if stages is not None:
        age = age / stages.part_done(history.open)
    old = int((age > fit.days[-1]).sum())
    if not old:
        return []
    return [
        f"{old:,} of {len(history.open):,} open deals are older than any that was ever closed "
        f"({fit.days[-1]:.0f} days): they count as dead and take no hours"
    ]
