"""Findings: what is no error and yet pulls against itself, said with figures; and what the simulation leaves out.

Nothing here knows the built-in plan's entries by name: a rule is recognised by what it does.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scenarios.cells import members, picks
from scenarios.expectations import never_paid
from scenarios.plan import Plan
from scenarios.restating import unsaid
from scenarios.risks import Trigger
from scenarios.rules import Cells, Ratio, Rule
from scenarios.workload import lead_work

__all__ = ["Finding", "findings"]

Cell = tuple[tuple[str, str], ...]
"""A cell's attributes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a planner should know before trusting the plan."""

    id: str
    severity: Literal["warning", "note"]
    rules: tuple[str, ...]
    """Rules of the source plan or of this plan that it is about."""
    message: str
    figures: Mapping[str, float]


SENTENCES = {
    "over_assignment": "{rule} gives {total:,.0f} of quotas, {share:.0%} of the company target of {target:,.0f}; "
    "the target stays what the chance is measured against.",
    "over_assignment_by_region": "The quotas of {rule} by home region, as a share of the region's planned amount: "
    "{regions}. Quotas by tier follow the heads, region targets follow the base.",
    "region_growth": "The regions' planned amounts add up to {total:,.0f}, {share:.1%} of the company target of "
    "{target:,.0f} ({difference:+,.0f}).",
    "minimum_shares": "{listed} ask for shares of the same sum that add up to {total:.0%}; they cannot hold together.",
    "other_sentence": "{rule} holds {figure}, and its sentence says another figure: “{sentence}”",
    "late_renewals": "Contracts that expire before {phase} starts on {date}: {count:.0f} ({amount:,.0f}); within 30 "
    "days after: {short:.0f} ({short_amount:,.0f}). Contacted in that phase, they are not contacted 30 days ahead.",
    "thirteenth_week": "The plan runs {weeks:.0f} weeks and does not say what the 13th week of the quarter is for.",
    "no_holidays": "No holidays are given; every one of {days:.0f} working days is counted.",
    "holidays_on_days_off": "{count:.0f} of the holidays fall on a Saturday or Sunday and change nothing: {dates}.",
    "collection_rate": "Of a contract signed in the quarter {due:.0%} falls due in it on average, so {threshold:.0%} "
    "collected can only be a share of what is due, never of what is signed.",
    "long_terms": "An instalment of {share:.0%} is due {days:.0f} days after the signature: only what is signed in the "
    "first {first:.0f} of the quarter's {quarter:.0f} days brings it in the quarter.",
    "overdue_receivables": "{count:.0f} receivables ({amount:,.0f}) are overdue at the start; by the plan's own "
    "lateness {share:.0%} of that money is never paid. Where you know better, mend their due days or money.lateness, "
    "or leave out what nobody counts on.",
    "lead_hours": "Activities at their full effect bring {region} {accepted:.0f} accepted opportunities; they ask "
    "{hours:,.0f} rep hours, {share:.0%} of the {there:,.0f} that there are, before any open opportunity or customer.",
    "lead_hours_enough": "The leads of activities at their full effect ask at most half of the rep hours in {regions}, "
    "before any open opportunity or customer.",
    "automated_care": "{tier} customers are contacted {touches:g} x a week, and in {maturities} regions automatically: "
    "{automated:.0f} of {accounts:.0f} accounts have no personal contact.",
    "sleeping_trigger": "{plan} waits for {risk}, which is switched off: it will never be used.",
    "sleeping_light": "{plan} waits for a {light} light, and no policy that is on gives it in any week: it will never "
    "be used.",
    "sleeping_exam": "{criterion} counts who passed the exam of {measure}, which is switched off: nobody takes it, and "
    "the {share:.0%} are never reached.",
    "late_exam": "{criterion} counts who passed the exam of {measure}, of which no session is over when {phase} ends: "
    "the {share:.0%} are never reached.",
    "last_evening": "{policy} is to look in week {week:.0f}, at the end of the quarter: nothing of the quarter "
    "follows, so it does not.",
    "no_verdict": "The strategy test {policy} lasts to the end of the quarter: it comes to no verdict, and nothing is "
    "rolled out.",
    "cost_without_effect": "{entry} costs {cost:,.0f} and changes nothing.",
    "money_without_leads": "What {pool} ({amount:,.0f}) buys brings no leads in this plan: every answer counts its "
    "cost alone, and cutting it looks free.",
    "disabled_rules": "Switched off and not kept: {listed}.",
    "uncovered_region": "No rep covers {region}: it can carry no quota.",
    "blank_region": "{region} has neither a base nor a target in money: it is planned at 0.",
    "idle_rep": "{rep} has no hours to sell and counts as a head all the same.",
}
"""The sentence of each finding; figures and names are filled in."""

_LARGE_INSTALMENT = 0.25
_NOTICE = dt.timedelta(days=30)
"""How long before its end a contract's customer is to be contacted (E4)."""
_MUCH_LOST = 0.25
"""Share of the money overdue at the start, never paid by the plan's own lateness, that is worth a warning."""
_BUSY = 0.5
"""Share of a region's hours from which new leads are worth a warning: the rest has to serve whom we know."""


def findings(plan: Plan) -> tuple[Finding, ...]:
    """Everything worth a planner's eye, in a fixed order."""
    checks = (
        _over_assignment,
        _region_growth,
        _minimum_shares,
        _other_sentences,
        _calendar,
        _collection,
        _overdue,
        _lead_hours,
        _automated_care,
        _idle_entries,
        _idle_criteria,
        _last_evenings,
        _regions_and_reps,
    )
    return tuple(finding for check in checks for finding in check(plan))


def _finding(
    kind: str,
    severity: Literal["warning", "note"],
    rules: tuple[str, ...],
    figures: Mapping[str, float],
    about: str = "",
    **words: str,
) -> Finding:
    message = SENTENCES[kind].format(**figures, **words)
    finding_id = f"{kind}.{about}" if about else kind
    return Finding(finding_id, severity, tuple(dict.fromkeys(rules)), message, dict(figures))


def _quota_by_rep(plan: Plan, rule: Rule) -> dict[str, float] | None:
    """Quota that a rule such as T5 sets or demands of each rep; None where it is another kind of rule."""
    where = rule.left.where
    about_reps = rule.each in ("rep", "rep_tier") and rule.left.over == "quota" and rule.sense in ("=", ">=")
    part = any(getattr(where, name) for name in type(where).model_fields if name not in ("rep", "rep_tier"))
    if not about_reps or part or rule.each == "rep_tier" or not isinstance(rule.right, str):
        return None
    basis = plan.target / len(plan.reps) if rule.right == "target_per_head" else plan.target
    reps = {cell["rep"] for cell in picks(plan, rule.left)}
    ratios = {rep: _ratio_of(rule.ratio, attributes) for rep, attributes in members(plan, "rep").items() if rep in reps}
    scale = sum(ratios.values()) if isinstance(rule.ratio, Ratio) and rule.ratio.normalised else 1.0
    return {rep: ratio / scale * basis for rep, ratio in ratios.items()} if scale > 0 else None


def _ratio_of(ratio: float | Ratio, attributes: Mapping[str, str]) -> float:
    return ratio.values[attributes[str(ratio.by)]] if isinstance(ratio, Ratio) else ratio


def _over_assignment(plan: Plan) -> Iterator[Finding]:
    """T5: multiples by tier that do not average 1; T3 x T5: by region they fit even less."""
    for rule in plan.rules:
        quotas = _quota_by_rep(plan, rule) if rule.enabled else None
        if quotas is None or len(quotas) < len(plan.reps):
            continue
        total = sum(quotas.values())
        if rule.sense == ">=" and total <= plan.target * (1 + 1e-9):
            continue
        if abs(total / plan.target - 1) > 1e-9:
            figures = {"total": total, "target": plan.target, "share": total / plan.target}
            yield _finding("over_assignment", "warning", ("T5", rule.id), figures, rule.id, rule=rule.id)
        shares = {}
        for region in plan.regions:
            planned = plan.planned_amount(region)
            at_home = sum(quotas[rep.id] for rep in plan.reps if rep.regions[0] == region.id)
            if planned > 0:
                shares[region.id] = at_home / planned
        if shares and max(shares.values()) - min(shares.values()) > 0.01:
            listed = ", ".join(f"{region} {share:.0%}" for region, share in shares.items())
            about = ("T3", "T5", rule.id)
            yield _finding("over_assignment_by_region", "warning", about, shares, rule.id, rule=rule.id, regions=listed)


def _region_growth(plan: Plan) -> Iterator[Finding]:
    """T3: base x (1 + growth) against the company target."""
    total = sum(plan.planned_amount(region) for region in plan.regions)
    share = total / plan.target
    if abs(share - 1) > 1e-6:
        figures = {"total": total, "target": plan.target, "share": share, "difference": total - plan.target}
        yield _finding("region_growth", "warning" if abs(share - 1) > 0.01 else "note", ("T3",), figures)


def _minimum_shares(plan: Plan) -> Iterator[Finding]:
    """T1 and its like: minimum shares of one sum, of cells that do not overlap, beyond the whole."""
    groups: dict[frozenset[Cell], list[tuple[float, str, frozenset[Cell]]]] = {}
    for rule in plan.rules:
        if rule.enabled and rule.sense != "<=" and isinstance(rule.right, Cells) and rule.right.over == rule.left.over:
            cells, whole = _cells(plan, rule.left), _cells(plan, rule.right)
            if cells <= whole:
                groups.setdefault(whole, []).append((_share(plan, rule), rule.id, cells))
    for whole, entries in groups.items():
        ids: list[str] = []
        total, taken = 0.0, frozenset[Cell]()
        # One that divides the whole (T3) speaks for itself; beside it those of parts would never be looked at.
        entries = [entry for entry in entries if entry[2] < whole or entry[0] > 1 + 1e-9]
        for share, rule_id, cells in sorted(entries, key=lambda entry: (-entry[0], entry[1])):
            if not cells & taken:
                ids.append(rule_id)
                total, taken = total + share, taken | cells
        if total > 1 + 1e-9:
            yield _finding("minimum_shares", "warning", tuple(ids), {"total": total}, ids[0], listed=", ".join(ids))


def _other_sentences(plan: Plan) -> Iterator[Finding]:
    """A figure that was edited, and its sentence was not: every answer and letter would quote the old one."""
    for rule in plan.rules:
        if rule.enabled and (figure := unsaid(rule)):
            words = {"rule": rule.id, "figure": figure, "sentence": rule.sentence}
            yield _finding("other_sentence", "warning", (rule.id,), {}, rule.id, **words)


def _cells(plan: Plan, cells: Cells) -> frozenset[Cell]:
    return frozenset(tuple(cell.items()) for cell in picks(plan, cells))


def _share(plan: Plan, rule: Rule) -> float:
    """What a rule asks for in all, over the members of its ``each``."""
    if rule.each is None:
        return rule.ratio if isinstance(rule.ratio, float) else 1.0
    if isinstance(rule.ratio, Ratio) and (rule.ratio.normalised or rule.ratio.proportional_to):
        return 1.0
    if rule.each == "cell":
        return sum(_ratio_of(rule.ratio, cell) for cell in picks(plan, rule.left))
    each = str(rule.each)
    used = {cell[each] for cell in picks(plan, rule.left)}
    return sum(_ratio_of(rule.ratio, attributes) for m, attributes in members(plan, each).items() if m in used)


def _calendar(plan: Plan) -> Iterator[Finding]:
    """12 weeks x the calendar, E4 x the calendar."""
    calendar = plan.calendar
    if calendar.weeks < 13 and not calendar.thirteenth_week:
        yield _finding("thirteenth_week", "warning", ("E1",), {"weeks": calendar.weeks})
    if not calendar.holidays:
        yield _finding("no_holidays", "note", (), {"days": calendar.working_days})
    if idle := [day for day in calendar.holidays if day.weekday() >= 5]:
        dates = ", ".join(map(str, idle))
        yield _finding("holidays_on_days_off", "note", (), {"count": len(idle)}, dates=dates)
    if calendar.phases:
        last = max(calendar.phases, key=lambda phase: phase.from_week)
        start = calendar.start + dt.timedelta(weeks=last.from_week - 1)
        due = [(a.renewal_date, a.renewal_amount) for a in plan.accounts if a.renewal_date and a.renewal_amount > 0]
        early = [amount for date, amount in due if date < start]
        short = [amount for date, amount in due if start <= date < start + _NOTICE]
        if last.from_week > 1 and (early or short):
            figures = {"count": len(early), "amount": sum(early), "short": len(short), "short_amount": sum(short)}
            yield _finding("late_renewals", "warning", ("E4",), figures, phase=last.name, date=start.isoformat())


def _collection(plan: Plan) -> Iterator[Finding]:
    """R6 x payment terms: what is signed late in the quarter is due after it."""
    quarter = 7.0 * plan.calendar.weeks
    terms = plan.money.payment_terms
    due = sum(part.share * max(1 - part.due_days / quarter, 0) for part in terms)
    if plan.money.team_building_share > 0 and due < plan.money.collection_threshold:
        figures = {"due": due, "threshold": plan.money.collection_threshold}
        yield _finding("collection_rate", "warning", ("R6",), figures)
    large = [part for part in terms if part.share >= _LARGE_INSTALMENT]
    latest = max(large, key=lambda part: part.due_days, default=None)
    if latest is not None and latest.due_days > quarter / 2:
        first = max(quarter - latest.due_days, 0)
        figures = {"share": latest.share, "days": latest.due_days, "first": first, "quarter": quarter}
        yield _finding("long_terms", "warning", ("R6",), figures)


def _overdue(plan: Plan) -> Iterator[Finding]:
    """Receivables overdue for longer than the plan's lateness lets anybody hope."""
    lateness, late = plan.money.lateness, [r for r in plan.receivables if plan.calendar.day_of(r.due_date) < 0]
    amount = math.fsum(r.amount for r in late)
    lost = math.fsum(
        r.amount * never_paid(lateness, lateness.bad_debt, -plan.calendar.day_of(r.due_date)) for r in late
    )
    if lost > _MUCH_LOST * amount:
        figures = {"count": float(len(late)), "amount": amount, "share": lost / amount}
        yield _finding("overdue_receivables", "warning", ("R6",), figures)


def _lead_hours(plan: Plan) -> Iterator[Finding]:
    """R4 x rep hours: opportunities that activities bring, and who is to work on them."""
    enough: dict[str, float] = {}
    for region in plan.regions:
        load = lead_work(plan, region)
        if load.there > 0 and load.hours > 0:
            share = load.hours / load.there
            if share > _BUSY:
                figures = {"accepted": load.accepted, "hours": load.hours, "there": load.there, "share": share}
                yield _finding("lead_hours", "warning", ("R4",), figures, region.id, region=region.id)
            else:
                enough[region.id] = share
    if enough:
        listed = ", ".join(f"{region} {share:.0%}" for region, share in enough.items())
        yield _finding("lead_hours_enough", "note", ("R4",), enough, regions=listed)


def _automated_care(plan: Plan) -> Iterator[Finding]:
    """T4 x S4: a personal touch a week, and yet automated where the market is mature."""
    for tier in plan.customer_tiers:
        if tier.automated_in and set(tier.automated_in) < {m.id for m in plan.maturities}:
            accounts = [a for a in plan.accounts if a.customer_tier == tier.id]
            automated = [a for a in accounts if plan.region[a.region].maturity in tier.automated_in]
            figures = {"touches": tier.touches_per_week, "automated": len(automated), "accounts": len(accounts)}
            maturities = ", ".join(tier.automated_in)
            about = ("T4", "S4")
            yield _finding("automated_care", "note", about, figures, tier.id, tier=tier.id, maturities=maturities)


def _idle_entries(plan: Plan) -> Iterator[Finding]:
    """What is switched off, waits for what is switched off, or costs money for nothing."""
    asleep = {risk.id for risk in plan.risks if not risk.enabled}
    for answer in plan.contingency_plans:
        if answer.trigger.strike in asleep:
            words = {"plan": answer.id, "risk": str(answer.trigger.strike)}
            yield _finding("sleeping_trigger", "warning", (str(answer.trigger.strike),), {}, answer.id, **words)
        if answer.trigger.light is not None and not _light_given(plan, answer.trigger):
            words = {"plan": answer.id, "light": answer.trigger.light}
            yield _finding("sleeping_light", "warning", ("E3",), {}, answer.id, **words)
        if answer.trigger.alarm in {policy.id for policy in plan.policies if not policy.enabled}:
            words = {"plan": answer.id, "risk": str(answer.trigger.alarm)}
            yield _finding("sleeping_trigger", "warning", ("S6",), {}, answer.id, **words)
        cost = answer.retainer + answer.activation_cost
        acts = answer.event is not None or any(effect.moves for effect in answer.effects)
        if cost > 0 and not answer.negative_control and not acts:
            yield _finding("cost_without_effect", "warning", (), {"cost": cost}, answer.id, entry=answer.id)
    for measure in plan.measures:
        if measure.enabled and measure.cost > 0 and not any(effect.moves for effect in measure.all_effects):
            yield _finding("cost_without_effect", "note", (), {"cost": measure.cost}, measure.id, entry=measure.id)
    for pool in plan.money.pools:
        paid = [activity for activity in plan.activities if activity.pool == pool.id]
        if pool.paid == "as_spent" and pool.amount > 0 and paid and not any(one.leads_per_unit for one in paid):
            figures = {"amount": pool.amount}
            yield _finding("money_without_leads", "note", (), figures, pool.id, pool=pool.name)
    if off := tuple(rule.id for rule in plan.rules if not rule.enabled):
        yield _finding("disabled_rules", "note", off, {"count": len(off)}, listed=", ".join(off))


def _idle_criteria(plan: Plan) -> Iterator[Finding]:
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
            yield _finding("sleeping_exam", "warning", ("E1",), figures, criterion.id, **words)
        elif not calendar.evenings(session.weeks, session.day) or (
            min(session.ends(calendar)) > calendar.first_day_of_week(phase.to_week + 1)
        ):
            yield _finding("late_exam", "warning", ("E1",), figures, criterion.id, phase=phase.name, **words)


def _last_evenings(plan: Plan) -> Iterator[Finding]:
    """E3, S6, M5: what comes when the quarter is over changes nothing of it, and is not held."""
    calendar = plan.calendar
    for policy in plan.policies:
        if not policy.enabled:
            continue
        if (test := policy.strategy_test) is not None:
            if calendar.first_day_of_week(test.from_week + test.weeks) >= calendar.working_days:
                yield _finding("no_verdict", "warning", ("M5",), {}, policy.id, policy=policy.id)
            continue
        weeks, day, rule = (
            (policy.lights.weeks or calendar.review_weeks, calendar.review_day, "E3")
            if policy.lights is not None
            else (policy.health.weeks if policy.health is not None else (), "sunday", "S6")
        )
        for week in sorted(set(weeks) - calendar.evenings(weeks, day).keys()):
            if calendar.end_of_weekday(week, day) is not None:
                yield _finding("last_evening", "note", (rule,), {"week": week}, f"{policy.id}.{week}", policy=policy.id)


def _light_given(plan: Plan, trigger: Trigger) -> bool:
    calendar = plan.calendar
    on = [policy.lights for policy in plan.policies if policy.enabled and policy.lights is not None]
    able = [lights for lights in on if lights.by_region or not trigger.each_region]
    reviewed = (
        lights for lights in able if calendar.evenings(lights.weeks or calendar.review_weeks, calendar.review_day)
    )
    return any(getattr(lights, str(trigger.light)) for lights in reviewed)


def _regions_and_reps(plan: Plan) -> Iterator[Finding]:
    covered = {region for rep in plan.reps for region in rep.regions}
    for region in plan.regions:
        if region.id not in covered:
            yield _finding("uncovered_region", "warning", ("T3",), {}, region.id, region=region.id)
        if plan.planned_amount(region) <= 0:
            yield _finding("blank_region", "warning", ("T3",), {}, region.id, region=region.id)
    for rep in plan.reps:
        if rep.hours_per_week <= 0:
            yield _finding("idle_rep", "warning", ("T5",), {}, rep.id, rep=rep.id)
