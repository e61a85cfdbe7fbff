"""Commands on the simulated quarter, and the main job."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.arguments import (
    RUNS,
    AllocationFile,
    Criterion,
    Decide,
    Force,
    Jobs,
    Json,
    MaxTime,
    Only,
    Out,
    PlanName,
    Plans,
    Precision,
    Replications,
    Require,
    Risks,
    Scenarios,
    Seed,
    Settings,
    cores,
    criterion_of,
)
from commands.asking import Options, answer, request_of
from commands.language import InLanguage, wording

commands = typer.Typer()


@commands.command(epilog="Example: quarterdeck run my-quarter")
def run(
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help="Folder or YAML file, or a built-in plan.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    risks: Risks = None,
    plans: Plans = None,
    only: Only = None,
    seed: Seed = 1,
    replications: Replications = 500,
    precision: Precision = None,
    max_time: MaxTime = None,
    jobs: Jobs = None,
    require: Require = None,
    repeat: Annotated[str | None, typer.Option(metavar="RUN", help="Compute a saved run again and compare.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="Continue any study that was interrupted.")] = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Allocate, simulate and stress-test a plan."""
    if (plan, repeat, resume).count(None) != 2:
        raise typer.BadParameter("give one of PLAN, --repeat RUN, --resume RUN")
    if plan is not None:
        options: Options = {"scenarios": scenario, "settings": setting, "risks": risks, "plans": plans}
        options |= {"only": only, "seed": seed, "replications": replications, "jobs": jobs}
        options |= {"precision": precision, "max_minutes": max_time}
        answer("run", plan, options, out, json, wording(language), require)
        return
    from reports.session import repeat_saved, resume_saved
    from studies.runs import resolve_run

    if repeat is not None:
        repeat_saved(resolve_run(out, repeat), jobs or cores(), json, wording(language))
    elif resume is not None:
        resume_saved(resolve_run(out, resume), jobs or cores(), out, json, require or (), wording(language))


@commands.command(epilog="Example: quarterdeck simulate my-quarter --plans K5-handover --replications 2000")
def simulate(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Replications = 500,
    precision: Precision = None,
    max_time: MaxTime = None,
    jobs: Jobs = None,
    require: Require = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say what may happen in the quarter."""
    options: Options = {
        "scenarios": scenario,
        "settings": setting,
        "allocation": allocation_file,
        "risks": risks,
    }
    options |= {"plans": plans, "forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"precision": precision, "max_minutes": max_time}
    answer("simulate", plan, options, out, json, wording(language), require)


@commands.command(epilog="Example: quarterdeck compare my-quarter --to-scenario price_war --allocation resolve")
def compare(
    plan: PlanName,
    to_scenario: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A scenario of B; repeatable.")] = None,
    to_set: Annotated[list[str] | None, typer.Option(metavar="PATH=VALUE", help="A figure of B; repeatable.")] = None,
    to_allocation: Annotated[
        str | None, typer.Option(metavar="CSV|NAME", help="B's allocation: a file, or even, last_quarter, literal.")
    ] = None,
    to_plans: Annotated[str | None, typer.Option(metavar="IDS", help="B's contingency plans; default: A's.")] = None,
    allocation: Annotated[Decide, typer.Option(help="B keeps A's allocation, or decides anew.")] = Decide.keep,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Replications = 500,
    precision: Precision = None,
    max_time: MaxTime = None,
    jobs: Jobs = None,
    require: Require = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Set B against A on identical futures: options with --to- are B's, the others A's or of both."""
    options: Options = {
        "scenarios": scenario,
        "settings": setting,
        "allocation": allocation_file,
        "risks": risks,
    }
    options |= {"plans": plans, "forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"precision": precision, "max_minutes": max_time}
    options |= {"to_scenarios": to_scenario, "to_settings": to_set, "to_allocation": to_allocation}
    options |= {"to_plans": to_plans, "decide": allocation.value}
    answer("compare", plan, options, out, json, wording(language), require)


@commands.command(epilog="Example: quarterdeck stress my-quarter --force K1@week5")
def stress(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    only: Only = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Replications = 500,
    precision: Precision = None,
    max_time: MaxTime = None,
    jobs: Jobs = None,
    require: Require = None,
    criterion: Criterion = "contribution",
    attribution: Annotated[bool, typer.Option("--attribution", help="Share the shortfall out among risks.")] = False,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Set every risk against every contingency plan."""
    options: Options = {
        "scenarios": scenario,
        "settings": setting,
        "allocation": allocation_file,
        "risks": risks,
    }
    options |= {"only": only, "forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"precision": precision, "max_minutes": max_time}
    options |= {"criterion": criterion_of(criterion), "attribute": attribution}
    answer("stress", plan, options, out, json, wording(language), require)


@commands.command(epilog="Example: quarterdeck value my-quarter --plans K5-handover")
def value(
    plan: PlanName,
    plans: Annotated[
        str | None, typer.Option(metavar="IDS", help="Plans to look at in depth; default: all in short.")
    ] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Replications = 500,
    precision: Precision = None,
    max_time: MaxTime = None,
    jobs: Jobs = None,
    require: Require = None,
    criterion: Criterion = "contribution",
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say what contingency plans are worth, net of all they cost."""
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"precision": precision, "max_minutes": max_time, "criterion": criterion_of(criterion)}
    answer("value", plan, options, out, json, wording(language), require)


@commands.command(epilog="Example: quarterdeck trace my-quarter --replication 7 --rep R05 --week 6")
def trace(
    plan: PlanName,
    replication: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Number of the quarter to tell.")] = 0,
    rep: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one rep.")] = None,
    opportunity: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one opportunity.")] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="Tell of one customer.")] = None,
    week: Annotated[int | None, typer.Option(min=1, help="Tell of one week, of one rep with --rep.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    force: Force = None,
    seed: Seed = 1,
    json: Json = False,
    language: InLanguage = None,
) -> None:
    """Tell one simulated quarter as a story: what struck, what was tried, what it changed."""
    from reports.trace import show_trace
    from studies.traces import Focus
    from studies.tracing import answer_trace

    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    request = request_of("simulate", plan, options | {"plans": plans, "forced": force, "seed": seed})
    focus = Focus(rep=rep, opportunity=opportunity, account=account, week=week)
    show_trace(answer_trace(request, replication, focus), json, wording(language), plan)
