"""How evenly quotas and work are spread over reps, and what more evenness would cost."""

from __future__ import annotations

from reports.pages.parts import bar_of, changes, money_in, row
from reports.specs import Bar, Block, Column, Heading, Page, Row, Sentence, Table
from reports.wording import Wording
from studies.allocation.choosing import FrontierResult, UnevennessRow

__all__ = ["fairness_page"]


def fairness_page(result: FrontierResult, words: Wording) -> Page:
    """Unevenness now, and the trade-off curve."""
    blocks: list[Block] = [
        Heading(
            words.say("fairness.title", plan=result.plan),
            money_in(words, result.currency),
        ),
        *changes(words, "changes.title", result.changes),
        _now(result, words),
    ]
    if result.now.without_hours:
        reps = words.listed(result.now.without_hours)
        blocks.append(Sentence(words.say("fairness.without_hours", reps=reps), "warning"))
    if len(result.points) > 1:
        blocks += [_curve(result, words), Sentence(_says(result, words))]
        if result.measure == "load":
            blocks.append(Sentence(words.say("fairness.who_sells"), "quiet"))
    else:
        blocks.append(Sentence(_flat(result, words)))
    return Page(tuple(blocks))


def _now(result: FrontierResult, words: Wording) -> Table:
    columns = (
        Column(words.say("column.over_reps")),
        *(
            Column(words.say(f"column.{name}"), "figure")
            for name in ("least", "average", "greatest", "spread", "cv", "gini")
        ),
    )
    rows = [_unevenness(words, "stretch", result.now.stretch)]
    if result.now.load is not None:
        rows.append(_unevenness(words, "load", result.now.load))
    return Table(words.say("fairness.now"), columns, tuple(rows), (words.say("fairness.note"),))


def _unevenness(words: Wording, measure: str, found: UnevennessRow) -> Row:
    burdens = (found.least, found.mean, found.greatest, found.spread)
    texts = (_burden(words, measure, burden) for burden in burdens)
    return row(words.say(f"fairness.{measure}"), *texts, words.percent(found.cv, 0), f"{found.gini:.2f}")


def _burden(words: Wording, measure: str, burden: float) -> str:
    return words.times(burden) if measure == "stretch" else words.percent(burden)


def _curve(result: FrontierResult, words: Wording) -> Table:
    columns = (
        Column(words.say(f"column.{result.measure}_spread"), "figure"),
        Column(words.say("column.contribution"), "figure"),
        Column(words.say("column.given_up"), "figure"),
        Column("", "bar", gives_way=1),
    )
    best = result.points[0].contribution
    most = max(best - point.contribution for point in result.points)
    rows = tuple(
        row(
            _burden(words, result.measure, point.unevenness),
            words.money(point.contribution),
            words.money(max(best - point.contribution, 0.0)),
            Bar(*bar_of(max(best - point.contribution, 0.0), most), "less"),
        )
        for point in result.points
    )
    title = words.say("fairness.curve", measure=words.say(f"fairness.of.{result.measure}"))
    return Table(title, columns, rows, (words.say("fairness.curve_note"),))


def _says(result: FrontierResult, words: Wording) -> str:
    first, last = result.points[0], result.points[-1]
    cost = first.contribution - last.contribution
    return words.say(
        "fairness.costs",
        measure=words.say(f"fairness.of.{result.measure}"),
        first=_burden(words, result.measure, first.unevenness),
        last=_burden(words, result.measure, last.unevenness),
        cost=words.money(cost),
        share=words.percent(cost / abs(first.contribution), 2) if first.contribution else "",
    )


def _flat(result: FrontierResult, words: Wording) -> str:
    measure = words.say(f"fairness.of.{result.measure}")
    if result.decided_by:
        decided = words.say("decided.by", rules=words.listed(result.decided_by))
        return words.say("fairness.decided", measure=measure, decided=decided)
    return words.say("fairness.flat", measure=measure)
