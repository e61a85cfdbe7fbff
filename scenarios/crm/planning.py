"""From estimates to the files of a plan: plan.yaml, in which every figure says where it comes from, and its tables."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import hashlib
import io
import math
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.crm.estimates import Estimates, Figure
from scenarios.crm.mapping import Assumed
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.errors import UsageError
from scenarios.plan import Plan

__all__ = ["Draft", "Request", "draft_plan", "write_plan"]

STAGE = "engaging"
RANGE_LIMIT = 1e5
"""Sums in rules are written in a unit in which none exceeds this."""
TIER_NAMES = {"star": "star products", "potential": "potential products", "long_tail": "long-tail products"}
REP_TIER_NAMES = {"top": "top reps", "core": "core reps", "new": "new or improving reps"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """What the planner asks for."""

    as_of: dt.date
    target: float | None
    growth: float
    weeks: int

    @property
    def start(self) -> dt.date:
        """The Monday on or after the date."""
        return self.as_of + dt.timedelta(days=-self.as_of.weekday() % 7)


@dataclass(frozen=True, eq=False)
class Draft:
    """A plan before it is written."""

    settings: CommentedMap
    """plan.yaml."""
    tables: Mapping[str, Sequence[Row]]
    figures: Mapping[str, Figure]
    """Path → own estimate."""
    open_values: Mapping[str, Figure]
    """Product id → value of its open deals."""
    target: float
    plan: Plan


@dataclass(frozen=True)
class _Ids:
    products: Mapping[str, str]
    regions: Mapping[str, str]
    reps: Mapping[str, str]
    accounts: Mapping[str, str]
    deals: Mapping[str, str]


def draft_plan(estimates: Estimates, mapping: ColumnMapping, assumed: Assumed, nodes: Any, request: Request) -> Draft:
    """The plan that the estimates and, where they are silent, the sourced defaults make; ``nodes`` are the latter's."""
    ids = _Ids(
        slugs([product.name for product in estimates.products]),
        slugs([name for name, _ in estimates.regions]),
        slugs([rep.name for rep in estimates.reps]),
        slugs([account.name for account in estimates.accounts]),
        slugs([deal.id for deal in estimates.open_deals], lower=False),
    )
    target = round(request.target or estimates.won_last_quarter * (1 + request.growth), 2)
    growth = significant(target / estimates.won_last_quarter - 1)
    if not -1 < growth <= 10:
        raise UsageError(
            f"--target {target:,.0f} is {target / estimates.won_last_quarter:.3g} times the last quarter's "
            f"{estimates.won_last_quarter:,.0f}; a plan takes up to 11 times"
        )
    figures = _figures(estimates, ids)
    tables = _tables(estimates, ids, mapping, assumed, request)
    settings = _settings(estimates, ids, mapping, assumed, nodes, request, target, growth, figures)
    plan = Plan.model_validate({**settings, **{name: _typed(rows) for name, rows in tables.items()}})
    open_values = {ids.products[product.name]: product.open_value for product in estimates.products}
    return Draft(settings, tables, figures, open_values, target, plan)


def write_plan(draft: Draft, out: Path) -> None:
    """Write a new folder, all of it or nothing."""
    refuse_existing(out)
    work = out.parent / f".{out.name}-{uuid.uuid4().hex[:8]}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir()
        try:
            (work / "plan.yaml").write_text(_yaml_text(draft.settings), encoding="utf-8", newline="\n")
            for name, rows in draft.tables.items():
                if rows:
                    (work / f"{name}.csv").write_text(_csv_text(rows), encoding="utf-8", newline="\n")
            refuse_existing(out)
            os.rename(work, out)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror}") from None


def refuse_existing(out: Path) -> None:
    """A plan may hold hand edits, so none is overwritten."""
    if out.exists() or out.is_symlink():
        raise UsageError(f"--out {out} exists already. Name a new folder, or remove that one.")


def slugs(names: Sequence[str], lower: bool = True) -> dict[str, str]:
    """An ASCII id for each name; equal ones are told apart by number, in order of names.

    A name without any ASCII letter or digit gets a hash, which does not depend on the other names.
    """
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^A-Za-z0-9]+", "-", plain.lower() if lower else plain).strip("-")[:36].strip("-")
        plain = plain or "n" + hashlib.sha256(name.encode()).hexdigest()[:8]
        slug, number = plain, 1
        while slug in taken:
            number += 1
            slug = f"{plain}-{number}"
        taken.add(slug)
        ids[name] = slug
    return ids


def significant(value: float, digits: int = 6) -> float:
    """A figure with no more digits than a reader can use."""
    return float(f"{value:.{digits}g}")


def _figures(estimates: Estimates, ids: _Ids) -> dict[str, Figure]:
    """Own estimates by the path of the plan's figure."""
    closed = f"{estimates.windows.rate_weeks} weeks before {estimates.windows.as_of}"
    figures = {
        f"process.stages.{STAGE}.conversion": estimates.win_rate,
        "process.cycle_sigma": estimates.cycle_sigma,
        "process.value_sigma": estimates.value_sigma,
    }
    for tier, share in estimates.lead_tier_mix.items():
        basis = f"share of {estimates.leads_count:,} deals engaged in the {closed}, no account counts as C"
        figures[f"process.lead_tier_mix.{tier}"] = Figure(share, estimates.leads_count, basis)
    for tier, figure in estimates.win_rate_by_tier.items():
        figures[f"customer_tiers.{tier}.win_rate"] = figure
    for product in estimates.products:
        path = f"products.{ids.products[product.name]}"
        figures[f"{path}.mean_deal"] = product.mean_deal
        figures[f"{path}.median_cycle_days"] = product.median_cycle_days
    for rep in estimates.reps:
        figures[f"reps.{ids.reps[rep.name]}.hours_per_week"] = rep.hours_per_week
    return {path: Figure(_rounded(path, figure.value), figure.count, figure.basis) for path, figure in figures.items()}


def _rounded(path: str, value: float) -> float:
    field = path.rpartition(".")[2]
    if field in ("mean_deal", "hours_per_week"):
        return round(value, 2)
    if field in ("conversion", "win_rate"):  # never rounded to 0 or 1, which a win rate cannot be
        return significant(value)
    return round(value, 4)


def _tables(
    estimates: Estimates, ids: _Ids, mapping: ColumnMapping, assumed: Assumed, request: Request
) -> dict[str, list[Row]]:
    """Rows of every table as they are written, in order of ids."""
    figures = _figures(estimates, ids)
    products = []
    for product in estimates.products:
        path = f"products.{ids.products[product.name]}"
        products.append(
            {
                "id": ids.products[product.name],
                "name": product.name,
                "tier": product.tier,
                "mean_deal": _number(figures[f"{path}.mean_deal"].value),
                "median_cycle_days": _number(figures[f"{path}.median_cycle_days"].value),
                "margin": _number(assumed.margin),
                "list_price": "" if product.list_price is None else _number(product.list_price),
            }
        )
    regions = [
        {
            "id": ids.regions[name],
            "name": name,
            "maturity": mapping.maturities.get(name, mapping.default_maturity),
            "base_amount": _number(round(won, 2)),
        }
        for name, won in estimates.regions
    ]
    reps = [
        {
            "id": ids.reps[rep.name],
            "name": rep.name,
            "tier": rep.tier,
            "regions": ids.regions[rep.region],
            "hours_per_week": _number(figures[f"reps.{ids.reps[rep.name]}.hours_per_week"].value),
            "last_quarter_sales": _number(round(rep.won_last_quarter, 2)),
            "performance": f"rank {rep.rank} of {len(estimates.reps)} by won value in the last quarter",
        }
        for rep in estimates.reps
    ]
    accounts = [
        {
            "id": ids.accounts[account.name],
            "name": account.name,
            "customer_tier": account.tier,
            "region": ids.regions[account.region],
            "rep": ids.reps[account.rep],
            "industry": account.industry,
        }
        for account in estimates.accounts
    ]
    opportunities = [
        {
            "id": ids.deals[deal.id],
            "product": ids.products[deal.product],
            "region": ids.regions[deal.region],
            "rep": ids.reps[deal.rep],
            "customer_tier": deal.tier,
            "stage": STAGE,
            "value": _number(max(round(deal.value, 2), 0.01)),
            "created": deal.engaged.isoformat(),
            "account": ids.accounts.get(deal.account, ""),
        }
        for deal in estimates.open_deals
    ]
    leads = [
        {
            "id": f"{ids.products[product]}_{ids.regions[region]}",
            "product": ids.products[product],
            "region": ids.regions[region],
            "accepted_per_quarter": _number(significant(count * request.weeks / estimates.windows.rate_weeks)),
        }
        for product, region, count in estimates.leads
    ]
    tables = {
        "products": products,
        "regions": regions,
        "reps": reps,
        "accounts": accounts,
        "opportunities": opportunities,
        "baseline_leads": leads,
    }
    return {name: sorted(rows, key=lambda row: row["id"]) for name, rows in tables.items()}


def _settings(
    estimates: Estimates,
    ids: _Ids,
    mapping: ColumnMapping,
    assumed: Assumed,
    nodes: Any,
    request: Request,
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
    settings["target"] = _plain(target)
    if request.target is None:
        _comment(settings, "target", f"won in the last quarter {estimates.won_last_quarter:,.2f} × {1 + growth:g}")
    else:
        _comment(settings, "target", f"asked for; won in the last quarter {estimates.won_last_quarter:,.2f}")
    settings["base_period"] = f"last quarter, {windows.last_quarter}"
    settings["description"] = (
        f"Made from a CRM export (mapping {mapping.name}): what was known before {as_of}. Open deals are worth list "
        "price × usual discount. Renewals, cross-selling, marketing and holidays are not in the export and not here."
    )
    settings["calendar"] = _map(start=request.start, weeks=request.weeks)
    _comment(settings["calendar"], "start", f"the Monday on or after {as_of}; no holidays are known: add yours")
    settings["process"] = _process(estimates, assumed, figures)
    values = [f"{product.name}: {product.open_value.basis}" for product in estimates.products]
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
    settings["maturities"] = [_map(id=name, name=f"{name} market", growth=growth) for name in sorted(named)]
    for entry in settings["maturities"]:
        _comment(entry, "growth", "target ÷ last quarter − 1, so that the regions' targets add up to the target")
    settings["customer_tiers"] = _customer_tiers(assumed, figures)
    settings["money"] = copy.deepcopy(nodes["money"])
    settings["rules"] = _rules(estimates, ids)
    settings["risks"] = [risk for risk in copy.deepcopy(nodes["risks"]) if _in_reach(risk, estimates)]
    kept = {risk["id"] for risk in settings["risks"]}
    settings["contingency_plans"] = [
        _priced(plan, assumed, target)
        for plan in copy.deepcopy(nodes["contingency_plans"])
        if plan["trigger"]["strike"] in kept
    ]
    _comment_section(settings, "risks", "Not in a CRM export: sourced defaults.")
    _comment_section(settings, "contingency_plans", "Costs are assumed shares of the target (D): put in your own.")
    settings["uncertainty"] = [*_win_rates_unknown(estimates), *copy.deepcopy(nodes["uncertainty"])]
    settings["assumptions"] = _assumptions(estimates, ids, assumed, figures, settings)
    _comment_section(
        settings,
        "assumptions",
        "Where the figures come from. own = estimated from this export, count = deals behind it.",
    )
    return settings


def _process(estimates: Estimates, assumed: Assumed, figures: Mapping[str, Figure]) -> CommentedMap:
    conversion = figures[f"process.stages.{STAGE}.conversion"]
    stage = _map(
        id=STAGE,
        name="Engaging",
        conversion=conversion.value,
        cycle_share=1,
        touches=assumed.touches,
        touch_hours=significant(estimates.touch_hours),
    )
    _comment(stage, "conversion", conversion.basis)
    _comment(stage, "touches", "assumed (D); the reps' hours_per_week rest on touches × touch_hours")
    _comment(stage, "touch_hours", "assumed (D)")
    mix = _map(**{tier: figures[f"process.lead_tier_mix.{tier}"].value for tier in sorted(estimates.lead_tier_mix)})
    mix.fa.set_flow_style()
    process = _map(
        stages=[stage],
        qualified_stage=STAGE,
        cycle_sigma=figures["process.cycle_sigma"].value,
        value_sigma=figures["process.value_sigma"].value,
        lead_tier_mix=mix,
        orphan_win_factor=assumed.orphan_win_factor,
    )
    for field in ("cycle_sigma", "value_sigma"):
        _comment(process, field, figures[f"process.{field}"].basis)
    _comment(process, "lead_tier_mix", figures[f"process.lead_tier_mix.{min(mix)}"].basis)
    _comment(process, "orphan_win_factor", "assumed (A)")
    return process


def _customer_tiers(assumed: Assumed, figures: Mapping[str, Figure]) -> list[CommentedMap]:
    tiers = []
    for tier in sorted(assumed.customer_tiers):
        defaults, figure = assumed.customer_tiers[tier], figures[f"customer_tiers.{tier}.win_rate"]
        entry = _map(
            id=tier,
            name=defaults.name,
            priority=defaults.priority,
            win_rate=figure.value,
            touches_per_week=_plain(defaults.touches_per_week),
        )
        _comment(entry, "win_rate", figure.basis)
        _comment(entry, "touches_per_week", "assumed (D)")
        tiers.append(entry)
    return tiers


def _rules(estimates: Estimates, ids: _Ids) -> list[CommentedMap]:
    """T1, T3 and quotas by rep in the shares of the last quarter, soft; quotas add up to the target, hard."""
    quarter = estimates.windows.last_quarter
    by_tier: dict[str, float] = {}
    for product in estimates.products:
        by_tier[product.tier] = by_tier.get(product.tier, 0.0) + product.won_last_quarter
    by_rep = {ids.reps[rep.name]: rep.won_last_quarter for rep in estimates.reps}
    unit = 1.0
    while max(by_tier.values()) / unit > RANGE_LIMIT:
        unit *= 1000
    total = _map(
        id="total",
        sentence="The quotas add up to the target.",
        left=_map(over="quota"),
        sense="=",
        ratio=1.0,
        right="target",
        firmness="hard",
    )
    source = f"shares of the last quarter, {quarter}"
    t1 = _map(
        id="T1",
        sentence="Each product tier keeps its share of the last quarter's sales.",
        left=_map(over="quota"),
        each="product_tier",
        sense="=",
        ratio=_shares("product_tier", by_tier, unit),
        right="target",
        firmness="soft",
        priority=2,
        source=source,
    )
    t3 = _map(
        id="T3",
        sentence="Regions share the target in proportion to their sales of the last quarter × (1 + growth).",
        left=_map(over="quota"),
        each="region",
        sense="=",
        ratio=_map(proportional_to="planned_amount"),
        right="target",
        firmness="soft",
        priority=2,
        source=source,
    )
    t5 = _map(
        id="T5",
        sentence="Each rep's quota is in proportion to the rep's sales of the last quarter.",
        left=_map(over="quota"),
        each="rep",
        sense="=",
        ratio=_shares("rep", by_rep, unit),
        right="target",
        firmness="soft",
        priority=3,
        source=source,
    )
    for rule in (t1, t5):
        unit_text = "" if unit == 1 else f", in units of {unit:,.0f}"
        _comment(rule["ratio"], "normalised", f"divided by their sum; values are sales of the last quarter{unit_text}")
    return [total, t1, t3, t5]


def _shares(by: str, amounts: Mapping[str, float], unit: float) -> CommentedMap:
    values = _map(**{key: _plain(round(amounts[key] / unit, 6)) for key in sorted(amounts)})
    return _map(by=by, normalised=True, values=values)


def _in_reach(risk: Any, estimates: Estimates) -> bool:
    """Whether what a risk strikes is in the plan: no churn without accounts, no price war without star products."""
    return risk["subject"] != "account" or bool(estimates.accounts)


def _priced(plan: Any, assumed: Assumed, target: float) -> Any:
    """The contingency plan with its costs in money, two digits."""
    costs = assumed.costs_per_target.get(plan["id"])
    position = list(plan).index("effects")
    for field, share in reversed(costs.model_dump(exclude_none=True).items() if costs else ()):
        plan.insert(position, field, _plain(significant(share * target, 2)))
    return plan


def _win_rates_unknown(estimates: Estimates) -> list[CommentedMap]:
    """True win rates as Beta around the estimates: standard deviation √(p (1 − p) ÷ n)."""
    entries = []
    for tier, figure in sorted(estimates.win_rate_by_tier.items()):
        rate, count = significant(figure.value), figure.count or estimates.win_rate.count
        spread = _map(kind="beta", mean=rate, sd=significant(math.sqrt(rate * (1 - rate) / max(count, 2)), 3))
        spread.fa.set_flow_style()
        entry = _map(
            id=f"U-win-{tier}",
            name=f"True win rate of {tier} customers",
            parameter="win_rate",
            scope=_map(customer_tier=[tier]),
            distribution=spread,
            source=f"sampling error of {count:,} deals",
            grade="own",
        )
        entries.append(entry)
    return entries


def _assumptions(
    estimates: Estimates, ids: _Ids, assumed: Assumed, figures: Mapping[str, Figure], settings: CommentedMap
) -> CommentedSeq:
    entries = []
    for path, figure in figures.items():
        if figure.count or path.startswith("reps."):
            entries.append(_map(path=path, grade="own", count=figure.count, source=figure.basis))
        else:
            entries.append(_map(path=path, grade="D", source=figure.basis))
    margins = "not in a CRM export; the same for all products, so it does not steer the allocation"
    entries += [
        _map(path=f"products.{ids.products[product.name]}.margin", grade="D", source=margins)
        for product in estimates.products
    ]
    present = {f"{section}.{entry['id']}" for section in ("risks", "contingency_plans") for entry in settings[section]}
    for assumption in assumed.assumptions:
        section, _, rest = assumption.path.partition(".")
        if section not in ("risks", "contingency_plans") or f"{section}.{rest.partition('.')[0]}" in present:
            entries.append(_map(**assumption.model_dump(exclude_none=True)))
    for entry in entries:
        entry.fa.set_flow_style()
    return CommentedSeq(entries)


def _present(names: Mapping[str, str], used: Iterable[str]) -> CommentedMap:
    wanted = set(used)
    return _map(**{key: name for key, name in names.items() if key in wanted})


def _map(**entries: Any) -> CommentedMap:
    return CommentedMap(entries)


def _comment(node: CommentedMap, key: str, text: str) -> None:
    node.yaml_add_eol_comment(text, key)


def _comment_section(node: CommentedMap, key: str, text: str) -> None:
    node.yaml_set_comment_before_after_key(key, text)


def _plain(value: float) -> int | float:
    """A whole number as one: 2 rather than 2.0."""
    return int(value) if float(value).is_integer() else value


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written to a table")
    return format(_plain(value), ".15g") if isinstance(_plain(value), float) else str(_plain(value))


def _typed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as a loader hands them to the plan's types: blank cells absent, a list of regions as a list."""
    return [{key: cell.split(";") if key == "regions" else cell for key, cell in row.items() if cell} for row in rows]


def _yaml_text(settings: CommentedMap) -> str:
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=2, offset=0)
    stream = io.StringIO()
    yaml.dump(settings, stream)
    sections = "|".join(name for name, value in settings.items() if isinstance(value, dict | list))
    return re.sub(rf"\n+((?:# [^\n]*\n)*(?:{sections}):)", r"\n\n\1", stream.getvalue())


def _csv_text(rows: Sequence[Row]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
