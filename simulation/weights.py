"""Weights move for a cause: products take over a part of other products' quotas (M3).

From then on the new quotas steer: reps work first where least of a cell's quota is signed, new leads go to the rep with
the largest unmet share.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from scenarios.policies import ProductChoice, WeightChange
from simulation.records import WeightRow

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["answer_upside", "start_weights"]

_LEAST_MOVE = 0.005
"""Quota that counts as a change: half of the smallest coin."""


def start_weights(quarter: Quarter) -> None:
    """Let dated changes of weight happen on their Monday."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        change = policy.weight_change
        if policy.enabled and change is not None and change.week is not None and change.week <= calendar.weeks:
            quarter.at(float(calendar.first_day_of_week(change.week)), partial(_change, quarter, policy.id, change))


def answer_upside(quarter: Quarter, risk: str) -> None:
    """A risk's strike is known: weights that wait for it change, once."""
    done = {row.policy for row in quarter.records.weights}
    for policy in quarter.model.plan.policies:
        change = policy.weight_change
        if policy.enabled and change is not None and change.strike == risk and policy.id not in done:
            _change(quarter, policy.id, change)


def _change(quarter: Quarter, policy: str, change: WeightChange) -> None:
    """Scale the quotas of those who gain and of those who give, so that all quotas add up to what they did.

    Nobody gives more than there is: then the share reached, which is recorded, is less than the one asked for.
    """
    regions = len(quarter.model.regions)
    quotas = quarter.cell_quota
    sums = [math.fsum(quotas[start : start + regions]) for start in range(0, len(quotas), regions)]
    total = math.fsum(sums)
    gaining = _chosen(quarter, change.gain)
    giving = [number for number in _chosen(quarter, change.give) if number not in gaining]
    before = math.fsum(sums[number] for number in gaining)
    there = math.fsum(sums[number] for number in giving)
    moved = min(change.to_share * total - before, there)
    if before <= 0 or there <= 0 or abs(moved) < _LEAST_MOVE:
        moved = 0.0
    else:
        factors = [1.0] * len(sums)
        for number in gaining:
            factors[number] = (before + moved) / before
        for number in giving:
            factors[number] = (there - moved) / there
        quarter.scale_quotas(factors)
    shares = (before / total, (before + moved) / total) if total > 0 else (0.0, 0.0)
    quarter.records.weights.append(WeightRow(quarter.env.now, policy, *shares))


def _chosen(quarter: Quarter, choice: ProductChoice) -> list[int]:
    return [
        number
        for number, product in enumerate(quarter.model.plan.products)
        if (not choice.product or product.id in choice.product)
        and (not choice.product_tier or product.tier in choice.product_tier)
    ]
