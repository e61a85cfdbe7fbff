"""Commands on the simulated quarter, and the main job."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments import (
    AllocationFile,
    Criterion,
    Decide,
    Force,
    Only,
    PlanName,
    Plans,
    Require,
    Risks,
    Seed,
    cores,
    criterion_of,
)
from commands.asking import Options, request_of
from commands.bundles import Changed, Computers, Page, Quarter, Sample, Screen, command

commands = typer.Typer()


@command(commands, "quarterdeck run my-quarter")
def run(
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help="Folder or YAML file, or a built-in plan.")] = None,
    *,
    changed: Changed,
    risks: Risks = None,
    plans: Plans = None,
    only: Only = None,
    seed: Seed = 1,
    computers: Computers,
    sample: Sample,
    require: Require = None,
    repeat: Annotated[str | None, typer.Option(metavar="RUN", help="Compute a saved run again and compare.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Continue any study that was interrupted.")] = None,
    page: Page,
) -> None:
    """Allocate, simulate and stress-test a plan."""
    if (plan, repeat, resume).count(None) != 2:
        raise typer.BadParameter("give one of PLAN, --repeat RUN, --resume RUN")
    who = computers.options
    if plan is not None:
        options: Options = {"risks": risks, "plans": plans, "only": only, "seed": seed}
        page.answer(request_of("run", plan, options | changed.options | who | sample.options), require)
        return
    from reports.session import repeat_saved, resume_saved
    from studies.saved.runs import resolve_run

    jobs, cluster = computers.jobs or cores(), computers.cluster
    if repeat is not None:
        repeat_saved(resolve_run(page.out, repeat), jobs, cluster, page.json, page.words)
    elif resume is not None:
        folder = resolve_run(page.out, resume)
        resume_saved(folder, jobs, cluster, page.out, page.json, require or (), page.words)


@command(commands, "quarterdeck simulate my-quarter --plans K5-handover --replications 2000")
def simulate(
    plan: PlanName, *, quarter: Quarter, plans: Plans = None, sample: Sample, require: Require = None, page: Page
) -> None:
    """Say what may happen in the quarter."""
    page.answer(quarter.request("simulate", plan, plans=plans, **sample.options), require)


@command(commands, "quarterdeck compare my-quarter --to-scenario price_war --allocation resolve")
def compare(
    plan: PlanName,
    *,
    to_scenario: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A scenario of B; repeatable.")] = None,
    to_set: Annotated[list[str] | None, typer.Option(metavar="PATH=VALUE", help="A figure of B; repeatable.")] = None,
    to_allocation: Annotated[
        str | None, typer.Option(metavar="CSV|NAME", help="B's allocation: a file, or even, last_quarter, literal.")
    ] = None,
    to_plans: Annotated[str | None, typer.Option(metavar="IDS", help="B's contingency plans; default: A's.")] = None,
    allocation: Annotated[Decide, typer.Option(help="B keeps A's allocation, or decides anew.")] = Decide.keep,
    quarter: Quarter,
    plans: Plans = None,
    sample: Sample,
    require: Require = None,
    page: Page,
) -> None:
    """Set B against A on identical futures: options with --to- are B's, the others A's or of both."""
    more: Options = {"to_scenarios": to_scenario, "to_settings": to_set, "to_allocation": to_allocation}
    more |= {"plans": plans, "to_plans": to_plans, "decide": allocation.value}
    page.answer(quarter.request("compare", plan, **more, **sample.options), require)


@command(commands, "quarterdeck stress my-quarter --force K1@week5")
def stress(
    plan: PlanName,
    *,
    only: Only = None,
    criterion: Criterion = "contribution",
    attribution: Annotated[bool, typer.Option("--attribution", help="Share the shortfall out among risks.")] = False,
    quarter: Quarter,
    sample: Sample,
    require: Require = None,
    page: Page,
) -> None:
    """Set every risk against every contingency plan."""
    more: Options = {"only": only, "criterion": criterion_of(criterion), "attribute": attribution}
    page.answer(quarter.request("stress", plan, **more, **sample.options), require)


@command(commands, "quarterdeck value my-quarter --plans K5-handover")
def value(
    plan: PlanName,
    *,
    plans: Annotated[
        str | None, typer.Option(metavar="IDS", help="Plans to look at in depth; default: all in short.")
    ] = None,
    criterion: Criterion = "contribution",
    quarter: Quarter,
    sample: Sample,
    require: Require = None,
    page: Page,
) -> None:
    """Say what contingency plans are worth, net of all they cost."""
    more: Options = {"plans": plans, "criterion": criterion_of(criterion)}
    page.answer(quarter.request("value", plan, **more, **sample.options), require)


@command(commands, "quarterdeck trace my-quarter --replication 7 --rep R05 --week 6")
def trace(
    plan: PlanName,
    *,
    replication: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Number of the quarter to tell.")] = 0,
    rep: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one rep.")] = None,
    opportunity: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one opportunity.")] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one customer.")] = None,
    week: Annotated[int | None, typer.Option(min=1, help="Tell of one week, of one rep with --rep.")] = None,
    changed: Changed,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    force: Force = None,
    seed: Seed = 1,
    screen: Screen,
) -> None:
    """Tell one simulated quarter as a story: what struck, what was tried, what it changed."""
    from reports.pages.trace import show_trace
    from studies.trace.traces import Focus
    from studies.trace.tracing import answer_trace

    options: Options = {"allocation": allocation_file, "risks": risks, "plans": plans, "forced": force, "seed": seed}
    request = request_of("simulate", plan, changed.options | options)
    focus = Focus(rep=rep, opportunity=opportunity, account=account, week=week)
    show_trace(answer_trace(request, replication, focus), screen.json, screen.words, plan)
