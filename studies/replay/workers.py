"""Who computes the parts of a study. What comes out does not depend on it."""

from __future__ import annotations

import gc
import pickle
import signal
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool

from scenarios.errors import UsageError

__all__ = ["ONE_PROCESS", "Processes", "Work", "Workers"]

P = TypeVar("P")
"""What a part is."""
D = TypeVar("D")
"""What computing one gives, as it goes from one computer to another."""
R = TypeVar("R")
"""What it comes to in the end."""

PATIENCE = 3
"""Times in a row that processes may be killed without finishing a single part."""


class Work(ABC, Generic[P, D, R]):
    """What is done to every part. Whoever sees the files finds and keeps; computing needs none of them."""

    @abstractmethod
    def find(self, part: P) -> R | None:
        """What was kept of a part that was finished before."""

    @abstractmethod
    def compute(self, part: P) -> D:
        """Compute a part."""

    @abstractmethod
    def keep(self, part: P, done: D) -> R:
        """Keep what was computed, where something is kept."""

    def __call__(self, part: P) -> R:
        """All of it in one place."""
        found = self.find(part)
        return self.keep(part, self.compute(part)) if found is None else found


class Workers(Protocol):
    """They do their work to every part."""

    def run(self, work: Work[P, Any, R], parts: Sequence[P]) -> Iterator[R]:
        """What the parts come to, in their order; a part that was lost with its worker is computed again."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this computer. The work goes to each of them once, as a file."""

    jobs: int = 1

    def run(self, work: Work[P, Any, R], parts: Sequence[P]) -> Iterator[R]:
        """UsageError where they are killed again and again."""
        if self.jobs == 1 or len(parts) == 1:
            yield from map(work, parts)
            return
        with tempfile.TemporaryDirectory(prefix="quarterdeck-") as folder:
            path = Path(folder) / "work"
            path.write_bytes(pickle.dumps(work, pickle.HIGHEST_PROTOCOL))
            done = failures = 0
            while done < len(parts):
                calls = (delayed(_run_part)(str(path), part) for part in parts[done:])
                try:
                    for result in Parallel(n_jobs=self.jobs, return_as="generator", batch_size=1)(calls):
                        done, failures = done + 1, 0
                        yield result
                except BrokenProcessPool as error:
                    failures += 1
                    if failures == PATIENCE:
                        raise UsageError(
                            f"processes were killed {PATIENCE} times in a row, as happens when memory runs out; "
                            "try again with --jobs 1"
                        ) from error


ONE_PROCESS = Processes()


def _run_part(path: str, part: object) -> object:
    return _work_at(path)(part)


@lru_cache(maxsize=1)
def _work_at(path: str) -> Callable[[Any], object]:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes; the one that asked says what it means
    # Our own file, in a folder that others cannot write.
    work: Callable[[Any], object] = pickle.loads(Path(path).read_bytes())
    gc.freeze()  # what is loaded by now stays: the collector need not look at it after every part
    return work
