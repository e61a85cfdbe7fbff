"""stress: every risk × its contingency plans, on identical futures.

The base is all risks and no plan. A risk's cost is the base against the same futures without that risk; a plan's gain
is the same futures with that plan held, against the base. Replications that the difference cannot touch (the risk did
not strike) are the base's own and are not run again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.checks import not_carried_out
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Risk
from simulation.options import Options
from studies.batches import Batch
from studies.deciding import decide, options_of, violations_of
from studies.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, StressResult, StressRow
from studies.simulating import replay_without_risks
from studies.statistics import mean_estimate, proportion_estimate
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "StressRequest", "stress_study"]


@dataclass(frozen=True)
class _Bench:
    """The base, and variants of it on the same futures."""

    plan: Plan
    allocation: Allocation
    options: Options
    base: Batch
    futures: Futures

    def variant(self, options: Options, label: str) -> Batch:
        """The base's futures under other options."""
        return self.futures.replay(self.plan, self.allocation, options, label=label)


class StressRequest(QuarterRequest):
    """Set every risk against every contingency plan."""

    study: Literal["stress"] = "stress"
    only: tuple[str, ...] | None = None
    """Risks to stress; None means all that are in play. The others stay in play, unstressed."""


def stress_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    changes: Sequence[Change] = (),
    only: Sequence[str] | None = None,
) -> tuple[StressResult, Batch]:
    """Stress every risk in play, alone removed, and every contingency plan triggered by it, alone held.

    ``options.plans`` are set aside: the base holds none. ``only`` narrows down which risks are stressed, the others
    stay in play; UsageError when one of them is not.
    """
    start = time.perf_counter()
    bare = Options(options.risks, frozenset(), options.forced, options.uncertainty)
    in_play = bare.risks | bare.forced_risks
    for stranger in sorted(set(only or ()) - in_play):
        raise UsageError(f"risk {stranger} is not in play; in play: {', '.join(sorted(in_play)) or 'none'}")
    run, known = futures.run, futures.known
    base = futures.replay(plan, allocation, bare, label="all risks, no plan", keep_records=True)
    bench = _Bench(plan, allocation, bare, base, futures)
    calm = replay_without_risks(plan, allocation, bare, futures)
    rows: list[StressRow] = []
    for risk in plan.risks:
        if risk.id in (in_play if only is None else only):
            row, struck = _risk_row(bench, risk, risk.id in bare.forced_risks)
            rows.append(row)
            rows += [_plan_row(bench, row, entry, struck) for entry in _plans_against(plan, risk)]
    result = StressResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        allocation_name=allocation.name,
        seed=futures.execution.seed,
        replications=len(base),
        forced=tuple(map(str, bare.forced)),
        p_target=proportion_estimate(base.kpis["p_target"]),
        p_target_no_risk=proportion_estimate(calm.kpis["p_target"]),
        rows=tuple(rows),
        replications_run=futures.run - run,
        replications_known=futures.known - known,
        not_carried_out=(*not_carried_out(plan), *_not_judged(plan)),
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, base


def _not_judged(plan: Plan) -> list[str]:
    """Contingency plans that answer no strike, so that there is no risk to set them against."""
    return [
        f"Contingency plan {entry.id} is set off by {_cause(entry)}, "
        "not by a strike; the stress test leaves it out. Compare the plan with and without it."
        for entry in plan.contingency_plans
        if entry.trigger.strike is None
    ]


def _cause(entry: ContingencyPlan) -> str:
    if entry.trigger.alarm is not None:
        return "an alarm"
    return "a date" if entry.trigger.week is not None else "a red light"


def _plans_against(plan: Plan, risk: Risk) -> list[ContingencyPlan]:
    return [entry for entry in plan.contingency_plans if entry.trigger.strike == risk.id]


def _risk_row(bench: _Bench, risk: Risk, forced: bool) -> tuple[StressRow, NDArray[np.bool_]]:
    base, options = bench.base, bench.options
    strikes = base.struck.get(risk.id, np.zeros(len(base)))
    struck = strikes > 0
    others = Options(
        options.risks - {risk.id},
        frozenset(),
        tuple(f for f in options.forced if f.risk != risk.id),
        options.uncertainty,
    )
    without = bench.variant(others, f"without {risk.id}")
    lost = without.kpis["signed"] - base.kpis["signed"]
    row = StressRow(
        risk=risk.id,
        risk_name=risk.name,
        forced=forced,
        p_strike=proportion_estimate(struck.astype(float)),
        strikes=float(np.mean(strikes)),
        cost_signed=mean_estimate(lost),
        cost_signed_given_strike=mean_estimate(lost[struck]) if struck.sum() >= 2 else None,
        cost_cash=_gap(without, base, "cash"),
        cost_contribution=_gap(without, base, "contribution"),
        cost_p_target=_gap(without, base, "p_target"),
        verdict=_risk_verdict(without, base, struck),
    )
    return row, struck


def _risk_verdict(without: Batch, base: Batch, struck: NDArray[np.bool_]) -> str:
    """By the signed amount; where that never moves by the cash, where that does not either by the contribution."""
    if not struck.any():
        return "never struck"
    for kpi in ("signed", "cash", "contribution"):
        lost = without.kpis[kpi] - base.kpis[kpi]
        if lost.any():
            cost = mean_estimate(lost)
            if cost.ci_low > 0:
                return "hurts"
            return "helps" if cost.ci_high < 0 else "cannot tell yet"
    return "harmless"


def _plan_row(bench: _Bench, risk: StressRow, entry: ContingencyPlan, struck: NDArray[np.bool_]) -> StressRow:
    base, options = bench.base, bench.options
    held = Options(options.risks, frozenset({entry.id}), options.forced, options.uncertainty)
    with_plan = bench.variant(held, f"with {entry.id}")
    contribution = with_plan.kpis["contribution"] - base.kpis["contribution"]
    net = mean_estimate(contribution)
    return risk.model_copy(
        update={
            "plan": entry.id,
            "plan_name": entry.name,
            "gain_signed": _gap(with_plan, base, "signed"),
            "gain_cash": _gap(with_plan, base, "cash"),
            "gain_contribution": net,
            "gain_p_target": _gap(with_plan, base, "p_target"),
            "plan_cost": mean_estimate(with_plan.kpis["plan_cost"]),
            "p_triggered": float(np.mean(with_plan.triggered.get(entry.id, np.zeros(len(base))) > 0)),
            "verdict": _plan_verdict(net) if struck.any() else "never struck",
        }
    )


def _plan_verdict(net: Estimate) -> str:
    if net.ci_low > 0:
        return "buy"
    return "do not buy" if net.ci_high <= 0 else "cannot tell yet"


def _gap(a: Batch, b: Batch, kpi: str) -> Estimate:
    return mean_estimate(a.kpis[kpi] - b.kpis[kpi])


def _answer(request: StressRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    result, base = stress_study(inputs.plan, allocation, options, futures, changes=inputs.changes, only=request.only)
    result = result.model_copy(update={"violations": violations_of(inputs)})
    return Answer(allocation, result, {"quarters": base})


def _headline(result: StressResult) -> str:
    return f"chance {result.p_target_no_risk.mean:.1%} without risks, {result.p_target.mean:.1%} with them"


STUDY = Study(StressRequest, StressResult, _answer, _headline)
