"""plan.yaml, section by section, in which every figure says where it comes from."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.calibration.figures import Figure
from scenarios.crm.estimates import Estimates
from scenarios.crm.learning import certain_differences, put_learnt_risks, season_effects, what_nobody_knows
from scenarios.crm.mapping import Assumed
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.own_figures import LEAVING, STAGES, Ids, newcomers_of
from scenarios.crm.provenance import assumptions_of
from scenarios.crm.quota_rules import quota_rules
from scenarios.crm.writing import commented, plain, significant

__all__ = ["settings_of"]

TIER_NAMES = {"star": "star products", "potential": "potential products", "long_tail": "long-tail products"}
REP_TIER_NAMES = {"top": "top reps", "core": "core reps", "new": "new or improving reps"}


class Asked(Protocol):
    """What the planner asks for."""

    @property
    def target(self) -> float | None: ...

    @property
    def weeks(self) -> int: ...

    @property
    def start(self) -> dt.date: ...


def settings_of(
    estimates: Estimates,
    ids: Ids,
    mapping: ColumnMapping,
    assumed: Assumed,
    nodes: Any,
    request: Asked,
    target: float,
    growth: float,
    figures: Mapping[str, Figure],
) -> CommentedMap:
    """plan.yaml, section by section."""
    windows, as_of = estimates.windows, estimates.windows.as_of
    settings = CommentedMap()
    settings["format"] = 1
    settings.yaml_set_start_comment(
        "Made by quarterdeck import-crm. Edit freely: where a figure comes from stands beside it."
    )
    settings["name"] = f"Quarter from {request.start}, from the CRM as of {as_of}"
    settings["currency"] = mapping.currency
    settings["target"] = plain(target)
    if request.target is None:
        _comment(settings, "target", f"won in the last quarter {estimates.won_last_quarter:,.2f} × {1 + growth:g}")
    else:
        _comment(settings, "target", f"asked for; won in the last quarter {estimates.won_last_quarter:,.2f}")
    settings["base_period"] = f"last quarter, {windows.last_quarter}"
    absent = "Cross-selling" if estimates.renewals and estimates.renewals.due else "Renewals, cross-selling"
    settings["description"] = (
        f"Made from a CRM export (mapping {mapping.name}): what was known before {as_of}. Open deals are worth list "
        f"price × usual discount. {absent}, marketing and holidays are not in the export and not here."
    )
    settings["calendar"] = commented(start=request.start, weeks=request.weeks)
    _comment(settings["calendar"], "start", f"the Monday on or after {as_of}; no holidays are known: add yours")
    settings["process"] = _process(estimates, ids, assumed, figures)
    values = [f"{product.name}: {product.mean_deal.basis}" for product in estimates.products]
    _comment_section(settings, "process", "\n".join(("What an open deal is worth:", *values)))
    settings["handover"] = copy.deepcopy(nodes["handover"])
    settings["product_tiers"] = _present(TIER_NAMES, {product.tier for product in estimates.products})
    share = assumed.method.star_share
    settings.yaml_set_comment_before_after_key(
        "product_tiers",
        f"By sales, as an export holds no margins: star = the best sellers that together made {share:.0%} of the last\n"
        "quarter; potential = of the rest, those that outgrew the company on the quarter before; long_tail = others.",
    )
    settings["rep_tiers"] = _present(REP_TIER_NAMES, {rep.tier for rep in estimates.reps})
    named = {mapping.maturities.get(name, mapping.default_maturity) for name, _ in estimates.regions}
    settings["maturities"] = [commented(id=name, name=f"{name} market", growth=growth) for name in sorted(named)]
    for entry in settings["maturities"]:
        _comment(entry, "growth", "target ÷ last quarter − 1, so that the regions' targets add up to the target")
    settings["customer_tiers"] = _customer_tiers(assumed, figures)
    if newcomers_of(estimates, assumed, request.start):
        settings["ramp"] = copy.deepcopy(nodes["ramp"])
        _comment(
            settings, "ramp", "of the reps with a day of joining in reps.csv: the file of staff shows who they are"
        )
    settings["money"] = _money(nodes["money"], figures)
    settings["rules"] = quota_rules(estimates, ids)
    settings["measures"] = [
        *season_effects(estimates, request.start, request.weeks),
        *certain_differences(estimates, ids),
    ]
    _comment_section(settings, "measures", "Learnt from own deals: what differs whatever is decided.")
    settings["risks"] = [risk for risk in copy.deepcopy(nodes["risks"]) if _in_reach(risk, estimates)]
    put_learnt_risks(settings["risks"], estimates, figures)
    kept = {risk["id"] for risk in settings["risks"]}
    settings["contingency_plans"] = [
        _priced(plan, assumed, target)
        for plan in copy.deepcopy(nodes["contingency_plans"])
        if plan["trigger"]["strike"] in kept
    ]
    _comment_section(settings, "risks", "Not in a CRM export: sourced defaults.")
    _comment_section(settings, "contingency_plans", "Costs are assumed shares of the target (D): put in your own.")
    settings["uncertainty"] = [*what_nobody_knows(estimates, ids), *_not_learnt(nodes["uncertainty"], figures)]
    settings["assumptions"] = assumptions_of(estimates, ids, assumed, figures, settings)
    _comment_section(
        settings,
        "assumptions",
        "Where the figures come from. own = estimated from this export, count = deals behind it.",
    )
    return settings


def _process(estimates: Estimates, ids: Ids, assumed: Assumed, figures: Mapping[str, Figure]) -> CommentedMap:
    """The path of a deal: the export's stages where it says which deals came to, else two of ours."""
    stages = _two_stages(estimates, figures) if estimates.stages is None else _own_stages(estimates, ids, figures)
    mix = commented(
        **{tier: figures[f"process.lead_tier_mix.{tier}"].value for tier in sorted(estimates.lead_tier_mix)}
    )
    mix.fa.set_flow_style()
    process = commented(
        stages=stages,
        qualified_stage=stages[0]["id"],
        cycle_sigma=figures["process.cycle_sigma"].value,
        value_sigma=figures["process.value_sigma"].value,
        lead_tier_mix=mix,
        orphan_win_factor=assumed.orphan_win_factor,
        touch_spread="exponential",
    )
    for field in ("cycle_sigma", "value_sigma"):
        _comment(process, field, figures[f"process.{field}"].basis)
    _comment(process, "lead_tier_mix", figures[f"process.lead_tier_mix.{min(mix)}"].basis)
    _comment(process, "orphan_win_factor", "assumed (A)")
    _comment(process, "touch_spread", "assumed (D): closings a week vary by chance")
    curves = _cycles(estimates, ids)
    if curves:
        process["cycles"] = curves
    return process


def _two_stages(estimates: Estimates, figures: Mapping[str, Figure]) -> list[CommentedMap]:
    """The cycle, in which nothing is asked of the rep, and the work that closes the deal."""
    conversion = figures[f"process.stages.{STAGES[1]}.conversion"]
    waiting = commented(id=STAGES[0], name="Engaging", conversion=1, cycle_share=1, touches=1, touch_hours=0)
    closing = commented(
        id=STAGES[1],
        name="Closing",
        conversion=conversion.value,
        cycle_share=0,
        touches=1,
        touch_hours=significant(estimates.touch_hours),
    )
    _comment(waiting, "cycle_share", "the sales cycle passes here")
    _comment(closing, "conversion", conversion.basis)
    _comment(closing, "touch_hours", "assumed (D); the reps' hours_per_week rest on it")
    return [waiting, closing]


def _own_stages(estimates: Estimates, ids: Ids, figures: Mapping[str, Figure]) -> list[CommentedMap]:
    """The export's stages; a deal takes the same work in each it comes to, as much as a closing takes on the whole."""
    passed = estimates.stages
    assert passed is not None
    hours = significant(estimates.touch_hours / passed.visits)
    stages = []
    for name in passed.names:
        conversion, part = (
            figures[f"process.stages.{ids.stages[name]}.{key}"] for key in ("conversion", "cycle_share")
        )
        stage = commented(
            id=ids.stages[name],
            name=name,
            conversion=conversion.value,
            cycle_share=part.value,
            touches=1,
            touch_hours=hours,
        )
        _comment(stage, "conversion", conversion.basis)
        _comment(stage, "cycle_share", part.basis)
        stages.append(stage)
    _comment(
        stages[0],
        "touch_hours",
        f"assumed (D): {estimates.touch_hours:.4g} h of a deal ÷ {passed.visits:.3g} stages that it comes to",
    )
    return stages


def _cycles(estimates: Estimates, ids: Ids) -> CommentedMap:
    """Curves of the products whose deals contradict a lognormal in which all end."""
    curves = commented()
    for product in estimates.products:
        own = estimates.calibration.cycles.get(product.name)
        fit = own or estimates.calibration.cycle
        if fit is None or not fit.days:
            continue
        curve = commented(days=CommentedSeq(fit.days), ended=CommentedSeq(fit.shares))
        curve["days"].fa.set_flow_style()
        curve["ended"].fa.set_flow_style()
        of = "own" if own else "all products'"
        text = f"{of} {fit.count:,} ended and {fit.open:,} open deals: {fit.ever:.0%} ever end"
        if fit.distance > fit.limit:
            text += f"; a lognormal is {fit.distance:.3f} off, {fit.limit:.3f} would do"
        curves[ids.products[product.name]] = curve
        _comment(curves, ids.products[product.name], text)
    return curves


def _money(node: Any, figures: Mapping[str, Figure]) -> CommentedMap:
    """Terms of payment as assumed; when customers pay by own invoices where these tell."""
    money: CommentedMap = copy.deepcopy(node)
    own = {name: figures[path] for name in money["lateness"] if (path := f"money.lateness.{name}") in figures}
    if not own:
        return money
    lateness = commented(
        **{name: own[name].value if name in own else value for name, value in node["lateness"].items()}
    )
    for name in lateness:
        _comment(lateness, name, own[name].basis if name in own else "assumed (B)")
    money["lateness"] = lateness
    money.ca.items.pop("lateness", None)  # the default's remark on the whole line
    return money


def _customer_tiers(assumed: Assumed, figures: Mapping[str, Figure]) -> list[CommentedMap]:
    tiers = []
    for tier in sorted(assumed.customer_tiers):
        defaults, figure = assumed.customer_tiers[tier], figures[f"customer_tiers.{tier}.win_rate"]
        entry = commented(
            id=tier,
            name=defaults.name,
            priority=defaults.priority,
            win_rate=figure.value,
            touches_per_week=plain(defaults.touches_per_week),
        )
        _comment(entry, "win_rate", figure.basis)
        _comment(entry, "touches_per_week", "assumed (D)")
        if (renewed := figures.get(f"customer_tiers.{tier}.renewal_rate")) is not None:
            entry["renewal_rate"] = renewed.value
            _comment(entry, "renewal_rate", renewed.basis)
        tiers.append(entry)
    return tiers


def _not_learnt(nodes: Any, figures: Mapping[str, Figure]) -> list[Any]:
    """What is assumed to be uncertain, but for what own data have put in its place."""
    return [entry for entry in copy.deepcopy(nodes) if entry["id"] != "U-K5" or LEAVING not in figures]


def _in_reach(risk: Any, estimates: Estimates) -> bool:
    """Whether what a risk strikes is in the plan: no churn without accounts, no price war without star products."""
    return risk["subject"] != "account" or bool(estimates.accounts)


def _priced(plan: Any, assumed: Assumed, target: float) -> Any:
    """The contingency plan with its costs in money, two digits."""
    costs = assumed.costs_per_target.get(plan["id"])
    position = list(plan).index("effects")
    for field, share in reversed(costs.model_dump(exclude_none=True).items() if costs else ()):
        plan.insert(position, field, plain(significant(share * target, 2)))
    return plan


def _present(names: Mapping[str, str], used: Iterable[str]) -> CommentedMap:
    wanted = set(used)
    return commented(**{key: name for key, name in names.items() if key in wanted})


def _comment(node: CommentedMap, key: str, text: str) -> None:
    node.yaml_add_eol_comment(text, key)


def _comment_section(node: CommentedMap, key: str, text: str) -> None:
    node.yaml_set_comment_before_after_key(key, text)
