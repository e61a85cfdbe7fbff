"""Property: what every quarter conserves, whatever strikes: opportunities, money, hours, and who does what when."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from scenarios.effects import Effect
from scenarios.plan import Plan
from simulation.future import draw_future
from simulation.model import Model
from simulation.quarter import Quarter
from simulation.records import Records
from tests.property.test_simulation_plans import Company, companies, outcome

EXAMPLES = settings(max_examples=120, deadline=None, derandomize=True)
SLACK = 1e-6
"""Sums of durations differ in the last digits."""


def left_on(records: Records, plan: Plan) -> dict[str, float]:
    """Day on which each rep left."""
    return first_events(records, plan, "rep_leaves")


def lost_on(records: Records, plan: Plan) -> dict[str, float]:
    """Day on which each account was lost."""
    return first_events(records, plan, "account_lost")


def first_events(records: Records, plan: Plan, event: str) -> dict[str, float]:
    risks = {risk.id for risk in plan.risks if risk.event == event}
    days: dict[str, float] = {}
    for strike in records.strikes:
        if strike.risk in risks and math.isfinite(strike.event_day):
            days[strike.subject] = min(strike.event_day, days.get(strike.subject, math.inf))
    return days


def effects_of(plan: Plan) -> list[Effect]:
    entries = (*plan.risks, *plan.contingency_plans)
    standing = [one.effect for one in plan.standing_effects]
    return standing + [effect for entry in entries for effect in entry.effects]


def hours_there(company: Company, model: Model, number: int, until: float) -> float:
    """Hours of a rep up to a day, without blocks; effects of these plans only take hours away."""
    tier, calendar = company.plan.reps[number].tier, company.plan.calendar
    away = set()
    for block in calendar.blocks:
        if not block.rep_tiers or tier in block.rep_tiers:
            start = calendar.first_day_of_week(block.from_week)
            away |= set(range(start, start + block.days))
    days = sum(min(until - day, 1.0) for day in range(math.ceil(until)) if day not in away)
    return days * model.hours_per_day[number]


@EXAMPLES
@given(companies())
def test_every_opportunity_ends_once(company: Company) -> None:
    """Won, lost or open, exactly once, inside the quarter; nothing in the pipeline gets lost on the way."""
    records, _ = outcome(company)
    horizon = company.plan.calendar.working_days
    ids = [deal.id for deal in records.deals]
    assert len(set(ids)) == len(ids)
    assert {f"opportunity:{o.id}" for o in company.plan.opportunities} == {
        deal.id for deal in records.deals if deal.source == "pipeline"
    }
    for deal in records.deals:
        assert deal.outcome in ("won", "lost", "open")
        assert (deal.created < 0) == (deal.source == "pipeline")
        assert deal.created <= deal.ended
        assert deal.ended == horizon if deal.outcome == "open" else 0 <= deal.ended < horizon
        assert deal.value >= 0
        assert deal.hours >= 0
        assert 0 <= deal.rep < len(company.plan.reps)
    renewals = [renewal.account for renewal in records.renewals]
    due = [n for n, account in enumerate(company.plan.accounts) if account.renewal_amount > 0]
    ends = horizon
    assert sorted(renewals) == [n for n in due if company.model.our_accounts[n].renewal_day < ends]
    assert all((renewal.value > 0) == (renewal.outcome == "renewed") for renewal in records.renewals)


@EXAMPLES
@given(companies())
def test_money_due_is_received_outstanding_or_bad(company: Company) -> None:
    """Every instalment that falls due in the quarter is there once: of what was signed, and of what was open before."""
    records, measured = outcome(company)
    plan, horizon = company.plan, company.plan.calendar.working_days
    signed = {deal.id: (deal.ended, deal.value) for deal in records.deals if deal.outcome == "won"}
    for renewal in records.renewals:
        if renewal.outcome == "renewed":
            signed[f"renewal:{plan.accounts[renewal.account].id}"] = renewal.day, renewal.value
    expected = {}
    for contract, (day, value) in signed.items():
        for number, part in enumerate(plan.money.payment_terms, start=1):
            if day + part.due_days * 5 / 7 < horizon:
                expected[f"{contract}/{number}"] = day + part.due_days * 5 / 7, value * part.share
    for receivable in plan.receivables:
        due = max(plan.calendar.day_of(receivable.due_date), 0.0)
        if due < horizon:
            expected[f"receivable:{receivable.id}"] = due, receivable.amount
    assert {payment.id: (payment.due, payment.amount) for payment in records.payments} == expected
    assert len(records.payments) == len(expected)
    cash = sum(p.amount for p in records.payments if p.paid < horizon)
    bad = sum(p.amount for p in records.payments if p.bad)
    outstanding = sum(p.amount for p in records.payments if not p.bad and p.paid == math.inf)
    due_in_all = sum(p.amount for p in records.payments)
    assert cash + outstanding + bad == pytest.approx(due_in_all)
    opening = sum(receivable.amount for receivable in plan.receivables)
    assert due_in_all <= opening + measured.kpis["signed"] + SLACK
    assert measured.kpis["cash"] == pytest.approx(cash)
    assert measured.kpis["collection_rate"] == pytest.approx(cash / due_in_all if due_in_all else 1)
    assert all(p.due <= p.paid for p in records.payments)


@EXAMPLES
@given(companies())
def test_every_sum_of_money_is_the_same_money(company: Company) -> None:
    """Signed amount by product, region, rep, week and source is one amount; so is cash by week."""
    records, measured = outcome(company)
    signed = measured.kpis["signed"]
    won = sum(deal.value for deal in records.deals if deal.outcome == "won")
    assert won + sum(renewal.value for renewal in records.renewals) == pytest.approx(signed)
    for parts in ("signed_by_product", "signed_by_region", "signed_by_rep", "signed_by_week"):
        assert getattr(measured, parts).sum() == pytest.approx(signed)
    assert sum(measured.signed_by_source.values()) == pytest.approx(signed)
    assert measured.cash_by_week.sum() == pytest.approx(measured.kpis["cash"])
    assert measured.before_plans - measured.kpis["contribution"] == pytest.approx(measured.kpis["plan_cost"])
    assert all(math.isfinite(value) for value in measured.kpis.values())


@EXAMPLES
@given(companies())
def test_nobody_works_more_hours_than_there_are(company: Company) -> None:
    """Hours on opportunities are part of the hours used, and those fit into the rep's hours: until leaving, if so."""
    records, measured = outcome(company)
    model, horizon = company.model, float(company.plan.calendar.working_days)
    gone = left_on(records, company.plan)
    for number, hours in enumerate(records.hours):
        until = min(gone.get(company.plan.reps[number].id, horizon), horizon)
        assert hours <= hours_there(company, model, number, until) + SLACK
        assert records.hours_there[number] <= hours_there(company, model, number, until) + SLACK
    assert sum(deal.hours for deal in records.deals) <= sum(records.hours) + SLACK
    there = sum(records.hours_there)
    assert measured.kpis["hours_used"] == pytest.approx(sum(records.hours) / there if there > 0 else 0)
    pair = company.plan.handover.pair
    mentors = pair is not None and pair.enabled  # they give hours
    acting = (*effects_of(company.plan), *company.plan.uncertainty)
    if not mentors and all(one.parameter != "rep_hours" for one in acting):
        # Else a touch that began on a full day may end on a short one: nothing interrupts it.
        assert measured.kpis["hours_used"] <= 1 + SLACK
        for number, hours in enumerate(records.hours_there):
            until = min(gone.get(company.plan.reps[number].id, horizon), horizon)
            assert hours == pytest.approx(hours_there(company, model, number, until))


@EXAMPLES
@given(companies())
def test_nothing_happens_outside_the_quarter(company: Company) -> None:
    records, _ = outcome(company)
    horizon = company.plan.calendar.working_days
    days = [renewal.day for renewal in records.renewals]
    days += [strike.day for strike in records.strikes]
    days += [payment.due for payment in records.payments]
    assert all(0 <= day < horizon for day in days)
    later = [payment.paid for payment in records.payments] + [strike.event_day for strike in records.strikes]
    later += [activation.day for activation in records.activations]
    assert all(0 <= day < horizon or day == math.inf for day in later)


@EXAMPLES
@given(companies())
def test_who_left_owns_nothing_after_the_hand_over(company: Company) -> None:
    """Unless nobody is left to take over. Hand-over takes at most the plan's days: these effects only shorten it."""
    model = company.model
    quarter = Quarter(model, draw_future(model, company.seed, 0))
    records = quarter.run()
    gone = left_on(records, company.plan)
    assert {rep.id for rep in quarter.reps if rep.left} == set(gone)
    if len(gone) == len(quarter.reps):
        return
    everyone = len(quarter.reps)
    for rep in quarter.reps:
        if not rep.left or gone[rep.id] + company.plan.handover.days >= model.horizon:
            continue
        handed_over = gone[rep.id] + company.plan.handover.days
        assert everyone > 1
        assert [deal.id for deal in records.deals if deal.rep == rep.number and deal.ended > handed_over] == []
        assert [account.row.id for account in quarter.accounts if account.rep == rep.number] == []
        assert [r for r in records.renewals if r.rep == rep.number and r.day > handed_over] == []
        assert rep.weighted == pytest.approx(0, abs=1e-6)


@EXAMPLES
@given(companies())
def test_a_lost_account_signs_nothing_more(company: Company) -> None:
    """No opportunity of it is open, won later or accepted later; its renewal fails; nobody works on it any more."""
    records, _ = outcome(company)
    gone = lost_on(records, company.plan)
    for deal in records.deals:
        lost = gone.get(company.plan.accounts[deal.account].id, math.inf) if deal.account >= 0 else math.inf
        assert deal.created <= lost
        assert deal.outcome != "open" if lost < math.inf else True
        assert deal.ended <= lost or lost == math.inf
    for renewal in records.renewals:
        lost = gone.get(company.plan.accounts[renewal.account].id, math.inf)
        if renewal.day != lost:
            assert (renewal.outcome == "account lost") == (renewal.day > lost)


@EXAMPLES
@given(companies())
def test_nobody_is_struck_twice_or_when_already_gone(company: Company) -> None:
    records, _ = outcome(company)
    struck = [(strike.risk, strike.subject) for strike in records.strikes]
    assert len(set(struck)) == len(struck)
    gone = {**left_on(records, company.plan), **lost_on(records, company.plan)}
    assert all(strike.day <= gone.get(strike.subject, math.inf) for strike in records.strikes)
    limits = {p.id: p.max_activations for p in company.plan.contingency_plans}
    for plan in company.plan.contingency_plans:
        triggered = [activation for activation in records.activations if activation.plan == plan.id]
        assert len(triggered) <= (limits[plan.id] or len(struck) + 1)
        assert not triggered or plan.id in company.options.plans
