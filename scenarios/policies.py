"""Policies: standing rules of steering during the quarter. A policy is of the one kind whose settings it gives."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from scenarios.calendar import Weekday
from scenarios.effects import PARAMETERS, Effect
from scenarios.fields import Hours, Id, Positive, Section, Share, Week

__all__ = [
    "POLICY_KINDS",
    "FocusDay",
    "Health",
    "Light",
    "Lights",
    "Policy",
    "ProductChoice",
    "QuarterEnd",
    "Reallocation",
    "RepLight",
    "StrategyTest",
    "WeightChange",
]

POLICY_KINDS = ("focus_day", "health", "lights", "quarter_end", "reallocation", "strategy_test", "weight_change")
"""Settings of which a policy gives exactly one."""


class Light(Section):
    """Thresholds of a light, as shares of what the plan expects."""

    red: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    """Red at this share of the expected figure or less."""
    amber: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    """Amber up to this share; green above."""
    at_least: Annotated[int, Field(ge=1)] = 30
    """Least number of cases (stages decided, contracts won, receivables due) before a light is given."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.red > self.amber:
            raise ValueError(f"red ({self.red:g}) is above amber ({self.amber:g})")
        return self


class RepLight(Light):
    """A light of each rep, given only where the rep's visits are on plan (R8)."""

    busy_from: Share = 0
    """Visits are on plan where the rep has worked at least this share of the hours there were in the same weeks."""


class Lights(Section):
    """Red, amber and green at the reviews of the calendar (E3): what happened against what the plan expects of it."""

    conversion: Light | None = None
    """Stages passed ÷ expected to be passed, of all stages decided, by the win rates of the customers' tiers."""
    deal_size: Light | None = None
    """Signed amounts ÷ mean deals of the products signed; renewals do not count."""
    collection: Light | None = None
    """Cash received ÷ expected by now of the receivables that have fallen due, by the plan's lateness and bad debt."""
    by_region: bool = True
    """Give conversion and deal size a light for each region too."""
    rep_conversion: RepLight | None = None
    """Conversion of each rep; it sets off what waits for the rep's light, on that rep alone (R8)."""
    look_back_weeks: Annotated[int, Field(ge=1, le=53)] | None = None
    """Calendar weeks that a review looks back on; empty means to the start of the quarter."""
    weeks: tuple[Week, ...] = ()
    """Weeks with a review; empty means the calendar's ``review_weeks``."""


class Reallocation(Section):
    """Money for activities, and people, move by their returns during the quarter (M6)."""

    every_weeks: Annotated[int, Field(ge=1, le=53)] | None = None
    """Weeks from one move to the next; empty means at the last working day of each calendar month."""
    most_moved: Share = 0.10
    """Share of a pool's remaining money that may change its place at a time."""
    prior_leads: Positive = 20
    """Accepted opportunities whose weight the plan's expectation of a return has against what was seen."""
    reps_moved: Annotated[int, Field(ge=0, le=100)] = 0
    """Reps who at a move leave the region of the least return for that of the greatest: from then on they take new
    opportunities there. What they work on stays theirs."""


class StrategyTest(Section):
    """A talk track or a channel is tried on some opportunities first, and rolled out if it works (M5)."""

    share: Share = 0.10
    """Share of customers on whom it is tried; all opportunities of an account are tried together."""
    from_week: Week
    weeks: Annotated[int, Field(ge=1, le=53)] = 2
    """Calendar weeks that the test lasts."""
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]
    """What it changes, in the test for those who are in it and after a roll-out for all in scope."""
    success_from: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] = 0.25
    """Least gain in conversion, tried against others, at which it is rolled out: 0.25 is a quarter better. Conversion
    is stages passed ÷ expected to be passed, of the stages decided in the test by opportunities in scope."""
    at_least: Annotated[int, Field(ge=1)] = 20
    """Least number of stages decided among those tried; with fewer nothing is rolled out."""

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        for effect in self.effects:
            if "source" not in PARAMETERS[effect.parameter].keys:
                raise ValueError(f"{effect.parameter} is not of an opportunity, so it cannot be tried on some of them")
            if (effect.from_week, effect.to_week, effect.duration_weeks) != (None, None, None):
                raise ValueError("the test says when its effects act; they take no weeks of their own")
            if effect.scope.struck:
                raise ValueError("no strike sets the test off; its effects cannot be 'struck'")
        return self


class ProductChoice(Section):
    """Products by id or tier; an empty key means all."""

    product: tuple[Id, ...] = ()
    product_tier: tuple[Id, ...] = ()


class WeightChange(Section):
    """Products take over a part of other products' quotas, for a cause (M3)."""

    gain: ProductChoice
    """Products whose share of all quotas rises or falls to ``to_share``; each in proportion to its quotas."""
    to_share: Share
    give: ProductChoice = ProductChoice()
    """Products that give the difference, in proportion to their quotas; of these, ``gain`` is left out."""
    week: Week | None = None
    """A date: the Monday of that week."""
    strike: Id | None = None
    """Id of a risk: its first detected strike, for instance of a favourable policy."""

    @model_validator(mode="after")
    def _one_cause(self) -> Self:
        if (self.week is None) == (self.strike is None):
            raise ValueError("give exactly one of week, strike")
        return self


class FocusDay(Section):
    """A weekly day for the customers that matter most: the attack day (E2).

    In the morning each rep brings forward the next conversations that would come due within five working days, and
    works over proposals that are out. A conversation that is held early makes no stage shorter: friction only
    lengthens, and now there is less of it.
    """

    weeks: Annotated[tuple[Week, ...], Field(min_length=1)]
    day: Weekday = "wednesday"
    """Weekday; where that is a day off, the last working day of that week before it, if there is one."""
    customer_tier: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Tiers of the customers it is for."""
    stages: tuple[Id, ...] = ()
    """Stages of their opportunities; empty means all."""
    conversations: Annotated[int, Field(ge=0, le=50)] = 0
    """Conversations that each rep brings forward."""
    iterations: Annotated[int, Field(ge=0, le=50)] = 0
    """Proposals that each rep works over, each opportunity's once a quarter; the most valuable first."""
    iteration_hours: Hours = 0
    """Rep hours that working over one takes."""
    iteration_factor: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 1
    """Factor on the win rate of an opportunity whose proposal was worked over."""


class Health(Section):
    """A health score of every customer we have, looked at in some weeks, with an alarm (S6).

    Each part runs from 0 to 1, and the score is their weighted mean. Interaction: 1 while contact is on cadence or
    automated, falling evenly to 0 at the cadences after which a customer cools down. Need match: the share of the
    customer's opportunities of the quarter that were not lost, 1 where there is none. Budget release: 0 while the
    industry's budgets are closed.
    """

    weeks: Annotated[tuple[Week, ...], Field(min_length=1)]
    """Weeks at whose end scores are looked at."""
    interaction: Share
    """Weight of interaction; the three weights add up to 1."""
    need_match: Share
    budget_release: Share
    alarm_below: Share
    """A score below sets the alarm off, once until it is back; plans held against it are triggered."""
    effects: tuple[Effect, ...] = ()
    """What goes with a low score, on that customer (``struck``) from one look to the next."""

    @model_validator(mode="after")
    def _weights(self) -> Self:
        total = self.interaction + self.need_match + self.budget_release
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the weights add up to {total:.4g}, not 1")
        for effect in self.effects:
            if not effect.scope.struck or (effect.from_week, effect.to_week, effect.duration_weeks) != (None,) * 3:
                raise ValueError("effects of a low score are on the customer (struck: true) and take no weeks")
        return self


class QuarterEnd(Section):
    """Closing what is nearly ripe before the quarter ends: more is decided, and at smaller amounts."""

    from_week: Week
    """Week from whose Monday opportunities in the stages are hastened, once each."""
    stages: Annotated[tuple[Id, ...], Field(min_length=1)]
    pull_days: Annotated[float, Field(gt=0, le=60)]
    """Working days by which the rest of their stage comes sooner."""
    effects: tuple[Effect, ...] = ()
    """What it costs, from that Monday to the end of the quarter."""


class Policy(Section):
    """A standing rule of steering during the quarter; gives the settings of exactly one kind."""

    id: Id
    name: str
    focus_day: FocusDay | None = None
    health: Health | None = None
    lights: Lights | None = None
    quarter_end: QuarterEnd | None = None
    reallocation: Reallocation | None = None
    strategy_test: StrategyTest | None = None
    weight_change: WeightChange | None = None
    enabled: bool = True
    source: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in POLICY_KINDS) != 1:
            raise ValueError(f"give exactly one of {', '.join(POLICY_KINDS)}")
        return self
