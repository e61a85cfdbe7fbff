"""What a simulation has found a cell to sell and to take, put in the place of what was expected of it.

Factors by product × region: on demand and on what spending brings, and on the hours that a unit of money takes. They
remove, where they were measured, what the linear program leaves out: waits, holes in the calendar, work that crowds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.data import AllocationData

__all__ = ["Correction", "corrected"]


@dataclass(frozen=True)
class Correction:
    """Factors by (product, region); those not named are one."""

    demand: Mapping[tuple[str, str], float] = field(default_factory=dict)
    hours: Mapping[tuple[str, str], float] = field(default_factory=dict)


def corrected(data: AllocationData, correction: Correction) -> AllocationData:
    """The data with every cell's demand, gains and hours per money multiplied by its factors."""
    demand, hours = (_matrix(data, factors) for factors in (correction.demand, correction.hours))
    segments = tuple(
        replace(s, gain=tuple((np.array(s.gain) * demand[:, data.region_number[s.region]]).tolist()))
        for s in data.segments
    )
    return replace(
        data,
        demand={source: amounts * demand for source, amounts in data.demand.items()},
        segments=segments,
        hours_per_money=data.hours_per_money * hours,
    )


def _matrix(data: AllocationData, factors: Mapping[tuple[str, str], float]) -> np.ndarray:
    found = np.ones((len(data.products), len(data.regions)))
    for (product, region), factor in factors.items():
        found[data.product_number[product], data.region_number[region]] = factor
    return found
