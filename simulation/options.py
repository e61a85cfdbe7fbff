"""What of the plan's risks and contingency plans is in play; never part of the draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scenarios.errors import UsageError
from scenarios.plan import Plan

__all__ = ["ForcedStrike", "Money", "Options", "Reallocate"]

Money: TypeAlias = Mapping[tuple[str, str], float]
"""By (region, activity)."""
Reallocate: TypeAlias = Callable[[Money, Money, Money, float], Money]
"""(spent, left, ROI, weeks left) → money for those weeks. A pure function; a place without an estimate keeps its money.
"""


@dataclass(frozen=True, slots=True, order=True)
class ForcedStrike:
    """A strike that happens whatever chance says: "if it strikes, do we still make it?"."""

    risk: str
    week: int
    subject: str | None = None
    """Rep or account hit; None takes the one most likely to be struck in that future."""

    def __str__(self) -> str:
        return f"{self.risk}{f':{self.subject}' if self.subject else ''}@week{self.week}"


@dataclass(frozen=True, slots=True)
class Options:
    """Ids of the risks and contingency plans in play."""

    risks: frozenset[str]
    plans: frozenset[str]
    forced: tuple[ForcedStrike, ...] = ()
    uncertainty: bool = True
    """Whether what nobody knows is drawn; without it every rate is at the plan's figure."""

    @property
    def forced_risks(self) -> frozenset[str]:
        """Risks with a forced strike; they can strike even where they are not in play."""
        return frozenset(strike.risk for strike in self.forced)

    @classmethod
    def of(
        cls,
        plan: Plan,
        risks: Iterable[str] | None = None,
        plans: Iterable[str] | None = None,
        forced: Iterable[ForcedStrike] = (),
        uncertainty: bool = True,
    ) -> Options:
        """Options by ids; None means the plan's enabled risks, its chosen contingency plans.

        UsageError when an id is not in the plan or a week not in the quarter.
        """
        known_risks = {risk.id for risk in plan.risks}
        known_plans = {entry.id for entry in plan.contingency_plans}
        chosen_risks = {r.id for r in plan.risks if r.enabled} if risks is None else set(risks)
        chosen_plans = {p.id for p in plan.contingency_plans if p.chosen} if plans is None else set(plans)
        forced = tuple(sorted(forced, key=lambda f: (f.risk, f.week, f.subject or "")))
        for unknown in sorted((chosen_risks | {f.risk for f in forced}) - known_risks):
            raise UsageError(f"no risk {unknown} in the plan; there are: {', '.join(sorted(known_risks)) or 'none'}")
        for unknown in sorted(chosen_plans - known_plans):
            there_are = ", ".join(sorted(known_plans)) or "none"
            raise UsageError(f"no contingency plan {unknown} in the plan; there are: {there_are}")
        for strike in forced:
            if not 1 <= strike.week <= plan.calendar.weeks:
                raise UsageError(f"{strike}: the quarter has weeks 1 to {plan.calendar.weeks}")
        return cls(frozenset(chosen_risks), frozenset(chosen_plans), forced, uncertainty)
