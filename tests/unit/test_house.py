"""Unit: the parts of the house's order that import-linter cannot hold."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND_LINE = [ROOT / "cli.py", *sorted((ROOT / "commands").glob("*.py"))]


def test_the_command_line_leaves_solving_simulating_and_drawing_to_their_rooms() -> None:
    imported = set()
    for node in [node for path in COMMAND_LINE for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]:
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    elsewhere = {"pulp", "highspy", "simpy", "jinja2", "altair", "vl_convert", "xlsxwriter", "pptx"}
    assert imported & elsewhere == set()


def test_pages_turn_results_into_text_and_touch_no_file() -> None:
    """What is written is written in documents, workbooks and slides."""
    touching = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink"}
    found = {
        f"{path.name}: {name}"
        for path in (ROOT / "reports" / "pages").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for name in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
        if name in touching
    }
    assert found == set()


def test_the_command_line_loads_heavy_libraries_only_inside_commands() -> None:
    heavy = "{'highspy', 'numpy', 'pandas', 'pulp', 'pyarrow', 'pydantic', 'scipy', 'simpy'}"
    program = f"import sys, cli; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == []
