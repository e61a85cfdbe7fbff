"""Accounts: care touches, renewals (E4), and what goes when one is lost (K7)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Event

from scenarios.expectations import approached_from, working_days
from simulation.board import Keys
from simulation.health import cooled
from simulation.opportunities import Opportunity
from simulation.receivables import Payer, contract_signed
from simulation.records import RenewalEnd
from simulation.tasks import NO_CELL, Errand, Task

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Account", "CareTouch", "RenewalWork", "start_accounts"]


class Account:
    """A customer we have, as it stands now."""

    def __init__(self, quarter: Quarter, number: int) -> None:
        self.number, self.row = number, quarter.model.our_accounts[number]
        self.entity = f"account:{self.row.id}"
        self.keys = Keys(self.row.attributes)
        self.rep = self.row.rep
        quarter.reps[self.rep].accounts.append(self)
        self.lost = False
        self.last_contact = 0.0
        """Working day of the last care touch; where care is automated it is always there."""
        self.contacted = False
        """Whether the work for the contract that comes up is done (E4)."""
        self.opportunities: list[Opportunity] = []

    def lose(self, quarter: Quarter) -> None:
        """The customer goes, with renewal, cross-sell and every open opportunity (K7)."""
        self.lost = True
        for opportunity in self.opportunities:
            if opportunity.outcome == "open":
                opportunity.end(quarter, "lost")

    def give_to(self, quarter: Quarter, rep: int) -> None:
        """Somebody else is in charge from now on: effects pick the account by its new rep (K5)."""
        self.rep = rep
        quarter.reps[rep].accounts.append(self)
        self.keys = Keys({**self.row.attributes, "rep": quarter.model.reps[rep]})
        quarter.risks.renew_keys(self)


class CareTouch(Task):
    """The regular contact with an account we have, at its tier's cadence (S3, S4)."""

    __slots__ = ("account", "cadence_days", "hours")

    def __init__(self, quarter: Quarter, account: Account) -> None:
        tier = quarter.model.plan.customer_tiers[account.row.tier]
        cadence = 5 / tier.touches_per_week
        # Spread over the first cadence by position, so that not all accounts are due on the first morning.
        due = cadence * (account.number + 0.5) / len(quarter.model.accounts)
        super().__init__(f"care:{account.row.id}", due, (tier.priority, cadence), tier.priority, 2 * cadence, NO_CELL)
        self.account, self.cadence_days, self.hours = account, cadence, account.row.care_hours

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours of the touch; none once the account is lost."""
        return 0.0 if self.account.lost else self.hours

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Comes due again a cadence later, while the account is ours."""
        self.account.last_contact = quarter.env.now
        self.due = quarter.env.now + self.cadence_days
        return not self.account.lost


class RenewalWork(Errand):
    """What a contract that comes up takes a rep; nothing once the account is lost (E4)."""

    __slots__ = ("account",)

    def __init__(self, quarter: Quarter, account: Account, due: float) -> None:
        process, tier = quarter.model.plan.process, quarter.model.plan.customer_tiers[account.row.tier]
        hours, cadence = process.renewal_hours, 5 / tier.touches_per_week
        super().__init__(f"renewal:{account.row.id}", due, hours, tier.priority, cadence)
        self.account = account

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours it takes."""
        return 0.0 if self.account.lost else self.hours

    def done(self, quarter: Quarter, hours: float) -> bool:
        """The customer has been seen."""
        self.account.contacted = True
        return False


def start_accounts(quarter: Quarter) -> None:
    """Put care touches and renewals of all accounts under way."""
    for account in quarter.accounts:
        if account.row.care_hours > 0:
            quarter.reps[account.rep].add(CareTouch(quarter, account))
        if account.row.renewal_day < quarter.model.horizon:
            quarter.env.process(_renewal(quarter, account))


def _renewal(quarter: Quarter, account: Account) -> Generator[Event, Any, None]:
    """A contract comes up: its work starts 30 days ahead, its outcome falls on the day (E4).

    Before the weeks in which renewals are approached ahead nobody comes until the day itself; every Monday they may
    have begun.
    """
    plan, env, row = quarter.model.plan, quarter.env, account.row
    process, tier = plan.process, plan.customer_tiers[row.tier]
    yield env.timeout(max(row.renewal_day - working_days(process.renewal_lead_days), 0.0))
    while env.now < row.renewal_day and _approached_from(quarter, account) > env.now:
        monday = plan.calendar.first_day_of_week(quarter.model.week_of_day[int(env.now)] + 2)
        yield env.timeout(min(float(monday), row.renewal_day) - env.now)
    start = env.now
    if process.renewal_hours == 0:
        account.contacted = start < row.renewal_day
    elif not account.lost:
        quarter.reps[account.rep].add(RenewalWork(quarter, account, start))
    yield env.timeout(row.renewal_day - start)
    _renewal_ends(quarter, account, tier.renewal_rate)


def _approached_from(quarter: Quarter, account: Account) -> float:
    week = quarter.model.plan.process.renewals_from_week
    return approached_from(
        quarter.model.plan, quarter.board.value("renewals_from_week", week, account.keys, account.entity)
    )


def _renewal_ends(quarter: Quarter, account: Account, renewal_rate: float) -> None:
    row, number, value = account.row, account.number, 0.0
    if account.lost:
        outcome = "account lost"
    else:
        rate = quarter.board.value("renewal_rate", renewal_rate, account.keys, account.entity)
        if row.care_hours > 0:
            cadence = 5 / quarter.model.plan.customer_tiers[row.tier].touches_per_week
            silent = quarter.env.now - account.last_contact
            rate *= cooled(quarter.model.plan.process, silent - cadence, cadence)
        if not account.contacted:
            rate *= quarter.model.plan.process.late_renewal_factor
        outcome = "renewed" if quarter.future.renewals[number] < rate else "not renewed"
    if outcome == "renewed":
        value = row.renewal_amount
        quarter.signed(account.rep, row.product, row.region, value)
        payments = quarter.future.renewal_payments[number]
        payer = Payer(account.keys, account.entity, row.tier, number, account.rep)
        contract_signed(quarter, f"renewal:{row.id}", value, payments, payer)
    quarter.records.renewals.append(
        RenewalEnd(number, row.product, row.region, account.rep, quarter.env.now, outcome, value, account.contacted)
    )
