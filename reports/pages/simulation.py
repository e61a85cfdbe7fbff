"""The page of a simulation: the chance of the target, where it comes from, who carries it."""

from __future__ import annotations

import itertools

from reports.pages.bridge import kind_of, levels, step_name
from reports.pages.parts import bar_of, changes, kpi_table, money_title, quarter_heading, row, spread_table
from reports.pages.rules import missed_rules
from reports.specs import Bar, Block, Cell, Column, Listing, Page, Row, Sentence, Table
from reports.wording import Wording
from studies.results import Estimate, KpiRow
from studies.simulating import SimulateResult

__all__ = ["headline", "simulation_page"]


def simulation_page(result: SimulateResult, words: Wording, source: str = "PLAN", is_part: bool = False) -> Page:
    """Everything that a simulation says; ``source`` is what the planner calls the plan on the command line."""
    blocks: list[Block] = [
        quarter_heading(
            words.say("simulate.part") if is_part else words.say("simulate.title", plan=result.plan), result, words
        ),
        *([] if is_part else headline(result, words)),
        *_in_play(result, words),
        *([] if is_part else changes(words, "changes.title", result.changes)),
        *missed_rules(words, "rules.missed_by_hand", result.violations),
        _bridge(result, words),
        kpi_table(words, result.kpis),
        spread_table(words, "simulate.by_product", result.by_product, result.currency),
        spread_table(words, "simulate.by_region", result.by_region, result.currency),
        spread_table(words, "simulate.by_rep", result.by_rep, result.currency, _reps_on_quota(result, words)),
        _weeks(result, words),
        *_criteria(result, words),
        *_caveats(result, words),
    ]
    return Page(tuple(blocks))


def headline(result: SimulateResult, words: Wording) -> list[Block]:
    """The chance of the target and the range in which most quarters end."""
    target = words.short_in(result.target, result.currency)
    blocks: list[Block] = []
    chance = _kpi(result, "p_target")
    if chance is not None:
        half = words.within_points(chance.half_width)
        text = words.say("simulate.chance", target=target, chance=words.percent(chance.mean), half=half)
        blocks.append(Sentence(text, "headline"))
    signed = _kpi(result, "signed")
    if signed is not None:
        low, middle, high = (words.short(x) for x in (signed.p10, signed.p50, signed.p90))
        blocks.append(Sentence(words.say("simulate.range", low=low, middle=middle, high=high), "headline"))
        if signed.worst_tenth is not None:
            worst = signed.worst_tenth
            half = words.half_width(worst.ci_low, worst.ci_high, "money")
            blocks.append(Sentence(words.say("simulate.worst", worst=words.short(worst.mean), half=half)))
    if chance is not None and signed is not None and chance.unknown is not None and signed.unknown is not None:
        share = signed.unknown.share
        text = words.say(
            "simulate.unknown",
            share=words.percent(share.mean, 0),
            interval=words.interval(share.ci_low, share.ci_high, "share"),
            low=words.percent(max(chance.unknown.low, 0.0), 0),
            high=words.percent(min(chance.unknown.high, 1.0), 0),
        )
        blocks.append(Sentence(text))
    cash, rate = _kpi(result, "cash"), _kpi(result, "collection_rate")
    if cash is not None and rate is not None:
        text = words.say(
            "simulate.cash",
            cash=words.short(cash.mean),
            rate=words.percent(rate.mean),
            interval=words.interval(rate.ci_low, rate.ci_high, "share"),
        )
        blocks.append(Sentence(text))
    return blocks


def _kpi(result: SimulateResult, kpi_id: str) -> KpiRow | None:
    return next((kpi for kpi in result.kpis if kpi.id == kpi_id), None)


def _in_play(result: SimulateResult, words: Wording) -> list[Block]:
    risks = words.listed(result.risks) or words.say("none")
    plans = words.listed(result.plans) or words.say("none")
    blocks: list[Block] = [Sentence(words.say("simulate.in_play", risks=risks, plans=plans))]
    if result.forced:
        blocks.append(Sentence(words.say("simulate.forced", forced=words.listed(result.forced)), "warning"))
    return blocks


def _bridge(result: SimulateResult, words: Wording) -> Table:
    """Steps add up from the left, totals stand on zero."""
    scale = words.scale(step.amount for step in result.bridge)
    columns = (
        Column(""),
        Column(words.say("column.amount"), "figure"),
        Column(words.say("column.half_width"), "figure", gives_way=1),
        Column("", "bar", gives_way=2),
    )
    spans = levels(result.bridge)
    largest = max((abs(end) for _, end in spans), default=0.0)
    rows: list[Row] = []
    for step, span in zip(result.bridge, spans, strict=True):
        is_total = step.kind == "total"
        within = "" if step.half_width is None else scale.within(step.half_width)
        bar: Cell = Bar(min(span) / largest, max(span) / largest, kind_of(step)) if largest > 0 else ""
        figure = scale.of(step.amount) if is_total else scale.signed(step.amount)
        rows.append(row(step_name(step, words, result.plans), figure, within, bar, strong=is_total))
    return Table(
        money_title(words, "bridge.title", scale, result.currency), columns, tuple(rows), (words.say("bridge.note"),)
    )


def _reps_on_quota(result: SimulateResult, words: Wording) -> tuple[str, ...]:
    share, asked = _kpi(result, "reps_on_quota"), sum(rep.target > 0 for rep in result.by_rep)
    if share is None or not asked:
        return ()
    return (words.say("simulate.reps_on_quota", share=words.percent(share.mean, 0), n=asked),)


def _weeks(result: SimulateResult, words: Wording) -> Table:
    sums = list(itertools.accumulate(week.mean for week in result.by_week))
    scale = words.scale([*sums, *(week.p90 for week in result.by_week)])
    largest = max((week.mean for week in result.by_week), default=0.0)
    cash = {week.id: week.mean for week in result.cash_by_week}
    columns = (
        Column(words.say("column.week")),
        Column(words.say("column.signed"), "figure"),
        Column(words.say("column.p10"), "figure", gives_way=2),
        Column(words.say("column.p90"), "figure", gives_way=2),
        Column(words.say("column.so_far"), "figure"),
        Column(words.say("column.cash"), "figure"),
        Column("", "bar", gives_way=3),
    )
    rows = tuple(
        row(
            words.say("simulate.week", n=week.id),
            scale.of(week.mean),
            scale.of(week.p10),
            scale.of(week.p90),
            scale.of(so_far),
            scale.of(cash[week.id]) if week.id in cash else "",
            Bar(*bar_of(week.mean, largest)),
        )
        for week, so_far in zip(result.by_week, sums, strict=True)
    )
    title = money_title(words, "simulate.by_week", scale, result.currency)
    return Table(title, columns, rows, (words.say("simulate.by_week_note"),))


def _criteria(result: SimulateResult, words: Wording) -> list[Block]:
    """Whether the phases will be accepted, as far as a figure decides it."""
    if not result.criteria:
        return []
    columns = (
        Column(words.say("column.phase")),
        Column(words.say("column.criterion")),
        Column(words.say("column.right"), "figure"),
        Column(words.say("column.mean"), "figure"),
        Column(words.say("column.chance"), "figure"),
        Column(words.say("column.half_width"), "figure", gives_way=1),
    )
    rows = tuple(
        row(
            entry.phase_name,
            entry.name,
            words.percent(entry.at_least, 0),
            words.percent(entry.mean.mean),
            words.percent(entry.met.mean, 0),
            words.within_points(entry.met.half_width),
        )
        for entry in result.criteria
    )
    return [Table(words.say("simulate.criteria"), columns, rows, (words.say("simulate.criteria_note"),))]


def _caveats(result: SimulateResult, words: Wording) -> list[Block]:
    blocks: list[Block] = []
    if result.expected_signed is not None and result.optimism is not None:
        blocks.append(_optimism(result.expected_signed, result.optimism, words))
    if result.clips:
        entries = tuple(
            words.say("clips.entry", parameter=words.choose("parameter", name, name), n=words.quantity(mean))
            for name, mean in sorted(result.clips.items())
        )
        blocks.append(Listing(words.say("clips.title"), entries))
    return blocks


def _optimism(expected: float, optimism: Estimate, words: Wording) -> Sentence:
    simulated = expected - optimism.mean
    key = "optimism.level"
    if optimism.ci_low > 0:
        key = "optimism.high"
    elif optimism.ci_high < 0:
        key = "optimism.low"
    text = words.say(
        key,
        expected=words.short(expected),
        simulated=words.short(simulated),
        gap=words.short(abs(optimism.mean)),
        share=words.percent(abs(optimism.mean) / expected) if expected > 0 else "",
        half=words.half_width(optimism.ci_low, optimism.ci_high, "money"),
    )
    return Sentence(text, "warning" if key == "optimism.high" else "plain")
