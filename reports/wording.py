"""Every number format and, by id, every sentence: a language is one catalogue, its units of money and its joints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reports import chinese, english
from reports.chinese import built_in_plan, conflicts, imported_plans, imports, meanings, rooms, steps

__all__ = ["CHINESE", "ENGLISH", "MINUS", "Scale", "Unit", "Wording"]

MINUS = "−"
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit in which a whole table shows its money, so that its figures can be compared at a glance."""

    unit: str
    """Stands in the heading; empty for single units of the currency."""
    divisor: float
    decimals: int

    def of(self, amount: float) -> str:
        """An amount without its unit."""
        return _number(amount / self.divisor, self.decimals)

    def signed(self, amount: float) -> str:
        """A difference: its sign is always shown."""
        return _signed(amount / self.divisor, self.decimals)

    def within(self, half_width: float) -> str:
        """Half the width of an interval."""
        return f"±{self.of(abs(half_width))}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A short unit of money."""

    divisor: float
    name: str
    decimals: int
    """In a table whose figures it carries."""
    least: float = 10
    """So many of it the largest amount of a table has to be, for the whole table to be in it."""


@dataclass(frozen=True)
class Wording:
    """How a language says things."""

    code: str
    """``en``, ``zh``: as ``--language`` and the ``lang`` of a page name it."""
    sentences: Mapping[str, str]
    units: tuple[Unit, ...]
    """Short units of money, largest first."""
    range_words: tuple[str, str]
    """Between the ends of an interval: plain, and where the lower end is negative."""
    gap: str = " "
    """Between sentences, and between a figure and its unit."""
    comma: str = ", "
    """Between names in a line."""
    messages: Mapping[str, str] = field(default_factory=dict)
    """English sentences of the rooms below, with blanks in braces, and what they are in this language."""

    def say(self, key: str, **words: object) -> str:
        """The sentence ``key`` with its blanks filled in."""
        return self.sentences[key].format(**words)

    def choose(self, prefix: str, key: str, default: str) -> str:
        """The name of ``key`` where the language has one, else the text given."""
        return self.sentences.get(f"{prefix}.{key}", default)

    def count(self, key: str, number: int, **words: object) -> str:
        """The sentence ``key`` in singular (``key.one``, where the language has one) or plural (``key.many``)."""
        one = f"{key}.one"
        return self.say(one if number == 1 and one in self.sentences else f"{key}.many", n=_number(number, 0), **words)

    def listed(self, names: Iterable[str]) -> str:
        """Names in one line."""
        return self.comma.join(names)

    def joined(self, *sentences: str) -> str:
        """Sentences one after the other."""
        return self.gap.join(sentences)

    def currency(self, code: str) -> str:
        """A currency as the language calls it; its code where it has no name for it."""
        return self.choose("currency", code, code)

    def unit_of(self, scale: Scale, currency: str) -> str:
        """The unit of a table's money: M CNY."""
        return self.gap.join(filter(None, (scale.unit, self.currency(currency))))

    def short_in(self, amount: float, currency: str) -> str:
        """An amount in three figures with its currency: 18.0 M CNY."""
        return f"{self.short(amount)}{self.gap}{self.currency(currency)}"

    def money(self, amount: float) -> str:
        """An amount to the unit: 1,350,000."""
        return _number(amount, 0)

    def signed_money(self, amount: float) -> str:
        """A difference to the unit: +12,300."""
        return _signed(amount, 0)

    def short(self, amount: float) -> str:
        """An amount in three figures: 18.0 M."""
        for unit in self.units:
            if abs(amount) >= unit.divisor * 0.9995:
                return f"{_three_figures(amount / unit.divisor)}{self.gap}{unit.name}"
        return _number(amount, 0)

    def money_in(self, amount: float, currency: str) -> str:
        """An amount to the unit with its currency: 1,350,000 CNY."""
        return f"{self.money(amount)}{self.gap}{self.currency(currency)}"

    def scale(self, amounts: Iterable[float]) -> Scale:
        """The unit for a table with these amounts: whole numbers where they say enough."""
        largest = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
        for unit in self.units:
            if largest >= unit.least * unit.divisor:
                return Scale(unit.name, unit.divisor, unit.decimals)
        return Scale("", 1, 0)

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share: 47.6%; never 0.0% or 100.0% for what is only close to it."""
        least = 10.0**-decimals
        value = share * 100
        if 0 < value < least / 2:
            return f"<{least:.{decimals}f}%"
        if 100 - least / 2 < value < 100 - _TINY:
            return f">{100 - least:.{decimals}f}%"
        return f"{_number(value, decimals)}%"

    def signed_percent(self, share: float, decimals: int = 1) -> str:
        """A relative change: +12.5%."""
        return f"{_signed(share * 100, decimals)}%"

    def points(self, share: float) -> str:
        """A difference of shares in percentage points, with its sign."""
        return _signed(share * 100, 1)

    def within_points(self, half_width: float) -> str:
        """Half the width of a share's interval, in percentage points."""
        return f"±{_number(abs(half_width) * 100, 1)}"

    def times(self, factor: float) -> str:
        """A factor: 1.35×."""
        return f"{_number(factor, 2)}×"

    def quantity(self, number: float) -> str:
        """A mean count: decimals only where they matter."""
        whole = abs(number) >= 100 or abs(number - round(number)) < _TINY
        return _number(number, 0 if whole else 1)

    def figure(self, number: float) -> str:
        """A figure of any kind, to what matters of it."""
        decimals = 0 if abs(number) >= 1000 else 2 if abs(number) >= 10 else 4
        text = _number(number, decimals)
        return text.rstrip("0").rstrip(".") if decimals else text

    def value(self, number: float, unit: str) -> str:
        """A KPI's figure by its unit."""
        if unit == "money":
            return self.short(number)
        return self.percent(number) if unit == "share" else self.quantity(number)

    def difference(self, number: float, unit: str) -> str:
        """A difference of a KPI by its unit, with its sign."""
        if unit == "share":
            return self.points(number)
        text = self.value(abs(number), unit)
        if text == "0" or abs(number) < _TINY:
            return text
        return f"{MINUS if number < 0 else '+'}{text}"

    def interval(self, low: float, high: float, unit: str) -> str:
        """The ends of an interval: 46.0–50.4, in the unit of the figure before it."""
        if unit == "share":
            texts = _number(low * 100, 1), _number(high * 100, 1)
        elif unit == "money":
            scale = self._scale_of_three(max(abs(low), abs(high)))
            texts = scale.of(low), scale.of(high)
            return self._between(*texts, low) + (f"{self.gap}{scale.unit}" if scale.unit else "")
        else:
            texts = self.quantity(low), self.quantity(high)
        return self._between(*texts, low)

    def half_width(self, low: float, high: float, unit: str) -> str:
        """An interval as ± half its width."""
        half = (high - low) / 2
        return self.within_points(half) if unit == "share" else f"±{self.value(half, unit)}"

    def _between(self, low: str, high: str, value: float) -> str:
        return f"{low}{self.range_words[1 if value < 0 else 0]}{high}"

    def _scale_of_three(self, largest: float) -> Scale:
        for unit in self.units:
            if largest >= unit.divisor * 0.9995:
                decimals = max(0, 2 - math.floor(math.log10(largest / unit.divisor * 1.0005)))
                return Scale(unit.name, unit.divisor, decimals)
        return Scale("", 1, 0)


def _number(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    if not text.strip("0.,"):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def _three_figures(value: float) -> str:
    decimals = max(0, 2 - math.floor(math.log10(abs(value) * 1.0005))) if value else 0
    return _number(value, min(decimals, 2))


ENGLISH = Wording(
    code="en",
    sentences=english.SENTENCES,
    units=(Unit(1e6, "M", 2), Unit(1e3, "k", 0)),
    range_words=("–", " to "),
)
CHINESE = Wording(
    code="zh",
    sentences=chinese.SENTENCES,
    units=(Unit(1e8, "亿", 2), Unit(1e4, "万", 1, least=1)),
    range_words=("–", "至"),
    gap="",
    comma="、",
    messages=rooms.MESSAGES
    | imports.MESSAGES
    | imported_plans.MESSAGES
    | steps.MESSAGES
    | meanings.MEANINGS
    | built_in_plan.MESSAGES
    | conflicts.MESSAGES,
)
