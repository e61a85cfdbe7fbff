"""simulate: what may happen in the quarter, where it comes from, and how sure that is."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from scenarios.allocation import Allocation
from scenarios.checks import not_carried_out
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.replications import Batch, Progress, run_replications
from studies.results import BridgeStep, Change, Estimate, SimulateResult, Spread
from studies.statistics import Values, kpi_row, mean_estimate, quantiles

__all__ = ["run_without_risks", "simulate_study"]


def simulate_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    *,
    seed: int,
    replications: int,
    jobs: int = 1,
    progress: Progress | None = None,
    changes: Sequence[Change] = (),
    expected_signed: float | None = None,
    keep_records: bool = True,
) -> tuple[SimulateResult, Batch, Batch]:
    """Simulate a plan under an allocation; the batches are with what is in play, and without any risk or plan.

    ``expected_signed`` is the optimiser's figure for the same allocation; the distance to the simulation without
    risks is its optimism.
    """
    start = time.perf_counter()
    batch = run_replications(
        plan,
        allocation,
        options,
        seed=seed,
        numbers=range(replications),
        jobs=jobs,
        label="quarters with risks",
        progress=progress,
        keep_records=keep_records,
    )
    calm = run_without_risks(plan, allocation, options, batch, seed=seed, jobs=jobs, progress=progress)
    optimism = None
    if expected_signed is not None:
        optimism = mean_estimate(expected_signed - calm.kpis["signed"])
    quota = _quotas(plan, allocation)
    result = SimulateResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        allocation_name=allocation.name,
        seed=seed,
        replications=replications,
        risks=tuple(sorted(options.risks)),
        plans=tuple(sorted(options.plans)),
        forced=tuple(_forced_words(options)),
        kpis=tuple(kpi_row(kpi, batch.kpis[kpi.id]) for kpi in KPIS.values()),
        bridge=bridge(plan, batch, calm),
        by_product=_spreads([(p.id, p.name) for p in plan.products], batch.by_product, quota["product"]),
        by_region=_spreads([(r.id, r.name) for r in plan.regions], batch.by_region, quota["region"]),
        by_rep=_spreads([(r.id, r.name) for r in plan.reps], batch.by_rep, quota["rep"]),
        by_week=_spreads(_weeks(plan), batch.by_week, {}),
        cash_by_week=_spreads(_weeks(plan), batch.cash_by_week, {}),
        expected_signed=expected_signed,
        optimism=optimism,
        clips={parameter: float(np.mean(counts)) for parameter, counts in batch.clips.items()},
        not_carried_out=not_carried_out(plan),
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, batch, calm


def run_without_risks(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    batch: Batch,
    *,
    seed: int,
    jobs: int,
    progress: Progress | None = None,
) -> Batch:
    """The same futures with no risk and no contingency plan.

    Where nothing struck and no plan was triggered the quarter is the same but for the retainers: it is not run again.
    """
    touched = batch.disturbed
    rerun = run_replications(
        plan,
        allocation,
        Options.of(plan, risks=(), plans=(), uncertainty=options.uncertainty),
        seed=seed,
        numbers=batch.numbers[touched].tolist(),
        jobs=jobs,
        label="quarters without risks",
        progress=progress,
    )
    return batch.with_retainers(0).with_rows(touched, rerun)


def bridge(plan: Plan, batch: Batch, calm: Batch) -> tuple[BridgeStep, ...]:
    """From the sources of a quarter without risks, less what risks cost, to the median and the target."""
    names = {activity.id: activity.name for activity in plan.activities}
    names |= {"pipeline": "open pipeline", "baseline": "leads that come by themselves"}
    names |= {"cross_sell": "cross-sell and repeat orders", "renewals": "renewals"}
    order = ["pipeline", *(a.id for a in plan.activities), "baseline", "cross_sell", "renewals"]
    steps = [
        _step(source, names[source], mean_estimate(calm.sources[source]))
        for source in order
        if source in calm.sources and calm.sources[source].any()
    ]
    steps.append(_total("without_risks", "mean without risks", float(np.mean(calm.kpis["signed"]))))
    label = "risks, with the plans held" if any(v.any() for v in batch.triggered.values()) else "risks"
    steps.append(_step("risks", label, mean_estimate(batch.kpis["signed"] - calm.kpis["signed"])))
    mean = float(np.mean(batch.kpis["signed"]))
    steps.append(_total("mean", "mean with risks", mean))
    median = quantiles(batch.kpis["signed"])[1]
    steps.append(BridgeStep(id="skew", label="median − mean", amount=median - mean, kind="step"))
    steps.append(_total("p50", "P50", median))
    steps.append(BridgeStep(id="gap", label="gap to the target", amount=plan.target - median, kind="step"))
    steps.append(_total("target", "target", plan.target))
    return tuple(steps)


def _step(id: str, label: str, estimate: Estimate) -> BridgeStep:
    return BridgeStep(
        id=id, label=label, amount=estimate.mean, ci_low=estimate.ci_low, ci_high=estimate.ci_high, kind="step"
    )


def _total(id: str, label: str, amount: float) -> BridgeStep:
    return BridgeStep(id=id, label=label, amount=amount, kind="total")


def _weeks(plan: Plan) -> list[tuple[str, str]]:
    return [(str(week), f"week {week}") for week in range(1, plan.calendar.weeks + 1)]


def _quotas(plan: Plan, allocation: Allocation) -> dict[str, dict[str, float]]:
    sums: dict[str, dict[str, float]] = {"product": {}, "region": {}, "rep": {}}
    for cell in allocation.quotas:
        for dimension, sum_by in sums.items():
            key = getattr(cell, dimension)
            sum_by[key] = sum_by.get(key, 0.0) + cell.quota
    return sums


def _spreads(names: Sequence[tuple[str, str]], values: Values, targets: dict[str, float]) -> tuple[Spread, ...]:
    rows = []
    for number, (id, name) in enumerate(names):
        column, target = values[:, number], targets.get(id, 0.0)
        p10, p50, p90 = quantiles(column)
        chance = float(np.mean(column >= target - 0.005)) if target > 0 else None
        mean = float(np.mean(column))
        rows.append(Spread(id=id, name=name, target=target, mean=mean, p10=p10, p50=p50, p90=p90, p_quota=chance))
    return tuple(rows)


def _forced_words(options: Options) -> list[str]:
    return [f"{f.risk}{f':{f.subject}' if f.subject else ''}@week{f.week}" for f in options.forced]
