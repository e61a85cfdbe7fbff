"""One case: a plan's files, mutated from a seed, read, and judged."""

from __future__ import annotations

import math
import random
import resource
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports.wording import ENGLISH
from reports.workbooks.plan_workbook import plan_workbook
from reports.workbooks.run_workbook import allocation_workbook
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.checks import findings
from scenarios.crm.mapping import LIBRARY, read_mapping
from scenarios.errors import PlanFileError
from scenarios.loading import change_plan, load_plan
from scenarios.plan import Plan
from studies.allocation.allocations import allocation_text, read_allocation
from tests.fuzz import mutations
from tests.plans import PLAN_YAML, TABLES, small_plan_files

KINDS = ("yaml", "csv", "workbook", "allocation csv", "allocation workbook", "mapping", "setting")
MOST_SECONDS, MOST_MEGABYTES = 5.0, 1_000


@dataclass(frozen=True)
class Case:
    """What came of a case."""

    kind: str
    outcome: str
    """``plan``, ``error`` or, in words, why it is a failure."""
    seconds: float
    number: int
    detail: str = ""

    @property
    def is_failure(self) -> bool:
        return self.outcome not in ("plan", "error")


@dataclass
class Tally:
    """Cases counted."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[Case] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)

    def add(self, case: Case) -> None:
        self.counts[case.kind, "failure" if case.is_failure else case.outcome] += 1
        self.slowest[case.kind] = max(self.slowest.get(case.kind, 0.0), case.seconds)
        if case.is_failure:
            self.failures.append(case)

    def line(self) -> str:
        total = Counter[str]()
        for (_, outcome), n in self.counts.items():
            total[outcome] += n
        return f"{total['plan']:,} plans, {total['error']:,} errors with a place, {len(self.failures)} failures"

    def table(self) -> str:
        lines = ["| file | cases | a plan | an error with a place | failures | slowest, s of processor |", "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip  # noqa: E501
        for kind in KINDS:
            plan, error, failure = (self.counts[kind, outcome] for outcome in ("plan", "error", "failure"))
            slowest = self.slowest.get(kind, 0.0)
            lines.append(f"| {kind} | {plan + error + failure:,} | {plan:,} | {error:,} | {failure} | {slowest:.2f} |")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        lines.append(f"\nLargest size of the process: {peak:,.0f} MB.")
        shown = self.failures[:30]
        lines += [f"\nFAILURE {case.kind} case {case.number}: {case.outcome}\n{case.detail}" for case in shown]
        return "\n".join(lines)


@dataclass(frozen=True)
class Bases:
    """Files that are right."""

    plan: Plan
    files: dict[str, bytes]


def bases(scratch: Path) -> Bases:
    """The small plan in every form, an allocation, a mapping."""
    plan = load_plan(small_plan_files(scratch / "base")).plan
    allocation = Allocation(
        "a",
        tuple(QuotaCell(p.id, r, s.id, 1e5 / 3) for p in plan.products for s in plan.reps for r in s.regions),
        tuple(BudgetCell(r.id, a.id, 1234.5) for r in plan.regions for a in plan.activities),
    )
    return Bases(
        plan,
        {
            "plan.yaml": PLAN_YAML.encode(),
            **{f"{name}.csv": text.encode() for name, text in TABLES.items()},
            "plan.xlsx": plan_workbook(plan, ENGLISH),
            "a.csv": allocation_text(allocation).encode("utf-8-sig"),
            "a.xlsx": allocation_workbook(allocation, ENGLISH),
            "mapping.yaml": (LIBRARY / "maven.yaml").read_bytes(),
        },
    )


def run_case(base: Bases, scratch: Path, seed: int, number: int, kind: str | None = None) -> Case:
    """Mutate, read, judge. The same seed and number are the same case."""
    rng = random.Random(f"{seed}/{number}")
    kind = kind or rng.choices(KINDS, weights=(34, 24, 20, 6, 5, 6, 5))[0]
    folder = scratch / "case"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    started = time.process_time()
    outcome, detail = "", ""
    try:
        with _limited():
            outcome = _read(base, folder, kind, rng)
    except PlanFileError as error:
        unplaced = [str(problem) for problem in error.problems if not problem.place]
        outcome = "error" if error.problems and not unplaced else f"problems without a place: {unplaced[:3]}"
    except TimeoutError:
        outcome, detail = f"takes more than {MOST_SECONDS:g} s", traceback.format_exc(limit=-6)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        outcome, detail = f"{type(error).__name__}: {str(error)[:200]}", traceback.format_exc(limit=-8)
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000 > MOST_MEGABYTES:
        outcome = f"the process has grown beyond {MOST_MEGABYTES:,} MB"
    return Case(kind, outcome, time.process_time() - started, number, detail)


@contextmanager
def _limited() -> Iterator[None]:
    """TimeoutError after so many seconds of processor time."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _mutated(data: bytes, ways: list[mutations.Mutation], rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        data = rng.choice(ways)(data, rng)
    return data


def _read(base: Bases, folder: Path, kind: str, rng: random.Random) -> str:
    files = dict(base.files)
    if kind == "mapping":
        (folder / "m.yaml").write_bytes(_mutated(files["mapping.yaml"], mutations.YAML, rng))
        read_mapping(folder / "m.yaml")
        return "plan"
    if kind.startswith("allocation"):
        name, ways = ("a.csv", mutations.CSV) if kind.endswith("csv") else ("a.xlsx", [mutations.workbook])
        (folder / name).write_bytes(_mutated(files[name], ways, rng))
        read = read_allocation(folder / name, base.plan)
        assert all(math.isfinite(cell.quota) and cell.quota >= 0 for cell in read.quotas)
        read.refuse_strangers(base.plan)
        return "plan"
    if kind == "setting":
        path = rng.choice(("target", "rules.T5.ratio", "reps.R1.hours_per_week", "calendar", "customer_tiers.A.win_rate", "reps", "x"))  # fmt: skip  # noqa: E501
        value = rng.choice((*mutations.NUMBERS, *mutations.TEXTS, *mutations.YAML_PIECES))
        _judge(change_plan(base.plan, [f"{path}={value}"]))
        return "plan"
    if kind == "workbook":
        (folder / "plan.xlsx").write_bytes(_mutated(files["plan.xlsx"], [mutations.workbook], rng))
        _judge(load_plan(folder / "plan.xlsx").plan)
        return "plan"
    name = "plan.yaml" if kind == "yaml" else rng.choice([f"{table}.csv" for table in TABLES])
    files[name] = _mutated(files[name], mutations.YAML if kind == "yaml" else mutations.CSV, rng)
    for written in ("plan.yaml", *(f"{table}.csv" for table in TABLES)):
        (folder / written).write_bytes(files[written])
    _judge(load_plan(folder).plan)
    return "plan"


def _judge(plan: Plan) -> None:
    """A plan that loaded is a whole one: finite, the same when written and read again, and it can be checked."""
    written = plan.model_dump(mode="json")
    _finite(written, "")
    assert Plan.model_validate(written) == plan
    findings(plan)


def _finite(value: Any, path: str) -> None:
    if isinstance(value, float):
        assert math.isfinite(value), path
    elif isinstance(value, dict):
        for key, inner in value.items():
            _finite(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            _finite(inner, path)
