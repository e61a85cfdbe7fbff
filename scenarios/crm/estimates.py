"""What a company's own deals say before a date: pure functions from tables to figures, each with its count.

Everything is taken from a ``History``, which holds nothing that happened on the date or later.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.crm.export import Export, Unused
from scenarios.crm.history import History, Windows, between, known_on, windows_before
from scenarios.crm.mapping import Assumed
from scenarios.errors import PlanFileError, Problem

__all__ = [
    "AccountEstimate",
    "Estimates",
    "Figure",
    "OpenDeal",
    "ProductEstimate",
    "RepEstimate",
    "estimate",
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure estimated from the company's own deals."""

    value: float
    count: int
    """Deals behind it; 0 where a default had to serve."""
    basis: str
    """Where it comes from, in words."""


@dataclass(frozen=True, slots=True)
class ProductEstimate:
    """A product and what its deals were like."""

    name: str
    tier: str
    list_price: float | None
    won_last_quarter: float
    mean_deal: Figure
    median_cycle_days: Figure
    open_value: Figure
    """Value of an open deal: list price x usual discount."""


@dataclass(frozen=True, slots=True)
class RepEstimate:
    """A rep and how much the rep sold and closed."""

    name: str
    region: str
    tier: str
    won_last_quarter: float
    rank: int
    hours_per_week: Figure


@dataclass(frozen=True, slots=True)
class AccountEstimate:
    """A customer, with the rep who sold it most."""

    name: str
    tier: str
    region: str
    rep: str
    industry: str


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An opportunity open on the date."""

    id: str
    product: str
    region: str
    rep: str
    tier: str
    value: float
    engaged: dt.date
    account: str
    """Empty where there is none."""


@dataclass(frozen=True)
class Estimates:
    """All that an import takes from an export. Every sequence is in order of names."""

    windows: Windows
    won_last_quarter: float
    won_last_quarter_count: int
    products: tuple[ProductEstimate, ...]
    regions: tuple[tuple[str, float], ...]
    """Name and won value of the last quarter."""
    reps: tuple[RepEstimate, ...]
    accounts: tuple[AccountEstimate, ...]
    open_deals: tuple[OpenDeal, ...]
    leads: tuple[tuple[str, str, int], ...]
    """Product, region, deals engaged in the weeks from which rates are counted."""
    win_rate: Figure
    win_rate_by_tier: Mapping[str, Figure]
    lead_tier_mix: Mapping[str, float]
    leads_count: int
    cycle_sigma: Figure
    value_sigma: Figure
    touch_hours: float
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]


def estimate(export: Export, as_of: dt.date, assumed: Assumed, use_open_accounts: bool = True) -> Estimates:
    """Everything a plan takes from an export as of a date; PlanFileError where the history holds too little."""
    method, windows = assumed.method, windows_before(as_of, assumed.method.rate_weeks)
    history = known_on(export.deals, as_of, use_open_accounts)
    _require_history(history, windows, export.deals_file)
    unused = [*export.unused, *history.unused]

    last_quarter = between(history.won, "closed", windows.quarter_start, as_of)
    sold = last_quarter.groupby("rep")["value"].sum()
    active = sorted(set(sold.index) | set(history.open["rep"]))
    unused += _left_out("reps", "no deal won in the last quarter and none open: no quota", export.reps, active)
    rep_sales = {name: float(sold.get(name, 0.0)) for name in active}
    rep_region = dict(zip(export.reps["name"], export.reps["region"], strict=True))

    accounts, lost_accounts = _accounts(history, export.accounts, active, rep_region, method.customer_tiers)
    unused += lost_accounts
    tier_of = {account.name: account.tier for account in accounts}

    # Seen before the date: a product launched later must not appear in the plan.
    seen_products = sorted(set(history.deals["product"]))
    unused += _left_out("products", f"no deal engaged before {as_of}", export.products, seen_products)
    win_rate = _win_rate(history, windows)
    products, cycle_sigma, value_sigma = _products(history, export.products, seen_products, windows, assumed)

    touch_hours, hours = _hours(history, active, windows, assumed)
    tiers = _rep_tiers(rep_sales, method.rep_tiers)
    rank = {name: number for number, name in enumerate(_by_value(rep_sales), start=1)}
    open_deals = _open_deals(history, products, tier_of)
    engaged = between(history.deals, "engaged", windows.rates_start, as_of)
    # Where accounts are entered at closing, only closed deals can say whose they are.
    placed = engaged if use_open_accounts else engaged[engaged["outcome"] != "open"]
    regions = sorted({rep_region[name] for name in active})
    region_sales = last_quarter.groupby("region")["value"].sum()
    return Estimates(
        windows=windows,
        won_last_quarter=float(last_quarter["value"].sum()),
        won_last_quarter_count=len(last_quarter),
        products=products,
        regions=tuple((name, float(region_sales.get(name, 0.0))) for name in regions),
        reps=tuple(
            RepEstimate(name, rep_region[name], tiers[name], rep_sales[name], rank[name], hours[name])
            for name in active
        ),
        accounts=accounts,
        open_deals=open_deals,
        leads=_leads(engaged[engaged["region"].isin(regions)]),
        win_rate=win_rate,
        win_rate_by_tier=_win_rate_by_tier(history, tier_of, win_rate, sorted(assumed.customer_tiers), windows),
        lead_tier_mix=_tier_mix(placed, tier_of, sorted(assumed.customer_tiers)),
        leads_count=len(placed),
        cycle_sigma=cycle_sigma,
        value_sigma=value_sigma,
        touch_hours=touch_hours,
        unused=tuple(unused),
        warnings=_warnings(history, windows, assumed, touch_hours, use_open_accounts, accounts),
    )


def _require_history(history: History, windows: Windows, file: str) -> None:
    """What no plan can do without."""
    if history.closed.empty:
        text = f"no deal was closed before {windows.as_of}, so nothing can be estimated"
        raise PlanFileError([Problem(file, "", text, "Choose a later --as-of.")])
    if between(history.won, "closed", windows.quarter_start, windows.as_of).empty:
        text = f"no deal was won in the last quarter, {windows.last_quarter}, whose shares the plan rests on"
        raise PlanFileError([Problem(file, "", text, "Choose an --as-of that follows a quarter with sales.")])


def _left_out(what: str, reason: str, table: pd.DataFrame, kept: Sequence[str]) -> list[Unused]:
    names = tuple(sorted(set(table["name"]) - set(kept)))
    return [Unused(what, reason, len(names), names)] if names else []


def _by_value(values: Mapping[str, float]) -> list[str]:
    """Names, the greatest value first, equals by name."""
    return sorted(values, key=lambda name: (-values[name], name))


def _heads(share: float, count: int) -> int:
    """A share of ``count`` heads, halves up."""
    return math.floor(share * count + 0.5 + 1e-9)


def _tiers(values: Mapping[str, float], shares: Mapping[str, float], rest: str) -> dict[str, str]:
    """Tier of each name by rank: the first share of the heads, the next, and the rest; nothing sold is the rest."""
    tiers = dict.fromkeys(values, rest)
    ranked, start, upto = _by_value(values), 0, 0.0
    for tier, share in shares.items():
        upto += share
        end = _heads(upto, len(ranked))
        tiers.update((name, tier) for name in ranked[start:end] if values[name] > 0)
        start = end
    return tiers


def _rep_tiers(sales: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, str]:
    """Best 30% top, next 40% core, the others new (T5)."""
    return _tiers(sales, shares, "new")


def _accounts(
    history: History,
    table: pd.DataFrame,
    active: Sequence[str],
    rep_region: Mapping[str, str],
    shares: Mapping[str, float],
) -> tuple[tuple[AccountEstimate, ...], list[Unused]]:
    """Customers with a deal engaged before the date, tiers by value won; the owner sold the account most."""
    deals = history.deals[history.deals["account"] != ""]
    won = deals["value"].groupby(deals["account"]).sum()
    tiers = _tiers({str(name): float(value) for name, value in won.items()}, shares, "C")
    kept = deals[deals["rep"].isin(active)]
    strength = kept.groupby(["account", "rep"]).agg(value=("value", "sum"), count=("id", "size")).reset_index()
    strength = strength.sort_values(["account", "value", "count", "rep"], ascending=[True, False, False, True])
    owners = strength.drop_duplicates("account").set_index("account")["rep"]
    industry = dict(zip(table["name"], table["industry"], strict=True))
    accounts = tuple(
        AccountEstimate(name, tiers[name], rep_region[owners[name]], owners[name], industry[name])
        for name in sorted(tiers)
        if name in owners.index
    )
    names = set(table["name"])
    unused = []
    for reason, missing in (
        ("no deal engaged before the date", names - set(tiers)),
        ("only deals of reps who are left out", set(tiers) - set(owners.index)),
    ):
        if missing:
            unused.append(Unused("accounts", reason, len(missing), tuple(sorted(missing))))
    return accounts, unused


def _win_rate(history: History, windows: Windows) -> Figure:
    """Won / closed. Where nothing was lost, (won + 1/2) / (closed + 1): certainty cannot be learnt from deals."""
    won, closed = len(history.won), len(history.closed)
    if won == closed:
        return Figure((won + 0.5) / (closed + 1), closed, f"all of {closed:,} closed before {windows.as_of} won")
    return Figure(won / closed, closed, f"{won:,} won of {closed:,} deals closed before {windows.as_of}")


def _win_rate_by_tier(
    history: History, tier_of: Mapping[str, str], overall: Figure, tiers: Sequence[str], windows: Windows
) -> dict[str, Figure]:
    """Won / closed by tier of the account; the overall rate where a tier has no deal won or none lost."""
    closed = history.closed
    tier = closed["account"].map(tier_of)
    figures = {}
    for name in tiers:
        outcomes = closed["outcome"][tier == name]
        won, count = int((outcomes == "won").sum()), len(outcomes)
        deals = f"deals of {name} accounts closed before {windows.as_of}"
        if 0 < won < count:
            figures[name] = Figure(won / count, count, f"{won:,} won of {count:,} {deals}")
        else:
            figures[name] = Figure(overall.value, 0, f"rate of all deals, as {won:,} won of {count:,} {deals}")
    return figures


def _tier_mix(engaged: pd.DataFrame, tier_of: Mapping[str, str], tiers: Sequence[str]) -> dict[str, float]:
    """Tier shares of engagements, no account counts as C; four digits that add up to 1."""
    tier = engaged["account"].map(tier_of).fillna("C")
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
    history: History, table: pd.DataFrame, names: Sequence[str], windows: Windows, assumed: Assumed
) -> tuple[tuple[ProductEstimate, ...], Figure, Figure]:
    """Deal values and cycles by product, one spread over all."""
    won, as_of = history.won, windows.as_of
    price = {str(name): float(value) for name, value in zip(table["name"], table["list_price"], strict=True)}
    deals_won = f"deals won before {as_of}"
    sold = won.groupby("product")
    mean, median, count = sold["value"].mean(), sold["days"].median(), sold.size()
    ratio = won["value"] / won["product"].map(price).where(lambda listed: listed > 0)
    discount, all_discount = ratio.groupby(won["product"]).mean(), ratio.mean()
    if math.isnan(all_discount):
        all_discount = 1.0
    quarter = between(won, "closed", windows.quarter_start, as_of).groupby("product")["value"].sum()
    before = between(won, "closed", windows.previous_start, windows.quarter_start).groupby("product")["value"].sum()
    values = {name: float(quarter.get(name, 0.0)) for name in names}
    tiers = product_tiers(values, {name: float(before.get(name, 0.0)) for name in names}, assumed.method.star_share)

    products = []
    for name in names:
        listed = price.get(name, math.nan)
        listed_price = listed if listed > 0 else None
        if name in count.index:
            number = int(count[name])
            mean_deal = Figure(float(mean[name]), number, f"mean of {number:,} {deals_won}")
            cycle = Figure(max(float(median[name]), 1.0), number, f"median of {number:,} {deals_won}")
        else:
            value = listed_price * float(all_discount) if listed_price else float(won["value"].mean())
            mean_deal = Figure(value, 0, f"no {deals_won}; list price × usual discount of all products")
            cycle = Figure(max(float(won["days"].median()), 1.0), 0, f"no {deals_won}; median of all products")
        if listed_price is None:
            open_value = Figure(mean_deal.value, mean_deal.count, "no list price; mean deal")
        elif name in count.index:
            share = float(discount[name])
            open_value = Figure(
                listed_price * share, number, f"list price × {share:.4f}, mean of {number:,} {deals_won}"
            )
        else:
            open_value = Figure(mean_deal.value, 0, mean_deal.basis)
        products.append(ProductEstimate(name, tiers[name], listed_price, values[name], mean_deal, cycle, open_value))

    timed = won[won["days"] > 0]
    logs = [math.log(days / max(median[name], 1.0)) for name, days in zip(timed["product"], timed["days"], strict=True)]
    cycle_sigma = _spread(logs, assumed.cycle_sigma, f"log of days ÷ the product's median, {len(logs):,} {deals_won}")
    logs = [math.log(value / mean[name]) for name, value in zip(won["product"], won["value"], strict=True)]
    value_sigma = _spread(logs, assumed.value_sigma, f"log of value ÷ the product's mean, {len(logs):,} {deals_won}")
    return tuple(products), cycle_sigma, value_sigma


def _spread(logs: Sequence[float], default: float, basis: str) -> Figure:
    """Standard deviation (n - 1), at most the 3 that a plan takes; the default where there are fewer than two."""
    if len(logs) < 2:
        return Figure(default, 0, "default, fewer than two deals won")
    mean = math.fsum(logs) / len(logs)
    sigma = math.sqrt(math.fsum((log - mean) ** 2 for log in logs) / (len(logs) - 1))
    return Figure(min(sigma, 3.0), len(logs), f"standard deviation of the {basis}")


def product_tiers(values: Mapping[str, float], before: Mapping[str, float], star_share: float) -> dict[str, str]:
    """T1 without margins: best sellers that together make ``star_share``; of the rest, what outgrew the company."""
    total, previous = math.fsum(values.values()), math.fsum(before.values())
    tiers, reached = {}, 0.0
    for name in _by_value(values):
        if reached < star_share * total and values[name] > 0:
            tiers[name] = "star"
        elif previous > 0 and values[name] * previous > before[name] * total:
            tiers[name] = "potential"
        else:
            tiers[name] = "long_tail"
        reached += values[name]
    return tiers


def _hours(
    history: History, active: Sequence[str], windows: Windows, assumed: Assumed
) -> tuple[float, dict[str, Figure]]:
    """Hours of a touch, and of each rep a week: what the rep's own closings took.

    closings a week x touches x hours a touch, at least a share of the team's mean.
    """
    closed = between(history.closed, "closed", windows.rates_start, windows.as_of).groupby("rep").size()
    counts = {name: int(closed.get(name, 0)) for name in active}
    mean = sum(counts.values()) / len(counts)
    floor = assumed.method.least_hours_share * mean
    touch_hours = assumed.touch_hours
    busiest = max(max(counts.values()), floor) / windows.rate_weeks * assumed.touches * touch_hours
    if busiest > assumed.method.most_hours_per_week:
        touch_hours *= assumed.method.most_hours_per_week / busiest
    per_closing = assumed.touches * touch_hours
    hours = {}
    for name, count in counts.items():
        basis = f"{count:,} deals closed in {windows.rate_weeks} weeks × {per_closing:.4g} h"
        if count < floor:
            basis += f", raised to {assumed.method.least_hours_share:.0%} of the team's mean"
        if floor == 0:
            basis = f"no deal closed in {windows.rate_weeks} weeks; one a week assumed"
        closings = max(count, floor) / windows.rate_weeks if floor else 1.0
        hours[name] = Figure(closings * per_closing, count, basis)
    return touch_hours, hours


def _open_deals(
    history: History, products: Sequence[ProductEstimate], tier_of: Mapping[str, str]
) -> tuple[OpenDeal, ...]:
    value = {product.name: product.open_value.value for product in products}
    deals = []
    for row in history.open.sort_values("id").itertuples():
        account = str(row.account) if row.account in tier_of else ""
        tier = tier_of.get(account, "C")
        product, engaged = str(row.product), pd.Timestamp(str(row.engaged)).date()
        deals.append(
            OpenDeal(str(row.id), product, str(row.region), str(row.rep), tier, value[product], engaged, account)
        )
    return tuple(deals)


def _leads(engaged: pd.DataFrame) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for cell in zip(engaged["product"], engaged["region"], strict=True):
        counts[cell] = counts.get(cell, 0) + 1
    return tuple((product, region, counts[product, region]) for product, region in sorted(counts))


def _warnings(
    history: History,
    windows: Windows,
    assumed: Assumed,
    touch_hours: float,
    use_open_accounts: bool,
    accounts: Sequence[AccountEstimate],
) -> tuple[str, ...]:
    texts = []
    for what, first, start, low in (
        ("engagements", history.deals["engaged"].min().date(), windows.rates_start, "leads"),
        ("closings", history.closed["closed"].min().date(), windows.quarter_start, "target and hours"),
    ):
        if (first - start).days > 7:
            texts.append(f"{what} start on {first}, later than {start} from which they are counted: {low} are too low")
    latest = max(history.deals["engaged"].max(), history.closed["closed"].max()).date()
    if (windows.as_of - latest).days > 14:
        texts.append(f"nothing was engaged or closed in the {(windows.as_of - latest).days} days before the date")
    if touch_hours < assumed.touch_hours:
        texts.append(
            f"closings per week ask for more than {assumed.method.most_hours_per_week:g} hours of a rep: a touch is "
            f"taken to last {touch_hours:.3g} h instead of {assumed.touch_hours:g} h"
        )
    blank_open = int((history.open["account"] == "").sum())
    blank_closed = int((history.closed["account"] == "").sum())
    texts.append(f"{blank_open:,} of {len(history.open):,} open deals have no account and count as tier C")
    if use_open_accounts and blank_closed == 0 and blank_open:
        texts.append(
            f"all {len(history.closed):,} closed deals have an account: it seems to be entered by the closing, so in "
            "an export drawn after the date having one may give an open deal's outcome away; `open_deal_accounts: "
            "ignore` in the mapping leaves the accounts of open deals out"
        )
    if len({account.tier for account in accounts}) > 1:
        texts.append(
            "customer tiers rank accounts by the same deals from which their win rates come, which flatters A a little"
        )
    longest = int(history.closed["days"].max())
    old = int((history.open["engaged"] < pd.Timestamp(windows.as_of) - pd.Timedelta(days=longest)).sum())
    if old:
        texts.append(
            f"{old:,} of {len(history.open):,} open deals are older than any deal that was ever closed "
            f"({longest} days): many of them are probably dead, which the plan does not know"
        )
    return tuple(texts)
