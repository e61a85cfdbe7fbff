"""Cells of an export as what they mean: dates, and amounts of money in the plan's currency."""

from __future__ import annotations

import pandas as pd

from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.sheets import Findings
from scenarios.errors import Problem
from scenarios.texts import UNITS

__all__ = ["amounts_in", "dates_in", "in_plan_currency"]

USUAL_FORMS = "%Y/%m/%d", "%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y"
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
    filled = int((table[ours] != "").sum())
    shown = " or ".join(map(_shown, mapping.date_formats))
    if len(wrong) > max(filled / 2, 1):  # the form is another one, and no cell is to blame
        place = f"{file}:{wrong['line'].iloc[0]}"
        message = f"{wrong[ours].iloc[0]!r} is no date of the form {shown} ({len(wrong):,} of {filled:,} rows)"
        found.problems.append(Problem(place, column, message, _form_of(wrong[ours])))
    else:
        found.refuse(file, column, wrong, ours, f"{{value}} is no date of the form {shown}")
    return parsed.dt.normalize()


def _form_of(texts: pd.Series[str]) -> str:
    """What to write into the mapping, where one of the usual forms fits."""
    for form in USUAL_FORMS:
        if pd.to_datetime(texts, format=form, errors="coerce").notna().all():
            return f'`date_format` in the mapping says how dates are written; "{form}" would fit.'
    return "`date_format` in the mapping says how dates are written, as in strptime."


def amounts_in(
    table: pd.DataFrame, ours: str, file: str, column: str, mapping: ColumnMapping, found: Findings, least: float = 0.0
) -> pd.Series[float]:
    """A column of amounts; blank is NaN. Signs of currencies and separators of thousands are read over.

    In the unit of the mapping, but where a cell says its own: 120万, 1.2亿.
    """
    text = table[ours].str.replace(r"[\s¥￥$€£']|[A-Z]{3}(?=\s|$|[\d])|元$", "", regex=True)
    unit = text.str.extract(r"\d([万萬亿億])$", expand=False).map(UNITS)
    text = text.where(unit.isna(), text.str[:-1])
    if mapping.decimal == ",":
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        text = text.str.replace(r"[,，](?=\d{3}(\D|$))", "", regex=True)
    numbers = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    numbers = numbers * unit.fillna(mapping.amount_unit).astype("float64")
    wrong = (numbers.isna() & (text != "")) | (numbers < least) | (numbers > MOST)
    found.refuse(file, column, table[wrong], ours, "{value} is no amount of money")
    named = next((sign for sign in UNITS if sign in column), None)
    if named is not None and mapping.amount_unit == 1 and unit.isna().any():
        found.remarks.append(
            f"column {column} seems to be in {named}: `amount_unit: {UNITS[named]}` in the mapping takes its amounts so"
        )
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
