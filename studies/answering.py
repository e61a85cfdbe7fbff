"""From a request to an outcome: read, answer, and keep all that a saved run needs."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scenarios.allocation import Allocation
from studies.precision import PrecisionRow, answer_precisely
from studies.registry import STUDIES
from studies.replay.batches import Batch
from studies.replay.clusters import connected
from studies.replay.futures import Execution, Futures
from studies.replay.replications import Progress
from studies.replay.stores import Store
from studies.replay.workers import ONE_PROCESS, Processes, Workers
from studies.requests import QuarterRequest, Request, SimulatedRequest
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
    study, precision = STUDIES[request.study], None
    with _workers(request) as workers:
        execution = Execution()
        if isinstance(request, SimulatedRequest):
            execution = Execution(request.seed, request.replications, workers, progress, store)
        if isinstance(request, QuarterRequest):
            request, found, precision = answer_precisely(study, request, inputs, Futures(execution))
        else:
            found = study.answer(request, inputs, Futures(execution))
    seconds = time.perf_counter() - clock
    return Outcome(request, inputs, found.allocation, found.result, found.batches, started, seconds, precision)


@contextmanager
def _workers(request: Request) -> Iterator[Workers]:
    if not isinstance(request, SimulatedRequest):
        yield ONE_PROCESS
    elif request.cluster is None:
        yield Processes(request.jobs)
    else:
        with connected(request.cluster) as cluster:
            yield cluster
