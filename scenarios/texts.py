"""What people write in a cell of a table, read as its field means it; the same for CSV and workbooks.

Where a text has one meaning it is taken: ``1,200,000``, ``１２０万``, ``15%`` of a share, ``2026年1月5日``. Where it
has two (``5/1/2026``, ``1,125`` of a factor) or would change on the way (an id that Excel made a date of), it is
refused, never guessed. A list is written ``a; b``, a mapping ``A=0.3; B=0.7``, a choice of cells
``product_tier=star; region=east, south``; an entry that holds such a mark stands in double quotes.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.errors import Unfit
from scenarios.fields import ID_PATTERN, Percent
from scenarios.nodes import Node
from scenarios.schema import holds_date, is_choice

__all__ = ["EMPTY_TEXT", "UNITS", "CellKind", "Raw", "Unclear", "cell_text", "number_remedy"]

Raw = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
"""What a cell holds: of a CSV always a text, of a workbook what the spreadsheet made of it."""

_PLAIN = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)
_TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
_DATE = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*(?:\2|月)\s*(\d{1,2})\s*日?" + _TIME, re.ASCII)
_DIGITS = re.compile(r"(20\d{2})(\d{2})(\d{2})", re.ASCII)
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*", re.ASCII)
_ASCII = {0xFF01 + i: 0x21 + i for i in range(94)}
"""Full-width digits and marks of a Chinese keyboard."""
_BLANKS = dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2007\u2009\u202f"), " ")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_MADE_ASCII: Mapping[int, Any] = {**_ASCII, **_BLANKS, **_UNSEEN, 0x2212: "-", 0xFFE5: "¥"}
UNITS: Mapping[str, int] = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
"""What a number is worth that ends so."""
_MONEY = 1e15
"""Upper bound of fields that hold amounts; see ``scenarios.fields``."""
_EXCEL_DAY_0 = dt.date(1899, 12, 30)
_MOST_DIGITS = 1e15
"""Excel keeps 15 digits of a number: a longer id was changed when it was made one."""
EMPTY_TEXT = '""'
"""An empty text where one is needed."""
_SWITCHES = {"是": "true", "否": "false"}
_BETWEEN_ENTRIES = ";；\n"
_BETWEEN_VALUES = ",，、"
_BETWEEN_KEY_AND_VALUE = "=＝"


class Unclear(Unfit):
    """A cell that cannot be read as what its field wants; says why and what to write instead."""


_FORMS: tuple[tuple[Literal["mapping", "list"], type, int], ...] = (("mapping", dict, 1), ("list", tuple, 0))
"""How a cell holds several values: the field's own type, and which of its arguments is a value's type."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """What a field wants of its cells, found once for a column."""

    scalar: Literal["text", "number", "date", "switch"]
    """Of a list or a mapping: what its values are."""
    whole: bool = False
    money: bool = False
    percent: bool = False
    """Whether ``15%`` is a way to write 0.15 here."""
    signed: bool = False
    """Whether it may be below zero, so that the sign of ``+15%`` is the number's own."""
    form: Literal["one", "list", "mapping", "choice"] = "one"
    also_one: bool = False
    """Whether a mapping may be a single value instead."""
    of_ids: bool = False
    """Of a list: whether its values are ids, in which no comma can stand."""
    is_optional: bool = False
    """Of a column that is no field of a row: whether it may be left out."""

    @classmethod
    def of(cls, annotation: Any, metadata: Iterable[Any] = ()) -> CellKind:
        """The kind of a field with this annotation and these constraints."""
        kinds = list(_leaves(annotation, tuple(metadata)))
        if any(is_choice(kind) for kind, _ in kinds):
            return cls("text", form="choice")
        for form, origin, which in _FORMS:
            for kind, _ in kinds:
                if get_origin(kind) is origin:
                    inner = cls.of(get_args(kind)[which])
                    return replace(inner, form=form, also_one=len(kinds) > 1)
        if holds_date(annotation):
            return cls("date")
        types = [kind for kind, _ in kinds]
        if bool in types:
            return cls("switch")
        for kind, constraints in kinds:
            if kind in (int, float):
                most = _most(constraints)
                stated = any(isinstance(one, Percent) for one in constraints)
                percent = kind is float and (most is None or most <= 10 or stated)
                money = most is not None and most >= _MONEY
                return cls("number", kind is int, money, percent, signed=_may_be_negative(constraints))
        return cls("text", of_ids=any(_is_id(constraints) for kind, constraints in kinds if kind is str))

    def node(self, place: str, raw: Raw) -> Node:
        """The cell as a node of the plan; Unclear where it cannot be read. ``raw`` is not blank."""
        if self.form == "one" or not isinstance(raw, str):
            value = Node(place, self._one(raw))
            return Node(place, [value]) if self.form == "list" else value
        if self.form == "list":
            parts = (part.strip() for part in _split(raw, self._marks))
            return Node(place, [Node(place, self._one(_unquoted(part))) for part in parts if part])
        if self.also_one and not any(mark in raw for mark in _BETWEEN_KEY_AND_VALUE):
            return Node(place, self._one(raw))
        return Node(place, self._pairs(place, raw))

    @property
    def _marks(self) -> str:
        """What stands between the values of a list, where no value can hold it."""
        if self.of_ids:
            return _BETWEEN_ENTRIES + _BETWEEN_VALUES
        return _BETWEEN_ENTRIES + ("、" if self.scalar in ("number", "date") else "")

    def _pairs(self, place: str, raw: str) -> dict[str, Node]:
        values: dict[str, Node] = {}
        for part in filter(None, (part.strip() for part in _split(raw, _BETWEEN_ENTRIES))):
            key, *rest = _split(part, _BETWEEN_KEY_AND_VALUE, most=1)
            name = _unquoted(key.strip())
            if not rest or not name:
                raise Unclear(f"'{part}' is no key=value", "Write for instance A=0.3; B=0.7.")
            if name in values:
                raise Unclear(f"{name} is given twice")
            if self.form == "choice":
                chosen = (value.strip() for value in _split(rest[0], _BETWEEN_VALUES))
                items = [Node(place, _unquoted(value)) for value in chosen if value]
                is_switch = len(items) == 1 and items[0].value in ("true", "false")
                values[name] = items[0] if is_switch else Node(place, list(items))
            else:
                values[name] = Node(place, self._one(_unquoted(rest[0].strip())))
        return values

    def _one(self, raw: Raw) -> str:
        if isinstance(raw, dt.timedelta | dt.time):
            raise Unclear(f"holds a time of day or a duration ({raw})", "Write a plain number or text.")
        if self.scalar == "date":
            return _date(raw)
        if isinstance(raw, dt.date):
            day = raw.isoformat()[:10]
            what = "a number" if self.scalar == "number" else "a text"
            raise Unclear(f"holds the date {day} where {what} is wanted", "Format the cell as text and write it again.")
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, float | int):
            return self._of_number(raw)
        text = raw.strip()
        if self.scalar == "number":
            return self._number(text)
        if self.scalar == "switch":
            return _SWITCHES.get(text, text.lower() if text in ("TRUE", "FALSE") else text)
        return "" if text == EMPTY_TEXT else text

    def _of_number(self, raw: float) -> str:
        if self.scalar == "text" and abs(raw) >= _MOST_DIGITS:
            said = f"{raw:.0f}"
            raise Unclear(
                f"the number {said} has lost digits: Excel keeps 15", "Format the cell as text and write it again."
            )
        return str(int(raw)) if float(raw).is_integer() and abs(raw) < _MOST_DIGITS else repr(raw)

    def _number(self, text: str) -> str:
        """A number as it would be written in code; what has no meaning as a number is left to be refused."""
        plain = text.translate(_MADE_ASCII).strip()
        if _PLAIN.fullmatch(plain):
            return plain
        if plain.endswith("%"):
            share = plain.removesuffix("%").rstrip()
            if not _PLAIN.fullmatch(share) or self.whole:
                return text
            if self.percent and share.startswith("+") and not self.signed:
                raise Unclear(
                    f"'{text}' can be {share[1:]}% or a change by it", f"Write {share[1:]}% for the share itself."
                )
            if not self.percent:
                raise Unclear(f"'{text}' is a percentage; here stands {'an amount' if self.money else 'no share'}")
            return _exact(Decimal(share) / 100)
        unit = UNITS.get(plain[-1:])
        body = plain[:-1].rstrip() if unit else plain
        is_grouped = _GROUPED.fullmatch(body) is not None
        if unit:
            if not self.money:
                raise Unclear(f"'{text}' is an amount of money; here stands none")
            if is_grouped or _PLAIN.fullmatch(body):
                return _exact(Decimal(body.replace(",", "")) * unit)
        elif is_grouped:
            if not self.money and body.count(",") == 1 and "." not in body:
                one, other = body.replace(",", ""), body.replace(",", ".")
                raise Unclear(f"'{text}' can be {one} or {other}", f"Write {one} or {other}.")
            return body.replace(",", "")
        return text


def _leaves(annotation: Any, metadata: tuple[Any, ...]) -> Iterable[tuple[Any, tuple[Any, ...]]]:
    """The types that a field may have, with the constraints of each."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *constraints = get_args(annotation)
        yield from _leaves(inner, (*metadata, *constraints))
    elif origin in (Union, types.UnionType):
        for inner in get_args(annotation):
            if inner is not type(None):
                yield from _leaves(inner, metadata)
    else:
        yield annotation, metadata


def _most(constraints: Iterable[Any]) -> float | None:
    """Upper bound that constraints state."""
    for one in constraints:
        inner = one.metadata if isinstance(one, FieldInfo) else (one,)
        for bound in inner:
            most = getattr(bound, "le", None) if getattr(bound, "le", None) is not None else getattr(bound, "lt", None)
            if most is not None:
                return float(most)
    return None


def _is_id(constraints: Iterable[Any]) -> bool:
    """Whether constraints are those of an id."""
    inner = (part for one in constraints for part in (one.metadata if isinstance(one, FieldInfo) else (one,)))
    return any(getattr(part, "pattern", None) == ID_PATTERN for part in inner)


def _may_be_negative(constraints: Iterable[Any]) -> bool:
    """Whether constraints leave room below zero."""
    inner = (part for one in constraints for part in (one.metadata if isinstance(one, FieldInfo) else (one,)))
    bounds = [bound for part in inner for name in ("ge", "gt") if (bound := getattr(part, name, None)) is not None]
    return not bounds or min(bounds) < 0


def _date(raw: Raw) -> str:
    """An ISO date; what is no date at all is left to be refused."""
    if isinstance(raw, dt.date):
        return raw.isoformat()[:10]
    if isinstance(raw, bool) or not isinstance(raw, str):
        remedy = "Write a date such as 2026-01-05."
        if not isinstance(raw, bool | dt.time | dt.timedelta) and 20_000 <= raw <= 80_000:
            day = _EXCEL_DAY_0 + dt.timedelta(days=int(raw))
            remedy = f"As a date of Excel it is {day}: format the cell as a date, or write that."
        shown = f"{raw:g}" if isinstance(raw, float) else str(raw)
        raise Unclear(f"{shown} is no date", remedy)
    text = raw.translate(_MADE_ASCII).strip()
    if match := _DATE.fullmatch(text):
        year, month, day_of_month = match[1], match[3], match[4]
        return f"{year}-{month:0>2}-{day_of_month:0>2}"
    if match := _DIGITS.fullmatch(text):
        return "-".join(match.groups())
    if _DAY_OR_MONTH_FIRST.fullmatch(text):
        remedy = "Write year, month and day: 2026-01-05."
        raise Unclear(f"'{raw.strip()}' is no clear date: day and month cannot be told apart", remedy)
    return raw.strip()


def _exact(number: Decimal) -> str:
    return f"{number.normalize():f}"


def number_remedy(text: str) -> str:
    """How to write what was meant as a number; empty where that cannot be told."""
    plain = text.translate(_MADE_ASCII).strip()
    is_share = plain.endswith("%")
    bare = plain.rstrip("%¥$€元").lstrip("¥$€").strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1].strip()}"
    if bare.endswith("-"):
        bare = f"-{bare[:-1].strip()}"
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[-+]?\d+,\d+", bare):
        bare = bare.replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        return ""
    if is_share:
        return f"Write {_exact(Decimal(bare) / 100)}."
    return f"Write {bare}." if bare != text else ""


def _split(text: str, marks: str, most: int = -1) -> list[str]:
    """Parts between marks, those in double quotes left alone (a quote in one is doubled); at most so many cuts."""
    parts: list[str] = []
    start, i, is_quoted, opens = 0, 0, False, True
    while i < len(text):
        letter = text[i]
        if is_quoted:
            if letter == '"':
                if text[i + 1 : i + 2] == '"':
                    i += 1
                else:
                    is_quoted = False
        elif letter == '"' and opens:
            is_quoted = True
        elif letter in marks and len(parts) != most:
            parts.append(text[start:i])
            start = i + 1
        if not letter.isspace() or letter == "\n":
            opens = letter in _BETWEEN_ENTRIES or letter in _BETWEEN_VALUES or letter in _BETWEEN_KEY_AND_VALUE
        i += 1
    return [*parts, text[start:]]


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text


def cell_text(value: Any) -> str:
    """A list, a mapping or a choice of cells as the text that ``CellKind`` reads back."""
    if isinstance(value, BaseModel):
        chosen = {name: getattr(value, name) for name in type(value).model_fields}
        value = {name: inner for name, inner in chosen.items() if inner}
    if isinstance(value, Mapping):
        marks = _BETWEEN_ENTRIES + _BETWEEN_KEY_AND_VALUE
        return "; ".join(f"{_quoted(str(key), marks)}={_listed(inner)}" for key, inner in value.items())
    return "; ".join(_scalar(inner, _BETWEEN_ENTRIES) for inner in value)


def _listed(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_scalar(inner, _BETWEEN_ENTRIES + _BETWEEN_VALUES) for inner in value)
    return _scalar(value, _BETWEEN_ENTRIES)


def _scalar(value: Any, marks: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _MOST_DIGITS else repr(value)
    return _quoted(value, marks) if isinstance(value, str) else str(value)


def _quoted(text: str, marks: str) -> str:
    if not text or text != text.strip() or any(mark in text for mark in marks + '"'):
        return '"' + text.replace('"', '""') + '"'
    return text
