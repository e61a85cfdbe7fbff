"""Tasks: what takes a rep's hours, and by what the next one is chosen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["NO_CELL", "Errand", "Kind", "Task"]

Kind: TypeAlias = int | tuple[int, float]
"""What tasks have in common that compete by due day alone: customer tier and cell, or priority and cadence in days."""

NO_CELL: Final = -1
"""Of a task that belongs to no product and region: ranks as a cell that is exactly on quota."""


class Task(ABC):
    """Something a rep does that takes hours: an opportunity's next touch, a care touch, an errand."""

    __slots__ = ("cell", "due", "id", "kind", "patience_days", "priority")

    def __init__(self, id: str, due: float, kind: Kind, priority: int, patience_days: float, cell: int) -> None:
        self.id, self.due, self.kind = id, due, kind
        self.priority = priority
        self.patience_days = patience_days
        """Working days after which it moves up one tier: two cadences."""
        self.cell = cell
        """Whose signed ÷ quota it goes by, the lowest first: a position in the quarter's ``attainment``."""

    @abstractmethod
    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes now."""

    @abstractmethod
    def done(self, quarter: Quarter, hours: float) -> bool:
        """Take note that it is done; True when it comes due again at its new ``due``."""


class Errand(Task):
    """A single piece of work with a fixed date: renewal work, a collection, duty at a marketing event."""

    __slots__ = ("hours",)

    def __init__(self, id: str, due: float, hours: float, priority: int, cadence_days: float) -> None:
        super().__init__(id, due, (priority, cadence_days), priority, 2 * cadence_days, NO_CELL)
        self.hours = hours

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes."""
        return self.hours

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Happens once."""
        return False
