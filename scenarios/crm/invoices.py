"""A file of invoices: when customers paid before a date, and what they still owed on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.calibration.figures import Figure
from scenarios.calibration.lateness import (
    DaysLate,
    Payments,
    bad_debt_share,
    days_late,
    late_share,
    long_overdue,
)
from scenarios.crm.cells import amounts_in, dates_in, in_plan_currency
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings, Unused
from scenarios.process import Money

__all__ = ["Invoices", "OpenInvoice", "invoices_known_on", "typed_invoices"]

SHAPE_REFUSED = 0.1
"""Distance from the lognormal, in shares, from which the planner is told."""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice written before the date and not paid before it."""

    id: str
    account: str
    """Empty where it is no account of the plan."""
    amount: float
    due: dt.date


@dataclass(frozen=True)
class Invoices:
    """What a file of invoices says as of a date."""

    open: tuple[OpenInvoice, ...]
    """In order of ids."""
    late_share: Figure | None
    """None, as those that follow, where too few invoices tell."""
    days_late: DaysLate | None
    bad_debt: Figure | None
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Own estimates by the path of the plan's figure."""
        days = self.days_late
        found = {
            "late_share": self.late_share,
            "median_days_late": None if days is None else days.median,
            "sigma": None if days is None else days.sigma,
            "bad_debt": self.bad_debt,
        }
        return {f"money.lateness.{name}": figure for name, figure in found.items() if figure is not None}


def typed_invoices(table: pd.DataFrame, file: str, mapping: ColumnMapping, found: Findings) -> pd.DataFrame:
    """Dates as dates, amounts in the plan's currency; a credit note is less than nothing."""
    assert mapping.invoices is not None
    columns = mapping.invoices.columns
    invoices = table[["line", "id", "account"]].copy()
    for ours, column in (("issued", columns.issued), ("due", columns.due), ("paid", columns.paid)):
        invoices[ours] = dates_in(table, ours, file, column, mapping, found) if column else pd.NaT
    amount = amounts_in(table, "amount", file, columns.amount, mapping, found, least=-1e15)
    every = pd.Series(True, index=table.index)
    invoices["amount"] = in_plan_currency(amount, table, every, file, columns.currency, mapping, found)
    return invoices


def invoices_known_on(table: pd.DataFrame, as_of: dt.date, money: Money, accounts: Container[str]) -> Invoices:
    """What was known at the start of ``as_of``: what was paid then or later was open, what was written then was not.

    Where the file does not say when an invoice was written, it is as long before its due day as the assumed terms of
    payment give.
    """
    date = pd.Timestamp(as_of)
    unused: list[Unused] = []
    rows = table.copy()

    def leave_out(which: pd.Series[bool], reason: str) -> None:
        nonlocal rows
        if which.any():
            unused.append(Unused("invoices", reason, int(which.sum())))
            rows = rows[~which]

    leave_out(rows["due"].isna(), "no due day")
    leave_out(~(rows["amount"] > 0), "nothing owed: no amount, zero or a credit note")
    terms = pd.Timedelta(days=max(part.due_days for part in money.payment_terms))
    issued = rows["issued"].fillna(rows["due"] - terms)
    leave_out(issued >= date, f"written on {as_of} or later")
    paid = rows["paid"].where(rows["paid"] < date)
    if paid.notna().sum() == 0:
        # Without a single payment the column may just not be kept, and all would look late.
        owed, missing = _still_owed(rows, paid, as_of, _longest(money, None), accounts)
        text = f"no invoice was paid before {as_of}, so when customers pay stays assumed"
        return Invoices(owed, None, None, None, (*unused, *missing), (text,) if len(rows) else ())
    due = rows["due"] < date
    age = np.asarray((date - rows["due"][due]).dt.days, dtype=float)
    days = np.asarray((paid[due].fillna(date) - rows["due"][due]).dt.days, dtype=float)
    payments = Payments(age, days, np.asarray(paid[due].notna()))
    late, settled = int(payments.late.sum()), int((payments.late & payments.paid).sum())
    of = f"of {len(payments):,} invoices due before {as_of}, {late:,} were not paid on the day"
    length = days_late(payments, f"{of}, {settled:,} of them later")
    longest = _longest(money, length)
    bad = bad_debt_share(payments, longest)
    share = late_share(payments, bad.value if bad else money.lateness.bad_debt, of)
    owed, missing = _still_owed(rows, paid, as_of, longest, accounts)
    return Invoices(owed, share, length, bad, (*unused, *missing), _warnings(payments, share, length, bad))


def _longest(money: Money, length: DaysLate | None) -> float:
    """Days overdue from which an invoice is not counted on any more, at least a quarter."""
    if length is None:
        return max(long_overdue(money.lateness.median_days_late, money.lateness.sigma), 90.0)
    return max(long_overdue(length.median.value, length.sigma.value), 90.0)


def _still_owed(
    rows: pd.DataFrame, paid: pd.Series[pd.Timestamp], as_of: dt.date, longest: float, accounts: Container[str]
) -> tuple[tuple[OpenInvoice, ...], list[Unused]]:
    """Open invoices; those overdue for so long that none of their kind is paid any more are left out."""
    owed = rows[paid.isna()].sort_values("id")
    dead = (pd.Timestamp(as_of) - owed["due"]).dt.days > longest
    unused = []
    if dead.any():
        reason = f"open, and overdue by more than {longest:.0f} days, after which hardly one is paid"
        unused.append(Unused(f"invoices worth {owed['amount'][dead].sum():,.0f}", reason, int(dead.sum())))
    kept = owed[~dead]
    names = zip(kept["id"], kept["account"], kept["amount"], kept["due"], strict=True)
    return (
        tuple(
            OpenInvoice(id, account if account in accounts else "", float(amount), due.date())
            for id, account, amount, due in names
        ),
        unused,
    )


def _warnings(payments: Payments, share: Figure | None, length: DaysLate | None, bad: Figure | None) -> tuple[str, ...]:
    texts = []
    if share is None:
        texts.append(f"{len(payments):,} invoices fell due before the date, too few to say how many are paid late")
    if length is None:
        texts.append("too few invoices were paid late to say by how many days")
    elif length.distance > SHAPE_REFUSED:
        texts.append(
            f"days late are no lognormal ({length.distance:.2f} off, in shares): the plan has its median and its "
            "spread, and not its shape"
        )
    if bad is None:
        texts.append("too few invoices fell due long enough ago to say how many are never paid: bad debt stays assumed")
    return tuple(texts)
