"""trace: one replication of the Monte Carlo told as a story, beside the same replication without risks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from scenarios.allocation import Allocation
from scenarios.errors import UsageError
from scenarios.nodes import nearest
from scenarios.plan import Plan
from simulation.kpis import KPIS, Measured, measure
from simulation.model import Model
from simulation.options import Options
from simulation.quarter import replicate
from simulation.records import Records
from simulation.tracing import trace_replication
from studies.deciding import decide, options_of
from studies.replay.steering import compile_steered
from studies.requests import QuarterRequest
from studies.study import read_inputs
from studies.trace.story import Storyteller
from studies.trace.traces import (
    DealOutcome,
    Focus,
    NatureRow,
    PlanUse,
    RepOutcome,
    StrikeRow,
    TracedKpi,
    TracedWeek,
    TraceResult,
)

__all__ = ["answer_trace", "trace_study"]


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
    teller = Storyteller(model, trace)
    focus = _found(teller, focus)
    story = teller.tell(focus)
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
        focus_name=_name_of(teller, focus),
        kpis=tuple(_kpis(measured, measured_calm)),
        nature=tuple(
            NatureRow(id=entry.id, name=entry.name, parameter=entry.parameter, factor=factor)
            for entry, factor in zip(model.uncertainties, trace.records.nature, strict=True)
        ),
        strikes=tuple(_strike_rows(teller)),
        contingency_plans=tuple(_plan_uses(teller)),
        changed=tuple(_changed(model, trace.records, calm)),
        weeks=tuple(_weeks(model, measured, measured_calm)),
        reps=tuple(_rep_outcomes(teller, measured, measured_calm)),
        names=teller.names(story),
        story=story,
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


def _found(teller: Storyteller, focus: Focus) -> Focus:
    """The focus with an opportunity's id in full; UsageError where it names what is not in the replication."""
    if focus.rep is not None and focus.rep not in teller.plan.rep:
        raise UsageError(f"no rep {focus.rep} in the plan. {nearest(focus.rep, teller.plan.rep)}".strip())
    if focus.account is not None and focus.account not in teller.plan.account:
        raise UsageError(
            f"no account {focus.account} in the plan. {nearest(focus.account, teller.plan.account)}".strip()
        )
    if focus.week is not None and not 1 <= focus.week <= teller.plan.calendar.weeks:
        raise UsageError(f"week {focus.week}: the quarter has weeks 1 to {teller.plan.calendar.weeks}")
    if focus.opportunity is not None:
        for id in (focus.opportunity, f"opportunity:{focus.opportunity}"):
            if id in teller.deals:
                return focus.model_copy(update={"opportunity": id})
        known = [id.removeprefix("opportunity:") for id in teller.deals]
        replication = teller.trace.records.replication
        hint = nearest(focus.opportunity, known, listed=False)
        raise UsageError(f"no opportunity {focus.opportunity} in replication {replication}. {hint}".strip())
    return focus


def _name_of(teller: Storyteller, focus: Focus) -> str:
    """What the story is about, by name."""
    if focus.opportunity is not None:
        deal = teller.deals[focus.opportunity]
        product = teller.plan.products[deal.product].name
        return f"{product}, {teller.plan.accounts[deal.account].name}" if deal.account >= 0 else product
    if focus.account is not None:
        return teller.plan.account[focus.account].name
    return teller.plan.rep[focus.rep].name if focus.rep is not None else ""


def _strike_rows(teller: Storyteller) -> Iterator[StrikeRow]:
    """Every strike, in order."""
    risks = {risk.id: risk for risk in teller.plan.risks}
    records = teller.trace.records
    for strike, known_on in zip(records.strikes, records.known_on, strict=True):
        risk = risks[strike.risk]
        yield StrikeRow(
            risk=risk.id,
            name=risk.name,
            subject=strike.subject,
            subject_name=_subject_name(teller.plan, strike.subject),
            day=strike.day,
            date=teller.date(strike.day) or "",
            week=teller.plan.calendar.week_of(strike.day),
            known_date=teller.date(known_on),
            event=risk.event,
            event_date=teller.date(strike.event_day) if math.isfinite(strike.event_day) else None,
            undecided=risk.event is not None and strike.day + risk.notice_days >= teller.model.horizon,
        )


def _subject_name(plan: Plan, subject: str) -> str:
    if subject in plan.account:
        return plan.account[subject].name
    return plan.rep[subject].name if subject in plan.rep else ""


def _plan_uses(teller: Storyteller) -> Iterator[PlanUse]:
    """Every contingency plan that was held, with what it cost: the parts of the KPI ``plan_cost``."""
    records = teller.trace.records
    for plan in teller.plan.contingency_plans:
        if plan.id not in teller.model.options.plans:
            continue
        activations = [row for row in records.activations if row.plan == plan.id]
        uses = teller.trace.used_on.get(plan.id, ())
        started = (teller.date(row.day) if math.isfinite(row.day) else None for row in activations)
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


def _rep_outcomes(teller: Storyteller, measured: Measured, calm: Measured) -> Iterator[RepOutcome]:
    """What each rep signed, with risks and without."""
    left = {strike.subject: strike.event_day for strike in teller.hits("rep_leaves")}
    handed_out, factors = teller.model.rep_quota, teller.trace.records.quota_factors
    in_the_end = teller.model.rep_quotas(factors) if factors else handed_out
    for number, rep in enumerate(teller.plan.reps):
        yield RepOutcome(
            rep=rep.id,
            name=rep.name,
            quota=handed_out[number],
            final_quota=in_the_end[number],
            signed=float(measured.signed_by_rep[number]),
            without_risks=float(calm.signed_by_rep[number]),
            hours=teller.trace.records.hours[number],
            left_date=teller.date(left[rep.id]) if rep.id in left else None,
        )
