"""The board: which effects are on right now, and what a parameter is under them.

A parameter is read when its rule acts; nothing already scheduled moves. Value = clip((base + shifts) × factors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scenarios.effects import PARAMETERS, Effect, in_scope

__all__ = ["ActiveEffect", "Board", "Keys"]


NOTHING = ("", "")
"""What a ``struck`` effect is aimed at when no strike set it off."""


class ActiveEffect:
    """An effect that is on: of a measure, of what nobody knows, of a strike or of a contingency plan."""

    __slots__ = ("aim", "factor", "neutral", "parameter", "picks", "plan", "shift")

    def __init__(self, effect: Effect, plan: str | None = None, target: tuple[str, str] | None = None) -> None:
        """``target`` is what was hit, ("rep", "account", "region" or "test", id); only ``struck`` effects heed it."""
        self.parameter, self.shift, self.factor = effect.parameter, effect.shift, effect.factor
        self.picks = tuple(effect.scope.picked.items())
        self.aim = (target or NOTHING) if effect.scope.struck else None
        self.plan = plan
        """Id of the contingency plan it belongs to; what it acts on is counted as a use."""
        self.neutral = plan is None and effect.factor == 1 and effect.shift == 0
        """Changes nothing and counts nothing, so it need not be looked at."""


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
        if not active.neutral:
            self._on.setdefault(active.parameter, {}).setdefault(active.aim, []).append(active)
            self._version[active.parameter] = self._version.get(active.parameter, 0) + 1

    def switch_off(self, active: ActiveEffect) -> None:
        """End an effect that is on."""
        if not active.neutral:
            aimed = self._on[active.parameter]
            aimed[active.aim].remove(active)
            if not aimed[active.aim]:
                del aimed[active.aim]
            self._version[active.parameter] += 1

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
        for kind in ("rep", "account", "region", "test"):
            subject = attributes.get(kind, ())
            for one in (subject,) if isinstance(subject, str) else subject:
                candidates += on.get((kind, one), ())
        shift, factor, plans = 0.0, 1.0, []
        for active in candidates:
            if in_scope(active.picks, attributes):
                shift += active.shift
                factor *= active.factor
                if active.plan is not None:
                    plans.append(active.plan)
        return shift, factor, tuple(dict.fromkeys(plans))
