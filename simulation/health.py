"""The health of a customer: who is left without contact cools down (S6)."""

from __future__ import annotations

from scenarios.process import SalesProcess

__all__ = ["cooled"]

DAYS_PER_WEEK = 5


def cooled(process: SalesProcess, late_days: float, cadence_days: float) -> float:
    """What is left of a customer's warmth after contact that came ``late_days`` working days late."""
    further = late_days - process.cooling_cadences * cadence_days
    return process.cooling_factor ** (further / DAYS_PER_WEEK) if further > 0 else 1.0
