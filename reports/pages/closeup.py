"""The part of a trace that is about one rep, customer, opportunity or week."""

from __future__ import annotations

from reports.pages.happenings import about, date_of, happening_cell, names_in, short_id
from reports.pages.parts import money_title, named, row
from reports.specs import Block, Column, Sentence, Table
from reports.wording import Wording
from studies.trace.traces import Happening, RepOutcome, TraceResult

__all__ = ["closeup"]


def closeup(result: TraceResult, words: Wording) -> list[Block]:
    """What became of the one thing, a rep's weeks, and all that happened to it."""
    return [*_subject(result, words), *_weeks_of_rep(result, words), _story(result, words)]


def _subject(result: TraceResult, words: Wording) -> list[Block]:
    """What became of the one thing that the story is about."""
    focus, texts = result.focus, []
    if focus.week is not None:
        week = result.weeks[focus.week - 1]
        texts.append(
            words.say(
                "trace.about_week",
                n=week.week,
                date=date_of(week.date, words),
                signed=words.short(week.signed),
                so_far=words.short(week.so_far),
                share=words.percent(week.so_far / result.target),
            )
        )
    if focus.rep is not None:
        rep = next(rep for rep in result.reps if rep.rep == focus.rep)
        text = words.say(
            "trace.about_rep",
            rep=named(rep.rep, rep.name, " "),
            signed=words.short(rep.signed),
            quota=_quota(rep, words),
            calm=words.short(rep.without_risks),
            hours=words.quantity(rep.hours),
        )
        left = [words.say("trace.rep_left", date=date_of(rep.left_date, words))] if rep.left_date else []
        texts.append(words.joined(text, *left))
    if focus.account is not None:
        texts.append(words.say("trace.about_account", account=named(focus.account, result.focus_name, " ")))
    if focus.opportunity is not None:
        texts.append(_about_opportunity(result, focus.opportunity, words))
    return [Sentence(text, "headline") for text in texts]


def _quota(rep: RepOutcome, words: Wording) -> str:
    """The quota that stands in the end, and the one handed out where weights have moved it (M3)."""
    quota, before = words.short(rep.final_quota), words.short(rep.quota)
    return quota if quota == before else words.say("trace.quota_was", quota=quota, before=before)


def _about_opportunity(result: TraceResult, opportunity: str, words: Wording) -> str:
    touches = [row for row in result.story if row.kind == "touch" and row.opportunity == opportunity]
    end = next((end for end in result.changed if end.id == opportunity), None)
    text = words.say(
        "trace.about_opportunity",
        opportunity=named(short_id(opportunity), result.focus_name),
        touches=len(touches),
        hours=words.quantity(sum(touch.hours or 0.0 for touch in touches)),
        waited=words.quantity(sum(touch.waited or 0.0 for touch in touches)),
    )
    if end is None:
        return words.joined(text, words.say("trace.about_same"))
    outcome = words.say(f"outcome.{end.outcome_without_risks.replace(' ', '_')}")
    amount = words.short(end.signed_without_risks)
    return words.joined(text, words.say("trace.about_otherwise", outcome=outcome, signed=amount))


def _weeks_of_rep(result: TraceResult, words: Wording) -> list[Block]:
    """A rep's quarter, week by week; the touches of one week are in its story."""
    if result.focus.rep is None or result.focus.week is not None:
        return []
    signed = {week.week: 0.0 for week in result.weeks}
    touches: dict[int, list[Happening]] = {week.week: [] for week in result.weeks}
    for happening in result.story:
        if happening.kind == "touch":
            touches[happening.week].append(happening)
        elif happening.kind in ("won", "renewed"):
            signed[happening.week] += happening.amount or 0.0
    rep = next(rep for rep in result.reps if rep.rep == result.focus.rep)
    quota = rep.final_quota
    scale = words.scale([quota, *signed.values()])
    columns = (
        Column(words.say("column.week"), "figure"),
        Column(words.say("column.touches"), "figure"),
        Column(words.say("column.rep_hours"), "figure"),
        Column(words.say("column.waited"), "figure", gives_way=1),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.of_quota"), "figure"),
    )
    lines, so_far = [], 0.0
    for week, done in touches.items():
        so_far += signed[week]
        waited = sum(touch.waited or 0.0 for touch in done) / len(done) if done else 0.0
        lines.append(
            row(
                str(week),
                str(len(done)),
                words.quantity(sum(touch.hours or 0.0 for touch in done)),
                words.quantity(waited),
                scale.of(signed[week]),
                words.percent(so_far / quota, 0) if quota > 0 else "",
            )
        )
    title = money_title(words, "trace.rep_weeks", scale, result.currency)
    notes = [words.say("trace.rep_weeks_note")]
    if _quota(rep, words) != words.short(rep.quota):
        notes.append(words.say("trace.rep_weeks_quota"))
    return [Table(title, columns, tuple(lines), tuple(notes))]


def _story(result: TraceResult, words: Wording) -> Table:
    """What happened, in order of time."""
    focus = result.focus
    in_full = focus.rep is None or focus.week is not None
    kept = [happening for happening in result.story if in_full or happening.kind != "touch"]
    columns = (
        Column(words.say("column.date"), least=11),
        Column(words.say("column.what")),
        Column(words.say("column.about"), least=14),
        Column(words.say("column.rep"), least=4),
    )
    names = names_in(result)
    lines = tuple(
        row(
            date_of(happening.date, words),
            happening_cell(happening, names.get(happening.subject, happening.subject), words),
            "" if focus.opportunity is not None else about(happening),
            (happening.rep or "") if focus.rep is None else "",
        )
        for happening in kept
    )
    title = "trace.story" if kept else "trace.no_story"
    return Table(words.say(title), columns, lines)
