"""Replications of a study, in order or over processes, with the same result.

They are computed in parts of at most ``PART`` replications. The compiled plan goes to a process once, as a file; a
part that a process was killed over is computed again by another. Where a store is given, each part is written there as
it is finished and found there again, and full records go there and stay out of memory.
"""

from __future__ import annotations

import gc
import math
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from studies.batches import Batch
from studies.calls import Call, calls_of
from studies.excerpts import cells_of, lights_of, verdicts_of
from studies.statistics import Values
from studies.steering import compile_steered
from studies.stores import Part, Store

__all__ = ["Batch", "Progress", "run_replications", "run_variants"]

T = TypeVar("T")

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (label, done, total) as replications finish."""

PART = 20
"""Replications of a part, at most: about a second, so that the progress bar moves."""
PARTS = 25
"""Parts that a small number of replications is cut into; the number of processes plays no role, so that a run which
is continued with more of them finds the parts that it has."""
PATIENCE = 3
"""Times in a row that processes may be killed without finishing a single part."""


def run_replications(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    *,
    seed: int,
    numbers: Iterable[int],
    jobs: int = 1,
    label: str = "",
    progress: Progress | None = None,
    keep_records: bool = False,
    store: Store | None = None,
) -> Batch:
    """Run the numbered replications; the order of ``numbers`` is the order of the result, whoever computed it.

    Records are kept in memory, or in the store where there is one.
    """
    chosen = list(numbers)
    model = compile_steered(plan, allocation, options)
    if not chosen:
        return _batch(model, [], [], [])
    size = min(PART, math.ceil(len(chosen) / PARTS))
    parts = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    work = _Work(model, seed, store.of(model, seed) if store is not None else None, keep_records)
    batches: list[Batch] = []
    done = 0
    for batch in _run_parts(work, parts, jobs):
        batches.append(batch)
        done += len(batch)
        if progress is not None:
            progress(label, done, len(chosen))
    return Batch.joined(batches)


def run_variants(
    plan: Plan,
    allocation: Allocation,
    tasks: Sequence[tuple[Options, Sequence[int]]],
    *,
    seed: int,
    jobs: int = 1,
    label: str = "",
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[Batch]:
    """A batch for each pair of options and numbers, in order.

    Where there are many with few replications each, a process takes a whole one: shared out one by one, most would
    keep a single process busy.
    """
    total = sum(len(numbers) for _, numbers in tasks)
    variant = _Variant(plan, allocation, seed, store)
    one_by_one = len(tasks) < 2 * jobs
    batches: list[Batch] = []
    done = 0
    for batch in (variant(task, jobs) for task in tasks) if one_by_one else _run_parts(variant, tasks, jobs):
        batches.append(batch)
        done += len(batch)
        if progress is not None:
            progress(label, done, total)
    return batches


class _Variant:
    """What is run of one plan and allocation under any options."""

    def __init__(self, plan: Plan, allocation: Allocation, seed: int, store: Store | None) -> None:
        self.plan, self.allocation, self.seed, self.store = plan, allocation, seed, store

    def __call__(self, task: tuple[Options, Sequence[int]], jobs: int = 1) -> Batch:
        options, numbers = task
        return run_replications(
            self.plan, self.allocation, options, seed=self.seed, numbers=numbers, jobs=jobs, store=self.store
        )


class _Work:
    """What is done to every part. Goes to other processes as a file, read once by each of them."""

    def __init__(self, model: Model, seed: int, part: Part | None, keep_records: bool) -> None:
        self.model, self.seed, self.part, self.keep_records = model, seed, part, keep_records

    def __call__(self, numbers: Sequence[int]) -> Batch:
        """Compute a part, or find it in the store."""
        if self.part is None:
            return self._compute(numbers)[0]
        found = self.part.find(numbers, self.keep_records)
        if found is not None:
            return found
        batch, records = self._compute(numbers)
        return self.part.keep(batch, records if self.keep_records else (), self.model.plan)

    def _compute(self, numbers: Sequence[int]) -> tuple[Batch, list[Records]]:
        all_records, measured = [], []
        for number in numbers:
            with _without_collector():
                records = replicate(self.model, self.seed, number)
            measured.append(measure(records, self.model))
            all_records.append(records)
        kept = all_records if self.keep_records and self.part is None else ()
        return _batch(self.model, numbers, measured, all_records, kept), all_records


def _run_parts(work: Callable[[T], Batch], parts: Sequence[T], jobs: int) -> Iterator[Batch]:
    if jobs == 1 or len(parts) == 1:
        yield from map(work, parts)
        return
    with tempfile.TemporaryDirectory(prefix="quarterdeck-") as folder:
        path = Path(folder) / "model"
        path.write_bytes(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
        done = failures = 0
        while done < len(parts):
            calls = (delayed(_run_part)(str(path), part) for part in parts[done:])
            try:
                for batch in Parallel(n_jobs=jobs, return_as="generator", batch_size=1)(calls):
                    done, failures = done + 1, 0
                    yield batch
            except BrokenProcessPool as error:
                failures += 1
                if failures == PATIENCE:
                    raise UsageError(
                        f"processes were killed {PATIENCE} times in a row, as happens when memory runs out; "
                        "try again with --jobs 1"
                    ) from error


def _run_part(path: str, part: object) -> Batch:
    return _work_at(path)(part)


@lru_cache(maxsize=1)
def _work_at(path: str) -> Callable[[Any], Batch]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes; the one that asked says what it means
    # Our own file, in a folder that others cannot write.
    work: Callable[[Any], Batch] = pickle.loads(Path(path).read_bytes())
    return work


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python's cycle collector from running in the middle of a replication, where nothing can be freed yet."""
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


def _batch(
    model: Model,
    numbers: Sequence[int],
    measured: Sequence[Measured],
    records: Sequence[Records],
    kept: Sequence[Records] = (),
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
        lights=lights_of(records, model.plan),
        verdicts=verdicts_of(records, model.plan),
        signed_by_cell=sold,
        hours_by_cell=worked,
        records=tuple(kept),
    )
