"""A file of contracts: how often they renewed before a date, and what comes up after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import share_rates
from scenarios.crm.cells import amounts_in, dates_in, in_plan_currency
from scenarios.crm.entities import AccountEstimate
from scenarios.crm.groups import sums
from scenarios.crm.history import History, Windows, between
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings, Unused

__all__ = ["DueContract", "Renewals", "renewals_known_on", "typed_renewals"]

LEAST_DECIDED = 5
"""Contracts decided from which a rate is taken; few make a wide interval, none would make certainty."""
DAYS_APART, SHARE_APART = 60, 0.05
"""A deal won within so many days and such a share of the amount may be the renewal itself."""


@dataclass(frozen=True, slots=True)
class DueContract:
    """A contract that comes up on the date or later."""

    account: str
    product: str
    amount: float
    due: dt.date


@dataclass(frozen=True)
class Renewals:
    """What a file of contracts says as of a date."""

    rates: Mapping[str, Figure]
    """Customer tier → share renewed; empty where too few were decided, and then nothing is due."""
    sds: Mapping[str, float]
    due: tuple[DueContract, ...]
    """In order of accounts and days."""
    renewed: pd.DataFrame
    """rep, region, product, value of the contracts renewed in the last quarter, which are part of its sales."""
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]


def typed_renewals(table: pd.DataFrame, file: str, mapping: ColumnMapping, found: Findings) -> pd.DataFrame:
    """Dates as dates, amounts in the plan's currency, answers as renewed, lost or blank."""
    assert mapping.renewals is not None
    columns, answers = mapping.renewals.columns, mapping.renewals.answers
    contracts = table[["line", "account", "product"]].copy()
    for ours, column in (("due", columns.due), ("decided", columns.decided)):
        contracts[ours] = dates_in(table, ours, file, column, mapping, found) if column else pd.NaT
    amount = amounts_in(table, "amount", file, columns.amount, mapping, found)
    every = pd.Series(True, index=table.index)
    contracts["amount"] = in_plan_currency(amount, table, every, file, columns.currency, mapping, found)
    contracts["answer"] = table["renewed"].map(answers).fillna("")
    unknown = table[(contracts["answer"] == "") & (table["renewed"] != "")]
    remedy = f"The mapping knows under `answers`: {', '.join(answers)}."
    found.refuse(file, columns.renewed, unknown, "renewed", "{value} does not say whether it was renewed", remedy)
    found.refuse(file, columns.account, table[table["account"] == ""], "account", "is empty")
    missing = table[table["due"] == ""]
    found.refuse(file, columns.due, missing, "account", "the day on which the contract of {value} ends is missing")
    return contracts


def renewals_known_on(
    table: pd.DataFrame,
    history: History,
    windows: Windows,
    accounts: Sequence[AccountEstimate],
    tiers: Sequence[str],
) -> Renewals:
    """What was known at the start of the date: an answer of that day or later was none.

    Where the file does not say when it was decided, the answer came on the due day.
    """
    date = pd.Timestamp(windows.as_of)
    by_name = {account.name: account for account in accounts}
    unused: list[Unused] = []
    known = table["account"].isin(by_name)
    if not known.all():
        names = tuple(sorted(set(table["account"][~known])))
        reason = "of accounts without a deal in use, so without a rep"
        unused.append(Unused("contracts", reason, int((~known).sum()), names))
    rows = table[known].copy()
    rows["decided"] = rows["decided"].fillna(rows["due"])
    rows["answer"] = rows["answer"].where(rows["decided"] < date, "")
    rows["product"], foreign = _products(rows, history)
    for ours in ("rep", "region"):
        rows[ours] = [getattr(by_name[name], ours) for name in rows["account"]]
    decided = rows[rows["answer"] != ""]
    late = (rows["due"] < date) & (rows["answer"] == "")
    if late.any():
        unused.append(Unused("contracts", "due before the date and not decided", int(late.sum())))
    warnings = []
    if foreign:
        warnings.append(
            "contracts of products that no deal has count as what their account bought most: " + ", ".join(foreign)
        )
    if len(decided) < LEAST_DECIDED:
        warnings.append(
            f"{len(decided):,} contracts were decided before {windows.as_of}, and {LEAST_DECIDED} are wanted: how many "
            "renew cannot be told, and no renewal is in the plan"
        )
        return Renewals({}, {}, (), _none_renewed(), tuple(unused), tuple(warnings))
    rates, sds = _rates(decided, by_name, tiers, windows)
    renewed = decided[decided["answer"] == "renewed"]
    twins = _among_deals(renewed, history.won)
    if twins > len(renewed) / 2:
        warnings.append(
            f"{twins:,} of {len(renewed):,} renewed contracts are among the deals won, by account, amount and day: "
            "they come with the deals, and are not simulated a second time"
        )
        return Renewals(rates, sds, (), _none_renewed(), tuple(unused), tuple(warnings))
    ahead = rows[(rows["due"] >= date) & (rows["answer"] == "") & (rows["amount"] > 0)]
    ahead = ahead.sort_values(["account", "due", "product", "amount"])
    due = tuple(
        DueContract(account, product, float(amount), day.date())
        for account, product, amount, day in zip(
            ahead["account"], ahead["product"], ahead["amount"], ahead["due"], strict=True
        )
    )
    last = between(renewed, "due", windows.quarter_start, windows.as_of)
    sales = last.rename(columns={"amount": "value"})[["rep", "region", "product", "value"]]
    return Renewals(rates, sds, due, sales[sales["value"] > 0], tuple(unused), tuple(warnings))


def _none_renewed() -> pd.DataFrame:
    return pd.DataFrame({"rep": [], "region": [], "product": [], "value": pd.Series([], dtype=float)})


def _products(rows: pd.DataFrame, history: History) -> tuple[pd.Series[str], list[str]]:
    """A product of ours for each contract: its own, else what its account bought most; and the names of others."""
    won = history.won.groupby(["account", "product"])["value"].sum().reset_index()
    won = won.sort_values(["account", "value", "product"], ascending=[True, False, True]).drop_duplicates("account")
    most = dict(zip(won["account"], won["product"], strict=True))
    usual = str(history.deals["product"].mode().iloc[0])
    ours = rows["product"].isin(set(history.deals["product"]))
    foreign = sorted(set(rows["product"][~ours & (rows["product"] != "")]))
    return rows["product"].where(ours, rows["account"].map(most).fillna(usual)), foreign


def _rates(
    decided: pd.DataFrame, accounts: Mapping[str, AccountEstimate], tiers: Sequence[str], windows: Windows
) -> tuple[dict[str, Figure], dict[str, float]]:
    """Share renewed by customer tier, few contracts leaning on all."""
    tier = np.array([tiers.index(accounts[name].tier) for name in decided["account"]])
    kept = np.asarray(decided["answer"] == "renewed", dtype=float)
    n, k = np.bincount(tier, minlength=len(tiers)).astype(float), sums(tier, kept, len(tiers))
    fit = share_rates(k, n)
    figures, sds = {}, {}
    for name, rate, sd, low, high, count, held in zip(tiers, fit.rate, fit.sd, fit.low, fit.high, n, k, strict=True):
        text = (
            f"{int(held):,} renewed of {int(count):,} contracts of {name} accounts decided before {windows.as_of}, few "
            "leaning on all"
        )
        value = min(max(float(rate), 0.001), 0.999)
        figures[name] = Figure(value, int(count), text, float(low), float(high))
        # No Beta distribution is wider than that of yes and no.
        sds[name] = min(float(sd), 0.49, 0.95 * (value * (1 - value)) ** 0.5)
    return figures, sds


def _among_deals(renewed: pd.DataFrame, won: pd.DataFrame) -> int:
    """Contracts renewed of which there is a deal of the same account, about the same amount and day."""
    pairs = renewed[["account", "due", "amount"]].reset_index().merge(won[["account", "closed", "value"]], on="account")
    near = (pairs["closed"] - pairs["due"]).abs() <= pd.Timedelta(days=DAYS_APART)
    like = (pairs["value"] - pairs["amount"]).abs() <= SHARE_APART * pairs["amount"]
    return int(pairs["index"][near & like].nunique())
