"""A deck of slides about saved runs: the headline, then what a meeting asks next, as tables and charts of its own.

The slides say what terminal and report say, from the same pages. What is left to the report: rules and their prices one
by one, pictures that an office program cannot draw, and the long list of single assumptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reports.documents.document import report_of
from reports.pages.allocation import allocation_page
from reports.pages.bridge import StepKind, kind_of, levels, step_name
from reports.pages.parts import clears_zero, named, row
from reports.pages.run import page_of, parts_of
from reports.pages.simulation import simulation_page
from reports.pages.stress import stress_page
from reports.pages.verdicts import verdict_mark
from reports.specs import Block, Cell, Chapter, Column, Deck, Heading, Mark, Plot, Sentence, Series, Table, Tone
from reports.wording import Scale, Wording
from studies.allocation.results import AllocateResult
from studies.decisions.stress_rows import StressRow
from studies.decisions.stressing import StressResult
from studies.main_job import RunResult
from studies.results import Record
from studies.reviewing import review
from studies.saved.reporting import SavedRun
from studies.simulating import BridgeStep, SimulateResult

__all__ = ["deck_of"]

_MOST_ASSUMED = 3
"""Figures of one source that a slide names; more are counted."""
_SLOT_CELLS = 16


def deck_of(runs: Sequence[SavedRun], words: Wording) -> Deck:
    """The deck of a run, and of others that belong to it."""
    report, first = report_of(runs, words), runs[0]
    parts = {section.id: section for section in report.sections}
    status = _status(first, words)
    headline = (block for block in _spoken(report.board.blocks) if not isinstance(block, Table))
    chapters = [Chapter(words.say("deck.headline"), (*headline, status))]
    for run in runs:
        chapters += [_chapter(result, run, words) for result in parts_of(run.result)]
    chapters.append(Chapter(parts["checks"].title, parts["checks"].blocks, parts["checks"].detail))
    chapters.append(Chapter(parts["assumptions"].title, tuple(_assumptions(first, words))))
    if "changes" in parts:
        chapters.append(Chapter(parts["changes"].title, parts["changes"].blocks))
    return Deck(report.title, report.detail, tuple(chapters), report.footer)


def _chapter(result: Record, run: SavedRun, words: Wording) -> Chapter:
    """A result's page after its plots; of the main job's parts what the terminal shows of them."""
    is_part = isinstance(run.result, RunResult)
    page, plots = page_of(result, words, run.summary.source), list[Block | Plot]()
    if isinstance(result, AllocateResult):
        page = allocation_page(result, words, run.summary.source, is_part)
    elif isinstance(result, SimulateResult):
        page, plots = simulation_page(result, words, run.summary.source, is_part), _simulation(result, run, words)
    elif isinstance(result, StressResult):
        page, plots = stress_page(result, words, run.summary.source, is_part), _stress(result, words)
    heading = page.blocks[0]
    assert isinstance(heading, Heading), "pages begin so"
    blocks = _spoken(page.blocks[1:])
    first = next((number for number, block in enumerate(blocks) if isinstance(block, Table)), 0) if plots else 0
    title = words.choose(str(type(result).model_fields["study"].default), "part", heading.text)
    return Chapter(title, (*blocks[:first], *plots, *blocks[first:]), heading.detail)


def _spoken(blocks: Sequence[Block]) -> list[Block]:
    """What is for a meeting: not the remarks about the making of figures."""
    return [block for block in blocks if not (isinstance(block, Sentence) and block.tone == "quiet")]


def _status(run: SavedRun, words: Wording) -> Sentence:
    """How many checks pass; a failure that was exported anyway stands on the first slide."""
    checks = review(run.result, run.plan)
    count = {status: sum(check.status == status for check in checks) for status in ("FAIL", "REVIEW", "PASS")}
    tone: Tone = "bad" if count["FAIL"] else "warning" if count["REVIEW"] else "good"
    text = words.say("checks.detail", fail=count["FAIL"], review=count["REVIEW"], passed=count["PASS"])
    return Sentence(words.say("says", what=words.say("checks.title"), text=text), tone)


def _simulation(result: SimulateResult, run: SavedRun, words: Wording) -> list[Block | Plot]:
    plots: list[Block | Plot] = []
    names = [step_name(step, words, result.plans) for step in result.bridge]
    if (bridge := _bridge(result.bridge, names, words, result.currency)) is not None:
        plots.append(bridge)
    if run.weeks:
        scale = words.scale([result.target, *(week.p90 for week in run.weeks)])
        last = run.weeks[-1].p50
        path = tuple(week.p50 / last * result.target / scale.divisor if last > 0 else None for week in run.weeks)
        lines = (
            Series("P90", tuple(week.p90 / scale.divisor for week in run.weeks), "edge"),
            Series(words.say("fan.median"), tuple(week.p50 / scale.divisor for week in run.weeks), "middle"),
            Series("P10", tuple(week.p10 / scale.divisor for week in run.weeks), "edge"),
            Series(words.say("fan.path"), path, "path"),
        )
        weeks = tuple(str(week.week) for week in run.weeks)
        unit = words.unit_of(scale, result.currency)
        plots.append(Plot(words.say("fan.title"), "lines", unit, scale.decimals, weeks, lines))
    return plots


def _bridge(steps: Sequence[BridgeStep], names: Sequence[str], words: Wording, currency: str) -> Plot | None:
    """A waterfall of bars on an unseen foot; None where a level falls below zero, where no foot can carry it."""
    spans = levels(steps)
    if not spans or min(map(min, spans)) < 0:
        return None
    scale = words.scale(step.amount for step in steps)
    feet = (0.0 if step.kind == "total" else min(span) for step, span in zip(steps, spans, strict=True))
    series = [Series("", tuple(foot / scale.divisor for foot in feet), "foot")]
    kinds: tuple[StepKind, ...] = ("total", "more", "less")
    for kind in kinds:
        values = (abs(step.amount) / scale.divisor if kind_of(step) == kind else None for step in steps)
        series.append(Series(words.say(f"deck.bridge.{kind}"), tuple(values), kind))
    unit = words.unit_of(scale, currency)
    return Plot(words.say("bridge.title"), "steps", unit, scale.decimals, tuple(names), tuple(series))


def _stress(result: StressResult, words: Wording) -> list[Block | Plot]:
    """Risks × contingency plans as a table, and the net gain of each plan as bars."""
    if not result.rows:
        return []
    blocks: list[Block | Plot] = [_risk_table(result.rows, words, result.currency)]
    gains = [(row.plan, row.gain_contribution) for row in result.rows if row.plan and row.gain_contribution]
    if gains:
        scale = words.scale(gain.mean for _, gain in gains)
        more = tuple(gain.mean / scale.divisor if gain.mean >= 0 else None for _, gain in gains)
        less = tuple(gain.mean / scale.divisor if gain.mean < 0 else None for _, gain in gains)
        series = (
            Series(words.say("deck.bridge.more"), more, "more"),
            Series(words.say("deck.bridge.less"), less, "less"),
        )
        plans, unit = tuple(plan for plan, _ in gains), words.unit_of(scale, result.currency)
        blocks.append(Plot(words.say("worth.title"), "bars", unit, scale.decimals, plans, series))
    return blocks


def _risk_table(rows: Sequence[StressRow], words: Wording, currency: str) -> Table:
    """A row per risk: what it costs without a plan, then each plan against it with what it brings and its verdict."""
    by_risk: defaultdict[tuple[str, str], list[StressRow]] = defaultdict(list)
    for line in rows:
        by_risk[line.risk, line.risk_name].append(line)
    scale = words.scale(
        figure.mean for line in rows for figure in (line.cost_signed, line.gain_contribution) if figure is not None
    )
    most = max(sum(bool(line.plan) for line in lines) for lines in by_risk.values())
    columns = (
        Column(words.say("column.risk")),
        Column(words.say("risk_map.none"), "figure"),
        *(Column(words.say("deck.plan", n=number), least=_SLOT_CELLS) for number in range(1, most + 1)),
    )
    lines = []
    for (risk, name), own in by_risk.items():
        alone = next((line for line in own if not line.plan), None)
        cells: list[Cell] = [_plan_cell(line, words, scale) for line in own if line.plan]
        cells += [""] * (most - len(cells))
        lines.append(row(named(risk, name, " "), "" if alone is None else _cost_cell(alone, scale), *cells))
    title = words.say("title.money", title=words.say("risk_map.title"), unit=words.unit_of(scale, currency))
    return Table(title, columns, tuple(lines), (words.say("deck.risks_note"),))


def _cost_cell(line: StressRow, scale: Scale) -> Cell:
    text = scale.signed(-line.cost_signed.mean)
    return Mark(text, "bad") if clears_zero(line.cost_signed) and line.cost_signed.mean > 0 else text


def _plan_cell(line: StressRow, words: Wording, scale: Scale) -> Cell:
    gain = "" if line.gain_contribution is None else scale.signed(line.gain_contribution.mean)
    verdict = verdict_mark(words, line.verdict)
    return Mark(f"{line.plan}\n{gain} {verdict.text}".strip(), verdict.tone)


def _assumptions(run: SavedRun, words: Wording) -> list[Block]:
    """Where figures come from, weakest grade first: a row per source, naming a few of its figures."""
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for assumption in sorted(run.plan.assumptions, key=lambda one: ("DCB A own".find(one.grade), one.path)):
        groups[assumption.grade, assumption.source].append(assumption.path)
    columns = (
        Column(words.say("column.grade"), least=5),
        Column(words.say("column.figures"), "figure"),
        Column(words.say("column.figure")),
        Column(words.say("column.basis"), least=30),
    )
    lines = []
    for (grade, source), paths in groups.items():
        named_ones = words.listed(paths[:_MOST_ASSUMED])
        more = len(paths) - _MOST_ASSUMED
        text = words.joined(named_ones, words.count("deck.more", more)) if more > 0 else named_ones
        lines.append(row(Mark(grade, "warning") if grade in "CD" else grade, words.money(len(paths)), text, source))
    weak = sum(assumption.grade in ("C", "D") for assumption in run.plan.assumptions)
    said = words.say("deck.weak", weak=weak, n=len(run.plan.assumptions))
    if not lines:
        return [Sentence(said)]
    return [Sentence(said), Table("", columns, tuple(lines), (words.say("import.assumed_note"),))]
