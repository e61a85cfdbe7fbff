"""Where every sum of money goes: pools, bonuses, fees and the reserve, with what is expected to be paid out.

What depends on a chance that the linear program does not know (the collection rate reaching its threshold, R6; a
contingency plan being triggered, K1 to K7; renewals far above target, E5) has no expected pay-out here and is no part
of the contribution: its most is shown, and a study that has simulated the quarter knows more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.returns import cash_share
from optimizer.solved import Amounts
from scenarios.cycles import LognormalCycle
from scenarios.expectations import never_paid, with_measures, working_days
from scenarios.plan import Plan

__all__ = ["CollectionOutlook", "MoneyRow", "collection_outlook", "money_table", "team_building"]

Treatment = Literal["certain", "expected", "chance unknown", "not allocated"]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One purpose of money, in the plan's currency per quarter."""

    pool: str
    """Pool that pays; empty where none is named."""
    purpose: str
    """Id of an activity, bonus, measure or contingency plan, or one of ``expert_fee``, ``team_building``,
    ``renewal_accelerator``, ``reserve``, ``unspent``."""
    set_aside: float
    expected: float | None
    """Expected pay-out; None where only a chance that is not known decides."""
    most: float | None
    """The most it can be, where that is known."""
    treatment: Treatment
    rule: str = ""
    units: float | None = None
    """What the money buys, where it has a price: salons, A-visits."""
    in_contribution: bool = True
    """Whether the optimiser's contribution has paid it."""


@dataclass(frozen=True, slots=True)
class CollectionOutlook:
    """Cash and what falls due within the quarter, as expected. Rule R6."""

    due: float
    received: float
    threshold: float

    @property
    def rate(self) -> float | None:
        """Expected cash ÷ expected amount due (a ratio of means, not the chance of reaching the threshold)."""
        return self.received / self.due if self.due > 0 else None


def money_table(amounts: Amounts) -> tuple[MoneyRow, ...]:
    """Pool by pool, what is set aside and what is expected to be paid; then what no pool pays."""
    paid = {pool: list(rows) for pool, rows in _by_pool(amounts)}
    rows = [row for pool in sorted(paid) for row in paid[pool]]
    return (*rows, *_outside_pools(amounts), *_accelerator(amounts.data.plan, amounts))


def collection_outlook(amounts: Amounts) -> CollectionOutlook:
    """Opening receivables and instalments of what is signed evenly over the quarter. Rule R6."""
    plan, signed = amounts.data.plan, float(amounts.expected.sum())
    horizon = float(plan.calendar.working_days)
    terms = plan.money.payment_terms
    falls_due = sum(part.share * max(1 - working_days(part.due_days) / horizon, 0.0) for part in terms)
    due, received = signed * falls_due, signed * cash_share(plan)
    for receivable in plan.receivables:
        day = plan.calendar.day_of(receivable.due_date)
        if day < horizon:
            due += receivable.amount
            received += receivable.amount * _paid_in_time(plan, day)
    return CollectionOutlook(due, received, plan.money.collection_threshold)


def _by_pool(amounts: Amounts) -> Iterable[tuple[str, Iterable[MoneyRow]]]:
    plan = amounts.data.plan
    spent: dict[str, float] = {}
    for (_, activity), amount in zip(amounts.data.cells.budget, amounts.spend.tolist(), strict=True):
        spent[activity] = spent.get(activity, 0.0) + amount
    bonuses = _bonuses(amounts)
    for pool in plan.money.pools:
        rows = []
        for activity in sorted(a for a in spent if plan.activity[a].pool == pool.id):
            amount, entry = spent[activity], plan.activity[activity]
            if pool.paid == "as_earned":
                expected = bonuses.get(activity, 0.0)
                rows.append(MoneyRow(pool.id, activity, amount, expected, None, "expected", "R5"))
            else:
                units = amount / entry.unit_cost if entry.unit_cost != 1 else None
                rows.append(MoneyRow(pool.id, activity, amount, amount, amount, "certain", "", units))
        for measure in sorted(plan.measures, key=lambda measure: measure.id):
            if measure.enabled and measure.pool == pool.id and measure.cost > 0:
                cost = measure.cost
                rows.append(MoneyRow(pool.id, measure.id, cost, cost, cost, "certain", in_contribution=False))
        if pool.paid == "held":
            rows += _reserve(plan, pool.id, pool.amount)
        else:
            left = pool.amount - sum(row.set_aside for row in rows)
            if abs(left) > 1e-9 * max(pool.amount, 1.0):
                rows.append(MoneyRow(pool.id, "unspent", left, 0.0, 0.0, "not allocated", in_contribution=False))
        yield pool.id, rows


def _bonuses(amounts: Amounts) -> dict[str, float]:
    """Expected pay-out of bonuses by the budget entry that pays them: rate · what it rewards. Rule R5.

    On cash: all that is received in the quarter, of opening receivables too, which no decision moves and which the
    contribution leaves out.
    """
    plan, data = amounts.data.plan, amounts.data
    row = [data.product_number[p] for p, _, _ in data.cells.quota]
    column = [data.region_number[r] for _, r, _ in data.cells.quota]
    sold = np.zeros_like(data.organic)
    np.add.at(sold, (row, column), amounts.expected)
    renewals = data.demand.get("renewals", np.zeros_like(sold))
    there = np.maximum(data.organic, 1e-300)
    renewed = float((renewals * np.minimum(sold / there, 1.0)).sum())
    basis = {
        "signed": float(sold.sum()),
        "cash": collection_outlook(amounts).received,
        "renewed": renewed,
    }
    found: dict[str, float] = {}
    for bonus in plan.money.bonuses:
        found[bonus.activity] = found.get(bonus.activity, 0.0) + bonus.rate * basis[bonus.basis]
    return found


def _reserve(plan: Plan, pool: str, amount: float) -> Iterable[MoneyRow]:
    """A reserve is held back: retainers of the plans that are chosen are certain, the rest waits for a trigger."""
    kept = amount
    for entry in sorted(plan.contingency_plans, key=lambda entry: entry.id):
        if not entry.chosen:
            continue
        kept -= entry.retainer
        yield MoneyRow(pool, entry.id, entry.retainer, None, None, "chance unknown", "", in_contribution=False)
    yield MoneyRow(pool, "reserve", kept, None, max(kept, 0.0), "chance unknown", "", in_contribution=False)


def _outside_pools(amounts: Amounts) -> Iterable[MoneyRow]:
    plan, data = amounts.data.plan, amounts.data
    for measure in sorted(plan.measures, key=lambda measure: measure.id):
        if measure.enabled and measure.pool is None and measure.cost > 0:
            cost = measure.cost
            yield MoneyRow("", measure.id, cost, cost, cost, "certain", in_contribution=False)
    if plan.money.expert_fee is not None:
        row = [data.product_number[p] for p, _, _ in data.cells.quota]
        column = [data.region_number[r] for _, r, _ in data.cells.quota]
        fee = float(data.fee_rate[row, column] @ amounts.expected)
        yield MoneyRow("", "expert_fee", 0.0, fee, None, "expected", "R2")
    if plan.money.team_building_share > 0:
        prize = team_building(plan)
        yield MoneyRow("", "team_building", 0.0, None, prize, "chance unknown", "R6", in_contribution=False)


def team_building(plan: Plan) -> float:
    """What the team gets where the collection rate reaches its threshold: a share of the market-activity money. R6."""
    marketing = {activity.pool for activity in plan.activities if activity.leads_per_unit > 0}
    return plan.money.team_building_share * sum(pool.amount for pool in plan.money.pools if pool.id in marketing)


def _accelerator(plan: Plan, amounts: Amounts) -> Iterable[MoneyRow]:
    """Renewals above the threshold pay more commission: only a chance, at expected renewals it is not reached. E5."""
    rate = sum(bonus.rate for bonus in plan.money.bonuses if bonus.basis == "renewed")
    renewals = float(amounts.data.demand.get("renewals", np.zeros(1)).sum())
    limit = plan.money.renewal_target * plan.money.renewal_threshold
    if plan.money.renewal_accelerator > 1 and rate > 0 and limit > 0:
        extra = (plan.money.renewal_accelerator - 1) * rate
        if renewals >= limit:
            yield MoneyRow(
                "", "renewal_accelerator", 0.0, extra * renewals, None, "expected", "E5", in_contribution=False
            )
        else:
            yield MoneyRow("", "renewal_accelerator", 0.0, None, None, "chance unknown", "E5", in_contribution=False)


def _paid_in_time(plan: Plan, day: float) -> float:
    """Chance that a receivable due on a day of the quarter (negative: overdue) is paid within it."""
    horizon, lateness = float(plan.calendar.working_days), plan.money.lateness
    median = working_days(with_measures(plan, "days_late", lateness.median_days_late, {}))
    lost = with_measures(plan, "bad_debt", lateness.bad_debt, {})
    late = LognormalCycle(median, lateness.sigma)
    if day < 0:
        paid = late.cdf_between(horizon - day, -day, float("inf"))
    else:
        late_share = with_measures(plan, "late_share", lateness.late_share, {})
        paid = 1 - late_share + late_share * late.cdf(horizon - day)
    return (1 - never_paid(lateness, lost, -day)) * paid
