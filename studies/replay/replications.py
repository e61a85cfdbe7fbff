"""Replications of a study, in order and with the same result whoever computes them.

They are computed in parts of at most ``PART`` replications (``workers``). Where a store is given, each part is written
there as it is finished and found there again, and full records go there and stay out of memory.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from studies.replay.batches import Batch
from studies.replay.calls import Call, calls_of
from studies.replay.excerpts import cells_of, lights_of, verdicts_of
from studies.replay.steering import compile_steered
from studies.replay.stores import Part, Store
from studies.replay.workers import ONE_PROCESS, Work, Workers
from studies.saved.tables import record_files
from studies.statistics import Values

__all__ = ["Batch", "Progress", "run_replications", "run_variants"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (label, done, total) as replications finish."""

PART = 20
"""Replications of a part, at most: about a second, so that the progress bar moves."""
PARTS = 25
"""Parts that a small number of replications is cut into; the number of processes plays no role, so that a run which
is continued with more of them finds the parts that it has."""


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
    work = _Replications(plan, allocation, (options,), seed, store, keep_records)
    [batch] = _run(work, [list(numbers)], workers, label, progress)
    return batch


def run_variants(
    plan: Plan,
    allocation: Allocation,
    tasks: Sequence[tuple[Options, Sequence[int]]],
    *,
    seed: int,
    workers: Workers = ONE_PROCESS,
    label: str = "",
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[Batch]:
    """A batch for each pair of options and numbers, in order. All are shared out together: most have few numbers."""
    if not tasks:
        return []
    work = _Replications(plan, allocation, tuple(options for options, _ in tasks), seed, store, keep_records=False)
    return _run(work, [numbers for _, numbers in tasks], workers, label, progress)


def _run(
    work: _Replications,
    numbers: Sequence[Sequence[int]],
    workers: Workers,
    label: str,
    progress: Progress | None,
) -> list[Batch]:
    """A batch for each variant of the work."""
    total = sum(map(len, numbers))
    size = max(1, min(PART, math.ceil(total / PARTS)))
    parts = [
        (variant, asked[start : start + size])
        for variant, asked in enumerate(numbers)
        for start in range(0, len(asked), size)
    ]
    batches: list[list[Batch]] = [[] for _ in numbers]
    done = 0
    for (variant, _), batch in zip(parts, workers.run(work, parts), strict=True):
        batches[variant].append(batch)
        done += len(batch)
        if progress is not None:
            progress(label, done, total)
    return [Batch.joined(found or [work.nothing(variant)]) for variant, found in enumerate(batches)]


_Task: TypeAlias = tuple[int, Sequence[int]]
"""Position of the variant, and numbers of its replications."""
_Done: TypeAlias = tuple[Batch, Mapping[str, bytes]]
"""Figures, and files of full records where a store takes them."""


class _Replications(Work[_Task, _Done]):
    """Replications of one plan and allocation under several options."""

    def __init__(
        self,
        plan: Plan,
        allocation: Allocation,
        variants: Sequence[Options],
        seed: int,
        store: Store | None,
        keep_records: bool,
    ) -> None:
        self._asked = plan, allocation, variants
        self._seed, self._store, self._keep_records = seed, store, keep_records
        self._kept: dict[int, Part] = {}
        self._compiled = 0, compile_steered(plan, allocation, variants[0])

    def find(self, part: _Task) -> Batch | None:
        variant, numbers = part
        return None if self._store is None else self._kept_of(variant).find(numbers, self._keep_records)

    def compute(self, part: _Task) -> _Done:
        with _without_collector():  # records are gone when it wakes
            return self._replicated(*part)

    def _replicated(self, variant: int, numbers: Sequence[int]) -> _Done:
        model = self._model(variant)
        all_records, measured = [], []
        for number in numbers:
            records = replicate(model, self._seed, number)
            measured.append(measure(records, model))
            all_records.append(records)
        batch = _batch(model, numbers, measured, all_records)
        if not self._keep_records:
            return batch, {}
        if self._store is None:
            return replace(batch, records=tuple(all_records)), {}
        return batch, record_files(all_records, model.plan)

    def keep(self, part: _Task, done: _Done) -> Batch:
        batch, files = done
        return batch if self._store is None else self._kept_of(part[0]).keep(batch, files)

    def nothing(self, variant: int) -> Batch:
        """What no replications of a variant come to."""
        return _batch(self._model(variant), [], [], [])

    def _kept_of(self, variant: int) -> Part:
        if variant not in self._kept:
            assert self._store is not None
            plan, allocation, variants = self._asked
            self._kept[variant] = self._store.of(plan, allocation, variants[variant], self._seed)
        return self._kept[variant]

    def _model(self, variant: int) -> Model:
        """Compiled; the last one is kept, since parts come in the order of variants."""
        if self._compiled[0] != variant:
            plan, allocation, variants = self._asked
            self._compiled = variant, compile_steered(plan, allocation, variants[variant])
        return self._compiled[1]


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
