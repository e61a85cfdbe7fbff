"""Reading, calibrating and drafting an export of 10,000 and of 100,000 opportunities: ``-m benchmarks.calibration``.

With the history of their stages, two or three entries each.

Prints one JSON line per size: seconds of the clock and of the processor. The growth between the sizes is the last line.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.crm.drafting import Request, draft_plan
from scenarios.crm.estimates import estimate
from scenarios.crm.export import read_export
from scenarios.crm.mapping import Mapping, read_assumed, read_mapping

SIZES = 10_000, 100_000
REPS = 60
START, DAYS = dt.date(2023, 1, 2), 364
STAGES = "Meet", "Propose", "Agree", "Sign"


def write_deals(folder: Path, count: int) -> None:
    """A year of deals of 60 reps and 5 products, of which a tenth never ends."""
    rng = np.random.default_rng(1)
    begun = rng.uniform(0, DAYS, count)
    ended = begun + rng.lognormal(np.log(30), 0.6, count)
    is_open = (ended >= DAYS) | (rng.uniform(size=count) < 0.1)
    won = rng.uniform(size=count) < 0.55
    product = rng.integers(5, size=count)
    value = (product + 1) * 1000 * rng.lognormal(0, 0.1, count)
    day = pd.Timestamp(START) + pd.to_timedelta(np.stack([begun, ended]).astype(int).ravel(), unit="D")
    dates = day.strftime("%Y-%m-%d").to_numpy().reshape(2, count)
    table = {
        "opportunity_id": [f"D{number:07}" for number in range(count)],
        "sales_agent": [f"Rep {number:02}" for number in rng.integers(REPS, size=count)],
        "product": [f"P{number}" for number in product],
        "account": [f"Account {number:04}" for number in rng.integers(2000, size=count)],
        "deal_stage": np.where(is_open, "Engaging", np.where(won, "Won", "Lost")),
        "engage_date": dates[0],
        "close_date": np.where(is_open, "", dates[1]),
        "close_value": np.where(is_open, "", np.where(won, np.round(value, 2).astype(str), "0")),
    }
    pd.DataFrame(table).to_csv(folder / "sales_pipeline.csv", index=False)
    visited = np.where(won, len(STAGES), rng.integers(1, len(STAGES) + 1, count))
    deal, stage = np.nonzero(np.arange(len(STAGES)) < visited[:, None])
    at = begun[deal] + (ended - begun)[deal] * stage / visited[deal]
    there = at < DAYS
    entered = pd.Timestamp(START) + pd.to_timedelta(at[there].astype(int), unit="D")
    history = {
        "deal": np.array(table["opportunity_id"])[deal[there]],
        "stage": np.array(STAGES)[stage[there]],
        "day": entered.strftime("%Y-%m-%d"),
    }
    pd.DataFrame(history).to_csv(folder / "stages.csv", index=False)
    prices = {"product": [f"P{number}" for number in range(5)], "sales_price": [1000 * (n + 1) for n in range(5)]}
    pd.DataFrame(prices).to_csv(folder / "products.csv", index=False)
    teams = {"sales_agent": [f"Rep {n:02}" for n in range(REPS)], "regional_office": [f"R{n % 4}" for n in range(REPS)]}
    pd.DataFrame(teams).to_csv(folder / "sales_teams.csv", index=False)
    accounts = {"account": [f"Account {number:04}" for number in range(2000)], "sector": "retail"}
    pd.DataFrame(accounts).to_csv(folder / "accounts.csv", index=False)


def _mapping() -> Mapping:
    entries = {"deal": "deal", "stage": "stage", "entered": "day"}
    with_stages = {
        "stage_history": {"file": "stages.csv", "columns": entries},
        "stages": {**dict.fromkeys(("Engaging", *STAGES), "open"), "Won": "won", "Lost": "lost"},
    }
    return Mapping.model_validate(read_mapping("maven").model_dump() | with_stages)


def seconds(count: int) -> tuple[float, float]:
    """Clock and processor seconds from the files to a plan that could be written."""
    as_of = START + dt.timedelta(days=DAYS)
    mapping, (assumed, nodes) = _mapping(), read_assumed()
    with tempfile.TemporaryDirectory() as name:
        write_deals(Path(name), count)
        clock, processor = time.perf_counter(), time.process_time()
        estimates = estimate(read_export(Path(name), mapping), as_of, assumed)
        draft_plan(estimates, mapping, assumed, nodes, Request(as_of, None, 0.05, 13))
        return time.perf_counter() - clock, time.process_time() - processor


def main() -> None:
    """Measure both sizes."""
    took = []
    for count in SIZES:
        clock, processor = seconds(count)
        took.append(processor)
        print(json.dumps({"opportunities": count, "clock_s": round(clock, 2), "processor_s": round(processor, 2)}))
    growth = round(took[1] / took[0], 2)
    print(json.dumps({"growth_for_tenfold": growth, "python": platform.python_version(), "machine": sys.platform}))


if __name__ == "__main__":
    main()
