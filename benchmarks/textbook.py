"""The quarter as a SimPy textbook would have it: a process per opportunity, a request for a ``Resource`` per touch.

It reads the draws of ``simulation.future`` and does what both models can do: opportunities pass stages by touches that
reps serve in order of arrival. ``core_of`` makes of a plan the part that is left then: no risk, measure, policy, care,
renewal or collection, one product, and every rep in one region. So a rep's work is all of one kind, and ours, which
would put tiers and cells first, serves it in order of arrival too.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simpy import Environment, Event, Resource

from scenarios.allocation import Allocation, BudgetCell, QuotaCell
from scenarios.expectations import responses_in
from scenarios.plan import Plan
from simulation.future import DealChance, Future, draw_future
from simulation.model import Model
from simulation.records import DealEnd, Records

__all__ = ["core_allocation", "core_of", "difference", "run_textbook", "textbook_replicate"]

DAYS = 1e-6
"""Working days by which sums of the same durations may differ."""
NEVER_DUE = ({"share": 1, "due_days": 3650},)


def core_of(plan: Plan, load: float = 1.0) -> Plan:
    """What both models can do of a plan; reps have their hours divided by ``load``, so that touches wait."""
    figures = plan.model_dump()
    product = figures["products"][0]["id"]
    home = {rep["id"]: rep["regions"][0] for rep in figures["reps"]}
    calm = {"proposal_promised_days": None, "care_hours_per_touch": 0, "automated_hours_per_touch": 0}
    # One priority and cadence: whoever is overdue by two cadences moves up a tier, and that is who has waited longest.
    tiers = [tier | calm | {"priority": 1, "touches_per_week": 1} for tier in figures["customer_tiers"]]
    activities = [a | {"rep_hours_per_unit": 0, "product_mix": {product: 1.0}} for a in figures["activities"]]
    selling = figures["cross_selling"] and figures["cross_selling"] | {"product_mix": {product: 1.0}}
    no_extras = {"renewal_hours": 0, "collection_hours": 0, "cooling_factor": 1, "late_renewal_factor": 1}
    ours = {"product": None, "renewal_amount": 0, "renewal_date": None}
    off = ("measures", "risks", "contingency_plans", "policies", "uncertainty", "receivables", "rules", "locks")
    core = figures | dict.fromkeys((*off, "scenarios", "assumptions"), ()) | {"ramp": None}
    return Plan.model_validate(
        core
        | {
            "calendar": figures["calendar"] | {"blocks": (), "budget_windows": (), "criteria": ()},
            "process": figures["process"] | no_extras,
            "customer_tiers": tiers,
            "activities": activities,
            "cross_selling": selling,
            "money": figures["money"] | {"payment_terms": NEVER_DUE, "collections": None},
            "products": figures["products"][:1],
            "reps": [
                rep | {"regions": rep["regions"][:1], "hours_per_week": rep["hours_per_week"] / load}
                for rep in figures["reps"]
            ],
            "accounts": [row | ours | {"region": home[row["rep"]]} for row in figures["accounts"]],
            "opportunities": [
                row | {"product": product, "region": home[row["rep"]]} for row in figures["opportunities"]
            ],
            "baseline_leads": [row | {"product": product} for row in figures["baseline_leads"]],
        }
    )


def core_allocation(plan: Plan) -> Allocation:
    """The target in equal parts, and of every activity in every region as many units as have full effect."""
    quota, product = plan.target / len(plan.reps), plan.products[0].id
    quotas = [QuotaCell(product, rep.regions[0], rep.id, quota) for rep in plan.reps]
    budget = [
        BudgetCell(region.id, activity.id, bands[0].up_to_units * activity.unit_cost)
        for region in plan.regions
        for activity in plan.activities
        if (bands := responses_in(activity, region))
    ]
    return Allocation("core", tuple(quotas), tuple(budget))


def textbook_replicate(model: Model, seed: int, replication: int) -> Records:
    """One replication of the textbook version, on the draws that ours has."""
    return run_textbook(model, draw_future(model, seed, replication))


def run_textbook(model: Model, future: Future) -> Records:
    """Run the textbook version on one future; its records hold opportunities and hours."""
    quarter = _Quarter(model, future)
    quarter.env.run(until=model.horizon)
    records = Records(future.replication, nature=future.nature)
    records.deals = [deal.row(model.horizon) for deal in quarter.deals]
    records.hours = quarter.hours
    records.hours_there = [hours * model.horizon for hours in model.hours_per_day]
    return records


class _Deal:
    """An opportunity on its way."""

    def __init__(self, chance: DealChance, **facts: Any) -> None:
        self.chance, self.facts = chance, facts
        self.rep: int = facts["rep"]
        self.stage: int = facts["stage"]
        self.outcome, self.ended, self.hours = "open", None, 0.0

    def row(self, horizon: float) -> DealEnd:
        """Its end, as ours records it."""
        ended = horizon if self.ended is None else self.ended
        end = {"ended": ended, "outcome": self.outcome, "stage": self.stage, "hours": self.hours}
        return DealEnd(**{**self.facts, **end})


class _Quarter:
    """All that the processes share."""

    def __init__(self, model: Model, future: Future) -> None:
        self.model, self.future, self.env = model, future, Environment()
        self.reps = [Resource(self.env) for _ in model.reps]
        self.hours, self.covered = [0.0] * len(model.reps), [0.0] * len(model.reps)
        """Of a rep: hours used; signed amount and the pipeline at its expected value."""
        self.deals: list[_Deal] = []
        for row, chance in zip(model.open_deals, future.open_deals, strict=True):
            facts = row._asdict()
            facts.pop("industry")
            self.begin(_Deal(chance, **facts))
        self.env.process(self.arrivals())

    def begin(self, deal: _Deal) -> None:
        """Put an opportunity under way."""
        self.deals.append(deal)
        self.covered[deal.rep] += self.expected(deal)
        self.env.process(self.sell(deal))

    def expected(self, deal: _Deal) -> float:
        """Value at the probability of winning from where it stands."""
        return float(deal.facts["value"] * self.model.win_from[deal.facts["tier"]][deal.stage])

    def arrivals(self) -> Generator[Event, Any, None]:
        """Accept every lead below the rate of its source; who covers the region and has the most room takes it."""
        for lead in self.future.leads:
            source = self.model.sources[lead.source]
            if lead.height >= source.rate:
                continue
            yield self.env.timeout(lead.day - self.env.now)
            account = -1 if source.account is None else source.account
            rep = self.model.our_accounts[account].rep if account >= 0 else self.with_most_room(source.region)
            self.begin(
                _Deal(
                    lead.chance,
                    id=lead.id,
                    source=source.name,
                    product=lead.product,
                    region=source.region,
                    tier=lead.tier,
                    account=account,
                    rep=rep,
                    stage=source.stage,
                    value=lead.value,
                    created=self.env.now,
                )
            )

    def with_most_room(self, region: int) -> int:
        """The covering rep with the largest share of quota that nothing covers yet, ties by id."""
        quotas = self.model.rep_quota
        covering = self.model.coverage[region] or range(len(quotas))
        return max(covering, key=lambda rep: (1 - self.covered[rep] / quotas[rep], -rep))

    def sell(self, deal: _Deal) -> Generator[Event, Any, None]:
        """Touch by touch through the stages; each touch waits for its day and then for the rep."""
        env, stages, cycle = self.env, self.model.stages, deal.chance.cycle
        rate = self.model.plan.customer_tiers[deal.facts["tier"]].win_rate
        age = max(-deal.facts["created"], 0.0)
        begun = env.now - max(age - stages.before[deal.stage] * cycle, 0.0)
        while True:
            number = deal.stage
            for touch, place in enumerate(stages.positions[number]):
                if place * cycle <= age:
                    continue  # done before the quarter
                yield from self.wait_until(begun + (place - stages.before[number]) * cycle)
                hours = stages.touch_hours[number] + (stages.proposal_hours[number] if touch == 0 else 0.0)
                if deal.chance.touch_factors:
                    hours += stages.touch_hours[number] * (
                        deal.chance.touch_factors[stages.first_touch[number] + touch] - 1
                    )
                with self.reps[deal.rep].request() as turn:
                    yield turn
                    yield env.timeout(hours / self.model.hours_per_day[deal.rep])
                deal.hours += hours
                self.hours[deal.rep] += hours
            yield from self.wait_until(begun + (stages.before[number + 1] - stages.before[number]) * cycle)
            self.covered[deal.rep] -= self.expected(deal)
            if deal.chance.passes[number] >= rate ** stages.weights[number]:
                deal.outcome, deal.ended = "lost", env.now
                return
            if number + 1 == len(stages.positions):
                deal.outcome, deal.ended = "won", env.now
                self.covered[deal.rep] += deal.facts["value"]
                return
            deal.stage, begun, age = number + 1, env.now, 0.0
            self.covered[deal.rep] += self.expected(deal)

    def wait_until(self, day: float) -> Generator[Event, Any, None]:
        """Nothing where the day has come."""
        if day > self.env.now:
            yield self.env.timeout(day - self.env.now)


def difference(ours: Records, textbook: Records) -> str:
    """The first opportunity that does not end as in the other version; empty where all do."""
    theirs = {deal.id: deal for deal in textbook.deals}
    if len(ours.deals) != len(theirs) or len(textbook.deals) != len(theirs):
        return f"{len(ours.deals)} opportunities against {len(textbook.deals)}"
    for deal in ours.deals:
        other = theirs.get(deal.id)
        if other is None:
            return f"{deal.id} is not in the textbook version"
        days, hours = abs(deal.ended - other.ended), abs(deal.hours - other.hours)
        same = deal._replace(created=0, ended=0, hours=0) == other._replace(created=0, ended=0, hours=0)
        if not same or days > DAYS or hours > DAYS or abs(deal.created - other.created) > DAYS:
            return f"{deal} against {other}"
    return ""
