"""Receivables: payment terms turn a signature into instalments, lateness and bad debt turn them into cash."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING

from scenarios.expectations import working_days
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
    for number, row in enumerate(model.invoices):
        if row.due >= model.horizon:
            continue
        account = model.our_accounts[row.account] if row.account >= 0 else None
        keys = Keys(account.attributes if account else {})
        chance = quarter.future.payments[number]
        entity = f"account:{account.id}" if account else row.id
        due = partial(_falls_due, quarter, row.id, row.amount, row.due, chance, keys, entity, row.overdue)
        quarter.at(row.due, due)
        if plan.process.collection_hours > 0:
            tier = plan.customer_tiers[account.tier if account else -1]
            cadence = 5 / tier.touches_per_week
            errand = Errand(f"collection:{row.id}", row.due, plan.process.collection_hours, tier.priority, cadence)
            quarter.reps[row.rep].add(errand)


def contract_signed(quarter: Quarter, id: str, value: float, chances: Sequence[float], keys: Keys, entity: str) -> None:
    """Invoice a contract by the payment terms; only parts that fall due in the quarter are followed.

    ``entity`` is the opportunity or account that signed: a contingency plan that acts on its instalments is used once.
    """
    for number, part in enumerate(quarter.model.plan.money.payment_terms):
        due = quarter.env.now + working_days(part.due_days)
        if due < quarter.model.horizon:
            chance = chances[3 * number : 3 * number + 3]
            amount = value * part.share
            quarter.at(due, partial(_falls_due, quarter, f"{id}/{number + 1}", amount, due, chance, keys, entity))


def _falls_due(
    quarter: Quarter,
    id: str,
    amount: float,
    due: float,
    chance: Sequence[float],
    keys: Keys,
    entity: str,
    overdue: float = 0.0,
) -> None:
    """A receivable falls due; the customer pays then, late, or never.

    One that was overdue at the start pays late for certain, given that it has already been late ``overdue`` days.
    """
    late_draw, days_draw, bad_draw = chance
    lateness, board = quarter.model.plan.money.lateness, quarter.board
    bad = bad_draw < board.value("bad_debt", lateness.bad_debt, keys, entity)
    paid = math.inf
    if not bad:
        paid = due
        if overdue > 0 or late_draw < lateness.late_share:
            median = working_days(board.value("days_late", lateness.median_days_late, keys, entity))
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
