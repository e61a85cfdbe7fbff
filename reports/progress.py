"""Progress on stderr: a bar for what takes longer than a second, nothing where nobody watches."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from reports.translating import translated
from reports.wording import Wording

__all__ = ["ProgressBars"]

_PATIENCE_SECONDS = 0.7
"""How long nothing is shown, so that what is quick stays quiet."""


class ProgressBars:
    """Callable that studies tell (label, done, total); a context manager that clears the screen afterwards."""

    def __init__(self, words: Wording, console: Console | None = None) -> None:
        self._words = words
        console = console or Console(file=sys.stderr, markup=False, highlight=False, emoji=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._is_shown = False
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_shown:
            self._progress.stop()

    def __call__(self, label: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of ``label`` are done; finished ones make room."""
        if label not in self._tasks:
            self._tasks[label] = self._progress.add_task(translated(label, self._words), total=total)
        self._progress.update(self._tasks[label], completed=done, total=total, visible=done < total)
        if not self._is_shown and time.monotonic() - self._started > _PATIENCE_SECONDS:
            self._progress.start()
            self._is_shown = True
