"""Accounts: care touches, renewals (E4), and what goes when one is lost (K7)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy import Event

from scenarios.expectations import account_keys, working_days
from simulation.board import Keys
from simulation.model import account_care
from simulation.opportunities import Opportunity
from simulation.receivables import contract_signed
from simulation.records import RenewalEnd
from simulation.reps import Errand

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Account", "CareTouch", "start_accounts"]


class Account:
    """A customer we have, as it stands now."""

    def __init__(self, quarter: Quarter, number: int) -> None:
        row = quarter.model.plan.accounts[number]
        self.number, self.row = number, row
        self.keys = Keys(account_keys(quarter.model.plan, row))
        self.rep = quarter.model.reps.index(row.rep)
        self.lost = False
        self.opportunities: list[Opportunity] = []

    def lose(self, quarter: Quarter) -> None:
        """The customer goes, with renewal, cross-sell and every open opportunity (K7)."""
        self.lost = True
        for opportunity in self.opportunities:
            if opportunity.outcome == "open":
                opportunity.end(quarter, "lost")


class CareTouch:
    """The regular contact with an account we have, at its tier's cadence (S3, S4)."""

    __slots__ = ("account", "cadence_days", "due", "hours", "id", "priority")

    def __init__(self, quarter: Quarter, account: Account, hours: float) -> None:
        tier = quarter.model.plan.customer_tier[account.row.customer_tier]
        self.account, self.hours = account, hours
        self.id = f"care:{account.row.id}"
        self.priority, self.cadence_days = tier.priority, 5 / tier.touches_per_week
        # Spread over the first cadence by position, so that not all accounts are due on the first morning.
        self.due = self.cadence_days * (account.number + 0.5) / len(quarter.model.accounts)

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours of the touch; none once the account is lost."""
        return 0.0 if self.account.lost else self.hours

    def cell_attainment(self, quarter: Quarter) -> float:
        """Belongs to no cell: ranks as one that is exactly on quota."""
        return 1.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Comes due again a cadence later, while the account is ours."""
        self.due = quarter.env.now + self.cadence_days
        return not self.account.lost


def start_accounts(quarter: Quarter) -> None:
    """Put care touches and renewals of all accounts under way."""
    plan = quarter.model.plan
    for account in quarter.accounts:
        automated, hours = account_care(plan, account.row)
        if not automated and hours > 0:
            quarter.reps[account.rep].add(CareTouch(quarter, account, hours))
        if account.row.renewal_amount > 0 and account.row.renewal_date is not None:
            quarter.env.process(_renewal(quarter, account, plan.calendar.day_of(account.row.renewal_date)))


def _renewal(quarter: Quarter, account: Account, day: float) -> Generator[Event, Any, None]:
    """A contract comes up: its work starts 30 days ahead, its outcome falls on the day (E4)."""
    plan, env = quarter.model.plan, quarter.env
    tier = plan.customer_tier[account.row.customer_tier]
    start = max(day - working_days(plan.process.renewal_lead_days), 0.0)
    if start > 0:
        yield env.timeout(start)
    if not account.lost and plan.process.renewal_hours > 0:
        errand = Errand(
            f"renewal:{account.row.id}", start, plan.process.renewal_hours, tier.priority, 5 / tier.touches_per_week
        )
        quarter.reps[account.rep].add(errand)
    yield env.timeout(day - start)
    _renewal_ends(quarter, account, tier.renewal_rate)


def _renewal_ends(quarter: Quarter, account: Account, renewal_rate: float) -> None:
    row, model = account.row, quarter.model
    value = 0.0
    if account.lost:
        outcome = "account lost"
    else:
        rate = quarter.board.value("renewal_rate", renewal_rate, account.keys, f"account:{row.id}")
        outcome = "renewed" if quarter.future.renewals[account.number] < rate else "not renewed"
    product, region = model.products.index(row.product or ""), model.regions.index(row.region)
    if outcome == "renewed":
        value = row.renewal_amount
        quarter.signed(account.rep, product, region, value)
        contract_signed(
            quarter, f"renewal:{row.id}", value, quarter.future.renewal_payments[account.number], account.keys
        )
    quarter.records.renewals.append(
        RenewalEnd(account.number, product, region, account.rep, quarter.env.now, outcome, value)
    )
