"""A report as one HTML file: nothing in it reaches for anything outside, and nothing in it runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.documents.drawing import FONTS, data_uri, svg_of
from reports.specs import Bar, Block, Card, Cell, Listing, Mark, Report, Section, Sentence, Table, text_of
from reports.wording import Wording

__all__ = ["letters_html", "report_html"]

TEMPLATES = Path(__file__).parent / "templates"


def report_html(report: Report, words: Wording, board_only: bool = False) -> str:
    """The whole report, or its first page."""
    charts = report.board.charts if board_only else report.charts
    pictures = {chart.id: data_uri(svg_of(chart)) for chart in charts}
    sections = () if board_only else report.sections
    return _environment(words, pictures).get_template("report.html.j2").render(report=report, sections=sections)


def letters_html(title: str, letters: Sequence[Section], footer: str, words: Wording) -> str:
    """Letters, each on a page of its own."""
    page = _environment(words, {}).get_template("letters.html.j2")
    return page.render(title=title, letters=letters, footer=footer)


def _environment(words: Wording, pictures: dict[str, str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "say": words.say,
        "language": {"en": "en", "zh": "zh-Hans"}[words.code],
        "fonts": Markup(FONTS),  # ours, and a style sheet wants its quotes as they are
        "picture": lambda chart: pictures[chart.id],
        "groups": grouped,
    }
    environment.tests |= {
        "table": lambda block: isinstance(block, Table),
        "cards": lambda block: isinstance(block, list),
        "sentence": lambda block: isinstance(block, Sentence),
        "listing": lambda block: isinstance(block, Listing),
        "bar": lambda cell: isinstance(cell, Bar),
    }
    environment.filters |= {"text": text_of, "tone": _tone, "lines": lambda text: text.split("\n"), "shown": _shown}
    return environment


def grouped(blocks: Sequence[Block]) -> list[Block | list[Card]]:
    """Blocks, cards that follow each other as one list."""
    groups: list[Block | list[Card]] = []
    for block in blocks:
        if isinstance(block, Card) and groups and isinstance(groups[-1], list):
            groups[-1].append(block)
        else:
            groups.append([block] if isinstance(block, Card) else block)
    return groups


def _shown(table: Table) -> list[int]:
    """Numbers of the columns that say anything."""
    return [
        number
        for number in range(len(table.columns))
        if any(row.cells[number] != "" for row in table.rows) or not table.rows
    ]


def _tone(cell: Cell) -> str:
    return cell.tone if isinstance(cell, Mark) else "plain"
