"""Which replications are the same under other options, and so need not be run again.

A replication is a function of plan, allocation, options and draws. Taking one step from what was run:

- A risk taken away changes nothing where it did not strike. Where all that a strike brings is the risk's event, it
  changes nothing where no strike ended in its event. Other risks have draws of their own. Where an effect acts on its
  hazard, that can be a use of a plan, or be clipped, before anything strikes.
- A contingency plan added changes nothing but its costs where it would never start to act inside the quarter: until
  then both quarters are one. One without effects and without an event never acts.
- A contingency plan taken away changes nothing but its costs where it was not triggered, or never acts.

Steps may be put together, because each leaves the quarter as it was. Everything else may differ: a risk added, a strike
forced, what nobody knows drawn or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.effects import Effect
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Risk
from simulation.options import Options
from studies.replay.batches import Batch
from studies.replay.calls import are_known

__all__ = ["as_under", "never_acts", "same_under"]


def same_under(plan: Plan, batch: Batch, old: Options, new: Options) -> NDArray[np.bool_]:
    """Where a batch that was run under ``old`` holds the quarters of ``new`` already."""
    removed = _removed(old, new)
    if removed is None:
        return np.zeros(len(batch), dtype=bool)
    differs = np.zeros(len(batch), dtype=bool)
    for risk in plan.risks:
        if risk.id in removed:
            differs |= _touched_by(plan, risk, batch, old, new)
    without = _without_risks(plan, batch, removed)
    for entry in plan.contingency_plans:
        if entry.id in new.plans - old.plans:
            differs |= _starts(plan, entry, without, new)
        elif entry.id in old.plans - new.plans and not (never_acts(entry) and not _shares(plan, entry, old)):
            differs |= _column(batch.triggered, entry.id, batch) > 0
    return ~differs


def as_under(plan: Plan, batch: Batch, old: Options, new: Options) -> Batch:
    """A batch run under ``old`` that is the same under ``new`` (``same_under``), with strikes and costs of ``new``."""
    removed = _removed(old, new) or frozenset()
    batch = _without_risks(plan, batch, removed)
    triggered, uses = {}, {}
    cost = np.zeros(len(batch))
    for entry in plan.contingency_plans:
        if entry.id not in new.plans:
            continue
        counts = batch.calls[entry.id] if entry.id not in old.plans else _column(batch.triggered, entry.id, batch)
        used = _column(batch.uses, entry.id, batch) if entry.id in old.plans else np.zeros(len(batch))
        triggered[entry.id], uses[entry.id] = counts, used
        cost += entry.retainer + counts * entry.activation_cost + used * entry.cost_per_use
    kpis = batch.kpis | {"plan_cost": cost, "contribution": batch.before_plans - cost}
    return replace(batch, kpis=kpis, triggered=triggered, uses=uses, records=(), tables=())


def never_acts(entry: ContingencyPlan) -> bool:
    """Whether a contingency plan can do nothing but cost money, as much as its triggers say."""
    return entry.event is None and entry.cost_per_use == 0 and not any(effect.moves for effect in entry.effects)


def _removed(old: Options, new: Options) -> frozenset[str] | None:
    """Risks in play under ``old`` and not under ``new``; None where something else about risks differs."""
    before, after = old.risks | old.forced_risks, new.risks | new.forced_risks
    removed = before - after
    kept = tuple(strike for strike in old.forced if strike.risk not in removed)
    if old.uncertainty != new.uncertainty or kept != new.forced or old.risks - removed != new.risks:
        return None
    return removed


def _touched_by(plan: Plan, risk: Risk, batch: Batch, old: Options, new: Options) -> NDArray[np.bool_]:
    """Where taking a risk away makes a difference."""
    return _read_before(plan, risk, batch, old) | _touched_by_strikes(plan, risk, batch, old, new)


def _read_before(plan: Plan, risk: Risk, batch: Batch, old: Options) -> NDArray[np.bool_]:
    """Where reading a risk's hazard, day by day, is itself counted: as a use that a plan pays for, or as a clip."""

    def acting(effects: Iterable[Effect]) -> list[Effect]:
        return [e for e in effects if e.parameter == "strike_rate" and risk.id in (e.scope.risk or (risk.id,))]

    if any(effect.shift < 0 for effect in acting(_effects(plan, old))):
        return np.ones(len(batch), dtype=bool)
    counted = np.zeros(len(batch), dtype=bool)
    for entry in plan.contingency_plans:
        if entry.id in old.plans and entry.cost_per_use and acting(entry.effects):
            counted |= _column(batch.triggered, entry.id, batch) > 0
    return counted


def _touched_by_strikes(plan: Plan, risk: Risk, batch: Batch, old: Options, new: Options) -> NDArray[np.bool_]:
    """Where what a risk's strikes bring makes a difference."""
    strikes = _column(batch.struck, risk.id, batch) > 0
    held = [entry for entry in plan.contingency_plans if entry.id in old.plans & new.plans]
    answered = any(entry.trigger.strike == risk.id for entry in held)
    changes = [policy.weight_change for policy in plan.policies if policy.enabled and policy.weight_change is not None]
    if answered or any(effect.moves for effect in risk.effects) or any(change.strike == risk.id for change in changes):
        return strikes
    read = {"detection_days"} if risk.event is None else {"detection_days", "event_probability"}
    if any(e.parameter in read and risk.id in (e.scope.risk or (risk.id,)) for e in _effects(plan, old)):
        return strikes  # reading it can be a use of a plan, or be clipped
    if risk.event is None:
        return np.zeros(len(batch), dtype=bool)
    return _column(batch.ended_in_event, risk.id, batch) > 0


def _starts(plan: Plan, entry: ContingencyPlan, batch: Batch, new: Options) -> NDArray[np.bool_]:
    """Where a contingency plan that is added would act, or take from others what they share."""
    if not are_known(entry, plan):
        return np.ones(len(batch), dtype=bool)
    if never_acts(entry) and not _shares(plan, entry, new):
        return np.zeros(len(batch), dtype=bool)
    starts: NDArray[np.bool_] = batch.first_start[entry.id] < plan.calendar.working_days
    return starts


def _shares(plan: Plan, entry: ContingencyPlan, options: Options) -> bool:
    """Whether others that are held draw on the same resource."""
    return entry.resource is not None and any(
        other.resource == entry.resource and other.id != entry.id and other.id in options.plans
        for other in plan.contingency_plans
    )


def _without_risks(plan: Plan, batch: Batch, removed: frozenset[str]) -> Batch:
    """The same quarters without strikes of risks that made no difference; nothing answers them any more."""
    if not removed:
        return batch
    silent = {entry.id for entry in plan.contingency_plans if entry.trigger.strike in removed}
    nothing, never = np.zeros(len(batch)), np.full(len(batch), math.inf)
    return replace(
        batch,
        struck={risk: counts for risk, counts in batch.struck.items() if risk not in removed},
        ended_in_event={risk: counts for risk, counts in batch.ended_in_event.items() if risk not in removed},
        calls=batch.calls | dict.fromkeys(silent, nothing),
        first_start=batch.first_start | dict.fromkeys(silent, never),
    )


def _column(columns: dict[str, NDArray[np.float64]], name: str, batch: Batch) -> NDArray[np.float64]:
    return columns.get(name, np.zeros(len(batch)))


def _effects(plan: Plan, options: Options) -> Iterable[Effect]:
    """Effects that may be on under options, those of what nobody knows included."""
    for risk in plan.risks:
        yield from risk.effects
    for measure in plan.measures:
        yield from measure.all_effects
    for policy in plan.policies:
        for acting in (policy.health, policy.quarter_end, policy.strategy_test):
            yield from acting.effects if acting is not None else ()
    for entry in plan.contingency_plans:
        if entry.id in options.plans:
            yield from entry.effects
    for policy in plan.policies:
        if policy.strategy_test is not None:
            yield from policy.strategy_test.effects
    for unknown in plan.uncertainty:
        yield Effect(parameter=unknown.parameter, scope=unknown.scope)
