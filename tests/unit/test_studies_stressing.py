"""Unit: risks and contingency plans on identical futures; the negative controls; strikes that are forced."""

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.changing import changed
from scenarios.effects import Effect, Scope
from scenarios.errors import UsageError
from scenarios.loading import load_plan
from scenarios.plan import Plan
from scenarios.policies import Health, Policy
from scenarios.risks import ContingencyPlan, Trigger
from simulation.future import Future
from simulation.model import Model, Options
from simulation.options import ForcedStrike
from simulation.records import Records
from studies.decisions.attributing import shares_of
from studies.decisions.stress_rows import StressRow
from studies.decisions.stressing import StressResult, _risk_verdict, stress_study
from studies.decisions.worth import Criterion
from studies.replay.batches import Batch
from studies.replay.futures import Execution, Futures
from studies.replay.replications import Progress, run_replications, run_variants
from studies.simulating import simulate_study
from tests.plans import PLAN_YAML, small_plan, small_plan_files
from tests.unit.test_studies_replications import differing

SEED, REPLICATIONS = 7, 60
ALLOCATION = Allocation(
    "by hand",
    (QuotaCell("S1", "north", "R1", 90_000.0), QuotaCell("S1", "south", "R2", 80_000.0)),
    (BudgetCell("north", "salon", 20_000.0), BudgetCell("south", "salon", 20_000.0)),
)
RISKS = """\
  - id: harmless
    name: A storm in a teacup
    chance_per_quarter: 0.5
    negative_control: true
    effects:
      - {parameter: win_rate, factor: 1}
  - id: late-payers
    name: Customers pay late
    chance_per_quarter: 0.6
    effects:
      - {parameter: days_late, factor: 3}
      - {parameter: bad_debt, shift: 0.3}
  - id: rare
    name: What never comes
    chance_per_quarter: 0
    effects:
      - {parameter: win_rate, factor: 0.1}
      - {parameter: lead_rate, factor: 3}
"""
PLANS = """\
  - id: useless
    name: A plan for the drawer
    trigger: {strike: K1}
    retainer: 2500
    negative_control: true
    effects:
      - {parameter: win_rate, factor: 1}
  - id: free
    name: A plan that costs and does nothing
    trigger: {strike: K1}
  - id: rare-answer
    name: A plan against what never comes
    trigger: {strike: rare}
    retainer: 1200
    effects:
      - {parameter: win_rate, factor: 2}
      - {parameter: lead_rate, factor: 4}
  - id: rare-free
    name: A plan against what never comes that costs nothing
    trigger: {strike: rare}
    effects:
      - {parameter: win_rate, factor: 2}
  - id: autumn-push
    name: Autumn push
    trigger: {week: 5}
    effects:
      - {parameter: win_rate, factor: 1.2}
"""
SETTINGS = ("target=170000", "risks.K1.chance_per_quarter=0.5")


def plan_with_controls(folder: Path, *settings: str) -> Plan:
    """The small plan with risks and contingency plans that do nothing, and one risk that touches cash alone."""
    text = PLAN_YAML.replace("contingency_plans:\n", f"{RISKS}\ncontingency_plans:\n{PLANS}")
    text = text.replace("{parameter: win_rate, factor: 0.8,", "{parameter: win_rate, factor: 0.1,")
    return load_plan(small_plan_files(folder, plan=text), (), (*SETTINGS, *settings)).plan


def run(plan: Plan, options: Options, numbers: object = range(REPLICATIONS), keep_records: bool = False) -> Batch:
    return run_replications(
        plan,
        ALLOCATION,
        options,
        seed=SEED,
        numbers=numbers,
        keep_records=keep_records,  # type: ignore[arg-type]
    )


def stress(
    plan: Plan,
    options: Options | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    futures: Futures | None = None,
    criterion: Criterion = "contribution",
    attribute: bool = False,
) -> tuple[StressResult, Batch]:
    futures = futures or Futures(Execution(SEED, REPLICATIONS, progress=progress))
    return stress_study(
        plan, ALLOCATION, options or Options.of(plan), futures, only=only, criterion=criterion, attribute=attribute
    )


@pytest.fixture(scope="module", name="plan")
def _plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_with_controls(tmp_path_factory.mktemp("plan"))


@pytest.fixture(scope="module", name="stressed")
def _stressed(plan: Plan) -> StressResult:
    return stress(plan)[0]


@pytest.fixture(scope="module", name="rows")
def _rows(stressed: StressResult) -> dict[tuple[str, str], StressRow]:
    return {(row.risk, row.plan): row for row in stressed.rows}


def test_a_row_for_every_risk_and_every_plan_against_it(stressed: StressResult) -> None:
    assert [(row.risk, row.plan) for row in stressed.rows] == [
        ("K1", ""),
        ("K1", "K1-answer"),
        ("K1", "free"),
        ("K1", "useless"),
        ("K5", ""),
        ("K5", "K5-answer"),
        ("K7", ""),
        ("harmless", ""),
        ("late-payers", ""),
        ("rare", ""),
        ("rare", "rare-answer"),
        ("rare", "rare-free"),
    ]
    assert stressed.rows[1].plan_name == "Service pack"
    assert stressed.rows[1].risk_name == "A competitor cuts prices"


def test_a_plan_set_off_by_a_date_is_judged_too(plan: Plan, stressed: StressResult) -> None:
    [row] = stressed.other_plans
    base = run(plan, Options.of(plan, plans=()))
    held = run(plan, Options.of(plan, plans=["autumn-push"]))
    assert (row.plan, row.trigger, row.p_triggered.mean) == ("autumn-push", "date", 1)
    assert row.gain_contribution.mean == np.mean(held.kpis["contribution"] - base.kpis["contribution"])
    assert row.gain_contribution.ci_low > 0
    assert row.verdict == "buy"


def test_a_verdict_by_another_criterion(plan: Plan) -> None:
    by = {criterion: stress(plan, criterion=criterion)[0] for criterion in ("cash", "p_target")}
    base = run(plan, Options.of(plan, plans=()))
    held = run(plan, Options.of(plan, plans=["autumn-push"]))
    [cash], [chance] = by["cash"].other_plans, by["p_target"].other_plans
    gain = held.kpis["cash"] - base.kpis["cash"]
    assert cash.verdict == ("buy" if gain.mean() > 1.97 * gain.std() / 60**0.5 else "cannot tell yet")
    assert chance.gain_p_target.mean == np.mean(held.kpis["p_target"] - base.kpis["p_target"])
    assert by["cash"].rows[0] == by["p_target"].rows[0]


def test_what_is_open_and_surely_too_small_does_not_matter(plan: Plan) -> None:
    """Whether the push raises the chance is open after 27 futures in which it acted; by how much at most is not."""
    verdicts = {}
    for chance in (0.01, 1.0):
        said, _ = changed(plan, [f"smallest_difference.chance={chance}", "smallest_difference.share_of_target=1"])
        result, _ = stress(said, criterion="p_target")
        [push] = result.other_plans
        verdicts[chance] = push.verdict
        assert (push.needed is None) == (push.verdict == "does not matter")
        assert result.smallest_difference.chance == chance
        # A risk is judged in money, and not before ten futures show what it does, however much it takes to matter.
        assert {row.verdict for row in result.rows if 0 < row.seen < 10} == {"cannot tell yet"}
    assert verdicts == {0.01: "cannot tell yet", 1.0: "does not matter"}


def test_a_risk_whose_cost_is_open_and_surely_too_small_does_not_matter() -> None:
    """Costs of ±10 around 1 in 40 futures: half the interval is 3.24."""
    lost, struck = np.tile([11.0, -9.0], 20), np.ones(40, dtype=bool)
    for margin, verdict in ((4.3, "does not matter"), (4.2, "cannot tell yet")):
        assert _risk_verdict(lost, struck, margin) == verdict
    assert _risk_verdict(lost + 9, struck, 100.0) == "hurts"
    assert _risk_verdict(np.where(np.arange(40) < 9, lost, 0.0), struck, 100.0) == "cannot tell yet"


def test_too_few_strikes_tell_nothing_yet(plan: Plan) -> None:
    """A t interval over a handful of futures would say "hurts"; how many would do is said instead."""
    few, _ = stress(plan, futures=Futures(Execution(SEED, 12)))
    row = next(row for row in few.rows if (row.risk, row.plan) == ("K1", ""))
    assert 0 < row.seen < 10
    assert (row.verdict, row.cost_signed_given_strike) == ("cannot tell yet", None)
    assert row.needed is not None
    assert row.needed >= 12 * 10 / row.seen


def test_identical_futures_spare_replications(rows: dict[tuple[str, str], StressRow], plan: Plan) -> None:
    base = run(plan, Options.of(plan, plans=())).kpis["contribution"]
    held = run(plan, Options.of(plan, plans=["K1-answer"])).kpis["contribution"]
    apart = np.var(base, ddof=1) + np.var(held, ddof=1)
    assert rows["K1", "K1-answer"].spared == pytest.approx(apart / np.var(held - base, ddof=1))
    assert rows["K1", "K1-answer"].spared > 5  # type: ignore[operator]


def test_shares_of_the_shortfall_add_up_and_are_shapleys(plan: Plan) -> None:
    risks = ["K1", "K5", "late-payers"]
    options = Options.of(plan, risks=risks)
    result, _ = stress(plan, options, attribute=True)
    figures = {
        chosen: run(plan, Options.of(plan, risks=chosen, plans=())).kpis
        for size in range(4)
        for chosen in itertools.combinations(risks, size)
    }
    for kpi in ("signed", "cash", "contribution", "p_target"):
        shortfall = figures[()][kpi] - figures["K1", "K5", "late-payers"][kpi]
        assert sum(getattr(row, kpi).mean for row in result.attribution) == pytest.approx(shortfall.mean(), abs=1e-6)
        orders = list(itertools.permutations(risks))
        for row in result.attribution:
            steps = np.zeros(REPLICATIONS)
            for order in orders:  # by definition: the mean over orders of what the risk costs when it comes
                before = order[: order.index(row.risk)]
                without, together = (tuple(sorted(chosen)) for chosen in (before, (*before, row.risk)))
                steps += figures[without][kpi] - figures[together][kpi]
            assert getattr(row, kpi).mean == pytest.approx(steps.mean() / len(orders), abs=1e-6)
    alone = {row.risk: row.alone.mean for row in result.attribution}
    assert alone["K1"] == pytest.approx((figures[()]["signed"] - figures["K1",]["signed"]).mean())
    assert result.shortfall is not None
    assert result.shortfall.mean == pytest.approx(sum(row.signed.mean for row in result.attribution))


def test_the_shortfall_of_some_risks_is_theirs_alone(plan: Plan) -> None:
    options = Options.of(plan, risks=["K1", "K5", "late-payers"])
    result, _ = stress(plan, options, attribute=True, only=["K1", "K5"])
    figures = [run(plan, Options.of(plan, risks=risks, plans=())).kpis for risks in (["late-payers"], options.risks)]
    lost = {kpi: (figures[0][kpi] - figures[1][kpi]).mean() for kpi in ("signed", "cash")}
    assert result.shortfall is not None
    assert result.shortfall.mean == pytest.approx(lost["signed"])
    for kpi, amount in lost.items():
        assert sum(getattr(row, kpi).mean for row in result.attribution) == pytest.approx(amount)
    assert stress(plan, options, only=["K1"])[0].shortfall is None


def test_a_shortfall_is_not_shared_out_among_too_many() -> None:
    plan = small_plan()
    with pytest.raises(UsageError, match="at most 8 risks, here are 9; choose with --only"):
        shares_of(None, [plan.risks[0]] * 9)  # type: ignore[arg-type]


@pytest.mark.parametrize("risk", ["K1", "K5", "K7", "late-payers"])
def test_costs_are_those_of_fresh_runs(plan: Plan, rows: dict[tuple[str, str], StressRow], risk: str) -> None:
    every = {entry.id for entry in plan.risks}
    base = run(plan, Options.of(plan, plans=()))
    without = run(plan, Options.of(plan, risks=every - {risk}, plans=()))
    lost = without.kpis["signed"] - base.kpis["signed"]
    struck = base.struck[risk] > 0
    assert not lost[~struck].any()
    row = rows[risk, ""]
    assert row.cost_signed.mean == lost.mean()
    assert row.cost_cash.mean == np.mean(without.kpis["cash"] - base.kpis["cash"])
    assert row.cost_contribution.mean == np.mean(without.kpis["contribution"] - base.kpis["contribution"])
    assert row.cost_p_target.mean == np.mean(without.kpis["p_target"] - base.kpis["p_target"])
    seen = np.count_nonzero(lost[struck])
    if struck.sum() >= 10 and (seen >= 10 or seen == 0):
        assert row.cost_signed_given_strike is not None
        assert row.cost_signed_given_strike.mean == pytest.approx(lost[struck].mean())
    else:
        assert row.cost_signed_given_strike is None  # a few futures decide it
    assert row.p_strike.mean == struck.mean()
    assert row.strikes == base.struck[risk].mean()


@pytest.mark.parametrize(("risk", "answer"), [("K1", "K1-answer"), ("K1", "useless"), ("K5", "K5-answer")])
def test_gains_are_those_of_fresh_runs(
    plan: Plan, rows: dict[tuple[str, str], StressRow], risk: str, answer: str
) -> None:
    base = run(plan, Options.of(plan, plans=()))
    held = run(plan, Options.of(plan, plans=[answer]))
    row = rows[risk, answer]
    assert row.gain_signed is not None
    assert row.gain_contribution is not None
    assert row.plan_cost is not None
    assert row.gain_signed.mean == np.mean(held.kpis["signed"] - base.kpis["signed"])
    assert row.gain_contribution.mean == np.mean(held.kpis["contribution"] - base.kpis["contribution"])
    assert row.plan_cost.mean == held.kpis["plan_cost"].mean()
    assert row.p_triggered == np.mean(held.triggered[answer] > 0)


def test_replications_that_nothing_touches_are_not_run_again(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: Counter[tuple[frozenset[str], frozenset[str]]] = Counter()
    real = run_variants.__globals__["run_quarter"]

    def run(model: Model, future: Future) -> Records:
        ran[model.options.risks, model.options.plans] += 1
        return real(model, future)  # type: ignore[no-any-return]

    monkeypatch.setattr("studies.replay.replications.run_quarter", run)
    result, base = stress(plan)
    every = Options.of(plan).risks
    without = {risk: ran[every - {risk}, frozenset()] for risk in every}
    held = {entry.id: ran[every, frozenset({entry.id})] for entry in plan.contingency_plans}
    struck = {risk: int((counts > 0).sum()) for risk, counts in base.struck.items()}
    assert 0 < struck["K1"] < REPLICATIONS
    assert ran[every, frozenset()] == REPLICATIONS
    assert without["K1"] == struck["K1"]
    detection = plan.risks[0].detection_days
    known_in_time = [any(s.risk == "K1" and s.day + detection < 60 for s in r.strikes) for r in base.records]
    assert 0 < held["K1-answer"] <= sum(known_in_time)
    assert without["K5"] == (base.ended_in_event["K5"] > 0).sum() < struck["K5"]
    assert held["K5-answer"] <= struck["K5"]
    assert (without["rare"], without["harmless"]) == (0, 0)
    assert (held["useless"], held["free"], held["rare-answer"]) == (0, 0, 0)
    assert result.replications_run == sum(ran.values())
    assert result.replications_run + result.replications_known == REPLICATIONS * (3 + len(result.rows))


def test_a_risk_without_effect_is_harmless_and_costs_nothing(rows: dict[tuple[str, str], StressRow]) -> None:
    row = rows["harmless", ""]
    assert row.verdict == "harmless"
    assert row.p_strike.mean > 0.2
    for cost in (row.cost_signed, row.cost_cash, row.cost_contribution, row.cost_p_target):
        assert (cost.mean, cost.ci_low, cost.ci_high) == (0, 0, 0)


def test_a_risk_that_costs_cash_alone_is_not_harmless(rows: dict[tuple[str, str], StressRow]) -> None:
    row = rows["late-payers", ""]
    assert (row.cost_signed.mean, row.cost_signed.ci_high) == (0, 0)
    assert row.cost_cash.ci_low > 0
    assert row.verdict == "hurts"


def test_a_risk_that_hurts_is_said_to(rows: dict[tuple[str, str], StressRow]) -> None:
    assert rows["K1", ""].verdict == "hurts"
    assert rows["K1", ""].cost_signed.ci_low > 0


def test_a_plan_without_effect_costs_exactly_its_retainer(rows: dict[tuple[str, str], StressRow]) -> None:
    row = rows["K1", "useless"]
    assert row.gain_contribution is not None
    assert row.gain_contribution.mean == pytest.approx(-2500, abs=1e-9)
    assert row.gain_contribution.ci_high - row.gain_contribution.ci_low < 1e-9
    assert row.gain_signed is not None
    assert (row.gain_signed.mean, row.gain_signed.ci_low, row.gain_signed.ci_high) == (0, 0, 0)
    assert row.verdict == "do not buy"


def test_a_plan_that_changes_nothing_for_nothing_is_not_bought(rows: dict[tuple[str, str], StressRow]) -> None:
    assert rows["K1", "free"].verdict == "do not buy"


def test_a_plan_whose_risk_never_strikes_costs_its_retainer_and_is_not_judged(
    rows: dict[tuple[str, str], StressRow],
) -> None:
    risk, row = rows["rare", ""], rows["rare", "rare-answer"]
    assert risk.verdict == "never struck"
    assert (risk.cost_signed.mean, risk.cost_signed_given_strike) == (0, None)
    assert row.gain_contribution is not None
    assert row.gain_contribution.mean == pytest.approx(-1200, abs=1e-9)
    assert row.p_triggered == 0
    assert (row.verdict, rows["rare", "rare-free"].verdict) == ("never struck", "never struck")


def test_a_risk_of_chance_0_equals_no_risk(plan: Plan) -> None:
    risks = {entry.id for entry in plan.risks}
    there = run(plan, Options.of(plan, risks=risks), range(20), keep_records=True)
    absent = run(plan, Options.of(plan, risks=risks - {"rare"}), range(20), keep_records=True)
    assert differing(there, absent) == []


def test_a_plan_that_never_triggers_leaves_every_record_as_it_was(plan: Plan) -> None:
    held = run(plan, Options.of(plan, plans=["rare-answer"]), range(20), keep_records=True)
    bare = run(plan, Options.of(plan, plans=()), range(20), keep_records=True)
    assert held.records == bare.records
    assert np.array_equal(held.kpis["contribution"], bare.kpis["contribution"] - 1200)
    assert set(differing(held, bare)) == {"kpis"}


def test_what_was_simulated_before_is_not_run_again(plan: Plan) -> None:
    futures = Futures(Execution(SEED, REPLICATIONS))
    _, base, _ = simulate_study(plan, ALLOCATION, Options.of(plan), futures)
    again, kept = stress(plan, futures=futures)
    whole, _ = stress(plan)
    assert kept is base
    assert again.rows == whole.rows
    assert again.p_target_no_risk == whole.p_target_no_risk
    assert whole.replications_run - again.replications_run >= REPLICATIONS


def test_only_some_risks_are_stressed_while_all_stay_in_play(plan: Plan, stressed: StressResult) -> None:
    result, _ = stress(plan, only=["K5", "rare"])
    assert result.rows == tuple(row for row in stressed.rows if row.risk in ("K5", "rare"))
    assert (result.p_target, result.p_target_no_risk) == (stressed.p_target, stressed.p_target_no_risk)
    assert stress(plan, only=[])[0].rows == ()


def test_only_risks_in_play_can_be_stressed_which_is_said_before_anything_is_simulated(plan: Plan) -> None:
    told: list[str] = []
    with pytest.raises(UsageError) as caught:
        stress(plan, Options.of(plan, risks=["K5"]), only=["K1"], progress=lambda label, *_: told.append(label))
    assert str(caught.value) == "risk K1 is not in play; in play: K5"
    assert told == []
    forced = Options.of(plan, risks=["K5"], forced=[ForcedStrike("K1", 5)])
    assert {row.risk for row in stress(plan, forced, only=["K1"])[0].rows} == {"K1"}


def test_chances_with_all_risks_and_with_none(plan: Plan, stressed: StressResult) -> None:
    assert stressed.p_target.mean == run(plan, Options.of(plan, plans=())).kpis["p_target"].mean()
    assert stressed.p_target_no_risk.mean == run(plan, Options.of(plan, risks=(), plans=())).kpis["p_target"].mean()


def test_chosen_plans_are_set_aside(tmp_path: Path, rows: dict[tuple[str, str], StressRow]) -> None:
    chosen = plan_with_controls(tmp_path, "contingency_plans.K1-answer.chosen=true")
    assert stress(chosen)[0].rows == tuple(rows.values())


# Forced strikes


def strikes(plan: Plan, *forced: ForcedStrike, risks: tuple[str, ...] = ()) -> list[list[tuple[str, str, float]]]:
    """(risk, subject, day) of every strike, by replication."""
    batch = run(plan, Options.of(plan, risks=risks, forced=forced), range(12), keep_records=True)
    return [[(s.risk, s.subject, s.day) for s in records.strikes] for records in batch.records]


@pytest.mark.parametrize("week", [1, 5, 12])
def test_a_forced_strike_comes_in_its_week_though_its_risk_is_not_in_play(week: int) -> None:
    plan = small_plan(settings=SETTINGS)
    day = plan.calendar.first_day_of_week(week)
    assert strikes(plan, ForcedStrike("K1", week)) == [[("K1", "market", day)]] * 12


def test_a_forced_strike_hits_who_is_named(small_plan: Plan) -> None:
    day = small_plan.calendar.first_day_of_week(3)
    assert strikes(small_plan, ForcedStrike("K5", 3, "R2")) == [[("K5", "R2", day)]] * 12
    assert strikes(small_plan, ForcedStrike("K7", 3, "C4")) == [[("K7", "C4", day)]] * 12


def test_a_forced_strike_without_a_name_hits_one(small_plan: Plan) -> None:
    hit = [found[0][1] for found in strikes(small_plan, ForcedStrike("K5", 3))]
    assert set(hit) > {"R1"}
    assert set(hit) <= {"R1", "R2", "R3"}


def test_two_forced_strikes_hit_two(small_plan: Plan) -> None:
    for found in strikes(small_plan, ForcedStrike("K5", 3), ForcedStrike("K5", 4)):
        assert len({subject for _, subject, _ in found}) == 2


@pytest.mark.parametrize(
    ("forced", "message"),
    [
        (ForcedStrike("K5", 3, "R9"), "K5:R9@week3: K5 cannot strike R9; it can strike: R1, R2, R3"),
        (ForcedStrike("K7", 3, "R1"), "K7:R1@week3: K7 cannot strike R1; it can strike: C1, C2, C3, C4"),
        (ForcedStrike("K1", 3, "R1"), "K1:R1@week3: K1 strikes the market; write K1@week3"),
        (ForcedStrike("K9", 3), "no risk K9 in the plan; there are: K1, K5, K7"),
        (ForcedStrike("K1", 13), "K1@week13: the quarter has weeks 1 to 12"),
        (ForcedStrike("K1", 0), "K1@week0: the quarter has weeks 1 to 12"),
    ],
)
def test_a_forced_strike_at_nothing_is_refused(small_plan: Plan, forced: ForcedStrike, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(small_plan, Options.of(small_plan, forced=[forced]), range(2))
    assert str(caught.value) == message


def test_a_subject_outside_the_risks_scope_is_refused() -> None:
    plan = small_plan(settings=("risks.K5.scope.rep_tier=[top]",))
    with pytest.raises(UsageError, match="K5 cannot strike R2; it can strike: R1"):
        run(plan, Options.of(plan, forced=[ForcedStrike("K5", 3, "R2")]), range(2))


@pytest.mark.parametrize(
    "forced",
    [
        [ForcedStrike("K1", 3), ForcedStrike("K1", 5)],
        [ForcedStrike("K5", 3, "R1"), ForcedStrike("K5", 5, "R1")],
        [ForcedStrike("K5", week) for week in (1, 2, 3, 4)],
    ],
)
def test_more_forced_strikes_than_can_come_are_refused(small_plan: Plan, forced: list[ForcedStrike]) -> None:
    with pytest.raises(UsageError, match="only once"):
        run(small_plan, Options.of(small_plan, forced=forced), range(2))


def test_stress_with_a_forced_strike(plan: Plan) -> None:
    options = Options.of(plan, risks=["K5"], forced=[ForcedStrike("K1", 5)])
    result, base = stress(plan, options)
    assert result.forced == ("K1@week5",)
    rows = {(row.risk, row.plan): row for row in result.rows}
    assert {risk for risk, _ in rows} == {"K1", "K5"}
    row = rows["K1", ""]
    assert (row.forced, row.p_strike.mean, rows["K5", ""].forced) == (True, 1, False)
    without = run(plan, Options.of(plan, risks=["K5"], plans=()))
    assert row.cost_signed.mean == np.mean(without.kpis["signed"] - base.kpis["signed"])
    held = run(plan, Options.of(plan, risks=["K5"], plans=["K1-answer"], forced=options.forced))
    gain = rows["K1", "K1-answer"].gain_signed
    assert gain is not None
    assert gain.mean == np.mean(held.kpis["signed"] - base.kpis["signed"])


def test_chance_does_not_forestall_a_forced_strike() -> None:
    """K1 would strike on the first day by chance; forced in week 5 it strikes then, in every replication."""
    plan = small_plan(settings=("risks.K1.chance_per_quarter=1",))
    week_five = float(plan.calendar.first_day_of_week(5))
    found = strikes(plan, ForcedStrike("K1", 5), risks=("K1",))
    assert found == [[("K1", "market", week_five)]] * 12


def test_a_plan_set_off_by_an_alarm_is_judged_beside_the_risks(plan: Plan) -> None:
    """A customer whose score is below 1 at a look sets it off."""
    health = Health(weeks=(4, 8), interaction=0.5, need_match=0.5, budget_release=0, alarm_below=1.0)
    visit = ContingencyPlan(
        id="visit",
        name="A visit",
        trigger=Trigger(alarm="S6"),
        retainer=10,
        effects=(Effect(parameter="win_rate", factor=1.5, scope=Scope(struck=True)),),
    )
    policy = Policy(id="S6", name="Health", health=health)
    answers = (plan.contingency_plans[0], visit)
    plan = plan.model_copy(update={"policies": (policy,), "contingency_plans": answers, "risks": plan.risks[:1]})
    found, _ = stress(plan, futures=Futures(Execution(SEED, 12)))
    (row,) = (row for row in found.other_plans if row.plan == "visit")
    held = run(plan, Options.of(plan, plans=["visit"]), range(12))
    assert row.trigger == "alarm"
    assert row.p_triggered.mean == np.mean(held.triggered["visit"] > 0) > 0
    bare = run(plan, Options.of(plan, plans=()), range(12))
    assert row.gain_contribution.mean == np.mean(held.kpis["contribution"] - bare.kpis["contribution"])
