"""The plan's types as a map to walk: which keys a place of the plan has, and of what kind they are."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.nodes import Path
from scenarios.plan import Plan

__all__ = [
    "alternatives",
    "annotation_at",
    "entry_type",
    "field_at",
    "holds_date",
    "holds_dict",
    "holds_entries",
    "holds_tuple",
    "is_choice",
    "keys_of",
    "step_into",
]


def alternatives(annotation: Any) -> Iterator[Any]:
    """The types that a field may have, without their constraints and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for inner in get_args(annotation):
            yield from alternatives(inner)
    elif annotation is not type(None):
        yield annotation


def _model(kind: Any) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def entry_type(annotation: Any) -> type[BaseModel] | None:
    """Type of the entries of a list of sections; None for anything else."""
    for kind in alternatives(annotation):
        if get_origin(kind) is tuple and (model := _model(get_args(kind)[0])):
            return model
    return None


def has_ids(model: type[BaseModel]) -> bool:
    """Whether entries of a type are known by an id (or, assumptions, by their path)."""
    return "id" in model.model_fields or "path" in model.model_fields


def keys_of(annotation: Any) -> dict[str, Any]:
    """Fields of the sections that may stand here, with their annotations; empty for dicts, lists and values."""
    keys: dict[str, Any] = {}
    for kind in alternatives(annotation):
        if model := _model(kind):
            keys |= {name: info.annotation for name, info in model.model_fields.items()}
    return keys


def step_into(annotation: Any, step: str | int) -> Any:
    """Annotation of what is one step below; None where the plan has no such place."""
    keys = keys_of(annotation)
    if step in keys:
        return keys[str(step)]
    for kind in alternatives(annotation):
        if get_origin(kind) is dict:
            return get_args(kind)[1]
        if get_origin(kind) is tuple:
            return get_args(kind)[0]
    return None


def annotation_at(path: Path, root: Any = Plan) -> Any:
    """Annotation of a place of the plan, or of another file's section; None where there is no such place."""
    annotation = root
    for step in path:
        annotation = step_into(annotation, step)
    return annotation


def field_at(path: Path) -> FieldInfo | None:
    """The section's field at a place of the plan; None where there is none (dicts, entries of lists)."""
    for kind in alternatives(annotation_at(path[:-1])):
        if (model := _model(kind)) and path[-1] in model.model_fields:
            return model.model_fields[str(path[-1])]
    return None


def is_choice(kind: Any) -> bool:
    """Whether a section only picks: all of its fields are lists of ids, or switches (a selector, a scope)."""
    model = _model(kind)
    if model is None:
        return False
    fields = [list(alternatives(info.annotation)) for info in model.model_fields.values()]
    picks = [get_origin(only) is tuple and _model(get_args(only)[0]) is None for only, *_ in fields]
    return any(picks) and all(is_pick or only is bool for is_pick, (only, *_) in zip(picks, fields, strict=True))


def holds_entries(annotation: Any) -> bool:
    """Whether entries with ids stand here or anywhere below."""
    if (entry := entry_type(annotation)) and has_ids(entry):
        return True
    if any((model := _model(kind)) and has_ids(model) for kind in alternatives(annotation)):
        return True
    return any(holds_entries(inner) for inner in keys_of(annotation).values())


def holds_date(annotation: Any) -> bool:
    """Whether a date stands here."""
    return dt.date in alternatives(annotation)


def holds_dict(annotation: Any) -> bool:
    """Whether a mapping with free keys stands here."""
    return any(get_origin(kind) is dict for kind in alternatives(annotation))


def holds_tuple(annotation: Any) -> bool:
    """Whether a list stands here."""
    return any(get_origin(kind) is tuple for kind in alternatives(annotation))
