"""Commands that decide: which plans to hold, which allocation, what the answer rests on, what it would take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.arguments import (
    RUNS,
    AllocationFile,
    Force,
    Jobs,
    Json,
    Out,
    PlanName,
    Plans,
    Replications,
    Risks,
    Scenarios,
    Seed,
    Settings,
    share_of,
)
from commands.asking import Options, answer, export_to, inputs_of, refuse_existing
from commands.language import InLanguage, wording

commands = typer.Typer()


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


@commands.command(epilog="Example: quarterdeck select my-quarter --budget 60000 --criterion contribution")
def select(
    plan: PlanName,
    budget: Annotated[
        float | None, typer.Option(min=0, metavar="X", help="Most that a set may cost, expected.")
    ] = None,
    criterion: Annotated[By, typer.Option(help="cvar: the worst tenth's mean contribution.")] = By.contribution,
    delta: Annotated[
        str | None, typer.Option(metavar="X", help="Difference that matters: money, or 2% of the target; points: 5%.")
    ] = None,
    confidence: Annotated[str, typer.Option(metavar="SHARE", help="With which it is promised.")] = "95%",
    among: Annotated[str | None, typer.Option(metavar="IDS", help="Contingency plans to choose from.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Annotated[int, typer.Option(min=20, max=10_000_000, help="Futures at most.")] = 400,
    jobs: Jobs = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Choose the best set of contingency plans under a budget."""
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"budget": budget, "criterion": criterion.value, "plans": among}
    options |= {"confidence": share_of("--confidence", confidence), "delta": _delta(delta, criterion, plan)}
    answer("select", plan, options, out, json, wording(language))


def _delta(text: str | None, criterion: By, plan: str) -> float | None:
    """A share is one of the target, or points of chance; anything else is money."""
    if text is None:
        return None
    value = share_of("--delta", text)
    if not text.endswith("%") or criterion is By.p_target:
        return value
    return value * inputs_of(plan, None, None).plan.target


@commands.command(epilog="Example: quarterdeck recommend my-quarter --count 2 --replications 300")
def recommend(
    plan: PlanName,
    count: Annotated[int, typer.Option(min=1, max=20, help="Alternatives to look for.")] = 3,
    within: Annotated[str, typer.Option(metavar="SHARE", help="Contribution that one may give up: 1%.")] = "1%",
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    force: Force = None,
    seed: Seed = 1,
    replications: Replications = 500,
    jobs: Jobs = None,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write the first allocation to a file.")] = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Rank allocations by what they come to on identical futures."""
    words = wording(language)
    refuse_existing(export, "export.exists", words)
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "forced": force, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"count": count, "within": share_of("--within", within)}
    export_to(answer("recommend", plan, options, out, json, words).allocation, export, words)


@commands.command(epilog="Example: quarterdeck explain my-quarter --kpi contribution --verdict K5-handover")
def explain(
    plan: PlanName,
    kpi: Annotated[Explained, typer.Option(help="What is explained.")] = Explained.signed,
    against: Annotated[
        str, typer.Option(metavar="NAME", help="Allocation to set this one against: even, literal, none, …")
    ] = "even",
    verdict: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A contingency plan to turn round; repeatable.")
    ] = None,
    figure: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Only these ranges; repeatable.")] = None,
    indices: Annotated[Indices, typer.Option(help="Over all ranges at once; takes far longer.")] = Indices.none,
    points: Annotated[int, typer.Option(min=2, max=4096, help="Trajectories of Morris, base sample of Sobol.")] = 8,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    seed: Seed = 1,
    replications: Replications = 100,
    jobs: Jobs = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say which of the figures that nobody knows the answer rests on, and what would turn the decision."""
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "seed": seed, "replications": replications, "jobs": jobs, "kpi": kpi.value}
    options |= {"verdicts": verdict, "ranges": figure, "indices": indices.value, "points": points}
    options |= {"against": against}
    answer("explain", plan, options, out, json, wording(language))


@commands.command(epilog="Example: quarterdeck reach my-quarter --chance 70%")
def reach(
    plan: PlanName,
    contribution: Annotated[float | None, typer.Option(metavar="X", help="Expected contribution to reach.")] = None,
    chance: Annotated[str | None, typer.Option(metavar="SHARE", help="Chance of the target to reach: 70%.")] = None,
    hour_cost: Annotated[
        float | None, typer.Option(min=0, metavar="X", help="With --chance: what an hour of a rep costs.")
    ] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    seed: Seed = 1,
    replications: Replications = 300,
    jobs: Jobs = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Find what would bring the contribution, or the chance of the target, to a goal."""
    if (contribution is None) == (chance is None):
        raise typer.BadParameter("give either --contribution or --chance")
    words = wording(language)
    if contribution is not None:
        from reports.progress import ProgressBars
        from reports.session import show_answer
        from studies.sweeping import reach_study

        inputs = inputs_of(plan, scenario, setting)
        with ProgressBars() as progress:
            result = reach_study(inputs.plan, contribution, progress)
        show_answer(result, json, words, inputs.changes, plan)
        return
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "seed": seed, "replications": replications, "jobs": jobs, "hour_cost": hour_cost}
    answer("reach_chance", plan, options | {"chance": share_of("--chance", chance or "")}, out, json, words)


@commands.command(epilog="Example: quarterdeck over-assign my-quarter --chance 50% --export equal.csv")
def over_assign(
    plan: PlanName,
    chance: Annotated[str, typer.Option(metavar="SHARE", help="Wanted chance of a covered target: 50%.")] = "50%",
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    seed: Seed = 1,
    replications: Replications = 500,
    jobs: Jobs = None,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write quotas of equal chance to a file.")] = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say how much more than the target to hand out as quotas, and which quotas give all reps the same chance."""
    words = wording(language)
    refuse_existing(export, "export.exists", words)
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "seed": seed, "replications": replications, "jobs": jobs}
    options |= {"chance": share_of("--chance", chance)}
    export_to(answer("over_assign", plan, options, out, json, words).allocation, export, words)


@commands.command(epilog="Example: quarterdeck lights my-quarter --replications 1000")
def lights(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    seed: Seed = 1,
    replications: Replications = 500,
    jobs: Jobs = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say how well the Friday lights warn, and what acting on them is worth."""
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "seed": seed, "replications": replications, "jobs": jobs}
    answer("lights", plan, options, out, json, wording(language))


@commands.command(epilog="Example: quarterdeck design my-quarter --policy M5")
def design(
    plan: PlanName,
    policy: Annotated[str | None, typer.Option(metavar="ID", help="Policy with the test; default: the first.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    risks: Risks = None,
    plans: Plans = None,
    seed: Seed = 1,
    replications: Replications = 300,
    jobs: Jobs = None,
    json: Json = False,
    language: InLanguage = None,
    out: Out = RUNS,
) -> None:
    """Say what a strategy test can see, and the test that would be big enough."""
    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    options |= {"plans": plans, "seed": seed, "replications": replications, "jobs": jobs, "policy": policy}
    answer("design", plan, options, out, json, wording(language))
