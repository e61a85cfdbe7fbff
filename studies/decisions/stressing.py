"""stress: every risk × its contingency plans, on identical futures.

The base is all risks and no plan. A risk's cost is the base against the same futures without that risk; a plan's gain
is the same futures with that plan held, against the base. Replications that the difference cannot touch (the risk did
not strike) are the base's own and are not run again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Risk
from simulation.options import Options
from studies.allocation.results import RuleRow
from studies.deciding import decide, margins_of, options_of, violations_of
from studies.decisions.attributing import shares_of
from studies.decisions.stress_rows import PlanRow, ShareRow, StressRow
from studies.decisions.worth import Bench, Criterion, RiskVerdict, without_risks, worth_of
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.replay.sameness import never_acts
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, KpiRow, Margins, QuarterResult
from studies.simulating import replay_with_and_without_risks
from studies.statistics import (
    SEEN_ENOUGH,
    Values,
    is_equivalent,
    kpi_rows,
    mean_estimate,
    mean_gap,
    mean_of_rare,
    needed,
    proportion_estimate,
    spared,
)
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "StressRequest", "StressResult", "stress_study"]


class StressResult(QuarterResult):
    """Every risk × its contingency plans."""

    study: Literal["stress"] = "stress"
    forced: tuple[str, ...]
    p_target: Estimate
    """All risks, no plan."""
    p_target_no_risk: Estimate
    rows: tuple[StressRow, ...]
    other_plans: tuple[PlanRow, ...] = ()
    """Plans that answer no strike: set against the same futures without them."""
    criterion: Criterion = "contribution"
    """What a plan's verdict is about; money after the plan's costs."""
    smallest_difference: Margins
    attribution: tuple[ShareRow, ...] = ()
    """Who has which share of the shortfall; empty unless asked for. Shares add up to ``shortfall``."""
    shortfall: Estimate | None = None
    """Signed amount without the stressed risks less with them; None unless the attribution was asked for."""
    kpis: tuple[KpiRow, ...] = ()
    """All risks, no plan."""
    replications_run: int
    replications_known: int
    """Replications taken from another run because the difference could not touch them."""
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    """Rules that a hand-made allocation does not keep."""
    seconds: float = 0.0


class StressRequest(QuarterRequest):
    """Set every risk against every contingency plan."""

    study: Literal["stress"] = "stress"
    only: tuple[str, ...] | None = None
    """Risks to stress; None means all that are in play. The others stay in play, unstressed."""
    criterion: Criterion = "contribution"
    """What a plan's verdict is about."""
    attribute: bool = False
    """Whether the shortfall is shared out among the risks; takes a few times as long."""


def stress_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    changes: Sequence[Change] = (),
    only: Sequence[str] | None = None,
    criterion: Criterion = "contribution",
    attribute: bool = False,
) -> tuple[StressResult, Batch]:
    """Stress every risk in play, alone removed, and every contingency plan triggered by it, alone held.

    ``options.plans`` are set aside: the base holds none. ``only`` narrows down which risks are stressed, the others
    stay in play; UsageError when one of them is not. ``attribute`` also shares out the shortfall among those risks.
    """
    start = time.perf_counter()
    bare = Options(options.risks, frozenset(), options.forced, options.uncertainty)
    in_play = bare.risks | bare.forced_risks
    for stranger in sorted(set(only or ()) - in_play):
        raise UsageError(f"risk {stranger} is not in play; in play: {', '.join(sorted(in_play)) or 'none'}")
    run, known = futures.run, futures.known
    base, calm = replay_with_and_without_risks(plan, allocation, bare, futures)
    bench = Bench(plan, allocation, bare, base, futures)
    rows: list[StressRow] = []
    stressed = [risk for risk in plan.risks if risk.id in (in_play if only is None else only)]
    others = [entry for entry in plan.contingency_plans if entry.trigger.strike is None and only is None]
    answers = [entry for risk in stressed for entry in _plans_against(plan, risk)]
    variants = [without_risks(bare, [risk.id]) for risk in stressed]
    variants += [bench.holding(entry.id) for entry in (*answers, *others)]
    bench.prepare(variants, "without each risk, with each contingency plan")
    for risk in stressed:
        row = _risk_row(bench, risk, risk.id in bare.forced_risks)
        rows.append(row)
        rows += [_plan_row(bench, row, entry, criterion) for entry in _plans_against(plan, risk)]
    result = StressResult(
        **futures.heading(plan, allocation),
        forced=tuple(map(str, bare.forced)),
        p_target=proportion_estimate(base.kpis["p_target"]),
        p_target_no_risk=proportion_estimate(calm.kpis["p_target"]),
        rows=tuple(rows),
        other_plans=tuple(_other_row(bench, entry, criterion) for entry in others),
        criterion=criterion,
        smallest_difference=margins_of(plan),
        attribution=shares_of(bench, stressed) if attribute else (),
        shortfall=_shortfall(bench, calm, None if only is None else stressed) if attribute else None,
        kpis=kpi_rows(base.kpis, base.nature),
        replications_run=futures.run - run,
        replications_known=futures.known - known,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, base


def _plans_against(plan: Plan, risk: Risk) -> list[ContingencyPlan]:
    return [entry for entry in plan.contingency_plans if entry.trigger.strike == risk.id]


def _risk_row(bench: Bench, risk: Risk, forced: bool) -> StressRow:
    base = bench.base
    strikes = base.struck.get(risk.id, np.zeros(len(base)))
    struck = strikes > 0
    without = bench.variant(without_risks(bench.options, [risk.id]), f"without {risk.id}")
    lost = without.kpis["signed"] - base.kpis["signed"]
    decisive = _decisive(without, base)
    margin = margins_of(bench.plan).amount
    verdict = _risk_verdict(decisive, struck, margin)
    return StressRow(
        risk=risk.id,
        risk_name=risk.name,
        forced=forced,
        p_strike=proportion_estimate(struck.astype(float)),
        strikes=float(np.mean(strikes)),
        cost_signed=mean_estimate(lost),
        cost_signed_given_strike=mean_of_rare(lost[struck]) if struck.sum() >= SEEN_ENOUGH else None,
        cost_cash=mean_gap(without.kpis, base.kpis, "cash"),
        cost_contribution=mean_gap(without.kpis, base.kpis, "contribution"),
        cost_p_target=mean_gap(without.kpis, base.kpis, "p_target"),
        verdict=verdict,
        seen=int(np.count_nonzero(decisive)),
        needed=needed(decisive, margin) if verdict == "cannot tell yet" else None,
        spared=spared(base.kpis["contribution"], without.kpis["contribution"]),
    )


def _decisive(without: Batch, base: Batch) -> Values:
    """What a risk costs in signed amount; where that never moves, in cash, then in contribution."""
    lost = np.zeros(len(base))
    for kpi in ("signed", "cash", "contribution"):
        lost = without.kpis[kpi] - base.kpis[kpi]
        if lost.any():
            break
    return lost


def _risk_verdict(lost: Values, struck: NDArray[np.bool_], margin: float) -> RiskVerdict:
    if not struck.any():
        return "never struck"
    if not lost.any():
        return "harmless"
    cost = mean_of_rare(lost)
    if cost is None:
        return "cannot tell yet"
    if cost.ci_low <= 0 <= cost.ci_high:
        return "does not matter" if is_equivalent(cost, margin) else "cannot tell yet"
    return "hurts" if cost.ci_low > 0 else "helps"


def _plan_row(bench: Bench, risk: StressRow, entry: ContingencyPlan, criterion: Criterion) -> StressRow:
    figures = worth_of(bench, entry, criterion).figures()
    if risk.verdict == "never struck" and not never_acts(entry):
        figures |= {"verdict": "never struck", "needed": None}
    return risk.model_copy(update=figures)


def _trigger(entry: ContingencyPlan) -> Literal["light", "date", "alarm"]:
    if entry.trigger.alarm is not None:
        return "alarm"
    return "date" if entry.trigger.week is not None else "light"


def _other_row(bench: Bench, entry: ContingencyPlan, criterion: Criterion) -> PlanRow:
    worth = worth_of(bench, entry, criterion)
    counts = worth.held.triggered.get(entry.id, np.zeros(len(bench.base)))
    return PlanRow(
        **worth.figures() | {"p_triggered": proportion_estimate((counts > 0).astype(float))},
        trigger=_trigger(entry),
    )


def _shortfall(bench: Bench, calm: Batch, only: Sequence[Risk] | None) -> Estimate:
    """What is shared out: signed amount without the stressed risks less with them, the others in play on both sides."""
    if only is None:
        return mean_gap(calm.kpis, bench.base.kpis, "signed")
    without = bench.variant(without_risks(bench.options, [risk.id for risk in only]), "without all of these")
    return mean_gap(without.kpis, bench.base.kpis, "signed")


def _answer(request: StressRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    result, base = stress_study(
        inputs.plan,
        allocation,
        options,
        futures,
        changes=inputs.changes,
        only=request.only,
        criterion=request.criterion,
        attribute=request.attribute,
    )
    result = result.model_copy(update={"violations": violations_of(inputs)})
    return Answer(allocation, result, {"quarters": base})


def _headline(result: StressResult) -> str:
    return f"chance {result.p_target_no_risk.mean:.1%} without risks, {result.p_target.mean:.1%} with them"


def _kpis(result: StressResult) -> Sequence[KpiRow]:
    """Of the base: all risks, no plan."""
    return result.kpis


def _figures(result: StressResult, kpi: str) -> Sequence[Estimate]:
    """What risks cost and plans gain in a KPI."""
    if kpi not in ("signed", "cash", "contribution", "p_target"):
        return ()
    risks = [getattr(row, f"cost_{kpi}") for row in result.rows if not row.plan]
    plans = [getattr(row, f"gain_{kpi}") for row in result.rows if row.plan]
    plans += [getattr(row, f"gain_{kpi}") for row in result.other_plans]
    return [*risks, *plans]


STUDY = Study(
    StressRequest, StressResult, _answer, _headline, kpis=_kpis, figures=_figures, precise_in=lambda _: "contribution"
)
