"""Unit: how a precision is written, and what is none."""

import pytest

from scenarios.errors import UsageError
from studies.precision import Precision, read_precision
from studies.study import SHARE

TARGET = 2_000_000.0


@pytest.mark.parametrize(
    ("text", "usual", "read"),
    [
        ("0.02", "p_target", Precision("p_target", 0.02)),
        ("2%", "p_target", Precision("p_target", 0.02)),
        ("0.5%", "signed", Precision("signed", 10_000)),
        ("contribution = 0.5%", "p_target", Precision("contribution", 10_000)),
        ("signed=5000", "p_target", Precision("signed", 5_000)),
        ("5%", SHARE, Precision(SHARE, 0.05)),
    ],
)
def test_a_percentage_of_money_is_one_of_the_target(text: str, usual: str, read: Precision) -> None:
    found = read_precision(text, usual, TARGET)
    assert (found.kpi, found.half_width) == (read.kpi, pytest.approx(read.half_width))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a little", "write a half-width, for instance 0.02 or contribution=0.5%"),
        ("-0.02", "write a half-width"),
        ("luck=0.02", "no KPI luck; there are: "),
        ("0", "a half-width is above 0"),
        ("signed=0.02", "signed is money, so that is next to nothing; write signed=1% of the target"),
    ],
)
def test_what_is_no_precision_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_precision(text, "p_target", TARGET)
