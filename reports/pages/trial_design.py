"""The page of a strategy test's design: what it can see, and the test that would be big enough."""

from __future__ import annotations

from reports.pages.estimates import chance
from reports.pages.parts import changes, quarter_heading, row
from reports.specs import Block, Cell, Column, Mark, Page, Sentence, Table
from reports.wording import Wording
from studies.decisions.trial_design import DesignResult, SizeRow
from studies.results import Estimate

__all__ = ["design_page"]


def design_page(result: DesignResult, words: Wording, source: str = "PLAN") -> Page:
    """The smallest effect it sees against the plan's own, then tests of other sizes."""
    worth = words.difference(result.worth.mean, "money")
    worth += f" {words.half_width(result.worth.ci_low, result.worth.ci_high, 'money')}"
    blocks: list[Block] = [
        quarter_heading(words.say("design.title", plan=result.plan, policy=result.policy), result, words),
        Sentence(
            words.say(
                "design.headline",
                smallest=words.signed_percent(result.smallest, 0),
                effect=_gain(words, result.effect),
            ),
            "headline",
        ),
        Sentence(
            words.say(
                "design.test",
                share=words.percent(result.share, 0),
                from_week=result.from_week,
                weeks=result.weeks,
                tried=words.quantity(result.tried),
                others=words.quantity(result.others),
            )
        ),
        Sentence(
            words.say(
                "design.rule",
                success=words.signed_percent(result.success_from, 0),
                power=chance(words, result.power),
                false=chance(words, result.false_roll_outs),
            )
        ),
        Sentence(words.say("design.rule_smallest", gain=words.signed_percent(result.smallest_by_rule, 0))),
    ]
    if result.no_verdict.mean > 0:
        blocks.append(Sentence(words.say("design.no_verdict", share=chance(words, result.no_verdict)), "warning"))
    blocks += _enough(result, words)
    blocks.append(Sentence(words.say("design.worth", worth=worth)))
    blocks += changes(words, "changes.title", result.changes)
    blocks.append(_sizes(result, words))
    return Page(tuple(blocks))


def _gain(words: Wording, figure: Estimate) -> str:
    return f"{words.signed_percent(figure.mean)} {words.within_points(figure.half_width)}"


def _enough(result: DesignResult, words: Wording) -> list[Block]:
    if result.effect.ci_low <= 0 or result.tried_needed is None:
        return [Sentence(words.say("design.unseen"), "warning")]
    blocks: list[Block] = []
    if result.enough is None:
        blocks.append(Sentence(words.say("design.not_enough"), "warning"))
    else:
        share = words.percent(result.enough.share, 0)
        blocks.append(Sentence(words.say("design.enough", share=share, weeks=result.enough.weeks), "good"))
    return [*blocks, Sentence(words.say("design.needed", tried=words.money(result.tried_needed)))]


def _sizes(result: DesignResult, words: Wording) -> Table:
    weeks = sorted({size.weeks for size in result.sizes})
    columns = (
        Column(words.say("deciding.tried_share"), "figure"),
        *(Column(words.say("deciding.weeks_of", n=n), "figure") for n in weeks),
    )
    by_size = {(size.share, size.weeks): size for size in result.sizes}
    lines = tuple(
        row(words.percent(share, 0), *(_cell(by_size.get((share, n)), words) for n in weeks))
        for share in sorted({size.share for size in result.sizes})
    )
    return Table(words.say("design.table"), columns, lines, (words.say("design.note"),))


def _cell(size: SizeRow | None, words: Wording) -> Cell:
    if size is None:
        return ""
    gain = words.signed_percent(size.smallest, 0)
    return Mark(words.say("design.mark", gain=gain), "good") if size.is_enough else gain
