"""The page of a study that was interrupted: what there is of it, said to be a part."""

from __future__ import annotations

from reports.pages.parts import kpi_table
from reports.specs import Block, Heading, Page, Sentence
from reports.wording import Wording
from studies.saved.unfinished import PartialResult

__all__ = ["unfinished_page"]


def unfinished_page(result: PartialResult, words: Wording, source: str = "PLAN") -> Page:
    """KPIs of the quarters that are done, below a warning that this is no answer yet."""
    n = words.money(result.replications)
    part = words.say("unfinished.part", n=n, asked=words.money(result.asked), study=result.of)
    variant = words.say(
        "unfinished.variant",
        risks=words.listed(result.risks) or words.say("unfinished.none"),
        plans=words.listed(result.plans) or words.say("unfinished.none"),
    )
    blocks: list[Block] = [
        Heading(
            words.say("unfinished.title", plan=result.plan),
            words.say("unfinished.detail", n=n, seed=result.seed, currency=words.currency(result.currency)),
        ),
        Sentence(part, "warning"),
        Sentence(variant),
    ]
    if result.forced:
        blocks.append(Sentence(words.say("stress.forced", forced=words.listed(result.forced)), "warning"))
    go_on = words.say("unfinished.go_on", kept=words.money(result.kept), name=result.name)
    return Page((*blocks, kpi_table(words, result.kpis), Sentence(go_on, "quiet")))
