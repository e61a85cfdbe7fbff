"""Everything that can be struck: a risk, the market or a rep or an account, and its hazard."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from scenarios.errors import UsageError
from scenarios.expectations import account_keys, rep_keys
from scenarios.plan import Plan
from scenarios.risks import Risk
from simulation.options import Options

__all__ = ["PossibleStrike", "hazard_per_day", "possible_strikes"]

CERTAIN_HAZARD = 1e6
"""Per day; far above any exponential threshold that can be drawn (22.9), yet finite under a factor of 0."""


class PossibleStrike(NamedTuple):
    """A risk and what it can hit."""

    risk: Risk
    subject: str | None
    """Rep or account id; None for the market."""
    attributes: dict[str, str | tuple[str, ...]]
    hazard: float
    """Per working day inside the window, before effects; 0 for what is struck only because it is forced."""
    first: float
    """Working day on which the window opens."""
    end: float

    @property
    def target(self) -> tuple[str, str] | None:
        """What ``struck`` effects are aimed at."""
        return None if self.subject is None else (self.risk.subject, self.subject)

    @property
    def entity(self) -> str:
        """Who is counted as a use of a contingency plan that acts on it: the rep or account, else the strike itself."""
        return self.id if self.subject is None else f"{self.risk.subject}:{self.subject}"

    @property
    def id(self) -> str:
        """Entity id of its draws."""
        return f"strike:{self.risk.id}/{self.subject or 'market'}"


def possible_strikes(plan: Plan, options: Options) -> Iterator[PossibleStrike]:
    """All strikes that the risks in play can bring, by risk and subject id.

    What a forced strike names is left to it: chance cannot strike it before.
    UsageError when a forced strike hits what its risk cannot strike, or what is struck already.
    """
    named = {(strike.risk, strike.subject) for strike in options.forced}
    for risk in plan.risks:
        if risk.id not in options.risks | options.forced_risks:
            continue
        first = float(plan.calendar.first_day_of_week(risk.from_week))
        end = float(plan.calendar.first_day_of_week((risk.to_week or plan.calendar.weeks) + 1))
        subjects = list(_subjects(plan, risk))
        _refuse_impossible(risk, [subject for subject, _, _ in subjects], options)
        for subject, tier, attributes in subjects:
            chance = risk.chance_per_quarter
            if isinstance(chance, dict):
                chance = chance.get(tier, 0.0)
            by_chance = risk.id in options.risks and (risk.id, subject) not in named
            hazard = hazard_per_day(chance, end - first) if by_chance else 0.0
            yield PossibleStrike(risk, subject, {"risk": risk.id, **attributes}, hazard, first, end)


def _subjects(plan: Plan, risk: Risk) -> Iterator[tuple[str | None, str, dict[str, str | tuple[str, ...]]]]:
    if risk.subject == "market":
        yield None, "", {}
    elif risk.subject == "rep":
        for rep in plan.reps:
            if risk.scope.matches(keys := rep_keys(plan, rep)):
                yield rep.id, rep.tier, keys
    else:
        for account in plan.accounts:
            if risk.scope.matches(own := account_keys(plan, account)):
                yield account.id, account.customer_tier, dict(own)


def _refuse_impossible(risk: Risk, subjects: list[str | None], options: Options) -> None:
    forced = [strike for strike in options.forced if strike.risk == risk.id]
    if not forced:
        return
    able = "the market" if risk.subject == "market" else ", ".join(map(str, subjects))
    for strike in forced:
        if not subjects:
            raise UsageError(f"{strike}: the plan has nobody whom {risk.id} can strike")
        if strike.subject is not None and risk.subject == "market":
            raise UsageError(f"{strike}: {risk.id} strikes the market; write {risk.id}@week{strike.week}")
        if strike.subject is not None and strike.subject not in subjects:
            raise UsageError(f"{strike}: {risk.id} cannot strike {strike.subject}; it can strike: {able}")
    named = [strike.subject for strike in forced if strike.subject is not None]
    if len(forced) > len(subjects) or len(set(named)) < len(named):
        raise UsageError(f"{', '.join(map(str, forced))}: {risk.id} strikes each of {able} only once")


def hazard_per_day(chance: float, days: float) -> float:
    """Constant hazard with P(strike in ``days``) = chance; a certain strike comes on the first day."""
    if chance >= 1:
        return CERTAIN_HAZARD
    return -math.log1p(-chance) / days if days > 0 else 0.0
