"""Customers who stop buying, where accounts repeat and their own rhythm tells a loss from a silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.calibration.buying import LEAST_CUSTOMERS, Purchases, stopping
from scenarios.calibration.figures import Figure
from scenarios.crm.history import History, Windows

__all__ = ["Losses", "losses_of"]

QUARTER_DAYS = 91


@dataclass(frozen=True, slots=True)
class Losses:
    """Chance that a customer stops buying within a quarter, or why deals do not tell it."""

    chance: Figure | None
    spread: float
    """Standard deviation of what the chance may be, as a share of it."""
    reason: str
    """In words; empty where it is told."""


def losses_of(history: History, windows: Windows) -> Losses:
    """One chance for all customers: tiers are made of what was bought, so whoever stopped early is in a low one."""
    purchases = _purchases(history.won, pd.Timestamp(windows.as_of))
    found = stopping(purchases)
    if found.reason:
        return Losses(
            None,
            0.0,
            {
                "few": f"{found.customers:,} customers bought again, and {LEAST_CUSTOMERS} are wanted",
                "bursts": "customers buy in bursts, so that a silence says little",
                "wide": f"from {found.low:.1%} to {found.high:.1%} lost a quarter would make such silences",
            }[found.reason],
        )
    text = (
        f"silences longer than their own rhythm makes by chance, of {found.customers:,} customers with "
        f"{found.purchases:,} purchases after the first"
    )
    figure = Figure(found.chance, found.customers, text, found.low, found.high)
    return Losses(figure, found.sd / found.chance, "")


def _purchases(won: pd.DataFrame, date: pd.Timestamp) -> Purchases:
    """Days on which each account bought; several deals of a day are one purchase."""
    days = won.loc[won["account"] != "", ["account", "closed"]].drop_duplicates().sort_values(["account", "closed"])
    grouped = days.groupby("account")["closed"]
    first, last, count = grouped.min(), grouped.max(), grouped.size()
    gaps = (days["closed"] - grouped.shift()).dt.days.fillna(0.0).astype(float)
    squares = (gaps**2).groupby(days["account"]).sum()
    span = np.asarray((last - first).dt.days, dtype=float)
    return Purchases(
        again=np.asarray(count - 1, dtype=float),
        last=span / QUARTER_DAYS,
        watched=np.asarray((date - first).dt.days, dtype=float) / QUARTER_DAYS,
        squares=np.divide(np.asarray(squares, dtype=float), span**2, out=np.zeros(len(span)), where=span > 0),
    )
