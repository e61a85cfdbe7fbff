"""From a request to an outcome: load, decide, simulate, and keep all that a saved run needs."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from optimizer.infeasibility import repair
from scenarios.allocation import Allocation
from scenarios.changing import changed
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.options import ForcedStrike, Options
from studies.allocating import allocate_study
from studies.allocations import read_allocation
from studies.comparing import broken_rules, compare_study
from studies.replications import Batch, Progress
from studies.requests import Request
from studies.results import AllocateResult, Change, CompareResult, RuleRow, RunResult, SimulateResult, StressResult
from studies.simulating import simulate_study
from studies.stressing import stress_study

__all__ = ["Inputs", "Outcome", "Result", "answer", "answer_from", "decide", "options_of", "read_inputs"]

Result: TypeAlias = AllocateResult | SimulateResult | CompareResult | StressResult | RunResult


@dataclass(frozen=True)
class Inputs:
    """What a request names, read: plans with overrides applied, hand-made allocations, hashes of the files."""

    plan: Plan
    changes: tuple[Change, ...] = ()
    allocation: Allocation | None = None
    to_plan: Plan | None = None
    to_changes: tuple[Change, ...] = ()
    to_allocation: Allocation | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """An answered request."""

    request: Request
    inputs: Inputs
    allocation: Allocation
    result: Result
    batches: Mapping[str, Batch]
    """Simulated batches by name; those with records are saved in full."""
    started: dt.datetime
    seconds: float


def answer(request: Request, progress: Progress | None = None) -> Outcome:
    """Answer a request from its files."""
    return answer_from(request, read_inputs(request), progress)


def read_inputs(request: Request) -> Inputs:
    """Read everything that a request names."""
    loaded = load_plan(request.source, request.scenarios, request.settings)
    changes = tuple(_words(change.path, change.old, change.new, change.by) for change in loaded.changes)
    own = read_allocation(Path(request.allocation), loaded.plan) if request.allocation else None
    if request.repair is not None:
        plan, repaired = changed(loaded.plan, repair(loaded.plan, request.repair))
        by = f"--repair {request.repair}"
        changes += tuple(_words(change.path, change.old, change.new, by) for change in repaired)
        return Inputs(plan, changes, own, files=loaded.files)
    if request.study != "compare":
        return Inputs(loaded.plan, changes, own, files=loaded.files)
    other = load_plan(request.source, request.to_scenarios, request.to_settings)
    to_changes = tuple(_words(change.path, change.old, change.new, change.by) for change in other.changes)
    to_allocation = read_allocation(Path(request.to_allocation), other.plan) if request.to_allocation else None
    return Inputs(loaded.plan, changes, own, other.plan, to_changes, to_allocation, loaded.files)


def answer_from(request: Request, inputs: Inputs, progress: Progress | None = None) -> Outcome:
    """Answer a request from inputs that were read before, as when a saved run is repeated."""
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    study = {
        "allocate": _allocate,
        "simulate": _simulate,
        "compare": _compare,
        "stress": _stress,
        "run": _run,
    }[request.study]
    allocation, result, batches = study(request, inputs, progress)
    return Outcome(request, inputs, allocation, result, batches, started, time.perf_counter() - clock)


Answer: TypeAlias = tuple[Allocation, Result, dict[str, Batch]]


def _allocate(request: Request, inputs: Inputs, progress: Progress | None) -> Answer:
    if inputs.allocation is not None:
        raise UsageError("allocate decides by itself; check a hand-made allocation with simulate or compare")
    result, answer = allocate_study(inputs.plan, inputs.changes, request.detail)
    return answer.allocation, result, {}


def decide(plan: Plan, own: Allocation | None) -> tuple[Allocation, float | None]:
    """The hand-made allocation, or the optimiser's with the signed amount it expects."""
    if own is not None:
        return own, None
    result, answer = allocate_study(plan, detail="none")
    return answer.allocation, result.expected_signed


def _simulate(request: Request, inputs: Inputs, progress: Progress | None) -> Answer:
    allocation, expected = decide(inputs.plan, inputs.allocation)
    result, batch, calm = simulate_study(
        inputs.plan,
        allocation,
        options_of(inputs.plan, request),
        seed=request.seed,
        replications=request.replications,
        jobs=request.jobs,
        progress=progress,
        changes=inputs.changes,
        expected_signed=expected,
    )
    result = result.model_copy(update={"violations": _violations(inputs)})
    return allocation, result, {"quarters": batch, "without_risks": calm}


def _stress(request: Request, inputs: Inputs, progress: Progress | None) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    result, base = stress_study(
        inputs.plan,
        allocation,
        options_of(inputs.plan, request),
        seed=request.seed,
        replications=request.replications,
        jobs=request.jobs,
        progress=progress,
        changes=inputs.changes,
        only=request.only,
    )
    result = result.model_copy(update={"violations": _violations(inputs)})
    return allocation, result, {"quarters": base}


def _violations(inputs: Inputs) -> tuple[RuleRow, ...]:
    """Rules that a hand-made allocation does not keep; of its own, the optimiser says more in its answer."""
    return broken_rules(inputs.plan, inputs.allocation) if inputs.allocation is not None else ()


def _compare(request: Request, inputs: Inputs, progress: Progress | None) -> Answer:
    plan_b = inputs.to_plan
    if plan_b is None:
        raise UsageError("compare needs a second plan")
    if inputs.to_allocation is not None and request.decide == "resolve":
        raise UsageError("the allocation of B is either made by hand or decided anew, not both")
    allocation_a, _ = decide(inputs.plan, inputs.allocation)
    allocation_b = inputs.to_allocation
    if allocation_b is None:
        allocation_b = allocation_a if request.decide == "keep" else decide(plan_b, None)[0]
    to_plans = request.plans if request.to_plans is None else request.to_plans
    result, a, b = compare_study(
        inputs.plan,
        plan_b,
        allocation_a,
        allocation_b,
        options_of(inputs.plan, request),
        options_of(plan_b, request, to_plans),
        names=_names(request),
        decide=request.decide,
        seed=request.seed,
        replications=request.replications,
        jobs=request.jobs,
        progress=progress,
        changes=_changes_between(inputs.changes, inputs.to_changes),
    )
    return allocation_b, result, {"a": a, "b": b}


def _run(request: Request, inputs: Inputs, progress: Progress | None) -> Answer:
    """The main job: allocate, simulate, stress, all on the same futures."""
    if inputs.allocation is not None:
        raise UsageError("run decides by itself; use simulate and stress with a hand-made allocation")
    plan, options = inputs.plan, options_of(inputs.plan, request)
    allocated, answer = allocate_study(plan, inputs.changes)
    simulated, batch, calm = simulate_study(
        plan,
        answer.allocation,
        options,
        seed=request.seed,
        replications=request.replications,
        jobs=request.jobs,
        progress=progress,
        changes=inputs.changes,
        expected_signed=allocated.expected_signed,
    )
    held = bool(options.plans)
    stressed, base = stress_study(
        plan,
        answer.allocation,
        options,
        seed=request.seed,
        replications=request.replications,
        jobs=request.jobs,
        progress=progress,
        changes=inputs.changes,
        only=request.only,
        base=None if held else batch,
        calm=None if held else calm,
    )
    result = RunResult(allocate=allocated, simulate=simulated, stress=stressed)
    batches = {"quarters": batch, "without_risks": calm}
    return answer.allocation, result, {**batches, "without_plans": base} if held else batches


def options_of(plan: Plan, request: Request, plans: Sequence[str] | None = None) -> Options:
    """Risks, contingency plans and forced strikes that a request puts in play; ``plans`` takes the place of its own."""
    return Options.of(
        plan,
        risks=request.risks,
        plans=request.plans if plans is None else plans,
        forced=[_forced(text) for text in request.forced],
    )


def _forced(text: str) -> ForcedStrike:
    """``K1@week5`` or ``K5:R03@week5``."""
    match = re.fullmatch(r"([\w-]+)(?::([\w-]+))?@week(\d{1,3})", text)
    if match is None:
        raise UsageError(f"--force {text}: write RISK@weekN or RISK:SUBJECT@weekN, for instance K1@week5")
    return ForcedStrike(match[1], int(match[3]), match[2])


def _names(request: Request) -> tuple[str, str]:
    """What A and B are: scenarios, settings, hand-made allocations, and contingency plans where the two differ."""
    a = [*request.scenarios, *request.settings, *_allocation_words(request.allocation)]
    b = [*request.to_scenarios, *request.to_settings, *_allocation_words(request.to_allocation)]
    if request.to_plans is not None and request.to_plans != request.plans:
        a += _plan_words(request.plans)
        b += _plan_words(request.to_plans)
    return f"A ({', '.join(a) or 'the plan'})", f"B ({', '.join(b) or 'the plan'})"


def _allocation_words(file: str | None) -> list[str]:
    return [f"allocation {Path(file).stem}"] if file else []


def _plan_words(plans: Sequence[str] | None) -> list[str]:
    if plans is None:
        return []
    return [f"with {' + '.join(plans)}" if plans else "without plans"]


def _words(path: str, old: object, new: object, by: str) -> Change:
    return Change(path=path, old="–" if old is None else str(old), new=str(new), by=by)


def _changes_between(a: Sequence[Change], b: Sequence[Change]) -> tuple[Change, ...]:
    """Inputs that differ between A and B: A's value → B's value."""
    in_a, in_b = {change.path: change for change in a}, {change.path: change for change in b}
    rows = []
    for path in sorted({*in_a, *in_b}):
        old = in_a[path].new if path in in_a else in_b[path].old
        new = in_b[path].new if path in in_b else in_a[path].old
        if old != new:
            by = (in_b.get(path) or in_a[path]).by
            rows.append(Change(path=path, old=old, new=new, by=by))
    return tuple(rows)
