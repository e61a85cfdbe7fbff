"""Month-end postings: reps move to where an hour has returned more (M6).

Who is moved takes leads, duty at events and the work of leavers in the new region from then on, none in the old one.
Open opportunities and customers stay theirs, and effects go on picking them by the regions that the plan gives them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulation.reallocation import move_days
from simulation.records import PostingRow

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["start_postings"]


def start_postings(quarter: Quarter) -> None:
    """Let every policy that moves people do so on its days."""
    for policy in quarter.model.plan.policies:
        if policy.enabled and policy.reallocation is not None and policy.reallocation.reps_moved > 0:
            for day in move_days(quarter.model.plan.calendar, policy.reallocation):
                quarter.at(day, partial(_move, quarter, policy.reallocation.reps_moved))


def _move(quarter: Quarter, reps: int) -> None:
    """From the region where an hour has returned least to the one where it has returned most, the least busy first."""
    returns = _returns(quarter)
    if len(returns) < 2:
        return
    worst, best = min(returns, key=lambda r: (returns[r], r)), max(returns, key=lambda r: (returns[r], -r))
    if returns[worst] == returns[best]:
        return
    coverage = quarter.coverage
    here = [number for number in coverage[worst] if not quarter.reps[number].left]
    able = sorted(set(here) - set(coverage[best]), key=lambda number: (quarter.reps[number].weighted, number))
    for number in able[: min(reps, len(here) - 1)]:  # somebody stays
        coverage[worst].remove(number)
        coverage[best] = sorted([*coverage[best], number])
        regions = quarter.model.regions
        quarter.records.postings.append(PostingRow(quarter.env.now, number, regions[worst], regions[best]))
    quarter.muster()


def _returns(quarter: Quarter) -> dict[int, float]:
    """Contribution signed so far ÷ hours worked on opportunities, of regions where any were."""
    signed = [0.0] * len(quarter.model.regions)
    hours = [0.0] * len(quarter.model.regions)
    for deal in quarter.deals:
        hours[deal.region] += deal.hours
        if deal.outcome == "won":
            signed[deal.region] += deal.value * quarter.model.plan.products[deal.product].margin
    return {region: signed[region] / hours[region] for region in range(len(hours)) if hours[region] > 0}
