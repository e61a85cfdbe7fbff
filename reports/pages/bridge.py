"""The bridge from the sources to the target: what its steps are called, of which kind they are, where they stand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal, TypeAlias

from reports.wording import Wording
from studies.simulating import BridgeStep

__all__ = ["StepKind", "kind_of", "levels", "step_name"]

StepKind: TypeAlias = Literal["more", "less", "total"]


def step_name(step: BridgeStep, words: Wording, plans: Sequence[str]) -> str:
    """What a step of the bridge is called; ``plans`` are the contingency plans that were held."""
    if step.id == "gap" and step.amount < 0:
        return words.say("bridge.surplus")
    if step.id == "risks" and plans:
        return words.say("bridge.risks_held")
    return words.choose("bridge", step.id, f"{step.label[:1].upper()}{step.label[1:]}")


def kind_of(step: BridgeStep) -> StepKind:
    """Whether a step adds, takes away, or is a level that stands on zero."""
    if step.kind == "total":
        return "total"
    return "more" if step.amount >= 0 else "less"


def levels(steps: Sequence[BridgeStep]) -> list[tuple[float, float]]:
    """Where each step begins and ends: a total on zero, others at the level before them."""
    ends = list(itertools.accumulate(steps, _next, initial=0.0))
    pairs = itertools.pairwise(ends)
    return [
        (0.0 if step.kind == "total" else before, after) for step, (before, after) in zip(steps, pairs, strict=True)
    ]


def _next(level: float, step: BridgeStep) -> float:
    return step.amount if step.kind == "total" else level + step.amount
