"""money: every pool and purpose with what is set aside and what is expected to be paid; money moved by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from optimizer.money import collection_outlook, money_table
from optimizer.options import amounts_of
from optimizer.reallocation import Reallocator
from optimizer.solved import solve
from scenarios.allocation import Allocation
from scenarios.plan import Plan
from studies.results import Change, Record

__all__ = ["MoneyResult", "MoneyTableRow", "Reallocate", "money_study", "reallocation"]

Reallocate: TypeAlias = Callable[
    [Mapping[tuple[str, str], float], Mapping[tuple[str, str], float], float], Mapping[tuple[str, str], float]
]
"""(spent, ROI, weeks left) → money for those weeks, all by (region, activity): what a month-end policy is handed."""


class MoneyTableRow(Record):
    """One purpose of money."""

    pool: str
    """Empty where no pool pays."""
    purpose: str
    set_aside: float
    expected: float | None
    """None where only a chance that is not known decides."""
    most: float | None
    treatment: Literal["certain", "expected", "chance unknown", "chance from simulation", "not allocated"]
    rule: str
    units: float | None
    in_contribution: bool
    """Whether the optimiser's contribution has paid it."""


class MoneyResult(Record):
    """Where the money goes."""

    study: Literal["money"] = "money"
    plan: str
    currency: str
    rows: tuple[MoneyTableRow, ...]
    cash_due: float
    cash_received: float
    collection_rate: float | None
    """Expected cash ÷ expected amount due, which is not the chance of reaching the threshold."""
    collection_threshold: float
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""


def money_study(
    plan: Plan, allocation: Allocation | None = None, chances: Mapping[str, float] | None = None
) -> MoneyResult:
    """The money of the best or of a given allocation; ``chances`` of ``team_building`` and of plans by id if known."""
    solved = solve(plan)
    amounts = solved.amounts() if allocation is None else amounts_of(solved.data, allocation)
    cash = collection_outlook(amounts)
    return MoneyResult(
        plan=plan.name,
        currency=plan.currency,
        rows=tuple(
            MoneyTableRow.model_validate({name: getattr(row, name) for name in MoneyTableRow.model_fields})
            for row in money_table(amounts, chances)
        ),
        cash_due=cash.due,
        cash_received=cash.received,
        collection_rate=cash.rate,
        collection_threshold=cash.threshold,
    )


def reallocation(plan: Plan, allocation: Allocation, move_limit: float = 0.1) -> Reallocate:
    """Monthly re-allocation as a plain function, for a simulation that knows no optimiser. Rules M3, M6."""
    move = Reallocator(plan, allocation, move_limit)

    def reallocate(
        spent: Mapping[tuple[str, str], float], roi: Mapping[tuple[str, str], float], weeks_left: float
    ) -> Mapping[tuple[str, str], float]:
        return move(spent, roi, weeks_left).amount

    return reallocate
