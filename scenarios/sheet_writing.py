"""The lines of a plan on the sheets of a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from scenarios.columns import Column
from scenarios.errors import Problem
from scenarios.plan import Plan
from scenarios.schema import is_choice
from scenarios.sheets import SHEETS, TEXT, Sheet
from scenarios.texts import EMPTY_TEXT, CellKind, cell_text
from scenarios.yaml_nodes import parse_yaml

__all__ = ["sheet_rows"]

Value = str | float | bool | Any


def sheet_rows(plan: Plan, sheet: Sheet) -> Iterator[tuple[Value | None, ...]]:
    """The lines of a sheet below its headings; None where nothing stands."""
    if sheet.form == "settings":
        for name, column in sheet.settings.items():
            value = _get(plan, column.path)
            yield name, None if value == "" and not column.is_required else _value(value)
    elif sheet.form == "keyed":
        for entry_id, entry in _get(plan, sheet.at).items():
            named = isinstance(entry, str)
            yield (
                entry_id,
                *((entry,) if named else (_written(entry, c) for c in sheet.columns.values() if c is not TEXT)),
            )
    elif sheet.form == "entries":
        for entry in _get(plan, sheet.at) or ():
            yield tuple(_written(entry, column) for column in sheet.columns.values())
    elif sheet.form == "belonging":
        columns = [column for column in sheet.columns.values() if isinstance(column, Column)]
        for section, within in sheet.holders:
            for entry in _get(plan, SHEETS[section].at) or ():
                holder = _get(entry, within.split(".") if within else ())
                for inner in getattr(holder, sheet.name, ()):
                    yield section, entry.id, within or None, *(_written(inner, column) for column in columns)
    elif sheet.form == "responses":
        for activity in plan.activities:
            for where, bands in activity.responses.items():
                yield from ((activity.id, where, band.up_to_units, band.effect) for band in bands)
    elif sheet.form == "scenario_changes":
        for scenario in plan.scenarios:
            yield from ((scenario.id, path, _change_text(value)) for path, value in scenario.set.items())
    else:
        for policy in plan.policies:
            for name, column in sheet.settings.items():
                if (
                    getattr(policy, column.path[0]) is not None
                    and (value := _value(_get(policy, column.path))) is not None
                ):
                    yield policy.id, name, value


def _get(section: Any, path: Sequence[str]) -> Any:
    """What stands at a path; None where a section on the way is not there."""
    for step in path:
        if not isinstance(section, BaseModel):
            return None
        section = getattr(section, step, None)
    return section


def _written(entry: BaseModel, column: Column | CellKind | None) -> Value | None:
    """The cell of an entry: nothing where it has what the plan takes anyway."""
    assert isinstance(column, Column)
    value = _get(entry, column.path)
    if isinstance(value, BaseModel) and not is_choice(type(value)):
        return None  # its fields have columns of their own
    if not column.info.is_required() and value == column.info.get_default(call_default_factory=True):
        return None
    return _value(value)


def _value(value: Any) -> Value | None:
    if value is None or (isinstance(value, BaseModel) and not is_choice(type(value))):
        return None
    if isinstance(value, tuple | dict | BaseModel):
        return cell_text(value) or None
    if value == "":
        return EMPTY_TEXT
    return value


def _change_text(value: Any) -> Value:
    """A scenario's value, as after ``--set path=``."""
    if not isinstance(value, str):
        return value if isinstance(value, bool) else _flow(value)  # a number as a text: Excel makes 0.1 of +10% too
    node = parse_yaml(value, "", (problems := list[Problem]()), lines=False)
    plain = node is not None and not problems and node.typed() == value
    return value if plain else _flow(value)


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
