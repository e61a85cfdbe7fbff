"""What a rule costs: the plan solved again with its ratio or amount a step lower and a step higher.

Finite differences of real solves, not duals: both sides are shown, and relaxation comes before contribution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizer.live import Change, Floats
from optimizer.results import Price
from optimizer.row import Row
from optimizer.rows import RuleRow, rule_row
from optimizer.stages import Solution, StagedModel

__all__ = ["PERCENTAGE_POINT", "Prices", "price_amount", "price_rule"]

PERCENTAGE_POINT = 0.01
_NEGLIGIBLE = 1e-7
"""Unit of money below which a row counts as binding, and a difference of two optima as none."""


@dataclass(frozen=True)
class Prices:
    """Step, in the plan's currency or as a ratio, and what it does down and up; None where nothing is feasible."""

    step: float
    down: Price | None
    up: Price | None


def price_rule(staged: StagedModel, base: Solution, number: int) -> Prices:
    """Prices of a rule line: per percentage point of its ratio, or per unit of money where it names an amount."""
    row = rule_row(staged.model.data, staged.model.variables, number)
    ratio, unit = row.line.ratio, staged.model.data.money
    if row.line.rule.amount is not None:
        changes = [
            _bound_change(staged, f"rule_{number}", row.line.rule.sense, ratio * (row.fixed + d)) for d in (-1, 1)
        ]
        step = unit
    else:
        changes = [_ratio_change(staged, number, row, ratio + d) for d in (-PERCENTAGE_POINT, PERCENTAGE_POINT)]
        step = PERCENTAGE_POINT
    down, up = (_price(staged, base, change) for change in changes)
    return Prices(step, down, up)


def price_amount(staged: StagedModel, base: Solution, row: Row) -> Prices:
    """Prices of a lock, a pool or the total of quotas, per unit of money."""
    changes = [_bound_change(staged, row.name, row.sense, row.bound + delta) for delta in (-1.0, 1.0)]
    down, up = (_price(staged, base, change) for change in changes)
    return Prices(staged.model.data.money, down, up)


def _ratio_change(staged: StagedModel, number: int, row: RuleRow, ratio: float) -> Change:
    place = staged.live.row(f"rule_{number}")
    terms = row.terms(ratio)
    coefficients = {(place, staged.live.column(variable)): terms[variable] for variable in row.right}
    return Change({place: _interval(row.line.rule.sense, row.bound(ratio))}, coefficients)


def _bound_change(staged: StagedModel, name: str, sense: str, bound: float) -> Change:
    return Change({staged.live.row(name): _interval(sense, bound)})


def _interval(sense: str, bound: float) -> tuple[float, float]:
    return (-math.inf if sense == "<=" else bound, math.inf if sense == ">=" else bound)


def _price(staged: StagedModel, base: Solution, change: Change) -> Price | None:
    if _is_idle(staged, base.values, change):
        return Price(0.0, 0.0)
    after = staged.resolve(change, last="contribution")
    if after is None:
        return None
    unit = staged.model.data.money
    differences = (after.relaxation - base.relaxation, after.contribution - base.contribution)
    relaxation, gain = (unit * d if abs(d) > _NEGLIGIBLE else 0.0 for d in differences)
    return Price(relaxation, gain)


def _is_idle(staged: StagedModel, values: Floats, change: Change) -> bool:
    """Whether the optimum stays one: its row has room and still holds when changed (a linear program is convex)."""
    (row,) = change.bounds
    factors = staged.live.coefficients(row)
    before = float(np.sum(factors * values))
    for (_, column), new in change.coefficients.items():
        factors[column] = new
    after = float(np.sum(factors * values))
    return _room(staged.live.bounds_of(row), before) > _NEGLIGIBLE and _room(change.bounds[row], after) >= 0


def _room(bounds: tuple[float, float], activity: float) -> float:
    return min(activity - bounds[0], bounds[1] - activity)
