"""Figures of a loaded plan changed in memory, with every check that its files get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from scenarios.errors import PlanFileError, Problem
from scenarios.fields import Section
from scenarios.nodes import Node
from scenarios.overrides import Change, apply, setting
from scenarios.plan import Plan
from scenarios.references import plan_problems
from scenarios.validation import validate

__all__ = ["changed", "figure_at", "with_figure"]


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


def with_figure(plan: Plan, path: str, value: float) -> Plan:
    """The plan with one figure that is there replaced; PlanFileError where the field does not take the value.

    A short cut for figures that nothing else in the plan has to fit, such as a rule's ratio or a pool's amount: what
    ``changed`` checks across the plan is not checked.
    """

    def put(thing: Any, steps: Sequence[str]) -> Any:
        if not steps:
            return value
        first, rest = steps[0], steps[1:]
        if isinstance(thing, Section):
            fields = {name: getattr(thing, name) for name in type(thing).model_fields}
            return type(thing).model_validate({**fields, first: put(fields[first], rest)})
        if isinstance(thing, dict):
            return {**thing, first: put(thing[first], rest)}
        if not any(entry.id == first for entry in thing):
            raise KeyError(first)
        return tuple(put(entry, rest) if entry.id == first else entry for entry in thing)

    try:
        return Plan.model_validate(put(plan, path.split(".")))
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise PlanFileError([Problem("", path, f"{value:g} does not fit: {message}")]) from None
    except (KeyError, TypeError, AttributeError):
        raise PlanFileError([Problem("", path, "there is no such figure")]) from None
