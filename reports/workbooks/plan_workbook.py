"""A plan as a workbook to be filled in: drop-downs, comments on headings, the plan's own figures as the example."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from xlsxwriter.utility import xl_range_abs

from reports.wording import Wording
from reports.workbooks.workbook import HEIGHT, Book, Page, lines_of, width_of
from scenarios.columns import Column
from scenarios.effects import PARAMETERS
from scenarios.plan import Plan
from scenarios.references import named_kind
from scenarios.schema import alternatives
from scenarios.sheet_writing import sheet_rows
from scenarios.sheets import SHEETS, Sheet

__all__ = ["meaning_of", "plan_workbook"]

_SPARE_LINES = 300
"""Lines below the last one that drop-downs reach to."""
_SHEET_OF_KIND = {
    "account": "accounts",
    "activity": "activities",
    "budget pool": "pools",
    "customer tier": "customer_tiers",
    "maturity": "maturities",
    "product": "products",
    "product tier": "product_tiers",
    "region": "regions",
    "rep": "reps",
    "rep tier": "rep_tiers",
    "risk": "risks",
    "shared resource": "resources",
    "stage": "stages",
}
"""Where the ids of a kind of thing stand."""
_OWNERS = {"activity": "activities", "policy": "policies", "scenario": "scenarios"}
"""Sheets whose ids the first column of what belongs to their entries names."""
_GROUPS = (
    ("plan.group.plan", "#1F4E79", ("plan", "product_tiers", "rep_tiers", "maturities")),
    (
        "plan.group.rows",
        "#2E75B6",
        ("products", "regions", "reps", "accounts", "opportunities", "receivables", "baseline_leads"),
    ),
    ("plan.group.process", "#548235", ("stages", "customer_tiers", "cycles", "activities", "responses")),
    ("plan.group.money", "#BF8F00", ("pools", "bonuses", "payment_terms")),
    ("plan.group.calendar", "#7F7F7F", ("phases", "criteria", "blocks", "budget_windows")),
    ("plan.group.rules", "#7030A0", ("rules", "locks")),
    (
        "plan.group.risks",
        "#C00000",
        ("measures", "risks", "contingency_plans", "effects", "resources", "uncertainty"),
    ),
    ("plan.group.steering", "#833C0B", ("policies", "policy_settings")),
    ("plan.group.scenarios", "#404040", ("assumptions", "scenarios", "scenario_changes")),
)
"""Heading, colour of the tabs, sheets."""
_OTHER = "#404040"
_LISTS = "# lists"
_WIDTH_OF_MEANINGS = 90


def plan_workbook(plan: Plan, words: Wording) -> bytes:
    """The workbook of a plan; read back it is the same plan."""
    book = Book(words)
    _guide(book, plan, words)
    rows = {name: list(sheet_rows(plan, sheet)) for name, sheet in SHEETS.items()}
    colours = {**dict.fromkeys(SHEETS, _OTHER), **{name: colour for _, colour, names in _GROUPS for name in names}}
    lists = _lists()
    for name, sheet in SHEETS.items():
        page = book.page(name)
        page.set_tab_color(colours[name])
        _Filled(book, page, sheet, rows[name], lists, words, colours[name]).write()
    hidden = book.page(_LISTS)
    hidden.hide()
    for column, (name, entries) in enumerate(lists.items()):
        book.put(hidden, 0, column, name, book.format(bold=True))
        for row, entry in enumerate(entries, start=1):
            book.put(hidden, row, column, entry, book.format())
    return book.bytes()


def _lists() -> dict[str, tuple[str, ...]]:
    """Lists to choose from that are too long to stand in a cell's rule."""
    return {
        "parameter": tuple(sorted(PARAMETERS)),
        "setting": tuple(SHEETS["policy_settings"].settings),
    }


def _guide(book: Book, plan: Plan, words: Wording) -> None:
    page = book.page(words.say("plan.guide_sheet"))
    page.set_column(0, 0, 3)
    page.set_column(1, 1, 22)
    page.set_column(2, 2, 90)
    wrapped = book.format(text_wrap=True)
    book.put(page, 0, 1, words.say("plan.guide_title", plan=plan.name), book.format(bold=True, font_size=14))
    row = 2
    for number in range(1, 9):
        page.merge_range(row, 1, row, 2, "", wrapped)
        book.put(page, row, 1, words.say(f"plan.guide.{number}"), wrapped)
        page.set_row(row, 30)
        row += 1
    row += 1
    for heading, colour, names in _GROUPS:
        book.put(page, row, 1, words.say(heading), book.format(bold=True, font_color=colour))
        for name in names:
            row += 1
            page.write_url(row, 1, f"internal:'{name}'!A1", book.format(font_color="#0563C1", underline=1), name)
            book.put(page, row, 2, words.say(f"plan.sheet.{name}"), wrapped)
        row += 2
    page.set_landscape()
    page.fit_to_pages(1, 0)


class _Filled:
    """One sheet: headings with comments, the plan's lines, what may be entered below and beside them."""

    def __init__(
        self,
        book: Book,
        page: Page,
        sheet: Sheet,
        rows: list[tuple[Any, ...]],
        lists: Mapping[str, tuple[str, ...]],
        words: Wording,
        colour: str,
    ) -> None:
        self.book, self.page, self.sheet, self.rows = book, page, sheet, rows
        self.lists, self.words, self.colour = lists, words, colour

    def write(self) -> None:
        head = self.book.format(bold=True, bg_color=self.colour, font_color="#FFFFFF", text_wrap=True, border=1)
        optional = self.book.format(bg_color=self.colour, font_color="#FFFFFF", text_wrap=True, border=1)
        headings = [*self.sheet.columns, *([self.words.say("plan.meaning")] if self.sheet.settings else [])]
        self.widths = [self._width(number, heading) for number, heading in enumerate(headings)]
        for number, heading in enumerate(headings):
            column = self.sheet.columns.get(heading)
            is_needed = not isinstance(column, Column) or column.is_required
            label = self.words.choose("field", heading, "")
            shown = f"{heading}\n{label}" if label else heading
            self.book.put(self.page, 0, number, shown, head if is_needed else optional)
            self.page.set_column(number, number, self.widths[number], self.book.format(num_format=self._format(column)))
            if comment := self._comment(heading, column):
                size = {"x_scale": 2.2, "y_scale": max(0.6, len(comment) / 130), "font_size": 9}
                self.page.write_comment(0, number, comment, size)
        if self.words.choose("field", "id", ""):
            self.page.set_row(0, 2 * HEIGHT)
        for row, line in enumerate(self.rows, start=1):
            self._line(row, line)
        for number, heading in enumerate(self.sheet.columns):
            self._choices(number, heading)
        self.page.freeze_panes(1, 2 if "id" in self.sheet.columns else 1)
        self.page.autofilter(0, 0, max(1, len(self.rows)), len(headings) - 1)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(0)

    def _width(self, number: int, heading: str) -> int:
        if number == len(self.sheet.columns):
            return _WIDTH_OF_MEANINGS
        texts = [str(line[number]) for line in self.rows if line[number] is not None]
        return width_of([heading, self.words.choose("field", heading, ""), *texts], 9)

    def _line(self, row: int, line: tuple[Any, ...]) -> None:
        height = 1
        for number, (heading, value) in enumerate(zip(self.sheet.columns, line, strict=True)):
            column = self.sheet.columns[heading]
            if self.sheet.settings and heading == "value":
                column = self.sheet.settings[line[number - 1]]
            is_text = isinstance(value, str)
            align = {"indent": 1} if is_text else {"align": "left", "indent": 1} if self.sheet.settings else {}
            number_format = "General" if isinstance(value, bool) else self._format(column)
            form = self.book.format(num_format=number_format, text_wrap=is_text, **align)
            self.book.put(self.page, row, number, value, form)
            height = max(height, lines_of(value, self.widths[number]))
        if self.sheet.settings:
            column = self.sheet.settings[line[-2]]
            label = self.words.choose("field", column.name, "")
            said = (label and f"{label}。", self._needed(column), self._doc(column))
            meaning = self.words.joined(*filter(None, said))
            grey = self.book.format(font_color="#7F7F7F", text_wrap=True)
            self.book.put(self.page, row, len(line), meaning, grey)
            height = max(height, lines_of(meaning, _WIDTH_OF_MEANINGS))
            self._validate(row, len(line) - 1, row, column, column.path[-1])
        self.page.set_row(row, HEIGHT * min(height, 20))

    def _needed(self, column: Column) -> str:
        return self.words.say("plan.needed") if column.is_required else ""

    def _format(self, column: Any) -> str:
        """Number format of a column: text where nothing is to become a number or a date by itself."""
        if not isinstance(column, Column):
            return "@"
        kind = column.kind
        if kind.form != "one" or kind.scalar == "text":
            return "@" if not kind.also_one else "General"
        if kind.scalar == "date":
            return "yyyy-mm-dd"
        if kind.money:
            return "#,##0.##########"
        return "General"

    def _comment(self, heading: str, column: Any) -> str:
        if not isinstance(column, Column):
            return self.words.sentences.get(f"plan.column.{heading}", "")
        label = self.words.choose("field", column.name, "")
        parts = [label and f"{label}。", self._needed(column), self._doc(column)]
        if column.kind.form == "list":
            parts.append(self.words.say("plan.list"))
        elif column.kind.form == "mapping":
            parts.append(self.words.say("plan.mapping"))
        elif column.kind.form == "choice":
            parts.append(self.words.say("plan.choice"))
        elif column.kind.percent:
            parts.append(self.words.say("plan.share"))
        default = None if column.info.is_required() else column.info.get_default(call_default_factory=True)
        if isinstance(default, bool | int | float | str) and default != "":
            parts.append(self.words.say("plan.default", value=default))
        return self.words.joined(*(part for part in parts if part))

    def _doc(self, column: Column) -> str:
        """What a field is, in the planner's language."""
        text = meaning_of(column)
        return self.words.messages.get(text, text)

    def _choices(self, number: int, heading: str) -> None:
        """What may stand in a column, down to some lines below the last."""
        column = self.sheet.columns[heading]
        last = len(self.rows) + _SPARE_LINES
        if isinstance(column, Column):
            self._validate(1, number, last, column, column.path[-1])
        elif heading == "section":
            self._list(1, number, last, list(dict.fromkeys(section for section, _ in self.sheet.holders)))
        elif heading == "within":
            self._list(1, number, last, list(dict.fromkeys(place for _, place in self.sheet.holders if place)))
        elif heading in _OWNERS:
            self._list(1, number, last, self._ids(_OWNERS[heading]))
        elif heading == "setting" and self.sheet.form == "policy_settings":
            self._list(1, number, last, self._from_lists("setting"))

    def _validate(self, first: int, number: int, last: int, column: Column, field: str) -> None:
        kind = column.kind
        if kind.form != "one" or kind.also_one:
            return
        if kind.scalar == "switch":
            self._list(first, number, last, ["TRUE", "FALSE"])
        elif kind.scalar == "date":
            message = self.words.say("plan.no_date")
            rule = {"validate": "date", "criteria": ">=", "value": 36526, "error_message": message}  # 2000-01-01
            self.page.data_validation(first, number, last, number, {**rule, "error_type": "warning"})
        elif choices := _literals(column.info.annotation):
            self._list(first, number, last, choices)
        elif field == "parameter":
            self._list(first, number, last, self._from_lists("parameter"))
        elif (sheet := _SHEET_OF_KIND.get(named_kind(column.owner, field) or "")) is not None:
            self._list(first, number, last, self._ids(sheet))

    def _list(self, first: int, number: int, last: int, source: list[str] | str) -> None:
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        message = self.words.say("plan.not_listed")
        self.page.data_validation(first, number, last, number, {**rule, "error_message": message})

    def _ids(self, sheet: str) -> str:
        """The ids of a sheet, with room for more."""
        return f"='{sheet}'!{xl_range_abs(1, 0, _SPARE_LINES + 12_000 if sheet == 'accounts' else _SPARE_LINES, 0)}"

    def _from_lists(self, name: str) -> str:
        column = list(self.lists).index(name)
        return f"='{_LISTS}'!{xl_range_abs(1, column, len(self.lists[name]), column)}"


def _literals(annotation: Any) -> list[str]:
    """Texts of which a field takes one."""
    found = [text for kind in alternatives(annotation) for text in _texts(kind)]
    return [text for text in found if isinstance(text, str)]


def _texts(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return tuple(text for inner in get_args(kind) for text in (_texts(inner) or (inner,)))
    return ()


def meaning_of(column: Column) -> str:
    """What a field is, in the words of the plan's own types."""
    text = _docs(column.owner).get(column.path[-1], "")
    return " ".join(text.replace("``", "").split())


@cache
def _docs(model: type[BaseModel]) -> dict[str, str]:
    """The sentence below each field of a section."""
    (section,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(section, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, after in zip(section.body, section.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=text)):
                docs[name] = str(text)
    return docs
