"""Levers: what a planner can decide to raise the chance of the target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from scenarios.changing import changed
from scenarios.plan import Plan
from simulation.options import Options
from studies.decisions.plan_sets import only_costs

__all__ = ["Lever", "levers_of"]

_SHARES = (0.2, 0.5)
"""How much more of a pool, or of hours, is tried."""
_HOUR_SHARES = (0.1, 0.2)


@dataclass(frozen=True)
class Lever:
    """What a planner can decide: a contingency plan, a measure that is off, more money in a pool, more hours."""

    kind: Literal["contingency plan", "measure", "pool", "hours"]
    id: str
    more: float | None
    pull: Callable[[Plan], Plan]
    """The plan with it; a contingency plan leaves it as it is."""
    hours: float = 0.0
    is_idle: bool = False
    """A contingency plan that can do nothing but cost."""

    @property
    def key(self) -> tuple[str, str]:
        """What it pulls, however far."""
        return self.kind, self.id


def levers_of(plan: Plan, options: Options) -> Iterator[Lever]:
    """Every lever that the plan has and that is not pulled yet."""
    for entry in plan.contingency_plans:
        if entry.id not in options.plans:
            yield Lever("contingency plan", entry.id, None, lambda p: p, is_idle=only_costs(entry))
    for measure in plan.measures:
        if not measure.enabled:
            yield Lever("measure", measure.id, None, _setting(f"measures.{measure.id}.enabled=true"))
    for pool in plan.money.pools:
        places = any(activity.pool == pool.id and activity.leads_per_unit for activity in plan.activities)
        if pool.paid == "as_spent" and pool.amount > 0 and places:
            for share in _SHARES:
                yield Lever("pool", pool.id, share, _setting(f"money.pools.{pool.id}.amount=x{1 + share:g}"))
    hours = sum(rep.hours_per_week for rep in plan.reps) / 5 * plan.calendar.working_days
    for share in _HOUR_SHARES:
        settings = [f"reps.{rep.id}.hours_per_week=x{1 + share:g}" for rep in plan.reps if rep.hours_per_week > 0]
        if settings:
            yield Lever("hours", "all reps", share, _setting(*settings), share * hours)


def _setting(*settings: str) -> Callable[[Plan], Plan]:
    return lambda plan: changed(plan, settings)[0]
