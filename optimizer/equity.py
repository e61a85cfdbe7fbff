"""How evenly a burden is spread over reps: stretch (what is asked ÷ potential) and load (hours needed ÷ there)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.data import AllocationData
from optimizer.fairness import rep_potential
from optimizer.live import Floats
from optimizer.solved import Amounts

__all__ = ["Equity", "Unevenness", "equity", "hours_needed", "unevenness"]


@dataclass(frozen=True, slots=True)
class Unevenness:
    """Least and greatest of some burdens, and how far apart all of them are."""

    least: float
    greatest: float
    mean: float
    spread: float
    """Greatest − least."""
    cv: float
    """Coefficient of variation: standard deviation ÷ mean."""
    gini: float
    """Σ_i Σ_j |b_i − b_j| ÷ (2 n² mean): 0 where all carry the same, near 1 where one carries all."""


@dataclass(frozen=True, slots=True)
class Equity:
    """Unevenness of an allocation among reps."""

    stretch: Unevenness
    load: Unevenness | None
    """None where nobody has hours."""
    without_hours: tuple[str, ...] = ()
    """Reps whose other work leaves no hours; their load is no number and not in ``load``."""


def unevenness(burdens: Sequence[float] | Floats) -> Unevenness:
    """Unevenness of one number per rep; each rep counts alike."""
    sorted_up = np.sort(np.asarray(burdens, dtype=float))
    count, mean = len(sorted_up), float(sorted_up.mean())
    ranks = 2 * np.arange(1, count + 1) - count - 1
    return Unevenness(
        least=float(sorted_up[0]),
        greatest=float(sorted_up[-1]),
        mean=mean,
        spread=float(sorted_up[-1] - sorted_up[0]),
        cv=float(sorted_up.std()) / mean if mean > 0 else 0.0,
        gini=float(ranks @ sorted_up) / (count**2 * mean) if mean > 0 else 0.0,
    )


def hours_needed(data: AllocationData, amounts: Amounts) -> Floats:
    """Hours by rep that expected sales and paid events take: Σ h·y + Σ duty·x."""
    row = np.array([data.product_number[p] for p, _, _ in data.cells.quota])
    column = np.array([data.region_number[r] for _, r, _ in data.cells.quota])
    needed = np.zeros(len(data.reps))
    reps = [data.rep_number[s] for _, _, s in data.cells.quota]
    np.add.at(needed, reps, amounts.expected * data.hours_per_money[row, column])
    duties = {(segment.region, segment.activity): segment.duty for segment in data.segments}
    for cell, amount in zip(data.cells.budget, amounts.spend, strict=True):
        for rep, hours in duties[cell].items():
            needed[data.rep_number[rep]] += hours * float(amount)
    return needed


def equity(data: AllocationData, amounts: Amounts) -> Equity:
    """Unevenness of stretch and load."""
    quotas = np.zeros(len(data.reps))
    np.add.at(quotas, [data.rep_number[s] for _, _, s in data.cells.quota], amounts.quota)
    has_hours = data.hours > 0
    load = hours_needed(data, amounts)[has_hours] / data.hours[has_hours]
    return Equity(
        stretch=unevenness(quotas / rep_potential(data)),
        load=unevenness(load) if has_hours.any() else None,
        without_hours=tuple(rep for rep, has in zip(data.reps, has_hours, strict=True) if not has),
    )
