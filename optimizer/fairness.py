"""Rows that measure how evenly quotas are stretched: they define amounts and bind nothing.

Stretch is quota ÷ potential. An amount's distance from its share of a larger one is above − below; the largest such
distance, in units of the potential it refers to, is what the fairness stages make least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from pulp import LpVariable

from optimizer.data import AllocationData, Floats
from optimizer.row import Row, total
from optimizer.variables import Variables

__all__ = ["cell_stretch", "even_split", "evenness", "fixing_lines", "rep_potential", "rep_stretch", "sums"]


def rep_potential(data: AllocationData) -> Floats:
    """Potential of each rep, at least one cell's floor."""
    sums = np.zeros(len(data.reps))
    np.add.at(sums, [data.rep_number[s] for _, _, s in data.cells.quota], data.potential)
    return np.maximum(sums, data.potential_floor())


def fixing_lines(data: AllocationData) -> dict[str, list[int]]:
    """Rep → numbers of the rule lines that fix its whole quota: hard equalities with a fixed right side, as in T5."""
    cells = Counter(rep for _, _, rep in data.cells.quota)
    found: dict[str, list[int]] = {}
    for number, line in enumerate(data.lines):
        rule = line.rule
        is_fixing = rule.firmness == "hard" and rule.sense == "=" and line.fixed is not None
        if is_fixing and rule.left.over == "quota" and rule.each == "rep" and len(line.left) == cells[line.member]:
            found.setdefault(line.member, []).append(number)
    return found


def sums(data: AllocationData, v: Variables) -> Iterable[Row]:
    """Totals by rep, of all quotas, and of expected sales by product and region.

    t[s] = Σ_{p,r} q[p,r,s]; t = Σ_s t[s]; Y[p,r] = Σ_s y[p,r,s].
    """
    by_rep: dict[str, list[LpVariable]] = {rep: [] for rep in data.reps}
    by_pair: dict[tuple[str, str], list[LpVariable]] = {pair: [] for pair in v.pair_total}
    for (p, r, s), q, y in zip(data.cells.quota, v.quota, v.expected, strict=True):
        by_rep[s].append(q)
        by_pair[p, r].append(y)
    for number, rep in enumerate(data.reps):
        yield Row(f"rep_sum_{number}", "", {**total(by_rep[rep]), v.rep_total[number]: -1.0}, "=", 0.0)
    yield Row("quota_sum", "", {**total(v.rep_total), v.quota_total: -1.0}, "=", 0.0)
    for pair, parts in by_pair.items():
        name = f"pair_sum_{data.product_number[pair[0]]}_{data.region_number[pair[1]]}"
        yield Row(name, "", {**total(parts), v.pair_total[pair]: -1.0}, "=", 0.0)


def rep_stretch(data: AllocationData, v: Variables) -> Iterable[Row]:
    """No rep's stretch is further from the mean stretch than z.

    t[s] − (P[s] / P) · t = above − below; above + below ≤ z · P[s]; P[s] potential of the rep, P = Σ P[s].
    """
    potential = rep_potential(data)
    shares = potential / potential.sum()
    for number in range(len(data.reps)):
        above, below = v.rep_above[number], v.rep_below[number]
        terms = {v.rep_total[number]: 1.0, v.quota_total: -float(shares[number]), above: -1.0, below: 1.0}
        yield Row(f"rep_distance_{number}", "", terms, "=", 0.0)
        most = {above: 1.0, below: 1.0, v.rep_stretch: -float(potential[number])}
        yield Row(f"rep_stretch_{number}", "", most, "<=", 0.0)


def cell_stretch(data: AllocationData, v: Variables) -> Iterable[Row]:
    """No cell's stretch is further from its rep's stretch than w.

    q[p,r,s] − (P[p,r,s] / P[s]) · t[s] = above − below; above + below ≤ w · max(P[p,r,s], floor), the floor a
    hundredth of the mean cell's potential.
    """
    potential, floor = rep_potential(data), data.potential_floor()
    for number, (_, _, s) in enumerate(data.cells.quota):
        q, above, below = v.quota[number], v.quota_above[number], v.quota_below[number]
        rep = data.rep_number[s]
        own = float(data.potential[number])
        terms = {q: 1.0, v.rep_total[rep]: -own / float(potential[rep]), above: -1.0, below: 1.0}
        yield Row(f"cell_distance_{number}", "", terms, "=", 0.0)
        most = {above: 1.0, below: 1.0, v.cell_stretch: -max(own, floor)}
        yield Row(f"cell_stretch_{number}", "", most, "<=", 0.0)


def evenness(data: AllocationData, v: Variables) -> Iterable[Row]:
    """Expected sales are measured against the reps' shares of potential, money without a response against an aim.

    y[p,r,s] − (P[p,r,s] / Σ_s P[p,r,s]) · Y[p,r] = above − below; x[r,a] = aim + above − below, the aim being set on
    the live model (``even_split``).
    """
    potential_of: dict[tuple[str, str], list[float]] = {}
    for (p, r, _), own in zip(data.cells.quota, data.potential, strict=True):
        potential_of.setdefault((p, r), []).append(float(own))
    for number, (p, r, _) in enumerate(data.cells.quota):
        whole, count = sum(potential_of[p, r]), len(potential_of[p, r])
        share = float(data.potential[number]) / whole if whole > 0 else 1 / count
        y, above, below = v.expected[number], v.expected_above[number], v.expected_below[number]
        terms = {y: 1.0, v.pair_total[p, r]: -share, above: -1.0, below: 1.0}
        yield Row(f"expected_distance_{number}", "", terms, "=", 0.0)
    for number, above in v.spend_above.items():
        terms = {v.spend[number]: 1.0, above: -1.0, v.spend_below[number]: 1.0}
        yield Row(f"spend_distance_{number}", "", terms, "=", 0.0)


def even_split(data: AllocationData, amounts: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Amounts by (region, activity) with the same totals of each pool by region and by activity, split evenly."""
    pool = {activity: data.plan.activity[activity].pool for _, activity in amounts}
    by_region: dict[tuple[str, str], float] = {}
    by_activity: dict[str, float] = {}
    by_pool: dict[str, float] = {}
    for (region, activity), amount in amounts.items():
        of = pool[activity]
        by_region[of, region] = by_region.get((of, region), 0.0) + amount
        by_activity[activity] = by_activity.get(activity, 0.0) + amount
        by_pool[of] = by_pool.get(of, 0.0) + amount
    return {
        (region, activity): by_region[pool[activity], region] * by_activity[activity] / whole if whole > 0 else 0.0
        for region, activity in amounts
        for whole in [by_pool[pool[activity]]]
    }
