"""Unit and known answer: customers who stop buying, told from their rhythm, or not told."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reports.pages.data_request import data_requests
from reports.wording import CHINESE, ENGLISH
from scenarios.calibration.buying import Purchases, stopping
from scenarios.crm import ImportReport, import_crm
from scenarios.loading import load_plan
from scenarios.plan import Plan
from tests.crm_exports import START, write_rows

AS_OF = START + dt.timedelta(days=728)
LOSSES = "risks.K7.chance_per_quarter"


def made(folder: Path, days_of: Callable[[np.random.Generator], list[list[float]]]) -> tuple[Plan, ImportReport]:
    """An export of won deals alone, those of each account on its days."""
    rows = []
    for account, days in enumerate(days_of(np.random.default_rng(5))):
        for day in days:
            closed = START + dt.timedelta(days=int(day))
            begun = closed - dt.timedelta(days=1 + len(rows) % 9)
            name = [f"D{len(rows):05}", f"Rep {account % 3}", "Anvil", f"Account {account:03}", "Won"]
            rows.append([*name, begun.isoformat(), closed.isoformat(), "900"])
    rows.append([*rows[0][:4], "Lost", *rows[-1][5:7], "0"])
    rows[-1][0] = "D99999"
    write_rows(folder / "export", rows, [f"Rep {n}" for n in range(3)], {"Anvil": 1000.0})
    report = import_crm(folder / "export", AS_OF, folder / "plan")
    return load_plan(report.out).plan, report


def rhythm(stop: float, customers: int = 150, gap: float = 20.0) -> Callable[[np.random.Generator], list[list[float]]]:
    """Customers who buy every ``gap`` days by chance, and stop with a chance each quarter."""

    def days_of(rng: np.random.Generator) -> list[list[float]]:
        found = []
        for _ in range(customers):
            day, days = float(rng.integers(0, 400)), []
            stops = day + (rng.exponential(-91 / np.log(1 - stop)) if stop else 1e6)
            while day < min(stops, 728):
                days.append(day)
                day += rng.exponential(gap)
            found.append(days)
        return found

    return days_of


def test_customers_who_stop_are_found(tmp_path: Path) -> None:
    plan, report = made(tmp_path, rhythm(0.1))
    [risk] = [risk for risk in plan.risks if risk.id == "K7"]
    figure = next(figure for figure in report.estimates if figure.path == LOSSES)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low / 2 < 0.1 < figure.high / 2, "half of the alarms end in a loss"
    assert figure.high - figure.low < 0.12
    assert risk.chance_per_quarter == pytest.approx(figure.value)
    assert 100 < figure.count <= 150
    assert re.fullmatch(
        r"alarms so that losses are as in own deals: silences longer than their own rhythm makes by chance, of \d+ "
        r"customers with [\d,]+ purchases after the first",
        figure.basis,
    )
    [unknown] = [entry for entry in plan.uncertainty if entry.id == "U-K7"]
    assert (unknown.parameter, unknown.scope.risk) == ("strike_rate", ("K7",))
    [alarms] = [entry for entry in plan.assumptions if entry.path == "risks.K7.event_probability"]
    assert (alarms.low, alarms.high) == (None, None), "its default range is one of losses, which are told here"
    assert alarms.source.endswith("losses are as in own deals")
    assert {a.path: a.grade for a in plan.assumptions}[LOSSES] == "own"


def test_silences_of_a_slow_rhythm_are_no_loss(tmp_path: Path) -> None:
    """Who buys every 40 days is silent for a quarter in one of ten: that is no loss, and none is made of it."""
    plan, _ = made(tmp_path, rhythm(0.0, gap=40.0))
    [risk] = [risk for risk in plan.risks if risk.id == "K7"]
    assert isinstance(risk.chance_per_quarter, float)
    assert risk.chance_per_quarter / 2 < 0.02


def bursts(rng: np.random.Generator) -> list[list[float]]:
    """Four or five purchases in a week, every half a year or so."""
    starts = [np.cumsum(rng.uniform(120, 240, 3)) for _ in range(60)]
    return [[float(day + extra) for day in own for extra in rng.choice(9, 5, replace=False)] for own in starts]


@pytest.mark.parametrize(
    ("days_of", "reason"),
    [
        (rhythm(0.1, customers=9), r"\d customers bought again, and 10 are wanted"),
        (bursts, "customers buy in bursts, so that a silence says little"),
        (rhythm(0.1, customers=30, gap=150.0), r"from [\d.]+% to [\d.]+% lost a quarter would make such silences"),
    ],
    ids=["few", "bursts", "wide"],
)
def test_what_deals_do_not_tell_stays_assumed_and_is_asked_for_with_the_reason(
    days_of: Callable[[np.random.Generator], list[list[float]]], reason: str, tmp_path: Path
) -> None:
    plan, report = made(tmp_path, days_of)
    [risk] = [risk for risk in plan.risks if risk.id == "K7"]
    assert risk.chance_per_quarter == {"A": 0.024, "B": 0.048, "C": 0.1}
    [assumed] = [figure for figure in report.assumed if figure.path == LOSSES]
    assert re.fullmatch(
        f"alarms at twice the churn of .+, vendor bands; own deals do not tell it: {reason}", assumed.source
    )
    assert assumed.grade == "C"
    [alarms] = [entry for entry in plan.assumptions if entry.path == "risks.K7.event_probability"]
    shares = {"A": 0.15, "B": 0.35, "C": 0.5}  # of the accounts, as the method of the import says
    all_alarms = sum(shares[tier] * chance for tier, chance in risk.chance_per_quarter.items())
    assert alarms.low == pytest.approx(0.014 / all_alarms, abs=0.005), "1.4% of customers lost in 12 weeks"
    assert alarms.high == risk.event_probability == 0.5, "the vendor bands"
    header, *rows = data_requests(report, ENGLISH)
    [row] = [dict(zip(header, row, strict=True)) for row in rows if LOSSES in row[5]]
    assert re.search(f"own deals do not tell it: {reason}", row["Source"])
    [row_zh] = [row for row in data_requests(report, CHINESE)[1:] if LOSSES in row[5]]
    assert "自己的商机无法说明：" in row_zh[8]
    assert "own deals" not in row_zh[8]
    assert not any(entry.id == "U-K7" for entry in plan.uncertainty)


def test_a_purchase_on_the_day_or_later_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path, rhythm(0.1))
    table = tmp_path / "export" / "sales_pipeline.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    later = []
    for number, row in enumerate(rows[:80]):
        day = (AS_OF + dt.timedelta(days=number % 30)).isoformat()
        later.append(row | {"opportunity_id": f"E{number:05}", "engage_date": day, "close_date": day})
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *later])
    import_crm(tmp_path / "export", AS_OF, tmp_path / "after")
    assert (tmp_path / "plan" / "plan.yaml").read_bytes() == (tmp_path / "after" / "plan.yaml").read_bytes()


def test_several_deals_of_a_day_are_one_purchase(tmp_path: Path) -> None:
    _, once = made(tmp_path / "once", rhythm(0.1))
    _, twice = made(tmp_path / "twice", lambda rng: [[*days, *days] for days in rhythm(0.1)(rng)])
    basis = [next(f for f in report.estimates if f.path == LOSSES).basis for report in (once, twice)]
    assert basis[0] == basis[1]


def test_many_customers_take_no_longer_than_some() -> None:
    """Of 20,000 every tenth serves, with the interval of 2,000."""
    rng = np.random.default_rng(1)
    watched = rng.uniform(2, 8, 20_000)
    stops = rng.exponential(-1 / np.log(0.95), 20_000)
    until = np.minimum(watched, stops)
    again = rng.poisson(6 * until).astype(float)
    last = until * rng.uniform(size=20_000) ** (1 / np.maximum(again, 1)) * (again > 0)
    squares = np.where(again > 0, 2 / (again + 1), 0.0)
    found = stopping(Purchases(again, last, watched, squares))
    assert found.reason == ""
    assert found.low < 0.05 < found.high
    assert 0.004 < found.high - found.low < 0.02
