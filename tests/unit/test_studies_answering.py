"""Unit: from a request to an outcome: what is read, what is refused, which inputs differ between A and B."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.errors import NoFeasibleAllocation, PlanFileError, UsageError
from studies.allocation.allocations import write_allocation
from studies.allocation.results import AllocateResult
from studies.allocation.rules import broken_rules
from studies.answering import answer, read_inputs
from studies.decisions.comparing import CompareResult
from studies.decisions.stressing import StressResult
from studies.main_job import RunResult
from studies.registry import STUDIES, read_request
from studies.requests import Request
from studies.simulating import SimulateResult
from tests.plans import PLAN_YAML, small_plan_files
from tests.unit.test_studies_replications import differing

HAND = Allocation(
    "mine",
    (QuotaCell("S1", "north", "R1", 90_000.0), QuotaCell("S1", "south", "R2", 80_000.0)),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = PLAN_YAML.replace("target: 1000000", "target: 170000")
    return small_plan_files(tmp_path_factory.mktemp("plans") / "small", plan=text)


@pytest.fixture(scope="module", name="mine")
def _mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("allocations") / "mine.csv"
    write_allocation(HAND, path)
    return path


def request(folder: Path, study: str, **words: object) -> Request:
    few = {} if study == "allocate" else {"replications": 4}
    return read_request({"study": study, "source": str(folder), **few, **words})


# What is read


def test_inputs_of_a_request(folder: Path, mine: Path) -> None:
    asked = request(folder, "simulate", scenarios=("soft_market",), settings=("target=150000",), allocation=str(mine))
    inputs = read_inputs(asked)
    assert inputs.plan.target == 150_000
    assert inputs.plan.customer_tier["A"].win_rate == 0.4
    assert inputs.allocation == HAND
    assert inputs.to_plan is None
    assert [(row.path, row.old, row.new, row.by) for row in inputs.changes] == [
        ("customer_tiers.A.win_rate", "0.5", "0.4", "scenario soft_market"),
        ("customer_tiers.C.win_rate", "0.3", "0.27", "scenario soft_market"),
        ("target", "170000", "150000", "--set"),
    ]
    assert set(inputs.files) == {"plan.yaml", *(path.name for path in folder.glob("*.csv"))}


def test_only_a_comparison_has_a_second_plan(folder: Path, mine: Path) -> None:
    inputs = read_inputs(request(folder, "compare", to_scenarios=("price_war",), to_allocation=str(mine)))
    assert inputs.to_plan is not None
    assert inputs.to_plan.target == inputs.plan.target
    assert [row.path for row in inputs.to_changes] == ["risks.K1.chance_per_quarter"]
    assert (inputs.allocation, inputs.to_allocation) == (None, HAND)


def test_every_study_answers(folder: Path, mine: Path) -> None:
    kinds = {
        "allocate": AllocateResult,
        "simulate": SimulateResult,
        "compare": CompareResult,
        "stress": StressResult,
        "run": RunResult,
    }
    for study, kind in kinds.items():
        outcome = answer(request(folder, study))
        assert isinstance(outcome.result, kind)
        assert outcome.allocation.name == "optimised"
        assert outcome.seconds > 0
    for study in ("simulate", "stress"):
        outcome = answer(request(folder, study, allocation=str(mine)))
        assert outcome.allocation == HAND
        assert outcome.result.allocation_name == "mine"


def test_the_parts_of_a_run_are_the_studies_by_themselves(folder: Path) -> None:
    run = answer(request(folder, "run", replications=30, plans=("K1-answer",)))
    assert isinstance(run.result, RunResult)
    simulated = answer(request(folder, "simulate", replications=30, plans=("K1-answer",)))
    stressed = answer(request(folder, "stress", replications=30))
    assert isinstance(stressed.result, StressResult)
    timeless = {"seconds": 0.0}
    assert run.result.simulate.model_copy(update=timeless) == simulated.result.model_copy(update=timeless)
    assert run.result.stress.rows == stressed.result.rows
    assert run.result.stress.p_target_no_risk == stressed.result.p_target_no_risk
    assert set(run.batches) == {"quarters", "without_risks", "without_plans"}
    assert differing(run.batches["quarters"], simulated.batches["quarters"]) == []
    assert differing(run.batches["without_plans"], stressed.batches["quarters"]) == []


def test_without_plans_held_a_run_simulates_its_futures_once(folder: Path) -> None:
    run = answer(request(folder, "run", replications=30))
    assert isinstance(run.result, RunResult)
    assert set(run.batches) == {"quarters", "without_risks"}
    assert run.result.stress.rows == answer(request(folder, "stress", replications=30)).result.rows


def test_rules_that_a_hand_made_allocation_breaks_are_said_with_its_figures(folder: Path, mine: Path) -> None:
    for study in ("simulate", "stress"):
        outcome = answer(request(folder, study, allocation=str(mine)))
        assert outcome.result.violations == broken_rules(outcome.inputs.plan, HAND) != ()
    assert answer(request(folder, "simulate")).result.violations == ()


# A against B


def test_inputs_that_differ_between_a_and_b(folder: Path) -> None:
    asked = request(
        folder,
        "compare",
        scenarios=("soft_market",),
        settings=("target=150000", "regions.north.base_amount=400000", "risks.K1.detection_days=3"),
        to_settings=("target=160000", "regions.north.base_amount=400000", "risks.K5.notice_days=4"),
    )
    result = answer(asked).result
    assert [(row.path, row.old, row.new, row.by) for row in result.changes] == [
        ("customer_tiers.A.win_rate", "0.4", "0.5", "scenario soft_market"),  # A's alone: B has the plan's own
        ("customer_tiers.C.win_rate", "0.27", "0.3", "scenario soft_market"),
        ("risks.K1.detection_days", "3", "5", "--set"),
        ("risks.K5.notice_days", "10", "4", "--set"),
        ("target", "150000", "160000", "--set"),
    ]
    assert result.name_a == (
        "A (soft_market, target=150000, regions.north.base_amount=400000, risks.K1.detection_days=3)"
    )


def test_b_keeps_as_allocation_or_decides_anew(folder: Path) -> None:
    kept = answer(request(folder, "compare", to_settings=("target=200000",)))
    assert (kept.result.decisions, kept.result.allocation) == ((), "keep")
    assert kept.allocation.total_quota == pytest.approx(170_000 * 3.4 / 3)
    anew = answer(request(folder, "compare", to_settings=("target=200000",), decide="resolve"))
    assert anew.allocation.total_quota == pytest.approx(200_000 * 3.4 / 3)
    assert anew.result.allocation == "resolve"
    assert {"quota.R1", "quota.R2", "quota.R3"} <= {row.path for row in anew.result.decisions}
    # B's rules are B's: what was decided for A breaks them, what was decided for B does not.
    assert {row.id for row in kept.result.violations} >= {"T5"}
    assert [row for row in anew.result.violations if row.firmness == "hard"] == []


def test_names_of_a_and_b_say_what_was_given(folder: Path, mine: Path) -> None:
    result = answer(request(folder, "compare", allocation=str(mine), to_plans=("K1-answer",))).result
    assert (result.name_a, result.name_b) == ("A (allocation mine)", "B (with K1-answer)")
    result = answer(request(folder, "compare", to_allocation=str(mine), plans=("K1-answer",), to_plans=())).result
    assert (result.name_a, result.name_b) == ("A (with K1-answer)", "B (allocation mine, without plans)")
    result = answer(request(folder, "compare", to_scenarios=("price_war",))).result
    assert (result.name_a, result.name_b) == ("A (the plan)", "B (price_war)")


def test_b_holds_as_plans_unless_told(folder: Path) -> None:
    both = answer(request(folder, "compare", plans=("K1-answer",))).result
    assert all(row.verdict == "no difference" for row in both.differences)
    without = answer(request(folder, "compare", plans=("K1-answer",), to_plans=())).result
    cost = next(row for row in without.differences if row.id == "plan_cost")
    assert cost.mean_a >= 3000
    assert cost.mean_b == 0


# What is refused


@pytest.mark.parametrize("study", ["run", "allocate"])
def test_a_hand_made_allocation_where_the_study_decides(folder: Path, mine: Path, study: str) -> None:
    with pytest.raises(UsageError, match="decides by itself"):
        answer(request(folder, study, allocation=str(mine)))


def test_a_study_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="there is no study guess; there are: run, allocate, simulate"):
        read_request({"study": "guess", "source": "quarter"})


def test_every_study_of_the_registry_has_a_request_of_its_own() -> None:
    assert all(read_request({"study": name, "source": "quarter"}).study == name for name in STUDIES)
    with pytest.raises(ValidationError):
        read_request({"study": "stress", "source": "quarter", "to_plans": ()})


def test_b_made_by_hand_and_decided_anew(folder: Path, mine: Path) -> None:
    with pytest.raises(UsageError, match="either made by hand or decided anew"):
        answer(request(folder, "compare", to_allocation=str(mine), decide="resolve"))


@pytest.mark.parametrize(
    "text",
    ["K1", "K1@5", "K1@week", "K1@weekfive", "@week5", "K1:@week5", "K1@week-1", "K1@week5 ", f"K1@week{'9' * 9999}"],
)
def test_a_forced_strike_that_cannot_be_read(folder: Path, text: str) -> None:
    with pytest.raises(UsageError, match="write RISK@weekN or RISK:SUBJECT@weekN"):
        answer(request(folder, "simulate", forced=(text,)))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"risks": ("K9",)}, "no risk K9 in the plan; there are: K1, K5, K7"),
        ({"plans": ("K1",)}, "no contingency plan K1 in the plan; there are: K1-answer, K5-answer"),
        ({"forced": ("K9@week5",)}, "no risk K9 in the plan; there are: K1, K5, K7"),
        ({"forced": ("K1@week13",)}, "K1@week13: the quarter has weeks 1 to 12"),
        ({"forced": ("K5:R9@week5",)}, "K5:R9@week5: K5 cannot strike R9; it can strike: R1, R2, R3"),
    ],
)
def test_what_is_not_in_the_plan_is_named_with_what_is(folder: Path, words: dict[str, object], message: str) -> None:
    for study in ("simulate", "stress", "run", "compare"):
        with pytest.raises(UsageError) as caught:
            answer(request(folder, study, **words))
        assert str(caught.value) == message


def test_a_forced_strike_by_subject(folder: Path) -> None:
    outcome = answer(request(folder, "simulate", risks=(), forced=("K5:R2@week5", "K1@week3")))
    assert isinstance(outcome.result, SimulateResult)
    assert outcome.result.forced == ("K1@week3", "K5:R2@week5")
    assert (outcome.batches["quarters"].struck["K5"] == 1).all()


def test_errors_of_files_come_through(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PlanFileError, match="no such file"):
        answer(request(tmp_path / "nowhere", "simulate"))
    with pytest.raises(PlanFileError, match="the file is missing"):
        answer(request(folder, "simulate", allocation=str(tmp_path / "nowhere.csv")))
    with pytest.raises(PlanFileError, match="soft_markt"):
        answer(request(folder, "compare", to_scenarios=("soft_markt",)))


def test_rules_that_contradict_each_other_come_through(folder: Path) -> None:
    with pytest.raises(NoFeasibleAllocation):
        answer(request(folder, "run", settings=("rules.T3.firmness=hard", "rules.T5.ratio.values.core=0")))


@pytest.mark.parametrize(
    "words", [{"seed": -1}, {"seed": 2**32}, {"replications": 1}, {"jobs": 0}, {"only": 3}, {"stduy": "run"}]
)
def test_a_request_keeps_to_its_bounds(folder: Path, words: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        request(folder, "run", **words)
