"""An allocation in a workbook: the lists that can be edited and handed back, and sheets whose sums follow them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports.pages.rules import member_name, step_name
from reports.translating import translated
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import (
    BAD,
    COLOURS,
    FAIR,
    GOOD,
    Area,
    Head,
    Leaf,
    Live,
    dress,
    ratio,
)
from scenarios.plan import Plan
from studies.allocation.results import AllocateResult, QuotaRow, RuleRow

__all__ = ["AllocationData", "write_allocation_sheets"]

_SPARE = 300
"""Lines below the last of an allocation that sums reach to."""


class AllocationData:
    """The sheets ``quotas`` and ``budget``, and formulas over them."""

    def __init__(self, book: Book, words: Wording) -> None:
        self.book, self.words = book, words
        self.quotas: Sequence[Any] = ()
        self.budget: Sequence[Any] = ()

    def write(self, quotas: Sequence[Any], budget: Sequence[Any]) -> None:
        """Write both; the last column says what lines add up to and is not read."""
        with_expected = any(hasattr(cell, "expected") for cell in quotas)
        names = ["product", "region", "rep", "quota", *(["expected"] if with_expected else [])]
        self._sheet("quotas", names, [[getattr(cell, name) for name in names] for cell in quotas], 3)
        names = ["region", "activity", "amount"]
        self._sheet("budget", names, [[getattr(cell, name) for name in names] for cell in budget], 2)

    def _sheet(self, title: str, names: Sequence[str], lines: Sequence[Sequence[Any]], summed: int) -> None:
        page = self.book.page(title)
        page.set_tab_color("#C55A11")
        head = self.book.format(bold=True, bg_color="#C55A11", font_color="#FFFFFF")
        for column, name in enumerate(names):
            self.book.put(page, 0, column, name, head)
            page.set_column(column, column, 18)
            page.write_comment(0, column, self.words.say(f"workbook.heading.{name}"), {"x_scale": 2})
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                form = self.book.format(num_format="@" if isinstance(value, str) else "#,##0.00")
                self.book.put(page, row, column, value, form)
        last = len(names)
        self.book.put(page, 0, last + 1, self.words.say("workbook.note_total"), head)
        letter = chr(65 + summed)
        total = f"=SUM({letter}2:{letter}{len(lines) + 1 + _SPARE})"
        form = self.book.format(bold=True, num_format="#,##0.00")
        page.write_formula(1, last + 1, total, form, sum(line[summed] for line in lines))
        page.set_column(last + 1, last + 1, 20)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(1, len(lines)), last - 1)

    @staticmethod
    def sum_of(sheet: str, of: str, size: int, wanted: dict[str, str]) -> str:
        """Formula: sum of a column over lines whose other columns are what cells say; SUMIFS would take 01 for 1."""
        last = size + 1 + _SPARE
        tests = "".join(f"({sheet}!${column}$2:${column}${last}={cell})*" for column, cell in wanted.items())
        return f"=SUMPRODUCT({tests}{sheet}!${of}$2:${of}${last})"


def write_allocation_sheets(book: Book, result: AllocateResult, plan: Plan, words: Wording) -> None:
    """Quotas by product, region and rep; lists to edit; money; rules with their prices."""
    leaf = Leaf(book, words.say("workbook.allocation"), words.say("allocate.title", plan=result.plan))
    leaf.note(words.say("workbook.live", currency=words.currency(result.currency)))
    leaf.gap()
    size = len(result.quotas)
    charts: list[tuple[str, Area]] = []
    places: tuple[tuple[str, str, Callable[[QuotaRow], str], dict[str, str]], ...] = (
        ("allocate.products", "A", lambda cell: cell.product, {p.id: p.name for p in plan.products}),
        ("allocate.regions", "B", lambda cell: cell.region, {r.id: r.name for r in plan.regions}),
    )
    for heading, column, key, names in places:
        leaf.heading(words.say(heading))
        ids = list(dict.fromkeys(key(cell) for cell in result.quotas))
        total = f"{leaf.at(2, 1 + len(ids))}"
        lines = []
        for number, entry in enumerate(ids, start=1):
            own = leaf.at(0, number)
            quota = sum(cell.quota for cell in result.quotas if key(cell) == entry)
            expected = sum(cell.expected for cell in result.quotas if key(cell) == entry)
            lines.append((
                entry,
                names.get(entry, entry),
                Live(AllocationData.sum_of("quotas", "D", size, {column: own}), quota),
                ratio(leaf.at(2, number), total, quota, result.total_quota),
                Live(AllocationData.sum_of("quotas", "E", size, {column: own}), expected),
                ratio(leaf.at(4, number), leaf.at(2, number), expected, quota),
            ))  # fmt: skip
        heads = (
            Head(words.say("workbook.id"), width=16),
            Head(words.say("workbook.name"), width=46),
            Head(words.say("column.quota"), "money", 14, True),
            Head(words.say("column.share"), "share", 12),
            Head(words.say("column.expected"), "money", 14, True),
            Head(words.say("column.expected_of_quota"), "share", 12),
        )
        charts.append((words.say(heading), leaf.table(heads, lines, words.say("total"))))
    leaf.heading(words.say("allocate.by_rep"))
    area = _reps(leaf, result, words, size)
    leaf.bars(area, 3)
    leaf.over(area, 10, 0.995)
    for number, (title, part) in enumerate(charts):
        leaf.chart(_two_columns(book, title, part, (2, 4), words), 3 + 20 * number, 12, 760, 340)
    leaf.freeze(2)
    data = AllocationData(book, words)
    data.write(result.quotas, result.budget)
    _budget(book, result, words)
    _rules(book, result, words)


def _reps(leaf: Leaf, result: AllocateResult, words: Wording, size: int) -> Area:
    lines = []
    for number, rep in enumerate(result.reps, start=1):
        own = leaf.at(0, number)
        quota = sum(cell.quota for cell in result.quotas if cell.rep == rep.rep)
        expected = sum(cell.expected for cell in result.quotas if cell.rep == rep.rep)
        lines.append((
            rep.rep, rep.name, rep.tier,
            Live(AllocationData.sum_of("quotas", "D", size, {"C": own}), quota),
            rep.potential,
            ratio(leaf.at(3, number), leaf.at(4, number), quota, rep.potential),
            Live(AllocationData.sum_of("quotas", "E", size, {"C": own}), expected),
            ratio(leaf.at(6, number), leaf.at(3, number), expected, quota),
            rep.hours_needed, rep.hours_there,
            ratio(leaf.at(8, number), leaf.at(9, number), rep.hours_needed, rep.hours_there),
        ))  # fmt: skip
    heads = (
        Head(words.say("workbook.id"), width=16),
        Head(words.say("column.rep"), width=46),
        Head(words.say("column.tier"), width=14),
        Head(words.say("column.quota"), "money", 14, True),
        Head(words.say("column.potential"), "money", 14, True),
        Head(words.say("column.stretch"), "times", 12),
        Head(words.say("column.expected"), "money", 14, True),
        Head(words.say("column.expected_of_quota"), "share", 12),
        Head(words.say("workbook.hours_needed"), "count", 12, True),
        Head(words.say("workbook.hours_there"), "count", 12, True),
        Head(words.say("column.load"), "share", 10),
    )
    return leaf.table(heads, lines, words.say("total"))


def _budget(book: Book, result: AllocateResult, words: Wording) -> None:
    leaf = Leaf(book, words.say("workbook.budget"), words.say("allocate.budget"))
    leaf.note(words.say("workbook.live", currency=words.currency(result.currency)))
    leaf.gap()
    regions = list(dict.fromkeys(cell.region for cell in result.budget))
    activities = list(dict.fromkeys(cell.activity for cell in result.budget))
    amounts = {(cell.region, cell.activity): cell.amount for cell in result.budget}
    size = len(result.budget)
    if activities:
        lines = []
        for number, activity in enumerate(activities, start=1):
            own = leaf.at(0, number)
            cells: list[Any] = []
            for column, region in enumerate(regions, start=1):
                head = leaf.at(column, 0)
                formula = AllocationData.sum_of("budget", "C", size, {"A": head, "B": own})
                cells.append(Live(formula, amounts.get((region, activity), 0.0)))
            sums = f"=SUM({leaf.at(1, number)}:{leaf.at(len(regions), number)})"
            lines.append((activity, *cells, Live(sums, sum(cell.value for cell in cells))))
        heads = [Head(words.say("column.activity"), width=24), *(Head(region, "money", 14, True) for region in regions)]
        area = leaf.table([*heads, Head(words.say("total"), "money", 14, True)], lines, words.say("total"))
        chart = book.chart({"type": "column", "subtype": "stacked"})
        for number, region in enumerate(regions, start=1):
            chart.add_series({
                "name": region, "categories": area.cells(0), "values": area.cells(number), "gap": 60,
                "fill": {"color": COLOURS[(number - 1) % len(COLOURS)]},
            })  # fmt: skip
        dress(chart, words.say("allocate.budget"))
        row = leaf.row
        leaf.gap(18)
        leaf.chart(chart, row, 0, 900)
    leaf.heading(words.say("allocate.pools"))
    lines = [
        (pool.pool, pool.amount, pool.spent, Live(f"={leaf.at(1, n)}-{leaf.at(2, n)}", pool.unspent))
        for n, pool in enumerate(result.pools, start=1)
    ]
    heads = [
        Head(words.say("column.pool"), width=24),
        Head(words.say("column.there"), "money", 14, True),
        Head(words.say("column.spent"), "money", 14, True),
        Head(words.say("column.unspent"), "money", 14, True),
    ]
    if lines:
        pools = leaf.table(heads, lines, words.say("total"))
        leaf.over(pools, 3, 0.5, FAIR)
    leaf.freeze(3)


def _rules(book: Book, result: AllocateResult, words: Wording) -> None:
    leaf = Leaf(book, words.say("workbook.rules"), words.say("rules.title"))
    leaf.note(words.say("workbook.prices"))
    leaf.gap()
    lines = [
        (
            member_name(rule.id, rule.member), translated(rule.sentence, words), words.say(f"firmness.{rule.firmness}"),
            rule.left, rule.right, words.choose("status", rule.status, rule.status), rule.gap,
            *_price(words, rule, 1), *_price(words, rule, -1),
        )
        for rule in result.rules
    ]  # fmt: skip
    heads = (
        Head(words.say("column.rule"), width=20),
        Head(words.say("workbook.sentence"), width=58),
        Head(words.say("column.firmness"), width=12),
        Head(words.say("column.left"), "money", 14),
        Head(words.say("column.right"), "money", 14),
        Head(words.say("column.status"), width=14),
        Head(words.say("workbook.gap"), "money", 12),
        Head(words.say("workbook.step_up"), width=20),
        Head(words.say("column.contribution"), "signed", 14),
        Head(words.say("column.missed"), "signed", 14),
        Head(words.say("workbook.step_down"), width=20),
        Head(words.say("column.contribution"), "signed", 14),
        Head(words.say("column.missed"), "signed", 14),
    )
    area = leaf.table(heads, lines)
    statuses = {"holds": GOOD, "binds": FAIR, "relaxed": FAIR, "broken": BAD}
    leaf.colour(area, 5, {words.choose("status", key, key): colour for key, colour in statuses.items()})
    leaf.page.autofilter(area.first - 1, 0, area.last, len(heads) - 1)
    leaf.freeze(area.first)


def _price(words: Wording, rule: RuleRow, sign: int) -> tuple[Any, Any, Any]:
    point = next((point for point in rule.price if point.step * sign > 0), None)
    return (None, None, None) if point is None else (step_name(words, point), point.contribution, point.relaxation)


def _two_columns(book: Book, title: str, area: Area, numbers: tuple[int, int], words: Wording) -> Any:
    chart = book.chart({"type": "column"})
    for number, key, colour in zip(numbers, ("column.quota", "column.expected"), COLOURS[1:3], strict=True):
        series = {"name": words.say(key), "categories": area.cells(1), "values": area.cells(number)}
        chart.add_series({**series, "fill": {"color": colour}, "gap": 60})
    dress(chart, title)
    return chart
