"""The page of a check: findings with their figures."""

from __future__ import annotations

from collections.abc import Sequence

from reports.json_texts import check_json, print_json
from reports.specs import Block, Heading, Listing, Page, Sentence
from reports.terminal import show
from reports.translating import translated
from reports.wording import Wording
from scenarios.checks import Finding, findings
from scenarios.plan import Plan

__all__ = ["check_page", "show_check"]


def check_page(plan: str, findings: Sequence[Finding], words: Wording) -> Page:
    """A plan without errors: warnings first, then notes."""
    warnings = [finding for finding in findings if finding.severity == "warning"]
    notes = [finding for finding in findings if finding.severity == "note"]
    blocks: list[Block] = [
        Heading(words.say("check.title", plan=plan)),
        Sentence(words.say("check.fine"), "good"),
        Sentence(words.say("check.summary", warnings=len(warnings), notes=len(notes))),
    ]
    for title, group in (("check.warnings", warnings), ("check.notes", notes)):
        if group:
            blocks.append(Listing(words.say(title), tuple(_words(finding, words) for finding in group)))
    return Page(tuple(blocks))


def _words(finding: Finding, words: Wording) -> str:
    if not finding.rules:
        return translated(finding.message, words)
    return words.say("check.about", message=translated(finding.message, words), rules=words.listed(finding.rules))


def show_check(plan: Plan, json: bool, words: Wording) -> None:
    """Show what is worth knowing about a plan without errors."""
    found = findings(plan)
    if json:
        print_json(check_json(plan.name, found))
    else:
        show(check_page(plan.name, found, words), words)
