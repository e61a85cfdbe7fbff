"""What is decided before a quarter is simulated: the allocation, and what of risks and contingency plans is in play."""

from __future__ import annotations

import re
from collections.abc import Sequence

from optimizer.allocating import allocate
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.options import ForcedStrike, Options
from studies.allocation.results import RuleRow
from studies.allocation.rules import broken_rules
from studies.requests import QuarterRequest
from studies.results import Margins
from studies.study import Inputs

__all__ = ["decide", "forced_strike", "margins_of", "options_of", "violations_of"]


def decide(plan: Plan, own: Allocation | None) -> tuple[Allocation, float | None]:
    """The hand-made allocation, or the optimiser's with the signed amount it expects."""
    if own is not None:
        return own, None
    answer = allocate(plan, detail="none")
    return answer.allocation, answer.expected_total


def margins_of(plan: Plan) -> Margins:
    """From which size on a difference matters to the planner."""
    smallest = plan.smallest_difference
    return Margins(amount=smallest.share_of_target * plan.target, chance=smallest.chance)


def violations_of(inputs: Inputs) -> tuple[RuleRow, ...]:
    """Rules that a hand-made allocation does not keep; of its own, the optimiser says more in its answer."""
    return broken_rules(inputs.plan, inputs.allocation) if inputs.allocation is not None else ()


def options_of(plan: Plan, request: QuarterRequest, plans: Sequence[str] | None = None) -> Options:
    """Risks, contingency plans and forced strikes that a request puts in play; ``plans`` takes the place of its own."""
    return Options.of(
        plan,
        risks=request.risks,
        plans=request.plans if plans is None else plans,
        forced=[forced_strike(text) for text in request.forced],
    )


def forced_strike(text: str) -> ForcedStrike:
    """``K1@week5`` or ``K5:R03@week5``."""
    match = re.fullmatch(r"([\w-]+)(?::([\w-]+))?@week(\d{1,3})", text)
    if match is None:
        raise UsageError(f"--force {text}: write RISK@weekN or RISK:SUBJECT@weekN, for instance K1@week5")
    return ForcedStrike(match[1], int(match[3]), match[2])
