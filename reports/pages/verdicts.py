"""Verdicts on pages: in the tone of their meaning, those on plans in a sentence, and which differences count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from reports.specs import Block, Mark, Sentence, Tone
from reports.wording import Wording
from studies.results import Margins

__all__ = ["TONES", "size_that_matters", "smallest_difference", "verdict_mark", "verdicts"]

TONES: Mapping[str, Tone] = {
    "better": "good",
    "buy": "good",
    "cannot tell": "warning",
    "cannot tell yet": "warning",
    "do not buy": "bad",
    "harmless": "good",
    "helps": "good",
    "hurts": "warning",
    "never triggered": "quiet",
    "no difference": "quiet",
    "does not matter": "quiet",
    "worse": "bad",
}
_EQUIVALENT = "does not matter"


class Judged(Protocol):
    """A contingency plan with a verdict."""

    @property
    def plan(self) -> str:
        """Its id."""

    @property
    def verdict(self) -> str:
        """As the study gives it."""


def verdict_mark(words: Wording, verdict: str) -> Mark:
    """A verdict in the reader's language, in the tone of its meaning."""
    return Mark(words.choose("verdict", verdict, verdict), TONES.get(verdict, "plain"))


def verdicts(words: Wording, lines: Sequence[Judged], size: str, tone: Tone = "headline") -> list[Block]:
    """Which contingency plans to buy, which not to, which matter to nobody, and of how many nothing can be told.

    ``size`` is the smallest difference that matters.
    """
    if not lines:
        return []
    bought, refused, equal = (
        [line.plan for line in lines if line.verdict == verdict] for verdict in ("buy", "do not buy", _EQUIVALENT)
    )
    texts = [words.say("plans.buy", plans=words.listed(bought)) if bought else words.say("plans.buy_none")]
    if refused:
        texts.append(words.say("plans.refuse", plans=words.listed(refused)))
    if equal:
        texts.append(words.say("plans.equivalent", plans=words.listed(equal), size=size))
    if open_ones := len(lines) - len(bought) - len(refused) - len(equal):
        texts.append(words.count("plans.undecided", open_ones))
    return [Sentence(words.joined(*texts), tone)]


def size_that_matters(words: Wording, margins: Margins, currency: str, kpi: str) -> str:
    """The smallest difference that matters: of chances in points, of all else in money."""
    if kpi == "p_target":
        return words.say("decide.points", points=words.figure(margins.chance * 100))
    return words.short_in(margins.amount, currency)


def smallest_difference(
    words: Wording, margins: Margins, currency: str, judged: Iterable[tuple[str, str]]
) -> tuple[str, ...]:
    """Below which size a difference counts as none, of verdicts on (KPI, verdict) that say so."""
    kpis = {"p_target" if kpi == "p_target" else "money" for kpi, verdict in judged if verdict == _EQUIVALENT}
    return tuple(
        words.say("verdict.equivalent_note", size=size_that_matters(words, margins, currency, kpi))
        for kpi in sorted(kpis)
    )
