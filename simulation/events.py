"""The registry's events: what each of them does to whom it strikes.

A risk's strike ends in an event after its notice, and a contingency plan may bring one about. Nothing else happens at
once: whatever is smaller is an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from scenarios.effects import EventName
from scenarios.risks import EventFigures
from simulation.accounts import Account
from simulation.future import addon_chance
from simulation.handover import rep_leaves
from simulation.model import DealStart
from simulation.opportunities import Opportunity

if TYPE_CHECKING:
    from simulation.quarter import Quarter

__all__ = ["EVENT_HANDLERS", "Happening"]


class Happening(NamedTuple):
    """An event that happens now."""

    subject: str
    """Id of the rep or account that it strikes."""
    figures: EventFigures
    plan: str | None = None
    """Contingency plan that brings it about; what it acts on is counted as a use."""


def _rep_leaves(quarter: Quarter, happening: Happening) -> None:
    """The rep works no more (K5)."""
    rep_leaves(quarter, happening.subject)


def _account_lost(quarter: Quarter, happening: Happening) -> None:
    """The customer goes (K7)."""
    _account(quarter, happening).lose(quarter)


def _decision_maker_changes(quarter: Quarter, happening: Happening) -> None:
    """Open opportunities fall back and wait until the new decision-maker has been won over (K4)."""
    figures, stages = happening.figures, quarter.model.plan.process
    stage = None if figures.back_to_stage is None else stages.stage_number(figures.back_to_stage)
    for deal in _open_deals(quarter, happening):
        deal.fall_back(quarter, stage, figures.stall_days)


def _deal_shrinks(quarter: Quarter, happening: Happening) -> None:
    """Open opportunities fall to a share of their value (K3)."""
    for deal in _open_deals(quarter, happening):
        share = quarter.board.value("shrink_share", happening.figures.shrink_share, deal.keys, deal.id)
        deal.change_value(quarter, deal.value * share)


def _deal_splits(quarter: Quarter, happening: Happening) -> None:
    """Open opportunities go on with their base part; the add-on starts later, at its own stage (K3's answer)."""
    figures, account = happening.figures, _account(quarter, happening)
    for deal in _open_deals(quarter, happening):
        share = quarter.board.value("base_share", figures.base_share, deal.keys, deal.id)
        if share == 1:
            continue
        base = deal.value * share
        rest, deal.splits = deal.value - base, deal.splits + 1
        id = f"{deal.id}/add_on{deal.splits}"
        deal.change_value(quarter, base)
        if happening.plan is not None:
            quarter.board.uses.setdefault(happening.plan, set()).add(deal.id)
        start = partial(_addon_starts, quarter, account, deal, id, rest, figures.addon_stage)
        quarter.at(quarter.env.now + figures.addon_delay_days, start)


def _addon_starts(
    quarter: Quarter, account: Account, base: Opportunity, id: str, value: float, stage: str | None
) -> None:
    """The add-on of a split opportunity is taken up, unless the customer went or decided against the base part."""
    if account.lost or base.outcome == "lost":
        return
    start = DealStart(
        id=id,
        source="add_on",
        product=base.product,
        region=base.region,
        tier=base.tier,
        account=account.number,
        industry=base.industry,
        rep=account.rep,
        stage=0 if stage is None else quarter.model.plan.process.stage_number(stage),
        value=value,
        created=quarter.env.now,
    )
    quarter.begin(start, addon_chance(quarter.model, quarter.future, id, base.product))


def _account(quarter: Quarter, happening: Happening) -> Account:
    return quarter.accounts[quarter.model.account_number[happening.subject]]


def _open_deals(quarter: Quarter, happening: Happening) -> Iterator[Opportunity]:
    deals = _account(quarter, happening).opportunities
    return (deal for deal in tuple(deals) if deal.outcome == "open")


EVENT_HANDLERS: dict[EventName, Callable[[Quarter, Happening], None]] = {
    "rep_leaves": _rep_leaves,
    "account_lost": _account_lost,
    "decision_maker_changes": _decision_maker_changes,
    "deal_shrinks": _deal_shrinks,
    "deal_splits": _deal_splits,
}
"""What each event of the registry does."""
