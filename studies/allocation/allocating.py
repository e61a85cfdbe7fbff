"""allocate: what to ask of whom and where the money goes; which rules bind, at what price; what is unspent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Literal

from pydantic import Field

from optimizer.allocating import allocate as optimise
from optimizer.data import prepare
from optimizer.findings import idle_rule_findings, overloaded_reps
from optimizer.infeasibility import repair
from optimizer.results import AllocationResult, Detail, Price, Progress, ResourcePrice, RuleResult
from scenarios.changing import changed
from scenarios.checks import Finding, findings
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.results import (
    AllocateResult,
    BudgetRow,
    Point,
    PoolRow,
    QuotaRow,
    RepRow,
    ResourceRow,
    RoundingRow,
    RuleRow,
    StageRow,
)
from studies.replay.futures import Futures
from studies.requests import Request
from studies.results import Change
from studies.study import Answer, Inputs, Study, change_row, read_inputs

Points = tuple[Point, ...]

__all__ = ["STUDY", "AllocateRequest", "allocate_study", "resource_row", "rule_row"]


class AllocateRequest(Request):
    """Decide quotas and budget."""

    study: Literal["allocate"] = "allocate"
    detail: Detail | None = None
    """How far to look for prices; None means prices where the plan is small enough."""
    repair: Annotated[int, Field(ge=1)] | None = None
    """Which repair of a plan without an allocation to apply, counted from 1."""


def allocate_study(
    plan: Plan, changes: Sequence[Change] = (), detail: Detail | None = None, progress: Progress | None = None
) -> tuple[AllocateResult, AllocationResult]:
    """Solve the plan's linear program; the second part is the optimiser's own answer, with its allocation.

    Without ``detail`` a plan that is not too large is priced. NoFeasibleAllocation when rules contradict each other,
    SolverFailed when the solver gives no proven answer.
    """
    start = time.perf_counter()
    answer = optimise(plan, detail=detail, progress=progress)
    quotas = {(cell.product, cell.region, cell.rep): cell.quota for cell in answer.allocation.quotas}
    expected = {(cell.product, cell.region, cell.rep): cell.expected for cell in answer.expected}
    held = {pool.id for pool in plan.money.pools if pool.paid == "held"}
    result = AllocateResult(
        plan=plan.name,
        currency=plan.currency,
        status=answer.solver.status,
        target=plan.target,
        total_quota=answer.allocation.total_quota,
        over_assignment=answer.over_assignment,
        expected_signed=answer.expected_total,
        expected_contribution=answer.expected_contribution,
        expected_by_source=dict(answer.demand),
        allocation_name=answer.allocation.name,
        quotas=tuple(
            QuotaRow(
                product=cell[0],
                region=cell[1],
                rep=cell[2],
                quota=quotas.get(cell, 0.0),
                expected=expected.get(cell, 0.0),
            )
            for cell in sorted({*quotas, *expected})
        ),
        budget=tuple(
            BudgetRow(region=cell.region, activity=cell.activity, amount=cell.amount)
            for cell in answer.allocation.budget
        ),
        pools=tuple(
            PoolRow(
                pool=pool.pool,
                amount=pool.amount,
                spent=pool.spent,
                unspent=pool.unspent,
                held=pool.pool in held,
            )
            for pool in answer.pools
        ),
        rules=tuple(rule_row(rule) for rule in answer.rules),
        reps=tuple(
            RepRow(
                rep=row.rep,
                name=plan.rep[row.rep].name,
                tier=plan.rep[row.rep].tier,
                quota=row.quota,
                expected=row.expected,
                potential=row.potential,
                stretch=row.stretch if row.potential > 0 else None,
                hours_needed=row.hours_needed,
                hours_there=row.hours_there,
            )
            for row in answer.reps
        ),
        stages=tuple(StageRow(stage=name, value=value) for name, value in answer.stages),
        fairness=answer.fairness,
        solver=answer.solver.version,
        seconds=time.perf_counter() - start,
        changes=tuple(changes),
        names=_names(plan),
        findings=tuple(finding.message for finding in _findings(plan, answer)),
        detail=answer.detail,
        rounding=RoundingRow.model_validate(asdict(answer.rounding)) if answer.rounding else None,
        resources=tuple(resource_row(resource) for resource in answer.resources),
    )
    return result, answer


def rule_row(rule: RuleResult) -> RuleRow:
    """A rule of the optimiser's answer as a row, with its prices in words."""
    status = {"holds with room": "holds", "violated": "broken"}.get(rule.status, rule.status)
    return RuleRow.model_validate(
        {
            "id": rule.id,
            "member": rule.member,
            "sentence": rule.sentence,
            "firmness": rule.firmness,
            "left": rule.left,
            "right": rule.right,
            "status": status,
            "gap": rule.gap,
            "price": _points(rule.step, "ratio" if rule.is_ratio else "money", rule.price_up, rule.price_down),
            "holds_from": rule.holds.low if rule.holds else None,
            "holds_to": rule.holds.high if rule.holds else None,
        }
    )


def resource_row(resource: ResourcePrice) -> ResourceRow:
    """A price of demand or hours as a row."""
    unit: Literal["hours", "money"] = "hours" if resource.kind == "hours" else "money"
    return ResourceRow(
        kind=resource.kind,
        id=resource.id,
        there=resource.there,
        price=_points(resource.step, unit, resource.up, resource.down),
        holds_from=resource.holds.low if resource.holds else None,
        holds_to=resource.holds.high if resource.holds else None,
    )


def _findings(plan: Plan, answer: AllocationResult) -> tuple[Finding, ...]:
    """What the plan says by itself, what its hours say, what the answer says."""
    return (*findings(plan), *overloaded_reps(prepare(plan)), *idle_rule_findings(plan, answer.idle_rules))


def _points(step: float, unit: Literal["ratio", "money", "hours"], up: Price | None, down: Price | None) -> Points:
    return tuple(
        Point(step=sign * step, unit=unit, relaxation=price.relaxation, contribution=price.contribution)
        for sign, price in ((1, up), (-1, down))
        if price is not None
    )


def _names(plan: Plan) -> dict[str, dict[str, str]]:
    return {
        "product": {product.id: product.name for product in plan.products},
        "region": {region.id: region.name for region in plan.regions},
        "activity": {activity.id: activity.name for activity in plan.activities},
        "pool": {pool.id: pool.name for pool in plan.money.pools},
    }


def _read(request: AllocateRequest) -> Inputs:
    """The plan with the repair that is asked for."""
    inputs = read_inputs(request)
    if request.repair is None:
        return inputs
    plan, repaired = changed(inputs.plan, repair(inputs.plan, request.repair))
    by = f"--repair {request.repair}"
    rows = tuple(change_row(change.path, change.old, change.new, by) for change in repaired)
    return replace(inputs, plan=plan, changes=(*inputs.changes, *rows))


def _answer(request: AllocateRequest, inputs: Inputs, futures: Futures) -> Answer:
    if inputs.allocation is not None:
        raise UsageError("allocate decides by itself; check a hand-made allocation with simulate or compare")
    result, answer = allocate_study(inputs.plan, inputs.changes, request.detail, futures.execution.progress)
    return Answer(answer.allocation, result)


STUDY = Study(
    AllocateRequest,
    AllocateResult,
    _answer,
    headline=lambda result: f"expects {result.expected_signed:,.0f} of {result.target:,.0f}",
    read=_read,
    solver=lambda result: result.solver,
)
