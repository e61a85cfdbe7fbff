"""Property: random plans for the simulation's properties, and that they are plans a planner could have written.

Small and short, so that a replication takes milliseconds, and busy: reps who cannot keep up, certain risks, customers
who go, plans that answer. Effects never give a rep more hours than the plan does, so that hours there are known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.effects import EVENTS, PARAMETERS
from scenarios.plan import Plan
from scenarios.references import plan_problems
from simulation.compiling import compile_model
from simulation.kpis import Measured, measure
from simulation.model import Model
from simulation.options import ForcedStrike, Options
from simulation.quarter import replicate
from simulation.records import Records

START = dt.date(2026, 1, 5)
PRODUCTS = ("P1", "P2", "P3")
REGIONS = ("east", "north", "west")
REPS = ("R1", "R2", "R3", "R4")
MATURITY = {"east": "mature", "north": "growth", "west": "growth"}
PRODUCT_TIER = {"P1": "star", "P2": "other", "P3": "star"}
REP_TIER = {"R1": "top", "R2": "core", "R3": "core", "R4": "top"}
CUSTOMER_TIERS = ("A", "B")
INDUSTRIES = ("food", "steel")

SIZES = {
    # parameter: factors, shifts. Days of payment stay, so that what falls due is known.
    "win_rate": ((0.5, 0.9, 1.2), (-0.1, 0.1)),
    "stage_difficulty": ((0, 0.5, 3), (0, 0.2)),
    "deal_value": ((0.8, 1.1), (0, 500)),
    "cycle_time": ((0, 0.5, 1.5), (0, 2)),
    "touch_hours": ((0, 0.5, 2), (0, 0.5)),
    "proposal_hours": ((0.5, 1.5), (0,)),
    "lead_rate": ((0, 0.7, 1.3), (0, 0.1)),
    "baseline_rate": ((0, 0.7, 1.3), (0,)),
    "cross_sell_rate": ((0, 0.7, 1.3), (0,)),
    "renewal_rate": ((0.5, 1.3), (-0.2, 0.1)),
    "renewals_from_week": ((0.5, 2), (-1, 1)),
    "strike_rate": ((0, 0.5, 4), (0, 0.01)),
    "event_probability": ((0, 0.5, 1.5), (0,)),
    "rep_hours": ((0, 0.6), (-5, 0)),
    "budget_pull": ((1,), (0.5,)),
    "detection_days": ((0, 2), (-1, 2)),
    "skill": ((0, 0.8, 1.2), (-0.1, 0.2)),
    "ramp_weeks": ((0.5, 2), (-1, 2)),
    "handover_days": ((0, 0.5), (-3, 0)),
    "orphan_win_factor": ((0.5, 1.1), (0,)),
    "stall_days": ((0, 0.5, 2), (-1, 2)),
    "shrink_share": ((0, 0.5, 1.2), (0,)),
    "base_share": ((0, 0.5, 1.5), (0,)),
    "days_late": ((0, 0.5, 2), (0, 3)),
    "late_share": ((0, 0.5, 2), (0, 0.2)),
    "bad_debt": ((0, 2), (0, 0.1)),
}

Values = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """A random plan with an allocation and options, and what it compiles to."""

    plan: Plan
    allocation: Allocation
    options: Options
    seed: int

    @property
    def model(self) -> Model:
        return compile_model(self.plan, self.allocation, self.options)

    def with_plan(self, **sections: Any) -> Company:
        """The same company with other sections of its plan."""
        return replace(self, plan=changed(self.plan, **sections))


def changed(plan: Plan, **sections: Any) -> Plan:
    """The plan with other sections, rows in order of their ids as the loader has them."""
    for name, rows in sections.items():
        if isinstance(rows, tuple | list):
            sections[name] = tuple(sorted(rows, key=lambda row: row["id"] if isinstance(row, dict) else row.id))
    return Plan.model_validate(plan.model_dump() | sections)


def outcome(company: Company, replication: int = 0) -> tuple[Records, Measured]:
    """One replication, as it happened and in figures."""
    model = company.model
    records = replicate(model, company.seed, replication)
    return records, measure(records, model)


def _scopes(draw: st.DrawFn, parameter: str, ids: Values) -> Values:
    """A scope over what the parameter can be picked by; most effects act on everything."""
    chosen: Values = {}
    if draw(st.booleans()):
        known = sorted(key for key in PARAMETERS[parameter].keys if ids.get(key))
        for key in draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else ():
            chosen[key] = draw(st.lists(st.sampled_from(ids[key]), min_size=1, max_size=2, unique=True))
    return chosen


def _effects(draw: st.DrawFn, ids: Values, kind: str, weeks: int, most: int = 2) -> list[Values]:
    effects = []
    for parameter in draw(st.lists(st.sampled_from(sorted(SIZES)), max_size=most)):
        factors, shifts = SIZES[parameter]
        effect: Values = {"parameter": parameter, "scope": _scopes(draw, parameter, ids)}
        if draw(st.booleans()):
            effect["factor"] = draw(st.sampled_from((1, *factors)))
        else:
            effect["shift"] = draw(st.sampled_from(shifts))
        if kind == "measure":
            first = draw(st.integers(1, weeks))
            effect |= {"from_week": first, "to_week": draw(st.one_of(st.none(), st.integers(first, weeks)))}
        elif draw(st.booleans()):
            effect["duration_weeks"] = draw(st.sampled_from((0.5, 1, 2)))
        if kind in ("rep", "account") and draw(st.booleans()):
            effect["scope"]["struck"] = True
        effects.append(effect)
    return effects


def _session(draw: st.DrawFn, ids: Values, weeks: int) -> Values:
    tiers = draw(st.sampled_from(((), ("core",))))
    exam = {"questions": 5, "success_rate": draw(st.sampled_from((0.7, {"core": 0.4, "top": 0.9}))), "pass_mark": 0.8}
    return {
        "weeks": draw(st.lists(st.integers(1, weeks), min_size=1, max_size=3)),
        "day": draw(st.sampled_from(("monday", "friday", "sunday"))),
        "rep_tiers": tiers,
        "hours": draw(st.sampled_from((0, 2))),
        "needs": draw(st.sampled_from((None, {"rep_tiers": ("core",), "passed": 1, "failed": 1}))),
        "exam": draw(st.sampled_from((None, exam, exam | {"retakes": 2, "retake_days": 1.5, "retake_hours": 1}))),
        "effects": [
            *_effects(draw, ids, "market", weeks, 1),
            {"parameter": "skill", "factor": 1.3, "duration_weeks": 1, "scope": {"struck": draw(st.booleans())}},
        ],
    }


def _policies(draw: st.DrawFn, weeks: int) -> list[Values]:
    """An attack day, a push at the end, lights of reps; steering that rests on money has a test of its own."""
    focus = {
        "weeks": list(range(1, weeks + 1)),
        "day": draw(st.sampled_from(("tuesday", "sunday"))),
        "customer_tier": draw(st.sampled_from((["A"], ["A", "B"]))),
        "conversations": draw(st.integers(0, 2)),
        "iterations": draw(st.integers(0, 2)),
        "iteration_hours": 2,
        "iteration_factor": 1.1,
    }
    push = {"from_week": weeks, "stages": ["s0"], "pull_days": draw(st.sampled_from((1, 30)))}
    push["effects"] = [{"parameter": "deal_value", "factor": 0.9}]
    lights = {"rep_conversion": {"red": 1, "amber": 1, "at_least": 1}, "weeks": [1]}
    kinds: tuple[Values, ...] = ({"focus_day": focus}, {"lights": lights}, {"quarter_end": push})
    return [
        {"id": f"P{number}", "name": "", **kind} for number, kind in enumerate(kinds) if draw(st.integers(0, 2)) == 0
    ]


def _mix(draw: st.DrawFn, keys: tuple[str, ...]) -> Values:
    parts = [draw(st.integers(0, 3)) for _ in keys]
    parts[0] += sum(parts) == 0
    return {key: part / sum(parts) for key, part in zip(keys, parts, strict=True) if part}


def _process(draw: st.DrawFn) -> Values:
    count = draw(st.integers(1, 3))
    shares = [draw(st.integers(1, 3)) for _ in range(count)]
    return {
        "stages": [
            {
                "id": f"s{number}",
                "name": "",
                "conversion": draw(st.sampled_from((0.3, 0.7, 1))),
                "cycle_share": share / sum(shares),
                "touches": draw(st.integers(1, 3)),
                "touch_hours": draw(st.sampled_from((0, 0.5, 3))),
                "proposal_hours": draw(st.sampled_from((0, 4))),
            }
            for number, share in enumerate(shares)
        ],
        "qualified_stage": f"s{draw(st.integers(0, count - 1))}",
        "cycle_sigma": draw(st.sampled_from((0, 0.5))),
        "value_sigma": draw(st.sampled_from((0, 0.4))),
        "lead_tier_mix": _mix(draw, CUSTOMER_TIERS),
        "orphan_win_factor": draw(st.sampled_from((0, 0.8, 1))),
        "touch_spread": draw(st.sampled_from(("fixed", "exponential"))),
        "renewal_hours": draw(st.sampled_from((0, 4))),
        "renewals_from_week": draw(st.sampled_from((1, 2))),
        "cooling_factor": draw(st.sampled_from((0.5, 1))),
        "late_renewal_factor": draw(st.sampled_from((0, 0.5, 1))),
        "collection_hours": draw(st.sampled_from((0, 1))),
    }


def _customer_tiers(draw: st.DrawFn) -> list[Values]:
    return [
        {
            "id": tier,
            "name": "",
            "priority": priority,
            "win_rate": draw(st.sampled_from((0.3, 0.6, 0.9))),
            "touches_per_week": draw(st.sampled_from((0.5, 2))),
            "care_hours_per_touch": draw(st.sampled_from((0, 1))),
            "automated_hours_per_touch": 0.1,
            "proposal_promised_days": draw(st.sampled_from((None, 2))),
            "late_proposal_factor": draw(st.sampled_from((0.5, 1))),
            "automated_in": draw(st.sampled_from(((), ("mature",)))),
            "renewal_rate": draw(st.sampled_from((0, 0.8, 1))),
            "cross_sell_per_quarter": draw(st.sampled_from((0, 2))),
        }
        for priority, tier in enumerate(CUSTOMER_TIERS, start=1)
    ]


def _activities(draw: st.DrawFn, products: tuple[str, ...], weeks: int, stages: int) -> list[Values]:
    return [
        {
            "id": activity,
            "name": "",
            "pool": "marketing",
            "unit_cost": 100,
            "leads_per_unit": draw(st.sampled_from((2, 8))),
            "acceptance": 0.5,
            "entry_stage": f"s{draw(st.integers(0, stages - 1))}",
            "product_mix": _mix(draw, products),
            "tier_mix": draw(st.sampled_from(({}, {"A": 1.0}))),
            "from_week": (first := draw(st.integers(1, weeks))),
            "to_week": draw(st.one_of(st.none(), st.integers(first, weeks))),
            "responses": {"all": [{"up_to_units": 2, "effect": 1}, {"up_to_units": 4, "effect": 0.5}]},
            "rep_hours_per_unit": draw(st.sampled_from((0, 6))),
            "reps_per_unit": draw(st.integers(1, 2)),
        }
        for activity in ("fair", "online")[: draw(st.integers(0, 2))]
    ]


def _tables(draw: st.DrawFn, plan: Values, products: tuple[str, ...], regions: tuple[str, ...], weeks: int) -> None:
    stages = len(plan["process"]["stages"])
    reps = [
        {
            "id": rep,
            "name": "",
            "tier": REP_TIER[rep],
            "regions": draw(st.lists(st.sampled_from(regions), min_size=1, max_size=2, unique=True)),
            "hours_per_week": draw(st.sampled_from((0, 3, 20, 40))),
            "joined": draw(st.sampled_from((None, START - dt.timedelta(days=10), START + dt.timedelta(days=10)))),
        }
        for rep in REPS[: draw(st.integers(1, 4))]
    ]
    places = [(rep["id"], region) for rep in reps for region in rep["regions"]]
    accounts = []
    for number in range(draw(st.integers(0, 4))):
        rep, region = draw(st.sampled_from(places))
        due = draw(st.one_of(st.none(), st.integers(0, 7 * weeks - 1)))
        accounts.append(
            {
                "id": f"C{number}",
                "name": "",
                "customer_tier": draw(st.sampled_from(CUSTOMER_TIERS)),
                "region": region,
                "rep": rep,
                "industry": draw(st.sampled_from(INDUSTRIES)),
                "product": draw(st.sampled_from(products)),
                "renewal_amount": 0 if due is None else 700,
                "renewal_date": None if due is None else START + dt.timedelta(days=due),
            }
        )
    opportunities = []
    for number in range(draw(st.integers(0, 6))):
        rep, region = draw(st.sampled_from(places))
        of_region = [account["id"] for account in accounts if account["region"] == region]
        opportunities.append(
            {
                "id": f"O{number}",
                "product": draw(st.sampled_from(products)),
                "region": region,
                "rep": rep,
                "customer_tier": draw(st.sampled_from(CUSTOMER_TIERS)),
                "stage": f"s{draw(st.integers(0, stages - 1))}",
                "value": draw(st.sampled_from((1000, 2500))),
                "created": START - dt.timedelta(days=draw(st.integers(1, 40))),
                "account": draw(st.sampled_from((None, *of_region))),
                "industry": draw(st.sampled_from(("", *INDUSTRIES))),
            }
        )
    receivables = [
        {
            "id": f"I{number}",
            "amount": 300,
            "due_date": START + dt.timedelta(days=draw(st.integers(-20, 7 * weeks + 10))),
            "account": draw(st.sampled_from((None, *(account["id"] for account in accounts)))),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    baseline = [
        {
            "id": f"B{number}",
            "product": draw(st.sampled_from(products)),
            "region": draw(st.sampled_from(regions)),
            "accepted_per_quarter": draw(st.sampled_from((0, 5))),
        }
        for number in range(draw(st.integers(0, 2)))
    ]
    plan |= {
        "reps": reps,
        "accounts": accounts,
        "opportunities": opportunities,
        "receivables": receivables,
        "baseline_leads": baseline,
    }


def _figures(draw: st.DrawFn, stages: int) -> Values:
    stage = st.one_of(st.none(), st.integers(0, stages - 1).map("s{}".format))
    return {
        "stall_days": draw(st.sampled_from((0, 0.5, 4))),
        "back_to_stage": draw(stage),
        "shrink_share": draw(st.sampled_from((0, 0.6, 1))),
        "base_share": draw(st.sampled_from((0, 0.7, 1))),
        "addon_delay_days": draw(st.sampled_from((0, 3))),
        "addon_stage": draw(stage),
    }


def _risks(draw: st.DrawFn, ids: Values, weeks: int, accounts: bool, stages: int) -> list[Values]:
    risks = []
    for number in range(draw(st.integers(0, 3))):
        subject = draw(st.sampled_from(("market", "rep", "account") if accounts else ("market", "rep")))
        of_accounts = [event for event in sorted(EVENTS) if event != "rep_leaves"]
        event = {"market": None, "rep": "rep_leaves", "account": draw(st.sampled_from(of_accounts))}[subject]
        risks.append(
            {
                "id": f"K{number}",
                "name": "",
                "subject": subject,
                "chance_per_quarter": draw(st.sampled_from((0.3, 0.8, 1))),
                "from_week": (first := draw(st.integers(1, weeks))),
                "to_week": draw(st.one_of(st.none(), st.integers(first, weeks))),
                "detection_days": draw(st.sampled_from((0, 2))),
                "effects": _effects(draw, ids, subject, weeks),
                "event": draw(st.sampled_from((event, None))),
                "figures": _figures(draw, stages),
                "notice_days": draw(st.sampled_from((0, 3))),
                "event_probability": draw(st.sampled_from((0.5, 1))),
            }
        )
    return risks


def _contingency_plans(
    draw: st.DrawFn, ids: Values, weeks: int, subject_of: dict[str, str], stages: int
) -> list[Values]:
    plans = []
    for number in range(draw(st.integers(0, 2))):
        risk = draw(st.sampled_from((None, *sorted(subject_of))))
        trigger = {"week": draw(st.integers(1, weeks))} if risk is None else {"strike": risk}
        plans.append(
            {
                "id": f"X{number}",
                "name": "",
                "trigger": trigger,
                "delay_days": draw(st.sampled_from((0, 1, 4))),
                "effects": _effects(draw, ids, (subject := subject_of.get(risk or "", "market")), weeks),
                "event": draw(st.sampled_from((None, "deal_splits"))) if subject == "account" else None,
                "figures": _figures(draw, stages),
                "retainer": 50,
                "activation_cost": 20,
                "cost_per_use": draw(st.sampled_from((0, 3))),
                "max_activations": draw(st.sampled_from((None, 1))),
                "chosen": draw(st.booleans()),
            }
        )
    return plans


def _uncertainty(draw: st.DrawFn) -> list[Values]:
    kinds = (
        ("win_rate", {"kind": "lognormal", "sigma": 0.2}),
        ("win_rate", {"kind": "beta", "mean": 0.3, "sd": 0.05}),
        ("lead_rate", {"kind": "triangular", "low": 0.5, "mode": 1, "high": 1.5}),
        ("rep_hours", {"kind": "uniform", "low": 0.8, "high": 1}),
        ("rep_hours", {"kind": "two_point", "low": 0.3, "high": 1, "low_share": 0.4}),
        ("strike_rate", {"kind": "lognormal", "sigma": 0.5}),
    )
    chosen = draw(st.lists(st.sampled_from(range(len(kinds))), max_size=2, unique=True))
    return [
        {"id": f"U{number}", "name": "", "parameter": kinds[number][0], "distribution": kinds[number][1]}
        for number in sorted(chosen)
    ]


def _allocation(draw: st.DrawFn, plan: Plan) -> Allocation:
    cells = [(p.id, region, rep.id) for p in plan.products for rep in plan.reps for region in rep.regions]
    quotas = [QuotaCell(*cell, draw(st.sampled_from((500.0, 4000.0)))) for cell in cells if draw(st.booleans())]
    places = [(region.id, activity.id) for region in plan.regions for activity in plan.activities]
    budget = [
        BudgetCell(*place, draw(st.sampled_from((100.0, 250.0, 600.0)))) for place in places if draw(st.booleans())
    ]
    return Allocation("by hand", tuple(sorted(quotas)), tuple(sorted(budget)))


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """A random company in a random quarter of two to five weeks."""
    weeks = draw(st.integers(2, 5))
    products = PRODUCTS[: draw(st.integers(1, 3))]
    regions = REGIONS[: draw(st.integers(1, 3))]
    process = _process(draw)
    activities = _activities(draw, products, weeks, len(process["stages"]))
    ids: Values = {
        "product": products,
        "product_tier": sorted({PRODUCT_TIER[p] for p in products}),
        "region": regions,
        "maturity": ("mature", "growth"),
        "rep_tier": ("core", "top"),
        "customer_tier": CUSTOMER_TIERS,
        "activity": [activity["id"] for activity in activities],
        "source": ("pipeline", "baseline", "cross_sell", "add_on"),
        "stage": [stage["id"] for stage in process["stages"]],
    }
    plan: Values = {
        "name": "random",
        "currency": "CNY",
        "target": draw(st.sampled_from((1000, 6000))),
        "calendar": {
            "start": START,
            "weeks": weeks,
            "holidays": [START + dt.timedelta(days=d) for d in draw(st.sampled_from(((), (0,), (4, 7))))],
            "makeup_days": [START + dt.timedelta(days=d) for d in draw(st.sampled_from(((), (5,))))],
            "blocks": [
                {
                    "id": f"away{number}",
                    "name": "",
                    "from_week": draw(st.integers(1, weeks)),
                    "days": draw(st.integers(1, 7)),
                    "rep_tiers": draw(st.sampled_from(((), ("core",)))),
                }
                for number in range(draw(st.integers(0, 2)))
            ],
        },
        "process": process,
        "handover": {
            "days": draw(st.sampled_from((0, 4))),
            "pair": draw(
                st.sampled_from(
                    (None, {"rep_tiers": ["core"], "mentor_tiers": ["top"], "mentor_hours": 2, "mentor_weeks": 1})
                )
            ),
        },
        "product_tiers": {"star": "", "other": ""},
        "rep_tiers": {"core": "", "top": ""},
        "maturities": [{"id": m, "name": "", "growth": 0} for m in ("growth", "mature")],
        "customer_tiers": _customer_tiers(draw),
        "activities": activities,
        "money": {
            "pools": [{"id": "marketing", "name": "", "amount": 2000}],
            "payment_terms": draw(
                st.sampled_from(
                    ([{"share": 1, "due_days": 0}], [{"share": 0.3, "due_days": 3}, {"share": 0.7, "due_days": 14}])
                )
            ),
            "collections": draw(
                st.sampled_from(
                    (
                        None,
                        {"from_week": 2, "hours": 2, "delay_factors": {"A": 0, "B": 0.5}},
                        {"from_week": 1, "to_week": 2, "hours": 0, "delay_factors": {"B": 0.3}},
                    )
                )
            ),
            "lateness": {"late_share": 0.4, "median_days_late": 6, "sigma": 0.6, "bad_debt": 0.1},
        },
        "products": [
            {
                "id": product,
                "name": "",
                "tier": PRODUCT_TIER[product],
                "mean_deal": draw(st.sampled_from((800, 2000))),
                "median_cycle_days": draw(st.sampled_from((4, 15))),
                "margin": 0.5,
            }
            for product in products
        ],
        "regions": [{"id": region, "name": "", "maturity": MATURITY[region], "base_amount": 1} for region in regions],
        "uncertainty": _uncertainty(draw),
    }
    _tables(draw, plan, products, regions, weeks)
    ids |= {name: [row["id"] for row in plan[f"{name}s"]] for name in ("rep", "account")}
    if draw(st.booleans()):
        mix = _mix(draw, products)
        plan["cross_selling"] = {"entry_stage": f"s{len(process['stages']) - 1}", "product_mix": mix}
    plan["measures"] = [
        {"id": f"M{number}", "name": "", "cost": 10, "effects": _effects(draw, ids, "measure", weeks)}
        | ({"session": _session(draw, ids, weeks)} if draw(st.booleans()) else {})
        for number in range(draw(st.integers(0, 2)))
    ]
    plan["policies"] = _policies(draw, weeks)
    plan["calendar"]["budget_windows"] = [
        {
            "id": "w",
            "industries": ["steel"],
            "stage": f"s{len(process['stages']) - 1}",
            "weeks": draw(st.lists(st.integers(1, weeks), min_size=1, max_size=2)),
        }
    ][: draw(st.integers(0, 1)) if any(row["industry"] == "steel" for row in plan["accounts"]) else 0]
    plan["ramp"] = draw(st.sampled_from((None, {"weeks": 3, "at_start": 0.5})))
    plan["risks"] = _risks(draw, ids, weeks, bool(plan["accounts"]), len(process["stages"]))
    subject_of = {risk["id"]: risk["subject"] for risk in plan["risks"]}
    plan["contingency_plans"] = _contingency_plans(draw, ids, weeks, subject_of, len(process["stages"]))
    made = Plan.model_validate(plan)
    forced = [
        ForcedStrike(risk, draw(st.integers(1, weeks))) for risk in sorted(subject_of) if draw(st.integers(0, 3)) == 0
    ]
    return Company(made, _allocation(draw, made), Options.of(made, forced=forced), draw(st.integers(0, 2**32 - 1)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(companies())
def test_a_random_plan_is_one_that_the_checks_let_pass(company: Company) -> None:
    assert plan_problems(company.plan) == []
    tables = [
        rows for rows in vars(company.plan).values() if isinstance(rows, tuple) and rows and hasattr(rows[0], "id")
    ]
    assert all([row.id for row in table] == sorted(row.id for row in table) for table in tables)
