"""What a ratio rule means in a plan: which cells it sums, for which members, at which ratio.

Shared by the rows of the linear program and by the independent check, so that both read a rule alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scenarios.cells import attributes_of_cells, members
from scenarios.errors import PlanFileError, Problem
from scenarios.plan import Plan
from scenarios.rules import Cells, Ratio, Rule

__all__ = [
    "BudgetKey",
    "Key",
    "QuotaKey",
    "RuleLine",
    "Universe",
    "fixes_total",
    "select",
    "spell_out",
    "universe",
    "with_budget",
    "with_figures_of",
]

QuotaKey = tuple[str, str, str]
"""Product, region, rep."""
BudgetKey = tuple[str, str]
"""Region, activity."""
Key = tuple[str, ...]
"""Either."""

_KINDS: dict[str, tuple[str, ...]] = {
    "quota": ("product", "region", "rep"),
    "expected": ("product", "region", "rep"),
    "budget": ("region", "activity"),
}
_KIND_OF = {
    "product": "product",
    "product_tier": "product",
    "region": "region",
    "maturity": "region",
    "rep": "rep",
    "rep_tier": "rep",
    "activity": "activity",
    "pool": "activity",
    "customer_tier": "activity",
}


@dataclass(frozen=True, slots=True)
class Universe:
    """All cells that a rule may pick from, in order of their ids."""

    quota: tuple[QuotaKey, ...]
    budget: tuple[BudgetKey, ...]

    def over(self, quantity: str) -> Sequence[Key]:
        """Cells of a quantity; expected sales have the cells of the quotas."""
        return self.budget if quantity == "budget" else self.quota


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule for one member of its ``each``: ``sum of left  sense  ratio x (sum of right, or fixed)``."""

    rule: Rule
    member: str
    """Id of the member; empty without ``each``."""
    ratio: float
    left: tuple[Key, ...]
    right: tuple[Key, ...]
    fixed: float | None
    """Money on the right where it is no sum of cells: the target, the target per head, an amount."""

    @property
    def right_over(self) -> str:
        """Quantity of the cells on the right."""
        return self.rule.right.over if isinstance(self.rule.right, Cells) else self.rule.left.over


def universe(plan: Plan) -> Universe:
    """Cells there are, as the plan's own checks see them."""
    quota = {(c["product"], c["region"], c["rep"]) for c in attributes_of_cells(plan, "quota")}
    budget = {(c["region"], c["activity"]) for c in attributes_of_cells(plan, "budget")}
    return Universe(tuple(sorted(quota)), tuple(sorted(budget)))


def select(plan: Plan, cells: Cells, from_: Universe, owner: str) -> tuple[Key, ...]:
    """Cells that a selector picks, in order; PlanFileError where it cannot pick at all."""
    kinds = _KINDS[cells.over]
    known = {kind: members(plan, kind) for kind in kinds}
    allowed = {kind: set(known[kind]) for kind in kinds}
    for key in type(cells.where).model_fields:
        values = getattr(cells.where, key)
        if not values:
            continue
        if _KIND_OF[key] not in kinds:
            raise _wrong(owner, f"cells of {cells.over} have no {key}")
        allowed[_KIND_OF[key]] &= {id_ for id_, own in known[_KIND_OF[key]].items() if own[key] in values}
    sets = [allowed[kind] for kind in kinds]
    return tuple(
        cell for cell in from_.over(cells.over) if all(id_ in ids for id_, ids in zip(cell, sets, strict=True))
    )


def spell_out(plan: Plan, from_: Universe) -> tuple[RuleLine, ...]:
    """Every enabled rule, member by member, in order of ids."""
    rules = sorted((rule for rule in plan.rules if rule.enabled), key=lambda rule: rule.id)
    return tuple(line for rule in rules for line in _lines(plan, rule, from_))


def with_figures_of(plan: Plan, line: RuleLine, rule: Rule) -> RuleLine:
    """A line of a rule whose one ratio, or whose amount, is another one."""
    assert not isinstance(rule.ratio, Ratio), "ratios by member depend on one another"
    fixed = line.fixed if line.fixed is None else _fixed(plan, rule)
    return replace(line, rule=rule, ratio=float(rule.ratio), fixed=fixed)


def fixes_total(plan: Plan, from_: Universe) -> bool:
    """Whether hard equalities with a fixed right side, or locks, cover all quota cells, so that the total is decided.

    A wish decides nothing: where it alone spoke of all quotas, the quotas still add up to the target.
    """
    covered: set[Key] = set()
    for line in spell_out(plan, from_):
        is_hard = line.rule.sense == "=" and line.rule.firmness == "hard"
        if is_hard and line.fixed is not None and line.rule.left.over == "quota":
            covered.update(line.left)
    for lock in plan.locks:
        if lock.cells.over == "quota":
            covered.update(select(plan, lock.cells, from_, f"locks.{lock.id}"))
    return covered >= set(from_.quota)


def _lines(plan: Plan, rule: Rule, from_: Universe) -> Iterable[RuleLine]:
    owner = f"rules.{rule.id}"
    left = select(plan, rule.left, from_, owner)
    right: tuple[Key, ...] = ()
    fixed = None
    if isinstance(rule.right, Cells):
        right = select(plan, rule.right, from_, owner)
        if not right:
            raise _wrong(owner, "its right side selects nothing")
    else:
        fixed = _fixed(plan, rule)
    groups = _groups(plan, rule, left, from_)
    if not any(groups.values()):
        raise _wrong(owner, "it selects nothing")
    ratios = _ratios_of_cells(plan, rule, groups) if rule.each == "cell" else _ratios(plan, rule, tuple(groups))
    for member, cells in groups.items():
        yield RuleLine(rule, member, ratios[member], cells, right, fixed)


def _fixed(plan: Plan, rule: Rule) -> float:
    if rule.amount is not None:
        return rule.amount
    return plan.target / len(plan.reps) if rule.right == "target_per_head" else plan.target


def _groups(plan: Plan, rule: Rule, left: Sequence[Key], from_: Universe) -> dict[str, tuple[Key, ...]]:
    """Members of ``each`` with their cells, in order of ids.

    One that has no cell in the plan at all (a region without reps) stays, with an empty sum, so that a share asked of
    it is seen to be impossible.
    """
    if rule.each is None:
        return {"": tuple(left)}
    if rule.each == "cell":
        return {"/".join(cell): (cell,) for cell in left}
    kinds, kind = _KINDS[rule.left.over], _KIND_OF[rule.each]
    if kind not in kinds:
        raise _wrong(f"rules.{rule.id}", f"cells of {rule.left.over} have no {rule.each}")
    place, of = kinds.index(kind), {id_: own[rule.each] for id_, own in members(plan, kind).items()}
    groups: dict[str, list[Key]] = {}
    for cell in left:
        if member := of[cell[place]]:  # an activity may be for no customer tier
            groups.setdefault(member, []).append(cell)
    inhabited = {of[cell[place]] for cell in from_.over(rule.left.over)}
    for member in set(of.values()) - inhabited - {""}:
        if _is_asked(plan, rule, kind, member):
            groups[member] = []
    return {member: tuple(groups[member]) for member in sorted(groups)}


def _is_asked(plan: Plan, rule: Rule, kind: str, member: str) -> bool:
    wanted = {k: v for k in type(rule.left.where).model_fields if (v := getattr(rule.left.where, k))}
    assert rule.each is not None
    things = [own for own in members(plan, kind).values() if own[rule.each] == member]
    return any(all(own[k] in v for k, v in wanted.items() if _KIND_OF[k] == kind) for own in things)


def _ratios(plan: Plan, rule: Rule, ids: Sequence[str]) -> Mapping[str, float]:
    if isinstance(rule.ratio, float | int):
        return dict.fromkeys(ids, float(rule.ratio))
    assert rule.each is not None, "the plan's model asks for 'each' with a ratio per member"
    if rule.ratio.proportional_to is not None:
        if _KIND_OF[rule.each] != "region":
            raise _wrong(f"rules.{rule.id}", "planned amounts are the regions': 'each' must be region or maturity")
        weights = dict.fromkeys(ids, 0.0)
        for region in sorted(plan.regions, key=lambda region: region.id):
            member = region.id if rule.each == "region" else region.maturity
            if member in weights:
                weights[member] += plan.planned_amount(region)
        return _shares(rule, weights)
    by = rule.ratio.by
    assert by is not None, "the plan's model asks for one form of ratio"
    kind = _KIND_OF[rule.each]
    found: dict[str, set[str]] = {}
    for own in members(plan, kind).values():
        found.setdefault(own[rule.each], set()).add(own.get(by, ""))
    return _valued(rule, {member: found.get(member, set()) for member in ids})


def _ratios_of_cells(plan: Plan, rule: Rule, groups: Mapping[str, Sequence[Key]]) -> Mapping[str, float]:
    """Ratio of each cell, by an attribute of its product, region, rep or activity."""
    if isinstance(rule.ratio, float | int):
        return dict.fromkeys(groups, float(rule.ratio))
    by, kinds = rule.ratio.by, _KINDS[rule.left.over]
    if by is None or _KIND_OF[by] not in kinds:
        raise _wrong(f"rules.{rule.id}.ratio", f"cells of {rule.left.over} are not told apart by {by}")
    place, of = kinds.index(_KIND_OF[by]), members(plan, _KIND_OF[by])
    return _valued(rule, {member: {of[cell[place]][by]} for member, (cell,) in groups.items()})


def _valued(rule: Rule, found: Mapping[str, set[str]]) -> Mapping[str, float]:
    """The ratio's value of each member, of whom ``found`` says by which keys of the values it goes."""
    assert isinstance(rule.ratio, Ratio)
    ratio, values = rule.ratio, {}
    for member, keys in found.items():
        if len(keys) != 1 or not keys <= ratio.values.keys():
            raise _wrong(f"rules.{rule.id}.ratio", f"no one value for {rule.each} {member} by {ratio.by}")
        values[member] = ratio.values[next(iter(keys))]
    return _shares(rule, values) if ratio.normalised else values


def _shares(rule: Rule, weights: Mapping[str, float]) -> Mapping[str, float]:
    total = sum(weights.values())
    if total <= 0:
        raise _wrong(f"rules.{rule.id}.ratio", "all its weights are zero")
    return {member: weight / total for member, weight in weights.items()}


def _wrong(key: str, message: str) -> PlanFileError:
    return PlanFileError([Problem(place="", key=key, message=message)])


def with_budget(cells: Universe, budget: Iterable[BudgetKey]) -> Universe:
    """A universe that also holds the budget cells of a hand-made allocation."""
    return replace(cells, budget=tuple(sorted({*cells.budget, *budget})))
