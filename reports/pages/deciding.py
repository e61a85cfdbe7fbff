"""Parts that the pages of deciding studies share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reports.specs import Block, Heading, Sentence, Tone
from reports.wording import Scale, Wording
from studies.results import Estimate

__all__ = ["chance", "half", "heading", "kpi_value", "points", "signed", "verdicts"]


class Judged(Protocol):
    """A contingency plan with a verdict."""

    @property
    def plan(self) -> str:
        """Its id."""

    @property
    def verdict(self) -> str:
        """As the study gives it."""


def verdicts(words: Wording, lines: Sequence[Judged], tone: Tone = "headline") -> list[Block]:
    """Which contingency plans to buy, which not to, and of how many nothing can be told, in a sentence."""
    if not lines:
        return []
    found = {verdict: [line.plan for line in lines if line.verdict == verdict] for verdict in ("buy", "do not buy")}
    bought, refused = found["buy"], found["do not buy"]
    texts = [words.say("plans.buy", plans=words.listed(bought)) if bought else words.say("plans.buy_none")]
    if refused:
        texts.append(words.say("plans.refuse", plans=words.listed(refused)))
    if open_ones := len(lines) - len(bought) - len(refused):
        texts.append(words.count("plans.undecided", open_ones))
    return [Sentence(words.joined(*texts), tone)]


def heading(
    words: Wording, title: str, plan: str, allocation: str, n: int, seed: int, currency: str, **blanks: str
) -> Heading:
    """What is asked of which plan, on what it rests."""
    detail = words.say(
        "decide.detail", allocation=allocation, n=words.money(n), seed=seed, currency=words.currency(currency)
    )
    return Heading(words.say(title, plan=plan, **blanks), detail)


def half(figure: Estimate) -> float:
    """Half the width of an interval."""
    return (figure.ci_high - figure.ci_low) / 2


def chance(words: Wording, figure: Estimate) -> str:
    """A chance with half its interval in points."""
    return f"{words.percent(figure.mean)} {words.within_points(half(figure))}"


def points(words: Wording, figure: Estimate) -> str:
    """A difference of chances in points, with half its interval."""
    return f"{words.points(figure.mean)} {words.within_points(half(figure))}"


def signed(scale: Scale, figure: Estimate) -> str:
    """A difference in money with its sign, with half its interval."""
    return f"{scale.signed(figure.mean)} {scale.within(half(figure))}"


def kpi_value(words: Wording, figure: Estimate, unit: str) -> str:
    """A KPI with half its interval."""
    return f"{words.value(figure.mean, unit)} {words.half_width(figure.ci_low, figure.ci_high, unit)}"
