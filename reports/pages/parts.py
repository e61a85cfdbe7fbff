"""Parts that several pages share: what was changed, what is left out, spreads, intervals as cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.cells import cell_len, set_cell_size

from reports.specs import Block, Cell, Column, Heading, Mark, Row, Table
from reports.wording import Scale, Wording
from studies.results import Change, Estimate, KpiRow, QuarterResult
from studies.simulating import Spread

__all__ = [
    "bar_of",
    "changes",
    "clears_zero",
    "kpi_table",
    "money_in",
    "money_title",
    "named",
    "quarter_detail",
    "quarter_heading",
    "row",
    "shortened",
    "spread_table",
]

_MOST_CHANGES = 20
_SHORT_VALUE = 16
"""Values of at most so many letters stand in a column of figures; longer ones are lists, and wrapped."""


def row(*cells: Cell, strong: bool = False) -> Row:
    """A row of cells."""
    return Row(cells, strong)


def named(entry_id: str, name: str, between: str = " · ") -> str:
    """An entry by id and name, without saying one twice."""
    if not name or name == entry_id:
        return entry_id
    return name if _key(name).startswith(_key(entry_id)) else f"{entry_id}{between}{name}"


def _key(text: str) -> str:
    """What of a name an id made of it keeps."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def allocation_name(name: str, words: Wording) -> str:
    """An allocation that Quarterdeck made, as the language calls it; one made by hand by the name of its file."""
    kind, _, number = name.rpartition(" ")
    if kind == "alternative" and number.isdigit():
        return words.say("allocation.alternative", n=number)
    return words.choose("allocation.name", name, name)


def quarter_heading(title: str, result: QuarterResult, words: Wording) -> Heading:
    """What is asked of the quarter, and on what the answer rests."""
    return Heading(title, quarter_detail(result, words))


def quarter_detail(result: QuarterResult, words: Wording) -> str:
    """Which allocation was simulated, on how many futures."""
    return words.say(
        "quarter.detail",
        allocation=allocation_name(result.allocation_name, words),
        seed=result.seed,
        n=words.money(result.replications),
        currency=words.currency(result.currency),
    )


def money_title(words: Wording, key: str, scale: Scale, currency: str) -> str:
    """A title with the unit of the money in its table."""
    return words.say("title.money", title=words.say(key), unit=words.unit_of(scale, currency))


def money_in(words: Wording, currency: str) -> str:
    """What the money of a page is in."""
    return words.say("money_in", currency=words.currency(currency))


def clears_zero(figure: Estimate) -> bool:
    """Whether the sign of a difference is beyond the simulation's own uncertainty."""
    return figure.ci_low > 0 or figure.ci_high < 0


def bar_of(value: float, largest: float) -> tuple[float, float]:
    """Start and end of a bar from zero."""
    return 0.0, value / largest if largest > 0 else 0.0


def changes(words: Wording, title: str, entries: Sequence[Change]) -> list[Block]:
    """Old → new, one row each; the rest is counted."""
    if not entries:
        return []
    is_short = all(len(text) <= _SHORT_VALUE for entry in entries for text in (entry.old, entry.new))
    kind: Literal["figure", "text"] = "figure" if is_short else "text"
    columns = (
        Column(words.say("column.what")),
        Column(words.say("column.old"), kind),
        Column(words.say("column.new"), kind),
        Column(words.say("column.by"), gives_way=1, under=0),
    )
    rows = [
        row(entry.path, entry.old, entry.new, words.choose("changed_by", entry.by, entry.by))
        for entry in entries[:_MOST_CHANGES]
    ]
    more = len(entries) - _MOST_CHANGES
    notes = (words.count("changes.more", more),) if more > 0 else ()
    return [Table(words.say(title), columns, tuple(rows), notes)]


def shortened(name: str, cells: int) -> str:
    """A name in at most so many cells; never used for a figure."""
    return name if cell_len(name) <= cells else f"{set_cell_size(name, cells - 1).rstrip()}…"


def kpi_table(words: Wording, rows: Iterable[KpiRow]) -> Table:
    """KPIs with interval and spread."""
    columns = (
        Column(words.say("column.kpi")),
        Column(words.say("column.mean"), "figure"),
        Column(words.say("column.interval"), "figure", gives_way=2),
        Column(words.say("column.p10"), "figure"),
        Column(words.say("column.p50"), "figure", gives_way=1),
        Column(words.say("column.p90"), "figure"),
    )
    lines = []
    for kpi in rows:
        is_chance = kpi.id == "p_target"  # 0 or 1 in a replication: its spread says nothing
        spread = ("", "", "") if is_chance else tuple(words.value(x, kpi.unit) for x in (kpi.p10, kpi.p50, kpi.p90))
        lines.append(
            row(
                words.choose("kpi", kpi.id, kpi.label),
                words.value(kpi.mean, kpi.unit),
                words.interval(kpi.ci_low, kpi.ci_high, kpi.unit),
                *spread,
                strong=is_chance,
            )
        )
    return Table(words.say("kpis.title"), columns, tuple(lines), (words.say("kpis.note"),))


def spread_table(
    words: Wording, title: str, entries: Sequence[Spread], currency: str, notes: tuple[str, ...] = ()
) -> Table:
    """Quota and what may be signed, by product, region or rep."""
    scale = words.scale(amount for entry in entries for amount in (entry.target, entry.p90))
    columns = (
        Column(words.say("column.name")),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.p10"), "figure", gives_way=1),
        Column(words.say("column.p50"), "figure"),
        Column(words.say("column.p90"), "figure", gives_way=1),
        Column(words.say("column.p50_of_quota"), "figure", gives_way=2),
        Column(words.say("column.p_quota"), "figure"),
    )
    lines = []
    for entry in entries:
        chance: Cell = "" if entry.p_quota is None else words.percent(entry.p_quota, 0)
        if entry.p_quota is not None and entry.p_quota < 0.1:
            chance = Mark(words.percent(entry.p_quota, 0), "warning")
        lines.append(
            row(
                named(entry.id, entry.name, " "),
                scale.of(entry.target),
                scale.of(entry.p10),
                scale.of(entry.p50),
                scale.of(entry.p90),
                words.percent(entry.p50 / entry.target, 0) if entry.target > 0 else "",
                chance,
            )
        )
    return Table(money_title(words, title, scale, currency), columns, tuple(lines), notes)
