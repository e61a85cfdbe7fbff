"""The end of the quarter: what is nearly ripe is closed before it, at smaller amounts."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from scenarios.policies import QuarterEnd
from simulation.board import ActiveEffect
from simulation.effects import act

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["start_quarter_end"]


def start_quarter_end(quarter: Quarter) -> None:
    """Hasten on the policy's Monday, and let what that costs act from then on."""
    for policy in quarter.model.plan.policies:
        if policy.enabled and (closing := policy.quarter_end) is not None:
            monday = float(quarter.model.plan.calendar.first_day_of_week(closing.from_week))
            for effect in closing.effects:
                act(quarter, ActiveEffect.of(effect), monday, math.inf)
            quarter.at(monday, partial(_hasten, quarter, closing))


def _hasten(quarter: Quarter, closing: QuarterEnd) -> None:
    stages = {quarter.model.plan.process.stage_number(stage) for stage in closing.stages}
    for deal in [deal for deal in quarter.deals if deal.outcome == "open" and deal.stage in stages]:
        deal.hasten(quarter, closing.pull_days)
