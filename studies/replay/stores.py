"""Where finished parts of a study are kept while it runs, so that it can be continued after an interruption.

A part's file holds what the replications of one variant gave; its name says which. It is written under another name
and renamed, so that it is whole or absent; one that cannot be read, as after a power cut, is computed again. Parts are
pure functions of what names them, versions and our own code included: two processes that write the same one write the
same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow.parquet as pq

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from simulation.options import Options
from studies.replay.batches import Batch
from studies.saved.tables import RECORD_TABLES
from studies.saved.versions import code, versions

__all__ = ["InPlay", "Part", "Store", "digest_of", "replace_file"]


IN_PLAY = "in-play.json"
"""File of a variant that says what it is."""


class InPlay(NamedTuple):
    """What may strike in a variant, what is held against it, and what is forced to strike, by id."""

    risks: Sequence[str]
    plans: Sequence[str]
    forced: Sequence[str]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of finished parts."""

    folder: Path

    def of(self, plan: Plan, allocation: Allocation, options: Options, seed: int) -> Part:
        """The parts of one variant."""
        what = plan, allocation, options, seed, versions(), code(), Batch.figures()
        in_play = InPlay(tuple(sorted(options.risks)), tuple(sorted(options.plans)), tuple(map(str, options.forced)))
        return Part(self.folder / digest_of(*what), in_play)

    def is_empty(self) -> bool:
        """Whether no part has been finished."""
        return next(self.folder.glob("*/*.npz"), None) is None

    def count(self) -> int:
        """Replications that are finished, of all variants."""
        return sum(int(path.name.split("-")[1]) for path in self.folder.glob("*/*.npz"))

    def first(self) -> tuple[InPlay, Batch] | None:
        """The variant that was computed first, with what of it is finished, in order of numbers and none twice."""
        paths = sorted(self.folder.glob("*/*.npz"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        if not paths:
            return None
        folder = paths[0].parent
        batches = [batch for path in folder.glob("*.npz") if (batch := _read(path)) is not None]
        try:
            in_play = InPlay(**json.loads((folder / IN_PLAY).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if not batches:
            return None
        joined = Batch.joined(batches)
        _, places = np.unique(joined.numbers, return_index=True)
        return in_play, joined.rows(places)


def digest_of(plan: Plan, allocation: Allocation, *others: object) -> str:
    """A name of what determines replications, the same in every process."""
    text = [plan.model_dump_json(), repr(allocation.quotas), repr(allocation.budget)]
    for other in others:
        fields = getattr(other, "__dataclass_fields__", None)
        parts = [getattr(other, name) for name in fields] if fields else [other]
        text += [repr(sorted(part) if isinstance(part, frozenset) else part) for part in parts]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Part:
    """The finished parts of one variant."""

    folder: Path
    in_play: InPlay

    def find(self, numbers: Sequence[int], with_records: bool) -> Batch | None:
        """A part that was finished before; None where it is not there, or not whole."""
        path = self._path(numbers)
        tables = self._tables(numbers) if with_records else {}
        if not all(table.exists() for table in tables.values()):
            return None
        batch = _read(path, tables)
        return batch if batch is not None and batch.numbers.tolist() == list(numbers) else None

    def keep(self, batch: Batch, records: Mapping[str, bytes]) -> Batch:
        """Write a part and the files of its records; the batch then says where they are.

        UsageError where it cannot be written.
        """
        numbers = batch.numbers.tolist()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / IN_PLAY).exists():
                with replace_file(self.folder / IN_PLAY) as file:
                    file.write(json.dumps(self.in_play._asdict()).encode())
            tables = self._tables(numbers) if records else {}
            for name, path in tables.items():
                with replace_file(path) as file:
                    file.write(records[name])
            with replace_file(self._path(numbers)) as file:
                names, figures = batch.packed()
                np.savez(file, names=np.array(names), figures=figures)
        except OSError as error:
            raise UsageError(
                f"what was simulated cannot be kept in {self.folder}: {error.strerror or error}; "
                "make room, or choose another folder with --out"
            ) from error
        return replace(batch, tables=(tables,) if tables else ())

    def _path(self, numbers: Sequence[int]) -> Path:
        return self.folder / f"{_name(numbers)}.npz"

    def _tables(self, numbers: Sequence[int]) -> Mapping[str, Path]:
        return {name: self.folder / f"{_name(numbers)}-{name}.parquet" for name in RECORD_TABLES}


def _read(path: Path, tables: Mapping[str, Path] = MappingProxyType({})) -> Batch | None:
    """A part, with its tables where they are asked for; None where it is not whole."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            batch = Batch.unpacked(arrays["names"].tolist(), arrays["figures"], (tables,) if tables else ())
        for table in tables.values():
            pq.read_metadata(table)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # pyarrow raises one of these, too
        return None
    return batch


def _name(numbers: Sequence[int]) -> str:
    digest = hashlib.sha256(np.array(numbers, dtype="<i8").tobytes()).hexdigest()[:12]
    return f"{numbers[0]:08d}-{len(numbers)}-{digest}"


@contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """A file written under another name, then renamed: whole or absent."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
