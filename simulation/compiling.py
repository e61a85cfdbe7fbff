"""From plan, allocation and options to the model that replications read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from scenarios.allocation import Allocation
from scenarios.cycles import CurveCycle
from scenarios.errors import PlanFileError, Problem
from scenarios.expectations import (
    account_keys,
    age_days,
    cycle_bounds,
    cycle_of,
    rep_keys,
    shares_before,
    stage_weights,
    touch_positions,
    win_probability,
    working_days,
)
from scenarios.plan import Plan
from scenarios.process import CustomerTier
from scenarios.tables import Account, Opportunity
from simulation.draws import Entities, PoissonLayers, layers_covering
from simulation.finder import Finder
from simulation.model import DealStart, Model, OpenInvoice, OurAccount, StageTable, TierHabits
from simulation.options import Options, Reallocate
from simulation.sources import lead_sources
from simulation.strikes import possible_strikes

__all__ = ["compile_model"]

POINTS_PER_LAYER = 4.0
"""Mean number of points in a layer of possible leads: one evaluation of the generator."""


def compile_model(
    plan: Plan,
    allocation: Allocation,
    options: Options | None = None,
    reallocations: Mapping[str, Reallocate] | None = None,
) -> Model:
    """Compile a plan, what was decided and what is in play; UsageError when the allocation does not fit the plan.

    ``reallocations`` decide where money moves, by the policy that moves it.
    """
    options = options or Options.of(plan)
    allocation.refuse_strangers(plan)
    products, regions = tuple(p.id for p in plan.products), tuple(r.id for r in plan.regions)
    reps, accounts = tuple(r.id for r in plan.reps), tuple(a.id for a in plan.accounts)
    tiers = tuple(t.id for t in plan.customer_tiers)
    process, horizon = plan.process, float(plan.calendar.working_days)
    sources = tuple(lead_sources(plan, allocation, tiers, options))
    bounds = np.array([s.highest_rate for s in sources], dtype=float)
    layer_height = POINTS_PER_LAYER / horizon
    layers = PoissonLayers.of([s.id for s in sources], layers_covering(bounds, layer_height), horizon, layer_height)
    deals = tuple(_open_deals(plan))
    cycles = [_cycle_bounds(plan, opportunity) for opportunity in plan.opportunities]
    cycles_of = [cycle_of(plan, product) for product in plan.products]
    strikes = tuple(possible_strikes(plan, options))
    exams = {m.id: m.session for m in plan.measures if m.enabled and m.session is not None and m.session.exam}
    uncertainties = tuple(u for u in plan.uncertainty if u.enabled)
    return Model(
        plan=plan,
        allocation=allocation,
        options=options,
        horizon=horizon,
        stages=_stage_table(plan),
        tier_habits=[_habits(plan, tier) for tier in plan.customer_tiers],
        win_from=[
            [win_probability(process, tier.win_rate, i) for i in range(len(process.stages))]
            for tier in plan.customer_tiers
        ],
        products=products,
        regions=regions,
        reps=reps,
        tiers=tiers,
        accounts=accounts,
        rep_number={id: number for number, id in enumerate(reps)},
        account_number={id: number for number, id in enumerate(accounts)},
        coverage=[[i for i, rep in enumerate(plan.reps) if region in rep.regions] for region in regions],
        rep_quota=[allocation.quota_by_rep.get(rep, 0.0) for rep in reps],
        cell_quota=_cell_quotas(allocation, products, regions),
        rep_attributes=[rep_keys(plan, rep) for rep in plan.reps],
        hours_per_day=_hours_per_day(plan),
        blocks=[plan.calendar.away(rep.tier) for rep in plan.reps],
        open_deals=deals,
        open_bounds=(np.array([b[0] for b in cycles], dtype=float), np.array([b[1] for b in cycles], dtype=float)),
        open_products=np.array([deal.product for deal in deals], dtype=np.int64),
        our_accounts=tuple(_our_accounts(plan)),
        invoices=tuple(_invoices(plan)),
        sources=sources,
        source_window=(np.array([s.start for s in sources]), np.array([s.end for s in sources])),
        source_bound=bounds,
        source_products=np.array([s.product_shares for s in sources], dtype=float).reshape(len(sources), len(products)),
        source_tiers=np.array([s.tier_shares for s in sources], dtype=float).reshape(len(sources), len(tiers)),
        layers=layers,
        lead_points=layers.possible_points(),
        open_entities=Entities.of(f"opportunity:{o.id}" for o in plan.opportunities),
        account_entities=Entities.of(f"account:{a}" for a in accounts),
        receivable_entities=Entities.of(f"receivable:{r.id}" for r in plan.receivables),
        nature_entities=Entities.of(f"uncertainty:{u.id}" for u in uncertainties),
        uncertainties=uncertainties,
        held_plans=tuple(held for held in plan.contingency_plans if held.id in options.plans),
        strikes=strikes,
        strike_entities=Entities.of(strike.id for strike in strikes),
        strike_subjects=tuple(strike.entity for strike in strikes),
        strike_finder=Finder([strike.attributes for strike in strikes]),
        strike_hazard=np.array([strike.hazard for strike in strikes], dtype=float),
        strike_window=(
            np.array([strike.first for strike in strikes], dtype=float),
            np.array([strike.end for strike in strikes], dtype=float),
        ),
        cycle_medians=np.array([cycle.median for cycle in cycles_of]),
        cycle_curves={n: cycle for n, cycle in enumerate(cycles_of) if isinstance(cycle, CurveCycle)},
        mean_deals=np.array([p.mean_deal for p in plan.products]),
        deal_industry={f"opportunity:{o.id}": o.industry for o in plan.opportunities if o.industry},
        marketing_budget=math.fsum(
            pool.amount
            for pool in plan.money.pools
            if any(a.pool == pool.id and a.leads_per_unit > 0 for a in plan.activities)
        ),
        week_of_day=[plan.calendar.week_of(day) - 1 for day in range(plan.calendar.working_days)],
        budget_windows=_budget_windows(plan),
        exam_rows={measure: number * len(reps) for number, measure in enumerate(exams)},
        exam_tries=max((len(s.weeks) * (1 + s.exam.retakes) for s in exams.values() if s.exam), default=0),
        exam_entities=Entities.of(f"exam:{measure}/{rep}" for measure in exams for rep in reps),
        tested=any(policy.enabled and policy.strategy_test for policy in plan.policies),
        instalments=[(part.share, working_days(part.due_days)) for part in plan.money.payment_terms],
        reallocations=reallocations or {},
    )


def account_care(plan: Plan, account: Account) -> tuple[bool, float]:
    """Whether an account's care is automated (T4, S5), and the rep hours of one touch."""
    tier = plan.customer_tier[account.customer_tier]
    automated = plan.region[account.region].maturity in tier.automated_in
    return automated, tier.automated_hours_per_touch if automated else tier.care_hours_per_touch


def _stage_table(plan: Plan) -> StageTable:
    process = plan.process
    positions = [touch_positions(process, number) for number in range(len(process.stages))]
    first = [sum(len(touches) for touches in positions[:number]) for number in range(len(positions) + 1)]
    before = shares_before(process)
    return StageTable(
        ids=[stage.id for stage in process.stages],
        weights=stage_weights(process),
        positions=positions,
        before=before,
        touch_hours=[stage.touch_hours for stage in process.stages],
        proposal_hours=[stage.proposal_hours for stage in process.stages],
        first_touch=first,
        offsets=[
            [place - before[number] for place in (*touches, before[number + 1])]
            for number, touches in enumerate(positions)
        ],
    )


def _habits(plan: Plan, tier: CustomerTier) -> TierHabits:
    cadence, process = 5 / tier.touches_per_week, plan.process
    return TierHabits(
        priority=tier.priority,
        cadence_days=cadence,
        patience_days=2 * cadence,
        win_rate=tier.win_rate,
        proposal_promised_days=tier.proposal_promised_days,
        cools_after_days=process.cooling_cadences * cadence if process.cooling_factor < 1 else math.inf,
    )


def _positions(ids: Iterable[str]) -> dict[str, int]:
    return {id: number for number, id in enumerate(ids)}


def _open_deals(plan: Plan) -> list[DealStart]:
    products, regions, reps = _positions(plan.product), _positions(plan.region), _positions(plan.rep)
    accounts, tiers = _positions(plan.account), _positions(plan.customer_tier)
    return [
        DealStart(
            id=f"opportunity:{row.id}",
            source="pipeline",
            product=products[row.product],
            region=regions[row.region],
            tier=tiers[row.customer_tier],
            account=accounts[row.account] if row.account else -1,
            industry=row.industry,
            rep=reps[row.rep],
            stage=plan.process.stage_number(row.stage),
            value=row.value,
            created=-age_days(plan, row),
        )
        for row in plan.opportunities
    ]


def _cycle_bounds(plan: Plan, row: Opportunity) -> tuple[float, float]:
    """What an open opportunity's stage and age say of its cycle; PlanFileError where they contradict each other."""
    low, high = cycle_bounds(plan.process, plan.process.stage_number(row.stage), age_days(plan, row))
    if not low < high:
        message = f"stage {row.stage} takes no part of the sales cycle (cycle_share 0), so nothing can be open in it"
        key = f"opportunities.{row.id}.stage"
        raise PlanFileError([Problem("", key, message, "Give the stage a share, or the opportunity another stage.")])
    return low, high


def _our_accounts(plan: Plan) -> list[OurAccount]:
    products, regions = _positions(plan.product), _positions(plan.region)
    reps, tiers = _positions(plan.rep), _positions(plan.customer_tier)
    rows = []
    for account in plan.accounts:
        automated, hours = account_care(plan, account)
        day = float("inf")
        if account.renewal_amount > 0 and account.renewal_date is not None and account.product is not None:
            day = plan.calendar.day_of(account.renewal_date)
            if account.renewal_date <= plan.calendar.last_date:  # on days off at the end: on the last working day
                day = min(day, plan.calendar.working_days - 1.0)
        rows.append(
            OurAccount(
                id=account.id,
                attributes=account_keys(plan, account),
                tier=tiers[account.customer_tier],
                region=regions[account.region],
                rep=reps[account.rep],
                product=products[account.product] if account.product else -1,
                renewal_amount=account.renewal_amount,
                renewal_day=day,
                care_hours=0.0 if automated else hours,
            )
        )
    return rows


def _invoices(plan: Plan) -> list[OpenInvoice]:
    """Open receivables; those without an account are collected by all reps in turn."""
    accounts, reps = _positions(plan.account), _positions(plan.rep)
    rows = []
    for number, receivable in enumerate(plan.receivables):
        account = accounts[receivable.account] if receivable.account else -1
        day = plan.calendar.day_of(receivable.due_date)
        rows.append(
            OpenInvoice(
                id=f"receivable:{receivable.id}",
                amount=receivable.amount,
                due=max(day, 0.0),
                overdue=max(-day, 0.0),
                account=account,
                rep=reps[plan.accounts[account].rep] if account >= 0 else number % len(reps),
            )
        )
    return rows


def _budget_windows(plan: Plan) -> dict[tuple[str, int], list[tuple[float, float]]]:
    weeks: dict[tuple[str, int], set[int]] = {}
    for window in plan.calendar.budget_windows:
        for industry in window.industries if window.enabled else ():
            weeks.setdefault((industry, plan.process.stage_number(window.stage)), set()).update(window.weeks)
    return {key: plan.calendar.intervals(named) for key, named in weeks.items()}


def _cell_quotas(allocation: Allocation, products: tuple[str, ...], regions: tuple[str, ...]) -> list[list[float]]:
    sums = {(p, r): 0.0 for p in products for r in regions}
    for cell in allocation.quotas:
        sums[cell.product, cell.region] += cell.quota
    return [[sums[p, r] for r in regions] for p in products]


def _hours_per_day(plan: Plan) -> list[float]:
    """Customer-facing hours per working day less automated touches, which run beside and interrupt nothing."""
    automated = dict.fromkeys(plan.rep, 0.0)
    for account in plan.accounts:
        is_automated, hours = account_care(plan, account)
        if is_automated:
            automated[account.rep] += hours * plan.customer_tier[account.customer_tier].touches_per_week
    return [max(rep.hours_per_week - automated[rep.id], 0.0) / 5 for rep in plan.reps]
