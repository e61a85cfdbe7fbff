"""Indices of a mean KPI over all stated ranges at once, each evenly over its length (SALib).

M. D. Morris, Technometrics 33, 1991; I. M. Sobol, Math. Comput. Simulation 55, 2001; A. Saltelli et al., Computer
Physics Communications 181, 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from scenarios.errors import UsageError
from studies.decisions.ranges import StatedRange
from studies.results import Record
from studies.statistics import Values

__all__ = ["IndexRow", "Method", "check_indices", "range_indices"]

Method: TypeAlias = Literal["morris", "sobol"]
_Sample: TypeAlias = Callable[[dict[str, Any]], Any]
_Analyse: TypeAlias = Callable[..., "tuple[IndexRow, ...]"]


class IndexRow(Record):
    """A range's part in the spread of the KPI over all ranges at once."""

    path: str
    total: float
    """Morris: mean absolute effect of the whole range, in the KPI's unit. Sobol: total index, a share of the
    variance."""
    total_half: float
    """Half of its 95% interval, by bootstrap."""
    first: float
    """Morris: standard deviation of the effect, 0 where the range adds the same whatever the others are. Sobol: first
    order index, the share that it explains by itself."""


def check_indices(ranges: Sequence[StatedRange], method: Method, points: int) -> None:
    """UsageError where there can be no indices, to be said before anything is simulated."""
    if len(ranges) < 2:
        raise UsageError("indices need two ranges or more")
    if method == "sobol" and points & (points - 1):
        raise UsageError(f"Sobol's sample is a power of two, for instance 16; {points} is none")


def range_indices(
    ranges: Sequence[StatedRange],
    mean_at: Callable[[Sequence[tuple[StatedRange, float]], str], float],
    method: Method,
    points: int,
    seed: int,
) -> tuple[IndexRow, ...]:
    """Indices of what ``mean_at`` gives with all ranges at values and a label; UsageError where they say nothing."""
    check_indices(ranges, method, points)
    problem: dict[str, Any] = {
        "num_vars": len(ranges),
        "names": [entry.path for entry in ranges],
        "bounds": [[entry.low, entry.high] for entry in ranges],
    }
    sample, analyse = _methods(method, points, seed)
    places = sample(problem)
    means = [
        mean_at(list(zip(ranges, map(float, place), strict=True)), f"point {number + 1} of {len(places)}")
        for number, place in enumerate(places)
    ]
    return analyse(problem, places, np.array(means))


def _methods(method: Method, points: int, seed: int) -> tuple[_Sample, _Analyse]:
    """How SALib samples the ranges and what it makes of the KPI there."""
    if method == "morris":
        from SALib.analyze import morris as morris_indices
        from SALib.sample import morris

        def by_morris(problem: dict[str, Any], places: Any, values: Values) -> tuple[IndexRow, ...]:
            found = morris_indices.analyze(problem, places, values, num_levels=4, seed=seed)
            rows = zip(problem["names"], found["mu_star"], found["mu_star_conf"], found["sigma"], strict=True)
            return _index_rows(rows)

        return lambda problem: morris.sample(problem, points, num_levels=4, seed=seed), by_morris
    from SALib.analyze import sobol as sobol_indices
    from SALib.sample import sobol

    def by_sobol(problem: dict[str, Any], _: Any, values: Values) -> tuple[IndexRow, ...]:
        if not np.ptp(values) > 0:
            raise UsageError("the KPI is the same over all ranges: there is nothing to share out")
        found = sobol_indices.analyze(problem, values, calc_second_order=False, seed=seed)
        return _index_rows(zip(problem["names"], found["ST"], found["ST_conf"], found["S1"], strict=True))

    return lambda problem: sobol.sample(problem, points, calc_second_order=False, seed=seed), by_sobol


def _index_rows(found: Any) -> tuple[IndexRow, ...]:
    rows = [
        IndexRow(path=path, total=float(total), total_half=float(half), first=float(first))
        for path, total, half, first in found
    ]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.path)))
