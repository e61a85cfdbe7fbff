"""Allocations to choose from, side by side: the best, alternatives, rules of thumb, hand-made ones, the nearest one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.pages.parts import allocation_name, changes, money_in, row
from reports.specs import Block, Column, Heading, Listing, Mark, Page, Row, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from studies.allocation.choosing import AlternativesResult, LeastChangeResult, OptionRow

__all__ = ["least_change_page", "options_page"]


def options_page(result: AlternativesResult, words: Wording, source: str = "PLAN") -> Page:
    """Options with what each brings, moves and breaks."""
    best = next(option for option in result.options if option.kind == "best")
    found = sum(option.kind == "alternative" for option in result.options)
    summary = words.count("options.found", found, within=words.percent(result.within)) if found else ""
    blocks: list[Block] = [
        Heading(
            words.say("options.title", plan=result.plan),
            money_in(words, result.currency),
        ),
        Sentence(summary or words.say("options.none_found", within=words.percent(result.within))),
        *changes(words, "changes.title", result.changes),
        _table(words, "options.table", result.options, best),
        *_made(words, result.options),
        *_broken(words, result.options),
    ]
    if result.not_made:
        entries = (
            words.say("options.because", name=allocation_name(name, words), why=translated(why, words))
            for name, why in result.not_made.items()
        )
        blocks.append(Listing(words.say("options.not_made"), tuple(entries)))
    blocks.append(Sentence(words.say("options.next", plan=source), "quiet"))
    return Page(tuple(blocks))


def least_change_page(result: LeastChangeResult, words: Wording) -> Page:
    """The allocation nearest to a previous one, beside it."""
    pair = (result.previous_option, result.option)
    kept = words.say(
        "close.headline",
        previous=result.previous,
        changed=words.money(result.changed),
        fresh=words.money(result.changed_fresh),
    )
    blocks: list[Block] = [
        Heading(words.say("close.title", plan=result.plan), money_in(words, result.currency)),
        Sentence(kept, "headline"),
        *changes(words, "changes.title", result.changes),
        _table(words, "close.table", pair, result.option, is_pair=True),
        *_broken(words, pair),
        Sentence(words.say("close.not_saved"), "quiet"),
    ]
    return Page(tuple(blocks))


def _table(words: Wording, title: str, options: Sequence[OptionRow], best: OptionRow, is_pair: bool = False) -> Table:
    columns = (
        Column(words.say("column.option"), least=11),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.missed"), "figure"),
        Column(words.say("column.moved"), "figure", gives_way=1),
        Column(words.say("column.stretch_spread"), "figure", gives_way=2),
        Column(words.say("column.hard_broken"), "figure"),
        Column(words.say("column.load_spread"), "figure", gives_way=3),
        Column(words.say("column.quotas"), "figure", gives_way=4),
        Column(words.say("column.against_best"), "figure", gives_way=5),
    )
    rows = tuple(_row(words, option, best) for option in options)
    return Table(words.say(title), columns, rows, (words.say("close.note" if is_pair else "options.note"),))


def _row(words: Wording, option: OptionRow, best: OptionRow) -> Row:
    hard = len({rule.id for rule in option.broken if rule.firmness != "soft"})
    load = option.equity.load
    return row(
        allocation_name(option.name, words),
        words.money(option.contribution),
        words.money(option.signed),
        words.money(option.relaxation),
        words.say(
            "options.moved", quotas=words.percent(option.quota_moved, 0), money=words.percent(option.budget_moved, 0)
        ),
        words.times(option.equity.stretch.spread),
        Mark(str(hard), "bad") if hard else str(hard),
        "" if load is None else words.percent(load.spread, 0),
        words.money(option.total_quota),
        words.signed_money(option.contribution - best.contribution),
        strong=option.kind == "best",
    )


def _made(words: Wording, options: Sequence[OptionRow]) -> list[Block]:
    entries = [
        words.say(
            "options.because",
            name=allocation_name(option.name, words),
            why=words.listed(translated(note.rstrip("."), words) for note in option.notes),
        )
        for option in options
        if option.notes
    ]
    return [Listing(words.say("options.made"), tuple(entries))] if entries else []


def _broken(words: Wording, options: Sequence[OptionRow]) -> list[Block]:
    """What of the rules each does not keep, those alike said once."""
    said: dict[str, list[str]] = {}
    for option in options:
        said.setdefault(_what(words, option), []).append(allocation_name(option.name, words))
    entries = (words.say("options.because", name=words.listed(names), why=why) for why, names in said.items())
    return [Listing(words.say("options.rules"), tuple(entries))]


def _what(words: Wording, option: OptionRow) -> str:
    texts = []
    for key, is_soft in (("options.breaks", False), ("options.gives", True)):
        counts = Counter(rule.id for rule in option.broken if (rule.firmness == "soft") is is_soft)
        if counts:
            rules = (words.say("options.times", id=id_, n=n) if n > 1 else id_ for id_, n in counts.items())
            texts.append(words.say(key, rules=words.listed(rules)))
    return " ".join(texts) or words.say("options.keeps_all")
