"""Digests of quarters of every kind, printed as JSON: what test_native.py compares between plain and native code.

python -m tests.packaging.quarters
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from hypothesis import given, settings

import simulation.quarter
from optimizer import allocate
from scenarios.loading import load_plan
from simulation.compiling import compile_model
from simulation.kpis import measure
from simulation.options import Options
from simulation.quarter import replicate
from simulation.tracing import trace_replication
from tests.property.test_simulation_steered import Steered, steered

SCENARIOS: tuple[tuple[str, ...], ...] = ((), ("price_war",), ("key_reps_leave",), ("everything_at_once",))
REPLICATIONS = range(4)


def main() -> None:
    """Print where the code came from, and a digest of every quarter by name."""
    native = not str(simulation.quarter.__file__).endswith(".py")
    print(json.dumps({"native": native, "digests": dict([*built_in(), *random_companies()])}))


def built_in() -> Iterator[tuple[str, str]]:
    """The built-in plan in its scenarios, without and with every contingency plan, with what its KPIs are."""
    for names in SCENARIOS:
        plan = load_plan("quarter", scenarios=names).plan
        allocation = allocate(plan).allocation
        for held in ((), tuple(entry.id for entry in plan.contingency_plans)):
            model = compile_model(plan, allocation, Options.of(plan, plans=held))
            for number in REPLICATIONS:
                records = replicate(model, 2026, number)
                yield f"{names} {len(held)} {number}", digest(records, measure(records, model))


def random_companies() -> list[tuple[str, str]]:
    """Companies with rules, risks, plans and policies of every kind, traced."""
    digests: list[tuple[str, str]] = []

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(steered())
    def replay(company: Steered) -> None:
        trace = trace_replication(company.model, company.seed, 0)
        digests.append((f"company {len(digests)}", digest(trace)))

    replay()
    return digests


def digest(*things: object) -> str:
    """Of everything that the things say of themselves, numbers to the last digit."""
    return sha256(repr(things).encode()).hexdigest()


if __name__ == "__main__":
    main()
