"""A saved run computed again, and compared bit for bit."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studies.answering import answer_from
from studies.replay.replications import Progress
from studies.replay.stores import Store
from studies.requests import SimulatedRequest
from studies.saved.runs import read_asked, refuse_unfinished, write_answer

__all__ = ["Repeat", "repeat_run"]


@dataclass(frozen=True)
class Repeat:
    """A run computed again."""

    identical: bool
    differences: tuple[str, ...]
    """Files whose content differs."""
    result: Any


def repeat_run(
    folder: Path, progress: Progress | None = None, jobs: int | None = None, cluster: str | None = None
) -> Repeat:
    """Compute a saved run again from what it saved, and compare answer and records bit for bit."""
    refuse_unfinished(folder)
    request, inputs = read_asked(folder)
    if isinstance(request, SimulatedRequest):
        request = request.computed_by(jobs, cluster)
    with tempfile.TemporaryDirectory() as name:
        again, parts = Path(name) / "again", Path(name) / "parts"
        again.mkdir()
        outcome = answer_from(request, inputs, progress, Store(parts))
        write_answer(outcome, again)
        compared = sorted(_names(folder) | _names(again))
        differences = tuple(name for name in compared if not _same(folder, again, name))
    return Repeat(not differences, differences, outcome.result)


def _names(folder: Path) -> set[str]:
    """Files that a run consists of; what else a planner keeps beside them is no part of it."""
    files = {path.name for path in folder.iterdir() if path.suffix in (".json", ".csv", ".parquet")}
    return files - {"manifest.json"}


def _same(saved: Path, again: Path, name: str) -> bool:
    if not (saved / name).exists() or not (again / name).exists():
        return False
    if (saved / name).read_bytes() == (again / name).read_bytes():
        return True
    try:
        if name == "result.json":
            texts = [(path / name).read_text(encoding="utf-8") for path in (saved, again)]
            return _timeless(json.loads(texts[0])) == _timeless(json.loads(texts[1]))
        if name.endswith(".parquet"):
            import pandas as pd  # takes long to load, and is seldom needed

            return pd.read_parquet(saved / name).equals(pd.read_parquet(again / name))
    except (OSError, ValueError, RecursionError):  # damaged: it cannot be the same
        return False
    return False


def _timeless(value: object) -> object:
    """A result without how long it took to compute."""
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items() if key != "seconds"}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value
