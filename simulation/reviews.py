"""Friday reviews: red, amber and green lights, and the contingency plans that a red one sets off (E3).

A review looks at what has happened by the end of its day, never at what is to come, and measures it against what the
plan expects of the same cases: so a bad mix of tiers or products is no red light.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

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


_Case: TypeAlias = tuple[int, float, float, float]
"""A stage decided, a contract signed, a receivable that has fallen due: region, value, what was expected, and the
weight that both are shares of, added up."""


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

    def hold(self, week: int) -> None:
        """Give every light for which there are cases enough."""
        back, calendar = self.lights.look_back_weeks, self.quarter.model.plan.calendar
        since = float(calendar.first_day_of_week(max(week - back + 1, 1))) if back else -math.inf
        regions = self.lights.by_region
        if light := self.lights.conversion:
            self._judge(week, "conversion", light, self._decided(since), regions)
        if light := self.lights.deal_size:
            self._judge(week, "deal_size", light, self._won(since), regions)
        if light := self.lights.collection:
            self._judge(week, "collection", light, self._due(since), False)

    def _decided(self, since: float) -> Iterator[_Case]:
        for decision in self.quarter.decisions:
            if decision.day >= since:
                deal = decision.opportunity
                expected = self._pass_rates[deal.tier][decision.stage]
                yield deal.region, float(decision.passed), expected, 1.0

    def _won(self, since: float) -> Iterator[_Case]:
        products, last = self.quarter.model.plan.products, len(self.quarter.model.stages.positions) - 1
        for decision in self.quarter.decisions:
            if decision.day >= since and decision.passed and decision.stage == last:
                deal = decision.opportunity
                yield deal.region, deal.value, products[deal.product].mean_deal, 1.0

    def _due(self, since: float) -> Iterator[_Case]:
        now, lateness = self.quarter.env.now, self.quarter.model.plan.money.lateness
        for payment in self.quarter.records.payments:
            if since <= payment.due < now:
                paid = payment.amount if payment.paid <= now else 0.0
                chance = expected_paid(lateness, now - payment.due, self._overdue.get(payment.id, 0.0))
                yield -1, paid, payment.amount * chance, payment.amount

    def _judge(
        self,
        week: int,
        metric: Literal["conversion", "deal_size", "collection"],
        light: Light,
        cases: Iterable[_Case],
        by_region: bool,
    ) -> None:
        """The light over all, then of each region; one that has turned red sets off what waits for it."""
        names = self.quarter.model.regions
        sums = [[0, 0.0, 0.0, 0.0] for _ in range(len(names) + 1)]  # the last is over all
        for region, value, expected, weight in cases:
            for add_to in (sums[-1], sums[region]) if by_region else (sums[-1],):
                add_to[0] += 1
                add_to[1] += value
                add_to[2] += expected
                add_to[3] += weight
        for region in (-1, *range(len(names))):
            count, value, expected, weight = sums[region]
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
