"""Exports of a made-up company whose figures are known, from a generator that shares no code with the simulation."""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scenarios.crm.mapping import LIBRARY

START = dt.date(2023, 1, 2)
"""First day on which deals are engaged."""


@dataclass(frozen=True)
class Company:
    """What is true of the company."""

    reps: int = 8
    win_rate: float = 0.55
    win_spread: float = 0.0
    """Standard deviation of the reps' win rates."""
    median_days: float = 30.0
    sigma: float = 0.6
    ever: float = 1.0
    """Share of deals that ever end."""
    leads_a_week: float = 4.0
    """Of each rep, or the middle of the reps' own."""
    leads_spread: float = 0.0
    """Standard deviation of the logarithm of the reps' leads."""
    prices: dict[str, float] = field(default_factory=lambda: {"Anvil": 1000.0, "Bolt": 400.0, "Crate": 5000.0})
    mix: tuple[float, ...] = (0.5, 0.4, 0.1)
    discount: float = 0.95
    discount_sigma: float = 0.05
    weeks: int = 52


STAGES = {"Meet": (0.8, 0.2), "Propose": (0.6, 0.5), "Agree": (0.9, 0.3)}
"""Stage → share of the deals that pass it, part of the cycle that it takes."""


@dataclass(frozen=True)
class Truth:
    """What was drawn once for the company: the reps' own rates."""

    win_rates: dict[str, float]
    leads: dict[str, float]
    """A week."""


def deals_of(company: Company, seed: int) -> tuple[list[list[str]], Truth]:
    """Deals as of ``weeks`` after the start: id, rep, product, account, stage, engaged, closed, value."""
    rng = np.random.default_rng(seed)
    names = [f"Rep {number:02}" for number in range(company.reps)]
    rates = np.clip(rng.normal(company.win_rate, company.win_spread, company.reps), 0.02, 0.98)
    leads = np.full(company.reps, company.leads_a_week)
    if company.leads_spread:
        leads *= rng.lognormal(0, company.leads_spread, company.reps)
    end = START + dt.timedelta(weeks=company.weeks)
    rows: list[list[str]] = []
    products = list(company.prices)
    for rep, rate, a_week in zip(names, rates, leads, strict=True):
        count = rng.poisson(a_week * company.weeks)
        for begun in np.sort(rng.integers(0, 7 * company.weeks, count)):
            product = products[rng.choice(len(products), p=company.mix)]
            lasts = rng.lognormal(np.log(company.median_days), company.sigma)
            engaged = START + dt.timedelta(days=int(begun))
            # Begun at some hour of the day: whole days are a uniform rounding of the true length.
            closed = START + dt.timedelta(days=int(begun + rng.uniform() + lasts))
            won = rng.uniform() < rate
            value = company.prices[product] * company.discount * rng.lognormal(0, company.discount_sigma)
            is_open = closed >= end or rng.uniform() >= company.ever
            stage = "Engaging" if is_open else "Won" if won else "Lost"
            rows.append(
                [f"D{len(rows):06}", rep, product, f"Account {rng.integers(20):02}", stage, engaged.isoformat()]
                + (["", ""] if is_open else [closed.isoformat(), f"{value:.2f}" if won else "0"])
            )
    return rows, Truth(*(dict(zip(names, drawn.tolist(), strict=True)) for drawn in (rates, leads)))


def write_export(folder: Path, company: Company, seed: int) -> Truth:
    """Write an export of the company in the layout of the maven preset."""
    rows, truth = deals_of(company, seed)
    write_rows(folder, rows, list(truth.win_rates), company.prices)
    return truth


def write_rows(folder: Path, rows: list[list[str]], reps: list[str], prices: dict[str, float]) -> None:
    """Write deals, and what belongs to them, in the layout of the maven preset."""
    folder.mkdir(parents=True)
    header = [
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ]
    _write(folder / "sales_pipeline.csv", header, rows)
    _write(folder / "products.csv", ["product", "sales_price"], [[p, str(v)] for p, v in prices.items()])
    offices = [[rep, ["East", "West"][number % 2]] for number, rep in enumerate(reps)]
    _write(folder / "sales_teams.csv", ["sales_agent", "regional_office"], offices)
    accounts = sorted({row[3] for row in rows})
    _write(folder / "accounts.csv", ["account", "sector"], [[account, "retail"] for account in accounts])


def write_salesforce(path: Path, company: Company, seed: int) -> None:
    """Write an export of the company as a Salesforce report in one file."""
    stages = {"Engaging": "Negotiation/Review", "Won": "Closed Won", "Lost": "Closed Lost"}
    rows, truth = deals_of(company, seed)
    office = {rep: ["East", "West"][number % 2] for number, rep in enumerate(truth.win_rates)}
    header = ["Opportunity ID", "Opportunity Owner", "Product Name", "Account Name", "Stage"]
    header += ["Created Date", "Close Date", "Amount", "Opportunity Owner Role"]
    planned = (START + dt.timedelta(weeks=company.weeks + 20)).isoformat()  # open deals have a planned closing
    table = [[*row[:4], stages[row[4]], row[5], row[6] or planned, row[7], office[row[1]]] for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, header, table)


def write_queues(folder: Path, company: Company, closings_a_week: float, seed: int) -> None:
    """An export of reps who have more deals than time and close the longest waiting first, so many a week."""
    rng = np.random.default_rng(seed)
    end, rows = START + dt.timedelta(weeks=company.weeks), []
    names, product = [f"Rep {number}" for number in range(company.reps)], next(iter(company.prices))
    for rep in names:
        begun = rng.uniform(0, 7 * company.weeks, rng.poisson(company.leads_a_week * company.weeks))
        due = begun + rng.lognormal(np.log(company.median_days), company.sigma, len(begun))
        closed = 0.0
        for deal in np.argsort(due):
            closed = max(closed, due[deal]) + (rng.exponential(7 / closings_a_week) if closed else 0.0)
            engaged, ended = (START + dt.timedelta(days=int(day)) for day in (begun[deal], closed))
            won, is_open = rng.uniform() < company.win_rate, ended >= end
            stage = "Engaging" if is_open else "Won" if won else "Lost"
            value = company.prices[product] * rng.lognormal(0, 0.1)
            row = [f"D{len(rows):06}", rep, product, f"Account {rng.integers(20):02}", stage, engaged.isoformat()]
            rows.append(row + (["", ""] if is_open else [ended.isoformat(), f"{value:.2f}" if won else "0"]))
    write_rows(folder, rows, names, company.prices)


def write_growing(folder: Path, company: Company, leads_at_end: float, closings_a_week: float, seed: int) -> None:
    """An export of a company that is a year old on its first day, from which on its leads rise (or fall) evenly.

    Reps close what is due in any order, so many a week at most (infinite: at once).
    """
    rng = np.random.default_rng(seed)
    days, end = 7 * company.weeks, START + dt.timedelta(weeks=company.weeks)
    names, product, rows = [f"Rep {number}" for number in range(company.reps)], next(iter(company.prices)), []
    most = max(company.leads_a_week, leads_at_end)
    for rep in names:
        day = np.sort(rng.uniform(-364, days, rng.poisson(most * (52 + company.weeks))))
        leads = company.leads_a_week + (leads_at_end - company.leads_a_week) * np.maximum(day, 0) / days
        begun = day[rng.uniform(0, most, len(day)) < leads]
        due = begun + rng.lognormal(np.log(company.median_days), company.sigma, len(begun))
        closed, coming, waiting, now = due.copy(), np.argsort(due).tolist(), [], -math.inf
        while math.isfinite(closings_a_week) and (coming or waiting):
            now = now if waiting else max(now, due[coming[0]])
            while coming and due[coming[0]] <= now:
                waiting.append(coming.pop(0))
            now += rng.exponential(7 / closings_a_week)
            closed[waiting.pop(rng.integers(len(waiting)))] = now
        for deal in np.flatnonzero(closed >= 0):
            engaged = START + dt.timedelta(days=math.floor(begun[deal]))
            ended = START + dt.timedelta(days=math.floor(min(closed[deal], 2 * days)))
            won, is_open = rng.uniform() < company.win_rate, ended >= end
            stage = "Engaging" if is_open else "Won" if won else "Lost"
            value = company.prices[product] * rng.lognormal(0, 0.1)
            row = [f"D{len(rows):06}", rep, product, f"Account {rng.integers(20):02}", stage, engaged.isoformat()]
            rows.append(row + (["", ""] if is_open else [ended.isoformat(), f"{value:.2f}" if won else "0"]))
    write_rows(folder, rows, names, company.prices)


def write_stages(folder: Path, company: Company, seed: int, stages: dict[str, tuple[float, float]] = STAGES) -> Path:
    """An export whose deals pass stages, with the file of their entries, and the mapping that reads both.

    Each deal has one cycle, of which each stage takes its part; at the end of a stage it goes on, or is lost.
    """
    rng = np.random.default_rng(seed)
    end = START + dt.timedelta(weeks=company.weeks)
    deals, entries = [], []
    names = [f"Rep {number:02}" for number in range(company.reps)]
    products = list(company.prices)
    for rep in names:
        for begun in np.sort(rng.uniform(0, 7 * company.weeks, rng.poisson(company.leads_a_week * company.weeks))):
            number, day, outcome = f"D{len(deals):06}", begun, "Won"
            cycle = rng.lognormal(np.log(company.median_days), company.sigma)
            for stage, (passes, part) in stages.items():
                if START + dt.timedelta(days=int(day)) >= end:
                    break
                entries.append([number, stage, (START + dt.timedelta(days=int(day))).isoformat()])
                day += part * cycle
                if rng.uniform() >= passes:
                    outcome = "Lost"
                    break
            closed = START + dt.timedelta(days=int(day))
            product = products[rng.choice(len(products), p=company.mix)]
            value = company.prices[product] * company.discount * rng.lognormal(0, company.discount_sigma)
            engaged = START + dt.timedelta(days=int(begun))
            is_open = closed >= end
            stage = entries[-1][1] if is_open else outcome
            row = [number, rep, product, f"Account {rng.integers(20):02}", stage, engaged.isoformat()]
            deals.append(row + (["", ""] if is_open else [closed.isoformat(), f"{value:.2f}"]))
    write_rows(folder, deals, names, company.prices)
    _write(folder / "stages.csv", ["deal", "stage", "day"], entries)
    text = (LIBRARY / "maven.yaml").read_text(encoding="utf-8").replace("name: maven", "name: staged")
    head, _, tail = text.partition("  Prospecting: open\n  Engaging: open\n")
    text = head + "".join(f"  {stage}: open\n" for stage in stages) + tail
    text += "stage_history:\n  file: stages.csv\n  columns: {deal: deal, stage: stage, entered: day}\n"
    path = folder.parent / f"{folder.name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
