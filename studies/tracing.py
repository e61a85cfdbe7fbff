"""trace: one replication of the Monte Carlo told as a story, beside the same replication without risks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping

from scenarios.allocation import Allocation
from scenarios.checks import not_carried_out
from scenarios.effects import EventName
from scenarios.errors import UsageError
from scenarios.nodes import nearest
from scenarios.plan import Plan
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import DealEnd, Records, Strike
from simulation.tracing import Touch, Trace, trace_replication
from studies.deciding import decide, options_of
from studies.requests import QuarterRequest
from studies.steering import compile_steered
from studies.study import read_inputs
from studies.traces import (
    DealOutcome,
    Focus,
    Happening,
    HappeningKind,
    NatureRow,
    PlanUse,
    RepOutcome,
    StrikeRow,
    TracedKpi,
    TracedWeek,
    TraceResult,
)

__all__ = ["answer_trace", "trace_study"]

SAME_DAY = 1e-6
"""Working days by which a sum of durations may miss the morning it adds up to."""


def answer_trace(request: QuarterRequest, replication: int, focus: Focus | None = None) -> TraceResult:
    """Trace a replication of what a request asks for."""
    inputs = read_inputs(request)
    allocation, _ = decide(inputs.plan, inputs.allocation)
    options = options_of(inputs.plan, request)
    result = trace_study(inputs.plan, allocation, options, seed=request.seed, replication=replication, focus=focus)
    return result.model_copy(update={"changes": inputs.changes})


def trace_study(
    plan: Plan,
    allocation: Allocation,
    options: Options,
    *,
    seed: int,
    replication: int,
    focus: Focus | None = None,
) -> TraceResult:
    """Tell a replication; UsageError when what the story is to be about is not in it."""
    focus = focus or Focus()
    model = compile_steered(plan, allocation, options)
    calm_options = Options.of(plan, risks=(), plans=(), uncertainty=options.uncertainty)
    calm_model = compile_steered(plan, allocation, calm_options)
    trace, calm = trace_replication(model, seed, replication), replicate(calm_model, seed, replication)
    measured, measured_calm = measure(trace.records, model), measure(calm, calm_model)
    teller = _Teller(model, trace)
    focus = teller.found(focus)
    return TraceResult(
        plan=plan.name,
        currency=plan.currency,
        target=plan.target,
        allocation_name=allocation.name,
        seed=seed,
        replication=replication,
        risks=tuple(sorted(options.risks)),
        plans=tuple(sorted(options.plans)),
        forced=tuple(map(str, options.forced)),
        focus=focus,
        focus_name=teller.name_of(focus),
        kpis=tuple(_kpis(measured, measured_calm)),
        nature=tuple(
            NatureRow(id=entry.id, name=entry.name, parameter=entry.parameter, factor=factor)
            for entry, factor in zip(model.uncertainties, trace.records.nature, strict=True)
        ),
        strikes=tuple(teller.strike_rows()),
        contingency_plans=tuple(teller.plan_uses()),
        changed=tuple(_changed(model, trace.records, calm)),
        weeks=tuple(_weeks(model, measured, measured_calm)),
        reps=tuple(teller.rep_outcomes(measured, measured_calm)),
        story=teller.story(focus),
        not_carried_out=not_carried_out(plan),
    )


def _kpis(measured: Measured, calm: Measured) -> Iterator[TracedKpi]:
    for kpi in KPIS.values():
        yield TracedKpi(
            id=kpi.id,
            label=kpi.label,
            unit=kpi.unit,
            direction=kpi.direction,
            value=measured.kpis[kpi.id],
            without_risks=calm.kpis[kpi.id],
        )


def _weeks(model: Model, measured: Measured, calm: Measured) -> Iterator[TracedWeek]:
    calendar, so_far, calm_so_far = model.plan.calendar, 0.0, 0.0
    for number in range(calendar.weeks):
        monday = calendar.start + dt.timedelta(weeks=number)
        worked = (date for date in calendar.working_dates if monday <= date < monday + dt.timedelta(weeks=1))
        so_far += float(measured.signed_by_week[number])
        calm_so_far += float(calm.signed_by_week[number])
        yield TracedWeek(
            week=number + 1,
            date=next(worked, monday).isoformat(),
            signed=float(measured.signed_by_week[number]),
            so_far=so_far,
            without_risks_so_far=calm_so_far,
            cash=float(measured.cash_by_week[number]),
        )


def _changed(model: Model, records: Records, calm: Records) -> list[DealOutcome]:
    """Opportunities and renewals that end otherwise; amounts count as far as they are signed."""
    rows = []
    with_risks, without = _ends(model, records), _ends(model, calm)
    for id in sorted({*with_risks, *without}):
        ours, theirs = with_risks.get(id), without.get(id)
        known = ours or theirs
        assert known is not None, "it is in one of them"
        outcome, signed = (ours.outcome, ours.signed) if ours else ("absent", 0.0)
        calm_outcome, calm_signed = (theirs.outcome, theirs.signed) if theirs else ("absent", 0.0)
        if (outcome, signed) != (calm_outcome, calm_signed):
            rows.append(
                known.model_copy(
                    update={
                        "outcome": outcome,
                        "signed": signed,
                        "outcome_without_risks": calm_outcome,
                        "signed_without_risks": calm_signed,
                    }
                )
            )
    return sorted(rows, key=lambda row: (-abs(row.signed - row.signed_without_risks), row.id))


def _ends(model: Model, records: Records) -> dict[str, DealOutcome]:
    """What each opportunity and each renewal ended in."""
    rows = {}
    for deal in records.deals:
        account = model.accounts[deal.account] if deal.account >= 0 else None
        signed = deal.value if deal.outcome == "won" else 0.0
        rows[deal.id] = _end(deal.id, account, model.products[deal.product], deal.outcome, signed)
    for renewal in records.renewals:
        id = f"renewal:{model.accounts[renewal.account]}"
        product, account = model.products[renewal.product], model.accounts[renewal.account]
        rows[id] = _end(id, account, product, renewal.outcome, renewal.value)
    return rows


def _end(id: str, account: str | None, product: str, outcome: str, signed: float) -> DealOutcome:
    return DealOutcome(
        id=id,
        account=account,
        product=product,
        outcome=outcome,
        outcome_without_risks=outcome,
        signed=signed,
        signed_without_risks=signed,
    )


class _Teller:
    """Turns a trace into what happened, with ids, names and dates instead of positions and day numbers."""

    def __init__(self, model: Model, trace: Trace) -> None:
        self.model, self.plan, self.trace = model, model.plan, trace
        self.deals: Mapping[str, DealEnd] = {deal.id: deal for deal in trace.records.deals}

    def found(self, focus: Focus) -> Focus:
        """The focus with an opportunity's id in full; UsageError where it names what is not in the replication."""
        if focus.rep is not None and focus.rep not in self.plan.rep:
            raise UsageError(f"no rep {focus.rep} in the plan. {nearest(focus.rep, self.plan.rep)}".strip())
        if focus.account is not None and focus.account not in self.plan.account:
            raise UsageError(
                f"no account {focus.account} in the plan. {nearest(focus.account, self.plan.account)}".strip()
            )
        if focus.week is not None and not 1 <= focus.week <= self.plan.calendar.weeks:
            raise UsageError(f"week {focus.week}: the quarter has weeks 1 to {self.plan.calendar.weeks}")
        if focus.opportunity is not None:
            for id in (focus.opportunity, f"opportunity:{focus.opportunity}"):
                if id in self.deals:
                    return focus.model_copy(update={"opportunity": id})
            known = [id.removeprefix("opportunity:") for id in self.deals]
            replication = self.trace.records.replication
            hint = nearest(focus.opportunity, known, listed=False)
            raise UsageError(f"no opportunity {focus.opportunity} in replication {replication}. {hint}".strip())
        return focus

    def name_of(self, focus: Focus) -> str:
        """What the story is about, by name."""
        if focus.opportunity is not None:
            deal = self.deals[focus.opportunity]
            product = self.plan.products[deal.product].name
            return f"{product}, {self.plan.accounts[deal.account].name}" if deal.account >= 0 else product
        if focus.account is not None:
            return self.plan.account[focus.account].name
        return self.plan.rep[focus.rep].name if focus.rep is not None else ""

    def date(self, day: float) -> str | None:
        """Date of a day of the quarter; None after it."""
        number = max(int(day + SAME_DAY), 0)
        dates = self.plan.calendar.working_dates
        return dates[number].isoformat() if number < len(dates) else None

    def strike_rows(self) -> Iterator[StrikeRow]:
        """Every strike, in order."""
        risks = {risk.id: risk for risk in self.plan.risks}
        records = self.trace.records
        for strike, known_on in zip(records.strikes, records.known_on, strict=True):
            risk = risks[strike.risk]
            yield StrikeRow(
                risk=risk.id,
                name=risk.name,
                subject=strike.subject,
                subject_name=self._subject_name(strike.subject),
                day=strike.day,
                date=self.date(strike.day) or "",
                week=self.plan.calendar.week_of(strike.day),
                known_date=self.date(known_on),
                event=risk.event,
                event_date=self.date(strike.event_day) if math.isfinite(strike.event_day) else None,
                undecided=risk.event is not None and strike.day + risk.notice_days >= self.model.horizon,
            )

    def _subject_name(self, subject: str) -> str:
        if subject in self.plan.account:
            return self.plan.account[subject].name
        return self.plan.rep[subject].name if subject in self.plan.rep else ""

    def plan_uses(self) -> Iterator[PlanUse]:
        """Every contingency plan that was held, with what it cost: the parts of the KPI ``plan_cost``."""
        records = self.trace.records
        for plan in self.plan.contingency_plans:
            if plan.id not in self.model.options.plans:
                continue
            activations = [row for row in records.activations if row.plan == plan.id]
            uses = self.trace.used_on.get(plan.id, ())
            started = (self.date(row.day) if math.isfinite(row.day) else None for row in activations)
            yield PlanUse(
                plan=plan.id,
                name=plan.name,
                triggered=len(activations),
                started=tuple(
                    f"{date or ''} {row.subject}".strip() for date, row in zip(started, activations, strict=True)
                ),
                used_on=uses,
                cost=plan.retainer + len(activations) * plan.activation_cost + len(uses) * plan.cost_per_use,
            )

    def rep_outcomes(self, measured: Measured, calm: Measured) -> Iterator[RepOutcome]:
        """What each rep signed, with risks and without."""
        left = {strike.subject: strike.event_day for strike in self._hits("rep_leaves")}
        for number, rep in enumerate(self.plan.reps):
            yield RepOutcome(
                rep=rep.id,
                name=rep.name,
                quota=self.model.rep_quota[number],
                signed=float(measured.signed_by_rep[number]),
                without_risks=float(calm.signed_by_rep[number]),
                hours=self.trace.records.hours[number],
                left_date=self.date(left[rep.id]) if rep.id in left else None,
            )

    def _hits(self, event: EventName) -> Iterator[Strike]:
        """Strikes that ended in an event."""
        risks = {risk.id for risk in self.plan.risks if risk.event == event}
        for strike in self.trace.records.strikes:
            if strike.risk in risks and math.isfinite(strike.event_day):
                yield strike

    def story(self, focus: Focus) -> tuple[Happening, ...]:
        """What happened to the one thing, or in the whole quarter without its daily work."""
        rows = [*self._strikes(), *self._lights(), *self._activations(), *self._steps(), *self._renewals()]
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
        )

    def _account_of(self, opportunity: str) -> str | None:
        number = self.deals[opportunity].account
        return self.model.accounts[number] if number >= 0 else None

    def _steps(self) -> Iterator[Happening]:
        gone = {(strike.subject, strike.event_day) for strike in self._hits("account_lost")}
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

    def _whom(self, subject: str) -> tuple[int | None, str | None]:
        """A strike's or activation's subject as a rep or as an account."""
        rep = self.model.reps.index(subject) if subject in self.plan.rep else None
        return rep, subject if subject in self.plan.account else None

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
                day = max(light.day - 2 * SAME_DAY, 0.0)
                rep, _ = self._whom(light.scope) if light.metric == "rep_conversion" else (None, None)
                region = light.scope if rep is None else None
                share = light.value / light.target
                yield self._row(kind, day, subject=light.metric, region=region, rep=rep, amount=share)

    def _known(self, risk: str | None, subject: str) -> float:
        """Day on which a strike was detected; what else sets a plan off too late to act counts as the last day."""
        records = self.trace.records
        for strike, known_on in zip(records.strikes, records.known_on, strict=True):
            if (strike.risk, strike.subject) == (risk, subject):
                return known_on
        return self.model.horizon - 1
