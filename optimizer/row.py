"""A row of the linear program, before PuLP takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pulp import LpVariable

__all__ = ["Row", "total"]


@dataclass(frozen=True)
class Row:
    """``sum of factor x variable  sense  bound``; its group is what a conflict names, empty for a definition."""

    name: str
    group: str
    terms: dict[LpVariable, float]
    sense: str
    bound: float


def total(variables: Iterable[LpVariable]) -> dict[LpVariable, float]:
    """The terms of a plain sum."""
    return dict.fromkeys(variables, 1.0)
