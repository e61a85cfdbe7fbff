"""Rules that an allocation does not keep, as rows of a result."""

from __future__ import annotations

from optimizer.checking import RuleStatus
from optimizer.overriding import check_by_hand
from scenarios.allocation import Allocation
from scenarios.plan import Plan
from studies.allocation.results import RuleRow

__all__ = ["broken_row", "broken_rules"]


def broken_rules(plan: Plan, allocation: Allocation) -> tuple[RuleRow, ...]:
    """Rules of a plan that an allocation does not keep; they are listed, not refused."""
    return tuple(broken_row(status) for status in check_by_hand(plan, allocation) if not status.holds)


def broken_row(status: RuleStatus) -> RuleRow:
    """One rule, lock, pool or limit of the data that an allocation does not keep."""
    return RuleRow.model_validate(
        {
            "id": status.id,
            "member": status.member,
            "sentence": status.sentence,
            "firmness": status.firmness,
            "left": status.left,
            "right": status.right,
            "status": "relaxed" if status.firmness == "soft" else "broken",
            "gap": status.violation,
        }
    )
