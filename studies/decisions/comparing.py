"""compare: plan or allocation A against B on identical futures, replication by replication."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.allocation.naming import allocation_called
from studies.allocation.results import RuleRow
from studies.allocation.rules import broken_rules
from studies.deciding import decide, margins_of, options_of
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Difference, Estimate, KpiRow, Margins, Record
from studies.statistics import difference, kpi_rows
from studies.study import Answer, Inputs, Study, change_row, read_inputs

__all__ = ["STUDY", "CompareRequest", "CompareResult", "compare_study", "decisions_changed"]


class CompareResult(Record):
    """A against B on identical futures."""

    study: Literal["compare"] = "compare"
    plan: str
    currency: str
    target: float
    seed: int
    replications: int
    name_a: str
    name_b: str
    allocation: Literal["keep", "resolve"]
    changes: tuple[Change, ...]
    decisions: tuple[Change, ...]
    """Quotas, budgets and contingency plans held that differ: old → new."""
    kpis: tuple[KpiRow, ...]
    """Of B."""
    kpis_a: tuple[KpiRow, ...]
    differences: tuple[Difference, ...]
    smallest_difference: Margins
    violations: tuple[RuleRow, ...] = ()
    """Rules that the allocation of B does not keep in plan B."""
    violations_a: tuple[RuleRow, ...] = ()
    """Rules that the allocation of A does not keep in plan A."""
    seconds: float = 0.0


class CompareRequest(QuarterRequest):
    """Set B against A on identical futures: fields with ``to_`` are B's, the others A's or of both."""

    study: Literal["compare"] = "compare"
    to_scenarios: tuple[str, ...] = ()
    """Scenarios of B, on top of nothing."""
    to_settings: tuple[str, ...] = ()
    to_allocation: str | None = None
    """File of B's allocation."""
    to_plans: tuple[str, ...] | None = None
    """Contingency plans of B; None means those of A."""
    decide: Literal["keep", "resolve"] = "keep"
    """B keeps A's allocation ("what happens to this plan") or plans anew ("what we would plan then")."""


def compare_study(
    plan_a: Plan,
    plan_b: Plan,
    allocation_a: Allocation,
    allocation_b: Allocation,
    options_a: Options,
    options_b: Options,
    *,
    futures: Futures,
    names: tuple[str, str],
    decision: Literal["keep", "resolve"],
    changes: Sequence[Change] = (),
) -> tuple[CompareResult, Batch, Batch]:
    """Replay the same futures under A and under B."""
    start = time.perf_counter()

    a = futures.replay(plan_a, allocation_a, options_a, label=names[0], keep_records=True)
    b = futures.replay(plan_b, allocation_b, options_b, label=names[1], keep_records=True)
    margins = margins_of(plan_a)
    result = CompareResult(
        plan=plan_a.name,
        currency=plan_a.currency,
        target=plan_a.target,
        seed=futures.execution.seed,
        replications=len(a),
        name_a=names[0],
        name_b=names[1],
        allocation=decision,
        changes=tuple(changes),
        decisions=(*decisions_changed(allocation_a, allocation_b), *_plans_changed(options_a, options_b)),
        kpis=kpi_rows(b.kpis),
        kpis_a=kpi_rows(a.kpis),
        differences=tuple(difference(kpi, a.kpis[kpi.id], b.kpis[kpi.id], margins) for kpi in KPIS.values()),
        smallest_difference=margins,
        violations=broken_rules(plan_b, allocation_b),
        violations_a=broken_rules(plan_a, allocation_a),
        seconds=time.perf_counter() - start,
    )
    return result, a, b


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


def _read(request: CompareRequest) -> Inputs:
    """Both plans, and the hand-made allocations of either."""
    inputs = read_inputs(request)
    other = load_plan(request.source, request.to_scenarios, request.to_settings)
    return replace(
        inputs,
        to_plan=other.plan,
        to_changes=tuple(change_row(change.path, change.old, change.new, change.by) for change in other.changes),
        to_allocation=allocation_called(other.plan, request.to_allocation) if request.to_allocation else None,
    )


def _answer(request: CompareRequest, inputs: Inputs, futures: Futures) -> Answer:
    plan_b = inputs.to_plan
    if plan_b is None:
        raise UsageError("compare needs a second plan")
    if inputs.to_allocation is not None and request.decide == "resolve":
        raise UsageError("the allocation of B is either made by hand or decided anew, not both")
    allocation_a, _ = decide(inputs.plan, inputs.allocation)
    allocation_b = inputs.to_allocation
    if allocation_b is None:
        allocation_b = allocation_a if request.decide == "keep" else decide(plan_b, None)[0]
    to_plans = request.plans if request.to_plans is None else request.to_plans
    result, a, b = compare_study(
        inputs.plan,
        plan_b,
        allocation_a,
        allocation_b,
        options_of(inputs.plan, request),
        options_of(plan_b, request, to_plans),
        futures=futures,
        names=_names(request),
        decision=request.decide,
        changes=_changes_between(inputs.changes, inputs.to_changes),
    )
    return Answer(allocation_b, result, {"a": a, "b": b})


def _names(request: CompareRequest) -> tuple[str, str]:
    """What A and B are: scenarios, settings, hand-made allocations, and contingency plans where the two differ."""
    a = [*request.scenarios, *request.settings, *_allocation_words(request.allocation)]
    b = [*request.to_scenarios, *request.to_settings, *_allocation_words(request.to_allocation)]
    if request.to_plans is not None and request.to_plans != request.plans:
        a += _plan_words(request.plans)
        b += _plan_words(request.to_plans)
    return f"A ({', '.join(a) or 'the plan'})", f"B ({', '.join(b) or 'the plan'})"


def _allocation_words(file: str | None) -> list[str]:
    return [f"allocation {Path(file).stem}"] if file else []


def _plan_words(plans: Sequence[str] | None) -> list[str]:
    if plans is None:
        return []
    return [f"with {' + '.join(plans)}" if plans else "without plans"]


def _changes_between(a: Sequence[Change], b: Sequence[Change]) -> tuple[Change, ...]:
    """Inputs that differ between A and B: A's value → B's value."""
    in_a, in_b = {change.path: change for change in a}, {change.path: change for change in b}
    rows = []
    for path in sorted({*in_a, *in_b}):
        old = in_a[path].new if path in in_a else in_b[path].old
        new = in_b[path].new if path in in_b else in_a[path].old
        if old != new:
            by = (in_b.get(path) or in_a[path]).by
            rows.append(Change(path=path, old=old, new=new, by=by))
    return tuple(rows)


def _headline(result: CompareResult) -> str:
    gap = next(row for row in result.differences if row.id == "p_target")
    return f"chance {gap.mean_a:.1%} → {gap.mean_b:.1%}"


def _kpis(result: CompareResult) -> Sequence[KpiRow]:
    """Of B: what is required is required of what we would change to."""
    return result.kpis


def _figures(result: CompareResult, kpi: str) -> Sequence[Estimate]:
    rows = [row for row in result.differences if row.id == kpi]
    return [Estimate(mean=row.mean, ci_low=row.ci_low, ci_high=row.ci_high) for row in rows]


STUDY = Study(CompareRequest, CompareResult, _answer, _headline, _read, _kpis, _figures)
