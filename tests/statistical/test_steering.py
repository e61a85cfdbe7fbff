"""Statistical: the allocation steers the quarter. Two allocations on identical futures; paired 95% intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from scenarios.allocation import Allocation, QuotaCell
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.compiling import compile_model
from simulation.distributions import Floats
from simulation.kpis import measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from studies.statistics import mean_estimate
from tests.golden.test_kpi_table import MARKETING, by_hand
from tests.plans import small_plan

pytestmark = pytest.mark.statistical

GROWTH, MATURE = ("central", "southwest"), ("east", "south")
MOVED = 216_000.0  # a fifth of the 1,080,000; half of what mature regions have
SALON = 22_000.0
STAYS = ["policies.M6.enabled=false"]  # what is moved before the quarter stays where it is

Measure = Callable[[Records, Model], float]


def paired(
    plan: Plan, before: Allocation, after: Allocation, measures: dict[str, Measure], seed: int, replications: int
) -> dict[str, Floats]:
    """Differences of measures, after less before, replication by replication."""
    models = [compile_model(plan, allocation, Options.of(plan)) for allocation in (before, after)]
    rows = []
    for number in range(replications):
        records = [replicate(model, seed, number) for model in models]
        found = [[what(r, m) for what in measures.values()] for r, m in zip(records, models, strict=True)]
        rows.append(np.subtract(found[1], found[0]))
    return dict(zip(measures, np.array(rows, dtype=float).T, strict=True))


def in_regions(regions: tuple[str, ...], of: Callable[[Records, Model, set[int]], float]) -> Measure:
    def what(records: Records, model: Model) -> float:
        return of(records, model, {model.regions.index(region) for region in regions})

    return what


def leads(records: Records, model: Model, regions: set[int]) -> float:
    activities = set(model.plan.activity)
    return sum(deal.source in activities and deal.region in regions for deal in records.deals)


def qualified_pipeline(records: Records, model: Model, regions: set[int]) -> float:
    first = model.plan.process.stage_number(model.plan.process.qualified_stage)
    return sum(d.value for d in records.deals if d.outcome == "open" and d.stage >= first and d.region in regions)


def signed(records: Records, model: Model, regions: set[int]) -> float:
    won = sum(deal.value for deal in records.deals if deal.outcome == "won" and deal.region in regions)
    return won + sum(renewal.value for renewal in records.renewals if renewal.region in regions)


def moved_to_growth() -> dict[tuple[str, str], float]:
    """Half of every entry of the mature regions, put into salons of the growth regions."""
    money = {(region, what): m * (0.5 if region in MATURE else 1.0) for (region, what), m in MARKETING.items()}
    for region in GROWTH:
        money[region, "salon"] += MOVED / len(GROWTH)
    return money


def test_the_money_that_is_moved_stays_where_it_has_an_effect() -> None:
    """Growth regions answer to 18 salons each, the 12 of the plan in full: 4.9 more count 0.6 each."""
    plan, money = load_plan("quarter", settings=STAYS).plan, moved_to_growth()
    assert sum(money.values()) == pytest.approx(sum(MARKETING.values()))
    bands = plan.activity["salon"].responses["growth"]
    assert all(money[region, "salon"] / SALON <= bands[-1].up_to_units for region in GROWTH)
    assert all(MARKETING[region, "salon"] / SALON == bands[0].up_to_units for region in GROWTH)


def test_marketing_money_moves_leads_and_pipeline_to_where_it_goes() -> None:
    plan = load_plan("quarter", settings=STAYS).plan
    measures = {
        "leads": in_regions(GROWTH, leads),
        "pipeline": in_regions(GROWTH, qualified_pipeline),
        "leads lost": in_regions(MATURE, leads),
    }
    found = paired(plan, by_hand(plan), by_hand(plan, moved_to_growth()), measures, seed=11, replications=60)
    # 9.8 salons more, at 0.6 x 50 leads x 15%; 4 of 8 salons, half of 160,000 of digital and 10 of 20 referrals less.
    more, fewer = MOVED / SALON * 0.6 * 7.5, 4 * 7.5 + 80 * 0.375 + 10
    assert mean_estimate(found["leads"]).ci_low > 0
    assert mean_estimate(found["leads lost"]).ci_high < 0
    assert mean_estimate(found["pipeline"]).ci_low > 0
    for differences, expected in ((found["leads"], more), (found["leads lost"], -fewer)):
        standard_error = differences.std(ddof=1) / len(differences) ** 0.5
        assert abs(differences.mean() - expected) <= 4 * standard_error


def test_marketing_money_moves_signatures_where_the_cycle_is_short_enough() -> None:
    """Median cycles of 30 days leave what a salon brings in week 2 to 10 the time to be signed."""
    shorter = [f"products.{product}.median_cycle_days=30" for product in ("S1", "S2", "P1", "P2", "L1", "L2")]
    plan = load_plan("quarter", settings=[*STAYS, *shorter]).plan
    what = {"signed": in_regions(GROWTH, signed), "lost": in_regions(MATURE, signed)}
    found = paired(plan, by_hand(plan), by_hand(plan, moved_to_growth()), what, seed=12, replications=100)
    assert mean_estimate(found["signed"]).ci_low > 0
    assert mean_estimate(found["lost"]).ci_high < 0


def one_rep() -> Plan:
    """One rep, two products that differ by nothing but their ids, and more work than there is time for."""
    figures = small_plan().model_dump()
    star = figures["products"][1] | {"mean_deal": 10_000, "median_cycle_days": 14}
    process = figures["process"] | {"lead_tier_mix": {"A": 1.0}}
    rows = {
        "accounts": (),
        "opportunities": (),
        "receivables": (),
        "risks": (),
        "contingency_plans": (),
        "measures": (),
    }
    return Plan.model_validate(
        figures
        | rows
        | {
            "process": process,
            "products": [star | {"id": "S1"}, star | {"id": "S2"}],
            "regions": figures["regions"][:1],
            "activities": (),
            "cross_selling": None,
            "reps": [{"id": "R1", "name": "", "tier": "top", "regions": ["north"], "hours_per_week": 24}],
            "baseline_leads": [
                {"id": f"B{n}", "product": f"S{n}", "region": "north", "accepted_per_quarter": 60} for n in (1, 2)
            ],
        }
    )


def share_of_first(records: Records, model: Model) -> float:
    hours = [sum(deal.hours for deal in records.deals if deal.product == product) for product in (0, 1)]
    return hours[0] / sum(hours)


def asked(first: float, second: float) -> Allocation:
    return Allocation("by hand", (QuotaCell("S1", "north", "R1", first), QuotaCell("S2", "north", "R1", second)))


def test_where_hours_bind_a_larger_quota_draws_touch_hours() -> None:
    plan = one_rep()
    what = {"share": share_of_first}
    found = paired(plan, asked(100_000, 100_000), asked(150_000, 50_000), what, seed=13, replications=60)
    assert mean_estimate(found["share"]).ci_low > 0.05
    model = compile_model(plan, asked(100_000, 100_000), Options.of(plan))
    used = [measure(replicate(model, 13, number), model).kpis["hours_used"] for number in range(10)]
    assert min(used) > 0.9
    swapped = paired(plan, asked(150_000, 50_000), asked(50_000, 150_000), what, seed=13, replications=30)
    assert mean_estimate(swapped["share"]).ci_high < -0.1


def test_where_hours_do_not_bind_a_quota_changes_nobody_s_hours() -> None:
    figures = one_rep().model_dump()
    leads_of_few = [row | {"accepted_per_quarter": 6} for row in figures["baseline_leads"]]
    plan = Plan.model_validate(
        figures | {"reps": [figures["reps"][0] | {"hours_per_week": 100}], "baseline_leads": leads_of_few}
    )
    before, after = asked(100_000, 100_000), asked(150_000, 50_000)
    found = paired(plan, before, after, {"share": share_of_first}, seed=14, replications=20)
    assert abs(found["share"].mean()) < 0.01
