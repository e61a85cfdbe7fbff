"""lights: what the Friday lights are worth: false and missed alarms, weeks of warning, the value of acting on one (E3).

A light of conversion or deal size warns of a missed target, one of collection of a collection rate below the plan's
threshold. Alarms are lights over all regions that stood red at a review.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.kpis import enough_for
from simulation.options import Options
from studies.deciding import decide, margins_of, options_of
from studies.decisions.plan_sets import only_costs
from studies.decisions.worth import PlanVerdict, plan_verdict
from studies.replay.excerpts import light_columns
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, Margins, QuarterResult, Record
from studies.statistics import SEEN_ENOUGH, Values, mean_estimate, mean_gap, proportion_estimate
from studies.study import SHARE, Answer, Inputs, Study

__all__ = ["STUDY", "ActingRow", "LightsRequest", "LightsResult", "ThresholdRow", "WarningRow", "lights_study"]

Metric = Literal["conversion", "deal_size", "collection"]
_METRICS: tuple[Metric, ...] = ("conversion", "deal_size", "collection")
_Shares: TypeAlias = Mapping[int, Values]
"""Of what was expected, by future, for each week with a review in order."""
_THRESHOLDS = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)


class LightsRequest(QuarterRequest):
    """Say how well the Friday lights warn."""

    study: Literal["lights"] = "lights"


class WarningRow(Record):
    """A light as an alarm. Shares of futures; None where no future says anything."""

    metric: Metric
    red_at: float
    p_red: Estimate
    """Red at some review."""
    p_bad: Estimate
    """What it warns of comes true."""
    false_alarms: Estimate | None
    """Red, of the quarters that end well."""
    missed_alarms: Estimate | None
    """Never red, of the quarters that end badly."""
    p_bad_if_red: Estimate | None
    p_bad_if_not: Estimate | None
    tells: Estimate | None
    """Difference of the two: what a red light adds to what is known anyway."""
    verdict: Literal["warns", "misleads", "tells nothing yet", "never red", "always red"]
    weeks_of_warning: Estimate | None
    """From the first red light to the end of the quarter, of the quarters rightly warned of."""


class ThresholdRow(Record):
    """A light that would turn red at another share of what is expected."""

    metric: Metric
    red_at: float
    p_red: float
    false_alarms: float | None
    missed_alarms: float | None


class ActingRow(Record):
    """A contingency plan that a red light sets off."""

    plan: str
    name: str
    metric: str
    """Light that sets it off."""
    p_triggered: Estimate
    gain_contribution: Estimate
    """After its costs, against holding none, paired."""
    gain_p_target: Estimate
    gain_cash: Estimate
    verdict: PlanVerdict | Literal["never triggered"]


class LightsResult(QuarterResult):
    """How well lights warn, and what acting on them brings."""

    study: Literal["lights"] = "lights"
    reviews: tuple[int, ...]
    """Weeks with a review."""
    rows: tuple[WarningRow, ...]
    thresholds: tuple[ThresholdRow, ...]
    acting: tuple[ActingRow, ...]
    smallest_difference: Margins
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


def lights_study(
    plan: Plan, allocation: Allocation, options: Options, futures: Futures, changes: Sequence[Change] = ()
) -> LightsResult:
    """Judge every light over all regions, by the first policy that gives it, and every plan that one sets off.

    UsageError where no light is given.
    """
    start = time.perf_counter()
    on = [policy.lights for policy in plan.policies if policy.enabled and policy.lights is not None]
    given = {m: next((light for p in on if (light := getattr(p, m)) is not None), None) for m in _METRICS}
    if not any(given.values()):
        raise UsageError("the plan has no policy that is enabled with a light of conversion, deal size or collection")
    columns = light_columns(plan)
    if not columns:
        raise UsageError("the plan's lights are never looked at: name weeks in calendar.review_weeks")
    by_light = {entry.id: entry for entry in plan.contingency_plans if entry.trigger.light is not None}
    bare = Options(options.risks, options.plans - set(by_light), options.forced, options.uncertainty)
    base = futures.replay(plan, allocation, bare, label="quarters, nobody acts on a light")
    rows: list[WarningRow] = []
    thresholds: list[ThresholdRow] = []
    for metric, light in given.items():
        if light is None:
            continue
        kpi, least = (
            ("signed", enough_for(plan.target))
            if metric != "collection"
            else (
                "collection_rate",
                plan.money.collection_threshold,
            )
        )
        bad = base.kpis[kpi] < least
        shares = {week: base.lights[:, n] for n, (of, week) in enumerate(columns) if of == metric}
        rows.append(_warning(metric, light.red, shares, bad, plan.calendar.weeks))
        thresholds += [_threshold(metric, at, shares, bad) for at in sorted({*_THRESHOLDS, light.red})]
    acting, margins = [], margins_of(plan)
    for entry in by_light.values():
        held = Options(bare.risks, bare.plans | {entry.id}, bare.forced, bare.uncertainty)
        batch = futures.replay(plan, allocation, held, label=f"with {entry.id}")
        assert entry.trigger.light is not None, "that is why it is here"
        triggered = batch.triggered.get(entry.id, np.zeros(len(batch))) > 0
        gain = mean_gap(batch.kpis, base.kpis, "contribution")
        verdict: PlanVerdict | Literal["never triggered"] = plan_verdict(gain, margins.amount)
        if not triggered.any():
            verdict = "never triggered"
        elif only_costs(entry):
            verdict = "do not buy"
        elif triggered.sum() < SEEN_ENOUGH:
            verdict = "cannot tell yet"
        acting.append(
            ActingRow(
                plan=entry.id,
                name=entry.name,
                metric=entry.trigger.light,
                p_triggered=proportion_estimate(triggered.astype(float)),
                gain_contribution=gain,
                gain_p_target=mean_gap(batch.kpis, base.kpis, "p_target"),
                gain_cash=mean_gap(batch.kpis, base.kpis, "cash"),
                verdict=verdict,
            )
        )
    return LightsResult(
        **futures.heading(plan, allocation),
        reviews=tuple(sorted({week for _, week in columns})),
        rows=tuple(rows),
        thresholds=tuple(thresholds),
        acting=tuple(acting),
        smallest_difference=margins,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )


def _first_red(shares: _Shares, at: float) -> Values:
    """Week of the first red light of each future; not a number where none was red."""
    weeks = np.array(list(shares), dtype=float)
    red = np.array([share <= at for share in shares.values()])
    return np.where(red.any(axis=0), weeks[red.argmax(axis=0)], math.nan)


def _warning(metric: Metric, red_at: float, shares: _Shares, bad: NDArray[np.bool_], weeks: int) -> WarningRow:
    first = _first_red(shares, red_at)
    red = np.isfinite(first)
    if_red, if_not = _part(bad, red), _part(bad, ~red)
    tells = _difference(if_red, if_not)
    verdict: Literal["warns", "misleads", "tells nothing yet", "never red", "always red"] = "tells nothing yet"
    if not red.any():
        verdict = "never red"
    elif red.all():
        verdict = "always red"
    elif tells is not None and (tells.ci_low > 0 or tells.ci_high < 0):
        verdict = "warns" if tells.mean > 0 else "misleads"
    warned = weeks - first[red & bad]
    return WarningRow(
        metric=metric,
        red_at=red_at,
        p_red=proportion_estimate(red.astype(float)),
        p_bad=proportion_estimate(bad.astype(float)),
        false_alarms=_part(red, ~bad),
        missed_alarms=_part(~red, bad),
        p_bad_if_red=if_red,
        p_bad_if_not=if_not,
        tells=tells,
        verdict=verdict,
        weeks_of_warning=mean_estimate(warned) if len(warned) >= 2 else None,
    )


def _threshold(metric: Metric, at: float, shares: _Shares, bad: NDArray[np.bool_]) -> ThresholdRow:
    red = np.isfinite(_first_red(shares, at))
    false, missed = _part(red, ~bad), _part(~red, bad)
    return ThresholdRow(
        metric=metric,
        red_at=at,
        p_red=float(red.mean()),
        false_alarms=false.mean if false else None,
        missed_alarms=missed.mean if missed else None,
    )


def _part(what: NDArray[np.bool_], of: NDArray[np.bool_]) -> Estimate | None:
    """Share of some futures in which something is so."""
    return proportion_estimate(what[of].astype(float)) if of.any() else None


def _difference(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """A − b of two independent shares, by Wilson's intervals put together (R. G. Newcombe, Stat. Med. 17, 1998)."""
    if a is None or b is None:
        return None
    gap = a.mean - b.mean
    low = math.hypot(a.mean - a.ci_low, b.ci_high - b.mean)
    high = math.hypot(a.ci_high - a.mean, b.mean - b.ci_low)
    return Estimate(mean=gap, ci_low=gap - low, ci_high=gap + high)


def _answer(request: LightsRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    return Answer(allocation, lights_study(inputs.plan, allocation, options, futures, inputs.changes))


def _headline(result: LightsResult) -> str:
    return ", ".join(f"{row.metric} {row.verdict}" for row in result.rows)


def _figures(result: LightsResult, kpi: str) -> Sequence[Estimate]:
    """Shares of false and of missed alarms, or what acting on lights brings."""
    if kpi == SHARE:
        return [part for row in result.rows for part in (row.false_alarms, row.missed_alarms) if part is not None]
    gains = ("contribution", "p_target", "cash")
    return [getattr(row, f"gain_{kpi}") for row in result.acting] if kpi in gains else ()


STUDY = Study(LightsRequest, LightsResult, _answer, _headline, figures=_figures, precise_in=lambda _: SHARE)
