"""Plan files on disk: read within limits, decoded, parsed to nodes with their lines. Nothing is judged here."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from scenarios.errors import Problem
from scenarios.fields import Section
from scenarios.nodes import Node, nearest
from scenarios.schema import holds_date, holds_dict, holds_tuple

__all__ = ["MAX_BYTES", "MISSING", "Reading", "parse_yaml"]

MAX_BYTES = 100_000_000
"""Larger files are refused before reading: no plan is that large, and a wrong file should not fill the memory."""

MISSING = "missing"
"""Message of a required field that is not there."""
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "merge", "null", "str", "timestamp", "value")
)
_DATE = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*")


@dataclass
class Reading:
    """Files read so far: the problems met and, for the record of a run, the hash of each file."""

    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    """Sections that could not be had, so that nothing more is said of their being missing."""
    missing_columns: set[tuple[str, str]] = field(default_factory=set)

    def has_said(self, problem: Problem) -> bool:
        """Whether a row's missing value was said once for the whole column."""
        section, column = problem.key.partition(".")[0], problem.key.rpartition(".")[2]
        return problem.message == MISSING and (section, column) in self.missing_columns

    def refuse(self, place: str, key: str, message: str, remedy: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(place, key, message, remedy))

    def yaml(self, path: Path) -> Node | None:
        """The mapping in a YAML file; None, with a problem noted, when it cannot be had."""
        text = self._text(path)
        if text is None:
            return None
        node = parse_yaml(text, path.name, self)
        if node is not None and node.value is None:
            return Node(path.name, {})
        if node is not None and not isinstance(node.value, dict):
            self.refuse(path.name, "", "holds no mapping of keys to values")
            return None
        return node

    def csv(self, path: Path, table: str, row_type: type[Section]) -> Node | None:
        """The rows of a CSV table; None, with a problem noted, when they cannot be had."""
        text = self._text(path)
        if text is None:
            return None
        lines = csv.reader(io.StringIO(text, newline=""))
        rows: list[Node] = []
        try:
            header = next(lines, [])
            if not any(name.strip() for name in header):
                self.refuse(path.name, table, "has no header")
                return None
            columns = self._columns(header, path.name, table, row_type)
            end = lines.line_num
            for cells in lines:
                place, end = f"{path.name}:{end + 1}", lines.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    self.refuse(place, table, f"has {len(cells)} cells where the header has {len(header)}")
                    continue
                rows.append(_row(place, dict(zip(columns, cells, strict=True)), row_type.model_fields))
        except csv.Error as error:
            self.refuse(f"{path.name}:{lines.line_num}", table, f"is no CSV: {error}")
            return None
        return Node(path.name, rows)

    def _columns(self, header: list[str], file: str, table: str, row_type: type[Section]) -> list[str]:
        """Names of the columns; what is not a field of a row is refused here and its cells are left out."""
        place, columns, known = f"{file}:1", [], row_type.model_fields
        for name in (cell.strip() for cell in header):
            if name in columns:
                self.refuse(place, f"{table}.{name}", "column given twice")
            elif name not in known:
                remedy = nearest(name, known)
                if len(header) == 1 and re.search(r"[;\t]", name):
                    remedy = "Separate columns by commas."
                self.refuse(place, f"{table}.{name}".rstrip("."), f"unknown column {name or '(no name)'}", remedy)
            elif holds_dict(known[name].annotation):
                self.refuse(place, f"{table}.{name}", "cannot stand in a table", f"Write {table} in plan.yaml.")
            else:
                columns.append(name)
                continue
            columns.append("")
        for name, info in known.items():
            if info.is_required() and name not in columns:
                self.missing_columns.add((table, name))
                self.refuse(place, f"{table}.{name}", f"missing column {name}")
        return columns

    def _text(self, path: Path) -> str | None:
        data = self._bytes(path)
        if data is None:
            return None
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.refuse(path.name, "", "is neither UTF-8 nor GB18030 text", "Save it as UTF-8.")
        return None

    def _bytes(self, path: Path) -> bytes | None:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                self.refuse(path.name, "", "is not a file")
                return None
            if status.st_size > MAX_BYTES:
                size, limit = status.st_size / 1e6, MAX_BYTES / 1e6
                self.refuse(path.name, "", f"is {size:.0f} MB large; plan files may have {limit:.0f} MB")
                return None
            data = path.read_bytes()
        except FileNotFoundError:
            self.refuse(path.name, "", "the file is missing")
            return None
        except OSError as error:
            self.refuse(path.name, "", f"cannot be read: {error.strerror}")
            return None
        self.hashes[path.name] = hashlib.sha256(data).hexdigest()
        return data


def _row(place: str, cells: Mapping[str, str], fields: Mapping[str, FieldInfo]) -> Node:
    values: dict[str, Node] = {}
    for name, cell in cells.items():
        text = cell.strip()
        if not name or not text:
            continue
        kind = fields[name].annotation
        if holds_tuple(kind):
            parts = (part.strip() for part in re.split("[;；]", text))
            values[name] = Node(place, [Node(place, part) for part in parts if part])
        else:
            values[name] = Node(place, _iso_date(text) if holds_date(kind) else text)
    return Node(place, values)


def _iso_date(text: str) -> str:
    """Spreadsheets write 2026/1/5 for 2026-01-05."""
    match = _DATE.fullmatch(text)
    return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}" if match else text


def parse_yaml(text: str, file: str, reading: Reading, *, lines: bool = True) -> Node | None:
    """YAML text as nodes; None, with a problem noted, when it is none.

    Keys given twice are refused, and so are anchors and tags: a plan says what it holds where it holds it.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        if root is None:
            return Node(file, None)
        return _Composed(file, reading, lines).node(root, file)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).partition("\n")[0]
        reading.refuse(f"{file}:{mark.line + 1}" if mark and lines else file, "", f"is no YAML: {what}")
    except RecursionError:
        reading.refuse(file, "", "is nested too deeply")
    return None


class _Composed:
    """Walks the tree that ruamel.yaml composes; it visits every node once, aliases are refused."""

    def __init__(self, file: str, reading: Reading, lines: bool) -> None:
        self.file, self.reading, self.lines = file, reading, lines
        self.seen: set[int] = set()

    def place(self, composed: Any) -> str:
        return f"{self.file}:{composed.start_mark.line + 1}" if self.lines else self.file

    def node(self, composed: Any, place: str) -> Node:
        """The node at ``place``: the line of its key, where it has one."""
        if id(composed) in self.seen:
            self.reading.refuse(place, "", "aliases (*name) are not taken", "Write the value again.")
            return Node(place, None)
        self.seen.add(id(composed))
        if isinstance(composed, ScalarNode) and composed.tag in _PLAIN_TAGS:
            empty = composed.tag == "tag:yaml.org,2002:null"
            return Node(place, None if empty else composed.value, quoted=composed.style is not None)
        if isinstance(composed, SequenceNode) and composed.tag == "tag:yaml.org,2002:seq":
            return Node(place, [self.node(item, self.place(item)) for item in composed.value])
        if isinstance(composed, MappingNode) and composed.tag == "tag:yaml.org,2002:map":
            return Node(place, self.mapping(composed))
        self.reading.refuse(place, "", f"the tag {composed.tag} is not taken")
        return Node(place, None)

    def mapping(self, composed: Any) -> dict[str, Node]:
        values: dict[str, Node] = {}
        for key, value in composed.value:
            place = self.place(key)
            if not isinstance(key, ScalarNode):
                self.reading.refuse(place, "", "a key is a list or a mapping; keys are texts")
            elif key.value in values:
                first = values[key.value].place.rpartition(":")[2]
                self.reading.refuse(place, key.value, f"key given twice, first in line {first}")
            else:
                values[key.value] = self.node(value, place)
        return values
