"""Quotas as each simulated quarter ended: what was handed out, moved to other products where weights were (M3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from studies.replay.batches import Batch
from studies.statistics import Values

__all__ = ["Quotas", "final_quotas"]


@dataclass(frozen=True)
class Quotas:
    """Replications × members, in the plan's order; 0 where nothing is asked."""

    by_product: Values
    by_region: Values
    by_rep: Values


def final_quotas(plan: Plan, allocation: Allocation, batch: Batch) -> Quotas:
    """Quotas in the end under an allocation, of the quarters that were simulated under it."""
    products = {row.id: number for number, row in enumerate(plan.products)}
    regions = {row.id: number for number, row in enumerate(plan.regions)}
    reps = {row.id: number for number, row in enumerate(plan.reps)}
    found = Quotas(*(np.zeros((len(batch), len(members))) for members in (products, regions, reps)))
    for cell in allocation.quotas:
        quota = cell.quota * batch.quota_factors[:, products[cell.product]]
        found.by_product[:, products[cell.product]] += quota
        found.by_region[:, regions[cell.region]] += quota
        found.by_rep[:, reps[cell.rep]] += quota
    return found
