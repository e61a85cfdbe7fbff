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
from typing import Any

import highspy
import pulp

from optimizer.data import AllocationData, prepare
from optimizer.model import Model, state
from optimizer.selection import spell_out
from optimizer.solved import Solved, solve
from optimizer.stages import STAGES, StagedModel, objectives
from optimizer.sweeping import moved
from scenarios.changing import with_figure
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.allocation_plans import plan_of

HOLD = 1e-9


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
    moved(base, with_figure(plan, "rules.R3.ratio", 0.58))  # the live model as it is in use: bases of all stages known
    ratios = [0.55 + 0.15 * n / max(repeats - 1, 1) for n in range(repeats)]
    times: dict[str, list[float]] = {}
    for ratio in ratios:
        changed = with_figure(plan, "rules.R3.ratio", ratio)
        data = replace(base.data, plan=changed, lines=spell_out(changed, base.data.cells))

        def live(changed: Plan = changed) -> Any:
            return moved(base, changed).amounts()

        answers = {}
        for name, work in (
            ("live", live),
            ("PuLP with HiGHS", lambda data=data: rebuilt(data, pulp.HiGHS(msg=False))),
            ("PuLP with CBC", lambda data=data: rebuilt(data, pulp.PULP_CBC_CMD(msg=False))),
            ("solve(plan)", lambda changed=changed: solve(changed).amounts()),
        ):
            seconds, answers[name] = timed(work)
            times.setdefault(name, []).append(seconds)
        contribution = answers["live"].contribution()
        for name in ("PuLP with HiGHS", "PuLP with CBC"):
            if abs(answers[name] - contribution) > 1e-6 * contribution:
                raise SystemExit(f"{name} finds {answers[name]}, the live model {contribution}")
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"\nWhat-if on the built-in plan, all {len(STAGES)} stages, read back; median of {repeats}")
    for name, seconds in middle.items():
        print(f"  {name:<18}{1e3 * seconds:9.2f} ms{seconds / middle['live']:9.1f} ×")


def rebuilt(data: AllocationData, solver: Any) -> float:
    """All stages in PuLP alone: state, solve, hold, solve …, read every amount; the contribution in money."""
    model = state(data)
    problem, terms = model.problem, objectives(model)
    value = 0.0
    for number, (name, objective) in enumerate(zip(STAGES, terms, strict=True)):
        expression = pulp.LpAffineExpression(dict.fromkeys(problem.variables(), 0.0) | dict(objective))
        problem.sense = pulp.LpMinimize
        problem.setObjective(expression)
        problem.solve(solver)
        if pulp.LpStatus[problem.status] != "Optimal":
            raise SystemExit(f"{type(solver).__name__} ends stage {name} as {pulp.LpStatus[problem.status]}")
        reached = pulp.value(problem.objective)
        if name == "contribution":
            value = -reached * model.data.money
        hold = pulp.LpConstraint(
            pulp.LpAffineExpression(dict(objective)), -1, f"hold_{number}", reached + HOLD * max(1.0, abs(reached))
        )
        problem.addConstraint(hold)
    amounts = [
        variable.value() for variable in (*model.variables.quota, *model.variables.expected, *model.variables.spend)
    ]
    assert len(amounts) > 0
    return value


def sizes(reps: list[int]) -> None:
    """50 products and more and more reps: preparing, stating, loading, reading back, and what solving alone takes."""
    print("\n50 products × reps: µs per nonzero; memory is the most of the process so far")
    print(
        f"  {'reps':>5}{'cells':>9}{'nonzeros':>10}{'prepare':>9}{'state':>8}{'load':>8}{'read':>8}{'sum':>8}"
        f"{'HiGHS alone':>13}{'PuLP + CBC':>12}{'memory':>10}"
    )
    for count in reps:
        size(50, count)


def size(products: int, reps: int) -> None:
    plan = large_plan(products, reps)
    preparing, data = timed(lambda: prepare(plan))
    stating, model = timed(lambda: state(data))
    loading, staged = timed(lambda: StagedModel(model))
    nonzeros = staged.live.nonzeros
    solving, solution = timed(lambda: staged.solve("contribution"))
    reading, amounts = timed(
        lambda: (solved := Solved(data, staged, solution)).amounts().allocation("large") and solved
    )
    cbc = cbc_seconds(model) if reps <= 500 else None
    parts = [1e6 * seconds / nonzeros for seconds in (preparing, stating, loading, reading)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024) / 1024
    others = f"{solving:>11.1f} s" + (f"{cbc:>10.1f} s" if cbc is not None else f"{'–':>12}")
    print(
        f"  {reps:>5}{len(data.cells.quota):>9}{nonzeros:>10}{parts[0]:>9.2f}"
        + "".join(f"{part:>8.2f}" for part in parts[1:])
        + f"{sum(parts):>8.2f}{others}{memory:>7.1f} GB",
        flush=True,
    )
    del amounts


def cbc_seconds(model: Model) -> float:
    """PuLP with CBC on the same matrix: the two stages that HiGHS alone was given."""
    problem = model.problem
    seconds = 0.0
    for number, objective in enumerate(objectives(model)[:2]):
        problem.sense = pulp.LpMinimize
        problem.setObjective(pulp.LpAffineExpression(dict.fromkeys(problem.variables(), 0.0) | dict(objective)))
        taken, _ = timed(lambda: problem.solve(pulp.PULP_CBC_CMD(msg=False)))
        seconds += taken
        reached = pulp.value(problem.objective)
        hold = pulp.LpConstraint(
            pulp.LpAffineExpression(dict(objective)), -1, f"hold_{number}", reached + HOLD * max(1.0, abs(reached))
        )
        problem.addConstraint(hold)
    return seconds


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
