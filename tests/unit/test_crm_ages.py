"""Unit: products have sales cycles of their own where enough deals tell them apart."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.crm.ages import Ages, cycles

PRODUCTS = ("quick", "slow")


def ages(medians: tuple[float, float], counts: tuple[int, int] = (300, 300)) -> Ages:
    """Deals that all ended, lognormal about the median of their product."""
    rng = np.random.default_rng(7)
    days = np.concatenate(
        [median * rng.lognormal(0, 0.4, count) for median, count in zip(medians, counts, strict=True)]
    )
    product = np.repeat([0, 1], counts)
    none = np.zeros(len(days))
    return Ages(days, np.ones(len(days), dtype=bool), none, days, product, np.zeros(len(days), dtype=np.int64))


def everybody(found: Ages) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(found.days), dtype=bool)


def test_products_that_differ_have_their_own_cycles() -> None:
    found = ages((20.0, 80.0))
    own, whole = cycles(found, PRODUCTS, everybody(found), waiting=False)
    assert whole is not None
    assert own["quick"].median == pytest.approx(20, rel=0.1)
    assert own["slow"].median == pytest.approx(80, rel=0.1)
    assert own["quick"].count == own["slow"].count == 300
    assert own["quick"].median < whole.median < own["slow"].median


def test_products_that_do_not_differ_share_one() -> None:
    found = ages((40.0, 40.0))
    own, whole = cycles(found, PRODUCTS, everybody(found), waiting=False)
    assert own == {}
    assert whole is not None
    assert whole.median == pytest.approx(40, rel=0.1)


def test_a_product_of_few_deals_takes_the_cycle_of_all() -> None:
    found = ages((20.0, 80.0), counts=(300, 60))
    own, _ = cycles(found, PRODUCTS, everybody(found), waiting=False)
    assert set(own) == {"quick"}
