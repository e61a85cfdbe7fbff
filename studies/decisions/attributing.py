"""Who has which share of what all risks cost together (Shapley's value)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np

from scenarios.errors import UsageError
from scenarios.risks import Risk
from studies.decisions.stress_rows import ShareRow
from studies.decisions.worth import Bench, without_risks
from studies.statistics import Values, mean_estimate

__all__ = ["MOST_ATTRIBUTED", "shares_of"]

MOST_ATTRIBUTED = 8
"""Risks among which a shortfall is shared out: 2^8 sets."""


def shares_of(bench: Bench, risks: Sequence[Risk]) -> tuple[ShareRow, ...]:
    """Shapley's value of each risk in each future, over all sets of the risks; the others stay in play.

    φ_r = Σ over sets S without r of |S|! (k − |S| − 1)! ÷ k! · (figure with S − figure with S and r). In a future the
    figure differs only where the risk struck, so most sets are known. L. S. Shapley, A value for n-person games, 1953.
    """
    if len(risks) > MOST_ATTRIBUTED:
        raise UsageError(
            f"the shortfall is attributed among at most {MOST_ATTRIBUTED} risks, here are {len(risks)}; "
            "choose with --only"
        )
    ids, count = [risk.id for risk in risks], len(risks)
    kpis = ("signed", "cash", "contribution", "p_target")
    figures: dict[frozenset[str], dict[str, Values]] = {}
    for size in range(count, -1, -1):  # larger sets first: smaller ones are known from them
        for chosen in combinations(ids, size):
            gone = [id for id in ids if id not in chosen]
            label = f"attribution {len(figures) + 1} of {2**count}"
            batch = bench.variant(without_risks(bench.options, gone), label)
            figures[frozenset(chosen)] = {kpi: batch.kpis[kpi] for kpi in kpis}
    rows = []
    for risk in risks:
        share: dict[str, Values] = {kpi: np.zeros(len(bench.base)) for kpi in kpis}
        for others, without in figures.items():
            if risk.id in others:
                continue
            weight = factorial(len(others)) * factorial(count - len(others) - 1) / factorial(count)
            for kpi in kpis:
                share[kpi] += weight * (without[kpi] - figures[others | {risk.id}][kpi])
        alone = figures[frozenset()]["signed"] - figures[frozenset({risk.id})]["signed"]
        rows.append(
            ShareRow(
                risk=risk.id,
                risk_name=risk.name,
                alone=mean_estimate(alone),
                **{kpi: mean_estimate(values) for kpi, values in share.items()},
            )
        )
    return tuple(rows)
