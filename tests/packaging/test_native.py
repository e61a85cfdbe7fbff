"""Packaging: the simulation compiled to native code computes what plain Python computes, to the last bit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.mutation.planting import copy_of_the_code

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", name="code")
def _code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source with its compiled form."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(compiler.split()[0]) is None:
        pytest.skip("there is no C compiler")
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        pytest.skip("there are no headers of Python to compile with")
    code = copy_of_the_code(tmp_path_factory.mktemp("code"))
    shutil.copy(ROOT / "setup.py", code / "setup.py")
    shutil.copy(ROOT / "README.md", code / "README.md")
    to = run(code, "-c", "from simulation.native import folder; print(folder())", plain=True).strip()
    run(code, "setup.py", "build_ext", "--build-lib", to, plain=True, QUARTERDECK_COMPILE="1")
    return code


def run(code: Path, *arguments: str, plain: bool, **more: str) -> str:
    """Standard output of Python in a copy of the source."""
    environment = os.environ | {"PYTHONPATH": str(code), "QUARTERDECK_PLAIN": "1" if plain else ""} | more
    done = subprocess.run(
        [sys.executable, *arguments], cwd=code, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_native_code_computes_the_same_quarters(code: Path) -> None:
    native, plain = (json.loads(run(code, "-m", "tests.packaging.quarters", plain=plain)) for plain in (False, True))
    assert (native["native"], plain["native"]) == (True, False)
    assert len(plain["digests"]) > 80
    assert native["digests"] == plain["digests"]


def test_processes_share_native_models(code: Path, tmp_path: Path) -> None:
    """Models and records go to other processes and come back."""
    command = ("-m", "cli", "simulate", "quarter", "--replications", "8", "--json", "--out", str(tmp_path / "runs"))
    answers = [
        json.loads(run(code, *command, "--jobs", jobs, plain=plain)) for jobs, plain in (("2", False), ("1", True))
    ]
    assert answers[0]["kpis"] == answers[1]["kpis"]


def test_edited_source_runs_as_plain_python(code: Path) -> None:
    """Nothing compiled is used once the source says something else; also what only types come from counts."""
    where = ("-c", "import simulation.reps; print(simulation.reps.__file__)")
    assert not run(code, *where, plain=False).strip().endswith(".py")
    for file in (code / "simulation" / "reps.py", code / "scenarios" / "process.py"):
        before = file.read_text(encoding="utf-8")
        file.write_text(before + "\n# another line\n", encoding="utf-8")
        assert run(code, *where, plain=False).strip().endswith("reps.py")
        file.write_text(before, encoding="utf-8")
    assert not run(code, *where, plain=False).strip().endswith(".py")
