"""References: whatever a plan names must be there, and every id once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_origin

from scenarios import cells, consistency
from scenarios.errors import Problem
from scenarios.fields import Section
from scenarios.nodes import Node, Path, dotted, nearest, problem_at
from scenarios.overrides import NotApplied, find_path, scenario_problems
from scenarios.plan import Plan
from scenarios.schema import alternatives, holds_tuple, step_into
from scenarios.tables import Product, Rep

__all__ = ["named_kind", "plan_problems"]

_KIND_OF_FIELD = {
    "account": "account",
    "activity": "activity",
    "addon_stage": "stage",
    "alarm": "policy",
    "automated_in": "maturity",
    "back_to_stage": "stage",
    "customer_tier": "customer tier",
    "cycles": "product",
    "delay_factors": "customer tier",
    "entry_stage": "stage",
    "industries": "industry",
    "industry": "industry",
    "lead_tier_mix": "customer tier",
    "maturity": "maturity",
    "measure": "measure",
    "mentor_tiers": "rep tier",
    "phase": "phase",
    "pool": "budget pool",
    "product": "product",
    "product_mix": "product",
    "product_tier": "product tier",
    "qualified_stage": "stage",
    "region": "region",
    "regions": "region",
    "rep": "rep",
    "rep_tier": "rep tier",
    "rep_tiers": "rep tier",
    "resource": "shared resource",
    "responses": "region, maturity (or all)",
    "risk": "risk",
    "source": "source of opportunities",
    "stage": "stage",
    "stages": "stage",
    "strike": "risk",
    "success_rate": "rep tier",
    "tier_mix": "customer tier",
}
"""What a field of a section names, wherever it stands; of dicts the keys."""
_KIND_OF_TIER: dict[type[Section], str] = {Product: "product tier", Rep: "rep tier"}


def named_kind(section: type[Any], field: str) -> str | None:
    """What a field of a section names: ``rep``, ``customer tier``; None where it names nothing."""
    if field == "tier":
        return _KIND_OF_TIER.get(section)
    return _KIND_OF_FIELD.get(field)


def plan_problems(plan: Plan, tree: Node | None = None, broken: frozenset[str] = frozenset()) -> list[Problem]:
    """Everything in a plan that does not fit together; ``tree`` tells where it was written.

    ``broken`` sections hold problems already: what rests on all of their entries is not judged again.
    """
    written = tree if tree is not None else Node.of(plan.model_dump(mode="json"))
    problems = [*_repeated_ids(written, ()), *_unknown(written, broken)]
    if not any(section in broken and written.child(section) is None for section in Plan.model_fields):
        problems += [*_assumptions(plan, written), *scenario_problems(written)]
    problems += consistency.problems(plan, written, broken)
    problems += cells.problems(plan, written, broken)
    return problems


def _repeated_ids(node: Node, path: Path) -> Iterator[Problem]:
    if isinstance(node.value, list):
        seen: dict[str, Node] = {}
        for entry in node.value:
            if (entry_id := entry.entry_id) is None:
                continue
            first = seen.setdefault(entry_id.lower(), entry)
            if first is not entry:
                key, twice = dotted((*path, entry_id)), first.entry_id == entry_id
                what = "id given twice" if twice else f"id differs from {first.entry_id} only by upper and lower case"
                where = f", first at {first.place}" if first.place else ""
                yield Problem(entry.place, key, what + where)
    for step, below in node.children():
        yield from _repeated_ids(below, (*path, step))


def _known(tree: Node) -> dict[str, list[str]]:
    """Ids that were written, by what they are ids of; entries with other problems count."""

    def ids(*path: str) -> list[str]:
        node: Node | None = tree
        for step in path:
            node = node.child(step) if node else None
        return [str(step) for step, _ in node.children()] if node else []

    def column(section: str, name: str) -> list[str]:
        node = tree.child(section)
        below = (entry.child(name) for _, entry in node.children()) if node else ()
        return [cell.value for cell in below if cell and isinstance(cell.value, str)]

    return {
        "account": ids("accounts"),
        "activity": ids("activities"),
        "budget pool": ids("money", "pools"),
        "customer tier": ids("customer_tiers"),
        "industry": column("accounts", "industry") + column("opportunities", "industry"),
        "maturity": ids("maturities"),
        "measure": ids("measures"),
        "phase": ids("calendar", "phases"),
        "policy": ids("policies"),
        "product": ids("products"),
        "product tier": ids("product_tiers"),
        "region": ids("regions"),
        "region, maturity (or all)": ["all", *ids("regions"), *ids("maturities")],
        "rep": ids("reps"),
        "rep tier": ids("rep_tiers"),
        "risk": ids("risks"),
        "shared resource": ids("resources"),
        "source of opportunities": ["add_on", "baseline", "cross_sell", "pipeline", *ids("activities")],
        "stage": ids("process", "stages"),
    }


_SECTIONS_OF_KIND = {
    "account": ("accounts",),
    "activity": ("activities",),
    "budget pool": ("money",),
    "customer tier": ("customer_tiers",),
    "industry": ("accounts", "opportunities"),
    "maturity": ("maturities",),
    "product": ("products",),
    "product tier": ("product_tiers",),
    "region": ("regions",),
    "region, maturity (or all)": ("regions", "maturities"),
    "rep": ("reps",),
    "rep tier": ("rep_tiers",),
    "stage": ("process",),
}


_MOST_REMEDIES = 50
"""Different unknown ids for which the nearest known one is looked for."""


def _unknown(tree: Node, broken: frozenset[str]) -> Iterator[Problem]:
    known = _known(tree)
    names = _Names(tree)
    there = {kind: frozenset(ids) for kind, ids in known.items()}
    remedies: dict[tuple[str, str], str] = {}
    for place, path, kind, value in _named(tree, Plan, ()):
        if value not in there[kind] and not _absent(tree, broken, kind):
            if len(remedies) < _MOST_REMEDIES:  # looking among thousands of ids for each of thousands takes minutes
                remedies.setdefault((kind, value), names.remedy(kind, value) or nearest(value, known[kind]))
            remedy = remedies.get((kind, value), "")
            yield Problem(place, dotted(path), f"there is no {kind} {value}", remedy)


@dataclass
class _Names:
    """Names of what has an id too: whoever writes a name where an id stands is told the id."""

    tree: Node
    ids: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By kind: ids of what is called so, the whole name or a word of it (``Central 华中``)."""

    def remedy(self, kind: str, value: str) -> str:
        """What to write in place of a name; empty where nothing, or more than one thing, is called so."""
        if kind not in self.ids:
            self.ids[kind] = self._called(kind)
        found = self.ids[kind].get(value, [])
        return f"Write {found[0]}, the id of {value}." if len(found) == 1 else ""

    def _called(self, kind: str) -> dict[str, list[str]]:
        called: dict[str, list[str]] = {}
        for path in _PLACES_OF_NAMES.get(kind, ()):
            node: Node | None = self.tree
            for step in path:
                node = node.child(step) if node else None
            for id_, entry in node.children() if node else ():
                name = entry.child("name") if isinstance(entry.value, dict) else entry
                if name is not None and isinstance(name.value, str):
                    for word in {name.value.strip(), *name.value.split()}:
                        called.setdefault(word, []).append(str(id_))
        return called


_PLACES_OF_NAMES = {
    "account": (("accounts",),),
    "activity": (("activities",),),
    "budget pool": (("money", "pools"),),
    "customer tier": (("customer_tiers",),),
    "maturity": (("maturities",),),
    "measure": (("measures",),),
    "phase": (("calendar", "phases"),),
    "product": (("products",),),
    "product tier": (("product_tiers",),),
    "region": (("regions",),),
    "region, maturity (or all)": (("regions",), ("maturities",)),
    "rep": (("reps",),),
    "rep tier": (("rep_tiers",),),
    "risk": (("risks",),),
    "stage": (("process", "stages"),),
}
"""Where what has an id has a name."""


def _absent(tree: Node, broken: frozenset[str], kind: str) -> bool:
    """Whether a section that could not be read, or is empty, is to blame; that was said once already."""
    sections = (tree.child(name) for name in _SECTIONS_OF_KIND.get(kind, ()) if name in broken)
    return any(section is None or not section.value for section in sections)


def _named(node: Node, annotation: Any, path: Path) -> Iterator[tuple[str, Path, str, str]]:
    """Every place and path that names something, with the kind and the id that it names, as written: right or not."""
    for alternative in alternatives(annotation):
        fields = getattr(alternative, "model_fields", None)
        if isinstance(node.value, dict) and fields is not None:
            for name, below in node.value.items():
                if name not in fields:
                    continue
                kind = named_kind(alternative, name)
                wanted = fields[name].annotation
                # One figure for all that the field could name.
                is_figure = isinstance(below.value, str) and float in alternatives(wanted)
                if kind is not None and not is_figure and (name != "source" or holds_tuple(wanted)):
                    yield from ((place, at, kind, value) for place, at, value in _ids(below, (*path, name)))
                if isinstance(below.value, dict | list):
                    yield from _named(below, wanted, (*path, name))
        elif isinstance(node.value, dict | list) and get_origin(alternative) in (dict, tuple):
            for step, below in node.children():
                yield from _named(below, step_into(alternative, step), (*path, step))


def _ids(node: Node, path: Path) -> Iterator[tuple[str, Path, str]]:
    if isinstance(node.value, str) and node.value.strip():
        yield node.place, path, node.value.strip()
    elif isinstance(node.value, list):
        yield from ((node.place, path, item.value.strip()) for item in node.value if isinstance(item.value, str))
    elif isinstance(node.value, dict):
        yield from ((below.place, (*path, key), key) for key, below in node.value.items())


def _assumptions(plan: Plan, tree: Node) -> Iterator[Problem]:
    """Assumptions name figures of the plan."""
    for assumption in plan.assumptions:
        try:
            find_path(tree, assumption.path)
        except NotApplied as error:
            at = ("assumptions", assumption.path)
            yield problem_at(tree, at, f"there is no {assumption.path}: {error.message}", error.remedy)
