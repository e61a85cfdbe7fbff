"""Monthly re-allocation: money that is left moves to where it has returned more, and never much at a time (M3, M6).

The simulation calls this at the end of a month through a function that a study hands it; nothing here knows the
simulation. A linear program over the weeks that are left, c[r,a] being what the allocation still has for a place:

    greatest Σ ROI[r,a] · f[k] · b[r,a,k]      f the effect of a response's band as a share of its first band's
    Σ_k b[r,a,k] + over[r,a] = c[r,a] + in − out
    Σ_pool in = Σ_pool out ≤ limit · Σ_pool c
    b[r,a,k] ≤ what spending has left of the band, and no more than the weeks left of the activity hold at an even pace
    the plan's rules over budget, on spent + b: kept as far as they can be kept, hard rules before soft ones
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from pulp import LpAffineExpression, LpConstraint, LpMinimize, LpProblem, LpVariable

from optimizer.live import Change, Floats, LiveModel
from optimizer.row import total
from optimizer.selection import BudgetKey, Key, RuleLine, spell_out, universe, with_budget
from optimizer.stages import PRIORITY_WEIGHTS
from scenarios.allocation import Allocation, BudgetCell
from scenarios.errors import UsageError
from scenarios.expectations import measure_costs, responses_in
from scenarios.plan import Plan

__all__ = ["Reallocation", "Reallocator", "reallocate"]

Money: TypeAlias = Mapping[BudgetKey, float]
Terms: TypeAlias = dict[LpVariable, float]

_SENSES = {"<=": -1, "=": 0, ">=": 1}
_HARD_WEIGHT = 10_000.0
_STAYS = 1e-6
"""Cost of moving a unit of money: of moves that return the same, none is made."""
_NOTHING = 1e-9
"""Share of all money left below which an amount is a rounding error of the solver."""


@dataclass(frozen=True)
class Reallocation:
    """Money for the weeks that are left."""

    budget: tuple[BudgetCell, ...]
    moved: float
    """Money that changed its place."""
    gain: float
    """What the estimates promise of the move: Σ ROI · f · b after less before."""
    broken: tuple[str, ...]
    """Rules over budget that spending so far, or the limit of moves, leaves unkept."""

    @property
    def amount(self) -> dict[BudgetKey, float]:
        """Money by (region, activity)."""
        return {(cell.region, cell.activity): cell.amount for cell in self.budget}


@dataclass(frozen=True, slots=True)
class _Place:
    """A region and activity whose money may move."""

    cell: BudgetKey
    pool: str
    bands: tuple[LpVariable, ...]
    over: LpVariable
    """Money that no band takes: it stays, and returns nothing."""
    into: LpVariable
    out: LpVariable
    widths: tuple[float, ...]
    """Money that each band takes in a quarter; infinite where the activity has no response."""
    effects: tuple[float, ...]
    weeks: tuple[int, int]
    """First and last week of the activity."""

    @property
    def parts(self) -> tuple[LpVariable, ...]:
        """Variables that add up to the place's money."""
        return (*self.bands, self.over)


def reallocate(
    plan: Plan, allocation: Allocation, spent: Money, roi: Money, weeks_left: float, move_limit: float = 0.1
) -> Reallocation:
    """Move what is left of the budget by estimated returns; see the module's formula. Rules M3, M6.

    ``spent`` is money by (region, activity) so far, ``roi`` the money earned per money spent there as now believed; a
    place without an estimate keeps its money and gets none. Pools that are not paid as spent do not move.
    """
    return Reallocator(plan, allocation, move_limit)(spent, roi, weeks_left)


class Reallocator:
    """Re-allocations of one plan and allocation: stated once, so that each of many quarters only changes figures."""

    def __init__(self, plan: Plan, allocation: Allocation, move_limit: float = 0.1) -> None:
        """State the program; UsageError where the limit is no share."""
        if not 0 <= move_limit <= 1:
            raise UsageError(f"{move_limit:g} of the money moved a month is no share between 0 and 1")
        self._plan, self._limit = plan, move_limit
        cells = with_budget(universe(plan), allocation.amount)
        self._planned = dict.fromkeys(cells.budget, 0.0) | dict(allocation.amount)
        self._problem = LpProblem("reallocation", LpMinimize)
        self._pools = {pool.id: pool.amount for pool in plan.money.pools if pool.paid == "as_spent"}
        movable = [cell for cell in cells.budget if plan.activity[cell[1]].pool in self._pools]
        self._places = {cell: self._place(number, cell) for number, cell in enumerate(movable)}
        self._lines = [line for line in spell_out(plan, cells) if self._concerns(line)]
        self._slacks: list[tuple[LpVariable, LpVariable]] = []
        self._state()
        self._problem.setObjective(LpAffineExpression(self._slack_weights()))
        self._live = LiveModel(self._problem, plan.solver.seconds_per_solve)
        self._weights = self._live.costs(self._slack_weights())
        self._hold = self._live.add_row(-math.inf, math.inf, self._weights)
        self._live.minimise(self._weights)
        self._start = self._live.basis()

    def __call__(self, spent: Money, roi: Money, weeks_left: float, left: Money | None = None) -> Reallocation:
        """Money for the weeks that are left.

        ``left`` is what the places still have where money has moved before; else it is the allocation's, less what is
        spent.
        """
        left = self._left(spent, left)
        unit = max(sum(left.values()), 1.0)
        costs = np.full(self._live.width, 0.0)
        columns: list[int] = []
        upper: list[float] = []
        for cell, place in self._places.items():
            known = roi.get(cell)
            for band, room, effect in zip(
                place.bands, self._rooms(place, spent.get(cell, 0.0), weeks_left), place.effects, strict=True
            ):
                costs[self._live.column(band)] = -(known or 0.0) * effect
                columns.append(self._live.column(band))
                upper.append(room / unit)
            for move, most in ((place.into, math.inf), (place.out, left[cell] / unit)):
                costs[self._live.column(move)] = _STAYS
                columns.append(self._live.column(move))
                upper.append(most if known is not None else 0.0)
        where = np.array(columns, dtype=np.int32)
        self._live.start_from(self._start)  # whatever was asked before, the same question has the same answer
        with (
            self._live.within(where, np.zeros(len(where)), np.array(upper)),
            self._live.changed(Change(self._bounds(left, spent, unit))),
        ):
            self._live.forget()
            least = self._live.minimise(self._weights)
            self._live.set_bounds(self._hold, -math.inf, least + _NOTHING * max(least, 1.0))
            try:
                self._live.minimise(costs)
                values = self._live.values()
            finally:
                self._live.set_bounds(self._hold, -math.inf, math.inf)
        return self._answer(left, spent, roi, weeks_left, values * unit)

    def _place(self, number: int, cell: BudgetKey) -> _Place:
        activity = self._plan.activity[cell[1]]
        responses = responses_in(activity, self._plan.region[cell[0]])
        ends = [0.0, *(response.up_to_units * activity.unit_cost for response in responses)]
        widths = [after - before for before, after in pairwise(ends)] or [math.inf]
        first = responses[0].effect if responses and responses[0].effect > 0 else 1.0

        def new(name: str) -> LpVariable:
            return self._problem.add_variable(f"{name}_{number}", lowBound=0)

        return _Place(
            cell=cell,
            pool=activity.pool,
            bands=tuple(new(f"band{k}") for k in range(len(widths))),
            over=new("over"),
            into=new("in"),
            out=new("out"),
            widths=tuple(widths),
            effects=tuple(response.effect / first for response in responses) or (1.0,),
            weeks=(activity.from_week, activity.to_week or self._plan.calendar.weeks),
        )

    def _concerns(self, line: RuleLine) -> bool:
        over = {line.rule.left.over, line.right_over} if line.fixed is None else {line.rule.left.over}
        return over == {"budget"} and any(cell in self._places for cell in (*line.left, *line.right))

    def _state(self) -> None:
        for number, place in enumerate(self._places.values()):
            self._add(f"balance_{number}", {**total(place.parts), place.into: -1.0, place.out: 1.0}, "=")
        for number, pool in enumerate(self._pools):
            places = [place for place in self._places.values() if place.pool == pool]
            into, out = total(place.into for place in places), {place.out: -1.0 for place in places}
            if places:
                self._add(f"even_{number}", into | out, "=")
                self._add(f"limit_{number}", into, "<=")
        for number, line in enumerate(self._lines):
            lacking, exceeding = (
                self._problem.add_variable(f"{way}_{number}", lowBound=0) for way in ("lacking", "exceeding")
            )
            self._slacks.append((lacking, exceeding))
            terms: Terms = {lacking: 1.0, exceeding: -1.0}
            for cells, factor in ((line.left, 1.0), (line.right, -line.ratio)):
                for place in (self._places[cell] for cell in cells if cell in self._places):
                    for part in place.parts:
                        terms[part] = terms.get(part, 0.0) + factor
            self._add(f"rule_{number}", terms, line.rule.sense)

    def _add(self, name: str, terms: Terms, sense: str) -> None:
        self._problem.addConstraint(LpConstraint(LpAffineExpression(terms), _SENSES[sense], name, 0.0))

    def _slack_weights(self) -> Terms:
        """A rule lacks or exceeds only on the side that its sense forbids, so both slacks may cost the same."""
        weights: Terms = {}
        for line, pair in zip(self._lines, self._slacks, strict=True):
            weight = _HARD_WEIGHT if line.rule.firmness == "hard" else PRIORITY_WEIGHTS[line.rule.priority]
            weights |= dict.fromkeys(pair, weight)
        return weights

    def _left(self, spent: Money, given: Money | None) -> dict[BudgetKey, float]:
        """Money that is left by place; where other places have spent too much, all of their pool have less."""
        if given is None:
            given = {cell: self._planned[cell] - spent.get(cell, 0.0) for cell in self._places}
        left = {cell: max(given.get(cell, 0.0), 0.0) for cell in self._places}
        for pool, amount in self._pools.items():
            cells = [cell for cell, place in self._places.items() if place.pool == pool]
            there = max(amount - measure_costs(self._plan, pool) - sum(spent.get(cell, 0.0) for cell in cells), 0.0)
            asked = sum(left[cell] for cell in cells)
            if asked > there:
                left.update({cell: left[cell] * there / asked for cell in cells})
        return left

    def _rooms(self, place: _Place, spent: float, weeks_left: float) -> list[float]:
        """Money that each band still takes: what spending has not used, at most an even pace over its weeks."""
        first, last = place.weeks
        now = self._plan.calendar.weeks - weeks_left
        pace = min(max((last - max(now, first - 1)) / (last - first + 1), 0.0), 1.0)
        rooms = []
        for width in place.widths:
            used = min(spent, width)
            spent -= used
            rooms.append(min(width - used, width * pace) if pace > 0 else 0.0)
        return rooms

    def _bounds(self, left: Money, spent: Money, unit: float) -> dict[int, tuple[float, float]]:
        live = self._live
        bounds = {}
        for number, cell in enumerate(self._places):
            bounds[live.row(f"balance_{number}")] = (left[cell] / unit,) * 2
        for number, pool in enumerate(self._pools):
            cells = [cell for cell, place in self._places.items() if place.pool == pool]
            if cells:
                most = self._limit * sum(left[cell] for cell in cells) / unit
                bounds[live.row(f"limit_{number}")] = (-math.inf, most)
        for number, line in enumerate(self._lines):
            done = self._done(line.left, spent) - line.ratio * self._done(line.right, spent)
            bound = (line.ratio * (line.fixed or 0.0) - done) / unit
            sense = line.rule.sense
            bounds[live.row(f"rule_{number}")] = (
                -math.inf if sense == "<=" else bound,
                math.inf if sense == ">=" else bound,
            )
        return bounds

    def _done(self, cells: Sequence[Key], spent: Money) -> float:
        """Money already spent in places that move, and planned in those that do not."""
        amounts = dict(spent) | {cell: amount for cell, amount in self._planned.items() if cell not in self._places}
        return sum(amounts.get((cell[0], cell[1]), 0.0) for cell in cells)

    def _answer(self, left: Money, spent: Money, roi: Money, weeks_left: float, values: Floats) -> Reallocation:
        nothing = _NOTHING * max(sum(left.values()), 1.0)

        def money(variables: Sequence[LpVariable]) -> float:
            amount = float(sum(values[self._live.column(variable)] for variable in variables))
            return amount if amount > nothing else 0.0

        budget = {cell: money(place.parts) for cell, place in self._places.items()}
        gain = sum(
            known
            * (self._worth(place, budget[cell], spent, weeks_left) - self._worth(place, left[cell], spent, weeks_left))
            for cell, place in self._places.items()
            if (known := roi.get(cell)) is not None
        )
        stay = {cell: max(self._planned[cell] - spent.get(cell, 0.0), 0.0) for cell in self._planned}
        broken = {
            line.rule.id for line, pair in zip(self._lines, self._slacks, strict=True) if money(pair) > 1e3 * nothing
        }
        return Reallocation(
            budget=tuple(BudgetCell(*cell, amount) for cell, amount in sorted((stay | budget).items())),
            moved=money([place.into for place in self._places.values()]),
            gain=gain,
            broken=tuple(sorted(broken)),
        )

    def _worth(self, place: _Place, amount: float, spent: Money, weeks_left: float) -> float:
        """Money of the first band that an amount is worth, bands filled in order."""
        worth = 0.0
        rooms = self._rooms(place, spent.get(place.cell, 0.0), weeks_left)
        for room, effect in zip(rooms, place.effects, strict=True):
            taken = min(amount, room)
            amount -= taken
            worth += taken * effect
        return worth
