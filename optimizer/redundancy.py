"""Rules that change nothing: whatever else the plan allows keeps them already.

Decided by solving: without the rule, and under all other hard rules and limits of the data, the model is driven as far
to the rule's forbidden side as it goes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from optimizer.live import Floats, LiveModel, Unbounded
from optimizer.model import Model
from optimizer.results import IdleRule
from optimizer.rows import RuleRow, rule_row

__all__ = ["idle_rules"]

_NEGLIGIBLE = 1e-7
"""Unit of money by which a rule may seem to be missed through the solver's tolerance."""


def idle_rules(model: Model, live: LiveModel) -> tuple[IdleRule, ...]:
    """Rules that can never bind, none of them on the strength of another one of them.

    Rule ``left ≥ ratio · right`` changes nothing where min (left − ratio · right − bound) ≥ 0 over everything that the
    other hard rules, locks and limits allow; ``≤`` the other way round, ``=`` both. The model has to be feasible.
    """
    rows: dict[str, list[int]] = {}
    for number, line in enumerate(model.data.lines):
        rows.setdefault(line.rule.id, []).append(number)
    found: list[IdleRule] = []
    lifted = []
    try:
        for rule_id, numbers in rows.items():
            is_hard = model.data.lines[numbers[0]].rule.firmness == "hard"
            places = [live.row(f"rule_{number}") for number in numbers] if is_hard else []
            before = {place: live.bounds_of(place) for place in places}
            for place in places:
                live.set_bounds(place, -math.inf, math.inf)
            room = _least_room(model, live, numbers)
            if room is None:
                for place, bounds in before.items():
                    live.set_bounds(place, *bounds)
            else:
                lifted.append(before)
                found.append(IdleRule(rule_id, room * model.data.money))
    finally:
        for before in lifted:
            for place, bounds in before.items():
                live.set_bounds(place, *bounds)
    return tuple(found)


def _least_room(model: Model, live: LiveModel, numbers: list[int]) -> float | None:
    """Room that the lines have at worst; None where the first of them is found that could be missed."""
    least = math.inf
    for number in numbers:
        row = rule_row(model.data, model.variables, number)
        for costs, bound in _sides(live, row):
            try:
                room = live.minimise(costs) - bound
            except Unbounded:
                return None
            if room < -_NEGLIGIBLE:
                return None
            least = min(least, room)
    return max(least, 0.0)


def _sides(live: LiveModel, row: RuleRow) -> Iterator[tuple[Floats, float]]:
    """What is to be made least to miss a rule, and where missing it begins."""
    ratio, sense = row.line.ratio, row.line.rule.sense
    without = {variable: factor for variable, factor in row.terms(ratio).items() if variable not in row.slack}
    for sign in (1.0, -1.0):
        if sense != ("<=" if sign > 0 else ">="):
            yield sign * live.costs(without), sign * row.bound(ratio)
