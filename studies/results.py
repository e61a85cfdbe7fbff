"""What answers are made of, as frozen records: saved in a run, printed as ``--json`` and shown in tables alike.

Each study has its own answer beside it; here is what several share.

Money is in the plan's currency, chances and shares between 0 and 1, days working days.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

__all__ = ["Change", "Difference", "Estimate", "Interval", "KpiRow", "Margins", "QuarterResult", "Record", "Unknown"]


class Record(BaseModel):
    """Base of all results."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(Record):
    """An input or decision that differs: old → new."""

    path: str
    old: str
    new: str
    by: str
    """``scenario soft_market``, ``--set``, ``allocation``."""


class Estimate(Record):
    """A mean over replications with its 95% interval, which more replications shrink."""

    mean: float
    ci_low: float
    ci_high: float

    @property
    def half_width(self) -> float:
        """Half the interval."""
        return (self.ci_high - self.ci_low) / 2


class Margins(Record):
    """From which size on a difference matters, as the plan's ``smallest_difference`` says."""

    amount: float
    """Of money."""
    chance: float

    def of(self, kpi: str, unit: str) -> float | None:
        """That of a KPI; None where nothing is said of what matters."""
        if unit == "money":
            return self.amount
        return self.chance if kpi == "p_target" else None


Interval: TypeAlias = tuple[float, float]
"""Ends of a 95% interval."""


class KpiRow(Estimate):
    """A KPI: mean with interval, and the spread of what may happen, which no number of replications shrinks."""

    id: str
    label: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    p10: float
    p50: float
    p90: float
    p10_interval: Interval | None = None
    """95% interval of the quantile itself, by order statistics; None where there are too few replications."""
    p50_interval: Interval | None = None
    p90_interval: Interval | None = None
    worst_tenth: Estimate | None = None
    """Mean of the worst 10% of futures (CVaR); None for a chance and where there are too few replications."""
    unknown: Unknown | None = None
    """How much of the spread is there because nobody knows; None where nothing is drawn that nobody knows."""


class Unknown(Record):
    """The part of a KPI's spread that comes from what nobody knows: no number of replications shrinks it."""

    share: Estimate
    """Share of the variance over futures."""
    low: float
    """The KPI's mean in the states of what nobody knows that only a tenth of them fall below …"""
    high: float
    """… and above."""


class QuarterResult(Record):
    """What an answer about the simulated quarter begins with: whose quarter, and which futures."""

    study: str
    plan: str
    currency: str
    target: float
    allocation_name: str
    seed: int
    replications: int


class Difference(Record):
    """A KPI in A and in B and their paired difference on identical futures."""

    id: str
    label: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    mean_a: float
    mean_b: float
    mean: float
    """Mean of B − A over pairs."""
    ci_low: float
    ci_high: float
    verdict: Literal["better", "worse", "no difference", "does not matter", "cannot tell"]
    """Of B against A; ``no difference`` only where all pairs are equal, ``does not matter`` where the whole
    interval is within the smallest difference that does."""
    p_b_beats_a: float
    spared: float | None = None
    """How many times as many replications independent futures would take for the same interval; None without spread."""
