"""Unit: effects on the board, what a parameter is under them, and what counts as a use of a contingency plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from scenarios.allocation import Allocation
from scenarios.effects import PARAMETERS, Effect, Scope, ScopeKey
from scenarios.plan import Plan
from simulation.board import ActiveEffect, Board, Crowd, Keys
from simulation.compiling import compile_model
from simulation.finder import Finder
from simulation.future import draw_future
from simulation.kpis import measure
from simulation.options import ForcedStrike, Options
from simulation.quarter import Quarter
from simulation.records import Records
from tests.plans import small_plan

EVERYTHING: dict[str, str | tuple[str, ...]] = {
    "product": "S1",
    "product_tier": "star",
    "region": ("north", "south"),
    "maturity": ("mature", "growth"),
    "rep": "R1",
    "rep_tier": "top",
    "account": "C1",
    "customer_tier": "A",
    "industry": "food",
    "activity": "salon",
    "risk": "K7",
    "source": "pipeline",
    "stage": "need",
}


def effect(parameter: str = "win_rate", plan: str | None = None, target: Any = None, **fields: Any) -> ActiveEffect:
    return ActiveEffect.of(Effect.model_validate({"parameter": parameter, **fields}), plan, target)


def board(*effects: ActiveEffect) -> Board:
    made = Board()
    for active in effects:
        made.switch_on(active)
    return made


def value(on: Board, base: float, parameter: str = "win_rate", entity: str = "opportunity:O1", **keys: Any) -> float:
    return on.value(parameter, base, Keys(keys), entity)


def test_nothing_on_leaves_the_base_as_it_is() -> None:
    assert value(Board(), 0.3) == 0.3
    assert value(board(effect("cycle_time", factor=2)), 0.3) == 0.3


def test_shifts_come_before_factors() -> None:
    on = board(effect(factor=2), effect(shift=0.1), effect(factor=0.5, shift=0.05), effect(factor=0.9))
    assert value(on, 0.2) == pytest.approx((0.2 + 0.15) * 0.9)


@pytest.mark.parametrize(
    ("parameter", "base", "fields", "result", "clipped"),
    [
        ("win_rate", 0.6, {"factor": 2}, 1.0, 1),
        ("win_rate", 0.6, {"shift": -0.7}, 0.0, 1),
        ("win_rate", 0.5, {"factor": 2}, 1.0, 0),
        ("win_rate", 0.5, {"shift": -0.5}, 0.0, 0),
        ("rep_hours", 20, {"shift": -30}, 0.0, 1),
        ("rep_hours", 100, {"factor": 2}, 168.0, 1),
        ("cycle_time", 3, {"factor": 1000}, 3000.0, 0),
    ],
)
def test_values_outside_the_domain_are_clipped_and_counted(
    parameter: str, base: float, fields: dict[str, float], result: float, clipped: int
) -> None:
    on = board(effect(parameter, **fields))
    assert value(on, base, parameter) == result
    assert on.clips == ({parameter: clipped} if clipped else {})
    value(on, base, parameter)
    assert on.clips.get(parameter, 0) == 2 * clipped


@pytest.mark.parametrize("key", get_args(ScopeKey))
def test_a_scope_picks_by_every_key(key: str) -> None:
    parameter = next(name for name, entry in PARAMETERS.items() if key in entry.keys)
    has = EVERYTHING[key]
    wanted = has if isinstance(has, str) else has[1]
    on = board(effect(parameter, factor=0.5, scope={key: [wanted]}))
    assert value(on, 1.0, parameter, **EVERYTHING) == 0.5
    assert value(board(effect(parameter, factor=0.5, scope={key: ["x", wanted]})), 1.0, parameter, **EVERYTHING) == 0.5
    assert value(board(effect(parameter, factor=0.5, scope={key: ["x"]})), 1.0, parameter, **EVERYTHING) == 1.0
    lacking = {name: attribute for name, attribute in EVERYTHING.items() if name != key}
    assert value(on, 1.0, parameter, **lacking) == 1.0


def test_every_key_of_a_scope_can_be_picked_by_somewhere() -> None:
    assert set(Scope.model_fields) == {*get_args(ScopeKey), "struck"}
    assert set().union(*(entry.keys for entry in PARAMETERS.values())) == set(get_args(ScopeKey))


def test_all_keys_of_a_scope_must_fit() -> None:
    on = board(effect(factor=0.5, scope={"product": ["S1"], "customer_tier": ["A"]}))
    assert value(on, 0.4, product="S1", customer_tier="A") == 0.2
    assert value(on, 0.4, product="S1", customer_tier="B") == 0.4


def test_a_struck_effect_is_aimed_at_what_was_struck() -> None:
    struck = {"factor": 0.5, "scope": {"struck": True}}
    on = board(effect(target=("account", "C1"), **struck), effect(target=("rep", "R1"), **struck))
    assert value(on, 0.8, account="C1", rep="R2") == 0.4
    assert value(on, 0.8, account="C1", rep="R1") == 0.2
    assert value(on, 0.8, account="R1", rep="C1") == 0.8  # an account is no rep, though the ids are equal
    assert value(on, 0.8) == 0.8
    assert value(board(effect(target=("rep", "R1"), factor=0.5)), 0.8) == 0.4  # not aimed: the target does not matter
    assert value(board(effect(target=None, **struck)), 0.8, rep="R1", account="") == 0.8  # set off by a date
    narrowed = {"factor": 0.5, "scope": {"struck": True, "product": ["S1"]}}
    assert value(board(effect(target=("rep", "R1"), **narrowed)), 0.8, rep="R1", product="L1") == 0.8


def test_what_was_found_for_a_thing_is_forgotten_when_effects_go_on_or_off() -> None:
    on, keys = Board(), Keys({"product": "S1"})
    halves, other = effect(factor=0.5, scope={"product": ["S1"]}), effect("cycle_time", factor=3)

    def now() -> float:
        return on.value("win_rate", 0.8, keys, "opportunity:O1")

    seen = [now()]
    for change in (on.switch_on, on.switch_off):
        for active in (halves, other):
            change(active)
            seen.append(now())
    assert seen == [0.8, 0.4, 0.4, 0.8, 0.8]
    assert on.acting == {}


def test_two_equal_effects_are_two() -> None:
    first, second = effect(factor=0.5), effect(factor=0.5)
    on = board(first, second)
    assert value(on, 0.8) == 0.2
    on.switch_off(second)
    assert value(on, 0.8) == 0.4
    on.switch_off(first)
    assert value(on, 0.8) == 0.8


def test_a_neutral_effect_is_not_looked_at_unless_its_plan_is_paid_per_use() -> None:
    neutral, of_plan = effect(), effect(plan="X")
    on = board(neutral, of_plan)
    assert neutral.neutral
    assert not of_plan.neutral
    assert list(on.acting["win_rate"].in_order()) == [of_plan]
    assert value(on, 0.3) == 0.3
    assert on.uses == {"X": {"opportunity:O1"}}
    on.switch_off(neutral)
    on.switch_off(of_plan)
    assert on.acting == {}


def test_a_use_is_counted_once_for_each_thing_acted_on() -> None:
    on = board(effect(plan="X", factor=1.1, scope={"product": ["S1"]}), effect(plan="X", shift=0.1), effect(factor=2))
    for entity in ("opportunity:O1", "opportunity:O1", "opportunity:O2"):
        value(on, 0.1, entity=entity, product="S1")
    value(on, 0.1, entity="opportunity:O3", product="L1")
    assert on.uses == {"X": {"opportunity:O1", "opportunity:O2", "opportunity:O3"}}
    scoped = board(effect(plan="X", factor=1.1, scope={"product": ["S1"]}))
    value(scoped, 0.1, product="L1")
    assert scoped.uses == {}


# Uses in the quarter: once for each opportunity, account and rep.


def uses(struck: str, subject: str, effects: list[str], **sections: Any) -> tuple[set[str], Records, float]:
    """What a plan acted on that answers K on somebody in week 1, with what a use costs: 10."""
    event = {"rep": "rep_leaves", "account": "account_lost"}[subject]
    risk = {"id": "K", "name": "", "subject": subject, "chance_per_quarter": 0, "event": event, "notice_days": 2}
    answer = {
        "id": "X",
        "name": "",
        "trigger": {"strike": "K"},
        "cost_per_use": 10,
        "effects": [{"parameter": p, "factor": 0.9, "scope": {"struck": True}} for p in effects],
    }
    plan = Plan.model_validate(
        small_plan().model_dump()
        | {"risks": [risk], "contingency_plans": [answer], "uncertainty": (), "measures": (), "baseline_leads": ()}
        | sections
    )
    model = compile_model(
        plan, Allocation("", ()), Options.of(plan, plans=["X"], forced=[ForcedStrike("K", 1, struck)])
    )
    future = draw_future(model, 3, 0)
    quarter = Quarter(
        model, replace(future, events=(1.0,) * len(future.events) if subject == "account" else future.events)
    )
    records = quarter.run()
    return quarter.board.uses["X"], records, measure(records, model).kpis["plan_cost"]


def test_a_rep_is_one_use_whatever_is_done_for_the_rep() -> None:
    found, records, cost = uses("R1", "rep", ["rep_hours", "handover_days", "orphan_win_factor", "event_probability"])
    assert found == {"rep:R1"}
    assert records.uses == {"X": 1}
    assert cost == 10


def test_an_account_is_one_use_with_its_renewal_payments_and_cross_sell() -> None:
    tiers = [{**t.model_dump(), "cross_sell_per_quarter": 30, "renewal_rate": 1} for t in small_plan().customer_tiers]
    effects = ["event_probability", "renewal_rate", "cross_sell_rate", "days_late", "bad_debt"]
    money = {**small_plan().money.model_dump(), "lateness": {"late_share": 1, "median_days_late": 5, "sigma": 0}}
    money["lateness"]["bad_debt"] = 0
    found, records, cost = uses("C1", "account", effects, customer_tiers=tiers, money=money, opportunities=())
    of_account = {f"renewal:C1/{n}" for n in (1, 2)} | {"receivable:I1"}
    assert of_account <= {payment.id for payment in records.payments}
    signed = {deal.id for deal in records.deals if deal.account == 0 and deal.outcome == "won"}
    assert signed
    # Instalments are the opportunity's that signed them, of a renewal or an old invoice the account's.
    assert found == {"account:C1"} | signed
    assert cost == 10 * (1 + len(signed))


def test_an_opportunity_is_one_use_however_often_it_is_acted_on() -> None:
    found, _, cost = uses("C1", "account", ["win_rate", "touch_hours", "proposal_hours", "cycle_time", "deal_value"])
    assert {"opportunity:O1"} <= found
    assert not any(entity.startswith(("account", "rep", "strike")) for entity in found)
    assert cost == 10 * len(found)


def test_an_invoice_of_nobody_is_a_use_of_its_own() -> None:
    plan = small_plan().model_dump()
    answer = {"id": "X", "name": "", "trigger": {"week": 1}, "effects": [{"parameter": "bad_debt", "factor": 0.5}]}
    rows = [{"id": "I1", "amount": 1, "due_date": "2026-01-20"}]
    made = Plan.model_validate(
        plan | {"contingency_plans": [answer], "receivables": rows, "accounts": (), "opportunities": (), "risks": ()}
    )
    model = compile_model(made, Allocation("", ()), Options.of(made, plans=["X"]))
    quarter = Quarter(model, replace(draw_future(model, 1, 0), leads=()))
    quarter.run()
    assert quarter.board.uses == {"X": {"receivable:I1"}}


def test_a_crowd_is_read_as_its_things_are_one_by_one() -> None:
    """Effects on all, on a scope, aimed at one, of a plan, clipped; who is renewed counts as what it is now."""
    attributes = [{"customer_tier": tier, "account": f"C{n}"} for n, tier in enumerate("AABBC")]
    bases = np.array([0.2, 0.0, 0.3, 5.0, 0.1])
    effects = [
        Effect(parameter="strike_rate", factor=3),
        Effect(parameter="strike_rate", shift=0.1, scope={"customer_tier": ["A", "C"]}),
        Effect(parameter="strike_rate", factor=0.5, scope={"customer_tier": ["B"]}),
    ]
    aimed = Effect(parameter="strike_rate", shift=-9, scope={"struck": True})
    one_by_one, together = Board(), Board()
    for board in (one_by_one, together):
        for number, entry in enumerate(effects):
            board.switch_on(ActiveEffect.of(entry, plan="X" if number == 1 else None))
        board.switch_on(ActiveEffect.of(aimed, target=("account", "C3")))
    entities = [f"account:C{n}" for n in range(5)]
    finder = Finder(tuple(attributes))
    crowd = Crowd([Keys(each) for each in attributes], entities, bases, finder)
    for renewed in (False, True):
        if renewed:
            attributes[2] = {"customer_tier": "C", "account": "C2"}
            crowd.renew(2, Keys(attributes[2]))
        expected = [
            one_by_one.value("strike_rate", base, Keys(each), entity) if base > 0 else 0.0
            for base, each, entity in zip(bases.tolist(), attributes, entities, strict=True)
        ]
        assert together.values("strike_rate", crowd).tolist() == expected
        assert together.uses == one_by_one.uses
        assert together.clips == one_by_one.clips == {"strike_rate": 1 + renewed}
    again = Crowd([Keys(each) for each in attributes], entities, bases, finder)
    assert again.reached_by(ActiveEffect.of(effects[2])).tolist() == [2, 3], "as they were at first"
    assert crowd.reached_by(ActiveEffect.of(effects[2])).tolist() == [3]
    assert again.reached_by(ActiveEffect.of(aimed, target=("account", "C1"))).tolist() == [], "cannot be moved"
    assert again.reached_by(ActiveEffect.of(aimed)).tolist() == [], "aimed at nothing"
