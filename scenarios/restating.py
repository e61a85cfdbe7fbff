"""Sentences of rules after an override: what they say of a figure is what the rule now has."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from scenarios.nodes import Node
from scenarios.rules import Ratio, Rule

__all__ = ["restate", "unsaid"]

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


def unsaid(rule: Rule) -> str:
    """A figure of the rule that its sentence does not say although it says others of its kind; empty where none.

    A sentence without any such figure ("most of it") says none, and is left alone.
    """
    sentence = rule.sentence
    numbers = {_plain(match) for match in _WRITTEN.finditer(sentence)}
    if rule.amount is not None:
        large = {number for number in numbers if number >= _LARGE}
        return "" if not large or _near(rule.amount, large) else _AMOUNTS[0](rule.amount)
    if isinstance(rule.ratio, Ratio):
        lacking = [value for value in rule.ratio.values.values() if not _near(value, numbers)]
        return f"{lacking[0]:.6g}" if numbers and lacking else ""
    shares = {_plain(match) for match in _WRITTEN.finditer(sentence) if match[0][-1] in "%％"}
    return "" if not shares or _near(rule.ratio, numbers) else _RATIOS[0](rule.ratio)


_WRITTEN = re.compile(r"\d[\d,]*(?:\.\d+)?\s*[%％万亿]?")
_UNITS = {"%": 0.01, "％": 0.01, "万": 1e4, "亿": 1e8}
_LARGE = 1000
"""From here on a number in a sentence is taken for money, not for a count of salons."""


def _plain(match: re.Match[str]) -> float:
    text = match[0].strip()
    unit = _UNITS.get(text[-1], 1.0)
    return float(text.rstrip("%％万亿 ").replace(",", "").rstrip(".")) * unit


def _near(figure: float, numbers: Iterable[float]) -> bool:
    return any(math.isclose(figure, number, rel_tol=1e-6) for number in numbers)


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
