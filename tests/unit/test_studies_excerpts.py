"""Unit: what is taken out of full records is what they say."""

import math
from pathlib import Path

import numpy as np
import pytest

from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.options import Options
from simulation.records import LightRow, Records
from studies.replay.batches import Batch
from studies.replay.excerpts import light_columns, lights_of
from studies.replay.replications import run_replications
from tests.plans import STEERED_YAML, small_plan_files
from tests.unit.test_studies_replications import ALLOCATION


@pytest.fixture(scope="module", name="plan")
def _plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder: Path = tmp_path_factory.mktemp("plan") / "steered"
    return load_plan(
        small_plan_files(folder, plan=STEERED_YAML),
        settings=["target=170000", "policies.M5.enabled=true", "process.renewal_hours=2"],
    ).plan


@pytest.fixture(scope="module", name="batch")
def _batch(plan: Plan) -> Batch:
    return run_replications(plan, ALLOCATION, Options.of(plan), seed=3, numbers=range(12), keep_records=True)


def test_a_light_is_red_where_its_share_is_at_most_that_of_red(plan: Plan, batch: Batch) -> None:
    columns = light_columns(plan)
    assert columns[:3] == [("conversion", 3), ("conversion", 5), ("conversion", 7)]
    given = 0
    for number, records in enumerate(batch.records):
        rows = {(row.metric, row.week): row for row in records.lights if row.scope == "all"}
        for column, share in zip(columns, batch.lights[number], strict=True):
            assert math.isnan(share) == (column not in rows)
            if column in rows:
                given += 1
                assert (share <= 0.8) == (rows[column].colour == "red")
    assert given > 0


def test_of_two_lights_of_a_week_the_worse_one_counts(plan: Plan) -> None:
    rows = [LightRow(20.0, 3, "conversion", "all", value, 1.0, "green") for value in (0.9, 0.7, 1.1)]
    found = lights_of([Records(0, lights=[*rows, LightRow(20.0, 3, "conversion", "north", 0.1, 1.0, "red")])], plan)
    assert found[0, 0] == 0.7


def test_verdicts_are_those_of_the_records(batch: Batch) -> None:
    for figures, records in zip(batch.verdicts, batch.records, strict=True):
        [row] = records.tests
        assert figures[:2].tolist() == [row.tried, row.others]
        assert (figures[2] == row.gain) or (row.gain is None and math.isnan(figures[2]))
        assert bool(figures[3]) == row.rolled_out


def test_cells_hold_all_that_was_signed_and_worked(plan: Plan, batch: Batch) -> None:
    products, regions = (
        batch.signed_by_cell.reshape(12, len(plan.products), len(plan.regions)).sum(axis=axis) for axis in (2, 1)
    )
    assert products == pytest.approx(batch.by_product)
    assert regions == pytest.approx(batch.by_region)
    renewal, came_up = plan.process.renewal_hours, ("renewed", "not renewed")
    assert any(entry.outcome == "not renewed" for records in batch.records for entry in records.renewals)
    worked = [
        sum(deal.hours for deal in records.deals)
        + renewal * sum(entry.outcome in came_up for entry in records.renewals)
        for records in batch.records
    ]
    assert batch.hours_by_cell.sum(axis=1) == pytest.approx(np.array(worked))
