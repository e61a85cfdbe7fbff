"""One future: everything that chance decides in a replication, drawn before anything moves.

A future knows nothing of decisions: the same one is replayed under any allocation, risk or contingency plan. A test
can write one by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import NamedTuple

import numpy as np

from simulation.distributions import (
    Floats,
    categorical,
    curve,
    exponential_threshold,
    lognormal,
    lognormal_factor,
    truncated_lognormal,
)
from simulation.draws import (
    Draws,
    Entities,
    Integers,
    PoissonLayers,
    PoissonPoints,
    Purpose,
    layers_covering,
    poisson_points,
)
from simulation.model import Model
from simulation.nature import nature_factor

__all__ = [
    "DealChance",
    "Future",
    "LeadPoint",
    "addon_chance",
    "draw_future",
    "draw_futures",
    "more_leads",
    "passes_again",
]


class DealChance(NamedTuple):
    """Chance of one opportunity."""

    cycle: float
    """Working days of the whole cycle."""
    passes: Sequence[float]
    """A uniform per stage; the stage is passed when it lies below the pass probability."""
    payments: Sequence[float] = ()
    """Three uniforms per instalment of the contract: late or not, how late, paid at all."""
    touch_factors: Sequence[float] = ()
    """A factor on the hours of each touch; empty where every touch takes its hours."""
    group: float = 1.0
    """A uniform that decides which strategy tests a new customer is in; drawn only for a plan that holds one."""


class LeadPoint(NamedTuple):
    """A possible opportunity of a source; it exists iff ``height`` is below the source's rate at ``day``."""

    day: float
    source: int
    height: float
    id: str
    product: int
    tier: int
    value: float
    chance: DealChance


@dataclass(frozen=True, slots=True)
class Future:
    """One replication's chance; lists run over the compiled plan's sorted entities."""

    replication: int
    nature: tuple[float, ...]
    """Factor of each uncertainty."""
    open_deals: tuple[DealChance, ...]
    leads: tuple[LeadPoint, ...]
    """By day."""
    renewals: tuple[float, ...] = ()
    """A uniform per account."""
    account_groups: tuple[float, ...] = ()
    """The same uniform per account; empty for a plan without strategy tests."""
    renewal_payments: Sequence[Sequence[float]] = ()
    """Three uniforms per instalment of the account's renewed contract."""
    payments: Sequence[Sequence[float]] = ()
    """Three uniforms per opening receivable: late or not, how late, paid at all."""
    thresholds: Floats = field(default_factory=lambda: np.zeros(0))
    """Exponential threshold per possible strike."""
    events: tuple[float, ...] = ()
    """Per possible strike, whether it ends in its event."""
    exams: Sequence[Sequence[float]] = ()
    """Per measure with an exam and rep, a uniform for each of its sessions' tries."""
    draws: Draws = field(default_factory=lambda: Draws(0, 0))
    """Whence the rare things are drawn that only an event brings about."""


def draw_future(model: Model, seed: int, replication: int) -> Future:
    """The future numbered ``replication`` of a seed."""
    draws = Draws(seed, replication)
    instalments = 3 * len(model.plan.money.payment_terms)
    groups = {Purpose.TEST_GROUP: 1} if model.tested else {}
    accounts = draws.several(model.account_entities, {Purpose.RENEWAL: 1, Purpose.PAYMENT: instalments, **groups})
    thresholds, events = _strikes(model, draws)
    return Future(
        replication=replication,
        nature=_nature(model, draws),
        open_deals=_open_deals(model, draws),
        leads=_leads(model, draws),
        renewals=tuple(accounts[Purpose.RENEWAL][:, 0].tolist()),
        account_groups=tuple(accounts[Purpose.TEST_GROUP][:, 0].tolist()) if model.tested else (),
        renewal_payments=accounts[Purpose.PAYMENT].tolist(),
        payments=draws.uniforms(Purpose.PAYMENT, model.receivable_entities, 3).tolist(),
        thresholds=thresholds,
        events=events,
        exams=_exams(model, draws),
        draws=draws,
    )


def draw_futures(models: Sequence[Model], seed: int, replication: int) -> list[Future]:
    """``draw_future`` for each of several models of one plan, drawing once what does not depend on what is in play."""
    widest = max(models, key=lambda model: float(model.source_bound.sum()))
    drawn = draw_future(widest, seed, replication)
    return [drawn if model is widest else _seen_under(model, drawn, widest) for model in models]


def _seen_under(model: Model, drawn: Future, drawn_for: Model) -> Future:
    """A future drawn for one model as another of its plan sees it: with its own strikes, and leads up to its bounds."""
    if (model.source_bound <= drawn_for.source_bound).all():
        bound = model.source_bound.tolist()
        leads = tuple(point for point in drawn.leads if point.height < bound[point.source])
    else:
        leads = _leads(model, drawn.draws)
    thresholds, events = _strikes(model, drawn.draws)
    nature = _nature(model, drawn.draws)
    return replace(drawn, nature=nature, leads=leads, thresholds=thresholds, events=events)


def addon_chance(model: Model, future: Future, id: str, product: int) -> DealChance:
    """Chance of an add-on that an opportunity's split brings about: its own, whatever becomes of the base part."""
    drawn = _drawn(model, future.draws, Entities.of((id,)))
    return _chances(model, drawn, _cycles(model, drawn, np.array([product])))[0]


def passes_again(model: Model, future: Future, id: str, times: int) -> list[float]:
    """A uniform per stage for an opportunity that has to pass stages anew for the ``times``-th time."""
    stages = len(model.stages.weights)
    uniforms = future.draws.uniforms(Purpose.STAGE_PASS, Entities.of((id,)), stages * (times + 1))
    again: list[float] = uniforms[0, stages * times :].tolist()
    return again


def _strikes(model: Model, draws: Draws) -> tuple[Floats, tuple[float, ...]]:
    """Threshold of each possible strike, and whether it ends in its event."""
    drawn = draws.several(model.strike_entities, {Purpose.STRIKE: 1, Purpose.EVENT: 1})
    return exponential_threshold(drawn[Purpose.STRIKE][:, 0]), tuple(drawn[Purpose.EVENT][:, 0].tolist())


def _exams(model: Model, draws: Draws) -> list[list[float]]:
    if not model.exam_tries:
        return []
    exams: list[list[float]] = draws.uniforms(Purpose.EXAM, model.exam_entities, model.exam_tries).tolist()
    return exams


def _nature(model: Model, draws: Draws) -> tuple[float, ...]:
    if not model.options.uncertainty:
        return (1.0,) * len(model.uncertainties)
    uniforms = draws.uniforms(Purpose.NATURE, model.nature_entities)
    return tuple(float(nature_factor(entry, u)[0]) for entry, u in zip(model.uncertainties, uniforms, strict=True))


def _open_deals(model: Model, draws: Draws) -> tuple[DealChance, ...]:
    if not model.open_deals:
        return ()
    drawn = _drawn(model, draws, model.open_entities)
    return tuple(_chances(model, drawn, _cycles(model, drawn, model.open_products, *model.open_bounds)))


def _leads(model: Model, draws: Draws) -> tuple[LeadPoint, ...]:
    """Points inside their source's window and below the highest rate it is expected to have."""
    if not model.sources:
        return ()
    points = poisson_points(draws, model.layers)
    start, end = model.source_window
    source = points.source
    inside = (points.time >= start[source]) & (points.time < end[source]) & (points.height < model.source_bound[source])
    kept = np.flatnonzero(inside)
    return _lead_points(model, draws, points, kept, source[kept], model.lead_points.take(points.row[kept]))


def more_leads(
    model: Model, future: Future, source: int, heights: tuple[float, float], since: float
) -> tuple[LeadPoint, ...]:
    """Possible opportunities of a source of heights [low, high) after a day: the same whenever they are asked for.

    For rates that effects raise further than each of them acting once could.
    """
    low, high = heights
    count = layers_covering(np.array([high]), model.layers.layer_height)
    layers = PoissonLayers.of([model.sources[source].id], count, model.layers.window, model.layers.layer_height)
    points = poisson_points(future.draws, layers)
    start, end = max(since, model.sources[source].start), model.sources[source].end
    inside = (points.time >= start) & (points.time < end) & (points.height >= low) & (points.height < high)
    kept = np.flatnonzero(inside)
    entities = layers.possible_points().take(points.row[kept])
    return _lead_points(model, future.draws, points, kept, np.full(len(kept), source), entities)


def _lead_points(
    model: Model, draws: Draws, points: PoissonPoints, kept: Integers, source: Integers, entities: Entities
) -> tuple[LeadPoint, ...]:
    drawn = _drawn(model, draws, entities, Purpose.PRODUCT_MIX, Purpose.TIER_MIX, Purpose.VALUE)
    product = categorical(drawn[Purpose.PRODUCT_MIX][:, 0], model.source_products[source])
    tier = categorical(drawn[Purpose.TIER_MIX][:, 0], model.source_tiers[source])
    size = lognormal_factor(drawn[Purpose.VALUE][:, 0], model.plan.process.value_sigma)
    rows = zip(
        points.time[kept].tolist(),
        source.tolist(),
        points.height[kept].tolist(),
        entities.ids,
        product.tolist(),
        tier.tolist(),
        (model.mean_deals[product] * size).tolist(),
        _chances(model, drawn, _cycles(model, drawn, product)),
        strict=True,
    )
    return tuple(map(tuple.__new__, repeat(LeadPoint), rows))  # as quickly as ``records`` are made


def _drawn(model: Model, draws: Draws, entities: Entities, *first: Purpose) -> dict[Purpose, Floats]:
    """The uniforms of opportunities, with those that decide what they are where they are new."""
    counts = dict.fromkeys((*first, Purpose.CYCLE), 1)
    counts[Purpose.STAGE_PASS] = len(model.stages.weights)
    counts[Purpose.PAYMENT] = 3 * len(model.plan.money.payment_terms)
    if model.plan.process.touch_spread != "fixed":
        counts[Purpose.TOUCH] = model.stages.first_touch[-1]
    if model.tested:
        counts[Purpose.TEST_GROUP] = 1
    return draws.several(entities, counts)


def _cycles(
    model: Model,
    drawn: dict[Purpose, Floats],
    products: Integers,
    low: Floats | None = None,
    high: Floats | None = None,
) -> Floats:
    """Cycles of opportunities by product, between bounds where what is open says something of them."""
    uniforms = drawn[Purpose.CYCLE][:, 0]
    medians, sigma = model.cycle_medians[products], model.plan.process.cycle_sigma
    if low is None or high is None:
        cycles = lognormal(uniforms, medians, sigma)
        low, high = np.zeros(len(uniforms)), np.full(len(uniforms), np.inf)
    else:
        cycles = truncated_lognormal(uniforms, medians, sigma, low, high)
    for product, own in model.cycle_curves.items():
        rows = np.flatnonzero(products == product)
        cycles[rows] = curve(uniforms[rows], own, low[rows], high[rows])
    return cycles


def _chances(model: Model, drawn: dict[Purpose, Floats], cycles: Floats) -> list[DealChance]:
    touch_factors: Iterable[Sequence[float]] = repeat(())
    if Purpose.TOUCH in drawn:
        touch_factors = exponential_threshold(drawn[Purpose.TOUCH]).tolist()
    groups: Iterable[float] = drawn[Purpose.TEST_GROUP][:, 0].tolist() if model.tested else repeat(1.0)
    passes, payments = drawn[Purpose.STAGE_PASS].tolist(), drawn[Purpose.PAYMENT].tolist()
    rows = zip(cycles.tolist(), passes, payments, touch_factors, groups, strict=False)
    return list(map(tuple.__new__, repeat(DealChance), rows))
