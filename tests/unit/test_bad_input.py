"""Unit: every kind of bad input is said to a planner, with its place, and all of it at once."""

# ruff: noqa: E501 - a case is one line

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.crm.mapping import LIBRARY, read_mapping
from scenarios.errors import PlanFileError
from scenarios.loading import load_plan
from tests.plans import PLAN_YAML, TABLES, small_plan_files


def problems(
    folder: Path, scenarios: tuple[str, ...] = (), settings: tuple[str, ...] = (), **files: str | None
) -> list[str]:
    """What is said of the small plan with some of its files replaced."""
    with pytest.raises(PlanFileError) as caught:
        load_plan(small_plan_files(folder, **files), scenarios, settings)  # type: ignore[arg-type]
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


def edited(old: str, new: str) -> str:
    """The small plan's YAML with one passage replaced."""
    assert PLAN_YAML.count(old) == 1
    return PLAN_YAML.replace(old, new)


def line_of(text: str) -> int:
    """Line of a passage in the small plan's YAML."""
    return PLAN_YAML[: PLAN_YAML.index(text)].count("\n") + 1


def table(name: str, old: str, new: str) -> str:
    """A table of the small plan with one passage replaced."""
    assert TABLES[name].count(old) == 1
    return TABLES[name].replace(old, new)


def test_unknown_key(tmp_path: Path) -> None:
    plan = edited("    win_rate: 0.5\n", "    win_rat: 0.5\n")
    line = line_of("win_rate: 0.5")
    assert problems(tmp_path, plan=plan) == [
        f"plan.yaml:{line - 3} customer_tiers.A.win_rate: missing",
        f"plan.yaml:{line} customer_tiers.A.win_rat: unknown key. Did you mean win_rate?",
    ]


def test_unknown_section(tmp_path: Path) -> None:
    assert problems(tmp_path, plan=edited("measures:", "mesures:")) == [
        f"plan.yaml:{line_of('measures:')} mesures: unknown key. Did you mean measures?"
    ]


def test_key_given_twice(tmp_path: Path) -> None:
    plan = edited("currency: CNY\n", "currency: CNY\nname: Again\n")
    assert problems(tmp_path, plan=plan) == ["plan.yaml:4 name: key given twice, first in line 2"]


def test_missing_key(tmp_path: Path) -> None:
    assert problems(tmp_path, plan=edited("currency: CNY\n", "")) == ["plan.yaml currency: missing"]


def test_empty_value(tmp_path: Path) -> None:
    plan = edited("target: 1000000", "target:")
    assert problems(tmp_path, plan=plan) == ["plan.yaml:4 target: is empty; a number is wanted"]


def test_unknown_column(tmp_path: Path) -> None:
    assert problems(tmp_path, products=table("products", "margin", "margni")) == [
        "products.csv:1 products.margni: unknown column margni. Did you mean margin?",
        "products.csv:1 products.margin: missing column margin",
    ]


def test_missing_column(tmp_path: Path) -> None:
    regions = "id,name,maturity\nnorth,North,mature\nsouth,South,growth\n"
    assert problems(tmp_path, regions=regions) == ["regions.csv:1 regions.base_amount: missing column base_amount"]


def test_column_given_twice(tmp_path: Path) -> None:
    reps = "id,name,tier,regions,hours_per_week,name\nR1,Ann,top,north,24,Ann\n"
    assert "reps.csv:1 reps.name: column given twice" in problems(tmp_path, reps=reps)


def test_columns_separated_by_semicolons(tmp_path: Path) -> None:
    said = problems(tmp_path, receivables="id;amount;due_date\nI1;5;2026-01-20\n")
    assert said[0].endswith("unknown column id;amount;due_date. Separate columns by commas.")


def test_row_too_long(tmp_path: Path) -> None:
    assert problems(tmp_path, receivables=TABLES["receivables"] + "I3,1,000,2026-01-20,\n") == [
        "receivables.csv:4 receivables: has 5 cells where the header has 4"
    ]


def test_missing_file(tmp_path: Path) -> None:
    assert problems(tmp_path, regions=None) == ["regions.csv: the file is missing"]


def test_missing_plan_file_hides_no_problem_of_the_tables(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path, reps=table("reps", "R1,Ann,top,north,24", "R1,Ann,top,north,many"))
    (folder / "plan.yaml").rename(folder / "plan.yml")
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "reps.csv:2 reps.R1.hours_per_week: 'many' is not a number",
        "plan.yaml: the file is missing. Rename plan.yml.",
    ]


def test_unknown_table(tmp_path: Path) -> None:
    assert problems(tmp_path, receivable="id\n") == [
        "receivable.csv: is no table of a plan. Did you mean receivables.csv?"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("target: 1000000", "target: a lot", "plan.yaml:4 target: 'a lot' is not a number"),
        ("target: 1000000", 'target: "1,000,000"', "plan.yaml:4 target: '1,000,000' is not a number. Write 1000000."),
        ("target: 1000000", "target: true", "plan.yaml:4 target: 'true' is not a number"),
        ("target: 1000000", "target: [1]", "plan.yaml:4 target: a list is not a number"),
        ("growth: 0.15", "growth: 15%", "maturities.mature.growth: '15%' is not a number. Write 0.15."),
        ("weeks: 12", "weeks: 12.5", "calendar.weeks: '12.5' is not a whole number"),
        ("start: 2026-01-05", "start: Monday", "calendar.start: 'Monday' is not a date such as 2026-01-05"),
        ("subject: rep\n", "subject: rap\n", "risks.K5.subject: 'rap' is none of market, rep, account. Did you"),
        ("{strike: K1}", "K1", "contingency_plans.K1-answer.trigger: 'K1' is not a mapping of keys to values"),
        ("format: 1", "format: 2", "format: '2' is none of 1"),
        ("- id: K7", "- id: K 7", "risks.K 7.id: 'K 7' is not an id"),
        ("right: target_per_head", "right: {ovr: quota}", "rules.T5.right.ovr: unknown key. Did you mean over?"),
        ("{top: 1.5, core: 1.1, new: 0.8}", "{top: x, core: 1.1, new: 0.8}", "rules.T5.ratio.values.top: 'x' is not a"),
        ("ratio: {proportional_to: planned_amount}", "ratio: {}", "rules.T3.ratio: give either 'by' with 'values' or"),
        ("target: 1000000", "target: {now: 1}", "plan.yaml:4 target: a mapping is not a number"),
        ("- id: K7", f"- id: {'K' * 81}", "id: is longer than 80 characters"),
        ("rep_tiers: {top: Top, core: Core, new: New}", "rep_tiers: top", "rep_tiers: 'top' is not a mapping of keys to values"),
        ("parameter: proposal_hours", "parameter: hours", "measures.proposal-tool.effects[1]: unknown parameter 'hours'"),
    ],
)  # fmt: skip
def test_wrong_type(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, plan=edited(old, new))
    assert any(said in problem for problem in found), found
    assert f"plan.yaml:{line_of(old)}" in found[0] or "right" in said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-500000", "must be at least 0, is -500000"),
        ("nan", "nan is not a finite number"),
        ("inf", "inf is not a finite number"),
        ("-Infinity", "-Infinity is not a finite number"),
        ("1e16", "must be at most 1e+15, is 1e16"),
        ('"1,0"', "'1,0' is not a number. Write 1.0."),
        ("15%", "'15%' is a percentage; here stands an amount"),
    ],
)
def test_amount_that_is_none(tmp_path: Path, amount: str, said: str) -> None:
    regions = table("regions", "500000", amount)
    assert problems(tmp_path, regions=regions) == [f"regions.csv:2 regions.north.base_amount: {said}"]


def test_nan_in_yaml(tmp_path: Path) -> None:
    assert "is not a finite number" in problems(tmp_path, plan=edited("low: 0.4,", "low: .nan,"))[0]
    assert "is not a finite number" in problems(tmp_path, plan=edited("low: 0.4,", "low: nan,"))[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lead_tier_mix: {A: 0.5, C: 0.5}", "lead_tier_mix: {A: 0.5, C: 0.4}", "shares add up to 0.9, not 1 (A 0.5 + C 0.4)"),
        ("product_mix: {S1: 0.6, L1: 0.4}", "product_mix: {S1: 0.6, L1: 0.5}", "activities.salon.product_mix: shares add up to 1.1"),
        ("tier_mix: {A: 0.2, C: 0.8}", "tier_mix: {A: 0.2, C: 0.7}", "activities.online.tier_mix: shares add up to 0.9"),
        ("product_mix: {S1: 0.3, L1: 0.7}", "product_mix: {}", "cross_selling.product_mix: shares add up to 0, not 1 (nothing)"),
        ("conversion: 0.6, cycle_share: 0.3", "conversion: 0.6, cycle_share: 0.2", "process.stages: cycle shares add up to 0.9"),
        ("{share: 0.6, due_days: 30}", "{share: 0.7, due_days: 30}", "money: payment_terms add up to 1.1, not 1"),
    ],
)  # fmt: skip
def test_shares_that_do_not_add_up(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, plan=edited(old, new))
    assert len(found) == 1
    assert said in found[0]


K1 = "    detection_days: 5\n"
BANDS = "[{up_to_units: 4, effect: 1}, {up_to_units: 8, effect: 0.5}]"
LATE_COLLECTIONS = "  collections: {from_week: 9, to_week: 8, hours: 1, delay_factors: {A: 0.5}}\n"
HEALTH = "health: {weeks: [4], alarm_below: 0.5, interaction: 1, need_match: 0, budget_release: 0, effects: [%s]}"
CLOSING = "quarter_end: {from_week: 11, stages: [contract], pull_days: 3, effects: [%s]}"
MARKET = "{kind: lognormal, sigma: 0.06}"


def policy(what: str, effect: str) -> str:
    """A policy with an effect, before the section that follows policies."""
    return f"policies:\n  - {{id: P, name: P, {what % effect}}}\n\nuncertainty:\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    product_mix: {S1: 0.6, L1: 0.4}\n",
            "",
            "activities.salon.product_mix: missing: the activity brings leads",
        ),
        (
            BANDS,
            "[]",
            "activities.salon.responses.growth: has no band; leave the key out where the activity does not run",
        ),
        ("  team_building_share: 0.05\n", LATE_COLLECTIONS, "money.collections.to_week: week 8 is before from_week 9"),
        (
            K1,
            K1 + "    scope: {struck: true}\n",
            "risks.K1.scope.struck: tells what can be struck; it cannot rest on the strike",
        ),
        (
            "factor: 0.8, scope: {product_tier: [star]}",
            "factor: 0.8, scope: {struck: true}",
            "the risk strikes the market, so there is no one that it struck",
        ),
        (
            "uncertainty:\n",
            policy(HEALTH, "{parameter: rep_hours, factor: 0.9, scope: {struck: true}}"),
            "policies.P.health.effects[1].parameter: rep_hours is not of a customer",
        ),
        (
            "uncertainty:\n",
            policy(CLOSING, "{parameter: win_rate, factor: 1.1, duration_weeks: 1}"),
            "the effect lasts to the end of the quarter",
        ),
        (
            "uncertainty:\n",
            policy(CLOSING, "{parameter: win_rate, factor: 1.1, scope: {struck: true}}"),
            "a policy has no strike",
        ),
        (
            "    trigger: {strike: K1}\n",
            "    trigger: {strike: K1, week: 3}\n",
            "give exactly one of strike, week, light, alarm",
        ),
        (
            "    trigger: {strike: K1}\n",
            "    trigger: {light: collection, each_region: true}\n",
            "each_region is about the light of conversion or deal_size",
        ),
        (
            "    ratio: {by: rep_tier, values: {top: 1.5, core: 1.1, new: 0.8}}\n",
            "    ratio: {by: rep_tier}\n",
            "'by' and 'values' go together",
        ),
        (
            "    right: target_per_head\n",
            "    right: target_per_head\n    amount: 5\n",
            "give either 'right' or 'amount'",
        ),
        ("    each: rep\n", "", "a ratio per member needs 'each'"),
        (
            "uncertainty:\n",
            policy("weight_change: {gain: {product: [S1]}, to_share: 0.5, week: 3, strike: K1}%s", ""),
            "give exactly one of week, strike",
        ),
        (
            "uncertainty:\n",
            policy("strategy_test: {share: 0.5, from_week: 2, effects: []}%s", ""),
            "policies.P.strategy_test.effects: has 0 entries; at least 1 are needed",
        ),
        (
            "uncertainty:\n",
            policy(HEALTH.replace("interaction: 1", "interaction: 0.9"), ""),
            "the weights add up to 0.9, not 1",
        ),
        (
            "uncertainty:\n",
            policy(HEALTH, "{parameter: win_rate, factor: 0.9}"),
            "effects of a low score are on the customer (struck: true) and take no weeks",
        ),
        (
            "  weeks: 12\n",
            "  weeks: 12\n  makeup_days: [2026-01-07]\n",
            "make-up day 2026-01-07 is a wednesday, a working day anyway",
        ),
        ("from_week: 9, to_week: 12}", "from_week: 9, to_week: 13}", "phase closing runs from week 9 to 13 of 12"),
        (MARKET, "{kind: triangular, low: 1.2, mode: 1.0, high: 1.4}", "low, mode and high are out of order"),
        (MARKET, "{kind: beta, mean: 0.9, sd: 0.4}", "no Beta distribution has mean 0.9 and standard deviation 0.4"),
        (MARKET, "{kind: beta, mean: 0.5}", "a beta distribution takes mean and sd"),
        (MARKET, "{kind: two_point, low: 0.5, high: 1}", "a two_point distribution takes high and low and low_share"),
        (
            "    parameter: win_rate\n",
            "    parameter: win_rate\n    scope: {struck: true}\n",
            "what nobody knows acts from the start; its scope cannot be 'struck'",
        ),
    ],
)
def test_entries_that_do_not_fit_together(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, plan=edited(old, new))
    assert len(found) == 1, found
    assert said in found[0]
    assert found[0].startswith("plan.yaml:")


def test_a_contract_that_renews_is_of_a_product(tmp_path: Path) -> None:
    accounts = table("accounts", "textile,S1,40000", "textile,,40000")
    assert problems(tmp_path, accounts=accounts) == [
        "accounts.csv:2 accounts.C1.product: missing: the contract that comes up for renewal has a product"
    ]


def test_an_alarm_is_of_a_policy_of_health(tmp_path: Path) -> None:
    plan = edited("    trigger: {strike: K1}\n", "    trigger: {alarm: P}\n")
    plan = plan.replace("uncertainty:\n", policy("lights: {conversion: {red: 0.8, amber: 0.9}}%s", ""), 1)
    (found,) = problems(tmp_path, plan=plan)
    assert found.endswith("contingency_plans.K1-answer.trigger.alarm: P is no policy of health")


def test_shares_of_planned_amounts_need_one(tmp_path: Path) -> None:
    regions = table("regions", "500000", "0").replace("300000", "0")
    (found,) = problems(tmp_path, regions=regions)
    assert found.endswith("rules.T3.ratio.proportional_to: all regions' planned amounts are 0")


def test_id_given_twice_in_a_table(tmp_path: Path) -> None:
    assert problems(tmp_path, reps=TABLES["reps"] + "R1,Dee,new,north,24\n") == [
        "reps.csv:5 reps.R1: id given twice, first at reps.csv:2"
    ]


def test_id_given_twice_in_yaml(tmp_path: Path) -> None:
    plan = edited("scenarios:\n", "scenarios:\n  - {id: price_war, name: Another}\n")
    line = line_of("- id: price_war") + 1
    first = line_of("scenarios:\n") + 1
    assert problems(tmp_path, plan=plan) == [
        f"plan.yaml:{line} scenarios.price_war: id given twice, first at plan.yaml:{first}"
    ]


def test_rep_in_an_unknown_region(tmp_path: Path) -> None:
    assert problems(tmp_path, reps=table("reps", "R3,Chen,new,south", "R3,Chen,new,south;nroth")) == [
        "reps.csv:4 reps.R3.regions: there is no region nroth. Did you mean north?"
    ]


def test_dates_outside_the_quarter(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        plan=edited("2026-02-16, 2026-02-17", "2026-02-16, 2026-05-01"),
    )
    assert said == [
        f"plan.yaml:{line_of('calendar:')} calendar: holiday 2026-05-01 is outside the quarter (2026-01-05 to 2026-03-29)"
    ]
    assert problems(
        tmp_path,
        accounts=table("accounts", "2026-02-10", "2026-04-10"),
        opportunities=table("opportunities", "2025-11-10", "2026-01-05"),
    ) == [
        "accounts.csv:2 accounts.C1.renewal_date: 2026-04-10 is outside the quarter (2026-01-05 to 2026-03-29)",
        "opportunities.csv:2 opportunities.O1.created: 2026-01-05 is not before the quarter starts (2026-01-05)",
    ]


def test_empty_tables(tmp_path: Path) -> None:
    header = TABLES["reps"].splitlines()[0]
    assert problems(tmp_path, reps=header + "\n") == ["reps.csv reps: has no rows; the plan needs at least one"]
    assert problems(tmp_path, reps="") == ["reps.csv reps: has no header"]
    small_plan_files(tmp_path, receivables=TABLES["receivables"].splitlines()[0])
    assert load_plan(tmp_path).plan.receivables == ()


def test_two_overrides_touching_one_key(tmp_path: Path) -> None:
    said = problems(tmp_path, ("soft_market",), ("customer_tiers.A.win_rate=0.3",))
    line = line_of("set: {customer_tiers.A.win_rate")
    assert said == [
        "--set customer_tiers.A.win_rate: touched twice: by --set and by scenario soft_market "
        f"(plan.yaml:{line})"
    ]  # fmt: skip


def test_gb18030_files_load(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path)
    (folder / "regions.csv").write_bytes(TABLES["regions"].replace("North", "华北").encode("gb18030"))
    (folder / "reps.csv").write_bytes(b"\xef\xbb\xbf" + TABLES["reps"].replace("Ann", "安娜").encode())
    (folder / "plan.yaml").write_bytes(PLAN_YAML.replace("Small company", "小公司").encode("gb18030"))
    plan = load_plan(folder).plan
    assert (plan.name, plan.region["north"].name, plan.rep["R1"].name) == ("小公司", "华北", "安娜")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path)
    (folder / "regions.csv").write_bytes(b"\xff\xfei\x00d\x00")
    with pytest.raises(PlanFileError, match=r"regions.csv: is neither UTF-8 nor GB18030 text. Save it as UTF-8."):
        load_plan(folder)


@pytest.mark.parametrize("name", ["plan.yaml", "accounts.csv"])
def test_a_huge_file_is_refused_before_reading(tmp_path: Path, name: str) -> None:
    folder = small_plan_files(tmp_path)
    with (folder / name).open("r+b") as file:
        file.truncate(200_000_000)  # sparse: it takes no room, and reading it would show
    limit = 1 if name.endswith(".yaml") else 100
    with pytest.raises(PlanFileError, match=rf"{name}: is 200 MB large; such files may have {limit} MB"):
        load_plan(folder)


def test_more_rows_than_a_plan_has_are_refused_before_they_are_read(tmp_path: Path) -> None:
    receivables = TABLES["receivables"].splitlines()[0] + "\n" + "\n" * 100_100
    assert problems(tmp_path, receivables=receivables) == [
        "receivables.csv:100002 receivables: is no CSV: more than 100,000 rows"
    ]


FLAT = {
    "keys": ("".join(f"{n:05x}:\n" for n in range(100_000)), 50_001),
    "list items": ("reps:\n" + "".join(f"- {n}\n" for n in range(100_000)), 99_999),
    "list items in one line": ("reps: [" + "1," * 400_000 + "1]\n", 1),
    "keys in one line": ("reps: {" + ",".join(f"{n:05x}: 1" for n in range(80_000)) + "}\n", 1),
    "empty list items": ("reps:\n" + "-\n" * 400_000, 99_999),
}
"""Less than 1 MB each, and more keys and values than are taken: the line on which there are too many."""


@pytest.mark.parametrize("shape", FLAT)
def test_flat_yaml_is_read_up_to_a_limit_of_keys_and_values(tmp_path: Path, shape: str) -> None:
    """What YAML costs goes by keys and values, not by bytes: the rest of the file is not read."""
    text, line = FLAT[shape]
    file = tmp_path / "p.yaml"
    file.write_text(text, encoding="utf-8")
    said = rf"p.yaml:{line}: holds more than 100,000 keys and values. Put long tables into CSV files or a workbook.$"
    with pytest.raises(PlanFileError, match=said):
        load_plan(file)


def test_yaml_below_the_limit_is_judged_to_its_last_line(tmp_path: Path) -> None:
    """Every value has its own line, also the last of thousands."""
    keys = 5_000
    rows = "".join(f"x{n}: 1\n" for n in range(keys))
    said = problems(tmp_path, plan=PLAN_YAML + rows)
    lines = PLAN_YAML.count("\n")
    assert said == [f"plan.yaml:{lines + n + 1} x{n}: unknown key" for n in range(keys)]


def test_a_letter_that_no_yaml_may_hold_has_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, plan="name: 1\nfür: 2\na: \x07\n")[0].startswith("plan.yaml:3: is no YAML: unacceptable")


def test_a_second_document_has_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, plan=PLAN_YAML + "---\na: 2\n") == [
        f"plan.yaml:{PLAN_YAML.count(chr(10)) + 1}: is no YAML: another document starts here"
    ]


def test_more_columns_than_a_table_has_are_refused_before_they_are_looked_at(tmp_path: Path) -> None:
    receivables = TABLES["receivables"].replace("\n", ",x" * 200_000 + "\n", 1)
    assert problems(tmp_path, receivables=receivables) == [
        "receivables.csv:1 receivables: is no CSV: more than 500 columns"
    ]


def test_links_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A plan that someone sends must not show what else is on the disk, not even in an error message."""
    folder, secret = small_plan_files(tmp_path / "plan"), tmp_path / "secret.csv"
    secret.write_text("id,password\n1,hunter2\n", encoding="utf-8")
    (folder / "accounts.csv").unlink()
    (folder / "accounts.csv").symlink_to(secret)
    (folder / "plan.yaml").rename(folder / "real.yaml")
    (folder / "plan.yaml").symlink_to(folder / "real.yaml")  # inside: that is fine
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder)
    said = str(caught.value)
    assert "accounts.csv: is a link that leads out of the plan's folder. Put the file itself there." in said
    assert "password" not in said
    assert "plan.yaml" not in said
    (folder / "accounts.csv").unlink()
    (folder / "accounts.csv").symlink_to("accounts.csv")
    with pytest.raises(PlanFileError, match=r"accounts.csv: is a link that leads out"):
        load_plan(folder)


def test_a_marked_file_that_is_damaged_is_not_read_in_another_encoding(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path)
    (folder / "regions.csv").write_bytes(
        b"\xef\xbb\xbf" + TABLES["regions"].replace("North", "华北").encode()[:-1] + b"\xe5"
    )
    with pytest.raises(PlanFileError, match=r"regions.csv: is neither UTF-8 nor GB18030 text"):
        load_plan(folder)


def test_a_folder_where_a_table_should_be(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path, accounts=None)
    (folder / "accounts.csv").mkdir()
    with pytest.raises(PlanFileError, match=r"accounts.csv: is not a file"):
        load_plan(folder)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("a: [1", "is no YAML: "),
        ("- 1\n- 2\n", "holds no mapping of keys to values"),
        ("name: &n Small\ncurrency: *n\n", "plan.yaml:2: aliases (*name) are not taken. Write the value again."),
        ("name: !!python/object/apply:os.getcwd []\n", "the tag tag:yaml.org,2002:python/object/apply:os.getcwd is not"),
        ("a: " + "[" * 1000, "plan.yaml:1: is nested too deeply"),
        ("name: 1\na: " + "[" * 30 + "]" * 30, "plan.yaml:2: is nested too deeply"),
        ("a: 1\n" + "- " * 300 + "b\n", "is no YAML"),
        ("- " * 300 + "b\n", "plan.yaml:1: is nested too deeply"),
        ("? [a]\n: 1\n", "a key is a list or a mapping; keys are texts"),
        ("a: 1\n---\na: 2\n", "is no YAML"),
        ("a: \x07\n", "is no YAML"),
    ],
)  # fmt: skip
def test_yaml_that_is_none(tmp_path: Path, plan: str, said: str) -> None:
    found = problems(tmp_path, plan=plan)
    assert any(said in problem for problem in found), found


def test_everything_at_once_in_order_of_the_files(tmp_path: Path) -> None:
    """One mistake hides no other: not in its row, not in its file, not in what refers to it."""
    plan = edited("target: 1000000", "target: many").replace("maturity: [growth]", "maturity: [grwth]")
    reps = TABLES["reps"].replace("R3,Chen,new,south,24", "R3,Chen,nwe,suoth,-4")
    assert problems(tmp_path, ("sft_market",), ("reps.R1.hours=4",), plan=plan, reps=reps) == [
        "plan.yaml:4 target: 'many' is not a number",
        f"plan.yaml:{line_of('maturity: [growth]')} rules.R3.left.where.maturity: there is no maturity grwth. "
        "Did you mean growth?",
        "reps.csv:4 reps.R3.hours_per_week: must be at least 0, is -4",
        "reps.csv:4 reps.R3.regions: there is no region suoth. Did you mean south?",
        "reps.csv:4 reps.R3.tier: there is no rep tier nwe. Did you mean new?",
        "--scenario: there is no scenario sft_market. Did you mean soft_market?",
        "--set reps.R1.hours: reps.R1 has no key hours. Did you mean hours_per_week?",
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["plan.yaml", *(f"{table}.csv" for table in TABLES)]),
    at=st.floats(0, 1),
    gone=st.integers(0, 40),
    put=st.one_of(
        st.binary(max_size=4), st.text(max_size=4).map(str.encode), st.sampled_from([b"[", b"{", b"- ", b": "])
    ),
    setting=st.text(max_size=12),
)
def test_property_damaged_files_are_problems_and_never_a_traceback(
    tmp_path: Path, name: str, at: float, gone: int, put: bytes, setting: str
) -> None:
    folder = small_plan_files(tmp_path)
    data = (folder / name).read_bytes()
    cut = int(at * len(data))
    (folder / name).write_bytes(data[:cut] + put + data[cut + gone :])
    for overrides in ([], [f"rules.T5.ratio={setting}"]):
        with contextlib.suppress(PlanFileError):  # some damage does no harm
            load_plan(folder, settings=overrides)


def test_a_source_that_cannot_be_a_path() -> None:
    for source in ("x" * 5000, "a\0b"):
        with pytest.raises(PlanFileError, match="there is no such file, folder or built-in plan"):
            load_plan(source)


def test_a_mapping_that_is_nested_too_deeply(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("- " * 3000, encoding="utf-8")
    with pytest.raises(PlanFileError, match=r"m.yaml:1: is nested too deeply"):
        read_mapping(tmp_path / "m.yaml")


def test_a_mapping_has_the_same_limit_of_keys_and_values(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("-\n" * 100_100, encoding="utf-8")
    with pytest.raises(PlanFileError, match=r"m.yaml:100000: holds more than 100,000 keys and values"):
        read_mapping(tmp_path / "m.yaml")


def test_a_mapping_that_is_too_large_is_refused_before_reading(tmp_path: Path) -> None:
    with (tmp_path / "m.yaml").open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(PlanFileError, match=r"m.yaml: is 200 MB large; such files may have 1 MB"):
        read_mapping(tmp_path / "m.yaml")


def test_everything_wrong_in_a_mapping_at_once(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        """\
name: shop
currency: ""
currencies: {EUR: dear, GBP: 1.2}
deals:
  file: exports/deals.csv
  columns: {id: 1, rep: R, stage: S, engaged: E, closed: C, valu: V}
stages: {Won: won, Lost: lst}
stagess: 3
""",
        encoding="utf-8",
    )
    with pytest.raises(PlanFileError) as caught:
        read_mapping(tmp_path / "m.yaml")
    assert sorted(str(problem) for problem in caught.value.problems) == [
        "m.yaml:3 currencies.EUR: 'dear' is not a number",
        "m.yaml:5 deals.file: 'exports/deals.csv' is not the name of a file. Write it without folders.",
        "m.yaml:6 deals.columns.valu: unknown key. Did you mean value?",
        "m.yaml:6 deals.columns.value: missing",
        "m.yaml:7 stages.Lost: 'lst' is none of open, won, lost. Did you mean lost?",
        "m.yaml:8 stagess: unknown key. Did you mean stages?",
    ]


def test_stages_of_a_mapping_that_never_end(tmp_path: Path) -> None:
    mapping = (LIBRARY / "maven.yaml").read_text(encoding="utf-8")
    assert mapping.count("  Lost: lost\n") == 1
    (tmp_path / "m.yaml").write_text(mapping.replace("  Lost: lost\n", ""), encoding="utf-8")
    with pytest.raises(PlanFileError, match=r"^m.yaml:\d+ stages: no stage means lost$"):
        read_mapping(tmp_path / "m.yaml")


@pytest.mark.parametrize("id", ["nоrth", "ｎｏｒｔｈ", "north\u200b"])
def test_ids_that_only_look_like_others_are_refused(tmp_path: Path, id: str) -> None:
    """A Cyrillic letter, full-width letters, a space of no width."""
    found = problems(tmp_path, regions=table("regions", "north,", f"{id},"))
    assert found[0].startswith(f"regions.csv:2 regions.{id}.id: '{id}' is not an id."), found
