"""How the number of replications came about, where a precision was asked for."""

from __future__ import annotations

from reports.specs import Page, Sentence
from reports.wording import Wording
from simulation.kpis import KPIS
from studies.precision import PrecisionRow
from studies.study import SHARE

__all__ = ["precision_page"]


def precision_page(row: PrecisionRow | None, words: Wording) -> Page:
    """A sentence below the answer; none where the number of replications was given."""
    if row is None:
        return Page(())
    if row.kpi == SHARE:
        name, unit = words.say("precision.share"), "share"
    else:
        name, unit = words.choose("kpi", row.kpi, KPIS[row.kpi].label), KPIS[row.kpi].unit
    reached = row.stopped_by == "precision" and row.reached <= row.asked * 1.1
    text = words.say(
        "precision.missed" if row.stopped_by == "precision" and not reached else f"precision.{row.stopped_by}",
        kpi=name,
        asked=_half(words, row.asked, unit),
        reached=_half(words, row.reached, unit),
        n=words.money(row.replications),
        pilot=words.money(row.pilot),
    )
    return Page((Sentence(text, "quiet" if reached else "warning"),))


def _half(words: Wording, half: float, unit: str) -> str:
    return words.half_width(-half, half, unit)
