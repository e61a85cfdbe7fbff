"""Findings that need the linear program's data or its answer: quotas beyond anybody's hours, rules that never bind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from optimizer.data import AllocationData
from optimizer.results import IdleRule
from scenarios.checks import Finding
from scenarios.plan import Plan

__all__ = ["idle_rule_findings", "overloaded_reps"]

SENTENCES = {
    "hours_for_quota": "Hours do not carry all quotas that {rule} asks, at the mix of products of a rep's potential: "
    "they are enough for {listed}.",
    "never_binds": "{rule} changes nothing: the other rules and limits of the plan keep it in any case.",
    "never_binds_by": "{rule} changes nothing: the other rules and limits of the plan keep it in any case, with at "
    "least {room:,.0f} {currency} to spare.",
}
"""The sentence of each finding; figures and names are filled in."""

_SHOWN = 6
"""Reps that are named one by one, the worst first."""


def overloaded_reps(data: AllocationData) -> tuple[Finding, ...]:
    """Before solving: reps whose hours cannot carry the multiple of their tier. Rule T5.

    For q[s] that a rule asks of rep s as a whole: q[s] · Σ (P[p,r,s] / P[s]) · h[p,r] > H[s], P the potential.
    """
    return tuple(_overloaded(data))


def _overloaded(data: AllocationData) -> Iterator[Finding]:
    cells: dict[str, list[int]] = {rep: [] for rep in data.reps}
    for number, (_, _, rep) in enumerate(data.cells.quota):
        cells[rep].append(number)
    hours = np.array(
        [data.hours_per_money[data.product_number[p], data.region_number[r]] for p, r, _ in data.cells.quota]
    )
    there = {rep: max(float(h), 0.0) for rep, h in zip(data.reps, data.hours, strict=True)}
    short: dict[str, dict[str, float]] = {}
    for line in data.lines:
        rule, rep = line.rule, line.member
        is_quota = rule.each == "rep" and rule.left.over == "quota" and rule.sense != "<=" and line.fixed is not None
        if not is_quota or len(line.left) != len(cells[rep]):
            continue
        weights = data.potential[cells[rep]]
        mix = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
        needed = line.ratio * (line.fixed or 0.0) * float(mix @ hours[cells[rep]])
        if needed > there[rep] * (1 + 1e-9):
            short.setdefault(rule.id, {})[rep] = there[rep] / needed
    for rule_id, shares in short.items():
        worst = sorted(shares, key=lambda rep: (shares[rep], rep))
        listed = ", ".join(f"{shares[rep]:.0%} ({rep})" for rep in worst[:_SHOWN]) + (" …" if worst[_SHOWN:] else "")
        message = SENTENCES["hours_for_quota"].format(rule=rule_id, listed=listed)
        yield Finding(f"hours_for_quota.{rule_id}", "warning", ("T5", rule_id), message, shares)


def idle_rule_findings(plan: Plan, idle: Iterable[IdleRule]) -> tuple[Finding, ...]:
    """After solving: rules that can never bind, with the money of room that they have at worst."""
    found = []
    for rule in idle:
        sentence = SENTENCES["never_binds_by" if rule.room >= 1 else "never_binds"]
        message = sentence.format(rule=rule.id, room=rule.room, currency=plan.currency)
        found.append(Finding(f"never_binds.{rule.id}", "warning", (rule.id,), message, {"room": rule.room}))
    return tuple(found)
