"""What an interrupted study says so far: KPIs of what it simulates first, over the quarters that are done."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from scenarios.errors import UsageError
from studies.replay.stores import Store
from studies.requests import QuarterRequest
from studies.results import KpiRow, Record
from studies.saved.runs import read_asked
from studies.statistics import kpi_rows

__all__ = ["PARTS", "PartialResult", "nothing_yet", "partial_result"]

PARTS = "parts"
"""Folder of a run that is under way in which finished parts are kept."""


class PartialResult(Record):
    """KPIs over the first quarters of a study that is not finished; not its answer."""

    study: Literal["unfinished"] = "unfinished"
    of: str
    """The study that was asked for."""
    name: str
    """The run's folder, by which it is continued."""
    plan: str
    currency: str
    seed: int
    replications: int
    """The first quarters, as many as are done without a gap: none is left out because it took longer."""
    asked: int
    """Quarters that were asked for; of a precision and of ``select`` only to begin with, or at most."""
    kept: int
    """Quarters that are done, of all variants."""
    risks: tuple[str, ...]
    """In play in the variant that the study simulates first …"""
    plans: tuple[str, ...]
    """… and the contingency plans held in it."""
    forced: tuple[str, ...]
    kpis: tuple[KpiRow, ...]


def partial_result(folder: Path) -> PartialResult:
    """What is there of a study that was interrupted; UsageError where that says nothing yet."""
    request, inputs = read_asked(folder)
    store = Store(folder / PARTS)
    found = store.first() if isinstance(request, QuarterRequest) else None
    if found is None:
        raise UsageError(nothing_yet(folder.name))
    in_play, batch = found
    done = int(np.argmin(np.append(batch.numbers == np.arange(len(batch)), False)))
    if done < 2:
        raise UsageError(nothing_yet(folder.name))
    batch = batch.rows(slice(done))
    assert isinstance(request, QuarterRequest), "no other has a variant"
    return PartialResult(
        of=request.study,
        name=folder.name,
        plan=inputs.plan.name,
        currency=inputs.plan.currency,
        seed=request.seed,
        replications=done,
        asked=request.replications,
        kept=store.count(),
        risks=tuple(in_play.risks),
        plans=tuple(in_play.plans),
        forced=tuple(in_play.forced),
        kpis=kpi_rows(batch.kpis, batch.nature),
    )


def nothing_yet(name: str) -> str:
    """What is said of a run of which too little is done."""
    return (
        f"{name} is not finished, and what is done of it says nothing yet; "
        f"continue it with: quarterdeck run --resume {name}"
    )
