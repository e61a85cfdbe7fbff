"""A plan without an allocation, explained: what contradicts what, and what would help."""

from __future__ import annotations

from optimizer.conflicts import find_conflict, sentence
from optimizer.data import prepare
from optimizer.live import LiveModel
from optimizer.model import Model, state
from optimizer.repairs import find_repairs
from scenarios.errors import NoFeasibleAllocation, UsageError
from scenarios.plan import Plan

__all__ = ["explain_conflict", "repair"]


def explain_conflict(model: Model, live: LiveModel, with_repairs: bool = True) -> NoFeasibleAllocation:
    """The error that names a smallest conflict, in the planner's words, and repairs."""
    conflict = find_conflict(model, live)
    lines = [f"- {name.removeprefix('rule:')}: {sentence(model.data.plan, name)}" for name in conflict]
    head = "No allocation satisfies these together; without any one of them the others can be satisfied:"
    repairs = find_repairs(model, live, conflict) if with_repairs else ()
    if repairs:
        lines.append("What would help, the least given up first:")
        lines += [f"{number}. {repair.sentence}" for number, repair in enumerate(repairs, start=1)]
    return NoFeasibleAllocation("\n".join([head, *lines]), conflict, repairs)


def repair(plan: Plan, number: int) -> tuple[str, ...]:
    """Overrides of a repair of an infeasible plan, counted from 1; UsageError where there is no such repair."""
    model = state(prepare(plan))
    live = LiveModel(model.problem, plan.solver.seconds_per_solve)
    if live.is_feasible():
        raise UsageError("the plan has an allocation; there is nothing to repair")
    repairs = find_repairs(model, live, find_conflict(model, live))
    if not 1 <= number <= len(repairs):
        raise UsageError(f"there is no repair {number}; there are {len(repairs)}")
    return repairs[number - 1].settings
