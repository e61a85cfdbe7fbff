"""Unit: amounts and shares of options are read as people write them in a table."""

from __future__ import annotations

import pytest
import typer

from commands.arguments import amount_of, share_of


@pytest.mark.parametrize(
    ("text", "amount"), [("600000", 6e5), ("600,000", 6e5), ("60万", 6e5), ("６０万", 6e5), ("1.2亿", 1.2e8), ("0", 0)]
)
def test_amounts(text: str, amount: float) -> None:
    assert amount_of("--budget", text) == amount


@pytest.mark.parametrize("text", ["much", "", "-1", "60%", "1e999", "nan", "1,5"])
def test_what_is_no_amount_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no amount of money; write 600000 or 60万"):
        amount_of("--budget", text)


@pytest.mark.parametrize(("text", "share"), [("70%", 0.7), ("0.7", 0.7), ("７０％", 0.7), (" 70 %", 0.7)])
def test_shares(text: str, share: float) -> None:
    assert share_of("--chance", text) == share
