"""The page of a comparison: what differs in inputs and decisions, and what that does on identical futures."""

from __future__ import annotations

from reports.pages.parts import allocation_name, changes, row
from reports.pages.rules import missed_rules
from reports.pages.verdicts import smallest_difference, verdict_mark
from reports.specs import Block, Column, Heading, Page, Sentence, Table
from reports.wording import Wording
from studies.decisions.comparing import CompareResult

__all__ = ["comparison_page"]


def comparison_page(result: CompareResult, words: Wording, source: str = "PLAN") -> Page:
    """B against A: the chance first, then every KPI."""
    blocks: list[Block] = [
        Heading(
            words.say("compare.title", plan=result.plan),
            words.say(
                "compare.detail",
                seed=result.seed,
                n=words.money(result.replications),
                currency=words.currency(result.currency),
            ),
        ),
        Sentence(words.say("compare.sides", a=_side(result.name_a, words), b=_side(result.name_b, words))),
        *_kept_or_not(result, words),
        *_headline(result, words),
    ]
    if not result.changes and not result.decisions:
        blocks.append(Sentence(words.say("compare.same"), "warning"))
    blocks += changes(words, "compare.changes", result.changes)
    blocks += changes(words, "compare.decisions", result.decisions)
    blocks.append(_differences(result, words))
    blocks += _missed(result, words)
    return Page(tuple(blocks))


def _kept_or_not(result: CompareResult, words: Wording) -> list[Block]:
    """Whether B keeps A's allocation or decides anew; nothing where it was handed one of its own."""
    if result.allocation == "keep" and any(change.by == "allocation" for change in result.decisions):
        return []
    return [Sentence(words.say(f"compare.{result.allocation}"), "quiet")]


def _side(name: str, words: Wording) -> str:
    """What a side is: ``B (price_war, allocation even)``."""
    letter, _, what = name.partition(" (")
    parts = (_named_side(part, words) for part in what.removesuffix(")").split(", "))
    return words.say("compare.side", letter=letter, what=words.listed(parts))


def _named_side(part: str, words: Wording) -> str:
    kind, _, name = part.partition(" ")
    if kind == "allocation" and name:
        return words.say("compare.side_allocation", name=allocation_name(name, words))
    return words.choose("compare.side", part, part)


def _headline(result: CompareResult, words: Wording) -> list[Block]:
    chance = next((line for line in result.differences if line.id == "p_target"), None)
    if chance is None:
        return []
    text = words.say(
        "compare.headline",
        target=words.short_in(result.target, result.currency),
        a=words.percent(chance.mean_a),
        b=words.percent(chance.mean_b),
        difference=words.points(chance.mean),
        half=words.half_width(chance.ci_low, chance.ci_high, "share"),
    )
    return [Sentence(text, "headline")]


def _missed(result: CompareResult, words: Wording) -> list[Block]:
    """Rules that an allocation does not keep, once where both miss them alike."""
    of_a, of_b = result.violations_a, result.violations
    if of_a == of_b:
        return missed_rules(words, "compare.missed_by_both", of_b)
    return [*missed_rules(words, "compare.missed_by_b", of_b), *missed_rules(words, "compare.missed_by_a", of_a)]


def _differences(result: CompareResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.kpi")),
        Column("A", "figure"),
        Column("B", "figure"),
        Column(words.say("column.difference"), "figure"),
        Column(words.say("column.half_width"), "figure"),
        Column(words.say("column.b_beats_a"), "figure", gives_way=1),
        Column(words.say("column.b_is"), gives_way=2, under=0),
    )
    lines = tuple(
        row(
            words.choose("kpi", line.id, line.label),
            words.value(line.mean_a, line.unit),
            words.value(line.mean_b, line.unit),
            words.difference(line.mean, line.unit),
            words.half_width(line.ci_low, line.ci_high, line.unit),
            words.percent(line.p_b_beats_a, 0),
            verdict_mark(words, line.verdict),
            strong=line.id == "p_target",
        )
        for line in result.differences
    )
    judged = [(line.id, line.verdict) for line in result.differences]
    matters = smallest_difference(words, result.smallest_difference, result.currency, judged)
    notes = [words.say("compare.note"), *matters]
    factor = next((line.spared for line in result.differences if line.id == "contribution"), None)
    if factor is not None:
        notes.append(words.say("compare.spared", factor=words.quantity(factor)))
    return Table(words.say("compare.kpis"), columns, lines, tuple(notes))
