"""What a company's own deals say before a date: rates, cycles, values, each with its interval and its count.

Everything is taken from a ``History``, which holds nothing that happened on the date or later.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scenarios.calibration.capacity import Binding
from scenarios.calibration.cycles import CycleFit
from scenarios.calibration.figures import Figure
from scenarios.calibration.seasons import Season
from scenarios.calibration.spreads import ENOUGH, leaning_spread
from scenarios.crm.ages import Ages, came_due, cycles, explains_the_closings, least_loaded
from scenarios.crm.churn import Losses, losses_of
from scenarios.crm.deal_values import values_of
from scenarios.crm.history import History, Windows, between
from scenarios.crm.load import HoursInDoubt, hours_bind, hours_in_doubt
from scenarios.crm.mapping import Assumed
from scenarios.crm.pace import Leads, capacities, closing_season, closings_by_rep, drift_of, leads_of
from scenarios.crm.stage_history import PassedStages
from scenarios.crm.win_rates import WinRates, win_rates

__all__ = ["Calibration", "calibrate"]


@dataclass(frozen=True)
class Calibration:
    """Calibrated figures; names as in the export."""

    win: WinRates
    cycles: Mapping[str, CycleFit]
    """Product → its cycle; products without one take ``cycle``."""
    cycle: CycleFit | None
    closings: Mapping[str, Figure]
    """Rep → deals closed a week."""
    closings_sd: Mapping[str, float]
    """Rep → standard deviation of what the rate may be, as a share of it."""
    capacity: Mapping[str, float]
    """Rep → deals a week that the rep could close where enough were due."""
    closing_season: Season
    closing_drift: float
    binding: Binding
    doubt: HoursInDoubt | None
    """None where closings tell whether hours bind, or deals tell no cycle."""
    leads: Mapping[tuple[str, str], float]
    """Product, rep → deals engaged a week."""
    leads_by_rep: Mapping[str, Figure]
    leads_sd: float
    """Standard deviation, as a share, of what the rate of all leads may be."""
    mix_sd: Mapping[str, float]
    """Rep → standard deviation, as a share, of what a new lead is worth on average: the rep's mix of products."""
    lead_season: Season
    ratio: Figure | None
    """Value ÷ list price over all products; None without list prices."""
    mean_deal: Mapping[str, Figure]
    value_sigma: Figure
    value_sd: float
    losses: Losses


def calibrate(
    history: History,
    windows: Windows,
    reps: Sequence[str],
    products: Mapping[str, float],
    tiers: pd.Series[str] | None,
    assumed: Assumed,
    joined: Mapping[str, dt.date],
    stages: PassedStages | None,
) -> Calibration:
    """Everything that deals say; ``products`` are name → list price (NaN where there is none).

    ``tiers`` are those of the deals closed, None where the accounts of open deals are not known and tiers serve
    nothing; ``joined`` are reps → the days on which they joined, as far as these are known; ``stages`` is None where it
    is not known which deals came to.
    """
    as_of = pd.Timestamp(windows.as_of)
    observed = between(history.closed, "closed", windows.rates_start, windows.as_of)
    season = closing_season(observed, windows)
    binds = hours_bind(history, season, windows)
    names, ages = sorted(products), Ages.of(history, as_of, sorted(products), reps, stages)
    # Where it cannot be told, ages at the end are taken as they are: then deals go on closing as they did. If hours
    # bind all the same, no more is closed than there were hours for.
    free = binds.verdict != "hours bind"  # at least for all we know: what is in doubt is drawn
    who = np.ones(len(ages.days), dtype=bool) if free else least_loaded(ages, len(reps))
    by_product, cycle = cycles(ages, names, who, not free)
    if not free and cycle is not None and not explains_the_closings(ages, names, by_product, cycle):
        by_product, cycle = cycles(ages, names, np.ones(len(ages.days), dtype=bool), waiting=False)
    cycle = _leaning(cycle, assumed)
    closings, closings_sd = closings_by_rep(observed, reps, season, windows, joined)
    capacity = {name: figure.value for name, figure in closings.items()}
    if cycle is not None and not free:
        capacity = capacities(ages, closings, came_due(ages, names, by_product, cycle, len(reps)))
    doubt = None
    if binds.verdict == "cannot tell" and (plain := Ages.of(history, as_of, names, reps).fit(who, waiting=False)):
        doubt = hours_in_doubt(history, plain, closings, season, windows)
        capacity = dict(doubt.closings)
    leads = leads_of(history, reps, sorted(products), windows, joined)
    ratio, mean_deal, sigma, value_sd = values_of(history, products, windows, assumed)
    return Calibration(
        win=win_rates(history, windows, season, tiers, sorted(assumed.customer_tiers), stages),
        cycles=by_product,
        cycle=cycle,
        closings=closings,
        closings_sd=closings_sd,
        closing_season=season,
        closing_drift=drift_of(observed["closed"], season, windows, np.zeros(len(observed), dtype=np.int64), 1),
        binding=binds,
        doubt=doubt,
        capacity=capacity,
        leads=leads.by_product_and_rep,
        leads_by_rep=leads.by_rep,
        leads_sd=leads.sd,
        mix_sd=_mix_sd(leads, mean_deal),
        lead_season=leads.season,
        ratio=ratio,
        mean_deal=mean_deal,
        value_sigma=sigma,
        value_sd=value_sd,
        losses=losses_of(history, windows),
    )


def _leaning(cycle: CycleFit | None, assumed: Assumed) -> CycleFit | None:
    """A cycle of few deals with a spread that leans on the usual one, and so a median that is as unsure."""
    if cycle is None or cycle.count >= ENOUGH:
        return cycle
    sigma = leaning_spread(cycle.sigma, cycle.count, assumed.cycle_sigma)
    unsure = max(cycle.log_median_se, sigma / math.sqrt(cycle.count))
    return replace(cycle, sigma=sigma, log_median_se=unsure)


def _mix_sd(leads: Leads, mean_deal: Mapping[str, Figure]) -> dict[str, float]:
    """Of the mean value of a rep's leads under the Dirichlet of the rep's mix, as a share of it."""
    spreads = {}
    for name, size in leads.mix_sizes.items():
        rates = {product: rate for (product, rep), rate in leads.by_product_and_rep.items() if rep == name}
        whole = math.fsum(rates.values())
        mean = math.fsum(rate * mean_deal[product].value for product, rate in rates.items()) / whole
        variance = math.fsum(rate * (mean_deal[product].value / mean - 1) ** 2 for product, rate in rates.items())
        spreads[name] = math.sqrt(variance / whole / (size + 1))
    return spreads
