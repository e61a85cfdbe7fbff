"""What may strike and what we do then: risks, contingency plans, and what nobody knows."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.effects import Effect, EventName, Scope
from scenarios.fields import Amount, Id, Positive, Probability, Section, Share, Week

__all__ = [
    "ContingencyPlan",
    "Distribution",
    "EventFigures",
    "Resource",
    "Risk",
    "Trigger",
    "Uncertainty",
]


class EventFigures(Section):
    """What an event does to an account's open opportunities; those of other events are not read.

    ``stall_days``, ``shrink_share`` and ``base_share`` are registered parameters: effects change them.
    """

    stall_days: Annotated[float, Field(ge=0, le=260)] = 0
    """decision_maker_changes: working days that they wait before the stage begins anew (K4)."""
    back_to_stage: Id | None = None
    """decision_maker_changes: stage that they fall back to, never forward; empty means by one stage."""
    shrink_share: Share = 1
    """deal_shrinks: what is left of their value (K3)."""
    base_share: Share = 1
    """deal_splits: part of the value that goes on as it is; the rest is an opportunity of its own (K3)."""
    addon_delay_days: Annotated[float, Field(ge=0, le=260)] = 0
    """deal_splits: working days from the split until work on the add-on starts."""
    addon_stage: Id | None = None
    """deal_splits: stage that the add-on starts in; empty means the first."""


class Risk(Section):
    """What may strike the market, a rep or an account."""

    id: Id
    name: str
    subject: Literal["market", "rep", "account"] = "market"
    """What a strike hits: the market once, or each rep or account by itself."""
    chance_per_quarter: Probability | dict[str, Probability]
    """Chance that a subject is struck inside the risk's weeks. A table gives it by customer tier (account) or rep
    tier (rep). The hazard is -ln(1 - chance) / days, constant over the weeks."""
    scope: Scope = Scope()
    """Which reps or accounts can be struck."""
    from_week: Week = 1
    to_week: Week | None = None
    detection_days: Annotated[float, Field(ge=0, le=260)] = 0
    """Working days from the strike until we know, so that plans can start."""
    effects: tuple[Effect, ...] = ()
    event: EventName | None = None
    notice_days: Annotated[float, Field(ge=0, le=260)] = 0
    """Working days from the strike to its event (a notice period; from a customer's alarm to the loss)."""
    event_probability: Probability = 1
    """Chance that a strike ends in its event."""
    figures: EventFigures = EventFigures()
    """What the event does, in figures."""
    enabled: bool = True
    negative_control: bool = False
    """Ships to show that the studies can say "harmless"."""
    source: str = ""
    grade: str = ""


class Trigger(Section):
    """What sets a contingency plan off."""

    strike: Id | None = None
    """Id of a risk: a detected strike."""
    week: Week | None = None
    """A date: the Monday of that week."""
    light: Literal["conversion", "deal_size", "collection", "rep_conversion"] | None = None
    """A review's light that turns red (E3): once until it is red anew. ``rep_conversion`` is each rep's own (R8);
    ``struck`` effects then act on that rep."""
    alarm: Id | None = None
    """Id of a policy of health: a customer whose score falls below its threshold (S6)."""
    each_region: bool = False
    """Whether each region's own light sets it off instead of the one over all; its ``struck`` effects then act on
    that region. Collection has one light over all."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(x is not None for x in (self.strike, self.week, self.light, self.alarm)) != 1:
            raise ValueError("give exactly one of strike, week, light, alarm")
        if self.each_region and self.light not in ("conversion", "deal_size"):
            raise ValueError("each_region is about the light of conversion or deal_size")
        return self


class Resource(Section):
    """Something that contingency plans share, and of which a week holds only so many: visits of an executive."""

    id: Id
    name: str
    per_week: Annotated[int, Field(ge=1, le=1000)]
    """Uses that may begin within any five working days, of all plans together."""
    source: str = ""


class ContingencyPlan(Section):
    """What we do if a risk strikes or a light turns red."""

    id: Id
    name: str
    trigger: Trigger
    delay_days: Annotated[float, Field(ge=0, le=260)] = 0
    """Working days from the trigger until its effects start."""
    effects: tuple[Effect, ...] = ()
    event: Literal["deal_splits"] | None = None
    """Event that the plan brings about when its effects start, on the account that was struck."""
    figures: EventFigures = EventFigures()
    """What its event does, in figures."""
    resource: Id | None = None
    """Shared resource of which each activation is a use; beyond the limit it waits for its turn, first come first
    served, and its effects start later."""
    retainer: Amount = 0
    """Paid whether it triggers or not."""
    activation_cost: Amount = 0
    """Paid per trigger."""
    cost_per_use: Amount = 0
    """Paid per opportunity, account or rep that one of its effects or its event acted on, once each."""
    max_activations: Annotated[int, Field(ge=1)] | None = None
    chosen: bool = False
    """Whether the planner has decided to hold it ready; studies compare with and without anyway."""
    negative_control: bool = False
    """Ships to show that the studies can say "do not buy"."""
    source: str = ""
    grade: str = ""


class Distribution(Section):
    """How a factor that nobody knows is spread."""

    kind: Literal["lognormal", "beta", "uniform", "triangular", "two_point"]
    sigma: Annotated[float, Field(ge=0, le=2)] | None = None
    """lognormal: standard deviation of the logarithm; the mean of the factor is 1."""
    mean: Annotated[float, Field(gt=0, lt=1)] | None = None
    """beta: mean of the rate; the factor is the drawn rate divided by it."""
    sd: Annotated[float, Field(gt=0, lt=0.5)] | None = None
    """beta: standard deviation of the rate."""
    low: Annotated[float, Field(ge=0)] | None = None
    """uniform, triangular: least factor; two_point: one of the two."""
    mode: Positive | None = None
    """triangular: most likely factor."""
    high: Positive | None = None
    """uniform, triangular: greatest factor; two_point: the other."""
    low_share: Probability | None = None
    """two_point: chance that the factor is the low one."""

    @model_validator(mode="after")
    def _fields_of_kind(self) -> Self:
        wanted = {
            "lognormal": {"sigma"},
            "beta": {"mean", "sd"},
            "uniform": {"low", "high"},
            "triangular": {"low", "mode", "high"},
            "two_point": {"low", "high", "low_share"},
        }[self.kind]
        fields = ("sigma", "mean", "sd", "low", "mode", "high", "low_share")
        given = {name for name in fields if getattr(self, name) is not None}
        if given != wanted:
            raise ValueError(f"a {self.kind} distribution takes {' and '.join(sorted(wanted))}")
        if self.low is not None and self.high is not None and not self.low <= (self.mode or self.low) <= self.high:
            raise ValueError("low, mode and high are out of order")
        if self.mean is not None and self.sd is not None and self.sd**2 >= self.mean * (1 - self.mean):
            raise ValueError(f"no Beta distribution has mean {self.mean} and standard deviation {self.sd}")
        return self


class Uncertainty(Section):
    """What nobody knows: a factor on a parameter, drawn once for the whole quarter."""

    id: Id
    name: str
    parameter: str
    scope: Scope = Scope()
    distribution: Distribution
    enabled: bool = True
    source: str = ""
    grade: str = ""

    @model_validator(mode="after")
    def _registered(self) -> Self:
        Effect(parameter=self.parameter, scope=self.scope)
        if self.scope.struck:
            raise ValueError("what nobody knows acts from the start; its scope cannot be 'struck'")
        return self
