"""From a plan to its allocation: state, solve stage by stage, check, explain."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from optimizer.checking import RuleStatus, check_allocation
from optimizer.correcting import Correction
from optimizer.data import AllocationData
from optimizer.fairness import fixing_lines, rep_potential
from optimizer.prices import Prices, price_amount, price_rule
from optimizer.redundancy import idle_rules
from optimizer.resources import price_resources, resource_count
from optimizer.results import (
    AllocationResult,
    Detail,
    ExpectedCell,
    PoolResult,
    Progress,
    RepResult,
    Rounding,
    RuleResult,
    SolverReport,
    Status,
    counted,
)
from optimizer.rounding import round_amounts
from optimizer.selection import QuotaKey
from optimizer.solved import Amounts, Solved, solve
from optimizer.stages import Solution, StagedModel
from scenarios.allocation import Allocation
from scenarios.errors import SolverFailed
from scenarios.expectations import effective_units, measure_costs
from scenarios.plan import Plan

__all__ = ["allocate", "asked_amounts", "decided_by", "describe"]


PRICED_LINES = 200
"""Rule lines up to which prices are found unless told otherwise: each takes two solves."""


def allocate(
    plan: Plan,
    name: str = "optimised",
    detail: Detail | None = None,
    repairs: bool = True,
    progress: Progress | None = None,
    correction: Correction | None = None,
) -> AllocationResult:
    """The best allocation of a plan, in the order of the stages; ``progress`` is told of prices.

    Raises NoFeasibleAllocation with a smallest conflict and repairs, or SolverFailed where no answer is proven and
    checked.
    """
    start = time.perf_counter()
    return describe(solve(plan, repairs=repairs, correction=correction), name, start, detail, progress)


def describe(
    solved: Solved,
    name: str,
    start: float | None = None,
    detail: Detail | None = None,
    progress: Progress | None = None,
) -> AllocationResult:
    """A solution as allocation, checked, with everything that explains it.

    ``start`` is when the work began; without ``detail`` there are prices where the plan is small enough.
    """
    start = time.perf_counter() if start is None else start
    plan, data, staged, solution, amounts = solved.plan, solved.data, solved.staged, solved.solution, solved.amounts()
    statuses = check_allocation(plan, amounts.allocation(name), amounts.expected_of, data, is_rounded=False)
    if missed := _worst(statuses, of_missed=True):
        raise SolverFailed(
            f"HiGHS's answer fails the check: {missed.id} {missed.member} is missed by {missed.violation:,.6g}"
        )
    amounts, judged, rounding = _rounded(data, amounts, statuses)
    allocation, expected = amounts.allocation(name), amounts.expected_of
    detail = detail or ("prices" if len(data.lines) <= PRICED_LINES else "none")
    is_priced, ranges = detail != "none", detail == "ranges"
    found = _rule_results(staged, solution, statuses, judged, detail)
    rules = tuple(counted(found, len(statuses), "prices of rules", progress if is_priced else None))
    resources = counted(
        price_resources(staged, solution, ranges), resource_count(data), "prices of demand and hours", progress
    )
    return AllocationResult(
        detail=detail,
        resources=tuple(resources) if is_priced else (),
        idle_rules=idle_rules(staged.model, staged.live) if is_priced else (),
        allocation=allocation,
        target=plan.target,
        expected=tuple(ExpectedCell(*key, amount) for key, amount in expected.items()),
        stages=tuple(_stages(solved)),
        rules=rules,
        reps=tuple(_rep_results(data, allocation, expected)),
        pools=tuple(_pool_results(plan, allocation)),
        demand=tuple(demand_by_source(data, allocation).items()),
        expected_total=sum(expected.values()),
        expected_contribution=solution.contribution * staged.model.data.money
        + (rounding.contribution if rounding else 0.0),
        rounding=rounding,
        over_assignment=allocation.total_quota / plan.target - 1,
        fairness=decided_by(data),
        solver=SolverReport(
            status="optimal",
            version=f"HiGHS {staged.live.version}",
            rows=len(staged.model.rows),
            columns=staged.live.width,
            seconds=time.perf_counter() - start,
        ),
    )


def asked_amounts(solved: Solved) -> Amounts:
    """What is asked and spent in the end: the solution rounded as the plan wishes, where no hard rule suffers by it."""
    data, amounts = solved.data, solved.amounts()
    return _rounded(
        data,
        amounts,
        check_allocation(solved.plan, amounts.allocation("exact"), amounts.expected_of, data, is_rounded=False),
    )[0]


def _rounded(
    data: AllocationData, amounts: Amounts, statuses: tuple[RuleStatus, ...]
) -> tuple[Amounts, tuple[RuleStatus, ...], Rounding | None]:
    """Amounts rounded where the plan names steps, with what the check says; as they were where a rule suffers."""
    found = round_amounts(data, amounts)
    if found is None:
        return amounts, statuses, None
    after, report = found
    judged = check_allocation(data.plan, after.allocation("rounded"), after.expected_of, data)
    if missed := _worst(judged, of_missed=True):
        reason = f"{missed.id} {missed.member}".strip() + f" would be missed by {missed.violation:,.6g}"
        nothing = replace(report, largest_cell=0.0, total_quota=0.0, total_budget=0.0, contribution=0.0)
        return amounts, statuses, replace(nothing, given_up=reason)
    if worst := _worst(judged, of_missed=False):
        report = replace(report, largest_miss=worst.violation, missed=f"{worst.id} {worst.member}".strip())
    return after, judged, report


def _worst(statuses: Iterable[RuleStatus], of_missed: bool) -> RuleStatus | None:
    """What is missed most of what must hold: beyond what it may be, or at all."""
    hard = [s for s in statuses if s.firmness != "soft" and (not s.holds if of_missed else s.relative_violation > 1e-9)]
    return max(hard, key=lambda s: s.violation, default=None)


def decided_by(data: AllocationData) -> tuple[str, ...]:
    """Rules that fix every rep's quota and so leave fairness among reps nothing to decide."""
    lines = fixing_lines(data)
    if lines.keys() < set(data.reps):
        return ()
    return tuple(sorted({data.lines[n].rule.id for own in lines.values() for n in own}))


def demand_by_source(data: AllocationData, allocation: Allocation) -> dict[str, float]:
    """Expected sales that are there, by source, at the allocation's budget; activities under their ids."""
    found = {source: float(amounts.sum()) for source, amounts in data.demand.items()}
    first = {(s.region, s.activity): s for s in reversed(data.segments)}
    for (region, activity_id), amount in sorted(allocation.amount.items(), key=lambda item: item[0][::-1]):
        segment, activity = first.get((region, activity_id)), data.plan.activity[activity_id]
        if segment is None or not any(segment.gain):
            continue
        one = effective_units(activity, data.plan.region[region], activity.unit_cost)
        effective = effective_units(activity, data.plan.region[region], amount) / one
        gained = effective * activity.unit_cost * sum(segment.gain)
        found[activity_id] = found.get(activity_id, 0.0) + gained
    return found


def _stages(solved: Solved) -> Iterable[tuple[str, float]]:
    for stage, value in zip(solved.staged.stages, solved.solution.stages, strict=True):
        yield stage, value if stage.endswith("stretch") else value * solved.money


def _rule_results(
    staged: StagedModel,
    solution: Solution,
    statuses: Iterable[RuleStatus],
    judged: Iterable[RuleStatus],
    detail: Detail,
) -> Iterable[RuleResult]:
    """Rules as they came out, with the sides after rounding."""
    after = {(status.id, status.member): status for status in judged}
    lines = {(line.rule.id, line.member): number for number, line in enumerate(staged.model.data.lines)}
    rows = {row.group: row for row in staged.model.rows if row.group.startswith(("lock:", "pool:", "total"))}
    is_priced, ranges = detail != "none", detail == "ranges"
    for status in statuses:
        if status.firmness == "data" and status.member:
            continue  # demand and hours are resources, with prices of their own
        if is_priced and (status.id, status.member) in lines:
            prices = price_rule(staged, solution, lines[status.id, status.member], ranges)
        elif is_priced and status.id in rows:
            prices = price_amount(staged, solution, rows[status.id], ranges)
        else:
            prices = Prices(0.0, None, None)
        word, gap = _verdict(status)
        shown = after.get((status.id, status.member), status)
        yield RuleResult(
            id=status.id,
            member=status.member,
            sentence=status.sentence,
            firmness=status.firmness,
            sense=status.sense,
            left=shown.left,
            right=shown.right,
            status=word,
            gap=shown.violation if word == "relaxed" else gap,
            step=prices.step,
            price_down=prices.down,
            price_up=prices.up,
            holds=prices.holds,
            is_ratio=prices.kind == "ratio",
        )


def _verdict(status: RuleStatus) -> tuple[Status, float]:
    if not status.holds:
        return ("relaxed" if status.firmness == "soft" else "violated"), status.violation
    room = abs(status.left - status.right)
    if status.sense == "=" or room <= 1e-6 * max(abs(status.left), abs(status.right)):
        return "binds", 0.0
    return "holds with room", room


def _rep_results(
    data: AllocationData, allocation: Allocation, expected: Mapping[QuotaKey, float]
) -> Iterable[RepResult]:
    needed, sold = dict.fromkeys(data.reps, 0.0), dict.fromkeys(data.reps, 0.0)
    for (p, r, s), amount in expected.items():
        sold[s] += amount
        needed[s] += amount * float(data.hours_per_money[data.product_number[p], data.region_number[r]])
    duties = {(segment.region, segment.activity): segment.duty for segment in data.segments}
    for key, amount in allocation.amount.items():
        for rep, hours in duties.get(key, {}).items():
            needed[rep] += hours * amount
    potential = rep_potential(data)
    for number, rep in enumerate(data.reps):
        quota = allocation.quota_by_rep.get(rep, 0.0)
        own = float(potential[number])
        yield RepResult(rep, quota, sold[rep], own, quota / own, needed[rep], float(data.hours[number]))


def _pool_results(plan: Plan, allocation: Allocation) -> Iterable[PoolResult]:
    for pool in sorted(plan.money.pools, key=lambda pool: pool.id):
        spent = sum(c.amount for c in allocation.budget if plan.activity[c.activity].pool == pool.id)
        spent += measure_costs(plan, pool.id)
        yield PoolResult(pool.id, pool.amount, spent, pool.amount - spent)
