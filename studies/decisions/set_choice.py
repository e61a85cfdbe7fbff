"""How a set of contingency plans is chosen: Kim-Nelson for means, fewer on more for the worst tenth, heuristics."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.plan_choice import Sample, choose_plans, value_of
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan
from simulation.kpis import enough_for
from studies.decisions.kim_nelson import select_best
from studies.decisions.plan_sets import Masks, PlanSets
from studies.statistics import SEEN_ENOUGH, TAIL, Values

__all__ = ["MOST_PLANS", "Criterion", "Selected", "Terms", "choose_set"]

Criterion = Literal["contribution", "p_target", "cvar"]

MOST_PLANS = 14
"""Plans of which every set is looked at: 16,384 sets."""
_STAGES = (20, 60, 180)
"""CVaR: futures on which sets are compared, before the last and full number."""
_KEPT = 8
"""CVaR: one in so many sets goes on to the next stage."""
_RESAMPLES = 1000
_RIVALS = 5


@dataclass(frozen=True)
class Terms:
    """What is asked of a selection."""

    criterion: Criterion
    budget: float | None
    delta: float
    confidence: float = 0.95
    first: int = 20
    """Futures on which all sets are seen."""
    most: int = 400
    """Futures at most."""


@dataclass(frozen=True)
class Selected:
    """A choice and what it rests on, before it is put into rows."""

    mask: int
    rivals: Sequence[int]
    replications: int
    promised: bool
    figures: int
    figures_equal: int
    method: Literal["all sets", "heuristic"] = "all sets"
    affordable: int | None = None
    """Sets within the budget, where all were looked at."""
    p_best: Values | None = None
    gap: float | None = None


def choose_set(plan: Plan, sets: PlanSets, terms: Terms) -> Selected:
    """The best set of the bench's plans under the terms."""
    if len(sets.plans) > MOST_PLANS:
        return _heuristic(plan, sets, terms)
    masks, costs = _by_cost(sets, range(terms.first))
    within = masks[costs <= (math.inf if terms.budget is None else terms.budget) + 1e-9]
    return _by_tail(sets, within, terms) if terms.criterion == "cvar" else _by_mean(sets, within, terms)


def _by_cost(sets: PlanSets, numbers: Sequence[int]) -> tuple[Masks, Values]:
    """All sets, the cheapest first, so that of sets alike the cheapest is chosen; and what they cost on average."""
    masks: Masks = np.arange(2 ** len(sets.plans), dtype=np.int64)
    costs = sets.costs(masks, numbers).mean(axis=0)
    order = np.lexsort((masks, np.round(costs, 6)))
    return masks[order], costs[order]


def _by_mean(sets: PlanSets, masks: Masks, terms: Terms) -> Selected:
    kpi = terms.criterion

    def sample(systems: NDArray[np.int64], start: int, stop: int) -> Values:
        return sets.kpi(kpi, masks[systems], range(start, stop))

    def apart(count: int) -> NDArray[np.int64]:
        unseen = sets.mask(p.id for p in sets.plans if sets.acted(p.id, range(count)) < SEEN_ENOUGH)
        return masks & unseen

    found = select_best(
        sample,
        len(masks),
        delta=terms.delta,
        confidence=terms.confidence,
        first=terms.first,
        most=max(terms.most, terms.first),
        updating=True,
        apart=apart,
    )
    rivals = [int(masks[n]) for n in found.survivors[1:]]
    if len(rivals) < _RIVALS:  # then those that were screened out last
        left = np.setdiff1d(np.arange(len(masks)), found.survivors)
        order = left[np.lexsort((left, -found.means[left], -found.seen[left]))]
        rivals += [int(masks[n]) for n in order[: _RIVALS - len(rivals)]]
    return Selected(
        int(masks[found.chosen]),
        rivals[:_RIVALS],
        found.replications,
        found.promised,
        found.observations,
        found.equal_allocation,
        affordable=len(masks),
    )


def _by_tail(sets: PlanSets, masks: Masks, terms: Terms) -> Selected:
    """The mean of the worst tenth: an eighth of the sets goes on to more futures, at the end the best is taken."""
    left, figures, before, count = masks, 0, 0, min(terms.first, terms.most)
    for futures in sorted({count, *(n for n in _STAGES if count < n < terms.most), terms.most}):
        values = sets.contribution(left, range(futures))
        figures += len(left) * (futures - before)
        before = futures
        tails = np.array([value_of(column, "cvar", TAIL, 0.0) for column in values.T])
        order = np.lexsort((np.arange(len(left)), -tails))
        if futures < terms.most:
            left = left[np.sort(order[: max(_RIVALS + 1, math.ceil(len(left) / _KEPT))])]
    best = left[order[: _RIVALS + 1]]
    shares = _bootstrap_best(sets.contribution(best, range(terms.most)))
    return Selected(
        int(best[0]),
        [int(mask) for mask in best[1:]],
        terms.most,
        False,
        figures,
        len(masks) * terms.most,
        affordable=len(masks),
        p_best=shares,
    )


def _bootstrap_best(values: Values) -> Values:
    """Share of resamples of the futures in which each column has the best mean of its worst tenth."""
    draws = np.random.default_rng(0).integers(0, len(values), (_RESAMPLES, len(values)))
    wins = np.zeros(values.shape[1])
    for chosen in draws:
        wins[int(np.argmax([value_of(column, "cvar", TAIL, 0.0) for column in values[chosen].T]))] += 1
    return wins / _RESAMPLES


def _heuristic(plan: Plan, sets: PlanSets, terms: Terms) -> Selected:
    """The better of a greedy set and of the sampled program's best, both simulated on all futures."""
    numbers = range(terms.most)
    count = len(sets.plans)
    alone: Masks = np.array([0, *(1 << n for n in range(count))], dtype=np.int64)
    kpi = "signed" if terms.criterion == "p_target" else "contribution"
    values, costs = sets.kpi(kpi, alone, numbers), sets.costs(alone, numbers).mean(axis=0)
    pairs: dict[tuple[int, int], Values] = {}
    for first in range(count):
        for second in range(first + 1, count):
            if _may_interact(sets.plans[first], sets.plans[second]):
                both = sets.kpi(kpi, np.array([1 << first | 1 << second], dtype=np.int64), numbers)[:, 0]
                pairs[first, second] = both - values[:, first + 1] - values[:, second + 1] + values[:, 0]
    sample = Sample(values[:, 0], values[:, 1:] - values[:, :1], pairs, costs[1:])
    budget = math.inf if terms.budget is None else terms.budget
    stated: Literal["mean", "cvar", "p_target"] = "mean" if terms.criterion == "contribution" else terms.criterion
    choice = choose_plans(sample, budget, stated, tail=TAIL, target=enough_for(plan.target))
    by_program = sum(1 << n for n in np.flatnonzero(choice.chosen).tolist())

    def worth(mask: int) -> float:
        return _criterion(sets, terms, mask, numbers)

    greedy = _greedy(sets, budget, worth, numbers)
    ranked = sorted({by_program, greedy, 0}, key=lambda mask: (-worth(mask), mask))
    return Selected(
        ranked[0],
        ranked[1:],
        terms.most,
        False,
        len(numbers) * (len(alone) + len(pairs) + 3),
        len(numbers) * 2**count,
        "heuristic",
        gap=choice.value - worth(ranked[0]),
    )


def _criterion(sets: PlanSets, terms: Terms, mask: int, numbers: Sequence[int]) -> float:
    column = np.array([mask], dtype=np.int64)
    if terms.criterion == "cvar":
        return value_of(sets.contribution(column, numbers)[:, 0], "cvar", TAIL, 0.0)
    return float(sets.kpi(terms.criterion, column, numbers).mean())


def _greedy(sets: PlanSets, budget: float, worth: Callable[[int], float], numbers: Sequence[int]) -> int:
    """Add the plan that helps most, as long as one does and the budget holds."""
    held, best = 0, worth(0)
    while True:
        options = []
        for number in range(len(sets.plans)):
            mask = held | 1 << number
            if mask != held and sets.costs(np.array([mask], dtype=np.int64), numbers).mean() <= budget:
                options.append((worth(mask), -mask))
        if not options or max(options)[0] <= best:
            return held
        best, held = max(options)[0], -max(options)[1]


def _may_interact(a: ContingencyPlan, b: ContingencyPlan) -> bool:
    """Whether two plans answer the same strike or light, or queue for the same resource."""
    same_strike = a.trigger.strike is not None and a.trigger.strike == b.trigger.strike
    same_light = a.trigger.light is not None and a.trigger.light == b.trigger.light
    return same_strike or same_light or (a.resource is not None and a.resource == b.resource)
