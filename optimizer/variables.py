"""The variables of the linear program. Names are numbers of our own, so that no two ids can look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pulp import LpProblem, LpVariable

from optimizer.data import AllocationData
from optimizer.selection import Key

__all__ = ["Variables", "declare"]


@dataclass(frozen=True)
class Variables:
    """All variables; lists are in order of the data's cells, segments, rule lines and reps. None is negative.

    ``above`` and ``below`` measure how far an amount lies from its share of a larger one.
    """

    quota: list[LpVariable]
    """q: what is asked, by quota cell."""
    expected: list[LpVariable]
    """y: what is believed, by quota cell."""
    spend: list[LpVariable]
    """x: money in a segment."""
    lacking: dict[int, LpVariable]
    """By soft rule line: money that its left side lacks."""
    exceeding: dict[int, LpVariable]
    """By soft rule line: money that its left side has too much."""
    rep_total: list[LpVariable]
    quota_total: LpVariable
    pair_total: dict[tuple[str, str], LpVariable]
    """Expected sales by (product, region)."""
    rep_stretch: LpVariable
    """Largest relative distance of a rep's quota from an equal stretch."""
    cell_stretch: LpVariable
    """The same, of a cell's quota from its rep's stretch."""
    rep_above: list[LpVariable]
    rep_below: list[LpVariable]
    quota_above: list[LpVariable]
    quota_below: list[LpVariable]
    expected_above: list[LpVariable]
    expected_below: list[LpVariable]
    spend_above: dict[int, LpVariable]
    """By segment without a response, as ``spend_below``."""
    spend_below: dict[int, LpVariable]
    quota_of: dict[Key, LpVariable]
    expected_of: dict[Key, LpVariable]
    spend_of: dict[Key, list[LpVariable]]

    def cells(self, quantity: str, keys: Iterable[Key]) -> list[LpVariable]:
        """Variables whose sum is the amount in some cells."""
        if quantity == "budget":
            return [x for key in keys for x in self.spend_of[key]]
        return [(self.quota_of if quantity == "quota" else self.expected_of)[key] for key in keys]


def declare(problem: LpProblem, data: AllocationData) -> Variables:
    """Create the variables of a plan and check that every one has a name of its own."""
    row, column, rep = data.product_number, data.region_number, data.rep_number
    names: list[str] = []

    def new(*parts: object) -> LpVariable:
        names.append("_".join(map(str, parts)))
        return problem.add_variable(names[-1], lowBound=0)

    tags = [(row[p], column[r], rep[s]) for p, r, s in data.cells.quota]
    activities = {a: n for n, a in enumerate(sorted(data.plan.activity))}
    soft = [(n, line.rule.sense) for n, line in enumerate(data.lines) if line.rule.firmness == "soft"]
    free = [n for n, segment in enumerate(data.segments) if segment.capacity is None]
    quota = [new("q", *tag) for tag in tags]
    expected = [new("y", *tag) for tag in tags]
    spend = [new("x", column[s.region], activities[s.activity], s.band) for s in data.segments]
    spend_of: dict[Key, list[LpVariable]] = {key: [] for key in data.cells.budget}
    for segment, variable in zip(data.segments, spend, strict=True):
        spend_of[segment.region, segment.activity].append(variable)
    variables = Variables(
        quota=quota,
        expected=expected,
        spend=spend,
        lacking={n: new("lacking", n) for n, sense in soft if sense != "<="},
        exceeding={n: new("exceeding", n) for n, sense in soft if sense != ">="},
        rep_total=[new("rep_total", n) for n in range(len(data.reps))],
        quota_total=new("quota_total"),
        pair_total={(p, r): new("pair_total", row[p], column[r]) for p, r in sorted({k[:2] for k in data.cells.quota})},
        rep_stretch=new("rep_stretch"),
        cell_stretch=new("cell_stretch"),
        rep_above=[new("rep_above", n) for n in range(len(data.reps))],
        rep_below=[new("rep_below", n) for n in range(len(data.reps))],
        quota_above=[new("q_above", *tag) for tag in tags],
        quota_below=[new("q_below", *tag) for tag in tags],
        expected_above=[new("y_above", *tag) for tag in tags],
        expected_below=[new("y_below", *tag) for tag in tags],
        spend_above={n: new("x_above", n) for n in free},
        spend_below={n: new("x_below", n) for n in free},
        quota_of=dict(zip(data.cells.quota, quota, strict=True)),
        expected_of=dict(zip(data.cells.quota, expected, strict=True)),
        spend_of=spend_of,
    )
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise AssertionError(f"variables that share a name: {repeated}")
    return variables
