"""What one opportunity, open or new, is expected to bring and to take within the quarter.

Every probability, cycle and hour comes from ``scenarios.expectations``; here they are put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from scenarios.cycles import Cycle
from scenarios.expectations import (
    age_days,
    cycle_bounds,
    cycle_of,
    expected_skill,
    expected_stage_weights,
    product_keys,
    region_keys,
    shares_before,
    stage_weights,
    touch_positions,
    with_measures,
)
from scenarios.plan import Plan
from scenarios.tables import Opportunity, Product, Region

__all__ = ["Outlook", "Outlooks"]

Keys = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Expected in-quarter value (money), rep hours, and outside experts' fee (money) of an opportunity."""

    value: float
    hours: float
    fee: float = 0.0


@lru_cache(maxsize=1 << 16)
def _mean_cdf(cycle: Cycle, window: tuple[float, float], horizon: float, part: float) -> float:
    return cycle.mean_cdf(*window, horizon, part)


class Outlooks:
    """Outlooks of a plan's opportunities, after its measures."""

    def __init__(self, plan: Plan) -> None:
        """Prepare what all opportunities share."""
        self.plan = plan
        self.horizon = float(plan.calendar.working_days)
        self._weights = stage_weights(plan.process)
        self._before = shares_before(plan.process)
        self._positions = [touch_positions(plan.process, stage) for stage in range(len(plan.process.stages))]
        standing = [s for s in plan.standing_effects if s.effect.factor != 1 or s.effect.shift != 0]
        self._moved = {one.effect.parameter for one in standing}
        self._skill = {rep.id: expected_skill(plan, rep) for rep in plan.reps}
        self._by_rep = any(skill != 1 for skill in self._skill.values()) or any(
            one.effect.scope.rep or one.effect.scope.rep_tier or one.by_rep_tier for one in standing
        )

    def after_measures(self, parameter: str, base: float, keys: Keys) -> float:
        """A parameter after the plan's measures."""
        return with_measures(self.plan, parameter, base, keys) if parameter in self._moved else base

    def of_open(self, opportunity: Opportunity) -> Outlook:
        """An opportunity open at the start: value x P(win | its stage) x P(the cycle ends in the quarter | age, stage).

        A touch at position f of the cycle counts when age < f C <= age + horizon; those behind do not.
        """
        plan, stage = self.plan, self.plan.process.stage_number(opportunity.stage)
        rep, account = plan.rep[opportunity.rep], plan.account.get(opportunity.account or "")
        industry = opportunity.industry or (account.industry if account else "")
        product, region = plan.product[opportunity.product], plan.region[opportunity.region]
        keys = {
            **product_keys(product),
            **region_keys(region),
            "rep": rep.id,
            "rep_tier": rep.tier,
            "customer_tier": opportunity.customer_tier,
            "industry": industry,
            "source": "pipeline",
            **({"account": opportunity.account} if opportunity.account else {}),
        }
        age, cycle = age_days(plan, opportunity), cycle_of(plan, product)
        low, high = cycle_bounds(plan.process, stage, age)
        reached = age + self.horizon / self._stretch(cycle, keys)

        def due(position: float) -> float:
            if position <= 0:
                return 0.0
            inside = cycle.cdf_between(reached / position, low, high)
            return inside - cycle.cdf_between(age / position, low, high)

        passes = self._passes(opportunity.customer_tier, keys)
        value = self.after_measures("deal_value", opportunity.value, keys)
        signed = value * _product(passes[stage:]) * due(1.0)
        hours = sum(reach * hours * due(position) for reach, hours, position in self._work(stage, passes, keys))
        return Outlook(signed, hours, self._fee_rate(value, industry) * signed)

    def of_new(
        self,
        product: Product,
        region: Region,
        entry_stage: int,
        window: tuple[float, float],
        keys: Keys,
        rep_shares: Mapping[str, float],
    ) -> Outlook:
        """A new opportunity that arrives evenly over the window, entering at a stage.

        ``rep_shares`` says who is likely to work it, which matters only to measures that help some reps.
        """
        own = {**product_keys(product), **region_keys(region), **keys}
        tier, cycle = str(keys["customer_tier"]), cycle_of(self.plan, product)
        value = hours = 0.0
        for share, rep_keys in self._workers(rep_shares):
            all_keys = {**own, **rep_keys}
            stretch = self._stretch(cycle, all_keys)
            passes = self._passes(tier, all_keys)

            def due(position: float, stretch: float = stretch) -> float:
                ahead = (position - self._before[entry_stage]) * stretch
                return _mean_cdf(cycle, window, self.horizon, ahead)

            deal = self.after_measures("deal_value", product.mean_deal, all_keys)
            value += share * deal * _product(passes[entry_stage:]) * due(1.0)
            work = self._work(entry_stage, passes, all_keys)
            hours += share * sum(reach * each * due(position) for reach, each, position in work)
        return Outlook(value, hours)

    def _workers(self, rep_shares: Mapping[str, float]) -> Iterable[tuple[float, dict[str, str]]]:
        if not self._by_rep or not rep_shares:
            return [(1.0, {})]
        return [
            (share, {"rep": rep, "rep_tier": self.plan.rep[rep].tier}) for rep, share in rep_shares.items() if share > 0
        ]

    def _work(self, entry: int, passes: list[float], keys: Keys) -> Iterable[tuple[float, float, float]]:
        """(P(reaching the stage), hours, position in the cycle) of the proposals and touches from a stage on."""
        reach = 1.0
        for number in range(entry, len(passes)):
            stage = self.plan.process.stages[number]
            if stage.proposal_hours:
                hours = self.after_measures("proposal_hours", stage.proposal_hours, keys)
                yield reach, hours, self._before[number]
            hours = self.after_measures("touch_hours", stage.touch_hours, keys)
            for position in self._positions[number]:
                yield reach, hours, position
            reach *= passes[number]

    def _passes(self, tier: str, keys: Keys) -> list[float]:
        win_rate = self.after_measures("win_rate", self.plan.customer_tier[tier].win_rate, keys)
        skill = self._skill.get(str(keys.get("rep")), 1.0)
        weights = expected_stage_weights(self.plan, keys) if "stage_difficulty" in self._moved else self._weights
        return [min(win_rate * skill, 1.0) ** weight for weight in weights]

    def _stretch(self, cycle: Cycle, keys: Keys) -> float:
        return max(self.after_measures("cycle_time", cycle.median, keys) / cycle.median, 1e-9)

    def _fee_rate(self, value: float, industry: str) -> float:
        """Fee of outside experts per money signed: of the whole amount where it exceeds the limit. Rule R2."""
        fee = self.plan.money.expert_fee
        if fee is None or value <= fee.above_amount or (fee.industries and industry not in fee.industries):
            return 0.0
        return fee.rate


def _product(factors: Iterable[float]) -> float:
    result = 1.0
    for factor in factors:
        result *= factor
    return result
