"""Unit: amounts of an export as they are written in its country."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from scenarios.crm.cells import amounts_in
from scenarios.crm.mapping import read_mapping
from scenarios.crm.sheets import Findings


def amounts(texts: list[str], **words: object) -> tuple[list[float], list[str]]:
    """The amounts read, and what is refused."""
    table = pd.DataFrame({"value": texts, "line": range(2, len(texts) + 2)}, dtype="object")
    mapping, found = read_mapping("maven").model_copy(update=words), Findings()
    read = amounts_in(table, "value", "deals.csv", "Amount", mapping, found)
    return read.tolist(), [str(problem) for problem in found.problems]


def test_a_decimal_comma_takes_points_for_thousands() -> None:
    read, refused = amounts(["1.234,50 €", "1.234", "12,5", "1.234.567,89", ""], decimal=",")
    assert read[:4] == [1234.5, 1234, 12.5, 1234567.89]
    assert math.isnan(read[4])
    assert refused == []


def test_a_decimal_point_takes_commas_for_thousands() -> None:
    read, refused = amounts(["$1,234.50", "1，234", "CNY 1,234,567", "120万", "1.2亿"])
    assert read == [1234.5, 1234, 1234567, 1_200_000, 120_000_000]
    assert refused == []


def test_the_mappings_unit_is_taken_where_a_cell_says_none() -> None:
    read, _ = amounts(["15", "120万", "¥2.5"], amount_unit=10_000)
    assert read == [150_000, 1_200_000, 25_000]


@pytest.mark.parametrize("decimal", [".", ","])
def test_what_is_no_amount_is_named_with_its_line(decimal: str) -> None:
    read, refused = amounts(["100", "many", "-5"], decimal=decimal)
    assert read[0] == 100
    assert refused == [
        "deals.csv:3 Amount: 'many' is no amount of money",
        "deals.csv:4 Amount: '-5' is no amount of money",
    ]
