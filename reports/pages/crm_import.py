"""The page of a CRM import: what was read and used, what was not and why, what is estimated and what assumed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reports.pages.data_request import data_requests
from reports.pages.figures import alike
from reports.pages.parts import row
from reports.specs import Block, Column, Heading, Listing, Page, Sentence, Table
from reports.translating import translated
from reports.wording import Wording
from scenarios.crm import ImportReport
from scenarios.loading import DATA_REQUEST

__all__ = ["import_page"]


def import_page(report: ImportReport, words: Wording) -> Page:
    """What a planner has to know before trusting the imported plan."""
    blocks: list[Block] = [
        Heading(
            words.say("import.title"),
            words.say("import.detail", out=report.out, as_of=report.as_of, mapping=report.mapping),
        ),
        Sentence(
            words.say("import.target", target=words.money(report.target), currency=report.currency),
            "headline",
        ),
    ]
    if report.warnings:
        blocks.append(Listing(words.say("import.warnings"), tuple(translated(text, words) for text in report.warnings)))
    blocks += [
        _files(report, words),
        _used(report, words),
        _unused(report, words),
        *([_estimates(report, words)] if report.estimates else []),
        *([_assumed(report, words)] if report.assumed else []),
        *_request(report, words),
        Sentence(words.say("import.next", out=report.out)),
    ]
    return Page(tuple(blocks))


def _request(report: ImportReport, words: Wording) -> list[Block]:
    """Where the data request sheet is; a refreshed plan keeps the one it had."""
    if not report.assumed:
        return []
    path = Path(report.out) / DATA_REQUEST
    return [Sentence(words.say("import.request", n=len(data_requests(report, words)) - 1, path=path))]


def _files(report: ImportReport, words: Wording) -> Table:
    columns = (
        Column(words.say("column.file")),
        Column(words.say("column.rows"), "figure"),
        Column(words.say("column.holds")),
    )
    rows = tuple(row(file.file, words.money(file.rows), translated(file.holds, words)) for file in report.read)
    return Table(words.say("import.read"), columns, rows)


def _used(report: ImportReport, words: Wording) -> Table:
    columns = (Column(words.say("column.table")), Column(words.say("column.rows"), "figure"))
    return Table(
        words.say("import.used"), columns, tuple(row(table, words.money(count)) for table, count in report.used)
    )


def _unused(report: ImportReport, words: Wording) -> Table:
    columns = (
        Column(words.say("column.what")),
        Column(words.say("column.count"), "figure"),
        Column(words.say("column.why")),
    )
    rows = tuple(
        row(
            _named(translated(entry.what, words), entry.names, words),
            words.money(entry.count),
            translated(entry.reason, words),
        )
        for entry in report.unused
    )
    return Table(words.say("import.unused"), columns, rows)


def _named(what: str, names: Sequence[str], words: Wording) -> str:
    return words.say("says", what=what, text=words.listed(names)) if names else what


def _estimates(report: ImportReport, words: Wording) -> Table:
    columns = (
        Column(words.say("column.figure"), least=30),
        Column(words.say("column.value"), "figure"),
        Column(words.say("column.count"), "figure"),
        Column(words.say("column.basis")),
    )
    rows = []
    for pattern, figures in alike(report.estimates).items():
        low, high = min(figure.value for figure in figures), max(figure.value for figure in figures)
        value, deals = words.figure(low), words.money(figures[0].count)
        basis = translated(figures[0].basis, words)
        if len(figures) > 1:
            pattern = words.say("import.many", path=pattern, n=len(figures))
            value = words.say("import.range", low=words.figure(low), high=words.figure(high))
            counts = [figure.count for figure in figures]
            deals = words.say("import.range", low=words.money(min(counts)), high=words.money(max(counts)))
            basis = words.say("import.instance", basis=basis)
        rows.append(row(pattern, value, deals, basis))
    return Table(words.say("import.estimates"), columns, tuple(rows), (words.say("import.each"),))


def _assumed(report: ImportReport, words: Wording) -> Table:
    columns = (
        Column(words.say("column.figure"), least=34),
        Column(words.say("column.grade"), least=5),
        Column(words.say("column.basis")),
    )
    rows = []
    for pattern, figures in alike(report.assumed).items():
        is_one = len(figures) == 1
        path = pattern if is_one else words.say("import.many", path=pattern, n=len(figures))
        rows.append(row(path, figures[0].grade, translated(figures[0].source, words)))
    return Table(words.say("import.assumed"), columns, tuple(rows), (words.say("import.assumed_note"),))
