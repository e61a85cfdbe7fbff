"""Unit: whatever a plan names must be there and fit what it says elsewhere."""

# ruff: noqa: E501 - a case is one line

from pathlib import Path

import pytest

from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from scenarios.nodes import nearest
from scenarios.plan import Plan
from scenarios.references import plan_problems
from tests.plans import PLAN_YAML, TABLES, small_plan_files


def problems(folder: Path, **files: str | None) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        load_plan(small_plan_files(folder, **files))  # type: ignore[arg-type]
    return [str(problem).partition(" ")[2] for problem in caught.value.problems]


def test_a_plan_built_in_memory_is_judged_too(small_plan: Plan) -> None:
    assert plan_problems(small_plan) == []
    broken = small_plan.model_copy(update={"regions": small_plan.regions[1:]})
    assert "reps.R1.regions: there is no region north" in [
        f"{problem.key}: {problem.message}" for problem in plan_problems(broken)
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("entry_stage: need\n    product_mix: {S1: 0.6", "entry_stage: neeed\n    product_mix: {S1: 0.6",
         "activities.salon.entry_stage: there is no stage neeed. Did you mean need?"),
        ("qualified_stage: proposal", "qualified_stage: propsal",
         "process.qualified_stage: there is no stage propsal. Did you mean proposal?"),
        ("lead_tier_mix: {A: 0.5, C: 0.5}", "lead_tier_mix: {A: 0.5, B: 0.5}",
         "process.lead_tier_mix.B: there is no customer tier B. Known: A, C."),
        ("product_mix: {S1: 0.3, L1: 0.7}", "product_mix: {S1: 0.3, L2: 0.7}",
         "cross_selling.product_mix.L2: there is no product L2. Known: L1, S1."),
        ("pool: marketing\n    unit_cost: 10000", "pool: marketting\n    unit_cost: 10000",
         "activities.salon.pool: there is no budget pool marketting. Did you mean marketing?"),
        ("      all: [{up_to_units: 3", "      nrth: [{up_to_units: 3",
         "activities.salon.responses.nrth: there is no region, maturity (or all) nrth. Did you mean north?"),
        ("automated_in: [mature, growth]", "automated_in: [mature, grwth]",
         "customer_tiers.C.automated_in: there is no maturity grwth. Did you mean growth?"),
        ("values: {top: 1.5, core: 1.1, new: 0.8}", "values: {top: 1.5, core: 1.1, nwe: 0.8}",
         "rules.T5.ratio.values.nwe: there is no rep_tier nwe. Did you mean new?"),
        ("values: {top: 1.5, core: 1.1, new: 0.8}", "values: {top: 1.5, core: 1.1}",
         "rules.T5.ratio.values: no ratio for rep_tier new"),
        ("ratio: {by: rep_tier", "ratio: {by: maturity",
         "rules.T5.ratio.by: a rep is not told apart by maturity; by rep or rep_tier"),
        ("each: region", "each: activity", "rules.T3.each: a quota has no activity; it is told apart by product, "
         "product_tier, region, maturity, rep, rep_tier"),
        ("each: region", "each: product", "rules.T3.ratio.proportional_to: planned amounts are of regions; "
         "'each' is product"),
        ("{product_tier: [star]}}\n    sense", "{activity: [salon]}}\n    sense",
         "rules.T1.left.where.activity: a quota has no activity; it is told apart by product, product_tier, region, "
         "maturity, rep, rep_tier"),
        ("where: {maturity: [growth], pool: [marketing]}", "where: {rep: [R1]}",
         "rules.R3.left.where.rep: the budget has no rep; it is told apart by region, maturity, activity, pool, "
         "customer_tier"),
        ("where: {maturity: [growth], pool: [marketing]}", "where: {customer_tier: [A]}",
         "rules.R3.left.where: picks no cell of the budget (customer_tier A)"),
        ("scope: {product_tier: [star]}, duration_weeks: 6}\n  - id: K5\n",
         "scope: {product_tier: [sta]}, duration_weeks: 6}\n  - id: K5\n",
         "risks.K1.effects[1].scope.product_tier: there is no product tier sta. Did you mean star?"),
        ("scope: {product_tier: [star]}, duration_weeks: 6}\n  - id: K5\n",
         "scope: {source: [salons]}, duration_weeks: 6}\n  - id: K5\n",
         "risks.K1.effects[1].scope.source: there is no source of opportunities salons. Did you mean salon?"),
        ("scope: {product_tier: [star]}, duration_weeks: 6}\n  - id: K5\n",
         "scope: {industry: [textiles]}, duration_weeks: 6}\n  - id: K5\n",
         "risks.K1.effects[1].scope.industry: there is no industry textiles. Did you mean textile?"),
        ("trigger: {strike: K1}", "trigger: {strike: K9}",
         "contingency_plans.K1-answer.trigger.strike: there is no risk K9. Known: K1, K5, K7."),
        ("trigger: {strike: K1}", "trigger: {week: 13}",
         "contingency_plans.K1-answer.trigger.week: week 13 is beyond the quarter's 12 weeks"),
        ("chance_per_quarter: {top: 0.05, core: 0.06, new: 0.1}", "chance_per_quarter: {top: 0.05, core: 0.06}",
         "risks.K5.chance_per_quarter: no chance for rep tier new"),
        ("chance_per_quarter: {A: 0.03, C: 0.08}", "chance_per_quarter: {A: 0.03, C: 0.08, B: 0.1}",
         "risks.K7.chance_per_quarter.B: there is no customer tier B; there are A, C"),
        ("chance_per_quarter: 0.2", "chance_per_quarter: {star: 0.2}",
         "risks.K1.chance_per_quarter: a table of chances needs the subject rep or account"),
        ("event: rep_leaves", "event: account_lost",
         "risks.K5.event: account_lost needs the subject account, not rep"),
        ("event: rep_leaves", "event: deal_shrinks",
         "risks.K5.event: deal_shrinks needs the subject account, not rep"),
        ("event: rep_leaves", "event: rep_leaves\n    figures: {back_to_stage: neet}",
         "risks.K5.figures.back_to_stage: there is no stage neet. Did you mean need?"),
        ("trigger: {strike: K5}", "trigger: {strike: K5}\n    resource: visits",
         "contingency_plans.K5-answer.resource: there is no shared resource visits"),
        ("trigger: {strike: K5}", "trigger: {strike: K5}\n    event: deal_splits",
         "contingency_plans.K5-answer.event: deal_splits is on the account that was struck, and the trigger is no "
         "strike on an account"),
        ("- {parameter: proposal_hours, factor: 0.5}", "- {parameter: proposal_hours, factor: 0.5, scope: {struck: true}}",
         "measures.proposal-tool.effects[1].scope.struck: a measure has no strike. Leave it out and the effect is on all."),
        ("- {parameter: proposal_hours, factor: 0.5}", "- {parameter: proposal_hours, factor: 0.5, from_week: 5, to_week: 4}",
         "measures.proposal-tool.effects[1].to_week: week 4 is before from_week 5"),
        ("- {parameter: proposal_hours, factor: 0.5}", "- {parameter: proposal_hours, factor: 0.5, to_week: 14}",
         "measures.proposal-tool.effects[1].to_week: week 14 is beyond the quarter's 12 weeks"),
        ("- {parameter: proposal_hours, factor: 0.5}", "- {parameter: proposal_hours, factor: 0.5, duration_weeks: 4}",
         "measures.proposal-tool.effects[1].duration_weeks: a measure's effect has from_week and to_week"),
        ("{up_to_units: 8, effect: 0.5}", "{up_to_units: 4, effect: 0.5}",
         "activities.salon.responses.growth[2].up_to_units: up_to_units must rise from band to band: 4, 4"),
        ("{up_to_units: 4, effect: 1}, {up_to_units: 8, effect: 0.5}",
         "{up_to_units: 4, effect: 0.4}, {up_to_units: 8, effect: 0.5}",
         "activities.salon.responses.growth[2].effect: effect must fall from band to band: 0.4, 0.5"),
        ("from_week: 2\n    to_week: 10", "from_week: 2\n    to_week: 1",
         "activities.salon.to_week: week 1 is before from_week 2"),
        ("{path: customer_tiers.A.win_rate", "{path: customer_tiers.A.winrate",
         "assumptions.customer_tiers.A.winrate: there is no customer_tiers.A.winrate: customer_tiers.A has no key "
         "winrate. Did you mean win_rate?"),
        ("includes: [soft_market, price_war]", "includes: [soft_market, pricewar]",
         "there is no scenario pricewar. Did you mean price_war?"),
    ],
)  # fmt: skip
def test_in_the_plan_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert PLAN_YAML.count(old) == 1
    found = problems(tmp_path, plan=PLAN_YAML.replace(old, new))
    assert said in found, found


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            "strategy_test: {from_week: 12, weeks: 2, effects: [{parameter: win_rate}]}",
            "policies.X.strategy_test.weeks: week 13 is beyond the quarter's 12 weeks",
        ),
        (
            "weight_change: {gain: {product: [S1]}, to_share: 0.5, week: 13}",
            "policies.X.weight_change.week: week 13 is beyond the quarter's 12 weeks",
        ),
        (
            "weight_change: {gain: {product: [S9]}, to_share: 0.5, strike: K1}",
            "policies.X.weight_change.gain.product: there is no product S9. Known: L1, S1.",
        ),
        (
            "weight_change: {gain: {product: [S1]}, to_share: 0.5, strike: K99}",
            "policies.X.weight_change.strike: there is no risk K99. Known: K1, K5, K7.",
        ),
    ],
)
def test_in_a_policy(tmp_path: Path, settings: str, said: str) -> None:
    found = problems(tmp_path, plan=PLAN_YAML + f"policies: [{{id: X, name: Policy, {settings}}}]\n")
    assert [said] == found


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("products", "S1,Energy platform,star", "S1,Energy platform,strr", "products.S1.tier: there is no product tier strr. Did you mean star?"),
        ("regions", "mature", "matur", "regions.north.maturity: there is no maturity matur. Did you mean mature?"),
        ("reps", "R1,Ann,top,north", "R1,Ann,top,;", "reps.R1.regions: a rep covers at least one region"),
        ("reps", "north;south", "north;north", "reps.R2.regions: a region is named twice: north; north"),
        ("accounts", "C1,Alpha,A,north,R1", "C1,Alpha,A,south,R1", "accounts.C1.rep: R1 covers north, not south"),
        ("accounts", "C1,Alpha,A,north,R1", "C1,Alpha,X,north,R1", "accounts.C1.customer_tier: there is no customer tier X. Known: A, C."),
        ("accounts", "40000,2026-02-10", "40000,", "accounts.C1.renewal_date: missing: 40,000 come up for renewal"),
        ("opportunities", "O1,S1,north,R1", "O1,S1,north,R3", "opportunities.O1.rep: R3 covers south, not north"),
        ("opportunities", "R1,A,contract", "R1,A,contrct", "opportunities.O1.stage: there is no stage contrct. Did you mean contract?"),
        ("opportunities", "2025-11-10,C1", "2025-11-10,C9", "opportunities.O1.account: there is no account C9. Known: C1, C2, C3, C4."),
        ("receivables", "2026-01-20,C1", "2026-01-20,X1", "receivables.I1.account: there is no account X1. Known: C1, C2, C3, C4."),
        ("baseline_leads", "B1,S1", "B1,S9", "baseline_leads.B1.product: there is no product S9. Known: L1, S1."),
        ("reps", "R3,Chen", "r2,Chen", "reps.r2: id differs from R2 only by upper and lower case, first at reps.csv:3"),
    ],
)  # fmt: skip
def test_in_a_table(tmp_path: Path, table: str, old: str, new: str, said: str) -> None:
    assert TABLES[table].count(old) == 1
    found = problems(tmp_path, **{table: TABLES[table].replace(old, new)})
    assert said in found, found


def test_effects_of_risks_on_those_struck_need_a_strike_on_somebody(tmp_path: Path) -> None:
    scope = "{parameter: handover_days, factor: 0.3, scope: {struck: true}}"
    plan = PLAN_YAML.replace("trigger: {strike: K5}", "trigger: {week: 3}")
    assert problems(tmp_path, plan=plan) == [
        "contingency_plans.K5-answer.effects[1].scope.struck: the trigger is no strike on a rep or account. "
        "Leave it out and the effect is on all."
    ]
    assert scope in plan


def test_an_activity_is_not_called_what_another_source_is_called(small_plan: Plan) -> None:
    renamed = tuple(activity.model_copy(update={"id": "renewals"}) for activity in small_plan.activities[:1])
    found = plan_problems(small_plan.model_copy(update={"activities": renamed + small_plan.activities[1:]}))
    said = "renewals is what results call another source of opportunities; choose another id"
    assert ("activities.renewals.id", said) in [(problem.key, problem.message) for problem in found]


def test_thousands_of_unknown_ids_are_all_said_and_a_few_get_a_remedy(tmp_path: Path) -> None:
    """The nearest of thousands of ids is not looked for thousands of times: that would take minutes."""
    rows = "".join(f"O{n},S1,north,R1,A,need,1000,2025-11-10,Q{n}\n" for n in range(300))
    header = TABLES["opportunities"].splitlines()[0]
    with pytest.raises(PlanFileError) as caught:
        load_plan(small_plan_files(tmp_path, opportunities=f"{header}\n{rows}"))
    unknown = [problem for problem in caught.value.problems if "there is no account" in problem.message]
    assert len(unknown) == 300
    assert {problem.place for problem in unknown} == {f"opportunities.csv:{n + 2}" for n in range(300)}
    assert sum(bool(problem.remedy) for problem in unknown) == 50


def test_a_name_where_an_id_stands_is_answered_with_the_id(tmp_path: Path) -> None:
    """Whole or in part, `North 华北` is north; what is no id at all is said once."""
    regions = TABLES["regions"].replace(",North,", ",North 华北,")
    assert regions != TABLES["regions"]
    reps = TABLES["reps"].replace(",north,", ",华北,", 1)
    assert reps != TABLES["reps"]
    found = problems(tmp_path, regions=regions, reps=reps)
    assert [text for text in found if "华北" in text] == [
        "reps.R1.regions: there is no region 华北. Write north, the id of 华北."
    ]


def test_another_number_is_another_thing_and_not_a_slip() -> None:
    assert nearest("R20", [f"R{n}" for n in range(1, 20)]) == ""
    assert nearest("R20", ["R19", "R21"]) == "Known: R19, R21."
    assert nearest("nroth", ["north", "south"]) == "Did you mean north?"
    assert nearest("S1a", ["S1", "L1"]) == "Did you mean S1?"


@pytest.mark.parametrize(
    ("ratio", "remedy"),
    [
        ("55", "Write 0.55 for 55%."),
        ("1.2", "Write a share of at most 100%."),
        ("300", "Write a share of at most 100%."),
    ],
)
def test_a_part_of_a_sum_cannot_be_asked_to_be_more_than_the_sum(tmp_path: Path, ratio: str, remedy: str) -> None:
    """55 for 55% would be kept by spending nothing at all, and nobody would see why."""
    found = problems(tmp_path, plan=PLAN_YAML.replace("ratio: 0.6", f"ratio: {ratio}"))
    assert found[-1:] == [f"rules.R3.ratio: {ratio} times a sum of which it is a part. {remedy}"]
