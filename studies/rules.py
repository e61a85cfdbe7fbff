"""Rules that an allocation does not keep, as rows of a result."""

from __future__ import annotations

from optimizer.checking import RuleStatus
from studies.results import RuleRow

__all__ = ["broken_row"]


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
