"""The page of a trace: a quarter as a story, or the part of it that is about one rep, customer, opportunity or week."""

from __future__ import annotations

from reports.json_texts import print_json
from reports.pages.closeup import closeup
from reports.pages.happenings import date_of, lights, sessions, short_id, short_name, steering
from reports.pages.parts import allocation_name, bar_of, changes, money_title, named, row
from reports.specs import Bar, Block, Cell, Column, Heading, Mark, Page, Row, Sentence, Table
from reports.terminal import show
from reports.wording import Scale, Wording
from studies.trace.traces import DealOutcome, StrikeRow, TracedKpi, TraceResult

__all__ = ["show_trace", "trace_page"]

_MOST_CHANGED = 12


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
                allocation=allocation_name(result.allocation_name, words),
                seed=result.seed,
                currency=words.currency(result.currency),
            ),
        ),
        _headline(result, words),
        *_in_play(result, words),
        *changes(words, "changes.title", result.changes),
    ]
    if result.focus.is_narrow:
        return Page((*blocks, *closeup(result, words)))
    blocks += [
        *_nature(result, words),
        *_strikes(result, words),
        *lights(result, words),
        *_plans(result, words),
        *steering(result, words),
        *sessions(result, words),
        *_what_it_changed(result, words),
        _weeks(result, words),
        _reps(result, words),
        Sentence(words.say("trace.next", plan=source, n=result.replication), "quiet"),
    ]
    return Page(tuple(blocks))


def _kpi(result: TraceResult, kpi_id: str) -> TracedKpi:
    return next(kpi for kpi in result.kpis if kpi.id == kpi_id)


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
            date_of(strike.date, words),
            named(strike.risk, strike.name),
            short_name(strike.subject, strike.subject_name),
            _came_of(strike, words),
        )
        for strike in result.strikes
    )
    return [Table(words.say("trace.strikes"), columns, lines)]


def _came_of(strike: StrikeRow, words: Wording) -> Cell:
    if strike.event is not None and strike.event_date is not None:
        what = words.choose("event", strike.event, strike.event.replace("_", " "))
        return Mark(words.say("trace.event", what=what, date=date_of(strike.event_date, words)), "bad")
    if strike.event is not None:
        return words.say("trace.undecided" if strike.undecided else "trace.no_event")
    return words.say("trace.known", date=date_of(strike.known_date, words)) if strike.known_date else ""


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
    return words.say("in_brackets", text=date_of(date, words), more=subject)


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
        words.say("in_brackets", text=short_id(end.id), more=about),
        words.say(f"outcome.{end.outcome.replace(' ', '_')}"),
        words.say(f"outcome.{end.outcome_without_risks.replace(' ', '_')}"),
        scale.signed(end.signed - end.signed_without_risks),
    )


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
            date_of(week.date, words),
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
    """Against the quotas that stand in the end; what was handed out beside them where weights were moved (M3)."""
    scale = words.scale(amount for rep in result.reps for amount in (rep.quota, rep.final_quota, rep.signed))
    were_moved = any(scale.of(rep.quota) != scale.of(rep.final_quota) for rep in result.reps)
    handed_out = (Column(words.say("column.handed_out"), "figure", gives_way=3, under=0),) if were_moved else ()
    columns = (
        Column(words.say("column.rep")),
        *handed_out,
        Column(words.say("column.quota"), "figure"),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.of_quota"), "figure"),
        Column(words.say("column.without_risks"), "figure", gives_way=1),
        Column(words.say("column.note"), least=10, gives_way=2),
    )
    lines = tuple(
        row(
            named(rep.rep, rep.name, " "),
            *((scale.of(rep.quota),) if were_moved else ()),
            scale.of(rep.final_quota),
            scale.of(rep.signed),
            words.percent(rep.signed / rep.final_quota, 0) if rep.final_quota > 0 else "",
            scale.of(rep.without_risks),
            words.say("trace.left", date=date_of(rep.left_date, words)) if rep.left_date else "",
        )
        for rep in result.reps
    )
    notes = (words.say("trace.quotas_moved"),) if were_moved else ()
    return Table(money_title(words, "trace.reps", scale, result.currency), columns, lines, notes)
