"""Sources of new opportunities: activities with money, leads that come by themselves, cross-sell of accounts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.allocation import Allocation
from scenarios.effects import Effect, Scope
from scenarios.expectations import (
    accepted_opportunities,
    account_keys,
    activity_window,
    lead_tier_mix,
    product_keys,
    region_keys,
    with_measures,
)
from scenarios.plan import Plan
from simulation.draws import LARGEST_UNIFORM
from simulation.finder import Attributes
from simulation.nature import nature_factor
from simulation.options import Options

__all__ = ["LeadSource", "lead_sources"]


@dataclass(frozen=True, slots=True)
class LeadSource:
    """Something that brings opportunities during the quarter, as a Poisson process in time."""

    id: str
    kind: str
    """``activity``, ``baseline`` or ``cross_sell``."""
    name: str
    """What the records call it: an activity's id, ``baseline``, ``cross_sell``."""
    parameter: str
    """Registered parameter that moves its rate."""
    attributes: Attributes
    region: int
    account: int | None
    rate: float
    """Accepted opportunities per working day."""
    highest_rate: float
    """Bound of the rate under all effects, each acting once; more is drawn only if one acts more often."""
    start: float
    end: float
    stage: int
    product_shares: list[float]
    tier_shares: list[float]
    rep: int | None = None
    """To whom they come; None is decided when they arrive."""
    lift: float = 1.0
    """What measures make of an opportunity that money brings (R9), as the plan expects it."""


def lead_sources(plan: Plan, allocation: Allocation, tiers: tuple[str, ...], options: Options) -> Iterable[LeadSource]:
    """Every source of new opportunities, also those without money: their draws must not depend on the decision."""
    products = [p.id for p in plan.products]
    bounds = _Bounds(plan, options)
    horizon, stage_of = float(plan.calendar.working_days), plan.process.stage_number
    moving = any(policy.enabled and policy.reallocation for policy in plan.policies)
    for activity in plan.activities:
        if not activity.leads_per_unit:
            continue
        start, end = activity_window(plan, activity)
        mix = lead_tier_mix(plan, activity.tier_mix)
        for number, region in enumerate(plan.regions):
            attributes: Attributes = {"activity": activity.id, **region_keys(region)}
            amount = allocation.amount.get((region.id, activity.id), 0.0)
            rate = accepted_opportunities(activity, region, amount) / (end - start)
            # Money that moves during the quarter (M6) may fill every band of the response, and more brings no more.
            filled = accepted_opportunities(activity, region, math.inf) / (end - start) if moving else rate
            yield LeadSource(
                id=f"activity:{activity.id}/{region.id}",
                kind="activity",
                name=activity.id,
                parameter="lead_rate",
                attributes=attributes,
                region=number,
                account=None,
                rate=rate,
                highest_rate=bounds.of("lead_rate", max(rate, filled), attributes),
                start=start,
                end=end,
                stage=stage_of(activity.entry_stage),
                product_shares=_shares(activity.product_mix, products),
                tier_shares=_shares(mix, tiers),
                lift=with_measures(plan, "lead_rate", 1.0, attributes),
            )
    regions, reps = [r.id for r in plan.regions], [r.id for r in plan.reps]
    for leads in plan.baseline_leads:
        mix = lead_tier_mix(plan, leads.tier_mix)
        attributes = {**product_keys(plan.product[leads.product]), **region_keys(plan.region[leads.region])}
        rate = leads.accepted_per_quarter / horizon
        yield LeadSource(
            id=f"baseline:{leads.id}",
            kind="baseline",
            name="baseline",
            parameter="baseline_rate",
            attributes=attributes,
            region=regions.index(leads.region),
            account=None,
            rate=rate,
            highest_rate=bounds.of("baseline_rate", rate, attributes),
            start=0.0,
            end=horizon,
            stage=0,
            product_shares=[float(p == leads.product) for p in products],
            tier_shares=_shares(mix, tiers),
            rep=reps.index(leads.rep) if leads.rep else None,
        )
    if plan.cross_selling is None:
        return
    for number, account in enumerate(plan.accounts):
        rate = plan.customer_tier[account.customer_tier].cross_sell_per_quarter / horizon
        yield LeadSource(
            id=f"cross_sell:{account.id}",
            kind="cross_sell",
            name="cross_sell",
            parameter="cross_sell_rate",
            attributes=account_keys(plan, account),
            region=regions.index(account.region),
            account=number,
            rate=rate,
            highest_rate=bounds.of("cross_sell_rate", rate),  # its attributes change with who is in charge
            start=0.0,
            end=horizon,
            stage=stage_of(plan.cross_selling.entry_stage),
            product_shares=_shares(plan.cross_selling.product_mix, products),
            tier_shares=[float(t == account.customer_tier) for t in tiers],
        )


def _shares(mix: Mapping[str, float], ids: Sequence[str]) -> list[float]:
    """Shares in order of ids; a planner's thirds may add up to 0.9999999."""
    total = math.fsum(mix.values()) or 1.0
    return [mix.get(id, 0.0) / total for id in ids]


class _Bounds:
    """Rates that effects make of rates, each acting once, all together; leads are drawn up to them at first."""

    def __init__(self, plan: Plan, options: Options) -> None:
        effects: list[Effect] = [e for m in plan.measures if m.enabled for e in m.all_effects]
        effects += [e for r in plan.risks if r.id in options.risks | options.forced_risks for e in r.effects]
        effects += [e for p in plan.contingency_plans if p.id in options.plans for e in p.effects]
        self._effects = [effect for effect in effects if effect.moves]
        top = np.array([LARGEST_UNIFORM])
        nature = [entry for entry in plan.uncertainty if entry.enabled] if options.uncertainty else []
        self._nature = [(entry, float(nature_factor(entry, top)[0])) for entry in nature]

    def of(self, parameter: str, rate: float, attributes: Attributes | None = None) -> float:
        """Of a source that keeps its attributes, only with the effects that pick it by them."""
        reaching = [
            entry for entry in self._effects if entry.parameter == parameter and _picks(entry.scope, attributes)
        ]
        factors = [entry.factor for entry in reaching]
        factors += [
            most for entry, most in self._nature if entry.parameter == parameter and _picks(entry.scope, attributes)
        ]
        shift = math.fsum(max(entry.shift, 0.0) for entry in reaching)
        return (rate + shift) * math.prod(max(factor, 1.0) for factor in factors)


def _picks(scope: Scope, attributes: Attributes | None) -> bool:
    """Whether a scope may pick something; what has no attributes to go by may be picked by every scope."""
    return attributes is None or scope.matches(attributes)
