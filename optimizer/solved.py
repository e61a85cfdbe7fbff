"""A plan solved and still live: what every further question about it starts from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pulp import LpVariable

from optimizer.alike import alike_reps
from optimizer.correcting import Correction, corrected
from optimizer.data import AllocationData, prepare
from optimizer.infeasibility import explain_conflict
from optimizer.live import Floats, Infeasible
from optimizer.model import LEAST, Model, state
from optimizer.selection import QuotaKey
from optimizer.stages import Solution, StagedModel
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from scenarios.rules import Ratio

__all__ = ["Amounts", "Further", "Solved", "solve"]

Further = Callable[[Model], Mapping[str, Mapping[LpVariable, float]]]
"""States further variables and rows in PuLP, and names the stages (objectives, made least) they add."""


@dataclass(frozen=True)
class Amounts:
    """Quotas and expected sales by quota cell and spend by budget cell, in the plan's currency."""

    data: AllocationData
    quota: Floats
    expected: Floats
    spend: Floats

    @property
    def expected_of(self) -> dict[QuotaKey, float]:
        """Expected sales by (product, region, rep)."""
        return dict(zip(self.data.cells.quota, self.expected.tolist(), strict=True))

    def allocation(self, name: str) -> Allocation:
        """The decisions."""
        quotas = zip(self.data.cells.quota, self.quota.tolist(), strict=True)
        budget = zip(self.data.cells.budget, self.spend.tolist(), strict=True)
        return Allocation(
            name=name,
            quotas=tuple(QuotaCell(*key, amount) for key, amount in quotas),
            budget=tuple(BudgetCell(*key, amount) for key, amount in budget),
        )

    def contribution(self) -> float:
        """Σ (margin − fee − bonus) · y − Σ x of pools paid as spent."""
        row = [self.data.product_number[p] for p, _, _ in self.data.cells.quota]
        column = [self.data.region_number[r] for _, r, _ in self.data.cells.quota]
        earned = float(self.data.contribution_rate[row, column] @ self.expected)
        is_cost = {(s.region, s.activity): s.is_cost for s in self.data.segments}
        return earned - float(sum(x for key, x in zip(self.data.cells.budget, self.spend, strict=True) if is_cost[key]))


@dataclass(frozen=True)
class Solved:
    """A plan, its live model and its solution."""

    data: AllocationData
    """In the plan's currency; the live model has a unit of money of its own."""
    staged: StagedModel
    solution: Solution
    keeps_unlike: bool = False
    """Whether alike reps keep unlike amounts, as where a previous allocation tells them apart."""

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.data.plan

    @property
    def money(self) -> float:
        """The live model's unit of money."""
        return self.staged.model.data.money

    def stage(self, name: str, solution: Solution | None = None) -> float:
        """Value of a stage, in the live model's units."""
        return (solution or self.solution).stages[self.staged.stages.index(name)]

    def amounts(self, values: Floats | None = None) -> Amounts:
        """What values of the columns, the solution's unless others are given, mean; alike reps get the mean."""
        found = self.solution.values if values is None else values
        quota, expected, spend = (found[columns] for columns in (self.quotas, self.expected, self.segments))
        by_cell = np.zeros(len(self.data.cells.budget))
        np.add.at(by_cell, self.cell_of_segment, np.maximum(spend, 0.0))
        quota, expected, spend = (self._money(amounts) for amounts in (quota, expected, by_cell))
        if not self.keeps_unlike:
            quota, expected = (_with_means(amounts, self._alike) for amounts in (quota, expected))
        return Amounts(self.data, quota, expected, spend)

    def with_answer(self, data: AllocationData, solution: Solution) -> Solved:
        """The same live model with the answer to a change of its rules; what does not depend on rules is kept."""
        answer = Solved(data, self.staged, solution, self.keeps_unlike)
        kept = ("quotas", "expected", "segments", "cell_of_segment")
        answer.__dict__.update({name: getattr(self, name) for name in kept})
        if not any(isinstance(line.rule.ratio, Ratio) and line.rule.ratio.by == "rep" for line in data.lines):
            answer.__dict__["_alike"] = self._alike
        return answer

    @cached_property
    def quotas(self) -> npt.NDArray[np.int32]:
        """Columns of the quotas, by quota cell."""
        return self._columns(self.staged.model.variables.quota)

    @cached_property
    def expected(self) -> npt.NDArray[np.int32]:
        """Columns of the expected sales, by quota cell."""
        return self._columns(self.staged.model.variables.expected)

    @cached_property
    def segments(self) -> npt.NDArray[np.int32]:
        """Columns of the spend, by segment."""
        return self._columns(self.staged.model.variables.spend)

    @cached_property
    def cell_of_segment(self) -> npt.NDArray[np.int32]:
        """Number of the budget cell that each segment belongs to."""
        number = {cell: n for n, cell in enumerate(self.data.cells.budget)}
        return np.array([number[s.region, s.activity] for s in self.data.segments], dtype=np.int32)

    @cached_property
    def _alike(self) -> list[npt.NDArray[np.int32]]:
        """By group of alike reps, a row of quota cells for each rep."""
        cells: dict[str, list[int]] = {rep: [] for rep in self.data.reps}
        for number, (_, _, rep) in enumerate(self.data.cells.quota):
            cells[rep].append(number)
        return [np.array([cells[rep] for rep in group], dtype=np.int32) for group in alike_reps(self.data)]

    def _columns(self, variables: Iterable[LpVariable]) -> npt.NDArray[np.int32]:
        return np.array([self.staged.live.column(variable) for variable in variables], dtype=np.int32)

    def _money(self, amounts: Floats) -> Floats:
        return np.where(amounts > LEAST * self.staged.model.data.target, amounts * self.money, 0.0)


def solve(
    plan: Plan, further: Further | None = None, repairs: bool = True, correction: Correction | None = None
) -> Solved:
    """The plan's linear program, stated and solved through all stages.

    Raises NoFeasibleAllocation with a smallest conflict and, unless not wanted, with repairs; SolverFailed where no
    answer is proven.
    """
    data = prepare(plan) if correction is None else corrected(prepare(plan), correction)
    model = state(data)
    staged = StagedModel(model, further(model) if further else None)
    try:
        return Solved(data, staged, staged.solve(), keeps_unlike=further is not None)
    except Infeasible:
        raise explain_conflict(model, staged.live, repairs) from None


def _with_means(amounts: Floats, groups: Iterable[npt.NDArray[np.int32]]) -> Floats:
    """Amounts with those of alike reps replaced by their mean, cell by cell."""
    result = amounts.copy()
    for cells in groups:
        result[cells] = amounts[cells].mean(axis=0)
    return result
