"""Customers who stop buying, where accounts repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scenarios.calibration.figures import Figure
from scenarios.calibration.rates import share_rates
from scenarios.crm.groups import sums
from scenarios.crm.history import History, Windows, between

__all__ = ["losses_of"]

LEAST_REPEATS = 3
"""Deals won in a quarter by a customer who, buying at that rate, would be silent for a quarter by chance in 5%."""


def losses_of(
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
    n, lost = np.bincount(tier, minlength=len(tiers)).astype(float), sums(tier, stopped, len(tiers))
    fit = share_rates(lost, n)
    text = f"that won {LEAST_REPEATS} deals or more in the quarter from {windows.previous_start}, none in the next"
    return {
        name: Figure(float(rate), int(k), f"{int(x):,} of {int(k):,} customers {text}", float(low), float(high))
        for name, rate, k, x, low, high in zip(tiers, fit.rate, n, lost, fit.low, fit.high, strict=True)
    }
