"""Plan folders on disk, and the texts of their files."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from scenarios.errors import UsageError

__all__ = [
    "Row",
    "commented",
    "csv_text",
    "number",
    "plain",
    "refuse_existing",
    "significant",
    "slugs",
    "write_folder",
    "yaml_text",
]

Row: TypeAlias = dict[str, str]


def write_folder(files: Mapping[str, str | bytes], out: Path) -> None:
    """Write a new folder of files, all of it or nothing."""
    refuse_existing(out)
    work = out.parent / f".{out.name}-{uuid.uuid4().hex[:8]}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir()
        try:
            for name, data in files.items():
                (work / name).write_bytes(data.encode() if isinstance(data, str) else data)
            refuse_existing(out)
            os.rename(work, out)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from None


def refuse_existing(out: Path) -> None:
    """A plan may hold hand edits, so none is overwritten."""
    if out.exists() or out.is_symlink():
        raise UsageError(f"--out {out} exists already. Name a new folder, or remove that one.")


def slugs(names: Sequence[str], lower: bool = True) -> dict[str, str]:
    """An ASCII id for each name; equal ones are told apart by number, in order of names.

    A name without any ASCII letter or digit gets a hash, which does not depend on the other names.
    """
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^A-Za-z0-9]+", "-", plain.lower() if lower else plain).strip("-")[:36].strip("-")
        plain = plain or "n" + hashlib.sha256(name.encode()).hexdigest()[:8]
        slug, number = plain, 1
        while slug in taken:
            number += 1
            slug = f"{plain}-{number}"
        taken.add(slug)
        ids[name] = slug
    return ids


def significant(value: float, digits: int = 6) -> float:
    """A figure with no more digits than a reader can use."""
    return float(f"{value:.{digits}g}")


def commented(**entries: Any) -> CommentedMap:
    """A YAML mapping that can hold comments."""
    return CommentedMap(entries)


def plain(value: float) -> int | float:
    """A whole number as one: 2 rather than 2.0."""
    return int(value) if float(value).is_integer() else value


def number(value: float) -> str:
    """A number as it stands in a table; ValueError where it is none."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written to a table")
    return format(plain(value), ".15g") if isinstance(plain(value), float) else str(plain(value))


def yaml_text(settings: CommentedMap) -> str:
    """A plan's settings with a blank line before every section."""
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=2, offset=0)
    stream = io.StringIO()
    yaml.dump(settings, stream)
    sections = "|".join(name for name, value in settings.items() if isinstance(value, dict | list))
    return re.sub(rf"\n+((?:# [^\n]*\n)*(?:{sections}):)", r"\n\n\1", stream.getvalue())


def csv_text(rows: Sequence[Row]) -> str:
    """A table with its header."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
