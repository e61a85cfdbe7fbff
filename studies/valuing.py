"""value: what a contingency plan is worth, from which chance of its risk on, and how late it may come.

Everything is a difference on identical futures. Along the axis of the risk's rate its thresholds are those drawn
once, and the hazard is multiplied: a chance c becomes 1 − (1 − c)^factor. A future in which the risk did not strike at
a higher rate is the same at a lower one, and one in which the plan was never called for costs the retainer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.checks import not_carried_out
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Risk
from simulation.kpis import KPIS
from simulation.options import Options
from studies.deciding import decide, options_of, violations_of
from studies.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, KpiRow, Record, RuleRow
from studies.sameness import never_acts
from studies.statistics import SEEN_ENOUGH, Values, kpi_row, mean_estimate, quantile_interval
from studies.study import Answer, Inputs, Study
from studies.worth import Bench, Criterion, Worth, worth_of

__all__ = ["STUDY", "ValueRequest", "value_study"]

FACTORS_DOWN, FACTORS_UP = (0.5, 0.25, 0.1), (2.0, 4.0, 8.0)
"""Multiples of the risk's rate that are tried in turn, until the gain changes its sign."""
DELAYS = (5, 10, 15, 20, 30, 40)
"""Working days later than planned that are tried in turn, until the plan is no longer worth its costs."""
RESAMPLES = 500


class RatePoint(Record):
    """The gain at a multiple of the risk's rate."""

    factor: float
    chance: float | None
    """Chance per quarter of the risk then; None where it has one per tier."""
    gain: Estimate


class BreakEven(Record):
    """From which rate of the risk on the plan is worth its costs."""

    status: Literal["found", "always", "never"]
    """``always``: down to no strike at all it loses nothing; ``never``: at no rate that was tried."""
    factor: float | None = None
    factor_interval: tuple[float, float] | None = None
    """By bootstrap over futures; an end that is not reached on the rates tried is that of the rates."""
    chance: float | None = None
    chance_now: float | None = None
    points: tuple[RatePoint, ...] = ()


class DelayPoint(Record):
    """The gain where the plan acts so much later."""

    days_later: float
    gain: Estimate


class Interaction(Record):
    """The gain when another plan is held as well, less the gain alone."""

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
    verdict: str
    seen: int
    needed: int | None
    spared: float | None
    break_even: BreakEven | None = None
    delays: tuple[DelayPoint, ...] = ()
    latest: float | None = None
    """Working days that it may come later and still be worth its costs; None where it is not now, or was not asked."""
    latest_is_open: bool = False
    """Whether it still was at the longest delay tried."""
    interactions: tuple[Interaction, ...] = ()


class ValueResult(Record):
    """What contingency plans are worth."""

    study: Literal["value"] = "value"
    plan: str
    currency: str
    target: float
    allocation_name: str
    seed: int
    replications: int
    criterion: Criterion
    in_depth: bool
    """Whether break-even, delays and interactions were looked for."""
    rows: tuple[ValueRow, ...]
    kpis: tuple[KpiRow, ...]
    """All risks, no plan."""
    replications_run: int
    replications_known: int
    not_carried_out: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    violations: tuple[RuleRow, ...] = ()
    seconds: float = 0.0


class ValueRequest(QuarterRequest):
    """Say what contingency plans are worth: ``plans`` in depth, or all of them in short."""

    study: Literal["value"] = "value"
    criterion: Criterion = "contribution"
    """What the verdict is about."""


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
    rows = tuple(_row(bench, entry, criterion, in_depth=named is not None) for entry in chosen)
    return ValueResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        allocation_name=allocation.name,
        seed=futures.execution.seed,
        replications=len(base),
        criterion=criterion,
        in_depth=named is not None,
        rows=rows,
        kpis=tuple(kpi_row(kpi, base.kpis[kpi.id], base.nature) for kpi in KPIS.values()),
        replications_run=futures.run - run,
        replications_known=futures.known - known,
        not_carried_out=not_carried_out(plan),
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
    delays, latest, is_open = _delays(bench, worth)
    risk = next((risk for risk in bench.plan.risks if risk.id == entry.trigger.strike), None)
    return {
        "break_even": _break_even(bench, worth, risk) if risk is not None else None,
        "delays": delays,
        "latest": latest,
        "latest_is_open": is_open,
        "interactions": tuple(_interactions(bench, worth)),
    }


# The risk's rate


def _break_even(bench: Bench, worth: Worth, risk: Risk) -> BreakEven | None:
    """Rates are tried away from now until the gain has changed its sign; between two of them it is taken as linear."""
    now = worth.gain("contribution")
    struck = worth.base.struck.get(risk.id, np.zeros(len(now))) > 0
    if not struck.any() or risk.id in bench.options.forced_risks:
        return None
    gains = {0.0: np.full(len(now), -worth.entry.retainer), 1.0: now}
    if now.mean() > 0 and worth.entry.retainer == 0 and (now[~struck] == 0).all():
        tried: tuple[float, ...] = FACTORS_DOWN[:1]
    else:
        tried = FACTORS_DOWN if now.mean() > 0 else FACTORS_UP
    for factor in tried:
        gains[factor] = _gain_at(bench, worth, risk, factor, struck)
        if (gains[factor].mean() > 0) != (now.mean() > 0):
            break
    factors = sorted(gains)
    table = np.array([gains[factor] for factor in factors])
    means = table.mean(axis=1)
    points = tuple(
        RatePoint(factor=factor, chance=_chance(risk, factor), gain=mean_estimate(gains[factor])) for factor in factors
    )
    now_chance = _chance(risk, 1.0)
    if (means[1:] > 0).all() and means[0] >= 0:
        return BreakEven(status="always", chance_now=now_chance, points=points)
    if (means <= 0).all():
        return BreakEven(status="never", chance_now=now_chance, points=points)
    found = _root(np.array(factors), means)
    generator = np.random.default_rng(bench.futures.execution.seed)  # resamples futures: no chance of the quarter's own
    picks = generator.integers(0, len(now), (RESAMPLES, len(now)))
    roots = [_root(np.array(factors), table[:, pick].mean(axis=1)) for pick in picks]
    low, high = np.quantile(roots, (0.025, 0.975))
    return BreakEven(
        status="found",
        factor=found,
        factor_interval=(float(low), float(high)),
        chance=_chance(risk, found),
        chance_now=now_chance,
        points=points,
    )


def _root(factors: Values, means: Values) -> float:
    """Where the gain crosses zero from below first; the ends of the axis where it does not."""
    above = np.flatnonzero(means > 0)
    if not len(above):
        return float(factors[-1])
    place = int(above[0])
    if place == 0:
        return 0.0
    low, high = means[place - 1], means[place]
    return float(factors[place - 1] + (factors[place] - factors[place - 1]) * -low / (high - low))


def _gain_at(bench: Bench, worth: Worth, risk: Risk, factor: float, struck: NDArray[np.bool_]) -> Values:
    """Gain in contribution, future by future, at a multiple of the risk's rate."""
    plan = _at_rate(bench.plan, risk, factor)
    options = bench.options
    held = Options(options.risks, frozenset({worth.entry.id}), options.forced, options.uncertainty)
    gains = np.full(len(struck), -worth.entry.retainer)
    only = np.flatnonzero(struck) if factor < 1 else np.arange(len(struck))
    if len(only):
        label = f"{risk.id} at {factor:g} times its rate"
        numbers = worth.base.numbers[only].tolist()
        without = bench.futures.replay(plan, bench.allocation, options, label=label, only=numbers)
        label = f"{label}, with {worth.entry.id}"
        with_plan = bench.futures.replay(plan, bench.allocation, held, label=label, only=numbers)
        gains[only] = with_plan.kpis["contribution"] - without.kpis["contribution"]
    return gains


def _at_rate(plan: Plan, risk: Risk, factor: float) -> Plan:
    """The plan with a risk's hazard multiplied."""
    chance = risk.chance_per_quarter
    changed = (
        {tier: _raised(value, factor) for tier, value in chance.items()}
        if isinstance(chance, dict)
        else _raised(chance, factor)
    )
    risks = tuple(
        entry.model_copy(update={"chance_per_quarter": changed}) if entry.id == risk.id else entry
        for entry in plan.risks
    )
    return plan.model_copy(update={"risks": risks})


def _raised(chance: float, factor: float) -> float:
    return -math.expm1(factor * math.log1p(-chance)) if chance < 1 else 1.0


def _chance(risk: Risk, factor: float) -> float | None:
    return None if isinstance(risk.chance_per_quarter, dict) else _raised(risk.chance_per_quarter, factor)


# How late it may come


def _delays(bench: Bench, worth: Worth) -> tuple[tuple[DelayPoint, ...], float | None, bool]:
    """Gain against delay, until it is no longer worth its costs; between two delays it is taken as linear."""
    now = worth.gain("contribution")
    points = [DelayPoint(days_later=0, gain=mean_estimate(now))]
    if now.mean() <= 0:
        return tuple(points), None, False
    for days in DELAYS:
        gain = _gain_later(bench, worth, days)
        points.append(DelayPoint(days_later=days, gain=mean_estimate(gain)))
        if gain.mean() <= 0:
            before, after = points[-2], points[-1]
            part = before.gain.mean / (before.gain.mean - after.gain.mean)
            return tuple(points), before.days_later + part * (after.days_later - before.days_later), False
    return tuple(points), float(DELAYS[-1]), True


def _gain_later(bench: Bench, worth: Worth, days: float) -> Values:
    """Gain in contribution where the plan acts so many days later; where it no longer can, it only costs."""
    entry, base = worth.entry, bench.base
    later = entry.model_copy(update={"delay_days": entry.delay_days + days})
    plans = tuple(later if other.id == entry.id else other for other in bench.plan.contingency_plans)
    plan = bench.plan.model_copy(update={"contingency_plans": plans})
    held = Options(bench.options.risks, frozenset({entry.id}), bench.options.forced, bench.options.uncertainty)
    gains = -(entry.retainer + base.calls[entry.id] * entry.activation_cost)
    acts = np.flatnonzero(base.first_start[entry.id] + days < plan.calendar.working_days)
    if len(acts):
        label = f"{entry.id} {days:g} days later"
        numbers = base.numbers[acts].tolist()
        with_plan = bench.futures.replay(plan, bench.allocation, held, label=label, only=numbers)
        gains[acts] = with_plan.kpis["contribution"] - base.kpis["contribution"][acts]
    return gains


# With other plans


def _interactions(bench: Bench, worth: Worth) -> list[Interaction]:
    """With every plan that shares its resource or its trigger, and those that the planner has chosen."""
    entry, options, rows = worth.entry, bench.options, []
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
        alone = Options(options.risks, frozenset({other.id}), options.forced, options.uncertainty)
        both = Options(options.risks, frozenset({other.id, entry.id}), options.forced, options.uncertainty)
        gain = (
            bench.variant(both, f"with {entry.id} and {other.id}").kpis["contribution"]
            - bench.variant(alone, f"with {other.id}").kpis["contribution"]
        )
        difference = mean_estimate(gain - worth.gain("contribution"))
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


STUDY = Study(ValueRequest, ValueResult, _answer, _headline, kpis=_kpis, figures=_figures, precise_in="contribution")
