"""Commands on the allocation: decide, explain, set side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.arguments import AllocationFile, Measure, PlanName, Replications, share_of
from commands.asking import Options, export_to, refuse_existing, request_of
from commands.bundles import Changed, Computers, Page, Screen, command

if TYPE_CHECKING:
    from scenarios.allocation import Allocation

commands = typer.Typer()


@command(commands, "quarterdeck allocate my-quarter --export allocation.csv")
def allocate(
    plan: PlanName,
    *,
    changed: Changed,
    prices: Annotated[
        bool | None, typer.Option("--prices/--no-prices", help="What moving a rule brings; default: if not too many.")
    ] = None,
    ranges: Annotated[bool, typer.Option("--ranges", help="Also how far each price holds; takes longer.")] = False,
    repair: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Apply the N-th repair of a plan without an allocation.")
    ] = None,
    keep_close: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Of the best, the one nearest to a previous allocation.")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, max=10, help="Correct by simulation and decide again, so many times.")
    ] = None,
    replications: Replications = 200,
    computers: Computers,
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write the allocation to a file, to edit.")] = None,
    page: Page,
) -> None:
    """Decide quotas and budget."""
    refuse_existing(export, "export.exists", page.words)
    if keep_close is not None:
        if prices is not None or ranges or repair is not None:
            raise typer.BadParameter("--keep-close goes with none of --prices, --no-prices, --ranges, --repair")
        export_to(_keep_close(plan, changed, keep_close, page), export, page.words)
        return
    if rounds is not None:
        if prices is not None or ranges or repair is not None:
            raise typer.BadParameter("--rounds goes with none of --prices, --no-prices, --ranges, --repair")
        more: Options = {"rounds": rounds, "replications": replications, **computers.options}
        export_to(page.answer(request_of("rounds", plan, changed.options | more)).allocation, export, page.words)
        return
    if computers.cluster is not None:
        raise typer.BadParameter("--cluster goes with --rounds: nothing else of allocate is simulated")
    if ranges and prices is False:
        raise typer.BadParameter("give --ranges or --no-prices, not both")
    detail = "ranges" if ranges else None if prices is None else "prices" if prices else "none"
    request = request_of("allocate", plan, {**changed.options, "detail": detail, "repair": repair})
    export_to(page.answer(request).allocation, export, page.words)


@command(commands, "quarterdeck why quarter --rep R13 --region east")
def why(
    plan: PlanName,
    *,
    rep: Annotated[list[str] | None, typer.Option(metavar="ID|NAME", help="A rep; repeatable.")] = None,
    region: Annotated[list[str] | None, typer.Option(metavar="ID|NAME", help="A region; repeatable.")] = None,
    changed: Changed,
    screen: Screen,
) -> None:
    """Say why quotas are what they are; without ids a table of all."""
    from reports.session import show_answer
    from studies.allocation.explaining import explain_study

    inputs = changed.inputs(plan)
    result = explain_study(inputs.plan, rep, region)
    show_answer(result, screen.json, screen.words, inputs.changes, plan, in_full=bool(rep or region))


@command(commands, "quarterdeck options quarter --count 2 --within 0.5% --export choices")
def options(
    plan: PlanName,
    *,
    count: Annotated[int, typer.Option(min=1, max=20, help="Alternatives to look for.")] = 3,
    within: Annotated[str, typer.Option(metavar="SHARE", help="Contribution that one may give up: 1%.")] = "1%",
    allocation_file: Annotated[
        list[Path] | None, typer.Option(metavar="CSV", help="An allocation made by hand, beside them; repeatable.")
    ] = None,
    export: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write each as CSV into a new folder.")] = None,
    changed: Changed,
    screen: Screen,
) -> None:
    """Set the best allocation beside others nearly as good and rules of thumb."""
    from reports.session import export_allocations, show_answer
    from studies.allocation.allocations import read_allocation
    from studies.allocation.choosing import alternatives_study

    share = share_of("--within", within)
    refuse_existing(export, "options.exists", screen.words)
    inputs = changed.inputs(plan)
    by_hand = [read_allocation(path, inputs.plan) for path in allocation_file or ()]
    result, allocations = alternatives_study(inputs.plan, count, share, by_hand=by_hand)
    show_answer(result, screen.json, screen.words, inputs.changes, plan)
    if export is not None:
        export_allocations(allocations, len(result.options), export, screen.words)


@command(commands, "quarterdeck fairness quarter --measure load")
def fairness(
    plan: PlanName,
    *,
    measure: Annotated[Measure, typer.Option(help="What is to be even in the trade-off.")] = Measure.load,
    points: Annotated[int, typer.Option(min=2, max=200, help="Points of the trade-off curve.")] = 6,
    changed: Changed,
    screen: Screen,
) -> None:
    """Say how even quotas and work are among reps, and what more evenness costs."""
    from reports.session import show_answer
    from studies.allocation.choosing import frontier_study

    inputs = changed.inputs(plan)
    show_answer(frontier_study(inputs.plan, measure.value, points), screen.json, screen.words, inputs.changes, plan)


@command(commands, "quarterdeck sweep quarter target=-10%..+20%")
def sweep(
    plan: PlanName,
    over: Annotated[str, typer.Argument(metavar="PATH=FROM..TO", help="target=-10%..+20%, rules.R3.ratio=0.5..0.7")],
    *,
    points: Annotated[int, typer.Option(min=2, max=1000, help="Values, evenly spaced.")] = 13,
    changed: Changed,
    screen: Screen,
) -> None:
    """Move one figure of the plan over a range and allocate at each value."""
    from reports.progress import ProgressBars
    from reports.session import show_answer
    from studies.allocation.sweeping import sweep_study

    inputs = changed.inputs(plan)
    with ProgressBars(screen.words) as progress:
        result = sweep_study(inputs.plan, over, points, progress)
    show_answer(result, screen.json, screen.words, inputs.changes, plan)


@command(commands, "quarterdeck money quarter --run latest")
def money(
    plan: PlanName,
    *,
    changed: Changed,
    allocation_file: AllocationFile = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Take chances and the allocation from a saved simulation.")
    ] = None,
    page: Page,
) -> None:
    """Say where every sum of money goes and what of it is only a chance."""
    from reports.session import show_answer
    from studies.allocation.paying import money_study, read_quarters
    from studies.saved.runs import resolve_run

    if run is not None and allocation_file is not None:
        raise typer.BadParameter("give --run, which has an allocation, or --allocation-file, not both")
    inputs = changed.inputs(plan, allocation_file)
    quarters = None if run is None else read_quarters(resolve_run(page.out, run), inputs.plan)
    show_answer(money_study(inputs.plan, inputs.allocation, quarters), page.json, page.words, inputs.changes, plan)


def _keep_close(plan: str, changed: Changed, previous: Path, page: Page) -> Allocation:
    from reports.session import show_answer
    from studies.allocation.choosing import least_change_study

    inputs = changed.inputs(plan, previous)
    assert inputs.allocation is not None, "it was named"
    result, allocation = least_change_study(inputs.plan, inputs.allocation)
    show_answer(result, page.json, page.words, inputs.changes, plan)
    return allocation
