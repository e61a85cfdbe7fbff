"""What a study was computed with: versions of everything that figures come out of."""

from __future__ import annotations

import platform
from importlib.metadata import version

__all__ = ["versions"]

_PACKAGES = ("quarterdeck", "pulp", "highspy", "simpy", "numpy", "scipy", "pandas", "pydantic")


def versions() -> dict[str, str]:
    """Python and packages, by name."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
