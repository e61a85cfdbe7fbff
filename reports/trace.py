"""The page of a trace: a quarter as a story, or the part of it that is about one rep, customer, opportunity or week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from reports.json_texts import print_json
from reports.parts import bar_of, changes, left_out, money_title, named, row, shortened
from reports.specs import Bar, Block, Cell, Column, Heading, Mark, Page, Row, Sentence, Table, Tone
from reports.terminal import show
from reports.wording import Scale, Wording
from studies.traces import DealOutcome, Happening, StrikeRow, TracedKpi, TraceResult

__all__ = ["show_trace", "trace_page"]

_MOST_CHANGED = 12
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
}


def show_trace(result: TraceResult, json: bool, words: Wording, source: str = "PLAN") -> None:
    """Show a trace as a story or as JSON."""
    if json:
        print_json(result.model_dump_json(indent=2))
    else:
        show(trace_page(result, words, source), words)


def trace_page(result: TraceResult, words: Wording, source: str = "PLAN") -> Page:
    """The story; ``source`` is what the planner calls the plan on the command line."""
    blocks: list[Block] = [
        Heading(
            words.say("trace.title", n=result.replication, plan=result.plan),
            words.say(
                "trace.detail",
                allocation=result.allocation_name,
                seed=result.seed,
                currency=words.currency(result.currency),
            ),
        ),
        _headline(result, words),
        *_in_play(result, words),
        *changes(words, "changes.title", result.changes),
    ]
    if result.focus.is_narrow:
        blocks += [*_subject(result, words), *_by_week_of_rep(result, words), _story(result, words)]
        return Page(tuple(blocks))
    blocks += [
        *_nature(result, words),
        *_strikes(result, words),
        *_lights(result, words),
        *_plans(result, words),
        *_what_it_changed(result, words),
        _weeks(result, words),
        _reps(result, words),
        Sentence(words.say("trace.next", plan=source, n=result.replication), "quiet"),
        *left_out(words, result.not_carried_out, source),
    ]
    return Page(tuple(blocks))


def _kpi(result: TraceResult, kpi_id: str) -> TracedKpi:
    return next(kpi for kpi in result.kpis if kpi.id == kpi_id)


def _date(iso: str, words: Wording) -> str:
    date = dt.date.fromisoformat(iso)
    weekday = words.say("date.weekdays").split()[date.weekday()]
    return words.say("date", weekday=weekday, day=date.day, month=words.say("date.months").split()[date.month - 1])


def _headline(result: TraceResult, words: Wording) -> Sentence:
    signed = _kpi(result, "signed")
    cost = signed.without_risks - signed.value
    key = "trace.cost" if cost >= 0.5 else "trace.gain" if cost <= -0.5 else "trace.same"
    text = words.say(
        "trace.headline",
        signed=words.short_in(signed.value, result.currency),
        share=words.percent(signed.value / result.target),
        target=words.short(result.target),
    )
    rest = words.say(key, calm=words.short(signed.without_risks), by=words.short(abs(cost)))
    return Sentence(words.joined(text, rest), "headline")


def _in_play(result: TraceResult, words: Wording) -> list[Block]:
    risks = words.listed(result.risks) or words.say("none")
    plans = words.listed(result.plans) or words.say("none")
    blocks: list[Block] = [Sentence(words.say("simulate.in_play", risks=risks, plans=plans))]
    if result.forced:
        blocks.append(Sentence(words.say("trace.forced", forced=words.listed(result.forced)), "warning"))
    return blocks


def _nature(result: TraceResult, words: Wording) -> list[Block]:
    if not result.nature:
        return []
    columns = (Column(words.say("column.name")), Column(words.say("column.in_this_quarter")))
    lines = []
    for entry in result.nature:
        by = words.percent(abs(entry.factor - 1))
        key = (
            "trace.higher"
            if entry.factor >= 1.0005
            else "trace.lower"
            if entry.factor <= 0.9995
            else "trace.as_planned"
        )
        what = words.choose("parameter", entry.parameter, entry.parameter.replace("_", " "))
        lines.append(row(named(entry.id, entry.name), words.say(key, what=what, by=by)))
    return [Table(words.say("trace.nature"), columns, tuple(lines))]


def _strikes(result: TraceResult, words: Wording) -> list[Block]:
    if not result.strikes:
        return [Sentence(words.say("trace.calm"))]
    columns = (
        Column(words.say("column.date"), least=11),
        Column(words.say("column.what")),
        Column(words.say("column.hit")),
        Column(words.say("column.came_of_it")),
    )
    lines = tuple(
        row(
            _date(strike.date, words),
            named(strike.risk, strike.name),
            shortened(named(strike.subject, strike.subject_name, " "), _NAME_CELLS),
            _came_of(strike, words),
        )
        for strike in result.strikes
    )
    return [Table(words.say("trace.strikes"), columns, lines)]


def _came_of(strike: StrikeRow, words: Wording) -> Cell:
    if strike.event is not None and strike.event_date is not None:
        what = words.choose("event", strike.event, strike.event.replace("_", " "))
        return Mark(words.say("trace.event", what=what, date=_date(strike.event_date, words)), "bad")
    if strike.event is not None:
        return words.say("trace.undecided" if strike.undecided else "trace.no_event")
    return words.say("trace.known", date=_date(strike.known_date, words)) if strike.known_date else ""


def _lights(result: TraceResult, words: Wording) -> list[Block]:
    """Amber and red lights of the reviews; green ones are not told."""
    lights = [happening for happening in result.story if happening.kind in ("amber_light", "red_light")]
    if not lights:
        return []
    columns = (
        Column(words.say("column.date"), least=11),
        Column(words.say("column.about")),
        Column(words.say("column.what")),
    )
    lines = tuple(
        row(_date(light.date, words), light.region or light.rep or "", _happening(light, light.subject, words))
        for light in lights
    )
    return [Table(words.say("trace.lights"), columns, lines, (words.say("trace.lights_note"),))]


def _plans(result: TraceResult, words: Wording) -> list[Block]:
    if not result.contingency_plans:
        return [Sentence(words.say("trace.no_plan"))]
    scale = words.scale(plan.cost for plan in result.contingency_plans)
    columns = (
        Column(words.say("column.plan")),
        Column(words.say("column.began")),
        Column(words.say("column.times"), "figure"),
        Column(words.say("column.acted_on"), "figure"),
        Column(words.say("column.plan_cost"), "figure"),
    )
    lines = tuple(
        row(
            named(plan.plan, plan.name),
            words.listed(_begun(text, words) for text in plan.started) or words.say("trace.never"),
            str(plan.triggered),
            str(len(plan.used_on)),
            scale.of(plan.cost),
        )
        for plan in result.contingency_plans
    )
    title = money_title(words, "trace.plans", scale, result.currency)
    return [Table(title, columns, lines, (words.say("trace.plans_note"),))]


def _begun(text: str, words: Wording) -> str:
    """``2027-07-19 R05``, or only whom it was for where it would begin after the quarter."""
    date, _, subject = text.partition(" ")
    if not subject:
        return words.say("trace.too_late", subject=text)
    return words.say("in_brackets", text=_date(date, words), more=subject)


def _what_it_changed(result: TraceResult, words: Wording) -> list[Block]:
    differing = [kpi for kpi in result.kpis if _difference(kpi, words).strip("0.")]
    if not differing and not result.changed:
        return [Sentence(words.say("trace.nothing_changed"))]
    columns = (
        Column(words.say("column.kpi")),
        Column(words.say("column.this_quarter"), "figure"),
        Column(words.say("column.without_risks"), "figure"),
        Column(words.say("column.made_of_it"), "figure"),
    )
    lines = tuple(
        row(
            words.choose("kpi", kpi.id, kpi.label),
            words.value(kpi.value, kpi.unit),
            words.value(kpi.without_risks, kpi.unit),
            _difference(kpi, words),
            strong=kpi.id == "signed",
        )
        for kpi in differing
    )
    return [
        Table(words.say("trace.changed"), columns, lines, (words.say("trace.changed_note"),)),
        *_ends(result, words),
    ]


def _difference(kpi: TracedKpi, words: Wording) -> str:
    return words.difference(kpi.value - kpi.without_risks, kpi.unit)


def _ends(result: TraceResult, words: Wording) -> list[Block]:
    if not result.changed:
        return []
    scale = words.scale(abs(end.signed - end.signed_without_risks) for end in result.changed)
    columns = (
        Column(words.say("column.what")),
        Column(words.say("column.this_quarter"), least=10),
        Column(words.say("column.without_risks"), least=10),
        Column(words.say("column.made_of_it"), "figure"),
    )
    lines = tuple(_end(end, words, scale) for end in result.changed[:_MOST_CHANGED])
    more = len(result.changed) - _MOST_CHANGED
    notes = (words.count("trace.ends_more", more),) if more > 0 else ()
    return [Table(money_title(words, "trace.ends", scale, result.currency), columns, lines, notes)]


def _end(end: DealOutcome, words: Wording, scale: Scale) -> Row:
    about = words.listed([end.product, *([end.account] if end.account else [])])
    return row(
        words.say("in_brackets", text=_short(end.id), more=about),
        words.say(f"outcome.{end.outcome.replace(' ', '_')}"),
        words.say(f"outcome.{end.outcome_without_risks.replace(' ', '_')}"),
        scale.signed(end.signed - end.signed_without_risks),
    )


def _short(opportunity: str) -> str:
    """An opportunity's id as it is given to ``--opportunity``."""
    return opportunity.removeprefix("opportunity:")


def _weeks(result: TraceResult, words: Wording) -> Table:
    scale = words.scale(
        [*(week.so_far for week in result.weeks), *(week.without_risks_so_far for week in result.weeks)]
    )
    largest = max((week.signed for week in result.weeks), default=0.0)
    columns = (
        Column(words.say("column.week"), "figure"),
        Column(words.say("column.date"), least=11, gives_way=2),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.so_far"), "figure"),
        Column(words.say("column.of_target"), "figure"),
        Column(words.say("column.without_risks"), "figure", gives_way=1),
        Column("", "bar", gives_way=3),
    )
    lines = tuple(
        row(
            str(week.week),
            _date(week.date, words),
            scale.of(week.signed),
            scale.of(week.so_far),
            words.percent(week.so_far / result.target, 0),
            scale.of(week.without_risks_so_far),
            Bar(*bar_of(week.signed, largest)),
        )
        for week in result.weeks
    )
    title = money_title(words, "trace.weeks", scale, result.currency)
    return Table(title, columns, lines, (words.say("trace.weeks_note"),))


def _reps(result: TraceResult, words: Wording) -> Table:
    scale = words.scale(amount for rep in result.reps for amount in (rep.quota, rep.signed))
    columns = (
        Column(words.say("column.rep")),
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.of_quota"), "figure"),
        Column(words.say("column.without_risks"), "figure", gives_way=1),
        Column(words.say("column.note"), least=10, gives_way=2),
    )
    lines = tuple(
        row(
            named(rep.rep, rep.name, " "),
            scale.of(rep.quota),
            scale.of(rep.signed),
            words.percent(rep.signed / rep.quota, 0) if rep.quota > 0 else "",
            scale.of(rep.without_risks),
            words.say("trace.left", date=_date(rep.left_date, words)) if rep.left_date else "",
        )
        for rep in result.reps
    )
    return Table(money_title(words, "trace.reps", scale, result.currency), columns, lines)


def _subject(result: TraceResult, words: Wording) -> list[Block]:
    """What became of the one thing that the story is about."""
    focus, texts = result.focus, []
    if focus.week is not None:
        week = result.weeks[focus.week - 1]
        texts.append(
            words.say(
                "trace.about_week",
                n=week.week,
                date=_date(week.date, words),
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
            quota=words.short(rep.quota),
            calm=words.short(rep.without_risks),
            hours=words.quantity(rep.hours),
        )
        left = [words.say("trace.rep_left", date=_date(rep.left_date, words))] if rep.left_date else []
        texts.append(words.joined(text, *left))
    if focus.account is not None:
        texts.append(words.say("trace.about_account", account=named(focus.account, result.focus_name, " ")))
    if focus.opportunity is not None:
        texts.append(_about_opportunity(result, focus.opportunity, words))
    return [Sentence(text, "headline") for text in texts]


def _about_opportunity(result: TraceResult, opportunity: str, words: Wording) -> str:
    touches = [row for row in result.story if row.kind == "touch" and row.opportunity == opportunity]
    end = next((end for end in result.changed if end.id == opportunity), None)
    text = words.say(
        "trace.about_opportunity",
        opportunity=named(_short(opportunity), result.focus_name),
        touches=len(touches),
        hours=words.quantity(sum(touch.hours or 0.0 for touch in touches)),
        waited=words.quantity(sum(touch.waited or 0.0 for touch in touches)),
    )
    if end is None:
        return words.joined(text, words.say("trace.about_same"))
    outcome = words.say(f"outcome.{end.outcome_without_risks.replace(' ', '_')}")
    amount = words.short(end.signed_without_risks)
    return words.joined(text, words.say("trace.about_otherwise", outcome=outcome, signed=amount))


def _by_week_of_rep(result: TraceResult, words: Wording) -> list[Block]:
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
    quota = next(rep.quota for rep in result.reps if rep.rep == result.focus.rep)
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
    return [Table(title, columns, tuple(lines), (words.say("trace.rep_weeks_note"),))]


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
    names = {entry.risk: named(entry.risk, entry.name) for entry in result.strikes}
    names |= {entry.plan: named(entry.plan, entry.name) for entry in result.contingency_plans}
    lines = tuple(
        row(
            _date(happening.date, words),
            _happening(happening, names.get(happening.subject, happening.subject), words),
            "" if focus.opportunity is not None else _about(happening),
            (happening.rep or "") if focus.rep is None else "",
        )
        for happening in kept
    )
    title = "trace.story" if kept else "trace.no_story"
    return Table(words.say(title), columns, lines)


def _happening(happening: Happening, subject: str, words: Wording) -> Cell:
    if happening.kind in ("amber_light", "red_light"):
        metric = words.say(f"light.{happening.subject}")
        text = words.say(f"happening.{happening.kind}", metric=metric, share=words.percent(happening.amount or 0.0, 0))
        return Mark(text, _TONES[happening.kind])
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
        text = words.joined(text, words.say("happening.plan_from", date=_date(happening.until, words)))
    if (happening.waited or 0.0) >= _WORTH_SAYING_DAYS:
        late = "happening.late" if happening.kind == "paid" else "happening.waited"
        days = words.quantity(round(happening.waited or 0.0, 1))
        text = words.say("also", text=text, more=words.say(late, days=days))
    return Mark(text, _TONES[happening.kind]) if happening.kind in _TONES else text


def _about(happening: Happening) -> str:
    known: Sequence[str | None] = (
        happening.opportunity and _short(happening.opportunity),
        happening.account,
        happening.region,
    )
    return shortened(" · ".join(text for text in known if text), 4 * _NAME_CELLS)
