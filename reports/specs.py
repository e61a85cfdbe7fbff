"""What is shown, before it is decided how: small frozen specs of finished words and figures.

A spec holds no result and knows no medium: the terminal lays it out now, a page or a workbook can do so later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Bar",
    "Block",
    "Card",
    "Cell",
    "Chapter",
    "Chart",
    "Column",
    "Deck",
    "Heading",
    "Listing",
    "Mark",
    "Page",
    "Plot",
    "Report",
    "Row",
    "Section",
    "Sentence",
    "Series",
    "Table",
    "Tone",
    "text_of",
]

Tone = Literal["plain", "headline", "good", "warning", "bad", "quiet"]
"""What a piece of text means to its reader; a medium turns it into a colour or a weight."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell whose meaning is worth a colour."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Bar:
    """A cell that shows a stretch of a scale from 0 to 1."""

    start: float
    end: float
    kind: Literal["more", "less", "total"] = "total"


Cell = str | Mark | Bar


def text_of(cell: Cell) -> str:
    """What a cell says; a bar says nothing."""
    if isinstance(cell, Bar):
        return ""
    return cell.text if isinstance(cell, Mark) else cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and how it gives way where there is no room for all."""

    heading: str
    kind: Literal["text", "figure", "bar"] = "text"
    """Text may be wrapped, a figure is shown whole or not at all, a bar takes what is left."""
    gives_way: int = 0
    """0 stays; of the others the column with the largest number gives way first."""
    least: int = 18
    """Width below which a text column is not made narrower."""
    under: int | None = None
    """Instead of being left out, the cell becomes a further line of this text column."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a table, one per column."""

    cells: tuple[Cell, ...]
    strong: bool = False
    """A sum, or what the table is about."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with what has to be known to read them."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with its name and what it means."""

    label: str
    figure: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Listing:
    """Short texts, one below the other."""

    title: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Name of what follows."""

    text: str
    detail: str = ""


Block = Table | Card | Sentence | Listing | Heading


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that can be drawn from this alone."""

    id: str
    """Also the name of its file."""
    title: str
    vega: str
    """Vega-Lite, as JSON."""
    alt: str
    """What it shows, for those who do not see it."""


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of a plot under one name, one per category; None where there is none."""

    name: str
    values: tuple[float | None, ...]
    kind: Literal["foot", "total", "more", "less", "middle", "edge", "path"]
    """What they mean to the reader: a medium turns it into a colour; ``foot`` is not seen, others stand on it."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Figures that an office program draws by itself, so that its reader can go on working with them."""

    title: str
    kind: Literal["steps", "bars", "lines"]
    """Bars on top of each other, bars from zero, lines over weeks."""
    unit: str
    decimals: int
    categories: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a deck: blocks and plots that fill as many slides as they need."""

    title: str
    blocks: tuple[Block | Plot, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Deck:
    """Slides to talk about a run with."""

    title: str
    detail: str
    chapters: tuple[Chapter, ...]
    footer: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: what it is about, its pictures, then what stands in words and tables."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    charts: tuple[Chart, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A document: a first page that can stand alone, then sections."""

    title: str
    detail: str
    board: Section
    """The one page for those who decide."""
    sections: tuple[Section, ...]
    footer: str

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every chart once."""
        found = [*self.board.charts, *(chart for section in self.sections for chart in section.charts)]
        return tuple({chart.id: chart for chart in found}.values())


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks from top to bottom."""

    blocks: tuple[Block, ...]

    def __add__(self, other: Page) -> Page:
        """Both pages, one below the other."""
        return Page(self.blocks + other.blocks)
