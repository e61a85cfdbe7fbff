"""Reps alike in everything that the linear program sees of them get the mean of their amounts.

The set of optimal allocations is convex and does not change when two such reps change places, so the mean is in it:
an answer that is unique where the data is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.data import AllocationData
from scenarios.rules import Cells, Ratio

__all__ = ["alike_reps"]


def alike_reps(data: AllocationData) -> tuple[tuple[str, ...], ...]:
    """Groups of two or more reps with equal tier, coverage, hours and potentials, whom no rule or lock names apart."""
    potentials: dict[str, list[tuple[str, str, float]]] = {rep: [] for rep in data.reps}
    for (p, r, s), potential in zip(data.cells.quota, data.potential, strict=True):
        potentials[s].append((p, r, _rounded(float(potential))))
    groups: dict[object, list[str]] = {}
    for number, rep in enumerate(data.reps):
        row = data.plan.rep[rep]
        looks = row.tier, row.regions, _rounded(float(data.hours[number])), tuple(potentials[rep])
        groups.setdefault((looks, tuple(_naming(data, rep))), []).append(rep)
    return tuple(tuple(reps) for reps in groups.values() if len(reps) > 1)


def _naming(data: AllocationData, rep: str) -> Iterable[object]:
    """Where rules and locks name this rep."""
    sums: list[Cells] = [lock.cells for lock in data.plan.locks]
    for rule in data.plan.rules:
        if rule.enabled:
            sums += [rule.left, *([rule.right] if isinstance(rule.right, Cells) else [])]
            if isinstance(rule.ratio, Ratio) and rule.ratio.by == "rep":
                yield rule.ratio.values.get(rep)
    yield from (rep in cells.where.rep for cells in sums)


def _rounded(amount: float) -> float:
    """Nine significant digits: what differs by the order of a sum alone is equal."""
    return float(f"{amount:.9g}")
