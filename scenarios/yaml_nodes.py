"""YAML text as nodes with their lines, in time that grows with the text and ends at a limit.

ruamel.yaml scans and parses; its own trees are not built: they cost as much again, and hold more than a plan needs.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner

from scenarios.errors import Problem
from scenarios.nodes import Node

__all__ = ["MAX_VALUES", "parse_yaml"]

MAX_DEPTH = 20
"""Of lists and mappings in each other; the parser's time grows with the square, and no plan goes half as deep."""
MAX_VALUES = 100_000
"""Keys, values and lists: 20 µs each, so 2 s. The built-in plan with all its tables in one file has an eighth."""

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_SCALAR_TAGS, _LIST_TAGS, _MAPPING_TAGS = (
    frozenset(("", *(f"tag:yaml.org,2002:{kind}" for kind in kinds)))
    for kinds in (("bool", "float", "int", "merge", "null", "str", "timestamp", "value"), ("seq",), ("map",))
)


def parse_yaml(text: str, file: str, problems: list[Problem], *, lines: bool = True) -> Node | None:
    """YAML text as nodes; None, with a problem noted, when it is none.

    Keys given twice are refused, and so are aliases and tags: a plan says what it holds where it holds it.
    """
    try:
        return _Composer(text, file, problems, lines).document()
    except _Refused as refused:
        place, message, remedy = f"{file}:{refused.line}", refused.message, refused.remedy
    except YAMLError as error:
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        place, message, remedy = f"{file}:{_line(error, text)}", f"is no YAML: {what}", ""
    problems.append(Problem(place if lines else file, "", message, remedy))
    return None


def _line(error: YAMLError, text: str) -> int:
    if isinstance(error, ReaderError):  # a letter that no YAML may hold
        return text.count("\n", 0, error.position) + 1
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


class _Refused(Exception):
    """Text that may be YAML and is more than is taken."""

    def __init__(self, line: int, message: str, remedy: str = "") -> None:
        self.line, self.message, self.remedy = line, message, remedy
        super().__init__(message)


class _Scanner(Scanner):
    """Stops where it gets too deep, before time is spent on it; looks at each token once.

    The parser asks of each token up to ten times whether it is of some kind, and ruamel.yaml's scanner looks each time
    whether it has to read on first. It cannot have to, until the token is taken.
    """

    head: Any = None
    """The token that is next, once it is known to be."""

    @cached_property
    def reader(self) -> Any:  # a property there, looked up again for every letter
        return self.loader.reader

    def check_token(self, *choices: Any) -> bool:
        head = self.head or self.peek_token()
        return head is not None and (not choices or isinstance(head, choices))

    def peek_token(self) -> Any:
        if self.head is None:
            while self.need_more_tokens():
                self.fetch_more_tokens()
            self.head = self.tokens[0] if self.tokens else None
        return self.head

    def get_token(self) -> Any:
        token = self.peek_token()
        self.head = None
        if token is not None:
            self.tokens_taken += 1
            del self.tokens[0]
        return token

    def add_indent(self, column: int) -> bool:
        self._refuse_depth()
        return bool(super().add_indent(column))

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 - its name there
        self._refuse_depth()
        super().fetch_flow_collection_start(TokenClass, to_push)

    def _refuse_depth(self) -> None:
        if len(self.indents) + len(self.flow_context) > MAX_DEPTH:
            raise _Refused(self.reader.line + 1, "is nested too deeply")


class _Parser(Parser):
    """Finds its scanner once."""

    @cached_property
    def scanner(self) -> Any:
        return self.loader.scanner


class _Composer:
    """Builds nodes from what the parser meets, in the order of the text."""

    def __init__(self, text: str, file: str, problems: list[Problem], lines: bool) -> None:
        self.file, self.problems, self.lines = file, problems, lines
        yaml = YAML(typ="safe", pure=True)
        yaml.Scanner, yaml.Parser = _Scanner, _Parser
        self.events = yaml.parse(text)
        self.values = 0

    def document(self) -> Node:
        """The one document of the text."""
        self.take()  # the stream starts
        if isinstance(self.take(), StreamEndEvent):
            return Node(self.file, None)
        root = self.node(self.take(), self.file)
        self.take()  # the document ends
        if not isinstance(event := self.take(), StreamEndEvent):
            raise _Refused(event.start_mark.line + 1, "is no YAML: another document starts here")
        return root

    def take(self) -> Any:
        """What the parser meets next; each key, value, list and mapping is counted."""
        event = next(self.events)
        if isinstance(event, NodeEvent):
            self.values += 1
            if self.values > MAX_VALUES:
                remedy = "Put long tables into CSV files or a workbook."
                raise _Refused(event.start_mark.line + 1, f"holds more than {MAX_VALUES:,} keys and values", remedy)
        return event

    def place(self, event: Any) -> str:
        return f"{self.file}:{event.start_mark.line + 1}" if self.lines else self.file

    def node(self, event: Any, place: str) -> Node:
        """The node that starts with an event, at ``place``: the line of its key, where it has one."""
        if isinstance(event, AliasEvent):
            self.refuse(place, "", "aliases (*name) are not taken", "Write the value again.")
            return Node(place, None)
        tag = event.tag if event.tag and event.tag != "!" else ""
        if isinstance(event, ScalarEvent):
            node, taken = _scalar(event, tag, place), _SCALAR_TAGS
        elif isinstance(event, SequenceStartEvent):
            node, taken = Node(place, self.sequence()), _LIST_TAGS
        else:
            node, taken = Node(place, self.mapping()), _MAPPING_TAGS
        if tag not in taken:
            self.refuse(place, "", f"the tag {tag} is not taken")
            return Node(place, None)
        return node

    def sequence(self) -> list[Node]:
        values = []
        while not isinstance(event := self.take(), SequenceEndEvent):
            values.append(self.node(event, self.place(event)))
        return values

    def mapping(self) -> dict[str, Node]:
        values: dict[str, Node] = {}
        while not isinstance(key := self.take(), MappingEndEvent):
            place = self.place(key)
            if not isinstance(key, ScalarEvent):
                self.refuse(place, "", "a key is a list or a mapping; keys are texts")
                self.node(key, place)
            value = self.node(self.take(), place)
            if isinstance(key, ScalarEvent):
                if key.value in values:
                    first = values[key.value].place.rpartition(":")[2]
                    self.refuse(place, key.value, f"key given twice, first in line {first}")
                else:
                    values[key.value] = value
        return values

    def refuse(self, place: str, key: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(place, key, message, remedy))


def _scalar(event: Any, tag: str, place: str) -> Node:
    empty = tag.endswith(":null") or (event.implicit[0] and event.value in _NULLS)
    return Node(place, None if empty else event.value, quoted=event.style is not None)
