"""select: the best set of contingency plans under a budget, with what the choice can promise.

Up to fourteen plans all sets are looked at. Means (expected contribution, chance of the target) are compared by
Kim-Nelson's KN++ on identical futures; the mean of the worst tenth (CVaR) has no such procedure: fewer and fewer sets
are seen on more and more futures, and a bootstrap over futures says how often the choice would have been the same.
Beyond that many plans a greedy choice and a mixed-integer program over a sample are simulated, the better one is taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from optimizer.plan_choice import value_of
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan
from simulation.options import Options
from studies.deciding import decide, margins_of, options_of
from studies.decisions.plan_sets import Masks, PlanSets, only_costs
from studies.decisions.set_choice import Criterion, Selected, Terms, choose_set
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.replay.replications import Asked
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, QuarterResult, Record
from studies.statistics import SEEN_ENOUGH, TAIL, Values, mean_estimate
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "PlanSetRow", "SelectRequest", "SelectResult", "select_plans", "select_study"]

_RESAMPLES = 1000
_FRONTIER = 8
"""Sets of the frontier that are simulated on more than the first futures."""
_SHOWN = 100
"""Futures on which the chosen set is set beside others; some more than the choice needed where it was easy."""


class PlanSetRow(Record):
    """A set of contingency plans held ready; gains are against holding none, on identical futures."""

    plans: tuple[str, ...]
    cost: Estimate
    """Expected retainers, activations and uses."""
    cost_p90: float
    """Reserve that is enough in 90% of futures."""
    within_budget: bool
    gain: Estimate
    """Of the criterion: money, or a chance."""
    gain_contribution: Estimate
    """After all costs of the set."""
    gain_p_target: Estimate
    behind: Estimate | None = None
    """How far the chosen set is ahead of this one, by the criterion; None for the chosen one."""
    p_best: float | None = None
    """CVaR: share of bootstrap resamples of the futures in which this set is the best of those compared."""


class SelectResult(QuarterResult):
    """The best set of plans under a budget."""

    study: Literal["select"] = "select"
    criterion: Criterion
    budget: float | None
    """Most that a set may be expected to cost; None without a limit."""
    method: Literal["all sets", "heuristic"]
    promised: bool
    """Whether the procedure ended with its promise kept; never for CVaR and heuristics."""
    confidence: float
    delta: float
    """Difference from which on the better set is chosen with the confidence: money, or a chance."""
    candidates: tuple[str, ...]
    only_cost: tuple[str, ...]
    """Plans that can do nothing but cost, left out without a simulation."""
    seldom: tuple[str, ...]
    """Candidates that acted in fewer than ``SEEN_ENOUGH`` futures: nothing can be said of them yet."""
    sets: int
    affordable: int | None
    """None where not all sets were looked at."""
    chosen: PlanSetRow
    rivals: tuple[PlanSetRow, ...]
    """The next best sets within the budget, the best first."""
    frontier: tuple[PlanSetRow, ...]
    """Sets than which no cheaper one is better, from the cheapest on, whatever the budget."""
    shown: int
    """Futures on which the sets are set beside each other here."""
    figures: int
    """Futures × sets that the choice rests on."""
    figures_equal: int
    """The same, had every set been seen on as many futures as the last to leave."""
    quarters_run: int
    """Quarters simulated for all of it; every other figure is known from one of them."""
    gap: float | None = None
    """Heuristic: how far the sampled program's own best is above what the chosen set brings when simulated."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


class SelectRequest(QuarterRequest):
    """Choose the best set of contingency plans under a budget."""

    study: Literal["select"] = "select"
    replications: Annotated[int, Field(ge=2, le=10_000_000)] = 400
    """Futures at most."""
    criterion: Criterion = "contribution"
    budget: Annotated[float, Field(ge=0)] | None = None
    delta: Annotated[float, Field(gt=0)] | None = None
    """Money, or a chance; None means the plan's smallest difference that matters."""
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    first: Annotated[int, Field(ge=5, le=1000)] = 20
    """Futures on which all sets are seen."""


def select_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    terms: Terms,
    *,
    candidates: Sequence[str] | None = None,
    changes: Sequence[Change] = (),
) -> SelectResult:
    """The best set of these plans, all of the plan unless named; UsageError where one is unknown or the terms clash."""
    start = time.perf_counter()
    Options.of(plan, plans=candidates)  # refuses strangers
    chosen = [entry for entry in plan.contingency_plans if candidates is None or entry.id in candidates]
    if not chosen:
        raise UsageError("there is no contingency plan to choose from")

    def run_many(tasks: Sequence[tuple[frozenset[str], tuple[int, ...]]]) -> list[Batch]:
        asked = [Asked(Options(options.risks, held, options.forced, options.uncertainty), n) for held, n in tasks]
        batches = futures.execution.run(plan, allocation, asked, "sets of contingency plans")
        futures.run += sum(map(len, batches))
        return batches

    fields = select_plans(plan, chosen, lambda plans: PlanSets(plans, run_many), terms)
    return SelectResult.model_validate(
        {
            **futures.heading(plan, allocation),
            **fields,
            "changes": tuple(changes),
            "seconds": time.perf_counter() - start,
        }
    )


def select_plans(
    plan: Plan,
    candidates: Sequence[ContingencyPlan],
    sets_of: Callable[[Sequence[ContingencyPlan]], PlanSets],
    terms: Terms,
) -> dict[str, object]:
    """Fields of a SelectResult that the procedure decides: everything but what names the run.

    ``sets_of`` gives the bench on which sets of the plans left are simulated.
    """
    useful = [entry for entry in candidates if not only_costs(entry)]
    sets = sets_of(useful)
    selected = choose_set(plan, sets, terms)
    numbers = range(min(max(terms.most, terms.first), max(_SHOWN, terms.first)))
    rows = _Rows(sets, numbers, terms, selected.mask)
    return {
        "criterion": terms.criterion,
        "budget": terms.budget,
        "method": selected.method,
        "promised": selected.promised,
        "confidence": terms.confidence,
        "delta": terms.delta,
        "candidates": tuple(entry.id for entry in candidates),
        "only_cost": tuple(entry.id for entry in candidates if only_costs(entry)),
        "seldom": tuple(
            entry.id for entry in useful if sets.acted(entry.id, range(selected.replications)) < SEEN_ENOUGH
        ),
        "sets": 2 ** len(useful),
        "affordable": selected.affordable,
        "chosen": rows.row(selected.mask, 0, selected.p_best),
        "rivals": tuple(rows.row(mask, place + 1, selected.p_best) for place, mask in enumerate(selected.rivals)),
        "frontier": rows.frontier(_shown(sets, selected), range(terms.first)),
        "shown": len(numbers),
        "replications": selected.replications,
        "figures": selected.figures,
        "figures_equal": selected.figures_equal,
        "quarters_run": sets.ran,
        "gap": selected.gap,
    }


def _shown(sets: PlanSets, selected: Selected) -> Masks:
    """Sets from which the frontier is made: all of them, where all were looked at."""
    if selected.method == "all sets":
        return np.arange(2 ** len(sets.plans), dtype=np.int64)
    return np.array([selected.mask, *selected.rivals], dtype=np.int64)


class _Rows:
    """Rows of sets on the futures that the choice rests on."""

    def __init__(self, sets: PlanSets, numbers: Sequence[int], terms: Terms, chosen: int) -> None:
        self.sets, self.numbers, self.terms, self.chosen = sets, numbers, terms, chosen
        self._none = {kpi: self._values(kpi, 0) for kpi in ("contribution", "p_target")}
        self._best = self._values(self._kpi, chosen)

    @property
    def _kpi(self) -> str:
        return "contribution" if self.terms.criterion == "cvar" else self.terms.criterion

    def _values(self, kpi: str, mask: int) -> Values:
        return self.sets.kpi(kpi, np.array([mask], dtype=np.int64), self.numbers)[:, 0]

    def _gap(self, a: Values, b: Values) -> Estimate:
        """Of a − b by the criterion: of means paired; of the worst tenth by a bootstrap over futures."""
        if self.terms.criterion != "cvar":
            return mean_estimate(a - b)
        gap = value_of(a, "cvar", TAIL, 0.0) - value_of(b, "cvar", TAIL, 0.0)
        draws = np.random.default_rng(0).integers(0, len(a), (_RESAMPLES, len(a)))
        again = [value_of(a[n], "cvar", TAIL, 0.0) - value_of(b[n], "cvar", TAIL, 0.0) for n in draws]
        low, high = np.quantile(again, (0.025, 0.975))
        return Estimate(mean=gap, ci_low=min(float(low), gap), ci_high=max(float(high), gap))

    def row(self, mask: int, place: int = 0, p_best: Values | None = None) -> PlanSetRow:
        """A set, with its distance to the chosen one."""
        costs = self.sets.costs(np.array([mask], dtype=np.int64), self.numbers)[:, 0]
        contribution, chance = self._values("contribution", mask), self._values("p_target", mask)
        gains = {
            "contribution": mean_estimate(contribution - self._none["contribution"]),
            "p_target": mean_estimate(chance - self._none["p_target"]),
        }
        gain = gains.get(self.terms.criterion) or self._gap(contribution, self._none["contribution"])
        behind = None if mask == self.chosen else self._gap(self._best, self._values(self._kpi, mask))
        cost = mean_estimate(costs)
        return PlanSetRow(
            plans=self.sets.names(mask),
            cost=cost,
            cost_p90=float(np.quantile(costs, 0.9, method="inverted_cdf")),
            within_budget=self.terms.budget is None or cost.mean <= self.terms.budget + 1e-9,
            gain=gain,
            gain_contribution=gains["contribution"],
            gain_p_target=gains["p_target"],
            behind=behind,
            p_best=None if p_best is None else float(p_best[place]),
        )

    def frontier(self, masks: Masks, first: Sequence[int]) -> tuple[PlanSetRow, ...]:
        """Of some sets those that no cheaper one beats on the futures shown.

        Looked at are sets not dominated on the first futures, and the chosen one with a plan more or less, as a plan
        that acts seldom says nothing in the first.
        """
        if self.terms.criterion == "cvar":
            worth = np.array([value_of(v, "cvar", TAIL, 0.0) for v in self.sets.contribution(masks, first).T])
        else:
            worth = self.sets.kpi(self._kpi, masks, first).mean(axis=0)
        costs = self.sets.costs(masks, first).mean(axis=0)
        edge = [int(masks[n]) for n in _undominated(costs, worth)]
        picked = np.unique(np.linspace(0, len(edge) - 1, min(_FRONTIER, len(edge))).round().astype(int))
        near = [self.chosen ^ 1 << n for n in range(len(self.sets.plans))]
        rows = {mask: self.row(mask) for mask in sorted({0, self.chosen, *(edge[n] for n in picked), *near})}
        found = list(rows.values())
        kept = _undominated(np.array([r.cost.mean for r in found]), np.array([r.gain.mean for r in found]))
        return tuple(found[n] for n in kept)


def _undominated(costs: Values, worth: Values) -> list[int]:
    """Numbers of those than which none is as cheap and better, the cheapest first."""
    kept: list[int] = []
    for number in np.lexsort((-worth, costs)).tolist():
        if not kept or worth[number] > worth[kept[-1]] + 1e-9 * abs(worth[kept[-1]]):
            kept.append(number)
    return kept


def _answer(request: SelectRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    margins = margins_of(inputs.plan)
    delta = request.delta or (margins.chance if request.criterion == "p_target" else margins.amount)
    terms = Terms(
        request.criterion, request.budget, delta, request.confidence, min(request.first, futures.count), futures.count
    )
    result = select_study(
        inputs.plan,
        allocation,
        options_of(inputs.plan, request, ()),
        futures,
        terms,
        candidates=request.plans,
        changes=inputs.changes,
    )
    return Answer(allocation, result)


def _headline(result: SelectResult) -> str:
    return f"hold {', '.join(result.chosen.plans) or 'none'}"


STUDY = Study(SelectRequest, SelectResult, _answer, _headline)
