"""What must give for a plan to have an allocation: repairs, each found by solving and checked by a fresh solve.

One figure is moved by the least amount with which the rest can be satisfied, an equality becomes a bound, or a rule a
wish; two at a time where no one of them is enough. A repair is written as overrides, so that a run can record it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from optimizer.conflicts import find_conflict
from optimizer.data import prepare
from optimizer.levers import Kind, Lever, levers
from optimizer.live import Change, Infeasible, LiveModel
from optimizer.model import Model, state
from optimizer.prices import interval
from optimizer.selection import spell_out
from optimizer.stages import StagedModel
from scenarios.errors import PlanFileError, Repair, SolverFailed
from scenarios.loading import change_plan
from scenarios.plan import Plan
from scenarios.rules import Ratio

__all__ = ["WANTED", "find_repairs"]

WANTED = 3
"""Repairs that a planner should have to choose from; pairs are looked for when there are fewer."""
_MOST_CHECKED = 12
"""Candidates that are solved afresh, those that give up least first."""
_FURTHER = (1.0, 0.0, 1.02, 1.1, 1.3, 2.0)
"""Moves tried, as multiples of the least, made round: averages such as hours per money may move with the figure. 0 is
the least move to the last digit, where equalities leave no room for a round one."""
SENTENCES: dict[Kind, str] = {
    "share": "let {about} {verb} from {now:.6%} to {then:.6%}",
    "multiple": "let {about} {verb} from {now:,.6g} to {then:,.6g} times",
    "money": "let {about} {verb} from {now:,.0f} to {then:,.0f}",
    "target": "{Verb} the target by {difference:,.0f} to {then:,.0f}",
    "hours": "raise the hours of {about} by {hours:,.1f} (from {now:,.6g} to {then:,.6g} a week)",
    "pool": "raise the pool {about} by {difference:,.0f} to {then:,.0f}",
    "lock": "move the lock {about} from {now:,.0f} to {then:,.0f}",
}
"""A move in the planner's words."""
LOOSENED = {
    "firmness=soft": "make {id} a wish, which is then missed by {gap:,.0f}",
    'sense="<="': "take {id} as the most, which is then not reached by {gap:,.0f}",
    'sense=">="': "take {id} as the least, which is then exceeded by {gap:,.0f}",
    "enabled=false": "leave {id} out, which is then missed by {gap:,.0f}",
}
"""A rule made looser, by the override of its field."""
_WISH, _LEFT_OUT = "firmness=soft", "enabled=false"
FITTED = "set the regions' targets by which {id} goes to {figures}"


@dataclass(frozen=True)
class _Move:
    """One figure at its new value, or a rule made looser."""

    rows: tuple[int, ...]
    """Rows that it moves or lifts."""
    change: Change
    lever: Lever | None = None
    figure: float = 0.0
    money_per_unit: float = 0.0
    rule: str = ""
    loosened: str = ""
    """Key of ``LOOSENED``."""

    @property
    def path(self) -> str:
        return self.lever.path if self.lever else f"rules.{self.rule}.{self.loosened.partition('=')[0]}"

    @property
    def money(self) -> float:
        """What the figure itself gives up."""
        return abs(self.figure - self.lever.now) * self.money_per_unit if self.lever else 0.0

    def setting(self) -> str:
        return f"{self.path}={self.figure:.12g}" if self.lever else f"rules.{self.rule}.{self.loosened}"


@dataclass(frozen=True)
class _Outcome:
    contribution: float
    gaps: Mapping[str, float]
    """Money by which each soft rule is missed."""
    distances: Mapping[str, float]
    """Money between the two sides of each rule."""
    missed: Mapping[str, float]
    """Money by which each rule that is left out is missed."""
    sums: Mapping[tuple[str, str], float]
    """Left side of each rule and member."""


def find_repairs(model: Model, live: LiveModel, conflict: Sequence[str]) -> tuple[Repair, ...]:
    """Repairs of an infeasible plan, those that give up least first, then by the contribution they leave.

    Given up is Σ |figure − now| in money (of quotas, sales or spend) + Σ of all soft rules' gaps.
    """
    plan = model.data.plan
    enough, short = _moves(model, live, conflict)
    tried = [[move] for move in sorted(enough, key=_order)]
    found = list(_checked(plan, tried))
    if len(found) < WANTED:
        pairs = list(_pairs(model, live, short))
        found += _checked(plan, pairs)
        tried += pairs
    if not found:
        chains = list(_chains(model, live))
        found += _checked(plan, chains)
        tried += chains
    if len(found) < WANTED:
        found += _checked(plan, _left_out(tried))
    best = max((repair.contribution for repair in found), default=0.0)
    small = 1e-6 * plan.target  # below it a difference is the solver's, and a figure goes before a wish

    def cost(repair: Repair) -> tuple[int, int, bool, tuple[str, ...]]:
        is_wish = any(setting.endswith("=soft") for setting in repair.settings)
        return round(repair.given_up / small), round(repair.lost / small), is_wish, repair.settings

    return tuple(sorted((replace(r, lost=round(best - r.contribution, 2)) for r in found), key=cost))


def _order(move: _Move) -> tuple[bool, float, str]:
    return move.lever is None, move.money, move.path


def _moves(model: Model, live: LiveModel, conflict: Iterable[str]) -> tuple[list[_Move], list[_Move]]:
    """Least moves that are enough; and those that are not, taken as far as they go."""
    enough, short = [], []
    for lever in levers(model, live, conflict):
        rows = tuple(lever.gradient)
        found = lever.least(live)
        if found is None:
            short.append(_Move(rows, live.lift(rows), lever))
        else:
            enough.append(_Move(rows, lever.change(found[0]), lever, found[0], lever.worth(found[1])))
    for group in conflict:
        if group.startswith("rule:"):
            for move in _looser(model, live, group):
                with live.changed(move.change):
                    (enough if live.is_feasible() else short).append(move)
    return enough, short


def _looser(model: Model, live: LiveModel, group: str) -> Iterator[_Move]:
    """A rule as a wish; an equality of many members, which no one figure moves, also as a bound of one side."""
    rule_id = group.removeprefix("rule:")
    places = {live.row(row.name): row for row in model.rows if row.group == group}
    yield _Move(tuple(places), live.lift(places), rule=rule_id, loosened=_WISH)
    for sense in ("<=", ">="):
        if len(places) > 1 and all(row.sense == "=" for row in places.values()):
            change = Change({place: interval(sense, row.bound) for place, row in places.items()})
            yield _Move(tuple(places), change, rule=rule_id, loosened=f'sense="{sense}"')


def _pairs(model: Model, live: LiveModel, short: Iterable[_Move]) -> Iterator[list[_Move]]:
    """Two moves: with the first set free, the second by the least amount; then the first by the least amount."""
    seen: set[frozenset[str]] = set()
    for first in sorted(short, key=lambda move: (move.lever is not None, move.path)):
        with live.changed(live.lift(first.rows)):
            conflict = () if live.is_feasible() else find_conflict(model, live)
            seconds, _ = _moves(model, live, conflict)
        for second in sorted(seconds, key=_order):
            paths = frozenset((first.path, second.path))
            if len(paths) < 2 or paths in seen:
                continue
            with live.changed(second.change):
                back = _again(first, live)
            if back is not None:
                seen.add(paths)
                yield [back, second]


def _again(move: _Move, live: LiveModel) -> _Move | None:
    """A move by its least amount on the model as it is now."""
    if move.lever is None:
        with live.changed(move.change):
            return move if live.is_feasible() else None
    found = move.lever.least(live)
    if found is None:
        return None
    return replace(move, change=move.lever.change(found[0]), figure=found[0], money_per_unit=move.lever.worth(found[1]))


def _chains(model: Model, live: LiveModel) -> Iterator[list[_Move]]:
    """As many wishes as it takes, and the same with one of them made another move."""
    wishes = _wishes(model, live)
    yield wishes
    for number, wish in enumerate(wishes):
        with ExitStack() as others:
            for other in (*wishes[:number], *wishes[number + 1 :]):
                others.enter_context(live.changed(other.change))
            instead, _ = _moves(model, live, () if live.is_feasible() else find_conflict(model, live))
        for move in sorted(instead, key=_order):
            if move.path != wish.path:
                yield [*wishes[:number], move, *wishes[number + 1 :]]


def _wishes(model: Model, live: LiveModel) -> list[_Move]:
    """Rules made wishes, one conflict after the other, until the rest can be satisfied; empty where that is no way."""
    lifted: list[_Move] = []
    before = {live.row(row.name): live.bounds_of(live.row(row.name)) for row in model.rows}
    try:
        while not live.is_feasible():
            rules = [group for group in find_conflict(model, live) if group.startswith("rule:")]
            if not rules:
                return []
            lifted.append(next(iter(_looser(model, live, rules[0]))))
            for row in lifted[-1].rows:
                live.set_bounds(row, -math.inf, math.inf)
    finally:
        for row, bounds in before.items():
            live.set_bounds(row, *bounds)
    return lifted


def _left_out(tried: Iterable[Sequence[_Move]]) -> Iterator[list[_Move]]:
    """Rules left out where they were made wishes: the last resort, as nothing then draws the answer towards them."""
    for moves in tried:
        wishes = [number for number, move in enumerate(moves) if move.loosened == _WISH]
        for chosen in dict.fromkeys([*((number,) for number in wishes), tuple(wishes)]) if wishes else ():
            yield [replace(m, loosened=_LEFT_OUT) if n in chosen else m for n, m in enumerate(moves)]


def _checked(plan: Plan, candidates: Iterable[Sequence[_Move]]) -> Iterator[Repair]:
    """Candidates that a fresh solve of the changed plan confirms, moved further where averages moved too."""
    for number, moves in enumerate(candidates):
        if number == _MOST_CHECKED:
            return
        for factor in _FURTHER if moves else ():
            rounded = [_rounded(move, factor) for move in moves]
            settings = tuple(move.setting() for move in rounded)
            outcome = _outcome(plan, settings)
            if outcome is not None:
                sentence = " and ".join(_sentence(move, outcome) for move in rounded)
                given_up = sum(outcome.gaps.values()) + sum(_given_up(move, outcome) for move in rounded)
                yield Repair(sentence, settings, round(given_up, 2), outcome.contribution, 0.0)
                if len(moves) == 1:
                    yield from _fitted(plan, moves[0], outcome)
                break
            if all(move.lever is None for move in moves):
                break


def _given_up(move: _Move, outcome: _Outcome) -> float:
    """Money that a move gives up besides what soft rules, which wishes become, are missed by."""
    if move.loosened == _LEFT_OUT:
        return outcome.missed[move.rule]
    return move.money if move.lever else outcome.distances[move.rule] if move.loosened != _WISH else 0.0


def _fitted(plan: Plan, wish: _Move, outcome: _Outcome) -> Iterator[Repair]:
    """Regions' targets as a share by planned amounts comes out where it is a wish, so that it can stay a must. T3."""
    rule = next((rule for rule in plan.rules if rule.id == wish.rule), None)
    is_share = rule is not None and isinstance(rule.ratio, Ratio) and rule.ratio.proportional_to is not None
    if rule is None or not is_share or wish.loosened != _WISH:
        return
    sums = {member: amount for (rule_id, member), amount in outcome.sums.items() if rule_id == rule.id}
    targets = _by_region(plan, sums) if rule.each == "maturity" else sums
    settings = tuple(f"regions.{region}.target={amount:.12g}" for region, amount in sorted(targets.items()))
    fresh = _outcome(plan, settings)
    if fresh is not None:
        figures = ", ".join(f"{region} {amount:,.0f}" for region, amount in sorted(targets.items()))
        given_up = round(sum(fresh.gaps.values()) + outcome.gaps.get(rule.id, 0.0), 2)
        yield Repair(FITTED.format(id=rule.id, figures=figures), settings, given_up, fresh.contribution, 0.0)


def _by_region(plan: Plan, by_maturity: Mapping[str, float]) -> dict[str, float]:
    """Sums of maturities over their regions, in proportion to what is planned there."""
    found: dict[str, float] = {}
    for maturity, amount in by_maturity.items():
        planned = {region.id: plan.planned_amount(region) for region in plan.regions if region.maturity == maturity}
        whole = sum(planned.values())
        found |= {id_: amount * (own / whole if whole > 0 else 1 / len(planned)) for id_, own in planned.items()}
    return found


def _rounded(move: _Move, factor: float) -> _Move:
    """A move to a round figure, not nearer than the least: a tenth of a point, or three digits of the difference."""
    if move.lever is None or factor == 0:
        return move
    now, direction = move.lever.now, move.lever.direction
    distance = max(abs(move.figure - now) * factor, 1e-9)
    digits = 2 if move.lever.kind in ("share", "multiple", "hours") else 3
    step = 10.0 ** (math.floor(math.log10(distance)) + 1 - digits)
    if move.lever.kind in ("share", "multiple"):
        step = min(step, 1e-3)
    figure = direction * math.ceil(direction * (now + direction * distance) / step - 1e-7) * step
    return replace(move, figure=max(figure, move.lever.floor))


def _outcome(plan: Plan, settings: Sequence[str]) -> _Outcome | None:
    """What a fresh solve of the changed plan gives; None where the settings do not fit or nothing is feasible."""
    try:
        changed = change_plan(plan, settings)
        staged = StagedModel(state(prepare(changed)))
        solution = staged.solve("contribution")
    except (Infeasible, PlanFileError, SolverFailed):
        return None
    data, v = staged.model.data, staged.model.variables
    gaps: dict[str, float] = {}
    for slacks in (v.lacking, v.exceeding):
        for number, variable in slacks.items():
            rule_id = data.lines[number].rule.id
            gaps[rule_id] = gaps.get(rule_id, 0.0) + staged.value(variable, solution.values) * data.money
    distances: dict[str, float] = {}
    missed: dict[str, float] = {}
    sums: dict[tuple[str, str], float] = {}
    was_on = {rule.id for rule in plan.rules if rule.enabled}
    left_out = tuple(r.model_copy(update={"enabled": r.id in was_on}) for r in changed.rules if not r.enabled)
    out_of_force = spell_out(changed.model_copy(update={"rules": left_out}), data.cells)
    for line in (*data.lines, *out_of_force):
        left, right = (
            sum(staged.value(x, solution.values) for x in v.cells(over, cells))
            for over, cells in ((line.rule.left.over, line.left), (line.right_over, line.right))
        )
        over = left - line.ratio * (right + (line.fixed or 0.0) / data.money)
        lacks = {">=": max(-over, 0.0), "<=": max(over, 0.0), "=": abs(over)}[line.rule.sense]
        of, by = (missed, lacks) if line in out_of_force else (distances, abs(over))
        of[line.rule.id] = of.get(line.rule.id, 0.0) + by * data.money
        sums[line.rule.id, line.member] = left * data.money
    return _Outcome(solution.contribution * data.money, gaps, distances, missed, sums)


def _sentence(move: _Move, outcome: _Outcome) -> str:
    if move.lever is None:
        by_rule = {_WISH: outcome.gaps, _LEFT_OUT: outcome.missed}.get(move.loosened, outcome.distances)
        return LOOSENED[move.loosened].format(id=move.rule, gap=by_rule.get(move.rule, 0.0))
    lever, then = move.lever, move.figure
    text = SENTENCES[lever.kind].format(
        about=lever.about,
        verb="rise" if lever.direction > 0 else "fall",
        Verb="raise" if lever.direction > 0 else "lower",
        now=lever.now,
        then=then,
        difference=abs(then - lever.now),
        hours=(then - lever.now) * lever.per_quarter,
    )
    return _without_zeros(text)


def _without_zeros(text: str) -> str:
    """Percentages without idle zeros: 37.200000% is 37.2%."""
    return re.sub(r"(\.\d*?)0+%", lambda found: f"{found[1].rstrip('.')}%", text)
