"""What a trace answers: one replication as it happened, beside the same replication without risks, as frozen records.

Days are working days from the start of the quarter; a date is that of the day, a week counts from 1.
"""

from __future__ import annotations

from typing import Literal

from studies.results import Change, Record

__all__ = [
    "DealOutcome",
    "Focus",
    "Happening",
    "HappeningKind",
    "NatureRow",
    "PlanUse",
    "RepOutcome",
    "StrikeRow",
    "TraceResult",
    "TracedKpi",
    "TracedWeek",
]

HappeningKind = Literal[
    "open",
    "accepted",
    "stage",
    "back",
    "changed",
    "taken_over",
    "won",
    "lost",
    "lost_with_customer",
    "touch",
    "renewed",
    "not_renewed",
    "renewal_gone",
    "due",
    "paid",
    "bad_debt",
    "strike",
    "event",
    "false_alarm",
    "plan",
    "amber_light",
    "red_light",
    "moved",
    "posted",
    "rolled_out",
    "not_rolled_out",
    "weights",
    "session",
    "exam_passed",
    "exam_failed",
]
"""What can happen in a trace."""


class Focus(Record):
    """Whom or what the story is about; an absent field means all."""

    rep: str | None = None
    opportunity: str | None = None
    account: str | None = None
    week: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it is about one thing."""
        return any(value is not None for value in (self.rep, self.opportunity, self.account, self.week))


class TracedKpi(Record):
    """A KPI of this replication."""

    id: str
    label: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    value: float
    without_risks: float
    """Of the same replication with no risk and no contingency plan."""


class NatureRow(Record):
    """What nobody knows before the quarter, as it was in this replication."""

    id: str
    name: str
    parameter: str
    factor: float
    """By which the parameter was multiplied for the whole quarter."""


class StrikeRow(Record):
    """A risk that struck."""

    risk: str
    name: str
    subject: str
    """Id of the rep or account; ``market``."""
    subject_name: str
    day: float
    date: str
    week: int
    known_date: str | None
    """When it was detected; None when after the quarter."""
    event: str | None
    """The event the risk can end in."""
    event_date: str | None
    """When it happened; None when it did not, inside the quarter."""
    undecided: bool = False
    """Whether the quarter ended before it was known if the event comes."""


class PlanUse(Record):
    """A contingency plan that was held, and what came of it."""

    plan: str
    name: str
    triggered: int
    started: tuple[str, ...]
    """Date and subject of each time its effects began, ``2027-07-19 R05``; only the subject when after the quarter."""
    used_on: tuple[str, ...]
    """Ids of what its effects acted on."""
    cost: float
    """Retainer, activations and uses."""


class TracedWeek(Record):
    """A week's signed amount."""

    week: int
    date: str
    """First working day of the week; its Monday where none is worked."""
    signed: float
    so_far: float
    without_risks_so_far: float
    cash: float


class RepOutcome(Record):
    """What a rep has signed."""

    rep: str
    name: str
    quota: float
    """As handed out."""
    final_quota: float
    """The one that stands in the end: ``quota``, unless weights have moved it (M3)."""
    signed: float
    without_risks: float
    hours: float
    left_date: str | None = None


class DealOutcome(Record):
    """An opportunity or renewal that ended otherwise than without risks."""

    id: str
    account: str | None
    product: str
    outcome: str
    """``won``, ``lost``, ``open``, ``absent`` (never came about), or of a renewal ``renewed`` and so on."""
    outcome_without_risks: str
    signed: float
    signed_without_risks: float


class Happening(Record):
    """Something that happened."""

    day: float
    date: str
    week: int
    kind: HappeningKind
    rep: str | None = None
    opportunity: str | None = None
    account: str | None = None
    region: str | None = None
    """Of a light: the region, or ``all``."""
    subject: str = ""
    """What it happened to, in words or by id: a risk, a contingency plan, a receivable, a kind of work."""
    stage: str = ""
    """Name of the opportunity's stage."""
    amount: float | None = None
    """Value of the opportunity, renewal or receivable; of a light the figure as a share of what the plan expects, of a
    verdict the gain in conversion, empty where it could not be told; of moved money (M6) and weights (M3) what stands
    there now."""
    before: float | None = None
    """Money that was left for an activity in a region, or share of the quotas, before they were moved."""
    cases: int | None = None
    """Stages decided among those on whom a strategy was tried."""
    hours: float | None = None
    """Rep hours of a touch."""
    waited: float | None = None
    """Days from when a touch was due to when it was begun; of a payment, days late."""
    until: str | None = None
    """Date on which a touch was done, or a plan's effects began."""


class TraceResult(Record):
    """One replication as a story."""

    study: Literal["trace"] = "trace"
    plan: str
    currency: str
    target: float
    allocation_name: str
    seed: int
    replication: int
    risks: tuple[str, ...]
    plans: tuple[str, ...]
    forced: tuple[str, ...]
    focus: Focus
    focus_name: str
    """Name of what the story is about; empty when it is about the whole quarter."""
    kpis: tuple[TracedKpi, ...]
    nature: tuple[NatureRow, ...]
    strikes: tuple[StrikeRow, ...]
    contingency_plans: tuple[PlanUse, ...]
    changed: tuple[DealOutcome, ...]
    """What ended otherwise than without risks, the largest difference first."""
    weeks: tuple[TracedWeek, ...]
    reps: tuple[RepOutcome, ...]
    names: dict[str, str]
    """Names of the activities, measures and policies that the story speaks of, by id."""
    story: tuple[Happening, ...]
    """In order of time; touches and payments only where the story is about one rep, customer, opportunity or week."""
    changes: tuple[Change, ...] = ()
