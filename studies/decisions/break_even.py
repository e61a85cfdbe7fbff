"""From which chance of its risk on a contingency plan is worth its costs.

Along the axis of the risk's rate its thresholds are those drawn once, and the hazard is multiplied: a chance c becomes
1 − (1 − c)^factor. What strikes for certain has no rate to multiply; there it is the chance that is multiplied. A
future in which the risk did not strike at a higher rate is the same at a lower one, and one in which the plan was never
called for costs the retainer.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.plan import Plan
from scenarios.risks import Risk
from studies.decisions.worth import Bench, Worth, gain_by, idle_gain
from studies.results import Estimate, Record
from studies.statistics import Values, mean_estimate, resampled_interval

__all__ = ["BreakEven", "RatePoint", "break_even"]

FACTORS_DOWN, FACTORS_UP = (0.5, 0.25, 0.1), (2.0, 4.0, 8.0)
"""Multiples of the risk's rate that are tried in turn, until the gain changes its sign."""


class RatePoint(Record):
    """The gain, in what the verdict is about, at a multiple of the risk's rate."""

    factor: float
    """Of a risk that strikes for certain, a multiple of its chance."""
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


def break_even(bench: Bench, worth: Worth, risk: Risk) -> BreakEven | None:
    """Rates are tried away from now until the gain has changed its sign; between two of them it is taken as linear.

    None where there is nothing to move: the risk never strikes, or is forced to; nor is there anything to break even
    where the verdict is about a chance, whatever the plan costs.
    """
    now = worth.decisive
    struck = worth.base.struck.get(risk.id, np.zeros(len(now))) > 0
    if not struck.any() or risk.id in bench.options.forced_risks or worth.criterion == "p_target":
        return None
    gains = {0.0: _never_struck(worth, len(now)), 1.0: now}
    if now.mean() > 0 and worth.entry.retainer == 0 and (now[~struck] == 0).all():
        tried: tuple[float, ...] = FACTORS_DOWN[:1]
    elif now.mean() > 0:
        tried = FACTORS_DOWN
    else:
        tried = FACTORS_UP if risk.chance_per_quarter != 1 else ()
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
    low, high = resampled_interval(
        table, lambda resampled: _root(np.array(factors), resampled), bench.futures.execution.seed
    )
    return BreakEven(
        status="found",
        factor=found,
        factor_interval=(low, high),
        chance=_chance(risk, found),
        chance_now=now_chance,
        points=points,
    )


def _root(factors: Values, means: Values) -> float:
    """Where the gain crosses zero from below first; the upper end of the axis where it does not.

    At the lower end, no strike at all, the plan gains nothing and costs its retainer.
    """
    above = np.flatnonzero(means > 0)
    if not len(above):
        return float(factors[-1])
    place = int(above[0])
    low, high = means[place - 1], means[place]
    return float(factors[place - 1] + (factors[place] - factors[place - 1]) * -low / (high - low))


def _never_struck(worth: Worth, count: int) -> Values:
    """The gain in futures in which the risk does not strike."""
    return idle_gain(worth.criterion, np.full(count, worth.entry.retainer))


def _gain_at(bench: Bench, worth: Worth, risk: Risk, factor: float, struck: NDArray[np.bool_]) -> Values:
    """The gain, future by future, at a multiple of the risk's rate; it strikes in some future as things are."""
    plan = _at_rate(bench.plan, risk, factor)
    gains = _never_struck(worth, len(struck))
    only = np.flatnonzero(struck) if factor < 1 else np.arange(len(struck))
    label = f"{risk.id} at {factor:g} times its rate"
    numbers = worth.base.numbers[only].tolist()
    without = bench.futures.replay(plan, bench.allocation, bench.options, label=label, only=numbers)
    label = f"{risk.id} at {factor:g} times its rate, with {worth.entry.id}"
    with_plan = bench.futures.replay(plan, bench.allocation, bench.holding(worth.entry.id), label=label, only=numbers)
    gains[only] = gain_by(worth.criterion, with_plan, without)
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
    return -math.expm1(factor * math.log1p(-chance)) if chance < 1 else min(factor, 1.0)


def _chance(risk: Risk, factor: float) -> float | None:
    return None if isinstance(risk.chance_per_quarter, dict) else _raised(risk.chance_per_quarter, factor)
