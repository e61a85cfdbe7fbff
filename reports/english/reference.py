"""The generated reference of parameters and events."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # reference of parameters and events
    "reference.title": "# Parameters and events",
    "reference.intro": "Made by `python -m reports.reference` from the registry in `scenarios/effects.py` and the "
    "built-in plan `quarter`.\n"
    "Measures, risks, contingency plans and what nobody knows act through these parameters and events alone.",
    "reference.formula": "A parameter is (base + sum of shifts) × product of factors, of all effects that are on and "
    "in whose scope a thing is, held inside its\n"
    "domain. It is read when its rule acts; what is under way already does not move. Grades of figures: A "
    "peer-reviewed, B survey or data set,\n"
    "C second hand, D assumption, own from the company's data.",
    "reference.unit": "- Unit: {unit}",
    "reference.domain": "- Domain: {low} to {high}",
    "reference.no_bound": "no bound",
    "reference.keys": "- Scopes pick it by: {keys}",
    "reference.default": "- `{path}`: {values}",
    "reference.no_default": "- `{path}`: not given in the built-in plan",
    "reference.range": "{low} to {high} in {n} entries",
    "reference.same": "{low} in all {n} entries",
    "reference.grade": " ({grade})",
    "reference.grades": " (where graded: {grades})",
    "reference.movers": "- Moved in the built-in plan by",
    "reference.no_mover": "- Moved by nothing in the built-in plan",
    "reference.measure": "measure `{id}`",
    "reference.risk": "risk `{id}`",
    "reference.plan": "contingency plan `{id}`",
    "reference.policy": "strategy test `{id}`",
    "reference.unknown": "what nobody knows, `{id}`: {kind}",
    "reference.open": "a factor of 1, which changes nothing",
    "reference.struck": "what was struck",
    "reference.events": "## Events",
    "reference.events_intro": "What a risk's strike can end in, after its notice and with its probability, or a "
    "contingency plan bring about.",
    "reference.events_head": "event;what happens;brought about in the built-in plan by",
}
