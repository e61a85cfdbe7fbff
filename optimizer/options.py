"""An allocation as one of several to choose from: what it brings, what it breaks, how far it is from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.checking import RuleStatus, check_allocation
from optimizer.data import AllocationData
from optimizer.equity import Equity, equity
from optimizer.live import Floats
from optimizer.model import state
from optimizer.selection import RuleLine
from optimizer.solved import Amounts
from optimizer.stages import PRIORITY_WEIGHTS, StagedModel
from scenarios.allocation import Allocation

__all__ = ["Distance", "Option", "amounts_of", "distance", "in_bands", "option_of", "sold_with"]


@dataclass(frozen=True, slots=True)
class Distance:
    """Shares of quota and of money that two allocations place differently."""

    quota: float
    """½ Σ |q − q'| ÷ the larger Σ q; 0 alike, 1 nothing in common."""
    budget: float

    @property
    def together(self) -> float:
        """Mean of the two."""
        return (self.quota + self.budget) / 2


@dataclass(frozen=True)
class Option:
    """One allocation to choose, judged as the optimiser judges its own. Money in the plan's currency."""

    allocation: Allocation
    kind: str
    """``best``, ``alternative``, ``baseline`` or ``by hand``."""
    amounts: Amounts
    contribution: float
    signed: float
    relaxation: float
    """Priority-weighted relaxation of soft rules."""
    broken: tuple[RuleStatus, ...]
    """Hard rules, locks and pools that it does not keep; of soft rules, those given up."""
    from_best: Distance
    equity: Equity
    notes: tuple[str, ...] = ()
    """How a baseline was made, in words."""

    @property
    def keeps_hard_rules(self) -> bool:
        """Whether only soft rules are given up."""
        return all(status.firmness == "soft" for status in self.broken)


def option_of(amounts: Amounts, name: str, kind: str, best: Amounts | None = None, notes: Iterable[str] = ()) -> Option:
    """Judge amounts as one option beside the best."""
    allocation, data = amounts.allocation(name), amounts.data
    statuses = check_allocation(data.plan, allocation, amounts.expected_of, data)
    weights = {rule.id: PRIORITY_WEIGHTS[rule.priority] for rule in data.plan.rules}
    broken = tuple(status for status in statuses if not status.holds)
    return Option(
        allocation=allocation,
        kind=kind,
        amounts=amounts,
        contribution=amounts.contribution(),
        signed=float(amounts.expected.sum()),
        relaxation=sum(weights[s.id] * s.violation for s in broken if s.firmness == "soft"),
        broken=broken,
        from_best=distance(amounts, best or amounts),
        equity=equity(data, amounts),
        notes=tuple(notes),
    )


def distance(a: Amounts, b: Amounts) -> Distance:
    """How much two allocations differ."""
    return Distance(_moved(a.quota, b.quota), _moved(a.spend, b.spend))


def amounts_of(data: AllocationData, allocation: Allocation) -> Amounts:
    """An allocation's amounts with the best sales that it leaves possible."""
    allocation.refuse_strangers(data.plan)
    quotas, spend = dict.fromkeys(data.cells.quota, 0.0), dict.fromkeys(data.cells.budget, 0.0)
    for cell in allocation.quotas:
        quotas[cell.product, cell.region, cell.rep] += cell.quota
    for entry in allocation.budget:
        if (entry.region, entry.activity) in spend:  # elsewhere it is only a cost, which the check of the pool counts
            spend[entry.region, entry.activity] += entry.amount
    by_quota, by_spend = (np.array(list(amounts.values())) for amounts in (quotas, spend))
    return Amounts(data, by_quota, sold_with(data, by_spend), by_spend)


def sold_with(data: AllocationData, spend: Floats) -> Floats:
    """Expected sales by quota cell that bring the most at a given spend.

    Demand and hours bind them; rules over expected sales alone are kept as far as they can be; no other rule counts.
    """
    supply, hours = data.organic.copy(), data.hours.copy()
    for segment, amount in zip(data.segments, in_bands(data, spend), strict=True):
        supply[:, data.region_number[segment.region]] += np.array(segment.gain) * amount
    first = {(s.region, s.activity): s for s in reversed(data.segments)}
    for cell, amount in zip(data.cells.budget, spend.tolist(), strict=True):
        for rep, duty in first[cell].duty.items():
            hours[data.rep_number[rep]] -= duty * amount
    bare = replace(
        data,
        cells=replace(data.cells, budget=()),
        demand={"at this spend": supply},
        segments=(),
        hours=hours,
        lines=tuple(_as_wish(line) for line in data.lines if _is_over_sales(line)),
        is_total_fixed=True,
    )
    staged = StagedModel(state(bare, ("demand", "hours", "rules", "sums", "evenness")))
    values = staged.solve().values
    return np.array([staged.value(y, values) for y in staged.model.variables.expected]) * staged.model.data.money


def _is_over_sales(line: RuleLine) -> bool:
    return line.rule.left.over == "expected" and (line.fixed is not None or line.right_over == "expected")


def _as_wish(line: RuleLine) -> RuleLine:
    return replace(line, rule=line.rule.model_copy(update={"firmness": "soft"}))


def in_bands(data: AllocationData, spend: Sequence[float] | Floats) -> Floats:
    """Spend by segment, each activity's bands filled in order; what no band takes is in none."""
    left = dict(zip(data.cells.budget, np.asarray(spend, dtype=float).tolist(), strict=True))
    filled = np.zeros(len(data.segments))
    for number, segment in enumerate(data.segments):
        cell = segment.region, segment.activity
        filled[number] = left[cell] if segment.capacity is None else min(left[cell], segment.capacity)
        left[cell] -= filled[number]
    return filled


def _moved(a: Floats, b: Floats) -> float:
    larger = max(float(a.sum()), float(b.sum()))
    return float(np.abs(a - b).sum()) / 2 / larger if larger > 0 else 0.0
