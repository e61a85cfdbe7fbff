"""Figures of an import by their paths in the plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from scenarios.crm import AssumedFigure, EstimatedFigure

__all__ = ["alike"]

_ID = re.compile(r"^((?:process\.)?[a-z_]+\.)[^.]+(\.\w+)$|^(opportunities\.value of ).+$")
"""An entry's id in a path: ``products.S1.margin``, ``process.stages.need.touches``, ``opportunities.value of S1``."""

Figure = TypeVar("Figure", bound=EstimatedFigure | AssumedFigure)


def alike(figures: Sequence[Figure]) -> dict[str, list[Figure]]:
    """Figures that differ in an id alone, by their path with a star in its place; a single one keeps its path."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        source = f"{figure.grade} {figure.source}" if isinstance(figure, AssumedFigure) else ""
        groups.setdefault((_ID.sub(r"\1\3*\2", figure.path), source), []).append(figure)
    return {pattern if len(group) > 1 else group[0].path: group for (pattern, _), group in groups.items()}
