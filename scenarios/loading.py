"""Loading: a folder, a YAML file, a workbook or a built-in plan becomes a Plan, or one error with every problem."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from scenarios.columns import position_of
from scenarios.errors import PlanFileError, Problem
from scenarios.files import Reading
from scenarios.nodes import Node, nearest
from scenarios.overrides import SETTING, Change, apply, chosen_scenarios, setting
from scenarios.plan import TABLES, Plan
from scenarios.references import plan_problems
from scenarios.validation import validate

__all__ = ["DATA_REQUEST", "LIBRARY", "LoadedPlan", "builtin_plans", "change_plan", "load_plan"]

LIBRARY = Path(__file__).parent / "library"
PLAN_FILE = "plan.yaml"
DATA_REQUEST = "data-request.csv"
"""Lies in the folder of an imported plan, for people to fill in; no part of the plan, and not read."""
_SHEET_AND_CELL = re.compile(r"(.+)!([A-Z]{1,3})([1-9]\d{0,6})")
_FILE_AND_LINE = re.compile(r"(.+):(\d{1,9})")


@dataclass(frozen=True)
class LoadedPlan:
    """A plan with what was changed on the way and the files it came from."""

    plan: Plan
    changes: tuple[Change, ...]
    """Overrides that were applied, in order of their paths."""
    files: Mapping[str, str]
    """File name → SHA-256 of its bytes."""


def builtin_plans() -> list[str]:
    """Names of the plans that come with Quarterdeck."""
    return sorted(path.parent.name for path in LIBRARY.glob(f"*/{PLAN_FILE}"))


def load_plan(source: str | Path, scenarios: Sequence[str] = (), settings: Sequence[str] = ()) -> LoadedPlan:
    """Read a plan with the named scenarios and ``path=value`` settings applied.

    ``source`` is a folder with plan.yaml and CSV tables, one YAML file, one workbook, or the name of a built-in plan
    where no such path exists. Raises PlanFileError with every problem of all files.
    """
    reading = Reading()
    tree = _read(_find(source), reading)
    if tree is None:
        raise PlanFileError(reading.problems)
    problems = reading.problems
    overrides = chosen_scenarios(tree, scenarios, problems)
    overrides += [override for text in settings if (override := setting(text, problems))]
    changes = apply(tree, overrides, problems)
    tree.sort()
    result = validate(tree, reading.unread)
    unfit = plan_problems(result.plan, tree, frozenset(result.broken | reading.unread))
    problems += [problem for problem in reading.unsaid(result.problems) if not _is_said_better(problem, unfit)]
    problems += unfit
    if problems:
        raise PlanFileError(_in_file_order(problems, reading))
    plan = Plan.model_validate(result.sections)
    changes.sort(key=lambda change: change.path)
    return LoadedPlan(plan, tuple(changes), MappingProxyType(dict(reading.hashes)))


def _is_said_better(problem: Problem, others: Sequence[Problem]) -> bool:
    """Whether a name that is no id stands where an id is referred to: which ids there are is said of it too."""
    if not problem.message.endswith("is not an id"):
        return False
    return any(
        other.place == problem.place
        and other.message.startswith("there is no ")
        and (problem.key == other.key or problem.key.startswith(f"{other.key}["))
        for other in others
    )


def change_plan(plan: Plan, settings: Sequence[str]) -> Plan:
    """A plan in memory with ``path=value`` settings applied; PlanFileError where they do not fit.

    What did not fit together before is not held against the settings.
    """
    tree, problems = Node.of(plan.model_dump(mode="json")), list[Problem]()
    apply(tree, [override for text in settings if (override := setting(text, problems))], problems)
    tree.sort()
    result = validate(tree)
    problems += result.problems
    if not problems:
        known = {(problem.key, problem.message) for problem in plan_problems(plan)}
        problems += [p for p in plan_problems(result.plan, tree) if (p.key, p.message) not in known]
    if problems:
        raise PlanFileError(problems)
    return Plan.model_validate(result.sections)


def _find(source: str | Path) -> Path:
    path = Path(source)
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        if path.exists() or path.is_symlink():
            return path
    builtin = builtin_plans()
    if str(source) in builtin:
        return LIBRARY / str(source)
    listed = f"The built-in plans: {', '.join(builtin)}." if builtin else ""
    remedy = nearest(str(source), builtin) or listed
    raise PlanFileError([Problem(str(source), "", "there is no such file, folder or built-in plan", remedy)])


def _read(path: Path, reading: Reading) -> Node | None:
    if path.is_dir():
        return _read_folder(path, reading)
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        from scenarios.sheet_reading import read_workbook  # not to be paid for by who has no workbook

        return read_workbook(path, reading)
    if kind in (".xls", ".xlsb", ".ods"):
        reading.refuse(path.name, "", f"{kind} is not read", "Save it as an Excel workbook (.xlsx).")
        return None
    if kind not in (".yaml", ".yml"):
        reading.refuse(path.name, "", "is no plan", "Give a folder with plan.yaml, a .yaml file or an .xlsx workbook.")
        return None
    return reading.yaml(path)


def _read_folder(folder: Path, reading: Reading) -> Node | None:
    reading.folder = folder
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        reading.refuse(folder.name, "", f"cannot be read: {error.strerror}")
        return None
    if PLAN_FILE not in names:
        remedy = next((f"Rename {name}." for name in names if name.lower() in (PLAN_FILE, "plan.yml")), "")
        reading.refuse(PLAN_FILE, "", "the file is missing", remedy)
    tree = reading.yaml(folder / PLAN_FILE) if PLAN_FILE in names else None
    tables: dict[str, Node | None] = {}
    for table, row_type in TABLES.items():
        if f"{table}.csv" in names:
            tables[table] = reading.csv(folder / f"{table}.csv", table, row_type)
    for name in names:
        if name.lower().endswith(".csv") and name != DATA_REQUEST and name.removesuffix(".csv") not in TABLES:
            reading.refuse(name, "", "is no table of a plan", nearest(name, [f"{table}.csv" for table in TABLES]))
    if tree is None:  # the tables are judged all the same
        tree = Node(PLAN_FILE, {})
        reading.unread.update(Plan.model_fields)
    assert isinstance(tree.value, dict)
    for table, rows in tables.items():
        if table in tree.value:
            place = tree.value[table].place
            reading.refuse(place, table, f"is given here and in {table}.csv", "Keep one of them.")
        elif rows is None:
            reading.unread.add(table)
        else:
            tree.value[table] = rows
    for table in TABLES:
        given = table in tree.value or table in tables or table in reading.unread
        if not given and Plan.model_fields[table].is_required():
            reading.unread.add(table)
            reading.refuse(f"{table}.csv", "", "the file is missing")
    return tree


def _in_file_order(problems: Sequence[Problem], reading: Reading) -> list[Problem]:
    rank = {name: number for number, name in enumerate(reading.order)}

    def order(problem: Problem) -> tuple[int, str, int, int]:
        file, line, column = _place_parts(problem.place)
        return rank.get(file, len(rank) + (file == SETTING)), file, line, column

    return sorted(dict.fromkeys(problems), key=order)


def _place_parts(place: str) -> tuple[str, int, int]:
    """File or sheet, line and column; 0 where a place has none."""
    if cell := _SHEET_AND_CELL.fullmatch(place):
        return cell[1], int(cell[3]), position_of(cell[2])
    if line := _FILE_AND_LINE.fullmatch(place):
        return line[1], int(line[2]), 0
    return place, 0, 0
