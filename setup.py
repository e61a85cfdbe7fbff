"""Compiles the simulation into the package where QUARTERDECK_COMPILE=1 asks for it; all else is in pyproject.toml."""

import os
import sys
from pathlib import Path

from setuptools import Extension, setup

sys.path.insert(0, str(Path(__file__).parent))  # a build does not see the folder it builds


FLAGS = (
    "-ffp-contract=off",  # no product and sum in one, as some processors would: figures are Python's
    "-fno-semantic-interposition",  # nobody puts another function in the place of ours, so calls of it are direct …
    "-fno-plt",  # … and those of Python's need no detour
)


def compiled() -> list[Extension]:
    """The extension modules of the simulation."""
    from mypyc.build import mypycify

    from simulation.native import MODULES

    paths = [f"simulation/{module}.py" for module in MODULES]
    extensions = mypycify(paths, debug_level="0", group_name="simulation.native", target_dir="build/native")
    if sys.platform != "win32":
        for extension in extensions:
            extension.extra_compile_args = [*extension.extra_compile_args, *FLAGS]
    return extensions


setup(ext_modules=compiled() if os.environ.get("QUARTERDECK_COMPILE") == "1" else [])
