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
from studies.replay.replications import Asked, Progress, run_variants
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

    def run(self, plan: Plan, allocation: Allocation, asked: Sequence[Asked], label: str) -> list[Batch]:
        """A batch for each variant asked for, in order."""
        return run_variants(
            plan,
            allocation,
            asked,
            seed=self.seed,
            workers=self.workers,
            label=label,
            progress=self.progress,
            store=self.store,
        )


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

    def prepare(
        self,
        plan: Plan,
        allocation: Allocation,
        options: Sequence[Options],
        *,
        label: str,
        records_of: Sequence[Options] = (),
    ) -> None:
        """Run together what ``replay`` under each of these options would run one after the other.

        A future is drawn once for several of them then, and no process waits for the last ones of each.
        """
        digest = self._digest(plan, allocation)
        asked: list[Asked] = []
        for entry in dict.fromkeys(options):
            variant, keep_records = (digest, entry), entry in records_of
            _, unknown = self._known(plan, variant, np.arange(self.count), keep_records)
            missing = self._not_run(variant, unknown, keep_records)
            if len(missing):
                asked.append(Asked(entry, missing.tolist(), keep_records, same_as=0 if asked else None))
        self._run(plan, allocation, asked, label)

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
        parts, unknown = self._known(plan, variant, wanted, keep_records)
        used = self._used.get(variant, _NONE)
        fresh = len(np.setdiff1d(unknown, used, assume_unique=True))
        self.run, self.known = self.run + fresh, self.known + len(wanted) - fresh
        if len(unknown) or not parts:
            missing = self._not_run(variant, unknown, keep_records)
            if len(missing) or variant not in self._ran:
                self._run(plan, allocation, [Asked(options, missing.tolist(), keep_records)], label)
            parts.append(_some_of(self._ran[variant], unknown))
            self._used[variant] = np.union1d(used, unknown)
        if len(parts) == 1:
            return parts[0]
        joined = Batch.joined(parts)
        return joined.rows(np.argsort(joined.numbers))

    def _known(
        self, plan: Plan, variant: _Variant, wanted: NDArray[np.int64], keep_records: bool
    ) -> tuple[list[Batch], NDArray[np.int64]]:
        """What this study's futures tell of those wanted, under these options or others, and the numbers of the rest.

        Where records are wanted they tell nothing.
        """
        parts: list[Batch] = []
        missing = wanted
        for other in [] if keep_records else [variant, *(v for v in self._used if v != variant and v[0] == variant[0])]:
            there = np.intersect1d(self._used.get(other, _NONE), missing, assume_unique=True)
            if not len(there):
                continue
            batch = _some_of(self._ran[other], there)
            if other != variant:
                same = same_under(plan, batch, other[1], variant[1])
                batch = as_under(plan, batch.rows(same), other[1], variant[1])
            parts.append(batch)
            missing = np.setdiff1d(missing, batch.numbers, assume_unique=True)
        return parts, missing

    def _not_run(self, variant: _Variant, numbers: NDArray[np.int64], keep_records: bool) -> NDArray[np.int64]:
        """Which of them no study has run under this variant, or not with records where these are wanted."""
        ran = self._ran.get(variant)
        if ran is None or (keep_records and not (ran.records or ran.tables)):
            return numbers
        return np.setdiff1d(numbers, ran.numbers, assume_unique=True)

    def _run(self, plan: Plan, allocation: Allocation, asked: Sequence[Asked], label: str) -> None:
        """Run variants and remember them; what was run without records gives way to what has them."""
        for entry, fresh in zip(asked, self.execution.run(plan, allocation, asked, label), strict=True):
            variant = self._digest(plan, allocation), entry.options
            ran = self._ran.get(variant)
            whole = ran is None or (entry.keep_records and not (ran.records or ran.tables))
            self._ran[variant] = fresh if ran is None or whole else _merged(ran, fresh)

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
