"""From nodes to the plan's types: every row and section by itself, so that one problem hides no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from scenarios.errors import PlanFileError, Problem
from scenarios.fields import NO_FOLDER
from scenarios.files import MISSING
from scenarios.nodes import Node, Path, dotted, nearest
from scenarios.plan import TABLES, Plan
from scenarios.schema import annotation_at, entry_type, keys_of
from scenarios.texts import number_remedy

__all__ = ["Validated", "validate", "validate_entries", "validate_file"]

Entry = TypeVar("Entry", bound=BaseModel)
_MOST_MEANT = 100
"""Unknown keys for which it is looked what was meant; a file with more of them is no plan, and looking takes time."""


@dataclass
class Validated:
    """What of a plan's sections is right, and every problem of the others."""

    sections: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Sections with a problem; of lists, ``sections`` holds the entries that are right."""

    @property
    def plan(self) -> Plan:
        """The plan as far as it is right: of lists what is right, of other broken sections nothing at all."""
        lists = {name: () for name, info in Plan.model_fields.items() if entry_type(info.annotation)}
        return Plan.model_construct(**{**lists, **self.sections})


def validate(tree: Node, unread: Collection[str] = ()) -> Validated:
    """Type every section of a plan that was read; ``unread`` sections are known to be missing."""
    result = Validated()
    written = dict(tree.children())
    strange = [(str(name), node) for name, node in written.items() if name not in Plan.model_fields]
    for name, node in strange:
        remedy = nearest(name, Plan.model_fields) if len(strange) <= _MOST_MEANT else ""
        result.problems.append(Problem(node.place, name, "unknown key", remedy))
    for name, info in Plan.model_fields.items():
        section = tree.child(name)
        entry = entry_type(info.annotation)
        if section is None:
            if info.is_required() and name not in unread:
                result.broken.add(name)
                result.problems.append(Problem(tree.place, name, MISSING))
            continue
        if entry is None or not isinstance(section.value, list):
            kind = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            _section(result, name, section, kind)
            continue
        if info.is_required() and not section.value:
            result.broken.add(name)
            what = "rows" if name in TABLES else "entries"
            result.problems.append(Problem(section.place, name, f"has no {what}; the plan needs at least one"))
        entries, problems = validate_entries(section.value, name, entry)
        if problems:
            result.broken.add(name)
            result.problems += problems
        result.sections[name] = tuple(entries)
    return result


def validate_entries(nodes: Sequence[Node], name: str, entry: type[Entry]) -> tuple[list[Entry], list[Problem]]:
    """Type the rows of a table or the entries of a list one by one: those that are right, and what is wrong."""
    entries, problems = [], []
    for position, node in enumerate(nodes):
        try:
            entries.append(entry.model_validate(node.texts()))
        except ValidationError as error:
            problems += _problems(error, node, (name, node.entry_id or position))
    return entries, problems


def validate_file(node: Node, kind: type[Entry]) -> Entry:
    """Type a file that is no plan; PlanFileError with every problem of it."""
    try:
        return kind.model_validate(node.texts())
    except ValidationError as error:
        raise PlanFileError(_problems(error, node, (), kind)) from None


def _section(result: Validated, name: str, node: Node, kind: Any) -> None:
    try:
        result.sections[name] = _adapter(kind).validate_python(node.texts(name))
    except ValidationError as error:
        result.broken.add(name)
        result.problems += _problems(error, node, (name,))


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if keys_of(kind):  # a section brings its own configuration
        return TypeAdapter(kind)
    return TypeAdapter(kind, config=ConfigDict(str_strip_whitespace=True, allow_inf_nan=False))


def _problems(error: ValidationError, node: Node, path: Path, root: Any = Plan) -> list[Problem]:
    """Pydantic's errors of one section of ``root`` as problems, one per place."""
    found = [_Located.of(details, node) for details in error.errors(include_url=False)]
    problems = []
    for located in found:
        if not located.is_noise(found):
            whole = (*path, *located.steps)
            message, remedy = _say(located, whole, root)
            place = node.nearest_place(located.steps)
            problems.append(Problem(place, dotted(whole), message, remedy))
    return problems


@dataclass
class _Located:
    """An error with its place among the nodes, without the labels that pydantic adds for alternatives."""

    details: ErrorDetails
    steps: Path
    value: Node | None
    alternative_at: int | None
    """Number of steps after which pydantic tried several types."""

    @classmethod
    def of(cls, details: ErrorDetails, node: Node) -> _Located:
        steps: list[str | int] = []
        value: Node | None = node
        alternative_at = None
        for position, part in enumerate(details["loc"]):
            below = _below(value, part)
            if below is not None:
                value = below
                steps.append(below.entry_id or part if isinstance(part, int) else part)
            elif details["type"] == "missing" and position == len(details["loc"]) - 1:
                value = None
                steps.append(part)
            elif alternative_at is None and part != "[key]":
                alternative_at = len(steps)
        return cls(details, tuple(steps), value, alternative_at)

    def is_noise(self, others: list[_Located]) -> bool:
        """Whether another error says it better: pydantic complains of every type that a value could have had."""
        if self.alternative_at is None:
            return False
        there = self.steps[: self.alternative_at]
        rivals = [o for o in others if o.alternative_at == self.alternative_at and o.steps[: len(there)] == there]
        best = max(rivals, key=lambda o: (len(o.steps) > len(there), o.fits, -others.index(o)))
        if len(best.steps) > len(there):
            return len(self.steps) == len(there)
        return self is not best

    @property
    def fits(self) -> bool:
        """Whether the error is about what was written, not about its being a mapping or a text."""
        kind, value = self.details["type"], self.value.value if self.value else None
        if kind == "value_error":
            return True
        wants_container = kind in _WANTED and kind not in _WANTED_VALUES
        return wants_container == isinstance(value, dict | list)


def _below(node: Node | None, part: str | int) -> Node | None:
    if node is None:
        return None
    if isinstance(part, int):
        return node.value[part] if isinstance(node.value, list) and part < len(node.value) else None
    return node.value.get(part) if isinstance(node.value, dict) else None


_WANTED_VALUES = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "date_from_datetime_inexact": "a date such as 2026-01-05",
    "date_from_datetime_parsing": "a date such as 2026-01-05",
    "date_parsing": "a date such as 2026-01-05",
    "date_type": "a date such as 2026-01-05",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_type": "a whole number",
    "string_type": "a text",
}
_WANTED = {
    **_WANTED_VALUES,
    "dict_type": "a mapping of keys to values",
    "list_type": "a list",
    "model_attributes_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "tuple_type": "a list",
}
"""What pydantic wanted, by the type of its error."""
_BOUNDS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}
_NOT_FINITE = frozenset(("nan", "inf", "infinity"))


def _say(located: _Located, path: Path, root: Any) -> tuple[str, str]:
    """Message and remedy in a planner's words."""
    kind, context = located.details["type"], located.details.get("ctx", {})
    written = located.value.value if located.value else None
    text = written.strip() if isinstance(written, str) else ""
    if kind == "missing":
        return MISSING, ""
    if kind == "extra_forbidden":
        return "unknown key", nearest(str(path[-1]), keys_of(annotation_at(path[:-1], root)))
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "string_too_short":
        return "is empty; a text is wanted", ""
    if written is None and kind in _WANTED:
        return f"is empty; {_WANTED[kind]} is wanted", ""
    if kind == "finite_number" or (text.lower().lstrip("+-.") in _NOT_FINITE and (kind in _BOUNDS or kind in _WANTED)):
        return f"{text} is not a finite number", ""
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        is_share = context[name] == 1 or path[-1] == "growth"
        return f"{words} {context[name]:g}, is {text}", _share_remedy(text) if is_share else ""
    if kind in _WANTED:
        return f"{_shown(written)} is not {_WANTED[kind]}", number_remedy(text) if "number" in _WANTED[kind] else ""
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"{_shown(written)} is none of {choices}", nearest(text, choices.split(", "), listed=False)
    if kind == "string_pattern_mismatch" and context["pattern"] == NO_FOLDER:
        return f"{_shown(written)} is not the name of a file", "Write it without folders."
    if kind == "string_pattern_mismatch":
        return f"{_shown(written)} is not an id", "Ids are letters, digits, _ and - (A-Z, no blanks)."
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters", ""
    if kind == "too_short":
        return f"has {context['actual_length']} entries; at least {context['min_length']} are needed", ""
    return f"{_shown(written)}: {located.details['msg']}", ""


def _share_remedy(text: str) -> str:
    """How to write a share that was written in percent: 34 for 34%."""
    try:
        figure = float(text)
    except ValueError:
        return ""
    return f"Write {figure / 100:g} for {figure:g}%." if 2 <= figure <= 100 else ""


def _shown(written: object) -> str:
    if isinstance(written, dict):
        return "a mapping"
    if isinstance(written, list):
        return "a list"
    return "nothing" if written is None else f"'{written}'"
