"""The finder: which of many things an effect acts on. It is made with the plan and serves every replication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.effects import in_scope
from simulation.draws import Integers

__all__ = ["AIMS", "Attributes", "Finder", "Picks"]

Attributes: TypeAlias = dict[str, str | tuple[str, ...]]
"""By what scopes pick a thing: product, region, rep, tier …"""

Picks: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""What a scope picks by: attribute and wanted values."""

AIMS = ("rep", "account", "region", "test")
"""Attributes at whose value an effect can be aimed."""


class Finder:
    """Which of many things effects act on; found once for every scope and aim."""

    def __init__(self, attributes: Iterable[Attributes]) -> None:
        self._attributes = list(attributes)
        self._in_scope: dict[Picks, NDArray[np.bool_]] = {}
        self._by_aim: dict[tuple[str, str], list[int]] = {}
        """Positions in order; a list is never changed, so that copies share it."""
        for number, each in enumerate(self._attributes):
            for aim in _aims_of(each):
                self._by_aim.setdefault(aim, []).append(number)

    def found(self, picks: Picks, aim: tuple[str, str] | None) -> Integers:
        """Positions of what an effect of this scope and aim acts on, in order."""
        there = self._in_scope.get(picks)
        if there is None:
            picked = [in_scope(picks, each) for each in self._attributes]
            there = self._in_scope[picks] = np.array(picked, dtype=bool)
        if aim is None:
            return np.flatnonzero(there)
        numbers = np.array(self._by_aim.get(aim, ()), dtype=np.int64)
        return numbers[there[numbers]]

    def copy(self) -> Finder:
        """One that can be renewed by itself."""
        copy = Finder(())
        copy._attributes, copy._by_aim = list(self._attributes), dict(self._by_aim)
        copy._in_scope = {picks: there.copy() for picks, there in self._in_scope.items()}
        return copy

    def renew(self, number: int, attributes: Attributes) -> None:
        """Know a thing by other attributes from now on."""
        before, after = set(_aims_of(self._attributes[number])), set(_aims_of(attributes))
        for aim in before - after:
            self._by_aim[aim] = [other for other in self._by_aim[aim] if other != number]
        for aim in after - before:
            self._by_aim[aim] = sorted([*self._by_aim.get(aim, ()), number])
        for picks, there in self._in_scope.items():
            there[number] = in_scope(picks, attributes)
        self._attributes[number] = attributes


def _aims_of(attributes: Attributes) -> Iterator[tuple[str, str]]:
    """Everything at which an effect that reaches a thing may be aimed."""
    for kind in AIMS:
        subject = attributes.get(kind, ())
        yield from ((kind, one) for one in ((subject,) if isinstance(subject, str) else subject))
