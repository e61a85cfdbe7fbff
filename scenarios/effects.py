"""Effects and events: the two ways in which measures, risks and contingency plans act.

An effect changes one registered parameter inside a scope and a window:
``value = clip((base + sum of shifts) x product of factors)``, clipped to the parameter's domain.
An event is one of a closed registry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.fields import Id, Percent, Section

__all__ = ["EVENTS", "PARAMETERS", "Effect", "EventName", "Parameter", "Scope", "ScopeKey", "in_scope"]

ScopeKey = Literal[
    "product",
    "product_tier",
    "region",
    "maturity",
    "rep",
    "rep_tier",
    "account",
    "customer_tier",
    "industry",
    "activity",
    "source",
    "stage",
    "risk",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A quantity of the quarter that effects may change."""

    name: str
    unit: str
    low: float
    high: float
    """Domain; values outside are clipped and counted."""
    keys: frozenset[ScopeKey]
    """What a scope may pick it by."""
    meaning: str


_DEAL: frozenset[ScopeKey] = frozenset(
    (
        "product",
        "product_tier",
        "region",
        "maturity",
        "rep",
        "rep_tier",
        "account",
        "customer_tier",
        "industry",
        "source",
    )
)
_ACCOUNT: frozenset[ScopeKey] = frozenset(("account", "customer_tier", "region", "maturity", "industry", "rep"))
_REP: frozenset[ScopeKey] = frozenset(("rep", "rep_tier", "region", "maturity"))
_STRIKE: frozenset[ScopeKey] = frozenset({"risk", *_ACCOUNT, *_REP})
_ACTIVITY: frozenset[ScopeKey] = frozenset(("activity", "region", "maturity"))

PARAMETERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        Parameter("win_rate", "probability", 0, 1, _DEAL, "win rate of a qualified opportunity"),
        Parameter(
            "stage_difficulty",
            "exponent of the win rate",
            0,
            math.inf,
            _DEAL | {"stage"},
            "how hard a stage is to pass: half as hard makes 64% that pass it 80%, and the win rate rises with it",
        ),
        Parameter("deal_value", "money", 0, math.inf, _DEAL, "signed amount of an opportunity"),
        Parameter("cycle_time", "days", 0, math.inf, _DEAL, "time until an opportunity's next touch"),
        Parameter("budget_pull", "share", 0, 1, _DEAL, "part of a stage that may be saved to end in a budget's weeks"),
        Parameter("touch_hours", "hours", 0, math.inf, _DEAL, "rep hours of a touch"),
        Parameter("proposal_hours", "hours", 0, math.inf, _DEAL, "rep hours of a proposal"),
        Parameter("lead_rate", "leads a day", 0, math.inf, _ACTIVITY, "accepted opportunities from an activity"),
        Parameter(
            "baseline_rate",
            "leads a day",
            0,
            math.inf,
            frozenset(("product", "product_tier", "region", "maturity")),
            "accepted opportunities that come by themselves",
        ),
        Parameter("cross_sell_rate", "opportunities a day", 0, math.inf, _ACCOUNT, "cross-sell of an account"),
        Parameter("renewal_rate", "probability", 0, 1, _ACCOUNT, "chance that a due contract renews"),
        Parameter("renewals_from_week", "week", 1, 53, _ACCOUNT, "first week in which renewals are approached ahead"),
        Parameter("strike_rate", "per day", 0, math.inf, _STRIKE, "hazard that a risk strikes (a rep, an account)"),
        Parameter("detection_days", "working days", 0, math.inf, _STRIKE, "time from a strike until we know of it"),
        Parameter("event_probability", "probability", 0, 1, _STRIKE, "chance that a strike ends in its event"),
        Parameter("rep_hours", "hours a week", 0, 168, _REP, "customer-facing hours of a rep"),
        Parameter("skill", "factor", 0, 10, _REP, "factor on the win rates of a rep's opportunities"),
        Parameter("ramp_weeks", "weeks", 1, 260, _REP, "calendar weeks from joining to full skill"),
        Parameter("handover_days", "working days", 0, math.inf, _REP, "time until a leaver's work is taken over"),
        Parameter("orphan_win_factor", "factor", 0, 1, _REP, "win-rate factor of opportunities taken over"),
        Parameter(
            "stall_days", "working days", 0, math.inf, _DEAL, "wait for a new decision-maker, looked at every day"
        ),
        Parameter("shrink_share", "share", 0, 1, _DEAL, "what a shrinking budget leaves of an opportunity's value"),
        Parameter(
            "base_share", "share", 0, 1, _DEAL, "base part of an opportunity that splits; the rest is its add-on"
        ),
        Parameter("late_share", "probability", 0, 1, _ACCOUNT, "share of receivables paid late"),
        Parameter("days_late", "days", 0, math.inf, _ACCOUNT, "how late a late customer pays"),
        Parameter("payment_days", "days", 0, math.inf, _ACCOUNT, "from a signature to the due day of an instalment"),
        Parameter("bad_debt", "probability", 0, 1, _ACCOUNT, "share of receivables never paid"),
    )
}
"""The closed registry of parameters, by name."""

EventName = Literal["rep_leaves", "account_lost", "decision_maker_changes", "deal_shrinks", "deal_splits"]

EVENTS: dict[EventName, str] = {
    "rep_leaves": "a rep leaves; open work waits for its hand-over",
    "account_lost": "an account is lost with its renewal, cross-sell and open opportunities",
    "decision_maker_changes": "an account's decision-maker changes; its open opportunities fall back a stage and wait",
    "deal_shrinks": "the values of an account's open opportunities fall",
    "deal_splits": "an account's open opportunities split into a base that goes on and an add-on that starts later",
}
"""The closed registry of events."""


class Scope(Section):
    """What an effect touches; several values of a key mean any of them, an absent key means all.

    ``struck`` narrows it to what the risk's strike hit: the rep who left, the account in alarm.
    """

    product: tuple[Id, ...] = ()
    product_tier: tuple[Id, ...] = ()
    region: tuple[Id, ...] = ()
    maturity: tuple[Id, ...] = ()
    rep: tuple[Id, ...] = ()
    rep_tier: tuple[Id, ...] = ()
    account: tuple[Id, ...] = ()
    customer_tier: tuple[Id, ...] = ()
    industry: tuple[str, ...] = ()
    activity: tuple[Id, ...] = ()
    risk: tuple[Id, ...] = ()
    stage: tuple[Id, ...] = ()
    source: tuple[str, ...] = ()
    """Where an opportunity came from: ``pipeline``, an activity's id, ``baseline``, ``cross_sell``, ``add_on``
    (split from another)."""
    struck: bool = False

    @cached_property
    def picked(self) -> dict[str, tuple[str, ...]]:
        """The keys that narrow the scope, with their values."""
        return {key: value for key in type(self).model_fields if key != "struck" and (value := getattr(self, key))}

    def matches(self, keys: Mapping[str, str | tuple[str, ...]]) -> bool:
        """Whether a thing with these attributes is in scope, ``struck`` aside; a missing attribute is not.

        An attribute may have several values (a rep covers several regions); one of them in scope is enough.
        """
        return in_scope(tuple(self.picked.items()), keys)


def in_scope(picks: tuple[tuple[str, tuple[str, ...]], ...], keys: Mapping[str, str | tuple[str, ...]]) -> bool:
    """``Scope.matches`` for the picks of a scope, taken out once where many things are asked about."""
    for key, wanted in picks:
        value = keys.get(key, ())
        if isinstance(value, str):
            if value not in wanted:
                return False
        elif not set(value) & set(wanted):
            return False
    return True


class Effect(Section):
    """One parameter, one scope, one factor or shift, one window."""

    parameter: str
    factor: Annotated[float, Field(ge=0, le=1e3, allow_inf_nan=False), Percent()] = 1.0
    shift: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)] = 0.0
    """Added to the base before factors, in the parameter's unit."""
    scope: Scope = Scope()
    from_week: Annotated[int, Field(ge=1)] | None = None
    """Measures: first week of the effect; empty means from the start."""
    to_week: Annotated[int, Field(ge=1)] | None = None
    duration_weeks: Annotated[float, Field(gt=0, le=53)] | None = None
    """Risks and plans: how long it lasts from its start; empty means to the end of the quarter."""

    @property
    def moves(self) -> bool:
        """Whether it changes any figure."""
        return self.factor != 1 or self.shift != 0

    @model_validator(mode="after")
    def _registered(self) -> Self:
        parameter = PARAMETERS.get(self.parameter)
        if parameter is None:
            raise ValueError(f"unknown parameter {self.parameter!r}; one of: {', '.join(sorted(PARAMETERS))}")
        for key in self.scope.picked:
            if key not in parameter.keys:
                raise ValueError(f"{self.parameter} cannot be picked by {key}; by: {', '.join(sorted(parameter.keys))}")
        return self
