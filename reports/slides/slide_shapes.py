"""Text, filled areas and tables on a slide, in points, and how much room letters take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt
from rich.cells import cell_len

from reports.layout import wrapped
from reports.pages.parts import shortened
from reports.specs import Cell, Column, Mark, Row, text_of

__all__ = [
    "ACCENT",
    "CELL",
    "FILLS",
    "INK",
    "QUIET",
    "SMALL",
    "TONES",
    "Grid",
    "add_bar",
    "add_table",
    "add_text",
    "cut",
    "high",
    "lines_of",
    "printed",
    "row_height",
    "wide",
    "write_text",
]

ACCENT, INK, QUIET = "1F4E79", "1F2933", "6B7280"
TONES: Mapping[str, str] = {"good": "1B6B3A", "warning": "8A5A00", "bad": "A4262C", "quiet": QUIET}
FILLS: Mapping[str, str] = {"good": "E2F2E6", "warning": "FFF4D6", "bad": "FBE3E4"}
SMALL = 11
"""Points of tables and notes."""
CELL = 0.56
"""Width of a Latin letter, as a share of its height; a Chinese one is two wide."""
_LINE, _CHINESE_LINE = 1.22, 1.47
"""Height of a line, as a share of its letters', in the fonts that are most generous with it."""
_MARGIN = 5
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own "No Style, No Grid"."""


def wide(text: str, size: float) -> float:
    """Points that a line of text is wide, rather too many than too few."""
    return cell_len(text) * size * CELL


def lines_of(text: str, size: float, width: float) -> int:
    """Lines that a text takes in so many points."""
    cells = max(2, math.floor(width / (size * CELL)))
    return len(wrapped(text, cells).split("\n"))


def high(text: str, size: float, width: float) -> float:
    """Points that a text takes in height where it is wrapped to so many points."""
    has_chinese = any(cell_len(letter) == 2 for letter in text)
    return lines_of(text, size, width) * size * (_CHINESE_LINE if has_chinese else _LINE)


def cut(text: str, size: float, width: float) -> str:
    """A text in one line of so many points; never used for a figure."""
    return shortened(text, max(2, math.floor(width / (size * CELL))))


def printed(text: str) -> str:
    """A text without control characters, which a file of this kind cannot hold."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def add_bar(slide: Any, left: float, top: float, width: float, height: float, colour: str = ACCENT) -> None:
    """A filled area."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(left), Pt(top), Pt(width), Pt(height))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def add_text(
    slide: Any,
    left: float,
    top: float,
    width: float,
    height: float,
    text: str,
    size: float,
    *,
    colour: str = INK,
    bold: bool = False,
    align: str = "left",
) -> None:
    """A text of its own; nothing where there is none."""
    if not text:
        return
    frame = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(height)).text_frame
    write_text(frame, text, size, colour=colour, bold=bold, align=align)


def write_text(
    frame: Any, text: str, size: float, *, colour: str = INK, bold: bool = False, align: str = "left"
) -> None:
    """Fill a frame, a paragraph per line."""
    frame.word_wrap = True
    if hasattr(frame, "auto_size"):
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.TOP
    for number, line in enumerate(printed(text).split("\n")):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if align == "right" else PP_ALIGN.LEFT
        if not line:  # or an empty cell is as high as its program's own letters
            paragraph._p.append(paragraph._p.makeelement(qn("a:endParaRPr"), {"sz": f"{size * 100:.0f}"}))
            continue
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour)


def row_height(cells: Sequence[Cell], widths: Sequence[float], size: float) -> float:
    """Points that a row takes in columns of these widths."""
    heights = (high(text_of(cell), size, width - 2 * _MARGIN) for cell, width in zip(cells, widths, strict=True))
    return max(heights, default=0.0) + 3


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands on a slide: sizes in points."""

    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    head: float
    """Height of the headings."""
    rows: tuple[Row, ...]
    heights: tuple[float, ...]
    notes: tuple[str, ...]
    size: float
    """Of its letters."""


def add_table(slide: Any, left: float, top: float, grid: Grid, part: slice) -> None:
    """The headings of a table and some of its rows."""
    rows, heights = grid.rows[part], grid.heights[part]
    columns, size = grid.columns, grid.size
    width, height = sum(grid.widths), grid.head + sum(heights)
    shape = slide.shapes.add_table(len(rows) + 1, len(columns), Pt(left), Pt(top), Pt(width), Pt(height))
    table = shape.table
    table.first_row, table.horz_banding = True, False
    shape._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE
    for number, own in enumerate(grid.widths):
        table.columns[number].width = Pt(own)
    table.rows[0].height = Pt(grid.head)
    for number, column in enumerate(columns):
        _cell(table.cell(0, number), column.heading, column, size, "FFFFFF", ACCENT, True)
    for line, (row, own) in enumerate(zip(rows, heights, strict=True), start=1):
        table.rows[line].height = Pt(own)
        for number, (value, column) in enumerate(zip(row.cells, columns, strict=True)):
            tone = value.tone if isinstance(value, Mark) else "plain"
            colour, fill = TONES.get(tone, INK), FILLS.get(tone, "EAF0F7" if row.strong else "")
            _cell(table.cell(line, number), text_of(value), column, size, colour, fill, row.strong)


def _cell(cell: Any, text: str, column: Column, size: float, colour: str, fill: str, bold: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(_MARGIN)
    cell.margin_top = cell.margin_bottom = Pt(1.5)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    _underline(cell)
    if fill:
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(fill)
    else:
        cell.fill.background()
    align = "right" if column.kind == "figure" else "left"
    write_text(cell.text_frame, text, size, colour=colour, bold=bold, align=align)


def _underline(cell: Any) -> None:
    """A thin line below; the library has no call for it."""
    properties = cell._tc.get_or_add_tcPr()
    line = properties.makeelement(qn("a:lnB"), {"w": "6350"})
    solid = line.makeelement(qn("a:solidFill"), {})
    solid.append(solid.makeelement(qn("a:srgbClr"), {"val": "D5DAE1"}))
    line.append(solid)
    properties.insert(0, line)
