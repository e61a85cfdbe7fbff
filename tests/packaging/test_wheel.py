"""Packaging: what is installed is the product, whole, and it works away from its source."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = sorted({package.partition(".")[0] for package in PYPROJECT["tool"]["setuptools"]["packages"]})
DATA = [ROOT / "scenarios" / "library", ROOT / "reports" / "documents" / "templates"]


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command that sees neither the caller's folder nor its import path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files_below(folder: Path) -> set[str]:
    """Names, relative to the repository, of the files below a folder of it."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network from a copy, so that the repository stays clean."""
    source = tmp_path_factory.mktemp("source")
    for entry in ROOT.iterdir():
        if entry.name.startswith(".") or entry.name in {"build", "dist", "runs"} or entry.suffix == ".egg-info":
            continue
        (shutil.copytree if entry.is_dir() else shutil.copy2)(entry, source / entry.name)
    dist = tmp_path_factory.mktemp("dist")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"),
        *("--wheel-dir", dist, source),
        cwd=dist,
    )
    (built,) = dist.glob("quarterdeck-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh environment: the wheel is installed there, its dependencies are lent from here."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment)

    def folder(kind: str) -> Path:
        return Path(sysconfig.get_path(kind, scheme="venv", vars={"base": str(environment)}))

    python = folder("scripts") / Path(sys.executable).name
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel),
        cwd=environment,
    )
    lent = sysconfig.get_path("purelib")
    (folder("purelib") / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return folder("scripts")


def test_the_wheel_holds_every_module(contents: set[str]) -> None:
    modules = {name for room in ROOMS for name in files_below(ROOT / room) if name.endswith(".py")} | {"cli.py"}
    assert modules - contents == set()


def test_the_wheel_holds_the_built_in_plans_and_templates(contents: set[str]) -> None:
    assert {name for folder in DATA for name in files_below(folder)} - contents == set()


def test_the_wheel_holds_nothing_else(contents: set[str]) -> None:
    assert {name.partition("/")[0] for name in contents} == {"cli.py", *ROOMS}
    assert {name for name in contents if name.endswith(".pyc")} == set()


def test_the_installed_command_runs_from_another_folder(scripts: Path, tmp_path: Path) -> None:
    assert "Usage: quarterdeck" in run(scripts / "quarterdeck", "--help", cwd=tmp_path)


def test_the_installed_command_is_not_its_source(scripts: Path, tmp_path: Path) -> None:
    where = "import cli, scenarios; print(cli.__file__); print(scenarios.__file__)"
    imported = run(scripts / Path(sys.executable).name, "-c", where, cwd=tmp_path).splitlines()
    assert len(imported) == 2
    assert all(Path(file).is_relative_to(scripts.parent) for file in imported), imported
