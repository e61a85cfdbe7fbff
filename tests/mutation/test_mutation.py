"""Unit: faults planted in a copy of the code are noticed. All of them: ``python -m tests.mutation``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.faults import FAULTS, Fault
from tests.mutation.planting import ROOT, copy_of_the_code, plant

EVERY = 20
"""Of so many faults one is planted with the tests."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.file}: {fault.old}")
def test_a_fault_s_place_and_test_are_there(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1
    file, _, name = fault.test.partition("::")
    assert f"def {name.partition('[')[0]}" in (ROOT / file).read_text(encoding="utf-8")


def test_some_faults_are_noticed(tmp_path: Path) -> None:
    code = copy_of_the_code(tmp_path / "code")
    assert [fault for fault in FAULTS[::EVERY] if not plant(code, fault).is_noticed] == []


@pytest.mark.long
def test_every_fault_is_noticed(tmp_path: Path) -> None:
    code = copy_of_the_code(tmp_path / "code")
    assert [fault for fault in FAULTS if not plant(code, fault).is_noticed] == []


def test_what_changes_nothing_is_noticed_by_nobody(tmp_path: Path) -> None:
    code = copy_of_the_code(tmp_path / "code")
    harmless = Fault(FAULTS[0].file, FAULTS[0].old, f"({FAULTS[0].old})", FAULTS[0].test)
    assert not plant(code, harmless).is_noticed
    broken = Fault(FAULTS[0].file, FAULTS[0].old, "(", FAULTS[0].test)
    assert not plant(code, broken).is_noticed, "a test that cannot start has noticed nothing"
