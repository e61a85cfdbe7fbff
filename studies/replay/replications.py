"""Replications of a study, in order and with the same result whoever computes them.

They are computed in parts of at most ``PART`` quarters (``workers``), those of one future together, so that it is drawn
once for several variants. Where a store is given, each part is written there as it is finished and found there again,
and full records go there and stay out of memory.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.future import draw_futures
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import run_quarter
from simulation.records import Records
from studies.replay.batches import Batch
from studies.replay.calls import Call, calls_of
from studies.replay.excerpts import cells_of, lights_of, verdicts_of
from studies.replay.sameness import as_under, same_under
from studies.replay.steering import compile_steered
from studies.replay.stores import Part, Store
from studies.replay.workers import ONE_PROCESS, Work, Workers
from studies.saved.tables import record_files
from studies.statistics import Values

__all__ = ["Asked", "Batch", "Progress", "run_replications", "run_variants"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (label, done, total) as replications finish."""

PART = 20
"""Quarters of a part, at most: about a second, so that the progress bar moves."""
TOGETHER = 4
"""Variants that are run together, at most: a process holds the compiled plan of each."""
PARTS = 25
"""Parts that a small number of replications is cut into; the number of processes plays no role, so that a run which
is continued with more of them finds the parts that it has."""


class Asked(NamedTuple):
    """What is asked of one variant of a plan and an allocation."""

    options: Options
    numbers: Sequence[int]
    keep_records: bool = False
    same_as: int | None = None
    """Position of an earlier variant, whose quarters are taken where nothing can differ (``sameness``)."""


def run_replications(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    *,
    seed: int,
    numbers: Iterable[int],
    workers: Workers = ONE_PROCESS,
    label: str = "",
    progress: Progress | None = None,
    keep_records: bool = False,
    store: Store | None = None,
) -> Batch:
    """Run the numbered replications; the order of ``numbers`` is the order of the result, whoever computed it.

    Records are kept in memory, or in the store where there is one.
    """
    asked = [Asked(options, list(numbers), keep_records)]
    [batch] = run_variants(
        plan, allocation, asked, seed=seed, workers=workers, label=label, progress=progress, store=store
    )
    return batch


def run_variants(
    plan: Plan,
    allocation: Allocation,
    asked: Sequence[Asked],
    *,
    seed: int,
    workers: Workers = ONE_PROCESS,
    label: str = "",
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[Batch]:
    """A batch for each variant, in order. All are shared out together, and a future is drawn once for several."""
    if not asked:
        return []
    work = _Replications(plan, allocation, asked, seed, store)
    total = sum(len(entry.numbers) for entry in asked)
    batches: list[list[Batch]] = [[] for _ in asked]
    done = 0
    parts = _parts(asked, max(1, min(PART, math.ceil(total / PARTS))))
    for part, results in zip(parts, workers.run(work, parts), strict=True):
        for variant, batch in zip(part.variants, results, strict=True):
            batches[variant].append(batch)
            done += len(batch)
        if progress is not None:
            progress(label, done, total)
    return [
        _in_order(Batch.joined(found or [work.nothing(variant)]), asked[variant].numbers)
        for variant, found in enumerate(batches)
    ]


class _Part(NamedTuple):
    """Replications of the same numbers of some variants, by their positions."""

    variants: tuple[int, ...]
    numbers: tuple[int, ...]


def _parts(asked: Sequence[Asked], size: int) -> list[_Part]:
    """All that is asked, in parts of at most so many quarters, those of a future together."""
    parts: list[_Part] = []
    for group in _groups(asked):
        variants_of: dict[int, list[int]] = {}
        for variant in group:
            for number in asked[variant].numbers:
                variants_of.setdefault(number, []).append(variant)
        numbers_of: dict[tuple[int, ...], list[int]] = {}
        for number, variants in variants_of.items():
            numbers_of.setdefault(tuple(variants), []).append(number)
        for together, numbers in numbers_of.items():
            step = max(1, size // len(together))
            parts += [_Part(together, tuple(numbers[at : at + step])) for at in range(0, len(numbers), step)]
    return parts


def _groups(asked: Sequence[Asked]) -> Iterator[list[int]]:
    """Variants that are run together; records are kept in the order of numbers, so only beside those of the same."""
    group: list[int] = []
    for variant, entry in enumerate(asked):
        apart = any(
            (entry.keep_records or asked[other].keep_records) and list(entry.numbers) != list(asked[other].numbers)
            for other in group
        )
        if apart or len(group) == TOGETHER:
            yield group
            group = []
        group.append(variant)
    yield group


def _in_order(batch: Batch, numbers: Sequence[int]) -> Batch:
    """A batch in the order in which its numbers were asked for."""
    if batch.numbers.tolist() == list(numbers):
        return batch
    places = {number: place for place, number in enumerate(batch.numbers.tolist())}
    return batch.rows(np.array([places[number] for number in numbers], dtype=np.intp))


_Done: TypeAlias = tuple[Batch, Mapping[str, bytes]]
"""Figures, and files of full records where a store takes them."""


class _Replications(Work[_Part, list[_Done], list[Batch]]):
    """Replications of one plan and allocation under several options."""

    def __init__(
        self, plan: Plan, allocation: Allocation, asked: Sequence[Asked], seed: int, store: Store | None
    ) -> None:
        self._plan, self._allocation, self._seed, self._store = plan, allocation, seed, store
        self._asked = [entry._replace(numbers=()) for entry in asked]
        self._kept: dict[int, Part] = {}
        self._compiled = {0: compile_steered(plan, allocation, asked[0].options)}

    def find(self, part: _Part) -> list[Batch] | None:
        if self._store is None:
            return None
        found: list[Batch] = []
        for variant in part.variants:
            batch = self._kept_of(variant).find(part.numbers, self._asked[variant].keep_records)
            if batch is None:
                return None
            found.append(batch)
        return found

    def compute(self, part: _Part) -> list[_Done]:
        with _without_collector():  # records are gone when it wakes
            return self._replicated(part)

    def _replicated(self, part: _Part) -> list[_Done]:
        models = self._models(part.variants)
        batches: dict[int, list[Batch]] = {variant: [] for variant in part.variants}
        kept: dict[int, list[Records]] = {variant: [] for variant in part.variants}
        for number in part.numbers:
            futures = draw_futures(models, self._seed, number)
            for variant, model, future in zip(part.variants, models, futures, strict=True):
                batch = self._same(variant, batches)
                if batch is None:
                    records = run_quarter(model, future)
                    batch = _batch(model, [number], [measure(records, model)], [records])
                    if self._asked[variant].keep_records:
                        kept[variant].append(records)
                batches[variant].append(batch)
        return [self._done(Batch.joined(batches[variant]), kept[variant]) for variant in part.variants]

    def _same(self, variant: int, batches: Mapping[int, Sequence[Batch]]) -> Batch | None:
        """The quarter that was run last, where it is the same under this variant."""
        options, _, keep_records, same_as = self._asked[variant]
        if same_as is None or same_as not in batches or keep_records:
            return None
        last, ran_under = batches[same_as][-1], self._asked[same_as].options
        if not same_under(self._plan, last, ran_under, options).all():
            return None
        return as_under(self._plan, last, ran_under, options)

    def _done(self, batch: Batch, records: Sequence[Records]) -> _Done:
        if self._store is None:
            return replace(batch, records=tuple(records)), {}
        return batch, record_files(records, self._plan) if records else {}

    def keep(self, part: _Part, done: list[_Done]) -> list[Batch]:
        if self._store is None:
            return [batch for batch, _ in done]
        return [
            self._kept_of(variant).keep(batch, files)
            for variant, (batch, files) in zip(part.variants, done, strict=True)
        ]

    def nothing(self, variant: int) -> Batch:
        """What no replications of a variant come to."""
        [model] = self._models((variant,))
        return _batch(model, [], [], [])

    def _kept_of(self, variant: int) -> Part:
        if variant not in self._kept:
            assert self._store is not None
            self._kept[variant] = self._store.of(self._plan, self._allocation, self._asked[variant].options, self._seed)
        return self._kept[variant]

    def _models(self, variants: Sequence[int]) -> list[Model]:
        """Compiled; those of a group are kept, since parts mostly come group by group."""
        for variant in variants:
            if variant not in self._compiled:
                if len(self._compiled) == TOGETHER:
                    del self._compiled[next(other for other in self._compiled if other not in variants)]
                self._compiled[variant] = compile_steered(self._plan, self._allocation, self._asked[variant].options)
        return [self._compiled[variant] for variant in variants]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python's cycle collector at rest for a part: what a quarter leaves behind frees itself, and little else."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _counts(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _columns(dicts: Sequence[dict[str, float]] | Sequence[dict[str, int]]) -> dict[str, Values]:
    names = sorted({name for entry in dicts for name in entry})
    return {name: np.array([entry.get(name, 0) for entry in dicts], dtype=float) for name in names}


def _quota_factors(records: Sequence[Records], products: int) -> Values:
    factors = [entry.quota_factors or (1.0,) * products for entry in records]
    return np.array(factors, dtype=float).reshape(len(records), products)


def _batch(
    model: Model,
    numbers: Sequence[int],
    measured: Sequence[Measured],
    records: Sequence[Records],
) -> Batch:
    def stack(name: str, width: int) -> Values:
        return np.array([getattr(m, name) for m in measured], dtype=float).reshape(len(measured), width)

    nature = np.array([entry.nature for entry in records], dtype=float)
    calls: list[dict[str, Call]] = [calls_of(entry, model.plan) for entry in records]
    paid_per_use = {entry.id for entry in model.plan.contingency_plans if entry.cost_per_use}
    weeks = model.plan.calendar.weeks
    sold, worked = cells_of(records, model.plan)
    return Batch(
        numbers=np.array(numbers, dtype=np.int64),
        kpis={kpi: np.array([m.kpis[kpi] for m in measured], dtype=float) for kpi in KPIS},
        by_product=stack("signed_by_product", len(model.products)),
        by_region=stack("signed_by_region", len(model.regions)),
        by_rep=stack("signed_by_rep", len(model.reps)),
        by_week=stack("signed_by_week", weeks),
        cash_by_week=stack("cash_by_week", weeks),
        sources=_columns([m.signed_by_source for m in measured]),
        struck=_columns([_counts(strike.risk for strike in entry.strikes) for entry in records]),
        ended_in_event=_columns(
            [_counts(s.risk for s in entry.strikes if math.isfinite(s.event_day)) for entry in records]
        ),
        triggered=_columns([_counts(activation.plan for activation in entry.activations) for entry in records]),
        uses=_columns([{p: n for p, n in entry.uses.items() if p in paid_per_use} for entry in records]),
        calls={
            entry.id: np.array([call[entry.id].times for call in calls], dtype=float)
            for entry in model.plan.contingency_plans
        },
        first_start={
            entry.id: np.array([call[entry.id].first_start for call in calls], dtype=float)
            for entry in model.plan.contingency_plans
        },
        clips=_columns([entry.clips for entry in records]),
        before_plans=np.array([m.before_plans for m in measured], dtype=float),
        nature=nature.reshape(len(records), len(model.uncertainties)),
        quota_factors=_quota_factors(records, len(model.products)),
        acceptance=stack("acceptance", len(model.plan.calendar.criteria)),
        lights=lights_of(records, model.plan),
        verdicts=verdicts_of(records, model.plan),
        signed_by_cell=sold,
        hours_by_cell=worked,
    )
