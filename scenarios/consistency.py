"""Consistency: what a plan says in one place must go together with what it says in another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

from scenarios.effects import PARAMETERS, Effect, Scope
from scenarios.errors import Problem
from scenarios.nodes import Node, Path, problem_at
from scenarios.plan import Plan

__all__ = ["problems"]

_TOLERANCE = 1e-6
"""How far shares may be from adding up to 1."""

Found = Iterator[tuple[Path, str] | tuple[Path, str, str]]
"""Places of the plan, what is wrong there, and where the message does not say it what to do."""


SOURCES = frozenset(("add_on", "pipeline", "baseline", "cross_sell", "renewals"))
"""Where opportunities come from that are no activity's."""


def problems(plan: Plan, tree: Node, broken: frozenset[str]) -> Iterator[Problem]:
    """Everything that contradicts itself, as far as the sections it rests on are right."""
    for needs, check in _CHECKS:
        if not broken & needs:
            for path, *said in check(plan):
                yield problem_at(tree, path, *said)


def _coverage(plan: Plan) -> Found:
    """Reps cover a region; accounts and opportunities have a rep who covers theirs."""
    for rep in plan.reps:
        if not rep.regions:
            yield ("reps", rep.id, "regions"), "a rep covers at least one region"
        elif len(set(rep.regions)) < len(rep.regions):
            yield ("reps", rep.id, "regions"), f"a region is named twice: {'; '.join(rep.regions)}"
    for section, rows in (("accounts", plan.accounts), ("opportunities", plan.opportunities)):
        for row in rows:
            owner = plan.rep.get(row.rep)
            if owner and row.region not in owner.regions:
                yield (section, row.id, "rep"), f"{row.rep} covers {'; '.join(owner.regions)}, not {row.region}"


def _dates(plan: Plan) -> Found:
    first, last = plan.calendar.start, plan.calendar.last_date
    for account in plan.accounts:
        at: Path = ("accounts", account.id, "renewal_date")
        if account.renewal_date is not None and not first <= account.renewal_date <= last:
            yield at, f"{account.renewal_date} is outside the quarter ({first} to {last})"
        if account.renewal_amount > 0 and account.renewal_date is None:
            yield at, f"missing: {account.renewal_amount:,.0f} come up for renewal"
        if account.renewal_amount > 0 and account.product is None:
            yield ("accounts", account.id, "product"), "missing: the contract that comes up for renewal has a product"
    for opportunity in plan.opportunities:
        if opportunity.created >= first:
            at = ("opportunities", opportunity.id, "created")
            yield at, f"{opportunity.created} is not before the quarter starts ({first})"


def _weeks(plan: Plan) -> Found:
    """Every week that the plan names is a week of its quarter."""
    named: list[tuple[Path, int | None]] = []
    at: Path
    named += [(("calendar", "blocks", b.id, "from_week"), b.from_week) for b in plan.calendar.blocks]
    for window in plan.calendar.budget_windows:
        at = ("calendar", "budget_windows", window.id, "weeks")
        named += [((*at, number), week) for number, week in enumerate(window.weeks)]
    named += [(("calendar", "review_weeks", n), week) for n, week in enumerate(plan.calendar.review_weeks)]
    for section, entries in (("activities", plan.activities), ("risks", plan.risks)):
        for entry in entries:
            at = (section, entry.id)
            named += [((*at, "from_week"), entry.from_week), ((*at, "to_week"), entry.to_week)]
            if entry.to_week is not None and entry.to_week < entry.from_week:
                yield (*at, "to_week"), f"week {entry.to_week} is before from_week {entry.from_week}"
    named += [(("contingency_plans", c.id, "trigger", "week"), c.trigger.week) for c in plan.contingency_plans]
    for policy in plan.policies:
        looked = policy.health.weeks if policy.health else ()
        named += [(("policies", policy.id, "health", "weeks", n), week) for n, week in enumerate(looked)]
        for number, held in enumerate(policy.lights.weeks if policy.lights else ()):
            named.append((("policies", policy.id, "lights", "weeks", number), held))
        if focus := policy.focus_day:
            at = ("policies", policy.id, "focus_day", "weeks")
            named += [((*at, number), held) for number, held in enumerate(focus.weeks)]
        if end := policy.quarter_end:
            named.append((("policies", policy.id, "quarter_end", "from_week"), end.from_week))
        if test := policy.strategy_test:
            named.append((("policies", policy.id, "strategy_test", "weeks"), test.from_week + test.weeks - 1))
        if change := policy.weight_change:
            named.append((("policies", policy.id, "weight_change", "week"), change.week))
    named += [(("process", "renewals_from_week"), plan.process.renewals_from_week)]
    if (collections := plan.money.collections) is not None:
        at = ("money", "collections")
        named += [((*at, "from_week"), collections.from_week), ((*at, "to_week"), collections.to_week)]
        if collections.to_week is not None and collections.to_week < collections.from_week:
            yield (*at, "to_week"), f"week {collections.to_week} is before from_week {collections.from_week}"
    for measure in plan.measures:
        for number, held in enumerate(measure.session.weeks if measure.session else ()):
            named.append((("measures", measure.id, "session", "weeks", number), held))
    for at, effect in _effects(plan):
        named += [((*at, "from_week"), effect.from_week), ((*at, "to_week"), effect.to_week)]
        if effect.from_week is not None and effect.to_week is not None and effect.to_week < effect.from_week:
            yield (*at, "to_week"), f"week {effect.to_week} is before from_week {effect.from_week}"
    for at, week in named:
        if week is not None and week > plan.calendar.weeks:
            yield at, f"week {week} is beyond the quarter's {plan.calendar.weeks} weeks"


def _shares(plan: Plan) -> Found:
    """Shares of one whole add up to 1."""
    process = plan.process
    parts: list[tuple[Path, Mapping[str, float]]] = [
        (("process", "stages"), {stage.id: stage.cycle_share for stage in process.stages}),
        (("process", "lead_tier_mix"), process.lead_tier_mix),
    ]
    if plan.cross_selling is not None:
        parts.append((("cross_selling", "product_mix"), plan.cross_selling.product_mix))
    for activity in plan.activities:
        parts += [(("activities", activity.id, mix), getattr(activity, mix)) for mix in ("product_mix", "tier_mix")]
    parts += [(("baseline_leads", row.id, "tier_mix"), row.tier_mix) for row in plan.baseline_leads]
    for at, mix in parts:
        # An empty tier_mix takes the sales process's; an empty product_mix is another matter (_activities).
        if (mix or at[0] in ("process", "cross_selling")) and abs((total := sum(mix.values())) - 1) > _TOLERANCE:
            what = "cycle shares" if at[-1] == "stages" else "shares"
            shown = " + ".join(f"{name} {share:g}" for name, share in mix.items())
            yield at, f"{what} add up to {total:.6g}, not 1 ({shown or 'nothing'})"


def _activities(plan: Plan) -> Found:
    """Leads have a product; responses fall (R4)."""
    for activity in plan.activities:
        at: Path = ("activities", activity.id)
        if activity.leads_per_unit > 0 and not activity.product_mix:
            yield (*at, "product_mix"), "missing: the activity brings leads"
        if activity.id in SOURCES:
            yield (*at, "id"), f"{activity.id} is what results call another source of opportunities; choose another id"
        for region, bands in activity.responses.items():
            where: Path = (*at, "responses", region)
            if not bands:
                yield where, "has no band; leave the key out where the activity does not run"
            for number, (band, above) in enumerate(itertools.pairwise(bands), start=1):
                if above.up_to_units <= band.up_to_units:
                    message = f"up_to_units must rise from band to band: {band.up_to_units:g}, {above.up_to_units:g}"
                    yield (*where, number, "up_to_units"), message
                if above.effect > band.effect:
                    message = f"effect must fall from band to band: {band.effect:g}, {above.effect:g}"
                    yield (*where, number, "effect"), message


def _effects(plan: Plan) -> Iterator[tuple[Path, Effect]]:
    for section in ("measures", "risks", "contingency_plans"):
        for entry in getattr(plan, section):
            for number, effect in enumerate(entry.effects):
                yield (section, entry.id, "effects", number), effect
    for measure in plan.measures:
        for number, effect in enumerate(measure.session.effects if measure.session else ()):
            yield ("measures", measure.id, "session", "effects", number), effect
    for policy in plan.policies:
        for number, effect in enumerate(policy.quarter_end.effects if policy.quarter_end else ()):
            yield ("policies", policy.id, "quarter_end", "effects", number), effect


_SUBJECT_OF_EVENT: dict[str, str] = {
    "rep_leaves": "rep",
    "account_lost": "account",
    "decision_maker_changes": "account",
    "deal_shrinks": "account",
    "deal_splits": "account",
}


def _risks(plan: Plan) -> Found:
    """Events and chances fit what a risk strikes."""
    tiers = {"rep": ("rep tier", list(plan.rep_tiers)), "account": ("customer tier", list(plan.customer_tier))}
    for risk in plan.risks:
        at: Path = ("risks", risk.id)
        wanted = _SUBJECT_OF_EVENT.get(risk.event or "")
        if wanted and risk.subject != wanted:
            yield (*at, "event"), f"{risk.event} needs the subject {wanted}, not {risk.subject}"
        if isinstance(risk.chance_per_quarter, dict):
            chances = (*at, "chance_per_quarter")
            if risk.subject == "market":
                yield chances, "a table of chances needs the subject rep or account"
                continue
            kind, known = tiers[risk.subject]
            for tier in risk.chance_per_quarter:
                if tier not in known:
                    yield (*chances, tier), f"there is no {kind} {tier}; there are {', '.join(known)}"
            if lacking := [tier for tier in known if tier not in risk.chance_per_quarter]:
                yield chances, f"no chance for {kind} {', '.join(lacking)}"


def _struck(plan: Plan) -> Found:
    """``struck`` is about the rep or account that a strike hit; where there is none it means nothing."""
    subject = {risk.id: risk.subject for risk in plan.risks}
    for measure in plan.measures:
        for at, scope in _scopes(("measures", measure.id), measure.effects):
            yield at, "a measure has no strike", _instead(scope)
    for risk in plan.risks:
        if risk.scope.struck:
            yield ("risks", risk.id, "scope", "struck"), "tells what can be struck; it cannot rest on the strike"
        if risk.subject == "market":
            for at, scope in _scopes(("risks", risk.id), risk.effects):
                yield at, "the risk strikes the market, so there is no one that it struck", _instead(scope)
    for plan_b in plan.contingency_plans:
        trigger = plan_b.trigger
        if plan_b.event is not None and subject.get(trigger.strike or "", "market") != "account":
            at = ("contingency_plans", plan_b.id, "event")
            yield at, f"{plan_b.event} is on the account that was struck, and the trigger is no strike on an account"
        on_one = trigger.each_region or trigger.light == "rep_conversion" or trigger.alarm is not None
        if not on_one and subject.get(trigger.strike or "", "market") == "market":
            for at, scope in _scopes(("contingency_plans", plan_b.id), plan_b.effects):
                yield at, "the trigger is no strike on a rep or account", _instead(scope)


def _alarms(plan: Plan) -> Found:
    """A low score is of a customer, and an alarm is of a policy of health."""
    of_health = {policy.id for policy in plan.policies if policy.health is not None}
    for policy in plan.policies:
        for number, effect in enumerate(policy.health.effects if policy.health else ()):
            if "account" not in PARAMETERS[effect.parameter].keys:
                at: Path = ("policies", policy.id, "health", "effects", number, "parameter")
                yield at, f"{effect.parameter} is not of a customer"
    for answer in plan.contingency_plans:
        alarm = answer.trigger.alarm
        if alarm is not None and alarm not in of_health and any(policy.id == alarm for policy in plan.policies):
            yield ("contingency_plans", answer.id, "trigger", "alarm"), f"{alarm} is no policy of health"


def _quarter_ends(plan: Plan) -> Found:
    """What a closing costs lasts to the end of the quarter, and no strike sets it off."""
    for policy in plan.policies:
        if policy.quarter_end is not None:
            at: Path = ("policies", policy.id, "quarter_end")
            for number, effect in enumerate(policy.quarter_end.effects):
                if effect.duration_weeks is not None:
                    yield (*at, "effects", number, "duration_weeks"), "the effect lasts to the end of the quarter"
            for where, scope in _scopes(at, policy.quarter_end.effects):
                yield where, "a policy has no strike", _instead(scope)


def _criteria(plan: Plan) -> Found:
    """An exam is a measure's, and no other figure is."""
    exams = {m.id for m in plan.measures if m.session is not None and m.session.exam is not None}
    for criterion in plan.calendar.criteria:
        at: Path = ("calendar", "criteria", criterion.id, "measure")
        if criterion.figure != "exam_passed" and criterion.measure is not None:
            yield at, f"{criterion.figure} is no figure of a measure; leave it out, or ask for exam_passed"
        elif criterion.figure == "exam_passed" and criterion.measure is None:
            yield at, f"whose exam? one of: {', '.join(sorted(exams)) or 'no measure holds one'}"
        elif criterion.measure is not None and criterion.measure not in exams:
            yield at, f"{criterion.measure} holds no exam; one of: {', '.join(sorted(exams)) or 'no measure does'}"


def _sessions(plan: Plan) -> Found:
    """Who takes part can be told apart: by the effects that only they have, and by the chances of their exam."""
    for measure in plan.measures:
        session = measure.session
        if session is None:
            continue
        at: Path = ("measures", measure.id, "session")
        for where, scope in _scopes(at, session.effects):
            effect = session.effects[int(where[-3])]
            if "rep" not in PARAMETERS[effect.parameter].keys:
                yield (
                    where,
                    f"{effect.parameter} is not of a rep, so it cannot act on those who took part",
                    _instead(scope),
                )
        rates = session.exam.success_rate if session.exam else 1.0
        taking = [tier for tier in plan.rep_tiers if session.takes_part(tier)]
        if isinstance(rates, dict) and (lacking := [tier for tier in taking if tier not in rates]):
            yield (*at, "exam", "success_rate"), f"no rate for rep tier {', '.join(lacking)}"


def _scopes(at: Path, effects: tuple[Effect, ...]) -> Iterator[tuple[Path, Scope]]:
    for number, effect in enumerate(effects):
        if effect.scope.struck:
            yield (*at, "effects", number, "scope", "struck"), effect.scope


def _instead(scope: Scope) -> str:
    return "" if scope.picked else "Leave it out and the effect is on all."


def _windows(plan: Plan) -> Found:
    """A measure's effects have weeks, others start with their session, risk or plan: the other field has no meaning."""
    for at, effect in _effects(plan):
        in_weeks = at[0] == "measures" and at[2] == "effects"
        if in_weeks and effect.duration_weeks is not None:
            yield (*at, "duration_weeks"), "a measure's effect has from_week and to_week"
        if not in_weeks:
            for name in ("from_week", "to_week"):
                if getattr(effect, name) is not None:
                    what = {"measures": "session", "policies": "policy"}.get(str(at[0]), "risk or plan")
                    yield (*at, name), f"the effect starts with its {what}; its length is duration_weeks"


def _needs(*sections: str) -> frozenset[str]:
    return frozenset(sections)


_CHECKS: tuple[tuple[frozenset[str], Callable[[Plan], Found]], ...] = (
    (_needs(), _coverage),
    (_needs("calendar"), _dates),
    (_needs("calendar", "process"), _weeks),
    (_needs("process", "cross_selling"), _shares),
    (_needs("calendar", "measures"), _criteria),
    (_needs(), _activities),
    (_needs("rep_tiers", "customer_tiers"), _risks),
    (_needs(), _struck),
    (_needs("rep_tiers"), _sessions),
    (_needs(), _quarter_ends),
    (_needs(), _alarms),
    (_needs(), _windows),
)
"""Checks with the sections that must be right for them; of others they see the entries that are."""
