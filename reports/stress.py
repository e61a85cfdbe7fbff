"""The page of a stress test: what each risk costs, and what each contingency plan is worth against it."""

from __future__ import annotations

from reports.parts import changes, estimate, money_title, named, row
from reports.rules import missed_rules
from reports.specs import Block, Cell, Column, Heading, Listing, Mark, Page, Sentence, Table
from reports.translating import translated
from reports.wording import Scale, Wording
from studies.results import Estimate, StressResult, StressRow

__all__ = ["stress_page"]

_TONES = {
    "buy": "good",
    "do not buy": "bad",
    "cannot tell yet": "warning",
    "hurts": "warning",
    "harmless": "good",
}


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
        Heading(
            words.say("stress.part") if is_part else words.say("stress.title", plan=result.plan),
            words.say(
                "stress.detail",
                allocation=result.allocation_name,
                seed=result.seed,
                n=words.money(result.replications),
                currency=words.currency(result.currency),
            ),
        ),
        *_headline(result, words),
        *([] if is_part else changes(words, "changes.title", result.changes)),
    ]
    blocks += missed_rules(words, "rules.missed_by_hand", result.violations)
    if risks:
        blocks.append(_risks(risks, words, scale, result.currency))
    if plans:
        blocks.append(_plans(plans, words, scale, result.currency))
        blocks += _undecided(plans, words)
    ran = words.money(result.replications_run)
    blocks.append(Sentence(words.say("stress.runs", ran=ran, known=words.money(result.replications_known)), "quiet"))
    if result.not_carried_out:
        blocks.append(
            Listing(words.say("stress.left_out"), tuple(translated(text, words) for text in result.not_carried_out))
        )
    return Page(tuple(blocks))


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


def _points(words: Wording, figure: Estimate | None) -> str:
    if figure is None:
        return ""
    return f"{words.points(figure.mean)} {words.within_points((figure.ci_high - figure.ci_low) / 2)}"


def _share(words: Wording, figure: Estimate) -> str:
    half = words.within_points((figure.ci_high - figure.ci_low) / 2)
    return f"{words.percent(figure.mean)} {half}"


def _lost(figure: Estimate) -> Estimate:
    """A cost, said as what it does to the chance: its sign turned."""
    return Estimate(mean=-figure.mean, ci_low=-figure.ci_high, ci_high=-figure.ci_low)


def _verdict(words: Wording, verdict: str) -> Cell:
    return Mark(words.choose("verdict", verdict, verdict), _TONES.get(verdict, "plain"))  # type: ignore[arg-type]


def _risks(rows: list[StressRow], words: Wording, scale: Scale, currency: str) -> Table:
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
            words.say("forced") if line.forced else _share(words, line.p_strike),
            estimate(scale, line.cost_signed_given_strike) or words.say("never_struck"),
            estimate(scale, line.cost_signed),
            _points(words, _lost(line.cost_p_target)),
            _verdict(words, line.verdict),
        )
        for line in rows
    )
    title = money_title(words, "stress.risks", scale, currency)
    return Table(title, columns, lines, (words.say("stress.risks_note"),))


def _plans(rows: list[StressRow], words: Wording, scale: Scale, currency: str) -> Table:
    columns = (
        Column(words.say("column.plan")),
        Column(words.say("column.against"), least=4),
        Column(words.say("column.triggered"), "figure", gives_way=2),
        Column(words.say("column.plan_cost"), "figure"),
        Column(words.say("column.gain"), "figure"),
        Column(words.say("column.chance_of_target"), "figure", gives_way=1),
        Column(words.say("column.verdict")),
    )
    lines = tuple(
        row(
            named(line.plan, line.plan_name),
            line.risk,
            "" if line.p_triggered is None else words.percent(line.p_triggered),
            "" if line.plan_cost is None else scale.of(line.plan_cost.mean),
            estimate(scale, line.gain_contribution, signed=True),
            _points(words, line.gain_p_target),
            _verdict(words, line.verdict),
        )
        for line in rows
    )
    title = money_title(words, "stress.plans", scale, currency)
    return Table(title, columns, lines, (words.say("stress.plans_note"),))


def _undecided(plans: list[StressRow], words: Wording) -> list[Block]:
    if any(line.verdict == "cannot tell yet" for line in plans):
        return [Sentence(words.say("stress.undecided"), "warning")]
    return []
