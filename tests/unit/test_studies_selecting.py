"""Unit: the set of contingency plans that is chosen, on futures whose best set is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from scenarios.effects import Effect
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan, Trigger
from simulation.options import Options
from studies.allocation.naming import named_allocation
from studies.decisions.plan_sets import PlanSets
from studies.decisions.selecting import SelectResult, select_plans, select_study
from studies.decisions.set_choice import Terms
from studies.replay.futures import Execution, Futures
from studies.replay.replications import Batch
from tests.plans import small_plan

TARGET = 1_000_000.0
GAIN = {"good": 40_000.0, "twin": 30_000.0, "rare": 900_000.0, "poor": 3_000.0, "insurance": 0.0}
"""What a plan brings in the futures in which it acts; ``twin`` answers what ``good`` answers and adds nothing to it."""
RETAINER = {"good": 5_000.0, "twin": 1_000.0, "rare": 10_000.0, "poor": 9_000.0, "insurance": 12_000.0}


def entry(name: str) -> ContingencyPlan:
    """A plan with an effect, so that it is not known to be idle."""
    effects = (Effect(parameter="win_rate", factor=1.1),)
    return ContingencyPlan(
        id=name, name=name, trigger=Trigger(strike="K1"), effects=effects, retainer=RETAINER.get(name, 1_000.0)
    )


def acts(name: str, number: int) -> bool:
    """When a plan acts: the rare one in every tenth future, from the thirtieth on; the insurance in bad ones."""
    if name == "rare":
        return number >= 30 and number % 10 == 0
    return number % 7 == 0 if name == "insurance" else number % 2 == 0


def synthetic(held: frozenset[str], numbers: Sequence[int]) -> Batch:
    """Futures with a contribution of 400,000 ± 60,000, 250,000 less in every seventh."""
    before, cost, triggered = [], [], {name: [] for name in sorted(held)}
    for number in numbers:
        noise = np.random.default_rng((5, number)).normal(0, 60_000)
        acting = {name for name in held if acts(name, number)}
        gain = sum(GAIN.get(name, 500.0) for name in acting)
        if {"good", "twin"} <= acting:
            gain -= GAIN["twin"]
        loss = 250_000.0 if number % 7 == 0 else 0.0
        before.append(400_000 + noise + gain - loss * (0.2 if "insurance" in acting else 1.0))
        cost.append(sum(RETAINER.get(name, 1_000.0) for name in held))
        for name in triggered:
            triggered[name].append(float(name in acting))
    values, costs = np.array(before), np.array(cost)
    signed = 2.4 * values
    nothing = np.zeros((len(before), 0))
    arrays = [
        name for name, field in Batch.__dataclass_fields__.items() if field.type == "Values" and name != "before_plans"
    ]
    fields = dict.fromkeys(arrays, nothing)
    dicts = {name: {} for name in ("sources", "struck", "clips", "uses", "calls", "first_start", "ended_in_event")}
    known = Batch.__dataclass_fields__
    return Batch(
        numbers=np.array(list(numbers)),
        kpis={
            "signed": signed,
            "cash": signed,
            "p_target": (signed >= TARGET).astype(float),
            "plan_cost": costs,
            "contribution": values - costs,
        },
        triggered={name: np.array(hits) for name, hits in triggered.items()},
        before_plans=values,
        **{name: value for name, value in (fields | dicts).items() if name in known},  # type: ignore[arg-type]
    )


def bench(asked: list[int] | None = None) -> Callable[[Sequence[ContingencyPlan]], PlanSets]:
    def run_many(tasks: Sequence[tuple[frozenset[str], tuple[int, ...]]]) -> list[Batch]:
        if asked is not None:
            asked.extend(len(numbers) for _, numbers in tasks)
        return [synthetic(held, numbers) for held, numbers in tasks]

    return lambda plans: PlanSets(plans, run_many)


def select(
    names: Sequence[str], plan: Plan | None = None, sets_of: Callable[..., PlanSets] | None = None, **words: object
) -> SelectResult:
    plan = plan or small_plan()
    terms = Terms(**{"criterion": "contribution", "budget": None, "delta": 5_000.0, **words})  # type: ignore[arg-type]
    fields = select_plans(plan, [entry(name) for name in names], sets_of or bench(), terms)
    return SelectResult.model_validate(
        {"plan": "P", "currency": "CNY", "target": TARGET, "allocation_name": "A", "seed": 1, **fields}
    )


def test_the_best_set_is_chosen_with_its_promise() -> None:
    result = select(["good", "twin", "rare", "poor"], delta=40_000.0)
    assert result.chosen.plans[-1] == "rare"
    assert result.promised
    assert result.method == "all sets"
    assert (result.sets, result.affordable) == (16, 16)
    assert result.chosen.behind is None
    assert all(rival.behind is not None and rival.behind.mean > 0 for rival in result.rivals)
    assert result.figures < result.figures_equal


def test_what_has_hardly_acted_is_not_screened_out_and_is_named() -> None:
    result = select(["good", "rare"], most=40)
    assert result.seldom == ("rare",)
    assert not result.promised
    assert select(["good", "rare"], most=400).seldom == ()


def test_a_budget_binds_on_what_a_set_costs() -> None:
    result = select(["good", "twin", "rare", "poor"], budget=6_000.0, delta=40_000.0)
    assert result.chosen.plans == ("good",)
    assert result.affordable == 4  # nothing, good, twin, both
    assert all(row.within_budget for row in (result.chosen, *result.rivals))
    assert any(not row.within_budget for row in result.frontier)


def test_the_frontier_rises_with_the_cost_and_starts_with_nothing() -> None:
    rows = select(["good", "twin", "rare", "poor"]).frontier
    assert rows[0].plans == ()
    assert rows[0].gain.mean == 0
    costs, gains = [row.cost.mean for row in rows], [row.gain.mean for row in rows]
    assert costs == sorted(costs)
    assert gains == sorted(gains)


def test_the_worst_tenth_prefers_the_insurance_and_promises_nothing() -> None:
    by_mean = select(["insurance", "poor"], delta=2_000.0)
    by_tail = select(["insurance", "poor"], criterion="cvar", most=200)
    assert by_tail.chosen.plans == ("insurance",)
    assert not by_tail.promised
    assert by_tail.chosen.p_best is not None
    assert by_tail.chosen.p_best > 0.9
    assert by_tail.chosen.gain.mean > by_mean.chosen.gain.mean
    assert by_tail.chosen.gain.ci_low > 0


def test_the_chance_of_the_target_can_be_the_criterion() -> None:
    result = select(["good", "rare", "poor"], criterion="p_target", delta=0.05, most=1000)
    assert "rare" in result.chosen.plans
    assert result.chosen.gain.mean == result.chosen.gain_p_target.mean


def test_more_plans_than_all_sets_allow_are_chosen_by_heuristics_and_say_so() -> None:
    names = ["good", "twin", "rare", "poor", *(f"filler-{n}" for n in range(11))]
    result = select(names, most=60, budget=16_000.0)
    assert result.method == "heuristic"
    assert not result.promised
    assert result.affordable is None
    assert result.chosen.plans == ("good", "rare")
    # The program sees pairs, and no three plans act together here: its best is what the simulation finds.
    assert result.gap == pytest.approx(0, abs=1)


def test_quarters_that_are_known_are_not_run() -> None:
    asked: list[int] = []
    result = select(["good", "twin", "rare", "poor"], sets_of=bench(asked))
    assert result.quarters_run == sum(asked)
    assert sum(asked) < result.figures_equal / 3


def test_heuristics_choose_by_the_worst_tenth_too() -> None:
    """Of 15 plans the budget has room for the insurance: in every seventh future it spares four fifths of 250,000."""
    names = ["insurance", *(f"filler-{n}" for n in range(14))]
    result = select(names, most=140, criterion="cvar", budget=12_500.0)
    assert (result.method, result.chosen.plans) == ("heuristic", ("insurance",))


def test_nothing_to_choose_from_is_told(small_plan: Plan) -> None:
    bare = small_plan.model_copy(update={"contingency_plans": ()})
    with pytest.raises(UsageError, match="no contingency plan to choose from"):
        select_study(
            bare,
            named_allocation(bare, "even"),
            Options.of(bare),
            Futures(Execution(1, 20)),
            Terms(criterion="contribution", budget=None, delta=1.0),
        )


def test_a_runner_that_gives_other_replications_than_those_asked_for_is_refused() -> None:
    sets = PlanSets([entry("good")], lambda tasks: [synthetic(held, numbers[::-1]) for held, numbers in tasks])
    with pytest.raises(ValueError, match="the replications that it was asked for, in order"):
        sets.contribution(np.array([1]), range(3))
