"""The page of a selection: which contingency plans to hold, what that promises, what more money would bring."""

from __future__ import annotations

from collections.abc import Sequence

from reports.pages.estimates import points, signed
from reports.pages.parts import changes, money_title, quarter_heading, row
from reports.specs import Block, Column, Page, Sentence, Table
from reports.wording import Scale, Wording
from studies.decisions.selecting import PlanSetRow, SelectResult
from studies.decisions.set_choice import MOST_PLANS
from studies.results import Estimate

__all__ = ["selection_page"]


def selection_page(result: SelectResult, words: Wording, source: str = "PLAN") -> Page:
    """The chosen set first, then how sure that is, then sets beside it."""
    every = (result.chosen, *result.rivals, *result.frontier)
    scale = words.scale(
        x for line in every for x in (line.cost.mean, line.gain_contribution.mean, line.gain_contribution.half_width)
    )
    blocks: list[Block] = [
        quarter_heading(words.say("select.title", plan=result.plan), result, words),
        *_headline(result, words, scale),
        Sentence(words.say(f"select.criterion.{result.criterion}")),
        *_budget(result, words),
        *changes(words, "changes.title", result.changes),
        _table(words, "select.rivals", (result.chosen, *result.rivals), result, scale),
        _table(words, "select.frontier", result.frontier, result, scale),
        *_left_out(result, words),
        Sentence(
            words.say(
                "select.figures",
                figures=words.money(result.figures),
                equal=words.money(result.figures_equal),
                ran=words.money(result.quarters_run),
            ),
            "quiet",
        ),
    ]
    return Page(tuple(blocks))


def _headline(result: SelectResult, words: Wording, scale: Scale) -> list[Block]:
    chosen, unit = result.chosen, f" {scale.unit}".rstrip()
    names = words.listed(chosen.plans)
    key = "select.headline" if result.promised or result.criterion == "cvar" else "select.headline_open"
    says = words.say(key, plans=names) if names else words.say(f"{key}_none")
    blocks: list[Block] = [Sentence(says, "headline")]
    if chosen.plans:
        gain = words.say(
            "select.gain",
            contribution=f"{signed(scale, chosen.gain_contribution)}{unit}",
            chance=points(words, chosen.gain_p_target),
            cost=words.short(chosen.cost.mean),
            reserve=words.short(chosen.cost_p90),
        )
        blocks.append(Sentence(gain))
        if result.criterion == "cvar":
            text = words.say(
                "select.gain_tail",
                gain=_between(chosen.gain, words),
            )
            blocks.append(Sentence(text))
    return [*blocks, _promise(result, words)]


def _promise(result: SelectResult, words: Wording) -> Sentence:
    delta = words.short(result.delta)
    if result.criterion == "p_target":
        delta = words.say("decide.points", points=words.figure(result.delta * 100))
    n = words.money(result.replications)
    if result.method == "heuristic":
        gap = max(result.gap or 0.0, 0.0)  # below zero the greedy set is better than the program's own best
        shown = words.points(gap) if result.criterion == "p_target" else words.short(gap)
        return Sentence(words.say("select.heuristic", most=MOST_PLANS, gap=shown), "warning")
    if result.criterion == "cvar":
        share = words.percent(result.chosen.p_best or 0.0, 0)
        return Sentence(words.say("select.tail", n=n, share=share), "warning")
    if result.promised:
        confidence = words.percent(result.confidence, 0)
        return Sentence(words.say("select.promise", confidence=confidence, delta=delta, n=n), "good")
    return Sentence(words.say("select.no_promise", n=n, delta=delta), "warning")


def _between(figure: Estimate, words: Wording) -> str:
    mean, low, high = (words.short(amount) for amount in (figure.mean, figure.ci_low, figure.ci_high))
    return words.say("decide.between", mean=mean, low=low, high=high)


def _budget(result: SelectResult, words: Wording) -> list[Block]:
    sets = words.money(result.sets)
    if result.budget is None or result.affordable is None:
        return [Sentence(words.say("select.no_budget", sets=sets))] if result.budget is None else []
    budget = words.short(result.budget)
    blocks: list[Block] = [
        Sentence(words.say("select.budget", budget=budget, affordable=words.money(result.affordable), sets=sets))
    ]
    cost = result.chosen.cost
    if cost.ci_high > result.budget:
        blocks.append(Sentence(words.say("select.over", cost=_between(cost, words)), "warning"))
    return blocks


def _table(words: Wording, title: str, rows: Sequence[PlanSetRow], result: SelectResult, scale: Scale) -> Table:
    columns = (
        Column(words.say("deciding.plans")),
        Column(words.say("deciding.cost"), "figure"),
        Column(words.say("deciding.cost_p90"), "figure", gives_way=3),
        Column(words.say("deciding.gain.contribution"), "figure"),
        Column(words.say("deciding.gain.cvar"), "figure", gives_way=1),
        Column(words.say("deciding.gain_chance"), "figure", gives_way=2),
        Column(words.say("deciding.behind"), "figure", gives_way=1),
        Column(words.say("deciding.p_best"), "figure", gives_way=4),
    )
    is_chance, is_tail = result.criterion == "p_target", result.criterion == "cvar"
    lines = []
    for line in rows:
        behind = "" if line.behind is None else points(words, line.behind) if is_chance else signed(scale, line.behind)
        lines.append(
            row(
                words.listed(line.plans) or words.say("select.nothing"),
                scale.of(line.cost.mean),
                scale.of(line.cost_p90),
                signed(scale, line.gain_contribution),
                signed(scale, line.gain) if is_tail else "",
                points(words, line.gain_p_target),
                behind if title == "select.rivals" else "",
                "" if line.p_best is None or title != "select.rivals" else words.percent(line.p_best, 0),
                strong=line.plans == result.chosen.plans,
            )
        )
    note = words.say(f"{title}_note", n=words.money(result.shown))
    return Table(money_title(words, title, scale, result.currency), columns, tuple(lines), (note,))


def _left_out(result: SelectResult, words: Wording) -> list[Block]:
    blocks: list[Block] = []
    if result.only_cost:
        blocks.append(Sentence(words.say("select.only_cost", plans=words.listed(result.only_cost))))
    if result.seldom:
        blocks.append(Sentence(words.say("select.seldom", plans=words.listed(result.seldom)), "warning"))
    return blocks
