"""explain: which of the figures that nobody knows the answer rests on, and what would change the decision.

A tornado: each stated range by itself, from its low to its high end, on identical futures, the allocation kept; each
on as many of them as make it as sure as the least sure one (``studies.decisions.range_sizes``). All
figures of grade C and D together at their bad ends and at their good ends. The least move along each range that turns a
decision round. On request, indices over all ranges at once (``studies.decisions.indices``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.deciding import decide, options_of
from studies.decisions.flips import FlipRow, flips_of
from studies.decisions.indices import IndexRow, check_indices, range_indices
from studies.decisions.range_bench import At, RangeBench
from studies.decisions.range_sizes import PILOT, futures_of_ranges, gap_estimate, spread_of
from studies.decisions.ranges import StatedRange, stated_ranges, without_range
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, QuarterResult, Record
from studies.statistics import Values, mean_estimate, proportion_estimate
from studies.study import Answer, Inputs, Study

__all__ = ["STUDY", "ExplainRequest", "GradeRow", "IndexRow", "RangeRow", "SensitivityResult"]

_WEAK = ("C", "D")
"""Grades that rest on a vendor's page or on nobody's word."""


class ExplainRequest(QuarterRequest):
    """Say which of the figures that nobody knows the answer rests on."""

    study: Literal["explain"] = "explain"
    kpi: Literal["p_target", "signed", "contribution", "cash"] = "signed"
    """What is explained."""
    ranges: tuple[str, ...] | None = None
    """Paths of the ranges to move; None means all that the plan states."""
    against: str | None = None
    """Name of the allocation that the one in question is set against; None or ``none`` sets it against none."""
    verdicts: tuple[str, ...] = ()
    """Contingency plans whose worth is to be turned round."""
    indices: Literal["none", "morris", "sobol"] = "none"
    points: Annotated[int, Field(ge=2, le=4096)] = 8
    """Morris: trajectories; Sobol: base sample, a power of two."""
    data_request: bool = False
    """Whether the answer goes into the data request sheet of the plan's folder, also where it is continued."""


class RangeRow(Record):
    """A figure moved over its stated range, all else as it is."""

    path: str
    kind: Literal["assumption", "uncertainty"]
    """Of an uncertainty: its P10 and P90, instead of being drawn."""
    name: str = ""
    """Of an uncertainty; an assumption has none but its path."""
    grade: str
    source: str
    low: float
    now: float | None
    high: float
    at_low: Estimate
    """KPI at the low end less the KPI as it is."""
    at_high: Estimate
    swing: Estimate
    """KPI at the high end less at the low end."""
    p_target_swing: Estimate
    seen: int
    """Futures at both ends: as many as make it as sure as the range that spreads most is in all of them."""


class GradeRow(Record):
    """Assumptions and uncertainties of one grade."""

    grade: str
    ranged: int
    """With a stated range."""
    unranged: int
    share: float
    """Of the squared swings of all ranges: what of the spread rests on this grade, as far as ranges are stated."""


class SensitivityResult(QuarterResult):
    """What the answer rests on."""

    study: Literal["explain"] = "explain"
    kpi: str
    now: Estimate
    p_target: Estimate
    rows: tuple[RangeRow, ...]
    """The widest swing first."""
    weak_low: Estimate | None
    """KPI with all ranges of grades C and D at their bad ends; None where there are none."""
    weak_high: Estimate | None
    weak_p_low: Estimate | None
    """Chance of the target there."""
    weak_p_high: Estimate | None
    grades: tuple[GradeRow, ...]
    without_range: tuple[str, ...]
    """Assumptions of grades C and D for which no range is stated."""
    against: str | None
    worth: dict[str, Estimate]
    """Decision → what it is worth in contribution as the plan is."""
    flips: tuple[FlipRow, ...]
    indices_of: Literal["none", "morris", "sobol"]
    indices: tuple[IndexRow, ...]
    index_points: int
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


def explain_sensitivity(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    request: ExplainRequest,
    changes: Sequence[Change] = (),
) -> SensitivityResult:
    """Move every range, alone and together, and see what moves with it."""
    start = time.perf_counter()
    kpi, ranges = request.kpi, stated_ranges(plan, request.ranges)
    if request.indices != "none":
        check_indices(ranges, request.indices, request.points)
    known = {entry.id for entry in plan.contingency_plans}
    for stranger in sorted(set(request.verdicts) - known):
        raise UsageError(f"no contingency plan {stranger} in the plan; there are: {', '.join(sorted(known)) or 'none'}")
    against = None if request.against == "none" else request.against
    challenger = None if against is None else named_allocation(plan, against)
    bench = RangeBench(plan, options, futures)
    base = bench.kpis(allocation, (), "the plan as it is", options.plans)

    def ends(entry: StatedRange, seen: int) -> _Ends:
        low, high = (
            bench.kpis(allocation, [(entry, value)], f"{entry.path} {end}", options.plans, seen)
            for end, value in (("low", entry.low), ("high", entry.high))
        )
        return _Ends({name: values[:seen] for name, values in base.items()}, low, high)

    pilots = [ends(entry, min(PILOT, futures.count)) for entry in ranges]
    seen = futures_of_ranges([pilot.spreads(kpi) for pilot in pilots], futures.count)
    rows = [_range_row(entry, kpi, ends(entry, number)) for entry, number in zip(ranges, seen, strict=True)]
    weak = _weak_ends(ranges, rows, kpi)
    together = [bench.kpis(allocation, side, label, options.plans) for label, side in weak]
    worth, flips = flips_of(bench, allocation, challenger, request.verdicts, ranges)
    indices: tuple[IndexRow, ...] = ()
    if request.indices != "none":

        def mean_at(values: At, label: str) -> float:
            return float(np.mean(bench.kpis(allocation, values, label, options.plans)[kpi]))

        indices = range_indices(ranges, mean_at, request.indices, request.points, request.seed)
    return SensitivityResult(
        **futures.heading(plan, allocation),
        kpi=kpi,
        now=_level(kpi, base),
        p_target=proportion_estimate(base["p_target"]),
        rows=tuple(sorted(rows, key=lambda row: (-abs(row.swing.mean), row.path))),
        weak_low=_level(kpi, together[0]) if together else None,
        weak_high=_level(kpi, together[1]) if together else None,
        weak_p_low=proportion_estimate(together[0]["p_target"]) if together else None,
        weak_p_high=proportion_estimate(together[1]["p_target"]) if together else None,
        grades=_grades(plan, ranges, rows),
        without_range=tuple(path for path, grade in without_range(plan) if grade in _WEAK),
        against=challenger.name if challenger else None,
        worth=worth,
        flips=flips,
        indices_of=request.indices,
        indices=indices,
        index_points=request.points if indices else 0,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )


def _level(kpi: str, kpis: dict[str, Values]) -> Estimate:
    """A KPI's own mean; a chance has the interval that chances have everywhere."""
    return proportion_estimate(kpis[kpi]) if kpi == "p_target" else mean_estimate(kpis[kpi])


@dataclass(frozen=True, slots=True)
class _Ends:
    """KPIs of the first futures as the plan is, and with a range at either end."""

    now: dict[str, Values]
    low: dict[str, Values]
    high: dict[str, Values]

    def gaps(self, kpi: str) -> tuple[Values, Values, Values]:
        """Of a KPI: low end less now, high end less now, high end less low end."""
        low, now, high = self.low[kpi], self.now[kpi], self.high[kpi]
        return low - now, high - now, high - low

    def spreads(self, kpi: str) -> list[float | None]:
        """Of every figure that a row shows."""
        return [*(spread_of(kpi, gaps) for gaps in self.gaps(kpi)), spread_of("p_target", self.gaps("p_target")[2])]


def _range_row(entry: StatedRange, kpi: str, ends: _Ends) -> RangeRow:
    at_low, at_high, swing = (gap_estimate(kpi, gaps) for gaps in ends.gaps(kpi))
    return RangeRow(
        path=entry.path,
        kind=entry.kind,
        name=entry.name,
        grade=entry.grade,
        source=entry.source,
        low=entry.low,
        now=entry.now,
        high=entry.high,
        at_low=at_low,
        at_high=at_high,
        swing=swing,
        p_target_swing=gap_estimate("p_target", ends.gaps("p_target")[2]),
        seen=len(ends.low[kpi]),
    )


def _weak_ends(
    ranges: Sequence[StatedRange], rows: Sequence[RangeRow], kpi: str
) -> list[tuple[str, list[tuple[StatedRange, float]]]]:
    """Values of all weak ranges at the ends that are bad for the KPI, and at the good ones."""
    sign = 1 if KPIS[kpi].direction == "more" else -1
    pairs = [(e, row.swing.mean * sign >= 0) for e, row in zip(ranges, rows, strict=True) if e.grade in _WEAK]
    if not pairs:
        return []
    bad = [(entry, entry.low if rises else entry.high) for entry, rises in pairs]
    good = [(entry, entry.high if rises else entry.low) for entry, rises in pairs]
    return [("grades C and D at their worst", bad), ("grades C and D at their best", good)]


def _grades(plan: Plan, ranges: Sequence[StatedRange], rows: Sequence[RangeRow]) -> tuple[GradeRow, ...]:
    squares = {row.path: row.swing.mean**2 for row in rows}
    whole = sum(squares.values())
    open_ones = without_range(plan)
    grades = sorted({entry.grade for entry in ranges} | {grade for _, grade in open_ones})
    return tuple(
        GradeRow(
            grade=grade,
            ranged=sum(entry.grade == grade for entry in ranges),
            unranged=sum(other == grade for _, other in open_ones),
            share=sum(squares[e.path] for e in ranges if e.grade == grade) / whole if whole > 0 else 0.0,
        )
        for grade in grades
    )


def _answer(request: ExplainRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    return Answer(allocation, explain_sensitivity(inputs.plan, allocation, options, futures, request, inputs.changes))


def _headline(result: SensitivityResult) -> str:
    return f"{result.kpi} rests most on {result.rows[0].path}" if result.rows else "no range is stated"


def _figures(result: SensitivityResult, kpi: str) -> Sequence[Estimate]:
    """The KPI that is explained with the swing of every range, the chance of the target with its swings, or worths."""
    found: list[Estimate] = list(result.worth.values()) if kpi == "contribution" else []
    if kpi == result.kpi:
        found += [result.now, *(row.swing for row in result.rows)]
    elif kpi == "p_target":
        found += [result.p_target, *(row.p_target_swing for row in result.rows)]
    return found


STUDY = Study(
    ExplainRequest, SensitivityResult, _answer, _headline, figures=_figures, precise_in=lambda request: request.kpi
)
