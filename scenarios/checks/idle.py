"""What is switched off, comes too late or costs money for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.checks.finding import Finding, finding
from scenarios.plan import Plan
from scenarios.risks import Trigger

__all__ = ["idle_criteria", "idle_entries", "last_evenings"]


def idle_entries(plan: Plan) -> Iterator[Finding]:
    """What is switched off, waits for what is switched off, or costs money for nothing."""
    asleep = {risk.id for risk in plan.risks if not risk.enabled}
    for answer in plan.contingency_plans:
        if answer.trigger.strike in asleep:
            words = {"plan": answer.id, "risk": str(answer.trigger.strike)}
            yield finding("sleeping_trigger", "warning", (str(answer.trigger.strike),), {}, answer.id, **words)
        if answer.trigger.light is not None and not _light_given(plan, answer.trigger):
            words = {"plan": answer.id, "light": answer.trigger.light}
            yield finding("sleeping_light", "warning", ("E3",), {}, answer.id, **words)
        if answer.trigger.alarm in {policy.id for policy in plan.policies if not policy.enabled}:
            words = {"plan": answer.id, "risk": str(answer.trigger.alarm)}
            yield finding("sleeping_trigger", "warning", ("S6",), {}, answer.id, **words)
        cost = answer.retainer + answer.activation_cost
        acts = answer.event is not None or any(effect.moves for effect in answer.effects)
        if cost > 0 and not answer.negative_control and not acts:
            yield finding("cost_without_effect", "warning", (), {"cost": cost}, answer.id, entry=answer.id)
    for measure in plan.measures:
        if measure.enabled and measure.cost > 0 and not any(effect.moves for effect in measure.all_effects):
            yield finding("cost_without_effect", "note", (), {"cost": measure.cost}, measure.id, entry=measure.id)
    for pool in plan.money.pools:
        paid = [activity for activity in plan.activities if activity.pool == pool.id]
        if pool.paid == "as_spent" and pool.amount > 0 and paid and not any(one.leads_per_unit for one in paid):
            figures = {"amount": pool.amount}
            yield finding("money_without_leads", "note", (), figures, pool.id, pool=pool.name)
    if off := tuple(rule.id for rule in plan.rules if not rule.enabled):
        yield finding("disabled_rules", "note", off, {"count": len(off)}, listed=", ".join(off))


def idle_criteria(plan: Plan) -> Iterator[Finding]:
    """E1: an exam that nobody can have passed when the phase is judged counts as 0%."""
    calendar = plan.calendar
    measures = {measure.id: measure for measure in plan.measures}
    phases = {phase.id: phase for phase in calendar.phases}
    for criterion in calendar.criteria:
        measure = measures.get(criterion.measure or "")
        session = measure.session if measure else None
        if measure is None or session is None or criterion.at_least <= 0:
            continue
        if not any(session.takes_part(rep.tier) for rep in plan.reps):
            continue  # of nobody all have passed
        figures, words = {"share": criterion.at_least}, {"criterion": criterion.id, "measure": measure.id}
        phase = phases[criterion.phase]
        if not measure.enabled:
            yield finding("sleeping_exam", "warning", ("E1",), figures, criterion.id, **words)
        elif not calendar.evenings(session.weeks, session.day) or (
            min(session.ends(calendar)) > calendar.first_day_of_week(phase.to_week + 1)
        ):
            yield finding("late_exam", "warning", ("E1",), figures, criterion.id, phase=phase.name, **words)


def last_evenings(plan: Plan) -> Iterator[Finding]:
    """E3, S6, M5: what comes when the quarter is over changes nothing of it, and is not held."""
    calendar = plan.calendar
    for policy in plan.policies:
        if not policy.enabled:
            continue
        if (test := policy.strategy_test) is not None:
            if calendar.first_day_of_week(test.from_week + test.weeks) >= calendar.working_days:
                yield finding("no_verdict", "warning", ("M5",), {}, policy.id, policy=policy.id)
            continue
        weeks, day, rule = (
            (policy.lights.weeks or calendar.review_weeks, calendar.review_day, "E3")
            if policy.lights is not None
            else (policy.health.weeks if policy.health is not None else (), "sunday", "S6")
        )
        for week in sorted(set(weeks) - calendar.evenings(weeks, day).keys()):
            if calendar.end_of_weekday(week, day) is not None:
                yield finding("last_evening", "note", (rule,), {"week": week}, f"{policy.id}.{week}", policy=policy.id)


def _light_given(plan: Plan, trigger: Trigger) -> bool:
    calendar = plan.calendar
    on = [policy.lights for policy in plan.policies if policy.enabled and policy.lights is not None]
    able = [lights for lights in on if lights.by_region or not trigger.each_region]
    reviewed = (
        lights for lights in able if calendar.evenings(lights.weeks or calendar.review_weeks, calendar.review_day)
    )
    return any(getattr(lights, str(trigger.light)) for lights in reviewed)
