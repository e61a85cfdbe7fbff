"""Property: the first cases of the fuzzer; ``python -m tests.fuzz`` runs ten thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.cases import KINDS, bases, run_case


@pytest.mark.parametrize(("kind", "count"), [(kind, 12) for kind in KINDS])
def test_damaged_files_are_plans_or_errors_with_a_place(tmp_path: Path, kind: str, count: int) -> None:
    base = bases(tmp_path)
    cases = [run_case(base, tmp_path, 1, number, kind) for number in range(count)]
    assert [(case.number, case.outcome, case.detail) for case in cases if case.is_failure] == []


@pytest.mark.long
def test_two_hundred_damaged_workbooks_and_tables(tmp_path: Path) -> None:
    base = bases(tmp_path)
    kinds = ("workbook", "csv", "allocation workbook", "allocation csv")
    cases = [run_case(base, tmp_path, 7, number, kind) for kind in kinds for number in range(50)]
    assert [(case.number, case.kind, case.outcome, case.detail) for case in cases if case.is_failure] == []
    assert {case.outcome for case in cases} == {"plan", "error"}
