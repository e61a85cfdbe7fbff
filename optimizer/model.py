"""The linear program of a plan, stated once in PuLP."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from pulp import LpAffineExpression, LpConstraint, LpMaximize, LpProblem, LpVariable

from optimizer.data import AllocationData
from optimizer.row import Row
from optimizer.rows import FAMILIES
from optimizer.selection import RuleLine
from optimizer.variables import Variables, declare
from scenarios.errors import SolverFailed

__all__ = ["LEAST", "MOST", "Model", "contribution", "state"]

LEAST, MOST = 1e-9, 1e9
"""Shares of the target between which amounts are told from nothing; amounts below are taken for rounding errors."""
_SHOWN = 5
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
    _refuse_far_apart(data)
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


def _refuse_far_apart(data: AllocationData) -> None:
    """SolverFailed where a figure is lost beside the target, or the target beside it, in the solver's digits."""
    target = data.target * data.money
    figures = {"money.pools." + pool: amount * data.money for pool, amount in data.pools.items()}
    figures |= {f"locks.{lock.id}.amount": lock.amount for lock in data.plan.locks}
    for line in data.lines:
        if line.fixed is not None:
            figures[_place(line)] = line.ratio * line.fixed
    for product, region in zip(*np.nonzero(data.organic), strict=True):
        place = f"demand for {data.products[product]} in {data.regions[region]}"
        figures[place] = max(float(data.organic[product, region]) * data.money, LEAST * target)  # little is no trouble
    far = {
        place: f"{amount:,.6g}"
        for place, amount in figures.items()
        if 0 < amount < LEAST * target or amount > MOST * target
    }
    for line in data.lines:
        if line.fixed is None and (0 < line.ratio < LEAST or line.ratio > MOST):
            far[_place(line)] = f"{line.ratio:.6g} of the other side"
    if far:
        lines = [f"- {place}: {amount}" for place, amount in sorted(far.items())[:_SHOWN]]
        if len(far) > _SHOWN:
            lines.append(f"- and {len(far) - _SHOWN} more")
        raise SolverFailed(
            "The plan's figures lie too far apart for the solver to tell the small ones from nothing, so there is no "
            f"answer. Beside the target of {target:,.6g}, or beside each other, more than a billion times smaller or "
            "larger:\n"
            + "\n".join(lines)
            + "\nCorrect the target or these figures; leave out what is too small to matter"
        )


def _place(line: RuleLine) -> str:
    return f"rules.{line.rule.id}{f' ({line.member})' if line.member else ''}"


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
