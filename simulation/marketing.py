"""Marketing: budget turns into events that take reps' time and into accepted opportunities (R3, R4).

Cross-sell of accounts we have (T2) and leads that come by themselves arrive the same way, from their own sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from scenarios.errors import UsageError
from scenarios.expectations import activity_window
from simulation.board import ActiveEffect, Keys
from simulation.future import LeadPoint, more_leads
from simulation.model import DealStart
from simulation.tasks import Errand

if TYPE_CHECKING:
    from simulation.accounts import Account
    from simulation.quarter import Quarter

__all__ = ["plan_duty", "start_marketing"]

_MOST_A_DAY = 1e4
"""Opportunities a day of one source beyond which effects were certainly not meant so."""


def start_marketing(quarter: Quarter) -> None:
    """Put arrivals of opportunities and duty at events under way."""
    arrivals = _Arrivals(quarter)
    arrivals.expect(quarter.future.leads)
    for parameter in {source.parameter for source in quarter.model.sources}:
        quarter.board.before_change[parameter] = arrivals.look_again
    _plan_event_duty(quarter)


class _Arrivals:
    """New opportunities of all sources."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        self._keys = [Keys(source.attributes) for source in quarter.model.sources]
        self._highest = [source.highest_rate for source in quarter.model.sources]
        """Rate of each source up to which its possible opportunities are there."""

    def expect(self, points: Iterable[LeadPoint]) -> None:
        """Look at possible opportunities when their day comes; those above the highest rate never exist."""
        env, highest = self.quarter.env, self._highest
        for point in points:
            if point.height < highest[point.source]:
                env.call(point.day - env.now, partial(self._come, point))

    def _come(self, point: LeadPoint) -> None:
        """A possible opportunity exists iff its height is below its source's rate on its day."""
        quarter, source = self.quarter, self.quarter.model.sources[point.source]
        account = quarter.accounts[source.account] if source.account is not None else None
        if account is None:
            keys, entity = self._keys[point.source], source.id
        elif account.lost:
            return
        else:
            keys, entity = account.keys, account.entity
        rate = quarter.board.value(source.parameter, quarter.lead_rates[point.source], keys, entity)
        if point.height < rate:
            _accept(quarter, point, account)

    def look_again(self, _: ActiveEffect) -> None:
        """Effects on rates are about to change: once they have, see whether more opportunities are possible."""
        self.quarter.at(self.quarter.env.now, self._extend)

    def _extend(self) -> None:
        """Draw what becomes possible where effects, acting more than once, lift a rate above what was thought of."""
        quarter, model = self.quarter, self.quarter.model
        for number, source in enumerate(model.sources):
            acting = quarter.board.acting.get(source.parameter)
            if acting is None:
                continue
            account = quarter.accounts[source.account] if source.account is not None else None
            keys = self._keys[number] if account is None else account.keys
            found = acting.on(keys.attributes)
            rate = (quarter.lead_rates[number] + found.shift) * found.factor
            if rate > self._highest[number]:
                if rate > _MOST_A_DAY:
                    raise UsageError(
                        f"{source.id}: effects on {source.parameter} that act together make {rate:,.0f} opportunities "
                        "a day of it; is one of them meant for what was struck alone (struck: true)?"
                    )
                heights = self._highest[number], rate
                self._highest[number] = rate
                more = more_leads(model, quarter.future, number, heights, quarter.env.now)
                self.expect(more)


def _accept(quarter: Quarter, point: LeadPoint, account: Account | None) -> None:
    source = quarter.model.sources[point.source]
    rep = account.rep if account is not None else quarter.rep_for_lead(source.region, source.rep)
    number = account.number if account is not None else -1
    start = tuple.__new__(  # see ``records``
        DealStart,
        (
            point.id,
            source.name,
            point.product,
            source.region,
            point.tier,
            number,
            "",
            rep,
            source.stage,
            point.value,
            quarter.env.now,
        ),
    )
    quarter.begin(start, point.chance)


def _plan_event_duty(quarter: Quarter) -> None:
    for entry in quarter.model.allocation.budget:
        activity = quarter.model.plan.activity[entry.activity]
        plan_duty(quarter, entry.region, entry.activity, entry.amount / activity.unit_cost)


def plan_duty(quarter: Quarter, region_id: str, activity_id: str, units: float, since: float = 0.0) -> None:
    """Units of an activity are spread evenly over its weeks; reps of the region take turns at them, by id.

    Planned anew ``since`` a day, what was due by then is held; the rest of the units share the time that is left.
    """
    model, plan = quarter.model, quarter.model.plan
    activity, region = plan.activity[activity_id], model.regions.index(region_id)
    planned = quarter.duty.setdefault((region_id, activity_id), [])
    for errand in planned:
        if errand.due > since:
            errand.hours = 0.0
    units -= sum(errand.due <= since for errand in planned) // activity.reps_per_unit
    covering = [number for number in quarter.coverage[region] if not quarter.reps[number].left]
    reps = [n for n in covering if plan.reps[n].regions[0] == region_id] or covering
    if units <= 0 or activity.rep_hours_per_unit <= 0 or not reps:
        return
    start, end = activity_window(plan, activity)
    start = max(start, since)
    whole, first = int(units) + (units % 1 > 0), len(planned) // activity.reps_per_unit
    for number in range(whole):
        due = start + (end - start) * (number + 0.5) / whole
        hours = min(units - number, 1.0) * activity.rep_hours_per_unit / activity.reps_per_unit
        for place in range(activity.reps_per_unit):
            turn = (first + number) * activity.reps_per_unit + place
            errand = Errand(f"event:{activity_id}/{region_id}/{first + number}/{place}", due, hours, 1, 5.0)
            quarter.reps[reps[turn % len(reps)]].add(errand)
            planned.append(errand)
