"""The page of a stress test: what each risk costs, and what each contingency plan is worth against it."""

from __future__ import annotations

from reports.pages.estimates import amount, chance, points, signed
from reports.pages.parts import changes, money_title, named, quarter_heading, row
from reports.pages.rules import missed_rules
from reports.pages.verdicts import size_that_matters, smallest_difference, verdict_mark, verdicts
from reports.specs import Block, Column, Page, Sentence, Table, Tone
from reports.wording import Scale, Wording
from studies.decisions.stress_rows import PlanRow, StressRow
from studies.decisions.stressing import StressResult
from studies.results import Estimate

__all__ = ["chance_triggered", "judged", "plan_verdicts", "set_off_by", "stress_page"]

_MOST = 100_000
"""Replications of which nobody runs more: what takes that many makes no difference that matters."""


def stress_page(result: StressResult, words: Wording, source: str = "PLAN", is_part: bool = False) -> Page:
    """Risks first, then the contingency plans held ready against them."""
    scale = words.scale(
        amount
        for line in result.rows
        for figure in (line.cost_signed, line.cost_signed_given_strike, line.gain_contribution)
        if figure is not None
        for amount in (figure.mean, figure.ci_high - figure.ci_low)
    )
    risks = [line for line in result.rows if not line.plan]
    plans = [line for line in result.rows if line.plan]
    blocks: list[Block] = [
        quarter_heading(
            words.say("stress.part") if is_part else words.say("stress.title", plan=result.plan), result, words
        ),
        *_headline(result, words),
        *([] if is_part else changes(words, "changes.title", result.changes)),
    ]
    if not is_part:
        blocks += plan_verdicts(result, words)
    blocks += missed_rules(words, "rules.missed_by_hand", result.violations)
    if risks:
        blocks.append(_risks(risks, result, words, scale))
    if plans or result.other_plans:
        blocks.append(_plans(plans, result, words, scale))
    blocks += _undecided(result, words)
    if result.attribution:
        blocks.append(_shares(result, words))
    blocks += _spared(result, words)
    ran = words.money(result.replications_run)
    blocks.append(Sentence(words.say("stress.runs", ran=ran, known=words.money(result.replications_known)), "quiet"))
    return Page(tuple(blocks))


def judged(result: StressResult) -> list[StressRow | PlanRow]:
    """Every contingency plan, also those that answer no strike."""
    return [line for line in _lines(result) if line.plan]


def plan_verdicts(result: StressResult, words: Wording, tone: Tone = "headline") -> list[Block]:
    """What to do about every contingency plan, in a sentence."""
    size = size_that_matters(words, result.smallest_difference, result.currency, result.criterion)
    return verdicts(words, judged(result), size, tone)


def _headline(result: StressResult, words: Wording) -> list[Block]:
    text = words.say(
        "stress.headline",
        target=words.short_in(result.target, result.currency),
        without=_chance(words, result.p_target_no_risk),
        chance=_chance(words, result.p_target),
    )
    blocks: list[Block] = [Sentence(text, "headline")]
    if result.forced:
        blocks.append(Sentence(words.say("stress.forced", forced=words.listed(result.forced)), "warning"))
    return blocks


def _chance(words: Wording, chance: Estimate) -> str:
    interval = words.interval(chance.ci_low, chance.ci_high, "share")
    return words.say("in_brackets", text=words.percent(chance.mean), more=interval)


def _lost(figure: Estimate) -> Estimate:
    """A cost, said as what it does to the chance: its sign turned."""
    return Estimate(mean=-figure.mean, ci_low=-figure.ci_high, ci_high=-figure.ci_low)


def _risks(rows: list[StressRow], result: StressResult, words: Wording, scale: Scale) -> Table:
    columns = (
        Column(words.say("column.risk")),
        Column(words.say("column.p_strike"), "figure"),
        Column(words.say("column.cost_given_strike"), "figure"),
        Column(words.say("column.expected_cost"), "figure"),
        Column(words.say("column.chance_of_target"), "figure", gives_way=1),
        Column(words.say("column.verdict"), gives_way=2, under=0),
    )
    lines = tuple(
        row(
            named(line.risk, line.risk_name),
            words.say("forced") if line.forced else chance(words, line.p_strike),
            amount(scale, line.cost_signed_given_strike)
            or words.say("never_struck" if line.p_strike.mean == 0 else "too_few"),
            amount(scale, line.cost_signed),
            points(words, _lost(line.cost_p_target)),
            verdict_mark(words, line.verdict),
        )
        for line in rows
    )
    title = money_title(words, "stress.risks", scale, result.currency)
    judged_by = [("signed", line.verdict) for line in rows]
    matters = smallest_difference(words, result.smallest_difference, result.currency, judged_by)
    return Table(title, columns, lines, (words.say("stress.risks_note"), *matters))


def _plans(rows: list[StressRow], result: StressResult, words: Wording, scale: Scale) -> Table:
    every: list[StressRow | PlanRow] = [*rows, *result.other_plans]
    columns = (
        Column(words.say("column.plan")),
        Column(words.say("column.against"), least=6),
        Column(words.say("column.triggered"), "figure", gives_way=2),
        Column(words.say("column.plan_cost"), "figure"),
        Column(words.say("column.gain"), "figure"),
        Column(words.say("column.chance_of_target"), "figure", gives_way=1),
        Column(words.say("column.verdict")),
    )
    lines = tuple(
        row(
            named(line.plan, line.plan_name),
            set_off_by(words, line),
            "" if (triggered := chance_triggered(line)) is None else words.percent(triggered),
            "" if line.plan_cost is None else scale.of(line.plan_cost.mean),
            signed(scale, line.gain_contribution),
            points(words, line.gain_p_target),
            verdict_mark(words, line.verdict),
        )
        for line in every
    )
    title = money_title(words, "stress.plans", scale, result.currency)
    judged_by = [(result.criterion, line.verdict) for line in every]
    matters = smallest_difference(words, result.smallest_difference, result.currency, judged_by)
    return Table(title, columns, lines, (words.say(f"stress.by_{result.criterion}"), *matters))


def set_off_by(words: Wording, line: StressRow | PlanRow) -> str:
    """The risk that a contingency plan answers, or what else sets it off."""
    return line.risk if isinstance(line, StressRow) else words.say(f"stress.{line.trigger}")


def chance_triggered(line: StressRow | PlanRow) -> float | None:
    """Share of futures in which a contingency plan is used."""
    return line.p_triggered.mean if isinstance(line, PlanRow) else line.p_triggered


def _shares(result: StressResult, words: Wording) -> Table:
    """Each risk's share of the shortfall; the shares add up to it."""
    rows = sorted(result.attribution, key=lambda line: -line.signed.mean)
    scale = words.scale(line.signed.mean for line in rows)
    columns = (
        Column(words.say("column.risk")),
        Column(words.say("column.share_signed"), "figure"),
        Column(words.say("column.alone"), "figure", gives_way=2),
        Column(words.say("column.share_cash"), "figure", gives_way=1),
        Column(words.say("column.share_chance"), "figure"),
    )
    lines = [
        row(
            named(line.risk, line.risk_name),
            amount(scale, line.signed),
            amount(scale, line.alone),
            amount(scale, line.cash),
            points(words, _lost(line.p_target)),
        )
        for line in rows
    ]
    if result.shortfall is not None:
        lost = sum(line.p_target.mean for line in rows)
        all_of_it = (amount(scale, result.shortfall), "", "", words.points(-lost))
        lines.append(row(words.say("stress.shortfall"), *all_of_it, strong=True))
    title = money_title(words, "stress.shares", scale, result.currency)
    return Table(title, columns, tuple(lines), (words.say("stress.shares_note"),))


def _spared(result: StressResult, words: Wording) -> list[Block]:
    """How much identical futures spare, over everything that was compared and moved."""
    factors = [line.spared for line in _lines(result) if line.spared is not None]
    if not factors:
        return []
    low, high = words.quantity(min(factors)), words.quantity(max(factors))
    return [Sentence(words.say("stress.spared", low=low, high=high), "quiet")]


def _undecided(result: StressResult, words: Wording) -> list[Block]:
    """What cannot be told yet, and how many replications it would take."""
    lines = [line for line in _lines(result) if line.verdict == "cannot tell yet"]
    if not lines:
        return []
    text = words.say("stress.undecided")
    known = [
        words.say(
            "stress.needed" if line.needed <= _MOST else "stress.needed_many",
            what=line.plan or getattr(line, "risk", ""),
            n=words.money(min(_rounded(line.needed), _MOST)),
        )
        for line in sorted(lines, key=lambda line: line.needed or 0)
        if line.needed is not None
    ]
    if known:
        text = f"{text} {words.say('stress.would_take', needed=words.listed(known))}"
    return [Sentence(text, "warning")]


def _lines(result: StressResult) -> list[StressRow | PlanRow]:
    return [*result.rows, *result.other_plans]


def _rounded(needed: int) -> int:
    """To two digits: it is rough."""
    digits = int(10 ** max(len(str(needed)) - 2, 0))
    return -(-needed // digits) * digits
