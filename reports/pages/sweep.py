"""One figure moved over a range, and the least single change that reaches a contribution."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from reports.pages.parts import changes, money_in, row
from reports.pages.rules import group_name
from reports.specs import Bar, Block, Card, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.wording import Wording
from studies.allocation.sweeping import LeverRow, ReachResult, SweepResult, SweepRow

__all__ = ["reach_page", "sweep_page"]


def sweep_page(result: SweepResult, words: Wording) -> Page:
    """Contribution, soft rules, stretch and binding rules at every value."""
    detail = words.say("sweep.detail", now=words.figure(result.now), currency=words.currency(result.currency))
    blocks: list[Block] = [
        Heading(words.say("sweep.title", path=result.path, plan=result.plan), detail),
        *(Sentence(text) for text in _says(result, words)),
        *changes(words, "changes.title", result.changes),
        _table(result, words),
        *_regimes(result, words),
    ]
    return Page(tuple(blocks))


def _says(result: SweepResult, words: Wording) -> Iterable[str]:
    ends = [line for line in result.rows if line.contribution is not None]
    if not ends:
        yield words.say("sweep.never")
        return
    first, last = ends[0], ends[-1]
    values = words.figure(first.value), words.figure(last.value)
    for name, key in (("contribution", "contribution"), ("relaxation", "missed")):
        figures = [getattr(line, name) for line in ends]
        before, after = words.money(figures[0]), words.money(figures[-1])
        least, most = words.money(min(figures)), words.money(max(figures))
        if max(figures) - min(figures) <= max(1e-6 * max(map(abs, figures)), 0.5):
            yield words.say(f"sweep.{key}.same", figure=before)
        elif {before, after} != {least, most}:  # it turns on the way
            yield words.say(f"sweep.{key}.between", least=least, most=most, low=values[0], high=values[1])
        else:
            yield words.say(f"sweep.{key}.moves", first=before, last=after, low=values[0], high=values[1])
    lost = len(result.rows) - len(ends)
    if lost:
        yield words.count("sweep.infeasible", lost, of=len(result.rows))


def _table(result: SweepResult, words: Wording) -> Table:
    now = min(result.rows, key=lambda line: (line.contribution is None, abs(line.value - result.now)))
    columns = (
        Column(words.say("column.value"), "figure"),
        Column(words.say("column.change"), "figure"),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("column.missed"), "figure"),
        Column(words.say("column.quotas"), "figure"),
        Column(words.say("column.greatest_stretch"), "figure"),
        Column(words.say("column.against_value", value=words.figure(now.value)), "bar", gives_way=1),
        Column(words.say("column.signed"), "figure", gives_way=2),
        Column(words.say("column.load_spread"), "figure", gives_way=3),
    )
    figures = [line.contribution - (now.contribution or 0.0) for line in result.rows if line.contribution is not None]
    low, high = min([0.0, *figures]), max([0.0, *figures])
    if high - low <= 1e-6 * max(abs(now.contribution or 0.0), 1.0):
        low, high = -1.0, 1.0
    lines = tuple(_row(line, result, words, (now.contribution or 0.0, low, high)) for line in result.rows)
    return Table(words.say("sweep.table"), columns, lines, (words.say("sweep.note"),))


def _row(line: SweepRow, result: SweepResult, words: Wording, scale: tuple[float, float, float]) -> Row:
    is_now = math.isclose(line.value, result.now, rel_tol=1e-9)
    change = "" if is_now or not result.now else words.signed_percent(line.value / result.now - 1)
    value = words.figure(line.value)
    if line.contribution is None or line.relaxation is None or line.equity is None:
        return row(value, change, Mark(words.say("sweep.none"), "bad"), "", "", "", "", "", "", strong=is_now)
    now, low, high = scale
    zero, end = (-low / (high - low), (line.contribution - now - low) / (high - low))
    same = abs(line.contribution - now) <= 1e-6 * max(abs(now), 1.0)
    return row(
        value,
        change,
        words.money(line.contribution),
        words.money(line.relaxation),
        words.money(line.total_quota or 0.0),
        words.times(line.equity.stretch.greatest),
        "" if same else Bar(min(zero, end), max(zero, end), "less" if end < zero else "more"),
        words.money(line.signed or 0.0),
        words.percent(line.equity.load.spread, 0) if line.equity.load else "",
        strong=is_now,
    )


def _regimes(result: SweepResult, words: Wording) -> list[Block]:
    """What binds, gives way or contradicts itself, over which values."""
    entries = []
    for state, group in itertools.groupby(result.rows, key=lambda line: (line.binding, line.relaxed, line.conflict)):
        lines = list(group)
        low, high = words.figure(lines[0].value), words.figure(lines[-1].value)
        where = words.say("sweep.at", value=low) if len(lines) == 1 else words.say("sweep.from_to", low=low, high=high)
        entries.append(words.joined(where, _state(state, words)))
    return [Listing(words.say("sweep.regimes"), tuple(entries))]


def _state(state: tuple[tuple[str, ...], ...], words: Wording) -> str:
    binding, relaxed, conflict = state
    if conflict:
        return words.say("sweep.conflict", rules=words.listed(group_name(words, group) for group in conflict))
    texts = []
    if relaxed:
        texts.append(words.say("sweep.gives", rules=words.listed(name.replace("/", " ") for name in relaxed)))
    if binding:
        names = (group_name(words, name) if ":" in name else name.replace("/", " ") for name in binding)
        texts.append(words.say("sweep.binds", rules=words.listed(names)))
    return words.joined(*texts) or words.say("sweep.free")


def reach_page(result: ReachResult, words: Wording, source: str = "PLAN") -> Page:
    """Levers that reach a contribution, the least move first."""
    reaching = [lever for lever in result.levers if lever.value is not None]
    short = [lever for lever in result.levers if lever.value is None]
    helping = [lever for lever in short if lever.contribution - result.now > 0.5]
    blocks: list[Block] = [
        Heading(words.say("reach.title", plan=result.plan), money_in(words, result.currency)),
        Card(words.say("reach.goal"), words.money(result.goal)),
        Card(words.say("reach.now"), words.money(result.now), _gap(result, words)),
        Sentence(_answer(result, reaching, words, source), "headline"),
        *changes(words, "changes.title", result.changes),
    ]
    if reaching:
        blocks.append(_levers("reach.reaching", reaching, words))
    if helping:
        blocks.append(_levers("reach.others", helping, words))
    idle = words.listed(lever.path for lever in short if lever not in helping)
    if idle:
        blocks.append(Listing(words.say("reach.idle"), (idle,)))
    return Page(tuple(blocks))


def _gap(result: ReachResult, words: Wording) -> str:
    gap = result.goal - result.now
    return words.say("reach.gap", gap=words.money(gap)) if gap > 0 else ""


def _answer(result: ReachResult, reaching: Sequence[LeverRow], words: Wording, source: str) -> str:
    if result.now >= result.goal:
        return words.say("reach.already")
    if not reaching:
        return words.say("reach.no_single")
    first = reaching[0]
    return words.say(
        "reach.least",
        path=first.path,
        now=words.figure(first.now),
        value=words.figure(first.value or 0.0),
        move=words.signed_percent(first.move or 0.0),
        command=f"quarterdeck allocate {source} --set {first.path}={first.value:.9g}",
    )


def _levers(title: str, levers: Sequence[LeverRow], words: Wording) -> Table:
    is_reached = levers[0].value is not None
    columns = (
        Column(words.say("column.figure")),
        Column(words.say("column.now"), "figure"),
        Column(words.say("column.needed"), "figure"),
        Column(words.say("column.change"), "figure"),
        Column(words.say("column.contribution" if is_reached else "column.most_contribution"), "figure"),
    )
    lines = tuple(
        row(
            lever.path,
            words.figure(lever.now),
            "" if lever.value is None else words.figure(lever.value),
            "" if lever.move is None else words.signed_percent(lever.move),
            words.money(lever.contribution),
        )
        for lever in levers
    )
    return Table(words.say(title), columns, lines, (words.say("reach.note"),) if is_reached else ())
