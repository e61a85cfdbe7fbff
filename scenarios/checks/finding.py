"""A finding: what is no error and yet should be known, as a sentence with figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["SENTENCES", "Finding", "finding"]


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


def finding(
    kind: str,
    severity: Literal["warning", "note"],
    rules: tuple[str, ...],
    figures: Mapping[str, float],
    about: str = "",
    **words: str,
) -> Finding:
    """A finding with its sentence filled in; ``about`` tells several of one kind from each other."""
    message = SENTENCES[kind].format(**figures, **words)
    finding_id = f"{kind}.{about}" if about else kind
    return Finding(finding_id, severity, tuple(dict.fromkeys(rules)), message, dict(figures))
