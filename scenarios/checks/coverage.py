"""Who is to do the work: hours for new leads, care by nobody, regions and reps that have none."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.finding import Finding, finding
from scenarios.plan import Plan
from scenarios.workload import lead_work

__all__ = ["automated_care", "lead_hours", "regions_and_reps"]

_BUSY = 0.5
"""Share of a region's hours from which new leads are worth a warning: the rest has to serve whom we know."""


def lead_hours(plan: Plan) -> Iterator[Finding]:
    """R4 x rep hours: opportunities that activities bring, and who is to work on them."""
    enough: dict[str, float] = {}
    for region in plan.regions:
        load = lead_work(plan, region)
        if load.there > 0 and load.hours > 0:
            share = load.hours / load.there
            if share > _BUSY:
                figures = {"accepted": load.accepted, "hours": load.hours, "there": load.there, "share": share}
                yield finding("lead_hours", "warning", ("R4",), figures, region.id, region=region.id)
            else:
                enough[region.id] = share
    if enough:
        listed = ", ".join(f"{region} {share:.0%}" for region, share in enough.items())
        yield finding("lead_hours_enough", "note", ("R4",), enough, regions=listed)


def automated_care(plan: Plan) -> Iterator[Finding]:
    """T4 x S4: a personal touch a week, and yet automated where the market is mature."""
    for tier in plan.customer_tiers:
        if tier.automated_in and set(tier.automated_in) < {m.id for m in plan.maturities}:
            accounts = [a for a in plan.accounts if a.customer_tier == tier.id]
            automated = [a for a in accounts if plan.region[a.region].maturity in tier.automated_in]
            figures = {"touches": tier.touches_per_week, "automated": len(automated), "accounts": len(accounts)}
            maturities = ", ".join(tier.automated_in)
            about = ("T4", "S4")
            yield finding("automated_care", "note", about, figures, tier.id, tier=tier.id, maturities=maturities)


def regions_and_reps(plan: Plan) -> Iterator[Finding]:
    """T3, T5: regions that nobody covers or that have no figures, and reps without hours."""
    covered = {region for rep in plan.reps for region in rep.regions}
    for region in plan.regions:
        if region.id not in covered:
            yield finding("uncovered_region", "warning", ("T3",), {}, region.id, region=region.id)
        if plan.planned_amount(region) <= 0:
            yield finding("blank_region", "warning", ("T3",), {}, region.id, region=region.id)
    for rep in plan.reps:
        if rep.hours_per_week <= 0:
            yield finding("idle_rep", "warning", ("T5",), {}, rep.id, rep=rep.id)
