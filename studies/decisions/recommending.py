"""recommend: alternatives and rules of thumb on identical futures, ranked, with what luck alone does to attainment.

An option is dominated where another one is at least as good in chance, contribution, P10 and fairness among reps, and
better in the chance or the contribution beyond the interval of the paired difference.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from simulation.kpis import enough_for
from simulation.options import Options
from studies.allocation.choosing import OptionRow, alternatives_study
from studies.deciding import options_of
from studies.quotas import final_quotas
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, Record
from studies.statistics import Values, mean_estimate, mean_gap, proportion_estimate
from studies.study import Answer, Inputs, Study

__all__ = [
    "STUDY",
    "AttainmentRow",
    "RecommendRequest",
    "RecommendResult",
    "RecommendRow",
    "attainment",
    "recommend_study",
]


class RecommendRequest(QuarterRequest):
    """Rank alternatives and rules of thumb by what they come to."""

    study: Literal["recommend"] = "recommend"
    count: Annotated[int, Field(ge=1, le=20)] = 3
    """Alternatives to look for."""
    within: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Share of the best expected contribution that an alternative may give up."""


class AttainmentRow(Record):
    """Signed amount ÷ quota among reps, in a quarter and over futures."""

    spread: Estimate
    """Standard deviation among reps within a quarter."""
    luck: float
    """Of its square, the share that differs from quarter to quarter: what luck alone causes."""
    decided: float
    """Standard deviation among reps of their mean attainment: what quotas cause, however lucky anyone is."""
    chance_least: float
    """Chance of quota of the rep who has the least."""
    chance_greatest: float
    on_quota: Estimate
    """Share of reps at or above quota."""


class RecommendRow(Record):
    """An option with what it comes to."""

    option: OptionRow
    p_target: Estimate
    signed: Estimate
    contribution: Estimate
    contribution_p10: float
    contribution_behind: Estimate | None
    """How far the first option is ahead, paired; None for itself."""
    p_target_behind: Estimate | None
    attainment: AttainmentRow
    ranks: dict[str, int]
    """By chance, contribution, P10 of the contribution, and evenness of the chances of quota: 1 is best."""
    dominated_by: str | None
    """Name of an option that is as good in everything and clearly better in one thing."""


class RecommendResult(Record):
    """Options that keep all hard rules, the greatest contribution first; then those that break some."""

    study: Literal["recommend"] = "recommend"
    plan: str
    currency: str
    target: float
    seed: int
    replications: int
    rows: tuple[RecommendRow, ...]
    tied: tuple[str, ...]
    """Options that keep the rules as well and whose contribution cannot be told from that of the first."""
    not_made: dict[str, str]
    """Rule of thumb → why there is none."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


def recommend_study(
    plan: Plan,
    options: Options,
    futures: Futures,
    *,
    count: int = 3,
    within: float = 0.01,
    by_hand: Sequence[Allocation] = (),
    changes: Sequence[Change] = (),
) -> tuple[RecommendResult, Allocation]:
    """Rank the best allocation, alternatives, rules of thumb and those made by hand; the second part is the first's."""
    start = time.perf_counter()
    found, allocations = alternatives_study(plan, count, within, by_hand=by_hand)
    batches = {
        option.name: futures.replay(plan, allocations[option.name], options, label=option.name)
        for option in found.options
    }
    order = sorted(
        found.options, key=lambda option: (_breaks(option), -float(np.mean(batches[option.name].kpis["contribution"])))
    )
    first = batches[order[0].name]
    spread = {o.name: attainment(plan, allocations[o.name], batches[o.name]) for o in order}
    marks = {option.name: _marks(batches[option.name], spread[option.name]) for option in order}
    rows = []
    for option in order:
        batch = batches[option.name]
        is_first = option.name == order[0].name
        rows.append(
            RecommendRow(
                option=option,
                p_target=proportion_estimate(batch.kpis["p_target"]),
                signed=mean_estimate(batch.kpis["signed"]),
                contribution=mean_estimate(batch.kpis["contribution"]),
                contribution_p10=marks[option.name]["p10"],
                contribution_behind=None if is_first else mean_gap(first.kpis, batch.kpis, "contribution"),
                p_target_behind=None if is_first else mean_gap(first.kpis, batch.kpis, "p_target"),
                attainment=spread[option.name],
                ranks={
                    mark: 1 + sum(other[mark] > value for other in marks.values())
                    for mark, value in marks[option.name].items()
                },
                dominated_by=_dominated_by(option.name, batches, marks),
            )
        )
    tied = [
        row.option.name
        for row in rows[1:]
        if row.contribution_behind and row.contribution_behind.ci_low <= 0 and _breaks(row.option) == _breaks(order[0])
    ]
    result = RecommendResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        seed=futures.execution.seed,
        replications=futures.count,
        rows=tuple(rows),
        tied=tuple(tied),
        not_made=found.not_made,
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )
    return result, allocations[order[0].name]


def attainment(plan: Plan, allocation: Allocation, batch: Batch) -> AttainmentRow:
    """How attainment is spread among reps with a quota: by quotas, as they stand in the end, and by luck."""
    quotas = final_quotas(plan, allocation, batch).by_rep
    asked = (quotas > 0).all(axis=0)
    if not asked.any():
        nothing = Estimate(mean=0.0, ci_low=0.0, ci_high=0.0)
        return AttainmentRow(spread=nothing, luck=0.0, decided=0.0, chance_least=0, chance_greatest=0, on_quota=nothing)
    attained: Values = batch.by_rep[:, asked] / quotas[:, asked]
    hits = batch.by_rep[:, asked] >= enough_for(quotas[:, asked])
    chances = hits.mean(axis=0)
    within = attained.var(axis=1)
    whole, decided = float(within.mean()), float(attained.mean(axis=0).var())
    return AttainmentRow(
        spread=mean_estimate(np.sqrt(within)),
        luck=max(1 - decided / whole, 0.0) if whole > 0 else 0.0,
        decided=float(np.sqrt(decided)),
        chance_least=float(chances.min()),
        chance_greatest=float(chances.max()),
        on_quota=mean_estimate(hits.mean(axis=1)),
    )


def _breaks(option: OptionRow) -> bool:
    """Whether an option does not keep every hard rule, lock and pool."""
    return any(rule.firmness != "soft" for rule in option.broken)


def _marks(batch: Batch, spread: AttainmentRow) -> dict[str, float]:
    """What options are ranked by; more is better."""
    return {
        "p_target": float(np.mean(batch.kpis["p_target"])),
        "contribution": float(np.mean(batch.kpis["contribution"])),
        "p10": float(np.quantile(batch.kpis["contribution"], 0.1)),
        "fairness": spread.chance_least - spread.chance_greatest,
    }


def _dominated_by(name: str, batches: dict[str, Batch], marks: dict[str, dict[str, float]]) -> str | None:
    for other, batch in batches.items():
        as_good = all(marks[other][mark] >= value for mark, value in marks[name].items())
        clearly = any(mean_gap(batch.kpis, batches[name].kpis, kpi).ci_low > 0 for kpi in ("contribution", "p_target"))
        if other != name and as_good and clearly:
            return other
    return None


def _answer(request: RecommendRequest, inputs: Inputs, futures: Futures) -> Answer:
    result, first = recommend_study(
        inputs.plan,
        options_of(inputs.plan, request),
        futures,
        count=request.count,
        within=request.within,
        by_hand=[inputs.allocation] if inputs.allocation else [],
        changes=inputs.changes,
    )
    return Answer(first, result)


def _headline(result: RecommendResult) -> str:
    first = result.rows[0]
    return f"{first.option.name}: chance {first.p_target.mean:.1%}"


def _figures(result: RecommendResult, kpi: str) -> Sequence[Estimate]:
    """How far the others are behind the first option; its own figure where it is the only one."""
    first, *others = result.rows
    if kpi not in ("p_target", "contribution"):
        return ()
    behind = [getattr(row, f"{kpi}_behind") for row in others]
    return behind or [getattr(first, kpi)]


STUDY = Study(
    RecommendRequest, RecommendResult, _answer, _headline, figures=_figures, precise_in=lambda _: "contribution"
)
