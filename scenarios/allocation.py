"""An allocation: what is decided before the quarter. A planner can write one by hand; no optimiser is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scenarios.errors import UsageError
from scenarios.plan import Plan

__all__ = ["Allocation", "BudgetCell", "QuotaCell"]


@dataclass(frozen=True, slots=True, order=True)
class QuotaCell:
    """Quota of a rep for a product in a region, in money per quarter."""

    product: str
    region: str
    rep: str
    quota: float


@dataclass(frozen=True, slots=True, order=True)
class BudgetCell:
    """Money for an activity in a region, per quarter."""

    region: str
    activity: str
    amount: float


@dataclass(frozen=True)
class Allocation:
    """Quota by product x region x rep and budget by region x activity. Absent cells are zero."""

    name: str
    quotas: tuple[QuotaCell, ...]
    budget: tuple[BudgetCell, ...] = ()

    def refuse_strangers(self, plan: Plan) -> None:
        """UsageError when a cell names what the plan does not have or a region not covered, or is there twice."""
        for cell in self.quotas:
            if cell.product not in plan.product or cell.region not in plan.region or cell.rep not in plan.rep:
                raise UsageError(f"{self.name}: the plan has no {cell.product} / {cell.region} / {cell.rep}")
            if cell.region not in plan.rep[cell.rep].regions:
                raise UsageError(f"{self.name}: {cell.rep} has a quota in {cell.region}, which is not covered")
        if len({(cell.product, cell.region, cell.rep) for cell in self.quotas}) < len(self.quotas):
            raise UsageError(f"{self.name}: a quota is given twice for one product, region and rep")
        if len(self.amount) < len(self.budget):
            raise UsageError(f"{self.name}: a budget is given twice for one region and activity")
        for entry in self.budget:
            if entry.region not in plan.region or entry.activity not in plan.activity:
                raise UsageError(f"{self.name}: the plan has no {entry.activity} in {entry.region}")

    @cached_property
    def total_quota(self) -> float:
        """Sum of all quotas; with over-assignment more than the target."""
        return sum(cell.quota for cell in self.quotas)

    @cached_property
    def quota_by_rep(self) -> dict[str, float]:
        """Sum of a rep's quotas."""
        sums: dict[str, float] = {}
        for cell in self.quotas:
            sums[cell.rep] = sums.get(cell.rep, 0.0) + cell.quota
        return sums

    @cached_property
    def amount(self) -> dict[tuple[str, str], float]:
        """Money by (region, activity)."""
        return {(cell.region, cell.activity): cell.amount for cell in self.budget}
