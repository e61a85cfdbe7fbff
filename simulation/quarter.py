"""The quarter as a SimPy model: one future replayed under the plan, an allocation and what is in play.

A deterministic function of (model, future). Things that happen at one moment happen in the order of sorted ids,
because everything is put under way in that order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from simpy import Resource

from scenarios.effects import EventName
from scenarios.risks import EventFigures
from simulation.accounts import Account, start_accounts
from simulation.board import ActiveEffect, Board, Keys
from simulation.clock import Action, Clock
from simulation.events import EVENT_HANDLERS, Happening
from simulation.focus_days import start_focus_days
from simulation.future import DealChance, Future, draw_future
from simulation.health import scores, start_health
from simulation.marketing import start_marketing
from simulation.model import DealKind, DealStart, Model
from simulation.opportunities import Decision, Opportunity
from simulation.postings import start_postings
from simulation.quarter_end import start_quarter_end
from simulation.ramp import start_ramp
from simulation.reallocation import start_reallocation
from simulation.receivables import Payer, contract_signed, start_receivables
from simulation.records import Records
from simulation.reps import Rep
from simulation.reviews import start_reviews
from simulation.risks import RiskWatch, start_measures, start_nature, start_risks
from simulation.sessions import start_sessions
from simulation.strategy_tests import start_strategy_tests, trials_of
from simulation.tasks import Errand
from simulation.weights import start_weights

__all__ = ["Quarter", "replicate", "run_quarter"]


def replicate(model: Model, seed: int, replication: int) -> Records:
    """One replication: a pure function of the compiled plan, the seed and the replication's number."""
    return run_quarter(model, draw_future(model, seed, replication))


def run_quarter(model: Model, future: Future) -> Records:
    """Run the quarter on one future."""
    quarter = Quarter(model, future)
    records = quarter.run()
    quarter.dissolve()
    return records


class Quarter:
    """State of a running quarter, and what its processes share."""

    __deletable__ = ("at_work", "board", "reps", "risks")  # what a compiled quarter can let go of, see dissolve

    def __init__(self, model: Model, future: Future) -> None:
        self.model, self.future = model, future
        self.env = Clock()
        self.board = Board()
        self.records = Records(future.replication, nature=future.nature)
        self.deals: list[Opportunity] = []
        self.decisions: list[Decision] = []
        """Every stage that ended so far, in order."""
        self.lead_rates = [source.rate for source in model.sources]
        """Opportunities a day that each source brings now, before effects."""
        self.duty: dict[tuple[str, str], list[Errand]] = {}
        """Work at events by (region, activity), in order of day."""
        self._deal_keys: dict[DealKind, Keys] = {}
        self._quota_factors = [1.0] * len(model.products)
        self.cell_quota = [quota for quotas in model.cell_quota for quota in quotas]
        """Quota as it stands now of every cell: product × region, the regions of a product side by side."""
        self._cell_signed = [0.0] * len(self.cell_quota)
        self.attainment = [0.0 if quota > 0 else 1.0 for quota in self.cell_quota]
        """Signed ÷ quota by cell so far; where no quota asks for anything 1, and infinite once signed.

        One more stands at the end, for what belongs to no cell: it ranks as exactly on quota.
        """
        self.attainment.append(1.0)
        self.resources = {entry.id: Resource(self.env.simpy, entry.per_week) for entry in model.plan.resources}
        """What contingency plans share, by id."""
        start_nature(self)
        start_measures(self)
        self.reps = [self.new_rep(number) for number in range(len(model.reps))]
        self.coverage = [list(covering) for covering in model.coverage]
        """Reps covering each region now."""
        self.at_work: list[list[Rep]] = [[] for _ in model.regions]
        """Who takes leads of each region, by id."""
        self.muster()
        self.board.before_change["rep_hours"] = self._count_hours
        start_ramp(self)
        start_sessions(self)
        self.accounts = [Account(self, number) for number in range(len(model.accounts))]
        self.risks = RiskWatch(self)
        start_risks(self)
        self._start_pipeline()
        start_accounts(self)
        start_receivables(self)
        start_marketing(self)
        start_reviews(self)
        start_reallocation(self)
        start_postings(self)
        start_weights(self)
        start_strategy_tests(self)
        start_focus_days(self)
        start_health(self)
        start_quarter_end(self)

    def run(self) -> Records:
        """Run to the end of the quarter and hand out what happened."""
        self.env.run_until(self.model.horizon)
        records = self.records
        records.deals = [deal.row() for deal in self.deals]
        records.hours = [rep.hours for rep in self.reps]
        for rep in self.reps:
            rep.count_hours()
        records.hours_there = [rep.hours_there for rep in self.reps]
        records.health = scores(self)
        records.uses = {plan: len(entities) for plan, entities in sorted(self.board.uses.items())}
        records.clips = dict(sorted(self.board.clips.items()))
        return records

    def dissolve(self) -> None:
        """Let go of everything, once it is over.

        A quarter and its processes hold each other. Python's collector would find out by looking at all that there is,
        which takes a tenth of the time of the quarter itself.
        """
        self.env.dissolve()
        del self.reps, self.at_work, self.risks, self.board

    def _count_hours(self, about_to_change: ActiveEffect) -> None:
        """Add up the hours there were, of those whom an effect is aimed at, or else of everybody."""
        for rep in self.reps if about_to_change.aim is None else self._reps_at(*about_to_change.aim):
            rep.count_hours()

    def _reps_at(self, kind: str, id: str) -> list[Rep]:
        """Reps whom an effect with this aim can reach."""
        if kind == "rep":
            return [self.reps[self.model.rep_number[id]]]
        return [rep for rep in self.reps if id in rep.keys.attributes.get(kind, ())]

    def new_rep(self, number: int) -> Rep:
        """A rep at work; a traced quarter has reps that are watched."""
        return Rep(self, number)

    def at(self, day: float, action: Action) -> None:
        """Let something happen on a working day, at once if it has come; after the quarter nothing happens."""
        if day < self.model.horizon:
            self.env.call(max(day - self.env.now, 0.0), action)

    def _start_pipeline(self) -> None:
        for start, chance in zip(self.model.open_deals, self.future.open_deals, strict=True):
            self.begin(start, chance)

    def begin(self, start: DealStart, chance: DealChance) -> None:
        """An opportunity is there from now on: its rep takes it over, and its next step is under way."""
        number = start.account
        keys = self._keys_of(start)
        if self.model.tested:
            group = self.future.account_groups[number] if number >= 0 else chance.group
            keys = Keys({**keys.attributes, "test": trials_of(self.model, group)})
        opportunity = Opportunity(self, start, chance, keys)
        self.deals.append(opportunity)
        if number >= 0:
            self.accounts[number].opportunities.append(opportunity)
        self.reps[start.rep].take_over(opportunity)
        opportunity.start(self)

    def _keys_of(self, start: DealStart) -> Keys:
        """Attributes by which effects pick an opportunity; those alike in all of them share theirs."""
        kind = start[1:8]  # from source to rep
        keys = self._deal_keys.get(kind)
        if keys is None:
            keys = self._deal_keys[kind] = Keys(self.model.deal_attributes(kind))
        return keys

    def signed(self, rep: int, product: int, region: int, value: float) -> None:
        """Count a signature towards rep and cell."""
        self.reps[rep].signed += value
        cell = product * len(self.model.regions) + region
        self._cell_signed[cell] += value
        self._attain(cell)

    def _attain(self, cell: int) -> None:
        quota, signed = self.cell_quota[cell], self._cell_signed[cell]
        without = float("inf") if signed > 0 else 1.0
        self.attainment[cell] = signed / quota if quota > 0 else without

    def scale_quotas(self, factors: Sequence[float]) -> None:
        """Change every quota by its product's factor, from now on."""
        regions = len(self.model.regions)
        for product, factor in enumerate(factors):
            for cell in range(product * regions, (product + 1) * regions):
                if self.cell_quota[cell] > 0:
                    self.cell_quota[cell] *= factor
                    self._attain(cell)
            self._quota_factors[product] *= factor
        for rep, quota in zip(self.reps, self.model.rep_quotas(self._quota_factors), strict=True):
            rep.quota = quota
        self.records.quota_factors = tuple(self._quota_factors)

    def deal_ends(self, deal: Opportunity) -> None:
        """Take note that an opportunity was won or lost."""
        self.reps[deal.rep].reweigh(deal)
        if deal.outcome == "won":
            self.signed(deal.rep, deal.product, deal.region, deal.value)
            payer = Payer(deal.keys, deal.id, deal.tier, deal.account, deal.rep)
            contract_signed(self, deal.id, deal.value, deal.chance.payments, payer)

    def rep_for_lead(self, region: int, own: int | None = None) -> int:
        """Leads of a rep's ``own`` go there; others to the covering rep with the largest unmet share of quota, by id.

        The pipeline counts at its expected value: by signatures alone one rep would get every lead for weeks.
        """
        if own is not None and not self.reps[own].left:
            return own
        best, most = -1, -math.inf
        for rep in self.at_work[region]:
            share = rep.unmet_share()
            if share > most or best < 0:
                best, most = rep.number, share
        return best

    def muster(self) -> None:
        """Take note of who is at work, in every region; where nobody is who covers it, all are, or else all were."""
        here = [rep for rep in self.reps if not rep.left]
        for region, covering in enumerate(self.coverage):
            able = [self.reps[number] for number in covering if not self.reps[number].left]
            were = [self.reps[number] for number in covering] or self.reps
            self.at_work[region] = able or here or were

    def happen(self, event: EventName, subject: str, figures: EventFigures, plan: str | None = None) -> None:
        """Let an event of the registry happen, of a risk's strike or of a contingency plan."""
        EVENT_HANDLERS[event](self, Happening(subject, figures, plan))
