"""Tables on a sheet of a workbook: headings, lines, totals that Excel adds up itself, colours where they help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from reports.pages.verdicts import TONES
from reports.specs import Tone
from reports.wording import Wording
from reports.workbooks.workbook import HEIGHT, Book, Page, lines_of
from studies.results import Estimate

__all__ = [
    "BAD",
    "COLOURS",
    "FAIR",
    "GOOD",
    "KINDS",
    "Area",
    "Head",
    "Kind",
    "Leaf",
    "Line",
    "Live",
    "dress",
    "mean_and_half",
    "ratio",
    "with_half",
]

Kind = Literal["text", "money", "signed", "share", "points", "times", "count", "plain", "date"]
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "money": "#,##0",
    "signed": "+#,##0;-#,##0;0",
    "share": "0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "times": '0.00"×"',
    "count": "#,##0.0",
    "plain": "General",
    "date": "yyyy-mm-dd",
}
KINDS: Mapping[str, Kind] = {"money": "money", "share": "share", "count": "count", "hours": "count"}
"""Unit of a KPI → how a column of it is shown."""
BLUE, PALE, GREY = "#1F4E79", "#DDEBF7", "#7F7F7F"
COLOURS = ("#1F4E79", "#2E75B6", "#9DC3E6", "#C55A11", "#7F7F7F")
"""Of the series of a chart."""
GOOD, BAD, FAIR = "#C6EFCE", "#FFC7CE", "#FFEB9C"


@dataclass(frozen=True, slots=True)
class Live:
    """A formula of ours with its result, so that it is right even where nobody calculates."""

    formula: str
    value: float


Line: TypeAlias = Sequence[str | float | dt.date | Live | None]
"""Cells of a table, one per column."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, what it holds, and whether the last line adds it up."""

    text: str
    kind: Kind = "text"
    width: int = 12
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """Where a table's lines stand: rows and columns from 0, headings and total aside."""

    page: Page
    title: str
    first: int
    last: int
    column: int

    def cells(self, number: int) -> list[Any]:
        """The lines of one column, as charts take them."""
        return [self.title, self.first, self.column + number, self.last, self.column + number]

    def range(self, number: int) -> str:
        """The same as a formula on the same sheet names it."""
        return str(xl_range(self.first, self.column + number, self.last, self.column + number))


class Leaf:
    """A sheet that is filled from top to bottom."""

    def __init__(self, book: Book, title: str, heading: str) -> None:
        self.book, self.page = book, book.page(title)
        self.title = str(self.page.get_name())
        self.row = 0
        self.widths: dict[int, int] = {}
        book.put(self.page, 0, 0, heading, book.format(bold=True, font_size=14, font_color=BLUE))
        self.row = 2
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&C&A  ·  &P / &N")

    def note(self, text: str) -> None:
        """A sentence across the sheet."""
        self.book.put(self.page, self.row, 0, text, self.book.format(font_color=GREY, italic=True))
        self.row += 1

    def heading(self, text: str) -> None:
        """The name of what follows."""
        self.book.put(self.page, self.row, 0, text, self.book.format(bold=True, font_size=11, font_color=BLUE))
        self.row += 1

    def gap(self, rows: int = 1) -> None:
        """Empty lines, for instance for a chart."""
        self.row += rows

    def table(self, heads: Sequence[Head], lines: Sequence[Line], total: str = "") -> Area:
        """Write a table; with a ``total`` the last line adds up the columns that are to be summed."""
        for number, head in enumerate(heads):
            self.widths[number] = max(self.widths.get(number, 0), head.width)
            self.page.set_column(number, number, self.widths[number])
            align = {"indent": 1 if number else 0} if head.kind == "text" else {"align": "right"}
            form = self.book.format(bold=True, bg_color=BLUE, font_color="#FFFFFF", text_wrap=True, **align)
            self.book.put(self.page, self.row, number, head.text, form)
        self.page.set_row(self.row, HEIGHT * max(lines_of(head.text, head.width) for head in heads) + 2)
        first = self.row + 1
        for line in lines:
            self.row += 1
            self._line(heads, line)
        last = self.row
        self.row += 1
        if total and lines:
            self._total(heads, lines, total, first, last)
        self.row += 1
        return Area(self.page, self.title, first, max(first, last), 0)

    def _line(self, heads: Sequence[Head], line: Line) -> None:
        height = 1
        ruled = {"bottom": 4, "bottom_color": "#BFBFBF"}
        for number, (head, value) in enumerate(zip(heads, line, strict=True)):
            text = {"text_wrap": True, "indent": 1 if number else 0} if head.kind == "text" else {}
            form = self.book.format(num_format=_FORMATS[head.kind], **ruled, **text)
            self._put(number, value, form)
            height = max(height, lines_of(value, head.width))
        self.page.set_row(self.row, HEIGHT * height)

    def _total(self, heads: Sequence[Head], lines: Sequence[Line], total: str, first: int, last: int) -> None:
        for number, head in enumerate(heads):
            form = self.book.format(bold=True, bg_color=PALE, num_format=_FORMATS[head.kind], top=1)
            if head.is_summed:
                values = [line[number] for line in lines]
                figures = [value.value if isinstance(value, Live) else value for value in values]
                added = sum(float(figure) for figure in figures if isinstance(figure, int | float))
                self._put(number, Live(f"=SUM({xl_range(first, number, last, number)})", added), form)
            else:
                self._put(number, total if number == 0 else None, form)
        self.row += 1

    def _put(self, number: int, value: Any, form: Any) -> None:
        if isinstance(value, Live):
            self.page.write_formula(self.row, number, value.formula, form, value.value)
        else:
            self.book.put(self.page, self.row, number, value, form)

    def at(self, number: int, below: int = 1) -> str:
        """Address of a cell of the line to be written next: ``below`` is 1 for the first line under the headings."""
        return str(xl_rowcol_to_cell(self.row + below, number))

    def freeze(self, rows: int, columns: int = 1) -> None:
        """Keep the first lines and columns in sight."""
        self.page.freeze_panes(rows, columns)

    def verdicts(self, area: Area, number: int, words: Wording) -> None:
        """Colour the cells of a column of verdicts by what they mean."""
        colours: dict[Tone, str] = {"good": GOOD, "bad": BAD, "warning": FAIR}
        texts = {words.choose("verdict", verdict, verdict): tone for verdict, tone in TONES.items()}
        self.colour(area, number, {text: colours[tone] for text, tone in texts.items() if tone in colours})

    def colour(self, area: Area, number: int, texts: dict[str, str]) -> None:
        """Colour the cells of a column by what they say."""
        for text, colour in texts.items():
            rule = {"type": "cell", "criteria": "==", "value": '"' + text.replace('"', '""') + '"'}
            form = self.book.rule_format(bg_color=colour)
            self.page.conditional_format(*area.cells(number)[1:], {**rule, "format": form})

    def bars(self, area: Area, number: int, colour: str = "#9DC3E6") -> None:
        """A bar in each cell of a column."""
        rule = {"type": "data_bar", "bar_color": colour, "bar_solid": True}
        self.page.conditional_format(*area.cells(number)[1:], rule)

    def scale(self, area: Area, number: int) -> None:
        """From red at 0% over yellow to green at 100%."""
        rule: dict[str, Any] = {"type": "3_color_scale"}
        for end, value, colour in (("min", 0, "#F8696B"), ("mid", 0.5, "#FFEB84"), ("max", 1, "#63BE7B")):
            rule |= {f"{end}_type": "num", f"{end}_value": value, f"{end}_color": colour}
        self.page.conditional_format(*area.cells(number)[1:], rule)

    def over(self, area: Area, number: int, limit: float, colour: str = BAD) -> None:
        """Colour figures above a limit."""
        rule = {"type": "cell", "criteria": ">", "value": limit, "format": self.book.rule_format(bg_color=colour)}
        self.page.conditional_format(*area.cells(number)[1:], rule)

    def chart(self, chart: Any, row: int, column: int, width: int = 620, height: int = 300) -> None:
        """Put a chart at a cell."""
        chart.set_size({"width": width, "height": height})
        self.page.insert_chart(row, column, chart, {"x_offset": 8, "y_offset": 4})


def ratio(part: str, whole: str, value: float, of: float) -> Live | None:
    """Formula of a share; nothing where there is no whole."""
    return Live(f'=IF({whole}=0,"",{part}/{whole})', value / of) if of else None


def with_half(words: Wording, key: str, kind: Kind = "money") -> tuple[Head, Head]:
    """Headings of a figure and half its interval."""
    half: Kind = "share" if kind in ("share", "points") else "money"
    return Head(words.say(key), kind, 14), Head(words.say("column.half_width"), half, 11)


def mean_and_half(figure: Estimate | None) -> tuple[float | None, float | None]:
    """A mean and half its interval."""
    return (None, None) if figure is None else (figure.mean, figure.half_width)


def dress(chart: Any, title: str, legend: bool = True, across: bool = False) -> None:
    """Title, quiet grid, amounts with separators."""
    chart.set_title({"name": title, "name_font": {"size": 12, "color": "#1F4E79"}, "overlay": False})
    chart.set_legend({"position": "bottom"} if legend else {"none": True})
    amounts = {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}}
    names = {"num_font": {"size": 9}, "label_position": "low"}
    if across:  # XlsxWriter's x is what lies flat
        chart.set_y_axis({**names, "reverse": True})
        chart.set_x_axis({**amounts, "label_position": "low"})
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(amounts)
