"""Unit: what loads, from which kinds of source; property: the order of writing changes no plan."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scenarios.errors import PlanFileError
from scenarios.loading import builtin_plans, load_plan
from scenarios.plan import Plan
from tests.plans import PLAN_YAML, TABLES, small_plan_files


def written() -> dict[str, Any]:
    """The small plan's YAML as plain values."""
    values: dict[str, Any] = YAML(typ="safe", pure=True).load(PLAN_YAML)
    return values


def test_folder_loads_with_the_hash_of_every_file(tmp_path: Path) -> None:
    loaded = load_plan(small_plan_files(tmp_path))
    assert loaded.plan.target == 1_000_000
    assert loaded.plan.rep["R2"].regions == ("north", "south")
    assert loaded.plan.account["C1"].renewal_date == dt.date(2026, 2, 10)
    assert set(loaded.files) == {"plan.yaml", *(f"{table}.csv" for table in TABLES)}
    assert all(len(digest) == 64 for digest in loaded.files.values())
    assert loaded.changes == ()


def test_one_yaml_file_with_tables_inline_is_the_same_plan(tmp_path: Path, small_plan: Plan) -> None:
    inline = written()
    for table, text in TABLES.items():
        header, *rows = (line.split(",") for line in text.splitlines())
        inline[table] = [{k: v for k, v in zip(header, row, strict=True) if v} for row in rows]
    for rep in inline["reps"]:
        rep["regions"] = rep["regions"].split(";")
    file = tmp_path / "small.yaml"
    file.write_text(json.dumps(inline, default=str), encoding="utf-8")
    assert load_plan(file).plan == small_plan


@pytest.mark.parametrize(
    "head", ["%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "---\n", "# what follows is the plan\n\n---\n"]
)
def test_what_yaml_may_begin_with_changes_no_plan(tmp_path: Path, small_plan: Plan, head: str) -> None:
    assert load_plan(small_plan_files(tmp_path, plan=head + PLAN_YAML + "...\n")).plan == small_plan


def test_a_table_may_stand_in_plan_yaml_instead_of_a_file(tmp_path: Path, small_plan: Plan) -> None:
    leads = """\
baseline_leads:
  - {id: B2, product: L1, region: south, accepted_per_quarter: 4}
  - {id: B1, product: S1, region: north, accepted_per_quarter: 2}
"""
    assert load_plan(small_plan_files(tmp_path, plan=PLAN_YAML + leads, baseline_leads=None)).plan == small_plan


def test_a_table_given_twice_is_refused(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path, plan=PLAN_YAML + "receivables: []\n")
    with pytest.raises(PlanFileError, match=r"plan.yaml:\d+ receivables: is given here and in receivables.csv"):
        load_plan(folder)


def test_built_in_plans_load_by_name_with_each_of_their_scenarios() -> None:
    assert "quarter" in builtin_plans()
    for name in builtin_plans():
        for scenario in load_plan(name).plan.scenarios:
            assert load_plan(name, [scenario.id]).changes


def test_unknown_source_names_the_built_in_plans() -> None:
    with pytest.raises(PlanFileError, match=r"no such file, folder or built-in plan. Did you mean quarter\?"):
        load_plan("quartr")


def test_other_spreadsheets_are_refused_with_what_to_do(tmp_path: Path) -> None:
    for name, said in (("plan.xls", "Save it as an Excel workbook"), ("plan.ods", "Save it as"), ("plan.txt", "is no")):
        (tmp_path / name).write_bytes(b"PK")
        with pytest.raises(PlanFileError, match=said):
            load_plan(tmp_path / name)


def test_a_mapping_stands_in_a_table_as_in_a_workbook(tmp_path: Path) -> None:
    leads = "id,product,region,accepted_per_quarter,tier_mix\nB1,S1,north,2,A=0.25; C=75%\n"
    plan = load_plan(small_plan_files(tmp_path, baseline_leads=leads)).plan
    assert plan.baseline_leads[0].tier_mix == {"A": 0.25, "C": 0.75}


def test_texts_take_the_type_of_their_field(tmp_path: Path) -> None:
    regions = "id,name,maturity,base_amount\nNO,007,mature,500000 \nsouth,South,growth, 3e5\n"
    folder = small_plan_files(
        tmp_path,
        plan=PLAN_YAML.replace("planner's guess", "NO"),
        regions=regions,
        reps=TABLES["reps"].replace("north", "NO"),
        accounts=TABLES["accounts"].replace("north", "NO").replace("2026-02-10", "2026/2/10"),
        opportunities=TABLES["opportunities"].replace("north", "NO"),
        baseline_leads=TABLES["baseline_leads"].replace("north", "NO"),
    )
    plan = load_plan(folder).plan
    assert plan.region["NO"].name == "007"
    assert plan.region["NO"].base_amount == 500_000
    assert plan.account["C1"].renewal_date == dt.date(2026, 2, 10)


def test_blank_lines_in_a_table_are_no_rows_and_lines_still_count(tmp_path: Path) -> None:
    folder = small_plan_files(tmp_path, reps=TABLES["reps"] + ",,,,\n\nR4,Dee,top,north,-1\n")
    with pytest.raises(PlanFileError) as caught:
        load_plan(folder)
    assert [str(p) for p in caught.value.problems] == ["reps.csv:7 reps.R4.hours_per_week: must be at least 0, is -1"]


def test_a_policy_has_the_settings_of_one_kind(tmp_path: Path) -> None:
    policies = "policies:\n  - {id: E3, name: Lights, lights: {conversion: {red: 0.8, amber: 0.9}}}\n"
    plan = load_plan(small_plan_files(tmp_path, plan=PLAN_YAML + policies)).plan
    lights = plan.policies[0].lights
    assert lights is not None
    assert lights.conversion is not None
    assert (lights.conversion.red, lights.conversion.at_least, lights.deal_size) == (0.8, 30, None)
    assert plan.policies[0].weight_change is None
    for written, said in (
        ("lights: {conversion: {red: 0.95, amber: 0.9}}", "red (0.95) is above amber (0.9)"),
        ("lights: {convertion: {red: 0.8, amber: 0.9}}", "unknown key. Did you mean conversion?"),
        (
            "lights: {}, reallocation: {}",
            "give exactly one of focus_day, health, lights, quarter_end, reallocation, strategy_test, weight_change",
        ),
        (
            "enabled: true",
            "give exactly one of focus_day, health, lights, quarter_end, reallocation, strategy_test, weight_change",
        ),
    ):
        entry = f"policies:\n  - {{id: E3, name: Lights, {written}}}\n"
        with pytest.raises(PlanFileError) as caught:
            load_plan(small_plan_files(tmp_path, plan=PLAN_YAML + entry))
        assert said in str(caught.value.problems[0])


def shuffled(value: Any, draw: random.Random, key: str = "") -> Any:
    """The same plan in another order: keys anywhere, entries that have an id except stages and phases."""
    if isinstance(value, dict):
        items = [(k, shuffled(v, draw, k)) for k, v in value.items()]
        draw.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(v, draw) for v in value]
        if key not in ("stages", "phases") and all(isinstance(v, dict) and {"id", "path"} & v.keys() for v in items):
            draw.shuffle(items)
        return items
    return value


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_shuffled_files_are_the_same_plan(tmp_path: Path, small_plan: Plan, seed: int) -> None:
    draw = random.Random(seed)
    tables = {}
    for table, text in TABLES.items():
        header, *rows = text.splitlines()
        draw.shuffle(rows)
        tables[table] = "\n".join([header, *rows]) + "\n"
    plan = json.dumps(shuffled(written(), draw), default=str)
    loaded = load_plan(small_plan_files(tmp_path, plan=plan, **tables)).plan
    assert loaded == small_plan
    # Equal and in the same order: sums over a dict must not depend on who wrote it down.
    assert loaded.model_dump_json() == small_plan.model_dump_json()
