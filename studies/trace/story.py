"""The story of a trace: what happened in a replication, in order of time, with ids and dates for positions and days."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from scenarios.effects import EventName
from simulation.model import Model
from simulation.records import DealEnd, Strike
from simulation.tracing import Touch, Trace
from studies.trace.traces import Focus, Happening, HappeningKind

__all__ = ["Storyteller"]

SAME_DAY = 1e-6
"""Working days by which a sum of durations may miss the morning it adds up to."""


class Storyteller:
    """Tells a traced replication, or what of it is about one thing."""

    def __init__(self, model: Model, trace: Trace) -> None:
        self.model, self.plan, self.trace = model, model.plan, trace
        self.deals: Mapping[str, DealEnd] = {deal.id: deal for deal in trace.records.deals}

    def date(self, day: float) -> str | None:
        """Date of a day of the quarter; None after it."""
        number = max(int(day + SAME_DAY), 0)
        dates = self.plan.calendar.working_dates
        return dates[number].isoformat() if number < len(dates) else None

    def _whom(self, subject: str) -> tuple[int | None, str | None]:
        """A strike's or activation's subject as a rep or as an account."""
        rep = self.model.reps.index(subject) if subject in self.plan.rep else None
        return rep, subject if subject in self.plan.account else None

    def hits(self, event: EventName) -> Iterator[Strike]:
        """Strikes that ended in an event."""
        risks = {risk.id for risk in self.plan.risks if risk.event == event}
        for strike in self.trace.records.strikes:
            if strike.risk in risks and math.isfinite(strike.event_day):
                yield strike

    def tell(self, focus: Focus) -> tuple[Happening, ...]:
        """What happened to the one thing, or in the whole quarter without its daily work."""
        rows = [*self._strikes(), *self._lights(), *self._activations(), *self._steering(), *self._sessions()]
        rows += [*self._steps(), *self._renewals()]
        if focus.is_narrow:
            rows += [*map(self._touch, self.trace.touches), *self._payments()]
        else:
            rows = [row for row in rows if row.kind != "open" and row.kind != "stage"]
        kept = [row for row in rows if self._is_about(row, focus)]
        return tuple(sorted(kept, key=lambda row: row.day))

    def _is_about(self, row: Happening, focus: Focus) -> bool:
        if focus.week is not None and (row.week != focus.week or row.kind == "open"):
            return False
        if focus.opportunity is not None and row.opportunity != focus.opportunity:
            return self._struck_its_customer(row, focus.opportunity)
        if focus.account is not None and row.account != focus.account:
            return False
        return focus.rep is None or row.rep == focus.rep

    def _struck_its_customer(self, row: Happening, opportunity: str) -> bool:
        account = self.deals[opportunity].account
        is_strike = row.kind in ("strike", "event", "false_alarm", "plan")
        return is_strike and account >= 0 and row.account == self.model.accounts[account]

    def _row(
        self,
        kind: HappeningKind,
        day: float,
        *,
        rep: int | None = None,
        opportunity: str | None = None,
        account: str | None = None,
        region: str | None = None,
        subject: str = "",
        stage: int = -1,
        amount: float | None = None,
        hours: float | None = None,
        waited: float | None = None,
        until: str | None = None,
        before: float | None = None,
        cases: int | None = None,
    ) -> Happening:
        day = max(day, 0.0)
        return Happening(
            day=day,
            date=self.date(day) or self.plan.calendar.last_date.isoformat(),
            week=self.plan.calendar.week_of(day + SAME_DAY),
            kind=kind,
            rep=self.model.reps[rep] if rep is not None and rep >= 0 else None,
            opportunity=opportunity,
            account=account,
            region=region,
            subject=subject,
            stage=self.plan.process.stages[stage].name if stage >= 0 else "",
            amount=amount,
            hours=hours,
            waited=waited,
            until=until,
            before=before,
            cases=cases,
        )

    def _account_of(self, opportunity: str) -> str | None:
        number = self.deals[opportunity].account
        return self.model.accounts[number] if number >= 0 else None

    def _steps(self) -> Iterator[Happening]:
        gone = {(strike.subject, strike.event_day) for strike in self.hits("account_lost")}
        for step in self.trace.steps:
            account = self._account_of(step.opportunity)
            with_customer = step.what == "lost" and (account, step.day) in gone
            yield self._row(
                "lost_with_customer" if with_customer else step.what,
                step.day,
                rep=step.rep,
                opportunity=step.opportunity,
                account=account,
                subject=self.plan.products[self.deals[step.opportunity].product].name,
                stage=step.stage,
                amount=step.value,
            )

    def _touch(self, touch: Touch) -> Happening:
        account, opportunity = None, None
        if touch.kind == "opportunity":
            opportunity, account = touch.subject, self._account_of(touch.subject)
        elif touch.subject in self.plan.account:
            account = touch.subject
        return self._row(
            "touch",
            touch.start,
            rep=touch.rep,
            opportunity=opportunity,
            account=account,
            subject=touch.kind,
            stage=touch.stage,
            hours=touch.hours,
            waited=touch.waited,
            until=self.date(max(touch.end - 2 * SAME_DAY, touch.start)),
        )

    def _renewals(self) -> Iterator[Happening]:
        kinds: dict[str, HappeningKind] = {"renewed": "renewed", "not renewed": "not_renewed"}
        for row in self.trace.records.renewals:
            yield self._row(
                kinds.get(row.outcome, "renewal_gone"),
                row.day,
                rep=row.rep,
                account=self.model.accounts[row.account],
                subject=self.plan.products[row.product].name,
                amount=row.value or self.plan.accounts[row.account].renewal_amount,
            )

    def _payments(self) -> Iterator[Happening]:
        """Each receivable of the quarter: the day it fell due, and the day it was paid."""
        invoices = {f"receivable:{row.id}": row.account for row in self.plan.receivables}
        for payment in self.trace.records.payments:
            deal = payment.id.rpartition("/")[0]
            opportunity = deal if deal in self.deals else None
            account = self._account_of(deal) if opportunity else invoices.get(payment.id)
            if deal.startswith("renewal:"):
                account = deal.removeprefix("renewal:")
            is_paid = payment.paid < self.model.horizon
            yield self._row(
                "paid" if is_paid else "bad_debt" if payment.bad else "due",
                payment.paid if is_paid else payment.due,
                opportunity=opportunity,
                account=account,
                subject=payment.id,
                amount=payment.amount,
                waited=payment.paid - payment.due if is_paid else None,
            )

    def _strikes(self) -> Iterator[Happening]:
        risks = {risk.id: risk for risk in self.plan.risks}
        for strike in self.trace.records.strikes:
            risk = risks[strike.risk]
            rep, account = self._whom(strike.subject)
            yield self._row("strike", strike.day, subject=risk.id, rep=rep, account=account)
            over = strike.day + risk.notice_days
            if math.isfinite(strike.event_day):
                yield self._row("event", strike.event_day, subject=risk.id, rep=rep, account=account)
            elif risk.event is not None and over < self.model.horizon:
                yield self._row("false_alarm", over, subject=risk.id, rep=rep, account=account)

    def _activations(self) -> Iterator[Happening]:
        plans = {plan.id: plan for plan in self.plan.contingency_plans}
        for row in self.trace.records.activations:
            plan, starts = plans[row.plan], math.isfinite(row.day)
            day = row.day - plan.delay_days if starts else self._known(plan.trigger.strike, row.subject)
            rep, account = self._whom(row.subject)
            until = self.date(row.day) if starts else None
            yield self._row("plan", day, subject=row.plan, rep=rep, account=account, until=until)

    def _lights(self) -> Iterator[Happening]:
        """Amber and red lights of the reviews, on the day of the review: the evening before they stand (E3)."""
        for light in self.trace.records.lights:
            if light.colour != "green":
                kind: HappeningKind = "red_light" if light.colour == "red" else "amber_light"
                day = self._evening(light.day)
                rep, _ = self._whom(light.scope) if light.metric == "rep_conversion" else (None, None)
                region = light.scope if rep is None else None
                share = light.value / light.target
                yield self._row(kind, day, subject=light.metric, region=region, rep=rep, amount=share)

    def _steering(self) -> Iterator[Happening]:
        """Money and people that were moved, verdicts on what was tried, weights that were changed (M6, M5, M3)."""
        records = self.trace.records
        for move in records.moves:
            yield self._row(
                "moved", move.day, subject=move.activity, region=move.region, before=move.before, amount=move.after
            )
        for posting in records.postings:
            yield self._row("posted", posting.day, rep=posting.rep, subject=posting.to, region=posting.region)
        for verdict in records.tests:
            kind: HappeningKind = "rolled_out" if verdict.rolled_out else "not_rolled_out"
            yield self._row(kind, verdict.day, subject=verdict.policy, amount=verdict.gain, cases=verdict.tried)
        for change in records.weights:
            yield self._row("weights", change.day, subject=change.policy, before=change.before, amount=change.after)

    def _sessions(self) -> Iterator[Happening]:
        """Sessions that were held and tries at their exams, on the day that was over with them (E1, R1, S7, T6)."""
        for session in self.trace.records.sessions:
            yield self._row("session", self._evening(session.day), subject=session.measure)
        for exam in self.trace.records.exams:
            kind: HappeningKind = "exam_passed" if exam.passed else "exam_failed"
            yield self._row(kind, self._evening(exam.day), subject=exam.measure, rep=exam.rep)

    @staticmethod
    def _evening(day: float) -> float:
        """What stands at the start of a day was made the evening before."""
        return max(day - 2 * SAME_DAY, 0.0)

    def names(self, story: Sequence[Happening]) -> dict[str, str]:
        """Names of the activities, measures, policies and regions that a story speaks of."""
        plan, told = self.plan, {row.subject for row in story}
        names = {region.id: region.name for region in plan.regions}
        names |= {activity.id: activity.name for activity in plan.activities}
        names |= {measure.id: measure.name for measure in plan.measures}
        names |= {policy.id: policy.name for policy in plan.policies}
        return {id: name for id, name in names.items() if id in told}

    def _known(self, risk: str | None, subject: str) -> float:
        """Day on which a strike was detected; what else sets a plan off too late to act counts as the last day."""
        records = self.trace.records
        for strike, known_on in zip(records.strikes, records.known_on, strict=True):
            if (strike.risk, strike.subject) == (risk, subject):
                return known_on
        return self.model.horizon - 1
