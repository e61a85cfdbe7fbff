"""What the linear program needs of a plan, as arrays over sorted ids.

Demand is expected signed money within the quarter. Hours per money are an average over everything a product × region
cell holds when every activity is funded up to its full effect (or in proportion, where its pool does not reach so
far); so are fees and the renewal share: the approximation that keeps the program linear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from optimizer.demand import Demand, RepShares, gather
from optimizer.hours import duty_hours, hours_there
from optimizer.returns import bonus_rates
from optimizer.selection import RuleLine, Universe, fixes_total, spell_out, universe
from scenarios.expectations import activity_money, responses_in
from scenarios.plan import Plan

__all__ = ["AllocationData", "Segment", "prepare"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Segment:
    """One band of an activity's response in a region; money is spent in it up to its capacity."""

    region: str
    activity: str
    band: int
    capacity: float | None
    """Money; None where spending has no limit of its own."""
    gain: tuple[float, ...]
    """Expected sales per money spent, by product."""
    is_cost: bool
    """False for a provision (a pool paid as earned): its cost is what bonuses pay out."""
    duty: Mapping[str, float]
    """Hours per money spent, by rep."""


@dataclass(frozen=True)
class AllocationData:
    """A plan as the linear program sees it. Matrices are product × region; money in units of ``money``."""

    plan: Plan
    money: float
    """Size of the unit of money; 1 is the plan's currency."""
    target: float
    products: tuple[str, ...]
    regions: tuple[str, ...]
    reps: tuple[str, ...]
    cells: Universe
    demand: Mapping[str, Floats]
    """Organic demand by source: pipeline, baseline, cross_sell, renewals, and activities' leads that cost nothing."""
    segments: tuple[Segment, ...]
    hours_per_money: Floats
    hours: Floats
    """Hours there, by rep; negative where other work takes more than there is."""
    margin: Floats
    """Gross margin by product."""
    fee_rate: Floats
    bonus_rate: Floats
    potential_by_source: Mapping[str, Floats]
    """By quota cell: own pipeline, renewals and leads, and an hours-share of the region's other leads and cross-sell.
    ``activities`` are leads of all of them at reference spend."""
    pools: Mapping[str, float]
    """Amounts of the pools that are paid as spent."""
    lines: tuple[RuleLine, ...]
    is_total_fixed: bool
    """Whether rules and locks decide the sum of all quotas; if not, it is the target."""

    @cached_property
    def organic(self) -> Floats:
        """Demand of all sources that cost nothing."""
        return np.asarray(sum(self.demand.values(), np.zeros((len(self.products), len(self.regions)))))

    @cached_property
    def potential(self) -> Floats:
        """Potential by quota cell, of all sources."""
        return np.asarray(sum(self.potential_by_source.values(), np.zeros(len(self.cells.quota))))

    @cached_property
    def contribution_rate(self) -> Floats:
        """Contribution per money of expected sales: margin less fees and bonuses."""
        return np.asarray(self.margin[:, None] - self.fee_rate - self.bonus_rate)

    @cached_property
    def product_number(self) -> dict[str, int]:
        """Product id → row."""
        return {id_: n for n, id_ in enumerate(self.products)}

    @cached_property
    def region_number(self) -> dict[str, int]:
        """Region id → column."""
        return {id_: n for n, id_ in enumerate(self.regions)}

    @cached_property
    def rep_number(self) -> dict[str, int]:
        """Rep id → position."""
        return {id_: n for n, id_ in enumerate(self.reps)}

    def potential_floor(self) -> float:
        """A hundredth of the mean potential of a cell: below it a potential counts as that much."""
        return 0.01 * float(np.mean(self.potential)) or 1.0

    def in_money_of(self, unit: float) -> AllocationData:
        """The same data with another unit of money, so that the solver meets numbers near one."""
        scale = unit / self.money
        return replace(
            self,
            money=unit,
            target=self.target / scale,
            demand={source: amounts / scale for source, amounts in self.demand.items()},
            segments=tuple(
                replace(
                    s,
                    capacity=None if s.capacity is None else s.capacity / scale,
                    duty={rep: hours * scale for rep, hours in s.duty.items()},
                )
                for s in self.segments
            ),
            hours_per_money=self.hours_per_money * scale,
            potential_by_source={source: amounts / scale for source, amounts in self.potential_by_source.items()},
            pools={pool: amount / scale for pool, amount in self.pools.items()},
        )


def prepare(plan: Plan) -> AllocationData:
    """Read a plan into arrays, in the plan's currency."""
    cells = universe(plan)
    products, regions, reps = (tuple(sorted(ids)) for ids in (plan.product, plan.region, plan.rep))
    there = hours_there(plan)
    shares = _hours_shares(plan, there)
    demand = gather(plan, cells, shares)
    value = demand.value_at_reference
    per_money = np.divide(1.0, value, out=np.zeros_like(value), where=value > 0)
    signed_rate, renewed_rate = bonus_rates(plan)
    pools = {
        pool.id: activity_money(plan, pool)
        for pool in sorted(plan.money.pools, key=lambda p: p.id)
        if pool.paid == "as_spent"
    }
    return AllocationData(
        plan=plan,
        money=1.0,
        target=plan.target,
        products=products,
        regions=regions,
        reps=reps,
        cells=cells,
        demand=demand.organic,
        segments=_segments(plan, cells, demand, pools),
        hours_per_money=demand.hours_at_reference * per_money,
        hours=np.array([there[rep] for rep in reps]),
        margin=np.array([plan.product[p].margin for p in products]),
        fee_rate=demand.fees * per_money,
        bonus_rate=signed_rate + renewed_rate * demand.organic["renewals"] * per_money,
        potential_by_source=_potential(cells, demand, shares, products, regions),
        pools=pools,
        lines=spell_out(plan, cells),
        is_total_fixed=fixes_total(plan, cells),
    )


def _hours_shares(plan: Plan, there: Mapping[str, float]) -> RepShares:
    """Share of each covering rep in a region's hours; equal where nobody has any."""
    shares = {}
    for region in sorted(plan.region):
        hours = {rep: max(there[rep], 0.0) for rep in sorted(plan.rep) if region in plan.rep[rep].regions}
        total = sum(hours.values())
        shares[region] = {rep: h / total if total > 0 else 1 / len(hours) for rep, h in hours.items()}
    return shares


def _segments(plan: Plan, cells: Universe, demand: Demand, pools: Mapping[str, float]) -> tuple[Segment, ...]:
    """Bands of every activity in every region where it runs, fullest effect first. Rule R4."""
    segments = []
    for region, activity_id in cells.budget:
        activity = plan.activity[activity_id]
        duty = duty_hours(plan, region, activity)
        is_cost = activity.pool in pools
        full = demand.gain_per_unit.get((region, activity_id), np.zeros(len(plan.products)))
        bands = responses_in(activity, plan.region[region])
        if not bands:
            none = (0.0,) * len(plan.products)
            segments.append(Segment(region, activity_id, 0, None, none, is_cost, duty))
        units = 0.0
        for number, band in enumerate(bands):
            gain = tuple(float(g) for g in full * band.effect / activity.unit_cost)
            capacity = activity.unit_cost * (band.up_to_units - units)
            units = band.up_to_units
            segments.append(Segment(region, activity_id, number, capacity, gain, is_cost, duty))
    return tuple(segments)


def _potential(
    cells: Universe,
    demand: Demand,
    shares: RepShares,
    products: tuple[str, ...],
    regions: tuple[str, ...],
) -> dict[str, Floats]:
    row, column = {p: n for n, p in enumerate(products)}, {r: n for n, r in enumerate(regions)}
    found = {source: np.zeros(len(cells.quota)) for source in (*demand.own, *demand.shared_at_reference)}
    for number, (p, r, s) in enumerate(cells.quota):
        for source, own in demand.own.items():
            found[source][number] += own.get((p, r, s), 0.0)
        for source, shared in demand.shared_at_reference.items():
            found[source][number] += shares[r][s] * float(shared[row[p], column[r]])
    return found
