"""Sentences of rules after an override: what they say of a figure is what the rule now has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scenarios.nodes import Node

__all__ = ["restate"]

_SILENT = frozenset(("sentence", "firmness", "priority", "enabled", "owner", "source"))
"""Fields of a rule that its sentence says nothing of."""


def restate(tree: Node, changes: Sequence[tuple[str, Any, Any]]) -> None:
    """Mend sentences, in place, of rules whose figures were overridden: path, old and new value of each.

    Where the old figure stands in the sentence once, the new one takes its place; else the new one is added behind an
    arrow. A sentence that an override gives is left as it is.
    """
    rules = tree.child("rules")
    given = {path for path, _, _ in changes}
    for path, old, new in changes:
        section, _, rest = path.partition(".")
        id_, _, field = rest.partition(".")
        rule = rules.child(id_) if rules and section == "rules" else None
        sentence = rule.child("sentence") if rule else None
        if sentence is None or not isinstance(sentence.value, str) or f"rules.{id_}.sentence" in given:
            continue
        if field.partition(".")[0] in _SILENT:
            continue
        for name, before, after in _figures(field, old, new):
            sentence.value = _mended(sentence.value, name, before, after)


def _figures(field: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Single values that differ, by the path of their field."""
    if isinstance(new, dict):
        for key, value in new.items():
            yield from _figures(f"{field}.{key}", old.get(key) if isinstance(old, dict) else None, value)
    elif old != new:
        yield field, old, new


def _mended(sentence: str, field: str, old: Any, new: Any) -> str:
    before, after = _number(old), _number(new)
    if after is None:
        return f"{sentence} (→ {field} {new})"
    forms = _AMOUNTS if field.partition(".")[0] == "amount" else _RATIOS
    if before is not None:
        for form in forms:
            found = list(re.finditer(rf"(?<![\d.,]){re.escape(form(before))}(?![\d%％]|[.,]\d)", sentence))
            if len(found) == 1:
                return f"{sentence[: found[0].start()]}{form(after)}{sentence[found[0].end() :]}"
    plain = _AMOUNTS[0] if forms is _AMOUNTS else _RATIOS[0] if after <= 1 else _RATIOS[-1]
    member = field.rpartition(".")[2] if "." in field else ""
    return f"{sentence} (→ {f'{member} ' if member else ''}{plain(after)})"


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_RATIOS: tuple[Callable[[float], str], ...] = (
    lambda share: f"{100 * share:.6g}%",
    lambda share: f"{100 * share:.6g}％",
    lambda share: f"{100 * share:.6g} %",
    lambda factor: f"{factor:.6g}",
)
_AMOUNTS: tuple[Callable[[float], str], ...] = (
    lambda amount: f"{amount:,.10g}",
    lambda amount: f"{amount:.10g}",
    lambda amount: f"{amount / 1e4:.10g}万",
    lambda amount: f"{amount / 1e4:.10g} 万",
)
"""Ways to write a figure."""
