"""How fast a Monte Carlo is: the textbook version, ours on one core, ours on two processes, in one run.

    python -m benchmarks.monte_carlo [--quick] [--replications N]

All three read the same draws, measure the same KPIs and end every opportunity the same. Times are by the clock, so that
processes count: run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.quarter import LOAD, SEED, machine
from benchmarks.textbook import core_allocation, core_of, difference, textbook_replicate
from scenarios.loading import load_plan
from simulation.compiling import compile_model
from simulation.kpis import measure
from simulation.options import Options
from simulation.quarter import replicate
from studies.replay.replications import Batch, run_replications
from studies.replay.workers import Processes
from studies.statistics import Values

ROUNDS = 5
SAME = ("signed", "wins", "leads", "qualified_pipeline", "hours_used", "reps_on_quota")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="few replications")
    arguments.add_argument("--replications", type=int, help="of each round; 200 unless said otherwise")
    chosen = arguments.parse_args()
    replications = chosen.replications or (20 if chosen.quick else 200)
    plan = core_of(load_plan("quarter").plan, LOAD)
    allocation, options = core_allocation(plan), Options.of(plan)
    model = compile_model(plan, allocation, options)
    for number in range(5):
        if found := difference(replicate(model, SEED, number), textbook_replicate(model, SEED, number)):
            raise SystemExit(f"replication {number} ends otherwise: {found}")

    def ours(jobs: int) -> Callable[[], Values]:
        return lambda: kpis_of(
            run_replications(plan, allocation, options, seed=SEED, numbers=range(replications), workers=Processes(jobs))
        )

    def textbook() -> Values:
        rows = [measure(textbook_replicate(model, SEED, number), model).kpis for number in range(replications)]
        return np.array([[row[kpi] for kpi in SAME] for row in rows])

    ways = {"textbook": textbook, "ours, one core": ours(1), "ours, two processes": ours(2)}
    ways["ours, two processes"]()  # starts the processes: a study pays for that once
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        found = {}
        for name, way in ways.items():
            start = time.perf_counter()
            found[name] = way()
            times[name].append(time.perf_counter() - start)
        for name, values in found.items():
            if not np.allclose(values, found["textbook"], rtol=1e-9, atol=1e-6):
                raise SystemExit(f"{name}: KPIs differ from the textbook's")
    print(machine())
    print(f"{replications} replications of the core of the built-in plan, the same KPIs; median of {ROUNDS}")
    middle = {name: statistics.median(values) for name, values in times.items()}
    for name, duration in middle.items():
        print(f"  {name:<22}{duration:8.2f} s{1e3 * duration / replications:9.2f} ms each", end="")
        print(f"{middle['textbook'] / duration:9.2f} × the textbook")
    print(f"  two processes are {middle['ours, one core'] / middle['ours, two processes']:.2f} × one")


def kpis_of(batch: Batch) -> Values:
    return np.column_stack([batch.kpis[kpi] for kpi in SAME])


if __name__ == "__main__":
    main()
