"""What was written, and where: plan files as a tree of texts, before anything is checked.

A value is kept as its text and gets its type from the plan's field, so that YAML and CSV are read alike: ``NO`` stays
a region's id, ``007`` stays a product's, and ``true`` where a number belongs is refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.errors import Problem

__all__ = ["Node", "Path", "dotted", "nearest", "problem_at"]

Path = tuple[str | int, ...]
"""Steps from the root: keys, ids of entries, positions (from 0) where entries have no id."""

_FIGURES = re.compile(r"\d+")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_TYPED_KEYS = frozenset(("format", "set"))
"""Keys whose values have no type of their own in the plan: there the text decides, as YAML has it."""
_ORDERED_KEYS = frozenset(("phases", "stages"))
"""Lists of entries with ids whose order has a meaning."""


@dataclass(slots=True)
class Node:
    """A mapping, a list, a text or nothing, with the place where it was written."""

    place: str
    value: dict[str, Node] | list[Node] | str | None
    quoted: bool = False
    index: dict[str | int, Node] | None = field(default=None, compare=False, repr=False)
    """Of a long list: its entries by id."""
    blanks: Mapping[str | int, str] | None = field(default=None, compare=False, repr=False)
    """Of a row of a table: places of cells in which nothing stands, by column."""

    @classmethod
    def of(cls, value: Any, place: str = "") -> Node:
        """The tree of plain Python values, all at one place."""
        if isinstance(value, dict):
            return cls(place, {str(key): cls.of(inner, place) for key, inner in value.items()})
        if isinstance(value, list | tuple):
            return cls(place, [cls.of(inner, place) for inner in value])
        if value is None or isinstance(value, str):
            return cls(place, value, quoted=isinstance(value, str))
        return cls(place, str(value).lower() if isinstance(value, bool) else str(value))

    @property
    def entry_id(self) -> str | None:
        """What an entry of a list is known by: its id, or the path of an assumption."""
        if isinstance(self.value, dict):
            for key in ("id", "path"):
                node = self.value.get(key)
                if node is not None and isinstance(node.value, str):
                    return node.value.strip()
        return None

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """Steps to the nodes below, with the nodes."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            for position, node in enumerate(self.value):
                yield node.entry_id or position, node

    def child(self, step: str | int) -> Node | None:
        """The node one step below; of several entries with one id the first."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if self.index is None:
            self.index = {}
            for key, node in self.children():
                self.index.setdefault(key, node)
        return self.index.get(step)

    def nearest_place(self, path: Iterable[str | int]) -> str:
        """Place of the node at ``path``, or of the last node on the way to it that was written."""
        node = self
        for step in path:
            below = node.child(step)
            if below is None:
                return (node.blanks or {}).get(step, node.place)
            node = below
        return node.place

    def texts(self, key: str = "") -> Any:
        """Plain Python values for the plan's fields to type; ``key`` is where this node stands."""
        if key in _TYPED_KEYS:
            return self.typed()
        if isinstance(self.value, dict):
            return {name: node.texts(name) for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.texts() for node in self.value]
        return self.value

    def typed(self) -> Any:
        """Plain Python values, with numbers, booleans and nothing as YAML 1.2 has them."""
        if isinstance(self.value, dict):
            return {name: node.typed() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.typed() for node in self.value]
        if self.value is None or self.quoted:
            return self.value
        text = self.value.strip()
        if text.lower() in _CONSTANTS:
            return _CONSTANTS[text.lower()]
        if _NUMBER.fullmatch(text):
            return float(text) if re.search(r"[.eE]", text) else int(text)
        return text

    def sort(self, key: str | int = "") -> None:
        """Put entries in order of their ids and keys in order, in place: the order of writing changes no result."""
        for step, node in self.children():
            node.sort(step)
        if isinstance(self.value, dict):
            self.value = dict(sorted(self.value.items()))
        elif isinstance(self.value, list) and key not in _ORDERED_KEYS and all(n.entry_id for n in self.value):
            self.value = sorted(self.value, key=lambda node: node.entry_id or "")


def dotted(path: Sequence[str | int]) -> str:
    """A path as it is said to a planner; entries without an id by position, from 1: ``effects[2].factor``."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def nearest(word: str, words: Iterable[str], *, listed: bool = True) -> str:
    """The sentence "Did you mean …?"; where nothing is near, what there is, if that is ``listed`` and short.

    What differs in its figures alone is not near: R22 is another rep than R20, and no slip of the pen.
    """
    by_lower = {known.lower(): known for known in words}
    others = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.6)
    near = [other for other in others if _FIGURES.sub("", other) != _FIGURES.sub("", word.lower())]
    begun = [known for known in by_lower if len(word) > 2 and known.startswith(word.lower())]
    if found := near or begun:
        return f"Did you mean {by_lower[found[0]]}?"
    return f"Known: {', '.join(by_lower.values())}." if listed and 0 < len(by_lower) <= 8 else ""


def problem_at(tree: Node, path: Sequence[str | int], message: str, remedy: str = "") -> Problem:
    """A problem of the field at ``path``, at the place where it (or what holds it) was written."""
    return Problem(tree.nearest_place(path), dotted(path), message, remedy)
