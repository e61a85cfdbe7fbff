"""Cells of an export as what they mean: dates, and amounts of money in the plan's currency."""

from __future__ import annotations

import pandas as pd

from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings

__all__ = ["amounts_in", "dates_in", "in_plan_currency"]

MOST = 1e15
"""Amounts beyond it are slips."""
_SIGNS = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "hh", "%M": "mm", "%S": "ss", "%f": "fff"}


def dates_in(
    table: pd.DataFrame, ours: str, file: str, column: str, mapping: ColumnMapping, found: Findings
) -> pd.Series[pd.Timestamp]:
    """A column of dates; blank is NaT."""
    text = table[ours].where(table[ours] != "")
    parsed = pd.to_datetime(text, format=mapping.date_formats[0], errors="coerce")
    for date_format in mapping.date_formats[1:]:
        parsed = parsed.fillna(pd.to_datetime(text, format=date_format, errors="coerce"))
    wrong = table[parsed.isna() & (table[ours] != "")]
    shown = " or ".join(map(_shown, mapping.date_formats))
    found.refuse(file, column, wrong, ours, "{value} is no date of the form " + shown)
    return parsed.dt.normalize()


def amounts_in(
    table: pd.DataFrame, ours: str, file: str, column: str, mapping: ColumnMapping, found: Findings, least: float = 0.0
) -> pd.Series[float]:
    """A column of amounts; blank is NaN. Signs of currencies and separators of thousands are read over."""
    text = table[ours].str.replace(r"[\s¥￥$€£']|[A-Z]{3}(?=\s|$|[\d])", "", regex=True)
    if mapping.decimal == ",":
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        text = text.str.replace(r"[,，](?=\d{3}(\D|$))", "", regex=True)
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    wrong = (numbers.isna() & (text != "")) | (numbers < least) | (numbers > MOST)
    found.refuse(file, column, table[wrong], ours, "{value} is no amount of money")
    return numbers


def in_plan_currency(
    amounts: pd.Series[float],
    table: pd.DataFrame,
    read: pd.Series[bool],
    file: str,
    column: str | None,
    mapping: ColumnMapping,
    found: Findings,
) -> pd.Series[float]:
    """Amounts by the rates of the mapping; of the rows that are ``read``, each has to have one."""
    if column is None:
        return amounts
    rate = table["currency"].map({mapping.currency: 1.0, **mapping.currencies})
    strange = table[rate.isna() & (table["currency"] != "") & read]
    remedy = f"Give its worth in {mapping.currency} under `currencies` in the mapping."
    found.refuse(file, column, strange, "currency", "no rate is known for currency {value}", remedy)
    return amounts * rate.fillna(1.0)


def _shown(date_format: str) -> str:
    for sign, letters in _SIGNS.items():
        date_format = date_format.replace(sign, letters)
    return date_format
