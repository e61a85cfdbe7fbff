"""People: how a rep who joined lately grows into the work."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from scenarios.fields import Probability, Section

__all__ = ["Ramp"]


class Ramp(Section):
    """Skill of a rep who joined lately: rises evenly from ``at_start`` to 1 (T6).

    Whom a rep's date of joining is not known of has it behind.
    """

    weeks: Annotated[float, Field(gt=0, le=260)]
    """Calendar weeks from joining to full skill; a registered parameter, ``ramp_weeks``."""
    at_start: Probability
    """Skill on the first day, as a share of full skill."""

    def skill(self, joined: dt.date | None, day: dt.date, weeks: float) -> float:
        """Skill of a rep on a day, where the way to full skill takes ``weeks``."""
        if joined is None:
            return 1.0
        passed = max((day - joined).days, 0)
        if passed >= 7 * weeks:
            return 1.0
        return self.at_start + (1 - self.at_start) * passed / (7 * weeks)
