"""One replication with everything that was done in it: every touch, and every step of an opportunity.

A trace watches a quarter from outside, through reps of its own kind: it changes nothing, and a quarter that is not
traced pays nothing for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from simulation.future import Future, draw_future
from simulation.model import Model
from simulation.opportunities import Opportunity
from simulation.quarter import Quarter
from simulation.records import Records
from simulation.reps import Rep
from simulation.tasks import Task

__all__ = ["Step", "StepKind", "Touch", "Trace", "trace_quarter", "trace_replication"]

StepKind: TypeAlias = Literal["open", "accepted", "stage", "back", "changed", "taken_over", "won", "lost"]
"""``open``: was there at the start. ``back``: fell back a stage. ``changed``: is worth more or less than before."""


class Touch(NamedTuple):
    """A piece of work that a rep has done. What is in hand when the quarter ends, or the rep leaves, is not done."""

    start: float
    """Working day on which it began, with the part of the day that was over."""
    end: float
    rep: int
    kind: str
    """``opportunity``, or what the id of a task begins with: ``care``, ``renewal``, ``collection``, ``event``."""
    subject: str
    """Id of the opportunity; of another task what follows its kind."""
    stage: int
    """Stage of the opportunity; -1 for other work."""
    hours: float
    waited: float
    """Working days from when it was due until it was begun."""


class Step(NamedTuple):
    """An opportunity became something else."""

    day: float
    opportunity: str
    what: StepKind
    stage: int
    rep: int
    value: float


@dataclass(slots=True)
class Trace:
    """A replication's records, and what they are made of."""

    records: Records
    touches: list[Touch] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    used_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Contingency plan → ids of the opportunities, accounts, reps and strikes its effects acted on."""


def trace_replication(model: Model, seed: int, replication: int) -> Trace:
    """One replication, as ``replicate`` computes it."""
    return trace_quarter(model, draw_future(model, seed, replication))


def trace_quarter(model: Model, future: Future) -> Trace:
    """Run the quarter on one future and watch it."""
    quarter = _WatchedQuarter(model, future)
    trace = Trace(quarter.run(), quarter.notes.touches, quarter.notes.steps)
    trace.used_on = {plan: tuple(sorted(entities)) for plan, entities in sorted(quarter.board.uses.items())}
    return trace


class _Notes:
    """What was seen."""

    def __init__(self) -> None:
        self.touches: list[Touch] = []
        self.steps: list[Step] = []
        self._known: dict[str, tuple[str, int, int, float]] = {}
        """Opportunity → outcome, rep, stage and value when it was last seen."""

    def see(self, deal: Opportunity, day: float) -> None:
        """Note what an opportunity is now, if that is new."""
        before, now = self._known.get(deal.id), (deal.outcome, deal.rep, deal.stage, deal.value)
        if before == now:
            return
        self._known[deal.id] = now
        self.steps.append(Step(day, deal.id, _what(before, deal), deal.stage, deal.rep, deal.value))


def _what(before: tuple[str, int, int, float] | None, deal: Opportunity) -> StepKind:
    if before is None:
        return "open" if deal.created < 0 else "accepted"
    outcome, rep, stage, _ = before
    if deal.outcome != outcome:
        return "won" if deal.outcome == "won" else "lost"
    if deal.rep != rep:
        return "taken_over"
    if deal.stage != stage:
        return "stage" if deal.stage > stage else "back"
    return "changed"


class _WatchedQuarter(Quarter):
    """A quarter whose reps are watched."""

    def __init__(self, model: Model, future: Future) -> None:
        self.notes = _Notes()
        super().__init__(model, future)

    def new_rep(self, number: int) -> Rep:
        return _WatchedRep(self, number, self.notes)


class _WatchedRep(Rep):
    """A rep that notes each touch when it is done, and each opportunity whenever it is weighed anew."""

    def __init__(self, quarter: Quarter, number: int, notes: _Notes) -> None:
        super().__init__(quarter, number)
        self._notes = notes
        self._task: Task | None = None
        self._begun: Touch | None = None

    def reweigh(self, opportunity: Opportunity) -> None:
        super().reweigh(opportunity)
        self._notes.see(opportunity, self.quarter.env.now)

    def _best_due(self) -> Task | None:
        """A rep looks for the next task when the one before is done."""
        if self._begun is not None:
            self._notes.touches.append(self._begun._replace(end=self.quarter.env.now))
            self._begun = None
        self._task = super()._best_due()
        return self._task

    def _takes(self, hours: float) -> float | None:
        takes = super()._takes(hours)
        if takes is not None and self._task is not None:
            task, now = self._task, self.quarter.env.now
            is_deal = isinstance(task, Opportunity)
            kind, _, subject = ("opportunity", "", task.id) if is_deal else task.id.partition(":")
            stage = task.stage if isinstance(task, Opportunity) else -1
            start = next((end for first, end in self.quarter.model.blocks[self.number] if first <= now < end), now)
            waited = max(start - task.due, 0.0)
            self._begun = Touch(start, now + takes, self.number, kind, subject, stage, hours, waited)
        return takes
