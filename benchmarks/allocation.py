"""How fast the allocation is, side by side in one run: what-ifs against rebuilding, and large plans by their parts.

    python -m benchmarks.allocation [--quick]

Ratios carry over to other machines, times do not. What-if: one ratio changed, all stages, amounts read back. Rebuilding
is what PuLP alone offers: state the program again, solve stage by stage in a fresh solver, read the variables.
"""

from __future__ import annotations

import argparse
import gc
import platform
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import highspy
import numpy as np
import pulp

from optimizer.data import AllocationData, prepare
from optimizer.model import Model, state
from optimizer.selection import spell_out
from optimizer.solved import Solved, solve
from optimizer.stages import STAGES, Solution, StagedModel, objectives
from optimizer.sweeping import moved
from scenarios.changing import with_figure
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.allocation_plans import plan_of

HOLD = {"HiGHS": 1e-9, "PULP_CBC_CMD": 1e-5}
"""Relative room of a stage's value in the stages after it, as much as the solver's tolerances ask for."""
BARE_LIMIT_S = 600.0
CBC_UP_TO_REPS = 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="smaller plans, fewer repeats")
    quick = options.parse_args().quick
    print(f"{platform.machine()}, Python {platform.python_version()}, PuLP {pulp.__version__}, HiGHS {version()}")
    what_if(repeats=3 if quick else 15)
    sizes(reps=[50, 200] if quick else [200, 500, 1000, 2000])


def version() -> str:
    return str(highspy.Highs().version())


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def what_if(repeats: int) -> None:
    """R3 from 55% to 70%: on the live model, and by rebuilding."""
    plan = load_plan("quarter").plan
    base = solve(plan)
    moved(base, with_figure(plan, "rules.R3.ratio", 0.58))  # the live model in use: bases of all stages are known
    ways: dict[str, Callable[[Plan], float]] = {
        "live model": lambda changed: moved(base, changed).amounts().contribution(),
        "PuLP with HiGHS": lambda changed: rebuilt(spelled_out(base.data, changed), pulp.HiGHS(msg=False)),
        "PuLP with CBC": lambda changed: rebuilt(spelled_out(base.data, changed), pulp.PULP_CBC_CMD(msg=False)),
        "… from the plan": lambda changed: rebuilt(prepare(changed), pulp.HiGHS(msg=False)),
        "solve(plan)": lambda changed: solve(changed).amounts().contribution(),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(repeats):
        changed = with_figure(plan, "rules.R3.ratio", 0.55 + 0.15 * number / max(repeats - 1, 1))
        found = {}
        for name, way in ways.items():
            seconds, found[name] = timed(partial(way, changed))
            times[name].append(seconds)
        for name, contribution in found.items():
            if abs(contribution / found["live model"] - 1) > 1e-5:
                raise SystemExit(f"{name} finds {contribution}, the live model {found['live model']}")
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"\nWhat-if on the built-in plan, all {len(STAGES)} stages, amounts read back; median of {repeats}")
    for name, seconds in middle.items():
        print(f"  {name:<18}{1e3 * seconds:9.2f} ms{seconds / middle['live model']:9.1f} ×")


def spelled_out(data: AllocationData, plan: Plan) -> AllocationData:
    """Data of a plan whose rules alone differ: what rebuilding can keep."""
    return replace(data, plan=plan, lines=spell_out(plan, data.cells))


def rebuilt(data: AllocationData, solver: Any) -> float:
    """All stages in PuLP alone: state, solve, hold, solve …, read every amount; the contribution in money."""
    model = state(data)
    reached = in_stages(model, solver, len(STAGES))
    v = model.variables
    amounts = [variable.value() for variable in (*v.quota, *v.expected, *v.spend)]
    assert None not in amounts
    return -reached[STAGES.index("contribution")] * model.data.money


def in_stages(model: Model, solver: Any, count: int) -> list[float]:
    """Solve stages in PuLP, the values of those before held by a row each."""
    problem, room, reached = model.problem, HOLD[type(solver).__name__], list[float]()
    problem.sense = pulp.LpMinimize
    for number, terms in enumerate(objectives(model)[:count]):
        problem.setObjective(pulp.LpAffineExpression(dict.fromkeys(problem.variables(), 0.0) | dict(terms)))
        problem.solve(solver)
        if pulp.LpStatus[problem.status] != "Optimal":
            raise SystemExit(f"{type(solver).__name__} ends stage {STAGES[number]} as {pulp.LpStatus[problem.status]}")
        reached.append(pulp.value(problem.objective))
        most = reached[-1] + room * max(1.0, abs(reached[-1]))
        problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(dict(terms)), -1, f"hold_{number}", most))
    return reached


def sizes(reps: list[int]) -> None:
    """50 products and more and more reps: preparing, stating, loading, reading back; and what solving alone takes."""
    print("\n50 products × reps, µs per nonzero; contribution alone solved; memory: the most of the process so far")
    heads = (
        "reps",
        "cells",
        "nonzeros",
        "prepare",
        "state",
        "load",
        "read",
        "sum",
        "bare HiGHS",
        "PuLP + CBC",
        "memory",
    )
    print("".join(f"{head:>11}" for head in heads))
    for count in reps:
        size(50, count)


def size(products: int, reps: int) -> None:
    plan = large_plan(products, reps)
    preparing, data = timed(lambda: prepare(plan))
    stating, model = timed(lambda: state(data))
    loading, staged = timed(lambda: StagedModel(model))
    values = np.random.default_rng(1).random(staged.live.width)  # reading back takes the same whatever is read
    solution = Solution((0.0,) * len(STAGES), values)
    reading, _ = timed(lambda: Solved(data, staged, solution).amounts().allocation("large"))
    nonzeros = staged.live.nonzeros
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1024**2
    bare = bare_seconds(staged)
    cbc = f"{timed(lambda: bare_cbc(model))[0]:.1f} s" if reps <= CBC_UP_TO_REPS else "–"
    parts = [1e6 * seconds / nonzeros for seconds in (preparing, stating, loading, reading)]
    figures = [f"{part:.2f}" for part in (*parts, sum(parts))]
    row = [str(reps), str(len(data.cells.quota)), str(nonzeros), *figures, bare, cbc, f"{memory:.1f} GB"]
    print("".join(f"{figure:>11}" for figure in row), flush=True)


def bare_seconds(staged: StagedModel) -> str:
    """HiGHS on the same matrix, as it chooses, for the greatest contribution."""
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", BARE_LIMIT_S)):
        solver.setOptionValue(option, value)
    solver.passModel(staged.live.lp)
    costs = staged.costs("contribution")
    solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
    seconds, _ = timed(solver.run)
    done = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return f"{seconds:.1f} s" if done else f"> {seconds:.0f} s"


def bare_cbc(model: Model) -> None:
    """PuLP with CBC on the same matrix for the greatest contribution."""
    terms = dict.fromkeys(model.problem.variables(), 0.0) | dict(objectives(model)[STAGES.index("contribution")])
    model.problem.sense = pulp.LpMinimize
    model.problem.setObjective(pulp.LpAffineExpression(terms))
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False))
    if pulp.LpStatus[model.problem.status] != "Optimal":
        raise SystemExit(f"CBC ends as {pulp.LpStatus[model.problem.status]}")


def large_plan(products: int, reps: int, regions: int = 20) -> Plan:
    """A plan of any size: one region a rep, three renewals each, salons, T1, T3 (soft), T5 and R3."""
    rng = random.Random(1)
    tiers, names = ["star", "potential", "tail"], ["top", "core", "new"]
    ids = [f"p{n:03}" for n in range(products)]
    places = [f"r{n:03}" for n in range(regions)]
    people = {f"s{n:05}": (names[n % 3], [places[n % regions]], rng.choice([100.0, 200.0])) for n in range(reps)}
    renewals = {(p, own[1][0], s): rng.uniform(5, 100) for s, own in people.items() for p in rng.sample(ids, 3)}
    quota, budget = {"over": "quota"}, {"over": "budget"}
    return plan_of(
        target=1.1 * sum(renewals.values()),
        products={p: (tiers[n % 3], rng.uniform(0.2, 0.7)) for n, p in enumerate(ids)},
        regions={r: (["mature", "growth"][n % 2], rng.uniform(50, 500)) for n, r in enumerate(places)},
        reps=people,
        renewals=renewals,
        renewal_hours=2,
        activities=[
            {
                "id": "salon",
                "name": "Salon",
                "pool": "marketing",
                "unit_cost": 10,
                "leads_per_unit": 1.5,
                "product_mix": dict.fromkeys(ids, 1 / products),
                "responses": {"all": [{"up_to_units": 20, "effect": 1}, {"up_to_units": 40, "effect": 0.5}]},
                "rep_hours_per_unit": 2,
            }
        ],
        money={"pools": [{"id": "marketing", "name": "Marketing", "amount": 5000}]},
        rules=[
            {
                "id": "T1",
                "left": {"over": "quota", "where": {"product_tier": ["star"]}},
                "sense": "=",
                "ratio": 0.4,
                "right": quota,
            },
            {
                "id": "T3",
                "left": quota,
                "sense": "=",
                "each": "region",
                "ratio": {"proportional_to": "planned_amount"},
                "right": quota,
                "firmness": "soft",
            },
            {
                "id": "T5",
                "left": quota,
                "sense": "=",
                "each": "rep",
                "ratio": {"by": "rep_tier", "values": {"top": 1.5, "core": 1.1, "new": 0.8}},
                "right": "target_per_head",
            },
            {
                "id": "R3",
                "left": {"over": "budget", "where": {"maturity": ["growth"]}},
                "sense": ">=",
                "ratio": 0.6,
                "right": budget,
            },
        ],
    )


if __name__ == "__main__":
    main()
