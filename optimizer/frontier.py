"""What fairness costs: the greatest contribution that each degree of evenness allows (ε-constraint)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pulp import LpAffineExpression, LpConstraint, LpConstraintGE, LpConstraintLE, LpVariable

from optimizer.fairness import rep_potential
from optimizer.model import Model
from optimizer.row import total
from optimizer.rows import hours
from optimizer.solved import solve
from scenarios.errors import UsageError
from scenarios.plan import Plan

__all__ = ["Frontier", "FrontierPoint", "Measure", "frontier"]

Measure = Literal["stretch", "load"]


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best that is possible at an unevenness."""

    contribution: float
    unevenness: float
    """Greatest − least of the measure among reps."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """Points from the best contribution to the greatest fairness."""

    measure: Measure
    points: tuple[FrontierPoint, ...]


def frontier(plan: Plan, measure: Measure = "load", points: int = 6) -> Frontier:
    """The trade-off between contribution and fairness among reps, on one live model.

    Greatest contribution where relaxation = best and greatest_s b_s − least_s b_s ≤ ε, for ε from what the best
    contribution allows down to the least there can be; b is the stretch t[s] ÷ P[s] or the load Σ h·y + Σ duty·x ÷
    H[s]. One point where nothing can be traded: as quotas bind no sales, that of the stretch, unless a rule ties quotas
    to expected sales or money.
    """
    if points < 2:
        raise UsageError("a trade-off curve takes at least 2 points")
    solved = solve(plan, stretch_spread if measure == "stretch" else load_spread)
    staged, best = solved.staged, solved.solution
    spread, contribution = staged.costs(_STAGE), staged.costs("contribution")
    greatest = max(solved.stage(_STAGE), 0.0)
    relaxation = best.relaxation + _TOLERANCE * max(1.0, best.relaxation)
    with staged.held({"relaxation": relaxation}):
        least = max(staged.live.minimise(spread), 0.0)
    found = [FrontierPoint(best.contribution * solved.money, greatest)]
    if greatest - least > 1e-6 * max(greatest, 1.0):
        for most in np.linspace(greatest, least, points)[1:].tolist():
            with staged.held({"relaxation": relaxation, _STAGE: most + _TOLERANCE}):
                found.append(FrontierPoint(-staged.live.minimise(contribution) * solved.money, most))
    return Frontier(measure, tuple(found))


_STAGE = "spread"
_TOLERANCE = 1e-8
"""Room that a value held gets, so that the solver finds its optimum again."""


def stretch_spread(model: Model) -> Mapping[str, Mapping[LpVariable, float]]:
    """Every rep's stretch is between a least and a greatest one: low · P[s] ≤ t[s] ≤ high · P[s]."""
    potential = rep_potential(model.data)
    burdens = [({v: 1.0}, float(p)) for v, p in zip(model.variables.rep_total, potential, strict=True)]
    return _spread(model, burdens)


def load_spread(model: Model) -> Mapping[str, Mapping[LpVariable, float]]:
    """Every rep's load is between a least and a greatest one: low · H[s] ≤ Σ h·y + Σ duty·x ≤ high · H[s]."""
    rows = hours(model.data, model.variables)
    return _spread(model, [(row.terms, row.bound) for row in rows if row.bound > 0])


def _spread(
    model: Model, burdens: list[tuple[dict[LpVariable, float], float]]
) -> Mapping[str, Mapping[LpVariable, float]]:
    low, high = (model.problem.add_variable(f"{_STAGE}_{end}", lowBound=0) for end in ("low", "high"))
    for number, (terms, size) in enumerate(burdens):
        for end, variable, sense in (("low", low, LpConstraintGE), ("high", high, LpConstraintLE)):
            expression = LpAffineExpression({**terms, variable: -size})
            model.problem.addConstraint(LpConstraint(expression, sense, f"{_STAGE}_{end}_{number}", 0.0))
    floor = LpAffineExpression({**total([high]), low: -1.0})  # where nobody has hours, both are variables all the same
    model.problem.addConstraint(LpConstraint(floor, LpConstraintGE, f"{_STAGE}_order", 0.0))
    return {_STAGE: {high: 1.0, low: -1.0}}
