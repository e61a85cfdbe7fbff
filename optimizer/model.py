"""The linear program of a plan, stated once in PuLP."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from pulp import LpAffineExpression, LpConstraint, LpMaximize, LpProblem, LpVariable

from optimizer.data import AllocationData
from optimizer.row import Row
from optimizer.rows import FAMILIES
from optimizer.variables import Variables, declare

__all__ = ["Model", "contribution", "state"]

_SENSES = {"<=": -1, "=": 0, ">=": 1}


@dataclass(frozen=True)
class Model:
    """The stated problem with what its rows and variables mean."""

    problem: LpProblem
    data: AllocationData
    """In the problem's unit of money."""
    variables: Variables
    rows: tuple[Row, ...]
    """In the problem's order."""


def state(data: AllocationData, families: Collection[str] = tuple(FAMILIES)) -> Model:
    """State a plan's linear program, or some of its families of rows, in a unit of money that suits the solver.

    Its objective is the expected contribution: Σ (margin − fee − bonus) · y − Σ x of pools paid as spent. The other
    stages' objectives are set on the live model.
    """
    data = data.in_money_of(unit_of_money(data))
    problem = LpProblem("allocation", LpMaximize)
    variables = declare(problem, data)
    rates = contribution(data, variables)
    listed = dict.fromkeys(all_variables(variables), 0.0) | rates  # in no row, a variable would vanish from the problem
    problem.setObjective(LpAffineExpression(listed))
    rows = []
    for name, family in FAMILIES.items():
        if name in families:
            rows += list(family(data, variables))
    for row in rows:
        expression = LpAffineExpression(row.terms)  # never a comparison: a constant one would be a Python bool
        problem.addConstraint(LpConstraint(expression, _SENSES[row.sense], row.name, row.bound))
    return Model(problem, data, variables, tuple(rows))


def unit_of_money(data: AllocationData) -> float:
    """A power of ten near a thousandth of the target."""
    return float(10.0 ** round(math.log10(data.target * data.money / 1000)))


def contribution(data: AllocationData, v: Variables) -> dict[LpVariable, float]:
    """Contribution per unit of each variable: expected sales bring margin less fees and bonuses, spending costs."""
    rates = {
        y: float(data.contribution_rate[data.product_number[p], data.region_number[r]])
        for (p, r, _), y in zip(data.cells.quota, v.expected, strict=True)
    }
    return rates | {x: -1.0 for s, x in zip(data.segments, v.spend, strict=True) if s.is_cost}


def all_variables(v: Variables) -> list[LpVariable]:
    """Every variable once."""
    lists = (
        v.quota,
        v.expected,
        v.spend,
        v.lacking.values(),
        v.exceeding.values(),
        v.rep_total,
        [v.quota_total],
        v.pair_total.values(),
        [v.rep_stretch, v.cell_stretch],
        v.rep_above,
        v.rep_below,
        v.quota_above,
        v.quota_below,
        v.expected_above,
        v.expected_below,
        v.spend_above.values(),
        v.spend_below.values(),
    )
    return [variable for part in lists for variable in part]
