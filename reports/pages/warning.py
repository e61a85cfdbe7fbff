"""The page of the lights: how well each warns, at which threshold, and what acting on it is worth."""

from __future__ import annotations

from collections.abc import Mapping

from reports.pages.estimates import chance, points, signed
from reports.pages.parts import changes, money_title, named, quarter_heading, row
from reports.pages.verdicts import smallest_difference, verdict_mark
from reports.specs import Block, Column, Page, Sentence, Table, Tone
from reports.wording import Wording
from studies.decisions.warning import LightsResult, WarningRow
from studies.results import Estimate

__all__ = ["lights_page"]

_TONES: Mapping[str, Tone] = {"warns": "good", "misleads": "bad", "tells nothing yet": "warning"}


def lights_page(result: LightsResult, words: Wording, source: str = "PLAN") -> Page:
    """A sentence per light, then figures."""
    blocks: list[Block] = [
        quarter_heading(words.say("lights.title", plan=result.plan), result, words),
        *(Sentence(_says(line, words), _TONES.get(line.verdict, "plain")) for line in result.rows),
        *changes(words, "changes.title", result.changes),
        _alarms(result, words),
        _thresholds(result, words),
    ]
    if result.acting:
        blocks.append(_acting(result, words))
    return Page(tuple(blocks))


def _metric(words: Wording, metric: str) -> str:
    return words.say(f"lights.metric.{metric}")


def _says(line: WarningRow, words: Wording) -> str:
    key, name = f"lights.verdict.{line.verdict}", _metric(words, line.metric)
    if line.p_bad_if_red is None or line.p_bad_if_not is None:
        return words.say(key, metric=name)
    return words.say(key, metric=name, if_red=chance(words, line.p_bad_if_red), if_not=chance(words, line.p_bad_if_not))


def _share(words: Wording, figure: Estimate | None) -> str:
    return "" if figure is None else chance(words, figure)


def _alarms(result: LightsResult, words: Wording) -> Table:
    columns = (
        Column(words.say("deciding.light"), least=10),
        Column(words.say("deciding.red"), "figure"),
        Column(words.say("deciding.bad"), "figure", gives_way=2),
        Column(words.say("deciding.false_alarms"), "figure"),
        Column(words.say("deciding.missed_alarms"), "figure"),
        Column(words.say("deciding.tells"), "figure"),
        Column(words.say("deciding.weeks_left"), "figure", gives_way=1),
    )
    lines = tuple(
        row(
            _metric(words, line.metric),
            chance(words, line.p_red),
            chance(words, line.p_bad),
            _share(words, line.false_alarms),
            _share(words, line.missed_alarms),
            "" if line.tells is None else points(words, line.tells),
            ""
            if line.weeks_of_warning is None
            else f"{words.quantity(line.weeks_of_warning.mean)} ±{words.quantity(line.weeks_of_warning.half_width)}",
        )
        for line in result.rows
    )
    weeks = words.listed(str(week) for week in result.reviews)
    return Table(words.say("lights.table"), columns, lines, (words.say("lights.note", weeks=weeks),))


def _thresholds(result: LightsResult, words: Wording) -> Table:
    own = {(line.metric, line.red_at) for line in result.rows}
    columns = (
        Column(words.say("deciding.light"), least=10),
        Column(words.say("deciding.red_at"), "figure"),
        Column(words.say("deciding.red"), "figure"),
        Column(words.say("deciding.false_alarms"), "figure"),
        Column(words.say("deciding.missed_alarms"), "figure"),
    )

    def share(value: float | None) -> str:
        return "" if value is None else words.percent(value, 0)

    lines = tuple(
        row(
            _metric(words, line.metric),
            words.percent(line.red_at, 0),
            words.percent(line.p_red, 0),
            share(line.false_alarms),
            share(line.missed_alarms),
            strong=(line.metric, line.red_at) in own,
        )
        for line in result.thresholds
    )
    return Table(words.say("lights.thresholds"), columns, lines, (words.say("lights.thresholds_note"),))


def _acting(result: LightsResult, words: Wording) -> Table:
    scale = words.scale(
        x for line in result.acting for x in (line.gain_contribution.mean, line.gain_contribution.half_width)
    )
    columns = (
        Column(words.say("column.plan")),
        Column(words.say("deciding.light"), least=10),
        Column(words.say("column.triggered"), "figure"),
        Column(words.say("column.gain"), "figure"),
        Column(words.say("column.chance_of_target"), "figure", gives_way=1),
        Column(words.say("column.verdict")),
    )
    lines = tuple(
        row(
            named(line.plan, line.name),
            _metric(words, line.metric),
            words.percent(line.p_triggered.mean, 0),
            signed(scale, line.gain_contribution),
            points(words, line.gain_p_target),
            verdict_mark(words, line.verdict),
        )
        for line in result.acting
    )
    title = money_title(words, "lights.acting", scale, result.currency)
    judged = [("contribution", line.verdict) for line in result.acting]
    matters = smallest_difference(words, result.smallest_difference, result.currency, judged)
    return Table(title, columns, lines, (words.say("lights.acting_note"), *matters))
