"""What happened in a replication, as flat rows: ends of opportunities, renewals, payments, strikes, activations.

Rows of which a quarter has hundreds are made by ``tuple.__new__``, which is all that a named tuple's own ``__new__``
does, two to three times as slowly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = [
    "Activation",
    "DealEnd",
    "ExamRow",
    "LightRow",
    "MoveRow",
    "Payment",
    "PostingRow",
    "Records",
    "RenewalEnd",
    "SessionRow",
    "Strike",
    "VerdictRow",
    "WeightRow",
]


class DealEnd(NamedTuple):
    """How an opportunity ended, or that it is still open at the end of the quarter."""

    id: str
    source: str
    """``pipeline``, an activity's id, ``baseline``, ``cross_sell`` or ``add_on``."""
    product: int
    region: int
    rep: int
    """Who owns it in the end; -1 while nobody does."""
    tier: int
    account: int
    """-1 for a new customer."""
    created: float
    """Working day it was accepted; negative for the open pipeline."""
    ended: float
    """Working day it was won or lost; the horizon while it is open."""
    outcome: str
    """``won``, ``lost`` or ``open``."""
    stage: int
    """Stage it was in when it ended."""
    value: float
    """Signed amount when won, else the amount last expected."""
    hours: float
    """Rep hours it took in the quarter."""


class RenewalEnd(NamedTuple):
    """How a contract that came up for renewal ended."""

    account: int
    product: int
    region: int
    rep: int
    day: float
    outcome: str
    """``renewed``, ``not renewed`` or ``account lost``."""
    value: float
    contacted: bool
    """Whether its customer was contacted before the day (E4)."""


class Payment(NamedTuple):
    """One receivable that fell due in the quarter."""

    id: str
    """``receivable:…``, or the opportunity or account of the contract with the instalment's number."""
    due: float
    """Working day it fell due; 0 for what was overdue at the start."""
    paid: float
    """Working day the cash came; infinite when not in the quarter."""
    amount: float
    bad: bool
    """Never to be paid."""


class Strike(NamedTuple):
    """A risk that struck."""

    risk: str
    subject: str
    """Rep or account id; ``market``."""
    day: float
    event_day: float
    """Working day of its event; infinite when it ended in none inside the quarter."""


class Activation(NamedTuple):
    """A contingency plan that was triggered."""

    plan: str
    subject: str
    day: float
    """Working day its effects started; infinite when after the quarter."""


class LightRow(NamedTuple):
    """A light that a review gave (E3)."""

    day: float
    """Working day at whose start it stood; the review was the evening before."""
    week: int
    metric: str
    """``conversion``, ``deal_size``, ``collection`` or ``rep_conversion``."""
    scope: str
    """Region id, of ``rep_conversion`` rep id; ``all``."""
    value: float
    target: float
    """What the plan expects of the same cases."""
    colour: str
    """``red``, ``amber`` or ``green``."""


class MoveRow(NamedTuple):
    """Money of an activity that was moved to or from a region (M6)."""

    day: float
    """Working day from which on it is spent."""
    region: str
    activity: str
    before: float
    """Money that was left for the rest of the quarter."""
    after: float


class PostingRow(NamedTuple):
    """A rep who was moved from one region to another (M6)."""

    day: float
    rep: int
    region: str
    """Region left."""
    to: str


class WeightRow(NamedTuple):
    """A policy changed what products weigh in the quotas (M3)."""

    day: float
    policy: str
    before: float
    """Share of all quotas of the products that gain."""
    after: float


class SessionRow(NamedTuple):
    """A session that was held (E1, E2, S7, R1)."""

    day: float
    """Working day at whose start it was over."""
    measure: str


class ExamRow(NamedTuple):
    """A rep's try at the exam of a session (E1, R1)."""

    day: float
    measure: str
    rep: int
    tries: int
    """Tries before this one."""
    passed: bool


class VerdictRow(NamedTuple):
    """The verdict on a strategy test (M5)."""

    day: float
    policy: str
    tried: int
    """Stages decided among those in the test."""
    others: int
    gain: float | None
    """Conversion of those tried ÷ of the others, less 1; None where too few were tried or of the others none passed."""
    rolled_out: bool


@dataclass(slots=True)
class Records:
    """All rows of one replication, in the order they happened."""

    replication: int
    deals: list[DealEnd] = field(default_factory=list)
    renewals: list[RenewalEnd] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    strikes: list[Strike] = field(default_factory=list)
    known_on: list[float] = field(default_factory=list)
    """Working day on which each strike was, or will be, known."""
    activations: list[Activation] = field(default_factory=list)
    lights: list[LightRow] = field(default_factory=list)
    moves: list[MoveRow] = field(default_factory=list)
    postings: list[PostingRow] = field(default_factory=list)
    tests: list[VerdictRow] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)
    exams: list[ExamRow] = field(default_factory=list)
    weights: list[WeightRow] = field(default_factory=list)
    quota_factors: tuple[float, ...] = ()
    """Factor on the quotas of each product in the end, where weights have changed them; else empty."""
    uses: dict[str, int] = field(default_factory=dict)
    """Contingency plan → opportunities, accounts and reps its effects acted on."""
    hours: list[float] = field(default_factory=list)
    """Working hours used, by rep."""
    hours_there: list[float] = field(default_factory=list)
    """Customer-facing hours there were, by rep: under the effects of their days, without days away, until leaving."""
    health: list[float] = field(default_factory=list)
    """Health scores of the customers still ours in the end; empty where no policy gives any (S6)."""
    clips: dict[str, int] = field(default_factory=dict)
    """Parameter → values clipped to its domain."""
    nature: tuple[float, ...] = ()
    """Factors drawn of what nobody knows."""
