"""The page of over-assignment: how much to hand out for a wanted chance, and quotas of equal chance."""

from __future__ import annotations

from reports.pages.estimates import chance
from reports.pages.parts import changes, money_title, named, quarter_heading, row
from reports.specs import Block, Column, Page, Sentence, Table
from reports.wording import Wording
from studies.decisions.over_assigning import OverAssignResult

__all__ = ["over_assignment_page"]


def over_assignment_page(result: OverAssignResult, words: Wording, source: str = "PLAN") -> Page:
    """The over-assignment that is needed, what it asks of reps, quotas of equal chance."""
    blocks: list[Block] = [
        quarter_heading(words.say("over.title", plan=result.plan), result, words),
        *_headline(result, words),
        Sentence(words.say("over.now", now=words.signed_percent(result.now))),
        *changes(words, "changes.title", result.changes),
        _levels(result, words),
        _reps(result, words),
        Sentence(
            words.say(
                "over.fair",
                before=words.percent(result.attainment.decided, 0),
                after=words.percent(result.equal_attainment.decided, 0),
            )
        ),
    ]
    broken = sorted({rule.id for rule in result.broken})
    if broken:
        blocks.append(Sentence(words.say("over.broken", rules=words.listed(broken)), "warning"))
    blocks.append(Sentence(words.say("over.next", plan=source), "quiet"))
    return Page(tuple(blocks))


def _headline(result: OverAssignResult, words: Wording) -> list[Block]:
    wanted = words.percent(result.wanted, 0)
    if result.needed is None:
        text = words.say("over.none", wanted=wanted, chance=chance(words, result.p_target))
        return [Sentence(text, "headline")]
    over = words.signed_percent(result.needed, 0)
    ends = [
        words.say("over.no_end") if end is None else words.signed_percent(end, 0)
        for end in (result.needed_low, result.needed_high)
    ]
    return [
        Sentence(words.say("over.headline", wanted=wanted, over=over), "headline"),
        Sentence(words.say("over.interval", low=ends[0], high=ends[1])),
    ]


def _levels(result: OverAssignResult, words: Wording) -> Table:
    columns = (
        Column(words.say("deciding.over"), "figure"),
        Column(words.say("deciding.covered"), "figure"),
        Column(words.say("deciding.rep_chance"), "figure"),
        Column(words.say("deciding.rep_least"), "figure"),
        Column(words.say("deciding.reps_on_quota"), "figure", gives_way=1),
    )
    lines = tuple(
        row(
            words.signed_percent(line.over_assignment),
            chance(words, line.covered),
            words.percent(line.rep_chance, 0),
            words.percent(line.rep_chance_least, 0),
            words.percent(line.reps_on_quota_p50, 0),
            strong=abs(line.over_assignment - result.now) < 1e-9,
        )
        for line in result.rows
    )
    return Table(words.say("over.table"), columns, lines, (words.say("over.note"),))


def _reps(result: OverAssignResult, words: Wording) -> Table:
    scale = words.scale(x for line in result.reps for x in (line.quota, line.equal_quota))
    columns = (
        Column(words.say("column.rep")),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("deciding.chance"), "figure"),
        Column(words.say("deciding.equal_quota"), "figure"),
        Column(words.say("deciding.chance"), "figure"),
    )
    lines = tuple(
        row(
            named(line.rep, line.name, " "),
            scale.of(line.quota),
            words.percent(line.chance, 0),
            scale.of(line.equal_quota),
            chance(words, line.equal_chance),
        )
        for line in result.reps
    )
    return Table(
        money_title(words, "over.reps", scale, result.currency), columns, lines, (words.say("over.reps_note"),)
    )
