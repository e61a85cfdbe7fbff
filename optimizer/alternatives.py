"""Alternatives: allocations nearly as good as the best, and as different from it and each other as can be.

Modelling to generate alternatives. The largest distance is no linear program, |q − q'| being convex, but where each
difference is given a sign it is one; signs taken from its answer give a distance as large or larger, until none is.
Starts are directions a planner can name: away from what is used (Hop, Skip, Jump), towards one product tier, maturity
or activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.live import Floats, Infeasible
from optimizer.options import Option, distance, in_bands, option_of
from optimizer.selection import Key
from optimizer.solved import Amounts, Solved
from scenarios.errors import SolverFailed, UsageError

__all__ = ["alternatives"]

_ROUNDS = 6
_SAME = 1e-6
"""Distance below which an alternative is none."""
_ROOM = 1e-8
"""Room that a value held gets, in its own unit or relative to it."""


def alternatives(solved: Solved, count: int = 3, within: float = 0.01, unevenness: float = 0.25) -> tuple[Option, ...]:
    """The best allocation and up to ``count`` others, each as far as possible from those before.

    Relaxation = best, contribution ≥ (1 − within) · best, and no rep's or cell's stretch further from even than in the
    best allocation by more than ``unevenness`` (without which quotas, binding no sales, could lie anywhere).
    """
    if count < 1 or not 0 <= within < 1 or unevenness < 0:
        raise UsageError(
            "alternatives: at least one, within a share of the contribution, at an unevenness of 0 or more"
        )
    best = solved.amounts()
    found = [best]
    hold = {
        "relaxation": solved.solution.relaxation + _ROOM * max(1.0, solved.solution.relaxation),
        "contribution": solved.solution.contribution - max(within, _ROOM) * abs(solved.solution.contribution),
        "rep stretch": solved.stage("rep stretch") + unevenness + _ROOM,
        "cell stretch": solved.stage("cell stretch") + unevenness + _ROOM,
    }
    while len(found) <= count:
        candidate = _furthest(solved, _Frame.around(solved, found), hold)
        if _least_distance(candidate, found) <= _SAME:
            break
        found.append(candidate)
    options = [option_of(best, "best", "best")]
    for number, amounts in enumerate(found[1:], 1):
        option = option_of(amounts, f"alternative {number}", "alternative", best)
        if not option.keeps_hard_rules:
            raise SolverFailed(f"alternative {number} fails the check: {option.broken[0].id}")
        options.append(option)
    return tuple(options)


@dataclass(frozen=True)
class _Frame:
    """Decisions as one vector, quotas and then money, of the allocations found so far."""

    keys: tuple[Key, ...]
    others: Floats
    """A row for each."""
    weights: Floats
    """So that quotas together, and money together, count one half."""

    @classmethod
    def around(cls, solved: Solved, found: Sequence[Amounts]) -> _Frame:
        others = np.array([_decisions(amounts) for amounts in found])
        quotas = len(found[0].quota)
        weights = np.ones(others.shape[1])
        weights[:quotas] /= max(others[0, :quotas].sum(), 1.0)
        weights[quotas:] /= max(others[0, quotas:].sum(), 1.0)
        return cls((*solved.data.cells.quota, *solved.data.cells.budget), others, weights / 4)


def _furthest(solved: Solved, frame: _Frame, hold: dict[str, float]) -> Amounts:
    """The candidate whose nearest neighbour among those found is furthest."""
    candidates = {}
    for start in _starts(solved, frame):
        with solved.staged.held(hold):
            raw = _climb(solved, frame, start)
        candidates[np.round(raw / max(solved.data.target, 1.0), 6).tobytes()] = raw
    ranked = sorted(candidates.values(), key=lambda raw: -_reach(frame, raw))
    return max(
        (_completed(solved, raw) for raw in ranked[:2]),
        key=lambda amounts: _reach(frame, _decisions(amounts)),
    )


def _climb(solved: Solved, frame: _Frame, signs: Floats) -> Floats:
    """Decisions at a greatest sum of distances, uphill from a direction."""
    live, width = solved.staged.live, solved.staged.live.width
    quotas = len(solved.quotas)
    reached, decisions = -1.0, np.asarray(frame.others[0], dtype=float)
    for _ in range(_ROUNDS):
        costs = np.zeros(width)
        factors = -(signs.sum(axis=0) if signs.ndim > 1 else signs) * frame.weights * solved.money
        costs[solved.quotas] = factors[:quotas]
        costs[solved.segments] = factors[quotas:][solved.cell_of_segment]
        live.minimise(costs)
        candidate = _decisions(solved.amounts(live.values()))
        total = float((np.abs(candidate - frame.others) * frame.weights).sum())
        if total <= reached + _SAME:
            break
        reached, decisions = total, candidate
        signs = np.sign(candidate - frame.others)
    return decisions


def _starts(solved: Solved, frame: _Frame) -> Iterable[Floats]:
    """Directions, one number for each decision: those used by nobody up, or those of one thing up; the others down."""
    yield np.where(frame.others.max(axis=0) > 0, -1.0, 1.0)
    plan = solved.plan
    tags = [{plan.product[p].tier, plan.region[r].maturity} for p, r, _ in solved.data.cells.quota]
    tags += [{plan.region[r].maturity, a} for r, a in solved.data.cells.budget]
    for thing in sorted(set().union(*tags)):
        has = np.array([thing in own for own in tags])
        yield np.where(has, 1.0, -1.0)


def _completed(solved: Solved, decisions: Floats) -> Amounts:
    """Decisions with the sales that are best, and most even, beside them."""
    quotas = len(solved.quotas)
    bands = in_bands(solved.data, decisions[quotas:])
    columns: npt.NDArray[np.int32] = np.concatenate([solved.quotas, solved.segments])
    values = np.concatenate([decisions[:quotas], bands]) / solved.money
    room = _ROOM * np.maximum(values, 1.0)
    with solved.staged.live.within(columns, np.maximum(values - room, 0.0), values + room):
        try:
            return solved.amounts(solved.staged.solve().values)
        except Infeasible:
            raise SolverFailed("HiGHS does not find an alternative again that it gave") from None


def _decisions(amounts: Amounts) -> Floats:
    return np.concatenate([amounts.quota, amounts.spend])


def _reach(frame: _Frame, decisions: Floats) -> float:
    return float((np.abs(decisions - frame.others) * frame.weights).sum(axis=1).min())


def _least_distance(amounts: Amounts, found: Iterable[Amounts]) -> float:
    return min(distance(amounts, other).together for other in found)
