"""What happened in a traced quarter, in sentences: one happening, the lights, the steering, the training."""

from __future__ import annotations

import datetime as dt

from reports.pages.parts import named, row, shortened
from reports.specs import Block, Cell, Column, Mark, Table, Tone
from reports.wording import Wording
from studies.trace.traces import Happening, TraceResult

__all__ = [
    "about",
    "date_of",
    "happening_cell",
    "lights",
    "names_in",
    "sessions",
    "short_id",
    "short_name",
    "steering",
]

_NAME_CELLS = 24
_WORTH_SAYING_DAYS = 0.5
"""Days of waiting below which nothing is said of them."""
_TONES: dict[str, Tone] = {
    "won": "good",
    "renewed": "good",
    "lost_with_customer": "bad",
    "strike": "warning",
    "event": "bad",
    "bad_debt": "bad",
    "amber_light": "warning",
    "red_light": "bad",
    "rolled_out": "good",
}
_STEERING = ("moved", "posted", "rolled_out", "not_rolled_out", "weights")


def date_of(iso: str, words: Wording) -> str:
    """A date with its weekday, without the year."""
    date = dt.date.fromisoformat(iso)
    weekday = words.say("date.weekdays").split()[date.weekday()]
    return words.say("date", weekday=weekday, day=date.day, month=words.say("date.months").split()[date.month - 1])


def lights(result: TraceResult, words: Wording) -> list[Block]:
    """Amber and red lights of the reviews; green ones are not told."""
    shown = [happening for happening in result.story if happening.kind in ("amber_light", "red_light")]
    if not shown:
        return []
    columns = (
        Column(words.say("column.date"), least=11),
        Column(words.say("column.about")),
        Column(words.say("column.what")),
    )
    lines = tuple(
        row(date_of(light.date, words), light.region or light.rep or "", happening_cell(light, light.subject, words))
        for light in shown
    )
    return [Table(words.say("trace.lights"), columns, lines, (words.say("trace.lights_note"),))]


def steering(result: TraceResult, words: Wording) -> list[Block]:
    """What policies did: money and people moved, strategies tried, weights changed (M6, M5, M3)."""
    shown = [happening for happening in result.story if happening.kind in _STEERING]
    if not shown:
        return []
    names = names_in(result)
    columns = (
        Column(words.say("column.date"), least=11),
        Column(words.say("column.about")),
        Column(words.say("column.what")),
    )
    lines = tuple(
        row(date_of(one.date, words), one.region or one.subject, happening_cell(one, names[one.subject], words))
        for one in shown
    )
    return [Table(words.say("trace.steering"), columns, lines)]


def sessions(result: TraceResult, words: Wording) -> list[Block]:
    """How often the team came together for what, and how its exams went (E1, R1, S7, T6)."""
    held: dict[str, dict[str, int]] = {}
    for happening in result.story:
        if happening.kind in ("session", "exam_passed", "exam_failed"):
            counts = held.setdefault(happening.subject, {"session": 0, "exam_passed": 0, "exam_failed": 0})
            counts[happening.kind] += 1
    if not held:
        return []
    columns = (
        Column(words.say("column.what")),
        Column(words.say("column.times"), "figure"),
        Column(words.say("column.exam_passed"), "figure"),
        Column(words.say("column.exam_failed"), "figure"),
    )
    names = names_in(result)
    lines = tuple(
        row(
            names[measure],
            str(counts["session"]),
            *(str(counts[kind] or "") for kind in ("exam_passed", "exam_failed")),
        )
        for measure, counts in held.items()
    )
    return [Table(words.say("trace.sessions"), columns, lines, (words.say("trace.sessions_note"),))]


def names_in(result: TraceResult) -> dict[str, str]:
    """What risks, contingency plans, policies, measures and activities of a story are called, by id."""
    names = {entry.risk: named(entry.risk, entry.name) for entry in result.strikes}
    names |= {entry.plan: named(entry.plan, entry.name) for entry in result.contingency_plans}
    return names | {id: named(id, name) for id, name in result.names.items()}


def happening_cell(happening: Happening, subject: str, words: Wording) -> Cell:
    """One happening in a sentence; ``subject`` is what it happened to, by name."""
    if happening.kind in ("amber_light", "red_light"):
        metric = words.say(f"light.{happening.subject}")
        text = words.say(f"happening.{happening.kind}", metric=metric, share=words.percent(happening.amount or 0.0, 0))
        return Mark(text, _TONES[happening.kind])
    if happening.kind in _STEERING:
        return _steered(happening, subject, words)
    is_other_work = happening.kind == "touch" and happening.subject != "opportunity"
    text = words.say(
        "happening.work" if is_other_work else f"happening.{happening.kind}",
        stage=happening.stage,
        subject=subject,
        amount=words.short(happening.amount or 0.0),
        hours=words.figure(round(happening.hours or 0.0, 2)),
        work=words.choose("work", happening.subject, happening.subject),
    )
    if happening.kind == "plan" and happening.until is not None:
        text = words.joined(text, words.say("happening.plan_from", date=date_of(happening.until, words)))
    if (happening.waited or 0.0) >= _WORTH_SAYING_DAYS:
        late = "happening.late" if happening.kind == "paid" else "happening.waited"
        days = words.quantity(round(happening.waited or 0.0, 1))
        text = words.say("also", text=text, more=words.say(late, days=days))
    return Mark(text, _TONES[happening.kind]) if happening.kind in _TONES else text


def _steered(happening: Happening, subject: str, words: Wording) -> Cell:
    """M6, M5 or M3; a verdict says on how many cases it rests, or that they were too few."""
    kind, before, amount = happening.kind, happening.before or 0.0, happening.amount
    if kind == "moved":
        amounts = {"before": words.short(before), "amount": words.short(amount or 0.0)}
        return words.say("happening.moved", subject=subject, **amounts)
    if kind == "posted":
        return words.say("happening.posted", rep=happening.rep or "", subject=happening.subject)
    if kind == "weights":
        shares = {"before": words.percent(before), "amount": words.percent(amount or 0.0)}
        return words.say("happening.weights", subject=subject, **shares)
    if amount is None:
        return words.say("happening.no_verdict", subject=subject, cases=happening.cases)
    share = words.percent(1 + amount)
    text = words.say(f"happening.{kind}", subject=subject, share=share, cases=happening.cases)
    return Mark(text, _TONES[kind]) if kind in _TONES else text


def about(happening: Happening) -> str:
    """The opportunity, customer or region of a happening."""
    known: tuple[str | None, ...] = (
        happening.opportunity and short_id(happening.opportunity),
        happening.account,
        happening.region,
    )
    return shortened(" · ".join(text for text in known if text), 4 * _NAME_CELLS)


def short_name(id: str, name: str) -> str:
    """A rep or customer by id and as much of the name as there is room for."""
    return shortened(named(id, name, " "), _NAME_CELLS)


def short_id(opportunity: str) -> str:
    """An opportunity's id as it is given to ``--opportunity``."""
    return opportunity.removeprefix("opportunity:")
