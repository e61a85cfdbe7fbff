"""Unit: what goes wrong in many rows in the same way is said once, with its places."""

from __future__ import annotations

import pytest

from reports.messages import say_error
from reports.wording import CHINESE, ENGLISH
from scenarios.errors import PlanFileError, Problem


def missing_rep(row: int) -> Problem:
    return Problem(f"accounts!E{row}", f"accounts.A{row:03}.rep", "there is no rep R20", "Known: R1, R2.")


def test_many_rows_with_one_fault_are_one_sentence_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    other = Problem("reps!B3", "reps.R2.name", "missing")
    error = PlanFileError([*(missing_rep(row) for row in range(2, 7)), other])
    assert say_error(error, ENGLISH) == 3
    assert capsys.readouterr().err.splitlines() == [
        "accounts!E2 accounts.A002.rep: there is no rep R20. Known: R1, R2.",
        "  … and the same in 4 more places: accounts!E3, accounts!E4, accounts!E5, accounts!E6",
        "reps!B3 reps.R2.name: missing",
        "6 problems; nothing was written",
    ]
    say_error(error, CHINESE)
    assert "……同样的问题另有 4 处：accounts!E3、accounts!E4" in capsys.readouterr().err


def test_a_few_rows_are_said_one_by_one_and_of_very_many_the_first_places(capsys: pytest.CaptureFixture[str]) -> None:
    say_error(PlanFileError([missing_rep(row) for row in range(2, 5)]), ENGLISH)
    assert len(capsys.readouterr().err.splitlines()) == 4
    say_error(PlanFileError([missing_rep(row) for row in range(2, 1002)]), ENGLISH)
    _, again, count = capsys.readouterr().err.splitlines()
    assert again.startswith("  … and the same in 999 more places: ")
    assert again.endswith("accounts!E14 …")
    assert count == "1,000 problems; nothing was written"
