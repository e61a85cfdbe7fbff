"""The page of explain: a tornado, grades of evidence, what turns a decision round, indices."""

from __future__ import annotations

from collections.abc import Iterator

from reports.pages.estimates import chance, kpi_value, points, signed
from reports.pages.parts import allocation_name, changes, named, quarter_heading, row
from reports.specs import Bar, Block, Cell, Column, Listing, Mark, Page, Sentence, Table
from reports.wording import Scale, Wording
from simulation.kpis import KPIS
from studies.decisions.flips import FlipRow
from studies.decisions.sensitivity import RangeRow, SensitivityResult
from studies.results import Estimate

__all__ = ["kpi_name", "range_name", "sensitivity_page", "swing_text"]

_MOST_NAMED = 12
"""Figures without a range that are named; the rest is counted."""


def sensitivity_page(result: SensitivityResult, words: Wording, source: str = "PLAN") -> Page:
    """What the headline rests on, then what the decision rests on."""
    blocks: list[Block] = [
        quarter_heading(words.say("explain.title", plan=result.plan), result, words),
        *_headline(result, words),
        *changes(words, "changes.title", result.changes),
    ]
    if result.rows:
        blocks += [_tornado(result, words), _grades(result, words)]
    for decision, worth in result.worth.items():
        blocks += _decision(result, decision, worth, words)
    if result.indices:
        blocks.append(_indices(result, words))
    if result.without_range:
        names = [words.listed(result.without_range[:_MOST_NAMED])]
        more = len(result.without_range) - _MOST_NAMED
        if more > 0:
            names.append(words.count("changes.more", more))
        blocks.append(Listing(words.say("explain.without_range"), tuple(names)))
    return Page(tuple(blocks))


def range_name(line: RangeRow) -> str:
    """A figure by its path; of an uncertainty, whose path says little, also its name."""
    return named(line.path, line.name)


def kpi_name(result: SensitivityResult, words: Wording) -> str:
    """The KPI that is explained, as a sentence begins with it."""
    name = words.choose("kpi", result.kpi, KPIS[result.kpi].label)
    return f"{name[:1].upper()}{name[1:]}"


def swing_text(result: SensitivityResult, words: Wording, swing: Estimate) -> str:
    """What a range moves the KPI by, in its own unit."""
    unit = KPIS[result.kpi].unit
    text = f"{words.difference(swing.mean, unit)} {words.half_width(swing.ci_low, swing.ci_high, unit)}"
    return words.say("decide.points", points=text) if unit == "share" else text


def _difference(result: SensitivityResult, words: Wording, figure: Estimate, scale: Scale) -> str:
    return points(words, figure) if KPIS[result.kpi].unit == "share" else signed(scale, figure)


def _headline(result: SensitivityResult, words: Wording) -> list[Block]:
    if not result.rows:
        return [Sentence(words.say("explain.no_ranges"), "warning")]
    unit, widest = KPIS[result.kpi].unit, result.rows[0]
    text = words.say(
        "explain.headline",
        kpi=kpi_name(result, words),
        mean=words.value(result.now.mean, unit),
        half=words.half_width(result.now.ci_low, result.now.ci_high, unit),
        path=range_name(widest),
        low=words.figure(widest.low),
        high=words.figure(widest.high),
        swing=swing_text(result, words, widest.swing),
    )
    blocks: list[Block] = [Sentence(text, "headline")]
    ends = (result.weak_low, result.weak_high, result.weak_p_low, result.weak_p_high)
    low, high, p_low, p_high = ends
    if low and high and p_low and p_high:
        text = words.say(
            "explain.weak",
            low=_with_chance(result, words, low, p_low),
            high=_with_chance(result, words, high, p_high),
        )
        share = sum(grade.share for grade in result.grades if grade.grade in ("C", "D"))
        blocks += [Sentence(text), Sentence(words.say("explain.weak_share", share=words.percent(share, 0)))]
    return blocks


def _with_chance(result: SensitivityResult, words: Wording, figure: Estimate, p_target: Estimate) -> str:
    """A KPI, and in brackets the chance of the target, unless that is the KPI."""
    if result.kpi == "p_target":
        return chance(words, p_target)
    text = kpi_value(words, figure, KPIS[result.kpi].unit)
    return words.say("in_brackets", text=text, more=words.say("explain.chance", chance=chance(words, p_target)))


def _tornado(result: SensitivityResult, words: Wording) -> Table:
    scale = words.scale(x for line in result.rows for x in (line.at_low.mean, line.at_high.mean))
    largest = max((abs(x) for r in result.rows for x in (r.at_low.mean, r.at_high.mean)), default=0.0) or 1.0
    columns = (
        Column(words.say("deciding.figure_path")),
        Column(words.say("column.grade"), "figure"),
        Column(words.say("deciding.range"), "figure", gives_way=1),
        Column(words.say("deciding.low_end"), "figure"),
        Column(words.say("deciding.high_end"), "figure"),
        Column(words.say("column.chance_of_target"), "figure", gives_way=2),
        Column("", "bar", gives_way=3),
    )
    lines = []
    for line in result.rows:
        low, high = sorted((line.at_low.mean, line.at_high.mean))
        bar = Bar(0.5 + min(low, 0.0) / largest / 2, 0.5 + max(high, 0.0) / largest / 2)
        lines.append(
            row(
                range_name(line),
                line.grade,
                f"{words.figure(line.low)}–{words.figure(line.high)}",
                _difference(result, words, line.at_low, scale),
                _difference(result, words, line.at_high, scale),
                points(words, line.p_target_swing),
                bar,
            )
        )
    title = words.say("explain.tornado", kpi=kpi_name(result, words))
    if KPIS[result.kpi].unit == "money":
        title = words.say("title.money", title=title, unit=words.unit_of(scale, result.currency))
    return Table(title, columns, tuple(lines), tuple(_tornado_notes(result, words)))


def _tornado_notes(result: SensitivityResult, words: Wording) -> Iterator[str]:
    yield words.say("explain.tornado_note")
    seen = [line.seen for line in result.rows]
    if min(seen) < result.replications:
        least, most, every = (f"{number:,}" for number in (min(seen), max(seen), result.replications))
        yield words.say("explain.tornado_seen", least=least, most=most, n=every)


def _grades(result: SensitivityResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.grade"), least=5),
        Column(words.say("deciding.ranged"), "figure"),
        Column(words.say("deciding.unranged"), "figure"),
        Column(words.say("deciding.of_swings"), "figure"),
    )
    lines = tuple(
        row(
            line.grade,
            str(line.ranged),
            str(line.unranged),
            words.percent(line.share, 0) if line.ranged else "",
        )
        for line in result.grades
    )
    return Table(words.say("explain.grades"), columns, lines)


def _decision(result: SensitivityResult, decision: str, worth: Estimate, words: Wording) -> list[Block]:
    if decision == "allocation":
        name = words.say(
            "explain.decision.allocation",
            ours=allocation_name(result.allocation_name, words),
            other=allocation_name(result.against or "", words),
        )
    else:
        name = words.say("explain.decision.plan", plan=decision)
    rows = [line for line in result.flips if line.decision == decision]
    scale = words.scale(x for line in rows for x in (line.at_low.mean, line.at_high.mean, line.at_low.half_width))
    columns = (
        Column(words.say("deciding.figure_path")),
        Column(words.say("deciding.low_end"), "figure"),
        Column(words.say("deciding.high_end"), "figure"),
        Column(words.say("deciding.turns_at")),
        Column(words.say("deciding.way"), "figure", gives_way=1),
    )
    lines = tuple(
        row(
            line.path,
            signed(scale, line.at_low),
            signed(scale, line.at_high),
            _turns(line, words),
            "" if line.move is None else words.percent(line.move, 0),
        )
        for line in rows
    )
    unit = f" {scale.unit}".rstrip()
    blocks: list[Block] = [
        Table(
            words.say(
                "title.money",
                title=words.say("explain.flips", decision=name),
                unit=words.unit_of(scale, result.currency),
            ),
            columns,
            lines,
            (words.say("explain.flips_note"),),
        ),
        Sentence(words.say("explain.worth", decision=name, worth=f"{signed(scale, worth)}{unit}")),
    ]
    if all(line.flips == "no" for line in rows):
        blocks.append(Sentence(words.say("explain.none_flips")))
    return blocks


def _turns(line: FlipRow, words: Wording) -> Cell:
    if line.value is not None:
        return Mark(words.figure(line.value), "warning")
    return words.say(f"explain.flips.{line.flips}")


def _indices(result: SensitivityResult, words: Wording) -> Table:
    is_morris = result.indices_of == "morris"
    unit = KPIS[result.kpi].unit
    scale = words.scale(line.total for line in result.indices) if unit == "money" else None

    def figure(value: float) -> str:
        if not is_morris:
            return words.percent(value, 0)
        return scale.of(value) if scale else words.points(value).lstrip("+")

    columns = (
        Column(words.say("deciding.figure_path")),
        Column(words.say("deciding.total_effect" if is_morris else "deciding.total_share"), "figure"),
        Column(words.say("column.half_width"), "figure"),
        Column(words.say("deciding.uneven" if is_morris else "deciding.first_share"), "figure"),
    )
    lines = tuple(
        row(line.path, figure(line.total), figure(line.total_half), figure(line.first)) for line in result.indices
    )
    key = f"explain.{result.indices_of}"
    title = words.say(key, n=result.index_points)
    if is_morris and scale:
        title = words.say("title.money", title=title, unit=words.unit_of(scale, result.currency))
    return Table(title, columns, lines, (words.say(f"{key}_note"),))
