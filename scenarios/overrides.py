"""Overrides: dotted paths with new values, from named scenarios and from ``--set``, applied before validation.

``products.S1.margin=0.7`` sets a value; ``+10%``, ``-5%`` and ``x0.9`` change the number that is there. No path may
be touched twice, so the order of overrides changes no result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from scenarios.errors import Problem, Unfit
from scenarios.nodes import Node, Path, dotted, nearest
from scenarios.plan import Plan
from scenarios.restating import restate
from scenarios.schema import (
    annotation_at,
    entry_type,
    field_at,
    holds_dict,
    holds_entries,
    holds_tuple,
    keys_of,
    step_into,
)
from scenarios.texts import CellKind, Unclear
from scenarios.yaml_nodes import parse_yaml

__all__ = [
    "Change",
    "NotApplied",
    "Override",
    "apply",
    "chosen_scenarios",
    "find_path",
    "scenario_problems",
    "setting",
]

SETTING = "--set"
_PERCENT = re.compile(r"([+-]\d+(?:\.\d+)?)\s*[%％]")
_TIMES = re.compile(r"[x×*]\s*(\d+(?:\.\d+)?)")
_FIXED = frozenset(("format", "scenarios"))
_MOST_ABOVE = 20
"""Scenarios that include one another; nobody could say any more what such a scenario is."""


@dataclass(frozen=True, slots=True)
class Change:
    """An override that was applied."""

    path: str
    old: Any
    """None where nothing was written and the plan has no default."""
    new: Any
    by: str
    """``scenario soft_market`` or ``--set``."""


@dataclass(frozen=True, slots=True)
class Override:
    """A path and the value it is to have."""

    path: str
    value: Node
    by: str

    @property
    def source(self) -> str:
        """Where it was written, in words."""
        return f"{self.by} ({self.value.place})" if self.value.place != self.by else self.by


class NotApplied(Unfit):
    """An override cannot be applied; says why and what was near."""


def setting(text: str, problems: list[Problem]) -> Override | None:
    """A ``path=value`` of the command line; the value is a YAML scalar, list or mapping."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        problems.append(Problem(SETTING, text, "is no path=value", "For instance products.S1.margin=0.7."))
        return None
    refused: list[Problem] = []
    node = parse_yaml(value, SETTING, refused, lines=False)
    problems += [Problem(SETTING, path.strip(), problem.message, problem.remedy) for problem in refused]
    return Override(path.strip(), node, SETTING) if node and not refused else None


def chosen_scenarios(tree: Node, names: Sequence[str], problems: list[Problem]) -> list[Override]:
    """Overrides of the named scenarios and of all they include, each scenario once."""
    return _chosen(_scenarios(tree), names, problems)


def _scenarios(tree: Node) -> dict[str, Node]:
    section = tree.child("scenarios")
    return {str(key): node for key, node in section.children()} if section else {}


def _chosen(known: Mapping[str, Node], names: Sequence[str], problems: list[Problem]) -> list[Override]:
    overrides: list[Override] = []
    done: set[str] = set()

    def add(name: str, place: str, above: tuple[str, ...]) -> None:
        if name in above:
            loop = " → ".join((*above[above.index(name) :], name))
            problems.append(Problem(place, f"scenarios.{name}", f"includes itself: {loop}"))
        elif name not in known:
            listed = ", ".join(sorted(known)) or "none"
            remedy = nearest(name, known) or f"The plan's scenarios: {listed}."
            problems.append(Problem(place, "", f"there is no scenario {name}", remedy))
        elif len(above) >= _MOST_ABOVE:
            problems.append(
                Problem(place, f"scenarios.{name}", f"more than {_MOST_ABOVE} scenarios include each other")
            )
        elif name not in done:
            done.add(name)
            for inner in _items(known[name].child("includes")):
                if isinstance(inner.value, str):
                    add(inner.value, inner.place, (*above, name))
            values = known[name].child("set")
            if values and isinstance(values.value, dict):
                overrides.extend(Override(path, node, f"scenario {name}") for path, node in values.value.items())

    for name in names:
        add(name, "--scenario", ())
    return overrides


def _items(node: Node | None) -> list[Node]:
    return node.value if node and isinstance(node.value, list) else []


def find_path(tree: Node, path: str) -> Path:
    """Steps of a dotted path; raises NotApplied where the plan has no such place."""
    steps: list[str | int] = []
    annotation: Any = Plan
    node: Node | None = tree
    for step in path.split("."):
        entry = entry_type(annotation)
        here = dotted(steps) or "the plan"
        if entry is not None:
            if node is None or node.child(step) is None:
                known = [str(key) for key, _ in node.children() if isinstance(key, str)] if node else []
                without = "" if known else f"{here} has no entries with ids; set it as a whole"
                raise NotApplied(without or f"{here} has no entry {step}", nearest(step, known))
        elif holds_dict(annotation) and step not in keys_of(annotation):
            written = node.value if node and isinstance(node.value, dict) else {}
            if written and step not in written:
                raise NotApplied(f"{here} has no key {step}", nearest(step, written))
        else:
            fields = keys_of(annotation)
            if not fields:
                raise NotApplied(f"{here} is a value, there is no {step} in it")
            if step not in fields:
                raise NotApplied(f"{here} has no key {step}", nearest(step, fields))
        annotation = step_into(annotation, step)
        node = node.child(step) if node else None
        steps.append(step)
    return tuple(steps)


def apply(tree: Node, overrides: Sequence[Override], problems: list[Problem]) -> list[Change]:
    """Apply overrides to the tree, in place; what cannot be applied becomes a problem."""
    changes = []
    for steps, override in _located(tree, overrides, problems):
        try:
            changes.append(_change(tree, steps, override))
        except NotApplied as error:
            problems.append(_problem(override, error))
    restate(tree, [(change.path, change.old, change.new) for change in changes])
    return changes


def scenario_problems(tree: Node) -> list[Problem]:
    """What keeps the plan's scenarios from being applied, whether or not one of them is asked for."""
    problems: list[Problem] = []
    known = _scenarios(tree)
    for name in known:
        _located(tree, _chosen(known, [name], problems), problems)
    return list(dict.fromkeys(problems))


def _located(tree: Node, overrides: Sequence[Override], problems: list[Problem]) -> list[tuple[Path, Override]]:
    """Overrides with the steps of their paths; those that lead nowhere or touch a taken path become problems."""
    taken: list[tuple[Path, Override]] = []
    whole: dict[Path, int] = {}  # what is taken, by its path
    above: dict[Path, int] = {}  # the first that is taken below a path
    for override in overrides:
        try:
            steps = find_path(tree, override.path)
            _allow(steps)
            prefixes = [steps[:length] for length in range(1, len(steps) + 1)]
            met = [whole[prefix] for prefix in prefixes if prefix in whole]
            if met or steps in above:
                earlier, other = taken[min([*met, above.get(steps, len(taken))])]
                also = "" if earlier == steps else f" as {other.path}"
                raise NotApplied(f"touched twice: by {override.source} and{also} by {other.source}")
            whole[steps] = len(taken)
            for prefix in prefixes[:-1]:
                above.setdefault(prefix, len(taken))
            taken.append((steps, override))
        except NotApplied as error:
            problems.append(_problem(override, error))
    return taken


def _problem(override: Override, error: NotApplied) -> Problem:
    return Problem(override.value.place, override.path, error.message, error.remedy)


def _allow(steps: Path) -> None:
    if steps[0] in _FIXED or steps[-1] == "id":
        raise NotApplied("cannot be overridden")
    if holds_entries(annotation_at(steps)):
        raise NotApplied("holds ids, which an override may not change", "Name one of its fields.")


def _change(tree: Node, steps: Path, override: Override) -> Change:
    parent, keys = tree, _keys(tree, ())
    for position, step in enumerate(steps[:-1]):
        below = parent.child(step)
        if below is None:
            below = keys[str(step)] = Node(override.value.place, {})
        parent, keys = below, _keys(below, steps[: position + 1])
    old = parent.child(steps[-1])
    before = old.typed() if old else _default(steps)
    node = _new_value(override, steps, before)
    keys[str(steps[-1])] = node
    return Change(override.path, before, node.typed(), override.by)


def _keys(node: Node, path: Path) -> dict[str, Node]:
    """Keys of a mapping, to be changed; of a list of entries none, since overrides add no entries."""
    if node.value is None:
        node.value = {}
    if isinstance(node.value, dict):
        return node.value
    if isinstance(node.value, list) and entry_type(annotation_at(path)):
        return {}
    raise NotApplied(f"{dotted(path)} is a value, there is nothing in it to change")


def _new_value(override: Override, steps: Path, before: Any) -> Node:
    node = override.value
    if isinstance(node.value, dict) and not (keys_of(kind := annotation_at(steps)) or holds_dict(kind)):
        raise NotApplied("a mapping does not fit here")
    if isinstance(node.value, list) and not holds_tuple(annotation_at(steps)):
        raise NotApplied("a list does not fit here")
    text = node.value.strip() if isinstance(node.value, str) else ""
    percent, times = _PERCENT.fullmatch(text), _TIMES.fullmatch(text)
    if not percent and not times:
        return _as_in_a_cell(node, steps) if text else node
    if isinstance(before, bool) or not isinstance(before, int | float | str):
        raise NotApplied(f"{text} changes a number; here is {before if before is not None else 'none'}")
    try:
        number = Decimal(str(before))
    except InvalidOperation:
        raise NotApplied(f"{text} changes a number; here is {before}") from None
    if percent:
        factor = 1 + Decimal(percent[1]) / 100
    else:
        assert times
        factor = Decimal(times[1])
    # Exact in decimals, so that 0.3 x0.9 is 0.27 and a count stays a whole number where it can.
    return Node(node.place, f"{(number * factor).normalize():f}")


def _as_in_a_cell(node: Node, steps: Path) -> Node:
    """A figure as people write it in a table, ``1950万`` and ``55%``; other values as they are."""
    info = field_at(steps)
    kind = CellKind.of(info.annotation, info.metadata) if info else CellKind.of(annotation_at(steps))
    if kind.scalar != "number" or not (kind.form == "one" or kind.also_one):
        return node
    try:
        return replace(kind, form="one").node(node.place, str(node.value))
    except Unclear as error:
        raise NotApplied(error.message, error.remedy) from None


def _default(steps: Path) -> Any:
    """What the plan takes where nothing is written; None for none."""
    info = field_at(steps)
    if info is None or info.is_required():
        return None
    default = info.get_default(call_default_factory=True)
    return default if isinstance(default, bool | int | float | str) else None
