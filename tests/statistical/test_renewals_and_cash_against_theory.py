"""Renewals and cash against theory, at fixed seeds: contracts thinned by what goes before, and money by day 60.

|z| <= 4 everywhere: a fair simulation fails one comparison in about 16,000 seeds.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.kpis import measure
from simulation.quarter import replicate
from tests.statistical.test_simulation_against_theory import SEED, assert_z, plan_of

pytestmark = pytest.mark.statistical

NOTHING = Allocation(name="none", quotas=())
MONDAY = dt.date(2026, 1, 5)
HORIZON = 60
ACCOUNTS = 600
RENEWAL_RATE, LATE_FACTOR, FROM_WEEK = 0.9, 0.7, 7
CHURN, EVENT, NOTICE = 0.3, 0.6, 7.5


def accounts() -> list[dict[str, Any]]:
    """A contract on every working day, ten of each."""
    dates = [MONDAY + dt.timedelta(days=day) for day in range(84) if day % 7 < 5]
    return [
        {"id": f"C{n:03}", "name": "", "customer_tier": "A", "region": "north", "rep": "R", "product": "S"}
        | {"renewal_amount": 100 + n, "renewal_date": dates[n % HORIZON]}
        for n in range(ACCOUNTS)
    ]


def renewals_plan() -> Plan:
    tier = {"id": "A", "name": "A", "priority": 1, "win_rate": 0.3, "touches_per_week": 1}
    churn = {"id": "K7", "name": "", "subject": "account", "chance_per_quarter": {"A": CHURN}}
    return plan_of(
        process={"late_renewal_factor": LATE_FACTOR, "renewals_from_week": FROM_WEEK},
        customer_tiers=[tier | {"renewal_rate": RENEWAL_RATE}],
        accounts=accounts(),
        risks=[churn | {"event": "account_lost", "event_probability": EVENT, "notice_days": NOTICE}],
    )


def chance_of_renewal(day: int) -> tuple[float, float]:
    """Of being there still on a day, and of renewing then.

    A strike on day k or before has chance 1 − (1 − churn) ** ((k + 1) / 60); it ends in a loss 7.5 days later, six
    times in ten. Nobody comes ahead of a contract that is due before or on the first day of week 7: it renews less.
    """
    struck = 1 - (1 - CHURN) ** (max(math.floor(day - NOTICE) + 1, 0) / HORIZON)
    there = 1 - EVENT * struck
    in_time = day > 5 * (FROM_WEEK - 1)
    return there, there * RENEWAL_RATE * (1 if in_time else LATE_FACTOR)


def test_renewals_are_a_thinned_count() -> None:
    """Each contract renews by itself with its own chance: sums of independent yeses, in number and in money."""
    replications = 16
    model = compile_model(renewals_plan(), NOTHING)
    ends = [renewal for number in range(replications) for renewal in replicate(model, SEED, number).renewals]
    assert len(ends) == ACCOUNTS * replications
    for first, last in ((0, 10), (10, 30), (30, 31), (31, 45), (45, 60)):
        days = [day for day in range(first, last) for _ in range(replications * ACCOUNTS // HORIZON)]
        found = [renewal for renewal in ends if first <= renewal.day < last]
        assert len(found) == len(days)
        for outcomes, chances in (
            (["renewed"], [chance_of_renewal(day)[1] for day in days]),
            (["renewed", "not renewed"], [chance_of_renewal(day)[0] for day in days]),
        ):
            spread = math.sqrt(sum(p * (1 - p) for p in chances))
            count = sum(renewal.outcome in outcomes for renewal in found)
            assert_z(count, sum(chances), spread or 1e-9, f"{outcomes} on days {first} to {last - 1}")
    money = sum(renewal.value for renewal in ends)
    chances = [(100 + n, chance_of_renewal(n % HORIZON)[1]) for n in range(ACCOUNTS)] * replications
    spread = math.sqrt(sum(amount**2 * p * (1 - p) for amount, p in chances))
    assert_z(money, sum(amount * p for amount, p in chances), spread, "money renewed")


LATE, BAD, MEDIAN, SIGMA = 0.4, 0.05, 12.0, 0.7
TERMS = ((0.3, 7), (0.6, 42), (0.1, 365))


def test_cash_by_day_60_is_what_the_delay_s_distribution_says() -> None:
    """A payment due on day d is there by day 60 with (1 − bad) (1 − late + late F(60 − d)), F lognormal; of an invoice
    that was overdue by o days at the start, given that it is bad or its delay is more than o. Each falls by itself.
    """
    late = {"late_share": LATE, "median_days_late": MEDIAN * 7 / 5, "sigma": SIGMA, "bad_debt": BAD}
    terms = [{"share": share, "due_days": days} for share, days in TERMS]
    invoices = [
        {"id": f"I{n:04}", "amount": 50 + n % 7, "due_date": MONDAY + dt.timedelta(days=7 * (n % 14) - 14)}
        for n in range(1_400)
    ]
    plan = plan_of(accounts=accounts(), receivables=invoices, money={"lateness": late, "payment_terms": terms})
    model = compile_model(plan, NOTHING)
    delay = stats.lognorm(SIGMA, scale=MEDIAN)
    parts = []  # amount, chance that it is there by day 60
    for invoice in invoices:
        due = (invoice["due_date"] - MONDAY).days * 5 / 7
        if due < 0:
            in_time = LATE * (delay.cdf(HORIZON - due) - delay.cdf(-due))
            there = (1 - BAD) * in_time / (BAD + (1 - BAD) * LATE * delay.sf(-due))
        else:
            there = (1 - BAD) * (1 - LATE + LATE * delay.cdf(HORIZON - due))
        if due < HORIZON:
            parts.append((float(invoice["amount"]), float(there)))
    for n in range(ACCOUNTS):  # every contract renews on its day, and is paid in parts
        for share, days in TERMS:
            due = n % HORIZON + days * 5 / 7
            if due < HORIZON:
                parts.append(((100 + n) * share, float((1 - BAD) * (1 - LATE + LATE * delay.cdf(HORIZON - due)))))
    replications = 4
    records = [replicate(model, SEED, number) for number in range(replications)]
    assert {len(record.payments) for record in records} == {len(parts)}
    expected = sum(amount * chance for amount, chance in parts)
    spread = math.sqrt(sum(amount**2 * chance * (1 - chance) for amount, chance in parts))
    assert spread < 0.02 * expected
    cash = np.array([measure(record, model).kpis["cash"] for record in records])
    assert_z(cash.mean(), expected, spread / math.sqrt(replications), "cash by day 60")
    rate = expected / sum(amount for amount, _ in parts)
    rates = [measure(record, model).kpis["collection_rate"] for record in records]
    assert_z(float(np.mean(rates)), rate, rate * spread / expected / math.sqrt(replications), "collection rate")
