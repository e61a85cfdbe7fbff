"""Ages of deals, and the sales cycles that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from scenarios.calibration.cycles import CycleFit, Durations, calibrate_cycle, without_waiting
from scenarios.crm.groups import codes, sums
from scenarios.crm.history import History
from scenarios.crm.stage_history import PassedStages

__all__ = ["Ages", "came_due", "cycles", "explains_the_closings", "least_loaded"]

Floats: TypeAlias = NDArray[np.float64]
LEAST_LOADED = 1 / 3
"""Share of the deals, those of the least loaded reps, from which the cycle is taken where hours bind."""
LEAST_REPS = 5
LEAST_TO_STAND_ALONE = 100
"""Ended deals from which a product has a cycle of its own; others take that of all products."""


@dataclass(frozen=True, eq=False)
class Ages:
    """Deals as durations, with who had them."""

    days: Floats
    ended: NDArray[np.bool_]
    entry: Floats
    on_the_date: Floats
    """Age that a deal has on the date, or would have if it had not ended."""
    product: NDArray[np.int64]
    rep: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        history: History,
        as_of: pd.Timestamp,
        products: Sequence[str],
        reps: Sequence[str],
        stages: PassedStages | None = None,
    ) -> Ages:
        """What is open counts with its age; nothing before the first closing could be seen.

        Where stages are known, a deal lost in one had not seen the rest of its cycle: its age is that of a part, and so
        is that of an open deal which may be lost before it has seen all.
        """
        deals = history.deals
        ended = (deals["outcome"] != "open").to_numpy()
        end = deals["closed"].where(deals["outcome"] != "open", as_of)
        days = np.asarray((end - deals["engaged"]).dt.days, dtype=float)
        entry = np.asarray((history.closed["closed"].min() - deals["engaged"]).dt.days, dtype=float)
        now = np.asarray((as_of - deals["engaged"]).dt.days, dtype=float)
        if stages is not None:
            part = stages.part_at_end(deals)
            days, entry, now = (np.round(each / part) for each in (days, entry, now))
        product, rep = codes(deals["product"], products), codes(deals["rep"], reps)
        return cls(days, ended, np.clip(entry, 0.0, None), now, product, rep)

    def fit(self, rows: NDArray[np.bool_], waiting: bool) -> CycleFit | None:
        """Cycle of some of the deals, where they wait for reps without that wait."""
        durations = Durations.of(self.days[rows], self.ended[rows], self.entry[rows])
        fit = calibrate_cycle(durations)
        return without_waiting(durations, fit) if fit is not None and waiting else fit


def cycles(
    ages: Ages, products: Sequence[str], who: NDArray[np.bool_], waiting: bool
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


def _products_differ(ages: Ages, who: NDArray[np.bool_], products: int) -> bool:
    """Log-rank test of one cycle for all products (Mantel, Cancer Chemotherapy Reports 50, 1966), at 1%."""
    whole = ages.fit(who, waiting=False)
    if whole is None:
        return False
    passed = [-np.log1p(-np.minimum(whole.ended_by(np.maximum(at, 0.5)), 0.999)) for at in (ages.days, ages.entry)]
    hazard = np.clip(passed[0] - np.where(ages.entry > 0, passed[1], 0.0), 0.0, None)
    rows = who & (ages.days > ages.entry)
    expected = sums(ages.product[rows], hazard[rows], products)
    ended = sums(ages.product[rows], ages.ended[rows].astype(float), products)
    known = expected >= 5
    if int(known.sum()) < 2:
        return False
    expected = expected[known] * ended[known].sum() / expected[known].sum()
    statistic = float(np.sum((ended[known] - expected) ** 2 / expected))
    return float(chdtrc(int(known.sum()) - 1, statistic)) < 0.01


def least_loaded(ages: Ages, reps: int) -> NDArray[np.bool_]:
    """Deals of the reps with the fewest open days per closing, who have a third of all deals; all where they are few.

    Where hours bind a deal's age at its end holds the wait for the rep, which the simulation adds itself: the
    customer's own cycle shows best where there was least to wait for.
    """
    exposed = np.clip(ages.days - ages.entry, 0.0, None)
    known = ages.rep >= 0
    open_days = sums(ages.rep[known], exposed[known], reps)
    closed = sums(ages.rep[known], ages.ended[known].astype(float), reps)
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


def explains_the_closings(ages: Ages, products: Sequence[str], fits: Mapping[str, CycleFit], whole: CycleFit) -> bool:
    """Whether as many deals came due as were closed.

    Where reps take the longest waiting first hardly a young deal ends, and a cycle without the wait cannot be taken
    from young deals: it would be so long that hardly any came due.
    """
    due = 0.0
    for number, name in enumerate(products):
        rows = ages.product == number
        fit = fits.get(name, whole)
        at, before = fit.ended_by(np.maximum(ages.on_the_date[rows], 0.5)), fit.ended_by(ages.entry[rows])
        due += float(np.sum(np.where(before < 1, (at - before) / np.maximum(1 - before, 1e-9), 0.0)))
    return due >= float(ages.ended.sum())


def came_due(ages: Ages, products: Sequence[str], fits: Mapping[str, CycleFit], whole: CycleFit, reps: int) -> Floats:
    """Expected number of each rep's deals whose cycle ended since closings are seen, closed or not."""
    share = np.zeros(len(ages.days))
    for number, name in enumerate(products):
        rows = ages.product == number
        fit = fits.get(name, whole)
        at, before = fit.ended_by(np.maximum(ages.days[rows], 0.5)), fit.ended_by(ages.entry[rows])
        share[rows] = np.where(before < 1, (at - before) / np.maximum(1 - before, 1e-9), 0.0)
    share = np.where(ages.ended, 1.0, np.clip(share, 0.0, 1.0)) * (ages.days > ages.entry)
    known = ages.rep >= 0
    return sums(ages.rep[known], share[known], reps)
