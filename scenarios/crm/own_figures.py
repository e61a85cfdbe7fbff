"""Own estimates under the paths of the plan's figures, and the ids by which the plan calls things."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scenarios.calibration.figures import Figure
from scenarios.crm.estimates import Estimates
from scenarios.crm.mapping import Assumed
from scenarios.crm.writing import significant

__all__ = ["LEAVING", "LOSSES", "STAGES", "Ids", "newcomers_of", "own_figures"]

STAGES = "engaging", "closing"
"""The cycle passes in the first, without work; the work that closes a deal, won or lost, is the second.

So where nothing says which stages deals came to; else the stages are the export's.
"""
LEAVING = "risks.K5.chance_per_quarter"
LOSSES = "risks.K7.chance_per_quarter"


@dataclass(frozen=True)
class Ids:
    """Name of the export → id of the plan."""

    products: Mapping[str, str]
    regions: Mapping[str, str]
    reps: Mapping[str, str]
    accounts: Mapping[str, str]
    deals: Mapping[str, str]
    stages: Mapping[str, str]
    """Empty where nothing says which stages deals came to."""
    invoices: Mapping[str, str]


def newcomers_of(estimates: Estimates, assumed: Assumed, start: dt.date) -> dict[str, dt.date]:
    """Reps who joined so lately that they are not at full skill on the first day, and when."""
    joined = estimates.staff.joined if estimates.staff else {}
    full = dt.timedelta(weeks=assumed.ramp.weeks)
    return {name: day for name, day in joined.items() if day + full > start}


def own_figures(estimates: Estimates, ids: Ids, weeks: int, assumed: Assumed) -> dict[str, Figure]:
    """Own estimates by the path of the plan's figure."""
    since = f"from {estimates.windows.rates_start} to {estimates.windows.as_of}"
    learnt = estimates.calibration
    figures = {
        **_passed(estimates, ids),
        "process.cycle_sigma": estimates.cycle_sigma,
        "process.value_sigma": learnt.value_sigma,
    }
    for tier, share in estimates.lead_tier_mix.items():
        basis = f"share of {estimates.leads_count:,} deals engaged {since}, no account counts as C"
        figures[f"process.lead_tier_mix.{tier}"] = Figure(share, estimates.leads_count, basis)
    for tier, figure in learnt.win.by_tier.items():
        figures[f"customer_tiers.{tier}.win_rate"] = figure
    for tier, figure in (estimates.renewals.rates if estimates.renewals else {}).items():
        figures[f"customer_tiers.{tier}.renewal_rate"] = figure
    for product in estimates.products:
        path = f"products.{ids.products[product.name]}"
        figures[f"{path}.mean_deal"] = product.mean_deal
        figures[f"{path}.median_cycle_days"] = product.median_cycle_days
    for rep in estimates.reps:
        figures[f"reps.{ids.reps[rep.name]}.hours_per_week"] = rep.hours_per_week
    if estimates.invoices:
        figures |= estimates.invoices.figures
    if estimates.staff and (chance := estimates.staff.chance(weeks)):
        figures[LEAVING] = chance
    if estimates.accounts and (losses := estimates.calibration.losses.chance):
        figures[LOSSES] = _alarms(losses, weeks, assumed)
    return {path: replace(figure, value=_rounded(path, figure.value)) for path, figure in figures.items()}


def _alarms(losses: Figure, weeks: int, assumed: Assumed) -> Figure:
    """Chance of an alarm, so that those which end in a loss are as often as losses in the quarter."""
    share = next(risk.event_probability for risk in assumed.risks if risk.id == "K7")

    def alarms(chance: float) -> float:
        return min(-math.expm1(math.log1p(-chance) * weeks / 13) / share, 1.0)

    assert losses.low is not None
    assert losses.high is not None
    basis = f"alarms so that losses are as in own deals: {losses.basis}"
    return Figure(alarms(losses.value), losses.count, basis, alarms(losses.low), alarms(losses.high))


def _passed(estimates: Estimates, ids: Ids) -> dict[str, Figure]:
    """Share that passes each stage, and its part of the cycle; of two stages of ours all is decided in the second."""
    stages = estimates.stages
    if stages is None:
        return {f"process.stages.{STAGES[1]}.conversion": estimates.calibration.win.overall}
    return {
        f"process.stages.{ids.stages[name]}.{field}": figure
        for field, figures in (("conversion", stages.passed), ("cycle_share", stages.parts))
        for name, figure in zip(stages.names, figures, strict=True)
    }


def _rounded(path: str, value: float) -> float:
    field = path.rpartition(".")[2]
    if field in ("mean_deal", "hours_per_week"):
        return round(value, 2)
    if field in ("conversion", "win_rate", "renewal_rate"):  # never rounded to 0 or 1, which a win rate cannot be
        return significant(value)
    return round(value, 4)
