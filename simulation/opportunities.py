"""An opportunity: a state machine that touches push through the stages of the sales process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.board import Keys
from simulation.future import DealChance
from simulation.records import DealEnd

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["Opportunity"]


class Opportunity:
    """One opportunity. The touch that ends a stage decides whether it is passed; passing the last is a signature."""

    __slots__ = (
        "account",
        "cadence_days",
        "chance",
        "created",
        "due",
        "ended",
        "hours",
        "id",
        "industry",
        "keys",
        "orphan_factor",
        "outcome",
        "priority",
        "product",
        "region",
        "rep",
        "source",
        "stage",
        "stage_start",
        "tier",
        "touch",
        "value",
        "weighted",
        "win_rate",
    )

    def __init__(
        self,
        quarter: Quarter,
        *,
        id: str,
        source: str,
        product: int,
        region: int,
        tier: int,
        account: int,
        industry: str,
        stage: int,
        value: float,
        created: float,
        chance: DealChance,
        keys: Keys,
    ) -> None:
        customer_tier = quarter.model.plan.customer_tiers[tier]
        self.id, self.source, self.created, self.chance = id, source, created, chance
        self.product, self.region, self.tier = product, region, tier
        self.account, self.industry, self.stage, self.value = account, industry, stage, value
        self.keys = keys
        self.priority = customer_tier.priority
        self.cadence_days = 5 / customer_tier.touches_per_week
        self.win_rate = customer_tier.win_rate
        self.orphan_factor = 1.0
        self.rep = -1
        self.weighted = 0.0
        self.hours = 0.0
        self.outcome = "open"
        self.ended = quarter.model.horizon
        # Touches behind an open opportunity are those whose place in the cycle it has already passed.
        age = max(-created, 0.0)
        positions = quarter.model.stages.positions[stage]
        self.touch = next((k for k, place in enumerate(positions) if place * chance.cycle > age), len(positions) - 1)
        start = quarter.model.stages.before[stage] * chance.cycle if created >= 0 else age
        wait = max(positions[self.touch] * chance.cycle - start, 0.0)
        self.due = quarter.env.now + quarter.board.value("cycle_time", wait, keys, id)
        self.stage_start = quarter.env.now - max(start - quarter.model.stages.before[stage] * chance.cycle, 0.0)

    def cell_attainment(self, quarter: Quarter) -> float:
        """Signed ÷ quota of the opportunity's product and region so far: the lowest cell is served first."""
        return quarter.attainment(self.product, self.region)

    def next_hours(self, quarter: Quarter) -> float:
        """Rep hours of the due touch, with the proposal where the stage opens with one (S3, S8)."""
        stages, board = quarter.model.stages, quarter.board
        hours = board.value("touch_hours", stages.touch_hours[self.stage], self.keys, self.id)
        if self.touch == 0 and stages.proposal_hours[self.stage] > 0:
            hours += board.value("proposal_hours", stages.proposal_hours[self.stage], self.keys, self.id)
        return hours

    def expected_value(self, quarter: Quarter) -> float:
        """Value × probability of winning from the current stage at the plan's win rate; 0 once it has ended."""
        return self.value * quarter.model.win_from[self.tier][self.stage] if self.outcome == "open" else 0.0

    def done(self, quarter: Quarter, hours: float) -> bool:
        """Take note of a touch; True while the opportunity needs further ones."""
        self.hours += hours
        if self.outcome != "open":
            return False
        stages = quarter.model.stages
        self.touch += 1
        if self.touch == len(stages.positions[self.stage]):
            if not self._passes(quarter):
                self.end(quarter, "lost")
                return False
            if self.stage + 1 == len(stages.positions):
                self.value = quarter.board.value("deal_value", self.value, self.keys, self.id)
                self.end(quarter, "won")
                return False
            self.stage, self.touch, self.stage_start = self.stage + 1, 0, quarter.env.now
            quarter.reps[self.rep].reweigh(self)
        # A stage takes the customer its part of the cycle from the day it began; a late touch inside it costs nothing,
        # a late last one postpones the next stage: friction only lengthens.
        wait = (stages.positions[self.stage][self.touch] - stages.before[self.stage]) * self.chance.cycle
        planned = self.stage_start + quarter.board.value("cycle_time", wait, self.keys, self.id)
        self.due = max(planned, quarter.env.now)
        return True

    def _passes(self, quarter: Quarter) -> bool:
        rate = quarter.board.value("win_rate", self.win_rate, self.keys, self.id) * self.orphan_factor
        passes: bool = self.chance.passes[self.stage] < rate ** quarter.model.stages.weights[self.stage]
        return passes

    def end(self, quarter: Quarter, outcome: str) -> None:
        """Close the opportunity as won or lost."""
        self.outcome, self.ended = outcome, quarter.env.now
        quarter.deal_ends(self)

    def row(self) -> DealEnd:
        """The opportunity as a record."""
        return DealEnd(
            self.id,
            self.source,
            self.product,
            self.region,
            self.rep,
            self.tier,
            self.account,
            self.created,
            self.ended,
            self.outcome,
            self.stage,
            self.value,
            self.hours,
        )
