"""Replications as tables of a saved run, with ids instead of positions: they can be read by themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

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


_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
"""Of a column, by that of a row's field; stated, since a table without rows tells none."""


ROW_GROUP = 50_000
"""Rows that are written at a time, at least."""


def _record_tables(records: Sequence[Records], plan: Plan) -> dict[str, pa.Table]:
    """The ends of everything, a table per kind of row."""
    ids = _ids(plan)
    tables = {}
    for name, row_type in RECORD_TABLES.items():
        quarters = [getattr(each, name) for each in records]
        kinds = get_type_hints(row_type)
        columns = list(zip(*chain.from_iterable(quarters), strict=True)) or [()] * len(kinds)
        numbers = np.repeat(np.array([each.replication for each in records], dtype=np.int64), list(map(len, quarters)))
        arrays = {"replication": _column(numbers, int)}
        for (column, kind), values in zip(kinds.items(), columns, strict=True):
            arrays[column] = _named(values, ids[column]) if column in ids else _column(values, kind)
        tables[name] = pa.table(arrays)
    return tables


def _column(values: Sequence[Any] | NDArray[Any], kind: type) -> pa.Array:
    """A column of these values, none missing.

    By its buffers: ``pa.array`` would load pandas first, which takes longer than all that is written here.
    """
    if kind is str:
        texts = [text.encode() for text in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)))
    array: NDArray[Any] = np.ascontiguousarray(values, dtype={int: np.int64, float: np.float64, bool: np.bool_}[kind])
    buffer = _bits(array) if kind is bool else pa.py_buffer(array)
    return pa.Array.from_buffers(_TYPES[kind], len(array), [None, buffer])


def _bits(array: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(array, bitorder="little"))


def _ids(plan: Plan) -> dict[str, list[str]]:
    """Ids by position in the compiled plan, of each column that holds positions."""
    return {
        "product": list(plan.product),
        "region": list(plan.region),
        "rep": list(plan.rep),
        "tier": list(plan.customer_tier),
        "account": list(plan.account),
        "stage": [stage.id for stage in plan.process.stages],
    }


def _named(positions: Sequence[int], ids: Sequence[str]) -> pa.DictionaryArray:
    """Ids instead of positions; nothing where the position is −1."""
    codes = np.array(positions, dtype=np.int32)
    there = codes >= 0
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [_bits(there), pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(indices, _column(ids, str))


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

    Tables that a store took are copied some parts at a time and never held in memory as a whole.
    """
    tables: dict[str, Iterable[pa.Table]] = {"figures": [_figures(batch, plan)]}
    if batch.records:
        tables |= {name: [table] for name, table in _record_tables(batch.records, plan).items()}
    for name in RECORD_TABLES if batch.tables else ():
        tables[name] = map(_read, [part[name] for part in batch.tables])
    with ThreadPoolExecutor() as threads:  # all of it is Arrow's work, which needs Python no more than the disk does
        written = [threads.submit(_write, folder / f"{prefix}-{name}.parquet", parts) for name, parts in tables.items()]
        for one in written:
            one.result()


def _read(path: Path) -> pa.Table:
    """A file of one part; of so little several threads would make more work than they do."""
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)


def _write(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables of one kind one after the other, flushed to the disk."""
    groups = _row_groups(tables)
    first = next(groups)
    with path.open("wb") as file:
        with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
            for table in chain([first], groups):
                writer.write_table(table)
        file.flush()
        os.fsync(file.fileno())


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The tables put together until they have rows enough."""
    together: list[pa.Table] = []
    rows = 0
    for table in tables:
        together.append(table)
        rows += len(table)
        if rows >= ROW_GROUP:
            yield pa.concat_tables(together)
            together, rows = [], 0
    if together:
        yield pa.concat_tables(together)


def _figures(batch: Batch, plan: Plan) -> pa.Table:
    nothing = np.zeros(len(batch))
    figures: dict[str, NDArray[Any]] = {"replication": batch.numbers, **batch.kpis}
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
    return pa.table(
        {name: _column(values, int if name == "replication" else float) for name, values in figures.items()}
    )
