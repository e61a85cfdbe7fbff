"""Friday reviews: red, amber and green lights, and the contingency plans that a red one sets off (E3).

A review looks at what has happened by the end of its day, never at what is to come, and measures it against what the
plan expects of the same cases: so a bad mix of tiers or products is no red light.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

from scenarios.expectations import never_paid, pass_probabilities, working_days
from scenarios.policies import Light, Lights, RepLight
from scenarios.process import Lateness
from simulation.records import LightRow
from simulation.risks import answer_light

if TYPE_CHECKING:
    from simulation.model import Model
    from simulation.quarter import Quarter

__all__ = ["expected_paid", "pass_rates", "start_reviews"]

_NORMAL = NormalDist()


Metric: TypeAlias = Literal["conversion", "deal_size", "collection", "rep_conversion"]


class _Sums:
    """What was found, what was expected and the weight that both are shares of: by region or rep, and over all."""

    __slots__ = ("rows",)

    def __init__(self, places: int) -> None:
        self.rows = [[0.0, 0.0, 0.0, 0.0] for _ in range(places + 1)]

    def add(self, place: int, value: float, expected: float, weight: float) -> None:
        """Count a case; place −1 is none."""
        self._add(-1, value, expected, weight)
        if place >= 0:
            self._add(place, value, expected, weight)

    def _add(self, place: int, value: float, expected: float, weight: float) -> None:
        row = self.rows[place]
        row[0] += 1
        row[1] += value
        row[2] += expected
        row[3] += weight

    def with_all(self, weeks: Iterable[_Sums]) -> _Sums:
        """Take in weeks of the same places."""
        for week in weeks:
            for row, more in zip(self.rows, week.rows, strict=True):
                if more[0]:
                    for column, value in enumerate(more):
                        row[column] += value
        return self


def start_reviews(quarter: Quarter) -> None:
    """Hold the reviews of every policy of lights in the calendar's weeks."""
    calendar = quarter.model.plan.calendar
    for policy in quarter.model.plan.policies:
        if policy.enabled and policy.lights is not None:
            reviews = _Reviews(quarter, policy.lights)
            for week, end in calendar.evenings(
                policy.lights.weeks or calendar.review_weeks, calendar.review_day
            ).items():
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
        self._for_reps = any(plan.trigger.light == "rep_conversion" for plan in quarter.model.held_plans)
        """Whether anybody waits for a rep's light; else none is given."""
        weeks, regions = range(quarter.model.plan.calendar.weeks), len(quarter.model.regions)
        self._counted = 0
        """Decisions that are in the sums."""
        self._decided = [_Sums(regions) for _ in weeks]
        """Stages decided in each week: passed, and expected to be."""
        self._won = [_Sums(regions) for _ in weeks]
        """Contracts signed in each week: their value, and the mean value of such."""
        self._by_rep = [_Sums(len(quarter.reps)) for _ in weeks]
        """Stages decided in each week by rep; empty where reps have no light."""
        self._worked: list[tuple[float, list[tuple[float, float]]]] = [(0.0, [(0.0, 0.0)] * len(quarter.reps))]
        """Day of a review → hours used and hours there of each rep up to then."""

    def hold(self, week: int) -> None:
        """Give every light for which there are cases enough."""
        back = self.lights.look_back_weeks
        first = max(week - back, 0) if back else 0
        looked_at = slice(first, week)
        since = float(self.quarter.model.plan.calendar.first_day_of_week(first + 1)) if back else -math.inf
        self._count()
        by_region, regions = self.lights.by_region, len(self.quarter.model.regions)
        if light := self.lights.conversion:
            self._judge(week, "conversion", light, _Sums(regions).with_all(self._decided[looked_at]), by_region)
        if light := self.lights.deal_size:
            self._judge(week, "deal_size", light, _Sums(regions).with_all(self._won[looked_at]), by_region)
        if light := self.lights.collection:
            self._judge(week, "collection", light, self._due(since), False)
        if self._for_reps and (by_rep := self.lights.rep_conversion):
            of_reps = _Sums(len(self.quarter.reps)).with_all(self._by_rep[looked_at])
            self._judge_reps(week, by_rep, of_reps, since)

    def _count(self) -> None:
        """Take in what was decided since the last review."""
        if not (self._for_reps or self.lights.conversion or self.lights.deal_size):
            return
        model, decisions, lights = self.quarter.model, self.quarter.decisions, self.lights
        products, last = model.plan.products, len(model.stages.positions) - 1
        for decision in decisions[self._counted :]:
            week, deal = model.week_of_day[int(decision.day)], decision.opportunity
            passed, expected = decision.passed, self._pass_rates[deal.tier][decision.stage]
            if self._for_reps and lights.rep_conversion:
                self._by_rep[week].add(deal.rep, float(passed), expected, 1.0)
            if lights.conversion:
                self._decided[week].add(deal.region, float(passed), expected, 1.0)
            if lights.deal_size and passed and decision.stage == last:
                self._won[week].add(deal.region, deal.value, products[deal.product].mean_deal, 1.0)
        self._counted = len(decisions)

    def _judge_reps(self, week: int, light: RepLight, sums: _Sums, since: float) -> None:
        """A light of each rep whose visits are on plan; whoever does too little is no case for coaching (R8)."""
        for number, busy in enumerate(self._busy(since)):
            count, passed, expected, weight = sums.rows[number]
            on_plan = busy >= light.busy_from and not self.quarter.reps[number].left
            if on_plan and count >= light.at_least and expected > 0:
                self._give(week, "rep_conversion", light, number, passed, expected, weight)

    def _busy(self, since: float) -> list[float]:
        """Hours used ÷ hours there of each rep since the last review that is not after ``since``."""
        reps = self.quarter.reps
        for rep in reps:
            rep.count_hours()
        now = [(rep.hours, rep.hours_there) for rep in reps]
        before = next(worked for day, worked in reversed(self._worked) if day <= max(since, 0.0))
        self._worked.append((self.quarter.env.now, now))
        return [
            (used - used_then) / (there - there_then) if there > there_then else 0.0
            for (used, there), (used_then, there_then) in zip(now, before, strict=True)
        ]

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
        metric: Metric,
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
            self._give(week, metric, light, region, value, expected, weight)

    def _give(
        self, week: int, metric: Metric, light: Light, number: int, value: float, expected: float, weight: float
    ) -> None:
        """A light over all (−1), of a region or of a rep; one that has turned red sets off what waits for it."""
        quarter, share = self.quarter, value / expected
        colour = "red" if share <= light.red else "amber" if share <= light.amber else "green"
        kind: Literal["region", "rep"] = "rep" if metric == "rep_conversion" else "region"
        subject = None if number < 0 else (quarter.model.reps if kind == "rep" else quarter.model.regions)[number]
        quarter.records.lights.append(
            LightRow(quarter.env.now, week, metric, subject or "all", value / weight, expected / weight, colour)
        )
        if colour != "red":
            self._red.discard((metric, number))
        elif (metric, number) not in self._red:
            self._red.add((metric, number))
            answer_light(quarter, metric, None if subject is None else (kind, subject))


def expected_paid(lateness: Lateness, days: float, overdue: float) -> float:
    """Chance that a receivable is paid ``days`` working days after it fell due in the quarter, by the plan's lateness.

    One that was overdue at the start is late or bad, given that it has already been late ``overdue`` days.
    """
    median = working_days(lateness.median_days_late)
    if overdue > 0:
        before = _late_at_most(median, lateness.sigma, overdue)
        paid = (_late_at_most(median, lateness.sigma, overdue + days) - before) / (1 - before) if before < 1 else 1.0
    else:
        paid = 1 - lateness.late_share + lateness.late_share * _late_at_most(median, lateness.sigma, days)
    return (1 - never_paid(lateness, lateness.bad_debt, overdue)) * paid


def _late_at_most(median: float, sigma: float, days: float) -> float:
    if median <= 0 or sigma == 0 or days <= 0:
        return float(days >= median)
    return _NORMAL.cdf(math.log(days / median) / sigma)
