"""The same futures with stated ranges at chosen values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.options import Options
from studies.decisions.ranges import StatedRange, plan_at
from studies.replay.futures import Futures
from studies.statistics import Values

__all__ = ["At", "RangeBench"]

At: TypeAlias = Sequence[tuple[StatedRange, float]]
"""Ranges and the values that they stand at; the others as the plan has them."""


class RangeBench:
    """Figures of the quarter with ranges at some values."""

    def __init__(self, plan: Plan, options: Options, futures: Futures) -> None:
        self.plan, self.options, self.futures = plan, options, futures
        self._plans: dict[tuple[tuple[str, float], ...], Plan] = {}

    def kpis(
        self, allocation: Allocation, values: At, label: str, plans: frozenset[str], seen: int | None = None
    ) -> dict[str, Values]:
        """KPIs by replication, contingency plans held as given; of the first ``seen`` futures, if not of all."""
        key = tuple(sorted((entry.path, value) for entry, value in values))
        if key not in self._plans:
            self._plans[key] = plan_at(self.plan, values) if values else self.plan
        options = Options(self.options.risks, plans, self.options.forced, self.options.uncertainty)
        only = range(self.futures.count if seen is None else seen)
        return self.futures.replay(self._plans[key], allocation, options, label=label, only=only).kpis
