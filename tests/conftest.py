"""Fixtures that several kinds of test share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that tests can import tests.plans however pytest is started

os.environ["QUARTERDECK_LANGUAGE"] = "en"  # wherever the tests run
os.environ.setdefault("QUARTERDECK_PLAIN", "1")  # the source as it stands; tests/packaging/test_native.py compiles it

from scenarios.plan import Plan


@pytest.fixture(scope="session", name="small_plan")
def _small_plan() -> Plan:
    """The plan of tests/plans.py: frozen, so that one serves all tests."""
    from tests.plans import small_plan

    return small_plan()
