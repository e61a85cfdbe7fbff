"""Commands on plans: make, check, import."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import typer

from commands.arguments import Json, PlanName, Scenarios, Settings
from commands.language import InLanguage, wording

commands = typer.Typer()


@commands.command(epilog="Example: quarterdeck new my-quarter")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Folder to make.")],
    source: Annotated[str, typer.Option("--from", metavar="PLAN", help="Built-in plan to copy.")] = "quarter",
    language: InLanguage = None,
) -> None:
    """Copy a built-in plan, to be edited."""
    import shutil

    from reports.messages import say
    from scenarios.errors import UsageError
    from scenarios.loading import LIBRARY, builtin_plans

    words = wording(language)
    folder = Path(name)
    if os.path.lexists(folder):
        raise UsageError(words.say("new.exists", folder=folder))
    if source not in builtin_plans():
        known = words.listed(builtin_plans())
        raise UsageError(words.say("new.unknown", name=source, known=known))
    try:
        shutil.copytree(LIBRARY / source, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    except OSError as error:
        raise UsageError(words.say("cannot_write", path=folder, reason=error.strerror)) from error
    say(words.say("new.done", folder=folder, name=source))


@commands.command(epilog="Example: quarterdeck check my-quarter")
def check(
    plan: PlanName,
    scenario: Scenarios = None,
    setting: Settings = None,
    json: Json = False,
    language: InLanguage = None,
) -> None:
    """Say everything that is wrong or odd in a plan."""
    from reports.session import show_check
    from scenarios.loading import load_plan

    show_check(load_plan(plan, scenario or (), setting or ()).plan, json, wording(language))


@commands.command(epilog="Example: quarterdeck import-crm export --as-of 2017-10-01 --out my-quarter")
def import_crm(
    export: Annotated[Path, typer.Argument(metavar="EXPORT", help="Folder with the CSV files of a CRM export.")],
    as_of: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of planning: 2017-10-01.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Plan folder to make.")],
    mapping: Annotated[str, typer.Option(metavar="NAME|FILE", help="Preset or YAML: which column is what.")] = "maven",
    target: Annotated[float | None, typer.Option(help="Target; default: the last quarter with growth.")] = None,
    growth: Annotated[float, typer.Option(help="Growth on the last quarter: 0.05 is 5%.")] = 0.05,
    weeks: Annotated[int, typer.Option(help="Weeks of the quarter.")] = 13,
    json: Json = False,
    language: InLanguage = None,
) -> None:
    """Make a plan of a CRM export."""
    from reports.session import show_import
    from scenarios.crm import import_crm as make_plan

    show_import(make_plan(export, as_of.date(), out, mapping, target, growth, weeks), json, wording(language))
