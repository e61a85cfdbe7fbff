"""The page of a valuation: what contingency plans are worth, from which chance on, and how late they may come."""

from __future__ import annotations

from collections.abc import Sequence

from reports.pages.estimates import points, signed
from reports.pages.parts import changes, money_title, named, quarter_heading, row
from reports.pages.rules import missed_rules
from reports.pages.verdicts import size_that_matters, smallest_difference, verdict_mark, verdicts
from reports.specs import Block, Column, Heading, Page, Sentence, Table
from reports.wording import Wording
from studies.decisions.break_even import BreakEven
from studies.decisions.valuing import ValueResult, ValueRow
from studies.results import Estimate

__all__ = ["value_page"]


def value_page(result: ValueResult, words: Wording, source: str = "PLAN") -> Page:
    """A table over all plans; then, of those looked at in depth, what the verdict hangs on."""
    blocks: list[Block] = [
        quarter_heading(words.say("value.title", plan=result.plan), result, words),
        *changes(words, "changes.title", result.changes),
        *missed_rules(words, "rules.missed_by_hand", result.violations),
        *verdicts(words, result.rows, _size(result, words)),
        *_verdicts(result, words),
    ]
    if result.in_depth:
        for line in result.rows:
            blocks += _depth(line, result, words)
    elif result.rows:
        blocks.append(Sentence(words.say("value.name_one", source=source, plan=result.rows[0].plan), "quiet"))
    ran = words.money(result.replications_run)
    blocks.append(Sentence(words.say("stress.runs", ran=ran, known=words.money(result.replications_known)), "quiet"))
    return Page(tuple(blocks))


def _verdicts(result: ValueResult, words: Wording) -> list[Block]:
    if not result.rows:
        return [Sentence(words.say("value.none"))]
    scale = words.scale(
        amount for line in result.rows for amount in (line.gain_contribution.mean, line.reserve, line.plan_cost.mean)
    )
    columns = (
        Column(words.say("column.plan")),
        Column(words.say("column.triggered"), "figure", gives_way=3),
        Column(words.say("column.plan_cost"), "figure", gives_way=1),
        Column(words.say("column.gain"), "figure"),
        Column(words.say("column.in_worst"), "figure", gives_way=2),
        Column(words.say("column.reserve"), "figure", gives_way=2),
        Column(words.say("column.verdict")),
    )
    lines = tuple(
        row(
            named(line.plan, line.plan_name),
            words.percent(line.p_triggered, 0),
            scale.of(line.plan_cost.mean),
            signed(scale, line.gain_contribution),
            signed(scale, line.gain_worst_tenth),
            scale.of(line.reserve),
            verdict_mark(words, line.verdict),
        )
        for line in result.rows
    )
    title = money_title(words, "value.verdicts", scale, result.currency)
    judged = [(result.criterion, line.verdict) for line in result.rows]
    notes = [
        words.say(f"stress.by_{result.criterion}"),
        *smallest_difference(words, result.smallest_difference, result.currency, judged),
    ]
    if any(line.gain_worst_tenth is not None for line in result.rows):
        notes.append(words.say("value.worst_note"))
    return [Table(title, columns, lines, (*notes, words.say("value.reserve_note")))]


def _size(result: ValueResult, words: Wording) -> str:
    return size_that_matters(words, result.smallest_difference, result.currency, result.criterion)


def _depth(line: ValueRow, result: ValueResult, words: Wording) -> list[Block]:
    blocks: list[Block] = [Heading(named(line.plan, line.plan_name))]
    text = words.say(
        "value.costs",
        cost=words.short(line.plan_cost.mean),
        retainer=words.short(line.retainer),
        activations=words.short(line.activations),
        uses=words.short(line.uses),
        reserve=words.short(line.reserve),
    )
    blocks.append(Sentence(text))
    if line.verdict == "cannot tell yet":
        needed = "value.needed" if line.needed is not None else "value.seen"
        n = "" if line.needed is None else words.money(line.needed)
        blocks.append(Sentence(words.say(needed, n=n, seen=line.seen), "warning"))
    if result.criterion != "contribution" and line.delays:
        blocks.append(Sentence(words.say(f"value.below_{result.criterion}")))
    if line.break_even is not None:
        blocks.append(_break_even(line.break_even, line.risk, words))
    if line.latest is not None:
        blocks.append(_latest(line, line.latest, words))
    if len(line.delays) > 1:
        blocks.append(_delays(line, words, result))
    if line.interactions:
        blocks.append(_interactions(line, words, result))
    return blocks


def _latest(line: ValueRow, latest: float, words: Wording) -> Sentence:
    """How late it may come; where even that it is worth anything is open, so is this."""
    if line.latest_is_open:
        return Sentence(words.say("value.latest_open", days=words.quantity(latest)))
    low, high = line.latest_interval or (latest, latest)
    days, low_days, high_days = (words.quantity(round(days)) for days in (latest, low, high))
    return Sentence(words.say("value.latest", days=days, low=low_days, high=high_days))


def _break_even(found: BreakEven, risk: str, words: Wording) -> Sentence:
    now = "" if found.chance_now is None else words.percent(found.chance_now)
    certain = found.chance_now == 1
    if found.status != "found" or found.factor is None or found.factor_interval is None:
        key = "never_certain" if certain and found.status == "never" else found.status
        return Sentence(words.say(f"value.break_even_{key}", risk=risk, now=now))
    low, high = found.factor_interval
    if certain and found.chance is not None:
        chance, low_chance, high_chance = (words.percent(share) for share in (found.chance, low, high))
        return Sentence(
            words.say("value.break_even_certain", risk=risk, chance=chance, low=low_chance, high=high_chance)
        )
    if found.chance is not None:
        return Sentence(
            words.say(
                "value.break_even_chance",
                risk=risk,
                chance=words.percent(found.chance),
                now=now,
                factor=words.quantity(found.factor),
                low=words.quantity(low),
                high=words.quantity(high),
            )
        )
    return Sentence(
        words.say(
            "value.break_even_factor",
            risk=risk,
            factor=words.quantity(found.factor),
            low=words.quantity(low),
            high=words.quantity(high),
        )
    )


def _gains(figures: Sequence[Estimate], result: ValueResult, words: Wording, key: str) -> tuple[str, list[str]]:
    """The title of a table of gains in what the verdict is about, and the gains: in money, or in points of chance."""
    if result.criterion == "p_target":
        return words.say(f"{key}_p_target"), [points(words, figure) for figure in figures]
    scale = words.scale(amount for figure in figures for amount in (figure.mean, figure.ci_high - figure.ci_low))
    title = money_title(words, f"{key}_{result.criterion}", scale, result.currency)
    return title, [signed(scale, figure) for figure in figures]


def _delays(line: ValueRow, words: Wording, result: ValueResult) -> Table:
    title, gains = _gains([point.gain for point in line.delays], result, words, "value.delays")
    columns = (Column(words.say("column.days_later"), "figure"), Column(words.say("column.gains"), "figure"))
    delays = (words.quantity(point.days_later) for point in line.delays)
    return Table(title, columns, tuple(row(days, gain) for days, gain in zip(delays, gains, strict=True)))


def _interactions(line: ValueRow, words: Wording, result: ValueResult) -> Table:
    title, gains = _gains([entry.difference for entry in line.interactions], result, words, "value.interactions")
    columns = (
        Column(words.say("column.other_plan")),
        Column(words.say("column.shares"), gives_way=1),
        Column(words.say("column.changes_gain"), "figure"),
    )
    rows = tuple(
        row(named(entry.other, entry.other_name), words.say(f"value.shares_{entry.shares}"), gain)
        for entry, gain in zip(line.interactions, gains, strict=True)
    )
    return Table(title, columns, rows, (words.say("value.interactions_note"),))
