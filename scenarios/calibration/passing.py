"""How many deals pass each stage of a pipeline, and how much of a sales cycle passes in it.

A deal has passed a stage when it comes to any later one or is won, and has failed it when it is lost there; where a
deal is taken back, the furthest stage counts. Only what was left inside a time of being watched is counted, since of
the deals that were gone before it none is known: deals that were lost early would be missing, those passed would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.calibration.rates import share_interval

__all__ = ["Journeys", "Passing", "passing"]

Floats: TypeAlias = NDArray[np.float64]
LEAST_LEFT = 30
"""Deals that have to have left a stage for it to stand alone; one with fewer counts as part of the stage before."""
LEAST_WON = 15
"""Deals won from which the parts of the cycle can be told."""
LEAST_PART = 0.01
"""Part of the cycle that a stage has at least: one in which nothing passes would say that nobody is in it."""


@dataclass(frozen=True, eq=False)
class Journeys:
    """Deals on their way; days of any one count, infinite for what has not happened."""

    reached: Floats
    """Day on which a deal (row) was first in a stage (column) or a later one; that of the first is its beginning."""
    ended: Floats
    won: NDArray[np.bool_]

    @classmethod
    def of(cls, entered: Floats, begun: Floats, ended: Floats, won: NDArray[np.bool_]) -> Journeys:
        """From the first day of each deal (row) in each stage (column); what comes after its end does not count."""
        entered = np.where(entered <= ended[:, None], entered, np.inf)
        entered = np.where(won[:, None], np.minimum(entered, ended[:, None]), entered)
        reached = np.minimum.accumulate(entered[:, ::-1], axis=1)[:, ::-1].copy()
        reached[:, 0] = begun
        return cls(reached, ended, won)

    def __len__(self) -> int:
        return len(self.ended)

    def some(self, rows: NDArray[np.bool_]) -> Journeys:
        """Those of some deals."""
        return Journeys(self.reached[rows], self.ended[rows], self.won[rows])

    def without(self, stage: int) -> Journeys:
        """The same where a stage counts as part of the one before, the first as part of the second."""
        reached = np.delete(self.reached, max(stage, 1), axis=1)
        return Journeys(reached, self.ended, self.won)

    @property
    def furthest(self) -> NDArray[np.int64]:
        """Stage that a deal is in, or was in at its end; the last of those won."""
        last = np.where(self.won, self.reached.shape[1], np.isfinite(self.reached).sum(axis=1)) - 1
        return np.asarray(last, dtype=np.int64)

    @property
    def left(self) -> Floats:
        """Day on which a deal left a stage; infinite where it has not."""
        after = np.column_stack([self.reached[:, 1:], np.where(self.won, self.ended, np.inf)])
        lost = ~self.won & np.isfinite(self.ended)
        here = np.arange(self.reached.shape[1]) == self.furthest[:, None]
        return np.where(here & lost[:, None], self.ended[:, None], after)


@dataclass(frozen=True, eq=False)
class Passing:
    """What a history of stages says; arrays by stage."""

    stages: tuple[int, ...]
    """Numbers of the stages that stand alone; others are part of the one before."""
    rate: Floats
    low: Floats
    """Ends of the 90% interval of the share that passes (Jeffreys)."""
    high: Floats
    passed: NDArray[np.int64]
    left: NDArray[np.int64]
    part: Floats
    """Part of the cycle of deals won that passes in the stage; adds up to 1."""
    won: int
    """Deals behind the parts."""

    @property
    def visits(self) -> float:
        """Stages that a deal comes to on average until it is won or lost."""
        return float(1 + np.cumprod(self.rate[:-1]).sum())

    @property
    def part_by(self) -> Floats:
        """Part of the cycle that has passed at the end of each stage."""
        by = np.cumsum(self.part)
        by[-1] = 1.0
        return by


def passing(journeys: Journeys, start: float, end: float) -> Passing | None:
    """Shares that pass among the deals that left each stage on a day in [start, end).

    None where fewer than two stages can be told apart, or too few deals were won to say how the cycle is spread.
    """
    stages = list(range(journeys.reached.shape[1]))
    while True:
        left = journeys.left
        seen = (left >= start) & (left < end)
        count = seen.sum(axis=0)
        if len(stages) < 2 or count.min() >= LEAST_LEFT:
            break
        # What is taken out is part of the stage before; of the first, the second is taken as part of it.
        thin = int(np.argmin(count))
        stages.pop(max(thin, 1))
        journeys = journeys.without(thin)
    won = journeys.won & (journeys.ended >= start) & (journeys.ended < end)
    if len(stages) < 2 or int(won.sum()) < LEAST_WON:
        return None
    gone_on = seen & (journeys.won[:, None] | (np.arange(len(stages)) < journeys.furthest[:, None]))
    passed = gone_on.sum(axis=0)
    ends = [share_interval(int(n), int(of)) for n, of in zip(passed, count, strict=True)]
    low, high = np.array(ends).T
    return Passing(
        stages=tuple(stages),
        rate=(passed + 0.5) / (count + 1),  # that none was lost there is not that none will be
        low=low,
        high=high,
        passed=passed,
        left=count,
        part=_parts(journeys.reached[won], journeys.ended[won]),
        won=int(won.sum()),
    )


def _parts(reached: Floats, ended: Floats) -> Floats:
    """Days in each stage as a share of all days; even where all were won on the day they began."""
    days: Sequence[float] | Floats = np.diff(np.column_stack([reached, ended]), axis=1).clip(min=0.0).sum(axis=0)
    whole = float(np.sum(days))
    part = np.maximum(np.asarray(days) / whole if whole > 0 else np.full(len(days), 1 / len(days)), LEAST_PART)
    return np.asarray(part / part.sum())
