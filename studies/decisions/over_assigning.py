"""over-assign: how much more than the target to hand out as quotas, and what that does to reps.

Quotas that are all scaled by one factor change nothing in what is sold: they steer by signed ÷ quota, whose order
stays. What over-assignment buys is cover: that the company makes its target although nobody sells more than was asked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scenarios.allocation import Allocation, QuotaCell
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.kpis import enough_for
from simulation.options import Options
from studies.allocation.results import RuleRow
from studies.allocation.rules import broken_rules
from studies.deciding import decide, options_of
from studies.decisions.recommending import AttainmentRow, attainment
from studies.quotas import final_quotas
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, QuarterResult, Record
from studies.statistics import Values, proportion_estimate
from studies.study import Answer, Inputs, Study

__all__ = [
    "STUDY",
    "CoverRow",
    "EqualChanceRow",
    "OverAssignRequest",
    "OverAssignResult",
    "equal_chance_quotas",
    "over_assign_study",
]

_STEPS = tuple(step / 100 for step in range(-20, 101))
"""Over-assignments looked at, as shares of the target."""
_ROUNDS = 2
"""Equal-chance quotas are set by what was sold under other quotas; so often they are set anew by what they bring."""


class OverAssignRequest(QuarterRequest):
    """Say how much more than the target to hand out as quotas."""

    study: Literal["over_assign"] = "over_assign"
    chance: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Wanted chance that the target is made although nobody sells more than his quota."""
    shown: tuple[float, ...] = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
    """Over-assignments to show, as shares of the target."""


class CoverRow(Record):
    """Quotas of all reps scaled to add up to (1 + over_assignment) × target."""

    over_assignment: float
    covered: Estimate
    """Chance that the target is made by what each rep sells up to his quota."""
    rep_chance: float
    """Mean chance of quota over reps."""
    rep_chance_least: float
    reps_on_quota_p50: float
    """Median share of reps at or above quota."""


class EqualChanceRow(Record):
    """A rep's quota at which everybody has the same chance."""

    rep: str
    name: str
    quota: float
    """As it is."""
    chance: float
    equal_quota: float
    equal_chance: Estimate
    """Simulated under the equal-chance quotas."""


class OverAssignResult(QuarterResult):
    """Over-assignment against chances, and quotas of equal chance."""

    study: Literal["over_assign"] = "over_assign"
    wanted: float
    now: float
    """Σ quota ÷ target − 1, as it is."""
    p_target: Estimate
    """Chance of the target, whatever the quotas; more than this no over-assignment covers."""
    needed: float | None
    """Least over-assignment that gives the wanted chance; None where none does."""
    needed_low: float | None
    """The same where chances are at the upper ends of their intervals …"""
    needed_high: float | None
    """… and at the lower ends; None where none does."""
    rows: tuple[CoverRow, ...]
    reps: tuple[EqualChanceRow, ...]
    attainment: AttainmentRow
    equal_attainment: AttainmentRow
    broken: tuple[RuleRow, ...]
    """Rules that the equal-chance quotas do not keep."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class _Reps:
    """What each rep sells in each future, with quotas that add up to one."""

    sold: Values
    shares: Values
    moved: Values
    """Factor on each rep's quota in the end of each future."""
    target: float

    def quotas(self, over: float) -> Values:
        return np.asarray((1 + over) * self.target * self.shares * self.moved)

    def covered(self, over: float) -> Values:
        """1 where the target is made by sales up to quotas."""
        return np.asarray(np.minimum(self.sold, self.quotas(over)).sum(axis=1) >= enough_for(self.target), dtype=float)

    def row(self, over: float) -> CoverRow:
        asked = self.shares > 0
        hits = self.sold[:, asked] >= enough_for(self.quotas(over)[:, asked])
        chances = hits.mean(axis=0)
        return CoverRow(
            over_assignment=over,
            covered=proportion_estimate(self.covered(over)),
            rep_chance=float(chances.mean()),
            rep_chance_least=float(chances.min()),
            reps_on_quota_p50=float(np.median(hits.mean(axis=1))),
        )


def over_assign_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    wanted: float,
    shown: Sequence[float] = (),
    changes: Sequence[Change] = (),
) -> tuple[OverAssignResult, Allocation]:
    """The over-assignment that covers the target with a wanted chance; the second part are quotas of equal chance.

    UsageError where the allocation has no quotas, or nobody sells anything.
    """
    start = time.perf_counter()
    if allocation.total_quota <= 0:
        raise UsageError(f"the allocation {allocation.name} asks for no quota, so there is none to hand out more of")
    batch = futures.replay(plan, allocation, options, label="quarters under these quotas")
    if not batch.by_rep.any():
        raise UsageError(f"nothing is signed in any of {len(batch)} quarters, so no quota has a chance")
    quotas = np.array([allocation.quota_by_rep.get(rep.id, 0.0) for rep in plan.reps])
    reps = _Reps(batch.by_rep, quotas / quotas.sum(), _moved(plan, allocation, batch), plan.target)
    equal, equal_batch = allocation, batch
    for number in range(_ROUNDS):
        equal = equal_chance_quotas(plan, equal, equal_batch, float(quotas.sum()))
        equal_batch = futures.replay(plan, equal, options, label=f"quarters under equal chances, round {number + 1}")
    levels = [proportion_estimate(reps.covered(over)) for over in _STEPS]
    now = float(quotas.sum()) / plan.target - 1
    result = OverAssignResult(
        **futures.heading(plan, allocation),
        wanted=wanted,
        now=now,
        p_target=proportion_estimate(batch.kpis["p_target"]),
        needed=_least([level.mean for level in levels], wanted),
        needed_low=_least([level.ci_high for level in levels], wanted),
        needed_high=_least([level.ci_low for level in levels], wanted),
        rows=tuple(reps.row(over) for over in sorted({*shown, round(now, 12)})),
        reps=_rep_rows(plan, allocation, batch, equal, equal_batch),
        attainment=attainment(plan, allocation, batch),
        equal_attainment=attainment(plan, equal, equal_batch),
        broken=broken_rules(plan, equal),
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, equal


def equal_chance_quotas(plan: Plan, allocation: Allocation, batch: Batch, total: float) -> Allocation:
    """Quotas at which all who have one have the same chance, adding up to a total; a rep's keep their shares of cells.

    A rep's quota is the (1 − c) quantile of what he sells, and c is where these add up. Where nobody sells anything in
    any future all chances are 0, whatever the quotas, and they stay.
    """
    before = allocation.quota_by_rep
    asked = [number for number, rep in enumerate(plan.reps) if before.get(rep.id, 0.0) > 0]
    sold = (batch.by_rep / _moved(plan, allocation, batch))[:, asked]
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.quantile(sold, middle, axis=0).sum()) < total:
            low = middle
        else:
            high = middle
    amounts = np.quantile(sold, high, axis=0)
    if amounts.sum() <= 0:
        return Allocation("equal chances", allocation.quotas, allocation.budget)
    by_rep = dict(zip((plan.reps[n].id for n in asked), (amounts / amounts.sum() * total).tolist(), strict=True))
    cells = [cell for cell in allocation.quotas if before.get(cell.rep, 0.0) > 0]
    quotas = [
        QuotaCell(cell.product, cell.region, cell.rep, cell.quota / before[cell.rep] * by_rep[cell.rep])
        for cell in cells
    ]
    return Allocation("equal chances", tuple(quotas), allocation.budget)


def _moved(plan: Plan, allocation: Allocation, batch: Batch) -> Values:
    """Factor on each rep's quota in the end of each future: 1 unless weights have changed it (M3)."""
    handed_out = np.array([allocation.quota_by_rep.get(rep.id, 0.0) for rep in plan.reps])
    final = final_quotas(plan, allocation, batch).by_rep
    return np.asarray(np.divide(final, handed_out, out=np.ones_like(final), where=(handed_out > 0) & (final > 0)))


def _least(chances: Sequence[float], wanted: float) -> float | None:
    return next((over for over, chance in zip(_STEPS, chances, strict=True) if chance >= wanted), None)


def _rep_rows(
    plan: Plan, allocation: Allocation, batch: Batch, equal: Allocation, equal_batch: Batch
) -> tuple[EqualChanceRow, ...]:
    rows = []
    final, final_equal = (final_quotas(plan, a, b).by_rep for a, b in ((allocation, batch), (equal, equal_batch)))
    for number, rep in enumerate(plan.reps):
        quota, even = (found.quota_by_rep.get(rep.id, 0.0) for found in (allocation, equal))
        if quota > 0:
            sold, sold_equal = batch.by_rep[:, number], equal_batch.by_rep[:, number]
            rows.append(
                EqualChanceRow(
                    rep=rep.id,
                    name=rep.name,
                    quota=quota,
                    chance=float(np.mean(sold >= enough_for(final[:, number]))),
                    equal_quota=even,
                    equal_chance=proportion_estimate((sold_equal >= enough_for(final_equal[:, number])).astype(float)),
                )
            )
    return tuple(rows)


def _answer(request: OverAssignRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    result, equal = over_assign_study(
        inputs.plan,
        allocation,
        options_of(inputs.plan, request),
        futures,
        wanted=request.chance,
        shown=request.shown,
        changes=inputs.changes,
    )
    return Answer(equal, result)


def _headline(result: OverAssignResult) -> str:
    found = "none" if result.needed is None else f"{result.needed:.0%}"
    return f"over-assignment for {result.wanted:.0%}: {found}"


def _figures(result: OverAssignResult, kpi: str) -> Sequence[Estimate]:
    """Chances that the target is made, whatever the quotas and by what is sold up to them."""
    return [result.p_target, *(row.covered for row in result.rows)] if kpi == "p_target" else ()


STUDY = Study(OverAssignRequest, OverAssignResult, _answer, _headline, figures=_figures)
