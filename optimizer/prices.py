"""What a rule costs: the plan solved again with its ratio or amount a step lower and a step higher.

Finite differences of real solves, not duals: both sides are shown, and relaxation comes before contribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizer.live import Change, Floats
from optimizer.results import Price, PriceRange
from optimizer.row import Row
from optimizer.rows import RuleRow, rule_row
from optimizer.stages import Solution, StagedModel

__all__ = ["PERCENTAGE_POINT", "Knob", "Prices", "interval", "price", "price_amount", "price_rule"]

PERCENTAGE_POINT = 0.01
SAME_PRICE = {"amount": 1e-6, "ratio": 0.05}
"""Relative difference up to which a price counts as the same further out: value is piecewise linear in an amount, and
bends a little with every point of a ratio."""
_NEGLIGIBLE = 1e-7
"""Unit of money below which a difference of two optima counts as none."""
_ROOM = 1e-4
"""Unit of money below which a row counts as binding: later stages may move a hair off the optimum of those before."""
_FURTHEST = 4096.0
"""Steps beyond which nobody looks."""


@dataclass(frozen=True)
class Prices:
    """Step, in the plan's currency, as a ratio or in hours, and what it does down and up; None: nothing feasible."""

    step: float
    down: Price | None
    up: Price | None
    holds: PriceRange | None = None
    """How far; None where nobody looked."""
    kind: str = "amount"
    """``amount`` or ``ratio``."""


@dataclass(frozen=True)
class Knob:
    """A figure of the plan on the live model, with the change that moves it by a number of steps."""

    now: float
    """What it is, in the plan's units."""
    step: float
    change: Callable[[float], Change]
    kind: str = "amount"
    """``amount`` or ``ratio``."""
    least: float = 0.0
    """It goes no lower."""


def price(staged: StagedModel, base: Solution, knob: Knob, ranges: bool = False) -> Prices:
    """What a step of a knob does, either way; with ``ranges`` also how far the price holds.

    Price(d) = (relaxation, contribution) at now + d − the same at now, for d = −step, +step.
    """
    down, up = (_price(staged, base, knob, sign) for sign in (-1.0, 1.0))
    if not ranges:
        return Prices(knob.step, down, up, kind=knob.kind)
    ends = [_end(staged, base, knob, sign, side) for sign, side in ((-1.0, down), (1.0, up))]
    return Prices(knob.step, down, up, PriceRange(*ends), knob.kind)


def price_rule(staged: StagedModel, base: Solution, number: int, ranges: bool = False) -> Prices:
    """Prices of a rule line: per percentage point of its ratio, or per unit of money where it names an amount."""
    row = rule_row(staged.model.data, staged.model.variables, number)
    ratio, unit, amount = row.line.ratio, staged.model.data.money, row.line.rule.amount
    if amount is not None:
        place, sense = staged.live.row(f"rule_{number}"), row.line.rule.sense
        knob = Knob(amount, unit, lambda steps: Change({place: interval(sense, ratio * (row.fixed + steps))}))
    else:
        point = PERCENTAGE_POINT
        knob = Knob(ratio, point, lambda steps: _ratio_change(staged, number, row, ratio + steps * point), "ratio")
    return price(staged, base, knob, ranges)


def price_amount(staged: StagedModel, base: Solution, row: Row, ranges: bool = False) -> Prices:
    """Prices of a lock, a pool or the total of quotas, per unit of money."""
    place, unit = staged.live.row(row.name), staged.model.data.money
    knob = Knob(row.bound * unit, unit, lambda steps: Change({place: interval(row.sense, row.bound + steps)}))
    return price(staged, base, knob, ranges)


def interval(sense: str, bound: float) -> tuple[float, float]:
    """Lower and upper bound of a row."""
    return (-math.inf if sense == "<=" else bound, math.inf if sense == ">=" else bound)


def _ratio_change(staged: StagedModel, number: int, row: RuleRow, ratio: float) -> Change:
    place = staged.live.row(f"rule_{number}")
    terms = row.terms(ratio)
    coefficients = {(place, staged.live.column(variable)): terms[variable] for variable in row.right}
    return Change({place: interval(row.line.rule.sense, row.bound(ratio))}, coefficients)


def _price(staged: StagedModel, base: Solution, knob: Knob, steps: float) -> Price | None:
    """What a number of steps does; None where nothing feasible is left, or the knob goes not so low."""
    if knob.now + steps * knob.step < knob.least - 1e-9 * knob.step:
        return None
    change = knob.change(steps)
    if _is_idle(staged, base.values, change):
        return Price(0.0, 0.0)
    after = staged.resolve(change, last="contribution")
    if after is None:
        return None
    unit = staged.model.data.money
    differences = (after.relaxation - base.relaxation, after.contribution - base.contribution)
    relaxation, gain = (unit * d if abs(d) > _NEGLIGIBLE else 0.0 for d in differences)
    return Price(relaxation, gain)


def _end(staged: StagedModel, base: Solution, knob: Knob, sign: float, first: Price | None) -> float | None:
    """How far a step's price holds, per step: by doubling the distance, then halving what is left in doubt.

    None where no end was found. Nothing is solved for a row with room: there the price is nothing at least until the
    room is used up.
    """
    if first is None:
        return knob.now
    costs_nothing = first == Price(0.0, 0.0) and _is_idle(staged, base.values, knob.change(sign))

    def holds(steps: float) -> bool:
        if costs_nothing:
            reaches = knob.now + sign * steps * knob.step >= knob.least
            return reaches and _is_idle(staged, base.values, knob.change(sign * steps))
        found = _price(staged, base, knob, sign * steps)
        if found is None:
            return False
        small, slack = 1e-6 * staged.model.data.money, SAME_PRICE[knob.kind]
        pairs = ((found.relaxation, first.relaxation), (found.contribution, first.contribution))
        return all(abs(far - steps * near) <= max(slack * abs(steps * near), small) for far, near in pairs)

    good, bad = 1.0, 2.0
    while bad <= _FURTHEST and holds(bad):
        good, bad = bad, 2 * bad
    if bad > _FURTHEST:
        return None
    while bad - good > max(1.0, 0.02 * good):
        middle = math.floor((good + bad) / 2)
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return max(knob.now + sign * good * knob.step, knob.least)


def _is_idle(staged: StagedModel, values: Floats, change: Change) -> bool:
    """Whether the optimum stays one: the rows have room and still hold when changed (a linear program is convex)."""
    for row, bounds in change.bounds.items():
        factors = staged.live.coefficients(row)
        before = float(np.sum(factors * values))
        for (place, column), new in change.coefficients.items():
            if place == row:
                factors[column] = new
        after = float(np.sum(factors * values))
        if _room(staged.live.bounds_of(row), before) <= _ROOM or _room(bounds, after) < 0:
            return False
    return True


def _room(bounds: tuple[float, float], activity: float) -> float:
    return min(activity - bounds[0], bounds[1] - activity)
