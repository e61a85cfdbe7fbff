"""Files that are handed on: written whole, and never over another."""

from __future__ import annotations

from pathlib import Path

from reports.wording import Wording
from scenarios.errors import UsageError

__all__ = ["DECK", "MAPPING", "WORKBOOK", "refuse", "write_new"]

WORKBOOK, DECK, MAPPING = ".xlsx", ".pptx", ".yaml"
"""How the names of these files end."""


def refuse(path: Path, suffix: str, words: Wording) -> None:
    """UsageError where the name is none of such a file, or something is there already."""
    if path.suffix.lower() != suffix:
        raise UsageError(words.say("file.suffix", path=path, suffix=suffix))
    if path.exists():
        raise UsageError(words.say("file.exists", path=path))


def write_new(path: Path, data: bytes, suffix: str, words: Wording) -> None:
    """Write a file where nothing is yet; UsageError where that fails."""
    refuse(path, suffix, words)
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise UsageError(words.say("file.exists", path=path)) from error
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=path, reason=error.strerror)) from error
