"""A linear program that lives in HiGHS: PuLP states it once, from then on it is changed and solved in place.

The only place that knows where a PuLP variable or row stands in HiGHS, and the only one that believes the solver.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
import pulp

from scenarios.errors import SolverFailed
from scenarios.plan import Solver

__all__ = ["SECONDS_PER_SOLVE", "Change", "Infeasible", "LiveModel", "OutOfTime", "Unbounded", "Unproven"]

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-9
"""Feasibility and optimality tolerance of the solver, in the unit of money."""

SECONDS_PER_SOLVE = Solver().seconds_per_solve
_LARGEST = 1e15
"""Figures that HiGHS takes for none (its option large_matrix_value)."""
_DEVEX = 1
_LIMITS = {
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kInterrupt,
}


class Infeasible(Exception):
    """The rows contradict each other; a normal outcome, to be explained by whoever asked."""


class Unbounded(SolverFailed):
    """Nothing in the rows keeps the costs from falling without end."""


class Unproven(SolverFailed):
    """The solver stopped, and what it holds misses its own tolerances."""


class OutOfTime(SolverFailed):
    """The time of one solve is used up."""


@dataclass(frozen=True)
class Change:
    """A change of the live model: new bounds of rows, new coefficients."""

    bounds: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    """Row → lower and upper bound."""
    coefficients: Mapping[tuple[int, int], float] = field(default_factory=dict)
    """(row, column) → coefficient."""


class LiveModel:
    """A model in HiGHS, with its basis kept from one solve to the next."""

    def __init__(self, problem: pulp.LpProblem, seconds_per_solve: float = SECONDS_PER_SOLVE) -> None:
        """Load what PuLP states and map names to positions, once; SolverFailed where HiGHS takes not all of it."""
        self._seconds = seconds_per_solve
        solver = pulp.HiGHS(msg=False)
        solver.createAndConfigureSolver(problem)
        solver.buildSolverModel(problem)
        self._highs: highspy.Highs = problem.solverModel
        variables, rows = problem.variables(), problem.constraints()
        self._column = {variable.name: number for number, variable in enumerate(variables)}
        self._row = {row.name: number for number, row in enumerate(rows)}
        if any(variable.index != number for number, variable in enumerate(variables)):
            raise AssertionError("PuLP loaded its variables in another order than it lists them")
        if (len(self._column), len(self._row)) != (len(variables), len(rows)):
            raise AssertionError("variables or rows share a name")
        found = int(self._highs.getNumCol()), int(self._highs.getNumRow())
        if found != (len(variables), len(rows)):
            raise SolverFailed(_refused(rows, found))
        for option, value in (
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
            ("solver", "simplex"),
            ("parallel", "off"),
        ):
            self._highs.setOptionValue(option, value)
        lp = self._highs.getLp()
        self._bounds = list(zip(lp.row_lower_, lp.row_upper_, strict=True))
        self._costs = np.asarray(lp.col_cost_, dtype=float)

    @property
    def version(self) -> str:
        """Version of HiGHS."""
        return str(self._highs.version())

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self._highs.getNumCol())

    @property
    def nonzeros(self) -> int:
        """Number of coefficients of all rows."""
        return int(self._highs.getNumNz())

    @property
    def lp(self) -> highspy.HighsLp:
        """The program as it now is in HiGHS, for another instance to solve."""
        return self._highs.getLp()

    def column(self, variable: pulp.LpVariable) -> int:
        """Position of a variable."""
        return self._column[variable.name]

    def row(self, name: str) -> int:
        """Position of a row."""
        return self._row[name]

    def bounds_of(self, row: int) -> tuple[float, float]:
        """Lower and upper bound of a row."""
        return self._bounds[row]

    def coefficients(self, row: int) -> Floats:
        """Coefficients of a row, one for each column."""
        _, columns, factors = self._highs.getRowEntries(row)
        dense = np.zeros(self.width)
        dense[columns] = factors
        return dense

    def costs(self, terms: Mapping[pulp.LpVariable, float]) -> Floats:
        """An objective as a vector over the columns."""
        costs = np.zeros(self.width)
        for variable, factor in terms.items():
            costs[self.column(variable)] += factor
        return costs

    def add_row(self, lower: float, upper: float, factors: Floats) -> int:
        """Add a row, given by a factor for each column; its position."""
        columns = np.flatnonzero(factors).astype(np.int32)
        self._highs.addRow(lower, upper, len(columns), columns, factors[columns])
        self._bounds.append((lower, upper))
        return len(self._bounds) - 1

    def set_bounds(self, row: int, lower: float, upper: float) -> None:
        """Change the bounds of a row."""
        self._highs.changeRowBounds(row, lower, upper)
        self._bounds[row] = (lower, upper)

    @contextmanager
    def within(self, columns: npt.NDArray[np.int32], lower: Floats, upper: Floats) -> Iterator[None]:
        """The model with other bounds of some columns, undone afterwards."""
        lp = self._highs.getLp()
        before = np.asarray(lp.col_lower_)[columns], np.asarray(lp.col_upper_)[columns]
        try:
            self._highs.changeColsBounds(len(columns), columns, lower, upper)
            yield
        finally:
            self._highs.changeColsBounds(len(columns), columns, *before)

    def forget(self) -> None:
        """Start the next solve from nothing, so that its answer does not depend on what was solved before."""
        self._highs.clearSolver()

    def basis(self) -> highspy.HighsBasis:
        """The basis of the last solve, to start another one from."""
        return self._highs.getBasis()

    def start_from(self, basis: highspy.HighsBasis) -> None:
        """Take a basis of this model as the start of the next solve.

        From there on with Devex weights: exact ones cost more to begin with than the few steps that are left.
        """
        self._highs.setOptionValue("simplex_dual_edge_weight_strategy", _DEVEX)
        self._highs.setBasis(basis)

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """The model with a change, undone afterwards."""
        bounds = {row: self._bounds[row] for row in change.bounds}
        rows = {row: self.coefficients(row) for row in {row for row, _ in change.coefficients}}
        before = {(row, column): float(rows[row][column]) for row, column in change.coefficients}
        try:
            self._apply(change)
            yield
        finally:
            self._apply(Change(bounds, before))

    @contextmanager
    def extra_column(self, factors: Mapping[int, float], lower: float = 0.0) -> Iterator[int]:
        """The model with one more column, given by its factors in some rows; gone afterwards."""
        place, rows = self.width, np.array(list(factors), dtype=np.int32)
        self._highs.addCol(0.0, lower, math.inf, len(rows), rows, np.array(list(factors.values()), dtype=float))
        self._costs = np.append(self._costs, 0.0)
        try:
            yield place
        finally:
            self._highs.deleteCols(1, np.array([place], dtype=np.int32))
            self._costs = np.delete(self._costs, place)

    def lift(self, rows: Iterable[int]) -> Change:
        """The change that takes rows' bounds away."""
        return Change(dict.fromkeys(rows, (-math.inf, math.inf)))

    def minimise(self, costs: Floats) -> float:
        """Solve for the least cost and return it; Infeasible, Unbounded, or SolverFailed without a proven answer.

        Where the way from the last basis ends a hair outside the tolerances, it is solved once more from the start.
        """
        if not self.width:
            return 0.0  # HiGHS has a status of its own for nothing to decide
        self._set_costs(costs)
        try:
            return self._run(costs)
        except Unproven:
            self._highs.clearSolver()
            return self._run(costs)

    def _set_costs(self, costs: Floats) -> None:
        """Pass on the costs that differ: of the stages' objectives, most are zero before and after."""
        columns = np.flatnonzero(costs != self._costs).astype(np.int32)
        if len(columns):
            self._highs.changeColsCost(len(columns), columns, costs[columns])
            self._costs = costs.copy()

    def _run(self, costs: Floats) -> float:
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._seconds)  # of all runs so far
        run = self._highs.run()
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Infeasible
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible and np.any(costs):
            self.minimise(np.zeros(len(costs)))  # with nothing to gain, only a contradiction is left to find
            self._set_costs(costs)
            status = highspy.HighsModelStatus.kUnbounded
        if status == highspy.HighsModelStatus.kUnbounded:
            raise Unbounded(
                "There is no best answer: HiGHS calls the program unbounded, as something that brings a gain is "
                "limited by no rule, pool, demand or hours. Give the rules over it a bound, or enable them again"
            )
        if status in _LIMITS:
            raise OutOfTime(
                f"HiGHS had no proven optimum after {self._seconds:g} seconds, so there is no answer. Allow it more "
                f"with --set solver.seconds_per_solve={2 * self._seconds:g}, or make the plan smaller: fewer products, "
                "regions, reps or rules for each cell"
            )
        feasible = int(highspy.SolutionStatus.kSolutionStatusFeasible)
        proven = (
            run == highspy.HighsStatus.kOk
            and status == highspy.HighsModelStatus.kOptimal
            and info.primal_solution_status == feasible
            and info.dual_solution_status == feasible
            and math.isfinite(info.objective_function_value)
        )
        if not proven:
            word = self._highs.modelStatusToString(status)
            raise Unproven(
                f"HiGHS gave no proven optimum, so there is no answer; its status is {word!r}. Look for figures that "
                "are very large or very small beside the others, and for rules that say nearly the same"
            )
        return float(info.objective_function_value)

    def is_feasible(self) -> bool:
        """Whether the rows can be satisfied together."""
        try:
            self.minimise(np.zeros(self.width))
        except Infeasible:
            return False
        return True

    def values(self) -> Floats:
        """Values of all columns at the last optimum."""
        return np.asarray(self._highs.getSolution().col_value, dtype=float)

    def _apply(self, change: Change) -> None:
        for row, (lower, upper) in change.bounds.items():
            self.set_bounds(row, lower, upper)
        for (row, column), value in change.coefficients.items():
            self._highs.changeCoeff(row, column, value)


def _refused(rows: Iterable[pulp.LpConstraint], found: tuple[int, int]) -> str:
    """Which rows HiGHS did not take, for figures that are no numbers to it."""
    names = [row.name for row in rows if any(not abs(factor) < _LARGEST for factor in [*row.values(), row.constant])]
    return (
        f"HiGHS took only {found[0]} columns and {found[1]} rows of the program, as figures in the rows "
        f"{', '.join(names[:5]) or '–'} lie too far from the others. Correct figures of the plan that are very large "
        "or very small beside the target"
    )
