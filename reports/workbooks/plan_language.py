"""A built-in plan in the planner's own language, to be filled in: its names, rules, phases and sources, no figure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from reports.chinese import built_in_plan
from reports.translating import translated
from reports.wording import Wording
from scenarios.plan import Plan

__all__ = ["plan_in_language"]

_SAID = frozenset(
    (
        *("acceptance", "base_period", "because", "description", "name", "owner", "performance"),
        *("product_tiers", "rep_tiers", "sentence", "source", "thirteenth_week"),
    )
)
"""Fields that hold words, not ids or figures."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def plan_in_language(plan: Plan, words: Wording) -> Plan:
    """The plan with its words in the language, as far as it has them; itself in English, as it is written.

    A name in both languages (``Central 华中``) keeps its Chinese part.
    """
    if words.code != "zh":
        return plan
    with_texts = replace(words, messages={**words.messages, **built_in_plan.TEXTS})
    return Plan.model_validate(_said(plan.model_dump(), with_texts, is_text=False))


def _said(value: Any, words: Wording, is_text: bool) -> Any:
    if isinstance(value, dict):
        return {key: _said(inner, words, is_text or key in _SAID) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_said(inner, words, is_text) for inner in value)
    return _text(value, words) if is_text and isinstance(value, str) else value


def _text(text: str, words: Wording) -> str:
    if not _CHINESE.search(text):
        return translated(text, words)
    parts = text.split(" ")
    first = next(number for number, part in enumerate(parts) if _CHINESE.search(part))
    return " ".join(parts[first:])
