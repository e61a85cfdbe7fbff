"""Friday reviews: red, amber and green lights, and the contingency plans that a red one sets off (E3).

A review looks at what has happened by the end of its day, never at what is to come, and measures it against what the
plan expects of the same cases: so a bad mix of tiers or products is no red light.
"""

from __future__ import annotations

import math
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

from scenarios.expectations import pass_probabilities, working_days
from scenarios.policies import Light, Lights
from scenarios.process import Lateness
from simulation.records import LightRow
from simulation.risks import answer_light

if TYPE_CHECKING:
    from simulation.model import Model
    from simulation.quarter import Quarter

__all__ = ["expected_paid", "pass_rates", "start_reviews"]

_NORMAL = NormalDist()


class _Sums:
    """What was found, what was expected and the weight that both are shares of: by region, and over all at the end."""

    __slots__ = ("rows",)

    def __init__(self, regions: int) -> None:
        self.rows = [[0.0, 0.0, 0.0, 0.0] for _ in range(regions + 1)]

    def add(self, region: int, value: float, expected: float, weight: float) -> None:
        """Count a case; region −1 is none."""
        for row in (self.rows[-1], self.rows[region]) if region >= 0 else (self.rows[-1],):
            row[0] += 1
            row[1] += value
            row[2] += expected
            row[3] += weight

    def __add__(self, other: _Sums) -> _Sums:
        both = _Sums(len(self.rows) - 1)
        both.rows = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(self.rows, other.rows, strict=True)]
        return both


def start_reviews(quarter: Quarter) -> None:
    """Hold the reviews of every policy of lights in the calendar's weeks."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        if policy.enabled and policy.lights is not None:
            reviews = _Reviews(quarter, policy.lights)
            for week in sorted(set(calendar.review_weeks)):
                end = calendar.end_of_weekday(week, calendar.review_day)
                if end is not None:
                    quarter.at(end, partial(reviews.hold, week))


def pass_rates(model: Model) -> list[list[float]]:
    """Probability of passing each stage that the plan expects, by customer tier."""
    return [pass_probabilities(model.plan.process, tier.win_rate) for tier in model.plan.customer_tiers]


class _Reviews:
    """The reviews of one policy."""

    def __init__(self, quarter: Quarter, lights: Lights) -> None:
        self.quarter, self.lights = quarter, lights
        self._pass_rates = pass_rates(quarter.model)
        self._overdue = {invoice.id: invoice.overdue for invoice in quarter.model.invoices}
        self._red: set[tuple[str, int]] = set()
        weeks, regions = range(quarter.model.plan.calendar.weeks), len(quarter.model.regions)
        self._counted = 0
        """Decisions that are in the sums."""
        self._decided = [_Sums(regions) for _ in weeks]
        """Stages decided in each week: passed, and expected to be."""
        self._won = [_Sums(regions) for _ in weeks]
        """Contracts signed in each week: their value, and the mean value of such."""

    def hold(self, week: int) -> None:
        """Give every light for which there are cases enough."""
        back, none = self.lights.look_back_weeks, _Sums(len(self.quarter.model.regions))
        first = max(week - back, 0) if back else 0
        self._count()
        regions = self.lights.by_region
        if light := self.lights.conversion:
            self._judge(week, "conversion", light, sum(self._decided[first:], none), regions)
        if light := self.lights.deal_size:
            self._judge(week, "deal_size", light, sum(self._won[first:], none), regions)
        if light := self.lights.collection:
            since = float(self.quarter.model.plan.calendar.first_day_of_week(first + 1)) if back else -math.inf
            self._judge(week, "collection", light, self._due(since), False)

    def _count(self) -> None:
        """Take in what was decided since the last review."""
        model, decisions = self.quarter.model, self.quarter.decisions
        products, last = model.plan.products, len(model.stages.positions) - 1
        for decision in decisions[self._counted :]:
            week, deal = model.week_of_day[int(decision.day)], decision.opportunity
            expected = self._pass_rates[deal.tier][decision.stage]
            self._decided[week].add(deal.region, float(decision.passed), expected, 1.0)
            if decision.passed and decision.stage == last:
                self._won[week].add(deal.region, deal.value, products[deal.product].mean_deal, 1.0)
        self._counted = len(decisions)

    def _due(self, since: float) -> _Sums:
        now, lateness = self.quarter.env.now, self.quarter.model.plan.money.lateness
        sums = _Sums(0)
        for payment in self.quarter.records.payments:
            if since <= payment.due < now:
                paid = payment.amount if payment.paid <= now else 0.0
                chance = expected_paid(lateness, now - payment.due, self._overdue.get(payment.id, 0.0))
                sums.add(-1, paid, payment.amount * chance, payment.amount)
        return sums

    def _judge(
        self,
        week: int,
        metric: Literal["conversion", "deal_size", "collection"],
        light: Light,
        sums: _Sums,
        by_region: bool,
    ) -> None:
        """The light over all, then of each region; one that has turned red sets off what waits for it."""
        names = self.quarter.model.regions
        for region in (-1, *range(len(names) if by_region else 0)):
            count, value, expected, weight = sums.rows[region]
            if count < light.at_least or expected <= 0:
                continue
            share = value / expected
            colour = "red" if share <= light.red else "amber" if share <= light.amber else "green"
            scope = names[region] if region >= 0 else "all"
            self.quarter.records.lights.append(
                LightRow(self.quarter.env.now, week, metric, scope, value / weight, expected / weight, colour)
            )
            if colour != "red":
                self._red.discard((metric, region))
            elif (metric, region) not in self._red:
                self._red.add((metric, region))
                answer_light(self.quarter, metric, scope if region >= 0 else None)


def expected_paid(lateness: Lateness, days: float, overdue: float) -> float:
    """Chance that a receivable is paid ``days`` working days after it fell due in the quarter, by the plan's lateness.

    One that was overdue at the start is late for certain, given that it has already been late ``overdue`` days.
    """
    median = working_days(lateness.median_days_late)
    if overdue > 0:
        before = _late_at_most(median, lateness.sigma, overdue)
        paid = (_late_at_most(median, lateness.sigma, overdue + days) - before) / (1 - before) if before < 1 else 1.0
    else:
        paid = 1 - lateness.late_share + lateness.late_share * _late_at_most(median, lateness.sigma, days)
    return (1 - lateness.bad_debt) * paid


def _late_at_most(median: float, sigma: float, days: float) -> float:
    if median <= 0 or sigma == 0 or days <= 0:
        return float(days >= median)
    return _NORMAL.cdf(math.log(days / median) / sigma)
