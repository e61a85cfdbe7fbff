"""simulate: what may happen in the quarter, where it comes from, and how sure that is."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from scenarios.tables import Product, Region, Rep
from simulation.kpis import enough_for
from simulation.options import Options
from studies.allocation.results import RuleRow
from studies.deciding import decide, options_of, violations_of
from studies.quotas import final_quotas
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, Interval, KpiRow, QuarterResult, Record
from studies.statistics import (
    Values,
    kpi_rows,
    mean_estimate,
    proportion_estimate,
    quantile_interval,
    quantiles,
)
from studies.study import Answer, Inputs, Study

__all__ = [
    "STUDY",
    "BridgeStep",
    "CriterionRow",
    "SimulateRequest",
    "SimulateResult",
    "Spread",
    "replay_with_and_without_risks",
    "simulate_study",
]


_LAST_DIGITS = 1e-9
"""By which a share may miss what it reaches."""


class Spread(Record):
    """Mean and spread of the signed amount of one product, region, rep or week."""

    id: str
    name: str
    target: float
    """Quota of a product, region or rep as handed out; for a week 0."""
    mean: float
    p10: float
    p50: float
    p90: float
    p_quota: float | None = None
    """Chance of reaching the quota that stands in the end: ``target``, unless weights have moved it (M3). None where
    there is none."""
    mean_interval: Interval | None = None
    """95% interval of the mean."""
    p50_interval: Interval | None = None
    p_quota_interval: Interval | None = None


class CriterionRow(Record):
    """A criterion by which a phase is accepted."""

    id: str
    name: str
    phase: str
    phase_name: str
    figure: str
    """``signed_share``, ``collection_rate``, ``exam_passed`` or ``renewals_contacted``."""
    at_least: float
    mean: Estimate
    """Of the figure at the phase's end."""
    met: Estimate
    """Chance that it is reached."""


class BridgeStep(Record):
    """One step of the bridge from expected sources to the median and the target."""

    id: str
    label: str
    amount: float
    ci_low: float | None = None
    ci_high: float | None = None
    kind: Literal["step", "total"]

    @property
    def half_width(self) -> float | None:
        """Half the 95% interval; None where there is none."""
        return None if self.ci_low is None or self.ci_high is None else (self.ci_high - self.ci_low) / 2


class SimulateResult(QuarterResult):
    """What may happen in the quarter."""

    study: Literal["simulate"] = "simulate"
    risks: tuple[str, ...]
    plans: tuple[str, ...]
    forced: tuple[str, ...]
    kpis: tuple[KpiRow, ...]
    bridge: tuple[BridgeStep, ...]
    by_product: tuple[Spread, ...]
    by_region: tuple[Spread, ...]
    by_rep: tuple[Spread, ...]
    by_week: tuple[Spread, ...]
    cash_by_week: tuple[Spread, ...]
    criteria: tuple[CriterionRow, ...] = ()
    """By which the phases are accepted, by phase."""
    expected_signed: float | None
    """What the optimiser expects, with neither risks nor friction; None for a hand-made allocation."""
    optimism: Estimate | None
    """``expected_signed`` − simulated mean without risks."""
    clips: dict[str, float]
    """Parameter → mean number of values per replication clipped to their domain."""
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    """Rules that a hand-made allocation does not keep."""
    seconds: float = 0.0


class SimulateRequest(QuarterRequest):
    """Say what may happen in the quarter."""

    study: Literal["simulate"] = "simulate"


def simulate_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    changes: Sequence[Change] = (),
    expected_signed: float | None = None,
    keep_records: bool = True,
) -> tuple[SimulateResult, Batch, Batch]:
    """Simulate a plan under an allocation; the batches are with what is in play, and without any risk or plan.

    ``expected_signed`` is the optimiser's figure for the same allocation; the distance to the simulation without
    risks is its optimism.
    """
    start = time.perf_counter()
    batch, calm = replay_with_and_without_risks(plan, allocation, options, futures, keep_records=keep_records)
    optimism = None
    if expected_signed is not None:
        optimism = mean_estimate(expected_signed - calm.kpis["signed"])
    handed_out, final = _quotas(plan, allocation), final_quotas(plan, allocation, batch)
    result = SimulateResult(
        **futures.heading(plan, allocation),
        risks=tuple(sorted(options.risks)),
        plans=tuple(sorted(options.plans)),
        forced=tuple(_forced_words(options)),
        kpis=kpi_rows(batch.kpis, batch.nature),
        bridge=bridge(plan, batch, calm),
        by_product=_spreads(_names(plan.products), batch.by_product, handed_out["product"], final.by_product),
        by_region=_spreads(_names(plan.regions), batch.by_region, handed_out["region"], final.by_region),
        by_rep=_spreads(_names(plan.reps), batch.by_rep, handed_out["rep"], final.by_rep),
        by_week=_spreads(_weeks(plan), batch.by_week),
        cash_by_week=_spreads(_weeks(plan), batch.cash_by_week),
        criteria=_criteria(plan, batch),
        expected_signed=expected_signed,
        optimism=optimism,
        clips={parameter: float(np.mean(counts)) for parameter, counts in batch.clips.items()},
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, batch, calm


def replay_with_and_without_risks(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    label: str = "quarters with and without risks",
    keep_records: bool = True,
) -> tuple[Batch, Batch]:
    """The futures with what is in play, and the same with no risk and no contingency plan."""
    calm = Options.of(plan, risks=(), plans=(), uncertainty=options.uncertainty)
    records_of = [options] if keep_records else []
    futures.prepare(plan, allocation, [options, calm], label=label, records_of=records_of)
    return (
        futures.replay(plan, allocation, options, keep_records=keep_records),
        futures.replay(plan, allocation, calm),
    )


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


def _criteria(plan: Plan, batch: Batch) -> tuple[CriterionRow, ...]:
    names = {phase.id: phase.name for phase in plan.calendar.phases}
    weeks = {phase.id: phase.from_week for phase in plan.calendar.phases}
    return tuple(
        CriterionRow(
            id=criterion.id,
            name=criterion.name,
            phase=criterion.phase,
            phase_name=names[criterion.phase],
            figure=criterion.figure,
            at_least=criterion.at_least,
            mean=mean_estimate(figures),
            met=proportion_estimate((figures >= criterion.at_least - _LAST_DIGITS).astype(float)),
        )
        for criterion, figures in sorted(
            zip(plan.calendar.criteria, batch.acceptance.T, strict=True), key=lambda pair: weeks[pair[0].phase]
        )
    )


def _weeks(plan: Plan) -> list[tuple[str, str]]:
    return [(str(week), f"week {week}") for week in range(1, plan.calendar.weeks + 1)]


def _quotas(plan: Plan, allocation: Allocation) -> dict[str, dict[str, float]]:
    sums: dict[str, dict[str, float]] = {"product": {}, "region": {}, "rep": {}}
    for cell in allocation.quotas:
        for dimension, sum_by in sums.items():
            key = getattr(cell, dimension)
            sum_by[key] = sum_by.get(key, 0.0) + cell.quota
    return sums


def _names(rows: Sequence[Product | Region | Rep]) -> list[tuple[str, str]]:
    return [(row.id, row.name) for row in rows]


def _spreads(
    names: Sequence[tuple[str, str]],
    values: Values,
    targets: Mapping[str, float] | None = None,
    final: Values | None = None,
) -> tuple[Spread, ...]:
    """Rows of members with quotas as handed out; chances are of the ``final`` ones, replication by replication."""
    rows = []
    for number, (id, name) in enumerate(names):
        column, target = values[:, number], (targets or {}).get(id, 0.0)
        p10, p50, p90 = quantiles(column)
        mean = mean_estimate(column)
        chance = None
        if final is not None and target > 0:
            chance = proportion_estimate((column >= enough_for(final[:, number])).astype(float))
        rows.append(
            Spread(
                id=id,
                name=name,
                target=target,
                mean=mean.mean,
                p10=p10,
                p50=p50,
                p90=p90,
                p_quota=chance.mean if chance else None,
                mean_interval=(mean.ci_low, mean.ci_high),
                p50_interval=quantile_interval(column, 0.5),
                p_quota_interval=(chance.ci_low, chance.ci_high) if chance else None,
            )
        )
    return tuple(rows)


def _forced_words(options: Options) -> list[str]:
    return [f"{f.risk}{f':{f.subject}' if f.subject else ''}@week{f.week}" for f in options.forced]


def _answer(request: SimulateRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, expected = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    result, batch, calm = simulate_study(
        inputs.plan, allocation, options, futures, changes=inputs.changes, expected_signed=expected
    )
    result = result.model_copy(update={"violations": violations_of(inputs)})
    return Answer(allocation, result, {"quarters": batch, "without_risks": calm})


def _headline(result: SimulateResult) -> str:
    chance = next(kpi.mean for kpi in result.kpis if kpi.id == "p_target")
    return f"chance of {result.target:,.0f}: {chance:.1%}"


def _kpis(result: SimulateResult) -> Sequence[KpiRow]:
    return result.kpis


def _figures(result: SimulateResult, kpi: str) -> Sequence[Estimate]:
    return [row for row in result.kpis if row.id == kpi]


STUDY = Study(SimulateRequest, SimulateResult, _answer, _headline, kpis=_kpis, figures=_figures)
