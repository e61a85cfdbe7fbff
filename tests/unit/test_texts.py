"""Unit: what people paste into cells is read as its field means it, or refused; nothing is guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.calendar import Calendar
from scenarios.columns import letters, position_of
from scenarios.effects import Effect, Scope
from scenarios.fields import Section
from scenarios.phases import Phase
from scenarios.process import CustomerTier
from scenarios.risks import Risk
from scenarios.rules import Cells, Rule, Selector
from scenarios.tables import Account, BaselineLeads, Product, Region, Rep
from scenarios.texts import CellKind, Raw, Unclear, cell_text, number_remedy


def kind(section: type[Section], field: str) -> CellKind:
    info = section.model_fields[field]
    return CellKind.of(info.annotation, info.metadata)


AMOUNT, SHARE, HOURS = kind(Product, "mean_deal"), kind(Product, "margin"), kind(Rep, "hours_per_week")
FACTOR, RATIO, WEEK = kind(Effect, "factor"), kind(Rule, "ratio"), kind(Effect, "from_week")
GROWTH, WIN_RATE = kind(Region, "growth"), kind(CustomerTier, "win_rate")
DATE, TEXT, SWITCH = kind(Account, "renewal_date"), kind(Account, "name"), kind(Rule, "enabled")
LIST, DATES, WEEKS = kind(Rep, "regions"), kind(Calendar, "holidays"), kind(Calendar, "review_weeks")
TEXTS = kind(Phase, "acceptance")
MIX, CHANCE, WHERE = kind(BaselineLeads, "tier_mix"), kind(Risk, "chance_per_quarter"), kind(Cells, "where")


@pytest.mark.parametrize(
    ("of", "raw", "read"),
    [
        (AMOUNT, " 1,200,000 ", "1200000"),
        (AMOUNT, "250,000", "250000"),
        (AMOUNT, "１，２００，０００", "1200000"),
        (AMOUNT, "1,234.50", "1234.50"),
        (AMOUNT, "120万", "1200000"),
        (AMOUNT, "1.25亿", "125000000"),
        (AMOUNT, "1,200 万", "12000000"),
        (AMOUNT, "\u00a0300\u3000", "300"),
        (AMOUNT, "\u200b300", "300"),
        (AMOUNT, "−5", "-5"),
        (AMOUNT, "3e5", "3e5"),
        (AMOUNT, 0.1 + 0.2, "0.30000000000000004"),
        (AMOUNT, 180000.0, "180000"),
        (SHARE, "15%", "0.15"),
        (SHARE, "１５％", "0.15"),
        (SHARE, "12.5 %", "0.125"),
        (SHARE, 0.15, "0.15"),
        (FACTOR, "88%", "0.88"),
        (GROWTH, "+20%", "0.2"),
        (GROWTH, "-5%", "-0.05"),
        (RATIO, "150%", "1.5"),
        (WEEK, 5.0, "5"),
        (DATE, dt.date(2026, 1, 5), "2026-01-05"),
        (DATE, dt.datetime(2026, 1, 5, 14, 30), "2026-01-05"),
        (DATE, "2026/1/5", "2026-01-05"),
        (DATE, "2026.1.5", "2026-01-05"),
        (DATE, "2026年1月5日", "2026-01-05"),
        (DATE, "２０２６－０１－０５", "2026-01-05"),
        (DATE, "20260105", "2026-01-05"),
        (DATE, "2026-01-05 00:00:00", "2026-01-05"),
        (TEXT, 7.0, "7"),
        (TEXT, "007", "007"),
        (TEXT, "=1+1", "=1+1"),
        (SWITCH, True, "true"),
        (SWITCH, "是", "true"),
        (SWITCH, "FALSE", "false"),
        (LIST, "east; south；north", ["east", "south", "north"]),
        (LIST, '"a; b"; c', ["a; b", "c"]),
        (LIST, "north、east，south, west", ["north", "east", "south", "west"]),
        (WEEKS, "3、4、5", ["3", "4", "5"]),
        (DATES, dt.date(2026, 2, 16), ["2026-02-16"]),
        (DATES, "2026-02-16; 2026/2/17", ["2026-02-16", "2026-02-17"]),
        (WEEKS, 3.0, ["3"]),
        (MIX, "A=0.3; B=70%", {"A": "0.3", "B": "0.7"}),
        (CHANCE, "20%", "0.2"),
        (CHANCE, "A＝0.06；C=0", {"A": "0.06", "C": "0"}),
        (WHERE, "region=east, south; pool=a", {"region": ["east", "south"], "pool": ["a"]}),
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_read(of: CellKind, raw: Raw, read: object) -> None:
    assert of.node("t!A1", raw).texts() == read


@pytest.mark.parametrize(
    ("of", "raw", "said"),
    [
        (AMOUNT, "15%", "is a percentage; here stands an amount"),
        (HOURS, "50%", "is a percentage"),
        (HOURS, "2万", "is an amount of money; here stands none"),
        (FACTOR, "1,125", "can be 1125 or 1.125"),
        (HOURS, "1,125", "can be 1125 or 1.125"),
        (AMOUNT, dt.date(2026, 3, 1), "holds the date 2026-03-01 where a number is wanted"),
        (TEXT, dt.datetime(2026, 3, 1), "holds the date 2026-03-01 where a text is wanted"),
        (LIST, dt.date(2026, 3, 1), "holds the date"),
        (TEXT, 123456789012345678.0, "has lost digits: Excel keeps 15"),
        (DATE, "5/1/2026", "day and month cannot be told apart"),
        (DATE, "01-02-26", "day and month cannot be told apart"),
        (DATE, 46027.0, "46027 is no date"),
        (DATE, True, "True is no date"),
        (AMOUNT, dt.time(9, 30), "holds a time of day"),
        (WIN_RATE, "+10%", "'+10%' can be 10% or a change by it"),
        (WIN_RATE, "＋１０％", "can be 10% or a change by it"),
        (MIX, "A 0.3", "is no key=value"),
        (MIX, "A=0.3; A=0.4", "A is given twice"),
        (WHERE, "marketing", "is no key=value"),
    ],
)
def test_what_has_two_meanings_is_refused(of: CellKind, raw: Raw, said: str) -> None:
    with pytest.raises(Unclear) as caught:
        of.node("t!A1", raw)
    assert said in caught.value.message


def test_an_excel_day_number_is_not_taken_for_a_date_but_explained() -> None:
    with pytest.raises(Unclear) as caught:
        DATE.node("t!A1", 46027)
    assert "As a date of Excel it is 2026-01-05" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["1.234.567", "1 200", "12,5", "1,20,000", "¥300", "(300)", "300-", "many", "1_000.", "٣"]
)
def test_what_is_no_number_here_is_left_as_it_is_and_refused_later(text: str) -> None:
    assert AMOUNT.node("t!A1", text).value == text


@pytest.mark.parametrize(("of", "text"), [(WEEK, "15%"), (SHARE, "many%"), (AMOUNT, "many万"), (AMOUNT, "1,20,0万")])
def test_a_percentage_or_unit_of_what_is_no_number_is_left_to_be_refused(of: CellKind, text: str) -> None:
    """Weeks are whole; and a unit makes no number of a word."""
    assert of.node("t!A1", text).value == text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("12,5", "Write 12.5."),
        ("¥300", "Write 300."),
        ("(1,200)", "Write -1200."),
        ("300-", "Write -300."),
        ("15%", "Write 0.15."),
        ("1.234.567", ""),
        ("many", ""),
    ],
)
def test_the_remedy_is_what_was_meant(text: str, remedy: str) -> None:
    assert number_remedy(text) == remedy


ITEMS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map(str.strip).filter(bool)


@given(st.lists(ITEMS, max_size=4))
def test_lists_come_back(items: list[str]) -> None:
    if items:
        assert TEXTS.node("", cell_text(tuple(items))).texts() == items


@given(st.dictionaries(ITEMS, st.floats(0, 1), max_size=4))
def test_mappings_come_back(mix: dict[str, float]) -> None:
    if mix:
        read = MIX.node("", cell_text(mix)).texts()
        assert {key: float(value) for key, value in read.items()} == mix


@given(st.lists(ITEMS.filter(lambda text: text not in ("true", "false")), min_size=1, max_size=3), st.booleans())
def test_choices_come_back(industries: list[str], struck: bool) -> None:
    scope = Scope(industry=tuple(industries), struck=struck)
    assert Scope.model_validate(WHERE.node("", cell_text(scope)).texts()) == scope
    assert cell_text(Selector()) == ""


@given(st.integers(0, 20_000))
def test_names_of_columns_count_to_base_26(position: int) -> None:
    assert position_of(letters(position)) == position
    assert (letters(0), letters(25), letters(26), letters(702)) == ("A", "Z", "AA", "AAA")


def test_a_number_of_seconds_is_no_date() -> None:
    values: dict[str, Any] = {"id": "I1", "amount": 1}
    from scenarios.tables import Receivable

    for wrong in ("86400", 86400, 1.5, "2026-01-05T10:00"):
        with pytest.raises(ValueError, match="is not a date such as 2026-01-05"):
            Receivable.model_validate({**values, "due_date": wrong})
