"""Unit: replications in order, over processes, and rows of one batch put into another."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from simulation.model import Options
from studies.replay.futures import Execution, Futures
from studies.replay.replications import Asked, Batch, run_replications, run_variants
from studies.replay.workers import P, Processes, R, Work
from tests.plans import small_plan

PLAN = small_plan(
    settings=("target=170000", "risks.K1.chance_per_quarter=0.4", "contingency_plans.K1-answer.chosen=true")
)
ALLOCATION = Allocation(
    "by hand",
    (
        QuotaCell("L1", "south", "R3", 30_000.0),
        QuotaCell("S1", "north", "R1", 100_000.0),
        QuotaCell("S1", "south", "R2", 40_000.0),
    ),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)
OPTIONS = Options.of(PLAN)


def run(numbers: object, **options: object) -> Batch:
    return run_replications(PLAN, ALLOCATION, OPTIONS, seed=3, numbers=numbers, **options)  # type: ignore[arg-type]


def differing(a: Batch, b: Batch) -> list[str]:
    """Names of the fields in which two batches are not equal to the last bit."""
    found = []
    for field in dataclasses.fields(Batch):
        ours, theirs = getattr(a, field.name), getattr(b, field.name)
        if field.name in ("records", "tables"):
            equal = ours == theirs
        elif isinstance(ours, dict):
            zero = np.zeros(len(a))
            names = {*ours, *theirs}
            equal = all(np.array_equal(ours.get(n, zero), theirs.get(n, zero)) for n in names)
        else:
            equal = np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")
        if not equal:
            found.append(field.name)
    return found


def rows(batch: Batch, chosen: slice) -> Batch:
    """A part of a batch with its records."""
    return replace(batch.rows(chosen), records=batch.records[chosen])


@pytest.fixture(scope="module", name="eighty")
def _eighty() -> Batch:
    return run(range(80), keep_records=True)


def test_processes_do_not_change_a_bit(eighty: Batch) -> None:
    assert differing(run(range(80), workers=Processes(2), keep_records=True), eighty) == []
    assert len(eighty.records) == 80


def test_the_first_of_many_are_the_few(eighty: Batch) -> None:
    few = run(range(30), keep_records=True)
    assert differing(few, rows(eighty, slice(30))) == []


def test_the_order_of_numbers_is_the_order_of_rows(eighty: Batch) -> None:
    backwards = run(range(79, 54, -1), keep_records=True)
    assert backwards.numbers.tolist() == list(range(79, 54, -1))
    assert [r.replication for r in backwards.records] == list(range(79, 54, -1))
    assert differing(backwards, rows(eighty, slice(79, 54, -1))) == []


def test_a_batch_holds_what_its_fields_say(eighty: Batch) -> None:
    signed = eighty.kpis["signed"]
    assert signed.std() > 0
    for parts in (eighty.by_product, eighty.by_region, eighty.by_rep, eighty.by_week, eighty.signed_by_cell):
        assert parts.sum(axis=1) == pytest.approx(signed)
    assert sum(eighty.sources.values()) == pytest.approx(signed)
    assert eighty.cash_by_week.sum(axis=1) == pytest.approx(eighty.kpis["cash"])
    assert eighty.by_week.shape == (80, 12)
    for number, records in enumerate(eighty.records):
        assert eighty.struck["K1"][number] == sum(strike.risk == "K1" for strike in records.strikes)
        assert eighty.triggered["K1-answer"][number] == len(records.activations)


def test_records_are_kept_only_where_asked_for() -> None:
    assert run(range(3)).records == ()


def test_another_seed_is_another_future(eighty: Batch) -> None:
    other = run_replications(PLAN, ALLOCATION, OPTIONS, seed=4, numbers=range(5))
    assert "by_rep" in differing(other, rows(eighty, slice(5)))


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_asked_is_an_empty_batch(jobs: int) -> None:
    told: list[int] = []
    batch = run([], workers=Processes(jobs), progress=lambda label, done, total: told.append(done), keep_records=True)
    assert len(batch) == 0
    assert (batch.by_rep.shape, batch.by_week.shape, batch.records) == ((0, 3), (0, 12), ())
    assert batch.kpis["signed"].shape == (0,)
    assert told == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_grows_to_the_total(jobs: int) -> None:
    told: list[tuple[str, int, int]] = []
    run(range(45), workers=Processes(jobs), label="quarters", progress=lambda *words: told.append(words))
    counts = [done for _, done, _ in told]
    assert counts == sorted(counts)
    assert counts[-1] == 45
    assert len(counts) > 1
    assert {(label, total) for label, _, total in told} == {("quarters", 45)}


def test_many_variants_with_few_replications_are_those_run_one_by_one() -> None:
    plan = small_plan()
    tasks = [
        Asked(Options.of(plan, plans=held), numbers)
        for held, numbers in (((), [3]), (["K1-answer"], [0, 2]), ((), [1]))
    ]
    told: list[tuple[int, int]] = []
    alone = [run_replications(plan, ALLOCATION, options, seed=3, numbers=numbers) for options, numbers, *_ in tasks]
    for jobs in (1, 2):
        together = run_variants(
            plan,
            ALLOCATION,
            tasks,
            seed=3,
            workers=Processes(jobs),
            progress=lambda _, done, total: told.append((done, total)),
        )
        assert [differing(a, b) for a, b in zip(alone, together, strict=True)] == [[], [], []]
    assert told[3:4] == told[7:8] == [(4, 4)]


def test_variants_that_want_other_futures_share_what_they_both_want(eighty: Batch) -> None:
    """Those with records stand by themselves where the numbers are others; each comes in the order asked for."""
    calm = Options.of(PLAN, risks=(), plans=())
    asked = [
        Asked(OPTIONS, [3, 1, 2, 7], keep_records=True),
        Asked(OPTIONS, [9, 2, 0]),
        Asked(calm, [2, 11, 9], same_as=1),
        *[Asked(OPTIONS, [number, 2]) for number in range(4, 9)],
    ]
    found = run_variants(PLAN, ALLOCATION, asked, seed=3)
    for batch, entry in zip(found, asked, strict=True):
        assert batch.numbers.tolist() == entry.numbers
        alone = run_replications(PLAN, ALLOCATION, entry.options, seed=3, numbers=entry.numbers)
        assert differing(replace(batch, records=()), alone) == []
    assert [len(batch.records) for batch in found] == [4, *[0] * 7]
    assert [entry.replication for entry in found[0].records] == [3, 1, 2, 7]


class Backwards:
    """Does the last part first, as a cluster may that has lost a worker."""

    def run(self, work: Work[P, Any, R], parts: Sequence[P]) -> Iterator[R]:
        yield from reversed([work(part) for part in reversed(parts)])


def test_the_order_in_which_parts_are_done_plays_no_role() -> None:
    """Though a process holds few compiled plans at a time."""
    held = [Options.of(PLAN, risks=risks, plans=()) for risks in ((), ("K1",), ("K5",), ("K1", "K5"))]
    asked = [Asked(options, [0, 1]) for options in (*held, OPTIONS, *held)]
    there = run_variants(PLAN, ALLOCATION, asked, seed=3, workers=Backwards())
    here = run_variants(PLAN, ALLOCATION, asked, seed=3)
    assert [differing(a, b) for a, b in zip(there, here, strict=True)] == [[]] * len(asked)


def test_futures_asked_for_out_of_order_are_those_of_a_fresh_run_in_order() -> None:
    futures = Futures(Execution(3, 7))
    some = futures.replay(PLAN, ALLOCATION, OPTIONS, only=[5, 3])
    assert some.numbers.tolist() == [3, 5]
    fresh = run_replications(PLAN, ALLOCATION, OPTIONS, seed=3, numbers=range(7))
    assert differing(futures.replay(PLAN, ALLOCATION, OPTIONS), fresh) == []
    assert (futures.run, futures.known) == (7, 2)


def test_records_of_futures_that_were_run_without_are_those_of_a_run_with_them() -> None:
    futures = Futures(Execution(3, 3))
    assert futures.replay(PLAN, ALLOCATION, OPTIONS).records == ()
    with_records = futures.replay(PLAN, ALLOCATION, OPTIONS, keep_records=True)
    fresh = run_replications(PLAN, ALLOCATION, OPTIONS, seed=3, numbers=range(3), keep_records=True)
    assert [entry.deals for entry in with_records.records] == [entry.deals for entry in fresh.records]


def test_nothing_asked_for_is_nothing_run() -> None:
    assert run_variants(PLAN, ALLOCATION, [], seed=3) == []
