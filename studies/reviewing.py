"""What a saved run may be used for: each check passes, asks for a second look, or fails.

A failure means that a figure of the report would mislead (a plan that breaks its hard rules, an answer without proof, a
chance that is hardly known); a second look means that someone should decide knowing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scenarios.plan import Plan
from studies.allocation.results import AllocateResult, RuleRow
from studies.decisions.comparing import CompareResult
from studies.main_job import RunResult
from studies.results import KpiRow, Record
from studies.simulating import SimulateResult

__all__ = ["Check", "review"]

WIDE, TOO_WIDE = 0.03, 0.10
"""Half the 95% interval of the chance from which more replications are advised, and from which it is not known."""
HOPEFUL = 0.05
"""Optimism of the allocation, as a share of what it expects, from which it is worth a look."""
STRETCHED = 1.5
"""Quota ÷ potential of one rep, as a multiple of that of all, from which it is worth a look."""
HALF = 0.5

Status = Literal["PASS", "REVIEW", "FAIL"]


class Check(Record):
    """One check: ``id`` says what of, the figures why."""

    id: str
    status: Status
    figures: dict[str, float]
    names: tuple[str, ...]


def review(result: Record, plan: Plan) -> tuple[Check, ...]:
    """Every check that applies to a result; failures first, then what asks for a look."""
    checks: list[Check] = []
    if isinstance(result, RunResult):
        checks += [*_allocation(result.allocate), *_simulation(result.simulate)]
    elif isinstance(result, AllocateResult):
        checks += _allocation(result)
    elif isinstance(result, SimulateResult):
        checks += _simulation(result)
    elif isinstance(result, CompareResult):
        checks.append(_broken([*result.violations, *result.violations_a]))
    checks.append(_assumptions(plan))
    order: tuple[Status, ...] = ("FAIL", "REVIEW", "PASS")
    return tuple(sorted(checks, key=lambda check: order.index(check.status)))


def _check(check_id: str, status: Status, names: tuple[str, ...] = (), **figures: float) -> Check:
    return Check(id=check_id, status=status, figures=figures, names=names)


def _allocation(result: AllocateResult) -> Iterator[Check]:
    yield _check("proof", "PASS" if result.status == "optimal" else "FAIL")
    yield _broken(result.rules)
    relaxed = [rule for rule in result.rules if rule.status == "relaxed"]
    names = tuple(dict.fromkeys(rule.id for rule in relaxed))
    yield _check("soft_rules", "REVIEW" if relaxed else "PASS", names, amount=sum(rule.gap for rule in relaxed))
    over = result.over_assignment
    yield _check("over_assignment", "REVIEW" if abs(over) > 0.005 else "PASS", over=over)
    unspent = [pool for pool in result.pools if pool.unspent >= 0.5 and not pool.held]
    amount = sum(pool.unspent for pool in unspent)
    yield _check("unspent", "REVIEW" if unspent else "PASS", tuple(pool.pool for pool in unspent), amount=amount)
    full = tuple(rep.rep for rep in result.reps if rep.hours_needed > rep.hours_there * 0.995)
    yield _check("hours", "REVIEW" if full else "PASS", full, count=len(full), of=len(result.reps))
    potential = sum(rep.potential for rep in result.reps)
    if potential > 0:
        mean = result.total_quota / potential
        high = tuple(rep.rep for rep in result.reps if rep.stretch is None or rep.stretch > STRETCHED * mean)
        yield _check("fairness", "REVIEW" if high else "PASS", high, count=len(high), mean=mean, limit=STRETCHED * mean)


def _broken(rules: tuple[RuleRow, ...] | list[RuleRow]) -> Check:
    names = tuple(dict.fromkeys(rule.id for rule in rules if rule.status == "broken"))
    return _check("hard_rules", "FAIL" if names else "PASS", names, count=len(names))


def _simulation(result: SimulateResult) -> Iterator[Check]:
    if result.violations:
        yield _broken(result.violations)
    kpis: dict[str, KpiRow] = {kpi.id: kpi for kpi in result.kpis}
    chance = kpis.get("p_target")
    if chance is not None:
        half = chance.half_width
        status: Status = "FAIL" if half > TOO_WIDE else "REVIEW" if half > WIDE else "PASS"
        yield _check("precision", status, half=half, replications=result.replications)
        yield _check("chance", "PASS" if chance.ci_low > HALF else "REVIEW", chance=chance.mean)
    if result.optimism is not None and result.expected_signed:
        share = result.optimism.mean / result.expected_signed
        yield _check("optimism", "REVIEW" if share > HOPEFUL else "PASS", share=share)
    if result.forced:
        yield _check("forced", "REVIEW", result.forced)
    yield _check("clips", "REVIEW" if result.clips else "PASS", tuple(result.clips))


def _assumptions(plan: Plan) -> Check:
    weak = sum(assumption.grade in ("C", "D") for assumption in plan.assumptions)
    of = len(plan.assumptions)
    return _check("assumptions", "REVIEW" if weak or not of else "PASS", count=weak, of=of)
