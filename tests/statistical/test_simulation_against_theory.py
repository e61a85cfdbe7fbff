"""The simulation against theory, at fixed seeds: Poisson leads, one rep as a queue, strikes, late payers.

|z| <= 4 everywhere: a fair simulation fails one comparison in about 16,000 seeds.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios.allocation import Allocation, BudgetCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import draw_future
from simulation.options import Options
from simulation.quarter import replicate, run_quarter
from simulation.records import Records

pytestmark = pytest.mark.statistical

MOST_Z = 4.0
SEED = 2026
WIN_RATE = 0.3
NO_WAIT = 1e-6
"""Median cycle, calendar days: an opportunity is decided as soon as its touch is done."""


def plan_of(*, weeks: int = 12, process: dict[str, Any] | None = None, **sections: Any) -> Plan:
    """One product, region and rep; one stage of one touch that takes no hours and is won at the tier's win rate."""
    stage = {"id": "deal", "name": "Deal", "conversion": 0.5, "cycle_share": 1, "touches": 1}
    process = {"touch_hours": 0, "cycle_sigma": 0, "value_sigma": 0, **(process or {})}
    plan = {
        "name": "theory",
        "currency": "CNY",
        "target": 1000,
        "calendar": {"start": dt.date(2026, 1, 5), "weeks": weeks},
        "process": {
            "stages": [{**stage, "touch_hours": process.pop("touch_hours")}],
            "qualified_stage": "deal",
            "lead_tier_mix": {"A": 1},
            **process,
        },
        "product_tiers": {"star": "Star"},
        "rep_tiers": {"core": "Core"},
        "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
        "customer_tiers": [{"id": "A", "name": "A", "priority": 1, "win_rate": WIN_RATE, "touches_per_week": 1}],
        "products": [
            {"id": "S", "name": "S", "tier": "star", "mean_deal": 100, "median_cycle_days": NO_WAIT, "margin": 1}
        ],
        "regions": [{"id": "north", "name": "North", "maturity": "mature", "base_amount": 1000}],
        "reps": [{"id": "R", "name": "R", "tier": "core", "regions": ["north"], "hours_per_week": 40}],
    }
    return Plan.model_validate({**plan, **sections})


def assert_z(found: float, expected: float, standard_error: float, what: str) -> None:
    z = (found - expected) / standard_error
    assert abs(z) <= MOST_Z, f"{what}: {found:g} for {expected:g}, z = {z:.1f}"


# Poisson leads x win chance x value.

SALON = {
    "id": "salon",
    "name": "Salon",
    "pool": "marketing",
    "unit_cost": 100,
    "leads_per_unit": 10,
    "acceptance": 0.5,
    "entry_stage": "deal",
    "product_mix": {"S": 1},
    "from_week": 3,
    "to_week": 8,
    "responses": {"all": [{"up_to_units": 4, "effect": 1}, {"up_to_units": 8, "effect": 0.5}]},
}
BASELINE = [{"id": "B", "product": "S", "region": "north", "accepted_per_quarter": 20}]


def leads_plan(**process: Any) -> Plan:
    pools = {"pools": [{"id": "marketing", "name": "Marketing", "amount": 1000}]}
    return plan_of(process=process, activities=[SALON], baseline_leads=BASELINE, money=pools)


def spending(amount: float) -> Allocation:
    return Allocation(name="by hand", quotas=(), budget=(BudgetCell("north", "salon", amount),))


def run(plan: Plan, allocation: Allocation, replications: int) -> list[Records]:
    model = compile_model(plan, allocation)
    return [replicate(model, SEED, number) for number in range(replications)]


def test_leads_wins_and_money_are_poisson_at_their_rates() -> None:
    """600 buy 6 units, 5 of full effect: 25 accepted; 20 come by themselves. Of n leads n * 0.3 are won, all Poisson.

    Money is compound Poisson: mean n * 0.3 * 100, variance n * 0.3 * E[value ** 2], where E[value ** 2] of a lognormal
    value of mean 100 is 100 ** 2 * exp(sigma ** 2).
    """
    sigma, count = 0.8, 1_000
    records = run(leads_plan(value_sigma=sigma), spending(600), count)
    for source, leads in (("salon", 25), ("baseline", 20)):
        deals = [[d for d in r.deals if d.source == source] for r in records]
        numbers = np.array([len(found) for found in deals])
        assert_z(numbers.mean(), leads, math.sqrt(leads / count), f"leads of {source}")
        # The variance of Poisson counts is their mean; the sample variance's is about 2 * mean ** 2 / count.
        assert_z(numbers.var(ddof=1), leads, leads * math.sqrt(2 / count), f"variance of leads of {source}")
        won = [[d for d in found if d.outcome == "won"] for found in deals]
        wins, money = np.array([len(w) for w in won]), np.array([sum(d.value for d in w) for w in won])
        assert_z(wins.mean(), leads * WIN_RATE, math.sqrt(leads * WIN_RATE / count), f"wins of {source}")
        spread = math.sqrt(leads * WIN_RATE * math.exp(sigma**2) / count) * 100
        assert_z(money.mean(), leads * WIN_RATE * 100, spread, f"money of {source}")
        days = np.concatenate([[d.created for d in found] for found in deals])
        window = (10, 40) if source == "salon" else (0, 60)
        assert stats.kstest(days, "uniform", (window[0], window[1] - window[0])).pvalue > 1e-5


def test_wins_inside_the_quarter_are_those_whose_cycle_ends_in_it() -> None:
    """Leads arrive evenly over 60 days and win after C working days: a share of the integral of F / 60 in time."""
    median, sigma, count = 20.0, 0.5, 1_000
    plan = leads_plan(cycle_sigma=sigma)
    products = [plan.products[0].model_copy(update={"median_cycle_days": median * 7 / 5})]
    records = run(plan.model_copy(update={"products": tuple(products)}), spending(0), count)
    grid = (np.arange(60_000) + 0.5) / 1_000  # the middle of each of 60,000 steps
    in_time = float(stats.lognorm(sigma, scale=median).cdf(grid).mean())
    wins = np.array([sum(d.outcome == "won" for d in r.deals) for r in records])
    expected = 20 * WIN_RATE * in_time
    assert_z(wins.mean(), expected, math.sqrt(expected / count), "wins in time")


def test_open_opportunities_win_by_their_stage_and_age() -> None:
    """In stage i at age a the cycle C has a / share up to its end < C <= a / share before it; won when C <= a + 60.

    Stages pass with win rate ** (ln c / sum of ln c from the qualified stage on): conversions 0.8, 0.5, 0.4, qualified
    from the second, so a tier of 30% passes them with 0.3 ** (ln 0.8 / ln 0.2), 0.3 ** (ln 0.5 / ln 0.2) and
    0.3 ** (ln 0.4 / ln 0.2).
    """
    conversions, bounds, median, sigma, each = (0.8, 0.5, 0.4), (0.0, 0.2, 0.7, 1.0), 40.0, 0.6, 2_000
    stages = [
        {"id": f"s{n}", "name": "S", "conversion": c, "touches": 2, "touch_hours": 0}
        | {"cycle_share": bounds[n + 1] - bounds[n]}
        for n, c in enumerate(conversions)
    ]
    groups = [(0, 1), (0, 2), (1, 1), (1, 6), (1, 15), (2, 1), (2, 6), (2, 15)]
    product = {"id": "S", "name": "S", "tier": "star", "mean_deal": 100, "median_cycle_days": median * 7 / 5}
    plan = plan_of(
        process={"stages": stages, "qualified_stage": "s1", "cycle_sigma": sigma},
        products=[product | {"margin": 1}],
        opportunities=[
            {"id": f"O-{stage}-{weeks:02}-{n:04}", "product": "S", "region": "north", "rep": "R", "customer_tier": "A"}
            | {"stage": f"s{stage}", "value": 100, "created": dt.date(2026, 1, 5) - dt.timedelta(weeks=weeks)}
            for stage, weeks in groups
            for n in range(each)
        ],
    )
    deals = replicate(compile_model(plan, Allocation(name="none", quotas=())), SEED, 0).deals
    cycle = stats.lognorm(sigma, scale=median)
    for stage, weeks in groups:
        age = 5 * weeks
        low, high = age / bounds[stage + 1], age / bounds[stage] if stage else math.inf
        in_time = (cycle.cdf(min(age + 60, high)) - cycle.cdf(low)) / (cycle.cdf(high) - cycle.cdf(low))
        passed = WIN_RATE ** (sum(math.log(c) for c in conversions[stage:]) / math.log(0.5 * 0.4))
        share = passed * in_time
        won = sum(d.outcome == "won" for d in deals if d.id.startswith(f"opportunity:O-{stage}-{weeks:02}-"))
        assert_z(won, each * share, math.sqrt(each * share * (1 - share)), f"won from stage {stage} at {weeks} weeks")


def test_twice_the_spend_only_adds_leads() -> None:
    """The same futures: each lead of the smaller budget is one of the larger, and goes the same way."""
    plan, more = leads_plan(value_sigma=0.8), 0
    for few, many in zip(run(plan, spending(300), 100), run(plan, spending(600), 100), strict=True):
        before, after = ({deal.id: deal for deal in records.deals} for records in (few, many))
        assert before.keys() <= after.keys()
        assert all(after[id_] == deal for id_, deal in before.items())
        more += len(after) - len(before)
    # 300 buy 3 full units, 600 buy 4 full and 2 at half effect: 15 and 25 accepted.
    assert_z(more / 100, 10, math.sqrt(10 / 100), "leads added")


# One rep as a queue.

QUEUE_WEEKS = 260
QUEUE_DAYS = 5 * QUEUE_WEEKS
WARM_UP_DAYS = 200
"""Relaxation takes about 1 / (mu * (1 - sqrt(rho)) ** 2) = 9.4 days."""
COOL_DOWN_DAYS = 100
"""What arrives in the last days may not be served before the end; it is not counted."""


def queue_plan(load: float) -> Plan:
    """24 hours a day (100 a week, the most a plan allows, times 1.2); touches are exponential with mean 6 hours, so
    mu = 4 a day.
    """
    arrivals = load * 4 * QUEUE_DAYS
    return plan_of(
        weeks=QUEUE_WEEKS,
        process={"touch_hours": 6, "touch_spread": "exponential"},
        reps=[{"id": "R", "name": "R", "tier": "core", "regions": ["north"], "hours_per_week": 100}],
        measures=[{"id": "shifts", "name": "Shifts", "effects": [{"parameter": "rep_hours", "factor": 1.2}]}],
        baseline_leads=[{"id": "B", "product": "S", "region": "north", "accepted_per_quarter": arrivals}],
    )


def test_a_rep_serves_in_order_of_arrival() -> None:
    """Lindley: a touch begins on arrival or when the one before is done. Exactly so, although after two cadences
    (ten days) touches move up a tier: those are the oldest.
    """
    model = compile_model(queue_plan(0.97), Allocation(name="none", quotas=()))
    future = draw_future(model, SEED, 0)
    records = run_quarter(model, future)
    free, longest, done = 0.0, 0.0, []
    for lead in future.leads:
        due = lead.day + NO_WAIT * 5 / 7 / 2  # the touch is due in the middle of the stage
        start = max(free, due)
        free = start + lead.chance.touch_factors[0] * 6 / 24
        longest = max(longest, start - due)
        done.append(free)
    assert longest > 2 * 5  # so that there were touches overdue by more than two cadences
    ended = [deal.ended for deal in records.deals if deal.outcome != "open"]
    assert len(ended) > 4_000
    assert ended == pytest.approx(done[: len(ended)], abs=2 * NO_WAIT)
    assert [deal.id for deal in records.deals] == [lead.id for lead in future.leads]


def test_a_rep_is_an_m_m_1_queue() -> None:
    """Mean time in the system 1 / (mu - lambda), utilisation rho; over independent replications after the warm-up."""
    load, service_rate, replications = 0.7, 4.0, 40
    model = compile_model(queue_plan(load), Allocation(name="none", quotas=()))
    sojourn, busy = [], []
    for number in range(replications):
        records = replicate(model, SEED, number)
        counted = [d for d in records.deals if WARM_UP_DAYS <= d.created < QUEUE_DAYS - COOL_DOWN_DAYS]
        assert all(deal.outcome != "open" for deal in counted)
        sojourn.append(np.mean([deal.ended - deal.created for deal in counted]))
        busy.append(sum(deal.hours for deal in counted) / 24 / (QUEUE_DAYS - COOL_DOWN_DAYS - WARM_UP_DAYS))
    for values, expected, what in (
        (sojourn, 1 / (service_rate * (1 - load)), "time in the system"),
        (busy, load, "utilisation"),
    ):
        standard_error = float(np.std(values, ddof=1)) / math.sqrt(replications)
        assert standard_error < 0.02 * expected
        assert_z(float(np.mean(values)), expected, standard_error, what)


# Strikes.


def test_strikes_are_binomial_inside_their_window() -> None:
    """200 accounts, each struck with chance 15% in weeks 3 to 6 (days 10 to 29), an event in 60% of strikes.

    Given a strike its day d has the hazard's weight: P(before or on day d) = (1 - 0.85 ** ((d - 9) / 20)) / 0.15.
    """
    accounts, chance, replications = 200, 0.15, 100
    plan = plan_of(
        accounts=[
            {"id": f"C{n:03}", "name": "C", "customer_tier": "A", "region": "north", "rep": "R"}
            for n in range(accounts)
        ],
        risks=[
            {
                "id": "K7",
                "name": "Churn",
                "subject": "account",
                "chance_per_quarter": {"A": chance},
                "from_week": 3,
                "to_week": 6,
                "event": "account_lost",
                "event_probability": 0.6,
            },
            {"id": "never", "name": "Never", "chance_per_quarter": 0},
            {"id": "always", "name": "Always", "chance_per_quarter": 1, "from_week": 5, "to_week": 5},
        ],
    )
    records = run(plan, Allocation(name="none", quotas=()), replications)
    strikes = [s for r in records for s in r.strikes if s.risk == "K7"]
    tries = accounts * replications
    assert_z(len(strikes), tries * chance, math.sqrt(tries * chance * (1 - chance)), "strikes")
    each = np.array([sum(s.risk == "K7" for s in r.strikes) for r in records])
    assert_z(each.var(ddof=1), accounts * chance * (1 - chance), each.var() * math.sqrt(2 / replications), "spread")
    events = sum(math.isfinite(s.event_day) for s in strikes)
    assert_z(events, len(strikes) * 0.6, math.sqrt(len(strikes) * 0.6 * 0.4), "events")
    reached = (1 - (1 - chance) ** (np.arange(21) / 20)) / chance
    days = np.bincount([int(s.day) for s in strikes], minlength=60)
    assert days[:10].sum() == days[30:].sum() == 0
    assert stats.chisquare(days[10:30], np.diff(reached) * len(strikes)).pvalue > 1e-5
    assert all(len({s.subject for s in r.strikes}) == len(r.strikes) for r in records)
    others = [(s.risk, s.day) for r in records for s in r.strikes if s.risk != "K7"]
    assert others == [("always", 20.0)] * replications


# Late payers.


def test_late_payments_follow_their_distribution() -> None:
    """Paid by working day x after the due day: 1 - late + late * F(x), of those that are ever paid."""
    late, bad, median, sigma, tries = 0.4, 0.05, 15.0, 0.7, 20_000
    rows = [{"id": f"I{n:05}", "amount": 1, "due_date": "2026-01-12"} for n in range(tries)]  # day 5
    payments = payments_of(rows, late=late, bad=bad, median=median, sigma=sigma)
    lost = sum(p.bad for p in payments)
    assert_z(lost, tries * bad, math.sqrt(tries * bad * (1 - bad)), "bad debt")
    assert {p.due for p in payments} == {5.0}
    on_time = sum(p.paid == p.due for p in payments)
    share = (1 - bad) * (1 - late)
    assert_z(on_time, tries * share, math.sqrt(tries * share * (1 - share)), "on time")
    for days in (5, 15, 30, 54.999):
        share = (1 - bad) * (1 - late + late * stats.lognorm(sigma, scale=median).cdf(days))
        paid = sum(p.paid <= p.due + days for p in payments)
        assert_z(paid, tries * share, math.sqrt(tries * share * (1 - share)), f"paid {days} days after")
    assert not any(60 <= p.paid < math.inf for p in payments)


def test_overdue_invoices_pay_given_how_late_they_are() -> None:
    """Overdue by 10 working days at the start: P(paid by day x) = P(late <= 10 + x | late > 10), due or not late."""
    overdue, median, sigma, tries = 10.0, 15.0, 0.7, 20_000
    rows = [{"id": f"I{n:05}", "amount": 1, "due_date": "2025-12-22"} for n in range(tries)]
    payments = payments_of(rows, late=0.4, bad=0, median=median, sigma=sigma)
    assert {p.due for p in payments} == {0.0}
    known = stats.lognorm(sigma, scale=median)
    for days in (1, 5, 15, 30, 59.999):
        share = (known.cdf(overdue + days) - known.cdf(overdue)) / known.sf(overdue)
        paid = sum(p.paid <= days for p in payments)
        assert_z(paid, tries * share, math.sqrt(tries * share * (1 - share)), f"paid by day {days}")


def test_the_longer_an_invoice_is_overdue_the_likelier_it_is_never_paid() -> None:
    """Bayes: of invoices open after t days, b are bad and (1 - b) l S(t) late by more than t days.

    Held against the formula, and against the same company met earlier: its invoices fall due on day 0 and are looked
    at t days later, when those open are as the overdue ones of a plan that starts then.
    """
    late, bad, median, sigma, tries = 0.4, 0.05, 15.0, 0.7, 20_000
    due = [{"id": f"I{n:05}", "amount": 1, "due_date": "2026-01-05"} for n in range(tries)]  # day 0
    earlier = payments_of(due, late=late, bad=bad, median=median, sigma=sigma)
    for weeks in (1, 3, 5):
        overdue = 5.0 * weeks
        first = dt.date(2026, 1, 5) - dt.timedelta(weeks=weeks)
        rows = [{"id": f"I{n:05}", "amount": 1, "due_date": first} for n in range(tries)]
        lost = sum(p.bad for p in payments_of(rows, late=late, bad=bad, median=median, sigma=sigma))
        still_open = late * stats.lognorm(sigma, scale=median).sf(overdue)
        share = bad / (bad + (1 - bad) * still_open)
        assert_z(lost, tries * share, math.sqrt(tries * share * (1 - share)), f"never paid after {overdue} days")
        seen = [p for p in earlier if p.paid > overdue]
        spread = math.sqrt(share * (1 - share) * (len(seen) + len(seen) ** 2 / tries))
        assert_z(sum(p.bad for p in seen), len(seen) * lost / tries, spread, f"met {overdue} days later")


def payments_of(rows: list[dict[str, Any]], *, late: float, bad: float, median: float, sigma: float) -> list[Any]:
    """Payments of one replication; the median is in working days."""
    lateness = {"late_share": late, "median_days_late": median * 7 / 5, "sigma": sigma, "bad_debt": bad}
    plan = plan_of(receivables=rows, money={"lateness": lateness})
    model = compile_model(plan, Allocation(name="none", quotas=()), Options.of(plan))
    payments = replicate(model, SEED, 0).payments
    assert len(payments) == len(rows)
    return payments
