"""A small plan for tests: 2 products, 2 regions, 3 reps; every kind of section has an entry or two.

Its figures can be checked in the head: target 1,000,000; quotas 1.5, 1.1 and 0.8 times a third of it (113%);
regions 575,000 + 390,000 = 965,000; 200 marketing units of money in one pool.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from scenarios.loading import load_plan
from scenarios.plan import Plan

PLAN_YAML = """\
format: 1
name: Small company
currency: CNY
target: 1000000
base_period: last quarter

calendar:
  start: 2026-01-05
  weeks: 12
  holidays: [2026-02-16, 2026-02-17]
  thirteenth_week: left for planning the next quarter
  phases:
    - {id: start-up, name: Start-up, from_week: 1, to_week: 2}
    - {id: attack, name: Attack, from_week: 3, to_week: 8}
    - {id: closing, name: Closing, from_week: 9, to_week: 12}
  blocks:
    - {id: training, name: Closed training, from_week: 1, days: 2}

product_tiers: {star: Star, long-tail: Long tail}
rep_tiers: {top: Top, core: Core, new: New}
maturities:
  - {id: mature, name: Mature, growth: 0.15}
  - {id: growth, name: Growth, growth: 0.30}

process:
  stages:
    - {id: need, name: Need accepted, conversion: 0.6, cycle_share: 0.3, touches: 2, touch_hours: 0.5}
    - {id: proposal, name: Proposal, conversion: 0.5, cycle_share: 0.4, touches: 2, touch_hours: 1, proposal_hours: 4}
    - {id: contract, name: Contract, conversion: 0.8, cycle_share: 0.3, touches: 1, touch_hours: 1}
  qualified_stage: proposal
  cycle_sigma: 0.5
  value_sigma: 0.4
  lead_tier_mix: {A: 0.5, C: 0.5}

customer_tiers:
  - id: A
    name: Key customers
    priority: 1
    win_rate: 0.5
    touches_per_week: 2
    care_hours_per_touch: 0.5
    renewal_rate: 0.9
    cross_sell_per_quarter: 0.5
  - id: C
    name: Other customers
    priority: 2
    win_rate: 0.3
    touches_per_week: 0.5
    automated_hours_per_touch: 0.05
    automated_in: [mature, growth]
    renewal_rate: 0.7
    cross_sell_per_quarter: 0.2

activities:
  - id: salon
    name: Industry salon
    pool: marketing
    unit_cost: 10000
    leads_per_unit: 20
    acceptance: 0.15
    entry_stage: need
    product_mix: {S1: 0.6, L1: 0.4}
    from_week: 2
    to_week: 10
    responses:
      growth: [{up_to_units: 4, effect: 1}, {up_to_units: 8, effect: 0.5}]
      all: [{up_to_units: 3, effect: 1}]
    rep_hours_per_unit: 6
  - id: online
    name: Online campaign
    pool: marketing
    unit_cost: 1000
    leads_per_unit: 1
    acceptance: 0.1
    entry_stage: need
    product_mix: {S1: 0.2, L1: 0.8}
    tier_mix: {A: 0.2, C: 0.8}
    responses:
      all: [{up_to_units: 20, effect: 1}, {up_to_units: 40, effect: 0.6}]

cross_selling:
  entry_stage: proposal
  product_mix: {S1: 0.3, L1: 0.7}

money:
  pools:
    - {id: marketing, name: Marketing, amount: 80000}
  payment_terms:
    - {share: 0.3, due_days: 0}
    - {share: 0.6, due_days: 30}
    - {share: 0.1, due_days: 365}
  lateness: {late_share: 0.2, median_days_late: 20, sigma: 0.5, bad_debt: 0.01}
  team_building_share: 0.05
  collection_threshold: 0.95

rules:
  - id: T1
    sentence: Star products carry 60% of the quotas.
    left: {over: quota, where: {product_tier: [star]}}
    sense: "="
    ratio: 0.6
    right: {over: quota}
  - id: T3
    sentence: Regions carry the quotas in proportion to base and growth.
    left: {over: quota}
    sense: "="
    each: region
    ratio: {proportional_to: planned_amount}
    right: {over: quota}
    firmness: soft
    priority: 2
  - id: T5
    sentence: A rep's quota is the tier's multiple of target per head.
    left: {over: quota}
    sense: "="
    each: rep
    ratio: {by: rep_tier, values: {top: 1.5, core: 1.1, new: 0.8}}
    right: target_per_head
  - id: R3
    sentence: Growth regions get at least 60% of the marketing money spent.
    left: {over: budget, where: {maturity: [growth], pool: [marketing]}}
    sense: ">="
    ratio: 0.6
    right: {over: budget, where: {pool: [marketing]}}

measures:
  - id: proposal-tool
    name: Proposal generator
    cost: 2000
    effects:
      - {parameter: proposal_hours, factor: 0.5}

risks:
  - id: K1
    name: A competitor cuts prices
    chance_per_quarter: 0.2
    detection_days: 5
    effects:
      - {parameter: win_rate, factor: 0.8, scope: {product_tier: [star]}, duration_weeks: 6}
  - id: K5
    name: A rep leaves
    subject: rep
    chance_per_quarter: {top: 0.05, core: 0.06, new: 0.1}
    event: rep_leaves
    notice_days: 10
  - id: K7
    name: A customer churns
    subject: account
    chance_per_quarter: {A: 0.03, C: 0.08}
    event: account_lost
    notice_days: 15
    event_probability: 0.8

contingency_plans:
  - id: K1-answer
    name: Service pack
    trigger: {strike: K1}
    delay_days: 3
    retainer: 3000
    activation_cost: 10000
    effects:
      - {parameter: win_rate, factor: 1.15, scope: {product_tier: [star]}, duration_weeks: 6}
  - id: K5-answer
    name: Hand-over procedure
    trigger: {strike: K5}
    cost_per_use: 1000
    effects:
      - {parameter: handover_days, factor: 0.3, scope: {struck: true}}

uncertainty:
  - id: market
    name: The market
    parameter: win_rate
    distribution: {kind: lognormal, sigma: 0.06}

assumptions:
  - {path: customer_tiers.A.win_rate, grade: D, source: the planner's guess, low: 0.4, high: 0.6}

scenarios:
  - id: soft_market
    name: Soft market
    set: {customer_tiers.A.win_rate: 0.4, customer_tiers.C.win_rate: x0.9}
  - id: price_war
    name: Price war
    set: {risks.K1.chance_per_quarter: 1}
  - id: everything
    name: Everything at once
    includes: [soft_market, price_war]
"""
STEERED_YAML = (
    PLAN_YAML.replace("  weeks: 12\n", "  weeks: 12\n  review_day: friday\n  review_weeks: [3, 5, 7]\n", 1)
    + """
policies:
  - id: E3
    name: Lights
    lights: {conversion: {red: 0.8, amber: 0.9, at_least: 1}}
  - id: M5
    name: A talk track on trial
    enabled: false
    strategy_test:
      {share: 0.5, from_week: 2, weeks: 6, at_least: 1, effects: [{parameter: win_rate, factor: 1.6}]}
"""
)
"""The same plan with Friday lights and a strategy test."""

TABLES = {
    "products": """\
id,name,tier,mean_deal,median_cycle_days,margin
S1,Energy platform,star,50000,60,0.6
L1,Meters,long-tail,10000,28,0.4
""",
    "regions": """\
id,name,maturity,base_amount
north,North,mature,500000
south,South,growth,300000
""",
    "reps": """\
id,name,tier,regions,hours_per_week
R1,Ann,top,north,24
R2,Bo,core,north;south,24
R3,Chen,new,south,24
""",
    "accounts": """\
id,name,customer_tier,region,rep,industry,product,renewal_amount,renewal_date
C1,Alpha,A,north,R1,textile,S1,40000,2026-02-10
C2,Beta,C,north,R2,food,L1,8000,2026-03-02
C3,Gamma,A,south,R3,food,,,
C4,Delta,C,south,R2,textile,,,
""",
    "opportunities": """\
id,product,region,rep,customer_tier,stage,value,created,account
O1,S1,north,R1,A,contract,60000,2025-11-10,C1
O2,S1,north,R2,C,proposal,45000,2025-12-01,
O3,L1,north,R1,C,need,9000,2025-12-22,
O4,S1,south,R3,A,proposal,50000,2025-12-08,C3
O5,L1,south,R2,C,contract,12000,2025-12-15,C4
""",
    "receivables": """\
id,amount,due_date,account
I1,30000,2026-01-20,C1
I2,10000,2025-12-20,C2
""",
    "baseline_leads": """\
id,product,region,accepted_per_quarter
B1,S1,north,2
B2,L1,south,4
""",
}


def small_plan_files(folder: Path, *, plan: str = PLAN_YAML, **tables: str | None) -> Path:
    """The small plan as a folder; a table is replaced by the text given for it, or left out for None."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    for name, text in {**TABLES, **tables}.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def small_plan(*, scenarios: Sequence[str] = (), settings: Sequence[str] = ()) -> Plan:
    """The small plan, loaded; settings are ``path=value`` as on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        return load_plan(small_plan_files(Path(folder)), scenarios, settings).plan
