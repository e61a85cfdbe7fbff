"""Specs on a terminal: at its real width, no figure cut, no colour where nobody sees it."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from reports.layout import GAP, INDENT, Layout, balanced, lay_out, under_heading, wrapped
from reports.specs import Bar, Block, Card, Cell, Heading, Listing, Mark, Page, Sentence, Table
from reports.wording import MINUS, Wording

__all__ = ["console_for", "printable", "show"]

_STYLES = {
    "plain": "",
    "headline": "bold",
    "good": "green",
    "warning": "yellow",
    "bad": "bold red",
    "quiet": "dim",
    "strong": "bold",
    "title": "bold cyan",
}
_BARS = {"total": "█", "more": "█", "less": "░"}
_PLAIN = str.maketrans(
    {MINUS: "-", "–": "-", "—": "-", "±": "+/-", "×": "x", "÷": "/", "→": "->", "≥": ">=", "≤": "<=", "Σ": "sum"}
    | {"·": "|", "█": "#", "░": ".", "─": "-", "…": "...", "≠": "<>"}
)


def console_for(stream: TextIO | None = None) -> Console:
    """A console that shows texts as they are: no markup, no highlighting, no emoji."""
    return Console(file=stream or sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=False)


def show(page: Page, words: Wording, console: Console | None = None) -> None:
    """Print a page."""
    console = console or console_for()
    if console.is_terminal:
        _blocks(page, words, console)
        return
    with console.capture() as capture:
        _blocks(page, words, console)
    lines = (line.rstrip() for line in capture.get().splitlines())
    console.file.write("".join(f"{line}\n" for line in lines))


def _blocks(page: Page, words: Wording, console: Console) -> None:
    cards: list[Card] = []
    before: Block | None = None
    for block, following in itertools.zip_longest(page.blocks, page.blocks[1:]):
        if isinstance(block, Card):
            cards.append(block)
            if not isinstance(following, Card):
                _cards(cards, console)
                cards = []
        elif block is not None:
            if isinstance(block, Sentence) and isinstance(before, Table | Listing | Card):
                console.print()
            _block(block, words, console)
        before = block


def printable(text: str, encoding: str) -> str:
    """A text without control characters, in letters that the terminal's encoding has."""
    text = "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)
    if _has(text, encoding):
        return text
    text = text.translate(_PLAIN)
    return text if _has(text, encoding) else text.encode(encoding, "replace").decode(encoding)


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _block(block: Block, words: Wording, console: Console) -> None:
    if isinstance(block, Table):
        _table(block, words, console)
    elif isinstance(block, Heading):
        _heading(block, console)
    elif isinstance(block, Sentence):
        console.print(_text(wrapped(block.text, console.width), console, _STYLES[block.tone]))
    elif isinstance(block, Listing):
        _listing(block, console)


def _text(text: str, console: Console, style: str = "") -> Text:
    return Text(printable(text, console.encoding), style=style)


def _heading(heading: Heading, console: Console) -> None:
    console.print()
    console.print(Rule(characters=printable("─", console.encoding), style="dim"))
    console.print(_text(heading.text, console, "bold"))
    if heading.detail:
        console.print(_text(heading.detail, console, "dim"))
    console.print()


def _title(title: str, console: Console) -> None:
    console.print()
    if title:
        console.print(_text(title, console, _STYLES["title"]))


def _listing(listing: Listing, console: Console) -> None:
    _title(listing.title, console)
    for entry in listing.entries:
        grid = Grid.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=1)
        grid.add_column(overflow="fold")
        grid.add_row(_text("·", console), _text(wrapped(entry, console.width - INDENT - 2), console))
        console.print(Padding(grid, (0, 0, 0, INDENT), expand=False))


def _cards(cards: list[Card], console: Console) -> None:
    labels = max(cell_len(card.label) for card in cards)
    figures = max(cell_len(card.figure) for card in cards)
    grid = Grid.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=labels, no_wrap=True)
    grid.add_column(width=figures, no_wrap=True, justify="right")
    grid.add_column(overflow="fold")
    for card in cards:
        grid.add_row(
            _text(card.label, console),
            _text(card.figure, console, "bold"),
            _text(card.meaning, console, "dim"),
        )
    console.print()
    console.print(grid)


def _table(table: Table, words: Wording, console: Console) -> None:
    _title(table.title, console)
    if not table.rows:
        return
    table = _printable_table(table, console.encoding)
    layout = lay_out(table, console.width)
    if layout.is_stacked:
        _stacked(table, console)
    else:
        _grid(table, layout, console)
    notes = list(table.notes)
    if layout.left_out:
        notes.append(words.say("table.left_out", columns=words.listed(layout.left_out), width=layout.full_width))
    for note in notes:
        note = wrapped(note, console.width - INDENT)
        console.print(Padding(_text(note, console, "dim"), (0, 0, 0, INDENT), expand=False))


def _printable_table(table: Table, encoding: str) -> Table:
    """The table in letters that the terminal has, before its columns are measured."""

    def cell_of(cell: Cell) -> Cell:
        if isinstance(cell, Mark):
            return replace(cell, text=printable(cell.text, encoding))
        return cell if isinstance(cell, Bar) else printable(cell, encoding)

    columns = tuple(replace(column, heading=printable(column.heading, encoding)) for column in table.columns)
    rows = tuple(replace(row, cells=tuple(cell_of(cell) for cell in row.cells)) for row in table.rows)
    return replace(table, columns=columns, rows=rows)


def _grid(table: Table, layout: Layout, console: Console) -> None:
    grid = Grid(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=True, header_style="dim")
    for number, width in layout.widths.items():
        column = table.columns[number]
        is_figure = column.kind == "figure"
        grid.add_column(
            _text(balanced(column.heading, width), console),
            justify="right" if is_figure else "left",
            vertical="top",
            width=width,
            no_wrap=False,
            overflow="fold",
        )
    for row in layout.rows:
        cells = [_cell(row.cells[number], layout.widths[number], console) for number in layout.widths]
        grid.add_row(*cells, style=_STYLES["strong"] if row.strong else None)
    console.print(Padding(grid, (0, 0, 0, INDENT), expand=False))


def _stacked(table: Table, console: Console) -> None:
    """One line per cell, for terminals too narrow for any row."""
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if not isinstance(cell, Bar):
                text = cell.text if isinstance(cell, Mark) else cell
                if text:
                    line = under_heading(column.heading, text)
                    console.print(Padding(_text(line, console), (0, 0, 0, INDENT), expand=False))
        console.print()


def _cell(cell: Cell, width: int, console: Console) -> Text:
    if isinstance(cell, Bar):
        return _bar(cell, width, console)
    text, style = (cell.text, _STYLES[cell.tone]) if isinstance(cell, Mark) else (cell, "")
    return _text(wrapped(text, width), console, style)


def _bar(bar: Bar, width: int, console: Console) -> Text:
    start = round(min(max(bar.start, 0.0), 1.0) * width)
    end = round(min(max(bar.end, 0.0), 1.0) * width)
    if start == end and bar.start != bar.end:  # what is there is seen, however small
        start, end = (start - 1, end) if start == width else (start, end + 1)
    style = {"less": "red", "more": "green", "total": "cyan"}[bar.kind]
    return Text(" " * start).append(printable(_BARS[bar.kind], console.encoding) * (end - start), style)
