"""What rules ask of quotas that pulls against itself. A rule is recognised by what it does, never by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenarios.cells import members, picks
from scenarios.checks.finding import Finding, finding
from scenarios.plan import Plan
from scenarios.restating import unsaid
from scenarios.rules import Cells, Ratio, Rule

__all__ = ["minimum_shares", "other_sentences", "over_assignment", "region_growth"]

Cell = tuple[tuple[str, str], ...]
"""A cell's attributes."""


def over_assignment(plan: Plan) -> Iterator[Finding]:
    """T5: multiples by tier that do not average 1; T3 x T5: by region they fit even less."""
    for rule in plan.rules:
        quotas = _quota_by_rep(plan, rule) if rule.enabled else None
        if quotas is None or len(quotas) < len(plan.reps):
            continue
        total = sum(quotas.values())
        if rule.sense == ">=" and total <= plan.target * (1 + 1e-9):
            continue
        if abs(total / plan.target - 1) > 1e-9:
            figures = {"total": total, "target": plan.target, "share": total / plan.target}
            yield finding("over_assignment", "warning", ("T5", rule.id), figures, rule.id, rule=rule.id)
        shares = {}
        for region in plan.regions:
            planned = plan.planned_amount(region)
            at_home = sum(quotas[rep.id] for rep in plan.reps if rep.regions[0] == region.id)
            if planned > 0:
                shares[region.id] = at_home / planned
        if shares and max(shares.values()) - min(shares.values()) > 0.01:
            listed = ", ".join(f"{region} {share:.0%}" for region, share in shares.items())
            about = ("T3", "T5", rule.id)
            yield finding("over_assignment_by_region", "warning", about, shares, rule.id, rule=rule.id, regions=listed)


def region_growth(plan: Plan) -> Iterator[Finding]:
    """T3: base x (1 + growth) against the company target."""
    total = sum(plan.planned_amount(region) for region in plan.regions)
    share = total / plan.target
    if abs(share - 1) > 1e-6:
        figures = {"total": total, "target": plan.target, "share": share, "difference": total - plan.target}
        yield finding("region_growth", "warning" if abs(share - 1) > 0.01 else "note", ("T3",), figures)


def minimum_shares(plan: Plan) -> Iterator[Finding]:
    """T1 and its like: minimum shares of one sum, of cells that do not overlap, beyond the whole."""
    groups: dict[frozenset[Cell], list[tuple[float, str, frozenset[Cell]]]] = {}
    for rule in plan.rules:
        if rule.enabled and rule.sense != "<=" and isinstance(rule.right, Cells) and rule.right.over == rule.left.over:
            cells, whole = _cells(plan, rule.left), _cells(plan, rule.right)
            if cells <= whole:
                groups.setdefault(whole, []).append((_share(plan, rule), rule.id, cells))
    for whole, entries in groups.items():
        ids: list[str] = []
        total, taken = 0.0, frozenset[Cell]()
        # One that divides the whole (T3) speaks for itself; beside it those of parts would never be looked at.
        entries = [entry for entry in entries if entry[2] < whole or entry[0] > 1 + 1e-9]
        for share, rule_id, cells in sorted(entries, key=lambda entry: (-entry[0], entry[1])):
            if not cells & taken:
                ids.append(rule_id)
                total, taken = total + share, taken | cells
        if total > 1 + 1e-9:
            yield finding("minimum_shares", "warning", tuple(ids), {"total": total}, ids[0], listed=", ".join(ids))


def other_sentences(plan: Plan) -> Iterator[Finding]:
    """A figure that was edited, and its sentence was not: every answer and letter would quote the old one."""
    for rule in plan.rules:
        if rule.enabled and (figure := unsaid(rule)):
            words = {"rule": rule.id, "figure": figure, "sentence": rule.sentence}
            yield finding("other_sentence", "warning", (rule.id,), {}, rule.id, **words)


def _quota_by_rep(plan: Plan, rule: Rule) -> dict[str, float] | None:
    """Quota that a rule such as T5 sets or demands of each rep; None where it is another kind of rule."""
    where = rule.left.where
    about_reps = rule.each in ("rep", "rep_tier") and rule.left.over == "quota" and rule.sense in ("=", ">=")
    part = any(getattr(where, name) for name in type(where).model_fields if name not in ("rep", "rep_tier"))
    if not about_reps or part or rule.each == "rep_tier" or not isinstance(rule.right, str):
        return None
    basis = plan.target / len(plan.reps) if rule.right == "target_per_head" else plan.target
    reps = {cell["rep"] for cell in picks(plan, rule.left)}
    ratios = {rep: _ratio_of(rule.ratio, attributes) for rep, attributes in members(plan, "rep").items() if rep in reps}
    scale = sum(ratios.values()) if isinstance(rule.ratio, Ratio) and rule.ratio.normalised else 1.0
    return {rep: ratio / scale * basis for rep, ratio in ratios.items()} if scale > 0 else None


def _ratio_of(ratio: float | Ratio, attributes: Mapping[str, str]) -> float:
    return ratio.values[attributes[str(ratio.by)]] if isinstance(ratio, Ratio) else ratio


def _cells(plan: Plan, cells: Cells) -> frozenset[Cell]:
    return frozenset(tuple(cell.items()) for cell in picks(plan, cells))


def _share(plan: Plan, rule: Rule) -> float:
    """What a rule asks for in all, over the members of its ``each``."""
    if rule.each is None:
        return rule.ratio if isinstance(rule.ratio, float) else 1.0
    if isinstance(rule.ratio, Ratio) and (rule.ratio.normalised or rule.ratio.proportional_to):
        return 1.0
    if rule.each == "cell":
        return sum(_ratio_of(rule.ratio, cell) for cell in picks(plan, rule.left))
    each = str(rule.each)
    used = {cell[each] for cell in picks(plan, rule.left)}
    return sum(_ratio_of(rule.ratio, attributes) for m, attributes in members(plan, each).items() if m in used)
