"""Figures of a plan that a planner could move to mend a contradiction, and by how little each would have to move.

A lever is one figure (the ratio of a rule, an amount, the target, a rep's hours, a pool) and one direction. Its least
move is found by solving: one more column makes up what the lever's rows lack, and is made as small as the rest allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.hours import hours_there
from optimizer.live import Change, Floats, Infeasible, LiveModel, Unbounded
from optimizer.model import Model
from optimizer.prices import interval
from optimizer.rows import RuleRow, rule_row
from scenarios.cells import members
from scenarios.rules import Rule

__all__ = ["Lever", "levers"]

Kind = Literal["share", "multiple", "money", "target", "hours", "pool", "lock"]

_ROUNDS = 12
"""Steps of the search for a ratio of sums, which converges quadratically."""


@dataclass(frozen=True)
class Lever:
    """A figure that may fall (−1) or rise (+1)."""

    path: str
    """Where the plan has it."""
    kind: Kind
    about: str
    """Rule, lock, pool or rep."""
    now: float
    direction: int
    gradient: Mapping[int, float]
    """Row → change of its bound per unit of the extra column; the rows that moving the figure moves."""
    per_unit: Callable[[Floats], float]
    """Change of the figure per unit of the extra column, at a point."""
    worth: Callable[[Floats], float]
    """Money per unit of the figure, at a point."""
    change: Callable[[float], Change]
    """The live model's change at a value of the figure."""
    lacking: float = 0.0
    """Units of the figure that bring nothing yet: what other work takes of a rep beyond the hours there are."""
    is_exact: bool = True
    """Whether bounds are linear in the figure, so that one solve finds the least move."""
    floor: float = 0.0
    """Below it nobody would call it a repair."""
    per_quarter: float = 1.0
    """Of a figure per week, weeks that count."""

    def least(self, live: LiveModel) -> tuple[float, Floats] | None:
        """The nearest value of the figure with which the live model is feasible, and a point there.

        min δ: left + δ ≥ ratio · right (and so on) with all other rows as they are. Where right is a sum of cells, the
        ratio moves by δ ÷ right and the same is solved again from there (Dinkelbach). None where no move is enough.
        """
        found = self._solve(live, 0.0)
        if found is None:
            return None
        move, point = found
        figure = self.now + self.direction * (self.lacking + move * self.per_unit(point))
        for _ in range(0 if self.is_exact else _ROUNDS):
            if not math.isfinite(figure) or figure < self.floor:
                return None
            with live.changed(self.change(figure)):
                better = self._solve(live, -math.inf)
            if better is None:
                break
            move, point = better
            step = self.direction * move * self.per_unit(point)
            figure += step
            if abs(step) <= 1e-9:
                break
        return (figure, point) if math.isfinite(figure) and figure >= self.floor else None

    def _solve(self, live: LiveModel, lower: float) -> tuple[float, Floats] | None:
        factors = {row: -self.direction * g for row, g in self.gradient.items()}
        with live.extra_column(factors, lower) as place:
            costs = np.zeros(live.width)
            costs[place] = 1.0
            try:
                return live.minimise(costs), live.values()[:place]
            except (Infeasible, Unbounded):
                return None


def levers(model: Model, live: LiveModel, groups: Iterable[str]) -> Iterator[Lever]:
    """Levers that act on any of the groups of rows of a conflict."""
    groups = list(groups)
    for group in groups:
        kind, _, id_ = group.partition(":")
        if kind == "rule":
            yield from _of_rule(model, live, id_)
        elif kind == "lock":
            yield from _of_lock(model, live, id_)
        elif kind == "hours":
            yield from _of_hours(model, live, id_)
        elif kind == "pool":
            yield from _of_pool(model, live, id_)
    yield from _of_target(model, live, groups)


def _of_rule(model: Model, live: LiveModel, rule_id: str) -> Iterator[Lever]:
    numbers = [n for n, line in enumerate(model.data.lines) if line.rule.id == rule_id]
    rows = {n: rule_row(model.data, model.variables, n) for n in numbers}
    rule = model.data.lines[numbers[0]].rule
    directions = {">=": (-1,), "<=": (1,), "=": (-1, 1)}[rule.sense]
    if rule.amount is not None:
        for direction in directions:
            yield _amount_lever(model, live, rule, rows, direction)
    if isinstance(rule.ratio, float | int):
        if rule.amount is None:
            for direction in directions:
                yield _ratio_lever(model, live, rule, rows, f"rules.{rule_id}.ratio", float(rule.ratio), direction)
    elif rule.ratio.by is not None and not rule.ratio.normalised and rule.amount is None and rule.each != "cell":
        keys = {m: own.get(rule.ratio.by, "") for m, own in members(model.data.plan, str(rule.each)).items()}
        for key, value in sorted(rule.ratio.values.items()):
            of_key = {n: row for n, row in rows.items() if keys.get(row.line.member) == key}
            for direction in directions if of_key else ():
                path = f"rules.{rule_id}.ratio.values.{key}"
                yield _ratio_lever(model, live, rule, of_key, path, value, direction)


def _ratio_lever(
    model: Model, live: LiveModel, rule: Rule, rows: Mapping[int, RuleRow], path: str, now: float, direction: int
) -> Lever:
    places = {live.row(f"rule_{n}"): row for n, row in rows.items()}
    first = next(iter(rows.values()))
    columns = {variable: live.column(variable) for variable in first.right}
    is_fixed = not columns

    def right(point: Floats) -> float:
        return first.fixed if is_fixed else float(sum(factor * point[columns[v]] for v, factor in first.right.items()))

    def change(ratio: float) -> Change:
        bounds = {place: interval(rule.sense, row.bound(ratio)) for place, row in places.items()}
        terms = {place: row.terms(ratio) for place, row in places.items()}
        return Change(bounds, {(place, c): terms[place][v] for place in places for v, c in columns.items()})

    return Lever(
        path=path,
        kind="multiple" if rule.right == "target_per_head" or now > 1 else "share",
        about=rule.id if isinstance(rule.ratio, float | int) else f"{rule.id} ({path.rpartition('.')[2]})",
        now=now,
        direction=direction,
        gradient=dict.fromkeys(places, first.fixed if is_fixed else 1.0),
        per_unit=lambda point: 1.0 if is_fixed else 1 / right(point) if right(point) > 1e-9 else math.inf,
        worth=lambda point: right(point) * model.data.money * len(places),
        change=change,
        is_exact=is_fixed,
    )


def _amount_lever(model: Model, live: LiveModel, rule: Rule, rows: Mapping[int, RuleRow], direction: int) -> Lever:
    places = {live.row(f"rule_{n}"): row.line.ratio for n, row in rows.items()}
    unit, now = model.data.money, rule.amount or 0.0
    return Lever(
        path=f"rules.{rule.id}.amount",
        kind="money",
        about=rule.id,
        now=now,
        direction=direction,
        gradient=places,
        per_unit=lambda _: unit,
        worth=lambda _: sum(places.values()),
        change=lambda amount: Change({p: interval(rule.sense, ratio * amount / unit) for p, ratio in places.items()}),
    )


def _of_lock(model: Model, live: LiveModel, lock_id: str) -> Iterator[Lever]:
    row, unit = next(row for row in model.rows if row.group == f"lock:{lock_id}"), model.data.money
    place = live.row(row.name)
    for direction in (-1, 1):
        yield Lever(
            path=f"locks.{lock_id}.amount",
            kind="lock",
            about=lock_id,
            now=row.bound * unit,
            direction=direction,
            gradient={place: 1.0},
            per_unit=lambda _: unit,
            worth=lambda _: 1.0,
            change=lambda amount: Change({place: (amount / unit, amount / unit)}),
        )


def _of_hours(model: Model, live: LiveModel, rep: str) -> Iterator[Lever]:
    """Weekly hours of a rep, whose hours in the quarter follow them."""
    data, row = model.data, model.data.plan.rep[rep]
    place, there = live.row(f"hours_{data.rep_number[rep]}"), float(data.hours[data.rep_number[rep]])
    more = tuple(
        r.model_copy(update={"hours_per_week": r.hours_per_week + 1}) if r.id == rep else r for r in data.plan.reps
    )
    weeks = hours_there(data.plan.model_copy(update={"reps": more}))[rep] - there
    if weeks <= 0:
        return
    pairs = [(data.product_number[p], data.region_number[r]) for p, r, s in data.cells.quota if s == rep]
    per_money = [h for pair in pairs if (h := float(data.hours_per_money[pair])) > 0]
    money_per_hour = data.money / (sum(per_money) / len(per_money)) if per_money else 0.0
    yield Lever(
        path=f"reps.{rep}.hours_per_week",
        kind="hours",
        about=rep,
        now=row.hours_per_week,
        direction=1,
        gradient={place: 1.0},
        per_unit=lambda _: 1 / weeks,
        worth=lambda _: money_per_hour * weeks,
        change=lambda hours: Change({place: (-math.inf, max(there + (hours - row.hours_per_week) * weeks, 0.0))}),
        lacking=max(-there, 0.0) / weeks,
        per_quarter=weeks,
    )


def _of_pool(model: Model, live: LiveModel, pool_id: str) -> Iterator[Lever]:
    unit = model.data.money
    row = next(row for row in model.rows if row.group == f"pool:{pool_id}")
    place, amount = live.row(row.name), next(p.amount for p in model.data.plan.money.pools if p.id == pool_id)
    taken = amount - row.bound * unit  # by measures
    yield Lever(
        path=f"money.pools.{pool_id}.amount",
        kind="pool",
        about=pool_id,
        now=amount,
        direction=1,
        gradient={place: 1.0},
        per_unit=lambda _: unit,
        worth=lambda _: 1.0,
        change=lambda amount: Change({place: (-math.inf, (amount - taken) / unit)}),
    )


def _of_target(model: Model, live: LiveModel, groups: Sequence[str]) -> Iterator[Lever]:
    """The target, where the sum of quotas or a rule that goes by the target is in the conflict."""
    data, unit = model.data, model.data.money
    rules = {group.removeprefix("rule:") for group in groups if group.startswith("rule:")}
    shares: dict[int, float] = {}
    senses: dict[int, str] = {}
    is_in_conflict = "total quota" in groups
    for number, line in enumerate(data.lines):
        if isinstance(line.rule.right, str):
            place = live.row(f"rule_{number}")
            shares[place] = line.ratio / (len(data.reps) if line.rule.right == "target_per_head" else 1)
            senses[place] = line.rule.sense
            is_in_conflict |= line.rule.id in rules
    if not is_in_conflict:
        return
    for row in model.rows:
        if row.group == "total quota":
            shares[live.row(row.name)], senses[live.row(row.name)] = 1.0, "="
    for direction in (-1, 1):
        yield Lever(
            path="target",
            floor=0.01 * data.target * unit,
            kind="target",
            about="",
            now=data.target * unit,
            direction=direction,
            gradient=shares,
            per_unit=lambda _: unit,
            worth=lambda _: 1.0,
            change=lambda target: Change({p: interval(senses[p], s * target / unit) for p, s in shares.items()}),
        )
