"""How far a figure that nobody knows would have to move for a decision to turn round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from scenarios.allocation import Allocation
from studies.decisions.range_bench import At, RangeBench
from studies.decisions.range_sizes import PILOT, futures_of_ranges, spread_of
from studies.decisions.ranges import StatedRange
from studies.results import Estimate, Record
from studies.statistics import Values, mean_estimate, moved_estimate

__all__ = ["FlipRow", "flips_of"]

_Gain: TypeAlias = Callable[[At, str, int], Values]
"""What a decision is worth in each of the first futures, with ranges at some values."""


class FlipRow(Record):
    """How far a figure would have to move for a decision to turn round."""

    decision: str
    """``allocation`` or the id of a contingency plan."""
    path: str
    low: float
    high: float
    at_low: Estimate
    """What the decision is worth (against the other allocation, against holding none) at the low end."""
    at_high: Estimate
    flips: Literal["yes", "no", "cannot tell"]
    """``yes``: at an end the sign is the other one, beyond the interval."""
    value: float | None = None
    """Where it turns round, on a straight line between what was simulated; None where it does not."""
    move: float | None = None
    """Share of the way from the figure to that end."""


def flips_of(
    bench: RangeBench,
    allocation: Allocation,
    challenger: Allocation | None,
    verdicts: Sequence[str],
    ranges: Sequence[StatedRange],
) -> tuple[dict[str, Estimate], tuple[FlipRow, ...]]:
    """Decisions with what they are worth in contribution, and the ranges by how little turns each round."""
    held = bench.options.plans
    decisions: dict[str, _Gain] = {}
    if challenger is not None:

        def by_allocation(values: At, label: str, seen: int, other: Allocation = challenger) -> Values:
            ours = bench.kpis(allocation, values, label, held, seen)["contribution"]
            return ours - bench.kpis(other, values, f"{label}, {other.name}", held, seen)["contribution"]

        decisions["allocation"] = by_allocation
    for name in verdicts:

        def by_plan(values: At, label: str, seen: int, name: str = name) -> Values:
            having = bench.kpis(allocation, values, f"{label}, with {name}", held | {name}, seen)["contribution"]
            return having - bench.kpis(allocation, values, label, held - {name}, seen)["contribution"]

        decisions[name] = by_plan
    worth, rows, count = {}, [], bench.futures.count
    for decision, gain in decisions.items():
        now = gain((), "the plan as it is", count)
        worth[decision] = mean_estimate(now)
        pilots = [_shifts(gain, now, entry, min(PILOT, count)) for entry in ranges]
        seen = futures_of_ranges([[spread_of("contribution", shift) for shift in pilot] for pilot in pilots], count)
        found = []
        for entry, number in zip(ranges, seen, strict=True):
            low, high = (moved_estimate(now, shift) for shift in _shifts(gain, now, entry, number))
            found.append(_flip(decision, entry, worth[decision], low, high))
        rows += sorted(found, key=lambda row: (row.move is None, row.move or 0.0, row.path))
    return worth, tuple(rows)


def _shifts(gain: _Gain, now: Values, entry: StatedRange, seen: int) -> list[Values]:
    """By how much a range at its low and at its high end moves what a decision is worth, in the first futures."""
    return [gain([(entry, x)], f"{entry.path} at {x:g}", seen) - now[:seen] for x in (entry.low, entry.high)]


def _flip(decision: str, entry: StatedRange, now: Estimate, low: Estimate, high: Estimate) -> FlipRow:
    """The nearer end at which a decision has turned round beyond its interval, and where on the way it does."""
    middle = entry.now if entry.now is not None else (entry.low + entry.high) / 2
    found: list[tuple[float, float]] = []
    open_end = False
    for end, estimate in ((entry.low, low), (entry.high, high)):
        other_sign = now.mean * estimate.mean < 0
        beyond = estimate.ci_low > 0 or estimate.ci_high < 0
        if other_sign and beyond and (now.ci_low > 0 or now.ci_high < 0):
            move = now.mean / (now.mean - estimate.mean)
            found.append((move, middle + move * (end - middle)))
        elif not beyond:
            open_end = True
    unsure = open_end or not (now.ci_low > 0 or now.ci_high < 0)
    flips: Literal["yes", "no", "cannot tell"] = "yes" if found else "cannot tell" if unsure else "no"
    nearest = min(found, default=None)
    return FlipRow(
        decision=decision,
        path=entry.path,
        low=entry.low,
        high=entry.high,
        at_low=low,
        at_high=high,
        flips=flips,
        value=nearest[1] if nearest else None,
        move=nearest[0] if nearest else None,
    )
