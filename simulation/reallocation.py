"""Month-end re-allocation: money that is left moves to where it has returned more (M6).

Where it goes is decided by a function that is handed in; what is told to it is here. Money is spent evenly over an
activity's weeks. The bands of a response are read as a pace: money that would last the whole window at the new pace
brings what that much money brings in a whole window, so that money which does not move changes nothing.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from scenarios.calendar import Calendar
from scenarios.errors import QuarterdeckError
from scenarios.expectations import accepted_opportunities, activity_window, responses_in
from scenarios.policies import Reallocation
from simulation.marketing import plan_duty
from simulation.records import MoveRow

if TYPE_CHECKING:
    from simulation.options import Reallocate
    from simulation.quarter import Quarter

__all__ = ["move_days", "start_reallocation"]

_LEAST_MOVE = 0.005
"""Money that counts as a move: half of the smallest coin."""


def start_reallocation(quarter: Quarter) -> None:
    """Let every policy of re-allocation act on its days."""
    model = quarter.model
    for policy in model.plan.policies:
        if policy.enabled and policy.reallocation is not None:
            if (move := model.reallocations.get(policy.id)) is None:
                raise QuarterdeckError(f"policy {policy.id} moves money, and nothing that decides where was handed in")
            spending = _Spending(quarter, policy.reallocation, move)
            for day in move_days(model.plan.calendar, policy.reallocation):
                quarter.at(day, partial(spending.move, day))


def move_days(calendar: Calendar, policy: Reallocation) -> list[float]:
    """Working days at whose start money moves: after the last one of a month, or every so many weeks."""
    if policy.every_weeks is not None:
        weeks = range(1 + policy.every_weeks, calendar.weeks + 1, policy.every_weeks)
        return [float(calendar.first_day_of_week(week)) for week in weeks]
    dates = calendar.working_dates
    return [float(day) for day in range(1, len(dates)) if dates[day].month != dates[day - 1].month]


class _Place:
    """A region's activity that brings leads: its money, and what it is believed to return."""

    def __init__(self, quarter: Quarter, number: int) -> None:
        model, source = quarter.model, quarter.model.sources[number]
        plan, self.number = model.plan, number
        self.activity, self.region = plan.activity[source.name], plan.regions[source.region]
        self.cell = (self.region.id, self.activity.id)
        self.start, self.end = activity_window(plan, self.activity)
        self.left = model.allocation.amount.get(self.cell, 0.0)
        self.spent = self.expected_leads = 0.0
        self.since = self.start
        wins = math.fsum(
            share * wins[source.stage] for share, wins in zip(source.tier_shares, model.win_from, strict=True)
        )
        self.lead_worth = wins * math.fsum(
            share * product.mean_deal * product.margin
            for share, product in zip(source.product_shares, plan.products, strict=True)
        )
        """Contribution that the plan expects of an accepted opportunity."""
        bands = responses_in(self.activity, self.region)
        effect = bands[0].effect if bands else 0.0
        leads = self.activity.leads_per_unit * self.activity.acceptance * effect / self.activity.unit_cost
        self.lift = source.lift
        leads *= self.lift
        self.planned_roi = self.lead_worth * leads

    def spend_until(self, day: float, rate: float) -> None:
        """Spend evenly up to a day; ``rate`` is the leads a day that it was to bring."""
        now = min(max(day, self.since), self.end)
        days_left = self.end - self.since
        if days_left > 0:
            amount = self.left * (now - self.since) / days_left
            self.spent, self.left = self.spent + amount, self.left - amount
        self.expected_leads += rate * self.lift * (now - self.since)
        self.since = now

    def roi(self, returned: float, prior_leads: float) -> float:
        """Return of another unit of money: the plan's, scaled by what came so far against what it expected of it."""
        if self.lead_worth <= 0:
            return 0.0
        return self.planned_roi * (prior_leads + returned / self.lead_worth) / (prior_leads + self.expected_leads)

    def rate(self) -> float:
        """Leads a day that the money left brings, at its pace."""
        window = self.end - self.start
        whole = self.left * window / (self.end - self.since)
        return accepted_opportunities(self.activity, self.region, whole) / window


class _Spending:
    """What is left of the money of activities that bring leads, for one policy."""

    def __init__(self, quarter: Quarter, policy: Reallocation, move: Reallocate) -> None:
        sources = enumerate(quarter.model.sources)
        self.quarter, self.policy, self.decide = quarter, policy, move
        self.places = [_Place(quarter, number) for number, source in sources if source.kind == "activity"]
        self.other_money = dict(quarter.model.allocation.amount)
        for place in self.places:
            self.other_money.pop(place.cell, None)

    def move(self, day: float) -> None:
        """Ask where the money that is left is to go, and let it be spent there from now on."""
        quarter, calendar = self.quarter, self.quarter.model.plan.calendar
        for place in self.places:
            place.spend_until(day, quarter.lead_rates[place.number])
        returned = self._returned()
        passed = day / quarter.model.horizon
        spent = {cell: amount * passed for cell, amount in self.other_money.items()}
        left = {cell: amount - spent[cell] for cell, amount in self.other_money.items()}
        spent |= {place.cell: place.spent for place in self.places}
        left |= {place.cell: place.left for place in self.places}
        roi = {
            place.cell: place.roi(returned.get(place.cell, 0.0), self.policy.prior_leads)
            for place in self.places
            if place.since < place.end
        }
        after = self.decide(spent, left, roi, calendar.weeks * (1 - passed))
        open_places = [place for place in self.places if place.cell in roi]
        before = math.fsum(place.left for place in open_places)
        if math.fsum(after.get(place.cell, place.left) for place in open_places) > before + _LEAST_MOVE:
            raise QuarterdeckError(f"day {day:g}: the money moved is more than the {before:,.2f} that are left")
        for place in open_places:
            self._set(day, place, after.get(place.cell, place.left))

    def _set(self, day: float, place: _Place, amount: float) -> None:
        if abs(amount - place.left) < _LEAST_MOVE:
            return
        quarter = self.quarter
        quarter.records.moves.append(MoveRow(day, *place.cell, place.left, amount))
        place.left = amount
        quarter.lead_rates[place.number] = place.rate()
        plan_duty(quarter, *place.cell, (place.spent + amount) / place.activity.unit_cost, place.since)

    def _returned(self) -> dict[tuple[str, str], float]:
        """Contribution by place of what was won, and of what is open at its chance of being won."""
        model = self.quarter.model
        names = {place.activity.id for place in self.places}
        sums: dict[tuple[str, str], float] = {}
        for deal in self.quarter.deals:
            if deal.source in names:
                value = deal.value if deal.outcome == "won" else deal.expected_value()
                cell = model.regions[deal.region], deal.source
                sums[cell] = sums.get(cell, 0.0) + value * model.plan.products[deal.product].margin
        return sums
