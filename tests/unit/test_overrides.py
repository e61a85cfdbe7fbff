"""Unit: overrides from scenarios and from --set: what they change, what they may not, and what is kept of them."""

from pathlib import Path

import pytest

from scenarios.errors import PlanFileError
from scenarios.loading import LoadedPlan, load_plan
from scenarios.overrides import Change
from scenarios.plan import Plan
from tests.plans import PLAN_YAML, small_plan_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_plan_files(tmp_path)


def refused(folder: Path, *settings: str, scenarios: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder, scenarios, settings)
    return [str(problem) for problem in caught.value.problems]


def change_of(loaded: LoadedPlan) -> Change:
    (change,) = loaded.changes
    return change


@pytest.mark.parametrize(
    ("setting", "old", "new"),
    [
        ("products.S1.margin=0.7", 0.6, 0.7),
        ("rules.R3.ratio=0.5", 0.6, 0.5),
        ("risks.K1.chance_per_quarter=0.3", 0.2, 0.3),
        ("risks.K5.chance_per_quarter.top=0.3", 0.05, 0.3),
        ("target=19e6", 1_000_000, 19e6),
        ("customer_tiers.A.win_rate=0.3", 0.5, 0.3),
        ("calendar.weeks=13", 12, 13),
        ("reps.R1.hours_per_week=30", 24, 30),
        ("reps.R2.regions=[south, north]", ["north", "south"], ["south", "north"]),
        ("rules.T5.enabled=false", True, False),
        ("regions.south.target=400000", None, 400_000),
        ("process.orphan_win_factor=x0.9", 0.85, 0.765),
        ("activities.salon.product_mix={S1: 0.5, L1: 0.5}", {"S1": 0.6, "L1": 0.4}, {"S1": 0.5, "L1": 0.5}),
        ("money.pools.marketing.amount=+10%", 80_000, 88_000),
        ("customer_tiers.C.win_rate=-5%", 0.3, 0.285),
        ("customer_tiers.C.win_rate= x0.9 ", 0.3, 0.27),
    ],
)
def test_a_setting_changes_one_value_and_is_kept(folder: Path, setting: str, old: object, new: object) -> None:
    path = setting.partition("=")[0]
    assert change_of(load_plan(folder, settings=[setting])) == Change(path, old, new, "--set")


def test_a_change_reaches_the_plan(folder: Path) -> None:
    settings = ["reps.R1.hours_per_week=30", "rules.T5.ratio.values.top=1.6", "calendar.holidays=[]"]
    plan = load_plan(folder, settings=settings).plan
    assert plan.rep["R1"].hours_per_week == 30
    assert plan.calendar.working_days == 60
    assert next(rule for rule in plan.rules if rule.id == "T5").ratio.values["top"] == 1.6  # type: ignore[union-attr]


def test_a_relative_change_of_a_count_stays_whole_where_it_can(folder: Path) -> None:
    assert load_plan(folder, settings=["process.stages.need.touches=x1.5"]).plan.process.stages[0].touches == 3
    assert refused(folder, "process.stages.need.touches=x1.2") == [
        "--set process.stages.need.touches: '2.4' is not a whole number"
    ]


def test_a_scenario_includes_others(folder: Path) -> None:
    loaded = load_plan(folder, ["everything"])
    assert [(change.path, change.old, change.new, change.by) for change in loaded.changes] == [
        ("customer_tiers.A.win_rate", 0.5, 0.4, "scenario soft_market"),
        ("customer_tiers.C.win_rate", 0.3, 0.27, "scenario soft_market"),
        ("risks.K1.chance_per_quarter", 0.2, 1, "scenario price_war"),
    ]
    assert load_plan(folder, ["price_war", "soft_market", "price_war"]).plan == loaded.plan


def test_no_override_is_the_plan_itself(folder: Path, small_plan: Plan) -> None:
    assert load_plan(folder, [], []).plan == small_plan


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("products.S1.margni=0.7", "products.S1 has no key margni. Did you mean margin?"),
        ("products.S9.margin=0.7", "products has no entry S9. Known: S1, L1."),
        ("prodcts.S1.margin=0.7", "the plan has no key prodcts. Did you mean products?"),
        ("products.margin=0.7", "products has no entry margin. Known: S1, L1."),
        ("target.x=1", "target is a value, there is no x in it"),
        ("rules.T5.ratio.values.tpo=1", "rules.T5.ratio.values has no key tpo. Did you mean top?"),
        ("rules.R3.ratio.values.top=1", "rules.R3.ratio is a value, there is nothing in it to change"),
        ("money.payment_terms.1.share=1", "money.payment_terms has no entries with ids; set it as a whole"),
        ("products.S1.id=S3", "cannot be overridden"),
        ("format=1", "cannot be overridden"),
        ("scenarios.price_war.name=x", "cannot be overridden"),
        ("reps=[]", "holds ids, which an override may not change. Name one of its fields."),
        ("reps.R1={}", "holds ids, which an override may not change. Name one of its fields."),
        ("process={}", "holds ids, which an override may not change. Name one of its fields."),
        ("target=[1]", "a list does not fit here"),
        ("target={a: 1}", "a mapping does not fit here"),
        ("name=+10%", "+10% changes a number; here is Small company"),
        ("regions.south.target=+10%", "+10% changes a number; here is none"),
        ("rules.T5.enabled=x2", "x2 changes a number; here is True"),
        ("target=[1", "is no YAML: expected ',' or ']', but got '<stream end>'"),
    ],
)
def test_what_cannot_be_applied(folder: Path, setting: str, said: str) -> None:
    assert refused(folder, setting) == [f"--set {setting.partition('=')[0]}: {said}"]


def test_what_is_no_setting(folder: Path) -> None:
    assert refused(folder, "target", "=3") == [
        "--set target: is no path=value. For instance products.S1.margin=0.7.",
        "--set =3: is no path=value. For instance products.S1.margin=0.7.",
    ]


def test_a_value_is_judged_like_one_in_the_files(folder: Path) -> None:
    assert refused(folder, "products.S1.margin=2", "reps.R1.tier=tpo", "target=10%") == [
        "--set target: '10%' is a percentage; here stands an amount",
        "--set products.S1.margin: must be at most 1, is 2. Write 0.02 for 2%.",
        "--set reps.R1.tier: there is no rep tier tpo. Did you mean top?",
    ]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("target=195万", 1_950_000), ("target=1,950,000", 1_950_000), ("target=１９５００００", 1_950_000)],
)
def test_an_amount_may_be_written_as_in_a_cell(folder: Path, setting: str, value: float) -> None:
    assert load_plan(folder, settings=[setting]).plan.target == value


def test_a_share_may_be_written_in_percent(folder: Path) -> None:
    loaded = load_plan(folder, settings=["products.S1.margin=55%", "rules.R3.ratio=５５％"])
    assert loaded.plan.product["S1"].margin == 0.55
    assert [(change.path, change.new) for change in loaded.changes] == [
        ("products.S1.margin", 0.55), ("rules.R3.ratio", 0.55),
    ]  # fmt: skip
    assert refused(folder, "reps.R1.hours_per_week=1,5") == [
        "--set reps.R1.hours_per_week: '1,5' is not a number. Write 1.5."
    ]


def test_a_percentage_without_its_sign_is_answered_with_the_share(folder: Path) -> None:
    assert refused(folder, "products.S1.margin=34", "maturities.mature.growth=15", "target=-1") == [
        "--set target: must be more than 0, is -1",
        "--set maturities.mature.growth: must be at most 10, is 15. Write 0.15 for 15%.",
        "--set products.S1.margin: must be at most 1, is 34. Write 0.34 for 34%.",
    ]


def test_a_path_and_what_lies_in_it_cannot_both_be_touched(folder: Path) -> None:
    assert refused(folder, "rules.T5.ratio.values.top=2", "rules.T5.ratio={by: rep_tier, values: {top: 1}}") == [
        "--set rules.T5.ratio: touched twice: by --set and as rules.T5.ratio.values.top by --set"
    ]


def test_a_path_in_what_is_touched_already_is_refused_with_the_first_that_touched_it(folder: Path) -> None:
    """Whichever comes first; beside what is refused, what was taken goes on to count."""
    whole, top, core = (
        "rules.T5.ratio={by: rep_tier, values: {top: 1, core: 1, new: 1}}",
        "rules.T5.ratio.values.top=2",
        "rules.T5.ratio.values.core=2",
    )
    twice = "touched twice: by --set and"
    assert refused(folder, whole, top, core) == [
        f"--set rules.T5.ratio.values.top: {twice} as rules.T5.ratio by --set",
        f"--set rules.T5.ratio.values.core: {twice} as rules.T5.ratio by --set",
    ]
    assert refused(folder, core, top, whole, core) == [
        f"--set rules.T5.ratio: {twice} as rules.T5.ratio.values.core by --set",
        f"--set rules.T5.ratio.values.core: {twice} by --set",
    ]


def test_scenarios_that_include_each_other_in_a_long_chain_are_refused(tmp_path: Path) -> None:
    chain = "".join(f"  - {{id: s{n}, name: S, includes: [s{n + 1}], set: {{}}}}\n" for n in range(3000))
    plan = PLAN_YAML + chain + "  - {id: s3000, name: S, includes: [], set: {target: 2}}\n"
    said = refused(small_plan_files(tmp_path, plan=plan))
    assert all("more than 20 scenarios include each other" in problem for problem in said)
    assert f"plan.yaml:{PLAN_YAML.count(chr(10)) + 20} scenarios.s20: more than 20 scenarios include each other" in said
    assert len(said) == 2981


def test_two_scenarios_that_overlap_are_refused_whether_or_not_they_are_asked_for(tmp_path: Path) -> None:
    both = "  - {id: both, name: Both, includes: [soft_market], set: {customer_tiers.A.win_rate: 1}}\n"
    plan = PLAN_YAML + both
    said = refused(small_plan_files(tmp_path, plan=plan))
    assert len(said) == 1
    assert "customer_tiers.A.win_rate: touched twice: by scenario both (plan.yaml:" in said[0]
    assert "and by scenario soft_market (plan.yaml:" in said[0]


def test_scenarios_that_include_each_other_are_refused(tmp_path: Path) -> None:
    plan = PLAN_YAML.replace("name: Soft market\n", "name: Soft market\n    includes: [everything]\n")
    assert any(
        "includes itself: everything → soft_market → everything" in said
        for said in refused(small_plan_files(tmp_path, plan=plan))
    )


def test_a_scenario_says_where_its_path_is_wrong(tmp_path: Path) -> None:
    plan = PLAN_YAML.replace("set: {risks.K1.chance_per_quarter: 1}", "set: {risks.K1.chance_per_quater: 1}")
    line = plan[: plan.index("set: {risks")].count("\n") + 1
    said = f"plan.yaml:{line} risks.K1.chance_per_quater: risks.K1 has no key chance_per_quater. "
    assert refused(small_plan_files(tmp_path, plan=plan)) == [said + "Did you mean chance_per_quarter?"]


def test_unknown_scenario(folder: Path) -> None:
    assert refused(folder, scenarios=("pricewar",)) == [
        "--scenario: there is no scenario pricewar. Did you mean price_war?"
    ]
