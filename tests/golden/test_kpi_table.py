"""Golden: means of all KPIs of the built-in plan, under an allocation made by hand, seed 1, 20 replications.

It moves when the plan's figures, the simulation or the KPIs do, and says by how much. To renew, after looking at every
difference: UPDATE_GOLDEN=1 pytest tests/golden/test_kpi_table.py. What moved results gets a line that begins with
**Results:** in the changelog.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.loading import load_plan
from scenarios.plan import Plan
from simulation.kpis import KPIS
from simulation.options import Options
from studies.replay.replications import run_replications

KEPT = Path(__file__).parent / "kpi_table.json"
SEED, REPLICATIONS = 1, 20

MULTIPLE = {"top": 1.5, "core": 1.1, "new": 0.8}  # T5: of the target per head
PRODUCT_SHARE = {"S1": 0.25, "S2": 0.15, "P1": 0.17, "P2": 0.13, "L1": 0.13, "L2": 0.17}  # T1: 40, 30 and 30%
MARKETING = {  # 1,080,000, of which 60% for growth and emerging regions (R3)
    ("central", "salon"): 264_000.0,
    ("southwest", "salon"): 264_000.0,
    ("central", "online"): 8_000.0,
    ("southwest", "online"): 8_000.0,
    ("northwest", "salon"): 44_000.0,
    ("northwest", "reference_visit"): 60_000.0,
    ("east", "salon"): 88_000.0,
    ("south", "salon"): 88_000.0,
    ("east", "referral"): 57_600.0,
    ("south", "referral"): 38_400.0,
    ("east", "digital"): 96_000.0,
    ("south", "digital"): 64_000.0,
}
TRAVEL = {"east": 100_000.0, "south": 75_000.0, "central": 60_000.0, "southwest": 65_000.0, "northwest": 60_000.0}
TRAVEL_SHARE = {"travel_a": 0.55, "travel_b": 0.35, "travel_c": 0.10}  # R7


def by_hand(plan: Plan, marketing: dict[tuple[str, str], float] = MARKETING) -> Allocation:
    """Quotas by tier and product, all in the rep's home region; marketing and travel money as the company plans it."""
    per_head = plan.target / len(plan.reps)
    quotas = [
        QuotaCell(product, rep.regions[0], rep.id, MULTIPLE[rep.tier] * per_head * share)
        for rep in plan.reps
        for product, share in PRODUCT_SHARE.items()
    ]
    money = marketing | {(r, kind): m * s for r, m in TRAVEL.items() for kind, s in TRAVEL_SHARE.items()}
    budget = [BudgetCell(*place, amount) for place, amount in money.items()]
    return Allocation("by hand", tuple(sorted(quotas)), tuple(sorted(budget)))


def test_the_allocation_by_hand_is_the_company_s() -> None:
    plan = load_plan("quarter").plan
    allocation = by_hand(plan)
    assert allocation.total_quota == pytest.approx(20_340_000)
    assert sum(MARKETING.values()) == 1_080_000
    assert sum(cell.amount for cell in allocation.budget) == pytest.approx(1_080_000 + 360_000)
    grown = sum(amount for (region, _), amount in MARKETING.items() if region not in ("east", "south"))
    assert grown == 0.6 * 1_080_000


def test_kpi_table() -> None:
    plan = load_plan("quarter").plan
    batch = run_replications(plan, by_hand(plan), Options.of(plan), seed=SEED, numbers=range(REPLICATIONS))
    means = {id: float(batch.kpis[id].mean()) for id in KPIS}
    if os.environ.get("UPDATE_GOLDEN"):
        KEPT.write_text(json.dumps(means, indent=2) + "\n", encoding="utf-8")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert set(kept) == set(means)
    assert means == pytest.approx(kept, rel=1e-9)
