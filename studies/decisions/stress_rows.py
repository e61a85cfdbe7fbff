"""Rows of a stress test: risks, contingency plans, and shares of the shortfall."""

from __future__ import annotations

from typing import Literal

from studies.decisions.worth import PlanVerdict, RiskVerdict
from studies.results import Estimate, Record

__all__ = ["PlanRow", "ShareRow", "StressRow"]


class StressRow(Record):
    """One risk, without any plan (``plan`` empty) or with one contingency plan held ready against it."""

    risk: str
    risk_name: str
    plan: str = ""
    plan_name: str = ""
    forced: bool = False
    p_strike: Estimate
    strikes: float
    """Mean number of strikes."""
    cost_signed: Estimate
    """Expected signed amount lost to the risk: without the risk − with it, on identical futures."""
    cost_signed_given_strike: Estimate | None
    cost_cash: Estimate
    cost_contribution: Estimate
    cost_p_target: Estimate
    gain_signed: Estimate | None = None
    """What the plan gains, before its costs: with − without the plan, the risk on."""
    gain_cash: Estimate | None = None
    gain_contribution: Estimate | None = None
    """After the plan's costs."""
    gain_p_target: Estimate | None = None
    plan_cost: Estimate | None = None
    p_triggered: float | None = None
    verdict: PlanVerdict | RiskVerdict
    """Of a plan, by the criterion after its costs: ``buy``, ``do not buy``. Of a risk: ``hurts``, ``helps``,
    ``harmless``. Of either ``does not matter``, ``cannot tell yet``, and ``never struck``, where no
    replication says anything."""
    seen: int = 0
    """Futures in which the risk, or the plan, made any difference."""
    needed: int | None = None
    """Replications that a verdict would take, roughly; None where there is one, or no figure for it."""
    spared: float | None = None
    """How many times as many replications independent futures would take for the interval that decides."""


class PlanRow(Record):
    """A contingency plan that answers a light, a date or an alarm instead of a strike."""

    plan: str
    plan_name: str
    trigger: Literal["light", "date", "alarm"]
    p_triggered: Estimate
    gain_signed: Estimate
    gain_cash: Estimate
    gain_contribution: Estimate
    """After the plan's costs."""
    gain_p_target: Estimate
    plan_cost: Estimate
    verdict: PlanVerdict
    seen: int
    needed: int | None
    spared: float | None


class ShareRow(Record):
    """A risk's share of what all risks cost, by Shapley's value over the sets of risks, future by future."""

    risk: str
    risk_name: str
    signed: Estimate
    cash: Estimate
    contribution: Estimate
    p_target: Estimate
    alone: Estimate
    """Signed amount lost where this risk is the only one in play."""
