"""Parts of a study computed on a Dask cluster, to the same figures and in the same order as here.

The cluster computes and nothing else: files are read and written on the computer that asked. A part whose worker is
lost is computed again by another, by Dask itself, and so is the work that every worker needs a copy of.
"""

from __future__ import annotations

import logging
import pickle
import platform
import re
import threading
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from scenarios.errors import UsageError
from studies.replay.workers import Work
from studies.saved.versions import code, versions

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster", "connected"]

P = TypeVar("P")
R = TypeVar("R")

ADDRESS = re.compile(r"(tcp|tls)://[\w.:\[\]-]+:\d{1,5}")
ANSWER_SECONDS = 10.0
"""Time in which a scheduler has to answer."""
PATIENCE_SECONDS = 60.0
"""Time for which we wait for a worker where none is left."""
LOOK_SECONDS = 2.0
"""Between looks at whether a worker is left."""
AHEAD = 4
"""Parts under way for each thread of the cluster: none runs dry, and results that wait for their turn stay few."""
_ONE_AT_A_TIME = threading.Lock()
"""A worker with several threads computes one part at a time: the solver's program is not shared among them."""


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster whose scheduler answers and whose workers hold what we hold; UsageError where it is not so."""
    if not ADDRESS.fullmatch(address):
        raise UsageError(f"--cluster {address} is no address of a Dask scheduler; write tcp://HOST:PORT")
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs Dask, which is not installed; install it with: pip install distributed"
        ) from error
    for name in ("distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is said by us, once
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions that differ: they are compared below
            client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False, name="quarterdeck")
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(
            f"no Dask scheduler answers at {address}; start one with: dask scheduler, and workers with: "
            f"dask worker {address} --nthreads 1"
        ) from error
    with client:
        _compare(client, address)
        yield Cluster(client, address)


def _compare(client: Client, address: str) -> None:
    """Refuse workers on which results might not be the same."""
    answers = client.run(what_decides, on_error="return")
    if not answers:
        raise UsageError(f"the cluster at {address} has no worker; start some with: dask worker {address} --nthreads 1")
    for worker, answer in sorted(answers.items()):
        if isinstance(answer, BaseException):
            raise UsageError(
                f"the worker {worker} cannot load Quarterdeck ({type(answer).__name__}: {answer}); "
                "install it there as it is installed here"
            )
        _refuse_other(what_decides(), answer, worker)


@lru_cache(maxsize=1)
def what_decides() -> dict[str, str]:
    """What figures come out of, on this computer: versions, kind of processor, and our own code."""
    dask = {name: version(name) for name in ("dask", "distributed")}
    return {**versions(), **dask, "kind of processor": platform.machine(), "code": code()}


def _refuse_other(ours: Mapping[str, str], theirs: Mapping[str, str], worker: str) -> None:
    for name, mine in ours.items():
        if theirs.get(name) != mine:
            raise UsageError(
                f"the worker {worker} has {name} {theirs.get(name)}, this computer {mine}; "
                "figures might differ: install the same on both"
            )


@dataclass(frozen=True, slots=True)
class Cluster:
    """Workers of a Dask cluster."""

    client: Client
    address: str

    def run(self, work: Work[P, Any, R], parts: Sequence[P]) -> Iterator[R]:
        """UsageError where workers are lost over a part again and again, or all of them are."""
        name = f"quarterdeck-{uuid4().hex[:12]}"
        copy = self.client.submit(pickle.loads, pickle.dumps(work, pickle.HIGHEST_PROTOCOL), key=f"{name}-work")
        ours = what_decides()
        under_way: deque[tuple[P, R | None, Future[Any] | None]] = deque()
        most = 0
        for number, part in enumerate(parts):
            if number % 64 == 0:
                most = AHEAD * max(1, sum(self.client.nthreads().values()))  # workers come and go
            while len(under_way) >= most:
                yield self._finished(work, *under_way.popleft())
            found = work.find(part)
            key = (f"{name}-part", number)
            ahead = self.client.submit(_compute, copy, part, ours, key=key) if found is None else None
            under_way.append((part, found, ahead))
        while under_way:
            yield self._finished(work, *under_way.popleft())

    def _finished(self, work: Work[P, Any, R], part: P, found: R | None, ahead: Future[Any] | None) -> R:
        if ahead is None:
            assert found is not None
            return found
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            return work.keep(part, self._awaited(ahead))
        except KilledWorker as error:
            raise UsageError(
                "workers of the cluster were lost over the same part again and again, as happens when memory runs out"
            ) from error
        except (FutureCancelledError, OSError) as error:
            raise UsageError(f"the cluster at {self.address} does not answer any more") from error

    def _awaited(self, ahead: Future[Any]) -> Any:
        alone = 0.0
        while True:
            try:
                return ahead.result(timeout=LOOK_SECONDS)
            except TimeoutError:
                alone = 0.0 if self.client.nthreads() else alone + LOOK_SECONDS
                if alone >= PATIENCE_SECONDS:
                    raise UsageError(f"the cluster at {self.address} has no worker left") from None


def _compute(work: Work[P, Any, Any], part: P, expected: Mapping[str, str]) -> Any:
    """On a worker; one that came later than the others has not been compared yet."""
    from distributed import get_worker

    _refuse_other(expected, what_decides(), get_worker().address)
    with _ONE_AT_A_TIME:
        return work.compute(part)
