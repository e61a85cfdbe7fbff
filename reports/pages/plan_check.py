"""The page of a check: findings with their figures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reports.json_texts import check_json, print_json
from reports.specs import Block, Card, Heading, Listing, Page, Sentence
from reports.terminal import show
from reports.translating import translated
from reports.wording import Wording
from scenarios.checks import Finding, findings
from scenarios.plan import Plan

__all__ = ["check_page", "show_check"]


def check_page(plan: Plan, findings: Sequence[Finding], words: Wording) -> Page:
    """A plan without errors: what was read, so that a lost row or a nought too many shows; warnings, then notes."""
    warnings = [finding for finding in findings if finding.severity == "warning"]
    notes = [finding for finding in findings if finding.severity == "note"]
    blocks: list[Block] = [
        Heading(words.say("check.title", plan=plan.name)),
        Sentence(words.say("check.fine"), "good"),
        *_read(plan, words),
        Sentence(words.say("check.summary", warnings=len(warnings), notes=len(notes))),
    ]
    for title, group in (("check.warnings", warnings), ("check.notes", notes)):
        if group:
            known = set(_marks(plan.model_dump(mode="json")))
            blocks.append(Listing(words.say(title), tuple(_words(finding, known, words) for finding in group)))
    return Page(tuple(blocks))


def _read(plan: Plan, words: Wording) -> Iterator[Card]:
    def card(label: str, figure: str, key: str, **blanks: str) -> Card:
        return Card(words.say(label), figure, words.say(key, **blanks))

    planned = math.fsum(plan.planned_amount(region) for region in plan.regions)
    yield card(
        "card.target",
        words.money_in(plan.target, plan.currency),
        "check.read.target",
        n=str(len(plan.regions)),
        planned=words.money(planned),
    )
    tiers = Counter(rep.tier for rep in plan.reps)
    listed = words.listed(f"{tiers[tier]} {tier}" for tier in plan.rep_tiers if tiers[tier])
    yield card("check.read.reps", str(len(plan.reps)), "check.read.tiers", tiers=listed)
    value = words.money(math.fsum(deal.value for deal in plan.opportunities))
    yield card("check.read.open", str(len(plan.opportunities)), "check.read.worth", amount=value)
    due = [account.renewal_amount for account in plan.accounts if account.renewal_amount > 0]
    renewed = words.money(math.fsum(due))
    yield card("check.read.accounts", str(len(plan.accounts)), "check.read.due", n=str(len(due)), amount=renewed)
    owed = words.money(math.fsum(invoice.amount for invoice in plan.receivables))
    yield card("check.read.owed", str(len(plan.receivables)), "check.read.worth_owed", amount=owed)
    pools = words.money(math.fsum(pool.amount for pool in plan.money.pools))
    yield card("check.read.money", pools, "check.read.pools", n=str(len(plan.money.pools)))


def _words(finding: Finding, known: set[str], words: Wording) -> str:
    """What was found, and which of the rules that this plan speaks of it is about: a plan of one's own has no T5."""
    rules = [rule for rule in finding.rules if rule in known]
    if not rules:
        return translated(finding.message, words)
    return words.say("check.about", message=translated(finding.message, words), rules=words.listed(rules))


def _marks(value: Any, key: str = "") -> Iterator[str]:
    """Ids of a plan's entries, and the words of their sources, which name rules of a written plan."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _marks(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _marks(inner, key)
    elif isinstance(value, str) and key in ("id", "source"):
        yield from re.findall(r"[A-Za-z0-9][A-Za-z0-9_-]*", value)


def show_check(plan: Plan, json: bool, words: Wording) -> None:
    """Show what is worth knowing about a plan without errors."""
    found = findings(plan)
    if json:
        print_json(check_json(plan.name, found))
    else:
        show(check_page(plan, found, words), words)
