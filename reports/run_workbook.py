"""A saved run as a workbook: its figures in sheets that go on calculating, with charts that are Excel's own.

``quotas`` and ``budget`` are the allocation as plain lists: edited, they come back with ``--allocation-file``, and the
sums of the other sheets follow. They keep their names and headings in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any

from reports.parts import named
from reports.rules import member_name, step_name
from reports.wording import Wording
from reports.workbook import Book
from reports.workbook_tables import BAD, FAIR, GOOD, Area, Head, Leaf, Live
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.results import (
    AllocateResult,
    Change,
    Estimate,
    QuotaRow,
    RuleRow,
    RunResult,
    SimulateResult,
    Spread,
    StressResult,
)

__all__ = ["allocation_workbook", "run_workbook"]

_SPARE = 300
"""Lines below the last of an allocation that sums reach to."""
_COLOURS = ("#1F4E79", "#2E75B6", "#9DC3E6", "#C55A11", "#7F7F7F")


def run_workbook(result: Any, plan: Plan, words: Wording) -> bytes:
    """The workbook of a study's answer and the plan that it is about."""
    parts = [result.allocate, result.simulate, result.stress] if isinstance(result, RunResult) else [result]
    book = Book(words)
    written = False
    for part in parts:
        if isinstance(part, AllocateResult):
            _allocate(book, part, plan, words)
        elif isinstance(part, SimulateResult):
            _simulate(book, part, words)
        elif isinstance(part, StressResult):
            _stress(book, part, words)
        else:
            continue
        written = True
    if not written:
        raise UsageError(words.say("workbook.not_of", study=result.study))
    _assumptions(book, plan, words)
    _about(book, parts, words)
    return book.bytes()


def allocation_workbook(allocation: Allocation, words: Wording) -> bytes:
    """An allocation alone, to be edited and handed back."""
    book = Book(words)
    _Data(book, words).write(allocation.quotas, allocation.budget)
    return book.bytes()


class _Data:
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


def _allocate(book: Book, result: AllocateResult, plan: Plan, words: Wording) -> None:
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
                Live(_Data.sum_of("quotas", "D", size, {column: own}), quota),
                _ratio(leaf.at(2, number), total, quota, result.total_quota),
                Live(_Data.sum_of("quotas", "E", size, {column: own}), expected),
                _ratio(leaf.at(4, number), leaf.at(2, number), expected, quota),
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
    data = _Data(book, words)
    data.write(result.quotas, result.budget)
    _budget(book, result, words)
    _rules(book, result, words)


def _ratio(part: str, whole: str, value: float, of: float) -> Live | None:
    """Formula of a share; nothing where there is no whole."""
    return Live(f'=IF({whole}=0,"",{part}/{whole})', value / of) if of else None


def _reps(leaf: Leaf, result: AllocateResult, words: Wording, size: int) -> Area:
    lines = []
    for number, rep in enumerate(result.reps, start=1):
        own = leaf.at(0, number)
        quota = sum(cell.quota for cell in result.quotas if cell.rep == rep.rep)
        expected = sum(cell.expected for cell in result.quotas if cell.rep == rep.rep)
        lines.append((
            rep.rep, rep.name, rep.tier,
            Live(_Data.sum_of("quotas", "D", size, {"C": own}), quota),
            rep.potential,
            _ratio(leaf.at(3, number), leaf.at(4, number), quota, rep.potential),
            Live(_Data.sum_of("quotas", "E", size, {"C": own}), expected),
            _ratio(leaf.at(6, number), leaf.at(3, number), expected, quota),
            rep.hours_needed, rep.hours_there,
            _ratio(leaf.at(8, number), leaf.at(9, number), rep.hours_needed, rep.hours_there),
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
                formula = _Data.sum_of("budget", "C", size, {"A": head, "B": own})
                cells.append(Live(formula, amounts.get((region, activity), 0.0)))
            sums = f"=SUM({leaf.at(1, number)}:{leaf.at(len(regions), number)})"
            lines.append((activity, *cells, Live(sums, sum(cell.value for cell in cells))))
        heads = [Head(words.say("column.activity"), width=24), *(Head(region, "money", 14, True) for region in regions)]
        area = leaf.table([*heads, Head(words.say("total"), "money", 14, True)], lines, words.say("total"))
        chart = book.chart({"type": "column", "subtype": "stacked"})
        for number, region in enumerate(regions, start=1):
            chart.add_series({
                "name": region, "categories": area.cells(0), "values": area.cells(number), "gap": 60,
                "fill": {"color": _COLOURS[(number - 1) % len(_COLOURS)]},
            })  # fmt: skip
        _dress(chart, words.say("allocate.budget"))
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
            member_name(rule.id, rule.member), rule.sentence, words.say(f"firmness.{rule.firmness}"),
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


def _simulate(book: Book, result: SimulateResult, words: Wording) -> None:
    leaf = Leaf(book, words.say("workbook.simulation"), words.say("simulate.title", plan=result.plan))
    leaf.note(
        words.say(
            "simulate.detail",
            allocation=result.allocation_name,
            seed=result.seed,
            n=words.money(result.replications),
            currency=words.currency(result.currency),
        )
    )
    leaf.gap()
    leaf.heading(words.say("kpis.title"))
    _kpis(leaf, result, words)
    leaf.heading(words.say("bridge.title"))
    area = _bridge(leaf, result, words)
    chart = book.chart({"type": "column", "subtype": "stacked"})
    for number, colour in ((3, None), (4, _COLOURS[1]), (5, "#70AD47"), (6, "#C00000")):
        series = {"categories": area.cells(0), "values": area.cells(number), "gap": 40}
        series |= {"fill": {"none": True}} if colour is None else {"fill": {"color": colour}}
        chart.add_series(series)
    _dress(chart, words.say("bridge.title"), legend=False)
    leaf.chart(chart, 3, 8, 900, 420)
    for heading, entries in (
        ("simulate.by_product", result.by_product),
        ("simulate.by_region", result.by_region),
        ("simulate.by_rep", result.by_rep),
    ):
        leaf.heading(words.say(heading))
        spread = _spread(leaf, entries, words)
        leaf.scale(spread, 6)
    leaf.heading(words.say("simulate.by_week"))
    weeks = _weeks(leaf, result, words)
    line = book.chart({"type": "line"})
    for number, name in ((4, "column.so_far"), (5, "workbook.cash_so_far")):
        colour = _COLOURS[1] if number == 4 else _COLOURS[3]
        series = {"name": words.say(name), "categories": weeks.cells(0), "values": weeks.cells(number)}
        line.add_series({**series, "line": {"color": colour, "width": 2.25}})
    _dress(line, words.say("workbook.path"))
    leaf.chart(line, 30, 8, 900, 360)
    leaf.freeze(2)


def _kpis(leaf: Leaf, result: SimulateResult, words: Wording) -> None:
    heads = [Head(words.say("workbook.figure"), width=46)]
    keys = ("column.mean", "workbook.low", "workbook.high", "column.p10", "column.p50", "column.p90")
    kinds = {"money": "money", "share": "share", "count": "count", "hours": "count"}
    for unit, kind in kinds.items():
        rows = [kpi for kpi in result.kpis if kpi.unit == unit]
        lines = []
        for kpi in rows:
            spread = (None, None, None) if kpi.id == "p_target" else (kpi.p10, kpi.p50, kpi.p90)
            lines.append((words.choose("kpi", kpi.id, kpi.label), kpi.mean, kpi.ci_low, kpi.ci_high, *spread))
        if lines:
            leaf.table([*heads, *(Head(words.say(key), kind, 14) for key in keys)], lines)  # type: ignore[arg-type]
            leaf.row -= 1
    leaf.gap()


def _bridge(leaf: Leaf, result: SimulateResult, words: Wording) -> Area:
    """Steps with what a waterfall is drawn of: an unseen foot, totals, gains and losses."""
    lines = []
    level = 0.0
    for number, step in enumerate(result.bridge, start=1):
        is_total = step.kind == "total"
        before, level = level, (step.amount if is_total else level + step.amount)
        own = leaf.at(1, number)
        has_interval = step.ci_low is not None and step.ci_high is not None
        half = (step.ci_high - step.ci_low) / 2 if has_interval else None  # type: ignore[operator]
        label = words.choose("bridge", step.id, step.label)
        foot = 0.0 if is_total else min(before, level)
        up, down = f"=MAX({own},0)", f"=MAX(-{own},0)"
        lines.append((
            label, step.amount, half, foot,
            step.amount if is_total else None,
            None if is_total else Live(up, max(step.amount, 0.0)),
            None if is_total else Live(down, max(-step.amount, 0.0)),
        ))  # fmt: skip
    heads = (
        Head(words.say("workbook.step"), width=46),
        Head(words.say("column.amount"), "signed", 14),
        Head(words.say("column.half_width"), "money", 14),
        *(Head(words.say(f"workbook.bridge.{key}"), "money", 14) for key in ("foot", "total", "gain", "loss")),
    )
    return leaf.table(heads, lines)


def _spread(leaf: Leaf, entries: Sequence[Spread], words: Wording) -> Area:
    lines = [
        (
            named(entry.id, entry.name, " "), entry.target, entry.p10, entry.p50, entry.p90,
            _ratio(leaf.at(3, n), leaf.at(1, n), entry.p50, entry.target), entry.p_quota,
        )
        for n, entry in enumerate(entries, start=1)
    ]  # fmt: skip
    heads = (
        Head(words.say("workbook.name"), width=46),
        Head(words.say("column.quota"), "money", 14, True),
        *(Head(words.say(f"column.{key}"), "money", 14) for key in ("p10", "p50", "p90")),
        Head(words.say("column.p50_of_quota"), "share", 14),
        Head(words.say("column.p_quota"), "share", 14),
    )
    return leaf.table(heads, lines, words.say("total"))


def _weeks(leaf: Leaf, result: SimulateResult, words: Wording) -> Area:
    cash = {week.id: week.mean for week in result.cash_by_week}
    signed = list(accumulate(week.mean for week in result.by_week))
    paid = list(accumulate(cash.get(week.id, 0.0) for week in result.by_week))
    lines = []
    for n, week in enumerate(result.by_week, start=1):
        so_far = f"=SUM({_fixed_row(leaf.at(1, 1))}:{leaf.at(1, n)})"
        cash_so_far = f"=SUM({_fixed_row(leaf.at(6, 1))}:{leaf.at(6, n)})"
        lines.append((
            week.name or week.id, week.mean, week.p10, week.p90, Live(so_far, signed[n - 1]),
            Live(cash_so_far, paid[n - 1]), cash.get(week.id, 0.0),
        ))  # fmt: skip
    heads = (
        Head(words.say("column.week"), width=46),
        Head(words.say("column.signed"), "money", 14, True),
        Head(words.say("column.p10"), "money", 14),
        Head(words.say("column.p90"), "money", 14),
        Head(words.say("column.so_far"), "money", 14),
        Head(words.say("workbook.cash_so_far"), "money", 14),
        Head(words.say("column.cash"), "money", 14, True),
    )
    return leaf.table(heads, lines, words.say("total"))


def _fixed_row(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}${cell[len(letters) :]}"


def _stress(book: Book, result: StressResult, words: Wording) -> None:
    leaf = Leaf(book, words.say("workbook.stress"), words.say("stress.title", plan=result.plan))
    leaf.note(words.say("stress.risks_note"))
    leaf.note(words.say(f"stress.by_{result.criterion}"))
    leaf.gap()
    risks = [row for row in result.rows if not row.plan]
    plans = [row for row in result.rows if row.plan]
    verdicts = {"buy": GOOD, "harmless": GOOD, "do not buy": BAD, "hurts": FAIR, "cannot tell yet": FAIR}
    colours = {words.choose("verdict", key, key): colour for key, colour in verdicts.items()}
    charts = []
    if risks:
        leaf.heading(words.say("stress.risks"))
        lines = [
            (
                named(row.risk, row.risk_name), row.p_strike.mean, *_of(row.cost_signed_given_strike),
                *_of(row.cost_signed), -row.cost_p_target.mean, words.choose("verdict", row.verdict, row.verdict),
            )
            for row in risks
        ]  # fmt: skip
        heads = (
            Head(words.say("column.risk"), width=56),
            Head(words.say("column.p_strike"), "share", 12),
            *_with_half(words, "column.cost_given_strike"),
            *_with_half(words, "column.expected_cost"),
            Head(words.say("column.chance_of_target"), "points", 12),
            Head(words.say("column.verdict"), width=18),
        )
        area = leaf.table(heads, lines)
        leaf.colour(area, 7, colours)
        charts.append((words.say("column.expected_cost"), area, 4, "#C00000"))
    if plans:
        leaf.heading(words.say("stress.plans"))
        held = [
            (
                named(row.plan, row.plan_name), row.p_triggered,
                *_of(row.plan_cost), *_of(row.gain_contribution),
                row.gain_p_target.mean if row.gain_p_target else None,
                words.choose("verdict", row.verdict, row.verdict), row.risk,
            )
            for row in plans
        ]  # fmt: skip
        columns = (
            Head(words.say("column.plan"), width=56),
            Head(words.say("column.triggered"), "share", 12),
            *_with_half(words, "column.plan_cost"),
            *_with_half(words, "column.gain", "signed"),
            Head(words.say("column.chance_of_target"), "points", 12),
            Head(words.say("column.verdict"), width=18),
            Head(words.say("column.against"), width=10),
        )
        area = leaf.table(columns, held)
        leaf.colour(area, 7, colours)
        charts.append((words.say("column.gain"), area, 4, "#70AD47"))
    for number, (title, area, column, colour) in enumerate(charts):
        chart = book.chart({"type": "bar"})
        series = {"categories": area.cells(0), "values": area.cells(column), "gap": 50, "fill": {"color": colour}}
        chart.add_series({**series, "invert_if_negative": True, "invert_if_negative_color": "#C00000"})
        _dress(chart, title, legend=False, across=True)
        leaf.chart(chart, 5 + 22 * number, 10, 760, 400)
    leaf.freeze(2)


def _with_half(words: Wording, key: str, kind: Any = "money") -> tuple[Head, Head]:
    return Head(words.say(key), kind, 14), Head(words.say("column.half_width"), "money", 11)


def _of(figure: Estimate | None) -> tuple[float | None, float | None]:
    """A mean and half its interval."""
    return (None, None) if figure is None else (figure.mean, (figure.ci_high - figure.ci_low) / 2)


def _assumptions(book: Book, plan: Plan, words: Wording) -> None:
    if not plan.assumptions:
        return
    leaf = Leaf(book, words.say("workbook.assumptions"), words.say("workbook.assumptions_title"))
    leaf.note(words.say("import.assumed_note"))
    leaf.gap()
    lines = [(a.path, a.grade, a.source, a.low, a.high, a.count) for a in plan.assumptions]
    heads = (
        Head(words.say("column.figure"), width=44),
        Head(words.say("column.grade"), width=9),
        Head(words.say("column.source"), width=80),
        Head(words.say("workbook.least"), "plain", 10),
        Head(words.say("workbook.most"), "plain", 10),
        Head(words.say("column.count"), "plain", 10),
    )
    area = leaf.table(heads, lines)
    leaf.colour(area, 1, {"A": GOOD, "own": GOOD, "C": FAIR, "D": BAD})
    leaf.page.autofilter(area.first - 1, 0, area.last, len(heads) - 1)
    leaf.freeze(area.first)


def _about(book: Book, parts: Sequence[Any], words: Wording) -> None:
    """What was changed in the plan, what is odd in it, what the simulation leaves out."""
    changes: list[Change] = list(dict.fromkeys(change for part in parts for change in part.changes))
    findings = [text for part in parts for text in getattr(part, "findings", ())]
    left_out = list(dict.fromkeys(text for part in parts for text in getattr(part, "not_carried_out", ())))
    if not (changes or findings or left_out):
        return
    leaf = Leaf(book, words.say("workbook.about"), words.say("workbook.about_title"))
    if changes:
        leaf.heading(words.say("changes.title"))
        keys = ("column.what", "column.old", "column.new", "column.by")
        heads = [Head(words.say(key), width=40) for key in keys]
        leaf.table(heads, [(change.path, change.old, change.new, change.by) for change in changes])
    for title, texts in (("findings.title", findings), ("stress.left_out", left_out)):
        _texts(leaf, words.say(title), texts)


def _texts(leaf: Leaf, title: str, texts: Iterable[str]) -> None:
    lines = [(text,) for text in texts]
    if lines:
        leaf.table([Head(title, width=150)], lines)


def _two_columns(book: Book, title: str, area: Area, numbers: tuple[int, int], words: Wording) -> Any:
    chart = book.chart({"type": "column"})
    for number, key, colour in zip(numbers, ("column.quota", "column.expected"), _COLOURS[1:3], strict=True):
        series = {"name": words.say(key), "categories": area.cells(1), "values": area.cells(number)}
        chart.add_series({**series, "fill": {"color": colour}, "gap": 60})
    _dress(chart, title)
    return chart


def _dress(chart: Any, title: str, legend: bool = True, across: bool = False) -> None:
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
