"""The page of parameters and events: the registry, with what the built-in plan makes of it.

``python -m reports.reference`` writes ``docs/parameters.md`` anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reports.wording import ENGLISH, Wording
from scenarios.effects import EVENTS, PARAMETERS, Effect, Parameter, Scope
from scenarios.fields import Section
from scenarios.loading import load_plan
from scenarios.plan import Plan

__all__ = ["BASES", "PAGE", "parameters_page"]

PAGE = Path(__file__).parents[1] / "docs" / "parameters.md"
BUILT_IN = "quarter"

BASES: dict[str, tuple[str, ...]] = {
    "bad_debt": ("money.lateness.bad_debt",),
    "base_share": ("risks.*.figures.base_share", "contingency_plans.*.figures.base_share"),
    "baseline_rate": ("baseline_leads.*.accepted_per_quarter",),
    "budget_pull": (),
    "cross_sell_rate": ("customer_tiers.*.cross_sell_per_quarter",),
    "cycle_time": ("products.*.median_cycle_days", "process.cycle_sigma"),
    "days_late": ("money.lateness.median_days_late",),
    "deal_value": ("products.*.mean_deal", "process.value_sigma"),
    "detection_days": ("risks.*.detection_days",),
    "event_probability": ("risks.*.event_probability",),
    "handover_days": ("handover.days",),
    "late_share": ("money.lateness.late_share",),
    "lead_rate": ("activities.*.leads_per_unit", "activities.*.acceptance"),
    "orphan_win_factor": ("process.orphan_win_factor",),
    "payment_days": (),
    "proposal_hours": ("process.stages.*.proposal_hours",),
    "renewal_rate": ("customer_tiers.*.renewal_rate",),
    "renewals_from_week": ("process.renewals_from_week",),
    "ramp_weeks": ("ramp.weeks",),
    "rep_hours": ("reps.*.hours_per_week",),
    "shrink_share": ("risks.*.figures.shrink_share",),
    "skill": ("ramp.at_start",),
    "stage_difficulty": ("process.stages.*.conversion",),
    "stall_days": ("risks.*.figures.stall_days",),
    "strike_rate": ("risks.*.chance_per_quarter",),
    "touch_hours": ("process.stages.*.touch_hours",),
    "win_rate": ("customer_tiers.*.win_rate",),
}
"""Parameter → where the plan holds the figures that it changes."""

_MOST_SHOWN = 6


def parameters_page(plan: Plan, words: Wording) -> str:
    """The page, as Markdown; ``plan`` is the one whose figures it shows."""
    graded = {assumption.path: assumption.grade for assumption in plan.assumptions}
    lines = [words.say("reference.title"), "", words.say("reference.intro"), "", words.say("reference.formula"), ""]
    for parameter in sorted(PARAMETERS.values(), key=lambda p: p.name):
        lines += _parameter(parameter, plan, graded, words)
    lines += [words.say("reference.events"), "", words.say("reference.events_intro"), ""]
    lines += ["| " + " | ".join(words.say("reference.events_head").split(";")) + " |", "| --- | --- | --- |"]
    for name, meaning in EVENTS.items():
        bringing = [risk.id for risk in plan.risks if risk.event == name]
        bringing += [answer.id for answer in plan.contingency_plans if answer.event == name]
        risks = words.listed(f"`{entry}`" for entry in bringing) or words.say("none")
        lines.append(f"| `{name}` | {meaning} | {risks} |")
    return "\n".join(lines) + "\n"


def _parameter(parameter: Parameter, plan: Plan, graded: Mapping[str, str], words: Wording) -> Iterator[str]:
    yield f"## `{parameter.name}`"
    yield ""
    yield f"{parameter.meaning[:1].upper()}{parameter.meaning[1:]}."
    yield ""
    yield words.say("reference.unit", unit=parameter.unit)
    yield words.say("reference.domain", low=words.figure(parameter.low), high=_bound(parameter.high, words))
    yield words.say("reference.keys", keys=words.listed(f"`{key}`" for key in sorted(parameter.keys)))
    yield from _defaults(BASES[parameter.name], plan, graded, words)
    movers = list(_movers(parameter.name, plan, words))
    yield words.say("reference.movers") if movers else words.say("reference.no_mover")
    yield from movers
    yield ""


def _bound(value: float, words: Wording) -> str:
    return words.say("reference.no_bound") if value == float("inf") else words.figure(value)


def _defaults(paths: Iterable[str], plan: Plan, graded: Mapping[str, str], words: Wording) -> Iterator[str]:
    for path in paths:
        found = list(_figures(plan, path))
        if not found:
            yield words.say("reference.no_default", path=path)
            continue
        values = sorted({value for _, value in found if isinstance(value, int | float)})
        if len(found) > _MOST_SHOWN and values and all(isinstance(value, int | float) for _, value in found):
            grades = sorted({graded[name] for name, _ in found if name in graded})
            low, high = words.figure(values[0]), words.figure(values[-1])
            listed = words.say("reference.same" if low == high else "reference.range", low=low, high=high, n=len(found))
            yield words.say("reference.default", path=path, values=f"{listed}{_grades(grades, words)}")
        else:
            texts = (f"{_name(name, path)}{_text(v, words)}{_grade(graded.get(name), words)}" for name, v in found)
            yield words.say("reference.default", path=path, values="; ".join(texts))


def _grades(grades: list[str], words: Wording) -> str:
    return words.say("reference.grades", grades=words.listed(grades)) if grades else ""


def _grade(grade: str | None, words: Wording) -> str:
    return words.say("reference.grade", grade=grade) if grade else ""


def _name(found: str, path: str) -> str:
    """What the star of a path stands for, before its figure."""
    return f"{found.split('.')[path.split('.').index('*')]} " if "*" in path else ""


def _text(value: object, words: Wording) -> str:
    if isinstance(value, dict):
        return words.listed(f"{key} {words.figure(figure)}" for key, figure in value.items())
    return words.figure(value) if isinstance(value, int | float) else str(value)


def _figures(plan: Plan, path: str) -> Iterator[tuple[str, object]]:
    """Figures under a path with a star, by their own path; those that are zero or not written are left out."""
    nodes: list[tuple[str, object]] = [("", plan)]
    for step in path.split("."):
        below: list[tuple[str, object]] = []
        for name, node in nodes:
            if step == "*" and isinstance(node, tuple):
                below += [(f"{name}.{entry.id}".lstrip("."), entry) for entry in node]
            elif isinstance(node, Section) and step in node.model_fields_set:
                below.append((f"{name}.{step}".lstrip("."), getattr(node, step)))
        nodes = below
    return ((name, value) for name, value in nodes if value)


def _movers(name: str, plan: Plan, words: Wording) -> Iterator[str]:
    """What of a plan moves a parameter, one line of a list each."""
    entries: list[tuple[str, str, tuple[Effect, ...]]] = []
    entries += [("reference.measure", entry.id, entry.all_effects) for entry in plan.measures]
    entries += [("reference.risk", entry.id, entry.effects) for entry in plan.risks]
    entries += [("reference.plan", entry.id, entry.effects) for entry in plan.contingency_plans]
    entries += [
        ("reference.policy", policy.id, policy.strategy_test.effects)
        for policy in plan.policies
        if policy.strategy_test is not None
    ]
    for key, entry_id, effects in entries:
        for effect in effects:
            if effect.parameter == name:
                yield f"  - {words.say(key, id=entry_id)}: {_change(effect, words)}{_scope(effect.scope, words)}"
    for unknown in plan.uncertainty:
        if unknown.parameter == name:
            kind = words.say("reference.unknown", id=unknown.id, kind=unknown.distribution.kind)
            yield f"  - {kind}{_scope(unknown.scope, words)}"


def _change(effect: Effect, words: Wording) -> str:
    if effect.shift:
        sign = "+" if effect.shift > 0 else ""
        shift = f"{sign}{words.figure(effect.shift)}"
        return shift if effect.factor == 1 else f"({shift}) × {words.figure(effect.factor)}"
    return f"× {words.figure(effect.factor)}" if effect.factor != 1 else words.say("reference.open")


def _scope(scope: Scope, words: Wording) -> str:
    parts = [f"{key} {words.listed(values)}" for key, values in scope.picked.items()]
    if scope.struck:
        parts.append(words.say("reference.struck"))
    return f" ({'; '.join(parts)})" if parts else ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(parameters_page(load_plan(BUILT_IN).plan, ENGLISH), encoding="utf-8")


if __name__ == "__main__":
    main()
