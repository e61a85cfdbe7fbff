"""Phases of the quarter, and the figures by which they are accepted (E1, E2, E4)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from scenarios.fields import Id, Section, Share, Week

__all__ = ["Criterion", "Phase", "PhaseFigure"]

PhaseFigure: TypeAlias = Literal["signed_share", "collection_rate", "exam_passed", "renewals_contacted"]
"""``signed_share``: signed since the quarter began ÷ its target. ``collection_rate``: cash received ÷ amount that fell
due, since the quarter began. ``exam_passed``: of the reps who take part in a measure's exam those who have passed it.
``renewals_contacted``: of the contracts that come up in the phase those whose customer was contacted before the day."""


class Phase(Section):
    """Weeks in a row with a purpose of their own."""

    id: Id
    name: str
    from_week: Week
    to_week: Week
    acceptance: tuple[str, ...] = ()
    """What people look at by themselves; what can be counted is a criterion."""
    source: str = ""


class Criterion(Section):
    """A figure at the end of a phase, and what it is to reach."""

    id: Id
    name: str
    phase: Id
    figure: PhaseFigure
    at_least: Share
    measure: Id | None = None
    """Whose exam; of ``exam_passed`` alone."""
    source: str = ""
