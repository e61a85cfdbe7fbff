"""Groups of deals as arrays: their positions and their sums."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["codes", "sums"]

Floats: TypeAlias = NDArray[np.float64]


def sums(group: NDArray[np.int64], weights: Floats, groups: int) -> Floats:
    """Sum of the weights of each group."""
    return np.bincount(group, weights, groups).astype(float)


def codes(names: pd.Series[Any], order: Sequence[Hashable]) -> NDArray[np.int64]:
    """Position of each name in the order; -1 where it is not there."""
    return np.asarray(pd.Index(list(order)).get_indexer(pd.Index(names)), dtype=np.int64)
