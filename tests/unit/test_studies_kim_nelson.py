"""Unit: what Kim-Nelson refuses, and a choice among more systems than are set side by side one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studies.decisions.kim_nelson import _variances, select_best

ASKED: dict[str, Any] = {"delta": 1.0, "confidence": 0.95, "first": 10, "step": 5}


def noise(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
    """Independent noise, five standard deviations better in system 41."""
    rows = [np.random.default_rng(number).standard_normal(200)[systems] for number in range(start, stop)]
    return np.array(rows) + 5.0 * (systems == 41)


@pytest.mark.parametrize(
    ("systems", "changed", "said"),
    [
        (0, {}, "no system, no choice"),
        (3, {"delta": 0.0}, "delta 0 must be above 0"),
        (3, {"confidence": 0.5}, "confidence 0.5 between 0.5 and 1"),
        (3, {"first": 1}, "two replications or more"),
        (3, {"step": 0}, "each step at least one"),
        (3, {"apart": lambda left: left, "updating": False}, "say nothing of what is compared later"),
    ],
)
def test_what_has_no_meaning_is_refused(systems: int, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        select_best(noise, systems, **ASKED | changed)


def test_a_figure_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="a finite figure for every replication and system"):
        select_best(lambda systems, start, stop: np.full((stop - start, len(systems)), np.nan), 3, **ASKED)


def test_one_system_is_chosen_without_a_race() -> None:
    assert select_best(noise, 1, **ASKED).chosen == 0


@pytest.mark.parametrize("systems", [60, 80])
def test_the_best_is_found_also_among_many(systems: int) -> None:
    """Above 64 systems variances come from products, not from differences."""
    found = select_best(noise, systems, **ASKED)
    assert found.chosen == 41
    assert len(found.survivors) == 1


def test_variances_of_many_differences_are_those_of_each() -> None:
    figures = np.random.default_rng(1).standard_normal((12, 70))
    figures[:, 7] = figures[:, 3]
    gaps = figures[:, :, None] - figures[:, None, :]
    assert _variances(figures) == pytest.approx(gaps.var(axis=0, ddof=1), abs=1e-12)
    assert _variances(figures)[3, 7] == 0


def test_a_figure_that_is_none_is_refused_also_later() -> None:
    def sample(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        found = np.random.default_rng(start).normal(systems, 9.0, (stop - start, len(systems)))
        return found if start == 0 else np.full_like(found, np.inf)

    with pytest.raises(ValueError, match="a finite figure for every replication and system"):
        select_best(sample, 3, **ASKED | {"delta": 0.01})
