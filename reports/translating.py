"""Sentences of the rooms below, which know no language, in the planner's own: found by their English, as in gettext."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from reports.wording import Wording
from scenarios.errors import Problem

__all__ = ["problem_text", "translated"]

_BLANK = re.compile(r"\{(\w+)\}")


def translated(text: str, words: Wording) -> str:
    """A sentence in the language of ``words``, its blanks too; as it is where the language has none for it."""
    found = _matching(text, words.code, tuple(words.messages.items())) if words.messages else None
    if found is None and "\n" in text:
        return "\n".join(_line(line, words) for line in text.split("\n"))
    if found is None:
        return text
    sentence, blanks = found
    return sentence.format(**{name: translated(content, words) for name, content in blanks.items()})


_LISTED = re.compile(r"(\s*(?:- (?:[\w:/()-]+: )?|\d+\. ))(.+)")
"""A line of a list: its mark and what it is about, and what it says."""


def _line(text: str, words: Wording) -> str:
    listed = _LISTED.fullmatch(text)
    return f"{listed[1]}{translated(listed[2], words)}" if listed else translated(text, words)


@lru_cache(maxsize=4096)
def _matching(text: str, code: str, messages: tuple[tuple[str, str], ...]) -> tuple[str, Mapping[str, str]] | None:
    """The most particular sentence that says this, and what fills its blanks."""
    for pattern, sentence in _patterns(messages):
        if match := pattern.fullmatch(text):
            return sentence, match.groupdict()
    return None


@lru_cache(maxsize=4)
def _patterns(messages: tuple[tuple[str, str], ...]) -> list[tuple[re.Pattern[str], str]]:
    """Patterns, those with most letters of their own first."""
    return [
        (re.compile(_pattern(english), re.DOTALL), sentence)
        for english, sentence in sorted(messages, key=lambda entry: -len(_BLANK.sub("", entry[0])))
    ]


def _pattern(english: str) -> str:
    parts = _BLANK.split(english)  # text, name, text, name, … text
    return "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))


def problem_text(problem: Problem, words: Wording) -> str:
    """A problem of a plan file: where it is, what is wrong, what to do."""
    if not words.messages:
        return str(problem)
    where = f"{problem.place} {problem.key}".strip()
    message = translated(problem.message.rstrip("."), words)
    text = words.say("says", what=where, text=message) if where else message
    return words.say("remedy", text=text, remedy=translated(problem.remedy, words)) if problem.remedy else text
