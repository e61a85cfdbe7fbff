"""Commands that decide: which plans to hold, which allocation, what the answer rests on, what it would take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.arguments import PlanName, Plans, amount_of, share_of
from commands.asking import Options, export_to, refuse_existing
from commands.bundles import Changed, Page, Quarter, Sample, command

commands = typer.Typer()

_FOR_LEVERS, _FOR_TESTS, _FOR_RANGES = Sample(replications=300), Sample(replications=300), Sample(replications=100)


class By(StrEnum):
    """What the best set of contingency plans is best in."""

    contribution = "contribution"
    p_target = "p_target"
    cvar = "cvar"


class Explained(StrEnum):
    """What is explained."""

    signed = "signed"
    p_target = "p_target"
    contribution = "contribution"
    cash = "cash"


class Indices(StrEnum):
    """Indices over all ranges at once."""

    none = "none"
    morris = "morris"
    sobol = "sobol"


@command(commands, "quarterdeck select my-quarter --budget 60000 --criterion contribution")
def select(
    plan: PlanName,
    *,
    budget: Annotated[str | None, typer.Option(metavar="X", help="Most that a set may cost, expected.")] = None,
    criterion: Annotated[By, typer.Option(help="cvar: the worst tenth's mean contribution.")] = By.contribution,
    delta: Annotated[
        str | None, typer.Option(metavar="X", help="Difference that matters: money, or 2% of the target; points: 5%.")
    ] = None,
    confidence: Annotated[str, typer.Option(metavar="SHARE", help="With which it is promised.")] = "95%",
    among: Annotated[str | None, typer.Option(metavar="IDS", help="Contingency plans to choose from.")] = None,
    quarter: Quarter,
    replications: Annotated[int, typer.Option(min=20, max=10_000_000, help="Futures at most.")] = 400,
    page: Page,
) -> None:
    """Choose the best set of contingency plans under a budget."""
    most = None if budget is None else amount_of("--budget", budget)
    more: Options = {"budget": most, "criterion": criterion.value, "plans": among, "replications": replications}
    more |= {"confidence": share_of("--confidence", confidence), "delta": _delta(delta, criterion, plan)}
    page.answer(quarter.request("select", plan, **more))


def _delta(text: str | None, criterion: By, plan: str) -> float | None:
    """A share is one of the target, or points of chance; anything else is money."""
    if text is None:
        return None
    value = share_of("--delta", text)
    if not text.endswith("%") or criterion is By.p_target:
        return value
    return value * Changed().inputs(plan).plan.target


@command(commands, "quarterdeck recommend my-quarter --count 2 --replications 300")
def recommend(
    plan: PlanName,
    *,
    count: Annotated[int, typer.Option(min=1, max=20, help="Alternatives to look for.")] = 3,
    within: Annotated[str, typer.Option(metavar="SHARE", help="Contribution that one may give up: 1%.")] = "1%",
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write the first allocation to a file.")] = None,
    page: Page,
) -> None:
    """Rank allocations by what they come to on identical futures."""
    refuse_existing(export, "export.exists", page.words)
    more: Options = {"plans": plans, **sample.options, "count": count}
    request = quarter.request("recommend", plan, **more, within=share_of("--within", within))
    export_to(page.answer(request).allocation, export, page.words)


@command(commands, "quarterdeck explain my-quarter --kpi contribution --verdict K5-handover")
def explain(
    plan: PlanName,
    *,
    kpi: Annotated[Explained, typer.Option(help="What is explained.")] = Explained.signed,
    against: Annotated[
        str, typer.Option(metavar="NAME", help="Also: what turns this allocation against: even, literal, …")
    ] = "none",
    verdict: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A contingency plan to turn round; repeatable.")
    ] = None,
    figure: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Only these ranges; repeatable.")] = None,
    indices: Annotated[Indices, typer.Option(help="Over all ranges at once; takes far longer.")] = Indices.none,
    points: Annotated[int, typer.Option(min=2, max=4096, help="Trajectories of Morris, base sample of Sobol.")] = 8,
    data_request: Annotated[
        bool, typer.Option("--data-request", help="Write into data-request.csv what each request moves; rank by it.")
    ] = False,
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample = _FOR_RANGES,
    page: Page,
) -> None:
    """Say which of the figures that nobody knows the answer rests on, and what would turn the decision."""
    more: Options = {"plans": plans, **sample.options, "kpi": kpi.value, "against": against}
    more |= {"verdicts": verdict, "ranges": figure, "indices": indices.value, "points": points}
    if data_request and not figure:
        from reports.documents.request_sheet import read_request_sheet
        from reports.pages.measured_requests import ranges_of_requests

        more["ranges"] = ranges_of_requests(read_request_sheet(plan, page.words), quarter.inputs(plan).plan)
    page.answer(quarter.request("explain", plan, **more, data_request=data_request))


@command(commands, "quarterdeck reach my-quarter --chance 70%")
def reach(
    plan: PlanName,
    *,
    contribution: Annotated[str | None, typer.Option(metavar="X", help="Expected contribution to reach.")] = None,
    chance: Annotated[str | None, typer.Option(metavar="SHARE", help="Chance of the target to reach: 70%.")] = None,
    hour_cost: Annotated[
        str | None, typer.Option(metavar="X", help="With --chance: what an hour of a rep costs.")
    ] = None,
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample = _FOR_LEVERS,
    page: Page,
) -> None:
    """Find what would bring the contribution, or the chance of the target, to a goal."""
    if chance is not None and contribution is None:
        cost = None if hour_cost is None else amount_of("--hour-cost", hour_cost)
        more: Options = {"plans": plans, **sample.options, "hour_cost": cost}
        page.answer(quarter.request("reach_chance", plan, **more, chance=share_of("--chance", chance)))
        return
    if contribution is None or chance is not None:
        raise typer.BadParameter("give either --contribution or --chance")
    if sample.precision is not None or sample.max_time is not None:
        raise typer.BadParameter("--contribution is allocated, not simulated: it is exact without --precision")
    goal = amount_of("--contribution", contribution)
    from reports.progress import ProgressBars
    from reports.session import show_answer
    from studies.allocation.sweeping import reach_study

    inputs = quarter.inputs(plan)
    with ProgressBars(page.words) as progress:
        result = reach_study(inputs.plan, goal, progress)
    show_answer(result, page.json, page.words, inputs.changes, plan)


@command(commands, "quarterdeck over-assign my-quarter --chance 50% --export equal.csv")
def over_assign(
    plan: PlanName,
    *,
    chance: Annotated[str, typer.Option(metavar="SHARE", help="Wanted chance of a covered target: 50%.")] = "50%",
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write quotas of equal chance to a file.")] = None,
    page: Page,
) -> None:
    """Say how much more than the target to hand out as quotas, and which quotas give all reps the same chance."""
    refuse_existing(export, "export.exists", page.words)
    more: Options = {"plans": plans, **sample.options, "chance": share_of("--chance", chance)}
    export_to(page.answer(quarter.request("over_assign", plan, **more)).allocation, export, page.words)


@command(commands, "quarterdeck lights my-quarter --replications 1000")
def lights(
    plan: PlanName,
    *,
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample,
    page: Page,
) -> None:
    """Say how well the Friday lights warn, and what acting on them is worth."""
    page.answer(quarter.request("lights", plan, plans=plans, **sample.options))


@command(commands, "quarterdeck design my-quarter --policy M5")
def design(
    plan: PlanName,
    *,
    policy: Annotated[str | None, typer.Option(metavar="ID", help="Policy with the test; default: the first.")] = None,
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample = _FOR_TESTS,
    page: Page,
) -> None:
    """Say what a strategy test can see, and the test that would be big enough."""
    page.answer(quarter.request("design", plan, plans=plans, **sample.options, policy=policy))
