"""What studies need of full records beside KPIs, as figures by quarter, so that the records need not stay."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from scenarios.plan import Plan
from scenarios.policies import Policy
from simulation.records import Records
from studies.statistics import Values

__all__ = ["LIGHTS", "VERDICT", "cells_of", "light_columns", "lights_of", "tested_policies", "verdicts_of"]

LIGHTS = ("conversion", "deal_size", "collection")
"""Metrics of the lights that may stand over all regions."""
VERDICT = ("tried", "others", "gain", "rolled_out")
"""Figures of the verdict on a strategy test; the gain is not a number where there is none."""


def light_columns(plan: Plan) -> list[tuple[str, int]]:
    """Metric and week of every light over all regions that a review may give, in order."""
    calendar, columns = plan.calendar, list[tuple[str, int]]()
    on = [policy.lights for policy in plan.policies if policy.enabled and policy.lights is not None]
    for metric in LIGHTS:
        giving = [lights for lights in on if getattr(lights, metric) is not None]
        named = {week for lights in giving for week in lights.weeks or calendar.review_weeks}
        columns += [(metric, week) for week in calendar.evenings(named, calendar.review_day)]
    return columns


def lights_of(quarters: Sequence[Records], plan: Plan) -> Values:
    """Value ÷ what the plan expects, by ``light_columns``: the least of several, not a number where none was given."""
    place = {column: number for number, column in enumerate(light_columns(plan))}
    shares = np.full((len(quarters), len(place)), math.nan)
    for number, records in enumerate(quarters):
        for row in records.lights:
            if row.scope == "all" and row.metric in LIGHTS:
                cell = number, place[row.metric, row.week]
                shares[cell] = np.fmin(shares[cell], row.value / row.target if row.target > 0 else math.inf)
    return shares


def tested_policies(plan: Plan) -> list[Policy]:
    """Policies with a strategy test, enabled or not."""
    return [policy for policy in plan.policies if policy.strategy_test is not None]


def verdicts_of(quarters: Sequence[Records], plan: Plan) -> Values:
    """``VERDICT`` of each of ``tested_policies``; not numbers where none was given."""
    place = {policy.id: number for number, policy in enumerate(tested_policies(plan))}
    figures = np.full((len(quarters), len(place), len(VERDICT)), math.nan)
    for number, records in enumerate(quarters):
        for row in records.tests:
            gain = math.nan if row.gain is None else row.gain
            figures[number, place[row.policy]] = row.tried, row.others, gain, row.rolled_out
    return figures.reshape(len(quarters), len(place) * len(VERDICT))


def cells_of(quarters: Sequence[Records], plan: Plan) -> tuple[Values, Values]:
    """Signed amount and hours of reps by product × region; a contract that comes up takes its hours, renewed or not."""
    regions, width = len(plan.regions), len(plan.products) * len(plan.regions)
    sold, worked = ([[0.0] * width for _ in quarters] for _ in range(2))
    for records, amounts, hours in zip(quarters, sold, worked, strict=True):
        for deal in records.deals:
            cell = deal.product * regions + deal.region
            hours[cell] += deal.hours
            if deal.outcome == "won":
                amounts[cell] += deal.value
        for renewal in records.renewals:
            cell = renewal.product * regions + renewal.region
            amounts[cell] += renewal.value
            if renewal.outcome != "account lost":
                hours[cell] += plan.process.renewal_hours
    as_rows = len(quarters), width
    return np.array(sold, dtype=float).reshape(as_rows), np.array(worked, dtype=float).reshape(as_rows)
