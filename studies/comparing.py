"""compare: plan or allocation A against B on identical futures, replication by replication."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from optimizer.overriding import check_by_hand
from scenarios.allocation import Allocation
from scenarios.checks import not_carried_out
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.replications import Batch, Progress, run_replications
from studies.results import Change, CompareResult, RuleRow
from studies.rules import broken_row
from studies.statistics import difference, kpi_row

__all__ = ["broken_rules", "compare_study", "decisions_changed"]


def compare_study(
    plan_a: Plan,
    plan_b: Plan,
    allocation_a: Allocation,
    allocation_b: Allocation,
    options_a: Options,
    options_b: Options,
    *,
    names: tuple[str, str],
    decide: Literal["keep", "resolve"],
    seed: int,
    replications: int,
    jobs: int = 1,
    progress: Progress | None = None,
    changes: Sequence[Change] = (),
) -> tuple[CompareResult, Batch, Batch]:
    """Replay the same futures under A and under B."""
    start = time.perf_counter()

    def batch(plan: Plan, allocation: Allocation, options: Options, name: str) -> Batch:
        return run_replications(
            plan,
            allocation,
            options,
            seed=seed,
            numbers=range(replications),
            jobs=jobs,
            label=name,
            progress=progress,
            keep_records=True,
        )

    a = batch(plan_a, allocation_a, options_a, names[0])
    b = batch(plan_b, allocation_b, options_b, names[1])
    result = CompareResult(
        plan=plan_a.name,
        currency=plan_a.currency,
        target=plan_a.target,
        seed=seed,
        replications=replications,
        name_a=names[0],
        name_b=names[1],
        allocation=decide,
        changes=tuple(changes),
        decisions=(*decisions_changed(allocation_a, allocation_b), *_plans_changed(options_a, options_b)),
        kpis=tuple(kpi_row(kpi, b.kpis[kpi.id]) for kpi in KPIS.values()),
        kpis_a=tuple(kpi_row(kpi, a.kpis[kpi.id]) for kpi in KPIS.values()),
        differences=tuple(difference(kpi, a.kpis[kpi.id], b.kpis[kpi.id]) for kpi in KPIS.values()),
        violations=broken_rules(plan_b, allocation_b),
        violations_a=broken_rules(plan_a, allocation_a),
        not_carried_out=not_carried_out(plan_b),
        seconds=time.perf_counter() - start,
    )
    return result, a, b


def broken_rules(plan: Plan, allocation: Allocation) -> tuple[RuleRow, ...]:
    """Rules of a plan that an allocation does not keep; they are listed, not refused."""
    return tuple(broken_row(status) for status in check_by_hand(plan, allocation) if not status.holds)


def decisions_changed(a: Allocation, b: Allocation) -> tuple[Change, ...]:
    """Quotas by rep, quotas by product and region, and budgets that differ by a unit of money or more, old → new.

    Quotas cell by cell where the sums hide that they differ.
    """
    quotas = (
        *_moved(_quotas(a, "rep"), _quotas(b, "rep")),
        *_moved(_quotas(a, "product", "region"), _quotas(b, "product", "region")),
    )
    if not quotas:
        quotas = _moved(_quotas(a, "product", "region", "rep"), _quotas(b, "product", "region", "rep"))
    return (*quotas, *_moved(_budget(a), _budget(b)))


def _moved(old: dict[str, float], new: dict[str, float]) -> tuple[Change, ...]:
    pairs = [(path, old.get(path, 0.0), new.get(path, 0.0)) for path in sorted({*old, *new})]
    return tuple(
        Change(path=path, old=f"{before:,.0f}", new=f"{after:,.0f}", by="allocation")
        for path, before, after in pairs
        if abs(after - before) >= 1
    )


def _quotas(allocation: Allocation, *dimensions: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for cell in allocation.quotas:
        path = ".".join(("quota", *(getattr(cell, dimension) for dimension in dimensions)))
        sums[path] = sums.get(path, 0.0) + cell.quota
    return sums


def _budget(allocation: Allocation) -> dict[str, float]:
    return {f"budget.{region}.{activity}": amount for (region, activity), amount in allocation.amount.items()}


def _plans_changed(a: Options, b: Options) -> tuple[Change, ...]:
    if a.plans == b.plans:
        return ()
    old, new = (", ".join(sorted(options.plans)) or "none" for options in (a, b))
    return (Change(path="contingency plans", old=old, new=new, by="contingency plans held"),)
