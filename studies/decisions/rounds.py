"""allocate --rounds: close the loop between what was expected and what the simulation finds, and decide again.

Each round multiplies a cell's demand by simulated ÷ expected sales, and its hours per money likewise, as the last
allocation had them, and solves the plan anew. Optimism is expected less simulated sales without risks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from optimizer.allocating import allocate
from optimizer.correcting import Correction
from optimizer.data import prepare
from optimizer.results import AllocationResult
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.options import Options
from studies.deciding import options_of
from studies.decisions.comparing import decisions_changed
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, Record
from studies.simulating import replay_with_and_without_risks
from studies.statistics import Values, mean_estimate, proportion_estimate
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "CorrectionRow", "RoundRow", "RoundsRequest", "RoundsResult", "rounds_study"]

_LEAST, _MOST = 0.25, 4.0
"""Bounds of a round's factor: beyond them a cell has sold too little to tell."""
_SMALL = 1e-3
"""Share of all expected sales below which a cell keeps its figures."""


class RoundsRequest(QuarterRequest):
    """Allocate, simulate, correct and allocate again."""

    study: Literal["rounds"] = "rounds"
    rounds: Annotated[int, Field(ge=1, le=10)] = 2
    """Corrections."""


class RoundRow(Record):
    """An allocation and what the simulation makes of it."""

    number: int
    """0 is the plan as it is."""
    expected: float
    """Signed amount that the optimiser expects, without risks."""
    simulated: Estimate
    """The same, simulated without risks."""
    optimism: Estimate
    """Expected less simulated."""
    contribution: Estimate
    """Simulated with everything that is in play."""
    gain: Estimate | None
    """In that contribution, against the first allocation, paired; None for itself."""
    p_target: Estimate
    quota_moved: float
    """Share of all quotas placed elsewhere than in the round before."""
    budget_moved: float


class CorrectionRow(Record):
    """Factors of a product in a region after all rounds."""

    product: str
    region: str
    demand: float
    hours: float


class RoundsResult(Record):
    """Optimism before and after."""

    study: Literal["rounds"] = "rounds"
    plan: str
    currency: str
    target: float
    seed: int
    replications: int
    rows: tuple[RoundRow, ...]
    best: int
    """Round whose allocation is handed out: the last, unless an earlier one is better beyond the interval."""
    corrections: tuple[CorrectionRow, ...]
    decisions: tuple[Change, ...]
    """First allocation → the one handed out."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


def rounds_study(
    plan: Plan, options: Options, futures: Futures, rounds: int, changes: Sequence[Change] = ()
) -> tuple[RoundsResult, Allocation]:
    """Allocate and correct so many times; the second part is the allocation handed out."""
    start = time.perf_counter()
    correction = Correction()
    answers: list[AllocationResult] = []
    rows: list[RoundRow] = []
    batches: list[Batch] = []
    for number in range(rounds + 1):
        name = "optimised" if number == 0 else f"optimised, round {number}"
        answer = allocate(plan, name, detail="none", correction=correction)
        batch, calm = replay_with_and_without_risks(
            plan, answer.allocation, options, futures, label=f"round {number}", keep_records=False
        )
        before = answers[-1].allocation if answers else answer.allocation
        rows.append(_round_row(number, answer, calm, batch, batches[0] if batches else None, before))
        answers.append(answer)
        batches.append(batch)
        if number < rounds:
            correction = _next(plan, correction, answer, calm)
    best = _best(batches)
    result = RoundsResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        seed=futures.execution.seed,
        replications=futures.count,
        rows=tuple(rows),
        best=best,
        corrections=tuple(
            CorrectionRow(product=p, region=r, demand=factor, hours=correction.hours.get((p, r), 1.0))
            for (p, r), factor in sorted(correction.demand.items())
        ),
        decisions=decisions_changed(answers[0].allocation, answers[best].allocation),
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, answers[best].allocation


def _round_row(
    number: int, answer: AllocationResult, calm: Batch, batch: Batch, first: Batch | None, before: Allocation
) -> RoundRow:
    contribution = batch.kpis["contribution"]
    return RoundRow(
        number=number,
        expected=answer.expected_total,
        simulated=mean_estimate(calm.kpis["signed"]),
        optimism=mean_estimate(answer.expected_total - calm.kpis["signed"]),
        contribution=mean_estimate(contribution),
        gain=None if first is None else mean_estimate(contribution - first.kpis["contribution"]),
        p_target=proportion_estimate(batch.kpis["p_target"]),
        quota_moved=_moved(_quotas(before), _quotas(answer.allocation)),
        budget_moved=_moved(before.amount, answer.allocation.amount),
    )


def _next(plan: Plan, before: Correction, answer: AllocationResult, calm: Batch) -> Correction:
    """The correction times simulated ÷ expected, by product × region; hours per money likewise."""
    data = prepare(plan)
    sold, worked = _by_cell(plan, calm.signed_by_cell), _by_cell(plan, calm.hours_by_cell)
    expected: dict[tuple[str, str], float] = {}
    for cell in answer.expected:
        key = cell.product, cell.region
        expected[key] = expected.get(key, 0.0) + cell.expected
    least = _SMALL * sum(expected.values())
    demand, hours = dict(before.demand), dict(before.hours)
    for key, amount in sorted(expected.items()):
        if amount <= least or sold.get(key, 0.0) <= least:
            continue
        demand[key] = demand.get(key, 1.0) * _bounded(sold[key] / amount)
        planned = float(data.hours_per_money[data.product_number[key[0]], data.region_number[key[1]]])
        if planned > 0 and worked.get(key, 0.0) > 0:
            hours[key] = _bounded(worked[key] / sold[key] / planned)
    return Correction(demand, hours)


def _by_cell(plan: Plan, by_cell: Values) -> dict[tuple[str, str], float]:
    """Means by product × region."""
    keys = [(product.id, region.id) for product in plan.products for region in plan.regions]
    return dict(zip(keys, by_cell.mean(axis=0).tolist(), strict=True))


def _bounded(factor: float) -> float:
    return min(max(factor, _LEAST), _MOST)


def _best(batches: Sequence[Batch]) -> int:
    """The last round, unless an earlier one contributes more beyond the interval."""
    best = len(batches) - 1
    for number in range(len(batches) - 2, -1, -1):
        gap: Values = batches[number].kpis["contribution"] - batches[best].kpis["contribution"]
        if gap.any() and mean_estimate(gap).ci_low > 0:
            best = number
    return best


def _quotas(allocation: Allocation) -> dict[tuple[str, str, str], float]:
    return {(cell.product, cell.region, cell.rep): cell.quota for cell in allocation.quotas}


def _moved(old: Mapping[Any, float], new: Mapping[Any, float]) -> float:
    whole = max(sum(old.values()), sum(new.values()))
    gaps = np.array([new.get(key, 0.0) - old.get(key, 0.0) for key in {*old, *new}])
    return float(np.abs(gaps).sum()) / 2 / whole if whole > 0 else 0.0


def _answer(request: RoundsRequest, inputs: Inputs, futures: Futures) -> Answer:
    if inputs.allocation is not None:
        raise UsageError("rounds decide by themselves; compare a hand-made allocation with compare")
    options = options_of(inputs.plan, request)
    result, allocation = rounds_study(inputs.plan, options, futures, request.rounds, inputs.changes)
    return Answer(allocation, result)


def _headline(result: RoundsResult) -> str:
    first, last = result.rows[0].optimism.mean, result.rows[-1].optimism.mean
    return f"optimism {first:,.0f} → {last:,.0f}"


STUDY = Study(RoundsRequest, RoundsResult, _answer, _headline)
