"""Property: what holds of studies for every input: round trips, intervals, bridges, rows put into batches."""

import functools
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import ForcedStrike, Options
from studies.allocation.allocations import read_allocation, write_allocation
from studies.decisions.comparing import decisions_changed
from studies.decisions.stressing import stress_study
from studies.replay.futures import Execution, Futures
from studies.replay.replications import run_replications
from studies.results import Margins
from studies.simulating import bridge, replay_with_and_without_risks
from studies.statistics import difference, mean_estimate, proportion_estimate
from tests.plans import small_plan
from tests.unit.test_studies_replications import differing

COVERED = [("north", "R1"), ("north", "R2"), ("south", "R2"), ("south", "R3")]
MONEY = st.floats(0, 1e9, allow_subnormal=False)
FIGURES = st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=2, max_size=40)


@functools.cache
def plan() -> Plan:
    return small_plan(settings=("target=170000", "risks.K1.chance_per_quarter=0.5"))


@st.composite
def allocations(draw: st.DrawFn) -> Allocation:
    cells = [(product, *cell) for product in ("L1", "S1") for cell in COVERED]
    quotas = draw(st.dictionaries(st.sampled_from(cells), MONEY, min_size=1))
    places = [(region, activity) for region in ("north", "south") for activity in ("online", "salon")]
    budget = draw(st.dictionaries(st.sampled_from(places), st.floats(0, 60_000)))
    return Allocation(
        "hand",
        tuple(QuotaCell(*cell, amount) for cell, amount in sorted(quotas.items())),
        tuple(BudgetCell(*place, amount) for place, amount in sorted(budget.items())),
    )


@settings(deadline=None, derandomize=True)
@given(allocations())
def test_an_allocation_goes_through_a_file_unchanged(allocation: Allocation) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hand.csv"
        write_allocation(allocation, path)
        assert read_allocation(path, plan()) == allocation


@settings(deadline=None, derandomize=True)
@given(allocations(), allocations())
def test_decisions_are_listed_exactly_where_amounts_differ(a: Allocation, b: Allocation) -> None:
    assert decisions_changed(a, a) == ()
    forth, back = decisions_changed(a, b), decisions_changed(b, a)
    assert [(row.path, row.old, row.new) for row in forth] == [(row.path, row.new, row.old) for row in back]
    cells = [{(c.product, c.region, c.rep): c.quota for c in side.quotas} for side in (a, b)]
    moved = any(abs(cells[0].get(c, 0.0) - cells[1].get(c, 0.0)) >= 1 for c in {*cells[0], *cells[1]})
    assert moved <= any(row.path.startswith("quota.") for row in forth)


@settings(deadline=None, derandomize=True)
@given(FIGURES, st.floats(-1e6, 1e6, allow_subnormal=False))
def test_an_interval_holds_its_mean_and_moves_with_the_values(figures: list[float], shift: float) -> None:
    values = np.array(figures)
    estimate, moved = mean_estimate(values), mean_estimate(values + shift)
    assert estimate.ci_low <= estimate.mean <= estimate.ci_high
    scale = np.abs(values).max() + abs(shift) + 1
    assert moved.ci_low == pytest.approx(estimate.ci_low + shift, abs=1e-9 * scale)
    assert moved.ci_high == pytest.approx(estimate.ci_high + shift, abs=1e-9 * scale)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 500), st.data())
def test_wilsons_interval_stays_a_chance_and_mirrors(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    values = np.repeat([1.0, 0.0], [hits, count - hits])
    estimate, mirrored = proportion_estimate(values), proportion_estimate(1 - values)
    assert 0 <= estimate.ci_low <= estimate.mean <= estimate.ci_high <= 1
    assert estimate.ci_low < estimate.ci_high
    assert mirrored.ci_low == pytest.approx(1 - estimate.ci_high, abs=1e-12)


@settings(deadline=None, derandomize=True)
@given(FIGURES, st.sampled_from(sorted(KPIS)), st.randoms(use_true_random=False))
def test_b_against_a_mirrors_a_against_b(figures: list[float], name: str, random: object) -> None:
    a = np.array(figures)
    b = np.array(random.sample(figures, len(figures)))  # type: ignore[attr-defined]
    mirror = {"better": "worse", "worse": "better"}
    margins = Margins(amount=1e5, chance=0.2)
    forth, back = difference(KPIS[name], a, b, margins), difference(KPIS[name], b, a, margins)
    assert back.verdict == mirror.get(forth.verdict, forth.verdict)
    assert back.mean == pytest.approx(-forth.mean)
    assert forth.p_b_beats_a + back.p_b_beats_a <= 1 + 1e-12


@st.composite
def in_play(draw: st.DrawFn) -> Options:
    risks = draw(st.sets(st.sampled_from(["K1", "K5", "K7"])))
    plans = draw(st.sets(st.sampled_from(["K1-answer", "K5-answer"])))
    strikes = st.sampled_from([("K1", None), ("K5", None), ("K5", "R2"), ("K7", "C1")])
    forced = [ForcedStrike(risk, draw(st.integers(1, 12)), subject) for risk, subject in draw(st.sets(strikes))]
    return Options.of(plan(), risks, plans, forced, draw(st.booleans()))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(allocations(), in_play(), st.integers(0, 2**32 - 1))
def test_what_is_known_is_what_would_be_computed(allocation: Allocation, options: Options, seed: int) -> None:
    """Whatever is in play: the reused quarter without risks is that of a fresh run, and the bridge adds up."""
    numbers = range(8)
    futures = Futures(Execution(seed, len(numbers)))
    batch, calm = replay_with_and_without_risks(plan(), allocation, options, futures)
    bare = Options.of(plan(), risks=(), plans=(), uncertainty=options.uncertainty)
    fresh = run_replications(plan(), allocation, bare, seed=seed, numbers=numbers)
    assert differing(replace(calm, records=()), fresh) == []
    level = 0.0
    for step in bridge(plan(), batch, calm):
        if step.kind == "step":
            level += step.amount
        else:
            assert level == pytest.approx(step.amount, rel=1e-9, abs=1e-6)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(allocations(), in_play(), st.integers(0, 2**32 - 1))
def test_stress_figures_are_those_of_fresh_runs(allocation: Allocation, options: Options, seed: int) -> None:
    numbers = range(6)

    def signed(risks: frozenset[str], plans: set[str], forced: tuple[ForcedStrike, ...]) -> np.ndarray:
        variant = Options(risks, frozenset(plans), forced, options.uncertainty)
        return run_replications(plan(), allocation, variant, seed=seed, numbers=numbers).kpis["contribution"]

    result, _ = stress_study(plan(), allocation, options, Futures(Execution(seed, len(numbers))))
    base = signed(options.risks, set(), options.forced)
    for row in result.rows:
        if row.plan:
            gain = signed(options.risks, {row.plan}, options.forced) - base
            assert row.gain_contribution is not None
            assert row.gain_contribution.mean == gain.mean()
        else:
            others = tuple(strike for strike in options.forced if strike.risk != row.risk)
            assert row.cost_contribution.mean == (signed(options.risks - {row.risk}, set(), others) - base).mean()
