"""The plan of a workbook: its sheets read into the tree that plan files make."""

from __future__ import annotations

from pathlib import Path

from scenarios.columns import NOTE, Row, put
from scenarios.errors import Problem
from scenarios.files import Reading, Table
from scenarios.nodes import Node, nearest
from scenarios.sheets import SHEETS, TEXT, Sheet
from scenarios.texts import Unclear
from scenarios.yaml_nodes import parse_yaml

__all__ = ["read_workbook"]

_MOST_OF_A_CHANGE = 10
"""A number below it in a scenario's cell may have been written as a change: ``+900%`` is 9 to Excel."""


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
