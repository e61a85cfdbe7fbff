"""Replications of a study, in order or over processes, with the same result."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from studies.statistics import Values
from studies.steering import compile_steered

__all__ = ["Batch", "Progress", "run_replications"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told (label, done, total) as replications finish."""

CHUNK = 20
"""Replications a process takes at a time, at most: about a second, so that the progress bar moves."""


@dataclass(frozen=True)
class Batch:
    """Figures of many replications; every array's first axis runs over ``numbers``."""

    numbers: NDArray[np.int64]
    kpis: dict[str, Values]
    by_product: Values
    by_region: Values
    by_rep: Values
    by_week: Values
    cash_by_week: Values
    sources: dict[str, Values]
    struck: dict[str, Values]
    """Risk → number of strikes."""
    triggered: dict[str, Values]
    """Contingency plan → number of activations."""
    clips: dict[str, Values]
    before_plans: Values
    """Contribution before the costs of contingency plans."""
    records: tuple[Records, ...] = ()
    """Full records, where they were asked for."""

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def disturbed(self) -> NDArray[np.bool_]:
        """Where a risk struck or a contingency plan was triggered."""
        found = np.zeros(len(self), dtype=bool)
        for counts in (*self.struck.values(), *self.triggered.values()):
            found |= counts > 0
        return found

    def with_rows(self, rows: NDArray[np.bool_], other: Batch) -> Batch:
        """This batch with the chosen rows taken from ``other``, which holds exactly those replications in order."""
        if not np.array_equal(self.numbers[rows], other.numbers):
            raise ValueError("the other batch does not hold the replications to be replaced")

        def mixed(ours: Values, theirs: Values) -> Values:
            result = ours.copy()
            result[rows] = theirs
            return result

        def each(ours: dict[str, Values], theirs: dict[str, Values]) -> dict[str, Values]:
            zero, none = np.zeros(len(self)), np.zeros(len(other))
            return {key: mixed(ours.get(key, zero), theirs.get(key, none)) for key in sorted({*ours, *theirs})}

        return Batch(
            numbers=self.numbers,
            kpis=each(self.kpis, other.kpis),
            by_product=mixed(self.by_product, other.by_product),
            by_region=mixed(self.by_region, other.by_region),
            by_rep=mixed(self.by_rep, other.by_rep),
            by_week=mixed(self.by_week, other.by_week),
            cash_by_week=mixed(self.cash_by_week, other.cash_by_week),
            sources=each(self.sources, other.sources),
            struck=each(self.struck, other.struck),
            triggered=each(self.triggered, other.triggered),
            clips=each(self.clips, other.clips),
            before_plans=mixed(self.before_plans, other.before_plans),
        )

    def with_retainers(self, cost: float) -> Batch:
        """The same futures when this much is paid for contingency plans, none of which is triggered."""
        kpis = dict(self.kpis)
        kpis["contribution"] = self.before_plans - cost
        kpis["plan_cost"] = np.full(len(self), cost)
        return replace(self, kpis=kpis, records=())


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
) -> Batch:
    """Run the numbered replications; the order of ``numbers`` is the order of the result, whoever computed it."""
    chosen = list(numbers)
    model = compile_steered(plan, allocation, options)
    size = min(CHUNK, -(-len(chosen) // (4 * jobs))) or 1  # few of them are still shared out evenly
    chunks = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    rows: list[_Row] = []
    records: list[Records] = []
    for part, raw in _run_chunks(model, seed, chunks, jobs, keep_records):
        rows += part
        records += raw
        if progress is not None:
            progress(label, len(rows), len(chosen))
    return _batch(model, chosen, rows, records)


def _run_chunks(
    model: Model, seed: int, chunks: Sequence[Sequence[int]], jobs: int, keep: bool
) -> Iterator[tuple[list[_Row], list[Records]]]:
    if jobs == 1 or len(chunks) <= 1:
        for chunk in chunks:
            yield _run_chunk(model, seed, chunk, keep)
        return
    work = (delayed(_run_chunk)(model, seed, chunk, keep) for chunk in chunks)
    yield from Parallel(n_jobs=jobs, return_as="generator")(work)


@dataclass(frozen=True, slots=True)
class _Row:
    """One replication as a worker hands it back."""

    measured: Measured
    struck: dict[str, int]
    triggered: dict[str, int]
    clips: dict[str, int]


def _run_chunk(model: Model, seed: int, numbers: Sequence[int], keep: bool) -> tuple[list[_Row], list[Records]]:
    rows, kept = [], []
    for number in numbers:
        with _without_collector():
            records = replicate(model, seed, number)
        rows.append(
            _Row(
                measure(records, model),
                _counts(strike.risk for strike in records.strikes),
                _counts(activation.plan for activation in records.activations),
                records.clips,
            )
        )
        if keep:
            kept.append(records)
    return rows, kept


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


def _batch(model: Model, numbers: Sequence[int], rows: Sequence[_Row], records: Sequence[Records]) -> Batch:
    measured = [row.measured for row in rows]

    def stack(name: str, width: int) -> Values:
        return np.array([getattr(m, name) for m in measured], dtype=float).reshape(len(measured), width)

    def columns(dicts: Sequence[dict[str, float]] | Sequence[dict[str, int]]) -> dict[str, Values]:
        names = sorted({name for entry in dicts for name in entry})
        return {name: np.array([entry.get(name, 0) for entry in dicts], dtype=float) for name in names}

    weeks = model.plan.calendar.weeks
    return Batch(
        numbers=np.array(numbers, dtype=np.int64),
        kpis={kpi: np.array([m.kpis[kpi] for m in measured], dtype=float) for kpi in KPIS},
        by_product=stack("signed_by_product", len(model.products)),
        by_region=stack("signed_by_region", len(model.regions)),
        by_rep=stack("signed_by_rep", len(model.reps)),
        by_week=stack("signed_by_week", weeks),
        cash_by_week=stack("cash_by_week", weeks),
        sources=columns([m.signed_by_source for m in measured]),
        struck=columns([row.struck for row in rows]),
        triggered=columns([row.triggered for row in rows]),
        clips=columns([row.clips for row in rows]),
        before_plans=np.array([m.before_plans for m in measured], dtype=float),
        records=tuple(records),
    )
