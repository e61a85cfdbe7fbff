"""money: every pool and purpose with what is set aside and what is expected to be paid, chances from a run included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from optimizer.money import MoneyRow, collection_outlook, money_table, team_building
from optimizer.options import amounts_of
from optimizer.solved import solve
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.allocations import read_allocation
from studies.main_job import RunResult
from studies.results import Change, Estimate, Record
from studies.saved.runs import load_result
from studies.simulating import SimulateResult
from studies.statistics import Values, mean_estimate, proportion_estimate

__all__ = [
    "ChanceRow",
    "MoneyResult",
    "MoneyTableRow",
    "Quarters",
    "money_study",
    "read_quarters",
]

_CENT = 0.005
"""Differences of sums of money below it are rounding errors."""


class MoneyTableRow(Record):
    """One purpose of money."""

    pool: str
    """Empty where no pool pays."""
    pool_name: str
    purpose: str
    name: str
    """Of the activity, measure or contingency plan; empty where the purpose is none of the plan's."""
    set_aside: float
    expected: float | None
    """None where only a chance that is not known decides."""
    most: float | None
    treatment: Literal["certain", "expected", "chance unknown", "chance from simulation", "not allocated"]
    rule: str
    units: float | None
    in_contribution: bool
    """Whether the optimiser's contribution has paid it."""
    simulated: Estimate | None = None
    """Pay-out in the quarters of a run; None where there is none, or it pays what is set aside."""


class ChanceRow(Record):
    """The share of a run's quarters in which something is paid that only a chance decides."""

    purpose: str
    """``team_building``, ``renewal_accelerator`` or a contingency plan's id."""
    name: str
    """Of the contingency plan."""
    chance: Estimate


class MoneyResult(Record):
    """Where the money goes."""

    study: Literal["money"] = "money"
    plan: str
    currency: str
    rows: tuple[MoneyTableRow, ...]
    cash_due: float
    cash_received: float
    collection_rate: float | None
    """Expected cash ÷ expected amount due, which is not the chance of reaching the threshold."""
    collection_threshold: float
    run: str = ""
    """Run whose quarters tell the chances; empty where none was named."""
    replications: int = 0
    risks: tuple[str, ...] = ()
    """In play in the run."""
    chances: tuple[ChanceRow, ...] = ()
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""


@dataclass(frozen=True)
class Quarters:
    """What a run simulated: figures with a row for each quarter."""

    run: str
    allocation: Allocation
    risks: tuple[str, ...]
    held: tuple[str, ...]
    """Contingency plans."""
    figures: pa.Table


def read_quarters(folder: Path, plan: Plan) -> Quarters:
    """The quarters of a saved run of this plan; UsageError where it is no such run."""
    summary, result = load_result(folder)
    simulated = result.simulate if isinstance(result, RunResult) else result
    if not isinstance(simulated, SimulateResult):
        raise UsageError(f"{folder.name} is a run of {summary.study}; chances come from a run of simulate or run")
    if simulated.forced:
        raise UsageError(f"in {folder.name} risks were made to strike; chances come from a run without --force")
    try:
        saved = Plan.model_validate_json((folder / "plan.json").read_text(encoding="utf-8"))
        allocation = replace(read_allocation(folder / "allocation.csv", saved), name=simulated.allocation_name)
        figures = pq.read_table(folder / "quarters-figures.parquet")
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder.name} is damaged: {type(error).__name__}") from error
    differing = [name for name in Plan.model_fields if getattr(saved, name) != getattr(plan, name)]
    if differing:
        raise UsageError(
            f"{folder.name} simulated another plan; it differs in {', '.join(differing)}. "
            "Give the scenarios and settings that the run had, or simulate this plan first"
        )
    return Quarters(folder.name, allocation, simulated.risks, simulated.plans, figures)


def money_study(plan: Plan, allocation: Allocation | None = None, quarters: Quarters | None = None) -> MoneyResult:
    """The money of the best or of a given allocation; with ``quarters`` of a run, of the run's and with its chances."""
    if quarters is not None:
        held = tuple(entry.model_copy(update={"chosen": entry.id in quarters.held}) for entry in plan.contingency_plans)
        plan, allocation = plan.model_copy(update={"contingency_plans": held}), quarters.allocation
    solved = solve(plan)
    amounts = solved.amounts() if allocation is None else amounts_of(solved.data, allocation)
    cash = collection_outlook(amounts)
    paid = {} if quarters is None else dict(_paid(plan, quarters.figures))
    rows = [_row(plan, row, paid.get(row.purpose)) for row in money_table(amounts)]
    if quarters is not None:
        rows += _uses(plan, quarters.figures)
    return MoneyResult(
        plan=plan.name,
        currency=plan.currency,
        rows=tuple(sorted(rows, key=lambda row: (row.pool == "", row.pool))),
        cash_due=cash.due,
        cash_received=cash.received,
        collection_rate=cash.rate,
        collection_threshold=cash.threshold,
        run="" if quarters is None else quarters.run,
        replications=0 if quarters is None else len(quarters.figures),
        risks=() if quarters is None else quarters.risks,
        chances=() if quarters is None else tuple(_chances(plan, quarters.figures)),
    )


def _row(plan: Plan, row: MoneyRow, paid: Values | None) -> MoneyTableRow:
    names = {thing.id: thing.name for thing in plan.activities}
    names |= {thing.id: thing.name for thing in plan.measures}
    names |= {thing.id: thing.name for thing in plan.contingency_plans}
    own = {field.name: getattr(row, field.name) for field in fields(row)}
    own["name"] = names.get(row.purpose, "")
    own["pool_name"] = next((pool.name for pool in plan.money.pools if pool.id == row.pool), "")
    if paid is None:
        return MoneyTableRow.model_validate(own)
    found = mean_estimate(paid)
    if row.treatment == "chance unknown":
        own |= {"expected": found.mean, "treatment": "chance from simulation"}
    return MoneyTableRow.model_validate(own | {"simulated": found})


def _paid(plan: Plan, figures: pa.Table) -> Iterable[tuple[str, Values]]:
    """Purpose → what each quarter paid for it, as the simulation counts its costs. Rules R2, R5, R6, E5."""
    money, basis = plan.money, {name: _figure(figures, name) for name in ("signed", "cash", "renewed")}
    bonuses: dict[str, Values] = {}
    for bonus in money.bonuses:
        before = bonuses.get(bonus.activity, np.zeros(len(figures)))
        bonuses[bonus.activity] = before + bonus.rate * basis[bonus.basis]
    yield from bonuses.items()
    yield "expert_fee", _figure(figures, "expert_fees")
    yield "team_building", team_building(plan) * _hits(plan, figures)["team_building"]
    rate = sum(bonus.rate for bonus in money.bonuses if bonus.basis == "renewed")
    extra = (money.renewal_accelerator - 1) * rate * basis["renewed"]
    yield "renewal_accelerator", extra * _hits(plan, figures)["renewal_accelerator"]
    for entry in plan.contingency_plans:
        if entry.chosen:
            yield entry.id, entry.retainer + entry.activation_cost * _figure(figures, f"triggered:{entry.id}")


def _uses(plan: Plan, figures: pa.Table) -> Iterable[MoneyTableRow]:
    """What contingency plans cost by use, on top of retainers and activations: of all plans together."""
    paid = dict(_paid(plan, figures))
    by_trigger = sum((paid[entry.id] for entry in plan.contingency_plans if entry.chosen), np.zeros(len(figures)))
    uses = _figure(figures, "plan_cost") - by_trigger
    if np.any(uses > _CENT):
        pool = next((pool.id for pool in plan.money.pools if pool.paid == "held"), "")
        row = MoneyRow(pool, "uses", 0.0, None, None, "chance unknown", "", in_contribution=False)
        yield _row(plan, row, uses)


def _hits(plan: Plan, figures: pa.Table) -> dict[str, Values]:
    """By purpose, 1 for each quarter in which its condition is met."""
    money = plan.money
    limit = money.renewal_threshold * money.renewal_target
    return {
        "team_building": (_figure(figures, "collection_rate") >= money.collection_threshold).astype(float),
        "renewal_accelerator": ((_figure(figures, "renewed") >= limit) & (limit > 0)).astype(float),
    }


def _chances(plan: Plan, figures: pa.Table) -> Iterable[ChanceRow]:
    hits = _hits(plan, figures)
    if plan.money.team_building_share > 0:
        yield ChanceRow(purpose="team_building", name="", chance=proportion_estimate(hits["team_building"]))
    if plan.money.renewal_accelerator > 1:
        chance = proportion_estimate(hits["renewal_accelerator"])
        yield ChanceRow(purpose="renewal_accelerator", name="", chance=chance)
    for entry in sorted(plan.contingency_plans, key=lambda entry: entry.id):
        if entry.chosen:
            hit = _figure(figures, f"triggered:{entry.id}") > 0
            yield ChanceRow(purpose=entry.id, name=entry.name, chance=proportion_estimate(hit.astype(float)))


def _figure(figures: pa.Table, name: str) -> Values:
    return np.asarray(figures[name], dtype=float)
