"""Estimates as texts: a mean with half its interval; empty where there is none."""

from __future__ import annotations

from reports.wording import Scale, Wording
from studies.results import Estimate

__all__ = ["amount", "chance", "kpi_value", "points", "signed"]


def amount(scale: Scale, figure: Estimate | None) -> str:
    """Money."""
    return "" if figure is None else f"{scale.of(figure.mean)} {scale.within(figure.half_width)}"


def signed(scale: Scale, figure: Estimate | None) -> str:
    """A difference in money, with its sign."""
    return "" if figure is None else f"{scale.signed(figure.mean)} {scale.within(figure.half_width)}"


def chance(words: Wording, figure: Estimate) -> str:
    """A chance, its interval in points."""
    return f"{words.percent(figure.mean)} {words.within_points(figure.half_width)}"


def points(words: Wording, figure: Estimate | None) -> str:
    """A difference of chances, in points."""
    return "" if figure is None else f"{words.points(figure.mean)} {words.within_points(figure.half_width)}"


def kpi_value(words: Wording, figure: Estimate, unit: str) -> str:
    """A KPI."""
    return f"{words.value(figure.mean, unit)} {words.half_width(figure.ci_low, figure.ci_high, unit)}"
