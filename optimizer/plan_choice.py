"""Which contingency plans to hold under a budget, over a sample of futures: a mixed-integer program.

max mean value, or mean of the worst share, or share of futures at the target, of value_r = v_r + Σ g_rp · x_p +
Σ h_rpq · z_pq, z_pq = x_p · x_q, Σ cost_p · x_p ≤ budget. Sample-average approximation (A. J. Kleywegt, A. Shapiro and
T. Homem-de-Mello, SIAM J. Optim. 12, 2002); the worst share as R. T. Rockafellar and S. Uryasev (Journal of Risk 2,
2000) have it. Gains of more than two plans together are taken as the sum of their pairs: what it chooses has to be
simulated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from scenarios.errors import SolverFailed

__all__ = ["Criterion", "PlanChoice", "Sample", "choose_plans"]

Floats = NDArray[np.float64]
Criterion = Literal["mean", "cvar", "p_target"]

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Sample:
    """What plans do in each future of a sample; money in one unit throughout."""

    base: Floats
    """Value of each future without any plan."""
    gain: Floats
    """Future × plan: value with that plan alone, less ``base``."""
    pairs: Mapping[tuple[int, int], Floats]
    """Two plans, the smaller number first → value of both, less ``base`` and both gains, by future."""
    cost: Floats
    """Expected cost of each plan."""

    def values(self, chosen: NDArray[np.bool_]) -> Floats:
        """Value of each future under a set of plans."""
        values = self.base + self.gain @ chosen
        for (first, second), more in self.pairs.items():
            if chosen[first] and chosen[second]:
                values = values + more
        return np.asarray(values)


@dataclass(frozen=True)
class PlanChoice:
    """A proven best set of the sampled program."""

    chosen: NDArray[np.bool_]
    value: float
    """Of the criterion over the sample."""


def choose_plans(
    sample: Sample, budget: float, criterion: Criterion, *, tail: float = 0.1, target: float = 0.0
) -> PlanChoice:
    """The set of plans that is best over the sample and whose expected costs are within the budget.

    ``tail`` is the share of futures that ``cvar`` looks at, ``target`` what ``p_target`` asks of a future. SolverFailed
    where no optimum is proven, or where the criterion of the set found is not what the solver says.
    """
    unit = max(float(np.abs(sample.base).max()), float(np.abs(sample.gain).max(initial=0)), abs(target), 1.0)
    problem = pulp.LpProblem("plan_choice", pulp.LpMaximize)
    plans = sample.gain.shape[1]
    x = [problem.add_variable(f"x_{p}", cat=pulp.LpBinary) for p in range(plans)]
    terms = {variable: sample.gain[:, p] / unit for p, variable in enumerate(x)}
    for (first, second), more in sample.pairs.items():
        z = problem.add_variable(f"z_{first}_{second}", lowBound=0, upBound=1)
        for name, parts, sense, bound in (
            ("first", {z: 1, x[first]: -1}, -1, 0),
            ("second", {z: 1, x[second]: -1}, -1, 0),
            ("both", {z: 1, x[first]: -1, x[second]: -1}, 1, -1),
        ):
            _add(problem, f"pair_{first}_{second}_{name}", parts, sense, bound)
        terms[z] = more / unit
    if math.isfinite(budget):
        share = max(float(sample.cost.max(initial=0)), budget, 1.0)
        _add(problem, "budget", dict(zip(x, sample.cost / share, strict=True)), -1, budget / share)
    objective = _objective(problem, terms, sample.base / unit, criterion, tail, target / unit)
    problem.setObjective(pulp.LpAffineExpression(objective))
    chosen = _solve(problem, x)
    value = value_of(sample.values(chosen), criterion, tail, target)
    constant = float(np.mean(sample.base)) / unit if criterion == "mean" else 0.0
    stated = pulp.value(problem.objective) + constant
    if abs(stated * (1 if criterion == "p_target" else unit) - value) > 1e-4 * max(unit, abs(value)):
        raise SolverFailed(f"the solver's criterion {stated:g} is not that of the plans it chose, {value:g}")
    return PlanChoice(chosen, value)


def value_of(values: Floats, criterion: Criterion, tail: float, target: float) -> float:
    """A criterion over futures: mean, mean of the worst share, or share at the target."""
    if criterion == "mean":
        return float(np.mean(values))
    if criterion == "p_target":
        return float(np.mean(values >= target))
    ordered, mass = np.sort(values), tail * len(values)
    weights = np.clip(mass - np.arange(len(values)), 0.0, 1.0)
    return float(ordered @ weights / mass)


def _objective(
    problem: pulp.LpProblem,
    terms: Mapping[pulp.LpVariable, Floats],
    base: Floats,
    criterion: Criterion,
    tail: float,
    target: float,
) -> dict[pulp.LpVariable, float]:
    futures = len(base)
    if criterion == "mean":
        return {variable: float(np.mean(gains)) for variable, gains in terms.items()}
    if criterion == "cvar":
        level = problem.add_variable("level")
        objective = {level: 1.0}
        for r in range(futures):
            short = problem.add_variable(f"short_{r}", lowBound=0)
            parts = {variable: float(gains[r]) for variable, gains in terms.items() if gains[r]}
            _add(problem, f"tail_{r}", {**parts, short: 1.0, level: -1.0}, 1, -float(base[r]))
            objective[short] = -1.0 / (tail * futures)
        return objective
    objective = {}
    for r in range(futures):
        parts = {variable: float(gains[r]) for variable, gains in terms.items() if gains[r]}
        least = float(base[r]) + sum(min(gain, 0.0) for gain in parts.values())
        most = float(base[r]) + sum(max(gain, 0.0) for gain in parts.values())
        if most < target:
            continue
        made = problem.add_variable(f"made_{r}", cat=pulp.LpBinary)
        _add(problem, f"target_{r}", {**parts, made: -(target - min(least, target))}, 1, min(least, target) - base[r])
        objective[made] = 1.0 / futures
    return objective


def _add(problem: pulp.LpProblem, name: str, terms: Mapping[pulp.LpVariable, float], sense: int, bound: float) -> None:
    problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(dict(terms)), sense, name, float(bound)))


def _solve(problem: pulp.LpProblem, x: list[pulp.LpVariable]) -> NDArray[np.bool_]:
    """Values of the decisions at a proven optimum."""
    solver = pulp.HiGHS(msg=False, gapRel=0.0, threads=1)
    problem.solve(solver)
    status = problem.solverModel.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        word = problem.solverModel.modelStatusToString(status)
        raise SolverFailed(f"HiGHS proved no best set of contingency plans; its status is {word!r}")
    values = np.array([variable.varValue for variable in x], dtype=float)
    if np.abs(values - np.round(values)).max(initial=0) > _TOLERANCE:
        raise SolverFailed("HiGHS calls a set of contingency plans best that holds a part of one")
    return np.asarray(np.round(values) > 0.5)
