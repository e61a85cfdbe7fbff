"""The page of any result, and of the main job: what matters first, then allocation, simulation and stress test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports.pages.allocation import allocation_page
from reports.pages.backtest import backtest_page
from reports.pages.comparison import comparison_page
from reports.pages.over_assignment import over_assignment_page
from reports.pages.parts import changes, named
from reports.pages.reaching import reach_chance_page
from reports.pages.recommendation import recommendation_page
from reports.pages.rounds import rounds_page
from reports.pages.selection import selection_page
from reports.pages.sensitivity import sensitivity_page
from reports.pages.simulation import headline, simulation_page
from reports.pages.stress import plan_verdicts, stress_page
from reports.pages.trial_design import design_page
from reports.pages.unfinished import unfinished_page
from reports.pages.value import value_page
from reports.pages.warning import lights_page
from reports.specs import Block, Heading, Page, Sentence
from reports.wording import Wording
from studies.allocation.results import AllocateResult
from studies.backtest.backtests import BacktestResult
from studies.decisions.comparing import CompareResult
from studies.decisions.over_assigning import OverAssignResult
from studies.decisions.reaching import ReachChanceResult
from studies.decisions.recommending import RecommendResult
from studies.decisions.rounds import RoundsResult
from studies.decisions.selecting import SelectResult
from studies.decisions.sensitivity import SensitivityResult
from studies.decisions.stressing import StressResult
from studies.decisions.trial_design import DesignResult
from studies.decisions.valuing import ValueResult
from studies.decisions.warning import LightsResult
from studies.main_job import RunResult
from studies.results import Record
from studies.saved.unfinished import PartialResult
from studies.simulating import SimulateResult

__all__ = ["PAGES", "page_of", "run_page", "summary"]


def page_of(result: Record, words: Wording, source: str = "PLAN") -> Page:
    """The page of a study's result; ``source`` is what the planner calls the plan on the command line."""
    return PAGES[type(result)](result, words, source)


def run_page(result: RunResult, words: Wording, source: str = "PLAN") -> Page:
    """What matters first, then every part of the main job."""
    return (
        _summary(result, words)
        + allocation_page(result.allocate, words, source, is_part=True)
        + simulation_page(result.simulate, words, source, is_part=True)
        + stress_page(result.stress, words, source, is_part=True)
    )


PAGES: dict[type[Record], Callable[[Any, Wording, str], Page]] = {
    RunResult: run_page,
    AllocateResult: allocation_page,
    SimulateResult: simulation_page,
    CompareResult: comparison_page,
    StressResult: stress_page,
    BacktestResult: backtest_page,
    SelectResult: selection_page,
    RecommendResult: recommendation_page,
    SensitivityResult: sensitivity_page,
    ReachChanceResult: reach_chance_page,
    OverAssignResult: over_assignment_page,
    RoundsResult: rounds_page,
    LightsResult: lights_page,
    DesignResult: design_page,
    ValueResult: value_page,
    PartialResult: unfinished_page,
}
"""Type of a study's result, whole or in part → its page."""


def parts_of(result: Record) -> Sequence[Record]:
    """The answers that a result consists of: three of the main job."""
    return (result.allocate, result.simulate, result.stress) if isinstance(result, RunResult) else (result,)


def summary(result: Record, words: Wording) -> list[Block]:
    """What matters of a result, in sentences: of the main job what decides it, of others what their page says first."""
    if not isinstance(result, RunResult):
        return [
            block for block in page_of(result, words).blocks if isinstance(block, Sentence) and block.tone == "headline"
        ]
    allocate = result.allocate
    quotas = words.say(
        "run.quotas",
        quotas=words.short(allocate.total_quota),
        share=words.percent(allocate.total_quota / allocate.target),
        expected=words.short(allocate.expected_signed),
    )
    return [
        *headline(result.simulate, words),
        Sentence(quotas),
        Sentence(_risks(result.stress, words)),
        *plan_verdicts(result.stress, words, "plain"),
    ]


def _summary(result: RunResult, words: Wording) -> Page:
    allocate = result.allocate
    blocks: list[Block] = [
        Heading(words.say("run.title", plan=allocate.plan)),
        *summary(result, words),
        *changes(words, "changes.title", allocate.changes),
    ]
    return Page(tuple(blocks))


def _risks(stress: StressResult, words: Wording) -> str:
    hurting = [line for line in stress.rows if not line.plan and line.cost_signed.ci_low > 0]
    if not hurting:
        return words.say("run.no_risk")
    worst = max(hurting, key=lambda line: line.cost_signed.mean)
    cost = worst.cost_signed
    return words.say(
        "run.costliest",
        risk=named(worst.risk, worst.risk_name),
        cost=words.short(cost.mean),
        half=words.half_width(cost.ci_low, cost.ci_high, "money"),
        points=words.points(worst.cost_p_target.mean).lstrip("+"),
    )
