"""Receivables: payment terms turn a signature into instalments, lateness and bad debt turn them into cash."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from scenarios.expectations import never_paid, working_days
from simulation.board import Keys
from simulation.records import Payment
from simulation.reps import Rep
from simulation.tasks import Errand

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Payer", "Pursuit", "contract_signed", "start_receivables"]

_NORMAL = NormalDist()


class Payer(NamedTuple):
    """Who owes money, and who on our side goes after it."""

    keys: Keys
    entity: str
    """The opportunity or account that signed: a contingency plan that acts on its instalments is used once."""
    tier: int
    account: int
    """-1 where the payer is no account of ours."""
    rep: int
    """Who sold; an account's owner counts before."""


class Pursuit(Errand):
    """Going after a payment that is overdue: what is left of the delay shrinks once the work is done (E4)."""

    __slots__ = ("factor", "paid", "row")

    def __init__(self, quarter: Quarter, row: int, paid: float, payer: Payer, hours: float, factor: float) -> None:
        tier, payment = quarter.model.plan.customer_tiers[payer.tier], quarter.records.payments[row]
        id = f"collection:{payment.id}/closing"
        super().__init__(id, quarter.env.now, hours, tier.priority, 5 / tier.touches_per_week)
        self.row, self.paid, self.factor = row, paid, factor

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes; none once the money is there."""
        return self.hours if self.paid > quarter.env.now else 0.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """The customer pays sooner."""
        now, payments = quarter.env.now, quarter.records.payments
        if now < self.paid < math.inf:
            paid = now + (self.paid - now) * self.factor
            payments[self.row] = payments[self.row]._replace(paid=_in_quarter(quarter, paid))
        return False


def start_receivables(quarter: Quarter) -> None:
    """Put every invoice that is open at the start under way; what is overdue counts as due on the first day."""
    plan, model = quarter.model.plan, quarter.model
    for number, row in enumerate(model.invoices):
        if row.due >= model.horizon:
            continue
        account = model.our_accounts[row.account] if row.account >= 0 else None
        keys = Keys(account.attributes if account else {})
        chance = quarter.future.payments[number]
        entity, tier = (f"account:{account.id}", account.tier) if account else (row.id, len(model.tiers) - 1)
        payer = Payer(keys, entity, tier, row.account, row.rep)
        quarter.at(row.due, partial(_falls_due, quarter, row.id, row.amount, row.due, chance, payer, row.overdue))
        if plan.process.collection_hours > 0:
            customers = plan.customer_tiers[tier]
            cadence = 5 / customers.touches_per_week
            errand = Errand(f"collection:{row.id}", row.due, plan.process.collection_hours, customers.priority, cadence)
            quarter.reps[row.rep].add(errand)


def contract_signed(quarter: Quarter, id: str, value: float, chances: Sequence[float], payer: Payer) -> None:
    """Invoice a contract by the payment terms; only parts that fall due in the quarter are followed."""
    now, horizon, board = quarter.env.now, quarter.model.horizon, quarter.board
    for number, (share, days) in enumerate(quarter.model.instalments):
        if "payment_days" in board.acting:
            base = quarter.model.plan.money.payment_terms[number].due_days
            days = working_days(board.value("payment_days", base, payer.keys, payer.entity))
        due = now + days
        if due < horizon:
            chance = chances[3 * number : 3 * number + 3]
            amount = value * share
            quarter.at(due, partial(_falls_due, quarter, f"{id}/{number + 1}", amount, due, chance, payer))


def _falls_due(
    quarter: Quarter, id: str, amount: float, due: float, chance: Sequence[float], payer: Payer, overdue: float = 0.0
) -> None:
    """A receivable falls due; the customer pays then, late, or never.

    One that was overdue at the start pays late or never, given that it has already been late ``overdue`` days.
    """
    late_draw, days_draw, bad_draw = chance
    lateness, board = quarter.model.plan.money.lateness, quarter.board
    bad_debt = board.value("bad_debt", lateness.bad_debt, payer.keys, payer.entity)
    bad = bad_draw < never_paid(lateness, bad_debt, overdue)
    paid = math.inf
    if not bad:
        paid = due
        late_share = board.value("late_share", lateness.late_share, payer.keys, payer.entity)
        if overdue > 0 or late_draw < late_share:
            median = working_days(board.value("days_late", lateness.median_days_late, payer.keys, payer.entity))
            paid += _days_late(median, lateness.sigma, days_draw, overdue) - overdue
    row = len(quarter.records.payments)
    payment = (id, due, _in_quarter(quarter, paid), amount, bad)
    quarter.records.payments.append(tuple.__new__(Payment, payment))
    if paid > due:
        _plan_pursuit(quarter, row, due, paid, payer)


def _in_quarter(quarter: Quarter, day: float) -> float:
    return day if day < quarter.model.horizon else math.inf


def _plan_pursuit(quarter: Quarter, row: int, due: float, paid: float, payer: Payer) -> None:
    """In the closing weeks somebody goes after what is overdue; also after what, unknown to us, is never paid."""
    plan, collections = quarter.model.plan, quarter.model.plan.money.collections
    if collections is None or (tier := quarter.model.tiers[payer.tier]) not in collections.delay_factors:
        return
    start = max(due, float(plan.calendar.first_day_of_week(collections.from_week)))
    end = float(plan.calendar.first_day_of_week((collections.to_week or plan.calendar.weeks) + 1))
    if start < min(paid, end):
        figures = payer, collections.hours, collections.delay_factors[tier]
        quarter.at(start, lambda: _collector(quarter, payer).add(Pursuit(quarter, row, paid, *figures)))


def _collector(quarter: Quarter, payer: Payer) -> Rep:
    """The account's owner, who hands the work over on leaving; else who sold, or somebody of the same region."""
    if payer.account >= 0:
        return quarter.reps[quarter.accounts[payer.account].rep]
    rep = quarter.reps[payer.rep]
    if not rep.left:
        return rep
    home = quarter.model.plan.reps[payer.rep].regions[0]
    return quarter.reps[quarter.rep_for_lead(quarter.model.regions.index(home))]


def _days_late(median: float, sigma: float, draw: float, at_least: float) -> float:
    """Working days late at quantile ``draw``: lognormal, given that it is more than ``at_least``."""
    if median <= 0 or sigma == 0:
        return max(median, at_least)
    known = _NORMAL.cdf(math.log(at_least / median) / sigma) if at_least > 0 else 0.0
    quantile = known + draw * (1 - known)
    if quantile >= 1:
        return at_least
    return max(median * math.exp(sigma * _NORMAL.inv_cdf(quantile)), at_least)
