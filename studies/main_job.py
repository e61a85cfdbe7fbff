"""run: the main job. Allocate, simulate, stress, all on the same futures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from scenarios.errors import UsageError
from studies import simulating
from studies.allocation.allocating import allocate_study
from studies.allocation.results import AllocateResult
from studies.deciding import options_of
from studies.decisions.stressing import StressResult, stress_study
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Estimate, KpiRow, Record
from studies.simulating import SimulateResult, simulate_study
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "RunRequest", "RunResult"]


class RunResult(Record):
    """The main job: allocate → simulate → stress."""

    study: Literal["run"] = "run"
    allocate: AllocateResult
    simulate: SimulateResult
    stress: StressResult


class RunRequest(QuarterRequest):
    """Allocate, simulate and stress a plan."""

    study: Literal["run"] = "run"
    only: tuple[str, ...] | None = None
    """Risks to stress; None means all that are in play. The others stay in play, unstressed."""


def _answer(request: RunRequest, inputs: Inputs, futures: Futures) -> Answer:
    if inputs.allocation is not None:
        raise UsageError("run decides by itself; use simulate and stress with a hand-made allocation")
    plan, options = inputs.plan, options_of(inputs.plan, request)
    allocated, answer = allocate_study(plan, inputs.changes)
    allocation = answer.allocation
    simulated, batch, calm = simulate_study(
        plan, allocation, options, futures, changes=inputs.changes, expected_signed=allocated.expected_signed
    )
    stressed, base = stress_study(plan, allocation, options, futures, changes=inputs.changes, only=request.only)
    batches: dict[str, Batch] = {"quarters": batch, "without_risks": calm}
    if options.plans:
        batches["without_plans"] = base
    return Answer(allocation, RunResult(allocate=allocated, simulate=simulated, stress=stressed), batches)


def _kpis(result: RunResult) -> Sequence[KpiRow]:
    return result.simulate.kpis


def _figures(result: RunResult, kpi: str) -> Sequence[Estimate]:
    return simulating.STUDY.figures(result.simulate, kpi)


STUDY = Study(
    RunRequest,
    RunResult,
    _answer,
    headline=lambda result: simulating.STUDY.headline(result.simulate),
    kpis=_kpis,
    figures=_figures,
    solver=lambda result: result.allocate.solver,
)
