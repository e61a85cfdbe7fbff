"""The page of what would make a chance: levers alone, the cheapest mix, the target itself."""

from __future__ import annotations

from dataclasses import replace

from reports.pages.estimates import chance, points, signed
from reports.pages.parts import changes, money_title, quarter_heading, row
from reports.pages.verdicts import smallest_difference, verdict_mark
from reports.specs import Block, Cell, Column, Mark, Page, Sentence, Table, Tone
from reports.wording import Wording
from studies.decisions.reaching import LeverGain, ReachChanceResult

__all__ = ["reach_chance_page"]


def reach_chance_page(result: ReachChanceResult, words: Wording, source: str = "PLAN") -> Page:
    """Where the plan stands, the mix and the target, then every lever."""
    wanted = words.percent(result.wanted, 0)
    key = "reaching.there" if result.now.mean >= result.wanted else "reaching.now"
    ends = (result.target_low, result.target_high)
    low, high = (words.say("deciding.open") if end is None else words.short(end) for end in ends)
    blocks: list[Block] = [
        quarter_heading(words.say("reaching.title", plan=result.plan, wanted=wanted), result, words),
        Sentence(words.say(key, now=chance(words, result.now), wanted=wanted), "headline"),
        *_mix_says(result, words),
        Sentence(
            words.say(
                "reaching.target",
                wanted=wanted,
                target=words.short(result.target_at),
                low=low,
                high=high,
            )
        ),
        *changes(words, "changes.title", result.changes),
        _levers(result, words),
    ]
    if result.mix:
        blocks.append(_mix(result, words))
    if any(lever.kind == "hours" and lever.money is None and lever.is_feasible for lever in result.levers):
        blocks.append(Sentence(words.say("reaching.hours"), "quiet"))
    return Page(tuple(blocks))


def _mix_says(result: ReachChanceResult, words: Wording) -> list[Block]:
    if result.now.mean >= result.wanted:
        return []
    if not result.mix:
        return [Sentence(words.say("reaching.mix.none", n=words.money(result.replications)), "warning")]
    last = result.mix[-1]
    blanks = {"levers": words.listed(step.lever for step in result.mix), "money": words.short(last.money)}
    if result.mix_reaches != "yes":
        blanks["chance"] = chance(words, last.chance)
    tone: Tone = "good" if result.mix_reaches == "yes" else "warning"
    return [Sentence(words.say(f"reaching.mix.{result.mix_reaches}", **blanks), tone)]


def _name(words: Wording, kind: str, id: str, more: float | None) -> str:
    if more is None:
        return words.say(f"reaching.kind.{kind}", id=id)
    share = words.signed_percent(more, 0)
    return words.say(f"reaching.kind.{kind}", more=share, **({} if kind == "hours" else {"id": id}))


def _verdict(lever: LeverGain, words: Wording) -> Cell:
    if not lever.is_feasible:
        return Mark(words.say("reaching.infeasible"), "bad")
    return verdict_mark(words, lever.verdict)


def _levers(result: ReachChanceResult, words: Wording) -> Table:
    scale = words.scale(
        x
        for line in result.levers
        for x in (line.gain_contribution.mean, line.gain_contribution.half_width, line.money or 0.0)
    )
    fine = replace(scale, decimals=scale.decimals + 1)
    columns = (
        Column(words.say("deciding.lever")),
        Column(words.say("deciding.gained"), "figure"),
        Column(words.say("deciding.costs"), "figure"),
        Column(words.say("deciding.per_point"), "figure"),
        Column(words.say("column.contribution"), "figure", gives_way=2),
        Column(words.say("column.verdict"), gives_way=1, under=0),
    )
    lines = []
    for lever in result.levers:
        costs = words.say("reaching.hours_of", n=words.money(lever.hours)) if lever.money is None else ""
        if lever.money is not None:
            costs = scale.of(lever.money)
        lines.append(
            row(
                _name(words, lever.kind, lever.id, lever.more),
                points(words, lever.gain) if lever.is_feasible else "",
                costs,
                "" if lever.per_point is None else fine.of(lever.per_point),
                signed(scale, lever.gain_contribution) if lever.is_feasible else "",
                _verdict(lever, words),
            )
        )
    title = money_title(words, "reaching.levers", scale, result.currency)
    judged = [("p_target", lever.verdict) for lever in result.levers]
    matters = smallest_difference(words, result.smallest_difference, result.currency, judged)
    return Table(title, columns, tuple(lines), (words.say("reaching.levers_note"), *matters))


def _mix(result: ReachChanceResult, words: Wording) -> Table:
    scale = words.scale(x for line in result.mix for x in (line.contribution.mean, line.money))
    columns = (
        Column(words.say("deciding.lever")),
        Column(words.say("deciding.chance"), "figure"),
        Column(words.say("deciding.costs"), "figure"),
        Column(words.say("column.contribution"), "figure"),
    )
    lines = tuple(
        row(
            line.lever if line.more is None else f"{line.lever} {words.signed_percent(line.more, 0)}",
            chance(words, line.chance),
            scale.of(line.money),
            signed(scale, line.contribution),
        )
        for line in result.mix
    )
    return Table(money_title(words, "reaching.mix", scale, result.currency), columns, lines)
