"""Rounding: quotas to sellable units, budgets to money steps, with sums that still add up and rules within one step.

Every amount goes to the multiple of its step below or above it. A small integer program picks which, so that every rule
holds within one step and every sum (of a rep, product, region, pool, all) goes to a multiple next to itself, with the
least change of the cells. Very many cells are rounded rep by rep instead, each passing on what it left over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import highspy
import numpy as np
import numpy.typing as npt

from optimizer.data import AllocationData, Floats
from optimizer.results import Rounding
from optimizer.selection import Key, select
from optimizer.solved import Amounts

__all__ = ["round_amounts"]

_SOLVER: Callable[[], highspy.Highs] = highspy.Highs
"""The constructor states no types of its own."""
_LARGE = 3000
"""Cells to round above which no integer program is solved."""
_NODES = 500
"""Nodes after which the integer program's best answer is taken; the same on every machine, as a time would not be."""
_WEIGHTS = {"rule": 1e4, "total": 1e3, "rep": 100.0, "wish": 10.0, "sum": 1.0}
"""What a step beyond what a row may be off costs, against half a cell's step."""
_CELL = 0.01


@dataclass(frozen=True)
class _Row:
    """``low ≤ Σ factor · change of a cell ≤ high``, beyond which a step costs the weight."""

    factors: Mapping[int, float]
    low: float
    high: float
    step: float
    weight: float


def _steps(data: AllocationData) -> tuple[Floats, Floats]:
    """Step of each quota cell and of each budget cell; 0 is not rounded."""
    units = np.array([data.plan.product[p].unit for p, _, _ in data.cells.quota])
    return units, np.full(len(data.cells.budget), data.plan.money.step)


def round_amounts(data: AllocationData, amounts: Amounts) -> tuple[Amounts, Rounding] | None:
    """Amounts rounded, and what that changed; None where nothing is to be rounded.

    Expected sales of a cell or rep fall in proportion where rounded money leaves too little demand or hours for them.
    """
    steps = np.concatenate(_steps(data))
    if not np.any(steps > 0):
        return None
    exact = np.concatenate((amounts.quota, amounts.spend))
    below = np.zeros(len(exact))
    np.divide(exact, steps, out=below, where=steps > 0)
    whole = np.floor(below + 1e-7)
    part = np.where(steps > 0, np.clip(below - whole, 0.0, 1.0), 0.0)
    part[part < 1e-7] = 0.0
    up = np.zeros(len(exact))
    open_cells = np.flatnonzero(part)
    if len(open_cells) > _LARGE:
        up = _passed_on(data, steps, part)
    elif len(open_cells):
        up[open_cells] = _chosen(list(_rows(data, amounts, exact, steps)), steps, part, open_cells)
    after = np.where(steps > 0, (whole + up) * steps, exact)
    quota, spend = after[: len(amounts.quota)], after[len(amounts.quota) :]
    expected = _sold(data, amounts.expected, spend)
    result = replace(amounts, quota=quota, spend=spend, expected=expected)
    return result, Rounding(
        quota_step=float(np.max(steps[: len(quota)], initial=0.0)),
        budget_step=data.plan.money.step,
        largest_cell=float(np.max(np.abs(after - exact), initial=0.0)),
        total_quota=float(quota.sum() - amounts.quota.sum()),
        total_budget=float(spend.sum() - amounts.spend.sum()),
        contribution=result.contribution() - amounts.contribution(),
    )


def _rows(data: AllocationData, amounts: Amounts, exact: Floats, steps: Floats) -> Iterator[_Row]:
    quotas = len(amounts.quota)
    place: dict[str, dict[Key, int]] = {
        "quota": {cell: n for n, cell in enumerate(data.cells.quota)},
        "budget": {cell: quotas + n for n, cell in enumerate(data.cells.budget)},
        "expected": {},
    }
    plan = data.plan
    for attribute, weight in enumerate(("sum", "sum", "rep")):
        groups: dict[str, list[int]] = {}
        for number, owners in enumerate(data.cells.quota):
            groups.setdefault(owners[attribute], []).append(number)
        for cells in groups.values():
            yield from _next_to_itself(cells, exact, steps, weight)
    yield from _next_to_itself(range(quotas), exact, steps, "total")
    pools: dict[str, list[int]] = {}
    for number, (_, activity) in enumerate(data.cells.budget):
        pools.setdefault(plan.activity[activity].pool, []).append(quotas + number)
    for pool, cells in pools.items():
        for row in _next_to_itself(cells, exact, steps, "total"):
            room = data.pools.get(pool, math.inf) - float(exact[cells].sum())
            yield replace(row, high=min(row.high, max(room, 0.0)), low=min(row.low, max(room, 0.0)))
            yield replace(row, low=-math.inf, high=max(room, 0.0), weight=_WEIGHTS["rule"])
    for attribute in (0, 1):
        groups = {}
        for number, where in enumerate(data.cells.budget):
            groups.setdefault(where[attribute], []).append(quotas + number)
        for cells in groups.values():
            yield from _next_to_itself(cells, exact, steps, "sum")
    for line in data.lines:
        factors = {place[line.rule.left.over][cell]: 1.0 for cell in line.left if place[line.rule.left.over]}
        right = [place[line.right_over][cell] for cell in line.right if place[line.right_over]]
        for number in right:
            factors[number] = factors.get(number, 0.0) - line.ratio
        step = max((float(steps[n]) for n in factors), default=0.0)
        if step == 0 or "expected" in (line.rule.left.over, line.right_over):
            continue
        off = sum(factor * float(exact[n]) for n, factor in factors.items()) - line.ratio * (line.fixed or 0.0)
        below, above = min(-off, 0.0) - step, max(-off, 0.0) + step
        bounds = {">=": (below, math.inf), "<=": (-math.inf, above), "=": (below, above)}[line.rule.sense]
        yield _Row(factors, *bounds, step, _WEIGHTS["rule" if line.rule.firmness == "hard" else "wish"])
    for lock in plan.locks:
        if lock.cells.over in ("quota", "budget"):
            cells = [place[lock.cells.over][c] for c in select(plan, lock.cells, data.cells, f"locks.{lock.id}")]
            yield from _next_to_itself(cells, exact, steps, "rule")


def _next_to_itself(cells: Iterable[int], exact: Floats, steps: Floats, weight: str) -> Iterator[_Row]:
    """A sum goes to the multiple of the largest step below or above it, and stays where it is one."""
    listed = [number for number in cells if steps[number] > 0]
    if not listed:
        return
    step, total = float(steps[listed].max()), float(exact[listed].sum())
    count = total / step
    near = round(count)
    low, high = (near, near) if abs(count - near) < 1e-6 else (math.floor(count), math.ceil(count))
    yield _Row(dict.fromkeys(listed, 1.0), low * step - total, high * step - total, step, _WEIGHTS[weight])


def _chosen(rows: list[_Row], steps: Floats, part: Floats, cells: npt.NDArray[np.intp]) -> Floats:
    """Which cells go up: min Σ weight · e + 0.01 · Σ |change ÷ step|, rows off by what they may plus e steps."""
    highs = _SOLVER()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_max_nodes", _NODES)
    highs.setOptionValue("mip_rel_gap", 0.01)
    column = {int(cell): number for number, cell in enumerate(cells)}
    for cell in cells:
        highs.addCol(_CELL * (1.0 - 2.0 * float(part[cell])), 0.0, 1.0, 0, [], [])
    for number in range(len(cells)):
        highs.changeColIntegrality(number, highspy.HighsVarType.kInteger)
    for row in rows:
        factors = {column[n]: f * float(steps[n]) / row.step for n, f in row.factors.items() if n in column}
        if not factors:
            continue
        start = sum(f * float(part[n]) * float(steps[n]) / row.step for n, f in row.factors.items() if n in column)
        slack = highs.getNumCol()
        highs.addCol(row.weight, 0.0, math.inf, 0, [], [])
        highs.addCol(row.weight, 0.0, math.inf, 0, [], [])
        places = np.array([*factors, slack, slack + 1], dtype=np.int32)
        values = np.array([*factors.values(), 1.0, -1.0])
        highs.addRow(row.low / row.step + start - 1e-7, row.high / row.step + start + 1e-7, len(places), places, values)
    highs.run()
    found = np.asarray(highs.getSolution().col_value)[: len(cells)]
    if len(found) < len(cells):  # no answer within the nodes: each to the nearest
        found = part[cells]
    return np.round(found)


def _passed_on(data: AllocationData, steps: Floats, part: Floats) -> Floats:
    """Rep by rep, the cells that lost most go up; what a rep, a product or a region is left with is passed on."""
    up = np.zeros(len(part))
    owed: dict[str, float] = {}
    by_rep: dict[str, list[int]] = {}
    for number, (_, _, rep) in enumerate(data.cells.quota):
        by_rep.setdefault(f"rep {rep}", []).append(number)
    for number, (_, activity) in enumerate(data.cells.budget):
        by_rep.setdefault(f"pool {data.plan.activity[activity].pool}", []).append(len(data.cells.quota) + number)
    keys = [cell[:2] for cell in data.cells.quota] + list(data.cells.budget)
    carried = 0.0
    for owner, cells in by_rep.items():
        is_quota = owner.startswith("rep ")
        left = float((part[cells] * steps[cells]).sum()) + (carried if is_quota else 0.0)
        lost = {n: part[n] * steps[n] + sum(owed.get(key, 0.0) for key in keys[n]) for n in cells if part[n] > 0}
        for number in sorted(lost, key=lambda n: (-lost[n], n)):
            if left >= (0.5 if is_quota else 1.0) * steps[number] - 1e-9:
                up[number] = 1.0
                left -= float(steps[number])
        carried = left if is_quota else carried
        for number in lost:
            for key in keys[number]:
                owed[key] = owed.get(key, 0.0) + float((part[number] - up[number]) * steps[number])
    return up


def _sold(data: AllocationData, expected: Floats, spend: Floats) -> Floats:
    """Expected sales that demand and hours allow at a budget."""
    supply, filled = data.organic.copy(), dict(zip(data.cells.budget, spend.tolist(), strict=True))
    duty = dict.fromkeys(data.reps, 0.0)
    for segment in data.segments:
        key = segment.region, segment.activity
        money = filled[key] if segment.capacity is None else min(filled[key], segment.capacity)
        filled[key] -= money
        supply[:, data.region_number[segment.region]] += money * np.array(segment.gain)
        for rep, hours in segment.duty.items():
            duty[rep] += hours * money
    row = np.array([data.product_number[p] for p, _, _ in data.cells.quota])
    column = np.array([data.region_number[r] for _, r, _ in data.cells.quota])
    worker = np.array([data.rep_number[s] for _, _, s in data.cells.quota])
    sold = np.zeros_like(supply)
    np.add.at(sold, (row, column), expected)
    share = np.divide(supply, sold, out=np.ones_like(supply), where=sold > supply)
    result = expected * share[row, column]
    worked = np.bincount(worker, weights=result * data.hours_per_money[row, column], minlength=len(data.reps))
    there = np.maximum(np.maximum(data.hours, 0.0) - np.array([duty[s] for s in data.reps]), 0.0)
    fits = np.divide(there, worked, out=np.ones_like(worked), where=worked > there)
    return np.asarray(result * fits[worker])
