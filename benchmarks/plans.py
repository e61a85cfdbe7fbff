"""Plans of any size, made of the built-in one, and what reading, compiling and running them once costs.

    python -m benchmarks.plans [--scales 1,10,100] [--workbook]
    python -m benchmarks.plans --instructions 10,100
    python -m benchmarks.plans --replications 20,200,800
    python -m benchmarks.plans --write FOLDER --reps 200 --accounts 1200 --opportunities 2000 [--products 12 …]

Times are of the processor, each size in a process of its own, so that its memory is its own too. ``--instructions``
counts what the compiled simulation of a quarter does, with valgrind: unlike its time, that does not depend on what fits
the processor's caches. ``--replications`` says what a process holds that runs so many of the built-in plan, records
streaming to disk.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import math
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from scenarios.allocation import Allocation, QuotaCell
from scenarios.loading import load_plan
from scenarios.plan import TABLES, Plan
from scenarios.texts import cell_text

T = TypeVar("T")
SIZES = {"reps": 20, "accounts": 120, "opportunities": 200, "receivables": 92}
"""Of the built-in plan."""


def sized(
    *, products: int = 6, regions: int = 5, reps: int = 20, accounts: int = 120, opportunities: int = 200
) -> dict[str, Any]:
    """A plan as plain values with so many rows: copies of the built-in ones, with money in proportion to its reps."""
    plan: dict[str, Any] = load_plan("quarter").plan.model_dump(mode="json", exclude_none=True)
    scale = reps / SIZES["reps"]
    plan["products"] = [_copy(plan["products"], n, "P") for n in range(products)]
    _more_regions(plan, regions)
    plan["reps"] = [_copy(plan["reps"], n, "R") for n in range(reps)]
    home: dict[str, list[str]] = {}
    for rep in plan["reps"]:
        for region in rep["regions"]:
            home.setdefault(region, []).append(rep["id"])
    invoices = max(1, round(accounts * SIZES["receivables"] / SIZES["accounts"]))
    for name, count, prefix in (("accounts", accounts, "A"), ("opportunities", opportunities, "O")):
        plan[name] = [_copy(plan[name], n, prefix) for n in range(count)]
        for n, row in enumerate(plan[name]):
            row["rep"] = home[row["region"]][n % len(home[row["region"]])]
    known = {row["id"]: row for row in plan["accounts"]}
    plan["receivables"] = [_copy(plan["receivables"], n, "I") for n in range(invoices)]
    for row in (*plan["opportunities"], *plan["receivables"]):
        if row.get("account") not in known:
            row.pop("account", None)
        elif "region" in row and known[row["account"]]["region"] != row["region"]:
            row.pop("account")
    plan["target"] *= scale
    for pool in plan["money"]["pools"]:
        pool["amount"] *= scale
    for rule in plan["rules"]:
        if "amount" in rule:
            rule["amount"] *= scale
    return plan


def _copy(rows: Sequence[Mapping[str, Any]], number: int, prefix: str) -> dict[str, Any]:
    """The row of that number: the built-in ones first, under their own ids, then copies of them."""
    row = dict(rows[number % len(rows)])
    if number >= len(rows):
        row["id"] = f"{prefix}{number + 1:06}"
    return row


def _more_regions(plan: dict[str, Any], count: int) -> None:
    """Further regions are copies whose reps come from the first ones; rules by region name them too."""
    first = plan["regions"]
    plan["regions"] = [_copy(first, n, "region-") for n in range(count)]
    for n, region in enumerate(plan["regions"][len(first) :]):
        plan["reps"][n % len(plan["reps"])]["regions"].append(region["id"])
        for rule in plan["rules"]:
            ratio = rule.get("ratio")
            if isinstance(ratio, dict) and ratio.get("by") == "region":
                ratio["values"][region["id"]] = ratio["values"][first[n % len(first)]["id"]]


def write_folder(plan: dict[str, Any], folder: Path) -> None:
    """The plan as a folder: tables as CSV, the rest as JSON, which is YAML."""
    folder.mkdir(parents=True)
    rest = {name: value for name, value in plan.items() if name not in TABLES}
    (folder / "plan.yaml").write_text(json.dumps(rest, ensure_ascii=False, indent=1), encoding="utf-8")
    for name, row_type in TABLES.items():
        if plan.get(name):
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(row_type.model_fields)
                for row in plan[name]:
                    rows.writerow(_cell(row.get(column)) for column in row_type.model_fields)


def _cell(value: Any) -> Any:
    return "" if value is None else cell_text(value) if isinstance(value, list | dict) else value


def even_allocation(plan: Plan) -> Allocation:
    """Every rep carries the same share of the target in the home region, spread evenly over products."""
    quota = plan.target / len(plan.reps) / len(plan.products)
    return Allocation(
        "even", tuple(QuotaCell(p.id, s.regions[0], s.id, quota) for p in plan.products for s in plan.reps)
    )


def measure(scale: int, with_workbook: bool) -> dict[str, float]:
    """Seconds of the processor for each step of a plan so many times as large, and megabytes at the end."""
    from simulation.compiling import compile_model
    from simulation.options import Options
    from simulation.quarter import replicate

    figures: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T]) -> T:
        gc.collect()
        start = time.process_time()
        made = work()
        figures[name] = time.process_time() - start
        return made

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "plan"
        counts = {name: size * scale for name, size in SIZES.items() if name != "receivables"}
        write_folder(sized(**counts), folder)
        plan = timed("load", lambda: load_plan(folder)).plan
        figures["MB after loading"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        if with_workbook:
            from reports.wording import ENGLISH
            from reports.workbooks.plan_workbook import plan_workbook

            file = Path(scratch) / "plan.xlsx"
            file.write_bytes(timed("write workbook", lambda: plan_workbook(plan, ENGLISH)))
            again = timed("load workbook", lambda: load_plan(file)).plan
            assert again == plan
        model = timed("compile", lambda: compile_model(plan, even_allocation(plan), Options.of(plan)))
        gc.disable()  # as studies run replications
        timed("one replication", lambda: replicate(model, 1, 0))
        timed("the next", lambda: replicate(model, 1, 1))
        gc.enable()

    figures["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return figures


def instructions(scales: Sequence[int]) -> None:
    """Print how many instructions a replication takes by size, and how they grow beside rows × log rows."""
    from simulation.native import in_use

    if in_use() is None or shutil.which("valgrind") is None:
        raise SystemExit("instructions are counted in the compiled simulation (make native), with valgrind on the PATH")
    counted: list[tuple[int, float]] = []
    print("| size | million instructions of one replication | times the first | rows × log rows |")
    print("| --- " * 4 + "|")
    for scale in scales:
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=CPyDef_quarter___run_quarter"]
        command += ["--callgrind-out-file=/dev/null", sys.executable, "-m", "benchmarks.plans", "--measure", str(scale)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        [collected] = re.findall(r"Collected : (\d+)", done.stderr)
        counted.append((sum(SIZES.values()) * scale, int(collected) / 2))  # two replications are measured
        (first_rows, first), (rows, count) = counted[0], counted[-1]
        expected = rows * math.log(rows) / (first_rows * math.log(first_rows))
        print(f"| {scale} × | {count / 1e6:,.0f} | {count / first:.3g} | {expected:.3g} |", flush=True)


def hold(replications: int) -> dict[str, float]:
    """Megabytes at the end of a process that runs so many replications, and kilobytes that each of them takes."""
    from simulation.options import Options
    from studies.replay.replications import run_replications
    from studies.replay.stores import Store

    plan = load_plan("quarter").plan
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch))
        asked: dict[str, Any] = {"seed": 1, "numbers": range(replications), "keep_records": True, "store": store}
        batch = run_replications(plan, even_allocation(plan), Options.of(plan), **asked)
        kept = sum(file.stat().st_size for file in Path(scratch).rglob("*") if file.is_file())
    return {
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "kB in memory for each": batch.packed()[1].nbytes / replications / 1000,
        "kB on disk for each": kept / replications / 1000,
    }


def _in_a_process(*words: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.plans", *map(str, words)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def memory(counts: Sequence[int]) -> None:
    """Print a line per number of replications."""
    for number, count in enumerate(counts):
        figures = _in_a_process("--hold", count)
        if not number:
            print("| replications | " + " | ".join(figures) + " |")
            print("| --- " * (1 + len(figures)) + "|")
        print(f"| {count:,} | " + " | ".join(f"{value:,.3g}" for value in figures.values()) + " |", flush=True)


def table(scales: Sequence[int], with_workbook: bool) -> None:
    """Print a line per size; each is measured in its own process."""
    print(f"{platform.machine()}, Python {platform.python_version()}; seconds of the processor")
    for number, scale in enumerate(scales):
        figures = _in_a_process("--measure", scale, *["--workbook"] * with_workbook)
        if not number:
            print("| size | reps | open opportunities | accounts | " + " | ".join(figures) + " |")
            print("| --- " * (4 + len(figures)) + "|")
        counts = (SIZES[name] * scale for name in ("reps", "opportunities", "accounts"))
        shown = (f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in figures.values())
        print(
            f"| {scale} × | " + " | ".join(f"{count:,}" for count in counts) + " | " + " | ".join(shown) + " |",
            flush=True,
        )


def main() -> None:
    """Read the command line."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.plans", description=__doc__)
    options.add_argument("--scales", default="1,10,100", help="sizes, as multiples of the built-in plan")
    options.add_argument("--workbook", action="store_true", help="also as an Excel workbook")
    options.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options.add_argument("--instructions", metavar="SCALES", help="count what a replication does, with valgrind")
    options.add_argument("--replications", metavar="COUNTS", help="what a process holds that runs so many")
    options.add_argument("--hold", type=int, help=argparse.SUPPRESS)
    options.add_argument("--write", type=Path, metavar="FOLDER", help="only write a plan")
    for name, size in {"products": 6, "regions": 5, **SIZES}.items():
        if name != "receivables":
            options.add_argument(f"--{name}", type=int, default=size)
    asked = options.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.workbook)))
    elif asked.hold:
        print(json.dumps(hold(asked.hold)))
    elif asked.instructions:
        instructions([int(scale) for scale in asked.instructions.split(",")])
    elif asked.replications:
        memory([int(count) for count in asked.replications.split(",")])
    elif asked.write:
        names = ("products", "regions", "reps", "accounts", "opportunities")
        write_folder(sized(**{name: getattr(asked, name) for name in names}), asked.write)
    else:
        table([int(scale) for scale in asked.scales.split(",")], asked.workbook)


if __name__ == "__main__":
    main()
