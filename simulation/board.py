"""The board: which effects are on right now, and what a parameter is under them.

A parameter is read when its rule acts; nothing already scheduled moves. Value = clip((base + shifts) × factors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.effects import PARAMETERS, Effect

__all__ = ["ActiveEffect", "Board", "Keys"]


@dataclass(eq=False, slots=True)
class ActiveEffect:
    """An effect that is on: of a measure, of what nobody knows, of a strike or of a contingency plan."""

    effect: Effect
    plan: str | None = None
    """Id of the contingency plan it belongs to; what it acts on is counted as a use."""
    target: tuple[str, str] | None = None
    """What the strike hit, ("rep" or "account", id), for effects whose scope is ``struck``."""

    @property
    def aim(self) -> tuple[str, str] | None:
        """What it is limited to beside its scope; None for an effect that is not ``struck``."""
        return self.target if self.effect.scope.struck else None


@dataclass(eq=False, slots=True)
class Keys:
    """The attributes by which scopes pick a thing, with the effects found for it so far."""

    attributes: Mapping[str, str | tuple[str, ...]]
    found: dict[str, tuple[int, float, float, tuple[str, ...]]] = field(default_factory=dict)
    """Parameter → version of the board, sum of shifts, product of factors, contingency plans among them."""


class Board:
    """All effects that are on, by parameter."""

    def __init__(self) -> None:
        self._on: dict[str, dict[tuple[str, str] | None, list[ActiveEffect]]] = {}
        """Parameter → what effects are aimed at (None: not at one thing) → effects, in the order they went on."""
        self._version: dict[str, int] = {}
        self.uses: dict[str, set[str]] = {}
        """Contingency plan → ids of what its effects acted on."""
        self.clips: dict[str, int] = {}
        """Parameter → how often its value was clipped to its domain."""

    def switch_on(self, active: ActiveEffect) -> None:
        """Let an effect act from now on."""
        parameter = active.effect.parameter
        self._on.setdefault(parameter, {}).setdefault(active.aim, []).append(active)
        self._version[parameter] = self._version.get(parameter, 0) + 1

    def switch_off(self, active: ActiveEffect) -> None:
        """End an effect that is on."""
        parameter = active.effect.parameter
        self._on[parameter][active.aim].remove(active)
        self._version[parameter] += 1

    def version(self, parameter: str) -> int:
        """Changes whenever an effect on the parameter goes on or off."""
        return self._version.get(parameter, 0)

    def value(self, parameter: str, base: float, keys: Keys, entity: str) -> float:
        """The parameter for a thing, from its base value; ``entity`` is who is counted as a use of a plan."""
        on = self._on.get(parameter)
        if not on:
            return base
        version = self._version[parameter]
        found = keys.found.get(parameter)
        if found is None or found[0] != version:
            found = keys.found[parameter] = (version, *self._combine(on, keys))
        _, shift, factor, plans = found
        for plan in plans:
            self.uses.setdefault(plan, set()).add(entity)
        value = (base + shift) * factor
        domain = PARAMETERS[parameter]
        if value < domain.low or value > domain.high:
            self.clips[parameter] = self.clips.get(parameter, 0) + 1
            return domain.low if value < domain.low else domain.high
        return value

    @staticmethod
    def _combine(
        on: Mapping[tuple[str, str] | None, list[ActiveEffect]], keys: Keys
    ) -> tuple[float, float, tuple[str, ...]]:
        attributes = keys.attributes
        candidates = list(on.get(None, ()))
        for kind in ("rep", "account"):
            subject = attributes.get(kind)
            if isinstance(subject, str):
                candidates += on.get((kind, subject), ())
        shift, factor, plans = 0.0, 1.0, []
        for active in candidates:
            if active.effect.scope.matches(attributes):
                shift += active.effect.shift
                factor *= active.effect.factor
                if active.plan is not None:
                    plans.append(active.plan)
        return shift, factor, tuple(dict.fromkeys(plans))
