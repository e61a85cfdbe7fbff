"""Where every sum of money goes: pools and purposes, what is expected to be paid out, what only a chance decides."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from reports.pages.parts import changes, money_in, row
from reports.specs import Block, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.wording import Wording
from studies.allocation.paying import ChanceRow, MoneyResult, MoneyTableRow

__all__ = ["money_page"]

_SAME = 0.5
"""Money below which every quarter paid the same."""


def money_page(result: MoneyResult, words: Wording) -> Page:
    """Pool by pool, then what no pool pays, then what the linear program does not know."""
    blocks: list[Block] = [
        Heading(words.say("money.title", plan=result.plan), money_in(words, result.currency)),
        *changes(words, "changes.title", result.changes),
        _table(result, words),
        *_chances(result, words),
        *_unknown(result, words),
        Sentence(_cash(result, words)),
    ]
    return Page(tuple(blocks))


def _table(result: MoneyResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.purpose")),
        Column(words.say("column.set_aside"), "figure"),
        Column(words.say("column.paid_out"), "figure"),
        *_simulated_column(result, words),
        Column(words.say("column.at_most"), "figure", gives_way=2 if result.run else 1),
        Column(words.say("column.how_sure"), least=14),
        Column(words.say("column.counted"), least=3, gives_way=1),
        Column(words.say("column.units"), "figure", gives_way=4),
        Column(words.say("column.rule"), least=4, gives_way=3),
    )
    lines = list[Row]()
    for pool, group in itertools.groupby(result.rows, key=lambda entry: entry.pool):
        rows = list(group)
        aside = sum(entry.set_aside for entry in rows)
        known = [entry.expected for entry in rows if entry.expected is not None]
        name = (rows[0].pool_name or pool) if pool else words.say("money.no_pool")
        paid = words.money(sum(known)) if known else ""
        blank = ("",) * (len(columns) - 3)
        lines.append(row(name, words.money(aside), paid, *blank, strong=True))
        lines += (_row(entry, words, bool(result.run)) for entry in rows)
    return Table(words.say("money.table"), columns, tuple(lines), (words.say("money.note"),))


def _simulated_column(result: MoneyResult, words: Wording) -> list[Column]:
    return [Column(words.say("column.simulated"), "figure")] if result.run else []


def _row(entry: MoneyTableRow, words: Wording, is_simulated: bool) -> Row:
    is_open = entry.treatment in ("chance unknown", "not allocated")
    sure = words.say(f"money.{entry.treatment}")
    return row(
        words.say("money.purpose", purpose=_purpose(entry, words)),
        words.money(entry.set_aside),
        words.say("money.open") if entry.expected is None else words.money(entry.expected),
        *([_simulated(entry, words)] if is_simulated else []),
        "" if entry.most is None else words.money(entry.most),
        Mark(sure, "warning") if is_open else sure,
        words.say("money.counted" if entry.in_contribution else "money.not_counted"),
        "" if entry.units is None else words.quantity(entry.units),
        entry.rule,
    )


def _simulated(entry: MoneyTableRow, words: Wording) -> str:
    if entry.simulated is None:
        return ""
    mean, half = words.money(entry.simulated.mean), entry.simulated.half_width
    return mean if half < _SAME else f"{mean} ±{words.money(half)}"


def _purpose(entry: MoneyTableRow | ChanceRow, words: Wording) -> str:
    """An activity or measure by its name, a contingency plan by its id, by which other commands know it."""
    is_plan = isinstance(entry, ChanceRow) or entry.treatment.startswith("chance")
    return words.choose("purpose", entry.purpose, entry.purpose if is_plan else entry.name or entry.purpose)


def _chances(result: MoneyResult, words: Wording) -> list[Block]:
    """What only a chance decides, with the chance that the run's quarters give it."""
    if not result.chances:
        return []
    columns = (
        Column(words.say("column.purpose")),
        Column(words.say("column.chance_of"), "figure"),
        Column(words.say("column.interval"), "figure"),
    )
    lines = tuple(
        row(
            _purpose(entry, words),
            words.percent(entry.chance.mean),
            words.interval(entry.chance.ci_low, entry.chance.ci_high, "share"),
        )
        for entry in result.chances
    )
    risks = words.listed(result.risks) if result.risks else words.say("none")
    note = words.say("money.quarters", run=result.run, n=result.replications, risks=risks)
    threshold = words.say("money.when", threshold=words.percent(result.collection_threshold, 0))
    return [Table(words.say("money.chances"), columns, lines, (note, threshold))]


def _unknown(result: MoneyResult, words: Wording) -> list[Block]:
    entries = tuple(_open(result, words))
    return [Listing(words.say("money.unknown"), entries)] if entries else []


def _open(result: MoneyResult, words: Wording) -> Iterable[str]:
    for entry in result.rows:
        if entry.treatment == "chance unknown":
            key = f"money.why.{entry.purpose}"
            key = key if key in words.sentences else "money.why.contingency_plan"
            text = words.say(key, threshold=words.percent(result.collection_threshold, 0))
            most = "" if entry.most is None else words.say("money.most", most=words.money(entry.most))
            said = words.joined(*filter(None, (text, most)))
            yield words.say("says", what=_purpose(entry, words), text=said)


def _cash(result: MoneyResult, words: Wording) -> str:
    if result.collection_rate is None:
        return words.say("money.nothing_due")
    return words.say(
        "money.cash",
        due=words.money(result.cash_due),
        received=words.money(result.cash_received),
        rate=words.percent(result.collection_rate),
    )
