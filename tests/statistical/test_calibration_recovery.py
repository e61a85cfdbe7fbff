"""Statistical: from data of known parameters the calibration finds them, with intervals that mean what they say.

Two sources: the generator of tests/crm_exports.py, which shares no code with the house, and our own simulation. The
90% intervals of each figure have to hold the truth in 85 to 95% of 200 sets (``-m long``); a few sets in every run.
Reps' rates are drawn from one population, as the calibration takes them to be: of reps who are truly alike, which
nobody knows of them, 96 to 98% of the intervals hold.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.calibration.rates import difficulty_spreads
from scenarios.crm.churn import losses_of
from scenarios.crm.entities import AccountEstimate
from scenarios.crm.estimates import Estimates, estimate
from scenarios.crm.export import read_export
from scenarios.crm.history import History, Windows
from scenarios.crm.invoices import invoices_known_on
from scenarios.crm.learning import about_win_rates
from scenarios.crm.mapping import read_assumed, read_mapping
from scenarios.crm.own_figures import Ids
from scenarios.crm.renewals import renewals_known_on
from scenarios.crm.staff import staff_known_on
from scenarios.plan import Plan
from scenarios.risks import Uncertainty
from simulation.compiling import compile_model
from simulation.distributions import lognormal_factor
from simulation.nature import nature_factor
from simulation.options import Options
from simulation.quarter import replicate
from tests.crm_exports import STAGES, START, Company, Truth, write_export, write_rows, write_stages

pytestmark = pytest.mark.statistical

COMPANY = Company(reps=6, win_spread=0.06, leads_a_week=2.5, leads_spread=0.25, weeks=52)
AS_OF = START + dt.timedelta(weeks=COMPANY.weeks)
Floats = NDArray[np.float64]
Checked = tuple[str, float, float, float]
"""Figure, low, truth, high."""


def calibrated(folder: Path) -> Estimates:
    return estimate(read_export(folder, read_mapping("maven")), AS_OF, read_assumed()[0], use_open_accounts=False)


def generated(folder: Path, seed: int) -> Iterator[Checked]:
    truth = write_export(folder, COMPANY, seed)
    yield from checks(calibrated(folder), COMPANY, truth)


def simulated(folder: Path, seed: int) -> Iterator[Checked]:
    """A year of our own simulation, hours without limit, written as an export."""
    rows: list[list[str]] = []
    rng = np.random.default_rng(seed)
    names = [f"R{number}" for number in range(4)]
    win_rates, leads = np.clip(rng.normal(0.6, 0.06, 4), 0.02, 0.98), 3 * rng.lognormal(0, 0.25, 4)
    truth = Truth(*(dict(zip(names, drawn.tolist(), strict=True)) for drawn in (win_rates, leads)))
    plan = own_plan(truth)
    model = compile_model(plan, Allocation("none", ()), Options.of(plan, risks=(), plans=(), uncertainty=False))
    for deal in replicate(model, seed, 0).deals:
        begun, ended = (START + dt.timedelta(days=int(day * 7 / 5)) for day in (deal.created, deal.ended))
        name = {"won": "Won", "lost": "Lost", "open": "Engaging"}[deal.outcome]
        end = ["", ""] if name == "Engaging" else [ended.isoformat(), f"{deal.value:.2f}" if name == "Won" else "0"]
        product, rep = plan.products[deal.product].name, plan.reps[deal.rep].name
        rows.append([f"D{len(rows):05}", rep, product, f"Account {len(rows) % 20:02}", name, begun.isoformat(), *end])
    company = Company(reps=4, median_days=28, sigma=0.5, prices={"Anvil": 1000.0})
    write_rows(folder, rows, [rep.name for rep in plan.reps], company.prices)
    yield from checks(calibrated(folder), company, truth, discount=1.0)


def own_plan(truth: Truth) -> Plan:
    reps = list(truth.leads)
    rates = [
        {"parameter": "win_rate", "factor": rate / 0.6, "scope": {"rep": [rep]}}
        for rep, rate in truth.win_rates.items()
    ]
    stage = {"id": "s", "name": "s", "conversion": 0.6, "cycle_share": 1, "touches": 1, "touch_hours": 0}
    return Plan.model_validate(
        {
            "name": "known",
            "currency": "USD",
            "target": 1000,
            "calendar": {"start": START, "weeks": 52},
            "process": {"stages": [stage], "qualified_stage": "s", "cycle_sigma": 0.5, "value_sigma": 0.05}
            | {"lead_tier_mix": {"C": 1}},
            "product_tiers": {"star": "Star"},
            "rep_tiers": {"core": "Core"},
            "maturities": [{"id": "m", "name": "m", "growth": 0}],
            "customer_tiers": [{"id": "C", "name": "C", "priority": 1, "win_rate": 0.6, "touches_per_week": 1}],
            "products": [
                {"id": "a", "name": "Anvil", "tier": "star", "mean_deal": 1000, "median_cycle_days": 28}
                | {"margin": 0.5}
            ],
            "regions": [{"id": "e", "name": "East", "maturity": "m", "base_amount": 1}],
            "reps": [{"id": r, "name": r, "tier": "core", "regions": ["e"], "hours_per_week": 40} for r in reps],
            "baseline_leads": [
                {"id": f"l-{r}", "product": "a", "region": "e", "rep": r, "accepted_per_quarter": 52 * a_week}
                for r, a_week in truth.leads.items()
            ],
            "measures": [{"id": "own", "name": "own", "effects": rates}],
        }
    )


def checks(found: Estimates, company: Company, known: Truth, discount: float | None = None) -> Iterator[Checked]:
    """Every figure that has a known truth, with its interval."""
    learnt = found.calibration
    overall = learnt.win.overall
    won = math.fsum(known.leads[rep] * rate for rep, rate in known.win_rates.items())
    yield "win rate", overall.low or 0, won / math.fsum(known.leads.values()), overall.high or 1
    for rep, truth in known.win_rates.items():
        figure = learnt.win.rates["rep"][rep]
        yield "win rate of a rep", figure.low or 0, truth, figure.high or 1
        leads = learnt.leads_by_rep[rep]
        yield "leads of a rep", leads.low or 0, known.leads[rep], leads.high or 0
    assert learnt.cycle is not None
    half = 1.645 * learnt.cycle.log_median_se
    if not learnt.cycle.waiting:
        middle = math.log(learnt.cycle.median)
        yield "median cycle", middle - half, math.log(company.median_days), middle + half
        yield "spread of cycles", found.cycle_sigma.low or 0, company.sigma, found.cycle_sigma.high or 0
    if learnt.ratio is not None:
        mean = discount or company.discount * math.exp(company.discount_sigma**2 / 2)
        yield "discount", learnt.ratio.low or 0, mean, learnt.ratio.high or 0


def staged(folder: Path, seed: int) -> Iterator[Checked]:
    """A year of deals that pass three stages: who passes each, and the cycle, of which lost deals saw a part."""
    company = Company(reps=4, leads_a_week=2.5, weeks=COMPANY.weeks)
    mapping = read_mapping(write_stages(folder, company, seed))
    found = estimate(read_export(folder, mapping), AS_OF, read_assumed()[0])
    assert found.stages is not None
    drawn = as_simulated(found, seed)
    ends = zip(*np.quantile(drawn, (0.05, 0.95), axis=0), strict=True)
    for name, figure, (low, high) in zip(found.stages.names, found.stages.passed, ends, strict=True):
        yield f"passes {name}", figure.low or 0, STAGES[name][0], figure.high or 1
        yield f"passes {name} as simulated", low, STAGES[name][0], high
    for figure in found.calibration.win.by_tier.values():  # customers are alike, and A those with luck
        truth = math.prod(share for share, _ in STAGES.values())
        yield "win rate of a customer tier", figure.low or 0, truth, figure.high or 1
    low, high = np.quantile(drawn.prod(axis=1), (0.05, 0.95))
    yield "passes all as simulated", low, math.prod(share for share, _ in STAGES.values()), high
    cycle = found.calibration.cycle
    assert cycle is not None
    half = 1.645 * cycle.log_median_se
    if not cycle.waiting:
        yield (
            "cycle of all stages",
            math.log(cycle.median) - half,
            math.log(company.median_days),
            (math.log(cycle.median) + half),
        )


def as_simulated(found: Estimates, seed: int) -> Floats:
    """Shares that pass each stage (column) in 2,000 quarters of what nobody knows: each stage, and the rest of all."""
    assert found.stages is not None
    win, rng = found.calibration.win, np.random.default_rng(seed)
    ids = Ids({}, {}, {}, {}, {}, {name: name for name in found.stages.names}, {})
    entries = about_win_rates(
        replace(win, by_tier={"all": win.overall}, tier_sd={"all": win.overall_sd}), found.stages, ids
    )
    drawn = {
        entry["id"]: nature_factor(Uncertainty.model_validate(entry), rng.uniform(size=2_000)) for entry in entries
    }
    rate = win.overall.value * drawn.get("U-win", 1.0)
    weights = np.log([figure.value for figure in found.stages.passed])
    weights /= weights.sum()
    return np.transpose(
        [rate ** (w * drawn[f"U-stage-{name}"]) for w, name in zip(weights, found.stages.names, strict=True)]
    )


@pytest.mark.parametrize(
    ("passed", "left"),
    [
        ((80, 48, 43), (100, 80, 48)),
        ((400, 240, 216), (500, 400, 240)),
        ((475, 120), (500, 475)),
        ((30, 25), (60, 30)),
        ((100, 80, 76, 30), (500, 100, 80, 76)),
    ],
)
def test_stages_that_are_drawn_each_spread_as_their_counts_say_and_so_does_passing_all(
    passed: list[int], left: list[int]
) -> None:
    """Against the posteriors of the counts (Jeffreys): of each stage, and of the whole, which is binomial as well.

    Of a few dozen deals they are skewed, which a lognormal factor follows to a tenth.
    """
    rng, draws = np.random.default_rng(1), 100_000
    drawn = []
    for count, of, spread in zip(passed, left, difficulty_spreads(passed, left), strict=True):
        share = ((count + 0.5) / (of + 1)) ** lognormal_factor(rng.uniform(size=draws), float(spread))
        truth = rng.beta(count + 0.5, of - count + 0.5, draws)
        assert share.mean() == pytest.approx(truth.mean(), abs=0.1 * truth.std())
        assert share.std() == pytest.approx(truth.std(), rel=0.12)
        drawn.append(share)
    whole = rng.beta(passed[-1] + 0.5, left[0] - passed[-1] + 0.5, draws)
    assert np.log(np.prod(drawn, axis=0)).std() == pytest.approx(np.log(whole).std(), rel=0.05)


def ledgers(_: Path, seed: int) -> Iterator[Checked]:
    """Two years of invoices and three of staff, by a generator of their own: late, never paid, not due yet, leaving."""
    rng = np.random.default_rng(seed)
    late, median, sigma, bad, leaving, count = 0.4, 9.0, 0.7, 0.03, 0.25, 700
    due = pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(-30, 700, count), unit="D")
    days = np.where(rng.uniform(size=count) < late, np.ceil(rng.lognormal(np.log(median), sigma, count)), 0)
    paid = pd.Series(due + pd.to_timedelta(days, unit="D")).where(rng.uniform(size=count) >= bad)
    rows = {"id": [f"I{n}" for n in range(count)], "account": "", "amount": 100.0, "due": due, "paid": paid}
    invoices = pd.DataFrame(rows).assign(issued=due - pd.Timedelta(days=60))
    money = read_assumed()[0].money
    learnt = invoices_known_on(invoices.astype({"due": "datetime64[ns]"}), AS_OF, money, ())
    assert learnt.days_late is not None
    for name, figure, truth in (
        ("paid late", learnt.late_share, late),
        ("days late", learnt.days_late.median, median),
        ("spread of days late", learnt.days_late.sigma, sigma),
        ("never paid", learnt.bad_debt, bad),
    ):
        assert figure is not None
        yield name, figure.low or 0, truth, figure.high or 1
    yield from contracts(rng)
    staff: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for _seat in range(25):  # whoever leaves is followed by somebody after 60 days
        day = pd.Timestamp(AS_OF) - pd.Timedelta(days=1500)
        while day < pd.Timestamp(AS_OF):
            left = day + pd.Timedelta(days=int(rng.exponential(365.25 / leaving)) + 1)
            staff.append((day, left))
            day = left + pd.Timedelta(days=60)
    table = pd.DataFrame(staff, columns=["hired", "left"]).assign(name=[f"R{n}" for n in range(len(staff))])
    rate = staff_known_on(table, AS_OF, 156, ()).leaving
    assert rate is not None
    yield "leaving", rate.per_year.low or 0, leaving, rate.per_year.high or 0


def contracts(rng: np.random.Generator, best: float | None = None) -> Iterator[Checked]:
    """Contracts of customers of three tiers, of which each renews with its tier's own rate; a fifth is not due yet.

    The rates are drawn from one population, or fall from the tier that has the fewest and is the ``best``.
    """
    sizes = {"A": 30, "B": 70, "C": 120}
    rates = {tier: float(np.clip(rng.normal(0.82, 0.06), 0.02, 0.98)) for tier in sizes}
    if best is not None:
        rates = {"A": best, "B": best - 0.11, "C": best - 0.18}
    date = pd.Timestamp(AS_OF)
    accounts = [
        AccountEstimate(f"{tier}{number:03}", tier, "East", "Rep", "")
        for tier in sizes
        for number in range(sizes[tier])
    ]
    due = date - pd.to_timedelta(rng.integers(-90, 360, len(accounts)), unit="D")
    renewed = rng.uniform(size=len(accounts)) < [rates[account.tier] for account in accounts]
    table = pd.DataFrame({"account": [a.name for a in accounts], "product": "Anvil", "amount": 100.0, "due": due})
    table = table.assign(decided=pd.NaT, answer=np.where(renewed, "renewed", "lost"))
    deals = pd.DataFrame({"account": ["none"], "product": "Anvil", "outcome": "won", "closed": [date], "value": 1.0})
    learnt = renewals_known_on(
        table.astype({"decided": "datetime64[ns]"}),
        History(deals, ()),
        Windows(AS_OF, AS_OF - dt.timedelta(days=91), AS_OF - dt.timedelta(days=182), START),
        accounts,
        sorted(rates),
    )
    for tier, rate in rates.items():
        name = "renewed of a tier" if best is None else f"renewed of tier {tier}"
        yield name, learnt.rates[tier].low or 0, rate, learnt.rates[tier].high or 1


def test_intervals_of_tiers_hold_where_the_smallest_is_the_best() -> None:
    """No draw from one population, and yet 82 to 97% of 90% intervals hold (uniform shrinkage: 55% of tier A's)."""
    hits: dict[str, list[bool]] = {}
    for seed in range(150):
        for name, low, truth, high in contracts(np.random.default_rng(seed), best=0.93):
            hits.setdefault(name, []).append(low <= truth <= high)
    assert {name: len(held) for name, held in hits.items()} == {f"renewed of tier {tier}": 150 for tier in "ABC"}
    assert all(0.82 <= sum(held) / len(held) <= 0.97 for held in hits.values()), hits


def buyers(_: Path, seed: int) -> Iterator[Checked]:
    """Two years of customers who buy at rates of their own and of whom 8% stop in a quarter."""
    rng, rows, stopping = np.random.default_rng(seed), [], 0.08
    for number in range(250):
        day, rate = float(rng.integers(0, 600)), rng.gamma(2.0, 1.25) / 91
        stops = day + rng.exponential(-91 / math.log(1 - stopping))
        while day < min(stops, 728):
            rows.append((f"A{number}", pd.Timestamp(AS_OF) - pd.Timedelta(days=728 - int(day))))
            day += rng.exponential(1 / rate)
    deals = pd.DataFrame(rows, columns=["account", "closed"]).assign(outcome="won")
    windows = Windows(AS_OF, AS_OF - dt.timedelta(days=91), AS_OF - dt.timedelta(days=182), START)
    chance = losses_of(History(deals, ()), windows).chance
    if chance is not None:
        yield "customers lost", chance.low or 0, stopping, chance.high or 1


def coverage(source: Callable[[Path, int], Iterator[Checked]], folder: Path, sets: int) -> dict[str, list[float]]:
    """Figure → share of its intervals that hold the truth in each set that tells it."""
    held: dict[str, list[float]] = {}
    for seed in range(sets):
        of_set: dict[str, list[bool]] = {}
        for name, low, truth, high in source(folder / f"{source.__name__}-{seed}", seed):
            of_set.setdefault(name, []).append(bool(low <= truth <= high))
        for name, hits in of_set.items():
            held.setdefault(name, []).append(sum(hits) / len(hits))
    return held


@pytest.mark.parametrize(("source", "sets"), [(generated, 8), (simulated, 8), (staged, 20), (ledgers, 20), (buyers, 8)])
def test_intervals_hold_what_is_known(
    source: Callable[[Path, int], Iterator[Checked]], sets: int, tmp_path: Path
) -> None:
    """A few sets: enough to see an interval that is wrong by a factor, not its last points."""
    held = coverage(source, tmp_path, sets)
    assert all(len(shares) >= 0.8 * sets for shares in held.values()), held
    assert np.mean([share for shares in held.values() for share in shares]) >= 0.8, held


@pytest.mark.long
@pytest.mark.parametrize("source", [generated, simulated, staged, ledgers, buyers])
def test_intervals_hold_the_truth_in_nine_of_ten_sets(
    source: Callable[[Path, int], Iterator[Checked]], tmp_path: Path
) -> None:
    """Each figure by itself: of 200 sets 85 to 95%, and where fewer tell it a band as much wider as chance is.

    Of 90% intervals that mean what they say 90 of 100 hold, ± 2.1 in 200 sets, so chance alone leaves the band in one
    of fifty figures. The sets are counted and not the intervals: those of the reps of one set are wrong together.
    """
    held = coverage(source, tmp_path, sets=200)
    assert all(len(shares) >= 190 for shares in held.values()), {name: len(shares) for name, shares in held.items()}
    found = {name: float(np.mean(shares)) for name, shares in held.items()}
    off = {name for name, share in found.items() if abs(share - 0.9) > 0.05 * math.sqrt(200 / len(held[name])) + 1e-9}
    assert not off, found
