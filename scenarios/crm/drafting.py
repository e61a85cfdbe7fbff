"""From estimates to a plan: its tables, and the plan as a whole before it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml.comments import CommentedMap

from scenarios.calibration.figures import Figure
from scenarios.columns import NOTE
from scenarios.crm.estimates import Estimates
from scenarios.crm.mapping import Assumed
from scenarios.crm.mapping import Mapping as ColumnMapping
from scenarios.crm.own_figures import STAGES, Ids, newcomers_of, own_figures
from scenarios.crm.renewals import DueContract
from scenarios.crm.settings import settings_of
from scenarios.crm.telling import Say, told_rows, told_settings, told_yaml
from scenarios.crm.writing import Row, csv_text, number, significant, slugs, yaml_text
from scenarios.errors import UsageError
from scenarios.plan import Plan

__all__ = ["IMPORTED", "IMPORTED_RENEWAL", "IMPORTED_STAGE", "Draft", "Request", "draft_plan", "renewal_mark"]

IMPORTED = {"rep": "#imported rep", "customer_tier": "#imported tier"}
"""Field of an account → note in its table by which a refresh knows whether it was edited since."""
IMPORTED_RENEWAL = "#imported renewal"
"""The same of the contract of an account that comes up in the quarter, where there is a file of contracts."""
IMPORTED_STAGE = "#imported stage"
"""The same of the stage of a deal, where the export says it."""
LEAST_LEADS = 0.01
"""Leads of a product that a rep has to expect in a quarter for a row of their own."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the planner asks for."""

    as_of: dt.date
    target: float | None
    growth: float
    weeks: int
    first_day: dt.date | None = None
    """Of the quarter; None: the Monday on or after the date."""

    @property
    def start(self) -> dt.date:
        """First day of the quarter."""
        return self.first_day or self.as_of + dt.timedelta(days=-self.as_of.weekday() % 7)


@dataclass(frozen=True, eq=False)
class Draft:
    """A plan before it is written."""

    settings: CommentedMap
    """plan.yaml."""
    tables: Mapping[str, Sequence[Row]]
    figures: Mapping[str, Figure]
    """Path → own estimate."""
    target: float
    plan: Plan
    ids: Ids

    def texts(self, say: Say) -> dict[str, str]:
        """File name → text, what is in our words said by ``say``."""
        texts = {"plan.yaml": told_yaml(yaml_text(told_settings(self.settings, say)), say)}
        return texts | {f"{name}.csv": csv_text(told_rows(rows, say)) for name, rows in self.tables.items() if rows}


def draft_plan(estimates: Estimates, mapping: ColumnMapping, assumed: Assumed, nodes: Any, request: Request) -> Draft:
    """The plan that the estimates and, where they are silent, the sourced defaults make; ``nodes`` are the latter's."""
    ids = Ids(
        slugs([product.name for product in estimates.products]),
        slugs([name for name, _ in estimates.regions]),
        slugs([rep.name for rep in estimates.reps]),
        slugs([account.name for account in estimates.accounts]),
        slugs([deal.id for deal in estimates.open_deals], lower=False),
        slugs(estimates.stages.names if estimates.stages else ()),
        slugs([invoice.id for invoice in (estimates.invoices.open if estimates.invoices else ())], lower=False),
    )
    target = round(request.target or estimates.won_last_quarter * (1 + request.growth), 2)
    growth = significant(target / estimates.won_last_quarter - 1)
    if not -1 < growth <= 10:
        raise UsageError(
            f"--target {target:,.0f} is {target / estimates.won_last_quarter:.3g} times the last quarter's "
            f"{estimates.won_last_quarter:,.0f}; a plan takes up to 11 times"
        )
    figures = own_figures(estimates, ids, request.weeks, assumed)
    tables = _tables(estimates, ids, mapping, assumed, request, figures)
    settings = settings_of(estimates, ids, mapping, assumed, nodes, request, target, growth, figures)
    plan = Plan.model_validate({**settings, **{name: _typed(rows) for name, rows in tables.items()}})
    return Draft(settings, tables, figures, target, plan, ids)


def _tables(
    estimates: Estimates,
    ids: Ids,
    mapping: ColumnMapping,
    assumed: Assumed,
    request: Request,
    figures: Mapping[str, Figure],
) -> dict[str, list[Row]]:
    """Rows of every table as they are written, in order of ids."""
    newcomers = newcomers_of(estimates, assumed, request.start)
    products = []
    for product in estimates.products:
        path = f"products.{ids.products[product.name]}"
        products.append(
            {
                "id": ids.products[product.name],
                "name": product.name,
                "tier": product.tier,
                "mean_deal": number(figures[f"{path}.mean_deal"].value),
                "median_cycle_days": number(figures[f"{path}.median_cycle_days"].value),
                "margin": number(assumed.margin),
                "list_price": "" if product.list_price is None else number(product.list_price),
            }
        )
    regions = [
        {
            "id": ids.regions[name],
            "name": name,
            "maturity": mapping.maturities.get(name, mapping.default_maturity),
            "base_amount": number(round(won, 2)),
        }
        for name, won in estimates.regions
    ]
    reps = [
        {
            "id": ids.reps[rep.name],
            "name": rep.name,
            "tier": rep.tier,
            "regions": ids.regions[rep.region],
            "hours_per_week": number(figures[f"reps.{ids.reps[rep.name]}.hours_per_week"].value),
            "last_quarter_sales": number(round(rep.won_last_quarter, 2)),
            "joined": newcomers[rep.name].isoformat() if rep.name in newcomers else "",
            "performance": f"rank {rep.rank} of {len(estimates.reps)} by won value in the last quarter",
        }
        for rep in estimates.reps
    ]
    contracts = due_in_quarter(estimates, request)
    accounts = [
        {
            "id": ids.accounts[account.name],
            "name": account.name,
            "customer_tier": account.tier,
            "region": ids.regions[account.region],
            "rep": ids.reps[account.rep],
            "industry": account.industry,
            IMPORTED["rep"]: ids.reps[account.rep],
            IMPORTED["customer_tier"]: account.tier,
            **(_renewal(contracts.get(account.name), ids) if estimates.renewals else {}),
        }
        for account in estimates.accounts
    ]

    def stage_of(deal: str) -> str:
        passed = estimates.stages
        return STAGES[0] if passed is None else ids.stages[passed.names[passed.at.get(deal, 0)]]

    opportunities = [
        {
            "id": ids.deals[deal.id],
            "product": ids.products[deal.product],
            "region": ids.regions[deal.region],
            "rep": ids.reps[deal.rep],
            "customer_tier": deal.tier,
            "stage": stage_of(deal.id),
            "value": number(max(round(deal.value, 2), 0.01)),
            "created": deal.engaged.isoformat(),
            "account": ids.accounts.get(deal.account, ""),
            **({IMPORTED_STAGE: stage_of(deal.id)} if estimates.stages else {}),
        }
        for deal in estimates.open_deals
    ]
    region_of = {rep.name: rep.region for rep in estimates.reps}
    leads = [
        {
            "id": f"{ids.products[product]}_{ids.reps[rep]}",
            "product": ids.products[product],
            "region": ids.regions[region_of[rep]],
            "rep": ids.reps[rep],
            "accepted_per_quarter": number(significant(rate * request.weeks)),
        }
        for (product, rep), rate in sorted(estimates.calibration.leads.items())
        if rate * request.weeks >= LEAST_LEADS
    ]
    receivables = [
        {
            "id": ids.invoices[invoice.id],
            "amount": number(max(round(invoice.amount, 2), 0.01)),
            "due_date": invoice.due.isoformat(),
            "account": ids.accounts.get(invoice.account, ""),
        }
        for invoice in (estimates.invoices.open if estimates.invoices else ())
    ]
    tables = {
        "products": products,
        "regions": regions,
        "reps": reps,
        "accounts": accounts,
        "opportunities": opportunities,
        "receivables": receivables,
        "baseline_leads": leads,
    }
    return {name: sorted(rows, key=lambda row: row["id"]) for name, rows in tables.items()}


def due_in_quarter(estimates: Estimates, request: Request) -> dict[str, DueContract]:
    """Account → what comes up in the quarter: of several contracts their sum, on the day of the greatest."""
    end = request.start + dt.timedelta(weeks=request.weeks)
    found: dict[str, DueContract] = {}
    for contract in estimates.renewals.due if estimates.renewals else ():
        if request.start <= contract.due < end:
            other = found.get(contract.account)
            greatest = contract if other is None or contract.amount > other.amount else other
            whole = contract.amount + (other.amount if other else 0.0)
            found[contract.account] = replace(greatest, amount=whole)
    return found


def renewal_mark(amount: float, day: dt.date | None, product: str | None) -> str:
    """A contract in one cell, by which a refresh knows whether it was edited; empty where none comes up."""
    return "" if day is None or product is None or amount == 0 else f"{number(amount)} {day} {product}"


def _renewal(contract: DueContract | None, ids: Ids) -> Row:
    if contract is None:
        return {"product": "", "renewal_amount": "", "renewal_date": "", IMPORTED_RENEWAL: ""}
    amount, product = round(contract.amount, 2), ids.products[contract.product]
    return {
        "product": product,
        "renewal_amount": number(amount),
        "renewal_date": contract.due.isoformat(),
        IMPORTED_RENEWAL: renewal_mark(amount, contract.due, product),
    }


def _typed(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as a loader hands them to the plan's types: blank cells and notes absent, a list of regions as one."""
    return [
        {key: cell.split(";") if key == "regions" else cell for key, cell in row.items() if cell and key[0] != NOTE}
        for row in rows
    ]
