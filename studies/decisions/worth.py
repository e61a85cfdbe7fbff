"""What a contingency plan is worth: the same futures with it held, against those without."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scenarios.allocation import Allocation
from scenarios.plan import Plan
from scenarios.risks import ContingencyPlan
from simulation.options import Options
from studies.deciding import margins_of
from studies.replay.batches import Batch
from studies.replay.futures import Futures
from studies.replay.sameness import never_acts
from studies.results import Estimate
from studies.statistics import SEEN_ENOUGH, Values, is_equivalent, mean_estimate, needed, spared

__all__ = [
    "Bench",
    "Criterion",
    "PlanVerdict",
    "RiskVerdict",
    "Worth",
    "gain_by",
    "idle_gain",
    "plan_verdict",
    "without_risks",
    "worth_of",
]

Criterion: TypeAlias = Literal["contribution", "signed", "cash", "p_target"]


PlanVerdict: TypeAlias = Literal["buy", "do not buy", "does not matter", "cannot tell yet"]
RiskVerdict: TypeAlias = Literal["hurts", "helps", "harmless", "does not matter", "cannot tell yet", "never struck"]


def plan_verdict(net: Estimate, margin: float) -> PlanVerdict:
    """The verdict on a net gain. Its sign goes first: what is surely gained after all costs is bought, however small.

    Only where the sign is open does it count that the gain is surely too small to matter either way: also where no
    future shows any, as of a chance that a plan never turned.
    """
    if net.ci_low > 0:
        return "buy"
    if net.ci_high <= 0 and net.mean < 0:
        return "do not buy"
    return "does not matter" if is_equivalent(net, margin) else "cannot tell yet"


def gain_by(criterion: Criterion, held: Batch, base: Batch) -> Values:
    """Gain in what verdicts are about, future by future: money after the costs of plans, which a chance is not."""
    gain = held.kpis[criterion] - base.kpis[criterion]
    if criterion in ("signed", "cash"):
        return gain - (held.kpis["plan_cost"] - base.kpis["plan_cost"])
    return gain


def idle_gain(criterion: Criterion, cost: Values) -> Values:
    """The same where plans do nothing but cost."""
    return np.zeros(len(cost)) if criterion == "p_target" else -cost


@dataclass(frozen=True)
class Bench:
    """The base, and variants of it on the same futures."""

    plan: Plan
    allocation: Allocation
    options: Options
    base: Batch
    futures: Futures

    def variant(self, options: Options, label: str) -> Batch:
        """The base's futures under other options."""
        return self.futures.replay(self.plan, self.allocation, options, label=label)

    def prepare(self, variants: Sequence[Options], label: str) -> None:
        """Run together what ``variant`` will ask for."""
        self.futures.prepare(self.plan, self.allocation, variants, label=label)

    def holding(self, *plans: str) -> Options:
        """The base's options with only these contingency plans held."""
        return Options(self.options.risks, frozenset(plans), self.options.forced, self.options.uncertainty)


def without_risks(options: Options, risks: Collection[str]) -> Options:
    """The options without some risks, by chance or forced."""
    forced = tuple(strike for strike in options.forced if strike.risk not in risks)
    return Options(options.risks - set(risks), options.plans, forced, options.uncertainty)


@dataclass(frozen=True)
class Worth:
    """A contingency plan held, against the same futures without it."""

    held: Batch
    base: Batch
    entry: ContingencyPlan
    criterion: Criterion
    margin: float
    """From which size on the gain in what the verdict is about matters."""

    def gain(self, kpi: str) -> Values:
        """Gain in a KPI, future by future; contribution after all costs of the plan."""
        return self.held.kpis[kpi] - self.base.kpis[kpi]

    @property
    def decisive(self) -> Values:
        """Gain in what the verdict is about."""
        return gain_by(self.criterion, self.held, self.base)

    @property
    def acted(self) -> NDArray[np.bool_]:
        """Where the plan changed anything but what it costs."""
        changed: NDArray[np.bool_] = self.held.before_plans != self.base.before_plans
        for kpi in ("signed", "cash"):
            a, b = (
                batch.before_plans if kpi == "before_plans" else batch.kpis[kpi] for batch in (self.held, self.base)
            )
            changed |= a != b
        return changed

    @property
    def verdict(self) -> PlanVerdict:
        """A plan that can do nothing but cost is never bought; of one seen to act too seldom nothing can be told."""
        if never_acts(self.entry):
            return "do not buy"
        if self.acted.sum() < SEEN_ENOUGH:
            return "cannot tell yet"
        return plan_verdict(mean_estimate(self.decisive), self.margin)

    def figures(self) -> dict[str, Any]:
        """Fields that every row of a plan has."""
        verdict, counts = self.verdict, self.held.triggered.get(self.entry.id, np.zeros(len(self.base)))
        return {
            "plan": self.entry.id,
            "plan_name": self.entry.name,
            "gain_signed": mean_estimate(self.gain("signed")),
            "gain_cash": mean_estimate(self.gain("cash")),
            "gain_contribution": mean_estimate(self.gain("contribution")),
            "gain_p_target": mean_estimate(self.gain("p_target")),
            "plan_cost": mean_estimate(self.held.kpis["plan_cost"]),
            "p_triggered": float(np.mean(counts > 0)),
            "verdict": verdict,
            "seen": int(self.acted.sum()),
            "needed": needed(self.decisive, self.margin, int(self.acted.sum()))
            if verdict == "cannot tell yet"
            else None,
            "spared": spared(self.base.kpis["contribution"], self.held.kpis["contribution"]),
        }


def worth_of(bench: Bench, entry: ContingencyPlan, criterion: Criterion) -> Worth:
    """A contingency plan alone held, on the futures of the base."""
    options = bench.options
    held = Options(options.risks, options.plans | {entry.id}, options.forced, options.uncertainty)
    margins = margins_of(bench.plan)
    margin = margins.chance if criterion == "p_target" else margins.amount
    return Worth(bench.variant(held, f"with {entry.id}"), bench.base, entry, criterion, margin)
