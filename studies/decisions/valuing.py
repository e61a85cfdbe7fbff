"""value: what a contingency plan is worth, from which chance of its risk on, and how late it may come.

Everything is a difference on identical futures, in what the verdict is about. A future in which the plan comes too
late to act costs its retainer and activations, and is not run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan
from simulation.options import Options
from studies.allocation.results import RuleRow
from studies.deciding import decide, margins_of, options_of, violations_of
from studies.decisions.break_even import BreakEven, break_even
from studies.decisions.worth import Bench, Criterion, PlanVerdict, Worth, gain_by, idle_gain, worth_of
from studies.replay.calls import are_known
from studies.replay.futures import Futures
from studies.replay.sameness import never_acts
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, KpiRow, Margins, QuarterResult, Record
from studies.statistics import SEEN_ENOUGH, Values, kpi_rows, mean_estimate, quantile_interval, resampled_interval
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "ValueRequest", "value_study"]

DELAYS = (5, 10, 15, 20, 30, 40)
"""Working days later than planned that are tried in turn, until the plan is no longer worth its costs."""


class DelayPoint(Record):
    """The gain, in what the verdict is about, where the plan acts so much later."""

    days_later: float
    gain: Estimate


class Interaction(Record):
    """The gain, in what the verdict is about, when another plan is held as well, less the gain alone."""

    other: str
    other_name: str
    shares: Literal["resource", "trigger", "chosen"]
    difference: Estimate


class ValueRow(Record):
    """What one contingency plan is worth."""

    plan: str
    plan_name: str
    risk: str
    """Empty for one that answers a light or a date."""
    p_triggered: float
    gain_signed: Estimate
    gain_cash: Estimate
    gain_p_target: Estimate
    gain_contribution: Estimate
    """After retainer, activations and uses."""
    plan_cost: Estimate
    retainer: float
    activations: float
    """Mean cost of activations."""
    uses: float
    """Mean cost of uses."""
    gain_worst_tenth: Estimate | None
    """Mean gain in contribution over the tenth of futures with the least contribution; None below 10 of them."""
    reserve: float
    """Cost that is not exceeded in 90% of futures."""
    reserve_interval: tuple[float, float] | None
    verdict: PlanVerdict
    seen: int
    needed: int | None
    spared: float | None
    break_even: BreakEven | None = None
    delays: tuple[DelayPoint, ...] = ()
    latest: float | None = None
    """Working days that it may come later and still be worth its costs; None where it is not now, or was not asked."""
    latest_interval: tuple[float, float] | None = None
    """By bootstrap over futures; an end beyond the delays tried is the last of them."""
    latest_is_open: bool = False
    """Whether it still was at the longest delay tried."""
    interactions: tuple[Interaction, ...] = ()


class ValueResult(QuarterResult):
    """What contingency plans are worth."""

    study: Literal["value"] = "value"
    criterion: Criterion
    smallest_difference: Margins
    in_depth: bool
    """Whether break-even, delays and interactions were looked for."""
    rows: tuple[ValueRow, ...]
    kpis: tuple[KpiRow, ...]
    """All risks, no plan."""
    replications_run: int
    replications_known: int
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    seconds: float = 0.0


class ValueRequest(QuarterRequest):
    """Say what contingency plans are worth: ``plans`` in depth, or all of them in short."""

    study: Literal["value"] = "value"
    criterion: Criterion = "contribution"
    """What the verdict is about, and with it break-even, delays and interactions."""


def value_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    *,
    named: Sequence[str] | None = None,
    criterion: Criterion = "contribution",
    changes: Sequence[Change] = (),
) -> ValueResult:
    """Value the named plans in depth, or all in short. ``options.plans`` are set aside, as in a stress test.

    UsageError when a name is no contingency plan's.
    """
    start, run, known = time.perf_counter(), futures.run, futures.known
    there = {entry.id: entry for entry in plan.contingency_plans}
    for stranger in sorted(set(named or ()) - set(there)):
        raise UsageError(f"no contingency plan {stranger} in the plan; there are: {', '.join(there) or 'none'}")
    bare = Options(options.risks, frozenset(), options.forced, options.uncertainty)
    base = futures.replay(plan, allocation, bare, label="all risks, no plan", keep_records=True)
    bench = Bench(plan, allocation, bare, base, futures)
    chosen = [entry for id, entry in there.items() if named is None or id in named]
    bench.prepare([bench.holding(entry.id) for entry in chosen], "with each contingency plan")
    rows = tuple(_row(bench, entry, criterion, in_depth=named is not None) for entry in chosen)
    return ValueResult(
        **futures.heading(plan, allocation),
        criterion=criterion,
        smallest_difference=margins_of(plan),
        in_depth=named is not None,
        rows=rows,
        kpis=kpi_rows(base.kpis, base.nature),
        replications_run=futures.run - run,
        replications_known=futures.known - known,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )


def _row(bench: Bench, entry: ContingencyPlan, criterion: Criterion, in_depth: bool) -> ValueRow:
    worth = worth_of(bench, entry, criterion)
    cost, count = worth.held.kpis["plan_cost"], worth.held.triggered.get(entry.id, np.zeros(len(bench.base)))
    activations = count * entry.activation_cost
    depth: dict[str, Any] = _depth(bench, worth) if in_depth and not never_acts(entry) else {}
    return ValueRow(
        **worth.figures(),
        risk=entry.trigger.strike or "",
        retainer=entry.retainer,
        activations=float(np.mean(activations)),
        uses=float(np.mean(cost - activations)) - entry.retainer,
        gain_worst_tenth=_in_worst_tenth(worth),
        reserve=float(np.quantile(cost, 0.9, method="inverted_cdf")),
        reserve_interval=quantile_interval(cost, 0.9),
        **depth,
    )


def _in_worst_tenth(worth: Worth) -> Estimate | None:
    """Gain over the futures that are the worst without the plan: the same futures for every plan."""
    contribution = worth.base.kpis["contribution"]
    worst = np.argsort(contribution, kind="stable")[: len(contribution) // 10]
    return mean_estimate(worth.gain("contribution")[worst]) if len(worst) >= SEEN_ENOUGH else None


def _depth(bench: Bench, worth: Worth) -> dict[str, Any]:
    entry = worth.entry
    risk = next((risk for risk in bench.plan.risks if risk.id == entry.trigger.strike), None)
    return {
        "break_even": break_even(bench, worth, risk) if risk is not None else None,
        **_delays(bench, worth),
        "interactions": tuple(_interactions(bench, worth)),
    }


# How late it may come


def _delays(bench: Bench, worth: Worth) -> dict[str, Any]:
    """Gain against delay, until it is no longer worth its costs; between two delays it is taken as linear."""
    gains = {0.0: worth.decisive}
    if gains[0.0].mean() > 0:
        for later in DELAYS:
            gains[later] = _gain_later(bench, worth, later)
            if gains[later].mean() <= 0:
                break
    points = tuple(DelayPoint(days_later=later, gain=mean_estimate(gain)) for later, gain in gains.items())
    if gains[0.0].mean() <= 0:
        return {"delays": points}
    days, table = np.array(list(gains)), np.array(list(gains.values()))
    return {
        "delays": points,
        "latest": _latest(days, table.mean(axis=1)),
        "latest_interval": resampled_interval(table, lambda means: _latest(days, means), bench.futures.execution.seed),
        "latest_is_open": points[-1].gain.mean > 0,
    }


def _latest(days: Values, means: Values) -> float:
    """Where the gain crosses zero from above first; the last delay where it does not, none where it is not above."""
    below = np.flatnonzero(means <= 0)
    if not len(below):
        return float(days[-1])
    place = int(below[0])
    if place == 0:
        return 0.0
    high, low = means[place - 1], means[place]
    return float(days[place - 1] + (days[place] - days[place - 1]) * high / (high - low))


def _gain_later(bench: Bench, worth: Worth, days: float) -> Values:
    """The gain where the plan acts so many days later; where it no longer can, it only costs."""
    entry, base = worth.entry, bench.base
    later = entry.model_copy(update={"delay_days": entry.delay_days + days})
    plans = tuple(later if other.id == entry.id else other for other in bench.plan.contingency_plans)
    plan = bench.plan.model_copy(update={"contingency_plans": plans})
    gains = idle_gain(worth.criterion, entry.retainer + base.calls[entry.id] * entry.activation_cost)
    acts = np.arange(len(base))
    if are_known(entry, plan):
        acts = np.flatnonzero(base.first_start[entry.id] + days < plan.calendar.working_days)
    if len(acts):
        held = bench.holding(entry.id)
        label = f"{entry.id} {days:g} days later"
        numbers = base.numbers[acts].tolist()
        with_plan = bench.futures.replay(plan, bench.allocation, held, label=label, only=numbers)
        gains[acts] = gain_by(worth.criterion, with_plan, base.rows(acts))
    return gains


# With other plans


def _interactions(bench: Bench, worth: Worth) -> list[Interaction]:
    """With every plan that shares its resource or its trigger, and those that the planner has chosen."""
    entry, rows = worth.entry, []
    for other in bench.plan.contingency_plans:
        if other.id == entry.id or never_acts(other):
            continue
        if entry.resource is not None and other.resource == entry.resource:
            shares: Literal["resource", "trigger", "chosen"] = "resource"
        elif entry.trigger.strike is not None and other.trigger.strike == entry.trigger.strike:
            shares = "trigger"
        elif other.chosen:
            shares = "chosen"
        else:
            continue
        both = bench.variant(bench.holding(entry.id, other.id), f"with {entry.id} and {other.id}")
        alone = bench.variant(bench.holding(other.id), f"with {other.id}")
        difference = mean_estimate(gain_by(worth.criterion, both, alone) - worth.decisive)
        rows.append(Interaction(other=other.id, other_name=other.name, shares=shares, difference=difference))
    return rows


def _answer(request: ValueRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request, plans=())
    result = value_study(
        inputs.plan,
        allocation,
        options,
        futures,
        named=request.plans,
        criterion=request.criterion,
        changes=inputs.changes,
    )
    return Answer(allocation, result.model_copy(update={"violations": violations_of(inputs)}))


def _headline(result: ValueResult) -> str:
    worth = [row.plan for row in result.rows if row.verdict == "buy"]
    return f"buy: {', '.join(worth) or 'none'}"


def _kpis(result: ValueResult) -> Sequence[KpiRow]:
    return result.kpis


def _figures(result: ValueResult, kpi: str) -> Sequence[Estimate]:
    if kpi not in ("signed", "cash", "contribution", "p_target"):
        return ()
    return [getattr(row, f"gain_{kpi}") for row in result.rows]


STUDY = Study(
    ValueRequest, ValueResult, _answer, _headline, kpis=_kpis, figures=_figures, precise_in=lambda _: "contribution"
)
