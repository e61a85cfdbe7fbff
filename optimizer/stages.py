"""The lexicographic stages: what is made best first, and what is decided with the freedom that is left.

Between stages the value reached is held, within a tolerance that leaves the next stage room to be solved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from highspy import HighsBasis
from pulp import LpVariable

from optimizer.data import AllocationData
from optimizer.fairness import even_split, fixing_lines, rep_potential
from optimizer.live import Change, Floats, Infeasible, LiveModel, Unproven
from optimizer.model import Model, contribution
from scenarios.errors import SolverFailed

__all__ = ["PRIORITY_WEIGHTS", "STAGES", "Solution", "StagedModel", "objectives"]

PRIORITY_WEIGHTS = {1: 100.0, 2: 10.0, 3: 1.0}
"""Weight of a unit of money by which a soft rule of a priority is relaxed."""

STAGES = ("relaxation", "contribution", "rep stretch", "cell stretch", "evenness")
"""Least weighted relaxation of soft rules; greatest contribution; least distance of a rep's stretch from the mean;
least distance of a cell's stretch from its rep's; least sum of all such distances in money."""

HOLD = (1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)
"""Relative tolerances with which a stage's value is held in the stages after it; a wider one is taken only from the
stage on where the solver's own tolerance does not let it find the optimum again: where relaxations are large and
potentials small, a hold of 1e-10 moves the stretches in their sixth digit."""

_FREE = (-math.inf, math.inf)

_SIGNS = {"contribution": -1.0}
"""All objectives are made least; the contribution is made greatest."""


@dataclass(frozen=True)
class Solution:
    """Values of the stages solved, in the model's unit of money, and of all columns at the last one."""

    stages: tuple[float, ...]
    values: Floats

    @property
    def relaxation(self) -> float:
        """Priority-weighted relaxation."""
        return self.stages[0]

    @property
    def contribution(self) -> float:
        """Expected contribution."""
        return self.stages[1]


class StagedModel:
    """A live model with a row for each stage's objective, idle until the stage is reached."""

    def __init__(self, model: Model, further: Mapping[str, Mapping[LpVariable, float]] | None = None) -> None:
        """Load the model and prepare the stages; ``further`` ones, made least too, come after the contribution."""
        self.model = model
        self.live = LiveModel(model.problem, model.data.plan.solver.seconds_per_solve)
        terms = dict(zip(STAGES, objectives(model), strict=True)) | dict(further or {})
        self.stages = (*STAGES[:2], *(further or {}), *STAGES[2:])
        self._costs = [self.live.costs(terms[name]) for name in self.stages]
        self._hold = [self.live.add_row(-math.inf, math.inf, costs) for costs in self._costs]
        self._aims = {n: self.live.row(f"spend_distance_{n}") for n in model.variables.spend_above}
        self._potential = rep_potential(model.data)
        lines = fixing_lines(model.data)
        is_decided = lines.keys() >= set(model.data.reps)
        self._fixing = [self.live.row(f"rule_{lines[rep][0]}") for rep in model.data.reps] if is_decided else []
        self._bases: dict[str, HighsBasis] = {}

    def solve(self, last: str = STAGES[-1]) -> Solution:
        """Solve the stages up to ``last``, each at the optimum of those before; Infeasible where there is none."""
        asked = self.stages[: self.stages.index(last) + 1]
        reached: list[float] = []
        holds = iter(HOLD)
        hold = next(holds)
        try:
            for name, costs in zip(asked, self._costs, strict=False):
                if name == "rep stretch" != last and (decided := self._decided_stretch()) is not None:
                    reached.append(decided)
                    continue
                if name == "evenness":
                    self._aim_at_even_budget(self.live.values())
                if name in self._bases:  # where the stage first ended: few steps away from where it ends now
                    self.live.start_from(self._bases[name])
                while True:
                    self._keep(reached, hold)
                    try:
                        value = self.live.minimise(costs)
                        break
                    except (Infeasible, Unproven):
                        if not reached:
                            raise
                        hold = next(holds, math.inf)
                    if hold == math.inf:
                        raise SolverFailed(f"HiGHS lost the optimum of the stages before stage {name!r}")
                reached.append(value)
                self._bases.setdefault(name, self.live.basis())
            values = self.live.values()
        finally:
            self._let_go()
        found = zip(asked, reached, strict=True)
        return Solution(tuple(_SIGNS.get(name, 1.0) * value for name, value in found), values)

    def _decided_stretch(self) -> float | None:
        """The stage "rep stretch" where rows fix every rep's quota, so that there is nothing to solve; else None.

        z = max_s |t[s] ÷ P[s] − t ÷ P|.
        """
        bounds = [self.live.bounds_of(row) for row in self._fixing]
        if not bounds or any(lower != upper for lower, upper in bounds):
            return None
        quotas = np.array([lower for lower, _ in bounds])
        return float(np.max(np.abs(quotas / self._potential - quotas.sum() / self._potential.sum())))

    def _let_go(self) -> None:
        """The model as it was stated: no stage held, no aims; else the next start would be far from its end."""
        for row in self._hold:
            if self.live.bounds_of(row) != _FREE:
                self.live.set_bounds(row, *_FREE)
        for row in self._aims.values():
            self.live.set_bounds(row, 0.0, 0.0)

    def _keep(self, reached: Sequence[float], hold: float) -> None:
        """Stages before stay within a relative tolerance of what they reached."""
        for row, value in zip(self._hold, reached, strict=False):
            most = value + hold * max(1.0, abs(value))
            if self.live.bounds_of(row) != (-math.inf, most):
                self.live.set_bounds(row, -math.inf, most)

    def resolve(self, change: Change, last: str = STAGES[-1]) -> Solution | None:
        """The stages of the changed model, which is left as it was; None where the change leaves nothing feasible."""
        with self.live.changed(change):
            try:
                return self.solve(last)
            except Infeasible:
                return None

    @contextmanager
    def held(self, values: Mapping[str, float]) -> Iterator[None]:
        """The live model with stages kept at least as good as the given values, for an objective of one's own."""
        rows = {self._hold[self.stages.index(name)]: _SIGNS.get(name, 1.0) * value for name, value in values.items()}
        try:
            for row, most in rows.items():
                self.live.set_bounds(row, -math.inf, most)
            yield
        finally:
            for row in rows:
                self.live.set_bounds(row, -math.inf, math.inf)

    def costs(self, stage: str) -> Floats:
        """What a stage makes least, as a vector over the columns."""
        return self._costs[self.stages.index(stage)]

    def add_sum(self, variables: Iterable[LpVariable]) -> int:
        """A row that watches a sum and binds nothing until it is given bounds; its position."""
        self._bases.clear()  # they have a row too few
        return self.live.add_row(-math.inf, math.inf, self.live.costs(dict.fromkeys(variables, 1.0)))

    def value(self, variable: LpVariable, values: Floats) -> float:
        """Value of a variable, not below zero by a rounding error."""
        return max(float(values[self.live.column(variable)]), 0.0)

    def _aim_at_even_budget(self, values: Floats) -> None:
        """Money without a response is aimed at its pool's totals by region and by activity, as they have come out."""
        v, data = self.model.variables, self.model.data
        amounts = {
            (data.segments[n].region, data.segments[n].activity): self.value(v.spend[n], values) for n in v.spend_above
        }
        aims = even_split(data, amounts)
        for number, row in self._aims.items():
            aim = aims[data.segments[number].region, data.segments[number].activity]
            self.live.set_bounds(row, aim, aim)


def objectives(model: Model) -> list[Mapping[LpVariable, float]]:
    """What each stage makes least."""
    v, data = model.variables, model.data
    gain = contribution(data, v)
    distances = [v.rep_above, v.rep_below, v.quota_above, v.quota_below, v.expected_above, v.expected_below]
    distances += [list(v.spend_above.values()), list(v.spend_below.values())]
    return [
        relaxation(data, v.lacking) | relaxation(data, v.exceeding),
        {variable: -rate for variable, rate in gain.items()},
        {v.rep_stretch: 1.0},
        {v.cell_stretch: 1.0},
        {variable: 1.0 for part in distances for variable in part},
    ]


def relaxation(data: AllocationData, slacks: Mapping[int, LpVariable]) -> dict[LpVariable, float]:
    """Relaxations of soft rules, weighted by priority."""
    return {variable: PRIORITY_WEIGHTS[data.lines[number].rule.priority] for number, variable in slacks.items()}
