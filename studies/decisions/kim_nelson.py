"""The best of several systems by sequential screening on common random numbers, with a promise.

KN: S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS
11 (2001) 251-273. The variances of the pairwise differences come from the first replications alone. With normal
outputs, correlated between systems or not, the system chosen is the best with the stated confidence wherever the best
is better by delta or more.

KN++: S.-H. Kim and B. L. Nelson, On the asymptotic validity of fully sequential selection procedures for steady-state
simulation, Operations Research 54 (2006) 475-488. The variances are brought up to date as replications come in; the
promise then holds in the limit of a small delta, and does not rest on the first few replications.

Both with c = 1 and the bound for dependent systems (alpha shared out over k - 1 comparisons).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Apart", "Sampler", "Selection", "select_best"]

Values: TypeAlias = NDArray[np.float64]
Systems: TypeAlias = NDArray[np.int64]
Sampler: TypeAlias = Callable[[Systems, int, int], Values]
"""(systems, first replication, one past the last) → a row per replication, a column per system; more is better.

Replication n of every system is the same future.
"""
Apart: TypeAlias = Callable[[int], Systems]
"""Replications seen so far → a label per system; systems with different labels are not compared yet.

For systems whose difference is seen in few replications: before it has been, its variance passes for zero.
"""

_BLOCK = 256
"""Rows of the matrix of pairwise variances held at a time while thousands of systems are screened."""


@dataclass(frozen=True)
class Selection:
    """What a procedure chose, and what it took."""

    chosen: int
    survivors: tuple[int, ...]
    """Not screened out when it ended, the best mean first; one where the screening decided by itself."""
    replications: int
    """Futures on which the survivors were seen."""
    seen: NDArray[np.int64]
    """Futures that each system was judged on before it was screened out."""
    sums: Values
    """Sum of each system's figures over the futures that it was judged on."""
    promised: bool
    """False where the most replications allowed were reached before the procedure could end."""

    @property
    def observations(self) -> int:
        """Figures that the choice rests on, over all systems."""
        return int(self.seen.sum())

    @property
    def equal_allocation(self) -> int:
        """Figures that it takes to see every system on as many futures as the survivors."""
        return len(self.seen) * self.replications

    @property
    def means(self) -> Values:
        """Mean of each system over the futures that it was judged on."""
        return self.sums / self.seen


def select_best(
    sample: Sampler,
    systems: int,
    *,
    delta: float,
    confidence: float = 0.95,
    first: int = 20,
    step: int = 10,
    most: int | None = None,
    updating: bool = False,
    apart: Apart | None = None,
) -> Selection:
    """The system with the greatest mean, of so many.

    ``first`` replications (n₀) of all give the variances; then survivors are sampled ``step`` at a time and screened
    after each replication. ``most`` ends it early, without the promise. ``updating`` chooses KN++, which alone may hold
    systems ``apart`` until there is something to compare. Systems that are exactly alike survive together; of them the
    first is chosen. ValueError for a delta or a confidence without meaning.
    """
    if systems < 1:
        raise ValueError("no system, no choice")
    if not delta > 0 or not 0.5 < confidence < 1:
        raise ValueError(f"delta {delta:g} must be above 0, confidence {confidence:g} between 0.5 and 1")
    if first < 2 or step < 1:
        raise ValueError("variances take two replications or more, and each step at least one")
    if apart is not None and not updating:
        raise ValueError("variances of the first replications alone say nothing of what is compared later")
    if systems == 1:
        figures = sample(np.arange(1), 0, first)
        return Selection(0, (0,), first, np.array([first]), figures.sum(axis=0), True)
    race = _Race(sample, systems, delta, (1 - confidence) / (systems - 1), first, apart)
    while not race.is_decided and (most is None or race.count < most):
        race.go_on(min(step, most - race.count) if most is not None else step, updating)
    return race.result()


class _Race:
    """Systems that are still in, with what is known of them."""

    def __init__(
        self, sample: Sampler, systems: int, delta: float, beta: float, first: int, apart: Apart | None
    ) -> None:
        self.sample, self.delta, self.beta = sample, delta, beta
        self.apart = apart or (lambda _: np.zeros(systems, dtype=np.int64))
        self.count = first
        self.left: Systems = np.arange(systems)
        self.figures = sample(self.left, 0, first)
        if self.figures.shape != (first, systems) or not np.isfinite(self.figures).all():
            raise ValueError("a sampler gives a finite figure for every replication and system")
        self.sums = self.figures.sum(axis=0)
        self.seen = np.full(systems, first)
        self.h2 = _h2(beta, first)
        self.variances: Values | None = None
        """Of the pairwise differences of those left, once they are few enough to hold."""
        self._screen_first()

    @property
    def is_decided(self) -> bool:
        """One is left, or nothing that comes could tell those left apart by more than delta."""
        if len(self.left) == 1:
            return True
        assert self.variances is not None, "the first screening made them"
        if len(np.unique(self.labels)) > 1:
            return False
        return self.count >= self.h2 * float(self.variances.max()) / self.delta**2

    def go_on(self, step: int, updating: bool) -> None:
        """Sample those left and screen after each replication."""
        more = self.sample(self.left, self.count, self.count + step)
        if not np.isfinite(more).all():
            raise ValueError("a sampler gives a finite figure for every replication and system")
        columns = np.arange(len(self.left))
        self.labels = self.apart(self.count)[self.left]
        for row in more:
            self.count += 1
            self.sums[self.left] += row[columns]
            self.seen[self.left] = self.count
            self.figures = np.vstack([self.figures, row[columns]])
            if updating:
                self.h2 = _h2(self.beta, self.count)
                self.variances = _variances(self.figures)
            stays = self._stays(self.variances)
            columns = columns[stays]
            self._keep(stays)
            if self.is_decided:
                return

    def _keep(self, stays: NDArray[np.bool_]) -> None:
        self.left, self.labels, self.figures = self.left[stays], self.labels[stays], self.figures[:, stays]
        if self.variances is not None:
            self.variances = self.variances[np.ix_(stays, stays)]

    def _stays(self, variances: Values | None) -> NDArray[np.bool_]:
        assert variances is not None
        means = self.sums[self.left] / self.count
        behind = means[:, None] < means[None, :] - self._slack(variances)
        return np.asarray(~(behind & (self.labels[:, None] == self.labels)).any(axis=1))

    def _slack(self, variances: Values) -> Values:
        """W(r) = max(0, δ/2r · (h²S²/δ² − r)): how far a mean may lie behind another and stay."""
        return np.maximum(0.0, self.delta / (2 * self.count) * (self.h2 * variances / self.delta**2 - self.count))

    def _screen_first(self) -> None:
        """The first screening, in blocks: thousands of systems have millions of pairs."""
        self.labels = self.apart(self.count)
        means = self.sums / self.count
        centred = self.figures - means
        own = (centred**2).sum(axis=0)
        stays = np.ones(len(means), dtype=bool)
        for start in range(0, len(means), _BLOCK):
            rows = slice(start, start + _BLOCK)
            cross = centred[:, rows].T @ centred
            variances = np.maximum(own[rows, None] + own[None, :] - 2 * cross, 0.0) / (self.count - 1)
            # Rounding of the products must not pass for a variance, nor hide that two systems are alike.
            variances[variances < 1e-12 * (own[rows, None] + own[None, :])] = 0.0
            behind = means[rows, None] < means[None, :] - self._slack(variances)
            stays[rows] = ~(behind & (self.labels[rows, None] == self.labels)).any(axis=1)
        self._keep(stays)
        self.variances = _variances(self.figures)

    def result(self) -> Selection:
        """Whoever of those left has the greatest mean."""
        means = self.sums[self.left] / self.count
        order = np.lexsort((self.left, -means))
        survivors = tuple(int(n) for n in self.left[order])
        return Selection(survivors[0], survivors, self.count, self.seen, self.sums, self.is_decided)


def _h2(beta: float, count: int) -> float:
    """h² = 2η(n − 1), η = ½((2β)^(−2/(n − 1)) − 1)."""
    return (math.exp(-2 * math.log(2 * beta) / (count - 1)) - 1) * (count - 1)


def _variances(figures: Values) -> Values:
    """S² of the difference of every two columns."""
    centred = figures - figures.mean(axis=0)
    gaps = centred[:, :, None] - centred[:, None, :] if figures.shape[1] <= 64 else None
    if gaps is not None:
        return np.asarray((gaps**2).sum(axis=0) / (len(figures) - 1))
    own = (centred**2).sum(axis=0)
    variances = np.maximum(own[:, None] + own[None, :] - 2 * centred.T @ centred, 0.0) / (len(figures) - 1)
    variances[variances < 1e-12 * (own[:, None] + own[None, :])] = 0.0
    return np.asarray(variances)
