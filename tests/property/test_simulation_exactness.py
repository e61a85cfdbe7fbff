"""Property: changes that cannot touch a thing leave it as it was, to the last bit."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.allocation import Allocation, BudgetCell
from scenarios.loading import load_plan
from scenarios.measures import Measure
from scenarios.plan import TABLES, Plan
from scenarios.risks import ContingencyPlan, Risk
from simulation.compiling import compile_model
from simulation.future import Future, draw_future, draw_futures
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from studies.replay.replications import run_replications
from tests.property.test_simulation_plans import SIZES, Company, changed, companies, outcome

EXAMPLES = settings(max_examples=100, deadline=None, derandomize=True)
FEW = settings(max_examples=15, deadline=None, derandomize=True)
LISTS = ("activities", "contingency_plans", "customer_tiers", "maturities", "measures", "risks", "uncertainty", *TABLES)
"""Sections whose entries are known by their ids, so that their order says nothing."""

IMPOSSIBLE = st.fixed_dictionaries(
    {
        "id": st.sampled_from(("A0", "K9")),  # before and after the others
        "name": st.just(""),
        "subject": st.sampled_from(("market", "rep", "account")),
        "chance_per_quarter": st.just(0),
        "effects": st.lists(
            st.fixed_dictionaries(
                {"parameter": st.sampled_from(sorted(SIZES)), "factor": st.sampled_from((0, 0.5, 2))},
                optional={"duration_weeks": st.just(1)},
            ),
            max_size=2,
        ),
    },
    optional={"detection_days": st.just(2)},
)


def entries_with_effects(plan: Plan) -> tuple[Measure | Risk | ContingencyPlan, ...]:
    return (*plan.measures, *plan.risks, *plan.contingency_plans)


def in_play(company: Company, plan: Plan, held: tuple[str, ...] = ()) -> Company:
    """The company with another plan: its enabled risks, the contingency plans it chose and those that are held."""
    options = company.options
    return replace(company, plan=plan, options=Options.of(plan, plans=options.plans | set(held), forced=options.forced))


@EXAMPLES
@given(companies(), IMPOSSIBLE)
def test_a_risk_of_chance_0_is_no_risk(company: Company, risk: dict[str, Any]) -> None:
    with_risk = in_play(company, changed(company.plan, risks=[*company.plan.model_dump()["risks"], risk]))
    assert outcome(with_risk)[0] == outcome(company)[0]


@EXAMPLES
@given(companies(), IMPOSSIBLE)
def test_a_plan_that_never_triggers_costs_its_retainer_and_nothing_else(company: Company, risk: dict[str, Any]) -> None:
    answer = {
        "id": "V",
        "name": "",
        "trigger": {"strike": risk["id"]},
        "effects": [*risk["effects"], {"parameter": "lead_rate", "factor": 3}, {"parameter": "win_rate", "shift": 0.3}],
        "retainer": 512,
        "activation_cost": 99,
        "cost_per_use": 9,
    }
    plan = changed(company.plan, risks=[*company.plan.model_dump()["risks"], risk])
    held = changed(plan, contingency_plans=[*plan.model_dump()["contingency_plans"], answer])
    before, measured_before = outcome(in_play(company, plan))
    after, measured_after = outcome(in_play(company, held, ("V",)))
    assert after == before
    assert measured_after.before_plans == measured_before.before_plans
    assert measured_after.kpis["plan_cost"] == measured_before.kpis["plan_cost"] + 512
    paid = ("contribution", "plan_cost")
    assert measured_after.kpis["contribution"] == measured_before.before_plans - measured_after.kpis["plan_cost"]
    assert {k: v for k, v in measured_after.kpis.items() if k not in paid} == {
        k: v for k, v in measured_before.kpis.items() if k not in paid
    }


@EXAMPLES
@given(companies(), st.data(), st.booleans())
def test_a_future_drawn_for_several_models_is_that_of_each(company: Company, data: st.DataObject, wide: bool) -> None:
    plan = company.plan
    if wide:  # leads that risks may bring, each of another source
        floods = [
            {
                "id": f"K00-{rate}",
                "chance_per_quarter": 0.5,
                "name": "",
                "effects": [{"parameter": rate, "factor": 2.0}],
            }
            for rate in ("lead_rate", "baseline_rate", "cross_sell_rate")
        ]
        plan = changed(plan, risks=[*plan.model_dump()["risks"], *floods])
    models = []
    for _ in range(data.draw(st.integers(1, 3))):
        risks = data.draw(st.sets(st.sampled_from([risk.id for risk in plan.risks]))) if plan.risks else ()
        uncertainty = data.draw(st.booleans())
        models.append(compile_model(plan, company.allocation, Options.of(plan, risks, uncertainty=uncertainty)))
    for model, future in zip(models, draw_futures(models, company.seed, 3), strict=True):
        alone = draw_future(model, company.seed, 3)
        assert future.thresholds.tolist() == alone.thresholds.tolist()
        assert replace(future, thresholds=alone.thresholds) == alone


@EXAMPLES
@given(companies(), st.data())
def test_more_money_only_adds_leads(company: Company, data: st.DataObject) -> None:
    """All that came still comes, on its day, for its product and tier, of its value and with its chance."""
    money = dict(company.allocation.amount)
    for region in company.plan.regions:
        for activity in company.plan.activities:
            more = data.draw(st.sampled_from((0.0, 50.0, 300.0)))
            money[region.id, activity.id] = money.get((region.id, activity.id), 0.0) + more
    budget = tuple(BudgetCell(*place, amount) for place, amount in sorted(money.items()))
    richer = replace(company, allocation=Allocation("more", company.allocation.quotas, budget))
    few, many = arrivals(company), arrivals(richer)
    assert few.keys() <= many.keys()
    assert few == {id: many[id] for id in few}
    futures = [draw_future(other.model, company.seed, 0) for other in (company, richer)]
    some, all_points = ({point.id: point for point in future.leads} for future in futures)
    assert some == {id: all_points[id] for id in some}


def arrivals(company: Company) -> dict[str, tuple[Any, ...]]:
    records, _ = outcome(company)
    came = [deal for deal in records.deals if deal.source != "pipeline"]
    return {deal.id: (deal.created, deal.source, deal.product, deal.region, deal.tier, deal.account) for deal in came}


@FEW
@given(companies(), st.randoms(use_true_random=False))
def test_shuffled_files_change_nothing(company: Company, shuffle: random.Random) -> None:
    written = company.plan.model_dump(mode="json")
    mixed = {key: written[key] for key in shuffle.sample(sorted(written), len(written))}
    for name in LISTS:
        mixed[name] = shuffle.sample(written[name], len(written[name]))
    loaded = [load(figures) for figures in (written, mixed)]
    assert loaded[0] == loaded[1]
    quotas = tuple(shuffle.sample(company.allocation.quotas, len(company.allocation.quotas)))
    budget = tuple(shuffle.sample(company.allocation.budget, len(company.allocation.budget)))
    for plan in loaded:
        other = replace(company, plan=plan, allocation=Allocation("shuffled", quotas, budget))
        assert outcome(other)[0] == outcome(company)[0]


def load(figures: dict[str, Any]) -> Plan:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        path.write_text(json.dumps(figures), encoding="utf-8")  # JSON is YAML
        return load_plan(path).plan


@EXAMPLES
@given(companies(), st.sampled_from(("A", "ZZ")))
def test_another_account_or_rep_leaves_the_draws_of_all_others_untouched(company: Company, prefix: str) -> None:
    """First or last of all by id: what is known by an id keeps its draws."""
    figures = company.plan.model_dump()
    rep = figures["reps"][0] | {"id": f"{prefix}0", "regions": figures["reps"][-1]["regions"]}
    account = {"id": f"{prefix}1", "name": "", "customer_tier": "A", "region": rep["regions"][0], "rep": rep["id"]}
    account |= {"product": "P1", "renewal_amount": 70, "renewal_date": figures["calendar"]["start"]}
    joined = company.with_plan(reps=[*figures["reps"], rep], accounts=[*figures["accounts"], account])
    before, after = (by_id(other.model, draw_future(other.model, company.seed, 3)) for other in (company, joined))
    assert before == {key: after[key] for key in before}
    added = {key[1] for key in after.keys() - before.keys()}
    assert all(prefix in key for key in added)


def by_id(model: Model, future: Future) -> dict[tuple[str, str], Any]:
    """Everything that was drawn, by what was drawn and for whom."""
    strikes = [strike.id for strike in model.strikes]
    accounts, invoices = model.accounts, [invoice.id for invoice in model.invoices]
    drawn: dict[tuple[str, str], Any] = {}
    drawn |= {("nature", u.id): f for u, f in zip(model.uncertainties, future.nature, strict=True)}
    drawn |= {("deal", row.id): c for row, c in zip(model.open_deals, future.open_deals, strict=True)}
    for point in future.leads:
        drawn["lead", point.id] = point._replace(source=0), model.sources[point.source].id
    drawn |= {("renewal", a): u for a, u in zip(accounts, future.renewals, strict=True)}
    drawn |= {("renewal paid", a): u for a, u in zip(accounts, future.renewal_payments, strict=True)}
    drawn |= {("paid", i): u for i, u in zip(invoices, future.payments, strict=True)}
    drawn |= {("threshold", s): u for s, u in zip(strikes, future.thresholds.tolist(), strict=True)}
    drawn |= {("event", s): u for s, u in zip(strikes, future.events, strict=True)}
    return drawn


@EXAMPLES
@given(companies(), st.integers(0, 50))
def test_a_replication_is_a_function_of_its_number_and_the_seed(company: Company, number: int) -> None:
    model = company.model
    once = replicate(model, company.seed, number)
    replicate(model, company.seed, number + 1)
    assert replicate(model, company.seed, number) == once
    assert replicate(company.model, company.seed, number) == once
    assert once.replication == number


@FEW
@given(companies(), st.integers(1, 30))
def test_how_many_are_run_changes_none(company: Company, count: int) -> None:
    def run(numbers: range) -> tuple[Records, ...]:
        made = (company.plan, company.allocation, company.options)
        return run_replications(*made, seed=company.seed, numbers=numbers, keep_records=True).records

    all_records = run(range(count + 7))
    assert run(range(count)) == all_records[:count]
    assert run(range(count, count + 2)) == all_records[count : count + 2]


@EXAMPLES
@given(companies())
def test_without_uncertainty_every_factor_is_1(company: Company) -> None:
    options = replace(company.options, uncertainty=False)
    certain, known = replace(company, options=options), company.with_plan(uncertainty=())
    records, _ = outcome(certain)
    assert records.nature == (1.0,) * len(company.plan.uncertainty)
    as_known, _ = outcome(known)
    assert replace(records, nature=()) == as_known


@EXAMPLES
@given(companies())
def test_what_nobody_knows_is_drawn_apart_from_chance(company: Company) -> None:
    """Two layers, never merged: a certain and an uncertain quarter have the same chance in everything."""
    certain = replace(company, options=replace(company.options, uncertainty=False))
    drawn, same = (by_id(other.model, draw_future(other.model, company.seed, 0)) for other in (company, certain))
    nature = {key for key in drawn if key[0] == "nature"}
    # More possible opportunities are drawn where their rate is uncertain; all others are the same.
    assert {key: value for key, value in same.items() if key not in nature}.items() <= drawn.items()
    assert {key[0] for key in drawn.keys() - same.keys()} <= {"lead"}


@EXAMPLES
@given(companies())
def test_an_event_that_leaves_all_it_can_as_it_was_is_no_event(company: Company) -> None:
    """A budget that keeps its value and an opportunity that is all base."""
    plan = company.plan.model_dump()
    for event in ("deal_shrinks", "deal_splits"):
        neutral = {"id": "K9", "name": "", "subject": "account", "chance_per_quarter": 0.8}
        calm = in_play(company, changed(company.plan, risks=[*plan["risks"], neutral]))
        acting = in_play(company, changed(company.plan, risks=[*plan["risks"], {**neutral, "event": event}]))
        after, before = outcome(acting)[0], outcome(calm)[0]
        assert len(after.strikes) == len(before.strikes)
        if not any("share" in e.parameter for entry in entries_with_effects(company.plan) for e in entry.effects):
            assert replace(after, strikes=before.strikes) == before
