"""Who and what is in the plan: reps, accounts, products and their tiers, and the open deals."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.crm.history import History
from scenarios.crm.sheets import Unused

__all__ = [
    "AccountEstimate",
    "OpenDeal",
    "accounts_of",
    "open_deals_of",
    "product_tiers",
    "ranks",
    "rep_tiers",
    "tiers_by_other_deals",
]


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


def ranks(values: Mapping[str, float]) -> list[str]:
    """Names, the greatest value first, equals by name."""
    return sorted(values, key=lambda name: (-values[name], name))


def _heads(share: float, count: int) -> int:
    """A share of ``count`` heads, halves up."""
    return math.floor(share * count + 0.5 + 1e-9)


def _tiers(values: Mapping[str, float], shares: Mapping[str, float], rest: str) -> dict[str, str]:
    """Tier of each name by rank: the first share of the heads, the next, and the rest; nothing sold is the rest."""
    tiers = dict.fromkeys(values, rest)
    ranked, start, upto = ranks(values), 0, 0.0
    for tier, share in shares.items():
        upto += share
        end = _heads(upto, len(ranked))
        tiers.update((name, tier) for name in ranked[start:end] if values[name] > 0)
        start = end
    return tiers


def rep_tiers(sales: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, str]:
    """Best 30% top, next 40% core, the others new (T5)."""
    return _tiers(sales, shares, "new")


def accounts_of(
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


def tiers_by_other_deals(history: History, shares: Mapping[str, float]) -> pd.Series[str]:
    """Tier of each closed deal's customer by what the customer bought in all other deals; empty without a customer.

    Tiers are made of what was bought, so a deal that was won has lifted its customer: of customers alike in all but
    luck those with luck are A, and the deals that put them there would say that A wins more often.
    """
    deals = history.deals[history.deals["account"] != ""]
    bought = deals["value"].groupby(deals["account"]).sum()
    falling = -np.sort(-bought.to_numpy(dtype=float))
    closed = history.closed
    whole = closed["account"].map(bought)
    others = (whole - closed["value"].fillna(0.0)).to_numpy(dtype=float)
    # Customers who bought more; whoever has bought more than that without the deal has also done so with it.
    ahead = np.searchsorted(-falling, -others, side="left") - (whole.to_numpy(dtype=float) > others)
    tier, start, upto = np.full(len(closed), "C", dtype=object), 0, 0.0
    for name, share in shares.items():
        upto += share
        end = _heads(upto, len(falling))
        tier[(ahead >= start) & (ahead < end) & (others > 0)] = name
        start = end
    return pd.Series(tier, index=closed.index).where(whole.notna(), "")


def product_tiers(values: Mapping[str, float], before: Mapping[str, float], star_share: float) -> dict[str, str]:
    """T1 without margins: best sellers that together make ``star_share``; of the rest, what outgrew the company."""
    total, previous = math.fsum(values.values()), math.fsum(before.values())
    tiers, reached = {}, 0.0
    for name in ranks(values):
        if reached < star_share * total and values[name] > 0:
            tiers[name] = "star"
        elif previous > 0 and values[name] * previous > before[name] * total:
            tiers[name] = "potential"
        else:
            tiers[name] = "long_tail"
        reached += values[name]
    return tiers


def open_deals_of(history: History, value: Mapping[str, float], tier_of: Mapping[str, str]) -> tuple[OpenDeal, ...]:
    """Deals open on the date, at the usual value of their product; without a known account they count as tier C."""
    rows = history.open.sort_values("id")
    names = zip(rows["id"], rows["product"], rows["region"], rows["rep"], rows["account"], rows["engaged"], strict=True)
    return tuple(
        OpenDeal(
            id,
            product,
            region,
            rep,
            tier_of.get(account, "C"),
            value[product],
            engaged.date(),
            account if account in tier_of else "",
        )
        for id, product, region, rep, account, engaged in names
    )
