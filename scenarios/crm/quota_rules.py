"""Rules of an imported plan: quotas in the shares of the last quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

from scenarios.crm.estimates import Estimates
from scenarios.crm.own_figures import Ids
from scenarios.crm.writing import commented, plain

__all__ = ["quota_rules"]

RANGE_LIMIT = 1e5
"""Sums in rules are written in a unit in which none exceeds this."""


def quota_rules(estimates: Estimates, ids: Ids) -> list[CommentedMap]:
    """T1, T3 and quotas by rep in the shares of the last quarter, soft; quotas add up to the target, hard."""
    by_tier: dict[str, float] = {}
    for product in estimates.products:
        by_tier[product.tier] = by_tier.get(product.tier, 0.0) + product.won_last_quarter
    by_rep = {ids.reps[rep.name]: rep.won_last_quarter for rep in estimates.reps}
    unit = 1.0
    while max(by_tier.values()) / unit > RANGE_LIMIT:
        unit *= 1000
    soft = {"firmness": "soft", "source": f"shares of the last quarter, {estimates.windows.last_quarter}"}
    return [
        _rule("total", "The quotas add up to the target.", None, 1.0, firmness="hard"),
        _rule(
            "T1",
            "Each product tier keeps its share of the last quarter's sales.",
            "product_tier",
            _shares("product_tier", by_tier, unit),
            priority=2,
            **soft,
        ),
        _rule(
            "T3",
            "Regions share the target in proportion to their sales of the last quarter × (1 + growth).",
            "region",
            commented(proportional_to="planned_amount"),
            priority=2,
            **soft,
        ),
        _rule(
            "T5",
            "Each rep's quota is in proportion to the rep's sales of the last quarter.",
            "rep",
            _shares("rep", by_rep, unit),
            priority=3,
            **soft,
        ),
    ]


def _rule(id: str, sentence: str, each: str | None, ratio: Any, **more: Any) -> CommentedMap:
    """Quotas, of all or of each, are a share of the target."""
    rule = commented(id=id, sentence=sentence, left=commented(over="quota"))
    if each is not None:
        rule["each"] = each
    rule |= {"sense": "=", "ratio": ratio, "right": "target", "firmness": more.pop("firmness")}
    return commented(**rule, **{key: more[key] for key in ("priority", "source") if key in more})


def _shares(by: str, amounts: Mapping[str, float], unit: float) -> CommentedMap:
    values = commented(**{key: plain(round(amounts[key] / unit, 6)) for key in sorted(amounts)})
    shares = commented(by=by, normalised=True, values=values)
    text = "divided by their sum; values are sales of the last quarter"
    if unit != 1:
        text = f"divided by their sum; values are sales of the last quarter, in units of {unit:,.0f}"
    shares.yaml_add_eol_comment(text, "normalised")
    return shares
