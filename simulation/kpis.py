"""What we measure: pure functions of a replication's records, in a registry with unit and direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from scenarios.effects import EventName
from simulation.acceptance import acceptance
from simulation.distributions import Floats
from simulation.model import Model
from simulation.records import Records

__all__ = ["KPIS", "Kpi", "Measured", "enough_for", "measure"]

_HALF_A_COIN = 0.005
"""Money; sums of amounts differ in their last digits."""


_Money = TypeVar("_Money", float, Floats)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure of one replication."""

    id: str
    unit: Literal["money", "share", "count", "hours"]
    direction: Literal["more", "less"]
    """Which is better."""
    label: str


KPIS: dict[str, Kpi] = {
    k.id: k
    for k in (
        Kpi("p_target", "share", "more", "chance of reaching the target"),
        Kpi("signed", "money", "more", "signed amount, renewals included"),
        Kpi("contribution", "money", "more", "contribution after the costs of measures and contingency plans"),
        Kpi("cash", "money", "more", "cash collected in the quarter"),
        Kpi("collection_rate", "share", "more", "cash received ÷ amount due in the quarter"),
        Kpi("wins", "count", "more", "opportunities won"),
        Kpi("renewed", "money", "more", "signed amount of renewals"),
        Kpi("reps_on_quota", "share", "more", "share of reps at or above quota"),
        Kpi("leads", "count", "more", "accepted opportunities from marketing"),
        Kpi("qualified_pipeline", "money", "more", "open value at or past the qualified stage at the end"),
        Kpi("hours_used", "share", "less", "hours used ÷ hours there"),
        Kpi("accounts_lost", "count", "less", "accounts lost other than at a renewal"),
        Kpi("customer_health", "share", "more", "mean health score of customers at the end (S6); 1 without a policy"),
        Kpi("reps_left", "count", "less", "reps who left"),
        Kpi("plan_cost", "money", "less", "retainers, activations and uses of contingency plans"),
        Kpi("expert_fees", "money", "less", "fees of outside experts (R2)"),
        Kpi("bonuses", "money", "less", "signing, collection and renewal bonuses paid (R5, E5, R6)"),
    )
}
"""The registry, by id. ``p_target`` is 0 or 1 in a replication; its mean is the chance."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One replication in figures."""

    replication: int
    kpis: dict[str, float]
    signed_by_product: Floats
    signed_by_region: Floats
    signed_by_rep: Floats
    signed_by_week: Floats
    cash_by_week: Floats
    signed_by_source: dict[str, float]
    """``pipeline``, activities, ``baseline``, ``cross_sell``, ``renewals``."""
    before_plans: float
    """Contribution before the costs of contingency plans."""
    acceptance: tuple[float, ...]
    """Figure of each criterion of a phase."""


def enough_for(asked: _Money) -> _Money:
    """The least amount that reaches a target or quota: half of the smallest coin less."""
    return asked - _HALF_A_COIN


def measure(records: Records, model: Model) -> Measured:
    """All KPIs of a replication."""
    plan = model.plan
    weeks = plan.calendar.weeks
    by_product, by_region, by_rep = [0.0] * len(model.products), [0.0] * len(model.regions), [0.0] * len(model.reps)
    by_week, cash_by_week = [0.0] * weeks, [0.0] * weeks
    sources: dict[str, float] = {}
    activities = {activity.id for activity in plan.activities}
    fees, wins, leads, qualified_pipeline = 0.0, 0, 0, 0.0
    qualified = plan.process.stage_number(plan.process.qualified_stage)
    for deal in records.deals:
        if deal.source in activities:
            leads += 1
        if deal.outcome == "won":
            wins += 1
            by_product[deal.product] += deal.value
            by_region[deal.region] += deal.value
            by_rep[deal.rep] += deal.value
            by_week[model.week_of_day[int(deal.ended)]] += deal.value
            sources[deal.source] = sources.get(deal.source, 0.0) + deal.value
            fees += _expert_fee(model, deal.id, deal.value, deal.account)
        elif deal.outcome == "open" and deal.stage >= qualified:
            qualified_pipeline += deal.value
    renewed = 0.0
    for renewal in records.renewals:
        if renewal.value > 0:
            renewed += renewal.value
            by_product[renewal.product] += renewal.value
            by_region[renewal.region] += renewal.value
            by_rep[renewal.rep] += renewal.value
            by_week[model.week_of_day[int(renewal.day)]] += renewal.value
    sources["renewals"] = renewed
    due = cash = 0.0
    for payment in records.payments:
        due += payment.amount
        if payment.paid < model.horizon:
            cash += payment.amount
            cash_by_week[model.week_of_day[int(payment.paid)]] += payment.amount
    products, reps = np.array(by_product), np.array(by_rep)
    signed = float(products.sum())
    collection_rate = cash / due if due > 0 else 1.0
    bonuses = _bonuses(model, signed, cash, renewed, collection_rate)
    plan_cost = _plan_cost(records, model)
    margins = np.array([product.margin for product in plan.products])
    moved = math.fsum(move.after - move.before for move in records.moves)
    before_plans = float(margins @ products) - fixed_costs(model) - moved - fees - bonuses
    quotas = np.array(model.rep_quotas(records.quota_factors) if records.quota_factors else model.rep_quota)
    with_quota = quotas > 0
    on_quota = float(np.mean(reps[with_quota] >= enough_for(quotas[with_quota]))) if with_quota.any() else 0.0
    kpis = {
        "p_target": float(signed >= enough_for(plan.target)),
        "signed": signed,
        "contribution": before_plans - plan_cost,
        "cash": cash,
        "collection_rate": collection_rate,
        "wins": float(wins),
        "renewed": renewed,
        "reps_on_quota": on_quota,
        "leads": float(leads),
        "qualified_pipeline": qualified_pipeline,
        "hours_used": _hours_used(records),
        "accounts_lost": float(_hit_by(records, model, "account_lost")),
        "customer_health": math.fsum(records.health) / len(records.health) if records.health else 1.0,
        "reps_left": float(_hit_by(records, model, "rep_leaves")),
        "plan_cost": plan_cost,
        "expert_fees": fees,
        "bonuses": bonuses,
    }
    by_source = dict(sorted(sources.items()))
    return Measured(
        records.replication,
        kpis,
        products,
        np.array(by_region),
        reps,
        np.array(by_week),
        np.array(cash_by_week),
        by_source,
        before_plans,
        acceptance(records, model),
    )


def fixed_costs(model: Model) -> float:
    """What is paid whatever happens: money of the pools paid as spent, and the measures."""
    plan = model.plan
    as_spent = {pool.id for pool in plan.money.pools if pool.paid == "as_spent"}
    spent = math.fsum(
        entry.amount for entry in model.allocation.budget if plan.activity[entry.activity].pool in as_spent
    )
    return spent + math.fsum(measure.cost for measure in plan.measures if measure.enabled)


def _hit_by(records: Records, model: Model, event: EventName) -> int:
    """Number of reps or accounts that an event hit, whatever the number of risks that brought it."""
    risks = {risk.id for risk in model.plan.risks if risk.event == event}
    return len(
        {strike.subject for strike in records.strikes if strike.risk in risks and math.isfinite(strike.event_day)}
    )


def _expert_fee(model: Model, deal_id: str, value: float, account: int) -> float:
    """R2: a share of the whole amount where a contract of a hard customer exceeds the threshold."""
    fee = model.plan.money.expert_fee
    if fee is None or value <= fee.above_amount:
        return 0.0
    industry = model.deal_industry.get(deal_id, "") or (model.plan.accounts[account].industry if account >= 0 else "")
    return fee.rate * value if not fee.industries or industry in fee.industries else 0.0


def _bonuses(model: Model, signed: float, cash: float, renewed: float, collection_rate: float) -> float:
    """R5 bonuses on what they reward, E5 accelerator on the renewal bonus, R6 team building as a cost."""
    money = model.plan.money
    basis = {"signed": signed, "cash": cash, "renewed": renewed}
    paid = 0.0
    for bonus in money.bonuses:
        amount = bonus.rate * basis[bonus.basis]
        if bonus.basis == "renewed" and renewed >= money.renewal_threshold * money.renewal_target > 0:
            amount *= money.renewal_accelerator
        paid += amount
    if collection_rate >= money.collection_threshold:
        paid += money.team_building_share * model.marketing_budget
    return paid


def _plan_cost(records: Records, model: Model) -> float:
    """Retainer always, activation per trigger, per use once for each thing acted on."""
    total = 0.0
    for plan in model.plan.contingency_plans:
        if plan.id in model.options.plans:
            triggered = sum(activation.plan == plan.id for activation in records.activations)
            total += plan.retainer + triggered * plan.activation_cost + records.uses.get(plan.id, 0) * plan.cost_per_use
    return total


def _hours_used(records: Records) -> float:
    there = math.fsum(records.hours_there)
    return math.fsum(records.hours) / there if there > 0 else 0.0
