"""The health of customers: who is left without contact cools down, and a score that falls sets off an alarm (S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.policies import Health
from scenarios.process import SalesProcess
from simulation.board import ActiveEffect
from simulation.effects import DAYS_PER_WEEK
from simulation.risks import answer_alarm

if TYPE_CHECKING:
    from simulation.accounts import Account
    from simulation.quarter import Quarter

__all__ = ["cooled", "scores", "start_health"]


def cooled(process: SalesProcess, late_days: float, cadence_days: float) -> float:
    """What is left of a customer's warmth after contact that came ``late_days`` working days late."""
    further = late_days - process.cooling_cadences * cadence_days
    return process.cooling_factor ** (further / DAYS_PER_WEEK) if further > 0 else 1.0


def start_health(quarter: Quarter) -> None:
    """Look at the scores of every policy of health in its weeks."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        if policy.enabled and policy.health is not None:
            watch = _Watch(quarter, policy.id, policy.health)
            for end in calendar.evenings(policy.health.weeks, "sunday").values():
                quarter.at(end, watch.look)


def scores(quarter: Quarter) -> list[float]:
    """Scores of the customers that are still ours, by the first policy of health; empty without one."""
    for policy in quarter.model.plan.policies:
        if policy.enabled and policy.health is not None:
            return [_score(quarter, policy.health, account) for account in quarter.accounts if not account.lost]
    return []


def _score(quarter: Quarter, health: Health, account: Account) -> float:
    model, now = quarter.model, quarter.env.now
    interaction = 1.0
    if account.row.care_hours > 0:
        cadence = model.tier_habits[account.row.tier].cadence_days
        late = now - account.last_contact - cadence
        interaction = 1 - min(max(late / (model.plan.process.cooling_cadences * cadence), 0.0), 1.0)
    deals = account.opportunities
    kept = 1 - sum(deal.outcome == "lost" for deal in deals) / len(deals) if deals else 1.0
    released = 1.0
    for (industry, _), windows in model.budget_windows.items():
        if industry == account.row.attributes["industry"]:
            released = float(any(start <= now < end for start, end in windows))
    return health.interaction * interaction + health.need_match * kept + health.budget_release * released


class _Watch:
    """The looks of one policy."""

    def __init__(self, quarter: Quarter, policy: str, health: Health) -> None:
        self.quarter, self.policy, self.health = quarter, policy, health
        self._low: dict[int, list[ActiveEffect]] = {}
        """Customers whose score was low at the last look, with what went with it."""

    def look(self) -> None:
        """Compare every score with the alarm."""
        quarter = self.quarter
        for account in quarter.accounts:
            low = not account.lost and _score(quarter, self.health, account) < self.health.alarm_below
            if low and account.number not in self._low:
                target = ("account", account.row.id)
                self._low[account.number] = [ActiveEffect.of(effect, target=target) for effect in self.health.effects]
                for effect in self._low[account.number]:
                    quarter.board.switch_on(effect)
                answer_alarm(quarter, self.policy, account.row.id)
            elif not low and account.number in self._low:
                for effect in self._low.pop(account.number):
                    quarter.board.switch_off(effect)
