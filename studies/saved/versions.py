"""What a study was computed with: versions of everything that figures come out of."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

__all__ = ["code", "versions"]

_PACKAGES = ("quarterdeck", "pulp", "highspy", "simpy", "numpy", "scipy", "pandas", "pydantic")
_ROOMS = ("scenarios", "optimizer", "simulation", "studies")


def versions() -> dict[str, str]:
    """Python and packages, by name."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}


@lru_cache(maxsize=1)
def code() -> str:
    """A digest of our own source as far as figures come out of it."""
    digest = hashlib.sha256()
    home = Path(__file__).parents[2]
    for path in sorted(path for room in _ROOMS for path in (home / room).rglob("*.py")):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
