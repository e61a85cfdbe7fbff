"""Expected sales of a quarter by product × region, source by source, before any decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.outlook import Outlooks
from optimizer.selection import QuotaKey, Universe
from scenarios.errors import PlanFileError, Problem
from scenarios.expectations import (
    account_keys,
    activity_money,
    activity_window,
    expected_renewal_rate,
    lead_tier_mix,
    product_keys,
    region_keys,
    responses_in,
    with_measures,
)
from scenarios.plan import Plan
from scenarios.process import Activity
from scenarios.tables import Region

__all__ = ["Demand", "gather", "reference_spend"]

Floats = npt.NDArray[np.float64]
RepShares = Mapping[str, Mapping[str, float]]
"""Region → rep → share of the region's hours."""


@dataclass(frozen=True)
class Demand:
    """Expected signed money and rep hours in the quarter; matrices are product × region, in order of ids."""

    organic: Mapping[str, Floats]
    """By source; what needs no budget."""
    gain_per_unit: Mapping[tuple[str, str], Floats]
    """(region, activity) → expected sales per unit at full effect, by product."""
    own: Mapping[str, Mapping[QuotaKey, float]]
    """By source, expected sales of a rep's own pipeline, renewals and leads."""
    shared_at_reference: Mapping[str, Floats]
    """By source, expected sales that the reps of a region share: leads, those of activities at reference spend, and
    cross-sell."""
    value_at_reference: Floats
    hours_at_reference: Floats
    fees: Floats


class _Ledger:
    """Sums of value, hours and fees while they are gathered."""

    def __init__(self, plan: Plan) -> None:
        self.row = {id_: n for n, id_ in enumerate(sorted(plan.product))}
        self.column = {id_: n for n, id_ in enumerate(sorted(plan.region))}
        self.value: dict[str, Floats] = {}
        self.hours = self.matrix()
        self.fees = self.matrix()
        self.own: dict[str, dict[QuotaKey, float]] = {source: {} for source in ("pipeline", "renewals", "baseline")}

    def matrix(self) -> Floats:
        return np.zeros((len(self.row), len(self.column)))

    def book(self, source: str, product: str, region: str, value: float, hours: float) -> None:
        place = self.row[product], self.column[region]
        self.value.setdefault(source, self.matrix())[place] += value
        self.hours[place] += hours

    def book_own(self, source: str, product: str, region: str, rep: str, value: float) -> None:
        own, key = self.own[source], (product, region, rep)
        own[key] = own.get(key, 0.0) + value

    def shared(self, source: str) -> Floats:
        """What of a source is nobody's own."""
        left = self.value[source].copy()
        for (product, region, _), value in self.own.get(source, {}).items():
            left[self.row[product], self.column[region]] -= value
        return left


def gather(plan: Plan, cells: Universe, shares: RepShares) -> Demand:
    """Everything that may be signed in the quarter, as the plan lets us expect it."""
    outlooks, ledger = Outlooks(plan), _Ledger(plan)
    for source in ("pipeline", "baseline", "cross_sell", "renewals"):
        ledger.value[source] = ledger.matrix()
    _book_pipeline(plan, outlooks, ledger)
    _book_baseline(plan, outlooks, ledger, shares)
    _book_cross_sell(plan, outlooks, ledger, shares)
    _book_renewals(plan, ledger)
    gains, funded = _book_activities(plan, cells, outlooks, ledger, shares)
    organic = dict(ledger.value)
    free = (amounts for source, amounts in organic.items() if source in plan.activity)
    shared = {source: ledger.shared(source) for source in ("baseline", "cross_sell")}
    return Demand(
        organic=organic,
        gain_per_unit=gains,
        own=ledger.own,
        shared_at_reference=shared | {"activities": sum(free, funded)},
        value_at_reference=sum(organic.values(), funded),
        hours_at_reference=ledger.hours,
        fees=ledger.fees,
    )


def reference_spend(plan: Plan, cells: Universe) -> dict[tuple[str, str], float]:
    """A guess of the budget, for averages: all activities up to their full effect, in proportion to their pool."""
    wanted = {}
    for region, activity_id in cells.budget:
        activity = plan.activity[activity_id]
        bands = responses_in(activity, plan.region[region])
        full = [band.up_to_units for band in bands if band.effect == bands[0].effect]
        wanted[region, activity_id] = activity.unit_cost * max(full, default=0.0)
    fits = {}
    for pool in plan.money.pools:
        total = sum(amount for (_, activity), amount in wanted.items() if plan.activity[activity].pool == pool.id)
        fits[pool.id] = min(1.0, activity_money(plan, pool) / total) if total > 0 else 1.0
    return {key: amount * fits.get(plan.activity[key[1]].pool, 1.0) for key, amount in wanted.items()}


def _book_pipeline(plan: Plan, outlooks: Outlooks, ledger: _Ledger) -> None:
    for deal in sorted(plan.opportunities, key=lambda deal: deal.id):
        outlook = outlooks.of_open(deal)
        ledger.book("pipeline", deal.product, deal.region, outlook.value, outlook.hours)
        ledger.fees[ledger.row[deal.product], ledger.column[deal.region]] += outlook.fee
        ledger.book_own("pipeline", deal.product, deal.region, deal.rep, outlook.value)


def _book_baseline(plan: Plan, outlooks: Outlooks, ledger: _Ledger, shares: RepShares) -> None:
    """Leads that come by themselves, evenly over the quarter, entering at the first stage."""
    days = float(plan.calendar.working_days)
    for leads in sorted(plan.baseline_leads, key=lambda leads: leads.id):
        product, region = plan.product[leads.product], plan.region[leads.region]
        keys = {**product_keys(product), **region_keys(region)}
        count = with_measures(plan, "baseline_rate", leads.accepted_per_quarter / days, keys) * days
        workers = {leads.rep: 1.0} if leads.rep else shares[region.id]
        for tier, share in lead_tier_mix(plan, leads.tier_mix).items():
            tags = {"customer_tier": tier, "source": "baseline"}
            one = outlooks.of_new(product, region, 0, (0.0, days), tags, workers)
            ledger.book("baseline", product.id, region.id, count * share * one.value, count * share * one.hours)
            if leads.rep:
                ledger.book_own("baseline", product.id, region.id, leads.rep, count * share * one.value)


def _book_cross_sell(plan: Plan, outlooks: Outlooks, ledger: _Ledger, shares: RepShares) -> None:
    """Cross-sell and repeat orders of the accounts, evenly over the quarter, entering at a later stage. Rule T2."""
    if plan.cross_selling is None:
        return
    days = float(plan.calendar.working_days)
    stage = plan.process.stage_number(plan.cross_selling.entry_stage)
    for account in sorted(plan.accounts, key=lambda account: account.id):
        region, keys = plan.region[account.region], account_keys(plan, account)
        rate = plan.customer_tier[account.customer_tier].cross_sell_per_quarter / days
        count = with_measures(plan, "cross_sell_rate", rate, keys) * days
        tags = {"account": account.id, "customer_tier": account.customer_tier, "source": "cross_sell"}
        tags["industry"] = account.industry
        for product_id, share in sorted(plan.cross_selling.product_mix.items()):
            if count * share > 0:
                product = plan.product[product_id]
                one = outlooks.of_new(product, region, stage, (0.0, days), tags, shares[region.id])
                ledger.book("cross_sell", product_id, region.id, count * share * one.value, count * share * one.hours)


def _book_renewals(plan: Plan, ledger: _Ledger) -> None:
    """Contracts that come up for renewal: amount x renewal rate of the account. Rules K7, E4."""
    for account in sorted(plan.accounts, key=lambda account: account.id):
        if account.renewal_amount <= 0:
            continue
        if account.product is None:
            key = f"accounts.{account.id}.product"
            raise PlanFileError([Problem("", key, "its contract renews, and no product is named")])
        rate = expected_renewal_rate(plan, account)
        ledger.book(
            "renewals", account.product, account.region, account.renewal_amount * rate, plan.process.renewal_hours
        )
        ledger.book_own("renewals", account.product, account.region, account.rep, account.renewal_amount * rate)


def _book_activities(
    plan: Plan, cells: Universe, outlooks: Outlooks, ledger: _Ledger, shares: RepShares
) -> tuple[dict[tuple[str, str], Floats], Floats]:
    """Gain per unit of every activity, and what all of them bring at reference spend.

    A measure that adds leads whatever is spent (a shift) is organic demand under the activity's name.
    """
    gains: dict[tuple[str, str], Floats] = {}
    funded, reference = ledger.matrix(), reference_spend(plan, cells)
    for region_id, activity_id in cells.budget:
        activity, region = plan.activity[activity_id], plan.region[region_id]
        if not activity.leads_per_unit:
            continue
        free, per_accepted = _accepted(plan, activity, region)
        full = activity.leads_per_unit * activity.acceptance * per_accepted
        amount = reference[region_id, activity_id] / activity.unit_cost * responses_in(activity, region)[0].effect
        gain = np.zeros(len(ledger.row))
        window = activity_window(plan, activity)
        stage = plan.process.stage_number(activity.entry_stage)
        for product_id, share in sorted(activity.product_mix.items()):
            value = hours = 0.0
            for tier, tier_share in lead_tier_mix(plan, activity.tier_mix).items():
                tags = {"customer_tier": tier, "source": activity_id}
                one = outlooks.of_new(plan.product[product_id], region, stage, window, tags, shares[region_id])
                value += share * tier_share * one.value
                hours += share * tier_share * one.hours
            place = ledger.row[product_id], ledger.column[region_id]
            gain[place[0]] = full * value
            funded[place] += amount * full * value
            ledger.hours[place] += amount * full * hours
            if free > 0:
                ledger.book(activity_id, product_id, region_id, free * value, free * hours)
        gains[region_id, activity_id] = gain
    return gains, funded


def _accepted(plan: Plan, activity: Activity, region: Region) -> tuple[float, float]:
    """Accepted opportunities that measures add without money, and their factor on those that money brings."""
    start, end = activity_window(plan, activity)
    keys = {"activity": activity.id, **region_keys(region)}
    free = with_measures(plan, "lead_rate", 0.0, keys)
    return free * (end - start), with_measures(plan, "lead_rate", 1.0, keys) - free
