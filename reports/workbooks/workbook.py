"""Excel workbooks as they leave us: the same bytes for the same figures, texts that never run, numbers to the last bit.

What comes from files is written as text whatever it begins with (``=``, ``+``, ``-``, ``@``, tab): only what this room
composes itself is a formula.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.wording import Wording
from scenarios.errors import UsageError

__all__ = ["HEIGHT", "Book", "Page", "lines_of", "width_of"]

_MADE = dt.datetime(2000, 1, 1)
"""Stands in the file as the time of making it, so that two workbooks of one run are the same bytes."""
_MOST_LETTERS = 32_767
FONT = "Arial"
HEIGHT = 14
"""Points of a line."""


class Page(Worksheet):  # type: ignore[misc] # XlsxWriter ships no types, so its class is Any
    """A sheet whose numbers keep every digit; XlsxWriter's own keeps 16, one less than some numbers have."""

    def _xml_number_element(self, number: float, attributes: Any = None) -> None:
        shown = "".join(f' {key}="{value}"' for key, value in attributes or ())
        self.fh.write(f"<c{shown}><v>{float(number)!r}</v></c>")


class Book:
    """A workbook being made: its formats by name, and cells written by what they are."""

    def __init__(self, words: Wording) -> None:
        self.words = words
        self._bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._bytes, options)
        self._book.worksheet_class = Page
        self._book.set_properties({"created": _MADE, "author": "Quarterdeck"})
        self._book.set_calc_mode("auto")
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def page(self, title: str) -> Page:
        """A new sheet at the end; where the title is taken, with a number."""
        taken = {page.get_name() for page in self._book.worksheets()}
        titles = itertools.chain([title], (f"{title} {number}" for number in itertools.count(2)))
        page: Page = self._book.add_worksheet(next(name for name in titles if name not in taken))
        page.hide_gridlines(2)
        return page

    def chart(self, options: Mapping[str, Any]) -> Any:
        """A new native chart, to be inserted into a sheet."""
        return self._book.add_chart(dict(options))

    def name(self, name: str, area: str) -> None:
        """Give a name to an area, for lists to choose from."""
        self._book.define_name(name, area)

    def format(self, **properties: Any) -> Format:
        """A cell format; the same properties give the same format."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "top", **properties}
            )
        return self._formats[key]

    def rule_format(self, **properties: Any) -> Format:
        """A format of a conditional rule: what it does not say is left as it is."""
        key = (("rule", True), *sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def put(self, page: Page, row: int, column: int, value: Any, form: Format) -> None:
        """Write a value as what it is; UsageError where Excel has no room for a text."""
        if value is None or value == "":
            page.write_blank(row, column, None, form)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value, form)
        elif isinstance(value, int | float):
            page.write_number(row, column, value, form)
        elif isinstance(value, dt.date):
            page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), form)
        else:
            text = str(value)
            if len(text) > _MOST_LETTERS:
                most, n = self.words.money(_MOST_LETTERS), self.words.money(len(text))
                raise UsageError(self.words.say("excel.too_long", text=text[:40], most=most, n=n))
            page.write_string(row, column, text, form)

    def bytes(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._bytes.getvalue()


def width_of(texts: Sequence[str], least: int = 8, most: int = 48) -> int:
    """Width of a column for its texts."""
    return max(least, min(most, max(map(_wide, texts), default=0) + 3))


def lines_of(value: Any, width: int) -> int:
    """Lines that a text takes in a column of this width."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, math.ceil(_wide(line) * 0.95 / width)) for line in value.split("\n"))


def _wide(text: str) -> int:
    """Letters that a text is wide; Chinese ones take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
