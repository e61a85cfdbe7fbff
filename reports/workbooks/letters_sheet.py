"""Quota letters as one Excel sheet: a line per rep with the number, why it is that number, the path by week."""

from __future__ import annotations

from collections.abc import Sequence

from reports.pages.explanation import reasons, split_in_words
from reports.wording import Wording
from reports.workbooks.workbook import Book
from reports.workbooks.workbook_tables import Head, Leaf, Line, Live, ratio
from scenarios.plan import Plan
from studies.allocation.commitments import Commitment

__all__ = ["letters_workbook"]

_QUOTA = 4
"""Its column."""


def letters_workbook(entries: Sequence[Commitment], plan: Plan, words: Wording, with_chances: bool = False) -> bytes:
    """All letters on one sheet; the chance of reaching a quota only where it was asked for."""
    book = Book(words)
    leaf = Leaf(book, words.say("workbook.letters"), plan.name)
    leaf.note(words.say("workbook.letters_note", target=words.money_in(plan.target, plan.currency)))
    leaf.gap()
    weeks = entries[0].weeks if entries else ()
    heads = (
        Head(words.say("workbook.id"), width=12),
        Head(words.say("column.rep"), width=28),
        Head(words.say("column.tier"), width=12),
        Head(words.say("workbook.regions"), width=20),
        Head(words.say("column.quota"), "money", 14, True),
        Head(words.say("workbook.of_target"), "share", 12),
        *([Head(words.say("column.p_quota"), "share", 12)] if with_chances else []),
        Head(words.say("letter.why"), width=70),
        *(Head(words.say("workbook.until", week=week.week, day=week.ends), "money", 14, True) for week in weeks),
    )
    lines = [
        _line(leaf, number, entry, plan, words, with_chances) for number, entry in enumerate(entries, start=1)
    ]  # fmt: skip
    area = leaf.table(heads, lines, words.say("total"))
    leaf.freeze(area.first, 2)
    return book.bytes()


def _line(leaf: Leaf, number: int, entry: Commitment, plan: Plan, words: Wording, with_chances: bool) -> Line:
    why = "\n".join([*reasons(entry.explanation, words), split_in_words(entry.explanation, plan.product, words)])
    quota = leaf.at(_QUOTA, number)
    return (
        entry.rep, entry.name, entry.tier, words.listed(entry.regions), entry.quota,
        ratio(quota, repr(plan.target), entry.quota, plan.target),
        *([entry.chance] if with_chances else []), why,
        *(week.so_far for week in entry.weeks[:-1]), Live(f"={quota}", entry.quota),
    )  # fmt: skip
