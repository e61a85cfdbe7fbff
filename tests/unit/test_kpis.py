"""Unit: every KPI on records written by hand, with figures worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Activation, DealEnd, MoveRow, Payment, Records, RenewalEnd, Strike
from tests.plans import small_plan

# By position of sorted ids: products L1 (margin 0.4), S1 (0.6); regions north, south; reps R1, R2, R3 with 24 hours a
# week; accounts C1 (textile), C2, C3 (food), C4. The quarter has 58 working days: weeks 1 to 6 of five days, week 7 of
# three (holidays on 16 and 17 February), so that week 8 begins with day 33. Everybody is away on days 0 and 1.
L1, S1 = 0, 1
NORTH, SOUTH = 0, 1
R1, R2, R3 = 0, 1, 2
NEED, PROPOSAL, CONTRACT = 0, 1, 2
NEVER = math.inf

MONEY = {
    "pools": [
        {"id": "marketing", "name": "", "amount": 80_000},
        {"id": "incentive", "name": "", "amount": 5_000, "paid": "as_earned"},
    ],
    "bonuses": [
        {"id": "b1", "activity": "salon", "basis": "signed", "rate": 0.01},
        {"id": "b2", "activity": "salon", "basis": "cash", "rate": 0.02},
        {"id": "b3", "activity": "salon", "basis": "renewed", "rate": 0.10},
    ],
    "expert_fee": {"rate": 0.05, "above_amount": 50_000, "industries": ["textile"]},
    "team_building_share": 0.05,
    "collection_threshold": 0.9,
    "renewal_accelerator": 1.5,
    "renewal_threshold": 1.1,
    "renewal_target": 20_000,
}
HOURS_A_WEEK = 3 * 24 - 2 * 0.5 * 0.05  # care of C2 and C4 is automated: half a touch a week of 0.05 h each
PREMIUM = {"id": "premium", "name": "", "pool": "incentive", "unit_cost": 1, "entry_stage": "need"}
ALLOCATION = Allocation(
    "by hand",
    (
        QuotaCell("L1", "south", "R2", 20_000.0),
        QuotaCell("S1", "north", "R1", 100_000.0),
        QuotaCell("S1", "south", "R2", 12_000.0),
    ),
    (
        BudgetCell("north", "online", 3_000.0),
        BudgetCell("south", "premium", 1_000.0),
        BudgetCell("south", "salon", 20_000.0),
    ),
)


def compiled(plans: tuple[str, ...] = (), allocation: Allocation = ALLOCATION, **sections: Any) -> Model:
    figures = small_plan().model_dump()
    figures["money"] |= MONEY
    figures["activities"] = [*figures["activities"], PREMIUM]
    plan = Plan.model_validate(figures | sections)
    return compile_model(plan, allocation, Options.of(plan, plans=plans))


MODEL = compiled()


def deal(number: int = 1, outcome: str = "won", **fields: Any) -> DealEnd:
    row: dict[str, Any] = {
        "id": f"opportunity:O{number}",
        "source": "pipeline",
        "product": S1,
        "region": NORTH,
        "rep": R1,
        "tier": 0,
        "account": -1,
        "created": -10.0,
        "ended": 3.0,
        "outcome": outcome,
        "stage": CONTRACT,
        "value": 1_000.0,
        "hours": 1.0,
    }
    return DealEnd(**row | fields)


def renewal(value: float = 1_000.0, outcome: str = "renewed", **fields: Any) -> RenewalEnd:
    row: dict[str, Any] = {"account": 0, "product": S1, "region": NORTH, "rep": R1, "day": 30.0, "contacted": True}
    return RenewalEnd(outcome=outcome, value=value, **row | fields)


def payment(amount: float, paid: float = 40.0, due: float = 20.0, bad: bool = False) -> Payment:
    return Payment("receivable:I", due, paid, amount, bad)


def measured(model: Model = MODEL, **rows: Any) -> Measured:
    return measure(Records(0, **{"hours": [0.0, 0.0, 0.0]} | rows), model)


def kpi(id: str, model: Model = MODEL, **rows: Any) -> float:
    return measured(model, **rows).kpis[id]


DEALS = [
    deal(1, value=60_000.0, ended=3.2, account=0),  # 60,000 of a textile customer: above the fee's threshold
    deal(2, value=10_000.0, ended=33.0, product=L1, region=SOUTH, rep=R2, source="salon"),
    deal(3, value=5_000.0, ended=57.9, rep=R3, region=SOUTH, source="baseline"),
    deal(4, value=2_000.0, ended=12.0, rep=R2, region=SOUTH, source="cross_sell", account=3),
    deal(5, "lost", value=70_000.0, source="salon"),
    deal(6, "open", value=8_000.0, ended=58.0, stage=PROPOSAL, source="online"),
    deal(7, "open", value=4_000.0, ended=58.0, stage=CONTRACT),
    deal(8, "open", value=99_000.0, ended=58.0, stage=NEED),
]
RENEWALS = [
    renewal(20_000.0, rep=R2, region=SOUTH, product=L1, day=32.0),
    renewal(3_000.0, day=33.0),
    renewal(0.0, "not renewed"),
    renewal(0.0, "account lost"),
]
PAYMENTS = [payment(9_000.0, 0.0), payment(500.0, 32.99), payment(300.0, NEVER), payment(200.0, NEVER, bad=True)]
ALL = {"deals": DEALS, "renewals": RENEWALS, "payments": PAYMENTS}
SIGNED = 60_000 + 10_000 + 5_000 + 2_000 + 20_000 + 3_000
FEES = 0.05 * 60_000
# 1% of 100,000 signed, 2% of 9,500 in cash; 10% of 23,000 renewed, times 1.5 as 23,000 >= 1.1 x 20,000; 95% of what was
# due was collected, at least 90%: 5% of the 80,000 for marketing.
BONUSES = 1_000 + 190 + 3_450 + 4_000
# 0.6 x 70,000 of S1 and 0.4 x 30,000 of L1; money of the pool paid as spent 23,000, the measure 2,000.
BEFORE_PLANS = 42_000 + 12_000 - 23_000 - 2_000 - FEES - BONUSES


def test_every_kpi_on_one_quarter_by_hand() -> None:
    assert SIGNED == 100_000
    found = measured(
        **ALL,
        hours=[100.0, 200.0, 36.0],
        hours_there=[HOURS_A_WEEK / 5 * 56 / 3] * 3,
        health=[1.0, 0.5],
        strikes=[Strike("K1", "market", 1.0, NEVER), Strike("K7", "C2", 2.0, 17.0), Strike("K7", "C3", 50.0, NEVER)],
    )
    assert found.kpis == pytest.approx(
        {
            "p_target": 0.0,
            "signed": 100_000.0,
            "contribution": BEFORE_PLANS,
            "cash": 9_500.0,
            "collection_rate": 0.95,
            "wins": 4.0,
            "renewed": 23_000.0,
            "reps_on_quota": 0.5,  # R1 signed 63,000 of 100,000; R2 32,000 of 32,000; R3 has no quota
            "leads": 3.0,  # O2 and O5 from salons, O6 online
            "qualified_pipeline": 12_000.0,  # O6 and O7, from the stage "proposal" on
            "hours_used": 336 / (HOURS_A_WEEK / 5 * 56),
            "accounts_lost": 1.0,
            "customer_health": 0.75,
            "reps_left": 0.0,
            "plan_cost": 0.0,
            "expert_fees": 3_000.0,
            "bonuses": BONUSES,
        }
    )
    assert set(found.kpis) == set(KPIS)
    assert found.before_plans == pytest.approx(BEFORE_PLANS)
    assert found.signed_by_product.tolist() == [30_000.0, 70_000.0]
    assert found.signed_by_region.tolist() == [63_000.0, 37_000.0]
    assert found.signed_by_rep.tolist() == [63_000.0, 32_000.0, 5_000.0]
    weeks = {1: 60_000.0, 3: 2_000.0, 7: 20_000.0, 8: 13_000.0, 12: 5_000.0}
    assert found.signed_by_week.tolist() == [weeks.get(week, 0.0) for week in range(1, 13)]
    assert found.cash_by_week.tolist() == [9_000.0, 0, 0, 0, 0, 0, 500.0, 0, 0, 0, 0, 0]
    assert found.signed_by_source == {
        "baseline": 5_000.0,
        "cross_sell": 2_000.0,
        "pipeline": 60_000.0,
        "renewals": 23_000.0,
        "salon": 10_000.0,
    }


def test_an_empty_quarter_costs_what_is_paid_anyway() -> None:
    found = measured()
    assert found.kpis["contribution"] == -23_000 - 2_000 - 4_000  # nothing was due, so nothing failed to be collected
    assert found.kpis["collection_rate"] == 1
    assert found.signed_by_source == {"renewals": 0.0}
    others = set(KPIS) - {"contribution", "collection_rate", "bonuses", "customer_health"}
    assert {id: found.kpis[id] for id in others} == dict.fromkeys(others, 0.0)


def test_kpis_say_what_they_are() -> None:
    assert all(kpi.id == id and kpi.label for id, kpi in KPIS.items())
    assert [id for id in KPIS if KPIS[id].direction == "less"] == [
        *("hours_used", "accounts_lost", "reps_left", "plan_cost", "expert_fees", "bonuses")
    ]


def test_a_measure_that_is_not_taken_costs_nothing() -> None:
    measures = [entry.model_dump() | {"enabled": False} for entry in MODEL.plan.measures]
    assert kpi("contribution", compiled(measures=measures)) - kpi("contribution") == 2_000


@pytest.mark.parametrize(("paid", "cash"), [(57.99, 100.0), (58.0, 0.0), (58.01, 0.0)])
def test_money_that_comes_when_the_quarter_is_over_is_the_next_one_s(paid: float, cash: float) -> None:
    found = measured(payments=[payment(100.0, paid)])
    assert (found.kpis["cash"], found.cash_by_week.sum()) == (cash, cash)


def test_money_that_moved_costs_what_more_is_spent_in_all() -> None:
    moves = [MoveRow(20.0, "north", "salon", 9_000.0, 4_000.0), MoveRow(20.0, "south", "salon", 1_000.0, 5_500.0)]
    assert kpi("contribution", moves=moves) - kpi("contribution") == 5_000 - 4_500


@pytest.mark.parametrize(
    ("value", "reached"), [(999_999.99, 0), (999_999.995, 1), (999_999.999, 1), (1_000_000.0, 1), (1_000_000.01, 1)]
)
def test_the_target_is_reached_to_the_cent(value: float, reached: int) -> None:
    """As a quota is: of one rep who has all of it, both chances are the same."""
    assert kpi("p_target", deals=[deal(value=value)]) == reached


@pytest.mark.parametrize(("value", "share"), [(99_999.99, 0.0), (99_999.995, 0.5), (99_999.999, 0.5), (100_000.0, 0.5)])
def test_a_quota_is_reached_to_the_cent(value: float, share: float) -> None:
    """Sums of floating-point money may fall short by less than a cent's half; a cent is a cent."""
    assert kpi("reps_on_quota", deals=[deal(value=value)]) == share


@pytest.mark.parametrize("id", ["reps_on_quota"])
def test_where_nobody_has_a_quota_nobody_is_on_it(id: str) -> None:
    model = compiled(allocation=Allocation("none", ()))
    assert kpi(id, model, deals=[deal()]) == 0


@pytest.mark.parametrize(
    ("fields", "fee"),
    [
        ({"value": 50_000.0, "account": 0}, 0.0),  # at the threshold: not above it
        ({"value": 50_000.01, "account": 0}, 2_500.0005),  # of the whole amount
        ({"value": 60_000.0, "account": 1}, 0.0),  # C2 is in food
        ({"value": 60_000.0, "account": -1}, 0.0),  # a new customer of no known industry
        ({"value": 60_000.0, "account": 0, "outcome": "open"}, 0.0),
        ({"value": 60_000.0, "account": 0, "outcome": "lost"}, 0.0),
    ],
)
def test_the_expert_fee_is_a_share_of_large_contracts_of_hard_customers(fields: dict[str, Any], fee: float) -> None:
    assert kpi("expert_fees", deals=[deal(**fields)]) == pytest.approx(fee)


def test_an_opportunity_s_own_industry_comes_before_its_account_s() -> None:
    rows = [row.model_dump() for row in small_plan().opportunities]
    rows[0]["industry"], rows[1]["industry"] = "food", "textile"
    model = compiled(opportunities=rows)
    assert kpi("expert_fees", model, deals=[deal(1, value=60_000.0, account=0)]) == 0
    assert kpi("expert_fees", model, deals=[deal(2, value=60_000.0, account=-1)]) == 3_000
    of_all = compiled(money=small_plan().money.model_dump() | {"expert_fee": {"rate": 0.05, "above_amount": 50_000}})
    assert kpi("expert_fees", of_all, deals=[deal(1, value=60_000.0)]) == 3_000
    assert kpi("expert_fees", of_all, renewals=[renewal(60_000.0)]) == 0  # a renewal needs no expert
    no_fee = compiled(money=small_plan().money.model_dump())
    assert kpi("expert_fees", no_fee, deals=[deal(1, value=60_000.0, account=0)]) == 0


@pytest.mark.parametrize(("renewed", "paid"), [(21_999.0, 2_199.9), (22_000.0, 3_300.0)])
def test_renewals_well_above_target_are_paid_better(renewed: float, paid: float) -> None:
    signing, team = 0.01 * renewed, 4_000.0
    assert kpi("bonuses", renewals=[renewal(renewed)]) == pytest.approx(signing + paid + team)


def test_without_a_renewal_target_there_is_no_accelerator() -> None:
    model = compiled(money=small_plan().money.model_dump() | MONEY | {"renewal_target": 0})
    assert kpi("bonuses", model, renewals=[renewal(22_000.0)]) == pytest.approx(220 + 2_200 + 4_000)


@pytest.mark.parametrize(("cash", "team"), [(8_999.0, 0.0), (9_000.0, 4_000.0)])
def test_the_team_celebrates_from_the_threshold_on(cash: float, team: float) -> None:
    rows = [payment(cash), payment(10_000.0 - cash, NEVER)]
    assert kpi("bonuses", payments=rows) == pytest.approx(0.02 * cash + team)


def test_money_for_reps_is_paid_as_earned_and_not_as_spent() -> None:
    more = Allocation("more", ALLOCATION.quotas, (*ALLOCATION.budget, BudgetCell("north", "premium", 4_000.0)))
    assert kpi("contribution", compiled(allocation=more)) == kpi("contribution")
    salon = Allocation("more", ALLOCATION.quotas, (*ALLOCATION.budget, BudgetCell("north", "salon", 4_000.0)))
    assert kpi("contribution", compiled(allocation=salon)) == kpi("contribution") - 4_000


def test_a_contingency_plan_costs_its_retainer_its_activations_and_its_uses() -> None:
    answers = [
        {
            "id": "P",
            "name": "",
            "trigger": {"strike": "K1"},
            "retainer": 7,
            "activation_cost": 100,
            "cost_per_use": 1_000,
        },
        {"id": "Q", "name": "", "trigger": {"strike": "K1"}, "retainer": 70_000},
    ]
    model = compiled(plans=("P",), contingency_plans=answers)
    assert kpi("plan_cost", model) == 7
    activations = [Activation("P", "market", 3.0), Activation("P", "market", NEVER), Activation("Q", "market", 3.0)]
    rows = {"activations": activations, "uses": {"P": 3, "Q": 5}}
    assert kpi("plan_cost", model, **rows) == 7 + 2 * 100 + 3 * 1_000  # Q is not held
    found = measured(model, **rows)
    assert found.kpis["contribution"] == found.before_plans - 3_207
    assert kpi("plan_cost", compiled(plans=("P", "Q"), contingency_plans=answers)) == 70_007


def test_who_goes_for_two_reasons_goes_once() -> None:
    risks = [
        {"id": id, "name": "", "subject": subject, "chance_per_quarter": 0.1, "event": event}
        for id, subject, event in (
            ("K5", "rep", "rep_leaves"),
            ("K5b", "rep", "rep_leaves"),
            ("K7", "account", "account_lost"),
            ("K7b", "account", "account_lost"),
        )
    ]
    model = compiled(risks=risks, contingency_plans=())
    strikes = [
        *(Strike("K5", "R1", 1.0, 11.0), Strike("K5b", "R1", 2.0, 12.0), Strike("K5b", "R2", 2.0, 12.0)),
        *(Strike("K7", "C1", 3.0, 18.0), Strike("K7b", "C1", 4.0, 19.0), Strike("K7", "C2", 3.0, NEVER)),
    ]
    assert (kpi("reps_left", model, strikes=strikes), kpi("accounts_lost", model, strikes=strikes)) == (2, 1)


def test_hours_there_are_counted_once_and_only_in_the_quarter() -> None:
    """Blocks that overlap, or go on after the quarter, take no hour twice and none that is not there."""
    calendar = small_plan().calendar.model_dump()
    blocks = [
        {"id": "a", "name": "", "from_week": 1, "days": 4},  # days 0 to 3
        {"id": "b", "name": "", "from_week": 1, "days": 2},  # days 0 and 1
        {"id": "c", "name": "", "from_week": 1, "days": 7, "rep_tiers": ["top"]},  # R1: days 0 to 6
        {"id": "d", "name": "", "from_week": 12, "days": 10},  # from day 53 on: five days of ten
    ]
    model = compiled(calendar=calendar | {"blocks": blocks})
    assert model.blocks == [[(0.0, 7.0), (53.0, 58.0)], [(0.0, 4.0), (53.0, 58.0)], [(0.0, 4.0), (53.0, 58.0)]]
    there = [4.8 * (58 - 12), 4.79 * (58 - 9), 4.8 * (58 - 9)]  # 0.05 hours a week of automated touches are R2's
    assert replicate(compiled(calendar=model.plan.calendar, risks=(), contingency_plans=()), 1, 0).hours_there == (
        pytest.approx(there)
    )


def test_hours_used_are_a_share_of_the_hours_there() -> None:
    assert kpi("hours_used", compiled(), hours=[10.0, 20.0, 30.0], hours_there=[40.0, 40.0, 20.0]) == 0.6
    assert kpi("hours_used", compiled(), hours=[0.0] * 3, hours_there=[0.0] * 3) == 0
