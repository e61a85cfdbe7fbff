"""A copy of the code with a fault in it, and what its tests say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.faults import Fault

__all__ = ["Planted", "Run", "copy_of_the_code", "plant", "run"]

ROOT = Path(__file__).parents[2]
PARTS = ("cli.py", "commands", "reports", "studies", "optimizer", "simulation", "scenarios", "tests", "pyproject.toml")
NOT_TAKEN = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis")
FAILED = 1
"""pytest's code where tests failed; others say that it could not run them."""


@dataclass(frozen=True)
class Run:
    """What pytest said."""

    code: int
    output: str


@dataclass(frozen=True)
class Planted:
    """A fault, and whether its test failed over it."""

    fault: Fault
    is_noticed: bool
    noticed_by: str
    output: str


def copy_of_the_code(folder: Path) -> Path:
    """Everything that the tests import, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=NOT_TAKEN)
        else:
            shutil.copy(source, folder / part)
    return folder


def run(code: Path, tests: Sequence[str]) -> Run:
    """Run tests of a copy until one fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rf", "--tb=line", "-p", "no:cacheprovider", "-p", "no:randomly"]  # fmt: skip  # noqa: E501
    environment = os.environ | {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, *tests], cwd=code, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    return Run(done.returncode, done.stdout + done.stderr)


def plant(code: Path, fault: Fault) -> Planted:
    """Run a fault's test with it; the copy is whole again afterwards."""
    path = code / fault.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(fault.old) != 1:
        raise ValueError(f"{fault.file}: {fault.old!r} is there {whole.count(fault.old)} times; say the fault anew")
    path.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    try:
        found = run(code, [fault.test])
    finally:
        path.write_text(whole, encoding="utf-8")
    failed = re.search(r"^FAILED (\S+)", found.output, flags=re.M)
    is_noticed = found.code == FAILED and failed is not None
    return Planted(fault, is_noticed, failed[1] if is_noticed and failed else "", found.output)
