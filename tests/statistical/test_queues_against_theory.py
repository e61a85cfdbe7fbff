"""Two queues against theory, at fixed seeds: two customer tiers wait for one rep, uses wait for a shared team.

|z| <= 4 everywhere, over independent replications after a warm-up.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.quarter import replicate
from tests.statistical.test_simulation_against_theory import SEED, assert_z, plan_of

pytestmark = pytest.mark.statistical

NOTHING = Allocation(name="none", quotas=())
DAYS_PER_WEEK = 5
HOURS_A_DAY = 24
NEVER = 0.001
"""Touches a week: of such a cadence nobody is ever overdue by two, so that nobody moves up a tier."""


def assert_mean(found: list[list[float]], expected: float, precision: float, what: str) -> None:
    """Mean over all cases of independent replications, as a ratio: busy replications have more cases and other ones."""
    sums, counts = (np.array([measure(cases) for cases in found], dtype=float) for measure in (sum, len))
    mean = sums.sum() / counts.sum()
    off = float(np.std(sums - expected * counts, ddof=1)) * math.sqrt(len(found))
    standard_error = off / counts.sum()
    assert standard_error < precision * expected, f"{what}: {standard_error / expected:.1%}"
    assert_z(mean, expected, standard_error, what)


# Two tiers, one rep.

SERVICE_DAYS = {"A": 3 / HOURS_A_DAY, "C": 6 / HOURS_A_DAY}
LOAD = {"A": 0.3, "C": 0.4}


def tiers_plan(weeks: int) -> Plan:
    """Exponential touches of mean 6 hours, half as long for A; leads of both tiers come by themselves."""
    tier = {"name": "", "win_rate": 0.3, "touches_per_week": NEVER}
    arrivals = {tier: weeks * DAYS_PER_WEEK * LOAD[tier] / SERVICE_DAYS[tier] for tier in LOAD}
    effects = [
        {"parameter": "rep_hours", "factor": HOURS_A_DAY / 20},
        {"parameter": "touch_hours", "factor": 0.5, "scope": {"customer_tier": ["A"]}},
    ]
    return plan_of(
        weeks=weeks,
        process={"touch_hours": 6, "touch_spread": "exponential"},
        reps=[{"id": "R", "name": "R", "tier": "core", "regions": ["north"], "hours_per_week": 100}],
        customer_tiers=[tier | {"id": "A", "priority": 1}, tier | {"id": "C", "priority": 2}],
        measures=[{"id": "shifts", "name": "Shifts", "effects": effects}],
        baseline_leads=[
            {"id": f"B-{tier}", "product": "S", "region": "north", "tier_mix": {tier: 1}}
            | {"accepted_per_quarter": number}
            for tier, number in arrivals.items()
        ],
    )


def waits_by_tier(replications: int, weeks: int) -> dict[str, list[list[float]]]:
    """Waits of each replication: from acceptance to the end, less the time of the touch itself."""
    model = compile_model(tiers_plan(weeks), NOTHING)
    waits: dict[str, list[list[float]]] = {tier: [] for tier in LOAD}
    for number in range(replications):
        records = replicate(model, SEED, number)
        for tier, found in waits.items():
            deals = [d for d in records.deals if model.tiers[d.tier] == tier]
            counted = [d for d in deals if 100 <= d.created < model.horizon - 100]
            assert all(deal.outcome != "open" for deal in counted)
            found.append([d.ended - d.created - d.hours / HOURS_A_DAY for d in counted])
    return waits


def cobham() -> dict[str, float]:
    """A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954): W_k = W_0 / ((1 − σ_k−1)
    (1 − σ_k)), σ_k the load of tiers 1 to k, W_0 = Σ λ E[S²] / 2 what is left of the touch in hand. Exponential: E[S²]
    = 2 / μ², so W_0 = Σ ρ / μ.
    """
    in_hand = sum(LOAD[tier] * SERVICE_DAYS[tier] for tier in LOAD)
    return {"A": in_hand / (1 - LOAD["A"]), "C": in_hand / ((1 - LOAD["A"]) * (1 - LOAD["A"] - LOAD["C"]))}


def assert_cobham(replications: int, weeks: int, precision: float) -> None:
    waits, expected = waits_by_tier(replications, weeks), cobham()
    assert expected["C"] == pytest.approx(expected["A"] / 0.3)
    for tier in LOAD:
        assert_mean(waits[tier], expected[tier], precision, f"wait of {tier}")


def test_two_tiers_wait_for_a_rep_by_cobham_s_formula() -> None:
    assert_cobham(replications=10, weeks=160, precision=0.08)


@pytest.mark.long
def test_two_tiers_wait_for_a_rep_by_cobham_s_formula_closely() -> None:
    """About a minute: shows a wait that is 10% off."""
    assert_cobham(replications=40, weeks=260, precision=0.025)


# A shared team.

PLACES = 3
ACCOUNTS = 4_000
CHANCE = 0.02


def team_plan(weeks: int, load: float) -> Plan:
    """Strikes on many accounts, each of a small chance, are a Poisson number a day; each calls for the team."""
    a_day = load * PLACES / DAYS_PER_WEEK
    risks = math.ceil(a_day * weeks * DAYS_PER_WEEK / (ACCOUNTS * CHANCE))
    chance = a_day * weeks * DAYS_PER_WEEK / (ACCOUNTS * risks)
    rows: list[dict[str, Any]] = [
        {"id": f"C{n:04}", "name": "", "customer_tier": "A", "region": "north", "rep": "R"} for n in range(ACCOUNTS)
    ]
    ids = [f"K{n:02}" for n in range(risks)]
    strikes = {"name": "", "subject": "account", "chance_per_quarter": {"A": -math.expm1(-chance)}}
    visit = {"name": "", "resource": "visits", "delay_days": 2, "chosen": True}
    return plan_of(
        weeks=weeks,
        accounts=rows,
        risks=[strikes | {"id": id, "detection_days": 1} for id in ids],
        resources=[{"id": "visits", "name": "Visits", "per_week": PLACES}],
        contingency_plans=[visit | {"id": f"V{id}", "trigger": {"strike": id}} for id in ids],
    )


def fixed_service_queue(load: float, places: int = PLACES) -> tuple[float, float]:
    """Mean wait in days, and the share of those who do not wait at all, of a team that each use takes for a week.

    Crommelin ("Delay probability formulae when the holding times are constant", Post Office Electrical Engineers'
    Journal 25, 1932): a week after a moment all who were served then have gone, so X(t + 5) = max(X(t) − c, 0) + those
    who came in between. Strikes fall on mornings, so a day's arrivals are a Poisson batch, and nothing changes between
    mornings. X: in the system after the arrivals of a morning; Y: before them. By Little's law the mean wait is
    E[max(X − c, 0)] ÷ arrivals a day. Of a batch as many are served at once as there are places free.
    """
    a_day, most = load * places / DAYS_PER_WEEK, 300
    week, others, day = (stats.poisson(a_day * days).pmf(np.arange(most)) for days in (5, 4, 1))
    present = week.copy()
    for _ in range(3_000):
        present = np.convolve(waiting(present, places), week)[:most]
    present /= present.sum()
    mean_wait = float(waiting(present, places) @ np.arange(most)) / a_day
    before = np.convolve(waiting(present, places), others)[:most]
    at_once = sum(before[places - free] * float(np.minimum(np.arange(most), free) @ day) for free in range(places + 1))
    return mean_wait, float(at_once) / a_day


def waiting(present: np.ndarray[Any, Any], places: int) -> np.ndarray[Any, Any]:
    """Distribution of max(X − places, 0)."""
    return np.concatenate([[present[: places + 1].sum()], present[places + 1 :], np.zeros(places)])


def erlang_c(load: float) -> float:
    """Mean wait in days if a use took an exponential time of mean a week, arriving one by one: A. K. Erlang, 1917."""
    offered = load * PLACES
    all_taken = offered**PLACES / math.factorial(PLACES) / (1 - load)
    delayed = all_taken / (sum(offered**k / math.factorial(k) for k in range(PLACES)) + all_taken)
    return delayed * DAYS_PER_WEEK / (PLACES * (1 - load))


def assert_team(load: float, replications: int, weeks: int, precision: float) -> None:
    model = compile_model(team_plan(weeks, load), NOTHING)
    waits, at_once, came = list[list[float]](), list[list[float]](), []
    for number in range(replications):
        records = replicate(model, SEED, number)
        known = {(f"V{strike.risk}", strike.subject): strike.day + 1 + 2 for strike in records.strikes}
        days = [(known[a.plan, a.subject], a.day) for a in records.activations if known[a.plan, a.subject] >= 100]
        days = [(asked, began) for asked, began in days if asked < model.horizon - 60]
        assert all(math.isfinite(began) and began >= asked for asked, began in days)
        waits.append([began - asked for asked, began in days])
        at_once.append([began == asked for asked, began in days])
        came.append(len(days))
        in_any_week = sorted(began for _, began in days)
        gaps = [later - first for first, later in zip(in_any_week, in_any_week[PLACES:], strict=False)]
        assert min(gaps) >= DAYS_PER_WEEK - 1e-9  # never more than the team can do in five days
    expected_wait, expected_at_once = fixed_service_queue(load)
    uses = load * PLACES / DAYS_PER_WEEK * (model.horizon - 160) * replications
    assert_z(sum(came), uses, math.sqrt(uses), "uses")
    assert_mean(waits, expected_wait, precision, "wait for the team")
    assert_mean(at_once, expected_at_once, precision, "served at once")


def test_uses_wait_for_the_shared_team_as_crommelin_says() -> None:
    """A use takes a place for exactly a week: M/D/c, in whose place Erlang C would say more than a third too much."""
    assert fixed_service_queue(0.6)[0] < erlang_c(0.6) / 1.3
    assert_team(0.6, replications=16, weeks=100, precision=0.13)


@pytest.mark.long
def test_uses_wait_for_the_shared_team_as_crommelin_says_closely() -> None:
    """About a minute: shows a wait that is a fifth off."""
    assert_team(0.7, replications=60, weeks=200, precision=0.05)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.9])
def test_the_formula_itself_with_one_place(load: float) -> None:
    """One place has a closed form. Work V before a morning's batch B of uses, 5 days each: V' = max(V + 5 B − 1, 0), so
    E[V] = E[5 B (5 B − 1)] / (2 (1 − 5 λ)); of one's own batch E[B (B − 1)] / (2 E[B]) = λ / 2 uses come before.
    """
    a_day = load / DAYS_PER_WEEK
    work = (25 * (a_day + a_day**2) - 5 * a_day) / (2 * (1 - load))
    wait, at_once = fixed_service_queue(load, places=1)
    assert wait == pytest.approx(work + 5 * a_day / 2)
    # Served at once: the first of a batch that finds no work; V = 0 with probability (1 − 5 λ) / P(B = 0).
    assert at_once == pytest.approx((1 - load) / math.exp(-a_day) * (1 - math.exp(-a_day)) / a_day)
