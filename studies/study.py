"""What a study is to the rest of the house: a request, what it reads, how it is answered, what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from scenarios.allocation import Allocation
from scenarios.loading import load_plan
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import Request
from studies.results import Change, Estimate, KpiRow, Record

__all__ = ["SHARE", "Answer", "Inputs", "Study", "change_row", "read_inputs"]

SHARE = "share"
"""Of quarters in which something is so that is no KPI: an alarm is false, a test comes to a verdict."""


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


def read_inputs(request: Request) -> Inputs:
    """The plan and the hand-made allocation that every request may name."""
    loaded = load_plan(request.source, request.scenarios, request.settings)
    changes = tuple(change_row(change.path, change.old, change.new, change.by) for change in loaded.changes)
    own = read_allocation(Path(request.allocation), loaded.plan) if request.allocation else None
    return Inputs(loaded.plan, changes, own, files=loaded.files)


def change_row(path: str, old: object, new: object, by: str) -> Change:
    """A change of an input as it is shown."""
    return Change(path=path, old="–" if old is None else str(old), new=str(new), by=by)


class Answer(NamedTuple):
    """What a study comes to."""

    allocation: Allocation
    """What was decided, or what the answer is about."""
    result: Any
    """The study's result record."""
    batches: Mapping[str, Batch] = MappingProxyType({})
    """Simulated batches to save, by name; ``b`` is of plan B of a comparison."""


def _no_kpis(_: Any) -> Sequence[KpiRow]:
    return ()


def _no_figures(_: Any, __: str) -> Sequence[Estimate]:
    return ()


@dataclass(frozen=True)
class Study:
    """An entry of the registry. All functions are of the study's own request and result."""

    request: type[Request]
    result: type[Record]
    answer: Callable[[Any, Inputs, Futures], Answer]
    headline: Callable[[Any], str]
    """One line that tells a run from another."""
    read: Callable[[Any], Inputs] = read_inputs
    kpis: Callable[[Any], Sequence[KpiRow]] = _no_kpis
    """What ``--require`` may be about."""
    figures: Callable[[Any, str], Sequence[Estimate]] = _no_figures
    """Figures in a KPI that a precision is about: the KPI itself, or the differences in it; of ``share`` the shares of
    quarters that only this study knows."""
    precise_in: Callable[[Any], str] = lambda _: "p_target"
    """What a precision is about where the request's names nothing: a KPI, or ``share``."""
    solver: Callable[[Any], str] = lambda _: ""

    @property
    def has_kpis(self) -> bool:
        """Whether something can be required of its answer."""
        return self.kpis is not _no_kpis

    @property
    def name(self) -> str:
        """As it is asked for."""
        name: str = self.request.model_fields["study"].default
        return name
