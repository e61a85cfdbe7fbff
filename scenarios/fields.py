"""Field types and the frozen base of every plan section."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "ID_PATTERN",
    "NO_FOLDER",
    "Amount",
    "Count",
    "Day",
    "FileName",
    "Hours",
    "Id",
    "Percent",
    "Positive",
    "Probability",
    "Section",
    "Share",
    "SignedAmount",
    "Week",
]


@dataclass(frozen=True, slots=True)
class Percent:
    """Marks a figure without a low upper bound that may be written as a percentage in a table: 150% is 1.5."""


ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]
"""Key of a row or entry: ASCII letters, digits, ``_`` and ``-`` (so that no two look alike); names are free text."""
NO_FOLDER = r"^[^/\\]+$"
FileName = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_FOLDER)]
"""Of a file in the folder of an export."""
Amount = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
"""Money in the plan's currency, without VAT, not negative."""
SignedAmount = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=1e15, allow_inf_nan=False)]
Count = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""An expected number of things, so not necessarily whole."""
Hours = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Week = Annotated[int, Field(ge=1, le=53)]
"""Week of the quarter, the first is 1."""


def _calendar_day(value: Any) -> Any:
    """Other texts and numbers would be taken for seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", value)):
        return value
    shown = "nothing" if value is None else f"'{value}'" if isinstance(value, str | int | float) else "this"
    raise ValueError(f"{shown} is not a date such as 2026-01-05")


Day = Annotated[dt.date, BeforeValidator(_calendar_day)]


class Section(BaseModel):
    """A frozen part of the plan; unknown keys are errors, so a mistyped key is never silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_strip_whitespace=True, allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, not checked again; what was worked out from the old ones is forgotten."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy
