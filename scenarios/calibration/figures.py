"""A figure estimated from a company's own data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["INTERVAL", "Figure"]

INTERVAL = 0.9
"""Chance with which an interval holds the true figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it rests on; the interval is that of estimation, not the spread of single deals."""

    value: float
    count: int
    """Observations behind it; 0 where a default had to serve."""
    basis: str
    """Where it comes from, in words."""
    low: float | None = None
    """Lower end of the 90% interval; None where it has none."""
    high: float | None = None
