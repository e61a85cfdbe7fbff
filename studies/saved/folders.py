"""Folders that are whole or absent: written under a temporary name, flushed to the disk, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.results import Record

__all__ = ["write_json", "written"]


def written(root: Path, name: str, write: Callable[[Path], None], problem: str, suffix: str = "") -> Path:
    """A new folder below ``root``, filled by ``write``; UsageError, beginning with ``problem``, where it cannot be."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".saving-", dir=root))
        try:
            write(temporary)
            temporary.chmod(0o755)
            _flush(temporary)
            folder = _rename(temporary, root, name, suffix)
            _flush(root)
            return folder
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise UsageError(f"{problem} in {root}: {error.strerror or error}; choose another folder with --out") from error


def _flush(folder: Path) -> None:
    """Let the disk have a folder's list of files, where the system can."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems open no folders
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _rename(temporary: Path, root: Path, name: str, suffix: str) -> Path:
    for number in range(1, 1000):
        folder = root / f"{name}{'' if number == 1 else f'-{number}'}{suffix}"
        if not folder.exists():
            try:
                return temporary.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
    raise UsageError(f"{root} holds too many runs named {name}")


def write_json(path: Path, content: Record | Plan) -> None:
    """Write a file of a folder, and let the disk have it."""
    with path.open("w", encoding="utf-8") as file:
        file.write(content.model_dump_json(indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
