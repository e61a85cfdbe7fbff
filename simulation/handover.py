"""A rep leaves and others take the work over (K5)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Event

from simulation.accounts import CareTouch
from simulation.board import ActiveEffect, Keys
from simulation.effects import DAYS_PER_WEEK, act
from simulation.opportunities import Opportunity
from simulation.reps import Rep
from simulation.tasks import Task

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["rep_leaves"]


def rep_leaves(quarter: Quarter, rep_id: str) -> None:
    """The rep works no more; open work waits until the hand-over, then goes to similar reps of its region."""
    rep = quarter.reps[quarter.model.rep_number[rep_id]]
    if not rep.left:
        rep.leave()
        quarter.env.process(_hand_over(quarter, rep))


def _hand_over(quarter: Quarter, rep: Rep) -> Generator[Event, Any, None]:
    plan, entity = quarter.model.plan, rep.entity
    yield quarter.env.timeout(quarter.board.value("handover_days", plan.handover.days, rep.keys, entity))
    factor = quarter.board.value("orphan_win_factor", plan.process.orphan_win_factor, rep.keys, entity)
    successors = [_successor(quarter, rep, number) for number in range(len(quarter.model.regions))]
    for account in rep.accounts:
        if account.rep == rep.number and (successor := successors[account.row.region]) is not None:
            account.give_to(quarter, successor.number)
    _find_mentors(quarter, rep, successors)
    for deal in rep.opportunities:
        if deal.rep == rep.number and deal.outcome == "open":
            successor = successors[deal.region]
            if successor is not None:
                rep.weighted -= deal.weighted
                deal.weighted = 0.0
                deal.orphan_factor *= factor
                to = plan.reps[successor.number]
                deal.keys = Keys({**deal.keys.attributes, "rep": to.id, "rep_tier": to.tier})
                successor.take_over(deal)
    home = quarter.model.regions.index(plan.reps[rep.number].regions[0])
    for task in rep.hand_over():
        (successors[_region_of(task, home)] or rep).add(task)


def _region_of(task: Task, home: int) -> int:
    if isinstance(task, Opportunity):
        return task.region
    return task.account.row.region if isinstance(task, CareTouch) else home


def _successor(quarter: Quarter, leaver: Rep, region: int) -> Rep | None:
    """A similar existing rep: covers the region, of the same tier if there is one, with the most room to the quota.

    Where the plan pairs a newcomer with a mentor, the newcomer of the region with the most room.
    """
    able = [quarter.reps[number] for number in quarter.coverage[region] if not quarter.reps[number].left]
    able = able or [rep for rep in quarter.reps if not rep.left]
    reps, pair = quarter.model.plan.reps, quarter.model.plan.handover.pair
    similar = [rep for rep in able if reps[rep.number].tier == reps[leaver.number].tier] or able
    if pair is not None and pair.enabled:
        similar = [rep for rep in able if reps[rep.number].tier in pair.rep_tiers] or similar
    return max(similar, key=lambda rep: (rep.unmet_share(), -rep.number), default=None)


def _find_mentors(quarter: Quarter, leaver: Rep, successors: list[Rep | None]) -> None:
    """The newcomer who takes over at the leaver's home region has a mentor for a time, who sells less."""
    plan, pair = quarter.model.plan, quarter.model.plan.handover.pair
    if pair is None or not pair.enabled:
        return
    home = quarter.model.regions.index(plan.reps[leaver.number].regions[0])
    successor = successors[home]
    if successor is None or plan.reps[successor.number].tier not in pair.rep_tiers:
        return
    able = [quarter.reps[number] for number in quarter.coverage[home]]
    able = [rep for rep in able if not rep.left and plan.reps[rep.number].tier in pair.mentor_tiers]
    mentor = min(able, key=lambda rep: (rep.unmet_share(), rep.number), default=None)
    if mentor is not None:
        start = quarter.env.now
        active = ActiveEffect("rep_hours", shift=-pair.mentor_hours, aim=("rep", mentor.id))
        act(quarter, active, start, start + pair.mentor_weeks * DAYS_PER_WEEK)
