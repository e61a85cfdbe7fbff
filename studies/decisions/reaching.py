"""reach --chance: what would give the target a wanted chance. Each lever alone, the cheapest mix, the target itself.

Levers are what a planner can decide: contingency plans, measures that are off, more money in a pool, more hours. Money
and hours are allocated anew. All run on identical futures; a gain inside its interval has no price, and neither has one
that hangs on fewer than ten futures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from optimizer.solved import solve
from scenarios.allocation import Allocation
from scenarios.errors import NoFeasibleAllocation
from scenarios.plan import Plan
from simulation.options import Options
from studies.deciding import decide, margins_of, options_of
from studies.decisions.levers import Lever, levers_of
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, Margins, QuarterResult, Record
from studies.statistics import SEEN_ENOUGH, Values, is_equivalent, mean_gap, proportion_estimate, quantile_ends
from studies.study import Answer, Inputs, Study

__all__ = [
    "STUDY",
    "LeverGain",
    "MixStep",
    "ReachChanceRequest",
    "ReachChanceResult",
    "reach_chance_study",
    "target_with_chance",
]

LeverVerdict: TypeAlias = Literal["helps", "hurts", "no difference", "does not matter", "cannot tell"]


class ReachChanceRequest(QuarterRequest):
    """Say what would give the target a wanted chance."""

    study: Literal["reach_chance"] = "reach_chance"
    chance: Annotated[float, Field(gt=0, lt=1)] = 0.7
    hour_cost: Annotated[float, Field(ge=0)] | None = None
    """Money that an hour of a rep costs; None leaves hours without a price, and out of the mix."""


class LeverGain(Record):
    """A lever pulled by itself."""

    kind: Literal["contingency plan", "measure", "pool", "hours"]
    id: str
    """Plan, measure or pool; ``all reps``."""
    more: float | None
    """Share by which a pool or the hours grow."""
    money: float | None
    """What it costs in the quarter, expected; None where hours have no price."""
    hours: float
    """Hours of all reps in the quarter that it takes."""
    gain: Estimate
    """In the chance of the target, paired."""
    gain_contribution: Estimate
    """Paired, after what it costs where the plan counts that as a cost."""
    chance: Estimate
    per_point: float | None
    """Money per percentage point; None where the gain is inside its interval or nothing has a price."""
    verdict: LeverVerdict
    is_feasible: bool = True
    """False where no allocation keeps the rules with it; then nothing was simulated."""


class MixStep(Record):
    """Levers pulled together so far."""

    lever: str
    more: float | None
    chance: Estimate
    money: float
    contribution: Estimate
    """Against the plan as it is, paired."""


class ReachChanceResult(QuarterResult):
    """What would give the target a wanted chance."""

    study: Literal["reach_chance"] = "reach_chance"
    wanted: float
    now: Estimate
    levers: tuple[LeverGain, ...]
    """The cheapest point first, then those without a price by gain."""
    smallest_difference: Margins
    mix: tuple[MixStep, ...]
    """Cheapest first, until the chance is reached; empty where no lever has a price."""
    mix_reaches: Literal["yes", "no", "cannot tell"]
    target_at: float
    """Target that the plan as it is reaches with the wanted chance."""
    target_low: float | None
    """Lower end of its interval; None where so few futures hold none."""
    target_high: float | None
    """Upper end; None where so few futures hold none."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


def reach_chance_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    wanted: float,
    hour_cost: float | None = None,
    changes: Sequence[Change] = (),
) -> ReachChanceResult:
    """Every lever alone, then the cheapest together, then the target with the wanted chance."""
    start = time.perf_counter()
    base = futures.replay(plan, allocation, options, label="the plan as it is")
    bench = _Bench(plan, allocation, options, futures, base, hour_cost)
    gains = [(lever, bench.alone(lever)) for lever in levers_of(plan, options)]
    gains.sort(key=lambda pair: (pair[1].per_point is None, pair[1].per_point or 0.0, -pair[1].gain.mean))
    now = proportion_estimate(base.kpis["p_target"])
    mix = bench.mix(gains, wanted) if now.mean < wanted else ()
    final = mix[-1].chance if mix else now
    target_at, target_low, target_high = target_with_chance(base.kpis["signed"], wanted)
    reaches: Literal["yes", "no", "cannot tell"] = (
        "yes" if final.ci_low >= wanted else "cannot tell" if final.ci_high >= wanted else "no"
    )
    return ReachChanceResult(
        **futures.heading(plan, allocation),
        wanted=wanted,
        now=now,
        levers=tuple(gain for _, gain in gains),
        smallest_difference=margins_of(plan),
        mix=mix,
        mix_reaches=reaches,
        target_at=target_at,
        target_low=target_low,
        target_high=target_high,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )


def target_with_chance(signed: Values, chance: float) -> tuple[float, float | None, float | None]:
    """The amount that is reached with a chance: a quantile, with the ends of its interval."""
    low, high = quantile_ends(signed, 1 - chance)
    middle = float(np.quantile(signed, 1 - chance))  # between order statistics, so an end may lie on its wrong side
    return middle, None if low is None else min(low, middle), None if high is None else max(high, middle)


class _Bench:
    """Levers pulled on the futures of the plan as it is."""

    def __init__(
        self,
        plan: Plan,
        allocation: Allocation,
        options: Options,
        futures: Futures,
        base: Batch,
        hour_cost: float | None,
    ) -> None:
        self.plan, self.allocation, self.options = plan, allocation, options
        self.futures, self.base, self.hour_cost = futures, base, hour_cost

    def alone(self, lever: Lever) -> LeverGain:
        """One lever pulled."""
        pulled = self._pull([lever])
        if pulled is None:
            nothing = Estimate(mean=0.0, ci_low=0.0, ci_high=0.0)
            now = proportion_estimate(self.base.kpis["p_target"])
            return LeverGain(
                kind=lever.kind,
                id=lever.id,
                more=lever.more,
                money=None,
                hours=lever.hours,
                gain=nothing,
                gain_contribution=nothing,
                chance=now,
                per_point=None,
                verdict="cannot tell",
                is_feasible=False,
            )
        batch, money = pulled
        gain = mean_gap(batch.kpis, self.base.kpis, "p_target")
        verdict = self._verdict(lever, batch, gain)
        priced = money is not None and verdict == "helps"
        return LeverGain(
            kind=lever.kind,
            id=lever.id,
            more=lever.more,
            money=money,
            hours=lever.hours,
            gain=gain,
            gain_contribution=mean_gap(batch.kpis, self.base.kpis, "contribution"),
            chance=proportion_estimate(batch.kpis["p_target"]),
            per_point=money / (100 * gain.mean) if priced and money is not None else None,
            verdict=verdict,
        )

    def mix(self, gains: Sequence[tuple[Lever, LeverGain]], wanted: float) -> tuple[MixStep, ...]:
        """Levers with a price, the cheapest point first, each kind and id once, until the chance is there."""
        steps: list[MixStep] = []
        pulled: list[Lever] = []
        best = float(np.mean(self.base.kpis["p_target"]))
        for lever, gain in gains:
            if gain.per_point is None or any(other.key == lever.key for other in pulled):
                continue
            found = self._pull([*pulled, lever])
            if found is None or float(np.mean(found[0].kpis["p_target"])) <= best:
                continue
            batch, money = found
            best = float(np.mean(batch.kpis["p_target"]))
            pulled.append(lever)
            steps.append(
                MixStep(
                    lever=lever.id,
                    more=lever.more,
                    chance=proportion_estimate(batch.kpis["p_target"]),
                    money=money or 0.0,
                    contribution=mean_gap(batch.kpis, self.base.kpis, "contribution"),
                )
            )
            if best >= wanted:
                break
        return tuple(steps)

    def _pull(self, levers: Sequence[Lever]) -> tuple[Batch, float | None] | None:
        """The futures with levers pulled, and what they cost; None where no allocation is feasible."""
        plan = self.plan
        for lever in levers:
            plan = lever.pull(plan)
        allocation = self.allocation
        if any(lever.kind in ("pool", "hours") for lever in levers):
            try:
                allocation = solve(plan, repairs=False).amounts().allocation("optimised")
            except NoFeasibleAllocation:
                return None
        held = self.options.plans | {lever.id for lever in levers if lever.kind == "contingency plan"}
        options = Options(self.options.risks, held, self.options.forced, self.options.uncertainty)
        label = " + ".join(f"{lever.id}{'' if lever.more is None else f' {lever.more:+.0%}'}" for lever in levers)
        batch = self.futures.replay(plan, allocation, options, label=label)
        money = float(np.mean(batch.kpis["plan_cost"] - self.base.kpis["plan_cost"]))
        money += sum(m.cost for m in plan.measures if m.enabled) - sum(m.cost for m in self.plan.measures if m.enabled)
        money += _spent(plan, allocation) - _spent(self.plan, self.allocation)
        hours = sum(lever.hours for lever in levers)
        if hours and self.hour_cost is None:
            return batch, None
        return batch, money + hours * (self.hour_cost or 0.0)

    def _verdict(self, lever: Lever, batch: Batch, gain: Estimate) -> LeverVerdict:
        if lever.is_idle:  # that no future shows a difference proves none
            return "no difference"
        if self._differing(batch) < SEEN_ENOUGH:
            return "cannot tell"
        if gain.ci_low > 0 or gain.ci_high < 0:
            return "helps" if gain.mean > 0 else "hurts"
        return "does not matter" if is_equivalent(gain, margins_of(self.plan).chance) else "cannot tell"

    def _differing(self, batch: Batch) -> int:
        """Futures that end on the other side of the target."""
        return int(np.count_nonzero(batch.kpis["p_target"] != self.base.kpis["p_target"]))


def _spent(plan: Plan, allocation: Allocation) -> float:
    pools = {pool.id for pool in plan.money.pools if pool.paid == "as_spent"}
    return sum(cell.amount for cell in allocation.budget if plan.activity[cell.activity].pool in pools)


def _answer(request: ReachChanceRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    result = reach_chance_study(
        inputs.plan,
        allocation,
        options_of(inputs.plan, request),
        futures,
        wanted=request.chance,
        hour_cost=request.hour_cost,
        changes=inputs.changes,
    )
    return Answer(allocation, result)


def _headline(result: ReachChanceResult) -> str:
    return f"chance {result.now.mean:.0%}, wanted {result.wanted:.0%}"


def _figures(result: ReachChanceResult, kpi: str) -> Sequence[Estimate]:
    """What levers gain; of the chance also what it is now."""
    pulled = [lever for lever in result.levers if lever.is_feasible]
    if kpi == "p_target":
        return [result.now, *(lever.gain for lever in pulled)]
    return [lever.gain_contribution for lever in pulled] if kpi == "contribution" else ()


STUDY = Study(ReachChanceRequest, ReachChanceResult, _answer, _headline, figures=_figures)
