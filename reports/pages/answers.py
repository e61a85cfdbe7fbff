"""The page of any answer that is shown and not saved."""

from __future__ import annotations

from reports.pages.explanation import explanation_page
from reports.pages.fairness import fairness_page
from reports.pages.money import money_page
from reports.pages.options import least_change_page, options_page
from reports.pages.sweep import reach_page, sweep_page
from reports.specs import Page
from reports.wording import Wording
from studies.allocation.choosing import AlternativesResult, FrontierResult, LeastChangeResult
from studies.allocation.explaining import ExplainResult
from studies.allocation.paying import MoneyResult
from studies.allocation.sweeping import ReachResult, SweepResult

__all__ = ["Answer", "answer_page"]

Answer = (
    ExplainResult | AlternativesResult | FrontierResult | LeastChangeResult | SweepResult | ReachResult | MoneyResult
)


def answer_page(result: Answer, words: Wording, source: str = "PLAN", in_full: bool = False) -> Page:
    """The page of an answer; ``source`` is what the planner calls the plan, ``in_full`` says a few quotas at length."""
    if isinstance(result, ExplainResult):
        return explanation_page(result, words, source, in_full)
    if isinstance(result, AlternativesResult):
        return options_page(result, words, source)
    if isinstance(result, LeastChangeResult):
        return least_change_page(result, words)
    if isinstance(result, FrontierResult):
        return fairness_page(result, words)
    if isinstance(result, SweepResult):
        return sweep_page(result, words)
    if isinstance(result, ReachResult):
        return reach_page(result, words, source)
    return money_page(result, words)
