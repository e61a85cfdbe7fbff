"""Checks of a run as rows: status, why, what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reports.pages.parts import row
from reports.specs import Column, Mark, Table, Tone
from reports.wording import Wording
from studies.reviewing import Check

__all__ = ["checks_table"]

_TONES: dict[str, Tone] = {"PASS": "good", "REVIEW": "warning", "FAIL": "bad"}
_FORMS: dict[str, Callable[[Wording, float], str]] = {
    "amount": Wording.short,
    "share": Wording.percent,
    "over": Wording.percent,
    "chance": Wording.percent,
    "half": Wording.within_points,
    "mean": Wording.times,
    "limit": Wording.times,
}
"""How a figure of a check is shown, by its name; others are counts."""


def checks_table(checks: Sequence[Check], words: Wording) -> Table:
    """A row per check: what of, its status with the reason, and a recommendation where it does not pass."""
    columns = (
        Column(words.say("column.status"), least=8),
        Column(words.say("column.check"), least=12),
        Column(words.say("column.why")),
        Column(words.say("column.do")),
    )
    rows = []
    for check in checks:
        blanks = {name: _FORMS.get(name, Wording.money)(words, abs(value)) for name, value in check.figures.items()}
        blanks["names"] = words.listed(check.names)
        way = "pass" if check.status == "PASS" else "open"
        rows.append(
            row(
                Mark(words.say(f"check.{check.status}"), _TONES[check.status]),
                words.say(f"check.of.{check.id}"),
                words.say(f"check.{way}.{check.id}", **blanks),
                "" if check.status == "PASS" else words.say(f"check.do.{check.id}", **blanks),
            )
        )
    return Table(words.say("checks.title"), columns, tuple(rows))
