"""When a contingency plan would be called for in a quarter, whether it is held ready or not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan
from simulation.records import Records

__all__ = ["Call", "are_known", "calls_of"]


class Call(NamedTuple):
    """What a quarter would ask of a contingency plan that has not acted in it."""

    times: int
    """Triggers inside the quarter, as far as the plan answers more than one."""
    first_start: float
    """Working day from which on it would act at the earliest; infinite without a trigger."""


def are_known(entry: ContingencyPlan, plan: Plan) -> bool:
    """Whether a quarter tells when a plan that was not held would have been called for.

    Alarms, and lights of reps for which nobody waits, are in no record; lights of several policies cannot be told
    apart.
    """
    light = entry.trigger.light
    if entry.trigger.alarm is not None or light == "rep_conversion":
        return False
    on = (policy.lights for policy in plan.policies if policy.enabled and policy.lights is not None)
    return light is None or sum(getattr(lights, light) is not None for lights in on) <= 1


def calls_of(records: Records, plan: Plan) -> dict[str, Call]:
    """Calls by contingency plan. Of a plan that acted they are those of the quarter that it changed."""
    return {entry.id: _call(entry, records, plan) for entry in plan.contingency_plans}


def _call(entry: ContingencyPlan, records: Records, plan: Plan) -> Call:
    days = [day for day in _days(entry, records, plan) if day < plan.calendar.working_days]
    times = len(days) if entry.max_activations is None else min(len(days), entry.max_activations)
    return Call(times, min(days) + entry.delay_days if times else math.inf)


def _days(entry: ContingencyPlan, records: Records, plan: Plan) -> Iterator[float]:
    """Working days of its triggers, as ``simulation.risks`` sets them off."""
    trigger = entry.trigger
    if trigger.week is not None:
        if trigger.week <= plan.calendar.weeks:
            yield float(plan.calendar.first_day_of_week(trigger.week))
    elif trigger.strike is not None:
        known = zip(records.strikes, records.known_on, strict=True)
        yield from (known_on for strike, known_on in known if strike.risk == trigger.strike)
    else:
        red: set[str] = set()
        for light in records.lights:
            if light.metric != trigger.light or (light.scope != "all") != trigger.each_region:
                continue
            if light.colour != "red":
                red.discard(light.scope)
            elif light.scope not in red:
                red.add(light.scope)
                yield light.day
