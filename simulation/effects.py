"""Effects act for a time: switched on and off on the board on their days."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from simulation.board import ActiveEffect

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["DAYS_PER_WEEK", "act"]

DAYS_PER_WEEK: Final = 5
"""Working days of an effect's week of duration."""


def act(quarter: Quarter, active: ActiveEffect, start: float, end: float) -> None:
    """Switch an effect on for [start, end)."""
    now = quarter.env.now
    if max(start, now) >= min(end, quarter.model.horizon):
        return
    if start <= now:
        quarter.board.switch_on(active)
    else:
        quarter.at(start, partial(quarter.board.switch_on, active))
    quarter.at(end, partial(quarter.board.switch_off, active))
