"""How fast a replication is, beside a textbook version on the same draws with the same ends, in one run on one core.

    python -m benchmarks.quarter [--quick]

Ratios carry over to other machines, times do not. Times are of the processor, so that what else runs counts little.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import simpy

from benchmarks.textbook import core_allocation, core_of, difference, run_textbook
from optimizer import allocate
from scenarios.loading import load_plan
from simulation import native
from simulation.compiling import compile_model
from simulation.future import Future, draw_future
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import run_quarter
from simulation.records import Records

SEED = 2026
LOAD = 1.5
"""Without care and renewals reps would have time to spare; with two thirds of their hours they are as busy as ever."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds, each = (3, 4) if options.parse_args().quick else (9, 10)
    print(machine())
    beside_the_textbook(rounds, each)
    built_in(rounds, each)


def machine() -> str:
    """What the figures were measured with."""
    ours = "compiled" if native.in_use() else "plain Python"
    return f"{platform.machine()}, Python {platform.python_version()}, SimPy {simpy.__version__}; ours is {ours}"


def seconds(work: Callable[[], Any]) -> float:
    """Processor seconds, with Python's cycle collector at rest, as studies run replications."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    end = time.process_time()
    gc.enable()
    return end - start


def beside_the_textbook(rounds: int, each: int) -> None:
    """Rounds of some replications: the draws, then both versions on them by turns."""
    plan = core_of(load_plan("quarter").plan, LOAD)
    model = compile_model(plan, core_allocation(plan), Options.of(plan))
    ways: dict[str, Callable[[Model, Future], Records]] = {"textbook": run_textbook, "ours": run_quarter}
    times: dict[str, list[float]] = {name: [] for name in ("draws", *ways)}
    used, opportunities = 0.0, 0
    for number in range(rounds):
        numbers, futures = range(number * each, (number + 1) * each), list[Future]()
        drawing = seconds(lambda numbers=numbers, to=futures: to.extend(draw_future(model, SEED, n) for n in numbers))
        times["draws"].append(drawing)
        for name, run in ways.items():
            times[name].append(seconds(lambda run=run, futures=futures: [run(model, future) for future in futures]))
        for future in futures:
            ours, theirs = run_quarter(model, future), run_textbook(model, future)
            if found := difference(ours, theirs):
                raise SystemExit(f"replication {future.replication} ends otherwise: {found}")
            used += measure(ours, model).kpis["hours_used"] / (rounds * each)
            opportunities += len(ours.deals)
    middle = {name: statistics.median(values) / each for name, values in times.items()}
    count = rounds * each
    print(
        f"\nThe core of the built-in plan: {opportunities / count:.0f} opportunities, {len(model.reps)} reps with "
        f"{used:.0%} of their hours used;\nall of them end the same in {count} replications. "
        f"Median of {rounds} rounds of {each}, one core"
    )
    print(f"  {'':<26}{'draws':>10}{'quarter':>10}{'a second':>10}")
    for name in ways:
        whole = middle["draws"] + middle[name]
        print(f"  {name:<26}{ms(middle['draws'])}{ms(middle[name])}{1 / whole:10.1f}")
    ratio = (middle["draws"] + middle["textbook"]) / (middle["draws"] + middle["ours"])
    print(
        f"  ours against the textbook: {ratio:.2f} × with the draws, {middle['textbook'] / middle['ours']:.2f} × alone"
    )


def built_in(rounds: int, each: int) -> None:
    """The whole built-in plan, with all its risks; and with every contingency plan held."""
    plan = load_plan("quarter").plan
    allocation = allocate(plan).allocation
    everything = [entry.id for entry in plan.contingency_plans]
    print(f"\nThe built-in plan, median of {rounds} rounds of {each}, one core")
    print(f"  {'':<26}{'draws':>10}{'quarter':>10}{'KPIs':>10}{'a second':>10}")
    for name, held in (("all risks", ()), ("and all contingency plans", everything)):
        model = compile_model(plan, allocation, Options.of(plan, plans=held))
        parts: list[list[float]] = [[], [], []]
        for number in range(rounds):
            times = _parts(model, range(number * each, (number + 1) * each))
            for part, spent in zip(parts, times, strict=True):
                part.append(spent)
        middle = [statistics.median(part) / each for part in parts]
        print(f"  {name:<26}{''.join(map(ms, middle))}{1 / sum(middle):10.1f}   {1e3 * sum(middle):.1f} ms each")


def _parts(model: Model, numbers: range) -> tuple[float, float, float]:
    """Seconds for the draws, the quarters and the KPIs of these replications."""
    futures: list[Future] = []
    records: list[Records] = []
    drawn = seconds(lambda: futures.extend(draw_future(model, SEED, number) for number in numbers))
    run = seconds(lambda: records.extend(run_quarter(model, future) for future in futures))
    measured = seconds(lambda: [measure(record, model) for record in records])
    return drawn, run, measured


def ms(duration: float) -> str:
    return f"{1e3 * duration:7.1f} ms"


if __name__ == "__main__":
    main()
