"""From a request to an outcome: read, answer, and keep all that a saved run needs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.allocation import Allocation
from studies.batches import Batch
from studies.futures import Execution, Futures
from studies.precision import PrecisionRow, answer_precisely
from studies.registry import STUDIES
from studies.replications import Progress
from studies.requests import QuarterRequest, Request, SimulatedRequest
from studies.stores import Store
from studies.study import Inputs

__all__ = ["Outcome", "answer", "answer_from", "read_inputs"]


@dataclass(frozen=True)
class Outcome:
    """An answered request."""

    request: Request
    """As answered: with the number of replications that a precision came to."""
    inputs: Inputs
    allocation: Allocation
    result: Any
    batches: Mapping[str, Batch]
    """Simulated batches by name; those with records are saved in full."""
    started: dt.datetime
    seconds: float
    precision: PrecisionRow | None = None
    """How the number of replications came about, where a precision was asked for."""


def answer(request: Request, progress: Progress | None = None, store: Store | None = None) -> Outcome:
    """Answer a request from its files."""
    return answer_from(request, read_inputs(request), progress, store)


def read_inputs(request: Request) -> Inputs:
    """Read everything that a request names."""
    return STUDIES[request.study].read(request)


def answer_from(
    request: Request, inputs: Inputs, progress: Progress | None = None, store: Store | None = None
) -> Outcome:
    """Answer a request from inputs that were read before, as when a saved run is repeated or continued."""
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    execution = Execution()
    if isinstance(request, SimulatedRequest):
        execution = Execution(request.seed, request.replications, request.jobs, progress, store)
    study, futures, precision = STUDIES[request.study], Futures(execution), None
    if isinstance(request, QuarterRequest):
        request, found, precision = answer_precisely(study, request, inputs, futures)
    else:
        found = study.answer(request, inputs, futures)
    seconds = time.perf_counter() - clock
    return Outcome(request, inputs, found.allocation, found.result, found.batches, started, seconds, precision)
