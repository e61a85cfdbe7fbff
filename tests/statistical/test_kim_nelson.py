"""Statistical: Kim-Nelson keeps its promise in the slippage setting, and does not look at what it screened out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from studies.decisions.kim_nelson import Sampler, Selection, select_best

SYSTEMS, DELTA, CONFIDENCE = 8, 1.0, 0.95
SPREAD, CORRELATION = 2.0, 0.6


def slippage(seed: int, best: int = 3, gap: float = DELTA) -> Sampler:
    """All means alike but the best's, ``gap`` above: the setting in which a wrong choice is most likely.

    Systems share a future: what is common to them has a share of the variance.
    """
    means = np.zeros(SYSTEMS)
    means[best] = gap

    def sample(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        rows = []
        for number in range(start, stop):
            draws = np.random.default_rng((seed, number)).standard_normal(SYSTEMS + 1)
            noise = np.sqrt(CORRELATION) * draws[0] + np.sqrt(1 - CORRELATION) * draws[1:]
            rows.append(means[systems] + SPREAD * noise[systems])
        return np.array(rows)

    return sample


def chosen(updating: bool, macro_replications: int) -> list[Selection]:
    return [
        select_best(slippage(seed), SYSTEMS, delta=DELTA, confidence=CONFIDENCE, first=10, step=5, updating=updating)
        for seed in range(macro_replications)
    ]


@pytest.mark.statistical
@pytest.mark.parametrize("updating", [False, True], ids=["KN", "KN++"])
def test_the_best_is_chosen_as_often_as_promised(updating: bool) -> None:
    found = chosen(updating, 400)
    assert all(selection.promised for selection in found)
    assert np.mean([selection.chosen == 3 for selection in found]) >= 0.93
    used = sum(selection.observations for selection in found)
    # Screening pays: seeing every system as often as the last to leave would take a good deal more.
    assert used < 0.8 * sum(selection.equal_allocation for selection in found)


def test_what_was_screened_out_is_not_sampled_again() -> None:
    asked: list[tuple[int, ...]] = []
    inner = slippage(1, gap=4.0)

    def sample(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        asked.append(tuple(systems.tolist()))
        return inner(systems, start, stop)

    selection = select_best(sample, SYSTEMS, delta=0.5, first=10, step=5)
    assert selection.chosen == 3
    assert all(set(later) <= set(earlier) for earlier, later in itertools.pairwise(asked))
    assert len(asked[-1]) < SYSTEMS
    assert (selection.seen <= selection.replications).all()


def test_systems_exactly_alike_end_in_the_first_of_them() -> None:
    inner = slippage(2)

    def twice(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        return inner(systems // 2, start, stop)

    selection = select_best(twice, 2 * SYSTEMS, delta=0.5)
    assert selection.chosen == 6
    assert selection.survivors == (6, 7)
    assert selection.promised


def test_a_cost_and_nothing_else_is_screened_out_at_once() -> None:
    def sample(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        base = inner(np.zeros_like(systems), start, stop)
        return base - 0.001 * systems

    inner = slippage(3)
    selection = select_best(sample, 500, delta=0.5)
    assert selection.survivors == (0,)
    assert selection.replications == 20


def test_too_few_replications_allowed_make_no_promise() -> None:
    selection = select_best(slippage(4), SYSTEMS, delta=0.01, first=10, most=30)
    assert not selection.promised
    assert selection.replications == 30


@pytest.mark.parametrize(("delta", "confidence", "first"), [(0.0, 0.95, 10), (1.0, 1.0, 10), (1.0, 0.95, 1)])
def test_what_has_no_meaning_is_refused(delta: float, confidence: float, first: int) -> None:
    with pytest.raises(ValueError, match=r"must be|variances"):
        select_best(slippage(0), SYSTEMS, delta=delta, confidence=confidence, first=first)


def test_systems_held_apart_are_not_compared_before_their_time() -> None:
    """The second is worse by its cost in every replication so far, and far better in the one that comes at last."""

    def sample(systems: NDArray[np.int64], start: int, stop: int) -> NDArray[np.float64]:
        rare = np.array([number >= 40 and number % 4 == 0 for number in range(start, stop)])
        return np.where(systems == 1, -1.0 + 20.0 * rare[:, None], 0.0)

    rash = select_best(sample, 2, delta=0.5, updating=True)
    assert (rash.chosen, rash.replications) == (0, 20)
    patient = select_best(
        sample, 2, delta=0.5, updating=True, apart=lambda count: np.arange(2) if count < 80 else np.zeros(2, dtype=int)
    )
    assert patient.chosen == 1
    assert patient.promised
    with pytest.raises(ValueError, match="say nothing"):
        select_best(sample, 2, delta=0.5, apart=lambda count: np.zeros(2, dtype=int))
