"""A deck as a PowerPoint file: text, tables and charts that PowerPoint itself draws, the same bytes for the same run.

Blocks of a chapter fill slides from top to bottom; a table that is longer than its slide goes on on the next one,
under its headings. Nothing is a picture, so everything can be edited.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from pptx import Presentation
from pptx.util import Pt

from reports.documents.html import grouped
from reports.layout import GAP, lay_out
from reports.slides.slide_charts import add_chart
from reports.slides.slide_shapes import (
    ACCENT,
    CELL,
    INK,
    QUIET,
    SMALL,
    TONES,
    Grid,
    add_bar,
    add_table,
    add_text,
    cut,
    high,
    printed,
    row_height,
    wide,
    write_text,
)
from reports.specs import Block, Card, Chapter, Column, Deck, Heading, Listing, Plot, Row, Sentence, Table
from reports.wording import Wording

__all__ = ["deck_file"]

WIDTH, HEIGHT = 960, 540
"""Points of a slide, 16:9."""
LEFT, TOP, BOTTOM = 40, 80, 502
ROOM = WIDTH - 2 * LEFT
TEXT = 14
"""Points of sentences."""
_TITLE = 24
"""Height of a table's title."""
_SIZES = (SMALL, SMALL - 1, SMALL - 1.5)
"""Points of a table's letters: the first in which it has room on one slide, else the first."""
_PLOT_LEAST = 300
_CARDS = 4
"""Fewer are as wide as if there were so many."""
_STRETCH = 1.3
"""Most by which a narrow table is made wider than its letters need."""
_MADE = dt.datetime(2000, 1, 1)
"""Stands in the file as the time of making it, so that two decks of one run are the same bytes."""
_MOST_TITLE = 255
_ZIP_MADE = (1980, 1, 1, 0, 0, 0)
_LATIN = re.compile(rb"(<a:(?:major|minor)Font>\s*)<a:latin [^>]*/>\s*<a:ea [^>]*/>")


def deck_file(deck: Deck, words: Wording) -> bytes:
    """The finished file."""
    slides = _Slides(deck)
    slides.cover()
    for chapter in deck.chapters:
        _fill(slides, chapter, words)
    return slides.bytes()


def _fill(slides: _Slides, chapter: Chapter, words: Wording) -> None:
    slides.begin(chapter.title, chapter.detail)
    for block in _grouped(chapter.blocks):
        if isinstance(block, Plot):
            slides.plot(block)
        elif isinstance(block, list):
            slides.cards(block)
        elif isinstance(block, Table):
            slides.table(block, words)
        elif isinstance(block, Sentence):
            slides.sentence(block)
        elif isinstance(block, Heading):
            slides.begin(block.text, block.detail)
        elif isinstance(block, Listing):
            slides.listing(block)


def _grouped(blocks: Sequence[Block | Plot]) -> Iterator[Block | Plot | list[Card]]:
    """Blocks, cards that follow each other as one list; plots stay where they stand."""
    pending: list[Block] = []
    for block in blocks:
        if isinstance(block, Plot):
            yield from grouped(pending)
            pending = []
            yield block
        else:
            pending.append(block)
    yield from grouped(pending)


class _Slides:
    """Slides that are filled from top to bottom."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self._file = Presentation()
        self._file.slide_width, self._file.slide_height = Pt(WIDTH), Pt(HEIGHT)
        _widen(self._file)
        self._slide: Any = None
        self._title = self._detail = ""
        self._y = 0.0
        self._is_empty = True

    def cover(self) -> None:
        """The first slide: of what plan and which run."""
        slide = self._file.slides.add_slide(self._file.slide_layouts[5])
        add_bar(slide, 0, 0, 14, HEIGHT)
        self._put_title(slide, self.deck.title, 200, 34, 96)
        add_text(slide, LEFT + 20, 306, ROOM - 40, 30, self.deck.detail, 16, colour=QUIET)
        add_text(slide, LEFT + 20, 470, ROOM - 40, 40, self.deck.footer, SMALL, colour=QUIET)

    def begin(self, title: str, detail: str = "") -> None:
        """Start a slide under a title of its own."""
        self._title, self._detail = title, detail
        self._next()

    def _next(self) -> None:
        self._slide = self._file.slides.add_slide(self._file.slide_layouts[5])
        add_bar(self._slide, 0, 0, WIDTH, 6)
        self._put_title(self._slide, self._title, 18, 24, 40)
        if self._detail:
            add_text(self._slide, LEFT, 56, ROOM, 20, cut(self._detail, SMALL, ROOM), SMALL, colour=QUIET)
        number = str(len(self._file.slides))
        add_text(self._slide, LEFT, 514, ROOM - 60, 20, cut(self.deck.title, 9, ROOM - 60), 9, colour=QUIET)
        add_text(self._slide, WIDTH - LEFT - 50, 514, 50, 20, number, 9, colour=QUIET, align="right")
        self._y, self._is_empty = float(TOP if self._detail else TOP - 18), True

    def _put_title(self, slide: Any, text: str, top: float, size: float, height: float) -> None:
        shape, lines = slide.shapes.title, 1 if height < 60 else 2
        shape.left, shape.top, shape.width, shape.height = Pt(LEFT), Pt(top), Pt(ROOM), Pt(height)
        while size > 14 and wide(text, size) > ROOM * lines * 0.95:
            size -= 2
        write_text(shape.text_frame, cut(text, size, ROOM * lines * 0.95), size, colour=ACCENT, bold=True)

    def _room(self, height: float) -> None:
        """Go on on the next slide where there is no room for so many points."""
        if self._y + height > BOTTOM and not self._is_empty:
            self._next()

    def _text(self, text: str, size: float, colour: str = INK, bold: bool = False, gap: float = 6) -> None:
        height = high(text, size, ROOM) + gap
        self._room(height)
        add_text(self._slide, LEFT, self._y, ROOM, height, text, size, colour=colour, bold=bold)
        self._y, self._is_empty = self._y + height, False

    def sentence(self, sentence: Sentence) -> None:
        """A sentence over the whole width."""
        is_first = sentence.tone == "headline"
        self._text(sentence.text, TEXT + 2 if is_first else TEXT, TONES.get(sentence.tone, INK), bold=is_first)

    def listing(self, listing: Listing) -> None:
        """Short texts, one below the other."""
        if listing.title:
            self._room(4 * TEXT)
            self._text(listing.title, TEXT, ACCENT, bold=True, gap=2)
        for entry in listing.entries:
            self._text(f"• {entry}", SMALL + 1, gap=3)
        self._y += 6

    def cards(self, cards: Sequence[Card]) -> None:
        """Figures beside each other with what they mean."""
        width = (ROOM - 12 * (max(len(cards), _CARDS) - 1)) / max(len(cards), _CARDS)
        meaning = max(high(card.meaning, SMALL, width - 16) for card in cards)
        label = max(high(card.label, SMALL, width - 16) for card in cards)
        height = 12 + label + 30 + meaning
        self._room(height + 10)
        for number, card in enumerate(cards):
            x, y = LEFT + number * (width + 12), self._y
            add_bar(self._slide, x, y, width, height, "F3F6FA")
            add_text(self._slide, x + 8, y + 6, width - 16, 18, card.label, SMALL, colour=QUIET)
            y += 8 + label
            size = 22.0
            while size > 12 and wide(card.figure, size) > width - 16:
                size -= 1
            add_text(self._slide, x + 8, y, width - 16, 30, card.figure, size, colour=ACCENT, bold=True)
            add_text(self._slide, x + 8, y + 30, width - 16, 30, card.meaning, SMALL, colour=INK)
        self._y, self._is_empty = self._y + height + 10, False

    def plot(self, plot: Plot) -> None:
        """A chart that fills what is left of a slide."""
        self._room(_TITLE + _PLOT_LEAST)
        self._heading(f"{plot.title} ({plot.unit})" if plot.unit else plot.title)
        add_chart(self._slide, LEFT, self._y, ROOM, BOTTOM - self._y, plot)
        self._y = float(BOTTOM)

    def _heading(self, text: str) -> None:
        add_text(self._slide, LEFT, self._y, ROOM, 20, cut(text, TEXT, ROOM), TEXT, colour=INK, bold=True)
        self._y, self._is_empty = self._y + _TITLE, False

    def table(self, table: Table, words: Wording) -> None:
        """A table, in letters small enough for one slide or over as many slides as it takes; its notes below it."""
        table = _without_bars(table)
        title = _TITLE if table.title else 0
        grids = [_laid_out(table, words, size) for size in _SIZES]
        rooms = (BOTTOM - self._y, BOTTOM - TOP)
        grid = next((grid for room in rooms for grid in grids if title + self._whole(grid) <= room), grids[0])
        whole = title + self._whole(grid)
        self._room(whole if whole <= BOTTOM - TOP else title + grid.head + sum(grid.heights[:5]))
        done = 0
        while done < len(grid.rows):
            if table.title:
                self._heading(table.title)
            fitting = _fitting(grid.heights[done:], BOTTOM - self._y - grid.head)
            add_table(self._slide, LEFT, self._y, grid, slice(done, done + fitting))
            self._y += grid.head + sum(grid.heights[done : done + fitting]) + 10
            self._is_empty = False
            done += fitting
            if done < len(grid.rows):
                self._next()
        for note in grid.notes:
            self._text(note, SMALL - 1, QUIET, gap=3)
        self._y += 8

    @staticmethod
    def _whole(grid: Grid) -> float:
        return grid.head + sum(grid.heights) + 10 + sum(high(note, SMALL - 1, ROOM) + 3 for note in grid.notes)

    def bytes(self) -> bytes:
        """The finished file."""
        properties = self._file.core_properties
        properties.title = printed(self.deck.title)[:_MOST_TITLE]
        properties.author = properties.last_modified_by = "Quarterdeck"
        properties.created = properties.modified = _MADE
        properties.revision = 1
        written = io.BytesIO()
        self._file.save(written)
        return _same_every_time(written.getvalue())


def _without_bars(table: Table) -> Table:
    """A table without the columns that draw: plots do that here."""
    kept = [number for number, column in enumerate(table.columns) if column.kind != "bar"]
    columns = tuple(table.columns[number] for number in kept)
    rows = tuple(Row(tuple(row.cells[number] for number in kept), row.strong) for row in table.rows)
    return Table(table.title, columns, rows, table.notes)


def _laid_out(table: Table, words: Wording, size: float) -> Grid:
    """A table in letters of a size, with its columns and rows as wide and high as they have to be."""
    cells = round(ROOM / (size * CELL)) - len(table.columns)
    layout = lay_out(table, cells)
    if layout.is_stacked:
        layout = lay_out(_giving_way(table), cells)
    numbers = sorted(layout.widths)
    needed = sum(layout.widths[number] + GAP + 1 for number in numbers)
    point = min(ROOM / max(needed, 1), size * CELL * _STRETCH)
    widths = tuple((layout.widths[number] + GAP + 1) * point for number in numbers)
    columns = tuple(table.columns[number] for number in numbers)
    rows = tuple(Row(tuple(row.cells[number] for number in numbers), row.strong) for row in layout.rows)
    notes = table.notes
    if layout.left_out:
        notes = (*notes, words.say("deck.left_out", columns=words.listed(layout.left_out)))
    head = row_height([column.heading for column in columns], widths, size)
    return Grid(columns, widths, head, rows, tuple(row_height(row.cells, widths, size) for row in rows), notes, size)


def _giving_way(table: Table) -> Table:
    """A table for which there is no room even so: its last columns give way too."""
    columns = tuple(
        Column(column.heading, column.kind, column.gives_way or (1 if number else 0), column.least, column.under)
        for number, column in enumerate(table.columns)
    )
    return Table(table.title, columns, table.rows, table.notes)


def _fitting(heights: Sequence[float], room: float) -> int:
    """How many rows have room; one at least."""
    sums = list(itertools.accumulate(heights))
    return max(1, sum(height <= room for height in sums))


def _widen(file: Any) -> None:
    """Give the layouts that come with the library, made for 4:3, the width of the slides."""
    share = WIDTH / 720
    for sheet in (file.slide_master, *file.slide_layouts):
        for shape in sheet.placeholders:
            shape.left, shape.width = round(shape.left * share), round(shape.width * share)


def _same_every_time(file: bytes) -> bytes:
    """The same file with our letters in its theme and without the time of writing it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("ppt/theme/"):
                content = _LATIN.sub(rb'\1<a:latin typeface="Arial"/><a:ea typeface="Microsoft YaHei"/>', content)
            entry = zipfile.ZipInfo(name, _ZIP_MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return written.getvalue()
