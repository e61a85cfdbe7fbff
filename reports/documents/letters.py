"""Quota letters: one page per rep with the number, why it is that number, and the path by week.

The chance of reaching the quota stands in a letter only where it was asked for: told to its owner it changes what it
measures. What is expected of a rep, and how the rep stands among others, never does.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from reports.documents.html import letters_html
from reports.files import WORKBOOK, refuse, write_new
from reports.messages import say
from reports.pages.explanation import reasons, split_in_words
from reports.pages.parts import named, row
from reports.specs import Bar, Block, Card, Column, Listing, Section, Table
from reports.wording import Wording
from reports.workbooks.letters_sheet import letters_workbook
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.commitments import Commitment, commitments
from studies.saved.reporting import read_run

__all__ = ["letter_of", "write_letters"]


def write_letters(
    folder: Path, out: Path, words: Wording, with_chances: bool = False, excel: Path | None = None
) -> None:
    """Write a letter per rep, one file with all of them to print, and where asked for one Excel sheet of all.

    UsageError where that is not possible.
    """
    if excel is not None:
        refuse(excel, WORKBOOK, words)
    run = read_run(folder)
    entries = commitments(run, folder)
    letters = [letter_of(entry, run.plan, words, with_chances) for entry in entries]
    footer = words.say("report.footer", run=run.summary.name)
    pages = {f"{re.sub(r'[^A-Za-z0-9_-]+', '-', letter.id)}.html": [letter] for letter in letters}
    pages["letters.html"] = letters
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in pages.items():
            (out / file).write_text(letters_html(run.plan.name, content, footer, words), encoding="utf-8")
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=out, reason=error.strerror)) from error
    say(words.count("letters.done", len(letters), folder=out))
    if excel is not None:
        write_new(excel, letters_workbook(entries, run.plan, words, with_chances), WORKBOOK, words)
        say(words.say("workbook.done", path=excel))


def letter_of(entry: Commitment, plan: Plan, words: Wording, with_chance: bool = False) -> Section:
    """One rep's letter."""
    first, last = plan.calendar.start, plan.calendar.last_date - dt.timedelta(days=2)
    detail = words.say(
        "letter.detail",
        tier=entry.tier,
        regions=words.listed(entry.regions),
        start=first.isoformat(),
        end=last.isoformat(),
    )
    share = words.say("letter.share", share=words.percent(entry.quota / plan.target))
    cards: list[Block] = [Card(words.say("column.quota"), words.money_in(entry.quota, plan.currency), share)]
    if with_chance and entry.chance is not None:
        meaning = words.say("letter.chance")
        cards.append(Card(words.say("column.p_quota"), words.percent(entry.chance, 0), meaning))
    why = (*reasons(entry.explanation, words), split_in_words(entry.explanation, plan.product, words))
    blocks = [*cards, Listing(words.say("letter.why"), why), _path(entry, words, plan.currency)]
    return Section(
        entry.rep, words.say("letter.title", rep=named(entry.rep, entry.name, " ")), tuple(blocks), (), detail
    )


def _path(entry: Commitment, words: Wording, currency: str) -> Table:
    columns = (
        Column(words.say("column.week"), "figure"),
        Column(words.say("letter.until")),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.so_far"), "figure"),
        Column(words.say("column.of_quota"), "figure"),
        Column("", "bar"),
    )
    last = len(entry.weeks)
    rows = tuple(
        row(
            str(week.week),
            week.ends.isoformat(),
            words.money(week.in_week),
            words.money(week.so_far),
            words.percent(week.so_far / entry.quota, 0),
            Bar(0.0, week.so_far / entry.quota),
            strong=week.week == last,
        )
        for week in entry.weeks
    )
    note = words.say("letter.own_path" if entry.is_own_path else "letter.even_path")
    title = words.say("title.money", title=words.say("letter.path"), unit=words.currency(currency))
    return Table(title, columns, rows, (note,))
