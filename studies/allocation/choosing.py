"""alternatives: what else could be decided nearly as well, what rules of thumb would give, what fairness costs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Literal

from optimizer.allocating import decided_by
from optimizer.alternatives import alternatives
from optimizer.baselines import BASELINES, baseline
from optimizer.equity import Equity, Unevenness, equity
from optimizer.frontier import Measure, frontier
from optimizer.least_change import LEAST_CHANGE, change_between, least_change
from optimizer.options import Option, amounts_of, option_of
from optimizer.solved import solve
from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from studies.allocation.results import RuleRow
from studies.allocation.rules import broken_row
from studies.results import Change, Record

__all__ = [
    "AlternativesResult",
    "EquityRow",
    "FrontierResult",
    "LeastChangeResult",
    "OptionRow",
    "UnevennessRow",
    "alternatives_study",
    "equity_row",
    "frontier_study",
    "least_change_study",
]


class UnevennessRow(Record):
    """How unevenly a burden is spread over reps."""

    least: float
    greatest: float
    mean: float
    spread: float
    cv: float
    """Coefficient of variation."""
    gini: float


class EquityRow(Record):
    """Stretch (quota ÷ potential) and load (hours needed ÷ there) among reps."""

    stretch: UnevennessRow
    load: UnevennessRow | None
    without_hours: tuple[str, ...] = ()


class OptionRow(Record):
    """One allocation to choose."""

    name: str
    kind: Literal["best", "alternative", "baseline", "by hand"]
    contribution: float
    signed: float
    """Expected signed amount."""
    total_quota: float
    relaxation: float
    """Priority-weighted relaxation of soft rules."""
    quota_moved: float
    """Share of the quotas placed differently than in the best allocation."""
    budget_moved: float
    equity: EquityRow
    broken: tuple[RuleRow, ...]
    """Rules, locks and pools that it does not keep; soft ones are relaxed."""
    notes: tuple[str, ...] = ()


class AlternativesResult(Record):
    """The best allocation, alternatives within a share of its contribution, and baselines."""

    study: Literal["alternatives"] = "alternatives"
    plan: str
    currency: str
    within: float
    """Share of the best contribution that an alternative may give up."""
    options: tuple[OptionRow, ...]
    not_made: dict[str, str]
    """Baseline → why there is none."""
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


class FrontierRow(Record):
    """The greatest contribution at an unevenness (greatest − least among reps)."""

    unevenness: float
    contribution: float


class FrontierResult(Record):
    """What fairness costs."""

    study: Literal["fairness"] = "fairness"
    plan: str
    currency: str
    measure: Measure
    now: EquityRow
    """Of the allocation that ``allocate`` gives."""
    points: tuple[FrontierRow, ...]
    """From the best contribution to the greatest fairness; one where nothing can be traded."""
    decided_by: tuple[str, ...] = ()
    """Rules that leave the stretch of reps no freedom."""
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


class LeastChangeResult(Record):
    """The best allocation nearest to a previous one, beside a fresh answer."""

    study: Literal["least_change"] = "least_change"
    plan: str
    currency: str
    previous: str
    changed: float
    """Σ |q − q⁰| + Σ |x − x⁰|, money."""
    changed_fresh: float
    """The same, of the answer that ``allocate`` gives."""
    option: OptionRow
    previous_option: OptionRow
    changes: tuple[Change, ...] = ()
    """Inputs that scenarios and settings changed."""
    seconds: float = 0.0


def alternatives_study(
    plan: Plan,
    count: int = 3,
    within: float = 0.01,
    unevenness: float = 0.25,
    baselines: Sequence[str] = tuple(BASELINES),
    by_hand: Sequence[Allocation] = (),
) -> tuple[AlternativesResult, Mapping[str, Allocation]]:
    """Options side by side; the second part is their allocations by name, to be simulated."""
    start = time.perf_counter()
    solved = solve(plan)
    options = list(alternatives(solved, count, within, unevenness))
    best, not_made = options[0].amounts, {}
    for name in baselines:
        try:
            options.append(baseline(solved.data, name, best))
        except UsageError as error:
            if name not in BASELINES:
                raise
            not_made[name] = str(error)
    options += [option_of(amounts_of(solved.data, own), own.name, "by hand", best) for own in by_hand]
    result = AlternativesResult(
        plan=plan.name,
        currency=plan.currency,
        within=within,
        options=tuple(map(_option_row, options)),
        not_made=not_made,
        seconds=time.perf_counter() - start,
    )
    return result, {option.allocation.name: option.allocation for option in options}


def frontier_study(plan: Plan, measure: Measure = "load", points: int = 6) -> FrontierResult:
    """The trade-off curve between contribution and fairness."""
    start = time.perf_counter()
    solved = solve(plan)
    curve = frontier(plan, measure, points)
    return FrontierResult(
        plan=plan.name,
        currency=plan.currency,
        measure=measure,
        now=equity_row(equity(solved.data, solved.amounts())),
        points=tuple(FrontierRow(unevenness=p.unevenness, contribution=p.contribution) for p in curve.points),
        decided_by=decided_by(solved.data) if measure == "stretch" else (),
        seconds=time.perf_counter() - start,
    )


def least_change_study(plan: Plan, previous: Allocation) -> tuple[LeastChangeResult, Allocation]:
    """The best allocation that changes a previous one least; the second part is its allocation."""
    start = time.perf_counter()
    fresh, kept = solve(plan).amounts(), least_change(plan, previous)
    before = amounts_of(kept.data, previous)
    option = option_of(kept.amounts(), LEAST_CHANGE, "best", before)
    result = LeastChangeResult(
        plan=plan.name,
        currency=plan.currency,
        previous=previous.name,
        changed=change_between(option.amounts, before),
        changed_fresh=change_between(fresh, before),
        option=_option_row(option),
        previous_option=_option_row(option_of(before, previous.name, "by hand", before)),
        seconds=time.perf_counter() - start,
    )
    return result, option.allocation


def equity_row(found: Equity) -> EquityRow:
    """Unevenness of stretch and load as a row."""
    return EquityRow(
        stretch=_unevenness(found.stretch),
        load=_unevenness(found.load) if found.load else None,
        without_hours=found.without_hours,
    )


def _unevenness(found: Unevenness) -> UnevennessRow:
    return UnevennessRow(**{name: getattr(found, name) for name in UnevennessRow.model_fields})


def _option_row(option: Option) -> OptionRow:
    return OptionRow.model_validate(
        {
            "name": option.allocation.name,
            "kind": option.kind,
            "contribution": option.contribution,
            "signed": option.signed,
            "total_quota": option.allocation.total_quota,
            "relaxation": option.relaxation,
            "quota_moved": option.from_best.quota,
            "budget_moved": option.from_best.budget,
            "equity": equity_row(option.equity),
            "broken": tuple(map(broken_row, option.broken)),
            "notes": option.notes,
        }
    )
