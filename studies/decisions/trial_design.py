"""design: what a strategy test can see: its power, the smallest effect, and the test that would be big enough (M5).

The plan's test is simulated with its effect and with none, on identical futures. Gains without an effect are what
chance alone shows; their standard deviation s falls with the stages decided as sqrt(c · (1/tried + 1/others)). The
smallest effect that is seen is (z95 + z80) · s: told from chance at one-sided 5%, in 80% of tests.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.plan import Plan
from scenarios.policies import Policy, StrategyTest
from simulation.options import Options
from studies.deciding import decide, options_of
from studies.replay.batches import Batch
from studies.replay.excerpts import VERDICT, tested_policies
from studies.replay.futures import Futures
from studies.requests import QuarterRequest
from studies.results import Change, Estimate, QuarterResult, Record
from studies.statistics import SEEN_ENOUGH, Values, mean_estimate, proportion_estimate
from studies.study import SHARE, Answer, Inputs, Study

__all__ = ["STUDY", "DesignRequest", "DesignResult", "SizeRow", "design_study"]

_SEEN = float(special.ndtri(0.95) + special.ndtri(0.80))
_SHARES = (0.1, 0.2, 0.3, 0.5)
_WEEKS = (2, 4, 6, 8, 10)


class DesignRequest(QuarterRequest):
    """Say what a strategy test can see."""

    study: Literal["design"] = "design"
    policy: str | None = None
    """Policy with the test; None takes the plan's first, enabled or not."""


class SizeRow(Record):
    """A test of another size."""

    share: float
    weeks: int
    tried: float
    """Stages decided among those tried, expected."""
    smallest: float
    """Smallest gain in conversion that it sees."""
    is_enough: bool
    """Whether that is no more than what the plan's effect brings."""


class DesignResult(QuarterResult):
    """Power of a strategy test."""

    study: Literal["design"] = "design"
    policy: str
    policy_name: str
    share: float
    from_week: int
    weeks: int
    success_from: float
    tried: float
    """Stages decided among those in the test, mean."""
    others: float
    no_verdict: Estimate
    """Share of quarters with too few cases for any."""
    false_roll_outs: Estimate
    """Rolled out although nothing was changed."""
    power: Estimate
    """Rolled out with the plan's effect."""
    effect: Estimate
    """Gain in conversion that the plan's effect brings, paired with the same futures without."""
    spread: float
    """Standard deviation of the gain that chance alone shows."""
    smallest: float
    """Gain that a test of this size tells from chance, at 5% one-sided, in 80% of tests."""
    smallest_by_rule: float
    """Gain that passes the plan's own threshold in 80% of tests."""
    sizes: tuple[SizeRow, ...]
    enough: SizeRow | None
    """The smallest of these that is enough; None where none is."""
    tried_needed: float | None
    """Stages decided among those tried, as many being others, that would be enough; None without an effect to see."""
    worth: Estimate
    """Contribution with the test less without it, paired."""
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0


class _Verdicts(NamedTuple):
    """One verdict a future, in order; the gain is not a number where there is none."""

    tried: Values
    others: Values
    gain: Values
    rolled_out: Values

    @staticmethod
    def of(plan: Plan, policy: Policy, batch: Batch) -> _Verdicts:
        """Those on one policy's test."""
        place = [entry.id for entry in tested_policies(plan)].index(policy.id) * len(VERDICT)
        return _Verdicts(*batch.verdicts[:, place : place + len(VERDICT)].T)


def design_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    futures: Futures,
    policy: str | None = None,
    changes: Sequence[Change] = (),
) -> DesignResult:
    """Hold the test with its effect, and without any; UsageError without a test that ends in the quarter."""
    start = time.perf_counter()
    chosen, test = _test_of(plan, policy)
    neutral = tuple(effect.model_copy(update={"factor": 1.0, "shift": 0.0}) for effect in test.effects)
    with_effect, with_none, without = (
        futures.replay(_with_test(plan, chosen, held), allocation, options, label=label)
        for held, label in (
            (test, "test as planned"),
            (test.model_copy(update={"effects": neutral}), "test without effect"),
            (None, "no test"),
        )
    )
    planned, null = (_Verdicts.of(plan, chosen, batch) for batch in (with_effect, with_none))
    both = np.isfinite(planned.gain) & np.isfinite(null.gain)
    if both.sum() < SEEN_ENOUGH:
        raise UsageError(
            f"test {chosen.id} comes to a verdict in {int(both.sum())} of {len(both)} quarters; "
            f"more replications, a lower at_least ({test.at_least}) or more customers in it would tell"
        )
    spread = float(np.std(null.gain[both], ddof=1))
    effect = mean_estimate(planned.gain[both] - null.gain[both])
    tried, others = float(null.tried.mean()), float(null.others.mean())
    unit = spread / math.sqrt(1 / tried + 1 / others) if tried and others else math.inf
    sizes = _sizes(plan, test, tried + others, unit, effect.mean)
    return DesignResult(
        **futures.heading(plan, allocation),
        policy=chosen.id,
        policy_name=chosen.name,
        share=test.share,
        from_week=test.from_week,
        weeks=test.weeks,
        success_from=test.success_from,
        tried=tried,
        others=others,
        no_verdict=proportion_estimate(np.isnan(null.gain).astype(float)),
        false_roll_outs=proportion_estimate(null.rolled_out),
        power=proportion_estimate(planned.rolled_out),
        effect=effect,
        spread=spread,
        smallest=_SEEN * spread,
        smallest_by_rule=test.success_from + float(special.ndtri(0.80)) * spread,
        sizes=sizes,
        enough=next((row for row in sorted(sizes, key=lambda r: (r.share * r.weeks, r.weeks)) if row.is_enough), None),
        tried_needed=2 * (unit * _SEEN / effect.mean) ** 2 if effect.mean > 0 else None,
        worth=mean_estimate(with_effect.kpis["contribution"] - without.kpis["contribution"]),
        changes=tuple(changes),
        seconds=time.perf_counter() - start,
    )


def _test_of(plan: Plan, policy: str | None) -> tuple[Policy, StrategyTest]:
    tests = {entry.id: entry for entry in tested_policies(plan)}
    if not tests:
        raise UsageError("the plan has no policy with a strategy test")
    if policy is not None and policy not in tests:
        raise UsageError(f"no strategy test {policy} in the plan; there are: {', '.join(tests)}")
    chosen = tests[policy or next(iter(tests))]
    test = chosen.strategy_test
    assert test is not None, "that is why it was chosen"
    if test.from_week + test.weeks > plan.calendar.weeks:
        raise UsageError(f"test {chosen.id} does not end before the quarter does, so it has no verdict")
    return chosen, test


def _with_test(plan: Plan, policy: Policy, test: StrategyTest | None) -> Plan:
    """The plan with this test on, or off."""
    changed = policy.model_copy(update={"enabled": test is not None, "strategy_test": test or policy.strategy_test})
    policies = tuple(changed if entry.id == policy.id else entry for entry in plan.policies)
    return plan.model_copy(update={"policies": policies})


def _sizes(plan: Plan, test: StrategyTest, decided: float, unit: float, effect: float) -> tuple[SizeRow, ...]:
    """Tests of other sizes, stages decided growing in proportion to the weeks."""
    weekly = decided / test.weeks
    rows = []
    for share in sorted({*_SHARES, test.share}):
        for weeks in sorted({*_WEEKS, test.weeks}):
            if test.from_week + weeks > plan.calendar.weeks or not 0 < share < 1:
                continue
            tried, others = weekly * weeks * share, weekly * weeks * (1 - share)
            smallest = _SEEN * unit * math.sqrt(1 / tried + 1 / others) if decided else math.inf
            rows.append(SizeRow(share=share, weeks=weeks, tried=tried, smallest=smallest, is_enough=smallest <= effect))
    return tuple(rows)


def _answer(request: DesignRequest, inputs: Inputs, futures: Futures) -> Answer:
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    result = design_study(inputs.plan, allocation, options, futures, request.policy, inputs.changes)
    return Answer(allocation, result)


def _headline(result: DesignResult) -> str:
    return f"{result.policy} sees gains from {result.smallest:.0%} on"


def _figures(result: DesignResult, kpi: str) -> Sequence[Estimate]:
    """Shares of quarters by their verdict, or what holding the test is worth."""
    if kpi == SHARE:
        return [result.no_verdict, result.false_roll_outs, result.power]
    return [result.worth] if kpi == "contribution" else ()


STUDY = Study(DesignRequest, DesignResult, _answer, _headline, figures=_figures, precise_in=lambda _: SHARE)
