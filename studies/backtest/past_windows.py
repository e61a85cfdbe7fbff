"""Stretches of the past that are planned as if they lay ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd

from scenarios.crm.export import Export
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import UsageError

__all__ = ["Kind", "Window", "accounts_are_known", "windows_of"]

Kind: TypeAlias = Literal["quarter", "rolling"]
ROLLING_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the past that is planned as if it lay ahead."""

    kind: Kind
    start: dt.date
    end: dt.date
    """First day after it."""

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days

    @property
    def weeks(self) -> int:
        """Whole weeks, which are simulated; a quarter has 13."""
        return self.days // 7


def windows_of(export: Export, quarters: Sequence[dt.date], rolling: int, step_weeks: int) -> list[Window]:
    """The quarters, and the last ``rolling`` windows of 12 weeks that the export holds whole, ``step_weeks`` apart.

    UsageError for a window that the export does not hold whole.
    """
    closed = export.deals["closed"][export.deals["outcome"].isin(["won", "lost"])].dropna()
    if closed.empty:
        raise UsageError("backtest: the export holds no closed deal, so there is nothing to compare with")
    last = closed.max().date()
    windows = []
    for start in sorted(quarters):
        end = (pd.Timestamp(start) + pd.DateOffset(months=3)).date()
        if (end - last).days > 7:
            text = f"the quarter from {start} ends on {end - dt.timedelta(days=1)}"
            raise UsageError(f"--quarters {start}: {text}, and the export's last closing is on {last}")
        windows.append(Window("quarter", start, end))
    whole = last + dt.timedelta(days=1) - dt.timedelta(weeks=ROLLING_WEEKS)
    newest = whole - dt.timedelta(days=whole.weekday())
    for number in reversed(range(rolling)):
        start = newest - dt.timedelta(weeks=step_weeks * number)
        windows.append(Window("rolling", start, start + dt.timedelta(weeks=ROLLING_WEEKS)))
    if not windows:
        raise UsageError("backtest: name at least one quarter (--quarters 2017-07-01) or windows (--rolling 8)")
    return windows


def accounts_are_known(export: Export, columns: ColumnMapping) -> bool:
    """Whether the accounts of open deals may be used.

    Not where accounts are entered by the closing alone: then, in a later export, having one tells the outcome.
    """
    closed, blank = export.deals["outcome"] != "open", export.deals["account"] == ""
    give_away = bool((~closed & blank).any() and not (closed & blank).any())
    return columns.open_deal_accounts == "use" and not give_away
