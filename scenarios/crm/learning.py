"""What the deals taught, as entries of the plan: differences and seasons, what nobody knows, risks of its own.

Known differences (a rep's win rate, the last month of a quarter) are measures without cost, since a measure is what
acts whatever is decided; what is uncertain about them and about everything else is "what nobody knows".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap

from scenarios.calibration.figures import Figure
from scenarios.calibration.seasons import Season, month_of_quarter
from scenarios.crm.estimates import Estimates
from scenarios.crm.invoices import Invoices
from scenarios.crm.load import HoursInDoubt
from scenarios.crm.own_figures import Ids
from scenarios.crm.renewals import Renewals
from scenarios.crm.staff import Staff
from scenarios.crm.stage_history import PassedStages
from scenarios.crm.win_rates import Dimension, WinRates
from scenarios.crm.writing import commented, significant

__all__ = [
    "about_win_rates",
    "certain_differences",
    "put_learnt_risks",
    "season_effects",
    "what_nobody_knows",
    "without_own",
]
LEAST_CHANCE = 0.005
"""Chance that hours bind below which it is left out."""
LEAST_SPREAD = 0.002
"""Spread of a factor below which it is left out."""


def season_effects(estimates: Estimates, start: dt.date, weeks: int) -> list[CommentedMap]:
    """The season inside the quarter, month by month, of win rates, closings and leads; none where none shows."""
    learnt = estimates.calibration
    effects = []
    for parameter, season in (
        ("win_rate", learnt.win.season),
        ("rep_hours", learnt.closing_season),
        ("baseline_rate", learnt.lead_season),
    ):
        if season.is_there:
            effects += _by_month(parameter, season, start, weeks)
    if not effects:
        return []
    seen = [s for s in (learnt.win.season, learnt.closing_season, learnt.lead_season) if s.is_there]
    text = f"own deals before {estimates.windows.as_of}, {sum(sum(s.counts) for s in seen):,} in all"
    return [_measure("own-season", "Season inside the quarter, as in own deals", effects, text)]


def certain_differences(estimates: Estimates, ids: Ids) -> list[CommentedMap]:
    """Factors on the win rate of products and reps (regions where reps cannot be told apart), as own deals show."""
    effects = []
    for dimension in told_apart(estimates):
        names = _names(dimension, ids)
        for name, figure in sorted(estimates.calibration.win.factors[dimension].items()):
            if name in names and abs(figure.value - 1) >= LEAST_SPREAD:
                scope = commented(**{dimension: [names[name]]})
                effects.append(_flow(parameter="win_rate", factor=significant(figure.value, 4), scope=scope))
    if not effects:
        return []
    count = estimates.calibration.win.overall.count
    source = f"{count:,} deals closed before {estimates.windows.as_of}, few deals leaning on the whole"
    return [_measure("own-win-rates", "Win rates that differ, as in own deals", effects, source)]


def told_apart(estimates: Estimates) -> list[Dimension]:
    """Dimensions whose win rates enter the plan; a rep's includes the region's."""
    factors = estimates.calibration.win.factors
    by: list[Dimension] = ["product"] if factors["product"] else []
    if factors["rep"]:
        by.append("rep")
    elif factors["region"]:
        by.append("region")
    return by


def what_nobody_knows(estimates: Estimates, ids: Ids) -> list[CommentedMap]:
    """What the number of deals leaves open about each figure: win rates, hours, leads, cycle, value."""
    learnt, as_of = estimates.calibration, estimates.windows.as_of
    win = learnt.win
    entries = about_win_rates(win, estimates.stages, ids)
    scope: Mapping[str, Any]
    for dimension in told_apart(estimates):
        names = _names(dimension, ids)
        for name, spread in sorted(win.factor_sd[dimension].items()):
            if name in names and spread >= LEAST_SPREAD:
                count = win.factors[dimension][name].count
                what, scope = f"True win rate of {name}", {dimension: [names[name]]}
                source = f"sampling error of {count:,} deals"
                entries.append(_spread(f"U-win-{names[name]}", what, "win_rate", scope, spread, source))
    for name, spread in sorted(learnt.closings_sd.items()):
        source = f"sampling error of {learnt.closings[name].count:,} closings"
        what, scope = f"True closings a week of {name}", {"rep": [ids.reps[name]]}
        entries.append(_spread(f"U-hours-{ids.reps[name]}", what, "rep_hours", scope, spread, source))
    for name, spread in sorted(learnt.mix_sd.items()):
        if spread >= LEAST_SPREAD:
            source = f"sampling error of the products of {learnt.leads_by_rep[name].count:,} deals engaged"
            what, scope = f"True mix of products of {name}'s leads", {"rep": [ids.reps[name]], "source": ["baseline"]}
            entries.append(_spread(f"U-mix-{ids.reps[name]}", what, "deal_value", scope, spread, source))
    for id, what, parameter, spread, source in (
        (
            "U-hours",
            "What moves all closings for weeks",
            "rep_hours",
            learnt.closing_drift,
            f"four-week sums of closings before {as_of}, beyond chance and season",
        ),
        (
            "U-leads",
            "True lead rate",
            "baseline_rate",
            learnt.leads_sd,
            f"four-week sums of {estimates.leads_count:,} deals engaged before {as_of}",
        ),
        (
            "U-cycle",
            "True length of the sales cycle",
            "cycle_time",
            learnt.cycle.log_median_se if learnt.cycle else 0.0,
            f"sampling error of {learnt.cycle.count if learnt.cycle else 0:,} deals",
        ),
        (
            "U-value",
            "True value of a deal",
            "deal_value",
            learnt.value_sd,
            f"sampling error of {learnt.value_sigma.count:,} deals won",
        ),
    ):
        if spread >= LEAST_SPREAD:
            entries.append(_spread(id, what, parameter, {}, spread, source))
    return [
        *entries,
        *_about_hours(learnt.doubt, estimates.hours_in_use),
        *_about_renewals(estimates.renewals),
        *_about_payments(estimates.invoices),
        *_about_leavers(estimates.staff),
        *_about_losses(estimates),
    ]


def about_win_rates(win: WinRates, stages: PassedStages | None, ids: Ids) -> list[CommentedMap]:
    """How hard each stage is to pass, where that is known; and of the win rates what that leaves open.

    The win rate of all is that of passing all stages, and what is uncertain of it is counted once: binomial stages in a
    row make a binomial whole, so the stages' spreads give that of the win rate of all, and a tier's has but the rest of
    its variance (of logarithms) for itself. Where deals were closed that the stages' file does not hold, they tell the
    whole better, and the stages' spreads are narrowed until they give that of all.
    """
    entries: list[CommentedMap] = []
    scope: Mapping[str, Any]
    all_spread, shared = win.overall_sd / win.overall.value, 0.0
    if stages is not None:
        shared = min(stages.win_spread, all_spread)
        narrowed = shared / stages.win_spread
        for name, figure, spread in zip(stages.names, stages.passed, stages.spread, strict=True):
            source = f"sampling error of {figure.count:,} deals that left the stage"
            what, scope = f"True difficulty of stage {name}", {"stage": [ids.stages[name]]}
            id = f"U-stage-{ids.stages[name]}"
            entries.append(_spread(id, what, "stage_difficulty", scope, spread * narrowed, source))
    rates: list[tuple[str, str, Mapping[str, Any], Figure, float]]
    if len(set(win.by_tier.values())) == 1:
        rates = [("U-win", "True win rate", {}, win.overall, win.overall_sd)]
    else:
        rates = [
            (f"U-win-{tier}", f"True win rate of {tier} customers", {"customer_tier": [tier]}, rate, win.tier_sd[tier])
            for tier, rate in sorted(win.by_tier.items())
        ]
    for id, what, scope, rate, sd in rates:
        rest = math.sqrt(max((sd / rate.value) ** 2 - shared**2, 0.0))
        if rest >= LEAST_SPREAD:
            count = rate.count or win.overall.count
            source = f"sampling error of {count:,} deals"
            if stages is not None:
                source = f"sampling error of {count:,} deals, less that of who passes a stage"
            entries.append(_beta(id, what, scope, rate.value, rest * rate.value, source))
    return entries


def _about_hours(doubt: HoursInDoubt | None, in_use: Mapping[str, float]) -> list[CommentedMap]:
    """Whether hours bind, where it cannot be told: then nobody has any to spare, and a growing queue just grows."""
    if doubt is None or doubt.chance < LEAST_CHANCE:
        return []
    spare = significant(min(in_use.values()), 4)
    distribution = commented(kind="two_point", low=spare, high=1, low_share=significant(doubt.chance, 3))
    source = f"closings of {doubt.weeks} weeks against what came due by its age: hours bind with {doubt.chance:.0%}"
    return [_entry("U-binding", "Whether the hours of reps bind", "rep_hours", {}, distribution, source)]


def _about_renewals(renewals: Renewals | None) -> list[CommentedMap]:
    """Nothing where no contract is due."""
    if renewals is None or not renewals.due:
        return []
    entries = []
    for tier, figure in sorted(renewals.rates.items()):
        source = f"sampling error of {figure.count:,} contracts of this tier, few leaning on all"
        distribution = commented(kind="beta", mean=significant(figure.value), sd=significant(renewals.sds[tier], 3))
        name, scope = f"True renewal rate of {tier} customers", {"customer_tier": [tier]}
        entries.append(_entry(f"U-renewal-{tier}", name, "renewal_rate", scope, distribution, source))
    return entries


def _about_payments(invoices: Invoices | None) -> list[CommentedMap]:
    """What the number of invoices leaves open."""
    entries = []
    if invoices and (late := invoices.late_share) and late.value > 0:
        entries.append(_true_share("U-late-share", "True share paid late", "late_share", late))
    if invoices and (days := invoices.days_late) and days.log_median_se >= LEAST_SPREAD:
        source = f"sampling error of {days.median.count:,} invoices paid late"
        entries.append(_spread("U-days-late", "True days late", "days_late", {}, days.log_median_se, source))
    if invoices and (bad := invoices.bad_debt):
        entries.append(_true_share("U-bad-debt", "True share never paid", "bad_debt", bad))
    return entries


def _true_share(id: str, name: str, parameter: str, share: Figure) -> CommentedMap:
    sd = math.sqrt(share.value * (1 - share.value) / (share.count + 2))
    source = f"sampling error of {share.count:,} invoices"
    distribution = commented(kind="beta", mean=significant(share.value), sd=significant(sd, 3))
    return _entry(id, name, parameter, {}, distribution, source)


def _about_losses(estimates: Estimates) -> list[CommentedMap]:
    losses = estimates.calibration.losses
    if losses.chance is None or not estimates.accounts:
        return []
    source = f"sampling error of {losses.chance.count:,} customers"
    scope, sigma = {"risk": ["K7"]}, math.sqrt(math.log1p(losses.spread**2))
    return [_spread("U-K7", "True loss of customers", "strike_rate", scope, sigma, source)]


def _about_leavers(staff: Staff | None) -> list[CommentedMap]:
    if staff is None or staff.leaving is None:
        return []
    source = f"sampling error of {staff.leaving.per_year.count:,} leavers"
    scope, sigma = {"risk": ["K5"]}, math.sqrt(math.log1p(staff.leaving.spread**2))
    return [_spread("U-K5", "True rep turnover", "strike_rate", scope, sigma, source)]


def put_learnt_risks(risks: Sequence[Any], estimates: Estimates, figures: Mapping[str, Figure]) -> None:
    """Put what own customers show into K7 and own staff into K5, where they show it."""
    for risk in risks:
        own = figures.get(f"risks.{risk['id']}.chance_per_quarter")
        if own is not None:
            risk["chance_per_quarter"] = own.value
            risk["source"], risk["grade"] = own.basis, "own"
        elif risk["id"] == "K7":
            risk["source"] = without_own(risk["source"], estimates.calibration.losses.reason)


def without_own(source: str, reason: str) -> str:
    """Where an assumed figure comes from, and why own deals do not replace it."""
    return f"{source}; own deals do not tell it: {reason}"


def _by_month(parameter: str, season: Season, start: dt.date, weeks: int) -> list[CommentedMap]:
    """An effect for each run of weeks whose middle lies in one month of the quarter."""
    month = [int(month_of_quarter((start + dt.timedelta(days=7 * week + 3)).month)) for week in range(weeks)]
    effects, first = [], 0
    for week in range(1, weeks + 1):
        if week == weeks or month[week] != month[first]:
            factor = significant(season.factors[month[first]], 4)
            effects.append(_flow(parameter=parameter, factor=factor, from_week=first + 1, to_week=week))
            first = week
    return effects


def _names(dimension: Dimension, ids: Ids) -> Mapping[str, str]:
    return {"product": ids.products, "region": ids.regions, "rep": ids.reps}[dimension]


def _measure(id: str, name: str, effects: list[CommentedMap], source: str) -> CommentedMap:
    return commented(id=id, name=name, effects=effects, source=source)


def _flow(**entries: Any) -> CommentedMap:
    entry = commented(**entries)
    entry.fa.set_flow_style()
    return entry


def _entry(
    id: str, name: str, parameter: str, scope: Mapping[str, Any], distribution: CommentedMap, source: str
) -> CommentedMap:
    distribution.fa.set_flow_style()
    entry = commented(id=id, name=name, parameter=parameter)
    if scope:
        entry["scope"] = commented(**scope)
    entry["distribution"] = distribution
    entry["source"], entry["grade"] = source, "own"
    return entry


def _beta(id: str, name: str, scope: Mapping[str, Any], mean: float, sd: float, source: str) -> CommentedMap:
    distribution = commented(kind="beta", mean=significant(mean), sd=significant(sd, 3))
    return _entry(id, name, "win_rate", scope, distribution, source)


def _spread(id: str, name: str, parameter: str, scope: Mapping[str, Any], sd: float, source: str) -> CommentedMap:
    distribution = commented(kind="lognormal", sigma=significant(min(sd, 2.0), 3))
    return _entry(id, name, parameter, scope, distribution, source)
