"""Workbooks for tests: the sheets of a plan as lists of lines, changed at will and written as a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import xlsxwriter

from scenarios.plan import Plan
from scenarios.sheet_writing import sheet_rows
from scenarios.sheets import SHEETS

Sheets = dict[str, list[list[Any]]]


class Formula(str):
    """A formula whose result was saved, or not."""

    result: Any = ""


def formula(text: str, result: Any = "") -> Formula:
    made = Formula(text)
    made.result = result
    return made


def plan_sheets(plan: Plan) -> Sheets:
    """Every sheet with its headings and lines."""
    return {name: [list(sheet.columns), *map(list, sheet_rows(plan, sheet))] for name, sheet in SHEETS.items()}


def cell(sheets: Sheets, sheet: str, row_id: str, column: str) -> tuple[int, int]:
    """Row and column, from 0, of an entry's cell (of settings: of the value)."""
    rows = sheets[sheet]
    row = next(number for number, line in enumerate(rows) if line[0] == row_id)
    return row, rows[0].index(column)


def set_cell(sheets: Sheets, sheet: str, row_id: str, column: str, value: Any) -> str:
    """Put a value into an entry's cell; its place."""
    row, number = cell(sheets, sheet, row_id, column)
    sheets[sheet][row][number] = value
    return f"{sheet}!{chr(65 + number)}{row + 1}"


def write(path: Path, sheets: Sheets) -> Path:
    """Write the sheets as a workbook."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, lines in sheets.items():
        page = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, Formula):
                    page.write_formula(row, column, value, None, value.result)
                elif isinstance(value, dt.datetime):
                    page.write_datetime(row, column, value, moment)
                elif isinstance(value, dt.date):
                    page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), day)
                elif isinstance(value, str):
                    page.write_string(row, column, value)
                elif isinstance(value, bool):
                    page.write_boolean(row, column, value)
                elif value is not None:
                    page.write_number(row, column, value)
    book.close()
    return path
