"""Parts that the pages of deciding studies share."""

from __future__ import annotations

from reports.wording import Scale, Wording
from studies.results import Estimate

__all__ = ["chance", "half", "kpi_value", "points", "signed"]


def half(figure: Estimate) -> float:
    """Half the width of an interval."""
    return (figure.ci_high - figure.ci_low) / 2


def chance(words: Wording, figure: Estimate) -> str:
    """A chance with half its interval in points."""
    return f"{words.percent(figure.mean)} {words.within_points(half(figure))}"


def points(words: Wording, figure: Estimate) -> str:
    """A difference of chances in points, with half its interval."""
    return f"{words.points(figure.mean)} {words.within_points(half(figure))}"


def signed(scale: Scale, figure: Estimate) -> str:
    """A difference in money with its sign, with half its interval."""
    return f"{scale.signed(figure.mean)} {scale.within(half(figure))}"


def kpi_value(words: Wording, figure: Estimate, unit: str) -> str:
    """A KPI with half its interval."""
    return f"{words.value(figure.mean, unit)} {words.half_width(figure.ci_low, figure.ci_high, unit)}"
