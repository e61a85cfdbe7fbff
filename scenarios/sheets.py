"""A plan as the sheets of a workbook, and back: the same plan, whichever way it was written.

    plan              one setting a line: name, target, calendar.start, process.cycle_sigma …
    products, rules … one entry a line, a column per field; what stands in a field has a dotted heading: trigger.strike
    product_tiers …   id and name
    effects           one effect a line, with the section, the id and, below it, the part of the entry whose it is
    responses, scenario_changes, policy_settings   the same for what else an entry holds several of

The layout follows from the plan's types, so that a new field or list has its place; the last three are by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from scenarios.columns import NOTE, Column, Columns, Row, columns_of, put
from scenarios.errors import Problem
from scenarios.files import Reading, Table
from scenarios.nodes import Node, nearest
from scenarios.plan import Plan
from scenarios.policies import POLICY_KINDS, Policy
from scenarios.process import Response
from scenarios.schema import alternatives, entry_type, is_choice
from scenarios.texts import EMPTY_TEXT, CellKind, Unclear, cell_text
from scenarios.yaml_nodes import parse_yaml

__all__ = ["SHEETS", "Sheet", "read_workbook", "sheet_rows"]

Value = str | float | bool | Any
_MOST_OF_A_CHANGE = 10
"""A number below it in a scenario's cell may have been written as a change: ``+900%`` is 9 to Excel."""
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


# ----------------------------------------------------------------------------------------------------------- reading


def read_workbook(path: Path, reading: Reading) -> Node | None:
    """The plan's tree of a workbook; None, with a problem noted, when it cannot be had."""
    found = reading.sheets(path, {name: sheet.columns for name, sheet in SHEETS.items()})
    if found is None:
        return None
    for title in found.others:
        reading.refuse(
            title, "", "is no sheet of a plan", nearest(title, SHEETS) or f"Name it {NOTE} {title} if it is a note."
        )
    tree = Node(path.name, {})
    for name, sheet in SHEETS.items():
        if name in found.tables and sheet.form in _WHOLE:
            _WHOLE[sheet.form](tree, sheet, found.tables[name], reading)
    for name, sheet in SHEETS.items():
        if name in found.tables and sheet.form not in _WHOLE:
            for row in found.tables[name].rows:
                try:
                    _put_belonging(tree, sheet, row, reading)
                except Unclear as error:
                    reading.refuse(row.place, name, error.message, error.remedy)
    return tree


def _root(tree: Node) -> dict[str, Node]:
    assert isinstance(tree.value, dict)
    return tree.value


def _put_entries(tree: Node, sheet: Sheet, table: Table, reading: Reading) -> None:
    nodes = []
    for row in table.rows:
        try:
            nodes.append(row.nested())
        except Unclear as error:
            reading.refuse(row.place, sheet.name, error.message, error.remedy)
    if nodes or len(sheet.at) == 1:
        put(_root(tree), sheet.at, Node(table.place, nodes))


def _put_keyed(tree: Node, sheet: Sheet, table: Table, reading: Reading) -> None:
    found: dict[str, Node] = {}
    for row in table.rows:
        entry_id = _text(row, "id")
        if not entry_id:
            reading.refuse(row.places.get("id", row.place), sheet.name, "is empty; an id is wanted", "")
        elif entry_id in found:
            reading.refuse(row.place, f"{sheet.name}.{entry_id}", "id given twice", "")
        elif list(sheet.columns) == ["id", "name"]:
            found[entry_id] = row.cells.get("name", Node(row.places.get("name", row.place), None))
        else:
            found[entry_id] = row.nested(("id",))
    put(_root(tree), sheet.at, Node(table.place, found))


def _text(row: Row, column: str) -> str:
    node = row.cells.get(column)
    return node.value.strip() if node and isinstance(node.value, str) else ""


def _put_settings(tree: Node, sheet: Sheet, table: Table, reading: Reading) -> None:
    for row in table.rows:
        try:
            _put_setting(_root(tree), sheet, row, reading)
        except Unclear as error:
            reading.refuse(row.place, _text(row, "setting"), error.message, error.remedy)


_WHOLE = {"entries": _put_entries, "keyed": _put_keyed, "settings": _put_settings}
"""Forms whose lines are the plan's by themselves; the others belong to entries of these."""


def _put_setting(root: dict[str, Node], sheet: Sheet, row: Row, reading: Reading) -> None:
    name = _text(row, "setting")
    column = sheet.settings.get(name)
    if column is None:
        where = next((f"It has a sheet: {other}." for other in SHEETS if name.endswith(other)), "")
        raise Unclear(f"unknown setting {name or '(none)'}", where or nearest(name, sheet.settings))
    place = row.places.get("value", row.place)
    raw = row.raw.get("value", "")
    if isinstance(raw, str) and not raw.strip():
        if column.is_required:
            put(root, column.path, Node(place, None))
        return
    try:
        put(root, column.path, column.kind.node(place, raw))
    except Unclear as error:
        reading.refuse(place, name, error.message, error.remedy)
        put(root, column.path, Node(place, str(raw)))


def _put_belonging(tree: Node, sheet: Sheet, row: Row, reading: Reading) -> None:
    if sheet.form == "belonging":
        holder = _holder(tree, sheet, row)
        _list_below(holder, sheet.name, row).append(row.nested(("section", "id", "within")))
    elif sheet.form == "responses":
        bands = _below(_entry(tree, "activities", row, "activity"), "responses", row, {})
        _list_below(bands, _text(row, "where") or "(nowhere)", row).append(row.nested(("activity", "where")))
    elif sheet.form == "scenario_changes":
        changes = _below(_entry(tree, "scenarios", row, "scenario"), "set", row, {})
        put(changes, [_text(row, "path")], _change(row, reading))
    else:
        _put_setting(_entry(tree, "policies", row, "policy"), sheet, row, reading)


def _holder(tree: Node, sheet: Sheet, row: Row) -> dict[str, Node]:
    """The entry, or the part of it, that a row belongs to."""
    section, within = _text(row, "section"), _text(row, "within")
    sections = list(dict.fromkeys(name for name, _ in sheet.holders))
    if section not in sections:
        raise Unclear(f"there is no section {section or '(none)'}", nearest(section, sections))
    places = [place for name, place in sheet.holders if name == section]
    if not within and len(places) == 1:
        within = places[0]
    if within not in places:
        raise Unclear(
            f"{section} have no {sheet.name} within {within or '(none)'}", nearest(within, filter(None, places))
        )
    holder = _entry(tree, section, row, "id")
    for step in within.split(".") if within else ():
        holder = _below(holder, step, row, {})
    return holder


def _entry(tree: Node, section: str, row: Row, column: str) -> dict[str, Node]:
    """The entry that a row belongs to."""
    entry_id = _text(row, column)
    entries = Node("", dict(_root(tree)))
    for step in SHEETS[section].at:
        entries = entries.child(step) or Node("", [])
    for node in entries.value if isinstance(entries.value, list) else ():
        if node.entry_id == entry_id and isinstance(node.value, dict):
            return node.value
    known = [str(step) for step, _ in entries.children()]
    raise Unclear(f"there is no {entry_id or '(none)'} in {section}", nearest(entry_id, known))


def _below(entry: dict[str, Node], key: str, row: Row, empty: dict[str, Node]) -> dict[str, Node]:
    node = entry.setdefault(key, Node(row.place, empty))
    assert isinstance(node.value, dict)
    return node.value


def _list_below(entry: dict[str, Node], key: str, row: Row) -> list[Node]:
    node = entry.setdefault(key, Node(row.place, []))
    assert isinstance(node.value, list)
    return node.value


def _change(row: Row, reading: Reading) -> Node:
    """The new value of a scenario, written as after ``--set path=``."""
    place = row.places.get("value", row.place)
    raw = row.raw.get("value", "")
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < _MOST_OF_A_CHANGE:
        said, change = f"{raw:.15g}", f"{100 * raw:+.13g}%"
        message = f"holds the number {said}, which Excel also makes of {change}"
        remedy = f"Format the cell as text and write {said} for the value itself, {change} for a change by it."
        reading.refuse(place, _text(row, "path"), message, remedy)
        return Node(place, None)
    if not isinstance(raw, str):
        return TEXT.node(place, raw)
    problems: list[Problem] = []
    node = parse_yaml(raw, place, problems, lines=False)
    if problems or node is None:
        reading.problems += [Problem(place, _text(row, "path"), p.message, p.remedy) for p in problems]
        return Node(place, None)
    return node


# ----------------------------------------------------------------------------------------------------------- writing


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
