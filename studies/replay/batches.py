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
    quota_factors: Values
    """Factor on the quotas of each product in the end: 1 unless weights have changed them (M3)."""
    acceptance: Values
    """Figure of each criterion by which a phase is accepted."""
    lights: Values
    """Friday lights over all regions, a column each of ``excerpts.light_columns``."""
    verdicts: Values
    """Verdicts on strategy tests, ``excerpts.VERDICT`` of each policy that has one."""
    signed_by_cell: Values
    """By product × region …"""
    hours_by_cell: Values
    """… and the hours of reps that went into them."""
    records: tuple[Records, ...] = ()
    """Full records, where they were asked for and no store took them."""
    tables: tuple[Mapping[str, Path], ...] = ()
    """Files of full records by table, a mapping per part, where a store took them."""

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Batch:
        """Some of the replications, without their records."""
        parts: dict[str, Any] = {}
        for field in Batch.figures():
            value = getattr(self, field)
            parts[field] = {key: v[chosen] for key, v in value.items()} if isinstance(value, dict) else value[chosen]
        return Batch(**parts)

    @staticmethod
    def joined(batches: Sequence[Batch]) -> Batch:
        """Several batches of one plan, one after the other."""
        if len(batches) == 1:
            return batches[0]
        parts: dict[str, Any] = {}
        for field in Batch.figures():
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

    @staticmethod
    def figures() -> list[str]:
        """Fields that hold an array, or arrays by name."""
        return [field.name for field in fields(Batch) if field.name not in ("records", "tables")]

    def packed(self) -> tuple[list[str], Values]:
        """All figures in one array, as it is written to a file, and what its columns are."""
        columns: dict[str, NDArray[Any]] = {}
        for field in Batch.figures():
            value = getattr(self, field)
            columns |= {f"{field}/{key}": v for key, v in value.items()} if isinstance(value, dict) else {field: value}
        names = [name for name, value in columns.items() for _ in range(value.shape[1] if value.ndim > 1 else 1)]
        return names, np.column_stack([np.zeros((len(self), 0)), *columns.values()])

    @staticmethod
    def unpacked(names: Sequence[str], figures: Values, tables: tuple[Mapping[str, Path], ...] = ()) -> Batch:
        """The batch that was packed; KeyError or ValueError where it was not."""
        parts: dict[str, Any] = {field: {} for field in Batch.figures()}
        for name in dict.fromkeys(names):
            field, _, key = name.partition("/")
            columns = figures[:, [place for place, other in enumerate(names) if other == name]]
            if key:
                parts[field][key] = columns[:, 0]
            else:
                parts[field] = columns if Batch.__dataclass_fields__[field].type == "Values" else columns[:, 0]
        empty = np.zeros((len(figures), 0))
        for field in Batch.figures():
            if not Batch.__dataclass_fields__[field].type.startswith("dict") and isinstance(parts[field], dict):
                parts[field] = empty
        parts["numbers"] = parts["numbers"].astype(np.int64)
        parts["before_plans"] = parts["before_plans"][:, 0]
        return Batch(**parts, tables=tables)
