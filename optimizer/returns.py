"""What a unit of money of signed sales leaves over: margin, less bonuses at expected rates."""

from __future__ import annotations

from scenarios.cycles import LognormalCycle
from scenarios.expectations import with_measures, working_days
from scenarios.plan import Plan

__all__ = ["bonus_rates", "cash_share"]


def cash_share(plan: Plan) -> float:
    """Expected share of a contract's amount that is received within the quarter.

    An approximation: contracts are taken as signed evenly over the quarter, and lateness as the same for all
    customers. Each instalment is paid when due, late with its chance, or never.
    """
    horizon = float(plan.calendar.working_days)
    lateness = plan.money.lateness
    median = with_measures(plan, "days_late", lateness.median_days_late, {})
    lost = with_measures(plan, "bad_debt", lateness.bad_debt, {})
    late_share = with_measures(plan, "late_share", lateness.late_share, {})
    days_late = LognormalCycle(working_days(median), lateness.sigma)
    received = 0.0
    for part in plan.money.payment_terms:
        due = working_days(part.due_days)
        on_time = max(1 - due / horizon, 0.0)
        late = days_late.mean_cdf(due, due + horizon, horizon) if days_late.median > 0 else on_time
        received += part.share * ((1 - late_share) * on_time + late_share * late)
    return received * (1 - lost)


def bonus_rates(plan: Plan) -> tuple[float, float]:
    """Expected bonus per money signed, and the further bonus per money renewed. Rule R5."""
    rates = {"signed": 0.0, "cash": 0.0, "renewed": 0.0}
    for bonus in plan.money.bonuses:
        rates[bonus.basis] += bonus.rate
    return rates["signed"] + rates["cash"] * cash_share(plan), rates["renewed"]
