"""The page of rounds: optimism before and after, what was corrected, what is decided differently."""

from __future__ import annotations

from reports.pages.estimates import amount, chance, signed
from reports.pages.parts import changes, money_title, row
from reports.specs import Block, Column, Heading, Page, Sentence, Table
from reports.wording import Wording
from studies.decisions.rounds import RoundsResult

__all__ = ["rounds_page"]


def rounds_page(result: RoundsResult, words: Wording, source: str = "PLAN") -> Page:
    """Optimism first, then every round."""
    first, last = result.rows[0], result.rows[-1]
    detail = words.say(
        "rounds.detail", n=words.money(result.replications), seed=result.seed, currency=words.currency(result.currency)
    )
    optimism = [
        f"{words.short(line.optimism.mean)} {words.half_width(line.optimism.ci_low, line.optimism.ci_high, 'money')}"
        for line in (first, last)
    ]
    blocks: list[Block] = [
        Heading(words.say("rounds.title", plan=result.plan), detail),
        Sentence(
            words.say("rounds.headline", before=optimism[0], after=optimism[1], n=len(result.rows) - 1), "headline"
        ),
    ]
    chosen = result.rows[result.best]
    if chosen.gain is not None:
        gain = f"{words.difference(chosen.gain.mean, 'money')} "
        gain += words.half_width(chosen.gain.ci_low, chosen.gain.ci_high, "money")
        blocks.append(Sentence(words.say("rounds.better", gain=gain)))
    if result.best != len(result.rows) - 1:
        blocks.append(Sentence(words.say("rounds.kept", n=result.best), "warning"))
    blocks += changes(words, "changes.title", result.changes)
    blocks.append(_table(result, words))
    if result.decisions:
        blocks += changes(words, "rounds.decisions", result.decisions)
    else:
        blocks.append(Sentence(words.say("rounds.same")))
    if result.corrections:
        blocks.append(_corrections(result, words))
    return Page(tuple(blocks))


def _table(result: RoundsResult, words: Wording) -> Table:
    scale = words.scale(x for line in result.rows for x in (line.expected, line.simulated.half_width))
    columns = (
        Column(words.say("deciding.round"), "figure"),
        Column(words.say("column.expected"), "figure"),
        Column(words.say("column.simulated"), "figure", gives_way=1),
        Column(words.say("deciding.optimism"), "figure"),
        Column(words.say("deciding.gain_contribution"), "figure"),
        Column(words.say("deciding.chance"), "figure"),
        Column(words.say("column.moved"), "figure", gives_way=2),
    )
    lines = tuple(
        row(
            str(line.number),
            scale.of(line.expected),
            amount(scale, line.simulated),
            signed(scale, line.optimism),
            "" if line.gain is None else signed(scale, line.gain),
            chance(words, line.p_target),
            words.say(
                "options.moved",
                quotas=words.percent(line.quota_moved, 0),
                money=words.percent(line.budget_moved, 0),
            ),
            strong=line.number == result.best,
        )
        for line in result.rows
    )
    return Table(
        money_title(words, "rounds.table", scale, result.currency), columns, lines, (words.say("rounds.note"),)
    )


def _corrections(result: RoundsResult, words: Wording) -> Table:
    columns = (
        Column(words.say("deciding.product"), least=8),
        Column(words.say("column.region"), least=8),
        Column(words.say("deciding.factor_demand"), "figure"),
        Column(words.say("deciding.factor_hours"), "figure"),
    )
    lines = tuple(
        row(line.product, line.region, words.times(line.demand), words.times(line.hours)) for line in result.corrections
    )
    return Table(words.say("rounds.corrections"), columns, lines, (words.say("rounds.corrections_note"),))
