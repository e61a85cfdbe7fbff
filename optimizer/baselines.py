"""What a planner would do without an optimiser: even shares, last quarter's shares, the ratios taken literally."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from optimizer.data import AllocationData
from optimizer.options import Option, amounts_of, option_of
from optimizer.selection import RuleLine, spell_out
from optimizer.solved import Amounts
from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import UsageError
from scenarios.expectations import measure_costs
from scenarios.plan import Plan

__all__ = ["BASELINES", "Baseline", "baseline", "even", "last_quarter", "literal"]

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Baseline:
    """An allocation by a rule of thumb, and how it was made."""

    allocation: Allocation
    notes: tuple[str, ...]


def even(data: AllocationData) -> Baseline:
    """Everybody the same: q = T ÷ reps ÷ cells of the rep; x = what a pool holds ÷ its places."""
    return Baseline(
        _allocation(data, "even", lambda p, r, s: 1.0, dict.fromkeys(data.reps, 1.0), lambda r, a: 1.0),
        ("the target in equal parts to all reps, each part evenly over the rep's products and regions",),
    )


def last_quarter(data: AllocationData) -> Baseline:
    """As last time: reps by last quarter's sales, products by what sells in the region, money by the regions' base.

    q = T · sales[s] ÷ Σ sales · P[p,r] ÷ Σ of the rep's cells, P organic demand; x = pool · base[r] ÷ Σ base ÷
    activities. UsageError where a rep has no sales of the last quarter, since a share of nothing known is no share.
    """
    plan = data.plan
    sales = {rep.id: rep.last_quarter_sales for rep in plan.reps}
    unknown = sorted(rep for rep, amount in sales.items() if amount is None)
    if unknown:
        raise UsageError(f"reps without last_quarter_sales: {', '.join(unknown)}")
    weight = {rep: amount or 0.0 for rep, amount in sales.items()}
    if sum(weight.values()) <= 0:
        raise UsageError("all last_quarter_sales are zero")
    return Baseline(
        _allocation(
            data,
            "last quarter",
            lambda p, r, s: float(data.organic[data.product_number[p], data.region_number[r]]),
            weight,
            lambda r, a: plan.region[r].base_amount,
        ),
        (
            "the target by the reps' sales of the last quarter, each part by what sells in the rep's regions",
            "money by the regions' sales of the base period",
        ),
    )


def literal(data: AllocationData) -> Baseline:
    """The plan's ratios multiplied: q = T · π[p] · ρ[r] · μ[s] ÷ Σ_{s covers r} μ; x = pool · ρ'[r] · α[a]. T1, T3, T5.

    π, ρ, α are the shares that rules over all quotas, or over a pool, ask of products, regions and activities (of a
    group, in equal parts); what no rule names shares the rest. μ are the reps' ratios. Regions without a share go by
    base · (1 + growth). That the rules cannot hold together, as T3 and T5 cannot, is what such a plan overlooks.
    """
    plan, lines = data.plan, spell_out(data.plan, data.cells)
    notes: list[str] = []
    product = _shares(plan, lines, "quota", 0, dict.fromkeys(data.products, 1.0), notes)
    planned = {region.id: plan.planned_amount(region) for region in plan.regions}
    region = _shares(plan, lines, "quota", 1, {r: planned[r] for r in data.regions}, notes)
    multiple = _multiples(lines, data.reps, notes)
    covered = {r: sum(multiple[s] for s in data.reps if r in plan.rep[s].regions) for r in data.regions}
    quotas = [
        QuotaCell(p, r, s, data.target * product[p] * region[r] * multiple[s] / covered[r] if covered[r] > 0 else 0.0)
        for p, r, s in data.cells.quota
    ]
    budget = []
    for pool, amount in _held(plan).items():
        cells = [cell for cell in data.cells.budget if plan.activity[cell[1]].pool == pool]
        regions = _shares(
            plan, lines, pool, 0, {r: planned[r] for r in data.regions if r in {c[0] for c in cells}}, notes
        )
        activities = _shares(plan, lines, pool, 1, dict.fromkeys(sorted({c[1] for c in cells}), 1.0), notes)
        for r in regions:
            there = sum(activities[a] for r_, a in cells if r_ == r)
            budget += [
                BudgetCell(r, a, amount * regions[r] * activities[a] / there) for r_, a in cells if r_ == r and there
            ]
    ids = ", ".join(dict.fromkeys(notes))
    made = Allocation("ratios taken literally", tuple(quotas), tuple(sorted(budget)))
    return Baseline(made, (f"shares and multiples of {ids} multiplied",) if ids else ())


BASELINES: Mapping[str, Callable[[AllocationData], Baseline]] = {
    "even": even,
    "last_quarter": last_quarter,
    "literal": literal,
}


def baseline(data: AllocationData, name: str, best: Amounts | None = None) -> Option:
    """A baseline with the best sales that it leaves possible, judged beside the best allocation."""
    if name not in BASELINES:
        raise UsageError(f"there is no baseline {name}; known: {', '.join(BASELINES)}")
    made = BASELINES[name](data)
    return option_of(amounts_of(data, made.allocation), made.allocation.name, "baseline", best, made.notes)


def _allocation(
    data: AllocationData,
    name: str,
    cell: Callable[[str, str, str], float],
    reps: Mapping[str, float],
    money: Callable[[str, str], float],
) -> Allocation:
    """The target over reps by weight, a rep's over its cells, a pool's money over its places; equal where all are 0."""
    whole = sum(reps.values())
    weights = {key: cell(*key) for key in data.cells.quota}
    quotas = []
    for rep in data.reps:
        own = {key: weight for key, weight in weights.items() if key[2] == rep}
        quotas += [QuotaCell(*key, data.target * reps[rep] / whole * part) for key, part in _parts(own).items()]
    budget = []
    for pool, amount in _held(data.plan).items():
        places = {c: money(*c) for c in data.cells.budget if data.plan.activity[c[1]].pool == pool}
        budget += [BudgetCell(*key, amount * part) for key, part in _parts(places).items()]
    return Allocation(name, tuple(sorted(quotas)), tuple(sorted(budget)))


def _held(plan: Plan) -> dict[str, float]:
    """What each pool has to place, its measures paid; a reserve places nothing."""
    return {
        pool.id: max(pool.amount - measure_costs(plan, pool.id), 0.0)
        for pool in sorted(plan.money.pools, key=lambda pool: pool.id)
        if pool.paid != "held"
    }


def _parts(weights: Mapping[K, float]) -> dict[K, float]:
    whole = sum(weights.values())
    return {key: weight / whole if whole > 0 else 1 / len(weights) for key, weight in weights.items()}


def _shares(
    plan: Plan, lines: Sequence[RuleLine], of: str, place: int, weights: Mapping[str, float], notes: list[str]
) -> dict[str, float]:
    """Shares of the members of one dimension of the quotas, or of a pool, as the rules' ratios have them."""
    groups: dict[tuple[str, ...], float] = {}
    for line in lines:
        group = _group(plan, line, of, place, set(weights))
        if group and not any(member in other for other in groups for member in group):
            groups[group] = line.ratio
            notes.append(line.rule.id)
    asked = sum(groups.values())
    free = [member for member in weights if not any(member in group for group in groups)]
    rest = max(1 - asked, 0.0) if free else 0.0
    shares: dict[str, float] = {}
    for members, share in [*groups.items(), (tuple(free), rest)]:
        inside = _parts({member: weights[member] for member in members})
        shares |= {member: share / (asked + rest or 1.0) * part for member, part in inside.items()}
    return shares


def _group(plan: Plan, line: RuleLine, of: str, place: int, members: set[str]) -> tuple[str, ...]:
    """Members of a dimension whose share of all quotas, or of a pool, a rule line asks for; empty where it does not."""
    over = "quota" if of == "quota" else "budget"
    if line.rule.left.over != over or line.rule.sense == "<=" or line.rule.amount is not None:
        return ()
    where = line.rule.left.where
    kinds = ("product", "region", "rep") if over == "quota" else ("region", "activity")
    dimension = {"product": ("product", "product_tier"), "region": ("region", "maturity"), "rep": ("rep", "rep_tier")}
    names = dimension.get(kinds[place], ("activity", "customer_tier"))
    elsewhere = {key for key in type(where).model_fields if getattr(where, key) and key not in (*names, "pool")}
    if elsewhere or (line.rule.each or names[0]) not in names:
        return ()
    if over == "budget" and ({plan.activity[c[1]].pool for c in line.right or line.left} != {of}):
        return ()
    found = sorted({cell[place] for cell in line.left} & members)
    return tuple(found) if found and set(found) != members else ()


def _multiples(lines: Sequence[RuleLine], reps: Sequence[str], notes: list[str]) -> dict[str, float]:
    """Ratio of each rep by the first rule that gives one to every rep; 1 without."""
    by_rule: dict[str, dict[str, float]] = {}
    for line in lines:
        if line.rule.left.over == "quota" and line.rule.each == "rep" and line.rule.sense != "<=":
            by_rule.setdefault(line.rule.id, {})[line.member] = line.ratio
    for rule, ratios in by_rule.items():
        if ratios.keys() >= set(reps) and sum(ratios.values()) > 0:
            notes.append(rule)
            return {rep: ratios[rep] for rep in reps}
    return dict.fromkeys(reps, 1.0)
