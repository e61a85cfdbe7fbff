"""What one more unit of demand, or one more hour of a rep, is worth: the limits of the data, priced like rules.

Averages that the program takes as given (hours per money of sales, fees, shares of potential) stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from optimizer.data import AllocationData
from optimizer.live import Change
from optimizer.prices import Knob, price
from optimizer.results import Resource, ResourcePrice
from optimizer.stages import Solution, StagedModel

__all__ = ["price_resources", "resource_count"]

Pair = tuple[str, str]
"""Product and region."""


def resource_count(data: AllocationData) -> int:
    """How many resources there are to price, at most."""
    pairs = {cell[:2] for cell in data.cells.quota}
    return len(pairs) + len(data.products) + len(data.regions) + len(data.reps)


def price_resources(staged: StagedModel, base: Solution, ranges: bool = False) -> Iterator[ResourcePrice]:
    """Prices of the demand of every cell, product and region, and of every rep's hours.

    Rows demand and hours with their bound moved by one: D[p,r] ± share, H[s] ± 1.
    """
    yield from _demand(staged, base, ranges)
    yield from _hours(staged, base, ranges)


def _demand(staged: StagedModel, base: Solution, ranges: bool) -> Iterator[ResourcePrice]:
    data, pairs = staged.model.data, list(staged.model.variables.pair_total)
    unit = data.money
    there = {(p, r): float(data.organic[data.product_number[p], data.region_number[r]]) for p, r in pairs}
    groups: list[tuple[Resource, str, list[Pair]]] = [("demand of a cell", "/".join(pair), [pair]) for pair in pairs]
    groups += [("demand of a product", id_, [pair for pair in pairs if pair[0] == id_]) for id_ in data.products]
    groups += [("demand of a region", id_, [pair for pair in pairs if pair[1] == id_]) for id_ in data.regions]
    for kind, id_, of in groups:
        whole = sum(there[pair] for pair in of)
        if of and (whole > 0 or len(of) == 1):
            shares = {pair: there[pair] / whole if whole > 0 else 1.0 for pair in of}
            prices = price(staged, base, Knob(whole * unit, unit, _more_demand(staged, shares)), ranges)
            yield ResourcePrice(kind, id_, whole * unit, unit, prices.down, prices.up, prices.holds)


def _more_demand(staged: StagedModel, shares: Mapping[Pair, float]) -> Callable[[float], Change]:
    """The change that adds so many units to the demand of some cells, in given shares."""
    data = staged.model.data
    numbers = {pair: (data.product_number[pair[0]], data.region_number[pair[1]]) for pair in shares}
    rows = {pair: staged.live.row(f"demand_{row}_{column}") for pair, (row, column) in numbers.items()}

    def more(units: float) -> Change:
        return Change({rows[p]: (-math.inf, float(data.organic[numbers[p]]) + units * shares[p]) for p in shares})

    return more


def _hours(staged: StagedModel, base: Solution, ranges: bool) -> Iterator[ResourcePrice]:
    data = staged.model.data
    for number, rep in enumerate(data.reps):
        row, there = staged.live.row(f"hours_{number}"), float(data.hours[number])

        def more(hours: float, row: int = row, there: float = there) -> Change:
            return Change({row: (-math.inf, max(there + hours, 0.0))})

        prices = price(staged, base, Knob(there, 1.0, more, least=-math.inf), ranges)
        yield ResourcePrice("hours", rep, there, 1.0, prices.down, prices.up, prices.holds)
