"""The command line: arguments, one study, what it shows, an exit code.

Only Typer is imported here; a command imports what it needs when it runs, so that help answers at once.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from scenarios.allocation import Allocation
    from studies.answering import Inputs, Outcome
    from studies.requests import Request

HELP = "Plan a sales quarter and stress-test the plan before it starts."


class Commands(TyperGroup):
    """Commands whose errors are said in a planner's words; only our own bugs show a traceback."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run a command; turn what it raises into a message on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            print("Interrupted; runs saved before are kept.", file=sys.stderr)
            raise typer.Exit(130) from None
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):  # wrong usage: Typer says it
                raise
            from reports.messages import say_error
            from reports.wording import ENGLISH

            raise typer.Exit(say_error(error, ENGLISH)) from None


app = typer.Typer(cls=Commands, help=HELP, no_args_is_help=True, pretty_exceptions_show_locals=False)


class Decide(StrEnum):
    """What B of a comparison does about its allocation."""

    keep = "keep"
    resolve = "resolve"


class Measure(StrEnum):
    """What is to be even among reps."""

    load = "load"
    stretch = "stretch"


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(version("quarterdeck"))
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")]
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="Folder or YAML file of a plan, or a built-in plan.")]
Scenarios = Annotated[list[str] | None, typer.Option("--scenario", metavar="NAME", help="A scenario; repeatable.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a figure of the plan; repeatable.")
]
AllocationFile = Annotated[
    Path | None, typer.Option("--allocation-file", metavar="CSV", help="An allocation made by hand.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Another seed, other futures.")]
Replications = Annotated[int, typer.Option("--replications", min=2, max=10_000_000, help="Quarters to simulate.")]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, max=1024, help="Processes; default: number of cores.")]
Risks = Annotated[str | None, typer.Option("--risks", metavar="IDS", help="Risks in play: K1,K5 or none or all.")]
Plans = Annotated[str | None, typer.Option("--plans", metavar="IDS", help="Contingency plans held: ids, none, all.")]
Force = Annotated[list[str] | None, typer.Option("--force", metavar="RISK@weekN", help="Let it strike; repeatable.")]
Only = Annotated[str | None, typer.Option("--only", metavar="IDS", help="Risks to stress; default: all in play.")]
Require = Annotated[
    list[str] | None, typer.Option("--require", metavar="KPI>=X", help="Exit 6 if the mean fails it; repeatable.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where runs are saved.")]

Options = dict[str, Any]
RUNS = Path("runs")


@app.callback(help=HELP)
def quarterdeck(version: Version = False) -> None:
    """Options before a command."""


@app.command(epilog="Example: quarterdeck new my-quarter")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Folder to make.")],
    source: Annotated[str, typer.Option("--from", metavar="PLAN", help="Built-in plan to copy.")] = "quarter",
) -> None:
    """Copy a built-in plan, to be edited."""
    import shutil

    from reports.messages import say
    from reports.wording import ENGLISH
    from scenarios.errors import UsageError
    from scenarios.loading import LIBRARY, builtin_plans

    folder = Path(name)
    if os.path.lexists(folder):
        raise UsageError(ENGLISH.say("new.exists", folder=folder))
    if source not in builtin_plans():
        known = ENGLISH.listed(builtin_plans())
        raise UsageError(ENGLISH.say("new.unknown", name=source, known=known))
    try:
        shutil.copytree(LIBRARY / source, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    except OSError as error:
        raise UsageError(ENGLISH.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(ENGLISH.say("new.done", folder=folder, name=source))


@app.command(epilog="Example: quarterdeck check my-quarter")
def check(plan: PlanName, scenario: Scenarios = None, setting: Settings = None, json: Json = False) -> None:
    """Say everything that is wrong or odd in a plan."""
    from reports.session import show_check
    from reports.wording import ENGLISH
    from scenarios.loading import load_plan

    show_check(load_plan(plan, scenario or (), setting or ()).plan, json, ENGLISH)


@app.command(epilog="Example: quarterdeck run my-quarter")
def run(
    plan: Annotated[str | None, typer.Argument(metavar="PLAN", help="Folder or YAML file, or a built-in plan.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    risks: Risks = None,
    plans: Plans = None,
    only: Only = None,
    seed: Seed = 1,
    replications: Replications = 500,
    jobs: Jobs = None,
    require: Require = None,
    repeat: Annotated[str | None, typer.Option(metavar="RUN", help="Compute a saved run again and compare.")] = None,
    json: Json = False,
    out: Out = RUNS,
) -> None:
    """Allocate, simulate and stress-test a plan."""
    if plan is not None and repeat is None:
        options: Options = {"scenarios": scenario, "settings": setting, "risks": risks, "plans": plans}
        options |= {"only": only, "seed": seed, "replications": replications, "jobs": jobs}
        _answer("run", plan, options, out, json, require)
    elif repeat is not None and plan is None:
        from reports.session import repeat_saved
        from reports.wording import ENGLISH
        from studies.runs import resolve_run

        repeat_saved(resolve_run(out, repeat), jobs or _cores(), json, ENGLISH)
    else:
        raise typer.BadParameter("give either a PLAN or --repeat RUN")


@app.command(epilog="Example: quarterdeck allocate my-quarter --export allocation.csv")
def allocate(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
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
    export: Annotated[Path | None, typer.Option(metavar="CSV", help="Write the allocation to a file, to edit.")] = None,
    json: Json = False,
    out: Out = RUNS,
) -> None:
    """Decide quotas and budget."""
    _refuse_existing(export, "export.exists")
    if keep_close is not None:
        if prices is not None or ranges or repair is not None:
            raise typer.BadParameter("--keep-close goes with none of --prices, --no-prices, --ranges, --repair")
        _export(_keep_close(plan, scenario, setting, keep_close, json), export)
        return
    if ranges and prices is False:
        raise typer.BadParameter("give --ranges or --no-prices, not both")
    detail = "ranges" if ranges else None if prices is None else "prices" if prices else "none"
    options: Options = {"scenarios": scenario, "settings": setting, "detail": detail, "repair": repair}
    _export(_answer("allocate", plan, options, out, json).allocation, export)


@app.command(epilog="Example: quarterdeck why quarter --rep R13 --region east")
def why(
    plan: PlanName,
    rep: Annotated[list[str] | None, typer.Option(metavar="ID", help="A rep; repeatable.")] = None,
    region: Annotated[list[str] | None, typer.Option(metavar="ID", help="A region; repeatable.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
) -> None:
    """Say why quotas are what they are; without ids a table of all."""
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.explaining import explain_study

    inputs = _inputs(plan, scenario, setting)
    result = explain_study(inputs.plan, rep, region)
    show_answer(result, json, ENGLISH, inputs.changes, plan, in_full=bool(rep or region))


@app.command(epilog="Example: quarterdeck options quarter --count 2 --within 0.5% --export choices")
def options(
    plan: PlanName,
    count: Annotated[int, typer.Option(min=1, max=20, help="Alternatives to look for.")] = 3,
    within: Annotated[str, typer.Option(metavar="SHARE", help="Contribution that one may give up: 1%.")] = "1%",
    allocation_file: Annotated[
        list[Path] | None, typer.Option(metavar="CSV", help="An allocation made by hand, beside them; repeatable.")
    ] = None,
    export: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write each as CSV into a new folder.")] = None,
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
) -> None:
    """Set the best allocation beside others nearly as good and rules of thumb."""
    from reports.session import export_allocations, show_answer
    from reports.wording import ENGLISH
    from studies.allocations import read_allocation
    from studies.choosing import alternatives_study

    share = _share("--within", within)
    _refuse_existing(export, "options.exists")
    inputs = _inputs(plan, scenario, setting)
    by_hand = [read_allocation(path, inputs.plan) for path in allocation_file or ()]
    result, allocations = alternatives_study(inputs.plan, count, share, by_hand=by_hand)
    show_answer(result, json, ENGLISH, inputs.changes, plan)
    if export is not None:
        export_allocations(allocations, len(result.options), export, ENGLISH)


@app.command(epilog="Example: quarterdeck fairness quarter --measure load")
def fairness(
    plan: PlanName,
    measure: Annotated[Measure, typer.Option(help="What is to be even in the trade-off.")] = Measure.load,
    points: Annotated[int, typer.Option(min=2, max=200, help="Points of the trade-off curve.")] = 6,
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
) -> None:
    """Say how even quotas and work are among reps, and what more evenness costs."""
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.choosing import frontier_study

    inputs = _inputs(plan, scenario, setting)
    show_answer(frontier_study(inputs.plan, measure.value, points), json, ENGLISH, inputs.changes, plan)


@app.command(epilog="Example: quarterdeck sweep quarter target=-10%..+20%")
def sweep(
    plan: PlanName,
    over: Annotated[str, typer.Argument(metavar="PATH=FROM..TO", help="target=-10%..+20%, rules.R3.ratio=0.5..0.7")],
    points: Annotated[int, typer.Option(min=2, max=1000, help="Values, evenly spaced.")] = 13,
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
) -> None:
    """Move one figure of the plan over a range and allocate at each value."""
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.sweeping import sweep_study

    inputs = _inputs(plan, scenario, setting)
    show_answer(sweep_study(inputs.plan, over, points), json, ENGLISH, inputs.changes, plan)


@app.command(epilog="Example: quarterdeck reach quarter --contribution 8800000")
def reach(
    plan: PlanName,
    contribution: Annotated[float, typer.Option(metavar="X", help="Contribution to reach, in the plan's currency.")],
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
) -> None:
    """Find the single figure that, moved least, brings the contribution to a goal."""
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.sweeping import reach_study

    inputs = _inputs(plan, scenario, setting)
    show_answer(reach_study(inputs.plan, contribution), json, ENGLISH, inputs.changes, plan)


@app.command(epilog="Example: quarterdeck money quarter")
def money(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
    allocation_file: AllocationFile = None,
    json: Json = False,
) -> None:
    """Say where every sum of money goes and what of it is only a chance."""
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.paying import money_study

    inputs = _inputs(plan, scenario, setting, allocation_file)
    show_answer(money_study(inputs.plan, inputs.allocation), json, ENGLISH, inputs.changes, plan)


@app.command(epilog="Example: quarterdeck simulate my-quarter --plans K5-handover --replications 2000")
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
    jobs: Jobs = None,
    require: Require = None,
    json: Json = False,
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
    _answer("simulate", plan, options, out, json, require)


@app.command(epilog="Example: quarterdeck compare my-quarter --to-scenario price_war --allocation resolve")
def compare(
    plan: PlanName,
    to_scenario: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A scenario of B; repeatable.")] = None,
    to_set: Annotated[list[str] | None, typer.Option(metavar="PATH=VALUE", help="A figure of B; repeatable.")] = None,
    to_allocation: Annotated[Path | None, typer.Option(metavar="CSV", help="B's allocation, made by hand.")] = None,
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
    jobs: Jobs = None,
    json: Json = False,
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
    options |= {"to_scenarios": to_scenario, "to_settings": to_set, "to_allocation": to_allocation}
    _answer("compare", plan, options | {"to_plans": to_plans, "decide": allocation.value}, out, json)


@app.command(epilog="Example: quarterdeck stress my-quarter --force K1@week5")
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
    jobs: Jobs = None,
    json: Json = False,
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
    _answer("stress", plan, options, out, json)


@app.command(epilog="Example: quarterdeck trace my-quarter --replication 7 --rep R05 --week 6")
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
) -> None:
    """Tell one simulated quarter as a story: what struck, what was tried, what it changed."""
    from reports.trace import show_trace
    from reports.wording import ENGLISH
    from studies.traces import Focus
    from studies.tracing import answer_trace

    options: Options = {"scenarios": scenario, "settings": setting, "allocation": allocation_file, "risks": risks}
    request = _request("simulate", plan, options | {"plans": plans, "forced": force, "seed": seed})
    focus = Focus(rep=rep, opportunity=opportunity, account=account, week=week)
    show_trace(answer_trace(request, replication, focus), json, ENGLISH, plan)


@app.command(epilog="Example: quarterdeck show latest")
def show(
    name: Annotated[str, typer.Argument(metavar="RUN", help="Folder or name of a saved run, or: latest.")],
    json: Json = False,
    out: Out = RUNS,
) -> None:
    """Show a saved run again."""
    from reports.session import show_result
    from reports.wording import ENGLISH
    from studies.runs import load_result, resolve_run

    _, result = load_result(resolve_run(out, name))
    show_result(result, json, ENGLISH)


@app.command(epilog="Example: quarterdeck runs")
def runs(json: Json = False, out: Out = RUNS) -> None:
    """List saved runs, newest first."""
    from reports.session import show_runs
    from reports.wording import ENGLISH

    show_runs(out, json, ENGLISH)


@app.command(epilog="Example: quarterdeck import-crm export --as-of 2017-10-01 --out my-quarter")
def import_crm(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="Folder with the CSV files of a CRM export.")],
    as_of: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of planning: 2017-10-01.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Plan folder to make.")],
    mapping: Annotated[str, typer.Option(metavar="NAME|FILE", help="Preset or YAML: which column is what.")] = "maven",
    target: Annotated[float | None, typer.Option(help="Target; default: the last quarter with growth.")] = None,
    growth: Annotated[float, typer.Option(help="Growth on the last quarter: 0.05 is 5%.")] = 0.05,
    weeks: Annotated[int, typer.Option(help="Weeks of the quarter.")] = 13,
    json: Json = False,
) -> None:
    """Make a plan of a CRM export."""
    from reports.session import show_import
    from reports.wording import ENGLISH
    from scenarios.crm import import_crm as make_plan

    show_import(make_plan(export, as_of.date(), out, mapping, target, growth, weeks), json, ENGLISH)


def _answer(
    study: str, plan: str, options: Options, out: Path, json: bool, require: list[str] | None = None
) -> Outcome:
    """Answer a request."""
    from reports.session import answer_request
    from reports.wording import ENGLISH

    return answer_request(_request(study, plan, options), out, json, require or (), ENGLISH)


def _request(study: str, plan: str, options: Options) -> Request:
    """Make a request of a command's options, those given."""
    from studies.requests import Request

    given = {name: value for name, value in options.items() if value is not None}
    for name in ("risks", "only", "plans", "to_plans"):
        if name in given:
            given[name] = _ids(given[name], plan, "contingency_plans" if name.endswith("plans") else "risks")
    given |= {name: str(given[name]) for name in ("allocation", "to_allocation") if name in given}
    return Request.model_validate({"jobs": _cores(), **given, "study": study, "source": plan})


def _inputs(plan: str, scenario: list[str] | None, setting: list[str] | None, allocation: Path | None = None) -> Inputs:
    """A plan with what was changed in it, for what is answered and not saved as a run."""
    from studies.answering import read_inputs

    return read_inputs(
        _request("allocate", plan, {"scenarios": scenario, "settings": setting, "allocation": allocation})
    )


def _keep_close(
    plan: str, scenario: list[str] | None, setting: list[str] | None, previous: Path, json: bool
) -> Allocation:
    from reports.session import show_answer
    from reports.wording import ENGLISH
    from studies.choosing import least_change_study

    inputs = _inputs(plan, scenario, setting, previous)
    assert inputs.allocation is not None, "it was named"
    result, allocation = least_change_study(inputs.plan, inputs.allocation)
    show_answer(result, json, ENGLISH, inputs.changes, plan)
    return allocation


def _refuse_existing(path: Path | None, sentence: str) -> None:
    if path is not None and os.path.lexists(path):
        from reports.wording import ENGLISH
        from scenarios.errors import UsageError

        raise UsageError(ENGLISH.say(sentence, path=path))


def _export(allocation: Allocation, path: Path | None) -> None:
    if path is None:
        return
    from reports.messages import say
    from reports.wording import ENGLISH
    from scenarios.errors import UsageError
    from studies.allocations import write_allocation

    try:
        write_allocation(allocation, path)
    except OSError as error:
        raise UsageError(ENGLISH.say("cannot_write", path=path, reason=error.strerror)) from error
    say(ENGLISH.say("export.done", path=path))


def _share(option: str, text: str) -> float:
    """``1%`` or ``0.01``."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text} is no share; write 1% or 0.01", param_hint=option) from None


def _ids(text: str, plan: str, section: str) -> tuple[str, ...]:
    if text == "none":
        return ()
    if text == "all":
        from scenarios.loading import load_plan

        return tuple(entry.id for entry in getattr(load_plan(plan).plan, section))
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
