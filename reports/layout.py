"""Layout: which columns of a table fit a width, and how wide each is. Figures are whole or not there at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from reports.specs import Column, Mark, Row, Table, text_of

__all__ = ["GAP", "INDENT", "Layout", "balanced", "lay_out", "under_heading", "wrapped"]

GAP = 2
"""Blank cells between columns."""
INDENT = 2
_BAR_LEAST, _BAR_WANTED, _BAR_MOST = 10, 24, 40
_SHORT = 12
"""A text column with a lower ``least`` holds a word or two and grows after the others."""


_PIECE = re.compile(r"[^._/、-]+[._/、-]*|[._/、-]+")


@dataclass(frozen=True)
class Layout:
    """A table that fits."""

    widths: dict[int, int]
    """Number of a column that is shown → its width."""
    rows: tuple[Row, ...]
    """Rows with what moved under another column."""
    left_out: tuple[str, ...] = ()
    """Headings of columns for which there is no room."""
    full_width: int = 0
    """Width at which everything would be shown."""
    is_stacked: bool = False
    """Not even the columns that stay fit."""


def lay_out(table: Table, width: int) -> Layout:
    """Let columns give way, the largest ``gives_way`` first, until the rest fits; then share out the room."""
    room = width - INDENT
    rows = list(table.rows)
    shown = [number for number in range(len(table.columns)) if any(row.cells[number] != "" for row in rows)]
    full_width = _needed(table.columns, rows, shown) + INDENT
    left_out: list[int] = []
    while _needed(table.columns, rows, shown) > room:
        yielding = [number for number in shown if table.columns[number].gives_way]
        if not yielding:
            return Layout({}, table.rows, is_stacked=True)
        number = max(yielding, key=lambda candidate: (table.columns[candidate].gives_way, candidate))
        shown.remove(number)
        under = table.columns[number].under
        if under in shown:
            rows = [_moved(row, number, under, table.columns[number].heading) for row in rows]
        elif table.columns[number].kind != "bar":
            left_out.append(number)
    widths = _widths(table.columns, rows, shown, room)
    headings = tuple(table.columns[number].heading for number in sorted(left_out))
    return Layout(widths, tuple(rows), headings, full_width)


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most ``width`` cells, broken at blanks and, inside long names, after . _ / 、 and -.

    Chinese, which has no blanks, is broken between any two letters, but no line begins with a closing mark or ends with
    an opening one.
    """
    return "\n".join(_lines(line, width) for line in text.split("\n"))


def balanced(heading: str, width: int) -> str:
    """A heading in as few lines as ``width`` takes; in Chinese, about as long as each other."""
    found = wrapped(heading, width)
    lines = len(found.splitlines())
    narrower = (wrapped(heading, least) for least in range(4, width))
    fits = (text for text in narrower if len(text.splitlines()) == lines)
    return next(fits, found) if lines > 1 and _WIDE.search(heading) and " " not in heading else found


_OPENING, _CLOSING = "（“‘【《［", "，。；：！？、）”’】》］…"
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
_UNBROKEN = re.compile(
    rf"[{_OPENING}]*(?:[\u2e80-\u9fff\uff00-\uffef]|[^\u2e80-\u9fff\uff00-\uffef{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*"
)
_NAME_CELLS = 20
"""Chinese between blanks that is no longer is a name, and goes to the next line as a whole."""
_HEADING_CELLS = 10
"""Width to which a heading in Chinese may be broken."""


def _lines(text: str, width: int) -> str:
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = _pieces(word, width)
        if lines[-1]:
            is_long = _WIDE.search(word) and cell_len(word) > min(width, _NAME_CELLS)
            starts_here = is_long and cell_len(f"{lines[-1]} {pieces[0]}") <= width
            lines[-1:] = [f"{lines[-1]} "] if starts_here else [lines[-1], ""]
        for piece in pieces:
            if cell_len(lines[-1] + piece) <= width:
                lines[-1] += piece
            else:
                lines.append(piece)
        if lines[0] == "" and len(lines) > 1:
            lines.pop(0)
    return "\n".join(lines)


def _pieces(word: str, width: int) -> list[str]:
    """Parts of a word that are not broken: letters of Chinese with the marks beside them, parts of long names."""
    found = [part for part in _UNBROKEN.findall(word) if part] if _WIDE.search(word) else _PIECE.findall(word)
    pieces: list[str] = []
    for part in found:
        for piece in [part] if cell_len(part) <= width else _PIECE.findall(part):
            while cell_len(piece) > width:
                head = set_cell_size(piece, width).rstrip() or piece[0]
                pieces.append(head)
                piece = piece[len(head) :]
            pieces.append(piece)
    return pieces or [word]


def under_heading(heading: str, text: str) -> str:
    """A cell that stands under its heading no more: the heading before it, with a colon of its own letters' width."""
    if not heading:
        return text
    return f"{heading}：{text}" if cell_len(heading[-1]) == 2 else f"{heading}: {text}"


def _moved(row: Row, number: int, under: int, heading: str) -> Row:
    moved, host = row.cells[number], row.cells[under]
    text, place = text_of(moved), text_of(host)
    if not text:
        return row
    line = under_heading(heading, text)
    joined = f"{place}\n{line}"
    cells = list(row.cells)
    cells[under] = Mark(joined, host.tone) if isinstance(host, Mark) else joined
    return Row(tuple(cells), row.strong)


def _natural(columns: Sequence[Column], rows: Sequence[Row], number: int) -> int:
    """Width at which no cell is wrapped."""
    lines = [line for row in rows for line in text_of(row.cells[number]).split("\n")]
    return max((cell_len(line) for line in lines), default=0)


def _longest_piece(text: str) -> int:
    """Width to which a heading can be wrapped."""
    pieces = (piece for word in text.split() for piece in _pieces(word, _HEADING_CELLS if _WIDE.search(word) else 999))
    widths = [cell_len(piece) for piece in pieces]
    return max([*widths, min(cell_len(text), _HEADING_CELLS) if _WIDE.search(text) else 0], default=0)


def _least(columns: Sequence[Column], rows: Sequence[Row], number: int) -> int:
    column = columns[number]
    if column.kind == "bar":
        return _BAR_LEAST
    natural = _natural(columns, rows, number)
    heading = _longest_piece(column.heading)
    if column.kind == "figure":
        return max(natural, heading, 1)
    return max(min(natural, column.least), heading, 1)


def _needed(columns: Sequence[Column], rows: Sequence[Row], shown: Sequence[int]) -> int:
    return sum(_least(columns, rows, number) for number in shown) + GAP * (len(shown) - 1)


def _widths(columns: Sequence[Column], rows: Sequence[Row], shown: Sequence[int], room: int) -> dict[int, int]:
    """Bars get what they want, then texts grow, the narrowest first, then headings of figures get onto one line."""
    widths = {number: _least(columns, rows, number) for number in shown}
    spare = room - GAP * (len(shown) - 1) - sum(widths.values())
    bars = [number for number in shown if columns[number].kind == "bar"]
    texts = [number for number in shown if columns[number].kind == "text"]
    wishes = {number: max(_natural(columns, rows, number), cell_len(columns[number].heading)) for number in shown}

    def grow(number: int, most: int) -> None:
        nonlocal spare
        more = max(0, min(spare, most - widths[number]))
        widths[number] += more
        spare -= more

    for number in bars:
        grow(number, _BAR_WANTED)
    for group in (
        [number for number in texts if columns[number].least > _SHORT],
        [number for number in texts if columns[number].least <= _SHORT],
    ):
        while spare > 0 and (growing := [number for number in group if widths[number] < wishes[number]]):
            narrowest = min(growing, key=lambda number: widths[number])
            grow(narrowest, widths[narrowest] + 1)
    figures = [number for number in shown if columns[number].kind == "figure"]
    if sum(wishes[number] - widths[number] for number in figures) <= spare:
        for number in figures:
            grow(number, wishes[number])
    for number in bars:
        grow(number, _BAR_MOST)
    return widths
