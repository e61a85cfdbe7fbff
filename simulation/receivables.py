"""Receivables: payment terms turn a signature into instalments, lateness and bad debt turn them into cash."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from simpy import Event

from scenarios.expectations import account_keys, working_days
from simulation.board import Keys
from simulation.records import Payment
from simulation.reps import Errand

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["contract_signed", "start_receivables"]

_NORMAL = NormalDist()


def start_receivables(quarter: Quarter) -> None:
    """Put every invoice that is open at the start under way; what is overdue counts as due on the first day."""
    plan, model = quarter.model.plan, quarter.model
    owners = {account.id: account for account in plan.accounts}
    for number, receivable in enumerate(plan.receivables):
        account = owners.get(receivable.account or "")
        keys = Keys(account_keys(plan, account) if account else {})
        day = plan.calendar.day_of(receivable.due_date)
        due = max(day, 0.0)
        if due >= model.horizon:
            continue
        chance = quarter.future.payments[number]
        id = f"receivable:{receivable.id}"
        quarter.env.process(_falls_due(quarter, id, receivable.amount, due, chance, keys, overdue=max(-day, 0.0)))
        if plan.process.collection_hours > 0:
            rep = model.reps.index(account.rep) if account else number % len(model.reps)
            tier = plan.customer_tier[account.customer_tier] if account else plan.customer_tiers[-1]
            quarter.reps[rep].add(
                Errand(
                    f"collection:{receivable.id}",
                    due,
                    plan.process.collection_hours,
                    tier.priority,
                    5 / tier.touches_per_week,
                )
            )


def contract_signed(quarter: Quarter, id: str, value: float, chances: Sequence[float], keys: Keys) -> None:
    """Invoice a contract by the payment terms; only parts that fall due in the quarter are followed."""
    for number, part in enumerate(quarter.model.plan.money.payment_terms):
        due = quarter.env.now + working_days(part.due_days)
        if due < quarter.model.horizon:
            chance = chances[3 * number : 3 * number + 3]
            quarter.env.process(_falls_due(quarter, f"{id}/{number + 1}", value * part.share, due, chance, keys))


def _falls_due(
    quarter: Quarter, id: str, amount: float, due: float, chance: Sequence[float], keys: Keys, overdue: float = 0.0
) -> Generator[Event, Any, None]:
    """A receivable falls due; the customer pays then, late, or never.

    One that was overdue at the start pays late for certain, given that it has already been late ``overdue`` days.
    """
    if due > quarter.env.now:
        yield quarter.env.timeout(due - quarter.env.now)
    late_draw, days_draw, bad_draw = chance
    lateness, board = quarter.model.plan.money.lateness, quarter.board
    bad = bad_draw < board.value("bad_debt", lateness.bad_debt, keys, id)
    paid = math.inf
    if not bad:
        paid = due
        if overdue > 0 or late_draw < lateness.late_share:
            median = working_days(board.value("days_late", lateness.median_days_late, keys, id))
            paid += _days_late(median, lateness.sigma, days_draw, overdue) - overdue
        if paid >= quarter.model.horizon:
            paid = math.inf
    quarter.records.payments.append(Payment(id, due, paid, amount, bad))


def _days_late(median: float, sigma: float, draw: float, at_least: float) -> float:
    """Working days late at quantile ``draw``: lognormal, given that it is more than ``at_least``."""
    if median <= 0 or sigma == 0:
        return max(median, at_least)
    known = _NORMAL.cdf(math.log(at_least / median) / sigma) if at_least > 0 else 0.0
    quantile = known + draw * (1 - known)
    if quantile >= 1:
        return at_least
    return max(median * math.exp(sigma * _NORMAL.inv_cdf(quantile)), at_least)
