"""The numbered futures of one seed, replayed under any plan, allocation and options; none is run twice.

This is what a study is handed: how it is run is said once, and what one part of it has computed every later part
takes from there. ``known`` and ``run`` count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.options import Options
from studies.batches import Batch
from studies.replications import Progress, run_replications
from studies.sameness import as_under, same_under
from studies.stores import Store, digest_of

__all__ = ["Execution", "Futures"]


@dataclass(frozen=True, slots=True)
class Execution:
    """How replications are run. Seed and number decide what comes out; all else does not."""

    seed: int = 1
    replications: int = 500
    jobs: int = 1
    progress: Progress | None = None
    store: Store | None = None
    """Where finished parts and full records are kept; None keeps them in memory."""


@dataclass
class Futures:
    """Futures 0, 1, … of a seed, and what they came to so far."""

    execution: Execution = field(default_factory=Execution)
    run: int = 0
    """Replications that were run …"""
    known: int = 0
    """… and those that were taken from others, because nothing could differ."""
    _batches: dict[str, list[tuple[Options, Batch]]] = field(default_factory=dict)
    _digests: dict[tuple[int, int], tuple[Plan, Allocation, str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of futures."""
        return self.execution.replications

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
        tried = self._batches.setdefault(self._digest(plan, allocation), [])
        wanted = np.arange(self.count) if only is None else np.array(sorted(only), dtype=np.int64)
        whole = next((batch for under, batch in tried if under == options and _holds(batch, wanted)), None)
        if whole is not None and (not keep_records or whole.records or whole.tables):
            self.known += len(wanted)
            return whole if len(whole) == len(wanted) else whole.rows(np.isin(whole.numbers, wanted))
        parts: list[Batch] = []
        missing = wanted
        if keep_records:
            for under, batch in tried:
                if under == options and (batch.records or batch.tables) and _begins(batch, wanted):
                    parts, missing = [batch], wanted[len(batch) :]
        else:
            for under, batch in tried:
                here = np.isin(batch.numbers, missing)
                here[here] = same_under(plan, batch.rows(here), under, options)
                if here.any():
                    parts.append(as_under(plan, batch.rows(here), under, options))
                    missing = np.setdiff1d(missing, batch.numbers[here], assume_unique=True)
                if not len(missing):
                    break
        fresh = run_replications(
            plan,
            allocation,
            options,
            seed=self.execution.seed,
            numbers=missing.tolist(),
            jobs=self.execution.jobs,
            label=label,
            progress=self.execution.progress,
            keep_records=keep_records,
            store=self.execution.store,
        )
        self.run += len(missing)
        self.known += len(wanted) - len(missing)
        result = fresh
        if parts:
            joined = Batch.joined([*parts, fresh])
            result = joined if keep_records else joined.rows(np.argsort(joined.numbers))
        tried.append((options, result))
        return result

    def _digest(self, plan: Plan, allocation: Allocation) -> str:
        """A plan and an allocation by content; the objects are kept, so that their identity stays theirs."""
        key = id(plan), id(allocation)
        if key not in self._digests:
            self._digests[key] = plan, allocation, digest_of(plan, allocation)
        return self._digests[key][2]


def _begins(batch: Batch, wanted: NDArray[np.int64]) -> bool:
    return len(batch) <= len(wanted) and np.array_equal(batch.numbers, wanted[: len(batch)])


def _holds(batch: Batch, wanted: NDArray[np.int64]) -> bool:
    return bool(np.isin(wanted, batch.numbers).all())
