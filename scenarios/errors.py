"""Everything that Quarterdeck says no with; each error knows its exit code.

QuarterdeckError                  1  our bug (never raised as such)
├── UsageError                    2  the command's words are off
├── PlanFileError                 3  plan files wrong: every problem at once
├── NoFeasibleAllocation          4  rules, locks and data limits contradict each other
├── SolverFailed                  5  the solver gave no proven answer
└── RequirementFailed             6  finished, but a threshold given with --require fails
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "NoFeasibleAllocation",
    "PlanFileError",
    "Problem",
    "QuarterdeckError",
    "Repair",
    "RequirementFailed",
    "SolverFailed",
    "UsageError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a plan file, in the words a planner needs to mend it."""

    place: str
    """File and line (``plan.yaml:14``), sheet and cell (``reps!C7``) or option (``--set``)."""
    key: str
    """Dotted path of the field, ids instead of positions: ``products.S1.margin``."""
    message: str
    """What is wrong, with the offending value and the rule it breaks."""
    remedy: str = ""
    """What to do about it; empty where the message says it."""

    def __str__(self) -> str:
        where = f"{self.place} {self.key}".strip()
        text = f"{where}: {self.message}" if where else self.message
        return f"{text.rstrip('.')}. {self.remedy}" if self.remedy else text


class Unfit(Exception):
    """What is written does not fit; says why and what to do. Caught where its place is known, and told as a Problem."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message)


class QuarterdeckError(Exception):
    """Root of the errors that are said to a planner rather than shown as a traceback."""

    exit_code = 1


class UsageError(QuarterdeckError):
    """The command's arguments do not fit together or name something that is not there."""

    exit_code = 2


class PlanFileError(QuarterdeckError):
    """The plan files hold errors; ``problems`` lists all of them, in file order."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of a plan with which it has an allocation, found and checked by solving. Money in its currency."""

    sentence: str
    """In the planner's words, with its amount."""
    settings: tuple[str, ...]
    """Overrides ``path=value``, as ``load_plan`` takes them."""
    given_up: float
    """By how much the changed figures give, and soft rules are missed then."""
    contribution: float
    """Expected contribution of the repaired plan."""
    lost: float
    """By how much that is less than after the repair that leaves most."""


class NoFeasibleAllocation(QuarterdeckError):
    """No allocation satisfies all hard rules; ``conflict`` names a smallest set that contradicts itself.

    ``repairs`` are changes of the plan that help, cheapest first.
    """

    exit_code = 4

    def __init__(self, message: str, conflict: Sequence[str] = (), repairs: Sequence[Repair] = ()) -> None:
        self.conflict = tuple(conflict)
        self.repairs = tuple(repairs)
        super().__init__(message)


class SolverFailed(QuarterdeckError):
    """The solver stopped without a proven answer (time limit, numerical trouble, unbounded model)."""

    exit_code = 5


class RequirementFailed(QuarterdeckError):
    """The study finished, but a threshold given with ``--require`` does not hold."""

    exit_code = 6
