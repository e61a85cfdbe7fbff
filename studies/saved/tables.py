"""Replications as tables of a saved run, with ids instead of positions: they can be read by themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.plan import Plan
from simulation.records import Activation, DealEnd, Payment, Records, RenewalEnd, Strike
from studies.replay.batches import Batch

__all__ = ["RECORD_TABLES", "record_files", "write_tables"]

RECORD_TABLES = {
    "deals": DealEnd,
    "renewals": RenewalEnd,
    "payments": Payment,
    "strikes": Strike,
    "activations": Activation,
}
"""Name → type of the rows."""


def _record_tables(records: Sequence[Records], plan: Plan) -> dict[str, pa.Table]:
    """The ends of everything, a table per kind of row."""
    tables = {}
    for name, row_type in RECORD_TABLES.items():
        rows = [(r.replication, *row) for r in records for row in getattr(r, name)]
        kinds = {"replication": int, **get_type_hints(row_type)}  # stated: a table without rows tells none
        frame = _with_ids(pd.DataFrame(rows, columns=list(kinds)).astype(kinds), plan)
        tables[name] = pa.Table.from_pandas(frame, preserve_index=False)
    return tables


def record_files(records: Sequence[Records], plan: Plan) -> dict[str, bytes]:
    """What the files of these tables hold, by table."""
    files = {}
    for name, table in _record_tables(records, plan).items():
        file = pa.BufferOutputStream()
        pq.write_table(table, file, compression="lz4")
        files[name] = file.getvalue().to_pybytes()
    return files


def write_tables(batch: Batch, plan: Plan, folder: Path, prefix: str) -> None:
    """Write ``figures``, a row per replication, and the record tables of a batch that has records.

    Tables that a store took are copied part by part and never held in memory as a whole.
    """
    _write(folder / f"{prefix}-figures.parquet", [pa.Table.from_pandas(_figures(batch, plan), preserve_index=False)])
    if batch.records:
        for name, table in _record_tables(batch.records, plan).items():
            _write(folder / f"{prefix}-{name}.parquet", [table])
    for name in RECORD_TABLES if batch.tables else ():
        _write(folder / f"{prefix}-{name}.parquet", (pq.read_table(part[name]) for part in batch.tables))


def _write(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of one kind one after the other, flushed to the disk."""
    rest = iter(tables)
    first = next(rest)
    with path.open("wb") as file:
        with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
            for table in chain([first], rest):
                writer.write_table(table)
        file.flush()
        os.fsync(file.fileno())


def _figures(batch: Batch, plan: Plan) -> pd.DataFrame:
    nothing = np.zeros(len(batch))
    figures: dict[str, object] = {"replication": batch.numbers, **batch.kpis}
    figures |= {f"signed_from:{source}": values for source, values in batch.sources.items()}
    figures |= {f"strikes:{risk.id}": batch.struck.get(risk.id, nothing) for risk in plan.risks}
    figures |= {f"triggered:{p.id}": batch.triggered.get(p.id, nothing) for p in plan.contingency_plans}
    weeks = [str(week + 1) for week in range(plan.calendar.weeks)]
    for label, ids, values in (
        ("signed_by_product", list(plan.product), batch.by_product),
        ("signed_by_region", list(plan.region), batch.by_region),
        ("signed_by_rep", list(plan.rep), batch.by_rep),
        ("signed_by_week", weeks, batch.by_week),
        ("cash_by_week", weeks, batch.cash_by_week),
    ):
        figures |= {f"{label}:{id}": values[:, number] for number, id in enumerate(ids)}
    return pd.DataFrame(figures)


def _with_ids(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Positions of the compiled plan replaced by ids; −1 by nothing."""
    ids: dict[str, Sequence[str]] = {
        "product": list(plan.product),
        "region": list(plan.region),
        "rep": list(plan.rep),
        "tier": list(plan.customer_tier),
        "account": list(plan.account),
        "stage": [stage.id for stage in plan.process.stages],
    }
    for column, names in ids.items():
        if column in table:
            codes = table[column].to_numpy()
            table[column] = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(names)))
    return table
