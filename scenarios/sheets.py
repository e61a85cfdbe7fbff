"""A plan as the sheets of a workbook: which there are, and what stands in a line of each; read and written beside this.

    plan              one setting a line: name, target, calendar.start, process.cycle_sigma …
    products, rules … one entry a line, a column per field; what stands in a field has a dotted heading: trigger.strike
    product_tiers …   id and name
    effects           one effect a line, with the section, the id and, below it, the part of the entry whose it is
    responses, scenario_changes, policy_settings   the same for what else an entry holds several of

The layout follows from the plan's types, so that a new field or list has its place; the last three are by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from scenarios.columns import Column, Columns, columns_of
from scenarios.plan import Plan
from scenarios.policies import POLICY_KINDS, Policy
from scenarios.process import Response
from scenarios.schema import alternatives, entry_type
from scenarios.texts import CellKind

__all__ = ["SHEETS", "TEXT", "Sheet"]

Form = Literal["settings", "entries", "keyed", "belonging", "responses", "scenario_changes", "policy_settings"]
TEXT = CellKind("text")
TEXT_OR_NOT = CellKind("text", is_optional=True)
# fmt: off
_ORDER = (
    "plan", "product_tiers", "rep_tiers", "maturities", "products", "regions", "reps", "accounts", "opportunities",
    "receivables", "baseline_leads", "stages", "customer_tiers", "cycles", "activities", "responses", "pools",
    "bonuses", "payment_terms", "phases", "criteria", "blocks", "budget_windows", "rules", "locks", "measures", "risks",
    "contingency_plans",
    "effects", "resources", "policies", "policy_settings", "uncertainty", "assumptions", "scenarios",
    "scenario_changes",
)
# fmt: on


@dataclass(frozen=True)
class Sheet:
    """A sheet: where in the plan its lines stand, and what its columns are."""

    name: str
    form: Form
    at: tuple[str, ...] = ()
    row: type[BaseModel] | None = None
    """Of entries: their type."""
    columns: Columns = field(default_factory=dict)
    settings: Mapping[str, Column] = field(default_factory=dict)
    """Of settings: what may stand in the column ``setting``."""
    holders: tuple[tuple[str, str], ...] = ()
    """Of what belongs to entries: section and place within its entries, empty where it is the entry itself."""


@cache
def _sheets() -> dict[str, Sheet]:
    found = list(_sections(Plan, ()))
    policies = {c.name: c for c in columns_of(Policy) if c.path[0] in POLICY_KINDS}
    by_setting: Columns = {"setting": TEXT, "value": None}
    found += [
        Sheet("plan", "settings", columns=by_setting, settings=dict(_leaves(Plan, ()))),
        Sheet("responses", "responses", columns={"activity": TEXT, "where": TEXT, **_named(columns_of(Response))}),
        Sheet("scenario_changes", "scenario_changes", columns={"scenario": TEXT, "path": TEXT, "value": None}),
        Sheet("policy_settings", "policy_settings", columns={"policy": TEXT, **by_setting}, settings=policies),
    ]
    found += _belonging({sheet.name: sheet for sheet in found})
    by_name = {sheet.name: sheet for sheet in found}
    rank = {name: number for number, name in enumerate(_ORDER)}
    return {name: by_name[name] for name in sorted(by_name, key=lambda name: (rank.get(name, len(rank)), name))}


def _belonging(sheets: Mapping[str, Sheet]) -> Iterator[Sheet]:
    """A sheet for each kind of entry that other entries hold lists of."""
    holders: dict[tuple[str, type[BaseModel]], list[tuple[str, str]]] = {}
    for name, sheet in sheets.items():
        if sheet.row is not None:
            for path, inner in _lists(sheet.row, ()):
                holders.setdefault((path[-1], inner), []).append((name, ".".join(path[:-1])))
    for (name, inner), places in holders.items():
        columns: Columns = {"section": TEXT, "id": TEXT, "within": TEXT_OR_NOT, **_named(columns_of(inner))}
        yield Sheet(name, "belonging", columns=columns, holders=tuple(places))


def _lists(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[BaseModel]]]:
    """Lists of entries that an entry holds."""
    for name, info in model.model_fields.items():
        if inner := entry_type(info.annotation):
            yield (*above, name), inner
        else:
            for kind in alternatives(info.annotation):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    yield from _lists(kind, (*above, name))


def _named(columns: Iterator[Column]) -> dict[str, Column]:
    return {column.name: column for column in columns}


def _sections(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[Sheet]:
    """Sheets of the lists below a section."""
    for name, info in model.model_fields.items():
        if entry := entry_type(info.annotation):
            fields = (c for c in columns_of(entry) if entry is not Policy or c.path[0] not in POLICY_KINDS)
            columns = _named(fields)
            yield Sheet(name, "entries", (*above, name), entry, columns)
        elif (keyed := _keyed(info.annotation)) is not None:
            yield Sheet(name, "keyed", (*above, name), columns={"id": TEXT, **keyed})
        else:
            for kind in alternatives(info.annotation):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    yield from _sections(kind, (*above, name))


def _keyed(annotation: Any) -> Columns | None:
    """Columns of a mapping from ids to names or to sections; None for anything else."""
    for kind in alternatives(annotation):
        if get_origin(kind) is dict:
            inner = get_args(kind)[1]
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                return _named(columns_of(inner))
            return {"name": TEXT} if inner is str else None
    return None


def _leaves(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple[str, Column]]:
    """The plan's single settings; those below lists and the names of tiers have sheets."""
    for column in columns_of(model, above):
        if _keyed(column.info.annotation) is None:
            yield column.name, column


SHEETS = _sheets()
"""Every sheet of a plan's workbook, in order."""
