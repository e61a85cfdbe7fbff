"""Strategy test: a talk track is tried on some customers for some weeks and rolled out to all if it works (M5)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from scenarios.policies import StrategyTest
from simulation.board import ActiveEffect
from simulation.draws import WORD_VALUES, purpose_word
from simulation.records import VerdictRow
from simulation.reviews import pass_rates

if TYPE_CHECKING:
    from simulation.model import Model
    from simulation.opportunities import Decision
    from simulation.quarter import Quarter

__all__ = ["start_strategy_tests", "trials_of"]


def trials_of(model: Model, group: float) -> tuple[str, ...]:
    """Ids of the tests that someone of this uniform is in.

    Every test reads the uniform from a place of its own, which rests on its id: groups differ, and no test moves
    another one's.
    """
    tests = ((policy.id, policy.strategy_test) for policy in model.plan.policies if policy.enabled)
    return tuple(id for id, test in tests if test and (group + purpose_word(id) / WORD_VALUES) % 1.0 < test.share)


def start_strategy_tests(quarter: Quarter) -> None:
    """Hold every test in its weeks; one that the quarter cuts off has no verdict."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        if policy.enabled and (test := policy.strategy_test) is not None:
            start = float(calendar.first_day_of_week(test.from_week))
            end = float(calendar.first_day_of_week(test.from_week + test.weeks))
            tried = [
                ActiveEffect.of(effect.model_copy(update={"scope": aimed}), target=("test", policy.id))
                for effect in test.effects
                for aimed in (effect.scope.model_copy(update={"struck": True}),)
            ]
            quarter.at(start, partial(_switch_on, quarter, tried))
            quarter.at(end, partial(_judge, quarter, policy.id, test, tried, start))


def _switch_on(quarter: Quarter, effects: Iterable[ActiveEffect]) -> None:
    for effect in effects:
        quarter.board.switch_on(effect)


def _judge(quarter: Quarter, policy: str, test: StrategyTest, tried: list[ActiveEffect], start: float) -> None:
    """End the test, compare conversion of those who were in it with that of all others, and roll out what works."""
    for effect in tried:
        quarter.board.switch_off(effect)
    inside: list[Decision] = []
    outside: list[Decision] = []
    for decision in quarter.decisions:
        attributes = decision.opportunity.keys.attributes
        if start <= decision.day < quarter.env.now and any(e.scope.matches(attributes) for e in test.effects):
            (inside if policy in attributes.get("test", ()) else outside).append(decision)
    ours, theirs = _conversion(quarter, inside), _conversion(quarter, outside)
    gain = ours / theirs - 1 if len(inside) >= test.at_least and theirs > 0 else None
    works = gain is not None and gain >= test.success_from
    quarter.records.tests.append(VerdictRow(quarter.env.now, policy, len(inside), len(outside), gain, works))
    if works:
        _switch_on(quarter, [ActiveEffect.of(effect) for effect in test.effects])


def _conversion(quarter: Quarter, decisions: list[Decision]) -> float:
    """Stages passed ÷ expected to be passed."""
    rates = pass_rates(quarter.model)
    expected = math.fsum(rates[decision.opportunity.tier][decision.stage] for decision in decisions)
    return sum(decision.passed for decision in decisions) / expected if expected > 0 else 0.0
