"""Figures of a loaded plan changed in memory, with every check that its files get."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.errors import PlanFileError, Problem
from scenarios.nodes import Node
from scenarios.overrides import Change, apply, setting
from scenarios.plan import Plan
from scenarios.references import plan_problems
from scenarios.validation import validate

__all__ = ["changed", "figure_at"]


def changed(plan: Plan, settings: Sequence[str]) -> tuple[Plan, tuple[Change, ...]]:
    """The plan with ``path=value`` settings applied, and what changed; PlanFileError with every problem.

    As ``--set`` when the files are read: relative values refer to what the plan holds now.
    """
    tree = Node.of(plan.model_dump(mode="json", exclude_none=True))
    problems: list[Problem] = []
    overrides = [override for text in settings if (override := setting(text, problems))]
    changes = apply(tree, overrides, problems)
    result = validate(tree)
    problems += result.problems
    if not problems:
        problems += plan_problems(result.plan, tree)
    if problems:
        raise PlanFileError(problems)
    return Plan.model_validate(result.sections), tuple(sorted(changes, key=lambda change: change.path))


def figure_at(plan: Plan, path: str) -> float:
    """The number at a dotted path; PlanFileError where there is none."""
    _, (change,) = changed(plan, [f"{path}=x1"])
    return float(change.old)
