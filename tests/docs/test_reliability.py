"""Docs: the page of what holds names only tests that exist, and every row of its tables of faults names one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TEXT)))


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert f"def {function}" in (ROOT / path).read_text(encoding="utf-8")


def test_every_row_names_the_test_that_holds_it() -> None:
    tables = re.findall(r"^\|.*\| held by \|\n\|[ -|]*\n((?:\|.*\n)+)", TEXT, flags=re.M)
    assert len(tables) == 3
    rows = [row for table in tables for row in table.splitlines()]
    assert [row for row in rows if not re.search(r"\| `tests/[^|]*\|$", row)] == []
    assert len(rows) > 30
