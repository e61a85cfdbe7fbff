"""The board: which effects are on right now, and what a parameter is under them.

A parameter is read when its rule acts; nothing already scheduled moves. Value = clip((base + shifts) × factors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from scenarios.effects import PARAMETERS, Effect, in_scope
from simulation.distributions import Floats
from simulation.draws import Integers
from simulation.finder import AIMS, Attributes, Finder, Picks

__all__ = ["NOTHING", "Acting", "ActiveEffect", "Board", "Crowd", "Keys"]

NOTHING = ("", "")
"""What a ``struck`` effect is aimed at when no strike set it off."""


class ActiveEffect:
    """An effect that is on: of a measure, of what nobody knows, of a strike or of a contingency plan."""

    __slots__ = ("aim", "factor", "neutral", "parameter", "picks", "plan", "shift")

    def __init__(
        self,
        parameter: str,
        *,
        shift: float = 0.0,
        factor: float = 1.0,
        picks: Picks = (),
        aim: tuple[str, str] | None = None,
        plan: str | None = None,
    ) -> None:
        """``aim`` is what was hit, ("rep", "account", "region" or "test", id); None is everything that is picked."""
        self.parameter, self.shift, self.factor = parameter, shift, factor
        self.picks, self.aim = picks, aim
        self.plan = plan
        """Id of the contingency plan it belongs to; what it acts on is counted as a use."""
        self.neutral = aim == NOTHING or (plan is None and factor == 1 and shift == 0)
        """Changes nothing and counts nothing, so it need not be looked at."""

    @classmethod
    def of(cls, effect: Effect, plan: str | None = None, target: tuple[str, str] | None = None) -> ActiveEffect:
        """An effect of the plan; only ``struck`` ones heed the target, which is what was hit."""
        aim = (target or NOTHING) if effect.scope.struck else None
        picks = tuple(effect.scope.picked.items())
        return ActiveEffect(effect.parameter, shift=effect.shift, factor=effect.factor, picks=picks, aim=aim, plan=plan)


class Found:
    """What acts on a parameter of a thing, put together."""

    __slots__ = ("factor", "plans", "shift", "token")

    def __init__(self, token: object, shift: float, factor: float, plans: tuple[str, ...]) -> None:
        self.token, self.shift, self.factor = token, shift, factor
        self.plans = plans
        """Contingency plans among it."""


class Keys:
    """The attributes by which scopes pick a thing, with what was found for it so far."""

    __slots__ = ("_in_stage", "attributes", "found")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes
        self._in_stage: dict[str, Keys] = {}
        self.found: dict[str, Found] = {}
        """Parameter → what was found last."""

    def in_stage(self, stage: str) -> Keys:
        """The same thing as far as it is in one stage."""
        keys = self._in_stage.get(stage)
        if keys is None:
            keys = self._in_stage[stage] = Keys({**self.attributes, "stage": stage})
        return keys


class Crowd:
    """Many things of which a parameter is read at once, by position."""

    def __init__(self, keys: list[Keys], entities: Sequence[str], bases: Floats, finder: Finder) -> None:
        """``bases`` are the parameter's values before effects, 0 of what no effect can move.

        ``finder`` may be that of any crowd whose things had the same attributes at first.
        """
        self.keys, self.entities, self.bases = keys, entities, bases
        self._moved = bases > 0
        self._first = self._finder = finder

    def renew(self, number: int, keys: Keys) -> None:
        """Let effects pick a thing by what it is now."""
        self.keys[number] = keys
        if self._finder is self._first:
            self._finder = self._first.copy()
        self._finder.renew(number, keys.attributes)

    def reached_by(self, active: ActiveEffect) -> Integers:
        """On whom of those that can be moved an effect acts, in order."""
        numbers = self._finder.found(active.picks, active.aim)
        return numbers[self._moved[numbers]]


class Acting:
    """The effects that act on one parameter."""

    __slots__ = ("_aimed", "_everywhere", "_fields", "_found", "_in_use", "high", "low", "token")

    def __init__(self, parameter: str) -> None:
        self.low, self.high = PARAMETERS[parameter].low, PARAMETERS[parameter].high
        self.token = object()
        """By which others know what was found: another one once an effect goes on or off."""
        self._everywhere: list[ActiveEffect] = []
        """Effects that are not aimed at one thing, in the order they went on."""
        self._aimed: dict[str, dict[str, list[ActiveEffect]]] = {kind: {} for kind in AIMS}
        """Kind of aim → id → effects aimed there, in the order they went on …"""
        self._in_use: list[tuple[str, dict[str, list[ActiveEffect]]]] = []
        """… and those of the kinds at which one is aimed."""
        self._fields: tuple[str, ...] = ()
        """Attributes by which effects pick."""
        self._found: dict[tuple[object, ...], Found] = {}
        """What was found for things that are alike in these attributes and have the same effects aimed at them."""

    def add(self, active: ActiveEffect) -> None:
        """One more effect acts."""
        self.token = object()
        self._fields += tuple([key for key, _ in active.picks if key not in self._fields])
        if active.aim is None:
            self._everywhere.append(active)
            self._found.clear()
        else:
            kind, id = active.aim
            self._aimed[kind].setdefault(id, []).append(active)
            self._in_use = [(kind, aimed) for kind, aimed in self._aimed.items() if aimed]

    def remove(self, active: ActiveEffect) -> None:
        """One that was added acts no more."""
        self.token = object()
        if active.aim is None:
            self._everywhere.remove(active)
            self._found.clear()
        else:
            kind, id = active.aim
            there = self._aimed[kind][id]
            there.remove(active)
            if not there:
                del self._aimed[kind][id]
                self._in_use = [(kind, aimed) for kind, aimed in self._aimed.items() if aimed]

    def nothing(self) -> bool:
        """Whether no effect is left."""
        return not self._everywhere and not self._in_use

    def on(self, attributes: Attributes) -> Found:
        """What acts on a thing, known by the token of now."""
        there: list[ActiveEffect] = []
        for kind, aimed in self._in_use:
            subject = attributes.get(kind, ())
            for one in (subject,) if isinstance(subject, str) else subject:
                effects = aimed.get(one)
                if effects is not None:
                    there += effects
        alike: tuple[object, ...] = tuple([attributes.get(field) for field in self._fields])
        if there:
            alike = (*alike, *there)
        found = self._found.get(alike)
        if found is None:
            found = self._found[alike] = self._combine(there, attributes)
        elif found.token is not self.token:
            found = self._found[alike] = Found(self.token, found.shift, found.factor, found.plans)
        return found

    def in_order(self) -> Iterator[ActiveEffect]:
        """All of them in the order in which they are put together: those that are aimed at something come last."""
        yield from self._everywhere
        for _, aimed in self._in_use:
            for effects in aimed.values():
                yield from effects

    def _combine(self, aimed: list[ActiveEffect], attributes: Attributes) -> Found:
        shift, factor = 0.0, 1.0
        plans: list[str] = []
        for active in (*self._everywhere, *aimed):
            if in_scope(active.picks, attributes):
                shift += active.shift
                factor *= active.factor
                if active.plan is not None:
                    plans.append(active.plan)
        return Found(self.token, shift, factor, tuple(dict.fromkeys(plans)))


class Board:
    """All effects that are on, by parameter."""

    def __init__(self) -> None:
        self.acting: dict[str, Acting] = {}
        """Parameter → what acts on it now. Most have nothing."""
        self.uses: dict[str, set[str]] = {}
        """Contingency plan → ids of what its effects acted on."""
        self.clips: dict[str, int] = {}
        """Parameter → how often its value was clipped to its domain."""
        self.before_change: dict[str, Callable[[ActiveEffect], None]] = {}
        """Parameter → what is to be done before an effect on it goes on or off."""

    def switch_on(self, active: ActiveEffect) -> None:
        """Let an effect act from now on."""
        if not active.neutral:
            if (before := self.before_change.get(active.parameter)) is not None:
                before(active)
            acting = self.acting.get(active.parameter)
            if acting is None:
                acting = self.acting[active.parameter] = Acting(active.parameter)
            acting.add(active)

    def switch_off(self, active: ActiveEffect) -> None:
        """End an effect that is on."""
        if not active.neutral:
            if (before := self.before_change.get(active.parameter)) is not None:
                before(active)
            acting = self.acting[active.parameter]
            acting.remove(active)
            if acting.nothing():
                del self.acting[active.parameter]

    def state(self, parameter: str) -> object:
        """A token that is another one once an effect on the parameter goes on or off; None while none is on."""
        acting = self.acting.get(parameter)
        return None if acting is None else acting.token

    def value(self, parameter: str, base: float, keys: Keys, entity: str) -> float:
        """The parameter for a thing, from its base value; ``entity`` is who is counted as a use of a plan."""
        acting = self.acting.get(parameter)
        if acting is None:
            return base
        found = keys.found.get(parameter)
        if found is None or found.token is not acting.token:
            found = keys.found[parameter] = acting.on(keys.attributes)
        for plan in found.plans:
            self.uses.setdefault(plan, set()).add(entity)
        value = (base + found.shift) * found.factor
        if value < acting.low:
            self.clips[parameter] = self.clips.get(parameter, 0) + 1
            return acting.low
        if value > acting.high:
            self.clips[parameter] = self.clips.get(parameter, 0) + 1
            return acting.high
        return value

    def values(self, parameter: str, crowd: Crowd) -> Floats:
        """The parameter for each of a crowd, as ``value`` finds it one by one; what cannot be moved stays as it is."""
        acting = self.acting.get(parameter)
        if acting is None:
            return crowd.bases
        values, factors = crowd.bases.copy(), np.ones(len(crowd.keys))
        for active in acting.in_order():
            there = crowd.reached_by(active)
            values[there] += active.shift
            factors[there] *= active.factor
            if active.plan is not None:
                self.uses.setdefault(active.plan, set()).update(crowd.entities[number] for number in there.tolist())
        values *= factors
        clipped = np.clip(values, acting.low, acting.high)
        if count := np.count_nonzero(clipped != values):
            self.clips[parameter] = self.clips.get(parameter, 0) + int(count)
        return clipped
