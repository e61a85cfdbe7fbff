"""Known answer: four weeks of two reps on hand-written draws, worked out event by event.

Days are working days; 8 hours a day. A stage passes with win rate ** 1/2: tier A 0.64 -> 0.8, tier C 0.36 -> 0.6.
Stage "need" is 0.4 of a cycle with its touch (4 h) at 0.2; stage "contract" the other 0.6 with its touch (8 h, and
8 h of proposal before it) at 0.7. So a stage begun on day b has its touch due on b + 0.2 C (need) or b + 0.3 C
(contract), and its time is over on b + 0.4 C or b + 0.6 C. Day 5 is training for both.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.future import DealChance, Future, LeadPoint
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import run_quarter
from simulation.records import Activation, DealEnd, Payment, Records, RenewalEnd, Strike

MONDAY = dt.date(2026, 1, 5)
ANN, BO = 0, 1
L1, S1 = 0, 1
TIER_A, TIER_C = 0, 1

PLAN = {
    "name": "two reps, four weeks",
    "currency": "CNY",
    "target": 2400,
    "calendar": {
        "start": MONDAY,
        "weeks": 4,
        "blocks": [{"id": "training", "name": "Training", "from_week": 2, "days": 1}],
    },
    "process": {
        "stages": [
            {"id": "need", "name": "Need", "conversion": 0.5, "cycle_share": 0.4, "touches": 1, "touch_hours": 4},
            {
                "id": "contract",
                "name": "Contract",
                "conversion": 0.5,
                "cycle_share": 0.6,
                "touches": 1,
                "touch_hours": 8,
                "proposal_hours": 8,
            },
        ],
        "qualified_stage": "need",
        "cycle_sigma": 0.5,
        "value_sigma": 0.4,
        "lead_tier_mix": {"A": 1},
        "orphan_win_factor": 0.9,
        "renewal_hours": 4,
        "renewal_lead_days": 7,
        "collection_hours": 1,
    },
    "handover": {"days": 5},
    "product_tiers": {"star": "Star", "long-tail": "Long tail"},
    "rep_tiers": {"top": "Top", "core": "Core"},
    "maturities": [{"id": "mature", "name": "Mature", "growth": 0}],
    "customer_tiers": [
        {"id": "A", "name": "A", "priority": 1, "win_rate": 0.64, "touches_per_week": 1, "renewal_rate": 0.9},
        {"id": "C", "name": "C", "priority": 2, "win_rate": 0.36, "touches_per_week": 1},
    ],
    "money": {
        "payment_terms": [{"share": 0.3, "due_days": 0}, {"share": 0.7, "due_days": 8.4}],  # 6 working days
        "lateness": {"late_share": 0.2, "median_days_late": 7, "sigma": 0.5, "bad_debt": 0.02},  # 5 working days
    },
    "risks": [
        {
            "id": "K5",
            "name": "A rep leaves",
            "subject": "rep",
            "chance_per_quarter": {"top": 0.1, "core": 0.2},
            "from_week": 2,
            "to_week": 3,
            "event": "rep_leaves",
            "notice_days": 1,
            "event_probability": 0.5,
        }
    ],
    "contingency_plans": [
        {
            "id": "K5-answer",
            "name": "Hand-over procedure",
            "trigger": {"strike": "K5"},
            "retainer": 7,
            "activation_cost": 5,
            "cost_per_use": 3,
            "effects": [{"parameter": "handover_days", "factor": 0.25, "scope": {"struck": True}}],
        }
    ],
    "products": [
        {"id": "L1", "name": "L", "tier": "long-tail", "mean_deal": 200, "median_cycle_days": 14, "margin": 0.5},
        {"id": "S1", "name": "S", "tier": "star", "mean_deal": 700, "median_cycle_days": 14, "margin": 0.5},
    ],
    "regions": [{"id": "north", "name": "North", "maturity": "mature", "base_amount": 1000}],
    "reps": [
        {"id": "R1", "name": "Ann", "tier": "top", "regions": ["north"], "hours_per_week": 40},
        {"id": "R2", "name": "Bo", "tier": "core", "regions": ["north"], "hours_per_week": 40},
    ],
    "accounts": [
        {
            "id": "C1",
            "name": "Alpha",
            "customer_tier": "A",
            "region": "north",
            "rep": "R2",
            "product": "S1",
            "renewal_amount": 600,
            "renewal_date": "2026-01-19",  # day 10; its work starts 7 calendar days before: day 5
        },
        {"id": "C2", "name": "Beta", "customer_tier": "A", "region": "north", "rep": "R1"},
    ],
    "opportunities": [
        # 7 calendar days before the start: age 5; 14: age 10; on the day: age 0 (plan files have none so young).
        {"id": "O1", "product": "S1", "rep": "R1", "customer_tier": "A", "stage": "need", "value": 1000}
        | {"region": "north", "created": "2025-12-29"},
        {"id": "O2", "product": "L1", "rep": "R1", "customer_tier": "C", "stage": "need", "value": 200}
        | {"region": "north", "created": "2026-01-05"},
        {"id": "O3", "product": "S1", "rep": "R2", "customer_tier": "A", "stage": "contract", "value": 500}
        | {"region": "north", "created": "2025-12-22"},
        {"id": "O4", "product": "S1", "rep": "R2", "customer_tier": "C", "stage": "need", "value": 300}
        | {"region": "north", "created": "2026-01-05"},
        {"id": "O5", "product": "L1", "rep": "R1", "customer_tier": "C", "stage": "need", "value": 150}
        | {"region": "north", "created": "2026-01-05"},
    ],
    "receivables": [
        {"id": "I1", "amount": 100, "due_date": "2026-01-14", "account": "C2"},  # day 7
        {"id": "I2", "amount": 40, "due_date": "2025-12-29", "account": "C2"},  # overdue by 5
        {"id": "I3", "amount": 20, "due_date": "2026-01-20", "account": "C2"},  # day 11
    ],
    "baseline_leads": [{"id": "B1", "product": "S1", "region": "north", "accepted_per_quarter": 10}],  # 0.5 a day
}

ALLOCATION = Allocation(
    name="by hand",
    quotas=(
        QuotaCell("S1", "north", "R1", 1500),
        QuotaCell("S1", "north", "R2", 1500),
        QuotaCell("L1", "north", "R1", 500),
        QuotaCell("L1", "north", "R2", 500),
    ),
)

ON_TIME, LATE, BAD = (0.9, 0.5, 0.9), (0.1, 0.5, 0.9), (0.9, 0.5, 0.01)
"""Per payment: late below 0.2; the median lateness; never paid below 0.02."""


def _future(model: Model) -> Future:
    hazard_of_bo = -math.log(1 - 0.2) / 10  # chance 20% over the ten days of weeks 2 and 3
    paid = ON_TIME + ON_TIME
    return Future(
        replication=0,
        nature=(),
        open_deals=(
            DealChance(20, (0.5, 0.7), paid),
            DealChance(10, (0.3, 0.7), paid),
            DealChance(16, (0.99, 0.2), ON_TIME + LATE),
            DealChance(4, (0.5, 0.55), ON_TIME + BAD),
            DealChance(60, (0.5, 0.5), paid),
        ),
        leads=(
            LeadPoint(5.6, 0, 0.49, "P1", S1, TIER_A, 800, DealChance(10, (0.1, 0.77), paid)),
            LeadPoint(6.0, 0, 0.51, "P2", S1, TIER_A, 900, DealChance(10, (0.1, 0.1), paid)),
            LeadPoint(13.0, 0, 0.0, "P3", S1, TIER_A, 700, DealChance(40, (0.1, 0.1), paid)),
        ),
        renewals=(0.89, 0.5),
        renewal_payments=(paid, paid),
        payments=(LATE, ON_TIME, BAD),
        thresholds=np.array([10.0, 2.5 * hazard_of_bo]),
        events=(0.0, 0.49),
    )


@pytest.fixture(scope="module", name="model")
def _model() -> Model:
    plan = Plan.model_validate(PLAN)
    return compile_model(plan, ALLOCATION, Options.of(plan, plans=["K5-answer"]))


@pytest.fixture(scope="module", name="records")
def _records(model: Model) -> Records:
    """The quarter, event by event.

    Ann: O1 is 5 days old and its cycle 20: the need touch (day 4 of it) is behind it.
      0.000  I2 is overdue: 1 h of collecting, to 0.125
      2.000  need touch of O2 (cycle 10), to 2.5
      3.000  need of O1 is over (day 8 of its cycle): 0.5 < 0.8, passed
      4.000  need of O2 is over: 0.3 < 0.6, passed
      7.000  I1 falls due and so does the contract touch of O2; I1 is of tier A and comes first: to 7.125
      7.125  contract of O2, 8 + 8 h: to 9.125
      9.125  contract of O1, due on 3 + 6 = 9: late, but O1 has time until 15: to 11.125
     10.000  time of O2 is over, its touch done: 0.7 >= 0.6, lost
     11.125  P1 (due 7.6, see Bo) and I3 (due 11) are both of tier A. The cell of P1 has signed 500 + 300 + 600 of
             3,000; collecting belongs to no cell and ranks as one on quota: P1 first, to 11.625; I3, to 11.75
     12.000  need touch of O5 (cycle 60), to 12.5; its need lasts until 24: open at the end
     13.000  P3 arrives; Bo, whose quota is less covered, has left; its touch is due on 21: open, untouched
     14.625  contract touch of P1, to 16.625
     15.000  time of O1 is over: 0.7 < 0.8, won
     17.625  time of P1 is over: 0.77 is below 0.8, but not below (0.64 * 0.9) ** 1/2 = 0.759: lost by the hand-over
    Hours of Ann: 1 + 4 + 1 + 16 + 16 + 4 + 1 + 4 + 16 = 63.

    Bo: O3 is 10 days old, its cycle 16: contract since 6.4 of it, day -3.6; touch due on -3.6 + 4.8 = 1.2.
      0.800  need touch of O4 (cycle 4), to 1.3
      1.300  contract touch of O3, to 3.3
      1.600  need of O4 is over: 0.5 < 0.6, passed; contract touch due on 2.8, time until 4
      3.300  contract touch of O4: 1.7 days, the training, 0.3 days: to 6.3
      5.600  P1 arrives (0.49 < 0.5 a day; P2 at 0.51 does not). Ann covers 1000 * 0.8 + 200 * 0.6 = 920 of 2,000, Bo
             500 * 0.8 + 300 * 0.6 = 580: Bo gets it; its need touch is due on 7.6
      6.000  time of O3 is over (16 - 10): 0.2 < 0.8, won
      6.300  O4 is over, 2.3 days late: 0.55 < 0.6, won. Then the renewal work of C1, due since 5: to 6.8
      7.000  the hazard counted on days 5, 6 and 7 is 3 / 10 of the threshold's unit, above 2.5: Bo is struck
      7.600  need touch of P1; it would end on 8.1
      8.000  after a day's notice 0.49 < 0.5: Bo leaves, the touch undone
      9.250  the hand-over takes 5 * 0.25 days with the plan: P1 and account C1 go to Ann
    Hours of Bo: 4 + 16 + 16 + 4 = 40.
    """
    return run_quarter(model, _future(model))


def test_every_opportunity_ends_on_its_day(records: Records) -> None:
    expected = [
        DealEnd("opportunity:O1", "pipeline", S1, 0, ANN, TIER_A, -1, -5, 15, "won", 1, 1000, 16),
        DealEnd("opportunity:O2", "pipeline", L1, 0, ANN, TIER_C, -1, 0, 10, "lost", 1, 200, 20),
        DealEnd("opportunity:O3", "pipeline", S1, 0, BO, TIER_A, -1, -10, 6, "won", 1, 500, 16),
        DealEnd("opportunity:O4", "pipeline", S1, 0, BO, TIER_C, -1, 0, 6.3, "won", 1, 300, 20),
        DealEnd("opportunity:O5", "pipeline", L1, 0, ANN, TIER_C, -1, 0, 20, "open", 0, 150, 4),
        DealEnd("P1", "baseline", S1, 0, ANN, TIER_A, -1, 5.6, 17.625, "lost", 1, 800, 20),
        DealEnd("P3", "baseline", S1, 0, ANN, TIER_A, -1, 13, 20, "open", 0, 700, 0),
    ]
    _assert_rows(records.deals, expected)


def test_the_renewal_is_signed_by_who_took_the_account_over(records: Records) -> None:
    _assert_rows(records.renewals, [RenewalEnd(0, S1, 0, ANN, 10, "renewed", 600, True)])


def test_every_payment_comes_on_its_day(records: Records) -> None:
    """In the order in which they fall due; 30% on signing, 70% six working days later, late ones five days more.

    I2 was 5 days overdue, which is the median: of the half that is later, the middle is the 75% quantile,
    5 * exp(0.5 * 0.67449) = 7.0055 days, so 2.0055 days from the start. The 70% of O1 fall due on day 21, after
    the end.
    """
    overdue = 5 * math.exp(0.5 * 0.6744897501960817) - 5
    expected = [
        Payment("receivable:I2", 0, overdue, 40, False),
        Payment("opportunity:O3/1", 6, 6, 150, False),
        Payment("opportunity:O4/1", 6.3, 6.3, 90, False),
        Payment("receivable:I1", 7, 12, 100, False),
        Payment("renewal:C1/1", 10, 10, 180, False),
        Payment("receivable:I3", 11, math.inf, 20, True),
        Payment("opportunity:O3/2", 12, 17, 350, False),
        Payment("opportunity:O4/2", 12.3, math.inf, 210, True),
        Payment("opportunity:O1/1", 15, 15, 300, False),
        Payment("renewal:C1/2", 16, 16, 420, False),
    ]
    _assert_rows(records.payments, expected)


def test_the_risk_strikes_one_rep_and_its_plan_acts_once(records: Records) -> None:
    _assert_rows(records.strikes, [Strike("K5", "R2", 7, 8)])
    _assert_rows(records.activations, [Activation("K5-answer", "R2", 7)])
    assert records.uses == {"K5-answer": 1}
    assert records.hours == pytest.approx([63, 40])
    assert records.clips == {}


def test_kpis_add_the_records_up(records: Records, model: Model) -> None:
    """Signed 1000 + 500 + 300 + 600 = the target. Cash 40 + 150 + 90 + 100 + 180 + 350 + 300 + 420; 230 are bad.

    Contribution: half of it, less the plan's 7 + 5 + 3. Hours: each rep has 19 days of 8, and left ones still count.
    """
    found = measure(records, model)
    expected = {
        "p_target": 1,
        "signed": 2400,
        "contribution": 1185,
        "cash": 1630,
        "collection_rate": 1630 / 1860,
        "wins": 3,
        "renewed": 600,
        "reps_on_quota": 0,
        "leads": 0,  # what comes by itself is not of marketing
        "qualified_pipeline": 850,  # O5 and P3; need counts as qualified here
        "hours_used": 103 / (19 * 8 + 7 * 8),  # Bo is there for eight days but the training
        "accounts_lost": 0,
        "customer_health": 1,
        "reps_left": 1,
        "plan_cost": 15,
        "expert_fees": 0,
        "bonuses": 0,
    }
    assert found.kpis == pytest.approx(expected)
    assert found.signed_by_source == pytest.approx({"pipeline": 1800, "renewals": 600})
    assert found.signed_by_product == pytest.approx([0, 2400])
    assert found.signed_by_rep == pytest.approx([1600, 800])
    assert found.signed_by_week == pytest.approx([0, 800, 600, 1000])
    assert found.cash_by_week == pytest.approx([40, 240, 280, 1070])


def _assert_rows(found: list[tuple], expected: list[tuple]) -> None:
    """Rows in order; what is no number exactly, numbers to rounding errors."""
    assert [_words(row) for row in found] == [_words(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert _numbers(row) == pytest.approx(_numbers(wanted), rel=1e-12, abs=1e-12), row


def _words(row: tuple) -> list:
    return [value if isinstance(value, str | bool) else None for value in row]


def _numbers(row: tuple) -> list[float]:
    return [value for value in row if not isinstance(value, str | bool)]
