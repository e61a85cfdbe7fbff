"""A file of staff: who was hired and who left, as it was known on a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.calibration.figures import Figure
from scenarios.calibration.leaving import Leaving, leaving_rate
from scenarios.crm.cells import dates_in
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings, Unused

__all__ = ["Staff", "staff_known_on", "typed_staff"]

LEAST_YEARS = 5.0
"""Years that reps were watched, all together, below which nothing can be said about how many leave."""
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Staff:
    """What a file of staff says as of a date."""

    leaving: Leaving | None
    """How often a rep leaves; None where the file cannot tell."""
    joined: dict[str, dt.date]
    """Rep of the deals → day of joining."""
    gone: tuple[str, ...]
    """Reps of the deals who had left before the date."""
    unused: tuple[Unused, ...]
    warnings: tuple[str, ...]

    def chance(self, weeks: int) -> Figure | None:
        """Chance that a rep leaves within the plan's weeks."""
        return None if self.leaving is None else self.leaving.chance(7 * weeks / DAYS_PER_YEAR)


def typed_staff(table: pd.DataFrame, file: str, mapping: ColumnMapping, found: Findings) -> pd.DataFrame:
    """Dates as dates; who was hired on an unknown day, or left before it, is an error."""
    assert mapping.staff is not None
    columns = mapping.staff.columns
    staff = table[["line", "name"]].copy()
    for ours, column in (("hired", columns.hired), ("left", columns.left)):
        staff[ours] = dates_in(table, ours, file, column, mapping, found)
    found.refuse(file, columns.hired, table[table["hired"] == ""], "name", "the day {value} was hired is missing")
    backwards = table[staff["left"] < staff["hired"]]
    found.refuse(file, columns.left, backwards, "name", "{value} left before the day of hiring")
    return staff


def staff_known_on(table: pd.DataFrame, as_of: dt.date, weeks: int, reps: Sequence[str]) -> Staff:
    """What was known at the start of ``as_of``; who was hired or left then or later had not been or was still there."""
    date, start = pd.Timestamp(as_of), pd.Timestamp(as_of) - pd.Timedelta(weeks=weeks)
    later = table["hired"] >= date
    unused = [Unused("staff", f"hired on {as_of} or later", int(later.sum()))] if later.any() else []
    staff = table[~later]
    left = staff["left"].where(staff["left"] < date)
    begun, ended = staff["hired"].where(staff["hired"] > start, start), left.fillna(date)
    years = float((ended - begun).dt.days.clip(lower=0).sum()) / DAYS_PER_YEAR
    leavers = int((left >= start).sum())
    since = max(start, staff["hired"].min()).date() if len(staff) else as_of
    warnings = []
    leaving = None
    if leavers == 0:
        warnings.append(
            f"nobody left before {as_of} in the file of staff, which a list of those who are still there would say "
            "too: how many leave stays assumed"
        )
    elif years < LEAST_YEARS:
        warnings.append(
            f"the file of staff covers {years:.1f} years of reps' work, and {LEAST_YEARS:g} are wanted: how many "
            "leave stays assumed"
        )
    else:
        text = f"{leavers:,} left in {years:,.1f} years of {len(staff[ended > begun]):,} reps' work since {since}"
        leaving = leaving_rate(leavers, years, text)
    known = dict(zip(staff["name"], staff["hired"], strict=True))
    strangers = sorted(set(reps) - set(known))
    if strangers:
        warnings.append(
            f"reps with deals who are not in the file of staff ({len(strangers):,}): {', '.join(strangers)}"
        )
    return Staff(
        leaving=leaving,
        joined={name: known[name].date() for name in reps if name in known},
        gone=tuple(sorted(set(staff["name"][left.notna()]) & set(reps))),
        unused=tuple(unused),
        warnings=tuple(warnings),
    )
