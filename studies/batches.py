"""Figures of many replications, as arrays by replication; parts of them taken out and put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.records import Records
from studies.statistics import Values

__all__ = ["Batch"]


@dataclass(frozen=True)
class Batch:
    """Figures of replications; every array's first axis runs over ``numbers``. A dict's missing column is all zeros."""

    numbers: NDArray[np.int64]
    kpis: dict[str, Values]
    by_product: Values
    by_region: Values
    by_rep: Values
    by_week: Values
    cash_by_week: Values
    sources: dict[str, Values]
    struck: dict[str, Values]
    """Risk → number of strikes."""
    ended_in_event: dict[str, Values]
    """Risk → number of strikes that ended in their event inside the quarter."""
    triggered: dict[str, Values]
    """Contingency plan → number of activations."""
    uses: dict[str, Values]
    """Contingency plan that costs something per use → number of uses."""
    calls: dict[str, Values]
    """Contingency plan, held or not → how often it would be triggered."""
    first_start: dict[str, Values]
    """Contingency plan, held or not → working day from which on it would act at the earliest."""
    clips: dict[str, Values]
    before_plans: Values
    """Contribution before the costs of contingency plans."""
    nature: Values
    """Factors drawn of what nobody knows, a column per uncertainty that is enabled."""
    records: tuple[Records, ...] = ()
    """Full records, where they were asked for and no store took them."""
    tables: tuple[Mapping[str, Path], ...] = ()
    """Files of full records by table, a mapping per part, where a store took them."""

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Batch:
        """Some of the replications, without their records."""
        parts: dict[str, Any] = {}
        for field in _figures():
            value = getattr(self, field)
            parts[field] = {key: v[chosen] for key, v in value.items()} if isinstance(value, dict) else value[chosen]
        return Batch(**parts)

    @staticmethod
    def joined(batches: Sequence[Batch]) -> Batch:
        """Several batches of one plan, one after the other."""
        if len(batches) == 1:
            return batches[0]
        parts: dict[str, Any] = {}
        for field in _figures():
            values = [getattr(batch, field) for batch in batches]
            if isinstance(values[0], dict):
                names = sorted({name for value in values for name in value})
                parts[field] = {
                    name: np.concatenate(
                        [v[name] if name in v else np.zeros(len(b)) for v, b in zip(values, batches, strict=True)]
                    )
                    for name in names
                }
            else:
                parts[field] = np.concatenate(values)
        records = tuple(entry for batch in batches for entry in batch.records)
        return Batch(**parts, records=records, tables=tuple(table for batch in batches for table in batch.tables))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All figures by name, as they are written to a file."""
        flat: dict[str, NDArray[Any]] = {}
        for field in _figures():
            value = getattr(self, field)
            flat |= {f"{field}/{key}": v for key, v in value.items()} if isinstance(value, dict) else {field: value}
        return flat

    @staticmethod
    def of(arrays: Mapping[str, NDArray[Any]], tables: tuple[Mapping[str, Path], ...] = ()) -> Batch:
        """The batch whose figures these are; KeyError where one is missing."""
        parts: dict[str, Any] = {}
        for field in _figures():
            if Batch.__dataclass_fields__[field].type.startswith("dict"):
                ahead = f"{field}/"
                parts[field] = {n.removeprefix(ahead): v for n, v in arrays.items() if n.startswith(ahead)}
            else:
                parts[field] = arrays[field]
        return Batch(**parts, tables=tables)


def _figures() -> list[str]:
    return [field.name for field in fields(Batch) if field.name not in ("records", "tables")]
