import pytest

from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.allocating import allocate_study
from studies.allocation.choosing import alternatives_study, frontier_study, least_change_study
from studies.allocation.explaining import explain_study
from studies.allocation.paying import money_study
from studies.allocation.rules import broken_rules
from studies.allocation.sweeping import reach_study, sweep_study
from tests.allocation_plans import budget_plan, quota_plan


def test_options_come_with_their_allocations_and_with_what_could_not_be_made() -> None:
    plan = budget_plan()
    result, allocations = alternatives_study(plan, 1)
    assert [option.kind for option in result.options] == ["best", "alternative", "baseline", "baseline"]
    assert list(result.not_made) == ["last_quarter"]
    assert set(allocations) == {option.name for option in result.options}
    assert result.model_validate_json(result.model_dump_json()) == result
    even = next(option for option in result.options if option.name == "even")
    assert {(row.id, row.status) for row in even.broken} == {("R3", "broken"), ("T3", "relaxed")}
    with pytest.raises(UsageError, match="no baseline odd"):
        alternatives_study(plan, 1, baselines=("odd",))


def test_a_hand_made_allocation_is_one_of_the_options() -> None:
    plan = budget_plan()
    _, allocations = alternatives_study(plan, 1, baselines=("even",))
    result, _ = alternatives_study(plan, 1, baselines=(), by_hand=[allocations["even"]])
    own = result.options[-1]
    assert (own.kind, own.name) == ("by hand", "even")
    assert {row.id for row in broken_rules(plan, allocations["even"])} == {row.id for row in own.broken}


def test_fairness_says_what_decides_it() -> None:
    plan = quota_plan()
    result = frontier_study(plan, "stretch")
    assert len(result.points) == 1
    assert result.now.stretch.spread == pytest.approx(0.5)
    assert result.decided_by == ()
    assert len(frontier_study(budget_plan(), "load", 3).points) == 3


def test_least_change_is_shown_beside_a_fresh_answer() -> None:
    plan = budget_plan()
    _, allocations = alternatives_study(plan, 1, baselines=("even",))
    result, allocation = least_change_study(plan, allocations["even"])
    assert result.changed <= result.changed_fresh + 1e-6
    assert result.option.contribution == pytest.approx(118 + 1 / 3)
    assert (result.previous, result.previous_option.kind) == ("even", "by hand")
    assert allocation.total_quota == pytest.approx(300)


def test_explanations_of_all_or_of_some_with_what_locks_override() -> None:
    lock = {"id": "keep", "cells": {"over": "quota", "where": {"rep": ["a"]}}, "amount": 500, "because": "agreed"}
    plan = Plan.model_validate({**quota_plan().model_dump(), "locks": [lock]})
    result = explain_study(plan)
    assert [(row.kind, row.id) for row in result.rows] == [("rep", "a"), ("rep", "b"), ("region", "east")]
    assert [(lock.id, round(lock.calculated), lock.locked) for lock in result.locks] == [("keep", 600, 500)]
    assert result.model_validate_json(result.model_dump_json()) == result
    assert [row.id for row in explain_study(plan, reps=["b"]).rows] == ["b"]
    rows = [row.model_dump() | {"name": name} for row, name in zip(plan.reps, ("Zhao", "b"), strict=True)]
    named = Plan.model_validate({**plan.model_dump(), "reps": rows})
    assert [row.id for row in explain_study(named, reps=["Zhao"]).rows] == ["a"]
    both = Plan.model_validate({**plan.model_dump(), "reps": [row | {"name": "Zhao"} for row in rows]})
    with pytest.raises(UsageError, match="no rep Zhao"):  # a name of two is the name of none
        explain_study(both, reps=["Zhao"])


def test_sweep_and_reach_as_results() -> None:
    swept = sweep_study(budget_plan(), "rules.R3.ratio=0.5..0.7", 3)
    assert (swept.path, swept.now, [row.way for row in swept.rows]) == ("rules.R3.ratio", 0.6, ["live"] * 3)
    assert swept.rows[0].contribution == pytest.approx(122)
    reach = reach_study(budget_plan(), 120)
    assert reach.levers[0].value is not None
    assert swept.model_validate_json(swept.model_dump_json()) == swept
    assert reach.model_validate_json(reach.model_dump_json()) == reach


def test_money_of_the_best_and_of_a_given_allocation() -> None:
    plan = budget_plan()
    best = money_study(plan)
    assert {row.purpose: round(row.set_aside, 6) for row in best.rows} == {
        "salon": pytest.approx(18 + 1 / 3, abs=1e-5),
        "unspent": pytest.approx(50 - 18 - 1 / 3, abs=1e-5),
    }
    assert best.collection_threshold == 1
    _, allocations = alternatives_study(plan, 1, baselines=("even",))
    assert money_study(plan, allocations["even"]).rows[0].set_aside == pytest.approx(50)


def test_what_takes_long_tells_how_far_it_is() -> None:
    told: list[tuple[str, int, int]] = []

    def progress(label: str, done: int, total: int) -> None:
        told.append((label, done, total))

    plan = budget_plan()
    sweep_study(plan, "rules.R3.ratio=0.5..0.7", 3, progress)
    assert told == [("rules.R3.ratio", n, 3) for n in (1, 2, 3, 3)]
    reach_study(plan, 120, progress)
    allocate_study(plan, detail="ranges", progress=progress)
    for label in {label for label, _, _ in told}:
        done, totals = zip(*(entry[1:] for entry in told if entry[0] == label), strict=True)
        assert list(done) == sorted(done)
        assert done[-1] == totals[-1] == max(totals)
    assert {label for label, _, _ in told[4:]} == {"figures moved", "prices of rules", "prices of demand and hours"}
