"""What deals are worth: list price and usual discount, or the mean of a product's deals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import chdtri

from scenarios.calibration.figures import Figure
from scenarios.calibration.spreads import ENOUGH, leaning_spread, worth_of_usual
from scenarios.crm.history import History, Windows
from scenarios.crm.mapping import Assumed

__all__ = ["values_of"]

NOT_TOLD_APART = 1e9
"""Number of own deals below which a group is as the whole, where groups show no difference."""


def values_of(
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
        value = leaning_spread(min(float(np.std(logs, ddof=1)), 3.0), len(logs), assumed.value_sigma)
        basis = f"standard deviation of the log of value ÷ the product's mean, {len(logs):,} {deals_won}"
        if len(logs) < ENOUGH:
            basis = f"{basis}, few leaning on the usual {assumed.value_sigma:g}"
        sigma = Figure(value, len(logs), basis, *_sigma_interval(value, len(logs) + worth_of_usual(len(logs))))
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


def _sigma_interval(sigma: float, count: float) -> tuple[float, float]:
    freedom = count - 1
    return (
        sigma * math.sqrt(freedom / float(chdtri(freedom, 0.05))),
        sigma * math.sqrt(freedom / float(chdtri(freedom, 0.95))),
    )
