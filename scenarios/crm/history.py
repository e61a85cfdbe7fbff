"""Deals as they stood on a date: the only door through which an import sees them.

``known_on`` blanks what happened on the date or later. Nothing behind it sees the future, so nothing of the future can
reach a plan.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from scenarios.crm.sheets import Unused

__all__ = ["History", "Windows", "between", "known_on", "windows_before"]


@dataclass(frozen=True, slots=True)
class Windows:
    """The stretches of time before the date that are looked at."""

    as_of: dt.date
    quarter_start: dt.date
    """First day of the three months before the date."""
    previous_start: dt.date
    """First day of the three months before those."""
    rates_start: dt.date
    """First day from which leads and closings are counted: not before the export shows any closing."""

    @property
    def rate_days(self) -> int:
        """Days from which leads and closings are counted."""
        return (self.as_of - self.rates_start).days

    @property
    def last_quarter(self) -> str:
        """The last quarter in words."""
        return f"{self.quarter_start} to {self.as_of - dt.timedelta(days=1)}"


@dataclass(frozen=True, eq=False)
class History:
    """Deals as they stood at the start of the date."""

    deals: pd.DataFrame
    """id, rep, region, product, account, outcome, engaged, closed, value, days; the last three of closed deals only,
    and the value of won deals only."""
    unused: tuple[Unused, ...]

    @property
    def won(self) -> pd.DataFrame:
        """Deals won before the date."""
        return self.deals[self.deals["outcome"] == "won"]

    @property
    def closed(self) -> pd.DataFrame:
        """Deals won or lost before the date."""
        return self.deals[self.deals["outcome"] != "open"]

    @property
    def open(self) -> pd.DataFrame:
        """Deals engaged before the date and not closed before it."""
        return self.deals[self.deals["outcome"] == "open"]


def windows_before(as_of: dt.date, rate_weeks: int, first_closing: dt.date | None = None) -> Windows:
    """The last quarter is the three calendar months before the date, so that it is the quarter that was reported."""
    rates_start = as_of - dt.timedelta(weeks=rate_weeks)
    if first_closing is not None:
        rates_start = max(rates_start, min(first_closing, as_of - dt.timedelta(days=7)))
    return Windows(as_of, _months_before(as_of, 3), _months_before(as_of, 6), rates_start)


def _months_before(day: dt.date, months: int) -> dt.date:
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def known_on(deals: pd.DataFrame, as_of: dt.date, use_open_accounts: bool = True) -> History:
    """Deals as they stood at the start of ``as_of``: what closed then or later was open, its value unknown.

    Without ``use_open_accounts`` the accounts of open deals are unknown too, for exports in which they are entered at
    the closing and so give the outcome away.
    """
    date = pd.Timestamp(as_of)
    unused: list[Unused] = []
    undated = deals["engaged"].isna()
    for stage, count in deals["stage"][undated].value_counts().sort_index().items():
        reason = "no date of engagement, so neither pipeline nor history"
        unused.append(Unused(f"deals in stage {stage}", reason, int(count)))
    later = deals["engaged"] >= date
    if later.any():
        unused.append(Unused("deals", f"engaged on {as_of} or later", int(later.sum())))
    known = deals[~undated & ~later].copy()

    past = known["outcome"].isin(["won", "lost"]) & (known["closed"] < date)
    known["outcome"] = known["outcome"].where(past, "open")
    known["closed"] = known["closed"].where(past)
    if not use_open_accounts:
        known["account"] = known["account"].where(past, "")
    known["value"] = known["value"].where(known["outcome"] == "won")
    known["days"] = (known["closed"] - known["engaged"]).dt.days
    backwards = past & (known["days"] < 0)
    worthless = (known["outcome"] == "won") & ~(known["value"] > 0) & ~backwards
    for rows, reason in ((backwards, "closed before they were engaged"), (worthless, "won without a value")):
        if rows.any():
            unused.append(Unused("deals", reason, int(rows.sum()), tuple(sorted(known["id"][rows]))))
    columns = ["id", "rep", "region", "product", "account", "outcome", "engaged", "closed", "value", "days"]
    return History(known[~backwards & ~worthless][columns], tuple(unused))


def between(deals: pd.DataFrame, column: str, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Deals with start <= date < end."""
    return deals[(deals[column] >= pd.Timestamp(start)) & (deals[column] < pd.Timestamp(end))]
