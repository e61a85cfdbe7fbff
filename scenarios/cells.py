"""Cells of an allocation and the selectors that pick them: which exist, which a rule's sides pick, what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scenarios.errors import Problem
from scenarios.expectations import responses_in
from scenarios.nodes import Node, Path, nearest, problem_at
from scenarios.plan import Plan
from scenarios.rules import Cells, Ratio, Rule

__all__ = ["attributes_of_cells", "members", "picks", "problems"]

_DIMENSIONS = {
    "quota": ("product", "product_tier", "region", "maturity", "rep", "rep_tier"),
    "expected": ("product", "product_tier", "region", "maturity", "rep", "rep_tier"),
    "budget": ("region", "maturity", "activity", "pool", "customer_tier"),
}
_ATTRIBUTES = {
    "product": ("product", "product_tier"),
    "product_tier": ("product_tier",),
    "region": ("region", "maturity"),
    "maturity": ("maturity",),
    "rep": ("rep", "rep_tier"),
    "rep_tier": ("rep_tier",),
    "activity": ("activity", "pool", "customer_tier"),
    "pool": ("pool",),
    "customer_tier": ("customer_tier",),
}
"""By what a ratio can tell the members of a dimension apart."""
_NEEDS = frozenset(
    ("activities", "locks", "maturities", "product_tiers", "products", "regions", "rep_tiers", "reps", "rules")
)


def attributes_of_cells(plan: Plan, over: str) -> list[dict[str, str]]:
    """Every cell of a quantity with its attributes, by dimension."""
    maturity = {region.id: region.maturity for region in plan.regions}
    if over == "budget":
        return [
            {
                "region": region.id,
                "maturity": region.maturity,
                "activity": activity.id,
                "pool": activity.pool,
                "customer_tier": activity.customer_tier or "",
            }
            for region in plan.regions
            for activity in plan.activities
            # What brings no leads and states no response (travel, bonuses) can be anywhere.
            if responses_in(activity, region) or not (activity.responses or activity.leads_per_unit)
        ]
    return [
        {
            "product": product.id,
            "product_tier": product.tier,
            "region": region,
            "maturity": maturity.get(region, ""),
            "rep": rep.id,
            "rep_tier": rep.tier,
        }
        for product in plan.products
        for rep in plan.reps
        for region in rep.regions
    ]


def members(plan: Plan, dimension: str) -> dict[str, dict[str, str]]:
    """Members of a dimension with their attributes."""
    return _MEMBERS[dimension](plan)


_MEMBERS: dict[str, Callable[[Plan], dict[str, dict[str, str]]]] = {
    "product": lambda plan: {p.id: {"product": p.id, "product_tier": p.tier} for p in plan.products},
    "product_tier": lambda plan: {tier: {"product_tier": tier} for tier in plan.product_tiers},
    "region": lambda plan: {r.id: {"region": r.id, "maturity": r.maturity} for r in plan.regions},
    "maturity": lambda plan: {m.id: {"maturity": m.id} for m in plan.maturities},
    "rep": lambda plan: {r.id: {"rep": r.id, "rep_tier": r.tier} for r in plan.reps},
    "rep_tier": lambda plan: {tier: {"rep_tier": tier} for tier in plan.rep_tiers},
    "activity": lambda plan: {
        a.id: {"activity": a.id, "pool": a.pool, "customer_tier": a.customer_tier or ""} for a in plan.activities
    },
    "pool": lambda plan: {p.id: {"pool": p.id} for p in plan.money.pools},
    "customer_tier": lambda plan: {tier: {"customer_tier": tier} for tier in plan.customer_tier},
}


def _wanted(cells: Cells) -> dict[str, tuple[str, ...]]:
    where = cells.where
    return {name: values for name in type(where).model_fields if (values := getattr(where, name))}


def picks(plan: Plan, cells: Cells) -> list[dict[str, str]]:
    """The cells that a sum is over."""
    wanted = _wanted(cells)
    return [
        cell
        for cell in attributes_of_cells(plan, cells.over)
        if all(cell.get(dimension, "") in values for dimension, values in wanted.items())
    ]


def problems(plan: Plan, tree: Node, broken: frozenset[str]) -> Iterator[Problem]:
    """Selectors that do not fit their quantity or pick nothing, ratios whose members are off."""
    if broken & _NEEDS:
        return
    for rule in plan.rules:
        at: Path = ("rules", rule.id)
        yield from _sum_problems(plan, tree, (*at, "left"), rule.left)
        if isinstance(rule.right, Cells):
            yield from _sum_problems(plan, tree, (*at, "right"), rule.right)
        if rule.each not in (None, "cell", *_DIMENSIONS[rule.left.over]):
            yield problem_at(tree, (*at, "each"), _unfit(str(rule.each), rule.left.over))
        elif isinstance(rule.ratio, Ratio):
            yield from _ratio_problems(plan, tree, rule, rule.ratio)
        yield from _beyond_the_whole(plan, tree, rule)
    for lock in plan.locks:
        yield from _sum_problems(plan, tree, ("locks", lock.id, "cells"), lock.cells)


def _unfit(dimension: str, over: str) -> str:
    what = {"quota": "a quota", "expected": "expected sales", "budget": "the budget"}[over]
    return f"{what} has no {dimension}; it is told apart by {', '.join(_DIMENSIONS[over])}"


def _sum_problems(plan: Plan, tree: Node, at: Path, cells: Cells) -> Iterator[Problem]:
    unfit = [dimension for dimension in _wanted(cells) if dimension not in _DIMENSIONS[cells.over]]
    for dimension in unfit:
        yield problem_at(tree, (*at, "where", dimension), _unfit(dimension, cells.over))
    if not unfit and not picks(plan, cells):
        picked = "; ".join(f"{name} {', '.join(values)}" for name, values in _wanted(cells).items())
        yield problem_at(tree, (*at, "where"), f"picks no cell of the {cells.over}{f' ({picked})' if picked else ''}")


def _ratio_problems(plan: Plan, tree: Node, rule: Rule, ratio: Ratio) -> Iterator[Problem]:
    at: Path = ("rules", rule.id, "ratio")
    each = rule.each or ""
    if ratio.proportional_to is not None:
        if each not in ("region", "maturity"):
            yield problem_at(tree, (*at, "proportional_to"), f"planned amounts are of regions; 'each' is {each}")
        elif sum(plan.planned_amount(r) for r in plan.regions if _maturity_known(plan, r.maturity)) <= 0:
            yield problem_at(tree, (*at, "proportional_to"), "all regions' planned amounts are 0")
        return
    attributes = _DIMENSIONS[rule.left.over] if each == "cell" else _ATTRIBUTES[each]
    if ratio.by not in attributes:
        fitting = " or ".join(attributes)
        yield problem_at(tree, (*at, "by"), f"a {each} is not told apart by {ratio.by}; by {fitting}")
        return
    by = str(ratio.by)
    known = list(members(plan, by))
    for value in ratio.values:
        if value not in known:
            yield problem_at(tree, (*at, "values", value), f"there is no {by} {value}", nearest(value, known))
    used = {cell[by] for cell in picks(plan, rule.left)} if by in _DIMENSIONS[rule.left.over] else set()
    if lacking := sorted(used & set(known) - set(ratio.values)):
        yield problem_at(tree, (*at, "values"), f"no ratio for {by} {_listed(lacking)}")


def _beyond_the_whole(plan: Plan, tree: Node, rule: Rule) -> Iterator[Problem]:
    """A part of a sum that is to be more than the sum: 55 for 55% would be kept by spending nothing at all."""
    ratios: dict[Path, float] = {}
    if not isinstance(rule.ratio, Ratio):
        ratios[("ratio",)] = rule.ratio
    elif not rule.ratio.normalised:
        ratios = {("ratio", "values", member): value for member, value in rule.ratio.values.items()}
    if not isinstance(rule.right, Cells) or rule.right.over != rule.left.over or max(ratios.values(), default=0.0) <= 1:
        return
    whole = [tuple(cell.items()) for cell in picks(plan, rule.right)]
    if not {tuple(cell.items()) for cell in picks(plan, rule.left)} <= set(whole):
        return
    for path, value in ratios.items():
        if value > 1:
            remedy = f"Write {value / 100:g} for {value:g}%." if 2 <= value <= 100 else "Write a share of at most 100%."
            yield problem_at(tree, ("rules", rule.id, *path), f"{value:.10g} times a sum of which it is a part", remedy)


def _maturity_known(plan: Plan, maturity: str) -> bool:
    return any(m.id == maturity for m in plan.maturities)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
