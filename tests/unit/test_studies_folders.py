"""Unit: a run's folder has a name of its own, also where others save at the same time."""

from pathlib import Path

import pytest

from scenarios.errors import UsageError
from studies.saved.folders import _rename


@pytest.fixture(name="temporary")
def _temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "half-written"
    folder.mkdir()
    (folder / "result.json").write_text("{}", encoding="utf-8")
    return folder


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, temporary: Path) -> None:
    for taken in ("run", "run-2"):
        (tmp_path / taken).mkdir()
    found = _rename(temporary, tmp_path, "run", "")
    assert (found.name, (found / "result.json").exists(), temporary.exists()) == ("run-3", True, False)


def test_another_process_that_takes_the_name_meanwhile_is_gone_round(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, others = Path.rename, ["run", "run-2"]

    def rename(folder: Path, to: Path) -> Path:
        if others:
            assert to.name == others.pop(0)
            (to / "theirs").mkdir(parents=True)
        return own(folder, to)

    monkeypatch.setattr(Path, "rename", rename)
    assert _rename(temporary, tmp_path, "run", "").name == "run-3"
    assert (tmp_path / "run" / "theirs").exists()


def test_a_folder_that_cannot_be_renamed_is_said_and_not_tried_on(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def rename(_: Path, to: Path) -> Path:
        tried.append(to.name)
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(PermissionError, match="read-only"):
        _rename(temporary, tmp_path, "run", "")
    assert tried == ["run"]


def test_a_thousand_runs_of_one_name_are_too_many(tmp_path: Path, temporary: Path) -> None:
    for number in range(1, 1000):
        (tmp_path / f"run{'' if number == 1 else f'-{number}'}").mkdir()
    with pytest.raises(UsageError, match="too many runs named run"):
        _rename(temporary, tmp_path, "run", "")
    assert temporary.exists()
