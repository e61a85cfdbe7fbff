"""The numbered futures of one seed, replayed under any plan, allocation and options; none is run twice.

This is what a study is handed: how it is run is said once, and what one part of it has computed every later part
takes from there. ``known`` and ``run`` count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.options import Options
from studies.replay.batches import Batch
from studies.replay.replications import Progress, run_replications
from studies.replay.sameness import as_under, same_under
from studies.replay.stores import Store, digest_of
from studies.replay.workers import ONE_PROCESS, Workers

__all__ = ["Execution", "Futures"]


@dataclass(frozen=True, slots=True)
class Execution:
    """How replications are run. Seed and number decide what comes out; all else does not."""

    seed: int = 1
    replications: int = 500
    workers: Workers = ONE_PROCESS
    progress: Progress | None = None
    store: Store | None = None
    """Where finished parts and full records are kept; None keeps them in memory."""


_Variant: TypeAlias = tuple[str, Options]
"""Plan and allocation by content, and what is in play."""
_NONE = np.array([], dtype=np.int64)


@dataclass
class Futures:
    """Futures 0, 1, … of a seed, and what they came to so far."""

    execution: Execution = field(default_factory=Execution)
    run: int = 0
    """Replications that had to be run …"""
    known: int = 0
    """… and those that were taken from others, because nothing could differ."""
    _ran: dict[_Variant, Batch] = field(default_factory=dict)
    """What was run of each variant, in order of the futures' numbers."""
    _used: dict[_Variant, NDArray[np.int64]] = field(default_factory=dict)
    """Numbers of those that this study has asked for, by variant in the order in which it did."""
    _digests: dict[tuple[int, int], tuple[Plan, Allocation, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of futures."""
        return self.execution.replications

    def heading(self, plan: Plan, allocation: Allocation) -> dict[str, Any]:
        """Fields with which an answer about these futures begins (``results.QuarterResult``)."""
        return {
            "plan": plan.name,
            "currency": plan.currency,
            "target": plan.target,
            "allocation_name": allocation.name,
            "seed": self.execution.seed,
            "replications": self.count,
        }

    def more(self, replications: int) -> Futures:
        """More of the same futures, as if nothing had been asked yet; what was run is not run again."""
        execution = replace(self.execution, replications=replications)
        return Futures(execution, _ran=self._ran, _digests=self._digests)

    def replay(
        self,
        plan: Plan,
        allocation: Allocation,
        options: Options,
        *,
        label: str = "",
        keep_records: bool = False,
        only: Sequence[int] | None = None,
    ) -> Batch:
        """What the futures come to under a plan, an allocation and options, in order of their numbers.

        Only those not known already are run; with ``keep_records`` all are, unless they were before. ``only`` asks
        for some of the futures.
        """
        variant = self._digest(plan, allocation), options
        wanted = np.arange(self.count) if only is None else np.array(sorted(only), dtype=np.int64)
        parts: list[Batch] = []
        missing = wanted
        for other in [] if keep_records else [variant, *(v for v in self._used if v != variant and v[0] == variant[0])]:
            there = np.intersect1d(self._used.get(other, _NONE), missing, assume_unique=True)
            if not len(there):
                continue
            batch = _some_of(self._ran[other], there)
            if other != variant:
                same = same_under(plan, batch, other[1], options)
                batch = as_under(plan, batch.rows(same), other[1], options)
            parts.append(batch)
            missing = np.setdiff1d(missing, batch.numbers, assume_unique=True)
        used = self._used.get(variant, _NONE)
        fresh = len(np.setdiff1d(missing, used, assume_unique=True))
        self.run, self.known = self.run + fresh, self.known + len(wanted) - fresh
        if len(missing) or not parts:
            parts.append(self._run(variant, plan, allocation, missing, label, keep_records))
            self._used[variant] = np.union1d(used, missing)
        if len(parts) == 1:
            return parts[0]
        joined = Batch.joined(parts)
        return joined.rows(np.argsort(joined.numbers))

    def _run(
        self,
        variant: _Variant,
        plan: Plan,
        allocation: Allocation,
        numbers: NDArray[np.int64],
        label: str,
        keep_records: bool,
    ) -> Batch:
        """The numbered replications of a variant, those taken from memory that were run before."""
        ran = self._ran.get(variant)
        if ran is not None and keep_records and not (ran.records or ran.tables):
            ran = None
        missing = numbers if ran is None else np.setdiff1d(numbers, ran.numbers, assume_unique=True)
        if len(missing) or ran is None:
            fresh = run_replications(
                plan,
                allocation,
                variant[1],
                seed=self.execution.seed,
                numbers=missing.tolist(),
                workers=self.execution.workers,
                label=label,
                progress=self.execution.progress,
                keep_records=keep_records,
                store=self.execution.store,
            )
            ran = fresh if ran is None else _merged(ran, fresh)
            self._ran[variant] = ran
        return _some_of(ran, numbers)

    def _digest(self, plan: Plan, allocation: Allocation) -> str:
        """A plan and an allocation by content; the objects are kept, so that their identity stays theirs."""
        key = id(plan), id(allocation)
        if key not in self._digests:
            self._digests[key] = plan, allocation, digest_of(plan, allocation)
        return self._digests[key][2]


def _some_of(batch: Batch, numbers: NDArray[np.int64]) -> Batch:
    """The numbered replications of a batch; all of it with its records."""
    if np.array_equal(batch.numbers, numbers):
        return batch
    return batch.rows(np.isin(batch.numbers, numbers))


def _merged(ran: Batch, fresh: Batch) -> Batch:
    """In order of numbers; records stay where the order does."""
    joined = Batch.joined([ran, fresh])
    if not len(ran) or not len(fresh) or ran.numbers[-1] < fresh.numbers[0]:
        return joined
    return joined.rows(np.argsort(joined.numbers))
