"""Figures of a quarter under any set of contingency plans, without running twice what is known to be the same.

A plan that was held and never triggered changes nothing but its retainer. So a run in which the plans H were held and
the plans T ⊆ H triggered is also the quarter of every set S with T ⊆ S ⊆ H: it is the same future with some idle plans
left at home. Most sets of a dozen plans are known that way from a few runs of each future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.risks import ContingencyPlan
from studies.replay.replications import Batch
from studies.statistics import Values

__all__ = ["Masks", "PlanSets", "RunMany", "only_costs"]

Masks: TypeAlias = NDArray[np.int64]
"""Sets of plans: bit n is the n-th plan."""
RunMany: TypeAlias = Callable[[Sequence[tuple[frozenset[str], tuple[int, ...]]]], Sequence[Batch]]
"""Run (plans held, numbers of replications) pairs, in order."""

_KPIS = ("signed", "cash", "p_target")


def only_costs(plan: ContingencyPlan) -> bool:
    """Whether a plan can change nothing but what it costs: no event, no shared resource, no effect that moves a figure.

    A set with it is never better than the same set without it, so none has to be simulated.
    """
    return not any(effect.moves for effect in plan.effects) and plan.event is None and plan.resource is None


class _Future:
    """Runs of one future: what was held, what triggered, and figures.

    These are ``_KPIS``, contribution before plans, and what plans cost beyond retainers.
    """

    def __init__(self) -> None:
        self.held: Masks = np.zeros(0, dtype=np.int64)
        self.triggered: Masks = np.zeros(0, dtype=np.int64)
        self.figures: Values = np.zeros((0, len(_KPIS) + 2))

    def __len__(self) -> int:
        return len(self.held)

    def add(self, held: int, triggered: int, figures: Sequence[float]) -> None:
        """Keep a run."""
        self.held = np.append(self.held, held)
        self.triggered = np.append(self.triggered, triggered)
        self.figures = np.vstack([self.figures, figures])

    def places(self, masks: Masks) -> NDArray[np.int64]:
        """Number of the first run that is each set's quarter too; −1 where none is. There is a run."""
        known = (masks & ~self.held[:, None] == 0) & (self.triggered[:, None] & ~masks == 0)
        return np.where(known.any(axis=0), known.argmax(axis=0), -1)


class PlanSets:
    """Runs of numbered futures under sets of plans, kept and looked up by replication."""

    def __init__(self, plans: Sequence[ContingencyPlan], run: RunMany) -> None:
        self.plans = tuple(plans)
        self._run = run
        self._futures: dict[int, _Future] = {}
        self.asked = 0
        """Figures handed out, a future and a set each."""

    @property
    def ran(self) -> int:
        """Quarters that were simulated."""
        return sum(map(len, self._futures.values()))

    def acted(self, plan: str, numbers: Iterable[int]) -> int:
        """Futures of these in which a plan was triggered in some run."""
        bit = self.mask([plan])
        there = (self._futures[number] for number in numbers if number in self._futures)
        return sum(bool((future.triggered & bit).any()) for future in there)

    def names(self, mask: int) -> tuple[str, ...]:
        """Ids of the plans in a set."""
        return tuple(plan.id for number, plan in enumerate(self.plans) if mask >> number & 1)

    def mask(self, names: Iterable[str]) -> int:
        """The set of these plans."""
        wanted = set(names)
        return sum(1 << number for number, plan in enumerate(self.plans) if plan.id in wanted)

    def retainers(self, masks: Masks) -> Values:
        """What each set costs whether it is used or not."""
        costs = np.zeros(len(masks))
        for number, plan in enumerate(self.plans):
            costs += plan.retainer * (masks >> number & 1)
        return costs

    def contribution(self, masks: Masks, numbers: Sequence[int]) -> Values:
        """Contribution after all costs of the set; a row per replication, a column per set."""
        figures = self._figures(masks, numbers)
        return figures[:, :, -2] - figures[:, :, -1] - self.retainers(masks)

    def costs(self, masks: Masks, numbers: Sequence[int]) -> Values:
        """Retainers, activations and uses; a row per replication, a column per set."""
        return self._figures(masks, numbers)[:, :, -1] + self.retainers(masks)

    def kpi(self, kpi: str, masks: Masks, numbers: Sequence[int]) -> Values:
        """``signed``, ``cash``, ``p_target`` or ``contribution``; a row per replication, a column per set."""
        if kpi == "contribution":
            return self.contribution(masks, numbers)
        return self._figures(masks, numbers)[:, :, _KPIS.index(kpi)]

    def _figures(self, masks: Masks, numbers: Sequence[int]) -> Values:
        self._ensure(masks, numbers)
        self.asked += len(masks) * len(numbers)
        result = np.empty((len(numbers), len(masks), len(_KPIS) + 2))
        for row, number in enumerate(numbers):
            future = self._futures[number]
            result[row] = future.figures[future.places(masks)]
        return result

    def _ensure(self, masks: Masks, numbers: Sequence[int]) -> None:
        """Run what is not known yet: of a set, together with the plans that were never triggered in that future."""
        first = int(np.bitwise_or.reduce(masks)) if len(masks) else 0
        while True:
            wanted: dict[int, list[int]] = {}
            for number in numbers:
                future = self._futures.setdefault(number, _Future())
                if not len(future):
                    wanted.setdefault(first, []).append(number)
                    continue
                unknown = masks[future.places(masks) < 0]
                if len(unknown):
                    held, triggered = (int(np.bitwise_or.reduce(m)) for m in (future.held, future.triggered))
                    for mask in np.unique(unknown | (held & ~triggered)).tolist():
                        wanted.setdefault(mask, []).append(number)
            if not wanted:
                return
            self._go([(mask, tuple(chosen)) for mask, chosen in sorted(wanted.items())])

    def _go(self, tasks: Sequence[tuple[int, tuple[int, ...]]]) -> None:
        batches = self._run([(frozenset(self.names(mask)), numbers) for mask, numbers in tasks])
        for (mask, numbers), batch in zip(tasks, batches, strict=True):
            if not np.array_equal(batch.numbers, numbers):
                raise ValueError("a runner gives the replications that it was asked for, in order")
            retainer = float(self.retainers(np.array([mask]))[0])
            triggered = {plan: counts > 0 for plan, counts in batch.triggered.items()}
            for row, number in enumerate(numbers):
                used = self.mask(plan for plan, hits in triggered.items() if hits[row])
                figures = (
                    *(float(batch.kpis[kpi][row]) for kpi in _KPIS),
                    float(batch.before_plans[row]),
                    float(batch.kpis["plan_cost"][row]) - retainer,
                )
                self._futures[number].add(mask, used, figures)
