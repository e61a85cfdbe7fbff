"""A report of saved runs: one page for those who decide, then everything, a section per question.

A section is the page that the terminal shows, with its charts; so what a study adds to its page stands in the report
too. Other runs (a comparison, a tornado, a back-test) become sections of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.documents.allocation_charts import coverage_chart, fairness_chart, price_chart
from reports.documents.quarter_charts import bridge_chart, cash_chart, chance_chart, fan_chart
from reports.documents.risk_charts import risk_map, tornado_chart, worth_chart
from reports.pages.bridge import step_name
from reports.pages.parts import changes, row
from reports.pages.review import checks_table
from reports.pages.rules import member_name
from reports.pages.run import page_of, summary
from reports.specs import Block, Card, Chart, Column, Heading, Mark, Report, Section, Sentence, Table
from reports.wording import Wording
from scenarios.plan import Plan
from simulation.kpis import KPIS
from studies.allocation.results import AllocateResult
from studies.decisions.sensitivity import SensitivityResult
from studies.decisions.stressing import StressResult
from studies.main_job import RunResult
from studies.results import KpiRow, Record
from studies.reviewing import Check, review
from studies.saved.reporting import SavedRun, coverage_by_region, coverage_by_rep
from studies.simulating import SimulateResult

__all__ = ["report_of"]

_MOST_PRICES = 12
_MOST_RANGES = 15
_MOST_ON_BOARD = 4
_MOST_ROWS = 40
"""Assumptions of one kind beyond which they are counted rather than listed."""


def report_of(runs: Sequence[SavedRun], words: Wording) -> Report:
    """The report of a run, and of others that belong to it."""
    first = runs[0]
    checks = review(first.result, first.plan)
    sections = [_checks(checks, words), *(section for run in runs for section in _sections(run, words))]
    sections += [_assumptions(first.plan, words)]
    if changed := changes(words, "changes.title", getattr(_allocation(first), "changes", ())):
        sections.append(Section("changes", words.say("changes.title"), tuple(_untitled(changed))))
    created = first.summary.created.date().isoformat()
    names = words.listed(run.summary.name for run in runs)
    return Report(
        title=first.plan.name,
        detail=words.say("report.detail", date=created, run=names),
        board=_board(first, checks, words),
        sections=tuple(sections),
        footer=words.say("report.footer", run=names),
    )


def _untitled(blocks: Sequence[Block]) -> list[Block]:
    return [
        Table("", block.columns, block.rows, block.notes) if isinstance(block, Table) else block for block in blocks
    ]


def _allocation(run: SavedRun) -> AllocateResult | None:
    if isinstance(run.result, RunResult):
        return run.result.allocate
    return run.result if isinstance(run.result, AllocateResult) else None


def _simulation(run: SavedRun) -> SimulateResult | None:
    if isinstance(run.result, RunResult):
        return run.result.simulate
    return run.result if isinstance(run.result, SimulateResult) else None


def _stress(run: SavedRun) -> StressResult | None:
    if isinstance(run.result, RunResult):
        return run.result.stress
    return run.result if isinstance(run.result, StressResult) else None


def _board(run: SavedRun, checks: Sequence[Check], words: Wording) -> Section:
    """Headline, what decides it, four charts, and what asks for a second look."""
    blocks: list[Block] = [*_cards(run, words), *summary(run.result, words)]
    charts = {chart.id: chart for chart in _charts(run, words)}
    chosen = [charts[name] for name in ("bridge", "fan", "risks", "worth") if name in charts]
    open_checks = [check for check in checks if check.status != "PASS"]
    if open_checks:
        blocks.append(checks_table(open_checks[:_MOST_ON_BOARD], words))
        more = len(open_checks) - _MOST_ON_BOARD
        if more > 0:
            blocks.append(Sentence(words.count("checks.more", more), "quiet"))
    return Section("board", words.say("report.board"), tuple(blocks), tuple(chosen or charts.values()))


def _cards(run: SavedRun, words: Wording) -> list[Card]:
    cards: list[Card] = []
    allocated, simulated = _allocation(run), _simulation(run)
    plan = run.plan
    cards.append(Card(words.say("card.target"), words.short_in(plan.target, plan.currency)))
    if simulated is not None:
        kpis = {kpi.id: kpi for kpi in simulated.kpis}
        cards += _chances(kpis, words)
    if allocated is not None:
        over = words.percent(abs(allocated.over_assignment))
        key = "card.over" if allocated.over_assignment > 5e-7 else "card.exact"
        cards.append(Card(words.say("card.quotas"), words.short(allocated.total_quota), words.say(key, by=over)))
    if simulated is not None and "cash" in kpis:
        rate = kpis.get("collection_rate")
        meaning = words.say("card.rate", rate=words.percent(rate.mean)) if rate is not None else ""
        cards.append(Card(words.say("kpi.cash"), words.short(kpis["cash"].mean), meaning))
    return cards


def _chances(kpis: dict[str, KpiRow], words: Wording) -> list[Card]:
    cards = []
    if chance := kpis.get("p_target"):
        half = words.within_points(chance.half_width)
        cards.append(Card(words.say("kpi.p_target"), words.percent(chance.mean), words.say("card.half", half=half)))
    if signed := kpis.get("signed"):
        low, high = words.short(signed.p10), words.short(signed.p90)
        cards.append(
            Card(words.say("card.signed"), words.short(signed.p50), words.say("card.range", low=low, high=high))
        )
    return cards


def _checks(checks: Sequence[Check], words: Wording) -> Section:
    counts = Counter(check.status for check in checks)
    detail = words.say("checks.detail", fail=counts["FAIL"], review=counts["REVIEW"], passed=counts["PASS"])
    return Section("checks", words.say("checks.title"), (_without_title(checks_table(checks, words)),), detail=detail)


def _without_title(table: Table) -> Table:
    return Table("", table.columns, table.rows, table.notes)


def _sections(run: SavedRun, words: Wording) -> list[Section]:
    """The run's page, a section per heading, with the charts that belong to it."""
    charts = {chart.id: chart for chart in _charts(run, words)}
    results: list[Record] = (
        [run.result.allocate, run.result.simulate, run.result.stress]
        if isinstance(run.result, RunResult)
        else [run.result]
    )
    sections = []
    for result in results:
        page = page_of(result, words, run.summary.source)
        heading = page.blocks[0]
        assert isinstance(heading, Heading), "pages begin so"
        study = str(type(result).model_fields["study"].default)
        title = words.choose(study, "part", heading.text)
        own = [charts[name] for name in _BELONGING.get(study, ()) if name in charts]
        sections.append(Section(study, title, page.blocks[1:], tuple(own), heading.detail))
    return sections


_BELONGING = {
    "allocate": ("fairness", "prices", "coverage-region", "coverage-rep"),
    "simulate": ("bridge", "fan", "cash", "chance"),
    "stress": ("risks", "worth"),
    "explain": ("tornado",),
}
"""Study → its charts, in order."""


def _charts(run: SavedRun, words: Wording) -> list[Chart]:
    charts: list[Chart] = []
    allocated, simulated, stressed = _allocation(run), _simulation(run), _stress(run)
    if simulated is not None:
        names = [step_name(step, words, simulated.plans) for step in simulated.bridge]
        charts.append(bridge_chart(simulated.bridge, names, words, simulated.currency))
        if run.weeks:
            charts.append(fan_chart(run.weeks, run.plan.calendar.phases, simulated.target, words, simulated.currency))
            charts.append(cash_chart(run.weeks, words, simulated.currency))
        if any(rep.p_quota is not None for rep in simulated.by_rep):
            charts.append(chance_chart(simulated.by_rep, words))
    if allocated is not None:
        charts += _allocation_charts(allocated, run.plan, words)
    if isinstance(run.result, SensitivityResult) and run.result.rows:
        rows = run.result.rows[:_MOST_RANGES]
        charts.append(tornado_chart(rows, KPIS[run.result.kpi], words, run.result.currency))
    if stressed is not None and stressed.rows:
        charts.append(risk_map(stressed.rows, words, stressed.currency))
        if any(line.plan and line.gain_contribution is not None for line in stressed.rows):
            charts.append(worth_chart(stressed.rows, words, stressed.currency))
    return charts


def _allocation_charts(result: AllocateResult, plan: Plan, words: Wording) -> list[Chart]:
    charts = []
    potential = sum(rep.potential for rep in result.reps)
    stretched = [((rep.rep, rep.name), rep.stretch) for rep in result.reps if rep.stretch is not None]
    if stretched and potential > 0:
        charts.append(fairness_chart(stretched, result.total_quota / potential, words))
    priced = [rule for rule in result.rules if any(point.contribution >= 0.5 for point in rule.price)]
    priced.sort(key=lambda rule: -max(point.contribution for point in rule.price))
    if priced:
        shown = priced[:_MOST_PRICES]
        names = [member_name(rule.id, rule.member) for rule in shown]
        charts.append(price_chart(shown, names, words, result.currency))
    if plan.opportunities:
        charts.append(coverage_chart("region", coverage_by_region(plan), words))
        charts.append(
            coverage_chart("rep", coverage_by_rep(plan, [(rep.rep, rep.quota) for rep in result.reps]), words)
        )
    return charts


def _assumptions(plan: Plan, words: Wording) -> Section:
    """Where figures come from, weakest grade first; many of one source share a row."""
    grades = Counter(assumption.grade for assumption in plan.assumptions)
    listed = words.listed(f"{grade} {grades[grade]}" for grade in ("A", "B", "C", "D", "own") if grades[grade])
    groups: dict[tuple[str, str], list[str]] = {}
    for assumption in sorted(plan.assumptions, key=lambda a: ("DCB A own".find(a.grade), a.path)):
        groups.setdefault((assumption.grade, assumption.source), []).append(assumption.path)
    columns = (
        Column(words.say("column.grade"), least=5),
        Column(words.say("column.figure"), least=30),
        Column(words.say("column.basis")),
    )
    rows = [
        row(Mark(grade, "warning") if grade in "CD" else grade, words.listed(paths[:_MOST_ROWS]), source)
        for (grade, source), paths in groups.items()
    ]
    note = words.say("import.assumed_note")
    blocks: list[Block] = [Sentence(words.say("assumptions.count", n=len(plan.assumptions), grades=listed or "0"))]
    if rows:
        blocks.append(Table("", columns, tuple(rows), (note,)))
    return Section("assumptions", words.say("assumptions.title"), tuple(blocks))
