"""The page of a recommendation: options ranked, dominated ones named, what luck does to attainment."""

from __future__ import annotations

from reports.pages.estimates import amount, chance, signed
from reports.pages.parts import allocation_name, changes, money_title, row
from reports.specs import Block, Column, Heading, Listing, Page, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from studies.decisions.recommending import RecommendResult

__all__ = ["recommendation_page"]


def recommendation_page(result: RecommendResult, words: Wording, source: str = "PLAN") -> Page:
    """The first option, whether it is the first beyond doubt, then all of them."""
    detail = words.say(
        "recommend.detail",
        n=words.money(result.replications),
        seed=result.seed,
        currency=words.currency(result.currency),
    )
    first = result.rows[0]
    headline = words.say(
        "recommend.headline",
        name=allocation_name(first.option.name, words),
        contribution=f"{words.short(first.contribution.mean)} "
        f"{words.half_width(first.contribution.ci_low, first.contribution.ci_high, 'money')}",
        target=words.short_in(result.target, result.currency),
        chance=chance(words, first.p_target),
    )
    tied = words.say("recommend.tied", names=words.listed(result.tied)) if result.tied else words.say("recommend.clear")
    blocks: list[Block] = [
        Heading(words.say("recommend.title", plan=result.plan), detail),
        Sentence(headline, "headline"),
        Sentence(tied, "warning" if result.tied else "good"),
        *changes(words, "changes.title", result.changes),
        _table(result, words),
    ]
    dominated = [
        words.say(
            "recommend.dominated_by",
            name=allocation_name(line.option.name, words),
            other=allocation_name(line.dominated_by, words),
        )
        for line in result.rows
        if line.dominated_by is not None
    ]
    if dominated:
        blocks.append(Listing(words.say("recommend.dominated"), tuple(dominated)))
    broken = []
    for line in result.rows:
        rules = sorted({rule.id for rule in line.option.broken if rule.firmness != "soft"})
        if rules:
            broken.append(
                words.say("options.because", name=allocation_name(line.option.name, words), why=words.listed(rules))
            )
    if broken:
        blocks.append(Listing(words.say("recommend.hard_rules"), tuple(broken)))
    blocks += [_luck(result, words), Sentence(_luck_says(result, words))]
    if result.not_made:
        entries = (
            words.say("options.because", name=allocation_name(name, words), why=translated(why, words))
            for name, why in result.not_made.items()
        )
        blocks.append(Listing(words.say("options.not_made"), tuple(entries)))
    return Page(tuple(blocks))


def _table(result: RecommendResult, words: Wording) -> Table:
    scale = words.scale(line.contribution.mean for line in result.rows)
    columns = (
        Column(words.say("column.option"), least=11),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("deciding.behind"), "figure"),
        Column(words.say("deciding.chance"), "figure"),
        Column(words.say("deciding.p10_contribution"), "figure", gives_way=1),
        Column(words.say("deciding.chances_of_quota"), "figure", gives_way=2),
        Column(words.say("deciding.ranks"), "figure", gives_way=3),
    )
    marks = ("p_target", "contribution", "p10", "fairness")
    lines = tuple(
        row(
            allocation_name(line.option.name, words),
            amount(scale, line.contribution),
            signed(scale, line.contribution_behind),
            chance(words, line.p_target),
            scale.of(line.contribution_p10),
            f"{words.percent(line.attainment.chance_least, 0)}–{words.percent(line.attainment.chance_greatest, 0)}",
            "/".join(str(line.ranks[mark]) for mark in marks),
            strong=line is result.rows[0],
        )
        for line in result.rows
    )
    title = money_title(words, "recommend.table", scale, result.currency)
    return Table(title, columns, lines, (words.say("recommend.note"),))


def _luck(result: RecommendResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.option"), least=11),
        Column(words.say("deciding.attainment_spread"), "figure"),
        Column(words.say("deciding.luck"), "figure"),
        Column(words.say("deciding.decided"), "figure"),
        Column(words.say("deciding.on_quota"), "figure"),
    )
    lines = tuple(
        row(
            allocation_name(line.option.name, words),
            f"{words.percent(line.attainment.spread.mean, 0)} {words.within_points(line.attainment.spread.half_width)}",
            words.percent(line.attainment.luck, 0),
            words.percent(line.attainment.decided, 0),
            chance(words, line.attainment.on_quota),
        )
        for line in result.rows
    )
    return Table(words.say("recommend.luck"), columns, lines, (words.say("recommend.luck_note"),))


def _luck_says(result: RecommendResult, words: Wording) -> str:
    first = result.rows[0]
    return words.say(
        "recommend.luck_says",
        name=allocation_name(first.option.name, words),
        luck=words.percent(first.attainment.luck, 0),
    )
