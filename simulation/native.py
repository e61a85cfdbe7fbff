"""The simulation as native code, where it has been compiled: the same modules and figures in half the time.

``make native`` compiles the modules below with mypyc, which takes them as they are, by their types. The result lies in
a folder named after Python's version and the very source it was made of, and is used from there alone: what has been
edited since runs as plain Python until it is compiled again. ``QUARTERDECK_PLAIN=1`` runs everything as plain Python.
(In a wheel that was built with ``QUARTERDECK_COMPILE=1`` the compiled modules lie beside their source.)
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path

__all__ = ["MODULES", "folder", "in_use"]

MODULES = (
    "accounts",
    "board",
    "clock",
    "effects",
    "events",
    "focus_days",
    "handover",
    "health",
    "marketing",
    "model",
    "opportunities",
    "postings",
    "quarter",
    "quarter_end",
    "ramp",
    "reallocation",
    "receivables",
    "records",
    "reps",
    "reviews",
    "risks",
    "sessions",
    "strategy_tests",
    "tasks",
    "tracing",
    "weights",
)
"""What runs in a quarter; what draws, measures and compiles the plan is numpy's work and gains nothing."""

_ROOT = Path(__file__).parents[1]
_BUILT = _ROOT / "build"
_TYPES_FROM = ("scenarios", "simulation")


def folder() -> Path:
    """Where the modules compiled from this very source lie, or would lie."""
    digest = sha256()
    for package in _TYPES_FROM:
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(f"{file.relative_to(_ROOT).as_posix()}\0".encode() + file.read_bytes())
    return _BUILT / f"native-{sys.implementation.cache_tag}-{digest.hexdigest()[:16]}"


def in_use() -> Path | None:
    """That folder, where there is something in it and plain Python is not asked for."""
    if os.environ.get("QUARTERDECK_PLAIN") or not any(_BUILT.glob("native-*")):
        return None
    found = folder()
    return found if found.is_dir() else None
