"""The attack day: once a week reps put the customers that matter most before everything else (E2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenarios.policies import FocusDay
from simulation.opportunities import Opportunity
from simulation.reps import Rep
from simulation.tasks import Errand, Task

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Iteration", "start_focus_days"]

AHEAD_DAYS = 5
"""Working days from one focus day to the next: conversations due until then are brought forward."""


def start_focus_days(quarter: Quarter) -> None:
    """Hold every policy's day in the morning."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        if policy.enabled and (focus := policy.focus_day) is not None:
            days = _Days(quarter, focus)
            for week in sorted(set(focus.weeks)):
                end = calendar.end_of_weekday(week, focus.day)
                if end is not None:
                    quarter.at(end - 1, partial(days.hold, week))


class Iteration(Errand):
    """Working a proposal over with what was learnt; the opportunity is won more easily afterwards."""

    __slots__ = ("deal", "factor")

    def __init__(self, quarter: Quarter, deal: Opportunity, week: int, focus: FocusDay) -> None:
        tier = quarter.model.plan.customer_tiers[deal.tier]
        now, cadence = quarter.env.now, 5 / tier.touches_per_week
        super().__init__(f"iteration:{deal.id}/week{week}", now, focus.iteration_hours, tier.priority, cadence)
        self.deal, self.factor = deal, focus.iteration_factor

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes; none once the opportunity has ended."""
        return self.hours if self.deal.outcome == "open" else 0.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """The customer sees the better proposal."""
        if self.deal.outcome == "open":
            self.deal.hours += hours
            self.deal.warmth *= self.factor
        return False


class _Days:
    """The days of one policy."""

    def __init__(self, quarter: Quarter, focus: FocusDay) -> None:
        self.quarter, self.focus = quarter, focus
        process, tiers = quarter.model.plan.process, quarter.model.tiers
        self._tiers = {number for number, tier in enumerate(tiers) if tier in focus.customer_tier}
        stages = range(len(process.stages))
        self._stages = {process.stage_number(stage) for stage in focus.stages} or set(stages)
        self._proposed = next((n for n in stages if process.stages[n].proposal_hours > 0), len(process.stages))
        """Stage that opens with a proposal; later ones have it behind them."""
        self._iterated: set[str] = set()

    def hold(self, week: int) -> None:
        """Each rep brings conversations forward and works proposals over."""
        out: dict[int, list[Opportunity]] = {}
        if self.focus.iterations > 0:
            for deal in self.quarter.deals:
                if deal.outcome == "open" and self._is_meant(deal) and self._has_proposal(deal):
                    out.setdefault(deal.rep, []).append(deal)
        for rep in self.quarter.reps:
            if rep.left:
                continue
            if chosen := self._conversations(rep):
                rep.bring_forward(chosen)
            most_valuable = sorted(out.get(rep.number, ()), key=lambda deal: (-deal.weighted, deal.id))
            for deal in most_valuable[: self.focus.iterations]:
                self._iterated.add(deal.id)
                rep.add(Iteration(self.quarter, deal, week, self.focus))

    def _conversations(self, rep: Rep) -> list[Task]:
        due = rep.upcoming(self.quarter.env.now + AHEAD_DAYS)
        meant = [task for task in due if isinstance(task, Opportunity) and self._is_meant(task)]
        return list(meant[: self.focus.conversations])

    def _is_meant(self, deal: Opportunity) -> bool:
        return deal.tier in self._tiers and deal.stage in self._stages

    def _has_proposal(self, deal: Opportunity) -> bool:
        shown = deal.stage > self._proposed or (deal.stage == self._proposed and deal.touch > 0)
        return shown and not deal.stalled and deal.id not in self._iterated
